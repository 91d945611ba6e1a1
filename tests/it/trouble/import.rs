//! Files as they come: every bad row is named, and the good rows go in exactly once, whatever happens on the way.

use std::fmt::Write as _;
use std::process::Stdio;

use afterword::store::Db;
use tokio::io::AsyncWriteExt as _;

use super::{Place, ago, purchase, until, within};

fn line(order: &str) -> Vec<u8> {
    let mut line = serde_json::to_vec(&purchase(order, "C-1")).unwrap();
    line.push(b'\n');
    line
}

/// A place with a database and no `serve`.
async fn place() -> Place {
    let place = Place::new().await;
    assert_eq!(place.run(&["migrate"]).await.code, 0);
    place
}

async fn known(place: &Place) -> Vec<String> {
    let rows = place.export("surveys").await;
    let mut ids: Vec<String> = rows.iter().map(|row| row["event_id"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids
}

#[tokio::test]
async fn the_good_rows_go_in_though_nobody_reads_what_is_wrong_with_the_others() {
    let place = place().await;
    let bad = b"{}\n".repeat(5000);
    place.write("events.jsonl", [bad, line("good-1")].concat());
    let mut command = place.command(&["import", "events.jsonl"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop((child.stdout.take(), child.stderr.take()));
    let ended = within("its end", child.wait()).await.unwrap();
    assert_eq!(ended.code(), Some(1), "there were bad rows");
    assert_eq!(known(&place).await, ["good-1"]);
}

#[tokio::test]
async fn every_kind_of_bad_row_is_named_with_its_number_and_put_aside() {
    let place = place().await;
    let at = ago(4);
    let rich =
        |fields: &str| format!(r#"{{"event_id":"x","kind":"purchase","occurred_at":"{at}",{fields}}}"#);
    let bad: Vec<(Vec<u8>, &str)> = vec![
        (b"{\"event_id\": \"x\"".to_vec(), "not valid JSON at column 17"),
        (b"event_id,kind,occurred_at".to_vec(), "not valid JSON at column 1"),
        (b"{\"event_id\": \"\xcf\xf0\"}".to_vec(), "column 15: the text is not UTF-8"),
        (b"[]".to_vec(), "an event is an object; this is a list"),
        (b"null".to_vec(), "this is null"),
        (b"{}".to_vec(), "event_id"),
        (rich(r#""customer":{"id":5}"#).into(), "customer.id: must be a text, not a number"),
        (rich(r#""customer":{"id":"C"},"colour":1"#).into(), "colour"),
        (rich(r#""customer":{"id":"C"},"tags":["a|b"]"#).into(), "tags[0]"),
        (rich(r#""customer":{"id":"C\u0000"}"#).into(), "U+0000"),
        (rich(r#""customer":{"id":"C"},"customer":{"id":"D"}"#).into(), "twice"),
        (rich(r#""customer":{"id":"C","telegram_id":1e300}"#).into(), "customer.telegram_id"),
        (rich(r#""customer":{"id":"C","timezone":"Mars/Olympus"}"#).into(), "Mars/Olympus"),
        (br#"{"event_id":"x","kind":"purchase","occurred_at":"2026-11-21T12:00:00","customer":{"id":"C"}}"#.to_vec(), "no offset"),
        (br#"{"event_id":"x","kind":"purchase","occurred_at":"2226-11-21T12:00:00Z","customer":{"id":"C"}}"#.to_vec(), "future"),
        ([b"\"".as_slice(), &[b'x'; 2 << 20], b"\""].concat(), "longer than 1 MiB"),
        (b"[".repeat(100_000), "not valid JSON"),
    ];
    let mut file = "\u{feff}".as_bytes().to_vec();
    let mut rejected = Vec::new();
    for (number, (row, _)) in bad.iter().enumerate() {
        file.extend(line(&format!("good-{number:02}")));
        file.extend(row);
        file.extend(b"\r\n\r\n");
        rejected.extend(row);
        rejected.push(b'\n');
    }
    file.extend(line("last").strip_suffix(b"\n").unwrap());
    place.write("events.jsonl", &file);

    let ran = place.run(&["import", "events.jsonl"]).await;
    assert_eq!(ran.code, 1, "{}", ran.err);
    let complaints: Vec<&str> = ran.err.lines().collect();
    assert_eq!(complaints.len(), bad.len(), "{}", ran.err);
    for (number, ((_, said), complaint)) in bad.iter().zip(complaints).enumerate() {
        let row = format!("row {}: ", number * 3 + 2);
        assert!(complaint.starts_with(&row) && complaint.contains(said), "{row}{said}: {complaint}");
        assert!(!complaint.contains(": :"), "{complaint}");
    }
    assert!(
        ran.out.contains(&format!("{0} accepted, 0 known already, {1} rejected", bad.len() + 1, bad.len())),
        "{}",
        ran.out
    );
    assert_eq!(known(&place).await.len(), bad.len() + 1);
    let mut kept = std::fs::read(place.path("events.jsonl.rejected.jsonl")).unwrap();
    kept.retain(|byte| *byte != b'\r');
    assert!(kept == rejected, "rows are kept as they were");

    // The byte order mark may be on a line of its own, which counts like other blank lines.
    place.write("events.jsonl", "\u{feff}\r\n\r\n{oops\r\n");
    let named = place.run(&["import", "events.jsonl"]).await;
    assert!(named.err.starts_with("row 3: not valid JSON at column 2"), "{}", named.err);
    place.write("events.jsonl", file);

    let again = place.run(&["import", "events.jsonl"]).await;
    assert!(again.out.contains(&format!("0 accepted, {} known already", bad.len() + 1)), "{}", again.out);
    assert_eq!(known(&place).await.len(), bad.len() + 1);
}

#[tokio::test]
async fn tables_as_spreadsheets_save_them_are_read_or_named() {
    let place = place().await;
    let header = "event_id,kind,occurred_at,customer.id,customer.name";
    let row = |id: &str| format!("{id},purchase,{},C-{id},Анна", ago(4));
    let table = |rows: &[String]| format!("{header}\r\n{}\r\n", rows.join("\r\n"));
    let good = table(&[row("1"), row("2")]);
    for (name, content) in [
        ("plain", good.clone()),
        ("bom", format!("\u{feff}{good}")),
        ("semicolons", good.replace(',', ";")),
        ("tabs", good.replace(',', "\t")),
    ] {
        place.write("table.csv", content);
        let ran = place.run(&["import", "table.csv"]).await;
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{name}");
        assert!(ran.out.starts_with("table.csv: 2 events, "), "{name}: {}", ran.out);
    }
    assert_eq!(known(&place).await.len(), 2);

    // "Анна" in Windows-1251.
    let text = table(&[row("3")]);
    let (before, after) = text.split_once("Анна").unwrap();
    let old = [before.as_bytes(), &[0xc0, 0xed, 0xed, 0xe0], after.as_bytes()].concat();
    let not_closed = table(&[row("4"), row("5").replace("Анна", "\"Анна"), row("6")]);
    let wide = table(&[format!("{},more", row("7")), row("8")]);
    for (name, content, code, said) in [
        (
            "1251",
            old,
            1,
            "row 2: customer.name: is not UTF-8 (Windows-1251?): save the table as \"CSV UTF-8\"",
        ),
        ("quote", not_closed.into_bytes(), 1, "row 3: a quote is broken: it is opened and not closed"),
        ("wide", wide.into_bytes(), 1, "row 2: has 6 cells; the header has 5 columns"),
        (
            "missing",
            good.replace("occurred_at", "tags").into_bytes(),
            2,
            "afterword: table.csv: occurred_at: has no column; nothing was taken in",
        ),
        (
            "twice",
            good.replace("customer.name", "customer.id").into_bytes(),
            2,
            "afterword: table.csv: customer.id: is the name of two columns; nothing was taken in",
        ),
    ] {
        place.write("table.csv", content);
        let ran = place.run(&["import", "table.csv"]).await;
        assert_eq!((ran.code, ran.err.lines().collect::<Vec<_>>()), (code, vec![said]), "{name}");
    }
    assert_eq!(known(&place).await.len(), 5, "the rows beside the bad ones");
}

#[tokio::test]
async fn what_cannot_be_read_at_all_is_named() {
    let place = place().await;
    std::fs::create_dir(place.path("folder.jsonl")).unwrap();
    place.write("events.csv", "event_id,kind\n");
    for (file, said) in [
        ("nothing.jsonl", "cannot be read"),
        ("folder.jsonl", "is a folder"),
        ("events.csv", "occurred_at: has no column"),
    ] {
        place.run(&["import", file]).await.refused(&[file, said]);
    }
    place.write("empty.jsonl", "");
    place.write("blank.jsonl", "\u{feff}\r\n\n   \n");
    for file in ["empty.jsonl", "blank.jsonl"] {
        let ran = place.run(&["import", file]).await;
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        assert!(ran.out.contains("0 events"), "{}", ran.out);
    }
}

#[tokio::test]
async fn an_import_beside_a_running_serve_is_asked_at_once() {
    let place = Place::new().await;
    let serve = place.serve().await;
    let anna = serve.customer(&place.world, "C-1").await;
    let mut file = line("1001");
    for number in 0..600 {
        let order = format!("other-{number}");
        file.extend(serde_json::to_vec(&purchase(&order, &order)).unwrap());
        file.push(b'\n');
    }
    place.write("events.jsonl", file);
    let (ran, ()) = tokio::join!(place.run(&["import", "events.jsonl"]), serve.reaches("1001", "sent"));
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let tap = place.world.tap_last(anna, "9").unwrap();
    within("the tap's answer", place.world.answered(&tap)).await;
    serve.stop().await;
    assert_eq!(place.answers().await, ["1001 overall csi 9"]);
}

#[tokio::test]
async fn an_import_killed_in_the_middle_is_run_again_and_adds_what_was_missing() {
    let place = place().await;
    let rows: Vec<u8> = (0..1000).flat_map(|number| line(&format!("order-{number}"))).collect();
    let half = rows.len() / 2;
    let mut child = place.command(&["import", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    // The pipe stays open, so the program waits for more after it has stored what it got.
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(&rows[..half]).await.unwrap();
    pipe.flush().await.unwrap();
    let db = Db::open(&format!("sqlite://{}", place.path("afterword.db").display()), false).await.unwrap();
    Box::pin(until("the first rows", async || {
        let mut tx = db.read().await.unwrap();
        tx.find_event("order-0").await.unwrap().map(drop)
    }))
    .await;
    child.kill().await.unwrap();
    db.close().await;
    let stored = known(&place).await.len();
    assert!(stored > 0 && stored < 1000, "{stored} are stored");
    place.write("events.jsonl", rows);
    let ran = place.run(&["import", "events.jsonl"]).await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let said = format!("1000 events, {} accepted, {stored} known already, 0 rejected", 1000 - stored);
    assert!(ran.out.contains(&said), "{}", ran.out);
    assert_eq!(known(&place).await.len(), 1000);
}

#[tokio::test]
async fn the_same_event_twice_in_one_file_is_one_and_with_other_content_a_conflict() {
    let place = place().await;
    let mut file = String::new();
    let event = purchase("1001", "C-1");
    let mut other = event.clone();
    other["store"] = "msk-2".into();
    for event in [&event, &event, &other] {
        writeln!(file, "{event}").unwrap();
    }
    place.write("events.jsonl", file);
    let ran = place.run(&["import", "events.jsonl"]).await;
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("1 accepted, 1 known already, 1 rejected"), "{}", ran.out);
    assert!(ran.err.starts_with("row 3: store: not as in the event '1001'"), "{}", ran.err);
}
