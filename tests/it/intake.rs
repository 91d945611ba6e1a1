//! Updates in, from the simulated Telegram, with a handler that does as the text says.

use std::sync::{Arc, Mutex};

use afterword::bot::intake::{HandleError, Handler, Intake, Reactions};
use afterword::bot::update::Update;
use afterword::domain::ids::ChatId;
use afterword::sandbox::{Duplicate, Fault, UserId};
use afterword::service::Unit;
use afterword::store::{self, Lane, Outgoing, Payload};
use afterword::telegram::client::Client;
use afterword::telegram::sender::CallbackAnswer;
use secrecy::SecretString;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::sender::{Rig, answer, rig};

/// Echoes what is said; some words make it fail.
#[derive(Clone, Debug, Default)]
struct Echo {
    /// What was handed to it, failed or not.
    handed: Arc<Mutex<Vec<String>>>,
    /// Whether `busy` has failed, as it does once.
    was_busy: Arc<Mutex<bool>>,
}

impl Handler for Echo {
    async fn handle(&self, unit: &mut Unit<'_>, update: &Update) -> Result<Reactions, HandleError> {
        if let Some(tap) = &update.callback_query {
            self.handed.lock().unwrap().push("tap".to_owned());
            assert_ne!(tap.data.as_deref(), Some("panic"), "as told");
            let answer = CallbackAnswer { query_id: tap.id.clone(), text: None };
            return Ok(Reactions { callback: Some(answer) });
        }
        let Some(message) = &update.message else { return Ok(Reactions::default()) };
        let text = message.text.clone().unwrap_or_default();
        self.handed.lock().unwrap().push(text.clone());
        unit.tx.enqueue(&answer(message.chat.id.get(), &text), unit.now).await?;
        match text.as_str() {
            "panic" => panic!("as told"),
            "bad" => Err(HandleError::Update("as told".to_owned())),
            "busy" if !std::mem::replace(&mut *self.was_busy.lock().unwrap(), true) => {
                Err(store::Error::Unavailable("as told".to_owned()).into())
            }
            _ => Ok(Reactions::default()),
        }
    }
}

impl Rig {
    fn take_in(&self, echo: &Echo) -> CancellationToken {
        self.take_in_by(echo, self.client.clone())
    }

    fn take_in_by(&self, echo: &Echo, client: Client) -> CancellationToken {
        let stop = self.stop.child_token();
        let intake = Intake {
            client,
            db: self.db.clone(),
            ctx: self.ctx.clone(),
            health: self.health.clone(),
            sender: self.sender.clone(),
            bot: self.world.bot_id(),
            handler: echo.clone(),
        };
        self.tasks.spawn(intake.run(stop.clone()));
        stop
    }

    /// Somebody whose first word to the bot, `/start`, is waiting.
    fn newcomer(&self) -> UserId {
        self.person("Anna")
    }

    /// Returns once all is handled and answered.
    async fn settle(&self) {
        self.world.idle().await;
        self.drain().await;
    }

    /// Returns once intake has reported trouble: what, and the clock then stands where it tries again.
    async fn trouble(&self) -> String {
        let mut health = self.health.watch();
        let trouble = health.wait_for(|state| state.intake.is_some()).await.unwrap().intake.clone().unwrap();
        self.clock.advance_until(trouble.retry_at);
        trouble.why
    }
}

#[tokio::test]
async fn what_people_write_is_handled_in_order_and_confirmed() {
    let rig = rig().await;
    let echo = Echo::default();
    let anna = rig.newcomer();
    rig.world.say(anna, "one");
    rig.world.say(anna, "two");
    rig.take_in(&echo);
    rig.settle().await;
    assert_eq!(rig.texts(anna), ["/start", "one", "two"]);
    assert!(rig.health.problems().is_empty());
}

#[tokio::test]
async fn a_doubled_update_is_handled_once() {
    let rig = rig().await;
    let echo = Echo::default();
    let anna = rig.newcomer();
    rig.world.duplicate_next(Duplicate::SameId, 1);
    rig.world.say(anna, "once");
    rig.take_in(&echo);
    rig.settle().await;
    assert_eq!(*echo.handed.lock().unwrap(), ["/start", "once"]);
}

#[tokio::test]
async fn a_restart_goes_on_where_the_last_commit_was() {
    let rig = rig().await;
    let echo = Echo::default();
    let anna = rig.newcomer();
    let stop = rig.take_in(&echo);
    rig.settle().await;
    stop.cancel();
    rig.world.say(anna, "while away");
    rig.take_in(&echo);
    rig.settle().await;
    assert_eq!(*echo.handed.lock().unwrap(), ["/start", "while away"]);
}

#[tokio::test]
async fn what_cannot_be_handled_is_put_aside_and_the_rest_goes_on() {
    let rig = rig().await;
    let echo = Echo::default();
    let anna = rig.newcomer();
    for text in ["one", "bad", "panic", "two"] {
        rig.world.say(anna, text);
    }
    let deep = (0..500)
        .fold(json!({"message_id": 1}), |reply, _| json!({"message_id": 1, "reply_to_message": reply}));
    rig.world.inject("message", &deep);
    rig.world.inject("message", &json!({"message_id": "not a number", "text": "secret"}));
    rig.take_in(&echo);
    rig.settle().await;
    assert_eq!(rig.texts(anna), ["/start", "one", "two"]);
    assert_eq!(rig.number("SELECT COUNT(*) FROM dead_updates").await, 4);
    let errors = rig.text("SELECT group_concat(error, '; ') FROM dead_updates").await;
    let told = "as told; the handler panicked: as told; an update that is nested too deeply; not an update";
    assert!(errors.starts_with(told), "{errors}");
    assert!(
        rig.text("SELECT raw FROM dead_updates ORDER BY update_id DESC LIMIT 1").await.contains("secret")
    );
    assert!(rig.health.problems().is_empty());
}

#[tokio::test]
async fn the_spinner_of_a_tap_that_cannot_be_handled_ends() {
    let rig = rig().await;
    let echo = Echo::default();
    let anna = rig.newcomer();
    let markup = json!({"inline_keyboard": [[{"text": "Good", "callback_data": "panic"}]]});
    let payload = Payload::text("How?").keyboard(Some(&markup));
    rig.queue(&[Outgoing::send(Lane::Surveys, ChatId::new(anna), payload)]).await;
    rig.sender.idle().await;
    rig.take_in(&echo);
    let tap = rig.world.tap_last(anna, "Good").unwrap();
    rig.world.answered(&tap).await;
    assert_eq!(rig.number("SELECT COUNT(*) FROM dead_updates").await, 1);
}

#[tokio::test]
async fn nothing_is_confirmed_while_nothing_can_be_stored() {
    let rig = rig().await;
    let echo = Echo::default();
    let anna = rig.newcomer();
    rig.world.say(anna, "busy");
    rig.take_in(&echo);
    let mut health = rig.health.watch();
    health.wait_for(|state| state.intake.is_some()).await.unwrap();
    assert_eq!(rig.world.updates_pending(), 2);
    assert_eq!(rig.number("SELECT COUNT(*) FROM updates_seen").await, 0);
    assert_eq!(rig.trouble().await, "updates cannot be stored: the database is not available: as told");
    rig.settle().await;
    assert_eq!(rig.texts(anna), ["/start", "busy"]);
    assert!(rig.health.problems().is_empty());
}

#[tokio::test]
async fn another_program_with_the_token_is_named_and_outlasted() {
    let rig = rig().await;
    let echo = Echo::default();
    rig.world.fault(
        Fault::error(409, "Conflict: terminated by other getUpdates request; make sure that only one runs")
            .on("getUpdates"),
    );
    let anna = rig.newcomer();
    rig.take_in(&echo);
    assert!(rig.trouble().await.contains("another program polls"), "the token is used elsewhere");
    rig.settle().await;
    assert_eq!(rig.texts(anna), ["/start"]);
    assert!(rig.health.problems().is_empty());
}

#[tokio::test]
async fn a_webhook_is_deleted_and_what_waits_is_kept() {
    let rig = rig().await;
    let echo = Echo::default();
    let anna = rig.newcomer();
    rig.world.set_webhook("https://elsewhere.example/hook");
    rig.take_in(&echo);
    rig.settle().await;
    assert_eq!(rig.texts(anna), ["/start"]);
    assert_eq!(rig.world.calls("deleteWebhook"), 1);
}

#[tokio::test]
async fn a_refused_token_is_said_plainly_and_not_shown() {
    let rig = rig().await;
    let refused = Client::new(&rig.api_url(), &SecretString::from("7000000001:AAF-wrong")).unwrap();
    rig.take_in_by(&Echo::default(), refused);
    let why = rig.trouble().await;
    assert!(why.contains("TELOXIDE_TOKEN") && !why.contains("AAF"), "{why}");
}

#[tokio::test]
async fn a_telegram_that_fails_is_polled_again_more_and_more_slowly() {
    let rig = rig().await;
    let echo = Echo::default();
    let anna = rig.newcomer();
    rig.world.fault(Fault::bad_gateway().on("getUpdates").times(3));
    let mut waits = Vec::new();
    rig.take_in(&echo);
    for _ in 0..3 {
        let before = rig.clock.instant();
        let mut health = rig.health.watch();
        let state =
            health.wait_for(|s| s.intake.as_ref().is_some_and(|t| t.retry_at > before)).await.unwrap();
        let retry_at = state.intake.clone().unwrap().retry_at;
        drop(state);
        waits.push(retry_at.since(before).as_secs());
        rig.clock.advance_until(retry_at);
    }
    rig.settle().await;
    assert_eq!(waits, [3, 6, 12]);
    assert_eq!(rig.texts(anna), ["/start"]);
}

#[tokio::test]
async fn a_soft_stop_ends_the_poll_and_confirms_nothing_more() {
    let rig = rig().await;
    let echo = Echo::default();
    let anna = rig.newcomer();
    rig.take_in(&echo);
    rig.settle().await;
    rig.stop.cancel();
    rig.tasks.wait().await;
    rig.world.say(anna, "late");
    assert_eq!(rig.world.updates_pending(), 1);
    assert_eq!(*echo.handed.lock().unwrap(), ["/start"]);
}
