//! Tests that exported events can be imported into another database, and that exporting them from there gives the same
//! file, byte for byte.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::cli::export::{self, ExportArgs, FormatName, TableName};
use crate::cli::{Output, Setup, import};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::counted::counted;
use crate::domain::event::Event;
use crate::domain::time::Timestamp;
use crate::entropy::Entropy;
use crate::service::export::Separator;
use crate::store::Db;

const NOW: Timestamp = Timestamp::from_millis(1_795_251_600_000);

/// A database in its own folder.
struct Place {
    setup: Setup,
    folder: tempfile::TempDir,
}

impl Place {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("t.db").display());
        Db::open(&url, true).await.unwrap().migrate().await.unwrap();
        let config = Config::from_lookup(|name| (name == "DATABASE_URL").then(|| url.clone())).unwrap();
        let setup =
            Setup { config: Arc::new(config), clock: Clock::frozen(NOW), entropy: Entropy::seeded(1) };
        Self { setup, folder }
    }

    async fn import(&self, file: &Path) -> String {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        import::run(&self.setup, file, &mut Output { out: &mut out, err: &mut err }).await.unwrap();
        assert_eq!(String::from_utf8(err).unwrap(), "");
        String::from_utf8(out).unwrap()
    }

    async fn export(&self, format: FormatName, separator: Option<Separator>) -> PathBuf {
        let name = if matches!(format, FormatName::Csv) { "events.csv" } else { "events.jsonl" };
        let path = self.folder.path().join(name);
        let table = TableName::Events;
        let (times, from, to, output) = (None, None, None, Some(path.clone()));
        let args = ExportArgs { table, format, separator, times, from, to, tests: true, output };
        let (mut out, mut err) = (Vec::new(), Vec::new());
        export::run(&self.setup, &args, &mut Output { out: &mut out, err: &mut err }).await.unwrap();
        path
    }
}

/// Texts made of pieces that have a meaning in tables, formulas and spreadsheets.
fn text() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "'",
        "\"",
        "=",
        "+",
        "-",
        "@",
        ";",
        ",",
        " ",
        "＝",
        "#N/A",
        "1,23E+11",
        "01.фев",
        "007",
        "a",
        "Ж",
        "\\",
        "{",
        "}",
        "null",
        "true",
    ]);
    prop::collection::vec(part, 1..6).prop_map(|parts| parts.concat())
}

fn extra() -> impl Strategy<Value = Value> {
    let number = prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1000_i32..1000).prop_map(|number| json!(f64::from(number) / 8.0)),
        Just(json!(1e300)),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number,
        text().prop_map(Value::from),
        prop::sample::select(vec!["\t=1", "a\r\n-b", "x;=cmd", " "]).prop_map(Value::from),
    ];
    let value = leaf.prop_recursive(2, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(text(), inner, 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    });
    prop::collection::btree_map(text(), value, 0..3)
        .prop_map(|members| Value::Object(members.into_iter().collect()))
}

fn object(members: Vec<(&'static str, Option<Value>)>) -> Value {
    Value::Object(
        members
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect::<Map<_, _>>(),
    )
}

/// Any event that the program accepts.
fn event() -> impl Strategy<Value = Value> {
    let maybe = || prop::option::of(text().prop_map(Value::from));
    let labels = || prop::option::of(prop::collection::vec(text(), 0..4).prop_map(Value::from));
    let count = || prop::option::of((0_i64..10_000_000_000).prop_map(Value::from));
    let flag = || prop::option::of(any::<bool>().prop_map(Value::from));
    let time =
        || (0_i64..NOW.millis()).prop_map(|millis| Value::from(Timestamp::from_millis(millis).to_rfc3339()));
    let of = |choices: &[&'static str]| {
        prop::option::of(prop::sample::select(choices.to_vec()).prop_map(Value::from))
    };
    let kinds = ["purchase", "ticket_closed", "ticket_opened", "ticket_reopened", "purchase_cancelled"];
    let telegram_id = prop::option::of((1_i64..1 << 52).prop_map(Value::from));
    let customer = (
        (text(), telegram_id, of(&["+79990000000"]), maybe()),
        (of(&["ru", "pt-BR"]), of(&["Europe/Moscow", "Etc/GMT+3"]), labels()),
    )
        .prop_map(|((id, telegram_id, phone, name), (language, timezone, segments))| {
            object(vec![
                ("id", Some(id.into())),
                ("telegram_id", telegram_id),
                ("phone", phone),
                ("name", name),
                ("language", language),
                ("timezone", timezone),
                ("segments", segments),
            ])
        });
    let subject = (maybe(), maybe(), of(&["https://shop.example/?a=1;b=-2,3"]))
        .prop_map(|(id, title, url)| object(vec![("id", id), ("title", title), ("url", url)]));
    let agent = (maybe(), maybe(), maybe(), of(&["2026-09-01"])).prop_map(|(id, name, team, since)| {
        object(vec![("id", id), ("name", name), ("team", team), ("since", since)])
    });
    let metrics = ((prop::option::of(time()), count(), count()), (count(), count(), flag(), flag()))
        .prop_map(|((opened_at, first, resolution), (messages, reopened, breached, first_contact))| {
            object(vec![
                ("opened_at", opened_at),
                ("first_response_s", first),
                ("resolution_s", resolution),
                ("messages", messages),
                ("reopened", reopened),
                ("sla_breached", breached),
                ("first_contact_resolution", first_contact),
            ])
        });
    let rest =
        ((maybe(), maybe(), maybe(), labels()), of(&["purchase", "nps"]), prop::option::of(extra()), flag());
    ((text(), prop::sample::select(kinds.to_vec()), time()), customer, subject, agent, metrics, rest)
        .prop_map(|((event_id, kind, at), customer, subject, agent, metrics, rest)| {
            let ((automation, store, channel, tags), script, extra, test) = rest;
            object(vec![
                ("event_id", Some(event_id.into())),
                ("kind", Some(kind.into())),
                ("occurred_at", Some(at)),
                ("customer", Some(customer)),
                ("subject", Some(subject)),
                ("agent", Some(agent)),
                ("metrics", Some(metrics)),
                ("automation", automation),
                ("store", store),
                ("channel", channel),
                ("tags", tags),
                ("script", script),
                ("extra", extra),
                ("test", test),
            ])
        })
}

async fn goes_round(events: Vec<Value>) {
    let from = Place::new().await;
    // Gives each event an ID of its own, and drops those that the program does not accept.
    let lines: Vec<String> = events
        .into_iter()
        .enumerate()
        .map(|(number, mut event)| {
            event["event_id"] = format!("{}{number}", event["event_id"].as_str().unwrap()).into();
            event.to_string()
        })
        .filter(|line| Event::parse(line.as_bytes(), NOW).is_ok())
        .collect();
    let file = from.folder.path().join("given.jsonl");
    std::fs::write(&file, lines.join("\n")).unwrap();
    let said = from.import(&file).await;
    let taken_in = format!("{}, {} accepted", counted(lines.len(), "event", "events"), lines.len());
    assert!(said.contains(&taken_in), "{said}");
    for (format, separator) in [
        (FormatName::Csv, None),
        (FormatName::Csv, Some(Separator::Semicolon)),
        (FormatName::Csv, Some(Separator::Tab)),
        (FormatName::Jsonl, None),
    ] {
        let exported = from.export(format, separator).await;
        let to = Place::new().await;
        let said = to.import(&exported).await;
        assert!(said.contains(&taken_in), "{said}");
        // This includes the columns about what became of the events: both exports are of the same moment and in the
        // same order.
        let again = to.export(format, separator).await;
        let (given, again) = (std::fs::read(&exported).unwrap(), std::fs::read(&again).unwrap());
        assert_eq!(String::from_utf8(again).unwrap(), String::from_utf8(given).unwrap());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, max_shrink_iters: 64, ..ProptestConfig::default() })]
    #[test]
    fn any_events_go_out_and_in_again_as_csv_and_as_json_lines(events in prop::collection::vec(event(), 1..60)) {
        tokio::runtime::Runtime::new().unwrap().block_on(goes_round(events));
    }
}
