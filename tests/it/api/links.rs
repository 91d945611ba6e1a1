use std::time::Duration;

use afterword::domain::time::Timestamp;
use serde_json::json;

use super::{Reply, Server, purchase, reply};

impl Server {
    async fn link(&self, customer: &str) -> Reply {
        reply(self.request("POST", &format!("/v1/customers/{customer}/link"))).await
    }

    /// Fetches an image without a key, as a receipt printer would.
    async fn picture(&self, path: &str) -> (u16, String, Vec<u8>) {
        let response = self.client.get(format!("{}{path}", self.address)).send().await.unwrap();
        let media = response.headers()["content-type"].to_str().unwrap().to_owned();
        (response.status().as_u16(), media, response.bytes().await.unwrap().to_vec())
    }
}

#[tokio::test]
async fn a_customer_has_one_link_while_it_lives_and_its_pictures_need_no_key() {
    let server = Server::start().await;
    let from_event = server.post(&purchase("e")).await;
    let link = server.link("C-1").await;
    assert_eq!(link.status, 200);
    assert_eq!(link.body["url"], from_event.body["link"]);
    assert_eq!(link.body["expires_at"], "2026-12-21T09:00:00Z");
    assert_eq!(server.link("C-1").await.body, link.body);
    assert_ne!(server.link("C-2").await.body["url"], link.body["url"]);
    let (status, media, png) = server.picture(link.body["png"].as_str().unwrap()).await;
    assert_eq!((status, media.as_str()), (200, "image/png"));
    assert!(png.starts_with(b"\x89PNG"));
    let (status, media, svg) = server.picture(link.body["svg"].as_str().unwrap()).await;
    assert_eq!((status, media.as_str()), (200, "image/svg+xml"));
    assert!(String::from_utf8(svg).unwrap().contains("<svg"));
}

#[tokio::test]
async fn an_expired_link_has_no_picture_and_asking_again_gives_another() {
    let server = Server::start().await;
    let first = server.link("C-1").await;
    let expires_at = Timestamp::from_millis(super::NOON.millis() + 30 * 86_400_000);
    server.ctx.clock.advance_to(expires_at);
    assert_eq!(server.picture(first.body["png"].as_str().unwrap()).await.0, 404);
    let second = server.link("C-1").await;
    assert_ne!(second.body["url"], first.body["url"]);
    server.ctx.clock.advance(Duration::from_secs(1));
    assert_eq!(server.picture(second.body["png"].as_str().unwrap()).await.0, 200);
    for path in ["/q/AAAAAAAAAAAAAAAAAAAAAA.png", "/q/x.gif", "/q/x", "/q/%ff.png"] {
        assert_eq!(server.picture(path).await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn a_customer_id_that_cannot_be_one_is_refused() {
    let server = Server::start().await;
    let refused = server.link(&"x".repeat(129)).await;
    assert_eq!((refused.status, &refused.body["errors"][0]["field"]), (422, &json!("customer.id")));
    assert_eq!(server.link("%ff").await.status, 400);
}
