//! A file that is not a database, is not ours, cannot be written, or is held by another program.

use std::path::Path;

use afterword::store::Db;
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::process::Command;

use super::{Place, Serve, purchase, ran, until, within};
use crate::untried;

const COMMANDS: [&[&str]; 5] =
    [&["serve"], &["export", "answers"], &["import", "events.jsonl"], &["link", "C-1"], &["script", "list"]];

#[tokio::test]
async fn a_file_that_is_no_database_is_named_and_left_alone() {
    let place = Place::new().await;
    place.write("events.jsonl", "");
    for content in [&b"to whom it may concern: this is a letter, and no database at all"[..], &[7; 8192]] {
        let file = place.write("afterword.db", content);
        for command in COMMANDS.into_iter().chain([&["migrate"][..]]) {
            place.run(command).await.refused(&["afterword.db"]);
        }
        assert_eq!(std::fs::read(&file).unwrap(), content);
    }
}

#[tokio::test]
async fn a_folder_or_no_folder_in_the_place_of_the_database_is_named() {
    let mut place = Place::new().await;
    place.write("events.jsonl", "");
    std::fs::create_dir(place.path("folder")).unwrap();
    for (url, said) in
        [("sqlite://folder", "folder"), ("sqlite://no/such/afterword.db", "no/such/afterword.db")]
    {
        place.set("DATABASE_URL", url);
        for command in COMMANDS {
            place.run(command).await.refused(&[said]);
        }
        let check = place.run(&["check"]).await;
        assert!(check.code == 1 && check.out.contains(said), "{check:?}");
    }
}

#[tokio::test]
async fn a_database_that_is_not_there_is_made_by_serve_and_migrate_only() {
    let place = Place::new().await;
    place.write("events.jsonl", "");
    let path = place.path("afterword.db").display().to_string();
    for command in &COMMANDS[1..] {
        place.run(command).await.refused(&["there is no database file ", &path, "'afterword migrate'"]);
    }
    assert!(!place.path("afterword.db").exists());
    // An empty file that somebody created in advance.
    place.write("afterword.db", "");
    let check = place.run(&["check"]).await;
    assert!(check.out.contains("afterword.db has no schema yet, or an older one"), "{check:?}");
    assert_eq!(place.run(&["migrate"]).await.code, 0);
}

async fn execute(file: &Path, sql: &'static str) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
    let mut connection = options.connect().await.unwrap();
    sqlx::query(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_and_left_alone() {
    let place = Place::new().await;
    place.write("events.jsonl", "");
    assert_eq!(place.run(&["migrate"]).await.code, 0);
    let file = place.path("afterword.db");
    execute(
        &file,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9999, 'the future', TRUE, x'00', 1)",
    )
    .await;
    let before = std::fs::read(&file).unwrap();
    for command in COMMANDS.into_iter().chain([&["migrate"][..]]) {
        place.run(command).await.refused(&["newer version", "9999"]);
    }
    let check = place.run(&["check"]).await;
    assert!(check.code == 1 && check.out.contains("newer version"), "{check:?}");
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

/// Runs the program with its own mounts, which `setup` makes. Returns `None` if the machine does not allow that.
pub(super) async fn in_mounts(place: &Place, setup: &str, arguments: &[&str]) -> Option<Command> {
    let unshared = || {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-ec"]);
        command
    };
    let mut trial = unshared();
    trial.arg("mount -t tmpfs -o size=64k none /mnt");
    if !trial.output().await.is_ok_and(|trial| trial.status.success()) {
        untried::pass_over("mounts of their own (unshare --user --mount)");
        return None;
    }
    let mut command = unshared();
    place.settle_in(&mut command);
    command.arg(format!("{setup}; exec \"$0\" \"$@\"")).arg(env!("CARGO_BIN_EXE_afterword")).args(arguments);
    Some(command)
}

#[tokio::test]
async fn a_database_that_cannot_be_written_is_said_to_be_so() {
    let mut place = Place::new().await;
    place.write("events.jsonl", serde_json::to_string(&purchase("1001", "C-1")).unwrap());
    std::fs::create_dir(place.path("data")).unwrap();
    place.set("DATABASE_URL", "sqlite://data/afterword.db");
    assert_eq!(place.run(&["migrate"]).await.code, 0);
    for (what, said) in [("data", "cannot be opened"), ("data/afterword.db", "read-only")] {
        let setup = format!("mount --bind {what} {what}; mount -o remount,bind,ro {what}; cd .");
        for arguments in [&["serve"][..], &["import", "events.jsonl"]] {
            let Some(command) = in_mounts(&place, &setup, arguments).await else { return };
            let ran = ran(command).await;
            assert!(ran.code > 0, "{ran:?}");
            let lines: Vec<&str> = ran.err.lines().filter(|line| line.starts_with("afterword: ")).collect();
            assert_eq!(lines.len(), 1, "{ran:?}");
            assert!(lines[0].contains("data/afterword.db") && lines[0].contains(said), "{ran:?}");
        }
    }
}

/// Holds the database's only write transaction, as another program may do.
async fn hold(place: &Place) -> afterword::store::Tx {
    let db = Db::open(&format!("sqlite://{}", place.path("afterword.db").display()), false).await.unwrap();
    db.write().await.unwrap()
}

#[tokio::test]
async fn while_the_database_is_held_nothing_is_confirmed_and_then_it_goes_on_by_itself() {
    let place = Place::new().await;
    let serve = place.serve().await;
    let anna = serve.customer(&place.world, "C-1").await;
    serve.event(&purchase("1001", "C-1")).await;
    serve.reaches("1001", "sent").await;
    let held = hold(&place).await;

    let tap = place.world.tap_last(anna, "2").unwrap();
    let refused = serve.post(&purchase("1002", "C-2")).await;
    assert_eq!((refused.status, refused.retry_after), (503, true), "{}", refused.body);
    serve.is_red("locked").await;
    assert!(!place.world.all_confirmed(), "the tap stays at Telegram");
    assert!(place.world.answer(&tap).is_none());
    assert_eq!(serve.get("/healthz").await.status, 200);
    // Reading does not need the write transaction.
    assert_eq!(serve.get("/v1/events/1001").await.body["state"], "sent");

    drop(held);
    within("the tap's answer", place.world.answered(&tap)).await;
    serve.reaches("1001", "started").await;
    assert_eq!(serve.post(&purchase("1002", "C-2")).await.status, 202);
    serve.is_green().await;
    serve.stop().await;
    assert_eq!(place.answers().await, ["1001 overall csi 2"]);
}

#[tokio::test]
async fn a_start_on_a_held_database_says_so() {
    let place = Place::new().await;
    assert_eq!(place.run(&["migrate"]).await.code, 0);
    let _held = hold(&place).await;
    let mut serve = Serve::spawn(place.command(&["serve"]), &place.path("log"), "nowhere");
    assert_eq!(serve.ended().await, Some(2));
    let logged = serve.logged();
    assert!(
        logged.lines().any(|line| line.starts_with("afterword: ")
            && line.contains("afterword.db: the database is not available: it is locked")),
        "{logged}"
    );
}

#[tokio::test]
async fn a_file_taken_away_under_serve_is_noticed_and_what_comes_back_goes_on() {
    let place = Place::new().await;
    let serve = place.serve().await;
    let anna = serve.customer(&place.world, "C-1").await;
    serve.event(&purchase("1001", "C-1")).await;
    serve.reaches("1001", "sent").await;
    let names = ["afterword.db", "afterword.db-wal", "afterword.db-shm"];
    std::fs::create_dir(place.path("away")).unwrap();
    let move_all = |from: &str, to: &str| {
        for name in names {
            std::fs::rename(place.path(from).join(name), place.path(to).join(name)).unwrap();
        }
    };
    move_all("", "away");

    let tap = place.world.tap_last(anna, "2").unwrap();
    let refused = serve.post(&purchase("1002", "C-2")).await;
    assert_eq!((refused.status, refused.retry_after), (503, true), "{}", refused.body);
    serve.is_red("afterword.db was taken away or replaced").await;
    until("a word in the log", async || {
        serve.logged().contains("afterword.db was taken away or replaced").then_some(())
    })
    .await;
    assert!(!place.world.all_confirmed() && place.world.answer(&tap).is_none(), "the tap stays at Telegram");

    move_all("away", "");
    within("the tap's answer", place.world.answered(&tap)).await;
    assert_eq!(serve.post(&purchase("1002", "C-2")).await.status, 202);
    serve.is_green().await;
    serve.stop().await;
    assert_eq!(place.answers().await, ["1001 overall csi 2"]);
}

#[tokio::test]
async fn another_file_in_the_databases_place_is_refused_and_left_alone() {
    let place = Place::new().await;
    let serve = place.serve().await;
    serve.event(&purchase("1001", "C-1")).await;
    assert_eq!(place.run(&["backup", "copy.db"]).await.code, 0);
    let copy = std::fs::read(place.path("copy.db")).unwrap();
    std::fs::rename(place.path("copy.db"), place.path("afterword.db")).unwrap();
    // As somebody who restores a backup may have left it, with its own write-ahead log.
    std::fs::remove_file(place.path("afterword.db-wal")).unwrap();
    place.write("afterword.db-wal", "");
    assert_eq!(serve.post(&purchase("1002", "C-2")).await.status, 503);
    serve.is_red("afterword.db was taken away or replaced").await;
    serve.stop().await;
    assert_eq!(std::fs::read(place.path("afterword.db")).unwrap(), copy);
    assert!(place.path("afterword.db-wal").exists(), "it is the new file's");
    let serve = place.serve().await;
    assert_eq!(serve.post(&purchase("1002", "C-2")).await.status, 202);
    serve.stop().await;
}
