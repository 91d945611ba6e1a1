//! Words that an admin is asked for: which part asks, and for what.

use std::time::Duration;

use crate::domain::case_settings::CaseSetting;
use crate::domain::ids::{MessageId, MessageKey, PersonId, TopicId};
use crate::domain::staff::Role;
use crate::service::Unit;
use crate::service::roles::role;
use crate::store::editing::EditorPlace as Place;
use crate::store::{self, Lane, Outgoing, Payload, Tx};
use crate::view::View;

/// How long after the question an admin's words still count as the answer.
const PATIENCE: Duration = Duration::from_hours(1);
/// The set-up waits for the name of a time zone.
const ZONE: &str = "zone";
/// The team's screens wait for the agent ID of the person with this Telegram ID.
const AGENT: &str = "agent:";
/// The screens of `/cases` wait for the value of the setting with this variable.
const CASE_SETTING: &str = "case_setting:";

/// The screens of `/hooks` wait for a secret, or for settings, of the hook with this key.
const HOOK_SECRET: &str = "hook-secret:";
const HOOK_SETTING: &str = "hook-setting:";

/// What is asked for outside the editor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    Zone,
    Agent(PersonId),
    HookSecret(i64),
    HookSetting(i64),
    CaseSetting(CaseSetting),
}

impl Question {
    fn code(self) -> String {
        match self {
            Self::Zone => ZONE.to_owned(),
            Self::Agent(person) => format!("{AGENT}{person}"),
            Self::HookSecret(hook) => format!("{HOOK_SECRET}{hook}"),
            Self::HookSetting(hook) => format!("{HOOK_SETTING}{hook}"),
            Self::CaseSetting(setting) => format!("{CASE_SETTING}{}", setting.variable()),
        }
    }

    fn read(code: &str) -> Option<Self> {
        if code == ZONE {
            return Some(Self::Zone);
        }
        if let Some(variable) = code.strip_prefix(CASE_SETTING) {
            let mut all = CaseSetting::ALL.into_iter();
            return all.find(|setting| setting.variable() == variable).map(Self::CaseSetting);
        }
        let number = |prefix| code.strip_prefix(prefix).and_then(|number: &str| number.parse().ok());
        let of_hook =
            || number(HOOK_SECRET).map(Self::HookSecret).or(number(HOOK_SETTING).map(Self::HookSetting));
        number(AGENT).map(|person| Self::Agent(PersonId::new(person))).or_else(of_hook)
    }
}

/// Which part waits for an admin's words.
#[derive(Debug)]
pub enum Awaited {
    Editor(Place),
    Question(Question, Place),
}

/// Which part waits for this person's words, if any.
pub async fn awaited(unit: &mut Unit<'_>, person: PersonId) -> store::Result<Option<Awaited>> {
    let Unit { ctx, now, .. } = *unit;
    let Some(place) = unit.tx.find_editor_place(person).await? else { return Ok(None) };
    let waits = place.awaits.is_some() || place.preview.is_some();
    if !waits || now.since(place.touched_at) > PATIENCE {
        return Ok(None);
    }
    if role(&mut unit.tx, ctx, person).await? != Some(Role::Admin) {
        unit.tx.delete_editor_place(person).await?;
        return Ok(None);
    }
    Ok(Some(match place.awaits.as_deref().and_then(Question::read) {
        Some(question) => Awaited::Question(question, place),
        None => Awaited::Editor(place),
    }))
}

/// Stores what the person's next words are for. If `message_id` is `None`, the question will be a new message.
pub(super) async fn wait_for(
    unit: &mut Unit<'_>,
    person: PersonId,
    question: Question,
    message_id: Option<MessageId>,
) -> store::Result<()> {
    let message = unit.tx.insert_message(person.chat(), TopicId::NONE).await?;
    if let Some(message_id) = message_id {
        unit.tx.set_message_id(message, message_id).await?;
    }
    let place = Place {
        person,
        slug: String::new(),
        revision: 0,
        message,
        awaits: Some(question.code()),
        preview: None,
        touched_at: unit.now,
    };
    unit.tx.save_editor_place(&place).await
}

/// The person tapped elsewhere, so what was asked for outside the editor is no longer awaited.
pub async fn stop_waiting(tx: &mut Tx, person: PersonId) -> store::Result<()> {
    let awaits = tx.find_editor_place(person).await?.and_then(|place| place.awaits);
    if awaits.as_deref().and_then(Question::read).is_some() {
        tx.delete_editor_place(person).await
    } else {
        Ok(())
    }
}

/// Sends a message below the person's words, and removes the buttons above them.
pub async fn say_below(unit: &mut Unit<'_>, place: &Place, view: &View) -> store::Result<()> {
    let now = unit.now;
    if place.message != MessageKey::NONE {
        let bare =
            Outgoing::edit(Lane::Answers, place.person.chat(), place.message, None, Payload::default());
        unit.tx.enqueue(&bare, now).await?;
    }
    let message = unit.tx.find_editor_place(place.person).await?.map(|place| place.message);
    let payload = Payload::text(view.html.as_str()).keyboard(view.markup().as_ref());
    let send = Outgoing::send(Lane::Answers, place.person.chat(), payload);
    // A repeated question is a message of its own, whose buttons are removed later in the same way.
    let send = match message.filter(|message| *message != MessageKey::NONE && *message != place.message) {
        Some(message) => send.message(message),
        None => send,
    };
    unit.tx.enqueue(&send, now).await
}
