//! Words about cases while calls fail, chats are lost and people block the bot, by chance: each word that was taken in
//! arrives, or its author is told once why not. `CASE_SEEDS` tries more runs than a usual test run does.

use afterword::domain::case::{Side, WordState};
use afterword::domain::ids;
use afterword::sandbox::{Fault, GroupKind, MessageId, Standing};
use afterword::store::cases::CaseMessage;
use rand::RngExt as _;
use serde_json::json;

use super::case_seeds::{Run, STEPS, seeds};
use super::case_times::{AT_ONCE, ONE};
use crate::harness::{Setting, hours, minutes, script, seconds};

/// How the bot begins what it tells a lead whose words did not reach the customer.
const REPORTS: [&str; 4] = ["Не дошло", "Не отправлено", "Связь оборвалась", "Клиенту не отправлено"];
/// A call whose reply is lost is made once more, and never a third time.
const MOST_COPIES: usize = 2;

impl Run {
    /// A usual step, or something that a usual run does not have.
    async fn harsh_step(&mut self) {
        let customer = self.customers[self.random.random_range(0..2)];
        match self.random.random_range(0..100) {
            0..8 => {
                let chat = if self.random.random_bool(0.5) { customer.id } else { self.story.leads };
                self.story.world.fault(Fault::dropped_after().chat(chat));
            }
            8..14 => {
                self.story.world.block(customer.id);
                let lead = self.leads[0];
                self.replies(lead).await;
                self.story.advance(seconds(10)).await;
                self.story.world.unblock(customer.id);
                self.story.settle().await;
            }
            14..17 => {
                let (group, by) = (self.story.leads, self.leads[0].id);
                self.story.world.kick_bot(group, by);
                self.meanwhile().await;
                self.story.world.set_bot_standing(group, by, Standing::Member);
                self.story.advance(minutes(5)).await;
            }
            17..20 => {
                let (group, by) = (self.story.leads, self.leads[0].id);
                self.story.world.set_bot_muted(group, by, true);
                self.meanwhile().await;
                self.story.world.set_bot_muted(group, by, false);
                self.story.advance(minutes(5)).await;
            }
            _ => self.step().await,
        }
        self.story.advance(seconds(10)).await;
    }

    /// What customers write while the leads' group takes nothing.
    async fn meanwhile(&mut self) {
        self.story.settle().await;
        let under_way = self.under_way().await;
        self.unreported.extend(under_way);
        for customer in self.customers {
            self.writes(customer).await;
        }
        self.story.advance(minutes(20)).await;
    }

    /// The words of leads of which it is not settled what becomes of them.
    async fn under_way(&self) -> Vec<MessageId> {
        let mut tx = self.story.running.db.read().await.unwrap();
        let mut under_way = Vec::new();
        for (chat, message) in self.said.keys() {
            let at = (ids::ChatId::new(*chat), ids::MessageId::new(*message));
            let row = tx.find_case_message_at(at.0, at.1).await.unwrap();
            let is_open = |state| matches!(state, WordState::Kept | WordState::Waiting | WordState::Held);
            if row.is_some_and(|row| row.side == Side::Staff && is_open(row.state)) {
                under_way.push(*message);
            }
        }
        under_way
    }

    /// Everything that is wrong with a word that was taken in.
    async fn wrong_words(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut tx = self.story.running.db.read().await.unwrap();
        for ((chat, message), words) in &self.said {
            let at = (ids::ChatId::new(*chat), ids::MessageId::new(*message));
            // What is no word about a case stands in a survey, or was refused in words.
            let Some(row) = tx.find_case_message_at(at.0, at.1).await.unwrap() else { continue };
            let told = match row.side {
                Side::Staff => self.wrong_reply(*message, words, row.state),
                Side::Customer => self.wrong_word(words, &row),
            };
            wrong.extend(told.map(|told| format!("{words}, no. {}: {told}", row.case_number)));
        }
        wrong
    }

    /// A lead's words arrived, or their author was told once that they did not.
    fn wrong_reply(&self, reply: MessageId, words: &str, state: WordState) -> Option<String> {
        let copies = self.customers.iter().map(|customer| self.copies(customer.id, words)).sum::<usize>();
        let answers = self.shown(self.story.leads).into_iter().filter(|said| said.reply_to == Some(reply));
        // A group that takes nothing gets no report either.
        let least = usize::from(!self.unreported.contains(&reply));
        let is_report = |text: &str| REPORTS.iter().any(|report| text.starts_with(report));
        let reports = answers.filter(|said| is_report(&said.text.plain)).count();
        let is_right = match state {
            WordState::Delivered => (1..=MOST_COPIES).contains(&copies) && reports == 0,
            WordState::Undeliverable => copies <= MOST_COPIES && (least..=1).contains(&reports),
            WordState::Dropped => copies == 0 && (least..=1).contains(&reports),
            WordState::TakenBack => copies == 0,
            WordState::Kept | WordState::Waiting | WordState::Held => false,
        };
        (!is_right).then(|| format!("{state}, but {copies} copies and {reports} reports"))
    }

    /// A customer's words stand in a chat of the leads, and twice in none of them unless a reply was lost.
    fn wrong_word(&self, words: &str, row: &CaseMessage) -> Option<String> {
        let chats = self.leads.iter().map(|lead| lead.id).chain([self.story.leads]);
        let copies: Vec<usize> = chats.map(|chat| self.copies(chat, words)).collect();
        let is_right = match row.state {
            WordState::Delivered => {
                copies.iter().any(|copies| *copies > 0) && copies.iter().all(|copies| *copies <= MOST_COPIES)
            }
            WordState::Undeliverable => true,
            WordState::Kept
            | WordState::Waiting
            | WordState::Held
            | WordState::Dropped
            | WordState::TakenBack => false,
        };
        (!is_right).then(|| format!("{}, but {copies:?} copies in the leads' chats", row.state))
    }

    /// How many messages of the bot show these words in a chat, but for histories and notes.
    fn copies(&self, chat: i64, words: &str) -> usize {
        let has = |text: &str| text.contains(words) && !text.starts_with("История") && !text.contains("📝");
        self.shown(chat).iter().filter(|said| has(&said.text.plain)).count()
    }
}

#[tokio::test]
pub async fn each_word_that_was_taken_in_arrives_or_is_reported_once_whatever_fails() {
    for seed in seeds() {
        let mut run = Run::new(2_000 + seed).await;
        for _ in 0..STEPS {
            run.harsh_step().await;
        }
        run.story.world.clear_faults();
        run.story.advance(hours(3)).await;
        run.nothing_is_left_on_its_way().await;
        let wrong = run.wrong_words().await;
        assert!(wrong.is_empty(), "seed {seed}:\n{}\n{}", wrong.join("\n"), run.story.alerts());
        run.story.end_after_a_lost_reply().await;
    }
}

#[tokio::test]
pub async fn words_that_come_while_the_group_becomes_a_supergroup_arrive_once_in_the_new_one() {
    let setting = Setting::new().await;
    let old = setting.world.add_group("Старая", GroupKind::Basic, setting.lead.id);
    let story = setting.set("ALERT_CHATS", &old.to_string()).start().await;
    story.publish(&script("support", "on = \"ticket_closed\"", AT_ONCE, ONE)).await;
    let anna = story.customer("Анна", "C-1").await;
    story.ticket("7", "C-1", json!({})).await;
    story.advance(minutes(1)).await;
    story.tap(anna, "1").await;
    story.tap(anna, "Пропустить").await;
    story.say(anna, "/human").await;
    let new = story.world.migrate_group(old);
    story.say(anna, "слово-в-пути").await;
    story.advance(minutes(3)).await;
    let shown = story.world.messages(new);
    let words: Vec<MessageId> =
        shown.iter().filter(|said| said.text.plain.contains("слово-в-пути")).map(|said| said.id).collect();
    assert_eq!(words.len(), 1, "{}", story.world.transcript(new));
    story.world.reply_in(new, story.lead.id, words[0], "ответ-из-новой");
    story.settle().await;
    story.advance(minutes(1)).await;
    assert_eq!(story.chat(anna).matches("ответ-из-новой").count(), 1, "{}", story.chat(anna));
    story.end().await;
}
