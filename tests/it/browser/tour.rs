//! The tour plays the story in the chats of the page, and an earlier step is looked at as it was.

use serde_json::json;

use super::{Page, Screen, play};

/// Begins the tour, and keeps it from going on by itself.
pub(super) async fn begun(page: &Page) {
    page.click("#show-me", "").await;
    stays(page).await;
}

/// Keeps a tour that has begun at its first step.
async fn stays(page: &Page) {
    page.click("#guide .key-play.going", "").await;
    page.find("#guide .dots .here:not(:disabled)", "1", true, false).await;
}

pub(super) async fn turn_to_step(page: &Page, step: usize) {
    page.click_only("#guide .dots button", &step.to_string()).await;
    page.find("#guide .dots .here:not(:disabled)", &step.to_string(), true, false).await;
}

#[tokio::test]
async fn the_tour_tells_the_story_in_the_chats_and_turns_back_to_a_step_as_it_was() {
    play("en", Screen::Desktop, |page| async move {
        begun(&page).await;
        page.sees("#guide .caption", "The shop tells of a purchase").await;
        page.sees("#strip .link .url", "https://t.me/").await;
        page.sees("#strip .json", "\"order-1001\"").await;
        page.sees("#strip .json", "waiting_for_link").await;
        turn_to_step(&page, 4).await;
        page.sees("#guide .caption", "The first score: 3").await;
        page.sees("#customer .message", "Your score: 3/10").await;
        page.shot("tour-4-low").await;
        // Another window, or the same one loaded again, is where the story is.
        page.open("").await;
        page.sees("#guide .dots .here", "4").await;
        turn_to_step(&page, 5).await;
        page.sees("#group .message", "Bad score: 3 of 10").await;
        turn_to_step(&page, 10).await;
        page.sees("#group .message", "No. 101 · Olivia").await;
        turn_to_step(&page, 11).await;
        page.sees("#customer .message", "A new cup comes tomorrow before noon").await;
        page.shot("tour-11-talk").await;
        turn_to_step(&page, 12).await;
        page.sees("#group .message", "Thank you, I will be at home").await;
        page.sees("#group .message", "Delivery").await;
        turn_to_step(&page, 13).await;
        page.sees("#customer .message", "How satisfied are you with how we solved the problem?").await;
        turn_to_step(&page, 14).await;
        page.sees("#group .message", "Solution rated 5").await;
        page.shot("tour-14-recovered").await;
        turn_to_step(&page, 16).await;
        page.sees("#strip .answers", "The courier was two hours late").await;
        page.shot("tour-16-export").await;

        turn_to_step(&page, 3).await;
        page.sees("#customer .past-bar", "as it was at").await;
        page.sees("#customer .message", "Question 1 of 3").await;
        page.sees("#group .empty", "A bad score will be here").await;
        page.sees("#strip .ledger li:last-child", "Sent").await;
        page.shot("tour-3-past").await;
        page.click_only("#customer .key", "10").await;
        page.sees("#customer .toast", "earlier step").await;
        turn_to_step(&page, 16).await;
        page.sees("#customer .past-bar[hidden] ~ .stage .message", "Thank you for telling us.").await;
        page.sees("#strip .ledger li:last-child", "Completed").await;
        page.click("#guide .key-stop", "").await;
        page.sees("#show-me", "").await;
        let mut given: Vec<String> = page
            .export("answers.csv")
            .await
            .iter()
            .map(|row| ["question", "metric", "value", "options"].map(|name| row[name].as_str()).join(" "))
            .collect();
        given.sort();
        assert_eq!(
            given,
            [
                "overall comment  ",
                "overall csi 3 ",
                "overall reason  delivery",
                "quality csi 9 ",
                "service csi 8 ",
                "solution csat 5 "
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn a_tour_that_somebody_disturbs_says_so_and_begins_again_with_somebody_new() {
    play("ru", Screen::Desktop, |page| async move {
        begun(&page).await;
        turn_to_step(&page, 3).await;
        let first = page.sits("customer").await;
        let to = json!({ "chat": first, "topic": null, "reply": null, "quote": null });
        page.act(json!({ "do": "say", "user": first, "to": to, "text": "А это я пишу сам" })).await;
        page.sees("#customer .own", "А это я пишу сам").await;
        page.click_only("#guide .dots button", "4").await;
        page.sees("#guide .caption", "Начните показ ещё раз").await;
        page.click("#guide .key-again", "").await;
        stays(&page).await;
        page.sees("#strip .link .url", "https://t.me/").await;
        let second = page.sits("customer").await;
        assert_ne!(first, second);
        turn_to_step(&page, 5).await;
        page.sees("#group .message", "Клиент: Тимур, C-77").await;
        // Nobody is left to whom nothing has happened: the next one is new to the shop.
        turn_to_step(&page, 16).await;
        page.click("#guide .key-again", "").await;
        stays(&page).await;
        page.sees("#strip .hint", "Анна, C-1003").await;
        let third = page.sits("customer").await;
        assert!(third != first && third != second);
    })
    .await;
}

#[tokio::test]
async fn the_tour_on_a_phone_turns_to_what_each_step_is_about_and_the_way_on_stays_in_sight() {
    play("ru", Screen::Phone, |page| async move {
        begun(&page).await;
        for (step, seen, text) in [
            (1, "#strip .link .url", "https://t.me/"),
            (2, "#customer .message", "Готово, вы подключены"),
            (3, "#customer .message", "Вопрос 1 из 3"),
            (4, "#customer .message", "Ваша оценка: 3/10"),
            (5, "#group .message", "Плохая оценка: 3 из 10"),
            (6, "#customer .own", "Курьер опоздал на два часа"),
            (7, "#customer .message", "Вопрос 3 из 3"),
            (8, "#customer .message", "Спасибо, что рассказали."),
            (9, "#group .message", "8 из 10, хорошо"),
            (10, "#group .message", "№101 · ведёт Ольга"),
            (11, "#customer .message", "Новую чашку привезём завтра до полудня"),
            (12, "#group .message", "Спасибо, буду ждать"),
            (13, "#customer .message", "Насколько вы довольны тем, как мы решили проблему?"),
            (14, "#group .message", "Оценка решения: 5"),
            (15, "#strip .ledger", "Завершён"),
            (16, "#strip .answers", "Курьер опоздал на два часа"),
        ] {
            turn_to_step(&page, step).await;
            page.sees(seen, text).await;
            let script =
                "const { top, bottom } = document.querySelector('#guide .do').getBoundingClientRect();
                return top >= 0 && bottom <= innerHeight && scrollY === 0
                    && document.documentElement.scrollWidth <= innerWidth";
            assert_eq!(page.script(script).await, json!(true), "step {step}");
            page.shot(&format!("tour-{step}")).await;
        }
        page.click("#guide .do", "Теперь сами").await;
        page.sees("#next", "").await;
    })
    .await;
}
