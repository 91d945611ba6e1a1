//! The languages every text exists in, and texts that carry all of them.

use std::collections::BTreeMap;

/// Every script and every catalogue has exactly these; the first one stands in for an unknown language.
pub const LOCALES: [&str; 2] = ["ru", "en"];

/// One text in several languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Localized(BTreeMap<String, String>);

impl Localized {
    /// The text in `locale`, else in its base language (`pt-br` → `pt`), else in the first of [`LOCALES`] it has.
    #[must_use]
    pub fn get(&self, locale: &str) -> &str {
        let base = locale.split(['-', '_']).next().unwrap_or(locale);
        std::iter::once(locale)
            .chain(std::iter::once(base))
            .chain(LOCALES)
            .find_map(|wanted| self.exact(wanted))
            .or_else(|| self.0.values().next().map(String::as_str))
            .unwrap_or_default()
    }

    /// The text written for exactly this locale.
    #[must_use]
    pub fn exact(&self, locale: &str) -> Option<&str> {
        self.0.get(locale).map(String::as_str)
    }

    pub fn insert(&mut self, locale: impl Into<String>, text: impl Into<String>) {
        self.0.insert(locale.into(), text.into());
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(locale, text)| (locale.as_str(), text.as_str()))
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<L: Into<String>, T: Into<String>, const N: usize> From<[(L, T); N]> for Localized {
    fn from(texts: [(L, T); N]) -> Self {
        Self(texts.into_iter().map(|(locale, text)| (locale.into(), text.into())).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_by_locale_by_base_language_and_else_in_the_first_language() {
        let text = Localized::from([("ru", "Да"), ("en", "Yes")]);
        assert_eq!(text.get("en"), "Yes");
        assert_eq!(text.get("en-GB"), "Yes");
        assert_eq!(text.get("de"), "Да");
        assert_eq!(Localized::from([("en", "Yes")]).get("ru"), "Yes");
    }
}
