//! `/forget` by somebody who is linked by a link that they found: what they gave goes at once, the customer is an admin's or the
//! other person's to erase, and after 25 days everything goes that is not another person's.

use std::time::Duration;

use afterword::cli::check::CheckArgs;
use afterword::cli::{Output, check};
use afterword::domain::ids::PersonId;
use afterword::domain::staff::Role;
use afterword::sandbox::Action;
use afterword::service::erasing::{self, Rest};
use afterword::service::staff;
use serde_json::{Value, json};

use super::erasing::contents;
use super::moving::new_link;
use crate::harness::{Person, Setting, Story, hours, minutes};

const BORIS: Person = Person { id: 7_654_321_991 };
const ANSWERED: [&str; 3] = ["event_id", "customer_id", "value"];

fn days(days: u64) -> Duration {
    hours(24 * days)
}

async fn with_admin() -> Story {
    let story = Setting::new().await.set("QUIET_HOURS", "off").start().await;
    story.start(story.lead).await;
    story
}

/// Anna has answered as C-1, and then Boris has tapped a link of C-1.
async fn found(story: &Story) -> Person {
    let anna = story.customer("Анна", "C-1").await;
    let named =
        json!({"customer": {"name": "Аграфена Неповторимая"}, "subject": {"title": "Заказ Неповторимой"}});
    story.purchase("1", "C-1", named).await;
    story.advance(hours(3)).await;
    story.tap(anna, "2").await;
    story.say(anna, "Утюг искрит").await;
    story.world.add_user_as(BORIS.id, "Борис", Some("ru"));
    story.follow(BORIS, &new_link(story, "C-1").await).await;
    story.advance(days(1)).await;
    anna
}

/// He answers, too, and wants to be forgotten.
async fn forgotten(story: &Story) -> Person {
    let anna = found(story).await;
    story.purchase("2", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    story.tap(BORIS, "9").await;
    forget(story, BORIS).await;
    anna
}

async fn forget(story: &Story, person: Person) {
    story.say(person, "/forget").await;
    assert_eq!(story.tap(person, "Стереть всё").await, "Стёрто");
    story.advance(minutes(2)).await;
}

async fn record(story: &Story, customer: &str) -> (u16, Value) {
    story.get(&format!("/v1/customers/{customer}")).await
}

async fn checked(story: &Story) -> String {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut to = Output { out: &mut out, err: &mut err };
    check::run(&story.setup(), &CheckArgs::default(), &mut to).await.unwrap();
    let out = String::from_utf8(out).unwrap();
    out.lines().filter(|line| line.contains("forget:")).collect::<Vec<_>>().join("\n")
}

fn count(text: &str, part: &str) -> usize {
    text.matches(part).count()
}

/// The question of an admin, and what its first button carries.
fn question(story: &Story, admin: Person) -> (i64, String) {
    let messages = story.world.messages(admin.id);
    let message = messages.iter().rev().find(|message| !message.keyboard.is_empty()).expect("a question");
    let Action::Callback(data) = message.keyboard[0][0].action.clone() else { panic!("no callback") };
    (message.id, data)
}

/// What of Boris is in the database.
async fn traces_of_boris(story: &Story) -> Vec<String> {
    let id = BORIS.id.to_string();
    let found = contents(story).await.into_iter();
    let of_him = found.filter(|(_, bytes)| {
        let has = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
        has(id.as_bytes()) || has("Борис".as_bytes()) || has(&BORIS.id.to_be_bytes()[2..])
    });
    of_him.map(|(place, _)| place).collect()
}

#[tokio::test]
async fn the_finder_of_a_link_learns_no_name_and_erases_only_what_they_gave() {
    let story = with_admin().await;
    let anna = found(&story).await;
    story.purchase("2", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    story.tap(BORIS, "9").await;
    story.say(BORIS, "/forget").await;
    let asked = story.last(BORIS);
    assert!(!asked.contains("C-1") && !asked.contains("Неповторим") && !asked.contains("Анна"), "{asked}");
    assert!(asked.contains("связан ещё один человек"), "{asked}");
    assert_eq!(story.tap(BORIS, "Стереть всё").await, "Стёрто");
    story.advance(minutes(1)).await;
    assert!(story.chat(BORIS).contains("Готово: всё, чем вы поделились, стёрто"), "{}", story.chat(BORIS));
    assert_eq!(story.answered(&ANSWERED).await.lines().filter(|line| line.contains("C-1")).count(), 2);
    assert_eq!(count(&story.answered(&ANSWERED).await, "erased:"), 1);
    let (status, kept) = record(&story, "C-1").await;
    assert_eq!((status, &kept["name"]), (200, &json!("Аграфена Неповторимая")), "{kept}");
    assert_eq!(kept["persons"].as_array().unwrap().len(), 1, "{kept}");
    assert_eq!(kept["persons"][0]["telegram_id"], json!(anna.id));
    // He is the customer no more.
    assert!(story.purchase("3", "C-1", json!({})).await.is_some());
    let mut tx = story.running.db.read().await.unwrap();
    assert!(tx.find_person(PersonId::new(BORIS.id)).await.unwrap().is_none());
    drop(tx);
    let asked = story.last(story.lead);
    assert!(asked.contains("связанный с клиентом C-1") && asked.contains("событий — 2"), "{asked}");
    assert!(asked.contains("опросов с ответами — 1"), "{asked}");
    assert!(!asked.contains("Утюг") && !asked.contains("Неповторим"), "{asked}");
    let line = checked(&story).await;
    assert!(
        line.starts_with("WRONG  forget: 1 request to erase data waits for an admin, the oldest since"),
        "{line}"
    );
    story.end().await;
}

#[tokio::test]
pub async fn what_a_finder_was_asked_and_did_not_answer_stays_the_customers() {
    let story = with_admin().await;
    found(&story).await;
    story.purchase("2", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    story.purchase("3", "C-1", json!({})).await;
    assert_eq!(story.state("purchase-2").await, "sent");
    forget(&story, BORIS).await;
    assert!(story.chat(BORIS).contains("Этот опрос закрыт: ваши данные стёрты"), "{}", story.chat(BORIS));
    assert_eq!(story.state("purchase-2").await, "refused");
    let (_, ledger) = story.get("/v1/events/purchase-2").await;
    assert_eq!(ledger["customer_id"], "C-1", "{ledger}");
    let sent = story.world.sent_count(BORIS.id);
    story.advance(days(1)).await;
    assert_eq!(story.world.sent_count(BORIS.id), sent);
    assert_eq!(story.state("purchase-3").await, "waiting_for_link");
    story.end().await;
}

#[tokio::test]
async fn an_admin_erases_the_customer_and_the_person_who_asked_is_told_and_then_forgotten() {
    let story = with_admin().await;
    forgotten(&story).await;
    assert_eq!(story.tap(story.lead, "Стереть клиента").await, "Клиент стёрт");
    assert_eq!(record(&story, "C-1").await.0, 404);
    assert!(story.chat(story.lead).contains("Решено: клиент стёрт"), "{}", story.chat(story.lead));
    assert!(!story.chat(story.lead).contains("C-1"), "{}", story.chat(story.lead));
    assert!(story.last(BORIS).contains("Теперь стёрто и остальное"), "{}", story.last(BORIS));
    assert_eq!(checked(&story).await, "");
    story.advance(minutes(3)).await;
    assert_eq!(traces_of_boris(&story).await, Vec::<String>::new());
    story.say(story.lead, "/staff log").await;
    let log = story.last(story.lead);
    assert!(log.contains("по просьбе стереть данные стёрт клиент"), "{log}");
    story.end().await;
}

#[tokio::test]
async fn of_two_admins_the_first_decides() {
    let story = with_admin().await;
    let second = story.person("Вера");
    story.start(second).await;
    let mut unit = story.unit().await;
    staff::give(&mut unit, None, PersonId::new(second.id), Role::Admin, None).await.unwrap();
    unit.commit().await.unwrap();
    forgotten(&story).await;
    let (keep, erase) = (story.touch(story.lead, "Оставить"), story.touch(second, "Стереть клиента"));
    story.settle().await;
    assert_eq!((story.toast(&keep).as_str(), story.toast(&erase).as_str()), ("Оставлено", "Это уже решено"));
    assert_eq!(record(&story, "C-1").await.0, 200);
    for admin in [story.lead, second] {
        assert!(story.chat(admin).contains("Решено: остальное оставлено"), "{}", story.chat(admin));
    }
    assert!(story.last(BORIS).contains("относится к другому человеку"), "{}", story.last(BORIS));
    assert_eq!(checked(&story).await, "");
    story.advance(days(30)).await;
    assert_eq!(record(&story, "C-1").await.0, 200);
    story.end().await;
}

#[tokio::test]
pub async fn nobody_without_the_role_decides() {
    let story = with_admin().await;
    let anna = forgotten(&story).await;
    let (message, erase) = question(&story, story.lead);
    for person in [anna, BORIS] {
        assert_eq!(story.forge(person, person.id, 2, &erase).await, "Это решают только администраторы");
    }
    assert_eq!(story.forge(anna, story.leads, 1, &erase).await, "Этот опрос адресован не вам");
    assert_eq!(record(&story, "C-1").await.0, 200);
    // The message of somebody who is no admin any more goes.
    let second = story.person("Вера");
    story.start(second).await;
    let mut unit = story.unit().await;
    staff::give(&mut unit, None, PersonId::new(second.id), Role::Admin, None).await.unwrap();
    unit.commit().await.unwrap();
    story.advance(minutes(2)).await;
    assert!(story.last(second).contains("C-1"), "{}", story.last(second));
    let mut unit = story.unit().await;
    staff::take(&mut unit, None, PersonId::new(second.id)).await.unwrap();
    unit.commit().await.unwrap();
    story.advance(minutes(2)).await;
    assert!(!story.chat(second).contains("C-1"), "{}", story.chat(second));
    assert!(story.world.shown(story.lead.id, message).contains("C-1"));
    story.end().await;
}

#[tokio::test]
async fn the_other_person_who_answered_erases_the_customer_by_themselves() {
    let story = with_admin().await;
    let anna = forgotten(&story).await;
    story.say(anna, "/forget").await;
    assert!(!story.last(anna).contains("ещё один человек"), "{}", story.last(anna));
    story.tap(anna, "Стереть всё").await;
    story.advance(minutes(3)).await;
    assert_eq!(record(&story, "C-1").await.0, 404);
    assert!(story.chat(story.lead).contains("Решено: клиент стёрт"), "{}", story.chat(story.lead));
    assert!(story.last(BORIS).contains("Теперь стёрто и остальное"), "{}", story.last(BORIS));
    assert_eq!(traces_of_boris(&story).await, Vec::<String>::new());
    story.end().await;
}

#[tokio::test]
async fn after_25_days_all_goes_but_what_the_other_person_answered_though_serve_was_down() {
    let mut story = with_admin().await;
    story.link(story.person("Дора"), "C-2").await;
    forgotten(&story).await;
    story.purchase("3", "C-1", json!({"customer": {"name": "Аграфена Неповторимая"}})).await;
    let (message, erase) = question(&story, story.lead);
    story.advance(days(2)).await;
    assert_eq!(story.world.calls("deleteMessage"), 2, "asked once a day, in one message");
    assert!(!story.chat(BORIS).contains("кроме того"), "{}", story.chat(BORIS));
    story.stop_for(days(24), |_| ()).await;
    story.advance(minutes(3)).await;
    // The purchase of Anna is known, and no more of it; what came after the request is not asked about.
    let (_, kept) = record(&story, "C-1").await;
    let events = kept["events"].as_array().unwrap();
    let known: Vec<(&Value, &Value)> =
        events.iter().map(|event| (&event["event_id"], &event["event"]["subject"]["id"])).collect();
    let (first, third) = (json!("purchase-1"), json!("purchase-3"));
    assert_eq!(known, [(&first, &Value::Null), (&third, &json!("3"))], "{kept}");
    assert_eq!(kept["links"].as_array().unwrap().len(), 1, "{kept}");
    assert_eq!(story.answered(&ANSWERED).await.lines().filter(|line| line.contains("C-1")).count(), 2);
    assert!(story.answers().await.contains("Утюг искрит"), "{}", story.answers().await);
    assert!(!story.alerts().contains("Заказ Неповторимой"), "{}", story.alerts());
    let left = contents(&story).await;
    let has = |(_, bytes): &(String, Vec<u8>)| String::from_utf8_lossy(bytes).contains("Заказ Неповторимой");
    assert!(!left.iter().any(has));
    assert!(story.chat(story.lead).contains("Срок вышел"), "{}", story.chat(story.lead));
    assert!(story.last(BORIS).contains("кроме того, чем поделился другой человек"), "{}", story.last(BORIS));
    assert_eq!(traces_of_boris(&story).await, Vec::<String>::new());
    assert_eq!(story.forge(story.lead, story.lead.id, message, &erase).await, "Это уже решено");
    assert_eq!(record(&story, "C-1").await.0, 200);
    assert_eq!(record(&story, "C-2").await.0, 200);
    story.end().await;
}

#[tokio::test]
async fn a_customer_for_whom_nobody_answered_is_gone_after_25_days() {
    let story = with_admin().await;
    let anna = story.customer("Анна", "C-1").await;
    story.world.add_user_as(BORIS.id, "Борис", Some("ru"));
    story.follow(BORIS, &new_link(&story, "C-1").await).await;
    forget(&story, BORIS).await;
    assert_eq!(record(&story, "C-1").await.0, 200);
    story.advance(days(25)).await;
    assert_eq!(record(&story, "C-1").await.0, 404);
    assert!(story.last(BORIS).contains("Теперь стёрто и остальное"), "{}", story.last(BORIS));
    assert!(
        story.running.db.read().await.unwrap().find_person(PersonId::new(anna.id)).await.unwrap().is_none()
    );
    story.end().await;
}

#[tokio::test]
async fn what_the_other_person_answers_meanwhile_is_told_to_the_admin_and_stays() {
    let story = with_admin().await;
    let anna = forgotten(&story).await;
    for score in ["9", "9"] {
        story.tap(anna, score).await;
    }
    // Nobody is asked while their case is talked about.
    story.advance(days(2)).await;
    story.purchase("3", "C-1", json!({})).await;
    story.follow(anna, &new_link(&story, "C-1").await).await;
    story.advance(hours(3)).await;
    story.tap(anna, "10").await;
    assert_eq!(story.tap(story.lead, "Стереть клиента").await, "Данные изменились, посмотрите ещё раз");
    let asked = story.last(story.lead);
    assert!(asked.contains("событий — 3") && asked.contains("опросов с ответами — 2"), "{asked}");
    story.advance(days(24)).await;
    assert_eq!(story.answered(&ANSWERED).await.lines().filter(|line| line.contains("C-1")).count(), 5);
    // She is the customer still.
    assert_eq!(story.purchase("4", "C-1", json!({})).await, None);
    assert_eq!(record(&story, "C-1").await.1["persons"][0]["telegram_id"], json!(anna.id));
    story.end().await;
}

#[tokio::test]
async fn a_person_who_asked_and_comes_back_by_a_link_keeps_what_is_new() {
    let story = with_admin().await;
    forgotten(&story).await;
    story.follow(BORIS, &new_link(&story, "C-1").await).await;
    story.purchase("3", "C-1", json!({})).await;
    story.say(BORIS, "/forget").await;
    assert!(story.last(BORIS).contains("ещё ждёт решения"), "{}", story.last(BORIS));
    story.tap(BORIS, "Оставить").await;
    story.advance(hours(3)).await;
    story.tap(BORIS, "10").await;
    story.advance(days(26)).await;
    assert!(story.chat(BORIS).contains("кроме того, чем поделился другой человек"), "{}", story.chat(BORIS));
    assert_eq!(story.answered(&ANSWERED).await.lines().filter(|line| line.contains("C-1")).count(), 3);
    assert_eq!(story.purchase("4", "C-1", json!({})).await, None);
    story.end().await;
}

#[tokio::test]
async fn the_same_request_once_more_covers_what_is_new_and_gains_no_time() {
    let story = with_admin().await;
    forgotten(&story).await;
    story.advance(days(10)).await;
    story.purchase("3", "C-1", json!({})).await;
    story.follow(BORIS, &new_link(&story, "C-1").await).await;
    forget(&story, BORIS).await;
    assert_eq!(count(&checked(&story).await, "1 request to erase data"), 1);
    story.advance(days(15)).await;
    let (_, kept) = record(&story, "C-1").await;
    assert_eq!(kept["events"].as_array().unwrap().len(), 1, "{kept}");
    story.end().await;
}

#[tokio::test]
async fn without_an_admin_a_request_waits_and_the_first_one_is_asked() {
    let story = Setting::new().await.set("ADMIN_IDS", "").set("QUIET_HOURS", "off").start().await;
    forgotten(&story).await;
    let line = checked(&story).await;
    assert!(line.starts_with("WRONG") && line.contains("there is no admin to be asked"), "{line}");
    story.advance(days(3)).await;
    let mut unit = story.unit().await;
    staff::give(&mut unit, None, PersonId::new(story.lead.id), Role::Admin, None).await.unwrap();
    unit.commit().await.unwrap();
    // Nobody can be written to who has not started the bot.
    story.advance(minutes(2)).await;
    assert!(story.world.last_message(story.lead.id).is_none());
    story.start(story.lead).await;
    story.advance(minutes(2)).await;
    assert!(story.last(story.lead).contains("связанный с клиентом C-1"), "{}", story.chat(story.lead));
    assert_eq!(story.tap(story.lead, "Оставить").await, "Оставлено");
    story.end().await;
}

#[tokio::test]
pub async fn a_customer_known_by_an_event_is_not_erased_by_the_finder_of_a_link() {
    let story = with_admin().await;
    let anna = story.person("Анна");
    story.start(anna).await;
    story.ticket("0", "C-1", json!({"kind": "ticket_opened", "customer": {"telegram_id": anna.id}})).await;
    story.world.add_user_as(BORIS.id, "Борис", Some("ru"));
    story.follow(BORIS, &new_link(&story, "C-1").await).await;
    forget(&story, BORIS).await;
    let (status, kept) = record(&story, "C-1").await;
    assert_eq!(status, 200);
    // Both are in the customer's record: the one who is the customer now, and the one an event named before.
    let persons: Vec<&Value> =
        kept["persons"].as_array().unwrap().iter().map(|person| &person["telegram_id"]).collect();
    assert!(persons.contains(&&json!(anna.id)), "{persons:?}");
    assert!(story.last(story.lead).contains("связанный с клиентом C-1"), "{}", story.chat(story.lead));
    // It was hers, so she may.
    forget(&story, anna).await;
    assert_eq!(record(&story, "C-1").await.0, 404);
    story.end().await;
}

#[tokio::test]
pub async fn a_request_with_very_many_events_runs_out_in_bounded_steps_and_goes_on_after_a_kill() {
    let mut story = with_admin().await;
    forgotten(&story).await;
    let event = |number: usize| {
        json!({"event_id": format!("visit-{number}"), "kind": "ticket_opened",
               "occurred_at": story.clock.now().to_rfc3339(), "customer": {"id": "C-1"}})
    };
    story.post(&json!((0..300).map(event).collect::<Vec<Value>>())).await;
    story.follow(BORIS, &new_link(&story, "C-1").await).await;
    forget(&story, BORIS).await;
    let mut unit = story.unit().await;
    unit.now = story.clock.now().plus(days(26));
    let id = unit.tx.list_forget_requests().await.unwrap()[0].id;
    let rest = erasing::run_out(&mut unit, id).await.unwrap();
    assert_eq!(rest, Rest::More);
    unit.commit().await.unwrap();
    let left = record(&story, "C-1").await.1["events"].as_array().unwrap().len();
    assert!((100..250).contains(&left), "{left}");
    story.stop_for(days(26), |_| ()).await;
    story.advance(minutes(2)).await;
    assert_eq!(record(&story, "C-1").await.1["events"].as_array().unwrap().len(), 1);
    assert!(story.last(BORIS).contains("Теперь стёрто и остальное"), "{}", story.last(BORIS));
    story.end().await;
}

#[tokio::test]
pub async fn a_clock_that_was_ahead_gives_no_more_time_than_one_that_is_right() {
    let story = with_admin().await;
    found(&story).await;
    story.clock.step(1000 * 86_400_000);
    forget(&story, BORIS).await;
    story.clock.step(-1000 * 86_400_000);
    story.advance(days(26)).await;
    assert!(story.last(BORIS).contains("Теперь стёрто и остальное"), "{}", story.last(BORIS));
    assert!(story.answers().await.contains("Утюг искрит"), "{}", story.answers().await);
    story.end().await;
}
