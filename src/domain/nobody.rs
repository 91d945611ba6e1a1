//! Texts that programs and templates write in place of an ID that there is not: each would be one customer for everybody
//! without one.

/// What languages and spreadsheets print for nothing.
const NOTHING: [&str; 11] =
    ["null", "none", "undefined", "nil", "nan", "(null)", "n/a", "#n/a", "false", "unknown", "0.0"];
/// Those of them that nobody has for a name or a number.
const NOTHING_ANYWHERE: [&str; 8] =
    ["null", "none", "undefined", "nil", "nan", "(null)", "n/a", "[object Object]"];
/// What stands around a placeholder.
const PLACEHOLDERS: [(&str, &str); 4] = [("{{", "}}"), ("{%", "%}"), ("${", "}"), ("%", "%")];
/// What begins or ends a placeholder, in the languages of templates.
const MARKS: [&str; 5] = ["{{", "}}", "{%", "<%", "${"];
/// Signs around a placeholder's name, and the fewest letters that such a name has.
const SIGNS: [(char, char); 2] = [('[', ']'), ('%', '%')];
const FEWEST_LETTERS: usize = 3;

/// Whether an ID in an event stands for no ID, in a delivery of a hook or not: it is a word for nothing, has punctuation
/// only, or is a placeholder. [`pattern`] says the same.
#[must_use]
pub fn is_nothing(id: &str) -> bool {
    let id = id.trim();
    // Almost every ID has a digit, and no word does.
    let is_word = || NOTHING_ANYWHERE.iter().any(|nothing| id.eq_ignore_ascii_case(nothing));
    let is_between = |(open, close): &(&str, &str)| {
        id.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)).is_some_and(|name| !name.is_empty())
    };
    let is_sign = |c: char| c.is_ascii_punctuation() || matches!(c, '–' | '—');
    is_word() || id.chars().all(is_sign) || PLACEHOLDERS.iter().any(is_between)
}

/// The same as a regular expression, for an ID without any white space but blanks.
#[must_use]
pub fn pattern() -> String {
    let letter = |c: char| match c {
        'a'..='z' | 'A'..='Z' => format!("[{}{}]", c.to_ascii_lowercase(), c.to_ascii_uppercase()),
        c => escaped(&c.to_string()),
    };
    let word = |nothing: &&str| nothing.chars().map(letter).collect::<String>();
    let placeholder = |(open, close): &(&str, &str)| format!("{}.+{}", escaped(open), escaped(close));
    let kinds = NOTHING_ANYWHERE.iter().map(word).chain(PLACEHOLDERS.iter().map(placeholder));
    let kinds = kinds.chain(["[!-/:-@\\[-`{-~–—]+".to_owned()]).collect::<Vec<_>>();
    format!(" *(?:{}) *", kinds.join("|"))
}

fn escaped(text: &str) -> String {
    let sign = |c: char| if "^$\\.*+?()[]{}|/".contains(c) { format!("\\{c}") } else { c.to_string() };
    text.chars().map(sign).collect()
}

/// Whether an ID in a delivery of a hook is nobody's. What stands before a colon is only the name of the system, where
/// `is_person`.
#[must_use]
pub fn is_nobodys(id: &str, is_person: bool) -> bool {
    let id = id.trim();
    let own = if is_person { id.rsplit(':').next().unwrap_or(id).trim() } else { id };
    let is_nothing = own == "0"
        || !own.contains(char::is_alphanumeric)
        || NOTHING.iter().any(|nothing| own.eq_ignore_ascii_case(nothing));
    is_nothing || MARKS.iter().any(|mark| id.contains(mark)) || SIGNS.iter().any(|signs| has_name(id, *signs))
}

/// Whether there is a name between two signs, as in `[user_email]` or `%name%`.
fn has_name(text: &str, (open, close): (char, char)) -> bool {
    text.match_indices(open).any(|(at, sign)| {
        let rest = &text[at + sign.len()..];
        let name = rest.split_once(close).map(|(name, _)| name);
        name.is_some_and(|name| {
            let is_named = |c: char| c.is_alphabetic() || matches!(c, '_' | '.' | ' ');
            name.chars().filter(|c| c.is_alphabetic()).count() >= FEWEST_LETTERS && name.chars().all(is_named)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_stands_for_nothing_is_told_from_a_strange_one() {
        for id in [
            "null",
            " NULL ",
            "None",
            "NaN",
            "undefined",
            "[object Object]",
            "-",
            "{{customer.id}}",
            "%ID%",
            "${id}",
        ] {
            assert!(is_nothing(id), "{id}");
        }
        for id in ["0", "unknown", "nullable", "desk:null", "a-1", "[VIP] 7", "100%", "№", "😀", "%%", "Ж"]
        {
            assert_eq!(is_nothing(id), id == "%%", "{id}");
        }
    }

    #[test]
    fn what_stands_for_nobody_is_told_from_what_only_looks_like_it() {
        for id in [
            "null",
            "None",
            "0",
            "desk:0",
            "desk: NULL",
            "-",
            "desk:—",
            "''",
            "[]",
            "N/A",
            "desk:#N/A",
            "false",
            "0.0",
            "unknown",
            "glpi:{{ ticket.requester.id }}",
            "omnidesk:[user_email]",
            "hde:[ID клиента]",
            "x:%customer.id%",
            "x:${id}",
            "{% if x %}",
        ] {
            assert!(is_nobodys(id, true), "{id}");
        }
        for id in [
            "10",
            "desk:10",
            "nullable",
            "zero:00",
            "user[1]",
            "a%D0%BE%D0%B0",
            "100%",
            "[x]",
            "anna@example.com",
        ] {
            assert!(!is_nobodys(id, true), "{id}");
        }
        assert!(is_nobodys("null", false));
        assert!(!is_nobodys("chat:0", false), "the first message of a chat");
    }
}
