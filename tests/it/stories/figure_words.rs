//! What the pages with figures say beside the numbers: of which question and scale they are, how precise they are, and
//! where they lead.

use serde_json::json;

use super::figure_pages::{PERIOD, links, scored};
use super::small_data_set::report;
use crate::harness::{Setting, Story, hours, script, seconds};

const REASONS: [&str; 3] = ["Отписка вместо ответа", "Были невежливы", "Непонятный ответ"];

/// Twelve tickets that were all scored badly, for three reasons, among purchases that nobody was asked about.
async fn complaints() -> Story {
    let story = Setting::new().await.set("QUIET_HOURS", "off").start().await;
    for number in 0..12_usize {
        let customer = format!("C-{number}");
        let person = story.customer(&customer, &customer).await;
        let metrics = json!({ "first_response_s": 60, "resolution_s": 3_600 });
        let agent = json!({ "id": format!("a-{}", number % 2), "team": "first" });
        let tags = if number < 6 { json!(["delivery"]) } else { json!([]) };
        let id = number.to_string();
        story.happened("ticket_opened", &id, &customer, json!({})).await;
        story.ticket(&id, &customer, json!({ "agent": agent, "metrics": metrics, "tags": tags })).await;
        story.advance(hours(3)).await;
        story.tap(person, "🙂").await;
        story.tap(person, "🙁").await;
        story.tap(person, REASONS[number % 3]).await;
        story.advance(seconds(5)).await;
    }
    story
}

#[tokio::test]
async fn what_is_not_precise_is_grey_and_in_no_headline() {
    let story = complaints().await;
    let lead = story.signed_in(story.lead).await;
    let (_, reasons) = story.get(&format!("/v1/figures/reasons?{PERIOD}")).await;
    let of = reasons["questions"].as_array().unwrap().iter().find(|of| of["question"] == "agent").unwrap();
    assert_eq!((of["given"].as_u64(), of["reasons"][0]["state"].as_str()), (Some(12), Some("wide")));
    for path in ["/topics", "/"] {
        let shown = lead.open(&format!("{path}?{PERIOD}")).await;
        assert!(shown.html.contains("Отписка вместо ответа"), "{path}: {}", shown.html);
        assert!(!shown.html.contains("class=\"kbl\""), "{path} has a firm bar: {}", shown.html);
    }
    story.end().await;
}

#[tokio::test]
async fn a_mean_says_on_which_scale_it_is_and_an_answer_of_which_question() {
    let story = complaints().await;
    let lead = story.signed_in(story.lead).await;
    for path in ["/", "/questions", "/agents/a-0"] {
        let shown = lead.open(&format!("{path}?{PERIOD}")).await;
        assert!(shown.html.contains("CSI: среднее, 1–3"), "{path}: {}", shown.html);
    }
    let agents = lead.open(&format!("/agents?{PERIOD}")).await;
    assert!(!agents.html.contains("?:"), "{}", agents.html);
    story.end().await;
}

#[tokio::test]
async fn two_questions_that_begin_alike_can_be_told_apart() {
    let story = Setting::new().await.set("QUIET_HOURS", "off").start().await;
    let question = |key: &str, end: &str| {
        format!(
            "[[questions]]\nkey = \"{key}\"\nmetric = \"csi\"\nscale = \"1-5\"\nfactor = \"{key}\"\n\
             text = {{ ru = \"Насколько вы довольны в нашем магазине тем, {end}?\", en = \"How {end}?\" }}\n"
        )
    };
    let questions =
        [question("staff", "как с вами говорили"), question("speed", "как быстро ответили")].concat();
    story.publish(&script("desk", "on = \"ticket_closed\"", "", &questions)).await;
    let person = story.customer("C-1", "C-1").await;
    let agent = json!({ "agent": { "id": "a-1" } });
    story.ticket("1", "C-1", agent).await;
    story.advance(hours(3)).await;
    story.tap(person, "5").await;
    story.tap(person, "4").await;
    let lead = story.signed_in(story.lead).await;
    for path in ["/agents", "/topics"] {
        let shown = lead.open(&format!("{path}?{PERIOD}&script=desk")).await;
        let (_, tabs) = shown.html.split_once("<nav class=\"seg").expect("tabs");
        let (tabs, _) = tabs.split_once("</nav>").unwrap();
        let names: Vec<&str> =
            tabs.split("</a>").filter_map(|tab| tab.rsplit_once('>')).map(|(_, name)| name).collect();
        let own: std::collections::BTreeSet<&&str> = names.iter().collect();
        assert_eq!(own.len(), names.len(), "{path}: {names:?}");
        assert!(
            tabs.contains("title=\"Насколько вы довольны в нашем магазине тем, как с вами говорили?\""),
            "{tabs}"
        );
    }
    story.end().await;
}

#[tokio::test]
async fn every_count_of_surveys_leads_to_as_many() {
    let story = scored().await;
    let lead = story.signed_in(story.lead).await;
    let shown = lead.open(&format!("/coverage?{PERIOD}")).await;
    let (_, figures) = story.get(&format!("/v1/figures?{PERIOD}")).await;
    for name in ["eligible", "delivered", "answered"] {
        let count = figures["ledger"][name].as_u64().unwrap();
        let link =
            links(&shown.html, "/surveys").into_iter().find(|link| link.ends_with(&format!("state={name}")));
        let link = link.unwrap_or_else(|| panic!("no {name} in {:?}", links(&shown.html, "/surveys")));
        assert_eq!(lead.open(&link).await.count(), count, "{link}");
        let of_team = links(&shown.html, "/surveys")
            .into_iter()
            .find(|link| link.contains("team=first") && link.ends_with(&format!("state={name}")));
        assert_eq!(lead.open(&of_team.expect("the team")).await.count(), 12, "{name}");
    }
    // Those who gave a reason.
    let topics = lead.open(&format!("/topics?{PERIOD}")).await;
    let (_, given) = topics.html.split_once("причину назвали <a ").expect("those who gave a reason");
    assert_eq!(lead.open(&links(&format!(" {given}"), "/answers")[0]).await.count(), 1);
    story.end().await;
}

#[tokio::test]
async fn the_answers_with_a_known_wait_are_as_many_as_the_page_says() {
    let story = complaints().await;
    let lead = story.signed_in(story.lead).await;
    let shown = lead.open(&format!("/waiting/support/agent?{PERIOD}")).await;
    let all =
        links(&shown.html, "/answers").into_iter().find(|link| link.ends_with("wait=0..")).expect("all");
    assert_eq!(lead.open(&all).await.count(), 12);
    assert!(shown.html.contains("class=\"v few\""), "few scores have the sign of chance: {}", shown.html);
    story.end().await;
}

#[tokio::test]
async fn a_picture_says_what_its_values_are() {
    let story = complaints().await;
    let lead = story.signed_in(story.lead).await;
    for path in ["/", "/questions", "/questions/support/agent", "/agents/a-0"] {
        let shown = lead.open(&format!("{path}?{PERIOD}&as=svg")).await;
        for told in ["оябрь 2026", "охват", "12 оценок", "CSI: среднее, 1–3"] {
            let told = if path == "/agents/a-0" { told.replace("12", "6") } else { told.to_owned() };
            assert!(shown.html.contains(&told), "{path} does not say {told}: {}", shown.html);
        }
        assert!(!shown.html.contains('…'), "{path} is cut: {}", shown.html);
    }
    story.end().await;
}

#[tokio::test]
async fn words_are_such_as_people_use() {
    let story = complaints().await;
    let lead = story.signed_in(story.lead).await;
    let shown = lead.open("/?period=2026-11-02..2026-11-08").await;
    assert!(shown.html.contains("2–8 ноября 2026"), "{}", shown.html);
    let chips = lead.open(&format!("/answers?{PERIOD}&agent!=a-1&wait=0..60")).await;
    assert!(chips.html.contains("кроме: ") && chips.html.contains("до 1 мин"), "{}", chips.html);
    let surveys = lead.open(&format!("/surveys?{PERIOD}&open=1")).await;
    assert!(!surveys.html.contains("<b>да</b>"), "{}", surveys.html);
    let cases = lead.open("/cases").await;
    assert!(cases.html.contains("оценка 1 из 3"), "{}", cases.html);
    assert_eq!(cases.html.matches("без владельца").count(), cases.html.matches("class=\"case\"").count());
    story.end().await;
}

#[tokio::test]
async fn of_a_turned_scale_every_face_says_which_end_is_the_easy_one() {
    let story = Setting::new().await.set("QUIET_HOURS", "off").start().await;
    let question = "[[questions]]\nkey = \"effort\"\nmetric = \"ces\"\nscale = \"1-7\"\n\
                    orientation = \"high_is_hard\"\n\
                    text = { ru = \"Насколько трудно?\", en = \"How hard was it?\" }\n";
    story.publish(&script("desk", "on = \"ticket_closed\"", "", question)).await;
    for number in 0..12 {
        let customer = format!("C-{number}");
        let person = story.customer(&customer, &customer).await;
        story.ticket(&number.to_string(), &customer, json!({})).await;
        story.advance(hours(3)).await;
        story.tap(person, "2").await;
    }
    let lead = story.signed_in(story.lead).await;
    for path in ["/", "/questions", "/questions/desk/effort"] {
        let shown = lead.open(&format!("{path}?{PERIOD}")).await;
        for said in ["1–7, шкала перевёрнута: больше — легче", "6,00"] {
            assert!(shown.html.contains(said), "{path} does not say {said}: {}", shown.html);
        }
        assert!(!shown.html.contains("больше — труднее"), "{path}: {}", shown.html);
        // The numbers that were chosen stand where they are counted.
        let has_values = path == "/questions/desk/effort";
        assert_eq!(shown.html.contains("7 — труднее всего"), has_values, "{path}: {}", shown.html);
    }
    let month = &PERIOD["period=".len()..];
    let printed = String::from_utf8(report(&story, &["--period", month, "--script", "desk"]).await).unwrap();
    assert!(printed.contains("desk: effort (ces on 1-7, scale turned: higher is easier)"), "{printed}");
    story.end().await;
}
