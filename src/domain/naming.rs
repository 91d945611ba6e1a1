//! Tells real names from placeholders. Systems write `null`, `%NAME%` or invisible characters when they know no name,
//! and nobody wants to be greeted with that.

use super::visible::is_blank;

/// What programs and people write for "no name", in lower case.
const NONE: [&str; 22] = [
    "null",
    "(null)",
    "<null>",
    "nil",
    "none",
    "undefined",
    "n/a",
    "#n/a",
    "n.a.",
    "н/д",
    "unknown",
    "noname",
    "no name",
    "anonymous",
    "не указано",
    "не указан",
    "не указана",
    "неизвестно",
    "без имени",
    "имя",
    "name",
    "[object object]",
];
/// "Nan" is a name; only in the spellings that programs use does it mean "not a number".
const NOT_A_NUMBER: [&str; 2] = ["NaN", "nan"];
/// The opening and closing marks of template slots.
const SLOTS: [(&str, &str); 9] = [
    ("{", "}"),
    ("${", "}"),
    ("#{", "}"),
    ("[", "]"),
    ("<", ">"),
    ("%", "%"),
    ("*|", "|*"),
    ("__", "__"),
    ("@@", "@@"),
];

/// Returns the name in a text, if there is one.
#[must_use]
pub fn stated_name(text: &str) -> Option<&str> {
    let text = text.trim();
    if is_blank(text) || text.chars().all(|c| c.is_ascii_punctuation() || matches!(c, '–' | '—' | '…' | ' '))
    {
        return None;
    }
    let is_none =
        |words: &str| NOT_A_NUMBER.contains(&words) || NONE.contains(&words.to_lowercase().as_str());
    let is_slot = SLOTS.iter().any(|(begin, end)| {
        text.len() > begin.len() + end.len() && text.starts_with(begin) && text.ends_with(end)
    });
    // The first name and the surname may both be unknown.
    let nothing = is_none(text) || text.split_whitespace().all(is_none);
    (!is_slot && !nothing).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_none_is_not_said() {
        for text in [
            "",
            " ",
            "\u{200b}",
            "\u{3164}",
            "\u{2800} \u{ad}",
            "-",
            "—",
            "...",
            "?",
            "null",
            "NULL",
            "undefined",
            "None",
            "N/A",
            "#N/A",
            "nan",
            "NaN",
            "null null",
            "undefined undefined",
            "%NAME%",
            "%%name%%",
            "{{name}}",
            "{{ first_name }} {{ last_name }}",
            "{name}",
            "{имя}",
            "${customer.name}",
            "#{name}",
            "[имя]",
            "[Имя клиента]",
            "<name>",
            "*|FNAME|*",
            "__NAME__",
            "[object Object]",
            "Имя",
            "Не указано",
        ] {
            assert_eq!(stated_name(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_name_that_is_one_is_said_as_it_is() {
        for text in [
            "Анна",
            "Nan",
            "Noné",
            "O'Neill",
            "J.",
            "李雷",
            "🌸",
            "שרה",
            "Анна (VIP)",
            "Null Ольга",
            "Nil Armstrong",
        ] {
            assert_eq!(stated_name(text), Some(text), "{text:?}");
        }
        assert_eq!(stated_name(" Анна\n"), Some("Анна"));
    }
}
