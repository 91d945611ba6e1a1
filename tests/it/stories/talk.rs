//! Leads and customers talk to each other about a case, through the bot.

use afterword::domain::ids::{self, CaseNumber, PersonId};
use afterword::sandbox::{Media, MessageId, Role};
use serde_json::json;

use crate::harness::{Person, Story, hours, minutes, seconds};

/// A bad score of Anna's, as it stands in the leads' group.
struct Trouble {
    story: Story,
    anna: Person,
    post: MessageId,
    number: CaseNumber,
}

impl Trouble {
    async fn new() -> Self {
        let story = Story::new().await;
        let anna = story.customer("Анна", "C-1").await;
        let (post, number) = rates_badly(&story, anna, 1).await;
        Self { story, anna, post, number }
    }

    /// The lead replies to a message in the group.
    async fn reply(&self, to: MessageId, text: &str) -> MessageId {
        self.reply_by(self.story.lead, to, text).await
    }

    async fn reply_by(&self, lead: Person, to: MessageId, text: &str) -> MessageId {
        let id = self.story.world.reply_in(self.story.leads, lead.id, to, text);
        self.story.settle().await;
        id
    }

    fn anna(&self) -> String {
        self.story.chat(self.anna)
    }

    fn group(&self) -> String {
        self.story.world.transcript(self.story.leads)
    }

    /// The newest message of the bot in the group that contains this.
    fn shown(&self, text: &str) -> MessageId {
        let messages = self.story.world.messages(self.story.leads);
        let found = messages.iter().rev().find(|m| m.is_from_bot() && m.text.plain.contains(text));
        found.unwrap_or_else(|| panic!("no {text} in:\n{}", self.group())).id
    }

    /// What became of what the lead or the customer wrote.
    async fn states(&self) -> Vec<(String, String)> {
        let mut tx = self.story.running.db.read().await.unwrap();
        let mut states = Vec::new();
        for chat in [self.story.leads, self.anna.id] {
            for message in self.story.world.messages(chat) {
                let (chat, id) = (ids::ChatId::new(chat), ids::MessageId::new(message.id));
                if let Some(found) = tx.find_case_message_at(chat, id).await.unwrap() {
                    states.push((found.text.unwrap_or_default(), found.state.to_string()));
                }
            }
        }
        states
    }
}

/// A customer rates an order badly. Returns the post in the leads' group, and the number of the case.
async fn rates_badly(story: &Story, customer: Person, order: u32) -> (MessageId, CaseNumber) {
    let id = format!("C-{order}");
    if order > 1 {
        story.link(customer, &id).await;
    }
    story.purchase(&order.to_string(), &id, json!({})).await;
    story.advance(hours(3)).await;
    story.tap(customer, "2").await;
    story.tap(customer, "Пропустить").await;
    let posts = story.world.messages(story.leads);
    let post = posts.iter().rev().find(|message| message.text.plain.contains(&id)).unwrap().id;
    (post, case_of(story, customer).await)
}

/// The case of the customer's newest survey.
async fn case_of(story: &Story, customer: Person) -> CaseNumber {
    let mut unit = story.unit().await;
    let survey = unit.tx.find_current_survey(PersonId::new(customer.id), unit.now).await.unwrap().unwrap();
    unit.tx.find_case_of_survey(survey.id).await.unwrap().unwrap().number
}

#[tokio::test]
pub async fn a_reply_to_a_file_that_a_customer_sent_in_the_survey_reaches_them() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    story.tap(anna, "2").await;
    story.world.send_photo(anna.id, Some("Вот что пришло"));
    story.settle().await;
    let shown =
        story.world.messages(story.leads).into_iter().find(|message| message.media.is_some()).unwrap();
    story.world.reply_in(story.leads, story.lead.id, shown.id, "Сейчас заменим");
    story.settle().await;
    assert!(story.chat(anna).contains("Bot: Сейчас заменим"), "{}", story.chat(anna));
    story.advance(minutes(1)).await;
    story.end().await;
}

#[tokio::test]
pub async fn what_a_lead_replies_reaches_the_customer_and_their_answer_comes_back() {
    let trouble = Trouble::new().await;
    let story = &trouble.story;
    trouble.reply(trouble.post, "Анна, сейчас заменим").await;
    assert!(trouble.anna().ends_with("Bot: Анна, сейчас заменим\n"), "{}", trouble.anna());
    assert!(trouble.group().contains("Пётр (👌) (to "), "{}", trouble.group());
    story.say(trouble.anna, "Жду").await;
    story.say(trouble.anna, "До вечера?").await;
    assert_eq!(trouble.anna().matches("Передали.").count(), 1, "{}", trouble.anna());
    let words = trouble.shown("До вечера?");
    trouble.reply(words, "Да, до шести").await;
    let last = story.world.last_message(trouble.anna.id).unwrap();
    assert_eq!(last.text.plain, "Да, до шести");
    let answered = last.reply_to.and_then(|id| story.world.message(trouble.anna.id, id)).unwrap();
    assert_eq!(answered.text.plain, "До вечера?");
    // The next words after a lead's are confirmed again.
    story.say(trouble.anna, "Спасибо").await;
    assert_eq!(trouble.anna().matches("Передали.").count(), 2, "{}", trouble.anna());
    assert!(
        trouble.states().await.iter().all(|(_, state)| state == "delivered"),
        "{:?}",
        trouble.states().await
    );
    trouble.story.end().await;
}

#[tokio::test]
pub async fn files_and_albums_go_both_ways_without_anybodys_account() {
    let trouble = Trouble::new().await;
    let (story, lead) = (&trouble.story, trouble.story.lead);
    for media in [Media::Voice { seconds: 5 }, Media::Photo, Media::Sticker { emoji: "👍".to_owned() }] {
        story.world.reply_with_media_in(story.leads, lead.id, trouble.post, &[media], None);
        story.settle().await;
    }
    let album = [Media::Photo, Media::Photo, Media::Video { seconds: 3 }];
    story.world.reply_with_media_in(story.leads, lead.id, trouble.post, &album, Some("вот так"));
    story.settle().await;
    story.advance(seconds(2)).await;
    let anna = trouble.anna();
    for shown in ["(voice 0:05)", "(sticker 👍)", "(photo) вот так", "(video 0:03)"] {
        assert_eq!(anna.matches(shown).count(), 1, "{shown}: {anna}");
    }
    let groups: Vec<_> =
        story.world.messages(trouble.anna.id).into_iter().filter_map(|m| m.media_group_id).collect();
    assert_eq!(groups.len(), 3);
    assert!(groups.iter().all(|group| *group == groups[0]));

    story.world.send_voice(trouble.anna.id, 9);
    story.settle().await;
    story.world.send_album(trouble.anna.id, &[Media::Photo, Media::Photo], Some("чек"));
    story.settle().await;
    story.advance(seconds(2)).await;
    let group = trouble.group();
    assert!(group.contains("(voice 0:09)") && group.contains("(photo) чек"), "{group}");
    let states = trouble.states().await;
    assert!(states.iter().all(|(_, state)| state == "delivered"), "{states:?}");
    let parts: Vec<_> = story
        .world
        .messages(story.leads)
        .into_iter()
        .filter(|m| m.is_from_bot() && m.media_group_id.is_some())
        .collect();
    assert_eq!(parts.len(), 2, "{group}");
    // A reply to a part of the customer's album finds its case.
    trouble.reply(parts[1].id, "Видим").await;
    assert!(trouble.anna().ends_with("Видим\n"), "{}", trouble.anna());
    trouble.story.end().await;
}

#[tokio::test]
pub async fn edits_follow_on_both_sides() {
    let trouble = Trouble::new().await;
    let (story, lead) = (&trouble.story, trouble.story.lead);
    let text = trouble.reply(trouble.post, "Вернём 100").await;
    let photo =
        story.world.reply_with_media_in(story.leads, lead.id, trouble.post, &[Media::Photo], Some("чек 1"))
            [0];
    story.settle().await;
    story.world.edit_own_message(lead.id, story.leads, text, "Вернём 200");
    story.world.edit_own_message(lead.id, story.leads, photo, "чек 2");
    story.settle().await;
    let anna = trouble.anna();
    assert!(
        anna.contains("Bot (edited): Вернём 200") && anna.contains("Bot (edited): (photo) чек 2"),
        "{anna}"
    );
    // The same caption again: only the file can have changed.
    story.world.edit_own_message(lead.id, story.leads, photo, "чек 2");
    story.settle().await;
    assert!(trouble.group().contains("сам файл заменить нельзя"), "{}", trouble.group());
    // The customer has deleted the copy.
    let copy =
        story.world.messages(trouble.anna.id).into_iter().find(|m| m.text.plain == "Вернём 200").unwrap();
    story.world.delete_message(trouble.anna.id, copy.id);
    story.world.edit_own_message(lead.id, story.leads, text, "Вернём 300");
    story.settle().await;

    let said = story.say(trouble.anna, "Приехал не тот").await;
    story.world.edit_own_message(trouble.anna.id, trouble.anna.id, said, "Приехал не тот размер");
    story.settle().await;
    assert!(trouble.group().contains("Приехал не тот размер"), "{}", trouble.group());
    assert!(!trouble.group().contains("Приехал не тот\n"), "{}", trouble.group());
    trouble.story.end().await;
}

#[tokio::test]
pub async fn what_is_not_meant_for_the_customer_does_not_reach_them() {
    let trouble = Trouble::new().await;
    let story = &trouble.story;
    let vera = story.person("Вера");
    story.world.add_member(story.leads, vera.id, Role::Member);
    let before = story.world.sent_count(trouble.anna.id);
    for text in ["Я ей позвоню", "Уже звоню"] {
        trouble.reply_by(vera, trouble.post, text).await;
    }
    assert_eq!(trouble.group().matches("клиенту это не ушло").count(), 1, "{}", trouble.group());
    story.world.reply_anonymously(story.leads, trouble.post, "Разбираемся");
    story.settle().await;
    assert!(trouble.group().contains("вы пишете от имени группы"), "{}", trouble.group());
    trouble.reply(trouble.post, "// клиент с прошлой недели").await;
    for empty in ["//", " //  "] {
        trouble.reply(trouble.post, empty).await;
    }
    let album = [Media::Photo, Media::Photo];
    story.world.reply_with_media_in(
        story.leads,
        story.lead.id,
        trouble.post,
        &album,
        Some("// снимки экрана"),
    );
    story.settle().await;
    story.advance(seconds(2)).await;
    let colleague = story.world.say_in(story.leads, None, vera.id, "/x@afterword_sandbox_bot");
    story.world.reply_in(story.leads, story.lead.id, colleague, "Вера, это не тебе");
    story.settle().await;
    assert_eq!(story.world.sent_count(trouble.anna.id), before, "{}", trouble.anna());
    let mut tx = story.running.db.read().await.unwrap();
    let steps = tx.list_case_steps(trouble.number).await.unwrap();
    let notes = steps.iter().filter(|step| step.kind == "note").map(|step| step.words.as_deref());
    assert_eq!(notes.collect::<Vec<_>>(), [Some("клиент с прошлой недели"), Some("снимки экрана")]);
    drop(tx);
    trouble.story.end().await;
}

#[tokio::test]
pub async fn two_cases_of_one_person_are_told_apart() {
    let trouble = Trouble::new().await;
    let (story, anna) = (&trouble.story, trouble.anna);
    trouble.reply(trouble.post, "Про первый заказ").await;
    assert!(trouble.anna().ends_with("Bot: Про первый заказ\n"), "{}", trouble.anna());
    story.advance(hours(24 * 8)).await;
    let (second, number) = rates_badly(story, anna, 2).await;
    trouble.reply(second, "Про второй заказ").await;
    let heading = format!("Обращение №{number} · №2");
    assert!(trouble.anna().contains(&heading), "{}", trouble.anna());
    assert!(trouble.anna().ends_with("Про второй заказ\n"), "{}", trouble.anna());
    // The words go to the talk in which a lead wrote last, a reply goes where it belongs.
    story.say(anna, "Хорошо").await;
    let under = |text: &str| story.world.message(story.leads, trouble.shown(text)).unwrap().reply_to;
    assert_eq!(under("Хорошо"), Some(second), "{}", trouble.group());
    let first =
        story.world.messages(anna.id).into_iter().find(|m| m.text.plain == "Про первый заказ").unwrap();
    story.world.reply(anna.id, first.id, "А первый?", None);
    story.settle().await;
    assert_eq!(under("А первый?"), Some(trouble.post), "{}", trouble.group());
    trouble.story.end().await;
}

#[tokio::test]
pub async fn reply_asks_in_the_chat_and_a_reply_can_be_taken_back() {
    let trouble = Trouble::new().await;
    let (story, lead) = (&trouble.story, trouble.story.lead);
    story.start(lead).await;
    let tap = async |button: &str| {
        let tap = story.world.tap(lead.id, story.leads, trouble.post, button).unwrap();
        story.settle().await;
        story.toast(&tap)
    };
    tap("Ответить").await;
    let question = trouble.shown("всё, что пришлёте, уйдёт клиенту");
    assert!(story.world.message(story.leads, question).unwrap().asks_for_reply);
    trouble.reply(question, "Анна, простите").await;
    assert!(trouble.anna().ends_with("Bot: Анна, простите\n"), "{}", trouble.anna());
    assert!(!trouble.group().contains("всё, что пришлёте"), "the question goes: {}", trouble.group());
    assert!(trouble.group().contains("✉️ Ответ доставлен"), "{}", trouble.group());
    // Nobody answers the next question, which goes by itself.
    tap("Ответить").await;
    story.advance(minutes(11)).await;
    assert!(!trouble.group().contains("всё, что пришлёте"), "{}", trouble.group());

    tap("Ещё").await;
    assert_eq!(tap("Забрать ответ").await, "Отправлено вам в личный чат");
    let offered = story.world.last_message(lead.id).unwrap();
    let button = offered.keyboard[0][0].text.clone();
    assert!(button.ends_with("Анна, простите"), "{button}");
    story.tap(lead, &button).await;
    assert!(!trouble.anna().contains("Анна, простите"), "{}", trouble.anna());
    assert!(story.last(lead).contains("удалён у клиента"), "{}", story.last(lead));
    trouble.story.end().await;
}

#[tokio::test]
pub async fn a_case_in_a_list_gets_a_message_of_its_own_by_its_number() {
    let story = Story::new().await;
    let mut people = Vec::new();
    for number in 1..=7 {
        let customer = format!("C-{number}");
        people.push(story.customer(&format!("Клиент {number}"), &customer).await);
        story.purchase(&number.to_string(), &customer, json!({})).await;
    }
    story.advance(hours(3)).await;
    for person in &people {
        story.tap(*person, "1").await;
    }
    story.advance(minutes(1)).await;
    let messages = story.world.messages(story.leads);
    let list = messages.iter().find(|message| message.text.plain.contains("Ещё 2")).unwrap().id;
    story.world.reply_in(story.leads, story.lead.id, list, "Заменим");
    story.settle().await;
    assert!(story.alerts().contains("Это сводка"), "{}", story.alerts());
    let number = async || {
        let tap = story.world.tap(story.lead.id, story.leads, list, "№107").unwrap();
        story.settle().await;
        story.toast(&tap)
    };
    number().await;
    let card = story.world.last_message(story.leads).unwrap();
    assert!(
        card.text.plain.contains("C-7") && card.button_texts()[0].contains(&"Взять"),
        "{}",
        story.alerts()
    );
    story.world.reply_in(story.leads, story.lead.id, card.id, "Заменим");
    story.settle().await;
    assert!(story.chat(people[6]).contains("Bot: Заменим"), "{}", story.chat(people[6]));
    assert_eq!(number().await, "№107 — ниже в этом чате");
    // The list says who has the case, and later that it is resolved.
    let line = || {
        let list = story.world.message(story.leads, list).unwrap().text.plain;
        let line = list.lines().find(|line| line.starts_with("№107 · ")).map(str::to_owned);
        line.unwrap_or_else(|| panic!("{list}"))
    };
    story.advance(minutes(1)).await;
    assert!(line().ends_with(" · ведёт Пётр"), "{}", line());
    for button in ["Закрыть", "Доставка", "Заметка — мой последний ответ"]
    {
        story.world.tap(story.lead.id, story.leads, card.id, button).unwrap();
        story.settle().await;
        story.advance(seconds(5)).await;
    }
    story.advance(minutes(1)).await;
    assert!(line().ends_with(" · ✅"), "{}", line());
    story.end().await;
}
