//! Whether a name is one. Systems write `null`, `%NAME%` or nothing visible where they know none, and nobody wants to be
//! greeted by that.

use super::visible::is_blank;

/// What programs and people write for "there is none"; in small letters.
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
/// A name in other letters; as programs write them they are none.
const NOT_A_NUMBER: [&str; 2] = ["NaN", "nan"];
/// How the slots of templates begin and end.
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

/// The name that a text gives, if it gives one.
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
    // First name and surname, both unknown.
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
