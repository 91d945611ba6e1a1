//! What a chat does beside messages that come: answers and what they answer, "typing…", older messages, places kept.

use serde_json::json;

use super::{Page, Screen, play};

async fn say(page: &Page, user: i64, text: &str, reply: Option<i64>) {
    let to = json!({ "chat": user, "topic": null, "reply": reply, "quote": null });
    page.act(json!({ "do": "say", "user": user, "to": to, "text": text })).await;
}

/// The number of the message with this text.
async fn number(page: &Page, text: &str) -> i64 {
    page.sees("#customer .own", text).await;
    let script = "const [text] = arguments; return [...document.querySelectorAll('#customer .own')]
        .filter((node) => node.textContent.includes(text)).map((node) => Number(node.dataset.id)).at(-1)";
    page.client.execute(script, vec![json!(text)]).await.unwrap().as_i64().unwrap()
}

#[tokio::test]
async fn an_answer_shows_the_answered_message_as_it_is_now_and_nothing_of_one_that_is_gone() {
    play("en", Screen::Desktop, |page| async move {
        let user = page.sits("customer").await;
        page.click("#customer .big", "").await;
        page.sees("#customer .their", "").await;
        say(&page, user, "The cup came broken", None).await;
        let cup = number(&page, "The cup came broken").await;
        say(&page, user, "Is anybody there?", Some(cup)).await;
        page.sees("#customer .own .reply", "The cup came broken").await;
        page.act(
            json!({ "do": "edit", "user": user, "chat": user, "message": cup, "text": "Both cups did" }),
        )
        .await;
        page.sees("#customer .own .reply", "Both cups did").await;
        // The window that comes later is told the same.
        page.open("").await;
        page.sees("#customer .own .reply", "Both cups did").await;
        page.act(json!({ "do": "delete", "user": user, "chat": user, "message": cup })).await;
        page.sees("#customer .own .bubble:not(:has(.reply))", "Is anybody there?").await;
    })
    .await;
}

#[tokio::test]
async fn the_chat_says_typing_until_the_answer_or_until_it_is_over_by_the_clock() {
    play("en", Screen::Desktop, |page| async move {
        let admin = page.sits("admin").await;
        // The answer cannot be sent, so that only the clock ends it.
        page.click("[name=errors]", "").await;
        page.sees("[name=errors]:checked:not([aria-busy])", "").await;
        // It lasts for five seconds, so it is looked for before it begins.
        let script = r"
            const [admin, done] = arguments;
            const typing = () => document.querySelector('#admin .typing');
            new MutationObserver(() => typing() && done(typing().textContent))
                .observe(document.querySelector('#admin'), { subtree: true, childList: true });
            const to = { chat: admin, topic: null, reply: null, quote: null };
            const what = { file: { name: 'notes.toml', content: 'only words' } };
            fetch('/act', {
                method: 'POST', headers: { 'Content-Type': 'application/json' },
                body: JSON.stringify({ do: 'attach', user: admin, to, what, caption: null }),
            });
        ";
        let said = page.client.execute_async(script, vec![json!(admin)]).await.unwrap();
        assert_eq!(said, json!("typing…"));
        page.sees("#admin .chathead small:not(.typing)", "bot").await;
        page.click("[name=errors]", "").await;
        page.sees("#admin .their", "notes.toml was not taken").await;
    })
    .await;
}

#[tokio::test]
async fn an_edit_far_back_stays_there_and_whoever_reads_back_keeps_their_place() {
    play("en", Screen::Desktop, |page| async move {
        let user = page.sits("customer").await;
        page.click("#customer .big", "").await;
        page.sees("#customer .their", "").await;
        // No answer can be sent, so that nothing comes but what is said here.
        page.click("[name=errors]", "").await;
        page.sees("[name=errors]:checked:not([aria-busy])", "").await;
        say(&page, user, "The very first words", None).await;
        let first = number(&page, "The very first words").await;
        for number in 0..90 {
            say(&page, user, &format!("Words {number}"), None).await;
        }
        page.open("").await;
        page.sees("#customer .own", "Words 89").await;
        let shown = "return [...document.querySelectorAll('#customer .own .text')].at(-1).textContent";
        page.act(json!({ "do": "edit", "user": user, "chat": user, "message": first, "text": "Other first words" })).await;
        say(&page, user, "Words 90", None).await;
        let last = number(&page, "Words 90").await;
        assert_eq!(page.script(shown).await, json!("Words 90"));
        let early = "return document.querySelector('#customer .messages').textContent.includes('first words')";
        assert_eq!(page.script(early).await, json!(false), "what was not fetched yet is not shown out of its place");
        // What comes before the page has heard of the scrolling takes nobody back to the end.
        let scroll = r"
            const scroller = document.querySelector('#customer .scroller');
            window.unheard = (event) => event.stopPropagation();
            addEventListener('scroll', unheard, true);
            scroller.scrollTop = 0;
        ";
        page.script(scroll).await;
        page.act(json!({ "do": "edit", "user": user, "chat": user, "message": last, "text": "Other last words" })).await;
        page.sees("#customer .own", "Other last words").await;
        let top = "return document.querySelector('#customer .scroller').scrollTop";
        assert_eq!(page.script(top).await, json!(0));
        // Where the message that was the first one is on the screen, when all that is in sight has been measured.
        let place = r"
            const [done] = arguments;
            const first = document.querySelector('#customer [data-mark]');
            requestAnimationFrame(() => requestAnimationFrame(() => done(first.getBoundingClientRect().top)));
        ";
        page.script("document.querySelector('#customer .message').setAttribute('data-mark', '')").await;
        let before = page.client.execute_async(place, Vec::new()).await.unwrap();
        let hear = r"
            removeEventListener('scroll', unheard, true);
            document.querySelector('#customer .scroller').dispatchEvent(new Event('scroll'));
        ";
        page.script(hear).await;
        page.sees("#customer .own", "Other first words").await;
        // To look at another member of staff connects again, and takes nobody from their place.
        page.script(
            "const who = document.querySelector('#admin-who'); who.selectedIndex = 1; who.dispatchEvent(new Event('change'))",
        )
        .await;
        page.sees("#admin .owner .avatar", "O").await;
        page.sees("#customer [data-mark]", "").await;
        let after = page.client.execute_async(place, Vec::new()).await.unwrap();
        let moved = after.as_f64().unwrap() - before.as_f64().unwrap();
        assert!(moved.abs() < 2.0, "moved by {moved} pixels");
    })
    .await;
}
