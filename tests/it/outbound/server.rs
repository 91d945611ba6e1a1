//! A server that answers every request with the same bytes, and notes who asked for what.

#![expect(clippy::disallowed_methods, reason = "a double lives as long as its test")]

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

#[derive(Clone, Debug)]
enum Manner {
    Answers(String),
    Endless(String),
    Silent,
}

pub struct Server {
    pub port: u16,
    seen: Arc<Mutex<Vec<(String, String)>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Server {
    pub async fn answering(answer: &str) -> Self {
        Self::start(Manner::Answers(answer.to_owned())).await
    }

    /// Answers with this head and then never stops.
    pub async fn endless(head: &str) -> Self {
        Self::start(Manner::Endless(head.to_owned())).await
    }

    pub async fn silent() -> Self {
        Self::start(Manner::Silent).await
    }

    async fn start(manner: Manner) -> Self {
        // On every address, so that a call to a wrong one would be noticed.
        let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, manner.clone(), Arc::clone(&noted)));
            }
        });
        Self { port, seen, task }
    }

    /// The requests' heads.
    pub fn requests(&self) -> Vec<String> {
        self.seen.lock().unwrap().iter().map(|(_, head)| head.clone()).collect()
    }

    /// The addresses under which the server was called.
    pub fn peers(&self) -> Vec<String> {
        self.seen.lock().unwrap().iter().map(|(address, _)| address.clone()).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, manner: Manner, seen: Arc<Mutex<Vec<(String, String)>>>) {
    let called = stream.local_addr().unwrap().ip().to_string();
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(read @ 1..) = stream.read(&mut buffer).await {
        let head = String::from_utf8_lossy(&buffer[..read]).into_owned();
        seen.lock().unwrap().push((called.clone(), head));
        match &manner {
            Manner::Silent => std::future::pending().await,
            Manner::Answers(answer) => {
                if stream.write_all(answer.as_bytes()).await.is_err() || answer.contains("connection: close")
                {
                    return;
                }
            }
            Manner::Endless(head) => {
                let mut ok = stream.write_all(head.as_bytes()).await;
                while ok.is_ok() {
                    ok = stream.write_all(&[b'x'; 4096]).await;
                }
                return;
            }
        }
    }
}
