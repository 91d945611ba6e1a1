//! Telegram is away, is used by another program, or refuses calls: the program keeps running, says why, and recovers by
//! itself.

use afterword::sandbox::Fault;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::{Place, Serve, purchase, within};
use crate::harness::{Setting, Story, hours, minutes};

#[tokio::test]
async fn telegram_may_be_away_at_the_start() {
    let mut place = Place::new().await;
    let telegram = place.go_offline().await;
    let mut serve = Serve::spawn_at(&mut place).await;
    serve.is_red("refused").await;
    assert_eq!(serve.get("/healthz").await.status, 200);
    let early = serve.post(&purchase("1001", "C-1")).await;
    assert_eq!((early.status, early.retry_after), (503, true), "{}", early.body);
    place.go_online(telegram).await;
    assert!(serve.greeting().await.is_some());
    serve.is_green().await;
    serve.event(&purchase("1001", "C-1")).await;
    serve.stop().await;
}

#[tokio::test]
async fn telegram_may_go_away_and_come_back() {
    let mut place = Place::new().await;
    let serve = place.serve().await;
    let anna = serve.customer(&place.world, "C-1").await;
    let telegram = place.go_offline().await;
    serve.is_red("no updates come in").await;
    serve.event(&purchase("1001", "C-1")).await;
    let said = place.world.say(anna, "/stop");
    place.go_online(telegram).await;
    within("the answer", place.world.bot_message_after(anna, said)).await;
    serve.is_green().await;
    serve.stop().await;
}

/// Returns once intake is in trouble, and checks that `/readyz` says so.
async fn red(story: &Story, why: &str) {
    let mut health = story.running.health.watch();
    within("trouble", health.wait_for(|state| state.intake.is_some())).await.unwrap();
    let (status, ready) = story.get("/readyz").await;
    assert_eq!(status, 503, "{ready}");
    let detail = ready["checks"]["telegram"]["detail"].as_str().unwrap();
    assert!(detail.contains(why), "{detail}");
}

#[tokio::test]
async fn another_program_with_the_token_makes_it_red_until_it_has_gone() {
    let story = Story::new().await;
    let anna = story.person("Anna");
    story.world.fault(Fault::error(409, "Conflict: terminated by other getUpdates request").on("getUpdates"));
    red(&story, "another program polls Telegram with this token").await;
    story.start(anna).await;
    assert_eq!(story.get("/readyz").await.0, 200);
    assert_eq!(story.world.sent_count(anna.id), 1);
    story.end().await;
}

#[tokio::test]
async fn a_token_revoked_at_work_loses_nothing_that_was_under_way() {
    let story = Story::new().await;
    let anna = story.customer("Anna", "C-1").await;
    story.purchase("1001", "C-1", serde_json::json!({})).await;
    let sent = story.world.calls("sendMessage");
    for method in ["getUpdates", "sendMessage"] {
        story.world.fault(Fault::error(401, "Unauthorized").on(method).always());
    }
    story.clock.advance(hours(3));
    red(&story, "revoked").await;
    within("a refused send", story.world.wait_until(|world| world.calls("sendMessage") > sent)).await;
    story.world.clear_faults();
    story.settle().await;
    // The first poll after trouble is a short one.
    story.clock.advance(minutes(1));
    let mut health = story.running.health.watch();
    within("its answer", health.wait_for(|state| state.intake.is_none())).await.unwrap();
    let (status, ready) = story.get("/readyz").await;
    assert_eq!(status, 200, "{ready}");
    assert_eq!(story.state("purchase-1001").await, "sent");
    story.tap(anna, "9").await;
    story.end().await;
}

#[tokio::test]
async fn a_webhook_is_deleted_and_what_had_come_in_meanwhile_is_answered() {
    let setting = Setting::new().await;
    let anna = setting.world.add_user("Anna", Some("en"));
    setting.world.set_webhook("https://elsewhere.example/hook");
    setting.world.start(anna, None);
    let story = setting.start().await;
    assert_eq!((story.world.sent_count(anna), story.world.calls("deleteWebhook")), (1, 1));
    assert_eq!(story.get("/readyz").await.0, 200);
    story.end().await;
}

/// Returns the first bytes that the program sends to a proxy of this kind.
async fn said_to_a_proxy(scheme: &str) -> Vec<u8> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut place = Place::new().await;
    place.set("TELOXIDE_API_URL", "https://telegram.invalid");
    place.set("HTTPS_PROXY", &format!("{scheme}://{}", listener.local_addr().unwrap()));
    let proxy = async {
        loop {
            // `check` also tries whether anything listens there, and sends nothing then.
            let (mut caller, _) = listener.accept().await.unwrap();
            let mut said = vec![0; 1024];
            let length = caller.read(&mut said).await.unwrap_or(0);
            if length == 0 {
                continue;
            }
            said.truncate(length);
            if scheme == "socks5h" {
                caller.write_all(&[5, 0]).await.unwrap();
                said = vec![0; 1024];
                let length = caller.read(&mut said).await.unwrap();
                said.truncate(length);
            }
            return said;
        }
    };
    let checked = async {
        place.run(&["check"]).await;
        panic!("the proxy was not asked");
    };
    tokio::select! {
        said = proxy => said,
        () = checked => unreachable!(),
    }
}

#[tokio::test]
async fn the_way_to_telegram_leads_through_the_proxy() {
    let said = said_to_a_proxy("http").await;
    assert!(said.starts_with(b"CONNECT telegram.invalid:443 HTTP/1.1\r\n"), "{}", said.escape_ascii());
    let said = said_to_a_proxy("socks5h").await;
    assert_eq!(said, [&[5, 1, 0, 3, 16], &b"telegram.invalid"[..], &[1, 187]].concat());
}
