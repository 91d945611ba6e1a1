//! Whether hooks are well: the leads hear of one that is silent or whose deliveries fail, once, and again after it was
//! well.

use afterword::cli::Output;
use afterword::cli::check::{self, CheckArgs};
use afterword::cli::hook::HookCommand;
use afterword::service::hooks::watch;
use serde_json::json;

use super::hooks::{JSON, closed, deliver, live, mapped, shell, watching};
use crate::harness::{Story, hours, minutes, seconds};

const DAY: u64 = 24;

pub async fn checked(story: &Story) -> String {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut to = Output { out: &mut out, err: &mut err };
    check::run(&story.setup(), &CheckArgs::default(), &mut to).await.unwrap();
    String::from_utf8(out).unwrap()
}

/// Delivers once a day for so many days.
async fn daily(story: &Story, hook: &str, days: u64) {
    for day in 0..days {
        mapped(story, hook, &closed(&format!("T-{}-{day}", story.clock.now()), "desk:1")).await;
        story.advance(hours(DAY)).await;
    }
}

fn told(story: &Story, sign: &str) -> usize {
    story.alerts().matches(sign).count()
}

#[tokio::test]
pub async fn the_leads_hear_once_of_a_hook_that_fell_silent_and_again_after_it_was_well() {
    let story = Story::new().await;
    let hook = live(&story, "desk", "paste").await;
    let rare = live(&story, "rare", "paste").await;
    mapped(&story, &rare, &closed("R-1", "rare:1")).await;
    daily(&story, &hook, 8).await;
    assert_eq!(told(&story, "📭"), 0, "{}", story.alerts());
    story.advance(hours(23)).await;
    assert_eq!(told(&story, "📭"), 0, "not yet two days");
    story.advance(hours(2)).await;
    let alerts = story.alerts();
    assert!(
        alerts.contains("📭 «desk» (Своя система (шаблон JSON или форма)): уже 48 ч ничего не приходило"),
        "{alerts}"
    );
    story.advance(hours(DAY * 3)).await;
    assert_eq!(
        told(&story, "📭"),
        1,
        "once, and nothing of the one that never was steady: {}",
        story.alerts()
    );
    assert_eq!(story.get("/readyz").await.0, 200, "the program is well");
    let check = checked(&story).await;
    assert!(check.contains("WRONG  hook desk: nothing has arrived since 2026-11-28T"), "{check}");
    let metrics = story.text("/metrics").await;
    let age =
        metrics.lines().find(|line| line.starts_with("afterword_hook_delivery_age_seconds{hook=\"desk\"}"));
    let age: f64 = age.and_then(|line| line.rsplit(' ').next()).unwrap().parse().unwrap();
    assert!(age > 120.0 * 3600.0, "{age}");

    daily(&story, &hook, 1).await;
    assert!(!checked(&story).await.contains("nothing has arrived"));
    story.advance(hours(DAY * 2)).await;
    assert_eq!(told(&story, "📭"), 1, "it was not steady for long enough since then");
    daily(&story, &hook, 9).await;
    story.advance(hours(DAY * 2)).await;
    assert_eq!(told(&story, "📭"), 2, "{}", story.alerts());
    story.end().await;
}

#[tokio::test]
async fn what_the_program_itself_slept_through_is_no_silence_of_a_hook() {
    let mut story = Story::new().await;
    let hook = live(&story, "desk", "paste").await;
    daily(&story, &hook, 8).await;
    story.stop_for(hours(DAY * 3), |_| {}).await;
    story.advance(hours(20)).await;
    assert_eq!(told(&story, "📭"), 0, "{}", story.alerts());
    story.advance(hours(6)).await;
    assert_eq!(told(&story, "📭"), 1, "{}", story.alerts());
    story.end().await;
}

#[tokio::test]
async fn a_hook_that_was_silent_while_it_only_watched_was_not_steady() {
    let story = Story::new().await;
    let hook = watching(&story, "desk", "paste").await;
    mapped(&story, &hook, &closed("T-1", "desk:1")).await;
    story.advance(hours(DAY * 8)).await;
    mapped(&story, &hook, &closed("T-2", "desk:1")).await;
    shell(&story, HookCommand::Go { name: "desk".to_owned() }).await;
    story.advance(hours(DAY * 3)).await;
    assert_eq!(told(&story, "📭"), 0, "{}", story.alerts());
    story.end().await;
}

#[tokio::test]
async fn a_delivery_under_a_clock_that_was_ahead_does_not_hide_a_silence() {
    let story = Story::new().await;
    let hook = live(&story, "desk", "paste").await;
    let mut tx = story.running.db.write().await.unwrap();
    let ahead = story.clock.now().plus(hours(DAY * 365));
    tx.note_hook_delivered(1, ahead, watch::SILENT_AFTER).await.unwrap();
    tx.commit().await.unwrap();
    daily(&story, &hook, 8).await;
    story.advance(hours(DAY + 1)).await;
    assert_eq!(told(&story, "📭"), 1, "{}", story.alerts());
    story.end().await;
}

/// Delivers so many purchases, good ones or such as cannot be read, and lets them be mapped.
async fn delivered(story: &Story, hook: &str, count: usize, is_good: bool) {
    let at = story.clock.now();
    for number in 0..count {
        let customer = if is_good { "C-1" } else { "" };
        let event = json!({
            "event_id": format!("order-{at}-{number}"), "kind": "purchase", "customer": {"id": customer},
        });
        assert_eq!(deliver(story, hook, JSON, &event.to_string()).await.0, 200);
    }
    story.advance(seconds(2)).await;
    story.advance(minutes(10)).await;
}

#[tokio::test]
pub async fn the_leads_hear_once_when_more_than_a_fifth_of_the_newest_deliveries_fail() {
    let story = Story::new().await;
    let hook = live(&story, "shop", "paste").await;
    delivered(&story, &hook, 40, true).await;
    delivered(&story, &hook, 10, false).await;
    assert_eq!(told(&story, "⚠️"), 0, "a fifth is not more than a fifth: {}", story.alerts());
    delivered(&story, &hook, 1, false).await;
    let alerts = story.alerts();
    assert!(alerts.contains("не удалось разобрать 11 из 50 последних доставок"), "{alerts}");
    delivered(&story, &hook, 5, false).await;
    assert_eq!(told(&story, "⚠️"), 1);
    let check = checked(&story).await;
    assert!(check.contains("WRONG  hook shop: 16 of its 50 newest deliveries failed"), "{check}");
    assert_eq!(story.get("/readyz").await.0, 200);
    delivered(&story, &hook, 45, true).await;
    assert!(!checked(&story).await.contains("newest deliveries failed"));
    delivered(&story, &hook, 12, false).await;
    assert_eq!(told(&story, "⚠️"), 2, "{}", story.alerts());
    shell(&story, HookCommand::Watch { name: "shop".to_owned() }).await;
    assert!(!checked(&story).await.contains("newest deliveries failed"), "it only watches");
    story.end().await;
}

#[tokio::test]
pub async fn check_names_two_hooks_that_make_purchases_of_the_same_orders() {
    let story = Story::new().await;
    let (pay, crm) = (live(&story, "pay", "paste").await, live(&story, "crm", "paste").await);
    let order = |hook: &str, order: &str| json!({"event_id": format!("{hook}-{order}"), "kind": "purchase", "customer": {"id": "C-1"}, "subject": {"id": order}});
    mapped(&story, &pay, &order("pay", "1001")).await;
    mapped(&story, &crm, &order("crm", "1002")).await;
    assert!(!checked(&story).await.contains("both make"));
    mapped(&story, &crm, &order("crm", "1001")).await;
    let check = checked(&story).await;
    assert!(
        check.contains("WRONG  hooks pay and crm: both make a purchase of 1 order of the last 30 days"),
        "{check}"
    );
    story.end().await;
}
