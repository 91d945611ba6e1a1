//! Roles that are given and taken from a shell beside a running `serve`.

use std::sync::Arc;

use afterword::cli::staff::{self, StaffCommand};
use afterword::cli::{Output, Setup};
use afterword::config::Config;
use afterword::domain::ids::PersonId;
use afterword::domain::staff::Role;
use afterword::entropy::Entropy;
use afterword::sandbox::Fault;
use serde_json::json;

use crate::harness::{Person, Setting, Story, hours, minutes};

/// Types a command.
pub(super) async fn type_in(story: &Story, command: StaffCommand) {
    let config = Arc::new(Config::clone(&story.running.ctx.config));
    let setup = Setup { config, clock: story.clock.clone(), entropy: Entropy::seeded(3) };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut to = Output { out: &mut out, err: &mut err };
    assert_eq!(staff::run(&setup, command, &mut to).await.unwrap(), 0);
}

pub(super) fn add(person: Person, role: Role) -> StaffCommand {
    StaffCommand::Add { telegram_id: PersonId::new(person.id), role, agent_id: None }
}

/// What another process writes into the outbox is found within seconds, real ones.
pub(super) async fn sees(story: &Story, person: Person, words: &str) {
    story.wait_until(|world| world.transcript(person.id).contains(words)).await;
    story.settle().await;
}

/// A customer who is asked after a purchase.
async fn asked(story: &Story, name: &str, number: u32) -> Person {
    let customer = format!("C-{number}");
    let person = story.customer(name, &customer).await;
    story.purchase(&number.to_string(), &customer, json!({})).await;
    story.advance(hours(3)).await;
    person
}

async fn bad_score(story: &Story, name: &str, number: u32) -> Person {
    let person = asked(story, name, number).await;
    story.tap(person, "2").await;
    person
}

#[tokio::test]
async fn whoever_loses_the_role_sees_no_more_of_it_and_others_are_told_instead() {
    let story = Setting::new().await.set("ALERT_CHATS", "").set("QUIET_HOURS", "off").start().await;
    story.start(story.lead).await;
    let boris = story.person("Борис");
    story.start(boris).await;
    type_in(&story, add(boris, Role::Lead)).await;
    story.say(boris, "/alerts").await;
    let anna = bad_score(&story, "Анна", 1).await;
    assert!(story.last(boris).contains("C-1"), "{}", story.last(boris));
    assert!(!story.chat(story.lead).contains("C-1"), "{}", story.chat(story.lead));

    type_in(&story, StaffCommand::Remove { telegram_id: PersonId::new(boris.id) }).await;
    let seen = story.chat(boris);
    story.say(anna, "Чашка разбита").await;
    bad_score(&story, "Вера", 2).await;
    assert_eq!(story.chat(boris), seen, "neither what follows an old alert nor a new one");
    assert!(story.chat(story.lead).contains("Чашка разбита"), "{}", story.chat(story.lead));
    assert!(story.last(story.lead).contains("C-2"), "{}", story.last(story.lead));
    story.say(boris, "/alerts").await;
    assert!(story.last(boris).contains("для руководителей и администраторов"), "{}", story.last(boris));

    // Coming back does not bring the old subscription back.
    type_in(&story, add(boris, Role::Lead)).await;
    let seen = story.chat(boris);
    bad_score(&story, "Глеб", 3).await;
    assert_eq!(story.chat(boris), seen);
    story.end().await;
}

#[tokio::test]
async fn an_alert_on_its_way_to_somebody_who_loses_the_role_goes_to_the_others() {
    let story = Setting::new().await.set("ALERT_CHATS", "").start().await;
    story.start(story.lead).await;
    let boris = story.person("Борис");
    type_in(&story, add(boris, Role::Lead)).await;
    story.start(boris).await;
    story.say(boris, "/alerts").await;
    let anna = asked(&story, "Анна", 1).await;
    let fails = Fault::error(500, "Internal Server Error").on("sendMessage").chat(boris.id).always();
    story.world.fault(fails);
    let tap = story.world.tap_last(anna.id, "2").unwrap();
    story.world.answered(&tap).await;
    type_in(&story, add(boris, Role::Agent)).await;
    story.world.clear_faults();
    sees(&story, story.lead, "C-1").await;
    story.advance(minutes(5)).await;
    assert!(!story.chat(boris).contains("C-1"), "{}", story.chat(boris));
    story.end().await;
}

#[tokio::test]
async fn alerts_that_waited_for_somebody_go_to_the_first_admin_who_is_added() {
    let story = Setting::new().await.set("ADMIN_IDS", "").set("ALERT_CHATS", "").start().await;
    story.start(story.lead).await;
    bad_score(&story, "Анна", 1).await;
    assert!(!story.chat(story.lead).contains("C-1"));
    type_in(&story, add(story.lead, Role::Admin)).await;
    sees(&story, story.lead, "C-1").await;
    story.end().await;
}
