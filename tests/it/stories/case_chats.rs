//! The leads' chat is lost in the middle of a talk and comes back, in both languages: the admins are told once, nothing is
//! lost, and what the chat missed comes as one list.

use afterword::sandbox::{Fault, GroupKind, Standing};
use serde_json::json;

use super::case_scene::{Scene, Tongue};
use crate::harness::{Person, hours, minutes};

/// How the bot loses the chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    ThrownOut,
    Muted,
    GeneralClosed,
    Deleted,
}

impl How {
    fn is_lost(self, scene: &Scene) {
        let (story, leads) = (&scene.story, scene.story.leads);
        match self {
            Self::ThrownOut => story.world.kick_bot(leads, story.lead.id),
            Self::Muted => story.world.set_bot_muted(leads, story.lead.id, true),
            Self::GeneralClosed => {
                for method in ["sendMessage", "copyMessage", "copyMessages", "editMessageText"] {
                    let closed = Fault::error(400, "Bad Request: TOPIC_CLOSED");
                    story.world.fault(closed.on(method).chat(leads).always());
                }
            }
            Self::Deleted => story.world.delete_chat(leads),
        }
    }

    /// The chat takes messages again. Returns false if it never does.
    fn is_back(self, scene: &Scene) -> bool {
        let (story, leads) = (&scene.story, scene.story.leads);
        match self {
            Self::ThrownOut => story.world.set_bot_standing(leads, story.lead.id, Standing::Member),
            Self::Muted => story.world.set_bot_muted(leads, story.lead.id, false),
            Self::GeneralClosed => {
                story.world.clear_faults();
                story.world.say_in(leads, None, story.lead.id, "?");
            }
            Self::Deleted => return false,
        }
        true
    }

    fn said(self, scene: &Scene) -> &'static str {
        match self {
            Self::ThrownOut | Self::Deleted => scene.tongue.of(
                "⚠️ Чат «Отзывы» потерян: бота убрали или группы больше нет.",
                "⚠️ “Отзывы” is gone: the bot was removed, or the group no longer exists.",
            ),
            Self::Muted | Self::GeneralClosed => scene
                .tongue
                .of("⚠️ В чате «Отзывы» боту нельзя писать.", "⚠️ The bot may not write in “Отзывы”."),
        }
    }
}

async fn lost_in_the_middle(tongue: Tongue, how: How) {
    let scene = Scene::new(tongue).await;
    let (story, leads) = (&scene.story, scene.story.leads);
    story.start(story.lead).await;
    let olga = scene.lead("Ольга").await;
    // The title of a chat is known once somebody has written there.
    story.world.say_in(leads, None, story.lead.id, "/alerts");
    story.settle().await;
    let anna = scene.complained("Анна", 1).await;
    scene.press(olga, scene.post(101), scene.take()).await;
    let [hello, answer, further] = [
        scene.t("Слушаю вас", "How can I help?"),
        scene.t("Чашка разбита", "The cup is broken"),
        scene.t("Вышлем новую", "We send a new one"),
    ];
    scene.reply(olga, scene.post(101), hello).await;

    how.is_lost(&scene);
    story.settle().await;
    story.advance(minutes(1)).await;
    scene.says(anna, answer).await;
    for number in 2..=4 {
        scene.rated("Борис", number).await;
    }
    story.advance(minutes(1)).await;
    let admin = story.lead.id;
    let told = || scene.count(admin, how.said(&scene));
    assert_eq!(told(), 1, "{how:?}: {}", story.chat(story.lead));
    assert_eq!(scene.count(admin, answer), 1, "{how:?}: {}", story.chat(story.lead));
    for number in 101..=104 {
        let head = format!("{} ·", scene.tongue.number(number));
        assert_eq!(scene.count(admin, &head), 1, "{how:?}: {}", story.chat(story.lead));
    }
    // The talk goes on from where the words stand now.
    let words = scene.shown(admin, answer).id;
    story.world.reply(admin, words, further, None);
    story.settle().await;
    story.advance(minutes(1)).await;
    // The case is Olga's, so the admin is asked first.
    let send = scene.t("Забрать и отправить", "Take over and send");
    story.tap(story.lead, send).await;
    story.advance(minutes(1)).await;
    assert_eq!(scene.count(anna.id, further), 1, "{how:?}: {}", story.chat(anna));
    story.advance(hours(2)).await;
    assert_eq!(told(), 1, "once: {}", story.chat(story.lead));

    Box::pin(comes_back(scene, how, (anna, olga))).await;
}

/// The chat takes messages again, unless it is gone for good.
async fn comes_back(scene: Scene, how: How, (anna, olga): (Person, Person)) {
    let (story, leads, admin) = (&scene.story, scene.story.leads, scene.story.lead.id);
    let before = story.world.sent_count(leads);
    if how.is_back(&scene) {
        story.settle().await;
        // A chat that says nothing is tried with the next message.
        scene.says(anna, scene.t("Спасибо", "Thank you")).await;
        scene.rated("Вера", 5).await;
        story.advance(hours(1)).await;
        let back = scene.t("✅ Чат «Отзывы» снова на связи", "✅ “Отзывы” is back");
        assert_eq!(scene.count(admin, back), 1, "{how:?}: {}", story.chat(story.lead));
        let missed = scene.t(
            "📥 Пока боту нельзя было писать в этот чат, пришли 3 обращения",
            "📥 3 cases came while the bot could not write in this chat",
        );
        assert_eq!(scene.count(leads, missed), 1, "{how:?}: {}", scene.group());
        let list = scene.shown(leads, missed);
        let numbers = [104, 103, 102].map(|number| scene.tongue.number(number));
        assert_eq!(list.button_texts(), [numbers.each_ref().map(String::as_str).to_vec()]);
        let sent = story.world.sent_count(leads) - before;
        assert!(sent <= 3, "{how:?}: {sent} messages: {}", scene.group());
        // From the list a case is posted and taken.
        scene.press(olga, list.id, &numbers[1]).await;
        let taken = scene.press(olga, scene.post(103), scene.take()).await;
        assert_eq!(taken, scene.t("Теперь это обращение ведёте вы", "The case is yours"));
        assert_eq!(scene.case(103).await["owner"], olga.id);
        scene.end().await;
    } else {
        let (status, ready) = story.get("/readyz").await;
        assert_eq!((status, &ready["checks"]["alert_chats"]["ok"]), (200, &json!(false)), "{ready}");
        assert_eq!(scene.case(101).await["owner"], story.lead.id);
        scene.story.end().await;
    }
}

#[tokio::test]
pub async fn a_chat_that_is_lost_in_a_talk_is_told_once_and_catches_up_in_one_list() {
    for tongue in Tongue::BOTH {
        for how in [How::ThrownOut, How::Muted] {
            Box::pin(lost_in_the_middle(tongue, how)).await;
        }
    }
}

#[tokio::test]
pub async fn where_general_is_closed_or_the_group_deleted_the_admins_have_the_talk() {
    for tongue in Tongue::BOTH {
        for how in [How::GeneralClosed, How::Deleted] {
            Box::pin(lost_in_the_middle(tongue, how)).await;
        }
    }
}

async fn becomes_a_supergroup(tongue: Tongue) {
    let setting = tongue.setting().await;
    let old = setting.world.add_group("Старая", GroupKind::Basic, setting.lead.id);
    let scene = Scene::of(tongue, setting.set("ALERT_CHATS", &old.to_string())).await;
    let story = &scene.story;
    story.start(story.lead).await;
    let anna = scene.complained("Анна", 1).await;
    let post = scene.post_in(old, 101);
    scene.press_in(story.lead, old, post, scene.take()).await;
    story.world.reply_in(old, story.lead.id, post, "1");
    story.settle().await;
    story.advance(minutes(1)).await;
    let new = story.world.migrate_group(old);
    story.settle().await;
    scene.says(anna, "<2>").await;
    scene.rated("Борис", 2).await;
    story.advance(minutes(2)).await;
    assert_eq!(scene.count(new, "<2>"), 1, "{}", story.world.transcript(new));
    let reply = scene.t("Вижу", "I see");
    story.world.reply_in(new, story.lead.id, scene.shown(new, "<2>").id, reply);
    story.settle().await;
    story.advance(minutes(1)).await;
    assert_eq!(scene.count(anna.id, reply), 1, "{}", story.chat(anna));
    // The case that stood in the old group and the new one can both be worked with here.
    for number in [101, 102] {
        let post = scene.post_in(new, number);
        let toast = scene.press_in(story.lead, new, post, scene.resolve()).await;
        assert_eq!(toast, "", "{number}");
    }
    let lost = scene.t("⚠️", "⚠️");
    assert_eq!(scene.count(story.lead.id, lost), 0, "{}", story.chat(story.lead));
    scene.end().await;
}

#[tokio::test]
pub async fn a_group_that_becomes_a_supergroup_takes_its_cases_along() {
    for tongue in Tongue::BOTH {
        Box::pin(becomes_a_supergroup(tongue)).await;
    }
}

async fn words_after_the_end_while_it_is_lost(tongue: Tongue) {
    let scene = Scene::new(tongue).await;
    let (story, leads) = (&scene.story, scene.story.leads);
    story.start(story.lead).await;
    let anna = scene.complained("Анна", 1).await;
    let post = scene.post(101);
    scene.reply(story.lead, post, scene.t("Заменили", "We have replaced it")).await;
    scene.resolves(story.lead, 101).await;
    let [thanks, further] = [scene.t("Спасибо!", "Thank you!"), scene.t("Ещё раз", "Once more")];
    for (how, words) in [(How::Muted, thanks), (How::ThrownOut, further)] {
        how.is_lost(&scene);
        story.settle().await;
        scene.says(anna, words).await;
        assert_eq!(scene.count(leads, words), 0, "{}", scene.group());
        assert!(how.is_back(&scene));
        story.settle().await;
        story.advance(minutes(1)).await;
        assert_eq!(scene.count(leads, words), 1, "{how:?}: {}", scene.group());
    }
    // Where the chat is gone for longer, the case opens again by itself, and the words come to the admins with it.
    let last = scene.t("Ау", "Anybody?");
    How::ThrownOut.is_lost(&scene);
    scene.says(anna, last).await;
    story.advance(hours(5)).await;
    assert_eq!(scene.case(101).await["status"], "open");
    assert_eq!(scene.count(story.lead.id, last), 1, "{}", story.chat(story.lead));
    // It was lost and came back twice, and each time the admins hear of it.
    story.advance(minutes(1)).await;
    scene.story.end_with(|problem| problem.contains("⚠️") || problem.contains("✅")).await;
}

#[tokio::test]
pub async fn words_after_the_end_wait_for_their_chat_or_come_to_the_admins_with_the_reopened_case() {
    for tongue in Tongue::BOTH {
        Box::pin(words_after_the_end_while_it_is_lost(tongue)).await;
    }
}
