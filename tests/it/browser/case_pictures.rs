//! The life of a case as the tour plays it: its steps are the pictures in `docs/cases.md`.

use super::tour::{begun, turn_to_step};
use super::{Page, Screen, picture, play};

#[tokio::test]
async fn the_pictures_of_a_case_show_what_the_tour_shows_in_english() {
    let seen = [
        "How satisfied are you with the service",
        "No. 101 · Olivia",
        "A new cup comes tomorrow before noon",
        "✅ No. 101 · resolved",
    ];
    play("en", Screen::Desktop, |page| life(page, seen)).await;
}

#[tokio::test]
async fn the_pictures_of_a_case_show_what_the_tour_shows_in_russian() {
    let seen = [
        "Насколько вы довольны обслуживанием",
        "№101 · ведёт",
        "Новую чашку привезём завтра до полудня",
        "✅ №101 · закрыто",
    ];
    play("ru", Screen::Desktop, |page| life(page, seen)).await;
}

async fn life(page: Page, seen: [&str; 4]) {
    begun(&page).await;
    let steps = [
        (9, "group", "case-alert"),
        (10, "group", "case-taken"),
        (11, "customer", "case-reply"),
        (12, "group", "case-resolved"),
    ];
    for ((step, chat, name), text) in steps.into_iter().zip(seen) {
        turn_to_step(&page, step).await;
        page.sees(&format!("#{chat} .message"), text).await;
        picture::keep_chat(&page, chat, name).await;
    }
}
