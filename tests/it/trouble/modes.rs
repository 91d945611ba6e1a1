//! Only the owner may read what the program writes, whatever the umask; and the program follows no link that was
//! planted in its way.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

use super::{Place, Serve, purchase, ran, within};

/// The program as started by somebody who lets everybody read and write everything.
fn open_to_all(place: &Place, arguments: &[&str]) -> Command {
    let mut command = Command::new("sh");
    place.settle_in(&mut command);
    let script = "umask 0000; exec \"$0\" \"$@\"";
    command.args(["-c", script, env!("CARGO_BIN_EXE_afterword")]).args(arguments);
    command
}

/// Lists everything below a folder that others may read, write or enter.
fn open_places(folder: &Path) -> Vec<PathBuf> {
    let mut open = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if fs::symlink_metadata(&path).unwrap().permissions().mode() & 0o077 != 0 {
            open.push(path.clone());
        }
        if path.is_dir() {
            open.extend(open_places(&path));
        }
    }
    open
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[tokio::test]
async fn with_any_umask_only_the_owner_can_read_what_is_written() {
    let place = Place::new().await;
    let serve = Serve::start(open_to_all(&place, &["serve"]), &place.write("log", "")).await;
    serve.event(&purchase("1001", "C-1")).await;
    let rows = place.write("events.jsonl", format!("{}\nnot an event\n", purchase("1002", "C-2")));
    for path in [place.path("log"), rows] {
        set_mode(&path, 0o600);
    }
    assert_eq!(ran(open_to_all(&place, &["import", "events.jsonl"])).await.code, 1);
    for arguments in [&["backup", "copy.db"][..], &["export", "events", "-o", "events.csv"]] {
        assert_eq!(ran(open_to_all(&place, arguments)).await.code, 0);
    }
    for name in [
        "afterword.db",
        "afterword.db-wal",
        "afterword.db-shm",
        "afterword.db.lock",
        "copy.db",
        "events.csv",
        "events.jsonl.rejected.jsonl",
    ] {
        assert!(place.path(name).exists(), "{name}");
    }
    assert_eq!(open_places(place.folder.path()), Vec::<PathBuf>::new());
    serve.stop().await;
}

#[tokio::test]
async fn with_any_umask_only_the_owner_can_read_what_the_demo_keeps() {
    let place = Place::new().await;
    let mut demo = open_to_all(&place, &["demo", "--keep", "kept/here", "--port", "0"]);
    let mut child = demo.stdout(Stdio::null()).spawn().unwrap();
    super::until("what is kept", async || place.path("kept/here/world.json").exists().then_some(())).await;
    let pid = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().await.unwrap().success());
    within("the demo's end", child.wait()).await.unwrap();
    assert!(place.path("kept/here/demo.db").exists());
    assert_eq!(open_places(place.folder.path()), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn a_database_that_others_could_read_is_closed_to_them() {
    let place = Place::new().await;
    assert_eq!(place.run(&["migrate"]).await.code, 0);
    let copy = place.write("afterword.db.schema-0001", "a copy of an earlier version");
    set_mode(&place.path("afterword.db"), 0o644);
    set_mode(&copy, 0o664);
    let serve = place.serve().await;
    set_mode(&place.path("log"), 0o600);
    assert_eq!(open_places(place.folder.path()), Vec::<PathBuf>::new());
    serve.stop().await;
    let log = fs::read_to_string(place.path("log")).unwrap();
    assert!(log.contains("afterword.db.schema-0001") && log.contains("now only its owner may"), "{log}");
}

#[tokio::test]
async fn a_link_that_lies_in_the_way_is_not_followed() {
    let place = Place::new().await;
    assert_eq!(place.run(&["migrate"]).await.code, 0);
    place.write("letter", "as it was");
    for name in ["events.csv", "table.csv.part", "copy.db.part", "events.jsonl.rejected.jsonl"] {
        symlink("letter", place.path(name)).unwrap();
    }
    for output in ["events.csv", "table.csv"] {
        place.run(&["export", "events", "-o", output]).await.refused(&[output, "symbolic link"]);
    }
    place.run(&["backup", "copy.db"]).await.refused(&["copy.db", "symbolic link"]);
    place.write("events.jsonl", "not an event\n");
    assert_eq!(place.run(&["import", "events.jsonl"]).await.code, 1);
    assert!(!place.path("events.jsonl.rejected.jsonl").is_symlink());
    symlink("nowhere", place.path("fresh.db.lock")).unwrap();
    let mut serve = place.command(&["serve"]);
    serve.env("DATABASE_URL", "sqlite://fresh.db");
    ran(serve).await.refused(&["fresh.db.lock", "symbolic link"]);
    assert_eq!(fs::read_to_string(place.path("letter")).unwrap(), "as it was");
    assert!(!place.path("nowhere").exists());
}

#[tokio::test]
async fn a_table_goes_to_standard_output_to_another_descriptor_and_to_a_pipe_by_name() {
    let place = Place::new().await;
    assert_eq!(place.run(&["migrate"]).await.code, 0);
    place.write("events.jsonl", purchase("1001", "C-1").to_string());
    assert_eq!(place.run(&["import", "events.jsonl"]).await.code, 0);
    let table = place.run(&["export", "events"]).await.out;
    assert!(table.contains("1001"));
    for output in ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"] {
        let ran = place.run(&["export", "events", "-o", output]).await;
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, table.as_str(), ""), "{output}");
    }
    for script in [
        "\"$0\" export events -o /dev/stdout >>got",
        "\"$0\" export events -o /dev/fd/3 3>>got",
        "mkfifo pipe; \"$0\" export events -o pipe & cat pipe >>got; wait",
    ] {
        place.write("got", "before ");
        let mut shell = Command::new("sh");
        place.settle_in(&mut shell);
        shell.args(["-c", script, env!("CARGO_BIN_EXE_afterword")]);
        let ran = ran(shell).await;
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{script}");
        assert_eq!(fs::read_to_string(place.path("got")).unwrap(), format!("before {table}"), "{script}");
    }
}
