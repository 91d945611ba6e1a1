//! The story that the page is for: from a purchase to an alert that has everything in it, and to the export.

use super::{Page, Screen, picture, play};

/// What the story's people read and say, in one language.
struct Words {
    customer: &'static str,
    hello: &'static str,
    score: &'static str,
    reason: &'static str,
    alert: &'static str,
    reasons: &'static str,
    last: &'static str,
    thanks: &'static str,
    change: &'static str,
    changed: &'static str,
    sent: &'static str,
}

const RU: Words = Words {
    customer: "Анна",
    hello: "Анна, здравствуйте!",
    score: "Ваша оценка: 3/10",
    reason: "Брак или поломка",
    alert: "Плохая оценка: 3 из 10",
    reasons: "Причины: Брак или поломка",
    last: "Насколько вы довольны обслуживанием",
    thanks: "Спасибо, что рассказали.",
    change: "Изменить ответ",
    changed: "Была 3 из 10, стала 9 из 10",
    sent: "Отправлен",
};
const EN: Words = Words {
    customer: "Emma",
    hello: "Hello Emma!",
    score: "Your score: 3/10",
    reason: "Faulty or damaged",
    alert: "Bad score: 3 of 10",
    reasons: "Reasons: Faulty or damaged",
    last: "How satisfied are you with the service",
    thanks: "Thank you for telling us.",
    change: "Change",
    changed: "Was 3 of 10, now 9 of 10",
    sent: "Sent",
};

#[tokio::test]
async fn the_story_in_russian_on_a_desktop() {
    play("ru", Screen::Desktop, |page| story(page, &RU)).await;
}

#[tokio::test]
async fn the_story_in_english_on_a_desktop() {
    play("en", Screen::Desktop, |page| story(page, &EN)).await;
}

#[tokio::test]
async fn the_story_in_russian_on_a_phone() {
    play("ru", Screen::Phone, |page| story(page, &RU)).await;
}

#[tokio::test]
async fn the_story_in_english_on_a_phone() {
    play("en", Screen::Phone, |page| story(page, &EN)).await;
}

async fn story(page: Page, words: &Words) {
    buy(&page, words).await;
    answer_badly(&page, words).await;
    see_the_alert(&page, words).await;
    if (page.screen, page.lang) == (Screen::Desktop, "en") {
        page.write("#admin textarea", "/scripts").await;
        page.click("#admin .send", "").await;
        page.sees("#admin .message", "After a purchase").await;
        // A group's edits are some seconds apart: the alert has all answers then.
        page.sees("#group .message", "How satisfied are you with the service").await;
        picture::keep(&page).await;
    }
    change_the_score(&page, words).await;
    let rows = page.export("answers.csv").await;
    let mut given: Vec<String> = rows
        .iter()
        .map(|row| {
            let cells =
                ["question", "metric", "value", "options", "attachments"].map(|name| row[name].as_str());
            cells.into_iter().filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join(" ")
        })
        .collect();
    given.sort();
    assert_eq!(given, ["overall csi 9", "quality csi 10", "service csi 8"]);
}

async fn buy(page: &Page, words: &Words) {
    page.shot("1-begin").await;
    page.turn_to("strip").await;
    page.click("[data-kind=purchase]", "").await;
    page.sees("#follow", words.customer).await;
    page.sees("#strip .json", "waiting_for_link").await;
    page.shot("2-link").await;
    page.click("#follow", words.customer).await;
    page.turn_to("customer").await;
    page.sees("#customer .message.own", "/start").await;
    page.turn_to("strip").await;
    page.click("[data-jump='3h']", "").await;
    page.sees("#strip .report", words.sent).await;
    page.sees("#strip .ledger .sent", words.sent).await;
    page.shot("3-ledger").await;
}

async fn answer_badly(page: &Page, words: &Words) {
    page.turn_to("customer").await;
    page.sees("#customer .message", words.hello).await;
    page.shot("4-survey").await;
    page.click_only("#customer .key", "3").await;
    page.sees("#customer .message", words.score).await;
    page.click("#customer .key", words.reason).await;
    page.sees("#customer .key", &format!("✓ {}", words.reason)).await;
    page.shot("5-reason").await;
    page.click("#customer .send", "").await;
    page.sees("#customer .own .voice", "0:07").await;
    page.click_only("#customer .key", "10").await;
    page.sees("#customer .message", words.last).await;
    page.click_only("#customer .key", "8").await;
    page.sees("#customer .message", words.thanks).await;
    page.shot("6-thanks").await;
}

async fn see_the_alert(page: &Page, words: &Words) {
    page.turn_to("group").await;
    page.sees("#group .message", words.alert).await;
    page.sees("#group .message", words.reasons).await;
    page.sees("#group .their .voice", "0:07").await;
    page.shot("7-alert").await;
}

async fn change_the_score(page: &Page, words: &Words) {
    page.turn_to("customer").await;
    page.click("#customer .key", words.change).await;
    page.click_only("#customer .key", "1 · 3/10").await;
    page.click_only("#customer .key", "9").await;
    page.turn_to("group").await;
    page.sees("#group .message", words.changed).await;
    page.shot("8-changed").await;
}
