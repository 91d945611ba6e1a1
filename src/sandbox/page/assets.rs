//! The page's own files, compiled in: nothing is built beforehand, nothing comes from the network.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::Page;

/// `Content-Type` and content by path.
const FILES: [(&str, &str, &str); 17] = [
    ("/page.css", "text/css; charset=utf-8", include_str!("assets/page.css")),
    ("/icon.svg", "image/svg+xml", include_str!("assets/icon.svg")),
    ("/js/main.js", SCRIPT, include_str!("assets/js/main.js")),
    ("/js/words.js", SCRIPT, include_str!("assets/js/words.js")),
    ("/js/dom.js", SCRIPT, include_str!("assets/js/dom.js")),
    ("/js/net.js", SCRIPT, include_str!("assets/js/net.js")),
    ("/js/message.js", SCRIPT, include_str!("assets/js/message.js")),
    ("/js/log.js", SCRIPT, include_str!("assets/js/log.js")),
    ("/js/composer.js", SCRIPT, include_str!("assets/js/composer.js")),
    ("/js/chat.js", SCRIPT, include_str!("assets/js/chat.js")),
    ("/js/time.js", SCRIPT, include_str!("assets/js/time.js")),
    ("/js/event.js", SCRIPT, include_str!("assets/js/event.js")),
    ("/js/till.js", SCRIPT, include_str!("assets/js/till.js")),
    ("/js/ledger.js", SCRIPT, include_str!("assets/js/ledger.js")),
    ("/js/crowd.js", SCRIPT, include_str!("assets/js/crowd.js")),
    ("/js/faults.js", SCRIPT, include_str!("assets/js/faults.js")),
    ("/js/strip.js", SCRIPT, include_str!("assets/js/strip.js")),
];
const SCRIPT: &str = "text/javascript; charset=utf-8";
const HTML: &str = include_str!("assets/page.html");
/// What the page says, by language.
const WORDS: &str = include_str!("assets/words.json");

/// The page loads from here only and runs nothing that a text could smuggle in.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

pub(super) fn routes() -> Router<Page> {
    let mut routes = Router::new().route("/", get(html));
    for (path, kind, content) in FILES {
        let content = served(kind, content);
        routes = routes.route(path, get(move || std::future::ready(answer(kind, content.clone()))));
    }
    routes.fallback(|| async { (StatusCode::NOT_FOUND, "There is nothing here; the demo is at /\n") })
}

/// A file as it goes out.
fn served(kind: &str, source: &str) -> String {
    if kind == SCRIPT {
        lean_script(source)
    } else if kind.starts_with("text/css") {
        lean_style(source)
    } else {
        lean(source)
    }
}

/// Fewer blanks in lines where none can be part of a text or of an expression over texts.
fn lean_script(source: &str) -> String {
    const SIGNS: [&str; 16] =
        ["===", "!==", "=>", "&&", "||", "??", "+=", "=", "?", ":", "<", ">", "{", "}", ",", ";"];
    let lean = lean(source);
    let lines = lean.lines().map(|line| {
        if line.contains(['"', '\'', '`', '/']) {
            return line.to_owned();
        }
        SIGNS.iter().fold(line.to_owned(), |line, sign| {
            let before = line.replace(&format!(" {sign} "), sign);
            before.replace(&format!("{sign} "), sign).replace(&format!(" {sign}"), sign)
        })
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The same for a stylesheet.
fn lean_style(source: &str) -> String {
    let blanks = [
        (" { ", "{"),
        (" {", "{"),
        ("; ", ";"),
        (": ", ":"),
        (", ", ","),
        (" > ", ">"),
        (" }", "}"),
        ("}\n", "}"),
    ];
    blanks.iter().fold(lean(source), |style, (with, without)| style.replace(with, without)).replace(";}", "}")
}

/// Without what is there for whoever reads the sources: indentation, empty lines, lines of comment. No text in the
/// files goes over the end of a line.
fn lean(source: &str) -> String {
    let lines = source.lines().map(str::trim);
    let is_comment = |line: &&str| line.starts_with("//") || (line.starts_with("/*") && line.ends_with("*/"));
    lines.filter(|line| !line.is_empty() && !is_comment(line)).collect::<Vec<_>>().join("\n")
}

type Words = BTreeMap<String, BTreeMap<String, String>>;

/// Each word's name once, with what it is in every language: `{"locales": ["en", "ru"], "words": {"tab.group": ["…", "…"]}}`.
fn lean_words() -> String {
    let catalogue: Words = serde_json::from_str(WORDS).unwrap_or_default();
    let mut words: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, text) in catalogue.values().flatten() {
        words.entry(name).or_default().push(text);
    }
    serde_json::json!({ "locales": catalogue.keys().collect::<Vec<_>>(), "words": words }).to_string()
}

async fn html(State(page): State<Page>) -> Response {
    // `</` cannot end the script element that the words stand in.
    let words = lean_words().replace("</", "<\\/");
    let html = lean(HTML).replace("{locale}", page.0.locale).replace("{words}", &words);
    answer("text/html; charset=utf-8", html)
}

fn answer(kind: &'static str, content: impl IntoResponse) -> Response {
    const NOSNIFF: (HeaderName, &str) = (header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        // Another version of the program may stand at the same address tomorrow.
        (header::CACHE_CONTROL, "no-store"),
        NOSNIFF,
    ];
    (headers, content).into_response()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn words() -> Words {
        serde_json::from_str(WORDS).unwrap()
    }

    fn sources() -> String {
        FILES.iter().map(|(_, _, content)| *content).chain([HTML]).collect::<Vec<_>>().join("\n")
    }

    /// What stands between braces.
    fn places(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
    }

    #[test]
    fn both_languages_say_the_same_things_with_the_same_values() {
        let words = words();
        assert_eq!(words.keys().collect::<Vec<_>>(), ["en", "ru"]);
        let (en, ru) = (&words["en"], &words["ru"]);
        assert_eq!(en.keys().collect::<Vec<_>>(), ru.keys().collect::<Vec<_>>());
        for (key, text) in en {
            assert!(!text.trim().is_empty() && !ru[key].trim().is_empty(), "{key} says nothing");
            assert_eq!(places(text), places(&ru[key]), "{key}");
        }
    }

    #[test]
    fn every_word_is_used_and_every_used_word_is_there() {
        let words = words();
        let sources = sources() + &super::super::faults::words() + ERRORS;
        for key in words["en"].keys() {
            // Some names are put together, such as those of the ledger's states.
            let mut families = key.match_indices('.').map(|(at, _)| format!("\"{}\"", &key[..=at]));
            let is_put_together = families.any(|family| sources.contains(&family));
            assert!(is_put_together || sources.contains(&format!("\"{key}\"")), "nobody says {key}");
        }
        for (at, call) in sources.match_indices("t(\"") {
            let is_other = sources[..at].ends_with(|c: char| c.is_alphanumeric());
            let used = sources[at + call.len()..].split('"').next().unwrap();
            let there = used.ends_with('.') || words["en"].contains_key(used);
            assert!(is_other || there, "there is no word {used}");
        }
        for used in HTML.split("data-t").skip(1).filter_map(|rest| rest.split('"').nth(1)) {
            assert!(words["en"].contains_key(used), "there is no word {used}");
        }
    }

    /// The sources of what the page's server refuses.
    const ERRORS: &str = concat!(
        include_str!("acts.rs"),
        include_str!("mod.rs"),
        include_str!("program.rs"),
        include_str!("time.rs"),
        include_str!("live.rs"),
        include_str!("crowd_page.rs"),
    );

    #[test]
    fn every_state_and_reason_of_the_ledger_has_a_word() {
        use crate::domain::ledger::State;
        let words = words();
        for state in State::all() {
            assert!(words["en"].contains_key(&format!("state.{}", state.as_str())), "{state}");
            if let Some(reason) = state.reason() {
                assert!(words["en"].contains_key(&format!("reason.{reason}")), "{reason}");
            }
        }
    }

    #[test]
    fn every_zone_that_somebody_lives_in_has_a_word() {
        let words = words();
        for zone in super::super::cast::zones().into_iter().chain(super::super::crowd::zones()) {
            let city = zone.rsplit('/').next().unwrap();
            assert!(words["en"].contains_key(&format!("zone.{city}")), "{zone}");
        }
    }

    #[test]
    fn the_whole_page_is_under_100_kb_and_asks_for_nothing_from_the_network() {
        let files = FILES.iter().map(|(_, kind, content)| served(kind, content).len());
        let size = files.sum::<usize>() + lean(HTML).len() + lean_words().len();
        assert!(size < 100_000, "the page has {size} bytes");
        let own = sources()
            .replace("http://www.w3.org/2000/svg", "")
            .replace("https://t.me/", "")
            .replace("https://shop.example/", "");
        let foreign =
            own.match_indices("://").map(|(at, _)| own[..at].rsplit(['"', '\'', '`', ' ', '(']).next());
        let foreign: Vec<_> = foreign.flatten().filter(|scheme| scheme.starts_with("http")).collect();
        assert!(foreign.is_empty(), "the page names addresses: {foreign:?}");
    }
}
