//! Connections with time limits. A connection ends when a request does not arrive in full, when the caller does not
//! read the answer, when the program stops, and when there are too many connections.

mod requests;
mod seats;

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, Sleep};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

pub(super) use requests::Requests;
pub(super) use seats::Seats;
use seats::{Phase, Seat};

/// How long a connection may stay in each state.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// For the whole head of a request, counted from its first byte; for the first request, from the start of the
    /// connection.
    pub head: Duration,
    /// For the caller to accept more bytes of an answer.
    pub taking: Duration,
    /// Between two requests, or while the answer is being made.
    pub silence: Duration,
}

/// Accepts connections that end when their time is up, and all at once when `cut` is cancelled.
pub(super) struct Bounded {
    pub listener: TcpListener,
    pub patience: Patience,
    pub seats: Arc<Seats>,
    pub cut: CancellationToken,
}

impl Listener for Bounded {
    type Io = Connection<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        self.seats.room().await;
        // axum's own `accept` retries after transient errors.
        let (stream, addr) = Listener::accept(&mut self.listener).await;
        (Connection::new(stream, self.patience, self.seats.take(&self.cut)), addr)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

/// A connection whose reads and writes fail when its time is up or when it is told to leave.
pub(super) struct Connection<S> {
    stream: S,
    patience: Patience,
    seat: Arc<Seat>,
    alarm: Pin<Box<Sleep>>,
    /// Set while the caller accepts no bytes.
    stuck: Option<Pin<Box<Sleep>>>,
    leave: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl<S> Connection<S> {
    fn new(stream: S, patience: Patience, seat: Arc<Seat>) -> Self {
        let alarm = Box::pin(tokio::time::sleep(patience.head));
        let leave = Box::pin(seat.leave.clone().cancelled_owned());
        Self { stream, patience, seat, alarm, stuck: None, leave }
    }

    /// The deadline in the current phase.
    fn ends_at(&self) -> Instant {
        let (phase, since) = *self.seat.phase();
        since
            + match phase {
                Phase::Head => self.patience.head,
                Phase::Body | Phase::Answer | Phase::Silence => self.patience.silence,
            }
    }

    /// Ready when the connection must be given up.
    fn poll_given_up(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.leave.as_mut().poll(cx).is_ready() {
            return Poll::Ready(());
        }
        let ends_at = self.ends_at();
        // The timer is reset only if it would fire too late. Resetting it on every read would cost every request.
        if ends_at < self.alarm.deadline() {
            self.alarm.as_mut().reset(ends_at);
        }
        loop {
            ready!(self.alarm.as_mut().poll(cx));
            let ends_at = self.ends_at();
            if ends_at <= Instant::now() {
                return Poll::Ready(());
            }
            self.alarm.as_mut().reset(ends_at);
        }
    }

    /// Passes on the result of a write, or fails if the caller has accepted nothing for too long.
    fn poll_taken<T>(&mut self, cx: &mut Context<'_>, wrote: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if wrote.is_ready() {
            self.stuck = None;
            self.seat.told();
            return wrote;
        }
        let taking = self.patience.taking;
        let stuck = self.stuck.get_or_insert_with(|| Box::pin(tokio::time::sleep(taking)));
        if stuck.as_mut().poll(cx).is_ready() || self.leave.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Poll::Pending
    }
}

impl<S> Drop for Connection<S> {
    fn drop(&mut self) {
        self.seat.free();
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
            self.seat.heard();
            return read;
        }
        self.poll_given_up(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Connection<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.poll_taken(cx, wrote)
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
        let wrote = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.poll_taken(cx, wrote)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    const SHORT: Duration = Duration::from_millis(20);
    const LONG: Duration = Duration::from_hours(1);
    const PATIENT: Patience = Patience { head: LONG, taking: LONG, silence: LONG };

    /// A connection and its remote end.
    fn connection(patience: Patience) -> (tokio::io::DuplexStream, Connection<tokio::io::DuplexStream>) {
        let (far, near) = tokio::io::duplex(16);
        let seat = Seats::new(1).take(&CancellationToken::new());
        (far, Connection::new(near, patience, seat))
    }

    #[tokio::test]
    async fn a_head_that_does_not_become_whole_is_given_up_however_it_trickles() {
        let (mut far, mut near) = connection(Patience { head: SHORT, ..PATIENT });
        let trickle = async {
            while far.write_all(b"G").await.is_ok() {
                tokio::time::sleep(SHORT / 10).await;
            }
        };
        let mut heard = Vec::new();
        let read = async { near.read_to_end(&mut heard).await.unwrap_err().kind() };
        tokio::select! {
            kind = read => assert_eq!(kind, io::ErrorKind::TimedOut),
            () = trickle => unreachable!("the near end is there"),
        }
    }

    #[tokio::test]
    async fn a_caller_that_says_nothing_more_is_given_up() {
        let (mut far, mut near) = connection(Patience { silence: SHORT, ..PATIENT });
        far.write_all(b"GET").await.unwrap();
        let mut heard = [0; 3];
        near.read_exact(&mut heard).await.unwrap();
        near.seat.enter(Phase::Silence);
        assert_eq!(near.read(&mut heard).await.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_caller_that_does_not_take_the_answer_is_given_up() {
        let (_far, mut near) = connection(Patience { taking: SHORT, ..PATIENT });
        let written = near.write_all(&[7; 1000]).await;
        assert_eq!(written.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_cut_ends_the_waiting_but_not_what_has_come() {
        let (mut far, mut near) = connection(PATIENT);
        far.write_all(b"GET").await.unwrap();
        near.seat.leave.cancel();
        let mut heard = [0; 3];
        near.read_exact(&mut heard).await.unwrap();
        assert_eq!(&heard, b"GET");
        assert_eq!(near.read(&mut heard).await.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn more_unfinished_requests_than_there_is_room_for_keep_nobody_out() {
        for unfinished in
            ["GET / HTTP/1.1\r\nX: ", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{}"]
        {
            is_let_in_beside(unfinished).await;
        }
    }

    async fn is_let_in_beside(unfinished: &str) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let cut = CancellationToken::new();
        let listener = Bounded { listener, patience: PATIENT, seats: Seats::new(4), cut };
        let router = Router::new().route("/", get(async || "here").post(async |body: String| body));
        let tasks = tokio_util::task::TaskTracker::new();
        tasks.spawn(async move { axum::serve(listener, Requests(router)).await });
        let mut others = Vec::new();
        for _ in 0..20 {
            let mut stream = TcpStream::connect(addr).await.unwrap();
            stream.write_all(unfinished.as_bytes()).await.unwrap();
            others.push(stream);
        }
        let mut stream = TcpStream::connect(addr).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.ends_with("here"), "{answer}");
    }
}
