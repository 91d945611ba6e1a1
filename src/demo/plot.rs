//! The plot of the story that the demo tells, in the terminal and on its page: who does what. It is about one purchase,
//! a low score and its reason, and the case that it opens, from the event to the question after the case.

use std::time::Duration;

use chrono::SecondsFormat;
use serde_json::{Map, Value, json};

use super::cast::AGENT;
use super::http;
use crate::domain::case::Cause;
use crate::domain::time::Timestamp;
use crate::i18n::{Catalogue, FluentValue};
use crate::sandbox::{Action, Button, ChatId, Message, Stage, TapError, UserId};
use crate::service::recovery;
use crate::view::callback::{CaseAct, CaseTap, Data};

/// The scores given, in the order of the questions; the first one is low and leads to the question for a reason.
pub(super) const SCORES: [&str; 3] = ["3", "9", "8"];
/// How satisfied the customer is with the solution.
pub(super) const SOLUTION: &str = "5";
/// The index of the reason that is ticked: the delivery.
const REASON: usize = 3;
/// The cause that the lead names.
const CAUSE: Cause = Cause::Delivery;

/// Why the story cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum PlotError {
    #[error("the HTTP API does not answer")]
    Http(#[from] reqwest::Error),
    #[error("the HTTP API answered {0}: {1}")]
    Refused(u16, Value),
    #[error("a person of the story is stuck")]
    Tap(#[from] TapError),
}

type Result<T> = std::result::Result<T, PlotError>;

/// The customer who makes the purchase.
#[derive(Clone, Debug)]
pub(super) struct Hero {
    pub(super) user: UserId,
    /// Their customer ID at the shop.
    pub(super) customer: String,
    /// The number of their order.
    pub(super) order: u32,
}

impl Hero {
    pub(super) fn event_id(&self) -> String {
        format!("order-{}", self.order)
    }
}

/// What the plot runs on.
pub(super) struct Plot<'a> {
    pub(super) stage: &'a Stage,
    pub(super) catalogue: &'a Catalogue,
    pub(super) locale: &'static str,
    /// The address of the HTTP API.
    pub(super) api: String,
    pub(super) api_key: &'a str,
    pub(super) hero: &'a Hero,
    /// The lead who takes the case, and the group in which the leads read of it.
    pub(super) lead: UserId,
    pub(super) leads: ChatId,
}

impl Plot<'_> {
    /// The purchase as the shop reports it, with the fields in the order in which a person would write them.
    pub(super) fn event(&self) -> [(&'static str, Value); 8] {
        let Hero { customer, order, .. } = self.hero;
        let title = [("number", FluentValue::from(order.to_string()))];
        let title = self.catalogue.with(self.locale, "demo-subject", &title);
        [
            ("event_id", json!(self.hero.event_id())),
            ("kind", json!("purchase")),
            (
                "occurred_at",
                json!(moscow(self.stage.clock.now()).to_rfc3339_opts(SecondsFormat::Secs, false)),
            ),
            ("customer", json!({ "id": customer, "name": self.name(), "language": self.locale })),
            ("subject", json!({ "id": order.to_string(), "title": title })),
            ("agent", json!({ "id": AGENT, "name": self.text("demo-colleague"), "team": "delivery" })),
            ("store", json!("msk-2")),
            ("tags", json!(["delivery"])),
        ]
    }

    /// The shop reports the purchase; returns the program's response.
    pub(super) async fn buy(&self, event: &[(&'static str, Value)]) -> Result<Value> {
        let url = format!("{}/v1/events", self.api);
        let event: Map<String, Value> =
            event.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        self.call(http::client().post(url).json(&event)).await
    }

    /// The customer opens the link on the receipt.
    pub(super) async fn follow(&self, link: &str) {
        self.stage.world.follow(self.hero.user, link);
        self.stage.settle().await;
    }

    /// Returns what became of the event.
    pub(super) async fn ledger(&self) -> Result<Value> {
        self.ledger_of(&self.hero.event_id()).await
    }

    async fn ledger_of(&self, event_id: &str) -> Result<Value> {
        self.call(http::client().get(format!("{}/v1/events/{event_id}", self.api))).await
    }

    /// A lead takes the case.
    pub(super) async fn take(&self) -> Result<()> {
        self.press(CaseAct::Take).await
    }

    /// The lead replies to the post of the case.
    pub(super) async fn reply(&self) -> Result<()> {
        let (post, _) = self.post()?;
        self.stage.world.reply_in(self.leads, self.lead, post.id, &self.text("demo-reply-text"));
        self.stage.settle().await;
        Ok(())
    }

    /// The customer answers the lead.
    pub(super) async fn answer(&self) {
        self.stage.world.say(self.hero.user, &self.text("demo-answer-text"));
        self.stage.settle().await;
    }

    /// The lead resolves the case. The reply is its note.
    pub(super) async fn resolve(&self) -> Result<()> {
        for act in [CaseAct::Resolve, CaseAct::Cause(CAUSE), CaseAct::NoteIsLastReply(CAUSE)] {
            self.press(act).await?;
        }
        Ok(())
    }

    /// When the question after the case is due; `None` if nobody will be asked.
    pub(super) async fn recovery_due(&self) -> Result<Option<Timestamp>> {
        let (_, case) = self.post()?;
        let ledger = self.ledger_of(&recovery::event_id(case.number, 1)).await?;
        Ok(due_at(&ledger))
    }

    /// The post of the hero's case, and one of its buttons.
    fn post(&self) -> Result<(Message, CaseTap)> {
        let messages = self.stage.world.messages(self.leads).into_iter().rev();
        let customer = format!(", {}", self.hero.customer);
        let mut posts = messages.filter_map(|message| {
            let case = message.keyboard.iter().flatten().find_map(case_tap)?;
            let is_heros = message.first_text().lines().any(|line| line.ends_with(&customer));
            is_heros.then_some((message, case))
        });
        Ok(posts.next().ok_or(TapError::NoMessage(0))?)
    }

    /// The lead taps a button under the post.
    async fn press(&self, act: CaseAct) -> Result<()> {
        let (post, _) = self.post()?;
        let place = place_of(&post, act).ok_or(TapError::NoMessage(post.id))?;
        self.stage.world.tap(self.lead, self.leads, post.id, place)?;
        self.stage.settle().await;
        Ok(())
    }

    pub(super) async fn tap(&self, button: &str) -> Result<()> {
        self.stage.world.tap_last(self.hero.user, button)?;
        self.stage.settle().await;
        Ok(())
    }

    /// The text of the button for the matching reason.
    pub(super) fn reason(&self) -> String {
        let message = self.stage.world.last_message(self.hero.user);
        let buttons = message.iter().flat_map(|message| message.keyboard.iter().flatten());
        buttons.map(|button| button.text.clone()).nth(REASON).unwrap_or_default()
    }

    /// The customer says in their own words what went wrong. The dialogue continues once they have paused.
    pub(super) async fn say(&self) {
        self.stage.world.say(self.hero.user, &self.text("demo-comment-text"));
        self.stage.settle().await;
        self.stage.advance(Duration::from_secs(3)).await;
    }

    async fn call(&self, request: reqwest::RequestBuilder) -> Result<Value> {
        let response = request.bearer_auth(self.api_key).send().await?;
        let status = response.status();
        let answer: Value = response.json().await?;
        self.stage.settle().await;
        if status.is_success() { Ok(answer) } else { Err(PlotError::Refused(status.as_u16(), answer)) }
    }

    pub(super) fn name(&self) -> String {
        self.stage.world.user(self.hero.user).map(|user| user.first_name).unwrap_or_default()
    }

    pub(super) fn text(&self, id: &str) -> String {
        self.catalogue.text(self.locale, id)
    }
}

/// The row and column of the button under the post.
fn place_of(post: &Message, act: CaseAct) -> Option<(usize, usize)> {
    let is_act = |button: &Button| case_tap(button).is_some_and(|tap| tap.act == act);
    let rows = post.keyboard.iter().enumerate();
    rows.flat_map(|(row, buttons)| {
        buttons.iter().enumerate().map(move |(column, button)| ((row, column), button))
    })
    .find_map(|(place, button)| is_act(button).then_some(place))
}

fn case_tap(button: &Button) -> Option<CaseTap> {
    let Action::Callback(data) = &button.action else { return None };
    match Data::decode(data) {
        Some(Data::Case(tap)) => Some(tap),
        _ => None,
    }
}

/// When the survey of an event is due, if it is scheduled.
pub(super) fn due_at(ledger: &Value) -> Option<Timestamp> {
    let due = ledger["due_at"].as_str().filter(|_| ledger["state"] == "scheduled")?;
    Some(chrono::DateTime::parse_from_rfc3339(due).ok()?.to_utc().into())
}

/// The local time of the story, which takes place in Moscow.
pub(super) fn moscow(at: Timestamp) -> chrono::DateTime<chrono_tz::Tz> {
    at.to_utc().with_timezone(&chrono_tz::Europe::Moscow)
}
