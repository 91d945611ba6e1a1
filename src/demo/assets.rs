//! The page's own files, compiled in unchanged: there is no build step, and nothing is loaded from the network.

use crate::web::{Asset, Kind};

const FILES: [(&str, Kind, &str); 21] = [
    ("/page.css", Kind::Style, include_str!("assets/page.css")),
    ("/icon.svg", Kind::Svg, include_str!("assets/icon.svg")),
    ("/js/main.js", Kind::Script, include_str!("assets/js/main.js")),
    ("/js/words.js", Kind::Script, include_str!("assets/js/words.js")),
    ("/js/dom.js", Kind::Script, include_str!("assets/js/dom.js")),
    ("/js/net.js", Kind::Script, include_str!("assets/js/net.js")),
    ("/js/message.js", Kind::Script, include_str!("assets/js/message.js")),
    ("/js/log.js", Kind::Script, include_str!("assets/js/log.js")),
    ("/js/composer.js", Kind::Script, include_str!("assets/js/composer.js")),
    ("/js/chat.js", Kind::Script, include_str!("assets/js/chat.js")),
    ("/js/time.js", Kind::Script, include_str!("assets/js/time.js")),
    ("/js/event.js", Kind::Script, include_str!("assets/js/event.js")),
    ("/js/till.js", Kind::Script, include_str!("assets/js/till.js")),
    ("/js/newest.js", Kind::Script, include_str!("assets/js/newest.js")),
    ("/js/ledger.js", Kind::Script, include_str!("assets/js/ledger.js")),
    ("/js/crowd.js", Kind::Script, include_str!("assets/js/crowd.js")),
    ("/js/faults.js", Kind::Script, include_str!("assets/js/faults.js")),
    ("/js/guide.js", Kind::Script, include_str!("assets/js/guide.js")),
    ("/js/tour.js", Kind::Script, include_str!("assets/js/tour.js")),
    ("/js/out.js", Kind::Script, include_str!("assets/js/out.js")),
    ("/js/strip.js", Kind::Script, include_str!("assets/js/strip.js")),
];
const HTML: &str = include_str!("assets/page.html");
/// The page's texts, by language.
const WORDS: &str = include_str!("assets/words.json");

/// All files of the page; `locale` is the language it starts in.
pub(super) fn all(locale: &str) -> Vec<Asset> {
    // Keeps a `</` in the texts from ending the script element that holds them.
    let words = WORDS.trim_end().replace("</", "<\\/");
    let html = HTML.replace("{locale}", locale).replace("{words}", &words);
    let files = FILES.into_iter().map(|(path, kind, content)| Asset::new(path, kind, content));
    files.chain([Asset::new("/", Kind::Html, html)]).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    type Words = BTreeMap<String, BTreeMap<String, String>>;

    fn dictionary() -> Words {
        serde_json::from_str(WORDS).unwrap()
    }

    fn sources() -> String {
        FILES.iter().map(|(_, _, content)| *content).chain([HTML]).collect::<Vec<_>>().join("\n")
    }

    /// The placeholders in a text: whatever is between braces.
    fn places(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
    }

    #[test]
    fn both_languages_say_the_same_things_with_the_same_values() {
        let words = dictionary();
        assert!(words.keys().map(String::as_str).eq(BTreeSet::from(crate::demo::LANGUAGES)));
        let (en, ru) = (&words["en"], &words["ru"]);
        assert_eq!(en.keys().collect::<Vec<_>>(), ru.keys().collect::<Vec<_>>());
        for (key, text) in en {
            assert!(!text.trim().is_empty() && !ru[key].trim().is_empty(), "{key} says nothing");
            assert_eq!(places(text), places(&ru[key]), "{key}");
        }
    }

    #[test]
    fn every_word_is_used_and_every_used_word_is_there() {
        let words = dictionary();
        let sources = sources() + &super::super::page_state::switches() + ERRORS;
        for key in words["en"].keys() {
            // Some keys are assembled at run time, such as those for the ledger's states.
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

    /// The sources of the page server's refusals.
    const ERRORS: &str = concat!(
        include_str!("acts.rs"),
        include_str!("refusal.rs"),
        include_str!("relay.rs"),
        include_str!("faults.rs"),
        include_str!("time.rs"),
        include_str!("live.rs"),
        include_str!("month.rs"),
        include_str!("tour/mod.rs"),
        include_str!("tour/play.rs"),
    );

    #[test]
    fn every_state_and_reason_of_the_ledger_has_a_word() {
        use crate::domain::ledger::State;
        let words = dictionary();
        for state in State::all() {
            assert!(words["en"].contains_key(&format!("state.{}", state.as_str())), "{state}");
            if let Some(reason) = state.reason() {
                assert!(words["en"].contains_key(&format!("reason.{reason}")), "{reason}");
            }
        }
    }

    #[test]
    fn every_step_of_the_tour_has_a_name_and_a_caption() {
        let words = dictionary();
        for word in super::super::steps::words() {
            assert!(words["en"].contains_key(&word), "{word}");
        }
    }

    #[test]
    fn every_zone_that_somebody_lives_in_has_a_word() {
        let words = dictionary();
        for zone in super::super::cast::zones().into_iter().chain(super::super::crowd::zones()) {
            let city = zone.rsplit('/').next().unwrap();
            assert!(words["en"].contains_key(&format!("zone.{city}")), "{zone}");
        }
    }

    #[test]
    fn the_page_asks_for_nothing_from_the_network() {
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
