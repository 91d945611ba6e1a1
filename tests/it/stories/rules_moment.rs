//! At which moment a survey leaves: window, quiet hours, time zones, days off, age, downtime; each by default, by
//! the environment where it has a say, and by the script.

use insta::{allow_duplicates, assert_snapshot};
use serde_json::{Value, json};

use crate::harness::{Setting, Story, hours, minutes, script};

const ONE: &str = "[[questions]]\nkey = \"q\"\nmetric = \"csi\"\nscale = \"1-5\"\n\
                   text = { ru = \"Как всё прошло?\", en = \"How was it?\" }\n\
                   low = { comment = { ru = \"Почему?\", en = \"Why?\" } }\n";

/// When a purchase at `at`, told of now, will be asked about; `send` is the script's own `[send]`.
async fn due(setting: Setting, send: Option<&str>, now: &str, at: &str, more: Value) -> String {
    let story = setting.start().await;
    if let Some(send) = send {
        story.publish(&script("own", "", send, ONE)).await;
    }
    story.customer("Анна", "C-1").await;
    story.jump_to(now).await;
    let mut event = json!({
        "event_id": "e", "kind": "purchase", "occurred_at": at, "customer": { "id": "C-1" },
    });
    event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let answer = story.event(event).await;
    let due = answer["due_at"]
        .as_str()
        .map_or_else(|| answer["reason"].as_str().unwrap().to_owned(), str::to_owned);
    if answer["state"] == "scheduled" {
        // The background work looks once a second.
        let soon = story.clock.now().plus_millis(1000);
        story.clock.advance_to(afterword_time(&due).max(soon));
        story.settle().await;
        assert_eq!(story.state("e").await, "sent", "it leaves at the moment it was promised for");
    }
    story.end().await;
    due
}

fn afterword_time(text: &str) -> afterword::domain::time::Timestamp {
    chrono::DateTime::parse_from_rfc3339(text).unwrap().to_utc().into()
}

async fn setting() -> Setting {
    Setting::new().await
}

const NOON: &str = "2026-11-23T09:00:00Z";
const EVENING: &str = "2026-11-23T17:00:00Z";

#[tokio::test]
async fn a_survey_leaves_three_hours_later_unless_the_script_says_otherwise() {
    let by_default = due(setting().await, None, NOON, NOON, json!({})).await;
    assert_eq!(by_default, "2026-11-23T12:00:00Z");
    let send = "delay = \"20m\"\ndelay_min = \"0s\"";
    let by_script = due(setting().await, Some(send), NOON, NOON, json!({})).await;
    assert_eq!(by_script, "2026-11-23T09:20:00Z");
    // An event told of late: at once, if the window is open.
    let late = due(setting().await, None, "2026-11-23T14:00:00Z", NOON, json!({})).await;
    assert_eq!(late, "2026-11-23T14:00:00Z");
}

#[tokio::test]
async fn before_the_night_a_survey_leaves_early_if_the_window_allows() {
    // 18:30 in Moscow: in three hours it is night, in two it is not.
    let early = due(setting().await, None, "2026-11-23T15:30:00Z", "2026-11-23T15:30:00Z", json!({})).await;
    assert_eq!(early, "2026-11-23T17:30:00Z");
    let send = "quiet_hours = \"21:00-10:00\"\ndelay_min = \"3h\"";
    let late =
        due(setting().await, Some(send), "2026-11-23T15:30:00Z", "2026-11-23T15:30:00Z", json!({})).await;
    assert_eq!(late, "2026-11-24T07:00:00Z");
    // The night is over within six hours.
    let send = "quiet_hours = \"21:00-00:15\"\ndelay_min = \"3h\"";
    let soon =
        due(setting().await, Some(send), "2026-11-23T15:30:00Z", "2026-11-23T15:30:00Z", json!({})).await;
    assert_eq!(soon, "2026-11-23T21:15:00Z");
}

#[tokio::test]
async fn quiet_hours_are_the_scripts_over_the_environments_over_the_default() {
    let by_default = due(setting().await, None, EVENING, EVENING, json!({})).await;
    assert_eq!(by_default, "2026-11-24T07:00:00Z");
    let environment = setting().await.set("QUIET_HOURS", "22:00-08:00");
    assert_eq!(due(environment, None, EVENING, EVENING, json!({})).await, "2026-11-24T05:00:00Z");
    let environment = setting().await.set("QUIET_HOURS", "off");
    assert_eq!(due(environment, None, EVENING, EVENING, json!({})).await, "2026-11-23T20:00:00Z");
    let environment = setting().await.set("QUIET_HOURS", "off");
    let send = Some("quiet_hours = \"21:30-09:15\"");
    assert_eq!(due(environment, send, EVENING, EVENING, json!({})).await, "2026-11-24T06:15:00Z");
}

#[tokio::test]
async fn the_night_is_the_customers_and_by_default_the_shops() {
    let zone = |zone: &str| json!({ "customer": { "id": "C-1", "timezone": zone } });
    assert_eq!(
        due(setting().await, None, NOON, NOON, zone("Asia/Vladivostok")).await,
        "2026-11-24T00:00:00Z"
    );
    assert_eq!(
        due(setting().await, None, NOON, NOON, zone("America/New_York")).await,
        "2026-11-23T15:00:00Z"
    );
    let environment = setting().await.set("DEFAULT_TZ", "Asia/Tokyo");
    assert_eq!(due(environment, None, NOON, NOON, json!({})).await, "2026-11-23T11:00:00Z");
}

#[tokio::test]
async fn on_the_night_the_clocks_change_a_wall_time_in_the_gap_is_the_first_instant_after_it() {
    let berlin = json!({ "customer": { "id": "C-1", "timezone": "Europe/Berlin" } });
    let send = Some("quiet_hours = \"21:00-02:30\"");
    let evening = "2027-03-27T20:00:00Z";
    assert_eq!(due(setting().await, send, evening, evening, berlin.clone()).await, "2027-03-28T01:00:00Z");
    // In the night of the winter time 02:30 comes twice; nobody is woken at the first one.
    let evening = "2027-10-30T20:00:00Z";
    assert_eq!(due(setting().await, send, evening, evening, berlin).await, "2027-10-31T00:30:00Z");
}

#[tokio::test]
async fn nothing_leaves_on_a_day_off() {
    let friday = "2026-11-20T20:00:00Z";
    let weekend = Some("days_off = [\"sat\", \"sun\", \"2026-11-23\"]\nmax_age = \"5d\"");
    let now = "2026-11-21T12:30:00Z";
    assert_eq!(due(setting().await, weekend, now, friday, json!({})).await, "2026-11-23T21:00:00Z");
    let none = Some("max_age = \"5d\"");
    assert_eq!(due(setting().await, none, now, friday, json!({})).await, "2026-11-21T12:30:00Z");
}

#[tokio::test]
async fn an_event_may_be_two_days_old_unless_the_script_says_otherwise() {
    let two_days_ago = "2026-11-21T09:00:01Z";
    assert_eq!(due(setting().await, None, NOON, two_days_ago, json!({})).await, NOON);
    assert_eq!(due(setting().await, None, NOON, "2026-11-21T08:59:59Z", json!({})).await, "stale");
    let strict = Some("max_age = \"6h\"");
    assert_eq!(due(setting().await, strict, NOON, "2026-11-23T02:59:00Z", json!({})).await, "stale");
    let patient = Some("max_age = \"10d\"");
    assert_eq!(due(setting().await, patient, NOON, "2026-11-14T09:00:00Z", json!({})).await, NOON);
}

#[tokio::test]
async fn after_a_downtime_nothing_is_sent_in_the_night_nor_after_two_days() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    let boris = story.customer("Борис", "C-2").await;
    story.purchase("1", "C-1", json!({})).await;
    story.jump_to("2026-11-21T21:00:00Z").await;
    assert_eq!(story.state("purchase-1").await, "scheduled");
    assert_eq!(story.world.sent_count(anna.id), 1);
    story.jump_to("2026-11-22T07:00:00Z").await;
    assert_eq!(story.state("purchase-1").await, "sent");

    story.purchase("2", "C-2", json!({})).await;
    story.jump_to("2026-11-24T07:00:01Z").await;
    assert_eq!(story.state("purchase-2").await, "suppressed(stale)");
    assert_eq!(story.way("purchase-2").await, "received → scheduled → suppressed");
    assert_eq!(story.world.sent_count(boris.id), 1);
    story.end().await;
}

#[tokio::test]
async fn a_backlog_that_the_night_overtakes_waits_for_the_morning() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    // 17:59 in Moscow: three hours later it is a minute before the night.
    story.jump_to("2026-11-21T14:59:00Z").await;
    story.purchase("1", "C-1", json!({})).await;
    story.world.fault(afterword::sandbox::Fault::too_many_requests(120).on("sendMessage").chat(anna.id));
    story.advance(hours(3)).await;
    story.advance(minutes(10)).await;
    assert_eq!(story.state("purchase-1").await, "scheduled");
    assert_eq!(story.world.sent_count(anna.id), 1);
    story.jump_to("2026-11-22T07:00:00Z").await;
    assert_eq!(story.way("purchase-1").await, "received → scheduled → sending → scheduled → sending → sent");
    story.end().await;
}

#[tokio::test]
async fn a_survey_expires_after_three_days_unless_the_script_says_otherwise() {
    for (send, expires) in [("", hours(72)), ("expires_after = \"90m\"\nremind_after = \"off\"", minutes(90))]
    {
        let story = Story::new().await;
        story.publish(&script("own", "", send, ONE)).await;
        let anna = story.customer("Анна", "C-1").await;
        story.purchase("1", "C-1", json!({})).await;
        story.advance(hours(3)).await;
        let message = story.world.last_message(anna.id).unwrap().id;
        story.advance(expires.saturating_sub(minutes(1))).await;
        assert_eq!(story.state("purchase-1").await, "sent");
        story.advance(minutes(1)).await;
        assert_eq!(story.state("purchase-1").await, "expired(untouched)");
        let over = story.last(anna);
        allow_duplicates!(assert_snapshot!(over, @r"
            Bot (edited): Опрос завершён, отвечать уже не нужно. Спасибо!
              [ Позвать человека ]
            "));
        assert_eq!(story.tap_stale(anna, message, "4").await, "Этот опрос уже завершён. Спасибо!");
        assert_eq!(story.last(anna), over);
        assert_eq!(story.answers().await, "");
        story.end().await;
    }
}
