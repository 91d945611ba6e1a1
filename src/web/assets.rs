//! A page's own files, compiled into the program. Each has a content type and an `ETag`, so that a browser that already
//! has it gets a 304.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// The type of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Html,
    Style,
    Script,
    Svg,
}

impl Kind {
    const fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Html => "text/html; charset=utf-8",
            Self::Style => "text/css; charset=utf-8",
            Self::Script => "text/javascript; charset=utf-8",
            Self::Svg => "image/svg+xml",
        })
    }
}

/// One file of a page.
#[derive(Clone, Debug)]
pub struct Asset {
    path: &'static str,
    kind: Kind,
    content: Bytes,
    tag: String,
}

impl Asset {
    pub fn new(path: &'static str, kind: Kind, content: impl Into<Bytes>) -> Self {
        let content = content.into();
        // The tag is weak because the compressed and the plain file count as the same.
        let tag = format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(&Sha256::digest(&content)[..12]));
        Self { path, kind, content, tag }
    }

    fn answer(&self, asked: &HeaderMap) -> Response {
        let known = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|tags| tags.to_str().ok());
        let is_known = known.flat_map(|tags| tags.split(',')).any(|tag| is_same(tag.trim(), &self.tag));
        let mut response = if is_known {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            ([(header::CONTENT_TYPE, self.kind.content_type())], self.content.clone()).into_response()
        };
        if let Ok(tag) = HeaderValue::from_str(&self.tag) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        // A later version of the program may serve another file at the same address.
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        response
    }
}

/// Compares only what is between the quotes, because `If-None-Match` uses weak comparison.
fn is_same(asked: &str, own: &str) -> bool {
    asked == "*" || asked.trim_start_matches("W/") == own.trim_start_matches("W/")
}

/// Routes that serve each file at its path.
pub fn routes<S: Clone + Send + Sync + 'static>(assets: impl IntoIterator<Item = Asset>) -> Router<S> {
    assets.into_iter().fold(Router::new(), |routes, asset| {
        let (path, asset) = (asset.path, Arc::new(asset));
        let answer = move |asked: HeaderMap| std::future::ready(asset.answer(&asked));
        routes.route(path, get(answer))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_sent_with_its_type_and_only_to_a_browser_that_does_not_have_it() {
        let file = Asset::new("/page.css", Kind::Style, "b { color: red }");
        let ask = |tags: &[&str]| {
            let tags = tags.iter().map(|tag| (header::IF_NONE_MATCH, tag.parse().unwrap()));
            file.answer(&tags.collect())
        };
        let sent = ask(&[]);
        assert_eq!(sent.status(), 200);
        assert_eq!(sent.headers()[header::CONTENT_TYPE], "text/css; charset=utf-8");
        let tag_of = |sent: &Response| sent.headers()[header::ETAG].to_str().unwrap().to_owned();
        let tag = tag_of(&sent);
        let strong = tag.trim_start_matches("W/");
        for known in [&[tag.as_str()][..], &[strong], &["\"other\", W/\"more\"", &tag], &["*"]] {
            let sent = ask(known);
            assert_eq!((sent.status().as_u16(), tag_of(&sent)), (304, tag.clone()), "{known:?}");
        }
        for other in [&["W/\"other\""][..], &[""], &[&tag[..tag.len() - 2]]] {
            assert_eq!(ask(other).status(), 200, "{other:?}");
        }
        let changed = Asset::new("/page.css", Kind::Style, "b { color: blue }");
        assert_ne!(changed.tag, file.tag);
    }
}
