//! What goes wrong: faults, a killed program, a lost connection, two windows, values that no event takes.

use fantoccini::key::Key;
use serde_json::json;

use super::{Page, Screen, play};

async fn a_survey_is_open(page: &Page) {
    page.click("[data-kind=purchase]", "").await;
    page.click("#follow", "").await;
    page.sees("#customer .message.own", "/start").await;
    page.click("[data-jump='3h']", "").await;
    page.sees("#strip .ledger .sent", "").await;
    page.sees("#customer .key", "10").await;
}

#[tokio::test]
async fn taps_and_words_survive_a_dead_network_and_a_killed_program() {
    play("en", Screen::Desktop, |page| async move {
        a_survey_is_open(&page).await;
        page.click("[name=network]", "").await;
        page.sees("[name=network]:checked:not([aria-busy])", "").await;
        page.click_only("#customer .key", "2").await;
        page.sees("#customer .key[aria-busy]", "2").await;
        page.sees("#strip .status .waits", "").await;
        page.shot("trouble-network").await;
        page.click("#crash", "").await;
        page.sees("#strip .said", "At work again").await;
        page.click("[name=network]", "").await;
        page.sees("#customer .message", "Your score: 2/10").await;
        page.sees("#strip .status .good", "nothing lost").await;
        page.sees("#group .message", "Bad score: 2 of 10").await;
        page.click("[name=too_many]", "").await;
        page.sees("[name=too_many]:checked:not([aria-busy])", "").await;
        page.write("#customer textarea", "The cup came broken <b>twice</b>").await;
        page.client.active_element().await.unwrap().send_keys(&Key::Enter.to_string()).await.unwrap();
        page.sees("#customer .own", "The cup came broken <b>twice</b>").await;
        page.sees("#strip .status .waits", "").await;
        page.click("[name=too_many]", "").await;
        page.sees("#group .message", "The cup came broken <b>twice</b>").await;
        page.sees("#customer .message", "How satisfied are you with the quality of what you bought?").await;
        page.shot("trouble-over").await;
    })
    .await;
}

#[tokio::test]
async fn two_windows_and_a_window_that_comes_back_show_the_same() {
    play("ru", Screen::Desktop, |page| async move {
        page.click("[data-kind=purchase]", "").await;
        page.click("#follow", "").await;
        page.sees("#customer .message", "Готово, вы подключены").await;
        let shown = page.words("#customer .messages").await;
        let first = page.client.window().await.unwrap();
        let second = page.client.new_window(true).await.unwrap().handle;
        page.client.switch_to_window(second).await.unwrap();
        page.open("").await;
        page.sees("#customer .message", "Готово, вы подключены").await;
        assert_eq!(page.words("#customer .messages").await, shown);
        page.write("#customer textarea", "Привет из второго окна").await;
        page.click("#customer .send", "").await;
        page.client.switch_to_window(first).await.unwrap();
        page.sees("#customer .own", "Привет из второго окна").await;
        page.sees("#strip .ledger .scheduled", "").await;
    })
    .await;
}

#[tokio::test]
async fn a_broken_field_is_told_where_it_stands_and_a_blocked_bot_can_be_unblocked() {
    play("en", Screen::Desktop, |page| async move {
        page.click("#strip section:nth-child(2) summary", "").await;
        page.write("#field-first_response", "soon").await;
        page.click("[data-kind=ticket_closed]", "").await;
        page.sees("#strip .no", "422").await;
        page.sees("#wrong-first_response", "").await;
        let wrong = page.script("return document.querySelector('#field-first_response').ariaInvalid").await;
        assert_eq!(wrong, json!("true"));
        page.shot("trouble-field").await;
        page.write("#field-first_response", "20").await;
        page.click("[data-kind=ticket_closed]", "").await;
        page.click("#follow", "").await;
        page.sees("#customer .message", "Done, you are connected").await;
        page.click("#customer .chathead button", "").await;
        page.click(".menu .danger", "Block the bot").await;
        page.sees("#customer .big", "Unblock").await;
        page.click("[data-jump='3h']", "").await;
        page.sees("#strip .report .bad", "Not delivered").await;
        page.click("#customer .big", "Unblock").await;
        page.sees("#customer .composer", "").await;
    })
    .await;
}
