//! Texts that templates write in place of an ID that there is not: each would be one customer for everybody without one.

/// What languages and spreadsheets print for nothing.
const NOTHING: [&str; 11] =
    ["null", "none", "undefined", "nil", "nan", "(null)", "n/a", "#n/a", "false", "unknown", "0.0"];
/// What begins or ends a placeholder, in the languages of templates.
const MARKS: [&str; 5] = ["{{", "}}", "{%", "<%", "${"];
/// Signs around a placeholder's name, and the fewest letters that such a name has.
const SIGNS: [(char, char); 2] = [('[', ']'), ('%', '%')];
const FEWEST_LETTERS: usize = 3;

/// Whether an ID is nobody's. What stands before a colon is only the name of the system, where `is_person`.
pub(super) fn is_nobodys(id: &str, is_person: bool) -> bool {
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
