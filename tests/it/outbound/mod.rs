//! Calls to other systems, against servers and names of the tests' own.

mod names;
mod server;

use std::sync::Arc;
use std::time::Duration;

use afterword::outbound::{Answer, Call, CallError, Limits, Outbound, Refused, Rules, Target};
use reqwest::Method;
use reqwest::header::HeaderMap;

use names::Names;
use server::Server;

/// Allows the loopback addresses that the tests' servers have, but for one.
fn rules(port: u16) -> Rules {
    Rules { allowed: format!("127.0.0.1,:{port}").parse().unwrap(), http: true }
}

fn outbound(rules: Rules, names: &Arc<Names>) -> Outbound {
    Outbound::with_names(rules, Limits::default(), Arc::clone(names) as _).unwrap()
}

async fn get(outbound: &Outbound, url: &str) -> Result<Answer, CallError> {
    let target = Target::parse(url, outbound.rules())?;
    let call =
        Call { method: Method::GET, target, headers: HeaderMap::new(), content_type: None, body: Vec::new() };
    outbound.call(call).await
}

#[tokio::test]
async fn a_public_name_that_leads_inside_is_refused_and_nothing_is_sent() {
    let server = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi").await;
    let names = Names::leading(&[("desk.example", &["127.0.0.1", "10.0.0.1", "::ffff:127.0.0.1"])]);
    let rules = Rules { allowed: format!(":{}", server.port).parse().unwrap(), http: true };
    let refused = get(&outbound(rules, &names), &format!("http://desk.example:{}/", server.port)).await;
    assert_eq!(refused.unwrap_err(), CallError::Refused(Refused::Name("desk.example".to_owned())));
    assert_eq!(server.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn the_connection_goes_to_the_address_that_was_checked() {
    let server =
        Server::answering("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nhi").await;
    // The second answer for the name is an address that is not allowed, though a server would answer there.
    let names = Names::leading(&[("desk.example", &["127.0.0.1"]), ("desk.example", &["127.0.0.2"])]);
    let outbound = outbound(rules(server.port), &names);
    let url = format!("http://desk.example:{}/", server.port);
    assert_eq!(get(&outbound, &url).await.unwrap().body, b"hi");
    assert_eq!(names.asked(), 1, "one call resolves the name once");
    let refused = get(&outbound, &url).await.unwrap_err();
    assert_eq!(refused, CallError::Refused(Refused::Name("desk.example".to_owned())));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn of_several_addresses_only_the_allowed_ones_are_tried() {
    let server = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi").await;
    let names = Names::leading(&[("desk.example", &["127.0.0.2", "127.0.0.1"])]);
    let outbound = outbound(rules(server.port), &names);
    get(&outbound, &format!("http://desk.example:{}/", server.port)).await.unwrap();
    assert_eq!(server.peers(), ["127.0.0.1"]);
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let inside = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi").await;
    let redirect = format!(
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:{}/latest/meta-data\r\ncontent-length: 0\r\n\r\n",
        inside.port
    );
    let server = Server::answering(&redirect).await;
    let names = Names::leading(&[]);
    let outbound = outbound(rules(server.port), &names);
    let answer = get(&outbound, &format!("http://127.0.0.1:{}/", server.port)).await.unwrap();
    assert_eq!(answer.status, 302);
    assert_eq!(inside.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn an_endless_answer_is_cut() {
    let server = Server::endless("HTTP/1.1 200 OK\r\n\r\n").await;
    let outbound = outbound(rules(server.port), &Names::leading(&[]));
    let answer = get(&outbound, &format!("http://127.0.0.1:{}/", server.port)).await.unwrap();
    assert_eq!(answer.body.len(), Limits::default().answer);
}

#[tokio::test]
async fn a_server_that_says_nothing_is_given_up_on_and_may_have_got_the_call() {
    let server = Server::silent().await;
    let limits = Limits { call: Duration::from_millis(200), ..Limits::default() };
    let outbound = Outbound::with_names(rules(server.port), limits, Names::leading(&[])).unwrap();
    let error = get(&outbound, &format!("http://127.0.0.1:{}/", server.port)).await.unwrap_err();
    assert_eq!(error, CallError::Unknown("it took too long".to_owned()));
}

#[tokio::test]
async fn nobody_there_means_that_nothing_was_sent() {
    let port = crate::ports::free_addr().port();
    let outbound = outbound(rules(port), &Names::leading(&[]));
    let error = get(&outbound, &format!("http://127.0.0.1:{port}/?key=SECRET")).await.unwrap_err();
    assert!(matches!(&error, CallError::Unsent(why) if !why.contains("SECRET")), "{error}");
}

#[tokio::test]
async fn http_is_refused_unless_it_is_allowed() {
    let allowed = "127.0.0.1".parse().unwrap();
    let outbound = outbound(Rules { allowed, http: false }, &Names::leading(&[]));
    let error = get(&outbound, "http://127.0.0.1/").await.unwrap_err();
    assert_eq!(error, CallError::Refused(Refused::Scheme("http".to_owned())));
}
