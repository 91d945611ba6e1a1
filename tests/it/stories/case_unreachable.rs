//! Words that do not get through, in both languages, and people who stop or are forgotten in the middle of a talk.

use afterword::sandbox::{Fault, Media};
use serde_json::json;

use super::case_scene::{Scene, Tongue};
use crate::harness::{Person, hours, minutes, seconds};

async fn blocked_while_a_reply_waits(tongue: Tongue) {
    let scene = Scene::new(tongue).await;
    let story = &scene.story;
    let olga = scene.lead("Ольга").await;
    let anna = scene.complained("Анна", 1).await;
    let (post, leads) = (scene.post(101), story.leads);
    scene.press(olga, post, scene.take()).await;
    // Telegram lets the reply wait, and meanwhile the customer blocks the bot.
    story.world.fault(Fault::too_many_requests(30).chat(anna.id));
    let words = scene.t("Анна, вы тут?", "Anna, are you there?");
    story.world.reply_in(leads, olga.id, post, words);
    story.wait_until(|world| world.faults_met() == 1).await;
    story.world.block(anna.id);
    story.settle().await;
    story.advance(minutes(2)).await;
    let failed = scene.t(
        "Не дошло: клиент заблокировал бота. Свяжитесь иначе.",
        "Not delivered: the customer has blocked the bot. Contact them another way.",
    );
    assert_eq!(scene.count(leads, failed), 1, "{}", scene.group());
    let blocked =
        scene.t("🚫 Бот заблокирован: свяжитесь иначе", "🚫 The bot is blocked: contact them another way");
    assert_eq!(scene.count(leads, blocked), 1, "{}", scene.group());
    let owner = scene.t(
        "№101: клиент заблокировал бота, свяжитесь иначе.",
        "No. 101: the customer has blocked the bot, contact them another way.",
    );
    assert_eq!(scene.count(olga.id, owner), 1, "{}", story.chat(olga));
    let case = scene.case(101).await;
    let reply = &case["messages"][0];
    assert_eq!((&reply["state"], &reply["reason"]), (&json!("undeliverable"), &json!("blocked")), "{case}");
    assert_eq!((&case["status"], &case["first_contact_at"]), (&json!("taken"), &json!(null)), "{case}");
    // A second attempt fails at once; the owner has been told.
    scene.reply(olga, post, words).await;
    assert_eq!((scene.count(leads, failed), scene.count(olga.id, owner)), (2, 1), "{}", scene.group());
    // Contact in another way is contact too.
    story.world.unblock(anna.id);
    story.settle().await;
    story.advance(minutes(2)).await;
    assert_eq!(scene.count(leads, blocked), 0, "{}", scene.group());
    assert_eq!(scene.count(anna.id, words), 0, "nothing is sent again by itself: {}", story.chat(anna));
    let back = scene.t("Снова на связи?", "Back again?");
    scene.reply(olga, post, back).await;
    assert_eq!(scene.count(anna.id, back), 1, "{}", story.chat(anna));
    scene.end().await;
}

#[tokio::test]
pub async fn whoever_blocks_the_bot_while_a_reply_waits_is_to_be_contacted_another_way() {
    for tongue in Tongue::BOTH {
        Box::pin(blocked_while_a_reply_waits(tongue)).await;
    }
}

async fn each_refusal_has_its_words(tongue: Tongue) {
    let scene = Scene::new(tongue).await;
    let story = &scene.story;
    let lead = story.lead;
    let anna = scene.complained("Анна", 1).await;
    let (post, leads) = (scene.post(101), story.leads);
    let send = async |media: Media| {
        story.world.reply_with_media_in(leads, lead.id, post, &[media], None);
        story.settle().await;
        story.advance(seconds(5)).await;
    };
    send(Media::PaidPhoto).await;
    let paid = scene.t(
        "Не отправлено: такое сообщение Telegram не передаёт. Пришлите текст, фото, видео, голосовое или файл.",
        "Not sent: Telegram does not pass on this kind of message. Send text, a photo, a video, a voice message or a file.",
    );
    assert_eq!(scene.count(leads, paid), 1, "{}", scene.group());
    story.world.fault(Fault::error(400, "Bad Request: VOICE_MESSAGES_FORBIDDEN").on("copyMessage"));
    send(Media::Voice { seconds: 4 }).await;
    let voice = scene.t(
        "Не дошло: клиент не принимает голосовые. Напишите текстом.",
        "Not delivered: the customer takes no voice messages. Write it.",
    );
    assert_eq!(scene.count(leads, voice), 1, "{}", scene.group());
    story.world.fault(Fault::error(403, "Forbidden: user is deactivated").chat(anna.id));
    scene.reply(lead, post, "403").await;
    let gone =
        scene.t("Не дошло: этого аккаунта в Telegram больше нет.", "Not delivered: the account is gone.");
    assert_eq!(scene.count(leads, gone), 1, "{}", scene.group());
    story.world.unblock(anna.id);
    story.settle().await;
    scene.says(anna, scene.t("Я здесь", "I am here")).await;

    Box::pin(the_connection_breaks(scene, anna)).await;
}

async fn the_connection_breaks(scene: Scene, anna: Person) {
    let story = &scene.story;
    let (lead, leads, post) = (story.lead, story.leads, scene.post(101));
    // The connection breaks after Telegram has acted: the words come twice at most, and nobody is told of a failure.
    story.world.fault(Fault::dropped_after().on("copyMessage"));
    let [after, before] = [scene.t("Обрыв после", "A cut after"), scene.t("Обрыв до", "A cut before")];
    scene.reply(lead, post, after).await;
    story.advance(minutes(15)).await;
    assert!((1..=2).contains(&scene.count(anna.id, after)), "{}", story.chat(anna));
    // It breaks before that, twice: after ten minutes the author learns that it is tried, and after an hour that nobody knows.
    story.world.fault(Fault::dropped_before().on("copyMessage").times(2));
    scene.reply(lead, post, before).await;
    story.advance(minutes(12)).await;
    let slow = scene.t(
        "Ещё не ушло: Telegram не отвечает, пробуем дальше.",
        "Not sent yet: Telegram does not answer, we keep trying.",
    );
    assert_eq!(scene.count(leads, slow), 1, "{}", scene.group());
    story.advance(hours(2)).await;
    let unknown = scene.t(
        "Связь оборвалась, неизвестно, дошло ли.",
        "The connection broke: it may or may not have arrived.",
    );
    assert_eq!(scene.count(leads, unknown), 1, "{}", scene.group());
    let case = scene.case(101).await;
    let reasons: Vec<_> =
        case["messages"].as_array().unwrap().iter().filter_map(|word| word["reason"].as_str()).collect();
    assert_eq!(reasons, ["cannot", "voice", "deactivated", "unknown"], "{case}");
    // Their last reply stands on the post as not delivered, in the same words as below it.
    let line = scene.t(
        "не дошёл: связь оборвалась, неизвестно, дошло ли",
        "was not delivered: the connection broke, it may have arrived",
    );
    assert!(story.world.shown(leads, scene.post(101)).contains(line), "{}", scene.group());
    let wrong =
        |problem: &str| problem.starts_with("twice in chat") || problem.starts_with("buttons that nobody");
    scene.end_with(wrong).await;
}

#[tokio::test]
pub async fn each_way_in_which_a_reply_fails_is_told_in_its_own_words() {
    for tongue in Tongue::BOTH {
        Box::pin(each_refusal_has_its_words(tongue)).await;
    }
}

async fn no_header_is_left(tongue: Tongue) {
    let scene = Scene::of(tongue, tongue.setting().await.set("CASE_NAMES", "show")).await;
    let story = &scene.story;
    let anna = scene.complained("Анна", 1).await;
    let post = scene.post(101);
    let refused = Fault::error(400, "Bad Request: VOICE_MESSAGES_FORBIDDEN");
    story.world.fault(refused.on("copyMessage"));
    let voice = [Media::Voice { seconds: 4 }];
    for media in [&voice[..], &[Media::PaidPhoto], &[Media::Photo, Media::Photo]] {
        if media.len() > 1 {
            story
                .world
                .fault(Fault::error(400, "Bad Request: there are no messages to copy").on("copyMessages"));
        }
        story.world.reply_with_media_in(story.leads, story.lead.id, post, media, None);
        story.settle().await;
        story.advance(seconds(5)).await;
        assert_eq!(scene.count(anna.id, "Пётр"), 0, "{media:?}: {}", story.chat(anna));
    }
    let words = scene.t("Напишу словами", "I will write it");
    scene.reply(story.lead, post, words).await;
    assert_eq!(scene.count(anna.id, &format!("Пётр:\n{words}")), 1, "{}", story.chat(anna));
    // The headers that were deleted count as sent.
    scene.end_with(|problem| problem.starts_with("twice in chat")).await;
}

#[tokio::test]
pub async fn of_a_reply_that_is_refused_no_header_is_left_at_the_customer() {
    for tongue in Tongue::BOTH {
        Box::pin(no_header_is_left(tongue)).await;
    }
}

async fn stops_in_the_middle(tongue: Tongue) {
    let scene = Scene::new(tongue).await;
    let story = &scene.story;
    let olga = scene.lead("Ольга").await;
    let anna = scene.customer("Анна", "C-1").await;
    scene.ask("1", "C-1", json!({})).await;
    story.tap(anna, "1").await;
    story.advance(seconds(30)).await;
    let post = scene.post(101);
    // A reply waits while the customer stops all surveys; the talk goes on.
    story.world.fault(Fault::too_many_requests(30).chat(anna.id));
    let words = scene.t("Сейчас разберусь", "I am looking into it");
    story.world.reply_in(story.leads, olga.id, post, words);
    story.wait_until(|world| world.faults_met() == 1).await;
    story.say(anna, "/stop").await;
    story.advance(minutes(2)).await;
    let stop = scene
        .t("По обращению №101 мы всё равно ответим здесь.", "We will still reply here about case no. 101.");
    assert_eq!(scene.count(anna.id, stop), 1, "{}", story.chat(anna));
    assert_eq!(scene.count(anna.id, words), 1, "{}", story.chat(anna));
    assert_eq!(story.state("ticket_closed-1").await, "completed", "the score counts");
    let answer = scene.t("Жду", "I am waiting");
    scene.says(anna, answer).await;
    assert_eq!(scene.count(story.leads, answer), 1, "{}", scene.group());
    // Who has no open case reads nothing of one.
    scene.resolves(olga, 101).await;
    story.say(anna, "/stop").await;
    assert_eq!(scene.count(anna.id, stop), 1, "{}", story.chat(anna));
    story.advance(hours(24)).await;
    let asked = scene.t("как мы решили проблему", "how we solved the problem");
    assert_eq!(scene.count(anna.id, asked), 0, "{}", story.chat(anna));
    scene.end().await;
}

#[tokio::test]
pub async fn stop_ends_the_surveys_and_not_the_talk_and_says_so() {
    for tongue in Tongue::BOTH {
        Box::pin(stops_in_the_middle(tongue)).await;
    }
}

async fn is_forgotten_in_the_middle(tongue: Tongue) {
    let scene = Scene::new(tongue).await;
    let story = &scene.story;
    let olga = scene.lead("Ольга").await;
    let anna = scene.complained("Анна", 1).await;
    let post = scene.post(101);
    let [asked, told, late] = [
        scene.t("Что в коробке?", "What is in the box?"),
        scene.t("Там синяя чашка", "It is a blue cup"),
        scene.t("Вышлем красную", "We send a red one"),
    ];
    scene.reply(olga, post, asked).await;
    scene.says(anna, told).await;
    story.say(anna, "/forget").await;
    let open = scene.t(
        "Открыто обращение №101: если всё стереть, ответить на него мы не сможем.",
        "Case no. 101 is open: if you erase everything, we cannot reply to it.",
    );
    assert!(story.last(anna).contains(open), "{}", story.last(anna));
    // A reply waits in the queue when the customer confirms.
    story.world.fault(Fault::too_many_requests(60).chat(anna.id));
    story.world.reply_in(story.leads, olga.id, post, late);
    story.wait_until(|world| world.faults_met() == 1).await;
    let button = scene.t("Стереть всё", "Erase everything");
    story.tap(anna, button).await;
    story.advance(minutes(5)).await;
    assert_eq!(scene.count(anna.id, late), 0, "what waited is never sent: {}", story.chat(anna));
    let gone = scene.t("Стёрто: данные клиента удалены.", "Erased: the customer’s data was deleted.");
    assert_eq!(scene.count(story.leads, gone), 1, "{}", scene.group());
    for words in [told, "Анна", "C-1"] {
        assert_eq!(scene.count(story.leads, words), 0, "{words}: {}", scene.group());
    }
    let owner = scene.t(
        "№101: клиент стёр свои данные, обращение закрыто.",
        "No. 101: the customer erased their data, the case is closed.",
    );
    assert_eq!(scene.count(olga.id, owner), 1, "{}", story.chat(olga));
    let case = scene.case(101).await;
    assert_eq!((&case["status"], &case["cause"]), (&json!("resolved"), &json!("erased")), "{case}");
    assert_eq!((&case["messages"], &case["customer_id"]), (&json!([]), &json!("")), "{case}");
    // A late reply to the post reaches nobody, and its author learns why.
    scene.reply(olga, post, late).await;
    let refused = scene.t(
        "Не отправлено: клиент стёр свои данные, обращение №101 закрыто.",
        "Not sent: the customer erased their data, case no. 101 is closed.",
    );
    assert_eq!((scene.count(story.leads, refused), scene.count(anna.id, late)), (1, 0), "{}", scene.group());
    // Without an open case, the question names none.
    story.say(anna, "/forget").await;
    let none = scene.t("Открыто обращение", "is open:");
    assert!(!story.last(anna).contains(none), "{}", story.last(anna));
    scene.end().await;
}

#[tokio::test]
pub async fn forget_names_the_open_case_and_drops_the_reply_that_waits() {
    for tongue in Tongue::BOTH {
        Box::pin(is_forgotten_in_the_middle(tongue)).await;
    }
}
