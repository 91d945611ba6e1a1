//! The life of a case, in both languages: from a low score to a solution that helped, with a score that is corrected on the
//! way, and with words that come after the end.

use afterword::sandbox::{Media, Message};
use serde_json::json;

use super::case_scene::{Scene, Tongue};
use crate::harness::{Person, hours, minutes, seconds};

/// How often a chat shows files like these, sent by the bot: a voice message, a photo with this caption, the two parts of
/// an album.
fn files(scene: &Scene, chat: i64) -> (usize, usize, Vec<usize>) {
    let shown = scene.story.world.messages(chat).into_iter().filter(Message::is_from_bot);
    let shown: Vec<Message> = shown.filter(|message| message.media.is_some() && !message.deleted).collect();
    let mut albums: Vec<(String, usize)> = Vec::new();
    for album in shown.iter().filter_map(|message| message.media_group_id.clone()) {
        match albums.iter_mut().find(|(known, _)| *known == album) {
            Some((_, parts)) => *parts += 1,
            None => albums.push((album, 1)),
        }
    }
    let single = shown.iter().filter(|message| message.media_group_id.is_none());
    let (voice, other): (Vec<_>, Vec<_>) = single.partition(|message| {
        matches!(message.media.as_ref().map(|attached| &attached.media), Some(Media::Voice { .. }))
    });
    (voice.len(), other.len(), albums.into_iter().map(|(_, parts)| parts).collect())
}

async fn from_a_low_score_to_a_solution_that_helped(tongue: Tongue) {
    let scene = Scene::new(tongue).await;
    let story = &scene.story;
    let olga = scene.lead("Ольга").await;
    let anna = scene.customer("Анна", "C-1").await;
    scene.ask("1", "C-1", json!({ "customer": { "name": "Анна" } })).await;
    story.tap(anna, "1").await;
    story.tap(anna, scene.t("Долго", "Slow")).await;
    story.tap(anna, scene.t("Готово", "Done")).await;
    let told = scene.t(
        "Обращение №101. Ответим здесь 22 ноября до 16:00.",
        "Your case is no. 101. We will reply here by 16:00 on 22 November.",
    );
    assert!(story.last(anna).contains(told), "{}", story.last(anna));
    story.advance(minutes(20)).await;

    let post = scene.post(101);
    let taken = scene.press(olga, post, scene.take()).await;
    assert_eq!(taken, scene.t("Теперь это обращение ведёте вы", "The case is yours"));
    let hello = scene.t("Анна, сейчас разберусь", "Anna, I am looking into it");
    let reply = scene.reply(olga, post, hello).await;
    assert!(story.chat(anna).ends_with(&format!("Bot: {hello}\n")), "{}", story.chat(anna));
    let reaction = story.world.message(story.leads, reply).unwrap().reaction;
    assert_eq!(reaction.as_deref(), Some("👌"));
    assert_eq!(scene.count(story.leads, scene.t("✉️ Ответ доставлен", "✉️ Reply delivered")), 1);

    let album = [Media::Photo, Media::Photo];
    for media in [&[Media::Photo][..], &[Media::Voice { seconds: 5 }], &album] {
        story.world.reply_with_media_in(story.leads, olga.id, post, media, None);
        story.settle().await;
        story.advance(seconds(2)).await;
    }
    assert_eq!(files(&scene, anna.id), (1, 1, vec![2]), "{}", story.chat(anna));
    story.world.send_photo(anna.id, None);
    story.settle().await;
    story.world.send_voice(anna.id, 9);
    story.settle().await;
    story.world.send_album(anna.id, &album, None);
    story.settle().await;
    story.advance(seconds(5)).await;
    assert_eq!(files(&scene, story.leads), (1, 1, vec![2]), "{}", scene.group());
    let heard = scene.t("Передали.", "Passed on.");
    assert_eq!(scene.count(anna.id, heard), 1, "{}", story.chat(anna));

    scene.reply(olga, post, scene.t("Отправили новую", "A new one is on its way")).await;
    scene.resolves(olga, 101).await;
    let closed = scene.t(
        "Обращение №101 закрыто. Если что-то осталось нерешённым, напишите сюда.",
        "Case no. 101 is closed. If anything is still unsolved, write to us here.",
    );
    assert_eq!(scene.count(anna.id, closed), 1, "{}", story.chat(anna));
    let case = scene.case(101).await;
    assert_eq!(case["note"], scene.t("Отправили новую", "A new one is on its way"));
    let delivered = case["messages"].as_array().unwrap().iter().all(|word| word["state"] == "delivered");
    assert!(delivered, "{case}");

    Box::pin(the_solution_helped(scene, anna)).await;
}

/// Two hours later the customer is asked about the solution.
async fn the_solution_helped(scene: Scene, anna: Person) {
    let story = &scene.story;
    story.advance(hours(2) + minutes(1)).await;
    let asked = scene.t("как мы решили проблему", "how we solved the problem");
    assert!(story.last(anna).contains(asked), "{}", story.last(anna));
    story.tap(anna, "5").await;
    story.advance(minutes(20)).await;
    let rated = scene.t("Оценка решения: 5 из 5", "Solution rated 5 of 5");
    assert_eq!(scene.count(story.leads, rated), 1, "{}", scene.group());
    let (_, kpis) = story.get("/v1/figures/kpis?period=2026-11").await;
    let recovered = &kpis["cases"]["recovered"];
    assert_eq!((&recovered["count"], &recovered["n"]), (&json!(1), &json!(1)), "{kpis}");
    let in_time = &kpis["cases"]["contacted_in_time"];
    assert_eq!((&in_time["count"], &in_time["n"]), (&json!(1), &json!(1)), "{kpis}");
    scene.end().await;
}

#[tokio::test]
pub async fn a_low_score_becomes_a_talk_with_files_both_ways_and_a_solution_that_helped() {
    for tongue in Tongue::BOTH {
        Box::pin(from_a_low_score_to_a_solution_that_helped(tongue)).await;
    }
}

/// The customer changes the score of the survey that is over.
async fn changes(scene: &Scene, person: Person, score: &str) {
    scene.story.tap(person, scene.t("Изменить ответ", "Change an answer")).await;
    scene.story.tap(person, score).await;
    if score == "1" {
        scene.story.tap(person, scene.t("Пропустить", "Skip")).await;
    }
    scene.story.advance(minutes(1)).await;
}

async fn up_and_down_again(tongue: Tongue, is_taken: bool) {
    let scene = Scene::new(tongue).await;
    let story = &scene.story;
    let olga = scene.lead("Ольга").await;
    let anna = scene.rated("Анна", 1).await;
    let (post, before) = (scene.post(101), if is_taken { "taken" } else { "open" });
    if is_taken {
        scene.press(olga, post, scene.take()).await;
    }
    let rings = story.world.sent_count(story.leads);
    changes(&scene, anna, "5").await;
    let better = scene.t("🟢 Оценку исправили: 5 из 5", "🟢 Score improved: 5 of 5");
    assert!(story.world.shown(story.leads, post).contains(better), "{}", scene.group());
    assert_eq!(scene.case(101).await["status"], before);
    assert_eq!(story.world.sent_count(story.leads), rings, "better news make no sound");
    changes(&scene, anna, "1").await;
    let again = scene.t("🔴 Оценка снова упала: 1 из 5", "🔴 The score fell again: 1 of 5");
    assert_eq!(scene.count(story.leads, again), 1, "{}", scene.group());
    assert_eq!(scene.case(101).await["status"], before);

    // The time for changes ends while the score is good.
    changes(&scene, anna, "5").await;
    story.advance(minutes(20)).await;
    let case = scene.case(101).await;
    if is_taken {
        assert_eq!(case["status"], "taken", "whoever has it decides");
    } else {
        assert_eq!((&case["status"], &case["cause"]), (&json!("resolved"), &json!("corrected")));
    }
    changes(&scene, anna, "1").await;
    let case = scene.case(101).await;
    let reopened = i64::from(!is_taken);
    assert_eq!((&case["status"], &case["reopened"]), (&json!(before), &json!(reopened)), "{case}");
    assert_eq!(case["severity"], "normal", "whoever corrected a score is not urgent");
    let (_, page) = story.get("/v1/cases").await;
    assert_eq!(page["cases"].as_array().unwrap().len(), 1, "a survey belongs to one case: {page}");
    // Each fall rings in the same words.
    scene.end_with(|problem| problem.contains(again)).await;
}

#[tokio::test]
pub async fn a_score_that_rises_and_falls_stays_one_case_whether_somebody_has_it_or_not() {
    for tongue in Tongue::BOTH {
        for is_taken in [false, true] {
            Box::pin(up_and_down_again(tongue, is_taken)).await;
        }
    }
}

/// A case that a lead has resolved after talking to the customer.
async fn resolved(tongue: Tongue) -> (Scene, Person, Person) {
    let scene = Scene::new(tongue).await;
    let olga = scene.lead("Ольга").await;
    let anna = scene.complained("Анна", 1).await;
    scene.press(olga, scene.post(101), scene.take()).await;
    scene.reply(olga, scene.post(101), scene.t("Заменили", "We have replaced it")).await;
    scene.resolves(olga, 101).await;
    (scene, anna, olga)
}

async fn words_after_the_end(tongue: Tongue) {
    let (scene, anna, olga) = resolved(tongue).await;
    let story = &scene.story;
    let (thanks, line) = (
        scene.t("Спасибо!", "Thank you!"),
        scene.t("💬 Есть сообщение после закрытия", "💬 A message came after closing"),
    );
    let passed_on = scene.t(
        "Передали. Обращение №101 уже закрыто. Если вопрос остался, нажмите кнопку: откроем снова.",
        "Passed on. Case no. 101 is already closed. If it is not solved, tap the button and we will reopen it.",
    );
    let none = scene.t("Ответ не нужен", "No reply needed");
    scene.says(anna, thanks).await;
    assert!(story.last(anna).contains(passed_on), "{}", story.last(anna));
    assert_eq!(scene.count(story.leads, thanks), 1, "{}", scene.group());
    let post = scene.post(101);
    let shown = story.world.shown(story.leads, post);
    let reopen = scene.t("Открыть снова", "Reopen");
    assert!([line, none, reopen].iter().all(|part| shown.contains(part)), "{shown}");
    scene.press(olga, post, none).await;
    let shown = story.world.shown(story.leads, post);
    assert!(!shown.contains(none) && !shown.contains(line), "{shown}");
    story.advance(hours(1)).await;

    // Nobody looks at the next words. Those before are done with, and four hours after them nothing happens.
    scene.says(anna, scene.t("Хотя погодите", "Wait a moment")).await;
    assert!(story.last(anna).contains(passed_on), "{}", story.last(anna));
    story.advance(hours(3)).await;
    assert_eq!(scene.case(101).await["status"], "resolved");
    let rings = story.world.sent_count(story.leads);
    story.advance(hours(1) + minutes(1)).await;
    let case = scene.case(101).await;
    assert_eq!((&case["status"], &case["reopened"]), (&json!("open"), &json!(1)));
    assert_eq!(story.world.sent_count(story.leads), rings + 1, "{}", scene.group());
    let again = scene.t("🔁 Открыто снова, 1-й раз", "🔁 Reopened (1)");
    assert!(story.world.shown(story.leads, scene.post(101)).contains(again), "{}", scene.group());
    scene.end().await;
}

#[tokio::test]
pub async fn words_after_the_end_are_done_with_by_a_tap_and_reopen_the_case_if_nobody_looks() {
    for tongue in Tongue::BOTH {
        Box::pin(words_after_the_end(tongue)).await;
    }
}

async fn the_customer_is_not_content(tongue: Tongue) {
    let (scene, anna, _) = resolved(tongue).await;
    let story = &scene.story;
    scene.says(anna, scene.t("Опять сломалась", "It is broken again")).await;
    scene.says(anna, scene.t("Совсем", "Altogether")).await;
    assert_eq!(scene.count(anna.id, scene.t("уже закрыто", "already closed")), 1, "{}", story.chat(anna));
    let rings = story.world.sent_count(story.leads);
    let button = scene.t("Вопрос не решён", "It is not solved");
    let message = scene.shown(anna.id, scene.t("уже закрыто", "already closed")).id;
    assert_eq!(story.tap(anna, button).await, "");
    story.advance(minutes(1)).await;
    let back = scene.t(
        "Открыли обращение №101 снова. Ответим здесь сегодня до 20:00.",
        "Case no. 101 is open again. We will reply here by 20:00 today.",
    );
    assert!(story.last(anna).contains(back), "{}", story.last(anna));
    assert_eq!(story.world.sent_count(story.leads), rings + 1, "{}", scene.group());
    let case = scene.case(101).await;
    let found = (&case["status"], &case["severity"], &case["reopened"]);
    assert_eq!(found, (&json!("open"), &json!("urgent"), &json!(1)), "{case}");
    // A second tap on the same button changes nothing and says so.
    let again = story.world.tap(anna.id, anna.id, message, button).unwrap();
    story.settle().await;
    assert_eq!(story.toast(&again), scene.t("Обращение №101 уже открыто", "Case no. 101 is open already"));
    assert_eq!(scene.case(101).await["reopened"], 1);
    scene.end().await;
}

#[tokio::test]
pub async fn a_customer_reopens_a_case_that_is_not_solved_with_one_tap() {
    for tongue in Tongue::BOTH {
        Box::pin(the_customer_is_not_content(tongue)).await;
    }
}
