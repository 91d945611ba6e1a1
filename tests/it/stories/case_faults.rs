//! Words about cases while calls fail, chats are lost and people block the bot, by chance: each word that was taken in
//! arrives in its order, or its author is told once why not. `CASE_SEEDS` tries more runs than a usual test run does.

use std::collections::{BTreeMap, BTreeSet};

use afterword::domain::case::{Side, WordState};
use afterword::domain::ids::{self, PersonId};
use afterword::sandbox::{Fault, GroupKind, Media, Message, MessageId, Standing};
use afterword::store::cases::CaseMessage;
use rand::RngExt as _;
use rstest::rstest;
use serde_json::json;

use super::case_seeds::{Run, STEPS, is_tried, seeds};
use super::case_times::{AT_ONCE, ONE};
use super::hook_health::checked;
use crate::harness::{Person, Setting, Story, hours, minutes, script, seconds};

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
                self.story.world.unblock(by);
                self.story.advance(minutes(5)).await;
            }
            17..20 => {
                let (group, by) = (self.story.leads, self.leads[0].id);
                self.story.world.set_bot_muted(group, by, true);
                self.meanwhile().await;
                self.story.world.set_bot_muted(group, by, false);
                self.story.world.unblock(by);
                self.story.advance(minutes(5)).await;
            }
            20..32 => self.burst().await,
            _ => self.step().await,
        }
        self.story.advance(seconds(10)).await;
    }

    /// Several words in a row, of which the first meets one failure, or two.
    async fn burst(&mut self) {
        let (customer, lead) = (self.customers[self.random.random_range(0..2)], self.leads[0]);
        let posts = self.shown(self.story.leads);
        let post = posts.get(self.random.random_range(0..posts.len().max(1))).map(|post| post.id);
        let is_customers = self.random.random_bool(0.6);
        let chat = if is_customers { self.story.leads } else { customer.id };
        let fault = match self.random.random_range(0..4) {
            0 => Fault::too_many_requests(2),
            1 => Fault::error(500, "Internal Server Error"),
            2 => Fault::dropped_before(),
            _ => Fault::dropped_after(),
        };
        let times = 1 + u32::from(self.random.random_bool(0.2));
        self.story.world.fault(fault.chat(chat).times(times));
        for _ in 0..3 {
            match post {
                _ if is_customers => self.writes_at_once(customer).await,
                Some(post) => self.replies_at_once(lead, post).await,
                None => {}
            }
        }
    }

    /// What customers write while the leads' group takes nothing. Every other time no admin can be told either.
    async fn meanwhile(&mut self) {
        if self.random.random_bool(0.5) {
            self.story.world.block(self.leads[0].id);
        }
        self.story.settle().await;
        let under_way = self.under_way().await;
        self.unreported.extend(under_way);
        for customer in self.customers {
            self.writes(customer).await;
        }
        self.story.advance(minutes(20)).await;
        self.words_that_wait_are_reported().await;
    }

    /// Words that no lead has got make the program say that it is not ready, and count.
    async fn words_that_wait_are_reported(&self) {
        let mut tx = self.story.running.db.read().await.unwrap();
        let mut waiting = BTreeSet::new();
        for customer in self.customers {
            for case in tx.list_cases_of(PersonId::new(customer.id)).await.unwrap() {
                if !case.case.status.is_resolved()
                    && !tx.list_kept_case_messages(case.number).await.unwrap().is_empty()
                {
                    waiting.insert(case.number);
                }
            }
        }
        drop(tx);
        if waiting.is_empty() {
            return;
        }
        let (status, ready) = self.story.get("/readyz").await;
        assert_eq!(status, 503, "{waiting:?} wait: {ready}");
        let metrics = self.story.text("/metrics").await;
        let counted = metrics.lines().find_map(|line| line.strip_prefix("afterword_cases_waiting "));
        let counted: usize = counted.and_then(|count| count.parse().ok()).unwrap();
        assert!(counted >= waiting.len(), "{waiting:?} wait, {counted} are counted");
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

    /// Words of one side about a case that stand in a chat in another order than that in which they were written.
    async fn wrong_order(&self) -> Vec<String> {
        let mut tx = self.story.running.db.read().await.unwrap();
        let mut written: BTreeMap<_, Vec<&str>> = BTreeMap::new();
        for (at, words) in self.said.iter().filter(|(at, _)| !self.unordered.contains(at)) {
            let at = (ids::ChatId::new(at.0), ids::MessageId::new(at.1));
            if let Some(row) = tx.find_case_message_at(at.0, at.1).await.unwrap() {
                written.entry((row.case_number, row.side.as_str(), at.0)).or_default().push(words);
            }
        }
        let chats =
            self.leads.iter().chain(&self.customers).map(|person| person.id).chain([self.story.leads]);
        let mut wrong = Vec::new();
        for chat in chats {
            let said: Vec<String> = self.shown(chat).into_iter().map(|said| said.text.plain).collect();
            let said = said.iter().filter(|text| is_passed_on(text) && !text.contains("✏️"));
            let said = said.map(String::as_str).collect::<Vec<_>>().join("\n");
            for (of, words) in &written {
                let places: Vec<(usize, &str)> =
                    words.iter().filter_map(|words| Some((said.find(words)?, *words))).collect();
                if !places.is_sorted() {
                    wrong.push(format!("{of:?} in chat {chat}: {places:?}"));
                }
            }
        }
        wrong
    }

    /// A customer's words stand in a chat of the leads, and twice in none of them unless a reply was lost. If nobody knows
    /// whether they do, the customer was told, at these words or at others that went in the same message.
    fn wrong_word(&self, words: &str, row: &CaseMessage) -> Option<String> {
        let chats = self.leads.iter().map(|lead| lead.id).chain([self.story.leads]);
        let copies: Vec<usize> = chats.map(|chat| self.copies(chat, words)).collect();
        let is_right = match row.state {
            WordState::Delivered => {
                copies.iter().any(|copies| *copies > 0) && copies.iter().all(|copies| *copies <= MOST_COPIES)
            }
            WordState::Undeliverable => {
                let told = self.shown(row.person.get()).into_iter().filter(|said| {
                    said.text.plain.starts_with("Связь оборвалась")
                        && said.reply_to.is_some_and(|to| to <= row.message_id.get())
                });
                let replied_to: Vec<_> = told.map(|said| said.reply_to).collect();
                let unique: BTreeSet<_> = replied_to.iter().collect();
                !replied_to.is_empty() && unique.len() == replied_to.len()
            }
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
        let shown = self.shown(chat);
        shown.iter().filter(|said| said.text.plain.contains(words) && is_passed_on(&said.text.plain)).count()
    }
}

/// Whether a message shows words to those they were meant for, unlike a history or a note.
fn is_passed_on(text: &str) -> bool {
    !text.starts_with("История") && !text.contains("📝")
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
        let mut wrong = run.wrong_words().await;
        wrong.extend(run.wrong_order().await);
        assert!(wrong.is_empty(), "seed {seed}:\n{}\n{}", wrong.join("\n"), run.story.alerts());
        run.story.end_after_a_lost_reply().await;
    }
}

/// A bad score, and the customer who gave it and asks for a person.
pub(super) async fn trouble(setting: Setting) -> (Story, Person) {
    let story = setting.start().await;
    story.publish(&script("support", "on = \"ticket_closed\"", AT_ONCE, ONE)).await;
    let anna = story.customer("Анна", "C-1").await;
    story.ticket("7", "C-1", json!({})).await;
    story.advance(minutes(1)).await;
    story.tap(anna, "1").await;
    story.tap(anna, "Пропустить").await;
    story.say(anna, "/human").await;
    story.advance(minutes(1)).await;
    (story, anna)
}

/// The newest post in the leads' group.
pub(super) fn post(story: &Story) -> MessageId {
    let shown = story.world.messages(story.leads);
    shown.into_iter().rev().find(|message| !message.keyboard.is_empty()).unwrap().id
}

/// The texts and captions among these that the bot shows in a chat, in the order in which they first stand there.
fn order<'w>(story: &Story, chat: i64, words: &[&'w str]) -> Vec<&'w str> {
    let shown = story.world.messages(chat).into_iter().filter(Message::is_from_bot);
    let shown = shown
        .map(|message| message.text.plain)
        .filter(|text| is_passed_on(text))
        .collect::<Vec<_>>()
        .join("\n");
    let mut found: Vec<_> = words.iter().filter_map(|words| Some((shown.find(words)?, *words))).collect();
    found.sort_unstable();
    found.into_iter().map(|(_, words)| words).collect()
}

#[rstest]
#[case::too_many(Fault::too_many_requests(3))]
#[case::error(Fault::error(500, "Internal Server Error"))]
#[case::cut_before(Fault::dropped_before())]
#[case::cut_after(Fault::dropped_after())]
#[tokio::test]
async fn words_keep_their_order_when_the_first_have_to_be_sent_again(#[case] fault: Fault) {
    let (story, anna) = trouble(Setting::new().await).await;
    story.world.fault(fault.clone().chat(story.leads).on("sendMessage"));
    let met = story.world.faults_met();
    story.world.say(anna.id, "слово-первое");
    is_tried(&story).await;
    story.world.send_photo(anna.id, Some("слово-второе"));
    is_tried(&story).await;
    story.world.say(anna.id, "слово-третье");
    story.advance(minutes(3)).await;
    let words = ["слово-первое", "слово-второе", "слово-третье"];
    assert_eq!(order(&story, story.leads, &words), words, "{}", story.alerts());

    story.world.fault(fault.chat(anna.id));
    let post = post(&story);
    let replies = ["ответ-первый", "ответ-второй", "ответ-третий"];
    story.world.reply_in(story.leads, story.lead.id, post, replies[0]);
    is_tried(&story).await;
    story.world.reply_with_media_in(story.leads, story.lead.id, post, &[Media::Photo], Some(replies[1]));
    story.world.reply_in(story.leads, story.lead.id, post, replies[2]);
    story.advance(minutes(3)).await;
    assert_eq!(order(&story, anna.id, &replies), replies, "{}", story.chat(anna));
    assert_eq!(story.world.faults_met(), met + 2);
    story.end_after_a_lost_reply().await;
}

#[tokio::test]
pub async fn what_is_written_after_an_album_arrives_after_it() {
    let (story, anna) = trouble(Setting::new().await).await;
    let album = [Media::Photo, Media::Photo];
    story.world.send_album(anna.id, &album, Some("слово-альбом"));
    story.say(anna, "слово-после").await;
    story.advance(minutes(1)).await;
    let words = ["слово-альбом", "слово-после"];
    assert_eq!(order(&story, story.leads, &words), words, "{}", story.alerts());

    let post = post(&story);
    story.world.reply_with_media_in(story.leads, story.lead.id, post, &album, Some("ответ-альбом"));
    story.world.reply_in(story.leads, story.lead.id, post, "ответ-после");
    story.advance(minutes(1)).await;
    let replies = ["ответ-альбом", "ответ-после"];
    assert_eq!(order(&story, anna.id, &replies), replies, "{}", story.chat(anna));
    let albums = |chat| {
        let shown = story.world.messages(chat).into_iter().filter(Message::is_from_bot);
        let groups: Vec<_> = shown.filter_map(|message| message.media_group_id).collect();
        (groups.len(), groups.into_iter().collect::<BTreeSet<_>>().len())
    };
    assert_eq!((albums(story.leads), albums(anna.id)), ((2, 1), (2, 1)), "each album stays one");
    story.end().await;
}

#[tokio::test]
pub async fn who_answers_before_it_is_known_that_the_reply_arrived_answers_the_lead() {
    let story = Story::new().await;
    story.publish(&script("support", "on = \"ticket_closed\"", AT_ONCE, ONE)).await;
    let anna = story.customer("Анна", "C-1").await;
    story.ticket("7", "C-1", json!({})).await;
    story.advance(minutes(1)).await;
    story.tap(anna, "1").await;
    story.tap(anna, "Пропустить").await;
    story.world.fault(Fault::dropped_after().chat(anna.id));
    story.world.reply_in(story.leads, story.lead.id, post(&story), "ответ-в-обрыв");
    is_tried(&story).await;
    assert!(story.chat(anna).contains("ответ-в-обрыв"), "{}", story.chat(anna));
    let said = story.world.say(anna.id, "слово-на-ответ");
    is_tried(&story).await;
    let mut tx = story.running.db.read().await.unwrap();
    let at = (ids::ChatId::new(anna.id), ids::MessageId::new(said));
    assert!(tx.find_case_message_at(at.0, at.1).await.unwrap().is_some(), "it is no comment of the survey");
    drop(tx);
    story.advance(minutes(5)).await;
    story.end_after_a_lost_reply().await;
}

#[tokio::test]
pub async fn a_customer_is_told_once_of_words_of_which_nobody_knows_whether_they_arrived() {
    let (story, anna) = trouble(Setting::new().await).await;
    story.world.fault(Fault::dropped_before().chat(story.leads).on("sendMessage").times(2));
    let said = story.say(anna, "слово-в-обрыв").await;
    story.advance(minutes(10)).await;
    assert_eq!(story.world.faults_met(), 2);
    assert!(!story.chat(anna).contains("Связь оборвалась"), "{}", story.chat(anna));
    story.advance(hours(2)).await;
    assert!(!story.alerts().contains("слово-в-обрыв"), "{}", story.alerts());
    let told: Vec<_> = story
        .world
        .messages(anna.id)
        .into_iter()
        .filter(|message| message.text.plain.starts_with("Связь оборвалась"))
        .map(|message| message.reply_to)
        .collect();
    assert_eq!(told, [Some(said)], "{}", story.chat(anna));
    let (_, case) = story.get("/v1/cases/101").await;
    let message = &case["messages"][0];
    assert_eq!(
        (&message["state"], &message["reason"]),
        (&json!("undeliverable"), &json!("unknown")),
        "{case}"
    );
    story.say(anna, "слово-ещё-раз").await;
    assert!(story.alerts().contains("слово-ещё-раз"), "{}", story.alerts());
    story.end().await;
}

#[tokio::test]
pub async fn words_that_nobody_takes_wait_in_the_open_and_come_in_their_order() {
    let setting = Setting::new().await.set("ADMIN_IDS", "");
    let (story, anna) = trouble(setting).await;
    let waiting = async || {
        let metrics = story.text("/metrics").await;
        let (status, ready) = story.get("/readyz").await;
        let line =
            metrics.lines().find(|line| line.starts_with("afterword_cases_waiting ")).unwrap_or_default();
        (status, line.to_owned(), ready["checks"]["alert_chats"]["detail"].as_str().unwrap().to_owned())
    };
    let (status, line, _) = waiting().await;
    assert_eq!((status, line.as_str()), (200, "afterword_cases_waiting 0"));
    story.world.set_bot_muted(story.leads, story.lead.id, true);
    story.settle().await;
    story.say(anna, "слово-первое").await;
    story.say(anna, "слово-второе").await;
    story.advance(minutes(1)).await;
    let (status, line, detail) = waiting().await;
    let said = (story.alerts(), story.chat(anna));
    assert_eq!((status, line.as_str()), (503, "afterword_cases_waiting 1"), "{detail}\n{said:?}");
    assert!(detail.starts_with("1 alert waits"), "{detail}");
    let check = checked(&story).await;
    assert!(check.contains("WRONG  cases: 1 case waits: no chat gets it; send /alerts in a chat"), "{check}");
    story.world.set_bot_muted(story.leads, story.lead.id, false);
    // Otherwise the chat may be tried before Telegram says that it is back, with the post that stands there already.
    story.settle().await;
    story.advance(minutes(5)).await;
    let words = ["слово-первое", "слово-второе"];
    assert_eq!(order(&story, story.leads, &words), words, "{}", story.alerts());
    let (status, line, _) = waiting().await;
    assert_eq!((status, line.as_str()), (200, "afterword_cases_waiting 0"));
    for words in words {
        assert_eq!(story.alerts().matches(words).count(), 1, "{}", story.alerts());
    }
    story.end().await;
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
