//! A full disk while events and taps come in: nothing is accepted that is not stored, and everything continues once
//! there is space again.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tokio::process::Command;

use super::database::in_mounts;
use super::{Place, Serve, purchase, within};

/// An event that takes up much space.
fn big(order: &str) -> Value {
    let mut event = purchase(order, &format!("customer-of-{order}"));
    event["extra"] = json!({ "padding": "x".repeat(4000) });
    event
}

/// Fills the disk with events, keeps working through it, frees space, and checks what is stored.
async fn live_through(place: &Place, serve: Serve, make_space: impl AsyncFnOnce(&Serve)) -> Serve {
    let anna = serve.customer(&place.world, "C-1").await;
    serve.event(&purchase("1001", "C-1")).await;
    serve.reaches("1001", "sent").await;

    let mut accepted = Vec::new();
    let refused = loop {
        let order = format!("big-{}", accepted.len());
        let reply = serve.post(&big(&order)).await;
        match reply.status {
            202 => accepted.push(order),
            _ => break reply,
        }
        assert!(accepted.len() < 5000, "the disk does not get full");
    };
    assert_eq!((refused.status, refused.retry_after), (503, true), "{}", refused.body);
    serve.is_red("disk").await;
    let tap = place.world.tap_last(anna, "2").unwrap();
    serve.is_red("updates cannot be stored").await;
    assert!(!place.world.all_confirmed(), "the tap stays at Telegram");
    assert!(place.world.answer(&tap).is_none());
    assert_eq!(serve.get("/healthz").await.status, 200);

    make_space(&serve).await;
    within("the tap's answer", place.world.answered(&tap)).await;
    serve.reaches("1001", "started").await;
    let late = format!("big-{}", accepted.len());
    assert_eq!(serve.post(&big(&late)).await.status, 202, "what was refused was not kept");
    serve.is_green().await;
    for order in &accepted {
        assert_eq!(serve.post(&big(order)).await.status, 409, "{order} is known, with its own time");
    }
    serve
}

#[tokio::test]
async fn a_full_disk_loses_nothing() {
    let mut place = Place::new().await;
    std::fs::create_dir(place.path("data")).unwrap();
    place.set("DATABASE_URL", "sqlite://data/afterword.db");
    let setup = "mount -t tmpfs -o size=4m none data; head -c 1500000 /dev/zero > data/ballast";
    let Some(command) = in_mounts(&place, setup, &["serve"]).await else { return };
    let serve = Serve::start(command, &place.path("log")).await;
    // The disk is only mounted for the program. From outside it is reached through the program's process.
    let inside = |name: &str| -> PathBuf {
        let folder = place.folder.path().strip_prefix("/").unwrap();
        Path::new(&format!("/proc/{}/root", serve.pid())).join(folder).join("data").join(name)
    };
    let ballast = inside("ballast");
    let serve = live_through(&place, serve, async |_| std::fs::remove_file(&ballast).unwrap()).await;
    serve.stop().await;
}

#[tokio::test]
async fn a_file_that_may_not_grow_loses_nothing() {
    let place = Place::new().await;
    let mut command = Command::new("sh");
    place.settle_in(&mut command);
    let limited = "trap '' XFSZ; ulimit -S -f 8192; exec \"$0\" \"$@\"";
    command.args(["-ec", limited, env!("CARGO_BIN_EXE_afterword"), "serve"]);
    let serve = Serve::start(command, &place.path("log")).await;
    let serve = live_through(&place, serve, async |serve| {
        let mut lift = Command::new("prlimit");
        lift.arg("--pid").arg(serve.pid().to_string()).arg("--fsize=unlimited:unlimited");
        assert!(lift.status().await.unwrap().success());
    })
    .await;
    serve.stop().await;
    assert_eq!(place.answers().await, ["1001 overall csi 2"]);
}
