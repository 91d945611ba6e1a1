//! Whose words go where, in both languages: a survey that is open beside a talk, edits on both sides, and what leads write
//! that no customer must see.

use afterword::sandbox::{GroupKind, Media, MessageId, Role};
use serde_json::json;

use super::case_scene::{Scene, Tongue};
use crate::harness::{Person, minutes, seconds};

/// The texts of a case's messages, in their order.
async fn talk(scene: &Scene) -> Vec<String> {
    let case = scene.case(101).await;
    let words = case["messages"].as_array().unwrap().iter();
    words.map(|word| word["text"].as_str().unwrap_or_default().to_owned()).collect()
}

/// The customer's words in the survey.
async fn comment(scene: &Scene) -> String {
    let answers = scene.story.answers().await;
    answers
        .lines()
        .find_map(|line| line.split_once(" · comment · "))
        .map(|(_, words)| words.to_owned())
        .unwrap_or_default()
}

async fn words_after_the_end(tongue: Tongue) {
    let scene = Scene::new(tongue).await;
    let story = &scene.story;
    let anna = scene.customer("Анна", "C-1").await;
    scene.ask("1", "C-1", json!({})).await;
    story.tap(anna, "1").await;
    story.tap(anna, scene.t("Долго", "Slow")).await;
    story.tap(anna, scene.t("Готово", "Done")).await;
    let post = scene.post(101);
    scene.press(story.lead, post, scene.take()).await;
    scene.reply(story.lead, post, scene.t("Вернули деньги", "Refunded")).await;
    scene.resolves(story.lead, 101).await;
    let promises = scene.count(anna.id, scene.t("Ответим здесь", "We will reply here"));
    scene.says(anna, scene.t("Всё ещё не работает", "It is still broken")).await;
    let said = talk(&scene).await;
    assert!(said.contains(&scene.t("Всё ещё не работает", "It is still broken").to_owned()), "{said:?}");
    assert_eq!(comment(&scene).await, "");
    assert_eq!(scene.count(anna.id, scene.t("Ответим здесь", "We will reply here")), promises);
    scene.end().await;
}

#[tokio::test]
pub async fn words_right_after_the_end_of_a_case_are_about_it_and_no_comment_that_nobody_hears() {
    for tongue in Tongue::BOTH {
        Box::pin(words_after_the_end(tongue)).await;
    }
}

async fn a_survey_beside_a_talk(tongue: Tongue) {
    let scene = Scene::new(tongue).await;
    let story = &scene.story;
    let anna = scene.customer("Анна", "C-1").await;
    scene.ask("1", "C-1", json!({})).await;
    story.tap(anna, "1").await;
    story.advance(seconds(30)).await;
    // The survey asks what went wrong, and a lead writes below it.
    let post = scene.post(101);
    scene.reply(story.lead, post, scene.t("Чем помочь?", "How can I help?")).await;
    scene.says(anna, scene.t("слово леду", "word to the lead")).await;
    assert_eq!(comment(&scene).await, "");
    assert!(scene.group().contains(scene.t("слово леду", "word to the lead")), "{}", scene.group());
    // A tap returns to the survey.
    story.tap(anna, scene.t("Долго", "Slow")).await;
    story.advance(seconds(5)).await;
    scene.says(anna, scene.t("слово опросу", "word to the survey")).await;
    assert_eq!(comment(&scene).await, scene.t("слово опросу", "word to the survey"));
    let shown = story.world.shown(story.leads, scene.post(101));
    assert!(shown.contains(scene.t("«слово опросу»", "“word to the survey”")), "{shown}");
    // The talk goes on with the lead's next message.
    scene.reply(story.lead, scene.post(101), scene.t("Понял", "I see")).await;
    scene.says(anna, scene.t("ещё слово леду", "another word to the lead")).await;
    // A reply goes to what it replies to, whatever was last.
    let survey = story.world.messages(anna.id);
    let survey = survey
        .iter()
        .find(|message| message.text.plain.contains(scene.t("Как вам помощь?", "How was the help?")));
    let survey = survey.map(|message| message.id);
    let asked = survey.or_else(|| shown_survey(&scene, anna)).unwrap();
    story.world.reply(anna.id, asked, scene.t("дополнение", "addition"), None);
    story.settle().await;
    story.advance(seconds(5)).await;
    let answers = story.answers().await;
    assert!(
        answers.contains(scene.t("слово опросу\nдополнение", "word to the survey\naddition")),
        "{answers}"
    );
    story.say(anna, "/human").await;
    scene.says(anna, scene.t("слово человеку", "word to a person")).await;
    // When the talk has been silent for three days, its case still takes words that no survey does.
    let written = [
        scene.t("Чем помочь?", "How can I help?"),
        scene.t("слово леду", "word to the lead"),
        scene.t("Понял", "I see"),
        scene.t("ещё слово леду", "another word to the lead"),
        scene.t("слово человеку", "word to a person"),
    ];
    assert_eq!(talk(&scene).await, written, "{}", story.chat(anna));
    story.advance(minutes(1)).await;
    scene.end().await;
}

/// The newest message of a survey in a customer's chat.
fn shown_survey(scene: &Scene, person: Person) -> Option<MessageId> {
    let messages = scene.story.world.messages(person.id);
    messages.iter().rev().find(|message| !message.keyboard.is_empty()).map(|message| message.id)
}

#[tokio::test]
pub async fn words_beside_an_open_survey_go_to_whatever_was_touched_last() {
    for tongue in Tongue::BOTH {
        Box::pin(a_survey_beside_a_talk(tongue)).await;
    }
}

/// A customer puts another file into a message with the caption A-2.
async fn another_file_comes_marked(scene: &Scene, anna: Person, photo: MessageId) {
    let (story, leads) = (&scene.story, scene.story.leads);
    let sent = story.world.sent_count(leads);
    // The same once more changes nothing.
    story.world.edit_own_message(anna.id, anna.id, photo, "A-2");
    story.settle().await;
    assert_eq!(story.world.sent_count(leads), sent, "{}", scene.group());
    story.world.replace_own_file(anna.id, anna.id, photo, Media::Photo);
    story.settle().await;
    assert_eq!(story.world.sent_count(leads), sent + 1, "{}", scene.group());
    let copy = story.world.last_message(leads).unwrap();
    assert!(copy.media.is_some() && copy.reply_to == Some(scene.post(101)), "{}", scene.group());
    assert_eq!(copy.text.plain, "✏️ A-2");
    // The caption that is changed then is that of the new file.
    story.world.edit_own_message(anna.id, anna.id, photo, "A-3");
    story.settle().await;
    story.advance(seconds(10)).await;
    assert_eq!(story.world.message(leads, copy.id).unwrap().text.plain, "A-3");
    assert_eq!(story.world.sent_count(leads), sent + 1, "{}", scene.group());
}

async fn both_sides_edit(tongue: Tongue) {
    let scene = Scene::new(tongue).await;
    let story = &scene.story;
    let lead = story.lead;
    let anna = scene.complained("Анна", 1).await;
    let (post, leads) = (scene.post(101), story.leads);
    let [first, second] = [scene.t("Вернём 100", "We return 100"), scene.t("Вернём 200", "We return 200")];
    let text = scene.reply(lead, post, first).await;
    let photo = story.world.reply_with_media_in(leads, lead.id, post, &[Media::Photo], Some("1"))[0];
    story.settle().await;
    story.world.edit_own_message(lead.id, leads, text, second);
    story.world.edit_own_message(lead.id, leads, photo, "2");
    story.settle().await;
    assert_eq!((scene.count(anna.id, first), scene.count(anna.id, second)), (0, 1), "{}", story.chat(anna));
    assert!(story.chat(anna).contains("Bot (edited): (photo) 2"), "{}", story.chat(anna));
    let media = scene.t(
        "Подпись исправлена, сам файл заменить нельзя: пришлите новый.",
        "The caption is changed, the file cannot be: send a new one.",
    );
    assert_eq!(scene.count(leads, media), 0, "{}", scene.group());
    // With the same caption only the file can be another one.
    story.world.edit_own_message(lead.id, leads, photo, "2");
    story.settle().await;
    assert_eq!(scene.count(leads, media), 1, "{}", scene.group());

    let [wrong, right] = [scene.t("не тот", "the wrong one"), scene.t("не тот размер", "a wrong size")];
    let said = scene.says(anna, wrong).await;
    story.world.edit_own_message(anna.id, anna.id, said, right);
    story.settle().await;
    story.advance(seconds(10)).await;
    assert_eq!(scene.count(leads, right), 1, "{}", scene.group());
    assert_eq!(scene.count(leads, &format!("{wrong}\n")), 0, "{}", scene.group());
    let photo = story.world.send_photo(anna.id, Some("A-1"));
    story.settle().await;
    story.advance(seconds(10)).await;
    story.world.edit_own_message(anna.id, anna.id, photo, "A-2");
    story.settle().await;
    story.advance(seconds(10)).await;
    assert_eq!((scene.count(leads, "A-1"), scene.count(leads, "A-2")), (0, 1), "{}", scene.group());
    another_file_comes_marked(&scene, anna, photo).await;

    // Of many texts in a row most are joined; the edited one is drawn anew among the others.
    let ids: Vec<MessageId> =
        (10..40).map(|number| story.world.say(anna.id, &format!("<{number}>"))).collect();
    story.settle().await;
    story.advance(minutes(2)).await;
    let joined = scene.shown(leads, "<30>");
    assert!(joined.text.plain.contains("<29>") && joined.text.plain.contains("<31>"), "{}", scene.group());
    story.world.edit_own_message(anna.id, anna.id, ids[20], "<thirty>");
    story.settle().await;
    story.advance(seconds(30)).await;
    let anew = story.world.message(leads, joined.id).unwrap().text.plain;
    assert_eq!(anew, joined.text.plain.replace("<30>", "<thirty>"));
    scene.end().await;
}

#[tokio::test]
pub async fn texts_captions_and_joined_messages_follow_their_authors_edits() {
    for tongue in Tongue::BOTH {
        Box::pin(both_sides_edit(tongue)).await;
    }
}

async fn not_for_the_customer(tongue: Tongue) {
    let scene = Scene::new(tongue).await;
    let story = &scene.story;
    let anna = scene.complained("Анна", 1).await;
    let (post, leads) = (scene.post(101), story.leads);
    let vera = story.person_in("Вера", Some(scene.t("ru", "en")));
    story.world.add_member(leads, vera.id, Role::Member);
    let before = story.world.sent_count(anna.id);

    for text in ["1", "2"] {
        scene.reply(vera, post, text).await;
    }
    let no_role = scene.t(
        "клиенту это не ушло: отвечать могут руководители.",
        "this did not go to the customer: only leads can reply.",
    );
    assert_eq!(scene.count(leads, no_role), 1, "once a day: {}", scene.group());
    story.world.reply_anonymously(leads, post, "3");
    story.settle().await;
    let anonymous =
        scene.t("Клиенту не ушло: вы пишете от имени группы.", "Not sent: you write in the group's name.");
    assert_eq!(scene.count(leads, anonymous), 1, "{}", scene.group());
    let note = scene.t("звонил на той неделе", "called last week");
    scene.reply(story.lead, post, &format!("// {note}")).await;
    story.world.reply_with_media_in(leads, story.lead.id, post, &[Media::Photo], Some("// 4"));
    story.settle().await;
    let colleague = story.world.say_in(leads, None, vera.id, "5");
    scene.reply(story.lead, colleague, "6").await;
    story.world.say_in(leads, None, story.lead.id, "/cases@afterword_sandbox_bot");
    story.settle().await;
    let counts =
        scene.shown(leads, scene.t("Список в личном чате со мной", "The list is in your private chat")).id;
    scene.reply(story.lead, counts, "7").await;
    let other = scene.t(
        "Это сообщение не про обращение, клиенту ничего не ушло.",
        "That message is not about a case, nothing was sent.",
    );
    assert_eq!(scene.count(leads, other), 1, "{}", scene.group());
    story.world.say_in(leads, None, story.lead.id, "8");
    story.settle().await;
    story.advance(minutes(1)).await;
    assert_eq!(story.world.sent_count(anna.id), before, "{}", story.chat(anna));
    let case = scene.case(101).await;
    let notes = case["steps"].as_array().unwrap().iter().filter(|step| step["kind"] == "note");
    let notes: Vec<&str> = notes.filter_map(|step| step["words"].as_str()).collect();
    assert_eq!(notes, [note, "4"]);
    assert_eq!((&case["status"], &case["messages"]), (&json!("open"), &json!([])), "{case}");
    scene.end().await;
}

#[tokio::test]
pub async fn what_is_said_among_colleagues_stays_among_them() {
    for tongue in Tongue::BOTH {
        Box::pin(not_for_the_customer(tongue)).await;
    }
}

async fn in_a_fold_and_in_a_topic(tongue: Tongue) {
    let setting = tongue.setting().await;
    let forum = setting.world.add_group("Форум", GroupKind::Forum, setting.lead.id);
    let topic = setting.world.add_topic(forum, "Оценки");
    let scene = Scene::of(tongue, setting.set("ALERT_CHATS", &format!("{forum}/{topic}"))).await;
    let story = &scene.story;
    let boris = scene.lead("Борис").await;
    story.world.add_member(forum, boris.id, Role::Member);
    let mut customers = Vec::new();
    for number in 1..=7 {
        let customer = format!("C-{number}");
        let person = scene.customer("Анна", &customer).await;
        scene.story.ticket(&number.to_string(), &customer, json!({})).await;
        customers.push(person);
    }
    story.advance(minutes(1)).await;
    for person in &customers {
        story.tap(*person, "1").await;
        story.tap(*person, scene.t("Пропустить", "Skip")).await;
    }
    story.advance(minutes(20)).await;
    let sent = || customers.iter().map(|person| story.world.sent_count(person.id)).sum::<usize>();
    let before = sent();
    let fold = scene.shown(forum, scene.t("за несколько минут", "within minutes")).id;
    story.world.reply_in(forum, boris.id, fold, "1");
    story.settle().await;
    story.advance(seconds(10)).await;
    let summary = scene.t(
        "Это сводка. Нажмите номер и ответьте на обращение.",
        "This is a summary. Tap a number and reply to the case.",
    );
    assert_eq!(scene.count(forum, summary), 1, "{}", story.world.transcript(forum));
    // Plain words in a topic look like replies to the message that created it. They are among people, whoever has the case.
    let post = scene.post_in(forum, 101);
    scene.press_in(story.lead, forum, post, scene.take()).await;
    for lead in [boris, story.lead] {
        story.world.say_in(forum, Some(topic), lead.id, "2");
        story.settle().await;
    }
    story.advance(minutes(1)).await;
    assert_eq!(sent(), before, "{}", story.world.transcript(forum));
    assert_eq!(scene.case(101).await["messages"], json!([]));
    // A reply in the topic is for the customer.
    story.world.reply_in(forum, story.lead.id, post, "3");
    story.settle().await;
    assert!(story.chat(customers[0]).ends_with("Bot: 3\n"), "{}", story.chat(customers[0]));
    scene.end().await;
}

#[tokio::test]
pub async fn replies_to_a_list_and_plain_words_in_a_topic_reach_no_customer() {
    for tongue in Tongue::BOTH {
        Box::pin(in_a_fold_and_in_a_topic(tongue)).await;
    }
}
