//! The link for the first admin: it lives a day, ends with the first admin for good, and comes again on request only.

use std::sync::Arc;

use afterword::cli::staff::{self, StaffCommand};
use afterword::cli::{Output, Setup};
use afterword::config::Config;
use afterword::domain::ids::PersonId;
use afterword::domain::staff::Role;
use insta::assert_snapshot;

use super::roles::{add, type_in};
use crate::harness::{Person, Setting, Story, hours, minutes};

async fn newcomer() -> Story {
    Setting::new().await.set("ADMIN_IDS", "").set("ALERT_CHATS", "").start().await
}

async fn printed(story: &Story) -> Option<String> {
    story.running.claim_link().await.unwrap()
}

/// What `afterword staff claim` prints.
async fn claimed(story: &Story) -> String {
    let config = Arc::new(Config::clone(&story.running.ctx.config));
    let setup = Setup { config, clock: story.clock.clone(), entropy: story.setup().entropy };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut to = Output { out: &mut out, err: &mut err };
    assert_eq!(staff::run(&setup, StaffCommand::Claim, &mut to).await.unwrap(), 0);
    String::from_utf8(out).unwrap().trim().to_owned()
}

async fn is_admin(story: &Story, person: Person) -> bool {
    let role = story.running.db.read().await.unwrap().find_role(PersonId::new(person.id)).await.unwrap();
    role.as_deref() == Some("admin")
}

#[tokio::test]
async fn a_link_that_nobody_used_within_a_day_is_replaced_at_the_next_start() {
    let mut story = newcomer().await;
    let (anna, boris) = (story.person("Анна"), story.person("Борис"));
    let link = printed(&story).await.unwrap();
    story.advance(hours(23)).await;
    story.restart().await;
    assert_eq!(printed(&story).await.as_ref(), Some(&link), "the same while it lives");
    story.advance(hours(1)).await;
    story.follow(anna, &link).await;
    assert_snapshot!(story.last(anna), @"Bot: Срок этой ссылки вышел. Новую напечатает на сервере команда afterword staff claim.");
    story.restart().await;
    let next = printed(&story).await.unwrap();
    assert_ne!(next, link);
    story.follow(boris, &link).await;
    assert!(story.last(boris).contains("Срок этой ссылки вышел"), "{}", story.last(boris));
    story.follow(anna, &next).await;
    assert!(is_admin(&story, anna).await && !is_admin(&story, boris).await);
    story.restart().await;
    assert_eq!(printed(&story).await, None);
    story.end().await;
}

#[tokio::test]
async fn the_first_admin_ends_the_link_for_good_however_they_come() {
    // From the shell.
    let mut story = newcomer().await;
    let boris = story.person("Борис");
    let link = printed(&story).await.unwrap();
    type_in(&story, add(story.lead, Role::Admin)).await;
    type_in(&story, add(boris, Role::Lead)).await;
    story.restart().await;
    assert_eq!(printed(&story).await, None);
    // Even where there is none any more, whatever took them away.
    let mut tx = story.running.db.write().await.unwrap();
    tx.delete_staff(PersonId::new(story.lead.id)).await.unwrap();
    tx.commit().await.unwrap();
    story.restart().await;
    assert_eq!(printed(&story).await, None);
    story.follow(boris, &link).await;
    assert!(story.last(boris).contains("одноразовая"), "{}", story.last(boris));
    assert!(!is_admin(&story, boris).await);
    story.end().await;

    // By the environment, which names them for a while.
    let mut story = newcomer().await;
    let boris = story.person("Борис");
    let link = printed(&story).await.unwrap();
    let lead = story.lead.id;
    story.reconfigure(|config| config.admin_ids = [PersonId::new(lead)].into()).await;
    story.reconfigure(|config| config.admin_ids.clear()).await;
    assert_eq!(printed(&story).await, None);
    story.follow(boris, &link).await;
    assert!(story.last(boris).contains("одноразовая") && !is_admin(&story, boris).await);
    // The operator asks for another one.
    let claimed = claimed(&story).await;
    story.follow(boris, &claimed).await;
    assert!(is_admin(&story, boris).await, "{}", story.last(boris));
    story.end().await;
}

#[tokio::test]
async fn an_operator_asks_for_a_link_beside_admins_which_serves_once_for_a_day_and_until_there_is_another_admin()
 {
    let story = newcomer().await;
    let (anna, boris, clara) = (story.person("Анна"), story.person("Борис"), story.person("Клара"));
    story.follow(anna, &printed(&story).await.unwrap()).await;
    assert!(is_admin(&story, anna).await);
    let (first, second) = (claimed(&story).await, claimed(&story).await);
    assert_ne!(first, second);
    story.follow(boris, &first).await;
    assert!(!is_admin(&story, boris).await, "the newer one is in its place");
    story.follow(boris, &second).await;
    assert!(is_admin(&story, boris).await, "{}", story.last(boris));
    story.follow(clara, &second).await;
    assert!(story.last(clara).contains("одноразовая") && !is_admin(&story, clara).await);
    let late = claimed(&story).await;
    story.advance(hours(24)).await;
    story.follow(clara, &late).await;
    assert!(story.last(clara).contains("afterword staff claim"), "{}", story.last(clara));
    let ended = claimed(&story).await;
    type_in(&story, add(story.lead, Role::Admin)).await;
    story.advance(minutes(1)).await;
    story.follow(clara, &ended).await;
    assert!(story.last(clara).contains("одноразовая") && !is_admin(&story, clara).await);
    story.end().await;
}

#[tokio::test]
async fn a_link_that_was_asked_for_while_there_was_no_admin_ends_with_the_first_of_the_environment() {
    let mut story = newcomer().await;
    let boris = story.person("Борис");
    let first = printed(&story).await.unwrap();
    let link = claimed(&story).await;
    assert_ne!(first, link);
    assert_eq!(printed(&story).await.as_ref(), Some(&link), "a start prints the one there is");
    let lead = story.lead.id;
    story.reconfigure(|config| config.admin_ids = [PersonId::new(lead)].into()).await;
    story.reconfigure(|config| config.admin_ids.clear()).await;
    story.follow(boris, &link).await;
    assert!(story.last(boris).contains("одноразовая") && !is_admin(&story, boris).await);
    story.end().await;
}
