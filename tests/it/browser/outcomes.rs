//! What became of events: the ledger, what a jump has brought, and the link that an event waits for.

use serde_json::json;

use super::{Page, Screen, play};

/// Buys so often, and follows the link of the first time.
async fn bought(page: &Page, times: usize) {
    for number in 1..=times {
        page.click("[data-kind=purchase]", "").await;
        page.sees("#strip section:has(.ledger) select", &format!("order-{}", 1000 + number)).await;
        if number == 1 {
            page.click("#follow", "").await;
            page.sees("#customer .message.own", "/start").await;
        }
    }
}

#[tokio::test]
async fn a_link_outlives_a_reload_and_goes_when_it_is_tapped_elsewhere() {
    play("en", Screen::Desktop, |page| async move {
        page.click("[data-kind=purchase]", "").await;
        let link = page.sees("#strip .link .url", "https://t.me/").await;
        page.open("").await;
        assert_eq!(page.sees("#strip .link .url", "https://t.me/").await, link);
        let drawn = "const done = arguments[0]; const code = document.querySelector('#strip .link img');
            code.decode().then(() => done(code.naturalWidth))";
        let width = page.client.execute_async(drawn, Vec::new()).await.unwrap();
        assert!(width.as_u64().unwrap() > 20, "the QR code is {width} pixels wide");
        let payload = link.split_once("start=").unwrap().1;
        let user = page.sits("customer").await;
        page.act(json!({ "do": "start", "user": user, "payload": payload })).await;
        page.sees("#strip section:has([data-kind]):not(:has(.link))", "").await;
    })
    .await;
}

#[tokio::test]
async fn a_survey_that_was_not_asked_is_no_error_and_says_truly_why() {
    play("en", Screen::Desktop, |page| async move {
        bought(&page, 2).await;
        page.click("[data-jump='3h']", "").await;
        page.sees("#strip .report .over", "asked about a newer event").await;
        page.click("#strip .report .over button", "order-1001").await;
        page.sees("#strip .ledger .suppressed", "asked about a newer event").await;
        let colours = page
            .script(
                "const line = getComputedStyle(document.querySelector('.report .over')).borderLeftColor;
                const dot = getComputedStyle(document.querySelector('.ledger .suppressed'), '::before').backgroundColor;
                const alarm = document.body.appendChild(document.createElement('i'));
                alarm.style.color = 'var(--bad)';
                return [line, dot].filter((colour) => colour === getComputedStyle(alarm).color)",
            )
            .await;
        assert_eq!(colours, json!([]), "drawn like an error");
        page.click("[data-kind=purchase]", "").await;
        page.sees("#strip .ledger .scheduled", "").await;
        page.click("[data-jump='3h']", "").await;
        // The one that was asked is open: it has to end first.
        page.click_only("#customer .key", "10").await;
        page.sees("#customer .message", "Question 2 of 3").await;
        page.click("#customer .key", "Stop").await;
        page.sees("#strip .ledger .suppressed", "asked not long ago").await;
    })
    .await;
}

#[tokio::test]
async fn days_stand_between_steps_and_messages_and_cover_neither() {
    play("en", Screen::Desktop, |page| async move {
        bought(&page, 1).await;
        page.sees("#strip .ledger:not(:has(.date)) .scheduled", "").await;
        page.click("[data-jump=morning]", "").await;
        page.sees("#strip .ledger .date", "21 Nov").await;
        let times = "return [...document.querySelectorAll('.ledger time')].filter((time) => !/^\\d\\d:\\d\\d$/.test(time.textContent))";
        assert_eq!(page.script(times).await, json!([]), "times of one width");
        page.write("#customer textarea", "/privacy").await;
        page.click("#customer .send", "").await;
        page.sees("#customer .day", "22 November").await;
        page.sees("#customer .their", "What we keep").await;
        let covered = page
            .script(
                "const scroller = document.querySelector('#customer .scroller');
                const box = (node) => node.getBoundingClientRect();
                const found = [];
                for (scroller.scrollTop = 0; ; scroller.scrollTop += 40) {
                    const days = [...scroller.querySelectorAll('.day span')].map(box);
                    const others = [...scroller.querySelectorAll('.bubble')].map(box).concat(days);
                    found.push(...days.flatMap((day) => others.filter((other) => other !== day
                        && other.top < day.bottom && other.bottom > day.top && other.left < day.right && other.right > day.left)));
                    if (scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 1) return found;
                }",
            )
            .await;
        assert_eq!(covered, json!([]));
    })
    .await;
}
