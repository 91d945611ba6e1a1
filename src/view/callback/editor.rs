//! Buttons of the script editor: script, revision and act. A button from another revision changes nothing.

use super::{Act, base36, decode_act, encode_act, from_base36};
use crate::domain::scale::Band;
use crate::domain::script::Trigger;
use crate::domain::script::edit::codes::{self, Code};
use crate::domain::script::edit::{LIST_FIELDS, List, ListField, Prompt, SEND_FIELDS, SendField, Tap};

/// A tap on one of these buttons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditorTap {
    /// Empty if the button is not about one script.
    pub slug: String,
    /// The draft's revision, or the version that was live when the button was drawn.
    pub mark: i64,
    pub act: EditorAct,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditorAct {
    Show(Screen),
    Edit(Tap),
    Ask(Prompt),
    Do(Deed),
    /// A move in the preview, with the number of the step at which the button was drawn.
    Preview(usize, Act),
}

/// The screen to show. The numbers are indices of questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    List,
    New,
    Card,
    Versions,
    AskPause,
    AskRollBack(i64),
    AskDiscard,
    Home,
    Questions,
    AddQuestion,
    Question(usize),
    Metric(usize),
    Scale(usize),
    Bands(usize),
    /// The last low number has been chosen, counted from the bottom of the scale; the first high one is next.
    HighFrom(usize, usize),
    Labels(usize),
    Branch(usize),
    RemoveQuestion(usize),
    Band(usize, Band),
    Items(List),
    Item(List, usize),
    When,
    Words(ListField),
    Send,
    Rule(SendField),
    Problems,
    Publish,
}

/// An act on a whole script, or one outside of any script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Creates a script for this trigger.
    Begin(Trigger),
    /// Opens a draft of the live version.
    Change,
    /// Opens a draft of the live version and asks for its priority.
    Priority,
    /// Opens a draft of the live version and shows the events it asks about.
    Conditions,
    Pause,
    Resume,
    /// Rolls back to the first version. The second is the version that was live when the consequences were shown.
    RollBack(i64, i64),
    /// Publishes the draft. The number is the version that was live when the consequences were shown; 0 if there was
    /// none.
    Publish(i64),
    Discard,
    /// Starts the preview in this language.
    Preview(&'static str),
    EndPreview,
    Backtest,
    /// Sends a test survey to the person who taps.
    Test,
    File,
}

fn number(version: i64) -> usize {
    usize::try_from(version).unwrap_or(0)
}

fn band(band: Band) -> usize {
    Band::ALL.iter().position(|other| *other == band).unwrap_or(0)
}

impl Screen {
    fn code(self) -> Code {
        let rule = |rule: SendField| SEND_FIELDS.iter().position(|other| *other == rule).unwrap_or(0);
        let list = |list: ListField| LIST_FIELDS.iter().position(|other| *other == list).unwrap_or(0);
        match self {
            Self::List => ('l', vec![]),
            Self::New => ('n', vec![]),
            Self::Card => ('c', vec![]),
            Self::Versions => ('v', vec![]),
            Self::AskPause => ('y', vec![]),
            Self::AskRollBack(version) => ('r', vec![number(version)]),
            Self::AskDiscard => ('d', vec![]),
            Self::Home => ('h', vec![]),
            Self::Questions => ('q', vec![]),
            Self::AddQuestion => ('a', vec![]),
            Self::Question(place) => ('o', vec![place]),
            Self::Metric(place) => ('m', vec![place]),
            Self::Scale(place) => ('s', vec![place]),
            Self::Bands(place) => ('b', vec![place]),
            Self::HighFrom(place, low) => ('f', vec![place, low]),
            Self::Labels(place) => ('e', vec![place]),
            Self::Branch(place) => ('i', vec![place]),
            Self::RemoveQuestion(place) => ('x', vec![place]),
            Self::Band(place, of) => ('g', vec![place, band(of)]),
            Self::Items(list) => list.code('t', &[]),
            Self::Item(list, at) => list.code('u', &[at]),
            Self::When => ('w', vec![]),
            Self::Words(of) => ('j', vec![list(of)]),
            Self::Send => ('z', vec![]),
            Self::Rule(of) => ('k', vec![rule(of)]),
            Self::Problems => ('p', vec![]),
            Self::Publish => ('P', vec![]),
        }
    }

    fn from_code((letter, numbers): &Code) -> Option<Self> {
        Some(match (letter, numbers.as_slice()) {
            ('l', []) => Self::List,
            ('n', []) => Self::New,
            ('c', []) => Self::Card,
            ('v', []) => Self::Versions,
            ('y', []) => Self::AskPause,
            ('r', [version]) => Self::AskRollBack(i64::try_from(*version).ok()?),
            ('d', []) => Self::AskDiscard,
            ('h', []) => Self::Home,
            ('q', []) => Self::Questions,
            ('a', []) => Self::AddQuestion,
            ('o', [place]) => Self::Question(*place),
            ('m', [place]) => Self::Metric(*place),
            ('s', [place]) => Self::Scale(*place),
            ('b', [place]) => Self::Bands(*place),
            ('f', [place, low]) => Self::HighFrom(*place, *low),
            ('e', [place]) => Self::Labels(*place),
            ('i', [place]) => Self::Branch(*place),
            ('x', [place]) => Self::RemoveQuestion(*place),
            ('g', [place, of]) => Self::Band(*place, *Band::ALL.get(*of)?),
            ('t' | 'u', numbers) => match (letter, List::of_code(numbers)?) {
                ('t', (list, [])) => Self::Items(list),
                ('u', (list, [at])) => Self::Item(list, *at),
                _ => return None,
            },
            ('w', []) => Self::When,
            ('j', [list]) => Self::Words(*LIST_FIELDS.get(*list)?),
            ('z', []) => Self::Send,
            ('k', [rule]) => Self::Rule(*SEND_FIELDS.get(*rule)?),
            ('p', []) => Self::Problems,
            ('P', []) => Self::Publish,
            _ => return None,
        })
    }
}

impl Deed {
    fn code(self) -> Code {
        match self {
            Self::Begin(on) => ('n', vec![Trigger::ALL.iter().position(|other| *other == on).unwrap_or(0)]),
            Self::Change => ('c', vec![]),
            Self::Priority => ('q', vec![]),
            Self::Conditions => ('w', vec![]),
            Self::Pause => ('p', vec![]),
            Self::Resume => ('r', vec![]),
            Self::RollBack(version, live) => ('b', vec![number(version), number(live)]),
            Self::Publish(live) => ('u', vec![number(live)]),
            Self::Discard => ('d', vec![]),
            Self::Preview(language) => ('v', vec![codes::of_language(language)]),
            Self::EndPreview => ('e', vec![]),
            Self::Backtest => ('k', vec![]),
            Self::Test => ('t', vec![]),
            Self::File => ('f', vec![]),
        }
    }

    fn from_code((letter, numbers): &Code) -> Option<Self> {
        Some(match (letter, numbers.as_slice()) {
            ('n', [on]) => Self::Begin(*Trigger::ALL.get(*on)?),
            ('c', []) => Self::Change,
            ('q', []) => Self::Priority,
            ('w', []) => Self::Conditions,
            ('p', []) => Self::Pause,
            ('r', []) => Self::Resume,
            ('b', [version, live]) => {
                Self::RollBack(i64::try_from(*version).ok()?, i64::try_from(*live).ok()?)
            }
            ('u', [live]) => Self::Publish(i64::try_from(*live).ok()?),
            ('d', []) => Self::Discard,
            ('v', [language]) => Self::Preview(codes::language(*language)?),
            ('e', []) => Self::EndPreview,
            ('k', []) => Self::Backtest,
            ('t', []) => Self::Test,
            ('f', []) => Self::File,
            _ => return None,
        })
    }
}

impl EditorTap {
    pub(super) fn encode(&self) -> String {
        let act = match self.act {
            EditorAct::Show(screen) => format!(".{}", codes::write(&screen.code())),
            EditorAct::Edit(tap) => format!("!{}", codes::write(&tap.code())),
            EditorAct::Ask(prompt) => format!("?{}", codes::write(&prompt.code())),
            EditorAct::Do(deed) => format!("*{}", codes::write(&deed.code())),
            EditorAct::Preview(turn, act) => format!(">{turn}.{}", encode_act(act)),
        };
        format!("{}:{}:{act}", self.slug, base36(self.mark))
    }

    pub(super) fn decode(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, ':');
        let (slug, mark, act) = (parts.next()?, from_base36(parts.next()?)?, parts.next()?);
        let letters = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-');
        if slug.len() > 32 || !slug.bytes().all(letters) {
            return None;
        }
        let (kind, code) = act.split_at_checked(1)?;
        let act = match kind {
            "." => EditorAct::Show(Screen::from_code(&codes::read(code)?)?),
            "!" => EditorAct::Edit(Tap::from_code(&codes::read(code)?)?),
            "?" => EditorAct::Ask(Prompt::from_code(&codes::read(code)?)?),
            "*" => EditorAct::Do(Deed::from_code(&codes::read(code)?)?),
            ">" => {
                let (turn, act) = code.split_once('.')?;
                let number: usize = turn.parse().ok()?;
                (number.to_string() == turn).then_some(EditorAct::Preview(number, decode_act(act)?))?
            }
            _ => return None,
        };
        Some(Self { slug: slug.to_owned(), mark, act })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Data;
    use super::*;
    use crate::domain::script::edit::Field;
    use crate::domain::survey::Input;

    #[test]
    fn every_button_fits_and_is_read_back_with_the_longest_slug() {
        let list = List::Links(49, Band::High);
        let screens = [
            Screen::List,
            Screen::New,
            Screen::Card,
            Screen::Versions,
            Screen::AskPause,
            Screen::AskRollBack(999_999),
            Screen::AskDiscard,
            Screen::Home,
            Screen::Questions,
            Screen::AddQuestion,
            Screen::Question(49),
            Screen::Metric(49),
            Screen::Scale(49),
            Screen::Bands(49),
            Screen::HighFrom(49, 10),
            Screen::Labels(49),
            Screen::Branch(49),
            Screen::RemoveQuestion(49),
            Screen::Band(49, Band::High),
            Screen::Items(list),
            Screen::Item(list, 89),
            Screen::When,
            Screen::Words(ListField::TagsNone),
            Screen::Send,
            Screen::Rule(SendField::ExpiresAfter),
            Screen::Problems,
            Screen::Publish,
        ];
        let deeds = [
            Deed::Begin(Trigger::CaseResolved),
            Deed::Change,
            Deed::Priority,
            Deed::Conditions,
            Deed::Pause,
            Deed::Resume,
            Deed::RollBack(999_999, 999_999),
            Deed::Publish(999_999),
            Deed::Discard,
            Deed::Preview("zu"),
            Deed::EndPreview,
            Deed::Backtest,
            Deed::Test,
            Deed::File,
        ];
        let others = [
            EditorAct::Edit(Tap::Clear(Field::ItemText(list, 89))),
            EditorAct::Ask(Prompt::new(Field::ItemText(list, 89), "ru")),
            EditorAct::Ask(Prompt::new(Field::Comment(49, Band::High), "zu")),
            EditorAct::Preview(999, Act::Input(Input::Toggle { index: 89, on: true })),
            EditorAct::Preview(0, Act::Stop),
        ];
        let acts = screens.map(EditorAct::Show).into_iter().chain(deeds.map(EditorAct::Do)).chain(others);
        for act in acts {
            let data = Data::Editor(EditorTap { slug: "x".repeat(32), mark: 60_000_000, act });
            assert!(data.encode().len() <= 64, "{}", data.encode());
            assert_eq!(Data::decode(&data.encode()), Some(data));
        }
    }

    #[test]
    fn buttons_of_a_time_with_two_languages_are_read_as_they_were_meant() {
        let act = |text: &str| match Data::decode(text) {
            Some(Data::Editor(tap)) => Some(tap.act),
            _ => None,
        };
        assert_eq!(act("1d:own:1:*v0"), Some(EditorAct::Do(Deed::Preview("ru"))));
        assert_eq!(act("1d:own:1:*v1"), Some(EditorAct::Do(Deed::Preview("en"))));
        assert_eq!(act("1d:own:1:?g1"), Some(EditorAct::Ask(Prompt::new(Field::Greeting, "en"))));
        assert_eq!(act("1d:own:1:?x0.3"), Some(EditorAct::Ask(Prompt::new(Field::Text(3), "ru"))));
        assert_eq!(act("1d:own:1:?t0"), Some(EditorAct::Ask(Prompt::new(Field::Title, "ru"))));
        for text in ["1d:own:1:*v2", "1d:own:1:?g2", "1d:own:1:?p1", "1d:own:1:?g999999"] {
            assert_eq!(act(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn forged_buttons_are_refused_or_name_something(text in "1d:[a-z]{0,4}:[0-9a-z]{0,3}:[.!?*>][a-zA-Z][0-9.]{0,8}") {
            if let Some(data) = Data::decode(&text) {
                prop_assert_eq!(data.encode(), text);
            }
        }
    }
}
