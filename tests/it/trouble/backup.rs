//! Backups while the program works: they are complete, never replace another file, and can be restored when they are
//! needed.

use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::process::Command;

use super::database::in_mounts;
use super::{Place, purchase, ran, within};
use crate::cluster::{self, Engine, TestDatabase};

/// Returns the names in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}

/// A place with a database of some size, and a folder for copies.
async fn filled() -> Place {
    let place = Place::new().await;
    assert_eq!(place.run(&["migrate"]).await.code, 0);
    let row = |n: u32| purchase(&format!("order-{n}"), &format!("C-{n}")).to_string();
    place.write("events.jsonl", (0..1000).map(row).collect::<Vec<_>>().join("\n"));
    assert_eq!(place.run(&["import", "events.jsonl"]).await.code, 0);
    std::fs::create_dir(place.path("copies")).unwrap();
    place
}

#[tokio::test]
async fn a_backup_of_a_running_program_is_restored_elsewhere_and_goes_on_there() {
    let place = Place::new().await;
    let serve = place.serve().await;
    let anna = serve.customer(&place.world, "C-1").await;
    serve.event(&purchase("1001", "C-1")).await;
    serve.reaches("1001", "sent").await;
    let tap = place.world.tap_last(anna, "2").unwrap();
    within("the tap's answer", place.world.answered(&tap)).await;
    serve.reaches("1001", "started").await;

    // Events keep coming, one after another, before, during and after the copy.
    let accepted = AtomicUsize::new(0);
    let coming = async {
        loop {
            let order = format!("order-{}", accepted.load(Ordering::Relaxed));
            assert_eq!(serve.post(&purchase(&order, &format!("of-{order}"))).await.status, 202);
            accepted.fetch_add(1, Ordering::Relaxed);
        }
    };
    let copying = async {
        super::until("some events", async || (accepted.load(Ordering::Relaxed) > 20).then_some(())).await;
        let before = accepted.load(Ordering::Relaxed);
        (before, place.run(&["backup", "copy.db"]).await)
    };
    let (before, made) = tokio::select! {
        made = copying => made,
        () = coming => unreachable!("events never end"),
    };
    assert_eq!((made.code, made.err.as_str()), (0, ""), "{made:?}");
    assert!(made.out.starts_with("copy.db: ") && made.out.contains(" 1 answer;"), "{made:?}");
    serve.event(&purchase("after", "C-after")).await;
    serve.stop().await;

    // As docs/operations.md says, nothing of the old database is next to the copy.
    std::fs::create_dir(place.path("elsewhere")).unwrap();
    std::fs::copy(place.path("copy.db"), place.path("elsewhere/afterword.db")).unwrap();
    let mut elsewhere = place;
    elsewhere.set("DATABASE_URL", "sqlite://elsewhere/afterword.db");
    assert_eq!(elsewhere.answers().await, ["1001 overall csi 2"]);
    let serve = elsewhere.serve().await;
    let mut kept = 0;
    while serve.get(&format!("/v1/events/order-{kept}")).await.status == 200 {
        kept += 1;
    }
    assert!(kept >= before, "{kept} of {before} that were accepted before the copy was begun");
    let later = format!("/v1/events/order-{}", kept + 1);
    assert_eq!(serve.get(&later).await.status, 404, "one state of the whole database");
    assert_eq!(serve.get("/v1/events/after").await.status, 404);
    // Events that are not in the copy are posted again, and the survey continues where it was.
    serve.event(&purchase("after", "C-after")).await;
    let said = elsewhere.world.say(anna, "broken");
    within("what follows her words", elsewhere.world.bot_message_after(anna, said)).await;
    serve.is_green().await;
    serve.stop().await;
    assert_eq!(elsewhere.answers().await, ["1001 overall csi 2", "1001 overall comment  [] broken"]);
}

#[tokio::test]
async fn what_is_there_already_is_not_overwritten() {
    let place = filled().await;
    place.write("letter", "to whom it may concern");
    place.run(&["backup", "letter"]).await.refused(&["letter", "not overwritten"]);
    assert_eq!(std::fs::read_to_string(place.path("letter")).unwrap(), "to whom it may concern");
    for taken in ["copies", "afterword.db", "/dev/full", ".", ".."] {
        place.run(&["backup", taken]).await.refused(&["not overwritten"]);
    }
    std::os::unix::fs::symlink("nowhere", place.path("link")).unwrap();
    place.run(&["backup", "link"]).await.refused(&["not overwritten"]);
    assert_eq!(names(&place.path("copies")), Vec::<String>::new());
    assert!(!place.path("nowhere").exists());
}

#[tokio::test]
async fn a_place_where_nothing_can_be_written_is_named() {
    let place = filled().await;
    place
        .run(&["backup", "no/such/copy.db"])
        .await
        .refused(&["no/such/copy.db", "its folder does not exist"]);
    place.run(&["backup", "letter/copy.db"]).await.refused(&["letter/copy.db"]);
    place.run(&["backup", "new/"]).await.refused(&["new/", "name a file"]);
    place.run(&["backup", "/"]).await.refused(&["name a file"]);
    assert_eq!(place.run(&["backup", ""]).await.code, 2);
    let long = "x".repeat(300);
    place.run(&["backup", &long]).await.refused(&["cannot be written"]);
    let read_only = "mount --bind copies copies; mount -o remount,bind,ro copies; cd .";
    let Some(command) = in_mounts(&place, read_only, &["backup", "copies/copy.db"]).await else { return };
    ran(command).await.refused(&["copies/copy.db", "Read-only"]);
}

#[tokio::test]
async fn a_disk_that_gets_full_is_said_to_be_so_and_no_half_copy_is_left() {
    let place = filled().await;
    let listed = "mount -t tmpfs -o size=200k none copies; cd .; \
                  \"$0\" \"$@\" && code=0 || code=$?; echo \"code $code\"; ls copies; exit 0";
    let Some(command) = in_mounts(&place, listed, &["backup", "copies/copy.db"]).await else { return };
    let full = ran(command).await;
    assert_eq!(full.out, "code 1\n", "{full:?}");
    assert!(full.err.contains("copies/copy.db") && full.err.contains("the disk is full"), "{full:?}");
    assert_eq!(full.err.lines().count(), 1, "{full:?}");

    let mut limited = Command::new("sh");
    place.settle_in(&mut limited);
    let script = "trap '' XFSZ; ulimit -f 200; exec \"$0\" backup copies/copy.db";
    limited.args(["-c", script, env!("CARGO_BIN_EXE_afterword")]);
    let limited = ran(limited).await;
    assert!(limited.code == 1 && limited.err.contains("copies/copy.db"), "{limited:?}");
    assert_eq!(names(&place.path("copies")), Vec::<String>::new());
    assert_eq!(place.run(&["backup", "copies/copy.db"]).await.code, 0, "the database itself is well");
}

/// Returns where a table or an index that is not needed for opening begins in the file.
async fn page_of(file: &Path, name: &str) -> Range<usize> {
    let options = SqliteConnectOptions::new().filename(file);
    let mut sql = options.connect().await.unwrap();
    let page: i64 = sqlx::query_scalar("SELECT rootpage FROM sqlite_master WHERE name = $1")
        .bind(name)
        .fetch_one(&mut sql)
        .await
        .unwrap();
    let size: i64 = sqlx::query_scalar("PRAGMA page_size").fetch_one(&mut sql).await.unwrap();
    sql.close().await.unwrap();
    let [from, to] = [page - 1, page].map(|page| usize::try_from(page * size).unwrap());
    from..to
}

#[tokio::test]
async fn a_damaged_database_gives_no_copy() {
    let place = filled().await;
    let file = place.path("afterword.db");
    let page = page_of(&file, "events_customer").await;
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[page].fill(0x5a);
    std::fs::write(&file, bytes).unwrap();
    let damaged = place.run(&["backup", "copies/copy.db"]).await;
    assert!(damaged.code == 1 && damaged.err.contains("damaged"), "{damaged:?}");
    assert_eq!(names(&place.path("copies")), Vec::<String>::new());
}

#[tokio::test]
async fn a_database_that_is_not_there_gives_no_copy() {
    let place = Place::new().await;
    place.run(&["backup", "copy.db"]).await.refused(&["afterword.db"]);
    place.write("afterword.db", "");
    place.run(&["backup", "copy.db"]).await.refused(&["afterword migrate"]);
    assert!(!place.path("copy.db").exists() && !place.path("copy.db.part").exists());
}

/// Runs a line in a shell. It must succeed.
async fn typed(place: &Place, line: &str) {
    let mut shell = Command::new("sh");
    place.settle_in(&mut shell);
    shell.args(["-c", line]);
    let done = ran(shell).await;
    assert_eq!(done.code, 0, "{line}: {done:?}");
}

#[tokio::test]
async fn on_postgresql_the_command_that_is_named_makes_a_backup_that_can_be_restored() {
    if cluster::is_missing() {
        return;
    }
    let (first, second) =
        (TestDatabase::migrated(Engine::Postgres).await, TestDatabase::empty(Engine::Postgres).await);
    let mut place = Place::new().await;
    place.set("DATABASE_URL", &first.url);
    assert_eq!(place.run(&["migrate"]).await.code, 0);
    place.write("events.jsonl", purchase("1001", "C-1").to_string());
    assert_eq!(place.run(&["import", "events.jsonl"]).await.code, 0);
    let before = place.export("surveys").await;
    let refused = place.run(&["backup", "a copy.dump"]).await;
    refused.refused(&["PostgreSQL", "pg_dump"]);
    let (_, command) = refused.err.split_once("): ").unwrap();
    typed(&place, command).await;
    // As docs/postgres.md says.
    typed(&place, &format!("pg_restore --no-owner --dbname='{}' 'a copy.dump'", second.url)).await;
    place.set("DATABASE_URL", &second.url);
    assert_eq!((place.export("surveys").await, before.len()), (before, 1));
    place.serve().await.stop().await;
}
