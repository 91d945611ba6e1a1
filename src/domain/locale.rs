//! Languages: those an installation speaks, and texts in several of them.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// Returns the text if it is an ISO 639-1 code.
#[must_use]
pub fn code(text: &str) -> Option<&'static str> {
    isolang::Language::from_639_1(text)?.to_639_1()
}

/// Returns a language's name in that language, as it is written inside a sentence.
#[must_use]
pub fn own_name(code: &str) -> &str {
    let name = isolang::Language::from_639_1(code).and_then(|language| language.to_autonym());
    // Some have several names, some a transliteration in brackets, and some direction marks.
    let first = name.and_then(|name| name.split([',', '(']).next());
    first.map_or(code, |name| name.trim_matches([' ', '\u{200e}', '\u{200f}']))
}

/// Returns the code of a language that is called by its English name or by its own, such as `German` or `Deutsch`.
#[must_use]
pub fn named(name: &str) -> Option<&'static str> {
    let name = name.trim().to_lowercase();
    let is_called = |language: &isolang::Language| {
        let own = language.to_autonym().is_some_and(|own| own.to_lowercase() == name);
        own || language.to_name().to_lowercase() == name
    };
    isolang::languages().find(is_called)?.to_639_1()
}

/// Returns the base of a language tag: `pt-BR` → `pt`.
#[must_use]
pub fn base(tag: &str) -> &str {
    tag.split(['-', '_']).next().unwrap_or(tag)
}

/// The languages of an installation in its own order: at least one, without duplicates. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Languages(Arc<[&'static str]>);

impl Languages {
    /// Used if the environment names no languages.
    pub const DEFAULT: &'static str = "ru,en";
    /// The most languages allowed. With more, the editor's screens would not fit in a message.
    const MOST: usize = 16;

    #[must_use]
    pub fn first(&self) -> &'static str {
        self.0.first().copied().unwrap_or_default()
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = &'static str> {
        self.0.iter().copied()
    }

    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Whether there is only one language, so there is nothing to choose.
    #[must_use]
    pub fn is_one(&self) -> bool {
        self.count() == 1
    }

    #[must_use]
    pub fn contains(&self, code: &str) -> bool {
        self.0.contains(&code)
    }

    /// Returns the language that serves a language tag (`pt-BR` → `pt`).
    #[must_use]
    pub fn known(&self, tag: &str) -> Option<&'static str> {
        self.iter().find(|code| code.eq_ignore_ascii_case(base(tag)))
    }

    /// The languages after this one.
    pub fn after(&self, code: &str) -> impl Iterator<Item = &'static str> {
        self.iter().skip_while(move |other| *other != code).skip(1)
    }

    /// The next language; the first one follows the last.
    #[must_use]
    pub fn next(&self, code: &str) -> &'static str {
        self.after(code).next().unwrap_or(self.first())
    }

    /// Shows how a text is written in a script: `{ ru = "…", en = "…" }`.
    #[must_use]
    pub fn example(&self) -> String {
        let texts: Vec<String> = self.iter().map(|code| format!("{code} = \"…\"")).collect();
        format!("{{ {} }}", texts.join(", "))
    }
}

impl Default for Languages {
    fn default() -> Self {
        Self::DEFAULT.parse().unwrap_or_else(|_| Self(Arc::new(["en"])))
    }
}

/// Written as `ru, en`.
impl fmt::Display for Languages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(", "))
    }
}

impl FromStr for Languages {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut languages = Vec::new();
        for item in text.split(',').map(str::trim).filter(|item| !item.is_empty()) {
            let Some(code) = code(item) else {
                return Err(format!("'{item}' is not the ISO 639-1 code of a language"));
            };
            if languages.contains(&code) {
                return Err(format!("'{code}' is named twice"));
            }
            languages.push(code);
        }
        match languages.len() {
            0 => Err("names no language".to_owned()),
            count if count > Self::MOST => Err(format!("names {count} languages")),
            _ => Ok(Self(languages.into())),
        }
    }
}

/// One text in several languages, in the order in which they were filled in. The first stands in for languages that are
/// missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Localized(Vec<(&'static str, String)>);

impl Localized {
    /// Returns the text in this language, or else the first one.
    #[must_use]
    pub fn get(&self, locale: &str) -> &str {
        let text = self.exact(locale).or_else(|| self.exact(base(locale)));
        text.or_else(|| self.iter().next().map(|(_, text)| text)).unwrap_or_default()
    }

    /// Returns the text written for exactly this language.
    #[must_use]
    pub fn exact(&self, locale: &str) -> Option<&str> {
        self.iter().find_map(|(known, text)| (known == locale).then_some(text))
    }

    /// Adds the text; it replaces an earlier one in the same language.
    pub fn insert(&mut self, locale: &'static str, text: impl Into<String>) {
        self.0.retain(|(known, _)| *known != locale);
        self.0.push((locale, text.into()));
    }

    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(locale, text)| (*locale, text.as_str()))
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: Into<String>, const N: usize> From<[(&'static str, T); N]> for Localized {
    fn from(texts: [(&'static str, T); N]) -> Self {
        Self(texts.map(|(locale, text)| (locale, text.into())).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_by_locale_by_base_language_and_else_it_is_the_first() {
        let text = Localized::from([("ru", "Да"), ("en", "Yes")]);
        assert_eq!(text.get("en"), "Yes");
        assert_eq!(text.get("en-GB"), "Yes");
        assert_eq!(text.get("de"), "Да");
        assert_eq!(Localized::from([("en", "Yes"), ("ru", "Да")]).get("de"), "Yes");
        assert_eq!(Localized::default().get("ru"), "");
    }

    #[test]
    fn languages_are_named_by_their_codes_once_each_and_in_order() {
        let languages: Languages = " kk, ru ,en".parse().unwrap();
        assert_eq!((languages.to_string().as_str(), languages.first()), ("kk, ru, en", "kk"));
        assert_eq!(languages.known("RU-ru"), Some("ru"));
        assert_eq!(languages.known("en_GB"), Some("en"));
        assert_eq!(languages.known("de"), None);
        assert_eq!((languages.next("ru"), languages.next("en"), languages.next("de")), ("en", "kk", "kk"));
        assert_eq!(languages.example(), "{ kk = \"…\", ru = \"…\", en = \"…\" }");
        for (wrong, why) in [
            ("ru,tlh", "'tlh' is not the ISO 639-1 code of a language"),
            ("RU", "'RU' is not the ISO 639-1 code of a language"),
            ("pt-br", "'pt-br' is not the ISO 639-1 code of a language"),
            ("ru,en,ru", "'ru' is named twice"),
            (",", "names no language"),
            ("aa,ab,af,ak,am,an,ar,as,av,ay,az,ba,be,bg,bm,bn,bo", "names 17 languages"),
        ] {
            assert_eq!(wrong.parse::<Languages>(), Err(why.to_owned()), "{wrong}");
        }
        assert_eq!(Languages::default().to_string(), "ru, en");
    }

    #[test]
    fn a_language_is_called_as_it_calls_itself() {
        let named = ["ru", "en", "kk", "ab", "zh"].map(own_name);
        assert_eq!(named, ["русский", "English", "қазақ тілі", "аҧсуа бызшәа", "中文"]);
        assert_eq!(own_name("xx"), "xx");
        assert_eq!(["German", "deutsch", "Русский"].map(super::named), [Some("de"), Some("de"), Some("ru")]);
        assert_eq!(super::named("Klingon"), None);
    }
}
