//! Finds out what can be seen of a text. Two identifiers that look the same must be the same. So an identifier may not
//! contain characters that are invisible, look like a space, or are drawn as the same box on every screen. A text that
//! is only read may contain whatever its language needs.

use std::borrow::Cow;

use icu_properties::props::{DefaultIgnorableCodePoint, ExtendedPictographic, GeneralCategory};
use icu_properties::{CodePointMapData, CodePointSetData};

/// Characters that are blank by their shape, although no property says so: the object replacement character, Braille
/// without dots, a filler, and a note without a head.
const BLANK: [char; 4] = ['\u{fffc}', '\u{2800}', '\u{16fe4}', '\u{1d159}'];
/// Replaces a character that could not be decoded. Texts that used to differ may now be equal.
const LOST: char = '\u{fffd}';
const JOINER: char = '\u{200d}';
const AS_EMOJI: char = '\u{fe0f}';

/// Why a character is not allowed in an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    Control,
    Unseen,
    LooksLikeSpace,
    /// Private use, or without a meaning in Unicode: all of them are drawn as the same box.
    NoMeaning,
    Lost,
}

/// The first character that is not allowed in an identifier. Positions count characters from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unfit {
    pub character: char,
    pub position: usize,
    pub why: Why,
}

/// Writes a sentence that completes "the field …".
impl std::fmt::Display for Unfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { character, position, why } = self;
        write!(f, "contains U+{:04X} at position {position}, which ", u32::from(*character))?;
        f.write_str(match why {
            Why::Control => "cannot be printed: write it without",
            Why::Unseen => "nobody sees: write it without",
            Why::LooksLikeSpace => "looks like a space and is another character: write a plain space",
            Why::NoMeaning => "has no meaning of its own in Unicode: write it without",
            Why::Lost => "stands for a character that was lost on the way: hand the text over as UTF-8",
        })
    }
}

/// Returns the first character of a text that is not allowed in an identifier.
#[must_use]
pub fn unfit_for_id(text: &str) -> Option<Unfit> {
    first(text, |_, _, _| false)
}

/// The same for words that people choose, such as tags. These may contain emoji, which some invisible characters hold
/// together.
#[must_use]
pub fn unfit_for_label(text: &str) -> Option<Unfit> {
    first(text, is_part_of_picture)
}

/// Prepares a text for a terminal or an error message. Characters that would have an effect there or could not be seen
/// are written like `\u{202e}`.
#[must_use]
pub fn revealed(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for (before, c, after) in neighbours(text) {
        let hidden =
            !is_plain(c) && why(c).is_some_and(|why| !matches!(why, Why::LooksLikeSpace | Why::Lost));
        if hidden && !is_part_of_picture(before, c, after) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Whether nothing of a text can be seen.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_whitespace() || (!is_plain(c) && matches!(why(c), Some(Why::Unseen | Why::Control))))
}

/// Whether a character is never allowed in an identifier. Characters without a meaning are left to [`unfit_for_id`],
/// because they are spread over too many ranges to list.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    !is_plain(c) && why(c).is_some_and(|why| why != Why::NoMeaning)
}

/// The same for words that people choose. Characters that may be part of a pictograph are left to [`unfit_for_label`].
#[must_use]
pub fn is_hidden_in_label(c: char) -> bool {
    is_hidden(c) && !matches!(c, AS_EMOJI | JOINER) && !is_picture(c)
}

/// Whether a text has printable ASCII characters only.
#[must_use]
pub fn is_plain_ascii(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

fn first(text: &str, may: impl Fn(Option<char>, char, Option<char>) -> bool) -> Option<Unfit> {
    // Almost every identifier needs no further check.
    if is_plain_ascii(text) {
        return None;
    }
    neighbours(text).enumerate().find_map(|(index, (before, character, after))| {
        let why = if is_plain(character) { None } else { why(character) };
        let why = why.filter(|_| !may(before, character, after))?;
        Some(Unfit { character, position: index + 1, why })
    })
}

/// Returns each character with the ones before and after it.
fn neighbours(text: &str) -> impl Iterator<Item = (Option<char>, char, Option<char>)> {
    let mut before = None;
    let mut rest = text.chars().peekable();
    std::iter::from_fn(move || {
        let c = rest.next()?;
        let found = (before, c, rest.peek().copied());
        before = Some(c);
        Some(found)
    })
}

fn is_part_of_picture(before: Option<char>, c: char, after: Option<char>) -> bool {
    match c {
        AS_EMOJI => before.is_some_and(is_picture),
        JOINER => before.is_some_and(|c| is_picture(c) || c == AS_EMOJI) && after.is_some_and(is_picture),
        c => is_picture(c),
    }
}

/// Whether this is a Latin or Cyrillic letter or an ASCII character, for which no table is needed.
fn is_plain(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{c0}'..='\u{24f}' | '\u{400}'..='\u{482}' | '\u{48a}'..='\u{52f}' | '№')
}

fn is_picture(c: char) -> bool {
    !c.is_ascii() && CodePointSetData::new::<ExtendedPictographic>().contains(c)
}

fn why(c: char) -> Option<Why> {
    use GeneralCategory as G;
    if c == LOST {
        return Some(Why::Lost);
    }
    if BLANK.contains(&c) || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c) {
        return Some(Why::Unseen);
    }
    match CodePointMapData::<GeneralCategory>::new().get(c) {
        G::Control | G::LineSeparator | G::ParagraphSeparator => Some(Why::Control),
        G::Format => Some(Why::Unseen),
        G::SpaceSeparator if c != ' ' => Some(Why::LooksLikeSpace),
        G::PrivateUse | G::Unassigned | G::Surrogate => Some(Why::NoMeaning),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case('\u{200b}', Why::Unseen)]
    #[case('\u{200e}', Why::Unseen)]
    #[case('\u{ad}', Why::Unseen)]
    #[case('\u{34f}', Why::Unseen)]
    #[case('\u{61c}', Why::Unseen)]
    #[case('\u{115f}', Why::Unseen)]
    #[case('\u{1160}', Why::Unseen)]
    #[case('\u{180e}', Why::Unseen)]
    #[case('\u{202e}', Why::Unseen)]
    #[case('\u{2060}', Why::Unseen)]
    #[case('\u{2065}', Why::Unseen)]
    #[case('\u{2069}', Why::Unseen)]
    #[case('\u{2800}', Why::Unseen)]
    #[case('\u{3164}', Why::Unseen)]
    #[case('\u{fe0f}', Why::Unseen)]
    #[case('\u{feff}', Why::Unseen)]
    #[case('\u{ffa0}', Why::Unseen)]
    #[case('\u{fff9}', Why::Unseen)]
    #[case('\u{fffc}', Why::Unseen)]
    #[case('\u{1d173}', Why::Unseen)]
    #[case('\u{e0041}', Why::Unseen)]
    #[case('\u{e0100}', Why::Unseen)]
    #[case('\u{a0}', Why::LooksLikeSpace)]
    #[case('\u{2003}', Why::LooksLikeSpace)]
    #[case('\u{3000}', Why::LooksLikeSpace)]
    #[case('\u{fdd0}', Why::NoMeaning)]
    #[case('\u{ffff}', Why::NoMeaning)]
    #[case('\u{10ffff}', Why::NoMeaning)]
    #[case('\u{e000}', Why::NoMeaning)]
    #[case('\u{378}', Why::NoMeaning)]
    #[case('\u{fffd}', Why::Lost)]
    #[case('\0', Why::Control)]
    #[case('\u{85}', Why::Control)]
    #[case('\u{2028}', Why::Control)]
    fn a_character_that_nobody_can_tell_apart_makes_no_identifier(#[case] c: char, #[case] why: Why) {
        let found = unfit_for_id(&format!("ж-42{c}x"));
        assert_eq!(found, Some(Unfit { character: c, position: 5, why }));
        assert_eq!(unfit_for_label(&format!("ж-42{c}x")), found);
    }

    #[test]
    fn it_is_named_with_its_place() {
        let found = unfit_for_id("abc-de\u{200b}f").unwrap().to_string();
        assert_eq!(found, "contains U+200B at position 7, which nobody sees: write it without");
    }

    #[test]
    fn what_people_see_makes_an_identifier() {
        for text in
            ["C-42", "заказ №1 / T-7#2", "Ёё Ґґ Ąą ß", "客户-7", "لي-7", "é e\u{301}", "🎁 x", "½ ™ €"]
        {
            assert_eq!(unfit_for_id(text), None, "{text}");
        }
        for label in ["❤\u{fe0f} VIP", "👩\u{200d}💻", "🏷\u{fe0f}\u{200d}🔥"] {
            assert_eq!(unfit_for_label(label), None, "{label}");
            assert!(unfit_for_id(label).is_some(), "{label}");
        }
        for label in ["a\u{200d}b", "2\u{fe0f}", "👩\u{200d}", "\u{200d}👩", "❤\u{fe0f}\u{fe0f}"] {
            assert!(unfit_for_label(label).is_some(), "{label:?}");
        }
    }

    #[test]
    fn a_text_without_anything_to_see_is_blank() {
        for text in ["", " \t\n", "\u{200b}", "\u{3164}", "\u{2800}\u{a0}", "\u{e0041}", "\u{202e}\u{ad} "] {
            assert!(is_blank(text), "{text:?}");
        }
        for text in ["x", "\u{200b}.", "Ж", "🌸", "\u{e000}"] {
            assert!(!is_blank(text), "{text:?}");
        }
    }

    #[test]
    fn a_terminal_is_shown_what_would_act_on_it() {
        assert_eq!(revealed("Анна \u{1b}[2J\u{202e}x\n"), r"Анна \u{1b}[2J\u{202e}x\u{a}");
        for text in ["Анна & Ко", "👩\u{200d}💻 ❤\u{fe0f}", "李雷", "a\u{a0}b"] {
            assert_eq!(revealed(text), text);
        }
    }

    proptest! {
        /// The shortcut agrees with the tables.
        #[test]
        fn plain_characters_are_fit(c in any::<char>()) {
            prop_assert!(!is_plain(c) || why(c).is_none(), "{c:?}");
        }
    }
}
