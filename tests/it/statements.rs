//! Which statements the tests send to each engine. `.cargo/run` compares them after a whole run: what SQLite is sent
//! PostgreSQL has to be sent, too.

use std::collections::HashSet;
use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock};

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

/// Writes each new statement to a file named after its engine, with the test that sent it first.
struct Collector {
    folder: PathBuf,
    seen: Mutex<HashSet<(String, String)>>,
}

/// What [`afterword::store`] says of a statement.
#[derive(Default)]
struct Sent {
    engine: String,
    text: String,
}

impl Visit for Sent {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "engine" => value.clone_into(&mut self.engine),
            "text" => self.text = without_counts(value),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

impl<S: Subscriber> Layer<S> for Collector {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut sent = Sent::default();
        event.record(&mut sent);
        let Sent { engine, text } = sent;
        let mut seen = self.seen.lock().unwrap();
        if !seen.contains(&(engine.clone(), text.clone())) {
            let test = std::thread::current().name().unwrap_or("a thread without a name").to_owned();
            let mut file = File::options().append(true).create(true).open(self.folder.join(&engine)).unwrap();
            file.write_all(format!("{text}\t{test}\n").as_bytes()).unwrap();
            seen.insert((engine, text));
        }
    }
}

/// The text on one line, the same for any number of rows.
fn without_counts(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for word in text.replace('?', "$").split_whitespace() {
        plain.push_str(if plain.is_empty() { "" } else { " " });
        plain.push_str(word);
    }
    let unnumbered =
        plain.split('$').map(|part| part.trim_start_matches(|letter: char| letter.is_ascii_digit()));
    let mut text = unnumbered.collect::<Vec<_>>().join("$");
    for repeated in ["$, $", "($), ($)", "$,$", "($),($)"] {
        let once = &repeated[..repeated.find(',').unwrap()];
        while text.contains(repeated) {
            text = text.replace(repeated, once);
        }
    }
    text
}

/// Begins to collect, where somebody asks for it.
#[expect(clippy::disallowed_methods, reason = "the environment of the tests, not of the program")]
pub fn collect() {
    static COLLECTS: OnceLock<()> = OnceLock::new();
    COLLECTS.get_or_init(|| {
        if let Some(folder) = std::env::var_os("STATEMENTS_SENT").filter(|folder| !folder.is_empty()) {
            let collector = Collector { folder: folder.into(), seen: Mutex::default() };
            let sql = Targets::new().with_target("afterword::sql", tracing::Level::TRACE);
            tracing_subscriber::registry().with(collector.with_filter(sql)).init();
        }
    });
}

#[test]
fn a_statement_is_the_same_for_any_number_of_rows() {
    let one = "INSERT INTO t (a, b)\n   VALUES ($1, $2)";
    let two = "INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4)";
    assert_eq!(without_counts(one), without_counts(two));
    assert_eq!(without_counts("SELECT $1"), "SELECT $");
}
