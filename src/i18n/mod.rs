//! Every text a person sees, by language. The texts stand in `locales/`, one file a subject.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

pub use fluent_bundle::FluentValue;

use crate::domain::direction::isolated;
use crate::domain::locale::LOCALES;

mod sources;

/// All messages in all languages.
pub struct Catalogue {
    bundles: Vec<(&'static str, FluentBundle<FluentResource>)>,
}

impl std::fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Catalogue")
    }
}

impl Default for Catalogue {
    fn default() -> Self {
        Self::new()
    }
}

impl Catalogue {
    /// Reads the embedded files. A file that does not parse loses its broken messages; a test refuses such a file.
    #[must_use]
    pub fn new() -> Self {
        Self { bundles: LOCALES.iter().map(|locale| (*locale, bundle(locale))).collect() }
    }

    /// A message without variables.
    #[must_use]
    pub fn text(&self, locale: &str, id: &str) -> String {
        self.with(locale, id, &[])
    }

    /// A message with its variables filled in. Values are escaped before; here they are kept from turning the words around
    /// them.
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
        let known = known_locale(locale).unwrap_or(LOCALES[0]);
        let found = self.bundles.iter().find(|(name, _)| *name == known);
        found.map_or(&self.bundles[0].1, |(_, bundle)| bundle)
    }
}

/// The locale of ours that serves a language tag (`pt-br` → `pt`, if we had it).
#[must_use]
pub fn known_locale(tag: &str) -> Option<&'static str> {
    let base = tag.split(['-', '_']).next().unwrap_or(tag);
    LOCALES.into_iter().find(|locale| locale.eq_ignore_ascii_case(base))
}

fn bundle(locale: &str) -> FluentBundle<FluentResource> {
    let language: LanguageIdentifier = locale.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // Marks around every value would show as boxes in some clients: those that need them get them, see `with`.
    bundle.set_use_isolating(false);
    for (file_locale, _, source) in sources::FILES {
        if *file_locale == locale {
            let resource = FluentResource::try_new((*source).to_owned()).unwrap_or_else(|(rest, _)| rest);
            // An id that is there already is kept; a test refuses doubles.
            bundle.add_resource(resource).ok();
        }
    }
    bundle
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    use super::*;

    /// Message → its variables, of one locale; broken and double messages fail here.
    fn messages(locale: &str) -> BTreeMap<String, BTreeSet<String>> {
        let mut found = BTreeMap::new();
        for (_, name, source) in sources::FILES.iter().filter(|(of, ..)| *of == locale) {
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
    fn all_languages_have_the_same_messages_with_the_same_variables() {
        let first = messages(LOCALES[0]);
        assert!(!first.is_empty());
        for locale in &LOCALES[1..] {
            assert_eq!(first, messages(locale), "{} and {locale} differ", LOCALES[0]);
        }
    }

    #[test]
    fn every_file_of_every_language_is_embedded() {
        for locale in LOCALES {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales").join(locale);
            let mut on_disk: Vec<_> = std::fs::read_dir(folder)
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            on_disk.sort();
            let mut embedded: Vec<_> =
                sources::FILES.iter().filter(|(of, ..)| *of == locale).map(|(_, name, _)| *name).collect();
            embedded.sort_unstable();
            assert_eq!(on_disk, embedded);
        }
    }

    #[test]
    fn every_message_is_used_in_the_program() {
        let mut program = String::new();
        collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut program);
        for id in messages(LOCALES[0]).into_keys() {
            assert!(program.contains(&format!("\"{id}\"")), "{id} is used nowhere");
        }
    }

    fn collect(folder: &Path, program: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, program);
            } else if path.extension().is_some_and(|e| e == "rs") {
                program.push_str(&std::fs::read_to_string(&path).unwrap());
            }
        }
    }

    #[test]
    fn an_unknown_language_gets_the_first_one() {
        assert_eq!(known_locale("en-GB"), Some("en"));
        assert_eq!(known_locale("RU"), Some("ru"));
        assert_eq!(known_locale("de"), None);
    }
}
