//! What leads and customers read while they talk to each other about a case.

use chrono_tz::Tz;

use super::callback::Data;
use super::callback::words::{Choice, WordsAct};
use super::{Button, GAP, View, escape_attribute};
use crate::domain::direction::isolated;
use crate::domain::ids::{CaseMessageKey, CaseNumber, PersonId};
use crate::domain::template::escape_html;
use crate::domain::time::Timestamp;
use crate::i18n::Catalogue;

/// Why a lead's words did not reach the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsent {
    Blocked,
    Deactivated,
    /// Telegram does not copy this kind of message.
    Cannot,
    Voice,
    Large,
    /// The connection broke twice.
    Unknown,
}

impl Unsent {
    /// The word that the tables hold.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::Deactivated => "deactivated",
            Self::Cannot => "cannot",
            Self::Voice => "voice",
            Self::Large => "large",
            Self::Unknown => "unknown",
        }
    }

    /// The text that states the reason in a line.
    #[must_use]
    pub const fn reason_id(self) -> &'static str {
        match self {
            Self::Blocked => "unsent-blocked",
            Self::Deactivated => "unsent-deactivated",
            Self::Cannot => "unsent-cannot",
            Self::Voice => "unsent-voice",
            Self::Large => "unsent-large",
            Self::Unknown => "unsent-unknown",
        }
    }

    /// Reads the word of the tables.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        let all = [Self::Blocked, Self::Deactivated, Self::Cannot, Self::Voice, Self::Large, Self::Unknown];
        all.into_iter().find(|why| why.as_str() == word)
    }

    const fn id(self) -> &'static str {
        match self {
            Self::Blocked => "reply-blocked",
            Self::Deactivated => "reply-deactivated",
            Self::Cannot => "reply-cannot",
            Self::Voice => "reply-voice",
            Self::Large => "reply-large",
            Self::Unknown => "reply-unknown",
        }
    }
}

#[must_use]
pub fn unsent(catalogue: &Catalogue, locale: &str, why: Unsent) -> View {
    View::text(catalogue.text(locale, why.id()))
}

/// A text that names a case.
#[must_use]
pub fn about(catalogue: &Catalogue, locale: &str, id: &str, case: CaseNumber) -> View {
    View::text(catalogue.with(locale, id, &[("n", case.to_string().into())]))
}

/// Tells a customer that their message opened a case. `when` begins with a blank or is empty.
#[must_use]
pub fn told(catalogue: &Catalogue, locale: &str, case: CaseNumber, when: &str) -> View {
    let values = [("n", case.to_string().into()), ("when", when.into())];
    View::text(catalogue.with(locale, "message-told", &values))
}

/// Tells a customer that their case is open again. `when` begins with a blank or is empty.
#[must_use]
pub fn back(catalogue: &Catalogue, locale: &str, case: CaseNumber, when: &str) -> View {
    let values = [("n", case.to_string().into()), ("when", when.to_owned().into())];
    View::text(catalogue.with(locale, "case-back", &values))
}

/// A person's name as a link to their account, which also works for people without a public name.
fn mention(person: PersonId, name: &str) -> String {
    let link = escape_attribute(&format!("tg://user?id={person}"));
    format!("<a href=\"{link}\">{}</a>", escape_html(&isolated(name)))
}

/// Tells somebody without the role that their words did not go to the customer.
#[must_use]
pub fn no_role(catalogue: &Catalogue, locale: &str, person: PersonId, name: &str) -> View {
    View::text(catalogue.with(locale, "reply-no-role", &[("mention", mention(person, name).into())]))
}

/// Tells a lead that the question for a note waits for a colleague.
#[must_use]
pub fn note_of_another(catalogue: &Catalogue, locale: &str, name: &str) -> View {
    View::text(catalogue.with(locale, "note-of-another", &[("name", escape_html(name).into())]))
}

/// The question that a lead answers with what the customer is to get.
#[must_use]
pub fn ask_reply(
    catalogue: &Catalogue,
    locale: &str,
    (person, name): (PersonId, &str),
    case: CaseNumber,
    who: &str,
) -> View {
    let values = [
        ("mention", mention(person, name).into()),
        ("n", case.to_string().into()),
        ("who", escape_html(who).into()),
    ];
    View::text(catalogue.with(locale, "ask-reply", &values))
}

/// The same question with gaps for the names.
#[must_use]
pub fn ask_reply_form(catalogue: &Catalogue, locale: &str, case: CaseNumber) -> String {
    let values = [("mention", GAP.into()), ("n", case.to_string().into()), ("who", GAP.into())];
    catalogue.with(locale, "ask-reply", &values)
}

/// What stands above a customer's album, with a gap for the number of its parts.
#[must_use]
pub fn album_form(catalogue: &Catalogue, locale: &str, case: CaseNumber) -> String {
    catalogue.with(locale, "case-album", &[("n", case.to_string().into()), ("count", GAP.into())])
}

/// A lead's words to a case that is another lead's, or resolved, with the choices. `owner` is absent for a resolved
/// case.
#[must_use]
pub fn held(
    catalogue: &Catalogue,
    locale: &str,
    case: CaseNumber,
    owner: Option<&str>,
    message: CaseMessageKey,
) -> View {
    let n = ("n", case.to_string().into());
    let (text, send, take) = match owner {
        Some(name) => {
            let values = [n, ("name", escape_html(&isolated(name)).into())];
            (catalogue.with(locale, "reply-held", &values), "reply-held-send", "reply-held-take-send")
        }
        None => (
            catalogue.with(locale, "reply-held-resolved", &[n]),
            "reply-held-resolved-send",
            "reply-held-resolved-reopen",
        ),
    };
    let button = |id: &str, choice| {
        Button::new(catalogue.text(locale, id), &Data::Words(WordsAct::Held { message, choice }))
    };
    View::text(text)
        .row([button(send, Choice::Send)])
        .row([button(take, Choice::TakeAndSend)])
        .row([button("reply-held-drop", Choice::Drop)])
}

/// A case as the customer tells it from their others.
#[derive(Clone, Debug)]
pub struct Named {
    pub number: CaseNumber,
    pub subject: Option<String>,
}

/// What names a case to its customer. Plain text.
#[must_use]
pub fn named(catalogue: &Catalogue, locale: &str, case: &Named) -> String {
    let n = ("n", case.number.to_string().into());
    match &case.subject {
        Some(subject) => {
            let subject = isolated(subject).into_owned();
            catalogue.with(locale, "case-about", &[n, ("subject", subject.into())])
        }
        None => catalogue.with(locale, "case-about-nothing", &[n]),
    }
}

/// The name of the lead who writes, above their words.
#[must_use]
pub fn author(catalogue: &Catalogue, locale: &str, name: &str) -> String {
    catalogue.with(locale, "case-from", &[("name", isolated(name).into_owned().into())])
}

/// Asks the customer which of their cases their words are about.
#[must_use]
pub fn which(catalogue: &Catalogue, locale: &str, cases: &[Named]) -> View {
    let view = View::text(catalogue.with(locale, "case-which", &[("count", cases.len().into())]));
    cases.iter().fold(view, |view, case| {
        let act = Data::Words(WordsAct::About(case.number));
        view.row([Button::new(named(catalogue, locale, case), &act)])
    })
}

/// Tells the customer that their words came after the case was resolved.
#[must_use]
pub fn afterword(catalogue: &Catalogue, locale: &str, case: CaseNumber) -> View {
    let act = Data::Words(WordsAct::NotSolved(case));
    let button = Button::new(catalogue.text(locale, "case-after-button"), &act);
    about(catalogue, locale, "case-after", case).row([button])
}

/// A date and time as leads read it.
#[must_use]
pub fn moment(catalogue: &Catalogue, locale: &str, at: Timestamp, zone: Tz) -> String {
    super::moment(catalogue, locale, at, zone)
}

/// Asks which of these replies to take back: each with its time and the beginning of its words.
#[must_use]
pub fn take_back(catalogue: &Catalogue, locale: &str, replies: &[(CaseMessageKey, String)]) -> View {
    let view = View::text(catalogue.text(locale, "ask-takeback"));
    replies.iter().fold(view, |view, (message, shown)| {
        view.row([Button::new(shown.as_str(), &Data::Words(WordsAct::TakeBack(*message)))])
    })
}
