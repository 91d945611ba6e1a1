//! Every text a person sees, by language. The texts are in `locales/`, one file per subject.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

pub use fluent_bundle::FluentValue;

use crate::domain::direction::isolated;
use crate::domain::locale::Languages;

mod sources;

use sources::{CATALOGUES, Source};

/// The language used if no catalogue exists in any language of the installation.
const LAST_RESORT: &str = "en";

/// All messages in the languages that the program speaks. An installation may have other languages, and need not have
/// all of these.
pub struct Catalogue {
    bundles: Vec<(&'static str, FluentBundle<FluentResource>)>,
    /// The language used for languages without a catalogue.
    fallback: &'static str,
}

impl std::fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Catalogue")
    }
}

impl Default for Catalogue {
    fn default() -> Self {
        Self::new(&Languages::default())
    }
}

impl Catalogue {
    /// Reads the embedded files for an installation with these languages. If a file does not parse, its broken messages
    /// are missing; a test refuses such a file.
    #[must_use]
    pub fn new(languages: &Languages) -> Self {
        Self::of(CATALOGUES, languages)
    }

    fn of(sources: &[Source], languages: &Languages) -> Self {
        let bundles: Vec<_> =
            sources.iter().map(|(language, files)| (*language, bundle(language, files))).collect();
        let has = |language: &&str| bundles.iter().any(|(known, _)| known == language);
        let fallback = languages.iter().find(has).unwrap_or(LAST_RESORT);
        Self { bundles, fallback }
    }

    /// Whether the program has a catalogue in this language.
    #[must_use]
    pub fn has(&self, locale: &str) -> bool {
        self.bundles.iter().any(|(known, _)| *known == locale)
    }

    /// The language used for languages without a catalogue.
    #[must_use]
    pub fn fallback(&self) -> &'static str {
        self.fallback
    }

    /// Returns a message that has no variables.
    #[must_use]
    pub fn text(&self, locale: &str, id: &str) -> String {
        self.with(locale, id, &[])
    }

    /// Returns a message with its variables filled in. The values must be escaped already; this function only isolates
    /// those that could reverse the direction of the words around them.
    #[must_use]
    pub fn with(&self, locale: &str, id: &str, values: &[(&str, FluentValue<'_>)]) -> String {
        let bundle = self.bundle(locale);
        let Some(pattern) = bundle.get_message(id).and_then(|message| message.value()) else {
            tracing::error!(id, locale, "no such message in the catalogue");
            return id.to_owned();
        };
        let mut args = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            args.set(
                *name,
                match value {
                    FluentValue::String(text) => FluentValue::String(isolated(text)),
                    other => other.clone(),
                },
            );
        }
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned();
        if !errors.is_empty() {
            tracing::error!(id, locale, "a message of the catalogue lacks a variable");
        }
        text
    }

    fn bundle(&self, locale: &str) -> &FluentBundle<FluentResource> {
        let spoken = if self.has(locale) { locale } else { self.fallback };
        let found = self.bundles.iter().find(|(known, _)| *known == spoken);
        found.map_or(&self.bundles[0].1, |(_, bundle)| bundle)
    }
}

fn bundle(language: &str, files: &[(&str, &str)]) -> FluentBundle<FluentResource> {
    let language: LanguageIdentifier = language.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // Some clients would show the isolation marks around every value as boxes. Only the values that need marks get
    // them, see `with`.
    bundle.set_use_isolating(false);
    for (_, source) in files {
        let resource = FluentResource::try_new((*source).to_owned()).unwrap_or_else(|(rest, _)| rest);
        // If the ID is there already, the first message is kept. A test refuses duplicates.
        bundle.add_resource(resource).ok();
    }
    bundle
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    use chrono::format::{Item, StrftimeItems};

    use super::*;
    use crate::domain::script::Script;
    use crate::domain::script::shipped::{DRAFTS, SHIPPED};

    /// Maps each message of one catalogue to its variables. Panics on broken and duplicate messages.
    fn messages((locale, files): &Source) -> BTreeMap<String, BTreeSet<String>> {
        let mut found = BTreeMap::new();
        for (name, source) in *files {
            let resource = FluentResource::try_new((*source).to_owned())
                .map_err(|(_, errors)| format!("{locale}/{name}: {errors:?}"))
                .unwrap();
            drop(resource);
            let mut id = None;
            for line in source.lines() {
                if let Some((head, _)) =
                    line.split_once(" =").filter(|(h, _)| !h.starts_with([' ', '#', '[']))
                {
                    assert!(
                        found.insert(head.to_owned(), BTreeSet::new()).is_none(),
                        "{locale}/{name}: {head} twice"
                    );
                    id = Some(head.to_owned());
                }
                if let Some(variables) = id.as_ref().and_then(|id| found.get_mut(id)) {
                    variables.extend(line.split("{ $").skip(1).map(|rest| {
                        rest.chars()
                            .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                            .collect::<String>()
                    }));
                }
            }
        }
        found
    }

    #[test]
    fn all_catalogues_have_the_same_messages_with_the_same_variables() {
        let first = messages(&CATALOGUES[0]);
        assert!(!first.is_empty());
        for other in &CATALOGUES[1..] {
            assert_eq!(first, messages(other), "{} and {} differ", CATALOGUES[0].0, other.0);
        }
    }

    fn names_in(folder: &Path) -> BTreeSet<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn every_catalogue_is_of_a_language_and_embedded_whole() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales");
        let embedded: BTreeSet<String> =
            CATALOGUES.iter().map(|(language, _)| (*language).to_owned()).collect();
        assert_eq!(names_in(&folder), embedded);
        assert!(embedded.contains(LAST_RESORT));
        for (language, files) in CATALOGUES {
            assert_eq!(crate::domain::locale::code(language), Some(*language));
            let embedded: BTreeSet<String> = files.iter().map(|(name, _)| (*name).to_owned()).collect();
            assert_eq!(names_in(&folder.join(language)), embedded);
        }
    }

    #[test]
    fn every_message_is_used_in_the_program() {
        let mut program = String::new();
        collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut program);
        for id in messages(&CATALOGUES[0]).into_keys() {
            assert!(program.contains(&format!("\"{id}\"")), "{id} is used nowhere");
        }
    }

    fn collect(folder: &Path, program: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, program);
            } else if path.extension().is_some_and(|e| e == "rs" || e == "html") {
                program.push_str(&std::fs::read_to_string(&path).unwrap());
            }
        }
    }

    #[test]
    fn a_language_without_a_catalogue_gets_the_first_of_the_installation_that_has_one() {
        let said = |languages: &str, locale: &str| {
            Catalogue::new(&languages.parse().unwrap()).text(locale, "survey-button-done")
        };
        assert_eq!(said("ru,en,vo", "vo"), "Готово");
        assert_eq!(said("vo,en,ru", "vo"), "Done");
        assert_eq!(said("vo", "vo"), "Done", "there is nothing nearer");
        assert_eq!(said("en", "ru"), "Готово", "what the program speaks it speaks in every installation");
    }

    const VOLAPUK: Source = ("vo", &[("survey.ftl", "survey-button-done = Peledunon")]);

    #[test]
    fn a_third_catalogue_changes_nothing_for_those_who_do_not_use_it() {
        let with_a_third: Vec<Source> = [VOLAPUK].into_iter().chain(CATALOGUES.iter().copied()).collect();
        let languages = Languages::default();
        let (two, three) = (Catalogue::new(&languages), Catalogue::of(&with_a_third, &languages));
        assert_eq!(three.fallback(), two.fallback());
        for id in messages(&CATALOGUES[0]).into_keys() {
            for locale in ["ru", "en", "de"] {
                let message = |of: &Catalogue| {
                    let bundle = of.bundle(locale);
                    let pattern = bundle.get_message(&id).and_then(|message| message.value()).unwrap();
                    bundle.format_pattern(pattern, None, &mut Vec::new()).into_owned()
                };
                assert_eq!(message(&three), message(&two), "{id} in {locale}");
            }
        }
        for (file, source) in SHIPPED.into_iter().chain(DRAFTS) {
            // The languages that a script must have come from the installation, not from the catalogues.
            assert_eq!(Script::parse(file, source, &languages).unwrap().warnings, []);
        }
        assert_eq!(three.text("vo", "survey-button-done"), "Peledunon");
    }
    #[test]
    fn the_dates_of_every_catalogue_can_be_written() {
        for (language, _) in CATALOGUES {
            for id in ["date-moment", "date-day"] {
                let pattern = Catalogue::default().text(language, id);
                let is_readable = StrftimeItems::new(&pattern).all(|item| item != Item::Error);
                assert!(is_readable && pattern.contains('%'), "{id} in {language}: {pattern}");
            }
        }
    }
}
