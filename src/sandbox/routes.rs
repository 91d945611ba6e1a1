//! The HTTP server in front of the world: paths, bodies, faults, and connections that break off.

use std::borrow::Cow;
use std::future::IntoFuture as _;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::serve::{IncomingStream, Listener};
use reqwest::Url;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

use super::bringing;
use super::faults::Kind;
use super::methods::{self, ApiError, Call, Outcome};
use super::world::World;

const MAX_BODY: usize = 1024 * 1024;

/// Serves the Bot API of a world until `stop` completes. In a process of its own, this is all that must run.
///
/// # Errors
/// The listener failed.
pub async fn serve(
    listener: TcpListener,
    world: World,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let closing = world.clone();
    let stop = async move {
        stop.await;
        closing.close();
    };
    world.open();
    let delivering = bringing::deliver(world.clone());
    let app = Router::new().fallback(handle).with_state(world);
    let service = app.into_make_service_with_connect_info::<Cord>();
    let serving = axum::serve(Cuttable(listener), service).with_graceful_shutdown(stop);
    let delivering = async {
        delivering.await;
        std::future::pending().await
    };
    tokio::select! {
        served = serving.into_future() => served,
        never = delivering => never,
    }
}

/// What goes back to the bot, if anything.
enum Reply {
    Done(Outcome),
    File(Vec<u8>),
    Html(u16, &'static str),
    Cut,
}

async fn handle(
    State(world): State<World>,
    ConnectInfo(cord): ConnectInfo<Cord>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let reply = answer(&world, &parts, body).await;
    match reply {
        Reply::Done(Ok(result)) => {
            respond(200, "application/json", format!(r#"{{"ok":true,"result":{result}}}"#))
        }
        Reply::Done(Err(error)) => failure(&error),
        Reply::File(content) => Response::new(Body::from(content)),
        Reply::Html(code, title) => {
            let body = format!(
                "<html>\r\n<head><title>{code} {title}</title></head>\r\n<body>\r\n<center><h1>{code} {title}</h1>\
                 </center>\r\n<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>\r\n"
            );
            respond(code, "text/html", body)
        }
        Reply::Cut => {
            cord.cut();
            Response::default()
        }
    }
}

async fn answer(world: &World, parts: &Parts, body: Body) -> Reply {
    if let Some(path) = parts.uri.path().strip_prefix("/file") {
        let found = route(world, path).and_then(|path| {
            let id = path.strip_prefix("documents/").unwrap_or_default();
            world.read(|state| state.files.get(id).cloned()).ok_or_else(|| ApiError::new(404, "Not Found"))
        });
        return found.map_or_else(|error| Reply::Done(Err(error)), Reply::File);
    }
    let name = match route(world, parts.uri.path()) {
        Ok(name) => name,
        Err(error) => return Reply::Done(Err(error)),
    };
    let Some(method) = methods::known(name) else {
        let error = ApiError { violation: true, ..ApiError::new(404, "Not Found") };
        return refused(world, name, error);
    };
    let Ok(body) = to_bytes(body, MAX_BODY).await else {
        return refused(
            world,
            method,
            ApiError { code: 413, ..ApiError::misuse("Request Entity Too Large") },
        );
    };
    let json = match as_json(parts, &body) {
        Ok(json) => json,
        Err(error) => return refused(world, method, error),
    };
    match Call::parse(method, &json) {
        Ok(call) => run(world, method, &call).await,
        Err(error) => refused(world, method, ApiError::misuse(error.to_string())),
    }
}

/// Returns the method's name as it was called, if the token is right.
fn route<'p>(world: &World, path: &'p str) -> Result<&'p str, ApiError> {
    let call = path.strip_prefix("/bot").and_then(|rest| rest.split_once('/'));
    let (token, method) = call.ok_or_else(|| ApiError::new(404, "Not Found"))?;
    if token == world.token() || token.replace("%3A", ":") == world.token() {
        Ok(method)
    } else {
        Err(ApiError::new(401, "Unauthorized"))
    }
}

/// Runs a call, with the fault that it meets, if any.
async fn run(world: &World, method: &'static str, call: &Call<'_>) -> Reply {
    let mut fault = world.act(|state| {
        *state.calls.entry(method).or_default() += 1;
        let now = state.clock.now();
        state.faults.take(method, call.chat(), now)
    });
    loop {
        match fault {
            Some(Kind::Error { code, description, retry_after }) => {
                let parameters = retry_after.map(|seconds| json!({ "retry_after": seconds }));
                return Reply::Done(Err(ApiError { parameters, ..ApiError::new(code, description) }));
            }
            Some(Kind::Html { code, title }) => return Reply::Html(code, title),
            Some(Kind::DropBefore) => return Reply::Cut,
            Some(Kind::DropAfter) => {
                // Nobody hears the result.
                drop(finish(world, method, call).await);
                return Reply::Cut;
            }
            Some(Kind::Slow(duration)) => tokio::time::sleep(duration).await,
            Some(Kind::Hold(gate)) => gate.pass().await,
            Some(Kind::HoldThen(gate, then)) => {
                gate.pass().await;
                fault = Some(*then);
                continue;
            }
            None => {}
        }
        tokio::select! {
            biased;
            outcome = finish(world, method, call) => return Reply::Done(outcome),
            met = fault_while_waiting(world), if call.waits() => fault = Some(met),
        }
    }
}

async fn finish(world: &World, method: &str, call: &Call<'_>) -> Outcome {
    let outcome = call.run(world).await;
    if let Err(error) = &outcome {
        note(world, method, error);
    }
    outcome
}

/// Waits for a fault that is armed while a poll is already waiting.
async fn fault_while_waiting(world: &World) -> Kind {
    loop {
        let arrived = world.arrivals().notified();
        tokio::pin!(arrived);
        arrived.as_mut().enable();
        if let Some(kind) = world.act(|state| {
            let now = state.clock.now();
            state.faults.take_named("getUpdates", now)
        }) {
            return kind;
        }
        arrived.await;
    }
}

fn refused(world: &World, method: &str, error: ApiError) -> Reply {
    note(world, method, &error);
    Reply::Done(Err(error))
}

fn note(world: &World, method: &str, error: &ApiError) {
    if error.violation {
        world.act(|state| state.violations.push(format!("{method}: {}", error.description)));
    }
}

/// The parameters as JSON, from a JSON or form body or from the query.
fn as_json<'b>(parts: &Parts, body: &'b [u8]) -> Result<Cow<'b, [u8]>, ApiError> {
    let kind =
        parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if body.is_empty() {
        return form(parts.uri.query().unwrap_or_default()).map(Cow::Owned);
    }
    if kind.starts_with("application/json") {
        return Ok(body.into());
    }
    if let Some(boundary) = kind.strip_prefix("multipart/form-data; boundary=") {
        return multipart(boundary, body).map(Cow::Owned);
    }
    if kind.starts_with("application/x-www-form-urlencoded") {
        let body = std::str::from_utf8(body).map_err(|_| ApiError::misuse("the form is not UTF-8"))?;
        return form(body).map(Cow::Owned);
    }
    Err(ApiError::misuse("the sandbox reads JSON and forms only"))
}

/// Reads a form with a file in it. The file becomes an object with its name and its content: a text, or for other files
/// the bytes as characters up to U+00FF.
fn multipart(boundary: &str, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let wrong = || ApiError::misuse("the form with a file cannot be read");
    let mut fields = Map::new();
    for part in split(body, format!("--{boundary}").as_bytes()).skip(1) {
        if part.starts_with(b"--") {
            return Ok(Value::Object(fields).to_string().into_bytes());
        }
        let at = part.windows(4).position(|found| found == b"\r\n\r\n").ok_or_else(wrong)?;
        let head = std::str::from_utf8(&part[..at]).map_err(|_| wrong())?;
        let content = part[at + 4..].strip_suffix(b"\r\n").ok_or_else(wrong)?;
        let content: Cow<'_, str> = std::str::from_utf8(content)
            .map_or_else(|_| content.iter().copied().map(char::from).collect(), Cow::Borrowed);
        let quoted = |name: &str| {
            let (_, rest) = head.split_once(&format!("; {name}=\""))?;
            rest.split_once('"').map(|(value, _)| value.to_owned())
        };
        let value = match quoted("filename") {
            Some(file_name) => json!({ "file_name": file_name, "content": content }),
            None => of_form(&quoted("name").ok_or_else(wrong)?, &content),
        };
        fields.insert(quoted("name").ok_or_else(wrong)?, value);
    }
    Err(wrong())
}

/// The parts of some bytes between others.
fn split<'b>(bytes: &'b [u8], by: &'b [u8]) -> impl Iterator<Item = &'b [u8]> {
    let mut rest = Some(bytes);
    std::iter::from_fn(move || {
        let bytes = rest?;
        let Some(at) = bytes.windows(by.len()).position(|found| found == by) else { return rest.take() };
        rest = Some(&bytes[at + by.len()..]);
        Some(&bytes[..at])
    })
}

/// The value of a parameter in a form.
fn of_form(name: &str, value: &str) -> Value {
    let text = || Value::String(value.to_owned());
    if TEXTS.contains(&name) { text() } else { serde_json::from_str(value).unwrap_or_else(|_| text()) }
}

/// The parameters whose values stay texts in a form. All others are numbers, booleans or JSON.
const TEXTS: [&str; 12] = [
    "name",
    "description",
    "short_description",
    "text",
    "caption",
    "parse_mode",
    "callback_query_id",
    "chat_id",
    "from_chat_id",
    "language_code",
    "url",
    "secret_token",
];

fn form(encoded: &str) -> Result<Vec<u8>, ApiError> {
    let mut url = Url::parse("form:").map_err(|error| ApiError::misuse(error.to_string()))?;
    url.set_query(Some(encoded));
    let mut fields = Map::new();
    for (name, value) in url.query_pairs() {
        let value = of_form(&name, &value);
        fields.insert(name.into_owned(), value);
    }
    Ok(Value::Object(fields).to_string().into_bytes())
}

fn failure(error: &ApiError) -> Response {
    let mut json = json!({ "ok": false, "error_code": error.code, "description": error.description });
    if let Some(parameters) = &error.parameters {
        json["parameters"] = parameters.clone();
    }
    respond(error.code, "application/json", json.to_string())
}

fn respond(code: u16, kind: &'static str, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// Cuts a connection before a single byte of the reply is written.
#[derive(Clone, Debug)]
struct Cord(Arc<AtomicBool>);

impl Cord {
    fn cut(&self) {
        self.0.store(true, Ordering::Release);
    }

    fn check(&self) -> io::Result<()> {
        if self.0.load(Ordering::Acquire) { Err(io::ErrorKind::ConnectionReset.into()) } else { Ok(()) }
    }
}

impl Connected<IncomingStream<'_, Cuttable>> for Cord {
    fn connect_info(stream: IncomingStream<'_, Cuttable>) -> Self {
        stream.io().cord.clone()
    }
}

struct Cuttable(TcpListener);

struct CuttableStream {
    tcp: TcpStream,
    cord: Cord,
}

impl Listener for Cuttable {
    type Io = CuttableStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        // axum's own `accept` retries after transient errors.
        let (tcp, addr) = Listener::accept(&mut self.0).await;
        // Otherwise a reply may wait for the acknowledgement of the previous one. A failure does no harm.
        let _ = tcp.set_nodelay(true);
        (CuttableStream { tcp, cord: Cord(Arc::default()) }, addr)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.0.local_addr()
    }
}

impl AsyncRead for CuttableStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_read(cx, buf)
    }
}

impl AsyncWrite for CuttableStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.cord.check()?;
        Pin::new(&mut self.tcp).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.cord.check()?;
        Pin::new(&mut self.tcp).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.tcp.is_write_vectored()
    }
}
