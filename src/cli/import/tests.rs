use std::path::PathBuf;
use std::sync::Arc;

use super::*;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::time::Timestamp;
use crate::entropy::Entropy;
use crate::service::events::find;

const NOW: Timestamp = Timestamp::from_millis(1_795_251_600_000);

struct Fixture {
    setup: Setup,
    folder: tempfile::TempDir,
}

struct Ran {
    code: u8,
    out: String,
    err: String,
}

async fn fixture() -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("t.db").display());
    Db::open(&url, true).await.unwrap().migrate().await.unwrap();
    let config = Config::from_lookup(|name| (name == "DATABASE_URL").then(|| url.clone())).unwrap();
    let setup = Setup { config: Arc::new(config), clock: Clock::frozen(NOW), entropy: Entropy::seeded(1) };
    Fixture { setup, folder }
}

impl Fixture {
    fn file(&self, text: &str) -> PathBuf {
        let path = self.folder.path().join("events.jsonl");
        std::fs::write(&path, text).unwrap();
        path
    }

    async fn import(&self, path: &Path) -> anyhow::Result<Ran> {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = run(&self.setup, path, &mut Output { out: &mut out, err: &mut err }).await?;
        Ok(Ran { code, out: String::from_utf8(out)?, err: String::from_utf8(err)? })
    }

    fn table(&self, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join("events.csv");
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn rejected(&self) -> PathBuf {
        self.folder.path().join("events.jsonl.rejected.jsonl")
    }

    async fn is_stored(&self, event_id: &str) -> bool {
        let db = self.setup.open_db().await.unwrap();
        find(&mut db.read().await.unwrap(), event_id).await.unwrap().is_some()
    }
}

fn event(event_id: &str) -> String {
    format!(
        r#"{{"event_id":"{event_id}","kind":"purchase","occurred_at":"2026-11-21T08:00:00Z","customer":{{"id":"C"}}}}"#
    )
}

#[tokio::test]
async fn good_rows_go_in_and_a_second_run_adds_nothing() {
    let f = fixture().await;
    let rows: String = (0..1000).map(|n| event(&format!("e{n}")) + "\n").collect();
    let path = f.file(&rows);
    let ran = f.import(&path).await.unwrap();
    assert_eq!((ran.code, ran.err.as_str()), (DONE, ""));
    let said: Vec<&str> = ran.out.lines().collect();
    assert!(
        said[0].ends_with("events.jsonl: 1000 events, 1000 accepted, 0 known already, 0 rejected"),
        "{}",
        ran.out
    );
    assert_eq!(said[1..], ["of the accepted: 1000 suppressed(no_script)"]);
    assert!(f.is_stored("e999").await && !f.rejected().exists());
    let again = f.import(&path).await.unwrap();
    assert_eq!(again.code, DONE);
    assert!(
        again.out.ends_with("1000 events, 0 accepted, 1000 known already, 0 rejected\n"),
        "{}",
        again.out
    );
}

#[tokio::test]
async fn every_bad_row_is_named_and_kept_and_the_others_go_in() {
    let f = fixture().await;
    let conflict = event("first").replace("\"C\"", "\"D\"");
    let wrong = event("wrong").replace("customer\"", "custmer\"");
    let long = format!("\"{}\"", "x".repeat(2 << 20));
    let rows = [&event("first"), "", "{oops", &wrong, &conflict, &long, "\u{1f4a9}", &event("last")];
    let ran = f.import(&f.file(&rows.join("\r\n"))).await.unwrap();
    assert_eq!(ran.code, PROBLEMS);
    insta::assert_snapshot!(ran.err, @r"
    row 3: not valid JSON at column 2: key must be a string
    row 4: customer.id: is required; custmer: is not a field of an event; did you mean customer?
    row 5: customer.id: not as in the event 'first' accepted before
    row 6: is longer than 1 MiB
    row 7: not valid JSON at column 1: expected value
    ");
    assert!(
        ran.out.contains("7 events, 2 accepted, 0 known already, 5 rejected (they are in "),
        "{}",
        ran.out
    );
    assert!(f.is_stored("first").await && f.is_stored("last").await);
    let kept = std::fs::read_to_string(f.rejected()).unwrap();
    assert_eq!(kept.lines().count(), 5);
    for row in ["{oops", &wrong, &conflict, &long] {
        assert!(kept.lines().any(|line| line.trim_end() == row));
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_said_and_nothing_is_made() {
    let f = fixture().await;
    for (name, expected) in [("no-such.jsonl", "cannot be read"), ("", "is a folder")] {
        let error = f.import(&f.folder.path().join(name)).await.err().unwrap();
        assert!(error.is::<Misuse>() && error.to_string().contains(expected), "{error}");
    }
    assert!(!f.rejected().exists());
}

const HEADER: &str = "event_id,kind,occurred_at,customer.id,customer.name,tags";

fn row(event_id: &str) -> String {
    format!("{event_id},purchase,2026-11-21T08:00:00Z,C,Анна,a|b")
}

#[tokio::test]
async fn a_table_goes_in_whatever_separates_it_and_twice_adds_nothing() {
    let f = fixture().await;
    let rows = |separator: &str| {
        let text = format!("\u{feff}{HEADER}\r\n{}\r\n{}\r\n", row("first"), row("\"last\""));
        text.replace(',', separator)
    };
    let ran = f.import(&f.table(rows(","))).await.unwrap();
    assert_eq!((ran.code, ran.err.as_str()), (DONE, ""));
    assert!(ran.out.contains("2 events, 2 accepted"), "{}", ran.out);
    for separator in [";", "\t"] {
        let ran = f.import(&f.table(rows(separator))).await.unwrap();
        assert!(ran.out.contains("2 events, 0 accepted, 2 known already, 0 rejected"), "{}", ran.out);
    }
    assert!(f.is_stored("last").await);
}

#[tokio::test]
async fn a_broken_row_of_a_table_takes_no_other_along() {
    let f = fixture().await;
    let wrong_day = row("day").replace("2026", "20x6");
    let open = row("open").replace("Анна", "\"Анна");
    let behind = row("behind").replace("Анна", "\"Анна\" С.");
    let two_lines = row("two").replace("Анна", "\"Анна\nМария\"");
    let rows = [
        HEADER,
        &open,
        &row("a"),
        &behind,
        &wrong_day,
        "e,purchase",
        "",
        &two_lines,
        &row("b"),
        &open,
        &row("c"),
    ];
    let mut table = rows.join("\n").into_bytes();
    table.extend_from_slice(b"\ncp1251,purchase,2026-11-21T08:00:00Z,C,\xc0\xed\xed\xe0,a\n");
    let ran = f.import(&f.table(table)).await.unwrap();
    assert_eq!(ran.code, PROBLEMS);
    insta::assert_snapshot!(ran.err, @r#"
    row 2: a quote is broken: it is opened and not closed
    row 4: a quote is broken: a character stands behind the closing one
    row 5: occurred_at: must be an RFC 3339 time like 2026-11-21T15:04:05+03:00
    row 6: has 2 cells; the header has 6 columns
    row 8: customer.name: contains U+000A at position 5, which cannot be printed
    row 11: a quote is broken: it is opened and not closed
    row 13: customer.name: is not UTF-8 (Windows-1251?): save the table as "CSV UTF-8"
    "#);
    for id in ["a", "b", "c"] {
        assert!(f.is_stored(id).await, "{id}");
    }
    let kept = std::fs::read(f.folder.path().join("events.csv.rejected.csv")).unwrap();
    let kept = String::from_utf8_lossy(&kept);
    assert_eq!(kept.lines().next(), Some(HEADER));
    // One of the rows has two lines.
    assert_eq!(kept.lines().count(), 1 + 8, "{kept}");
}

#[tokio::test]
async fn a_table_with_a_wrong_header_is_refused_whole() {
    let f = fixture().await;
    for (table, expected) in [
        (HEADER.replace("customer.id", "client.id").into_bytes(), "customer.id: has no column"),
        (Vec::new(), "has no header"),
        (format!("\"{HEADER}").into_bytes(), "broken quote"),
        (b"\xff\xfee\0v\0".to_vec(), "CSV UTF-8"),
    ] {
        let error = f.import(&f.table(table)).await.err().unwrap();
        assert!(error.is::<Misuse>() && error.to_string().contains(expected), "{error}");
    }
    assert!(!f.folder.path().join("events.csv.rejected.csv").exists());
}

#[tokio::test]
async fn a_reader_that_breaks_off_is_not_the_end_of_the_file() {
    let f = fixture().await;
    let db = f.setup.open_db().await.unwrap();
    let ctx = f.setup.context(&db).await.unwrap();
    let (sender, pieces) = tokio::sync::mpsc::channel(1);
    sender.send(Ok((Piece::Rows(Vec::new()), 0))).await.unwrap();
    drop(sender);
    let mut import = Import {
        db: &db,
        ctx: &ctx,
        rejected: Rejected::beside("events.jsonl", None),
        batch: Vec::new(),
        counts: Counts::default(),
        progress: Progress::new(None),
        is_alone: true,
        free_until: Instant::now(),
    };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let stored = import.store_all(pieces, &mut Output { out: &mut out, err: &mut err }).await;
    assert_eq!(stored.unwrap_err().to_string(), "the file's reader broke off");
}

#[tokio::test]
async fn a_nul_in_a_cell_is_refused_with_its_field() {
    let f = fixture().await;
    let table = "event_id,kind,occurred_at,customer.id,customer.name\n\
                 one,purchase,2026-11-21T08:00:00Z,C,An\0na\ntwo,purchase,2026-11-21T08:00:00Z,C\0,Anna\n";
    let path = f.folder.path().join("nul.csv");
    std::fs::write(&path, table).unwrap();
    let ran = f.import(&path).await.unwrap();
    assert!(ran.err.contains("customer.name: ") && ran.err.contains("customer.id: "), "{}", ran.err);
    assert_eq!((ran.code, ran.err.lines().count()), (PROBLEMS, 2), "{}", ran.err);
}
