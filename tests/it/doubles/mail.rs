//! A mail server that speaks as much SMTP as a client needs.

#![expect(clippy::disallowed_methods, reason = "a double lives as long as its test")]

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A mail as its reader sees it.
#[derive(Clone, Debug)]
pub struct Mail {
    pub to: String,
    pub headers: HashMap<String, String>,
    pub text: String,
}

impl Mail {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(&name.to_lowercase()).map_or("", String::as_str)
    }
}

#[derive(Default)]
struct State {
    mails: Vec<Mail>,
    /// What the server says to the next mails; then it takes them.
    answers: VecDeque<&'static str>,
}

pub struct MailServer {
    port: u16,
    state: Arc<Mutex<State>>,
    task: tokio::task::JoinHandle<()>,
}

impl MailServer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(State::default()));
        let kept = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&kept)));
            }
        });
        Self { port, state, task }
    }

    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// Answers the next mail with this line in place of taking it.
    pub fn answer(&self, line: &'static str) {
        self.state.lock().unwrap().answers.push_back(line);
    }

    pub fn mails(&self) -> Vec<Mail> {
        self.state.lock().unwrap().mails.clone()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(stream: TcpStream, state: Arc<Mutex<State>>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut to = String::new();
    let mut say = "220 mail.example ready".to_owned();
    loop {
        if write.write_all(format!("{say}\r\n").as_bytes()).await.is_err() {
            return;
        }
        let Ok(Some(line)) = lines.next_line().await else { return };
        let command = line.to_uppercase();
        say = if command.starts_with("EHLO") {
            "250 mail.example".to_owned()
        } else if command.starts_with("RCPT TO:") {
            line[8..].trim_matches(['<', '>']).clone_into(&mut to);
            "250 ok".to_owned()
        } else if command == "DATA" {
            if write.write_all(b"354 go on\r\n").await.is_err() {
                return;
            }
            let mut data = Vec::new();
            while let Ok(Some(line)) = lines.next_line().await {
                if line == "." {
                    break;
                }
                data.push(line.strip_prefix('.').map_or(line.clone(), ToOwned::to_owned));
            }
            let mut state = state.lock().unwrap();
            if let Some(answer) = state.answers.pop_front() {
                answer.to_owned()
            } else {
                state.mails.push(parsed(to.clone(), &data));
                "250 taken".to_owned()
            }
        } else if command == "QUIT" {
            return;
        } else {
            "250 ok".to_owned()
        };
    }
}

fn parsed(to: String, data: &[String]) -> Mail {
    let blank = data.iter().position(String::is_empty).unwrap_or(data.len());
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in &data[..blank] {
        if line.starts_with([' ', '\t']) {
            headers.last_mut().unwrap().1.push_str(line.trim_start());
        } else {
            let (name, value) = line.split_once(": ").unwrap();
            headers.push((name.to_lowercase(), value.to_owned()));
        }
    }
    let headers: HashMap<String, String> =
        headers.into_iter().map(|(name, value)| (name, words(&value))).collect();
    let body = data[(blank + 1).min(data.len())..].join("\r\n");
    let text = match headers.get("content-transfer-encoding").map(String::as_str) {
        Some("base64") => base64(&body.replace("\r\n", "")),
        Some("quoted-printable") => quoted(&body),
        _ => body,
    };
    Mail { to, headers, text: text.replace("\r\n", "\n").trim_end().to_owned() }
}

/// A header's value with its encoded words (RFC 2047) decoded.
fn words(value: &str) -> String {
    let mut decoded = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once("=?utf-8?b?") {
        let (word, after) = after.split_once("?=").unwrap();
        decoded.push_str(before.trim_end());
        decoded.push_str(&base64(word));
        rest = after;
    }
    decoded + rest
}

fn base64(text: &str) -> String {
    String::from_utf8(STANDARD.decode(text).unwrap()).unwrap()
}

fn quoted(text: &str) -> String {
    let joined = text.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first == b'=' {
            let code = std::str::from_utf8(&after[..2]).unwrap();
            bytes.push(u8::from_str_radix(code, 16).unwrap());
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).unwrap()
}
