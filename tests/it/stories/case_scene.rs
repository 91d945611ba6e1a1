//! What the stories of cases have in common: leads in a group, customers with bad scores, and one language that everybody
//! reads. `end` compares what the customers and the leads see with the shell, the API, the export and the figures.

use afterword::cli::Output;
use afterword::cli::case::{self, CaseCommand};
use afterword::domain::ids::PersonId;
use afterword::sandbox::{Message, MessageId, Role};
use afterword::service::export::{Filter, What};
use serde_json::{Value, json};

use super::case_times::{AT_ONCE, ONE};
use crate::harness::{Person, Setting, Story, minutes, script, seconds};

/// The language of an installation, its customers and its leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tongue {
    Ru,
    En,
}

impl Tongue {
    pub(super) const BOTH: [Self; 2] = [Self::Ru, Self::En];

    /// The words of this language.
    pub(super) const fn of<'w>(self, ru: &'w str, en: &'w str) -> &'w str {
        match self {
            Self::Ru => ru,
            Self::En => en,
        }
    }

    /// A number of a case as a sentence begins with it.
    pub(super) fn number(self, number: i64) -> String {
        match self {
            Self::Ru => format!("№{number}"),
            Self::En => format!("No. {number}"),
        }
    }

    pub(super) async fn setting(self) -> Setting {
        Setting::new().await.set("LOCALES", self.of("ru", "en")).set("MIN_N", "1")
    }
}

/// A story of cases.
pub(super) struct Scene {
    pub(super) story: Story,
    pub(super) tongue: Tongue,
}

impl Scene {
    pub(super) async fn new(tongue: Tongue) -> Self {
        Self::of(tongue, tongue.setting().await).await
    }

    pub(super) async fn of(tongue: Tongue, setting: Setting) -> Self {
        let story = setting.start().await;
        story.publish(&script("support", "on = \"ticket_closed\"", AT_ONCE, ONE)).await;
        Self { story, tongue }
    }

    /// The words of the story's language.
    pub(super) const fn t<'w>(&self, ru: &'w str, en: &'w str) -> &'w str {
        self.tongue.of(ru, en)
    }

    /// A lead who has started the bot and is in the leads' group.
    pub(super) async fn lead(&self, name: &str) -> Person {
        let story = &self.story;
        let person = story.person_in(name, Some(self.t("ru", "en")));
        story.start(person).await;
        let mut tx = story.running.db.write().await.unwrap();
        tx.upsert_staff(PersonId::new(person.id), "lead", story.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        story.world.add_member(story.leads, person.id, Role::Member);
        person
    }

    pub(super) async fn customer(&self, name: &str, customer: &str) -> Person {
        let person = self.story.person_in(name, Some(self.t("ru", "en")));
        self.story.link(person, customer).await;
        person
    }

    /// Asks a customer about a ticket; the question stands before them.
    pub(super) async fn ask(&self, ticket: &str, customer: &str, more: Value) {
        self.story.ticket(ticket, customer, more).await;
        self.story.advance(seconds(30)).await;
    }

    /// A customer who has rated a ticket badly, said nothing more, and has a case.
    pub(super) async fn rated(&self, name: &str, number: u32) -> Person {
        let customer = format!("C-{number}");
        let person = self.customer(name, &customer).await;
        self.ask(&number.to_string(), &customer, json!({ "customer": { "name": name } })).await;
        self.story.tap(person, "1").await;
        self.story.tap(person, self.t("Пропустить", "Skip")).await;
        self.story.advance(seconds(30)).await;
        person
    }

    /// A customer whose case no survey is in the way of: the time is over in which words would join the comment.
    pub(super) async fn complained(&self, name: &str, number: u32) -> Person {
        let person = self.rated(name, number).await;
        self.story.advance(minutes(20)).await;
        person
    }

    pub(super) fn take(&self) -> &'static str {
        self.tongue.of("Взять", "Take")
    }

    pub(super) fn resolve(&self) -> &'static str {
        self.tongue.of("Закрыть", "Resolve")
    }

    /// The newest message of a case in a chat that shows who has it.
    pub(super) fn post_in(&self, chat: i64, number: i64) -> MessageId {
        let world = &self.story.world;
        let head = format!("{} ·", self.tongue.number(number));
        let is_post = |message: &&Message| {
            !message.deleted && message.text.plain.contains(&head) && !message.keyboard.is_empty()
        };
        let messages = world.messages(chat);
        let found = messages.iter().rev().find(is_post);
        found.unwrap_or_else(|| panic!("no post of {number} in:\n{}", world.transcript(chat))).id
    }

    pub(super) fn post(&self, number: i64) -> MessageId {
        self.post_in(self.story.leads, number)
    }

    /// Taps a button of a message in the leads' group and returns what popped up.
    pub(super) async fn press(&self, person: Person, message: MessageId, button: &str) -> String {
        self.press_in(person, self.story.leads, message, button).await
    }

    pub(super) async fn press_in(
        &self,
        person: Person,
        chat: i64,
        message: MessageId,
        button: &str,
    ) -> String {
        let story = &self.story;
        let tap = story.world.tap(person.id, chat, message, button).unwrap_or_else(|error| panic!("{error}"));
        story.settle().await;
        story.advance(seconds(5)).await;
        story.toast(&tap)
    }

    /// A lead replies to a message in the group.
    pub(super) async fn reply(&self, person: Person, to: MessageId, text: &str) -> MessageId {
        let id = self.story.world.reply_in(self.story.leads, person.id, to, text);
        self.story.settle().await;
        self.story.advance(seconds(2)).await;
        id
    }

    /// A customer writes.
    pub(super) async fn says(&self, person: Person, text: &str) -> MessageId {
        let id = self.story.say(person, text).await;
        self.story.advance(seconds(2)).await;
        id
    }

    /// The lead takes a case, or has it, and resolves it as a trouble with the delivery.
    pub(super) async fn resolves(&self, person: Person, number: i64) {
        let cause = self.t("Доставка", "Delivery");
        let post = self.post(number);
        self.press(person, post, self.resolve()).await;
        self.press(person, post, cause).await;
        self.press(person, post, self.t("Заметка — мой последний ответ", "My last reply is the note")).await;
    }

    /// The case as another program gets it.
    pub(super) async fn case(&self, number: i64) -> Value {
        let (status, case) = self.story.get(&format!("/v1/cases/{number}")).await;
        assert_eq!(status, 200, "{case}");
        case
    }

    /// The steps of a case, each with its detail.
    pub(super) async fn steps(&self, number: i64) -> String {
        let case = self.case(number).await;
        let steps = case["steps"].as_array().unwrap().iter().map(|step| {
            let kind = step["kind"].as_str().unwrap();
            step["detail"].as_str().map_or_else(|| kind.to_owned(), |detail| format!("{kind} {detail}"))
        });
        steps.collect::<Vec<_>>().join(", ")
    }

    pub(super) fn group(&self) -> String {
        self.story.alerts()
    }

    /// How many messages of the bot in a chat contain these words.
    pub(super) fn count(&self, chat: i64, words: &str) -> usize {
        let messages = self.story.world.messages(chat);
        messages
            .iter()
            .filter(|message| message.is_from_bot() && !message.deleted && message.text.plain.contains(words))
            .count()
    }

    /// The newest message of the bot in a chat that contains this.
    pub(super) fn shown(&self, chat: i64, text: &str) -> Message {
        let world = &self.story.world;
        let messages = world.messages(chat);
        let found = messages
            .into_iter()
            .rev()
            .find(|message| message.is_from_bot() && !message.deleted && message.text.plain.contains(text));
        found.unwrap_or_else(|| panic!("no '{text}' in:\n{}", world.transcript(chat)))
    }

    /// Ends the story: shell, API, export, figures and the leads' chat say the same of every case.
    pub(super) async fn end(self) {
        self.end_with(|_| false).await;
    }

    /// Ends a story in which something goes wrong on purpose.
    pub(super) async fn end_with(self, expected: impl Fn(&str) -> bool) {
        self.story.advance(minutes(1)).await;
        let wrong = self.disagreements().await;
        assert!(wrong.is_empty(), "{}\n{}", wrong.join("\n"), self.group());
        self.story.end_with(expected).await;
    }

    async fn disagreements(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let (mut opened, mut resolved, mut month) = (0, 0, None);
        for row in self.story.export(What::Cases, &Filter::default()).await {
            let number: i64 = row["case_number"].parse().unwrap();
            let case = self.case(number).await;
            if self.shown_in_the_shell(number).await != case {
                wrong.push(format!("{number}: the shell and the API differ"));
            }
            for column in ["status", "severity", "cause", "note", "reopened", "first_contact_how", "source"] {
                let value = match &case[column] {
                    Value::Null => String::new(),
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                if value != row[column] {
                    wrong.push(format!("{number}: {column} is {value}, exported {}", row[column]));
                }
            }
            wrong.extend(self.wrongly_shown(number, &case));
            if row["test"] == "false" {
                month = Some(row["opened_at"][..7].to_owned());
                opened += 1;
                resolved += i64::from(row["status"] == "resolved");
            }
        }
        let Some(month) = month else { return wrong };
        let (status, kpis) = self.story.get(&format!("/v1/figures/kpis?period={month}")).await;
        assert_eq!(status, 200, "{kpis}");
        if (&kpis["cases"]["opened"], &kpis["cases"]["resolved"]) != (&json!(opened), &json!(resolved)) {
            wrong.push(format!("{opened} opened, {resolved} resolved: {}", kpis["cases"]));
        }
        wrong
    }

    /// What the newest post of a case shows otherwise than it is.
    fn wrongly_shown(&self, number: i64, case: &Value) -> Option<String> {
        let messages = self.story.world.messages(self.story.leads);
        let (open, over) = (format!("{} ·", self.tongue.number(number)), self.tongue.number(number));
        let over = format!("✅ {over} ·");
        let first = |message: &Message| message.text.plain.lines().next().unwrap_or_default().to_owned();
        let shown = messages.iter().filter(|message| message.is_from_bot() && !message.deleted);
        let mut heads = shown.rev().filter(|message| !message.keyboard.is_empty()).map(first);
        let head = heads.find(|head| head.starts_with(&open) || head.starts_with(&over))?;
        let status = if head.starts_with(&over) {
            "resolved"
        } else if head.contains(&format!("· {} ·", self.t("свободно", "free"))) {
            "open"
        } else {
            "taken"
        };
        (case["status"] != status).then(|| format!("{number} is {}, shown: {head}", case["status"]))
    }

    async fn shown_in_the_shell(&self, number: i64) -> Value {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut to = Output { out: &mut out, err: &mut err };
        let command = CaseCommand::Show { number, json: true };
        assert_eq!(case::run(&self.story.setup(), command, &mut to).await.unwrap(), 0);
        serde_json::from_slice(&out).unwrap()
    }
}
