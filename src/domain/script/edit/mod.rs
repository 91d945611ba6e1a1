//! Editing a draft: `(source, edit) → source`, or the reason why not. A draft is its TOML file, so its author's
//! comments and layout are preserved. The lint that checks files also checks what is typed here.

pub mod codes;
mod document;
mod follow;
mod latin;
mod named;
mod places;
mod taps;
#[cfg(test)]
mod tests;
pub mod translation;
mod words;

use toml_edit::DocumentMut;

use super::{Problem, Script};
use crate::domain::locale::Languages;
use crate::domain::metric::Metric;
use crate::domain::scale::{AlertLevel, Band, Scale};
use crate::domain::script::{MAX_FILE_BYTES, Trigger};

pub use latin::key_from;
pub use named::{LIST_FIELDS, ListField, SEND_FIELDS, SendField};
pub use taps::unique;
pub use words::{Refusal, begin};

/// A list of entries with a text each; the number is the question's index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    Options(usize),
    Reasons(usize, Band),
    Links(usize, Band),
}

/// Something that is entered as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Slug,
    Title,
    Priority,
    Greeting,
    Thanks,
    Send(SendField),
    When(ListField),
    MinMessages,
    Sample,
    Text(usize),
    Key(usize),
    Factor(usize),
    /// The label on one value of the scale.
    Label(usize, i64),
    LowEnd(usize),
    HighEnd(usize),
    Comment(usize, Band),
    ItemText(List, usize),
    ItemKey(List, usize),
    Url(usize, Band, usize),
    /// New entries, one per line.
    NewItem(List),
    /// The texts that are missing in one language.
    Translation,
}

/// The form in which a field's text has to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A whole message in one language.
    Long,
    /// One line in one language, or one line for each of the installation's languages.
    Line,
    /// One line per added entry, in one language.
    Items,
    /// One line with the text in one language, and one with the address.
    Link,
    /// One line for each missing text, in one language.
    Translation,
    /// A single value.
    Plain,
}

impl Field {
    #[must_use]
    pub const fn form(self) -> Form {
        match self {
            Self::Greeting | Self::Thanks | Self::Text(_) | Self::Comment(..) => Form::Long,
            Self::NewItem(List::Links(..)) => Form::Link,
            Self::NewItem(_) => Form::Items,
            Self::Title | Self::Label(..) | Self::LowEnd(_) | Self::HighEnd(_) | Self::ItemText(..) => {
                Form::Line
            }
            Self::Translation => Form::Translation,
            _ => Form::Plain,
        }
    }

    /// Whether the script can do without this field.
    #[must_use]
    pub const fn is_optional(self) -> bool {
        !matches!(
            self,
            Self::Slug
                | Self::Title
                | Self::Text(_)
                | Self::Key(_)
                | Self::ItemText(..)
                | Self::ItemKey(..)
                | Self::Url(..)
                | Self::NewItem(_)
                | Self::Translation
        )
    }
}

/// A question to the author.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prompt {
    pub field: Field,
    /// The language, if the field is a text.
    pub language: Option<&'static str>,
}

impl Prompt {
    /// The language is kept only if the field is a text.
    #[must_use]
    pub fn new(field: Field, language: &'static str) -> Self {
        Self { field, language: (field.form() != Form::Plain).then_some(language) }
    }
}

/// The effect of a button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tap {
    On(Trigger),
    AddQuestion(Metric),
    RemoveQuestion(usize),
    /// Moves the question one place up or down.
    MoveQuestion(usize, bool),
    CopyQuestion(usize),
    Metric(usize, Metric),
    Scale(usize, Scale),
    /// Whether a high number means high effort.
    HighIsHard(usize, bool),
    /// The last low number and the first high one, counted from the bottom of the scale.
    Bands(usize, usize, usize),
    DefaultBands(usize),
    Alert(usize, AlertLevel),
    Multiple(usize, bool),
    RemoveItem(List, usize),
    MoveItem(List, usize, bool),
    Clear(Field),
    /// The question is always asked.
    NoBranch(usize),
    /// The question is asked depending on an earlier question, initially after that question's worst answers.
    Branch(usize, usize),
    BranchBand(usize, Band, bool),
    BranchValue(usize, usize, bool),
    BranchOption(usize, usize, bool),
    /// One of the values offered for a rule.
    Preset(SendField, usize),
    DayOff(usize, bool),
}

/// One step of the author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    Tap(Tap),
    Words(Prompt, String),
}

/// A draft in a form that can be shown: missing parts are empty and are listed among the errors.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    pub script: Script,
    pub errors: Vec<Problem>,
    pub warnings: Vec<Problem>,
}

/// Reads a draft, which may be incomplete.
///
/// # Errors
/// The source is not valid TOML.
pub fn read(source: &str, languages: &Languages) -> Result<Draft, Vec<Problem>> {
    let (script, errors, warnings) = super::parse::read("draft", source, languages)?;
    Ok(Draft { script, errors, warnings })
}

/// Applies one step, for an installation with these languages.
///
/// # Errors
/// Why the step cannot be applied; the draft is then unchanged.
pub fn apply(source: &str, edit: &Edit, languages: &Languages) -> Result<String, Refusal> {
    let mut document: DocumentMut = source.parse().map_err(|_| Refusal::Gone)?;
    let before = read(source, languages).map_err(Refusal::Wrong)?;
    if !is_fitting(&before.script, edit) {
        return Err(Refusal::Gone);
    }
    match edit {
        Edit::Tap(tap) => taps::apply(&mut document, &before.script, *tap).ok_or(Refusal::Gone)?,
        Edit::Words(prompt, text) => {
            let step = words::Step { script: &before.script, languages };
            step.apply(&mut document, *prompt, text)?;
        }
    }
    document::in_order(document.as_table_mut());
    let edited = document.to_string();
    if edited.len() > MAX_FILE_BYTES {
        return Err(Refusal::TooLarge);
    }
    let after = read(&edited, languages).map_err(Refusal::Wrong)?;
    if matches!(edit, Edit::Words(..)) {
        words::judge(&before, &after)?;
    }
    Ok(edited)
}

/// Whether the question has what the step is about. A button may be older than the question's current metric.
fn is_fitting(script: &Script, edit: &Edit) -> bool {
    let metric = |place: usize| script.questions.get(place).map(|question| question.metric);
    let has_scale = |place: usize| metric(place).is_some_and(Metric::has_scale);
    let takes_options = |place: usize| metric(place).is_some_and(Metric::takes_options);
    let list = |list: List| match list {
        List::Options(place) => takes_options(place),
        List::Reasons(place, _) | List::Links(place, _) => has_scale(place),
    };
    let field = |field: Field| match field {
        Field::Factor(place)
        | Field::LowEnd(place)
        | Field::HighEnd(place)
        | Field::Comment(place, _)
        | Field::Url(place, ..) => has_scale(place),
        Field::Label(place, value) => script
            .questions
            .get(place)
            .and_then(|question| question.scale)
            .is_some_and(|scale| scale.contains(value)),
        Field::ItemText(of, _) | Field::ItemKey(of, _) | Field::NewItem(of) => list(of),
        Field::Text(place) | Field::Key(place) => metric(place).is_some(),
        _ => true,
    };
    match edit {
        Edit::Words(prompt, _) => field(prompt.field),
        Edit::Tap(tap) => match *tap {
            Tap::Clear(of) => field(of),
            Tap::RemoveItem(of, _) | Tap::MoveItem(of, ..) => list(of),
            Tap::Scale(place, _) | Tap::Bands(place, ..) | Tap::DefaultBands(place) => {
                metric(place).and_then(Metric::usual_scale).is_some()
            }
            Tap::HighIsHard(place, _) => metric(place).is_some_and(Metric::may_be_turned),
            Tap::Alert(place, _) => metric(place).is_some_and(Metric::is_scored),
            Tap::Multiple(place, _) => takes_options(place),
            _ => true,
        },
    }
}
