//! Four chats with filters of their own, in both languages: a case comes to each that fits, a higher severity adds chats, and
//! what fits none goes to the admins with the reason.

use afterword::sandbox::GroupKind;
use serde_json::{Value, json};

use super::case_scene::{Scene, Tongue};
use crate::harness::{Person, hours, minutes};

impl Scene {
    /// A group that has sent `/alerts`, and then `/alerts` with this filter.
    async fn filtered(&self, title: &str, filter: &str) -> i64 {
        let (story, lead) = (&self.story, self.story.lead);
        let group = story.world.add_group(title, GroupKind::Supergroup, lead.id);
        for command in ["/alerts".to_owned(), format!("/alerts {filter}")] {
            story.world.say_in(group, None, lead.id, &command);
            story.settle().await;
            story.advance(minutes(1)).await;
        }
        group
    }

    /// How many posts of a case each of these chats has.
    fn posts_of(&self, number: i64, chats: [i64; 4]) -> [usize; 4] {
        let head = format!("{} ·", self.tongue.number(number));
        chats.map(|chat| self.count(chat, &head))
    }

    /// A customer whose bad score has these facts.
    async fn rated_with(&self, number: u32, more: Value) -> Person {
        let customer = format!("C-{number}");
        let person = self.customer("Анна", &customer).await;
        self.ask(&number.to_string(), &customer, more).await;
        self.story.tap(person, "1").await;
        self.story.tap(person, self.t("Пропустить", "Skip")).await;
        self.story.advance(minutes(6)).await;
        person
    }
}

async fn four_chats(tongue: Tongue) {
    let scene = Scene::of(tongue, tongue.setting().await.set("ALERT_CHATS", "")).await;
    let story = &scene.story;
    story.start(story.lead).await;
    let team = scene.filtered("Team", "team B2B").await;
    let shop = scene.filtered("Store", "store S-1").await;
    let tag = scene.filtered("Tag", "tag vip").await;
    let urgent = scene.filtered("Urgent", "").await;
    for button in [
        scene.t("Что приходит сюда", "What comes here"),
        scene.t("Важность", "Severity"),
        scene.t("срочно", "urgent"),
    ] {
        let messages = story.world.messages(urgent);
        let has = |text: &str| text == button;
        let shown = messages.iter().rev().find(|m| m.keyboard.iter().flatten().any(|key| has(&key.text)));
        scene.press_in(story.lead, urgent, shown.unwrap().id, button).await;
    }
    let chats = [team, shop, tag, urgent];
    let seen = |number: i64| scene.posts_of(number, chats);
    // Kinds of filters are of one chat only; each chat that fits gets the case.
    let agent = json!({ "id": "a-1", "team": "B2B" });
    let anna = scene.rated_with(1, json!({ "agent": agent, "tags": ["vip"] })).await;
    assert_eq!(seen(101), [1, 0, 1, 0]);
    scene.rated_with(2, json!({ "store": "S-1" })).await;
    assert_eq!(seen(102), [0, 1, 0, 0]);

    // None fits: the admins get it and read why.
    scene.rated_with(3, json!({ "store": "S-2" })).await;
    assert_eq!(seen(103), [0; 4]);
    let why = scene
        .t("обращение №103 не подошло под фильтры ни одного чата", "case no. 103 matches no chat’s filters");
    assert_eq!(scene.count(story.lead.id, why), 1, "{}", story.chat(story.lead));

    Box::pin(an_urgent_case(scene, chats, anna)).await;
}

/// The severity of the first case rises: that adds a chat and takes none away.
async fn an_urgent_case(scene: Scene, chats: [i64; 4], anna: Person) {
    let story = &scene.story;
    let [team, shop, tag, urgent] = chats;
    let seen = |number: i64| scene.posts_of(number, chats);
    // A customer who asks for a person after the deadline is urgent.
    story.advance(hours(25)).await;
    story.say(anna, "/human").await;
    story.advance(minutes(6)).await;
    assert_eq!(scene.case(101).await["severity"], "urgent");
    assert_eq!(seen(101), [1, 0, 1, 1]);
    let post = scene.post_in(urgent, 101);
    scene.press_in(story.lead, urgent, post, scene.take()).await;
    let home = scene.t("Переписка в чате «Urgent»", "Conversation in “Urgent”");
    for chat in [team, tag] {
        assert_eq!(scene.count(chat, home), 1, "{}", story.world.transcript(chat));
    }
    // A lead lowers it again: it stays where it is.
    for button in [scene.t("Ещё", "More"), scene.t("Важность", "Severity"), scene.t("обычно", "normal")]
    {
        scene.press_in(story.lead, urgent, post, button).await;
    }
    assert_eq!(scene.case(101).await["severity"], "normal");
    assert_eq!(seen(101), [1, 0, 1, 1]);
    // The words go to its home alone.
    let words = scene.t("Алло?", "Hello?");
    scene.says(anna, words).await;
    assert_eq!(chats.map(|chat| scene.count(chat, words)), [0, 0, 0, 1]);

    // What is loosened takes what comes from then on.
    story.world.say_in(shop, None, story.lead.id, "/alerts store S-2");
    story.settle().await;
    story.advance(minutes(6)).await;
    scene.rated_with(4, json!({ "store": "S-2" })).await;
    assert_eq!(seen(104), [0, 1, 0, 0]);
    scene.end().await;
}

#[tokio::test]
pub async fn of_four_chats_each_gets_what_fits_and_the_admins_what_fits_none() {
    for tongue in Tongue::BOTH {
        Box::pin(four_chats(tongue)).await;
    }
}
