//! A file that the browser stores instead of showing it.

use std::fs::File;
use std::io::{self, Read as _};

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;

/// How much of a file is read at once.
const PIECE: usize = 64 * 1024;

/// What a stored file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attached {
    Csv,
    Xlsx,
    Svg,
    Png,
    Json,
}

impl Attached {
    const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Svg => "image/svg+xml",
            Self::Png => "image/png",
            Self::Json => "application/json",
        }
    }

    /// How the name of such a file ends.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Svg => "svg",
            Self::Png => "png",
            Self::Json => "json",
        }
    }
}

/// A response that the browser stores under this name, to which the extension is added. What a name may not hold becomes
/// a hyphen.
pub fn attached(name: &str, kind: Attached, body: Body) -> Response {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let name: String = name.chars().map(|c| if is_plain(c) { c } else { '-' }).collect();
    let disposition = format!("attachment; filename=\"{name}.{}\"", kind.extension());
    let headers =
        [(header::CONTENT_TYPE, kind.content_type().to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    (headers, body).into_response()
}

/// The rest of a file as a body, read piece by piece on threads that nobody else waits for.
pub fn of_file(file: File) -> Body {
    Body::from_stream(stream::try_unfold(file, |mut file| async move {
        let read = tokio::task::spawn_blocking(move || {
            let mut piece = vec![0; PIECE];
            let count = file.read(&mut piece)?;
            piece.truncate(count);
            Ok::<_, io::Error>((file, piece))
        });
        let (file, piece) = read.await.map_err(io::Error::other)??;
        Ok::<_, io::Error>((!piece.is_empty()).then(|| (Bytes::from(piece), file)))
    }))
}

#[cfg(test)]
mod tests {
    use std::io::{Seek as _, Write as _};

    use super::*;

    #[test]
    fn a_name_cannot_leave_its_header() {
        let sent = attached("answers-2026-10\"\r\n; x=ы", Attached::Csv, Body::empty());
        let disposition = sent.headers()[header::CONTENT_DISPOSITION].to_str().unwrap();
        assert_eq!(disposition, "attachment; filename=\"answers-2026-10-----x--.csv\"");
    }

    #[tokio::test]
    async fn a_file_comes_whole() {
        let mut file = tempfile::tempfile().unwrap();
        let content: Vec<u8> = (0..=255).cycle().take(3 * PIECE + 7).collect();
        file.write_all(&content).unwrap();
        file.rewind().unwrap();
        let read = axum::body::to_bytes(of_file(file), usize::MAX).await.unwrap();
        assert!(read == content);
    }
}
