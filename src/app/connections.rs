//! Connections that do not stay for ever: whoever says nothing for long, or dawdles when the program ends, is cut off.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, Sleep};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// Accepts connections that end after `silence`, and all of them once `cut` says so.
pub(super) struct Bounded {
    pub listener: TcpListener,
    pub silence: Duration,
    pub cut: CancellationToken,
}

impl Listener for Bounded {
    type Io = Connection<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        // axum's own `accept` waits out the errors that pass.
        let (stream, addr) = Listener::accept(&mut self.listener).await;
        (Connection::new(stream, self.silence, self.cut.clone()), addr)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

/// A connection whose reading fails when nothing has come for too long, or when it is cut.
pub(super) struct Connection<S> {
    stream: S,
    silence: Duration,
    heard_at: Instant,
    alarm: Pin<Box<Sleep>>,
    cut: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl<S> Connection<S> {
    fn new(stream: S, silence: Duration, cut: CancellationToken) -> Self {
        let alarm = Box::pin(tokio::time::sleep(silence));
        Self { stream, silence, heard_at: Instant::now(), alarm, cut: Box::pin(cut.cancelled_owned()) }
    }

    /// Ready when there is no more waiting for this caller.
    fn poll_given_up(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.cut.as_mut().poll(cx).is_ready() {
            return Poll::Ready(());
        }
        loop {
            ready!(self.alarm.as_mut().poll(cx));
            // Set anew here and not at every read, which would cost every request.
            let ends_at = self.heard_at + self.silence;
            if ends_at <= Instant::now() {
                return Poll::Ready(());
            }
            self.alarm.as_mut().reset(ends_at);
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Connection<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        if read.is_ready() {
            self.heard_at = Instant::now();
            return read;
        }
        self.poll_given_up(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Connection<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    #[tokio::test]
    async fn a_caller_that_says_nothing_more_is_given_up() {
        let (mut far, near) = tokio::io::duplex(16);
        let mut near = Connection::new(near, Duration::from_millis(20), CancellationToken::new());
        far.write_all(b"GET").await.unwrap();
        let mut heard = String::new();
        let ended = near.read_to_string(&mut heard).await;
        assert_eq!(ended.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_cut_ends_the_waiting_but_not_what_has_come() {
        let (mut far, near) = tokio::io::duplex(16);
        let cut = CancellationToken::new();
        let mut near = Connection::new(near, Duration::from_hours(1), cut.clone());
        far.write_all(b"GET").await.unwrap();
        cut.cancel();
        let mut heard = [0; 3];
        near.read_exact(&mut heard).await.unwrap();
        assert_eq!(&heard, b"GET");
        assert_eq!(near.read(&mut heard).await.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }
}
