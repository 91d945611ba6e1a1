//! Placeholders in a script's texts: `{name}`, `{agent|our specialist}`; `{{` and `}}` stand for braces.

use crate::domain::direction::{contained, isolated};
use crate::domain::naming::stated_name;
use crate::domain::nearest::nearest;
use crate::domain::scale::written;

written! {
    Placeholder {
        Name = "name", Agent = "agent", Subject = "subject", Store = "store", Brand = "brand", Date = "date",
    }
}

impl Placeholder {
    /// Whether a text works without a value. The other placeholders need a fallback for when the event has no value.
    #[must_use]
    pub const fn may_be_missing(self) -> bool {
        matches!(self, Self::Name | Self::Brand | Self::Date)
    }
}

/// The values of the placeholders. `None`, blank texts and texts that only say "unknown" count as missing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Values<'a> {
    pub name: Option<&'a str>,
    pub agent: Option<&'a str>,
    pub subject: Option<&'a str>,
    pub store: Option<&'a str>,
    pub brand: Option<&'a str>,
    pub date: Option<&'a str>,
}

impl<'a> Values<'a> {
    fn get(&self, placeholder: Placeholder) -> Option<&'a str> {
        let value = match placeholder {
            Placeholder::Name => self.name,
            Placeholder::Agent => self.agent,
            Placeholder::Subject => self.subject,
            Placeholder::Store => self.store,
            Placeholder::Brand => self.brand,
            Placeholder::Date => self.date,
        };
        match placeholder {
            // These are our own words, so they are not checked for "unknown".
            Placeholder::Brand | Placeholder::Date => value.map(str::trim).filter(|value| !value.is_empty()),
            _ => value.and_then(stated_name),
        }
    }
}

/// What the rendered text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Escape {
    /// Text as it is, for buttons and tables.
    Plain,
    /// A message with HTML entities. Values and the script's own words are both escaped, so what was typed is what is
    /// shown.
    Html,
}

/// A mistake in a text, and the character (counted from 1) at which it begins.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("at character {position}: {message}")]
pub struct TemplateError {
    pub position: usize,
    pub message: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part<'t> {
    Text(&'t str),
    Slot { placeholder: Placeholder, fallback: &'t str },
}

/// Returns every mistake in a text.
#[must_use]
pub fn mistakes(text: &str) -> Vec<TemplateError> {
    parse(text).filter_map(Result::err).collect()
}

/// Returns the placeholders that a text uses.
pub fn placeholders(text: &str) -> impl Iterator<Item = Placeholder> {
    parse(text).filter_map(|part| match part {
        Ok(Part::Slot { placeholder, .. }) => Some(placeholder),
        _ => None,
    })
}

/// Fills in a text. Whatever is not a placeholder is shown as typed, so this cannot fail.
#[must_use]
pub fn render(text: &str, values: &Values<'_>, escape: Escape) -> String {
    let mut writer = Writer { out: String::with_capacity(text.len() + 32), hole: false };
    for part in parse(text) {
        match part {
            Ok(Part::Text(words)) => writer.push(words),
            Ok(Part::Slot { placeholder, fallback }) => {
                writer.push_value(&isolated(values.get(placeholder).unwrap_or(fallback)));
            }
            Err(_) => writer.push("{"),
        }
    }
    let plain = writer.finish();
    match escape {
        Escape::Plain => plain,
        Escape::Html => escape_html(&plain),
    }
}

/// Prepares a text for a message: escapes the three characters that Telegram requires, and keeps the text from changing
/// the direction of the lines around it.
#[must_use]
pub fn escape_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in contained(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
    out
}

/// Undoes [`escape_html`], for what is shown as plain text.
#[must_use]
pub fn unescape_html(html: &str) -> String {
    html.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// Returns the parts in order. After a mistake, parsing continues after the brace, so that all mistakes are found.
fn parse(text: &str) -> impl Iterator<Item = Result<Part<'_>, TemplateError>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let position = text[..text.len() - rest.len()].chars().count() + 1;
        let (part, length) = next_part(rest).map_or_else(
            |message| (Err(TemplateError { position, message }), 1),
            |(part, length)| (Ok(part), length),
        );
        rest = &rest[length..];
        Some(part)
    })
}

/// Returns the first part of a non-empty text and its length in bytes.
fn next_part(rest: &str) -> Result<(Part<'_>, usize), String> {
    if rest.starts_with("{{") || rest.starts_with("}}") {
        return Ok((Part::Text(&rest[..1]), 2));
    }
    if !rest.starts_with('{') {
        // Skips the first character: a single closing brace is shown as typed.
        let end = rest.char_indices().skip(1).find(|(_, c)| matches!(c, '{' | '}'));
        let end = end.map_or(rest.len(), |(at, _)| at);
        return Ok((Part::Text(&rest[..end]), end));
    }
    let inner = rest[1..].split(['{', '\n']).next().unwrap_or_default();
    let Some((inner, _)) = inner.split_once('}') else {
        return Err(
            "'{' is never closed: write '}' after the placeholder, or '{{' to show a brace".to_owned()
        );
    };
    let (name, fallback) = match inner.split_once('|') {
        Some((name, fallback)) => (name.trim(), Some(fallback.trim())),
        None => (inner.trim(), None),
    };
    let placeholder = name.parse::<Placeholder>().map_err(|_| unknown(name))?;
    if fallback.is_none() && !placeholder.may_be_missing() {
        return Err(format!(
            "{{{placeholder}}} needs words for when the event does not say: write {{{placeholder}|…}}"
        ));
    }
    Ok((Part::Slot { placeholder, fallback: fallback.unwrap_or_default() }, inner.len() + 2))
}

fn unknown(name: &str) -> String {
    let known = Placeholder::ALL.iter().map(|placeholder| placeholder.as_str());
    if let Some(near) = nearest(name, known.clone()) {
        return format!("there is no placeholder {{{name}}}; did you mean {{{near}}}?");
    }
    let known: Vec<_> = known.map(|name| format!("{{{name}}}")).collect();
    format!("there is no placeholder {{{name}}}; there are {}", known.join(" "))
}

/// Joins the parts and closes the gap that a missing value leaves.
struct Writer {
    out: String,
    hole: bool,
}

impl Writer {
    fn push_value(&mut self, value: &str) {
        if value.is_empty() {
            self.hole = true;
        } else {
            self.push(value);
        }
    }

    fn push(&mut self, words: &str) {
        if !self.hole || words.is_empty() {
            self.out.push_str(words);
            return;
        }
        let mut words = words.trim_start_matches(' ');
        self.trim_space();
        if let Some(after) = words.strip_prefix(',') {
            words = after.trim_start_matches(' ');
        } else {
            self.drop_comma();
        }
        if self.begins_sentence() {
            // "{name}! Thank you" must not begin with the punctuation that followed the name.
            words = words.trim_start_matches(['!', '.', ',', ':', ';', '?', '-', '–', '—', ' ']);
        }
        if words.is_empty() {
            // Nothing is left to follow the gap, so the next part closes it.
            return;
        }
        self.hole = false;
        self.close_with(words);
    }

    fn close_with(&mut self, words: &str) {
        let first = words.chars().next().unwrap_or(' ');
        let begins = self.begins_sentence();
        let tight = self.out.is_empty() || self.out.ends_with(['\n', '(', '«', '“', '"']);
        if !tight && !matches!(first, '.' | ',' | '!' | '?' | ':' | ';' | '…' | ')' | '»' | '”' | '\n') {
            self.out.push(' ');
        }
        if begins {
            self.out.extend(first.to_uppercase());
            self.out.push_str(&words[first.len_utf8()..]);
        } else {
            self.out.push_str(words);
        }
    }

    fn begins_sentence(&self) -> bool {
        self.out.is_empty() || self.out.ends_with(['.', '!', '?', '…', '\n'])
    }

    fn trim_space(&mut self) {
        self.out.truncate(self.out.trim_end_matches(' ').len());
    }

    fn drop_comma(&mut self) {
        if self.out.ends_with(',') {
            self.out.pop();
        }
    }

    fn finish(mut self) -> String {
        if self.hole {
            self.trim_space();
            self.drop_comma();
        }
        self.out
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    const ANNA: Values<'static> = Values {
        name: Some("Анна"),
        agent: Some("Ольга"),
        subject: Some("Заказ №1"),
        store: None,
        brand: Some("Лавка"),
        date: Some("21 ноября"),
    };

    #[rstest]
    #[case(
        "{name}, здравствуйте! Это {brand}.",
        "Анна, здравствуйте! Это Лавка.",
        "Здравствуйте! Это Лавка."
    )]
    #[case("Hi {name}! You came.", "Hi Анна! You came.", "Hi! You came.")]
    #[case("Здравствуйте, {name}!", "Здравствуйте, Анна!", "Здравствуйте!")]
    #[case("Спасибо, {name}, что вы с нами.", "Спасибо, Анна, что вы с нами.", "Спасибо, что вы с нами.")]
    #[case(
        "Рады вам! {name}, как всё прошло?",
        "Рады вам! Анна, как всё прошло?",
        "Рады вам! Как всё прошло?"
    )]
    #[case("{name}! спасибо", "Анна! спасибо", "Спасибо")]
    #[case("{name},{agent|наш мастер} ждёт", "Анна,Ольга ждёт", "Ольга ждёт")]
    #[case("{name} — вам?", "Анна — вам?", "Вам?")]
    #[case("Тема:\n{name}, как вам?", "Тема:\nАнна, как вам?", "Тема:\nКак вам?")]
    #[case("Спасибо, {name}", "Спасибо, Анна", "Спасибо")]
    #[case("{name|друг}, привет", "Анна, привет", "друг, привет")]
    #[case("({name}) привет", "(Анна) привет", "() привет")]
    #[case("{name}", "Анна", "")]
    fn a_missing_name_takes_its_comma_along(#[case] text: &str, #[case] named: &str, #[case] nameless: &str) {
        assert_eq!(mistakes(text), []);
        assert_eq!(render(text, &ANNA, Escape::Plain), named);
        for name in [None, Some(" ")] {
            assert_eq!(render(text, &Values { name, ..ANNA }, Escape::Plain), nameless);
        }
    }

    #[test]
    fn fallbacks_stand_where_the_event_says_nothing() {
        let text = "Магазин {store|рядом с вами}, {agent|наш специалист}, { subject | недавно }";
        assert_eq!(render(text, &ANNA, Escape::Plain), "Магазин рядом с вами, Ольга, Заказ №1");
    }

    #[test]
    fn values_and_the_scripts_own_words_are_escaped_and_braces_can_be_typed() {
        let values = Values { name: Some("<b>&{agent}"), ..Values::default() };
        assert_eq!(
            render("<i>{name}</i>", &values, Escape::Html),
            "&lt;i&gt;&lt;b&gt;&amp;{agent}&lt;/i&gt;"
        );
        assert_eq!(render("{{name}} } {name}", &values, Escape::Plain), "{name} } <b>&{agent}");
    }

    #[rstest]
    #[case("Да {nmae}", &[(4, "there is no placeholder {nmae}; did you mean {name}?")])]
    #[case("{price}", &[(1, "there is no placeholder {price}; there are {name} {agent} {subject} {store} {brand} {date}")])]
    #[case("Вам {agent} и {store}", &[
        (5, "{agent} needs words for when the event does not say: write {agent|…}"),
        (15, "{store} needs words for when the event does not say: write {store|…}"),
    ])]
    #[case("Вам {name и {name}", &[
        (5, "'{' is never closed: write '}' after the placeholder, or '{{' to show a brace"),
    ])]
    fn mistakes_are_all_found_with_their_place(#[case] text: &str, #[case] expected: &[(usize, &str)]) {
        let found = mistakes(text);
        let found: Vec<_> = found.iter().map(|e| (e.position, e.message.as_str())).collect();
        assert_eq!(found, expected);
    }

    proptest! {
        #[test]
        fn any_text_renders_and_without_braces_it_stays_as_it_is(text in "\\PC*", name in proptest::option::of("\\PC*")) {
            let values = Values { name: name.as_deref(), ..Values::default() };
            let shown = render(&text, &values, Escape::Plain);
            if !text.contains(['{', '}']) {
                prop_assert_eq!(shown, text);
            }
        }

        #[test]
        fn html_never_carries_a_tag(text in "[<>&{}a-z|name ]*", name in "[<>&]*") {
            let values = Values { name: Some(&name), ..Values::default() };
            prop_assert!(!render(&text, &values, Escape::Html).contains(['<', '>']));
        }
    }
}
