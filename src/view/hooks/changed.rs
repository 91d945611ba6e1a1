//! What a change of the settings changes for a hook's newest deliveries.

use super::{Hooks, VALUE, cut, escape_html, paragraphs};

/// The most differences shown above a hook's screen, so that both fit into one message.
const SHOWN: usize = 8;
/// What stands for an element that a delivery does not have.
const NOTHING: &str = "nothing";

impl Hooks<'_> {
    /// The differences: the number of a delivery, and what it was and is now read as.
    #[must_use]
    pub fn changed(&self, differences: &[(i64, String, String)]) -> String {
        if differences.is_empty() {
            return self.text("hooks-changed-nothing");
        }
        let lines = differences.iter().take(SHOWN).map(|(number, before, after)| {
            let values = [
                ("number", number.to_string().into()),
                ("before", self.in_words(before).into()),
                ("after", self.in_words(after).into()),
            ];
            self.with("hooks-changed-line", &values)
        });
        let left = differences.len().saturating_sub(SHOWN);
        let lines: Vec<String> = lines.chain((left > 0).then(|| self.more(left))).collect();
        paragraphs([self.text("hooks-changed").as_str(), &lines.join("\n")])
    }

    /// A result as the shell prints it, in the admin's language: an event's ID, or why there is no event.
    fn in_words(&self, result: &str) -> String {
        let reason = |state: &str| result.strip_prefix(state)?.strip_prefix('(')?.strip_suffix(')');
        match ["skipped", "failed"].into_iter().find_map(|state| Some((state, reason(state)?))) {
            Some((state, reason)) => self.outcome(state, Some(reason)),
            None if result == NOTHING => self.text("hooks-absent"),
            None => escape_html(&cut(result, VALUE)),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;
    use crate::i18n::Catalogue;

    #[test]
    fn differences_are_told_in_the_admins_language_and_only_the_first_of_many() {
        let catalogue = Catalogue::default();
        let screens = Hooks { catalogue: &catalogue, locale: "ru", zone: Tz::UTC };
        let difference =
            |number: i64| (number, "skipped(no_rule)".to_owned(), "failed(customer.id: absent)".to_owned());
        let differences: Vec<_> = (1..=20).map(difference).collect();
        let told = screens.changed(&differences);
        assert!(told.contains("customer.id: нет значения") && !told.contains("no_rule"), "{told}");
        assert!(told.contains("№ 8:") && !told.contains("№ 9:") && told.ends_with("…и ещё 12"), "{told}");
        let told = screens.changed(&[(1, "nothing".to_owned(), "order-<1>".to_owned())]);
        assert!(told.ends_with("нет → order-&lt;1&gt;"), "{told}");
    }
}
