//! Tables as people have them: what a spreadsheet adds is ignored, what it has destroyed is refused by name, and what
//! it would run is not written.

use super::{Place, ago, purchase};

async fn place() -> Place {
    let place = Place::new().await;
    assert_eq!(place.run(&["migrate"]).await.code, 0);
    place
}

const HEADER: &str = "event_id;kind;occurred_at;customer.id;customer.name;tags";

fn row(id: &str) -> String {
    format!("{id};purchase;{};C-{id};Анна;x", ago(4))
}

#[tokio::test]
async fn what_a_spreadsheet_adds_to_a_table_is_passed_over() {
    let place = place().await;
    let mut ids = Vec::new();
    for (separator, table) in [
        (";", "sep=;\r\nHEADER\r\nROW\r\n"),
        (";", "\u{feff}sep=;\r\nHEADER\r\nROW\r\n"),
        (";", "\"sep=;\"\nHEADER\nROW\n"),
        ("\t", "sep=\t\r\nHEADER\r\nROW\r\n"),
        ("|", "SEP=|\r\nHEADER\r\nROW\r\n"),
        (",", "sep=;,,,,,\r\nHEADER\r\nROW\r\n"),
        (";", "\u{feff}HEADER;;\r\nROW;;\r\n"),
        (";", ";;HEADER\r\n;;ROW\r\n"),
        (";", "HEADER\r\nROW;;;\r\n"),
        (";", "\u{feff};;;;;\r\n\r\nHEADER\r\nROW\r\n"),
        (";", "HEADER\r\nROW\r\n;;;;;\r\n\r\n;;\r\n\"\";\"\";;;;\r\n; ;\u{a0};;;\r\n"),
        (";", "HEADER\r\n;;;;;\r\nROW\r\n"),
    ] {
        let id = format!("e{}", ids.len());
        let in_table = |line: &str| line.replace(';', separator);
        place.write(
            "table.csv",
            table.replace("HEADER", &in_table(HEADER)).replace("ROW", &in_table(&row(&id))),
        );
        let ran = place.run(&["import", "table.csv"]).await;
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{table:?}");
        assert!(
            ran.out.starts_with("table.csv: 1 event, 1 accepted, 0 known already, 0 rejected\n"),
            "{table:?}: {}",
            ran.out
        );
        ids.push(id);
    }
    let stored: Vec<String> =
        place.export("events").await.iter().map(|row| row["event_id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(stored, ids);
}

#[tokio::test]
async fn rows_are_named_by_their_line_of_the_file_and_put_aside_under_the_same_header() {
    let place = place().await;
    let bad = row("2").replace("purchase", "sale");
    let table =
        format!("\u{feff}sep=|\r\n\r\n{HEADER}\r\n{}\r\n;;;;;\r\n{bad}\r\n", row("1")).replace(';', "|");
    place.write("table.csv", table);
    let ran = place.run(&["import", "table.csv"]).await;
    assert!(ran.code == 1 && ran.err.starts_with("row 6: kind: must be one of"), "{ran:?}");
    let kept = place.run(&["import", "table.csv.rejected.csv"]).await;
    assert!(kept.code == 1 && kept.err.starts_with("row 3: kind: must be one of"), "{kept:?}");
}

#[tokio::test]
async fn what_a_spreadsheet_destroyed_is_refused_by_name_and_makes_no_customer() {
    let place = place().await;
    let at = ago(4);
    let rows: Vec<(String, &str)> = vec![
        (
            format!("e1;purchase;{at};1,23E+11;Анна;x"),
            "row 2: customer.id: is a number that a spreadsheet has rounded",
        ),
        (
            format!("e2;purchase;{at};1.23E+11;Анна;x"),
            "row 3: customer.id: is a number that a spreadsheet has rounded",
        ),
        (
            format!("1,00E+05;purchase;{at};C;Анна;x"),
            "row 4: event_id: is a number that a spreadsheet has rounded",
        ),
        (format!("e4;purchase;{at};#Н/Д;Анна;x"), "row 5: customer.id: is a spreadsheet's error"),
        (format!("e5;purchase;{at};C;#NAME?;x"), "row 6: customer.name: is a spreadsheet's error"),
        (format!("e6;purchase;{at};C;Анна;a|#REF!"), "row 7: tags: is a spreadsheet's error"),
        ("e7;purchase;########;C;Анна;x".to_owned(), "row 8: occurred_at: holds only #: "),
        (
            format!("e8;purchase;{at};01.фев;Анна;x"),
            "row 9: customer.id: is a day that a spreadsheet has made",
        ),
    ];
    let lines: Vec<&str> = rows.iter().map(|(row, _)| row.as_str()).collect();
    place.write("table.csv", format!("{HEADER}\r\n{}\r\n", lines.join("\r\n")));
    let ran = place.run(&["import", "table.csv"]).await;
    assert_eq!(ran.code, 1);
    let complaints: Vec<&str> = ran.err.lines().collect();
    assert_eq!(complaints.len(), rows.len(), "{}", ran.err);
    for (complaint, (_, said)) in complaints.iter().zip(&rows) {
        assert!(complaint.starts_with(said) && complaint.contains("apostrophe"), "{said}: {complaint}");
    }
    assert!(place.export("events").await.is_empty());
}

#[tokio::test]
async fn a_time_without_its_colon_is_shown_as_it_is_to_be_written() {
    let place = place().await;
    let table = |at: &str| format!("{HEADER}\ne1;purchase;{at};C;Анна;x\n");
    for (at, said) in [
        ("2026-11-21T15:04:05+0300", "write 2026-11-21T15:04:05+03:00"),
        ("2026-11-21 15:04 UTC+3", "write 2026-11-21T15:04:00+03:00"),
        (
            "21.11.2026 15:04",
            "has no offset from UTC; write 2026-11-21T15:04:00+03:00 or 2026-11-21T15:04:00Z",
        ),
    ] {
        place.write("table.csv", table(at));
        let ran = place.run(&["import", "table.csv"]).await;
        assert!(
            ran.code == 1 && ran.err.starts_with("row 2: occurred_at: ") && ran.err.contains(said),
            "{ran:?}"
        );
        let mut event = purchase("e", "C");
        event["occurred_at"] = at.into();
        place.write("events.jsonl", event.to_string());
        let ran = place.run(&["import", "events.jsonl"]).await;
        assert!(ran.code == 1 && ran.err.contains(said), "{ran:?}");
    }
}

#[tokio::test]
async fn what_is_no_utf_8_text_is_said_once() {
    let place = place().await;
    let utf_16: Vec<u8> =
        format!("\u{feff}{HEADER}\r\n{}", row("1")).encode_utf16().flat_map(u16::to_le_bytes).collect();
    place.write("table.csv", &utf_16);
    place.write("events.jsonl", utf_16);
    place.write("events", format!("{HEADER}\n{}\n", row("1")));
    place.write("table.xlsx", b"PK\x03\x04and so on\n");
    for (file, said) in
        [("table.csv", "is UTF-16"), ("events.jsonl", "is UTF-16"), ("table.xlsx", "is a workbook")]
    {
        place.run(&["import", file]).await.refused(&[file, said, "nothing was taken in"]);
    }
    let ran = place.run(&["import", "events"]).await;
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "a table without a name that says so");
}

#[tokio::test]
async fn an_import_ends_with_what_became_of_the_rows() {
    let place = place().await;
    let (new, old) = (ago(4), ago(24 * 30));
    let line = |id: &str, kind: &str, at: &str| format!("{id};{kind};{at};C-{id};Анна;x");
    let lines = [
        line("1", "purchase", &new),
        line("2", "purchase", &new),
        line("3", "purchase", &old),
        line("4", "ticket_opened", &new),
        line("1", "purchase", &new),
        line("5", "sale", &new),
    ];
    place.write("table.csv", format!("{HEADER}\n{}\n", lines.join("\n")));
    let ran = place.run(&["import", "table.csv"]).await;
    let said: Vec<&str> = ran.out.lines().collect();
    assert!(
        said[0].starts_with("table.csv: 6 events, 4 accepted, 1 known already, 1 rejected (they are in "),
        "{}",
        ran.out
    );
    assert_eq!(said[1..], ["of the accepted: 2 waiting_for_link, 1 recorded, 1 suppressed(stale)"]);
}

#[tokio::test]
async fn a_table_for_a_spreadsheet_runs_nothing_and_has_the_separator_and_times_asked_for() {
    let mut place = place().await;
    place.set("DEFAULT_TZ", "Europe/Moscow");
    let event = |id: &str, title: &str| {
        let subject = serde_json::json!({"title": title});
        let mut event = purchase(id, "=C");
        event["occurred_at"] = "2026-07-01T12:00:00.250Z".into();
        event["subject"] = subject;
        event.to_string()
    };
    place.write("events.jsonl", [event("@1", "x;=cmd"), event("2", "a,-1")].join("\n"));
    assert_eq!(place.run(&["import", "events.jsonl"]).await.code, 0);
    for (arguments, expected) in [
        (&[][..], ["'@1,purchase,2026-07-01T12:00:00.250Z,'=C,", "x;'=cmd", "\"a,-1\""]),
        (&["--separator", ";"], ["'@1;purchase;2026-07-01T12:00:00.250Z;'=C;", "\"x;'=cmd\"", "a,'-1"]),
        (
            &["--separator", "tab"],
            ["'@1\tpurchase\t2026-07-01T12:00:00.250Z\t'=C\t", "\tx;'=cmd\t", "\ta,'-1\t"],
        ),
        (
            &["--separator", ";", "--times", "local"],
            ["'@1;purchase;2026-07-01 15:00:00;'=C;", "x;'=cmd", "a,'-1"],
        ),
    ] {
        let ran = place.run(&[&["export", "events"], arguments].concat()).await;
        assert_eq!(ran.code, 0, "{ran:?}");
        for cells in expected {
            assert!(ran.out.contains(cells), "{arguments:?}: {cells} in {}", ran.out);
        }
    }
    for (arguments, said) in [
        (&["--separator", "|"][..], "write ',' or ';' or tab"),
        (&["--separator", ""], "write ',' or ';' or tab"),
        (&["--times", "excel"], "local"),
        (&["--format", "jsonl", "--separator", ";"], "--format csv"),
    ] {
        let ran = place.run(&[&["export", "events"], arguments].concat()).await;
        assert!(ran.code == 2 && ran.err.contains(said), "{ran:?}");
    }
}
