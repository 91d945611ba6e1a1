//! The program with few rights, as in a container or a hardened unit.

use serde_json::{Value, json};

use super::database::in_mounts;
use super::{Place, Serve, purchase, ran, until, within};
use crate::ports::free_addr;

/// Runs the program in a working directory `folder`, with a file system that is read-only, including `/tmp`, except for
/// the folder `data`.
async fn confined(place: &Place, folder: &str, arguments: &[&str]) -> Option<tokio::process::Command> {
    let here = place.folder.path().display();
    let setup = format!(
        "mount --rbind / /mnt; mount -o remount,bind,ro /mnt; mount --bind {here}/data /mnt{here}/data; \
         ! (: > /mnt{here}/file) 2>/dev/null; \
         exec chroot /mnt sh -c 'cd {here}/{folder}; exec \"$0\" \"$@\"' \"$0\" \"$@\""
    );
    in_mounts(place, &setup, arguments).await
}

/// A batch larger than what SQLite by default keeps in memory until it knows whether a statement succeeds.
fn batch() -> Value {
    let event = |n: u32| {
        let mut event = purchase(&format!("order-{n}"), &format!("of-{n}"));
        event["extra"] = json!({ "padding": "x".repeat(3000) });
        event
    };
    (0..1000).map(event).collect()
}

#[tokio::test]
async fn a_file_system_that_is_read_only_but_for_the_database_is_enough() {
    let place = Place::new().await;
    std::fs::create_dir(place.path("data")).unwrap();
    let Some(command) = confined(&place, "data", &["serve"]).await else { return };
    let serve = Serve::start(command, &place.path("log")).await;
    let anna = serve.customer(&place.world, "C-1").await;
    serve.event(&purchase("1001", "C-1")).await;
    serve.reaches("1001", "sent").await;
    let tap = place.world.tap_last(anna, "2").unwrap();
    within("the tap's answer", place.world.answered(&tap)).await;
    serve.reaches("1001", "started").await;
    assert_eq!(serve.post(&batch()).await.status, 200);
    let commands: [&[&str]; 4] = [
        &["check"],
        &["backup", "copy.db"],
        &["export", "surveys", "-o", "surveys.csv"],
        &["script", "list"],
    ];
    for arguments in commands {
        let done = ran(confined(&place, "data", arguments).await.unwrap()).await;
        assert_eq!(done.code, 0, "{arguments:?}: {done:?}");
    }
    let outside = ran(confined(&place, "data", &["backup", "../copy.db"]).await.unwrap()).await;
    outside.refused(&["copy.db", "Read-only"]);
    serve.stop().await;
    let left: Vec<_> =
        std::fs::read_dir(place.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "its folder and the log: {left:?}");
}

#[tokio::test]
async fn no_place_for_temporary_files_is_needed() {
    let mut place = Place::new().await;
    std::fs::create_dir(place.path("data")).unwrap();
    place.set("DATABASE_URL", "sqlite://data/afterword.db");
    let Some(command) = confined(&place, ".", &["serve"]).await else { return };
    let serve = Serve::start(command, &place.path("log")).await;
    assert_eq!(serve.post(&batch()).await.status, 200);
    serve.stop().await;
}

/// The binary itself checks whether the program is alive, as a container's health check does.
#[tokio::test]
async fn health_is_told_by_the_exit_code() {
    let mut place = Place::new().await;
    let mut serve = Serve::spawn_at(&mut place).await;
    let addr = serve.address.trim_start_matches("http://").to_owned();
    let free = free_addr().to_string();
    place.set("HTTP_ADDR", &addr);
    until("a healthy serve", async || (place.run(&["check", "--health"]).await.code == 0).then_some(()))
        .await;
    place.set("HTTP_ADDR", &free);
    let other = place.run(&["check", "--health"]).await;
    assert!(other.code == 1 && other.err.contains(&free), "{other:?}");
    serve.signal("TERM").await;
    assert_eq!(serve.ended().await, Some(0));
    place.set("HTTP_ADDR", &addr);
    assert_eq!(place.run(&["check", "--health"]).await.code, 1);
}
