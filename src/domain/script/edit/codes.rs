//! Edits and prompts encoded as a letter and a few numbers, which fits into a button.

use super::{Field, Form, LIST_FIELDS, List, Prompt, SEND_FIELDS, Tap};
use crate::domain::locale;
use crate::domain::metric::Metric;
use crate::domain::scale::{AlertLevel, Band, Scale};
use crate::domain::script::Trigger;

/// A letter and the numbers after it.
pub type Code = (char, Vec<usize>);

/// Writes a code, such as `b3.0.10`.
#[must_use]
pub fn write((letter, numbers): &Code) -> String {
    let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    format!("{letter}{}", numbers.join("."))
}

/// Parses the result of [`write()`], and rejects anything that it cannot have produced.
#[must_use]
pub fn read(text: &str) -> Option<Code> {
    let mut rest = text.chars();
    let letter = rest.next()?;
    let rest = rest.as_str();
    if rest.is_empty() {
        return Some((letter, Vec::new()));
    }
    let number = |text: &str| {
        let number: usize = text.parse().ok().filter(|number| *number <= 999_999)?;
        (number.to_string() == text).then_some(number)
    };
    Some((letter, rest.split('.').map(number).collect::<Option<_>>()?))
}

fn place<T: PartialEq>(all: &[T], one: &T) -> usize {
    all.iter().position(|other| other == one).unwrap_or(0)
}

fn one<T: Copy>(all: &[T], place: usize) -> Option<T> {
    all.get(place).copied()
}

fn flag(number: usize) -> Option<bool> {
    one(&[false, true], number)
}

impl List {
    fn numbers(self) -> [usize; 3] {
        match self {
            Self::Options(question) => [0, question, 0],
            Self::Reasons(question, band) => [1, question, place(Band::ALL, &band)],
            Self::Links(question, band) => [2, question, place(Band::ALL, &band)],
        }
    }

    fn from_numbers([kind, question, band]: [usize; 3]) -> Option<Self> {
        match (kind, band) {
            (0, 0) => Some(Self::Options(question)),
            (1, band) => Some(Self::Reasons(question, one(Band::ALL, band)?)),
            (2, band) => Some(Self::Links(question, one(Band::ALL, band)?)),
            _ => None,
        }
    }

    #[must_use]
    pub fn code(self, letter: char, more: &[usize]) -> Code {
        (letter, self.numbers().into_iter().chain(more.iter().copied()).collect())
    }

    /// Reads the list and returns it with the remaining numbers.
    #[must_use]
    pub fn of_code(numbers: &[usize]) -> Option<(Self, &[usize])> {
        let (list, more) = numbers.split_first_chunk::<3>()?;
        Some((Self::from_numbers(*list)?, more))
    }
}

impl Field {
    #[must_use]
    pub fn code(self) -> Code {
        let band = |band: Band| place(Band::ALL, &band);
        match self {
            Self::Slug => ('u', vec![]),
            Self::Title => ('t', vec![]),
            Self::Priority => ('p', vec![]),
            Self::Greeting => ('g', vec![]),
            Self::Thanks => ('k', vec![]),
            Self::Send(rule) => ('s', vec![place(&SEND_FIELDS, &rule)]),
            Self::When(list) => ('w', vec![place(&LIST_FIELDS, &list)]),
            Self::MinMessages => ('m', vec![]),
            Self::Sample => ('e', vec![]),
            Self::Text(question) => ('x', vec![question]),
            Self::Key(question) => ('y', vec![question]),
            Self::Factor(question) => ('f', vec![question]),
            Self::Label(question, value) => ('l', vec![question, usize::try_from(value).unwrap_or(0)]),
            Self::LowEnd(question) => ('a', vec![question]),
            Self::HighEnd(question) => ('z', vec![question]),
            Self::Comment(question, of) => ('c', vec![question, band(of)]),
            Self::ItemText(list, at) => list.code('i', &[at]),
            Self::ItemKey(list, at) => list.code('j', &[at]),
            Self::Url(question, of, at) => ('r', vec![question, band(of), at]),
            Self::NewItem(list) => list.code('n', &[]),
            Self::Translation => ('h', vec![]),
        }
    }

    #[must_use]
    pub fn from_code((letter, numbers): &Code) -> Option<Self> {
        Some(match (letter, numbers.as_slice()) {
            ('u', []) => Self::Slug,
            ('t', []) => Self::Title,
            ('p', []) => Self::Priority,
            ('g', []) => Self::Greeting,
            ('k', []) => Self::Thanks,
            ('s', [rule]) => Self::Send(one(&SEND_FIELDS, *rule)?),
            ('w', [list]) => Self::When(one(&LIST_FIELDS, *list)?),
            ('m', []) => Self::MinMessages,
            ('e', []) => Self::Sample,
            ('h', []) => Self::Translation,
            ('x', [question]) => Self::Text(*question),
            ('y', [question]) => Self::Key(*question),
            ('f', [question]) => Self::Factor(*question),
            ('l', [question, value]) => Self::Label(*question, i64::try_from(*value).ok()?),
            ('a', [question]) => Self::LowEnd(*question),
            ('z', [question]) => Self::HighEnd(*question),
            ('c', [question, band]) => Self::Comment(*question, one(Band::ALL, *band)?),
            ('r', [question, band, at]) => Self::Url(*question, one(Band::ALL, *band)?, *at),
            ('i' | 'j' | 'n', numbers) => match (letter, List::of_code(numbers)?) {
                ('i', (list, [at])) => Self::ItemText(list, *at),
                ('j', (list, [at])) => Self::ItemKey(list, *at),
                ('n', (list, [])) => Self::NewItem(list),
                _ => return None,
            },
            _ => return None,
        })
    }
}

/// Their numbers from the time when there were no other languages; buttons in existing chats still use them.
const ONCE_THE_ONLY_ONES: [&str; 2] = ["ru", "en"];
/// The 26 letters, and one value for "no letter".
const LETTERS: usize = 27;

/// A language as a number, the same in every installation.
#[must_use]
pub fn of_language(code: &str) -> usize {
    let letters = code.bytes().map(|letter| usize::from(letter.wrapping_sub(b'a' - 1)));
    let once = ONCE_THE_ONLY_ONES.iter().position(|known| *known == code);
    once.unwrap_or_else(|| letters.fold(0, |number, letter| number * LETTERS + letter))
}

/// The language with this number, whether or not the installation has it.
#[must_use]
pub fn language(number: usize) -> Option<&'static str> {
    if let Some(once) = ONCE_THE_ONLY_ONES.get(number) {
        return Some(once);
    }
    let letter = |number: usize| {
        let number = u8::try_from(number).ok().filter(|number| usize::from(*number) < LETTERS)?;
        Some(char::from(b'a' - 1 + number))
    };
    let text: String = [letter(number / LETTERS)?, letter(number % LETTERS)?].into_iter().collect();
    locale::code(&text).filter(|code| of_language(code) == number)
}

impl Prompt {
    /// The language is the first number.
    #[must_use]
    pub fn code(self) -> Code {
        let (letter, mut numbers) = self.field.code();
        numbers.insert(0, self.language.map_or(0, of_language));
        (letter, numbers)
    }

    #[must_use]
    pub fn from_code((letter, numbers): &Code) -> Option<Self> {
        let (number, numbers) = numbers.split_first()?;
        let field = Field::from_code(&(*letter, numbers.to_vec()))?;
        match field.form() {
            Form::Plain => (*number == 0).then_some(Self { field, language: None }),
            Form::Long | Form::Line | Form::Items | Form::Link | Form::Translation => {
                Some(Self { field, language: Some(language(*number)?) })
            }
        }
    }
}

impl Tap {
    #[must_use]
    pub fn code(self) -> Code {
        let flag = usize::from;
        match self {
            Self::On(trigger) => ('o', vec![place(Trigger::ALL, &trigger)]),
            Self::AddQuestion(metric) => ('a', vec![metric.spec().code]),
            Self::RemoveQuestion(question) => ('x', vec![question]),
            Self::MoveQuestion(question, up) => ('v', vec![question, flag(up)]),
            Self::CopyQuestion(question) => ('c', vec![question]),
            Self::Metric(question, metric) => ('m', vec![question, metric.spec().code]),
            Self::Scale(question, scale) => ('s', vec![question, place(Scale::ALL, &scale)]),
            Self::HighIsHard(question, hard) => ('h', vec![question, flag(hard)]),
            Self::Bands(question, low, high) => ('b', vec![question, low, high]),
            Self::DefaultBands(question) => ('d', vec![question]),
            Self::Alert(question, level) => ('l', vec![question, place(AlertLevel::ALL, &level)]),
            Self::Multiple(question, on) => ('u', vec![question, flag(on)]),
            Self::RemoveItem(list, at) => list.code('r', &[at]),
            Self::MoveItem(list, at, up) => list.code('w', &[at, flag(up)]),
            Self::Clear(field) => {
                let (letter, mut numbers) = field.code();
                // The field's letter becomes a number, so that one letter is enough here.
                numbers.insert(0, usize::from(u8::try_from(letter).unwrap_or(0)));
                ('k', numbers)
            }
            Self::NoBranch(question) => ('n', vec![question]),
            Self::Branch(question, of) => ('f', vec![question, of]),
            Self::BranchBand(question, band, on) => ('g', vec![question, place(Band::ALL, &band), flag(on)]),
            Self::BranchValue(question, at, on) => ('i', vec![question, at, flag(on)]),
            Self::BranchOption(question, at, on) => ('j', vec![question, at, flag(on)]),
            Self::Preset(rule, at) => ('p', vec![place(&SEND_FIELDS, &rule), at]),
            Self::DayOff(day, on) => ('y', vec![day, flag(on)]),
        }
    }

    #[must_use]
    pub fn from_code((letter, numbers): &Code) -> Option<Self> {
        Some(match (letter, numbers.as_slice()) {
            ('o', [trigger]) => Self::On(one(Trigger::ALL, *trigger)?),
            ('a', [metric]) => Self::AddQuestion(Metric::from_code(*metric)?),
            ('x', [question]) => Self::RemoveQuestion(*question),
            ('v', [question, up]) => Self::MoveQuestion(*question, flag(*up)?),
            ('c', [question]) => Self::CopyQuestion(*question),
            ('m', [question, metric]) => Self::Metric(*question, Metric::from_code(*metric)?),
            ('s', [question, scale]) => Self::Scale(*question, one(Scale::ALL, *scale)?),
            ('h', [question, hard]) => Self::HighIsHard(*question, flag(*hard)?),
            ('b', [question, low, high]) => Self::Bands(*question, *low, *high),
            ('d', [question]) => Self::DefaultBands(*question),
            ('l', [question, level]) => Self::Alert(*question, one(AlertLevel::ALL, *level)?),
            ('u', [question, on]) => Self::Multiple(*question, flag(*on)?),
            ('r' | 'w', numbers) => match (letter, List::of_code(numbers)?) {
                ('r', (list, [at])) => Self::RemoveItem(list, *at),
                ('w', (list, [at, up])) => Self::MoveItem(list, *at, flag(*up)?),
                _ => return None,
            },
            ('k', [letter, numbers @ ..]) => {
                let letter = char::from(u8::try_from(*letter).ok()?);
                Self::Clear(Field::from_code(&(letter, numbers.to_vec()))?)
            }
            ('n', [question]) => Self::NoBranch(*question),
            ('f', [question, of]) => Self::Branch(*question, *of),
            ('g', [question, band, on]) => Self::BranchBand(*question, one(Band::ALL, *band)?, flag(*on)?),
            ('i', [question, at, on]) => Self::BranchValue(*question, *at, flag(*on)?),
            ('j', [question, at, on]) => Self::BranchOption(*question, *at, flag(*on)?),
            ('p', [rule, at]) => Self::Preset(one(&SEND_FIELDS, *rule)?, *at),
            ('y', [day, on]) => Self::DayOff(*day, flag(*on)?),
            _ => return None,
        })
    }
}
