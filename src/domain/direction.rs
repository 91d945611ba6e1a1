//! Keeps other people's text from reversing ours. Hebrew, Arabic and direction-changing characters must not reorder the
//! words that we put before and after them. Unicode provides isolates for this (UAX #9). Text that does not need them
//! gets none.

use std::borrow::Cow;

use icu_properties::CodePointMapData;
use icu_properties::props::BidiClass;

/// Starts an isolate that takes its direction from its first strong letter.
const BEGIN: char = '\u{2068}';
const END: char = '\u{2069}';
/// The deepest nesting of isolates that is kept; deeper ones are dropped.
const MOST_OPEN: usize = 8;

/// Makes other people's text safe to put into a sentence of ours. It may be applied again to a text that contains the
/// result.
#[must_use]
pub fn isolated(text: &str) -> Cow<'_, str> {
    rewritten(text, |line, out| {
        let begin = out.len();
        if contain(line, out) {
            out.insert(begin, BEGIN);
            out.push(END);
        }
    })
}

/// Makes other people's text safe on lines of its own: every isolate that a line opens is closed at its end.
#[must_use]
pub fn contained(text: &str) -> Cow<'_, str> {
    rewritten(text, |line, out| {
        contain(line, out);
    })
}

/// Rewrites the text line by line, because an isolate never reaches past its line.
fn rewritten(text: &str, write: impl Fn(&str, &mut String)) -> Cow<'_, str> {
    // The UTF-8 form of every right-to-left character and every direction control starts with a higher byte.
    if text.bytes().all(|byte| byte < 0xd6) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for line in text.split_inclusive(ends_line) {
        let words = line.trim_end_matches(ends_line);
        write(words, &mut out);
        out.push_str(&line[words.len()..]);
    }
    if out == text { Cow::Borrowed(text) } else { Cow::Owned(out) }
}

fn ends_line(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2029}')
}

/// Copies a line. It closes the isolates that the line opens, and drops closings without an opening as well as all
/// other direction controls. Returns true if anything outside isolates runs from right to left.
fn contain(line: &str, out: &mut String) -> bool {
    let mut open = 0;
    let mut turns = false;
    for c in line.chars() {
        match c {
            '\u{202a}'..='\u{202e}' => continue,
            '\u{2066}'..='\u{2068}' if open == MOST_OPEN => continue,
            '\u{2066}'..='\u{2068}' => open += 1,
            END if open == 0 => continue,
            END => open -= 1,
            c => turns |= open == 0 && runs_left(c),
        }
        out.push(c);
    }
    out.extend(std::iter::repeat_n(END, open));
    turns
}

fn runs_left(c: char) -> bool {
    c >= '\u{590}'
        && matches!(
            CodePointMapData::<BidiClass>::new().get(c),
            BidiClass::RightToLeft | BidiClass::ArabicLetter | BidiClass::ArabicNumber
        )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_bidi::{BidiInfo, Level};

    use super::*;

    /// Whether our words around the inserted text run as they would around plain text.
    fn stands(text: &str, ours: &[&str]) -> bool {
        let bidi = BidiInfo::new(text, Some(Level::ltr()));
        let level = |at: usize| bidi.levels[at].is_ltr();
        ours.iter().all(|words| {
            let at = text.rfind(words).unwrap();
            (at..at + words.len()).all(level)
        })
    }

    #[test]
    fn plain_names_stay_as_they_are() {
        for text in ["", "Anna", "Анна & Ко", "Заказ №1 — «ёлка» 🎄", "李雷", "O\u{301}"]
        {
            assert!(matches!(isolated(text), Cow::Borrowed(same) if same == text), "{text}");
            assert_eq!(contained(text), text);
        }
    }

    #[test]
    fn words_that_run_the_other_way_are_isolated_line_by_line_and_once() {
        let once = isolated("שרה");
        assert_eq!(once, "\u{2068}שרה\u{2069}");
        assert_eq!(isolated(&once), once);
        assert_eq!(isolated(&format!("{once} (Anna)")), format!("{once} (Anna)"));
        assert_eq!(isolated("שרה\nAnna\n"), "\u{2068}שרה\u{2069}\nAnna\n");
        assert_eq!(contained("שרה"), "שרה");
    }

    #[test]
    fn what_turns_the_direction_is_left_out_and_what_is_open_is_closed() {
        assert_eq!(isolated("\u{202e}Anna"), "Anna");
        assert_eq!(isolated("A\u{2067}nna"), "A\u{2067}nna\u{2069}");
        assert_eq!(isolated("\u{2069}\u{2069}ש"), "\u{2068}ש\u{2069}");
        assert_eq!(contained("\u{2068}ש\nx\u{2069}"), "\u{2068}ש\u{2069}\nx");
        assert!(isolated(&"\u{2066}".repeat(1000)).chars().count() <= 2 * MOST_OPEN);
        assert!(!stands("Dear \u{202e}Anna, hello 1!", &[", hello 1!"]));
    }

    proptest! {
        #[test]
        fn no_words_turn_around_what_stands_beside_them(
            name in "[A-Cа-в0-9 ,.!()\u{5d0}-\u{5d3}\u{627}-\u{62a}\u{660}-\u{663}\u{200e}\u{200f}\u{61c}\u{202a}-\u{202e}\u{2066}-\u{2069}\n]{0,24}"
        ) {
            let text = format!("Dear {}, hello 1! (2)", isolated(&name));
            prop_assert!(stands(&text, &["Dear ", ", hello 1! (2)"]) || name.contains('\n'), "{text:?}");
            let last = name.lines().last().unwrap_or_default();
            let text = format!("Dear {}, hello 1! (2)", isolated(last));
            prop_assert!(stands(&text, &["Dear ", ", hello 1! (2)"]), "{text:?}");
            // Cutting the text anywhere and containing it again is just as safe.
            let cut: String = text.chars().take(name.chars().count()).collect();
            let both = format!("{}\nWe say 3: yes.", contained(&cut));
            prop_assert!(stands(&both, &["We say 3: yes."]), "{both:?}");
            let again = isolated(&name).into_owned();
            prop_assert_eq!(isolated(&again), again.as_str());
        }
    }
}
