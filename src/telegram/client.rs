//! Calls to the Bot API over one long-lived HTTP/1.1 pool.
//!
//! The payloads and types are teloxide's, but its `Bot::send` is not used. It hides the HTTP status and `error_code`,
//! sleeps 10 s inside the call on any 5xx, matches error texts to the letter, and reads every answer in full through an
//! untagged enum, which costs more than all the rest of a call. Here a caller names the few fields it needs from the
//! answer.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::body::Bytes;
use reqwest::RequestBuilder;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::multipart::{Form, Part};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use teloxide::requests::Payload;

use super::error::CallError;
use super::limits::POLL_HOLD;
use crate::domain::ids::MessageId;

/// The address of the Bot API unless another is configured.
pub const TELEGRAM: &str = "https://api.telegram.org";

const CONNECT: Duration = Duration::from_secs(5);
const CALL: Duration = Duration::from_secs(30);
/// A poll may be held for [`POLL_HOLD`]; the rest is for the network.
const POLL: Duration = POLL_HOLD.saturating_add(Duration::from_secs(10));
/// Telegram's front end closes idle connections later than this, so a call seldom meets a connection that is just
/// closing.
const IDLE: Duration = Duration::from_secs(45);

/// A client for one bot. Cheap to clone; all clones share the pool.
#[derive(Clone, Debug)]
pub struct Client(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    http: reqwest::Client,
    /// The URL up to and including the slash before the method's name. It is secret because it contains the token.
    base: SecretString,
    /// The same for downloading files.
    files: SecretString,
    /// The parsed address of every method called so far. Parsing it at each call took longer than writing the body.
    methods: RwLock<HashMap<String, SecretUrl>>,
}

/// An address that contains the token. Its `Debug` output does not show it.
#[derive(Clone)]
struct SecretUrl(reqwest::Url);

impl std::fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretUrl")
    }
}

/// A file to upload to Telegram.
#[derive(Clone, Copy, Debug)]
pub struct Upload<'a> {
    /// The name of the parameter.
    pub field: &'static str,
    pub name: &'a str,
    pub content: &'a [u8],
}

/// Why a client cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("this is not an http or https address")]
    Address,
    #[error("the address of the proxy (HTTPS_PROXY) cannot be used")]
    Proxy,
    #[error("the HTTP client cannot be set up")]
    Http(#[source] reqwest::Error),
}

/// The fields of the bot's own user that this program needs.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
pub struct Me {
    pub id: i64,
    pub username: String,
    /// How taps come in, from Bot API 10.5 on. Absent if it is not set.
    #[serde(default)]
    callback_query_mode: serde_json::Value,
}

impl Me {
    /// If taps come in without the message they were made under, returns the mode that causes this. Such a message
    /// cannot be edited.
    #[must_use]
    pub fn taps_without_message(&self) -> Option<String> {
        match &self.callback_query_mode {
            serde_json::Value::String(mode) if !matches!(mode.as_str(), "" | "default" | "message") => {
                Some(mode.clone())
            }
            serde_json::Value::Bool(true) => Some("true".to_owned()),
            _ => None,
        }
    }
}

/// What this program reads from the answer to a send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
pub struct Sent {
    pub message_id: MessageId,
}

/// The result type for calls of which only the success matters.
pub type Nothing = serde::de::IgnoredAny;

impl Client {
    /// Makes a client. `api_url` is [`TELEGRAM`], a local Bot API server or a simulation.
    ///
    /// # Errors
    /// The address is not an HTTP address, or the machine has no TLS.
    pub fn new(api_url: &str, token: &SecretString) -> Result<Self, ClientError> {
        Self::through(None, api_url, token)
    }

    /// Like [`Client::new`], but through an http or socks5 proxy if one is given. A local server is called over plain
    /// HTTP, which does not use the proxy.
    ///
    /// # Errors
    /// Those of [`Client::new`], or the proxy's address cannot be used.
    pub fn through(
        proxy: Option<&SecretString>,
        api_url: &str,
        token: &SecretString,
    ) -> Result<Self, ClientError> {
        let address = api_url.trim_end_matches('/');
        let url = reqwest::Url::parse(address).map_err(|_| ClientError::Address)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(ClientError::Address);
        }
        let mut http = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .pool_idle_timeout(IDLE)
            .http1_only()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none());
        if let Some(proxy) = proxy {
            // reqwest's error would quote the address, which may hold a password.
            http = http.proxy(reqwest::Proxy::https(proxy.expose_secret()).map_err(|_| ClientError::Proxy)?);
        }
        let http = http.build().map_err(ClientError::Http)?;
        let base = SecretString::from(format!("{address}/bot{}/", token.expose_secret()));
        let files = SecretString::from(format!("{address}/file/bot{}/", token.expose_secret()));
        Ok(Self(Arc::new(Inner { http, base, files, methods: RwLock::default() })))
    }

    /// Calls the payload's method and reads `T` from the answer's `result`.
    ///
    /// # Errors
    /// What Telegram or the connection to it reports; see [`CallError`].
    pub async fn call<P, T>(&self, payload: &P) -> Result<T, CallError>
    where
        P: Payload + Serialize,
        T: DeserializeOwned,
    {
        self.call_within(payload, CALL).await
    }

    /// Like [`Client::call`], with a timeout of the caller's choice.
    pub async fn call_within<P, T>(&self, payload: &P, patience: Duration) -> Result<T, CallError>
    where
        P: Payload + Serialize,
        T: DeserializeOwned,
    {
        read(&self.post(payload, patience).await?)
    }

    /// Makes a call that the server holds until there is something to report. The body is returned unparsed, so that
    /// the caller can read it piece by piece. It belongs to a 2xx, but need not be a Bot API answer.
    ///
    /// # Errors
    /// Those of [`Client::call`].
    pub async fn poll<P: Payload + Serialize>(&self, payload: &P) -> Result<Bytes, CallError> {
        self.post(payload, POLL).await
    }

    /// Calls a method that takes a file among its parameters.
    ///
    /// # Errors
    /// Those of [`Client::call`].
    pub async fn upload<T: DeserializeOwned>(
        &self,
        method: &str,
        fields: &[(&str, String)],
        file: Upload<'_>,
    ) -> Result<T, CallError> {
        let form = fields
            .iter()
            .fold(Form::new(), |form, (name, value)| form.text((*name).to_owned(), value.clone()));
        let content = Part::bytes(file.content.to_vec()).file_name(file.name.to_owned());
        let request = self.request(method, CALL)?.multipart(form.part(file.field, content));
        read(&answered(request).await?)
    }

    /// Downloads a file that somebody sent, at most its first `most` bytes.
    ///
    /// # Errors
    /// Those of [`Client::call`].
    pub async fn download(&self, file_id: &str, most: usize) -> Result<Vec<u8>, CallError> {
        #[derive(serde::Deserialize)]
        struct Found {
            file_path: String,
        }
        let found: Found =
            self.call(&teloxide::payloads::GetFile { file_id: file_id.to_owned().into() }).await?;
        let address = format!("{}{}", self.0.files.expose_secret(), found.file_path);
        let mut response = self.0.http.get(address).timeout(CALL).send().await.map_err(not_answered)?;
        let status = response.status();
        if !status.is_success() {
            return Err(CallError::classify(status.as_u16(), b""));
        }
        let mut content = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(not_answered)? {
            content.extend_from_slice(&chunk);
            if content.len() >= most {
                content.truncate(most);
                break;
            }
        }
        Ok(content)
    }

    /// Asks which bot the token belongs to.
    ///
    /// # Errors
    /// [`CallError::Unauthorized`] if it belongs to none.
    pub async fn me(&self) -> Result<Me, CallError> {
        self.call(&teloxide::payloads::GetMe {}).await
    }

    async fn post<P: Payload + Serialize>(
        &self,
        payload: &P,
        patience: Duration,
    ) -> Result<Bytes, CallError> {
        let body = serde_json::to_vec(payload).map_err(|error| CallError::BadRequest(error.to_string()))?;
        answered(self.request(P::NAME, patience)?.header(CONTENT_TYPE, JSON).body(body)).await
    }

    fn request(&self, method: &str, patience: Duration) -> Result<RequestBuilder, CallError> {
        let SecretUrl(url) = self.address(method)?;
        Ok(self.0.http.post(url).timeout(patience))
    }

    fn address(&self, method: &str) -> Result<SecretUrl, CallError> {
        let known = self.0.methods.read().unwrap_or_else(PoisonError::into_inner).get(method).cloned();
        if let Some(url) = known {
            return Ok(url);
        }
        let address = format!("{}{method}", self.0.base.expose_secret());
        let url = reqwest::Url::parse(&address)
            .map(SecretUrl)
            .map_err(|_| CallError::NotSent(format!("no address can be made for {method}")))?;
        let mut methods = self.0.methods.write().unwrap_or_else(PoisonError::into_inner);
        methods.insert(method.to_owned(), url.clone());
        Ok(url)
    }
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Sends the request and returns the body of a 2xx.
async fn answered(request: RequestBuilder) -> Result<Bytes, CallError> {
    let response = request.send().await.map_err(not_answered)?;
    let status = response.status();
    let body = response.bytes().await.map_err(not_answered)?;
    if status.is_success() { Ok(body) } else { Err(CallError::classify(status.as_u16(), &body)) }
}

#[derive(serde::Deserialize)]
struct Success<T> {
    ok: bool,
    result: T,
}

/// How Telegram begins a success.
const BEGINNING: &[u8] = br#"{"ok":true,"result":"#;

/// Whether one of the two begins with the other.
fn begins_alike(body: &[u8]) -> bool {
    body.starts_with(BEGINNING) || BEGINNING.starts_with(body)
}

/// What every success has.
#[derive(serde::Deserialize)]
struct Verdict<'a> {
    ok: bool,
    #[serde(borrow)]
    result: &'a RawValue,
}

impl Verdict<'_> {
    /// Whether this may be what a call made: an object, a list, or true. Anything may answer `{"ok":true}`.
    fn is_of_bot_api(&self) -> bool {
        let result = self.result.get();
        self.ok && (result.starts_with(['{', '[']) || result == "true")
    }
}

/// Reads the body of a 2xx.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, CallError> {
    // The error's text is dropped: it may quote the body, and the body may hold a customer's words.
    let error = match serde_json::from_slice::<Success<T>>(body) {
        Ok(success) if success.ok => return Ok(success.result),
        Ok(_) => return Err(CallError::classify(200, body)),
        Err(error) => error,
    };
    let is_success = match serde_json::from_slice::<Verdict<'_>>(body) {
        Ok(verdict) => verdict.is_of_bot_api(),
        // A success whose body is cut off is still a success.
        Err(error) => error.is_eof() && body.starts_with(br#"{"ok":true,"#) && begins_alike(body),
    };
    if is_success {
        return Err(CallError::Unreadable(format!("unexpected JSON at column {}", error.column())));
    }
    Err(CallError::classify(200, body))
}

/// Classifies reqwest's errors by whether Telegram can have seen the request. The URL is cut off because it contains
/// the token.
fn not_answered(error: reqwest::Error) -> CallError {
    let error = error.without_url();
    let text = innermost(&error);
    if error.is_connect() || error.is_builder() { CallError::NotSent(text) } else { CallError::Lost(text) }
}

/// The innermost error of a chain says what happened ("connection refused"); the outer ones only say where.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::http::{HeaderMap, StatusCode};
    use axum::routing::post;
    use teloxide::payloads::{GetMe, SendMessage};
    use teloxide::types::{ChatId, Recipient};
    use tokio::io::AsyncReadExt as _;
    use tokio::net::TcpListener;

    use super::*;

    fn client(listener: &TcpListener) -> Client {
        let address = format!("http://{}/", listener.local_addr().unwrap());
        Client::new(&address, &SecretString::from("42:SECRET")).unwrap()
    }

    #[expect(clippy::disallowed_methods, reason = "a test's own server ends with the test's runtime")]
    fn serve(listener: TcpListener, router: axum::Router) {
        tokio::spawn(async move { axum::serve(listener, router).await });
    }

    #[tokio::test]
    async fn a_call_carries_the_payload_and_reads_only_what_is_asked_for() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = client(&listener);
        let router = axum::Router::new().route(
            "/bot42:SECRET/SendMessage",
            post(|body: String| async move {
                assert_eq!(body, r#"{"chat_id":7,"text":"Hello"}"#);
                r#"{"ok":true,"result":{"message_id":5,"from":{"strange":[{}]}}}"#
            }),
        );
        serve(listener, router);
        let payload = SendMessage::new(Recipient::Id(ChatId(7)), "Hello");
        assert_eq!(client.call(&payload).await, Ok(Sent { message_id: MessageId::new(5) }));
    }

    #[tokio::test]
    async fn a_file_goes_beside_the_parameters_as_it_is() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = client(&listener);
        let content = b"--afterword\r\n\xff\0\r\n--\r\n";
        let take = move |headers: HeaderMap, body: Bytes| async move {
            let kind = headers["content-type"].to_str().unwrap();
            let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
            let head = format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"chat_id\"\r\n\r\n-7\r\n--{boundary}\r\n\
                 Content-Disposition: form-data; name=\"document\"; filename=\"скрипт \\\"1\\\".toml\"\r\n\r\n"
            );
            let tail = format!("\r\n--{boundary}--\r\n");
            assert_eq!(headers["content-length"].to_str().unwrap(), body.len().to_string());
            assert_eq!(body, [head.as_bytes(), content, tail.as_bytes()].concat());
            r#"{"ok":true,"result":{"message_id":5}}"#
        };
        serve(listener, axum::Router::new().route("/bot42:SECRET/sendDocument", post(take)));
        let fields = [("chat_id", "-7".to_owned())];
        let file = Upload { field: "document", name: "скрипт \"1\".toml", content };
        let sent = client.upload("sendDocument", &fields, file).await;
        assert_eq!(sent, Ok(Sent { message_id: MessageId::new(5) }));
    }

    #[tokio::test]
    async fn a_refusal_is_classified_and_never_shows_the_token() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = client(&listener);
        let refuse = || async { (StatusCode::SERVICE_UNAVAILABLE, "<html>") };
        serve(listener, axum::Router::new().fallback(refuse));
        let error = client.call::<_, Nothing>(&GetMe {}).await.unwrap_err();
        assert_eq!(error, CallError::ServerError(503));
        assert!(!format!("{client:?}").contains("SECRET"));
    }

    #[test]
    fn only_an_answer_of_the_bot_api_is_a_success() {
        assert_eq!(
            read(br#"{"ok":true,"result":{"message_id":5}}"#),
            Ok(Sent { message_id: MessageId::new(5) })
        );
        for page in [
            "",
            "<html>",
            r#"{"result":{"message_id":5}}"#,
            r#"{"status":"log in"}"#,
            "[]",
            r#"{"ok":true}"#,
            r#"{"ok":true,"status":"healthy"}"#,
            r#"{"ok":true,"stat"#,
            r#"{"ok":true,"result":"healthy"}"#,
        ] {
            let error = read::<Sent>(page.as_bytes()).unwrap_err();
            assert_eq!(error, CallError::Malformed("HTTP 200".to_owned()), "{page}");
        }
        for acted in [r#"{"ok":true,"result":true}"#, r#"{"result":["x"], "ok":true}"#, r#"{"ok":true,"resu"#]
        {
            let error = read::<Sent>(acted.as_bytes()).unwrap_err();
            assert!(matches!(error, CallError::Unreadable(_)), "{acted}: {error}");
        }
        let refusal =
            br#"{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}"#;
        assert_eq!(read::<Nothing>(refusal), Err(CallError::Blocked));
    }

    #[tokio::test]
    async fn a_refused_connection_surely_had_no_effect() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = client(&listener);
        drop(listener);
        let error = client.me().await.unwrap_err();
        assert!(matches!(&error, CallError::NotSent(text) if !text.contains("SECRET")), "{error}");
    }

    #[tokio::test]
    async fn an_answer_that_never_comes_leaves_the_outcome_open() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = client(&listener);
        let hang_up = async {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut buffer = [0; 1024];
            assert!(socket.read(&mut buffer).await.unwrap() > 0);
        };
        let (answer, ()) = tokio::join!(client.me(), hang_up);
        let error = answer.unwrap_err();
        assert!(matches!(&error, CallError::Lost(text) if !text.contains("SECRET")), "{error}");
    }

    #[tokio::test]
    async fn a_proxy_is_asked_for_the_way_to_telegram_and_not_to_a_local_server() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = format!("http://shop:password@{}", listener.local_addr().unwrap());
        let through = |api_url: &str| {
            let (proxy, token) = (SecretString::from(proxy.as_str()), SecretString::from("42:SECRET"));
            Client::through(Some(&proxy), api_url, &token).unwrap()
        };
        let telegram = through(TELEGRAM);
        let asked = async {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut buffer = [0; 1024];
            let read = socket.read(&mut buffer).await.unwrap();
            String::from_utf8_lossy(&buffer[..read]).into_owned()
        };
        let (answer, asked) = tokio::join!(telegram.me(), asked);
        assert!(asked.starts_with("CONNECT api.telegram.org:443 "), "{asked}");
        let told = answer.unwrap_err().to_string();
        assert!(!told.contains("password") && !told.contains("SECRET"), "{told}");

        let local = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = through(&format!("http://{}", local.local_addr().unwrap()));
        let me = || async { r#"{"ok":true,"result":{"id":42,"username":"a_bot"}}"# };
        serve(local, axum::Router::new().fallback(me));
        assert_eq!(client.me().await.unwrap().id, 42);
    }

    #[tokio::test]
    async fn calls_one_after_another_share_a_connection() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = client(&listener);
        let ports = Arc::new(std::sync::Mutex::new(std::collections::HashSet::new()));
        let calls = Arc::new(AtomicUsize::new(0));
        let router = axum::Router::new().fallback({
            let (ports, calls) = (Arc::clone(&ports), Arc::clone(&calls));
            move |peer: axum::extract::ConnectInfo<std::net::SocketAddr>| async move {
                ports.lock().unwrap().insert(peer.port());
                calls.fetch_add(1, Ordering::Relaxed);
                r#"{"ok":true,"result":{"id":42,"username":"a_bot"}}"#
            }
        });
        let service = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
        #[expect(clippy::disallowed_methods, reason = "a test's own server ends with the test's runtime")]
        tokio::spawn(async move { axum::serve(listener, service).await });
        for _ in 0..5 {
            assert_eq!(
                client.me().await,
                Ok(Me { id: 42, username: "a_bot".to_owned(), callback_query_mode: serde_json::Value::Null })
            );
        }
        assert_eq!((calls.load(Ordering::Relaxed), ports.lock().unwrap().len()), (5, 1));
    }
}
