//! Pages on which nothing is left, and words of an address that a page does not know: both are said, and lead on.

use afterword::domain::staff::Role;
use serde_json::json;

use super::figure_pages::{PERIOD, links, scored};
use super::pages::member;
use crate::harness::{Shown, Story, hours};

/// The chips of a page.
fn chips(shown: &Shown) -> &str {
    let found = shown.html.split_once("<ul class=\"chips\"").map(|(_, after)| after);
    found.and_then(|after| after.split_once("</ul>")).map_or("", |(chips, _)| chips)
}

#[tokio::test]
async fn where_no_answer_is_left_the_page_says_so_and_leads_on() {
    let story = scored().await;
    let lead = story.signed_in(story.lead).await;
    for path in
        ["/questions/support/agent", "/questions/purchase/quality", "/agents/a-17", "/", "/agents", "/topics"]
    {
        let shown = lead.open(&format!("{path}?{PERIOD}&team=zzz")).await;
        assert!(shown.html.contains("С таким отбором за этот период ответов нет."), "{path}: {}", shown.html);
        assert!(!shown.html.contains("Первые оценки появятся"), "{path}");
        assert!(chips(&shown).contains("zzz"), "{path}: {}", chips(&shown));
        let without = format!("{path}?{PERIOD}");
        let ways = links(&shown.html, &without);
        assert!(ways.iter().filter(|way| **way == without).count() > 2, "{path}: {ways:?}");
        let earlier = lead.open(&format!("{path}?period=2026-09")).await;
        assert!(earlier.html.contains("За этот период ответов нет."), "{path}: {}", earlier.html);
        assert!(!earlier.html.contains("Первые оценки появятся"), "{path}");
    }
    // What one filter less gives, as many as there are.
    let shown = lead.open(&format!("/questions/support/agent?{PERIOD}&team=zzz")).await;
    assert!(shown.html.contains("Команда — без этого отбора 12 ответов"), "{}", shown.html);
    let waiting = lead.open(&format!("/waiting?{PERIOD}&script=purchase")).await;
    assert!(waiting.html.contains("вопросов о тикетах нет"), "{}", waiting.html);
    // What was never there is no page.
    for path in ["/questions/support/nothing", "/questions/nothing/agent", "/agents/nobody"] {
        assert_eq!(lead.get(&format!("{path}?{PERIOD}")).await.status, 404, "{path}");
    }
    story.end().await;
}

#[tokio::test]
async fn a_new_installation_is_told_when_the_first_scores_come() {
    let story = Story::new().await;
    let lead = story.signed_in(story.lead).await;
    let shown = lead.open("/").await;
    assert!(shown.html.contains("Первые оценки появятся"), "{}", shown.html);
    story.end().await;
}

#[tokio::test]
async fn a_period_that_lies_ahead_has_not_begun() {
    let story = scored().await;
    let lead = story.signed_in(story.lead).await;
    for path in [
        "/",
        "/questions",
        "/questions/support/agent",
        "/agents",
        "/agents/a-17",
        "/topics",
        "/importance/support",
        "/waiting/support/agent",
        "/support",
        "/coverage",
        "/answers",
        "/surveys",
    ] {
        let shown = lead.open(&format!("{path}?period=2030&team=first")).await;
        assert!(shown.html.contains("Этот период ещё не начался."), "{path}: {}", shown.html);
        assert!(chips(&shown).contains("first"), "{path}");
        let usual = format!("{path}?team=first");
        assert!(links(&shown.html, &usual).contains(&usual), "{path}: {}", shown.html);
    }
    let shown = lead.open(&format!("/?{PERIOD}&vs=2030")).await;
    assert!(chips(&shown).contains("ещё не начался: vs=2030"), "{}", shown.html);
    story.end().await;
}

#[tokio::test]
async fn whatever_a_page_does_not_know_is_a_grey_chip() {
    let story = scored().await;
    let lead = story.signed_in(story.lead).await;
    for (path, unknown) in [
        ("/?", "script=nope"),
        ("/?", "q=zzz"),
        ("/?", "sort=x"),
        ("/?", "as=csv:zzz"),
        ("/?", "as=pdf"),
        ("/topics?", "q=zzz"),
        ("/agents?", "q=zzz"),
        ("/agents?script=purchase&", "q=agent"),
        ("/agents?", "vs=2026-09"),
        ("/coverage?", "q=agent"),
        ("/questions/support/agent?", "index=zzz"),
        ("/questions/support/agent?", "cut=zzz"),
        ("/questions/support/agent?", "cut=resolution"),
        ("/waiting/support/agent?", "cut=team"),
        ("/support?", "as=png"),
        ("/answers?", "as=svg"),
        ("/answers?", "q=zzz"),
        ("/surveys?", "script=nope"),
        ("/cases?", "as=png"),
    ] {
        let shown = lead.open(&format!("{path}{unknown}")).await;
        let told = format!("не знаем: {unknown}");
        assert!(chips(&shown).contains(&told), "{path}{unknown}: {}", shown.html);
    }
    // The page is what it is without what it does not know.
    let shown = lead.open(&format!("/answers?{PERIOD}&q=zzz")).await;
    assert!(shown.count() >= 12, "{}", shown.heading());
    // A value that no event has is a choice that finds nothing.
    let shown = lead.open(&format!("/answers?{PERIOD}&team=zzz&team=first")).await;
    assert!(chips(&shown).contains("first, zzz (за этот период таких нет)"), "{}", chips(&shown));
    // The list as a file is where the lists' files are.
    let file = lead.get(&format!("/answers?{PERIOD}&as=csv")).await;
    assert_eq!((file.status, file.leads_to()), (302, "/export?period=2026-11&as=csv"));
    story.end().await;
}

#[tokio::test]
async fn trouble_is_told_on_a_page_that_fits_the_reader() {
    let story = scored().await;
    let vera = member(&story, "Вера", Role::Lead, None).await;
    let record = story.signed_in(vera).await.get("/customers/C-1/record").await;
    assert_eq!(record.status, 403);
    assert!(!record.html.contains("чужие видят руководители"), "{}", record.html);
    assert!(record.html.contains("администратор"), "{}", record.html);
    let lead = story.signed_in(story.lead).await;
    for path in ["/?team=%00", "/answers?text=a%00b", "/questions/support/%00", "/%00"] {
        let shown = lead.get_with(path, ("accept", "text/html")).await;
        assert!(shown.html.starts_with("<!doctype html>"), "{path}: {} {}", shown.status, shown.html);
    }
    // A program is told as before.
    let (status, problem) = story.get("/v1/figures?team=%00").await;
    assert_eq!((status, problem["status"].as_u64()), (400, Some(400)), "{problem}");
    let token = lead.open("/links").await.form_token().to_owned();
    for address in ["%2Fanswers", "%2Fcases", "%2Fcustomers%2FC-1", "%2Fquestions%2Fsupport"] {
        let form = format!("form={token}&address={address}&title=x&days=7");
        let refused = lead.post("/links", &form).await;
        assert_eq!(refused.status, 422, "{address}: {}", refused.html);
        assert!(refused.html.contains("поделиться нельзя"), "{address}: {}", refused.html);
    }
    story.end().await;
}

#[tokio::test]
async fn each_word_of_a_search_is_found_in_any_order() {
    let story = scored().await;
    let person = story.customer("C-words", "C-words").await;
    story.ticket("words", "C-words", json!({})).await;
    story.advance(hours(3)).await;
    story.tap(person, "🙁").await;
    story.say(person, "Курьер опоздал на два часа").await;
    story.advance(hours(1)).await;
    let lead = story.signed_in(story.lead).await;
    for (text, count) in [("часа%20курьер", 1), ("КУРЬЕР%20два", 1), ("курьер%20склад", 0)]
    {
        let shown = lead.open(&format!("/answers?{PERIOD}&text={text}")).await;
        assert_eq!(shown.count(), count, "{text}");
    }
    story.end().await;
}
