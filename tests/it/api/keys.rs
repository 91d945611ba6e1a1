use std::time::Duration;

use afterword::service::Unit;
use afterword::service::keys::{Scope, add};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use serde_json::Value;

use super::{NOON, Reply, Server, purchase, reply};

impl Server {
    /// Makes a key as `afterword key add` makes it in another process.
    async fn key(&self, scope: Scope) -> String {
        let mut unit = Unit::begin(&self.db, &self.ctx).await.unwrap();
        let key = add(&mut unit, scope.as_str(), scope).await.unwrap().unwrap();
        unit.commit().await.unwrap();
        self.ctx.clock.advance(Duration::from_secs(1));
        key
    }

    async fn revoke(&self, scope: Scope) {
        let mut tx = self.db.write().await.unwrap();
        assert!(tx.revoke_key(scope.as_str(), NOON).await.unwrap());
        tx.commit().await.unwrap();
        self.ctx.clock.advance(Duration::from_secs(1));
    }

    async fn with_key(&self, key: &str, method: &str, path: &str) -> Reply {
        let request = self.client.request(method.parse().unwrap(), format!("{}{path}", self.address));
        let request = request.bearer_auth(key);
        reply(if method == "POST" { request.json(&purchase("e")) } else { request }).await
    }
}

#[tokio::test]
async fn a_key_opens_what_its_scope_says_and_nothing_else() {
    let server = Server::start().await;
    let calls =
        [("POST", "/v1/events", 202), ("GET", "/v1/events/e", 200), ("DELETE", "/v1/customers/nobody", 404)];
    let opened = [
        (Scope::Events, [true, false, false]),
        (Scope::Read, [false, true, false]),
        (Scope::Admin, [true, true, true]),
    ];
    for (scope, opens) in opened {
        let key = server.key(scope).await;
        for ((method, path, done), open) in calls.into_iter().zip(opens) {
            let reply = server.with_key(&key, method, path).await;
            // The event is known when it is posted the second time.
            let expected = if open { done } else { 403 };
            assert!(
                reply.status == expected || open && reply.status == 200,
                "{scope:?} {method}: {}",
                reply.body
            );
        }
    }
    let refused = server.with_key(&server.key_of_nobody(), "GET", "/v1/events/e").await;
    assert_eq!(refused.status, 401);
}

#[tokio::test]
pub async fn a_wrong_scope_is_told_from_a_wrong_key() {
    let server = Server::start().await;
    let key = server.key(Scope::Read).await;
    let refused = server.with_key(&key, "POST", "/v1/events").await;
    assert_eq!(refused.status, 403);
    assert_eq!(refused.headers["content-type"], "application/problem+json");
    let detail = refused.body["detail"].as_str().unwrap();
    assert!(detail.contains("'read'") && detail.contains("'events'"), "{detail}");
    assert!(!server.is_stored("e").await);
}

#[tokio::test]
pub async fn a_running_server_notices_within_a_second_that_a_key_was_revoked() {
    let server = Server::start().await;
    let key = server.key(Scope::Events).await;
    assert_eq!(server.with_key(&key, "POST", "/v1/events").await.status, 202);
    server.revoke(Scope::Events).await;
    assert_eq!(server.with_key(&key, "POST", "/v1/events").await.status, 401);
    let fresh = server.key(Scope::Events).await;
    assert_eq!(server.with_key(&fresh, "POST", "/v1/events").await.status, 200);
}

#[tokio::test]
async fn a_key_that_only_reads_finds_no_link_by_which_it_could_become_the_customer() {
    let server = Server::start().await;
    let link = server.post(&purchase("e")).await.body["link"].as_str().unwrap().to_owned();
    let token = link.split('=').next_back().unwrap();
    let key = server.key(Scope::Read).await;
    let reads = ["/v1/customers/C-1", "/v1/events/e", "/v1/answers?tests=true", "/metrics", "/readyz"];
    for path in reads {
        let reply = server.with_key(&key, "GET", path).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        assert!(!reply.body.to_string().contains(token), "{path}: {}", reply.body);
    }
    let record = server.with_key(&key, "GET", "/v1/customers/C-1").await.body;
    assert_eq!(record["links"][0]["token"], Value::Null, "{record}");
    assert_eq!(record["links"][0]["expires_at"], "2026-12-21T09:00:00Z", "{record}");
    // A key that may make links is shown the tokens of existing ones.
    let admin = server.key(Scope::Admin).await;
    let record = server.with_key(&admin, "GET", "/v1/customers/C-1").await.body;
    assert_eq!(record["links"][0]["token"], token, "{record}");
}

impl Server {
    fn key_of_nobody(&self) -> String {
        format!("aw_{}", self.ctx.entropy.token())
    }
}

#[tokio::test]
async fn wrong_keys_are_answered_slowly_and_right_ones_at_once() {
    let server = Server::start().await;
    let wrong = |number: usize| {
        let request = server.client.get(format!("{}/v1/answers", server.address));
        // An address in a header does not count.
        reply(
            request
                .bearer_auth(format!("wrong-key-number-{number}"))
                .header("x-forwarded-for", format!("192.0.2.{number}")),
        )
    };
    let mut guesses: FuturesUnordered<_> = (0..40).map(wrong).collect();
    let mut statuses = Vec::new();
    // The clock stands still: twenty are answered and eight wait, so twelve are turned away.
    for _ in 0..32 {
        let reply = guesses.next().await.unwrap();
        assert_eq!(reply.headers["content-type"], "application/problem+json");
        assert_eq!(reply.headers.contains_key("retry-after"), reply.status == 429);
        statuses.push(reply.status);
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [vec![401; 20], vec![429; 12]].concat());
    assert_eq!(server.get("/v1/answers").await.status, 200, "a right key does not wait");
    let rest = async { guesses.map(|reply| reply.status).collect::<Vec<_>>().await };
    let clock = server.ctx.clock.clone();
    let time_passes = async {
        loop {
            clock.advance(Duration::from_secs(1));
            tokio::task::yield_now().await;
        }
    };
    let rest: Vec<u16> = tokio::select! {
        rest = rest => rest,
        never = time_passes => never,
    };
    assert_eq!(rest, [401; 8]);
    let metrics = server.get("/metrics").await.body.as_str().unwrap().to_owned();
    for (answer, count) in [("refused", 28), ("turned_away", 12)] {
        let line = format!("afterword_wrong_keys_total{{door=\"api\",answer=\"{answer}\"}} {count}");
        assert!(metrics.contains(&line), "{line} is not in {metrics}");
    }
}
