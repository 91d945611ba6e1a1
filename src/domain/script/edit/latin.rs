//! Makes keys and short names from a text: Latin letters, digits and underscores.

/// The longest key. People read keys, so they consist of whole words as far as they fit.
const MOST_CHARS: usize = 24;

/// "Всё ли решили?" → `vse_li_reshili`. Returns `None` if no part of the text can be written this way.
#[must_use]
pub fn key_from(text: &str) -> Option<String> {
    let mut words: Vec<String> = vec![String::new()];
    for c in without_fallbacks(text).to_lowercase().chars() {
        match latin(c) {
            Some(letters) => words.last_mut()?.push_str(letters),
            None if c.is_ascii_alphanumeric() => words.last_mut()?.push(c),
            // "don't" is one word; a character without a Latin equivalent is left out.
            None if c.is_alphanumeric() || matches!(c, '\'' | '’' | '\u{301}') => {}
            None => words.push(String::new()),
        }
    }
    let mut key = String::new();
    for word in words.iter().filter(|word| !word.is_empty()) {
        if key.is_empty() {
            key = word.chars().take(MOST_CHARS).collect();
        } else if key.len() + 1 + word.len() <= MOST_CHARS {
            key = format!("{key}_{word}");
        } else {
            break;
        }
    }
    (!key.is_empty()).then_some(key)
}

/// Replaces each placeholder by its name: `{agent|our specialist}` → ` agent `.
fn without_fallbacks(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, inside)) = rest.split_once('{') {
        let (inside, after) = inside.split_once('}').unwrap_or((inside, ""));
        let name = inside.split('|').next().unwrap_or_default();
        kept.extend([before, " ", name, " "]);
        rest = after;
    }
    kept + rest
}

/// Transliterates the Cyrillic letters of the languages that scripts are written in, and Latin letters with diacritics.
fn latin(letter: char) -> Option<&'static str> {
    Some(match letter {
        'а' | 'ә' | 'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' => "a",
        'б' => "b",
        'ц' => "ts",
        'ч' => "ch",
        'ç' => "c",
        'д' => "d",
        'е' | 'ё' | 'э' | 'є' | 'é' | 'è' | 'ê' | 'ë' | 'ə' => "e",
        'ф' => "f",
        'г' | 'ґ' | 'ғ' | 'ğ' => "g",
        'х' => "kh",
        'һ' | 'ҳ' => "h",
        'и' | 'і' | 'ӣ' | 'í' | 'ì' | 'î' | 'ı' => "i",
        'ї' => "yi",
        'ж' => "zh",
        'ҷ' => "j",
        'к' | 'қ' => "k",
        'л' => "l",
        'м' => "m",
        'н' | 'ң' | 'ñ' => "n",
        'о' | 'ө' | 'ó' | 'ò' | 'ô' | 'ö' | 'õ' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'ш' | 'ş' => "sh",
        'щ' => "shch",
        'ß' => "ss",
        'т' => "t",
        'у' | 'ў' | 'ұ' | 'ү' | 'ӯ' | 'ú' | 'ù' | 'û' | 'ü' => "u",
        'в' => "v",
        'й' | 'ы' => "y",
        'ю' => "yu",
        'я' => "ya",
        'з' => "z",
        'ъ' | 'ь' => "",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_of_words_in_any_of_the_scripts_and_not_cut_inside_one() {
        for (text, key) in [
            ("Как вам доставка?", "kak_vam_dostavka"),
            ("Всё ли решили?", "vse_li_reshili"),
            ("Not solved", "not_solved"),
            ("It didn't work", "it_didnt_work"),
            ("Насколько вы довольны обслуживанием в магазине?", "naskolko_vy_dovolny"),
            ("Вам отвечал {agent|наш специалист}. Как?", "vam_otvechal_agent_kak"),
            ("Көмек қалай болды?", "komek_kalay_boldy"),
            ("Wie war’s für Sie?", "wie_wars_fur_sie"),
            ("1–5", "1_5"),
            ("Достопримечательностеведение", "dostoprimechatelnosteved"),
        ] {
            assert_eq!(key_from(text).as_deref(), Some(key), "{text}");
        }
        for text in ["", "…", "你好", "🙂", "{", "ъь"] {
            assert_eq!(key_from(text), None, "{text}");
        }
    }
}
