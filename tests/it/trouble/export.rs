//! Exports to places that cannot take them, for days that do not exist, and while answers keep coming.

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};

use super::{Place, purchase, ran, within};

/// A place with more surveys than a pipe can hold.
async fn place() -> Place {
    let place = Place::new().await;
    assert_eq!(place.run(&["migrate"]).await.code, 0);
    let rows: Vec<String> =
        (0..1500).map(|n| purchase(&format!("order-{n}"), &format!("C-{n}")).to_string()).collect();
    place.write("events.jsonl", rows.join("\n"));
    assert_eq!(place.run(&["import", "events.jsonl"]).await.code, 0);
    place
}

#[tokio::test]
async fn a_reader_that_has_seen_enough_is_no_error() {
    let place = place().await;
    let mut command = place.command(&["export", "surveys"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::with_capacity(64, child.stdout.take().unwrap()).lines();
    assert!(lines.next_line().await.unwrap().unwrap().contains("survey_id"));
    drop(lines);
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).await.unwrap();
    let ended = within("its end", child.wait()).await.unwrap();
    assert_eq!((ended.code(), said.as_str()), (Some(0), ""));
}

#[tokio::test]
async fn a_place_that_takes_nothing_is_named_and_no_half_table_is_left() {
    let place = place().await;
    place.run(&["export", "surveys", "-o", "no/such/folder.csv"]).await.refused(&["no/such/folder.csv"]);
    std::fs::create_dir(place.path("folder")).unwrap();
    place.run(&["export", "surveys", "-o", "folder"]).await.refused(&["folder"]);
    let full = place.run(&["export", "surveys", "-o", "/dev/full"]).await;
    assert_eq!(full.code, 1, "{full:?}");
    assert!(full.err.contains("/dev/full") && full.err.contains("No space left"), "{full:?}");
    let mut to_full = tokio::process::Command::new("sh");
    place.settle_in(&mut to_full);
    let script = "\"$0\" export surveys >/dev/full";
    to_full.args(["-c", script, env!("CARGO_BIN_EXE_afterword")]);
    let full = ran(to_full).await;
    assert!(full.code == 1 && full.err.contains("No space left"), "{full:?}");
    // The file may not grow. What was there before stays.
    place.write("surveys.csv", "as it was");
    let mut limited = tokio::process::Command::new("sh");
    place.settle_in(&mut limited);
    let script = "trap '' XFSZ; ulimit -f 64; exec \"$0\" export surveys -o surveys.csv";
    limited.args(["-c", script, env!("CARGO_BIN_EXE_afterword")]);
    let limited = ran(limited).await;
    assert!(limited.code == 1 && limited.err.contains("surveys.csv"), "{limited:?}");
    assert_eq!(std::fs::read_to_string(place.path("surveys.csv")).unwrap(), "as it was");
    let names: Vec<String> = std::fs::read_dir(place.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("surveys.csv"))
        .collect();
    assert_eq!(names, ["surveys.csv"]);
}

#[tokio::test]
async fn a_table_never_takes_the_place_of_the_database_or_of_settings() {
    let place = place().await;
    place.write(".env", "BRAND=Shop\n");
    place.write("afterword.db.lock", "");
    for name in ["afterword.db", "./afterword.db", "afterword.db.lock", ".env"] {
        place.run(&["export", "surveys", "-o", name]).await.refused(&[name, "choose another name"]);
    }
    place.run(&["report", "--format", "csv", "-o", "afterword.db"]).await.refused(&["afterword.db"]);
    assert_eq!(std::fs::read_to_string(place.path(".env")).unwrap(), "BRAND=Shop\n");
    assert_eq!(place.export("surveys").await.len(), 1500);
    for _ in 0..2 {
        let again = place.run(&["export", "surveys", "-o", "surveys.csv"]).await;
        assert_eq!(again.code, 0, "a table takes the place of an older one: {again:?}");
    }
}

#[tokio::test]
async fn days_that_are_none_are_refused() {
    let place = Place::new().await;
    assert_eq!(place.run(&["migrate"]).await.code, 0);
    for day in ["yesterday", "2026-02-30", "21.11.2026", ""] {
        let ran = place.run(&["export", "answers", "--from", day]).await;
        assert!(ran.code == 2 && ran.err.contains("--from"), "{ran:?}");
    }
    place
        .run(&["export", "answers", "--from", "2026-11-22", "--to", "2026-11-21"])
        .await
        .refused(&["--from 2026-11-22", "--to 2026-11-21"]);
    for days in [["--from", "0001-01-01"], ["--to", "9999-12-31"], ["--from", "-9999-01-01"]] {
        let ran = place.run(&["export", "answers", days[0], days[1]]).await;
        assert!(ran.code == 0 || ran.code == 2, "{ran:?}");
    }
}

#[tokio::test]
async fn a_table_taken_while_people_answer_is_whole() {
    let place = Place::new().await;
    let serve = place.serve().await;
    let mut people = Vec::new();
    for number in 0..10 {
        let customer = format!("C-{number}");
        people.push(serve.customer(&place.world, &customer).await);
        serve.event(&purchase(&format!("order-{number}"), &customer)).await;
    }
    for number in 0..10 {
        serve.reaches(&format!("order-{number}"), "sent").await;
    }
    let answering = async {
        for person in &people {
            let tap = place.world.tap_last(*person, "9").unwrap();
            within("the tap's answer", place.world.answered(&tap)).await;
        }
    };
    let exporting = async {
        let mut counts = Vec::new();
        for _ in 0..8 {
            counts.push(place.answers().await.len());
        }
        counts
    };
    let ((), counts) = tokio::join!(answering, exporting);
    assert!(counts.is_sorted(), "answers do not vanish: {counts:?}");
    assert_eq!(place.answers().await.len(), 10);
    serve.stop().await;
}
