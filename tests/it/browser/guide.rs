//! What the page says to do next, and the button that does it: in sight on a phone, too.

use serde_json::json;

use super::{Screen, play};

#[tokio::test]
async fn who_opens_the_page_on_a_phone_is_led_from_a_purchase_to_the_alert() {
    play("en", Screen::Phone, |page| async move {
        page.sees("#guide .caption", "A survey begins with a purchase").await;
        page.sees("#customer .empty", "A survey begins with a purchase").await;
        page.click("#customer .empty button", "Buy something").await;
        page.sees("#customer .empty", "A personal link is on the receipt").await;
        page.click("#next", "Open it as Emma").await;
        page.sees("#customer .message", "Done, you are connected").await;
        page.turn_to("admin").await;
        page.click("#next", "Move the clock there").await;
        page.click("#next", "To the chat").await;
        page.sees("#customer .message", "Question 1 of 3").await;
        page.turn_to("group").await;
        page.sees("#group .empty", "A bad score will be here within the second").await;
        page.shot("guide-group-empty").await;
        page.click("#next", "To the chat").await;
        page.click_only("#customer .key", "3").await;
        page.sees("#guide .caption", "is answering").await;
        page.click("#customer .key", "Skip").await;
        page.sees("#customer .message", "Question 2 of 3").await;
        page.click_only("#customer .key", "10").await;
        page.sees("#customer .message", "Question 3 of 3").await;
        page.click_only("#customer .key", "10").await;
        page.click("#next", "To the group").await;
        page.sees("#group .message", "Bad score: 3 of 10").await;
        assert_eq!(page.script("return document.querySelectorAll('#group .empty').length").await, json!(0));
        page.sees("#next", "Show a month").await;
    })
    .await;
}
