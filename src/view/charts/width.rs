//! How wide a text is, roughly: enough to break lines and to leave labels out before they touch.

/// The width of a text in pixels, a little more rather than less. The widths are those of Roboto.
pub(super) fn width(text: &str, size: f64) -> f64 {
    size * text.chars().map(em).sum::<f64>()
}

/// The width of a character by the size of the font.
const fn em(c: char) -> f64 {
    match c {
        '\u{202f}' | ' ' | '.' | ',' | ':' | ';' | '!' | '|' | '\'' | 'i' | 'l' | 'j' | 'I' => 0.27,
        '(' | ')' | '[' | ']' | '/' | '-' | 'f' | 't' | 'r' | '"' | '·' => 0.36,
        'm' | 'w' | 'ж' | 'м' | 'ш' | 'щ' | 'ю' | 'ы' | 'ф' | '%' | 'W' | 'M' | 'Ж' | 'М' | 'Ш' | 'Щ'
        | 'Ю' | '—' | '@' | '№' | '…' => 0.87,
        'Æ' | 'æ' | 'Œ' | 'œ' | 'Ŵ' | 'Љ' | 'Њ' => 1.0,
        'A'..='Z' | 'А'..='Я' | 'À'..='ſ' => 0.68,
        'Ѐ'..='Џ' | '\u{460}'..='\u{4ff}' => 0.76,
        '\u{1100}'.. => 1.1,
        _ => 0.57,
    }
}

/// Breaks a text into at most `most` lines of this width; what is left ends in `…`.
pub(super) fn lines(text: &str, size: f64, room: f64, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if width(&longer, size) <= room {
            line = longer;
        } else if lines.len() + 1 == most {
            lines.push(cut(&longer, size, room));
            return lines;
        } else if line.is_empty() {
            lines.push(cut(word, size, room));
        } else {
            lines.push(cut(&std::mem::replace(&mut line, word.to_owned()), size, room));
        }
    }
    if !line.is_empty() {
        lines.push(cut(&line, size, room));
    }
    lines
}

/// The text, cut to a width.
pub(super) fn cut(text: &str, size: f64, room: f64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        if width(&kept, size) + width("…", size) + size * em(c) > room {
            break;
        }
        kept.push(c);
    }
    format!("{}…", kept.trim_end_matches([' ', ',', '…']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_broken_and_then_cut() {
        assert_eq!(lines("Помощь поддержки", 15.0, 376.0, 2), ["Помощь поддержки"]);
        let long =
            "Обращением занимался специалист. Как вам его помощь, и всё ли получилось решить с первого раза?";
        let broken = lines(long, 15.0, 376.0, 2);
        assert_eq!(broken.len(), 2);
        assert!(broken[1].ends_with('…'), "{broken:?}");
        assert!(broken.iter().all(|line| width(line, 15.0) <= 376.0), "{broken:?}");
    }

    #[test]
    fn a_word_without_end_is_cut() {
        let broken = lines(&"слово".repeat(50), 15.0, 100.0, 2);
        assert!(broken.iter().all(|line| width(line, 15.0) <= 100.0), "{broken:?}");
    }
}
