//! Several leads and one case, in both languages: who has it, whose words go out, and what a role that ends leaves behind.

use serde_json::json;

use super::case_scene::{Scene, Tongue};
use super::roles::type_in;
use crate::harness::{Person, hours, minutes, seconds};
use afterword::cli::staff::StaffCommand;
use afterword::domain::ids::PersonId;
use afterword::sandbox::{Media, MessageId};

async fn two_take_it_at_once(tongue: Tongue) {
    let scene = Scene::new(tongue).await;
    let story = &scene.story;
    let (olga, boris) = (scene.lead("Ольга").await, scene.lead("Борис").await);
    scene.rated("Анна", 1).await;
    let (post, leads) = (scene.post(101), story.leads);
    let taps = [olga, boris].map(|lead| story.world.tap(lead.id, leads, post, scene.take()).unwrap());
    story.settle().await;
    let has_it =
        scene.t("Ведёт Ольга. Нажмите ещё раз, чтобы забрать", "Ольга has it. Tap again to take it over");
    let yours = scene.t("Теперь это обращение ведёте вы", "The case is yours");
    assert_eq!(taps.map(|tap| story.toast(&tap)), [yours, has_it]);
    let case = scene.case(101).await;
    assert_eq!((&case["status"], &case["owner"]), (&json!("taken"), &json!(olga.id)));
    // Boris still sees the button: his second tap within half a minute takes the case over.
    let again = story.world.tap_stale(boris.id, leads, post, scene.take()).unwrap();
    story.settle().await;
    assert_eq!(story.toast(&again), yours);
    let told = scene.t("Обращение №101 теперь ведёт Борис.", "Борис has taken over case no. 101.");
    assert!(story.last(olga).contains(told), "{}", story.last(olga));
    assert_eq!(scene.case(101).await["owner"], boris.id);
    // Two taps that are further apart are two questions.
    let has_it =
        scene.t("Ведёт Борис. Нажмите ещё раз, чтобы забрать", "Борис has it. Tap again to take it over");
    for _ in 0..2 {
        story.advance(seconds(31)).await;
        let tap = story.world.tap_stale(olga.id, leads, post, scene.take()).unwrap();
        story.settle().await;
        assert_eq!(story.toast(&tap), has_it);
    }
    assert_eq!(scene.steps(101).await, "case_opened normal, told, taken, taken");
    scene.end().await;
}

#[tokio::test]
pub async fn of_two_leads_who_take_a_case_at_once_one_has_it_and_a_second_tap_takes_it_over() {
    for tongue in Tongue::BOTH {
        Box::pin(two_take_it_at_once(tongue)).await;
    }
}

async fn taken_over_behind_more(tongue: Tongue) {
    let scene = Scene::new(tongue).await;
    let story = &scene.story;
    let (olga, boris) = (scene.lead("Ольга").await, scene.lead("Борис").await);
    scene.complained("Анна", 1).await;
    let (post, take) = (scene.post(101), scene.take());
    scene.press(olga, post, take).await;
    let shows_take = || {
        let post = story.world.message(story.leads, post).unwrap();
        post.button_texts().into_iter().flatten().any(|button| button == take)
    };
    assert!(!shows_take(), "{}", scene.group());
    scene.press(boris, post, scene.t("Ещё", "More")).await;
    let has_it =
        scene.t("Ведёт Ольга. Нажмите ещё раз, чтобы забрать", "Ольга has it. Tap again to take it over");
    assert_eq!(scene.press(boris, post, take).await, has_it);
    // Whoever thinks for too long asks again.
    story.advance(seconds(31)).await;
    assert_eq!(scene.press(boris, post, take).await, has_it);
    let yours = scene.t("Теперь это обращение ведёте вы", "The case is yours");
    assert_eq!(scene.press(boris, post, take).await, yours);
    assert!(!shows_take(), "{}", scene.group());
    assert_eq!(scene.case(101).await["owner"], boris.id);
    let told = scene.t("Обращение №101 теперь ведёт Борис.", "Борис has taken over case no. 101.");
    assert!(story.last(olga).contains(told), "{}", story.last(olga));
    scene.end().await;
}

#[tokio::test]
async fn a_case_of_a_colleague_is_taken_over_by_two_taps_behind_more() {
    for tongue in Tongue::BOTH {
        Box::pin(taken_over_behind_more(tongue)).await;
    }
}

/// The author of held words chooses.
async fn choose(scene: &Scene, by: Person, question: &str, button: &str) -> String {
    let message = scene.shown(scene.story.leads, question).id;
    scene.press(by, message, button).await
}

async fn two_reply_at_once(tongue: Tongue) {
    let scene = Scene::new(tongue).await;
    let story = &scene.story;
    let (olga, boris) = (scene.lead("Ольга").await, scene.lead("Борис").await);
    let anna = scene.complained("Анна", 1).await;
    let (post, leads) = (scene.post(101), story.leads);
    let (first, second) = (scene.t("Пишет Ольга", "Olga writes"), scene.t("Пишет Борис", "Boris writes"));
    story.world.reply_in(leads, olga.id, post, first);
    story.world.reply_in(leads, boris.id, post, second);
    story.settle().await;
    story.advance(seconds(5)).await;
    assert_eq!((scene.count(anna.id, first), scene.count(anna.id, second)), (1, 0), "{}", story.chat(anna));
    let question = scene.t(
        "Обращение №101 ведёт Ольга. Отправить клиенту?",
        "Ольга has case no. 101. Send this to the customer?",
    );
    let [send, over, drop] = [
        scene.t("Отправить", "Send"),
        scene.t("Забрать и отправить", "Take over and send"),
        scene.t("Не отправлять", "Do not send"),
    ];
    let dropped = scene.t("Клиенту не отправлено.", "Not sent to the customer.");
    let foreign = scene.t("Это решает автор сообщения", "The author of the message decides this");
    assert_eq!(choose(&scene, olga, question, send).await, foreign);
    choose(&scene, boris, question, drop).await;
    assert_eq!((scene.count(leads, question), scene.count(leads, dropped)), (0, 1), "{}", scene.group());

    let added = scene.t("Добавлю", "One more thing");
    scene.reply(boris, post, added).await;
    choose(&scene, boris, question, send).await;
    assert_eq!(scene.count(anna.id, added), 1, "{}", story.chat(anna));
    assert_eq!(scene.case(101).await["owner"], olga.id);

    let mine = scene.t("Теперь веду я", "I take it from here");
    scene.reply(boris, post, mine).await;
    choose(&scene, boris, question, over).await;
    assert_eq!(scene.count(anna.id, mine), 1, "{}", story.chat(anna));
    assert_eq!(scene.case(101).await["owner"], boris.id);

    // Nobody answers for half an hour.
    let late = scene.t("А я?", "And me?");
    scene.reply(olga, post, late).await;
    story.advance(minutes(31)).await;
    assert_eq!((scene.count(anna.id, late), scene.count(leads, dropped)), (0, 2), "{}", scene.group());
    assert_eq!(scene.count(anna.id, second), 0);
    scene.end().await;
}

#[tokio::test]
pub async fn of_two_leads_who_reply_at_once_the_first_is_sent_and_the_second_is_asked() {
    for tongue in Tongue::BOTH {
        Box::pin(two_reply_at_once(tongue)).await;
    }
}

async fn words_to_a_resolved_case(tongue: Tongue) {
    let scene = Scene::new(tongue).await;
    let story = &scene.story;
    let olga = scene.lead("Ольга").await;
    let anna = scene.complained("Анна", 1).await;
    let post = scene.post(101);
    scene.reply(olga, post, scene.t("Заменили", "We have replaced it")).await;
    scene.resolves(olga, 101).await;
    let question = scene.t(
        "Обращение №101 закрыто. Отправить клиенту?",
        "Case no. 101 is resolved. Send this to the customer?",
    );
    let choices = [
        (scene.t("Не надо", "Better not"), scene.t("Не отправлять", "Do not send"), 0, "resolved"),
        (
            scene.t("Чек в письме", "The receipt is in the mail"),
            scene.t("Только отправить", "Just send"),
            1,
            "resolved",
        ),
        (
            scene.t("Разберёмся", "We look again"),
            scene.t("Открыть снова и отправить", "Reopen and send"),
            1,
            "taken",
        ),
    ];
    for (words, button, sent, status) in choices {
        scene.reply(olga, post, words).await;
        assert_eq!(scene.count(anna.id, words), 0, "{}", story.chat(anna));
        choose(&scene, olga, question, button).await;
        assert_eq!(scene.count(anna.id, words), sent, "{}", story.chat(anna));
        assert_eq!(scene.case(101).await["status"], status, "{button}");
    }
    scene.end().await;
}

#[tokio::test]
pub async fn words_to_a_resolved_case_wait_for_their_authors_choice() {
    for tongue in Tongue::BOTH {
        Box::pin(words_to_a_resolved_case(tongue)).await;
    }
}

async fn a_lead_of_three_leaves(tongue: Tongue) {
    let scene = Scene::new(tongue).await;
    let story = &scene.story;
    let (olga, boris) = (scene.lead("Ольга").await, scene.lead("Борис").await);
    let mut customers = Vec::new();
    for number in 1..=3 {
        customers.push(scene.complained("Анна", number).await);
    }
    for number in 101..=103 {
        scene.press(olga, scene.post(number), scene.take()).await;
    }
    let (promise, before) = (scene.t("Сегодня заменим", "We replace it today"), scene.post(101));
    let said = scene.reply(olga, before, promise).await;
    type_in(story, StaffCommand::Remove { telegram_id: PersonId::new(olga.id) }).await;
    let told = scene.t(
        "Ольга больше не в команде. Свободны: №101, №102, №103.",
        "Ольга has left the team. Free again: no. 101, no. 102, no. 103.",
    );
    story.wait_until(|world| world.transcript(story.leads).contains(told)).await;
    story.advance(minutes(2)).await;
    assert_eq!(scene.count(story.leads, told), 1, "{}", scene.group());
    for number in 101..=103 {
        let case = scene.case(number).await;
        assert_eq!((&case["status"], &case["owner"]), (&json!("open"), &json!(null)), "{case}");
    }

    // What they write and change now reaches nobody, and they are told once a day.
    let sent = customers.iter().map(|customer| story.world.sent_count(customer.id)).collect::<Vec<_>>();
    for number in 101..=103 {
        scene.reply(olga, scene.post(number), scene.t("Ещё я", "Me again")).await;
    }
    story.world.edit_own_message(olga.id, story.leads, said, scene.t("Не заменим", "We do not"));
    story.settle().await;
    let refused = scene.t(
        "клиенту это не ушло: отвечать могут руководители.",
        "this did not go to the customer: only leads can reply.",
    );
    assert_eq!(scene.count(story.leads, refused), 1, "{}", scene.group());
    assert_eq!(scene.count(customers[0].id, promise), 1, "{}", story.chat(customers[0]));
    let toast = scene.press(olga, scene.post(101), scene.take()).await;
    let buttons = scene.t(
        "Эти кнопки для руководителей. Роль выдаёт администратор",
        "These buttons are for leads. An admin gives the role",
    );
    assert_eq!(toast, buttons);
    story.advance(hours(25)).await;
    scene.reply(olga, scene.post(101), scene.t("И ещё", "And again")).await;
    assert_eq!(scene.count(story.leads, refused), 2, "{}", scene.group());
    let late = |customer: &Person| scene.count(customer.id, scene.t("не успели", "did not make it"));
    let now = customers.iter().map(|customer| story.world.sent_count(customer.id) - late(customer));
    assert_eq!(now.collect::<Vec<_>>(), sent, "only a broken promise is owned up to");
    assert_eq!(
        scene.press(boris, scene.post(102), scene.take()).await,
        scene.t("Теперь это обращение ведёте вы", "The case is yours")
    );
    scene.end().await;
}

#[tokio::test]
pub async fn who_loses_the_role_leaves_three_cases_free_and_replies_to_nobody() {
    for tongue in Tongue::BOTH {
        Box::pin(a_lead_of_three_leaves(tongue)).await;
    }
}

async fn the_note_is_asked_of_one(tongue: Tongue) {
    let scene = Scene::new(tongue).await;
    let (story, leads) = (&scene.story, scene.story.leads);
    let (olga, boris) = (scene.lead("Ольга").await, scene.lead("Борис").await);
    for number in 1..=2 {
        scene.complained("Анна", number).await;
    }
    let ask = async |chat: i64, post: MessageId| {
        for button in [
            scene.resolve(),
            scene.t("Закрыть без ответа", "Resolve without a reply"),
            scene.t("Доставка", "Delivery"),
            scene.t("Написать заметку", "Write a note"),
        ] {
            scene.press_in(olga, chat, post, button).await;
        }
        scene.shown(chat, scene.t("что сделали для клиента?", "what was done for the customer?")).id
    };
    let question = ask(leads, scene.post(101)).await;
    let in_text = scene.t("Заметку пришлите текстом.", "Send the note as text.");
    let of_olga = scene.t("На этот вопрос отвечает Ольга.", "This question is for Ольга.");
    let note = scene.t("Вернули деньги", "Money returned");
    scene.reply(boris, question, note).await;
    story.world.reply_with_media_in(leads, olga.id, question, &[Media::Voice { seconds: 5 }], None);
    story.world.reply_with_media_in(leads, olga.id, question, &[Media::Photo, Media::Photo], Some(note));
    story.settle().await;
    story.advance(seconds(5)).await;
    let other = scene.t("Это сообщение не про обращение", "That message is not about a case");
    let counts = [of_olga, in_text, other].map(|text| scene.count(leads, text));
    assert_eq!(counts, [1, 2, 0], "{}", scene.group());
    assert_eq!(scene.case(101).await["status"], "open");
    scene.reply(olga, question, note).await;
    assert_eq!(scene.case(101).await["note"], note);

    // In their own chat the next message is the answer.
    story.say(olga, "/cases 102").await;
    ask(olga.id, scene.post_in(olga.id, 102)).await;
    story.world.send_voice(olga.id, 5);
    story.settle().await;
    assert!(story.last(olga).contains(in_text), "{}", story.chat(olga));
    story.say(olga, note).await;
    assert_eq!(scene.case(102).await["note"], note);
    // Each of the two messages that are no text is answered.
    scene.end_with(|problem| problem.starts_with("twice in chat")).await;
}

#[tokio::test]
pub async fn the_question_for_a_note_is_answered_in_text_by_whom_it_asks() {
    for tongue in Tongue::BOTH {
        Box::pin(the_note_is_asked_of_one(tongue)).await;
    }
}
