//! The way from Telegram to a program, like a reverse proxy: it leads to one of several programs, and a reply can get
//! lost on it.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

/// The event that a test waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Watched {
    Nothing,
    /// An update has gone to the program.
    Update,
    /// The program replies, and Telegram must not get the reply.
    Answer,
    Seen,
}

/// A proxy between Telegram and the programs. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Way {
    pub url: String,
    leads_to: watch::Sender<Option<SocketAddr>>,
    watched: watch::Sender<Watched>,
}

impl Way {
    /// Opens a way that leads nowhere yet. Whoever connects waits.
    pub async fn open(tasks: &TaskTracker) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let way =
            Self { url, leads_to: watch::Sender::new(None), watched: watch::Sender::new(Watched::Nothing) };
        let (opened, guests) = (way.clone(), tasks.clone());
        tasks.spawn(async move {
            while let Ok((guest, _)) = listener.accept().await {
                guests.spawn(opened.clone().guide(guest));
            }
        });
        way
    }

    /// Leads to this program from now on, or to none. Connections that are open are dropped.
    pub fn lead_to(&self, address: Option<&str>) {
        self.watched.send_replace(Watched::Nothing);
        self.leads_to.send_replace(address.map(|url| url.trim_start_matches("http://").parse().unwrap()));
    }

    /// Returns when the next update has gone to the program.
    pub async fn update(&self) {
        self.see(Watched::Update).await;
    }

    /// Returns when the program has replied to the next update. Telegram does not get the reply.
    pub async fn answer(&self) {
        self.see(Watched::Answer).await;
    }

    async fn see(&self, what: Watched) {
        self.watched.send_replace(what);
        self.watched.subscribe().wait_for(|watched| *watched == Watched::Seen).await.unwrap();
    }

    /// Whether this is what the test waits for. If it is, it is marked as seen.
    fn is_seen(&self, what: Watched) -> bool {
        self.watched.send_if_modified(|watched| {
            let is_it = *watched == what;
            if is_it {
                *watched = Watched::Seen;
            }
            is_it
        })
    }

    async fn guide(self, guest: TcpStream) {
        let mut leads_to = self.leads_to.subscribe();
        let Some(address) = *leads_to.wait_for(Option::is_some).await.unwrap() else { return };
        let Ok(program) = TcpStream::connect(address).await else { return };
        let (from_guest, to_guest) = guest.into_split();
        let (from_program, to_program) = program.into_split();
        tokio::select! {
            () = self.pass(Watched::Update, from_guest, to_program) => {}
            () = self.pass(Watched::Answer, from_program, to_guest) => {}
            _ = leads_to.changed() => {}
        }
    }

    async fn pass(&self, what: Watched, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) {
        let mut buffer = [0; 1 << 14];
        while let Ok(count @ 1..) = from.read(&mut buffer).await {
            if what == Watched::Answer && self.is_seen(what) {
                // The reply is lost, and Telegram waits until the way leads elsewhere.
                return std::future::pending().await;
            }
            if to.write_all(&buffer[..count]).await.is_err() {
                return;
            }
            if what == Watched::Update {
                self.is_seen(what);
            }
        }
    }
}
