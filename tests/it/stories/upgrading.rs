//! A database that an earlier version filled is brought up to date, and everybody goes on where they were.

use afterword::cli::{Output, check};
use afterword::domain::script::shipped::SHIPPED;
use insta::assert_snapshot;
use serde_json::json;

use super::case_scene::Tongue;
use super::erasing::contents;
use crate::harness::{Person, Setting, Story, before, hours, minutes};

const GRUSHA: Person = Person { id: 7_654_321_987 };
/// In the middle of a survey, at the reasons of a low score.
const ANNA: Person = Person { id: 7_654_322_001 };
/// Her survey is open, and another one is due.
const DORA: Person = Person { id: 7_654_322_002 };
/// Her invitation was under way.
const EVA: Person = Person { id: 7_654_322_003 };
const LINK: &str = "https://t.me/afterword_sandbox_bot?start=pkc7ug3aHDbx39rtlaRexzDwSz1A";
const CURSOR: &str = "AAAAAAEwAABUnWHL";

async fn upgraded() -> Story {
    Setting::of_the_first_schema().await.start().await
}

#[test]
fn every_table_of_the_first_schema_is_filled() {
    let schema = include_str!("../../../migrations/sqlite/0001_init.sql");
    let tables = schema.lines().filter_map(|line| line.strip_prefix("CREATE TABLE ")?.split(' ').next());
    let empty: Vec<&str> =
        tables.filter(|table| !before::STORED.contains(&format!("INSERT INTO {table} ("))).collect();
    assert_eq!(empty, Vec::<&str>::new());
}

#[tokio::test]
async fn what_waited_in_the_outbox_is_sent_and_an_alert_is_edited_on() {
    let story = upgraded().await;
    if let Some(file) = story.running.db.file() {
        let copy = std::path::PathBuf::from(format!("{}.schema-0001", file.display()));
        assert!(copy.exists(), "the file as it was is kept");
    }
    story.advance(minutes(3)).await;
    assert_eq!(story.state("ticket_closed-eva").await, "sent");
    assert!(story.last(EVA).contains("Вы обращались к нам: №eva"), "{}", story.last(EVA));
    // One answered, one was told of, and what she said came along, before the kill.
    let alerts = story.alerts();
    let (_, last) = alerts.split_once("№f10").unwrap();
    assert_snapshot!(last, @r"

    Bot (edited): 🔴 Плохая оценка: 2 из 10
      Насколько вы довольны качеством товара?

      Причины: Брак или поломка

      Клиент: Анна, C-anna
      №anna
      Опрос: После покупки
    Bot (edited): 🔴 Плохая оценка: 1 из 3 «Плохо»
      Вам отвечает наш специалист. Как вам помощь?

      📎 1 вложение

      Клиент: C-fay
      №fay
      Опрос: После обращения
    Bot (to 20): (voice 0:07)
    ");
    story.tap(ANNA, "Плохая упаковка").await;
    story.say(ANNA, "Коробка порвана").await;
    story.advance(minutes(1)).await;
    assert!(story.alerts().contains("Коробка порвана"), "{}", story.alerts());
    story.end_with(|problem| problem.ends_with("dead updates")).await;
}

/// What asks overall satisfaction first is for new installations.
#[tokio::test]
async fn the_scripts_published_before_stay_as_they_are_with_no_draft_and_no_complaint() {
    let story = upgraded().await;
    let (live, drafts) = {
        let mut tx = story.running.db.read().await.unwrap();
        (tx.list_live_scripts().await.unwrap(), tx.list_script_drafts().await.unwrap())
    };
    let sources = || {
        let live = live.iter().map(|row| (row.slug.as_str(), row.version, row.source.as_str()));
        live.chain(drafts.iter().map(|row| (row.slug.as_str(), row.revision, row.source.as_str())))
    };
    let named: Vec<String> = sources().map(|(slug, number, _)| format!("{slug} {number}")).collect();
    assert_eq!(
        named,
        ["purchase 1", "support 1", "importance 2", "nps 1", "purchase 4", "recovery 3"],
        "the live ones, and the drafts with their revisions"
    );
    for (slug, number, source) in sources() {
        assert!(before::STORED.contains(&source.replace('\'', "''")), "{slug} {number}: {source}");
    }
    for (row, (_, shipped)) in live.iter().zip(SHIPPED) {
        assert_ne!(row.source, shipped, "{} is an earlier one", row.slug);
    }
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut to = Output { out: &mut out, err: &mut err };
    check::run(&story.setup(), &check::CheckArgs::default(), &mut to).await.unwrap();
    let said = String::from_utf8(out).unwrap();
    for (slug, kind) in [("purchase", "purchase"), ("support", "ticket_closed")] {
        let well = format!("script {slug}: version 1 asks on {kind}");
        let told = said.lines().find(|line| line.contains(&format!("script {slug}:"))).unwrap();
        assert!(told.starts_with("ok") && told.ends_with(&well), "{told}");
    }
    story.end_with(|problem| problem.ends_with("dead updates")).await;
}

#[tokio::test]
async fn a_request_for_a_human_of_before_is_a_case_of_its_customer() {
    let story = upgraded().await;
    let (status, record) = story.get("/v1/customers/C-unmistakable-42").await;
    let case = &record["cases"][0];
    assert_eq!(
        (status, &case["number"], &case["status"]),
        (200, &json!(101), &json!("resolved")),
        "{record}"
    );
    assert_eq!(case["messages"][0]["state"], "delivered", "{case}");
    story.end_with(|problem| problem.ends_with("dead updates")).await;
}

/// The request for a human still listened when the version was replaced.
const LISTENS: &str = "UPDATE human_requests SET listens_until = 1795999999999";

async fn goes_on_listening(tongue: Tongue) {
    let setting = Setting::of_the_first_schema_and(LISTENS).await.set("LOCALES", tongue.of("ru", "en"));
    let story = setting.start().await;
    let (leads, customer) = (story.leads, GRUSHA);
    let case = async |number: i64| story.get(&format!("/v1/cases/{number}")).await.1;
    assert_eq!(case(101).await["status"], "open");
    // The customer's words go below the message of before, which is the post of the case now.
    let words = tongue.of("Вы ещё здесь?", "Are you still there?");
    story.say(customer, words).await;
    story.advance(minutes(1)).await;
    let head = tongue.of("№101 · свободно", "No. 101 · free");
    let post = story.world.messages(leads).into_iter().find(|said| said.text.plain.contains(head));
    let post = post.unwrap_or_else(|| panic!("{}", story.alerts())).id;
    let passed_on = story.world.messages(leads).into_iter().rev().find(|said| said.text.plain == words);
    assert_eq!(passed_on.unwrap().reply_to, Some(post), "{}", story.alerts());
    story.world.tap(story.lead.id, leads, post, tongue.of("Взять", "Take")).unwrap();
    story.settle().await;
    assert_eq!(case(101).await["owner"], story.lead.id);
    let reply = tongue.of("Да, слушаем", "Yes, we listen");
    story.world.reply_in(leads, story.lead.id, post, reply);
    story.settle().await;
    assert!(story.chat(customer).ends_with(&format!("Bot: {reply}\n")), "{}", story.chat(customer));
    assert_eq!(case(101).await["first_contact_how"], "reply");

    // A bad score of before has no case until something new happens to it.
    let of_anna = async || story.get("/v1/cases?customer_id=C-anna").await.1["cases"][0].clone();
    assert!(of_anna().await.is_null());
    story.say(ANNA, tongue.of("Коробка порвана", "The box is torn")).await;
    story.advance(minutes(2)).await;
    let case = of_anna().await;
    assert_eq!((&case["status"], &case["source"]), (&json!("open"), &json!("score")), "{case}");
    let alert = story.world.messages(leads).into_iter().find(|said| said.text.plain.contains("C-anna"));
    let shown = story.world.shown(leads, alert.unwrap().id);
    let head = format!(
        "{} · {}",
        tongue.number(case["case_number"].as_i64().unwrap()),
        tongue.of("свободно", "free")
    );
    assert!(shown.contains(&head) && shown.contains(tongue.of("Взять", "Take")), "{shown}");
    story.end_with(|problem| problem.ends_with("dead updates")).await;
}

#[tokio::test]
pub async fn a_request_that_listened_and_a_bad_score_of_before_go_on_as_cases() {
    for tongue in Tongue::BOTH {
        Box::pin(goes_on_listening(tongue)).await;
    }
}

#[tokio::test]
async fn old_buttons_links_and_cursors_go_on_working() {
    let story = upgraded().await;
    story.tap(ANNA, "Готово").await;
    story.tap(ANNA, "9").await;
    story.tap(ANNA, "10").await;
    assert_eq!(story.state("purchase-anna").await, "completed");
    let (status, page) = story.get(&format!("/v1/answers?limit=100&since={CURSOR}")).await;
    assert_eq!(status, 200, "{page}");
    let answers = page["answers"].as_array().unwrap();
    let told: Vec<String> =
        answers.iter().map(|answer| format!("{} {}\n", answer["event_id"], answer["metric"])).collect();
    assert_snapshot!(told.concat(), @r#"
    "ticket_closed-fay" "csi"
    "ticket_closed-fay" "comment"
    "purchase-anna" "reason"
    "purchase-anna" "csi"
    "purchase-anna" "csi"
    "#);

    let boris = Person { id: story.world.add_user("Борис", Some("ru")) };
    story.follow(boris, LINK).await;
    assert_eq!(story.state("purchase-boris").await, "scheduled");
    story.advance(hours(1)).await;
    assert_eq!(story.state("purchase-boris").await, "sent");

    // The second purchase waited for the end of the open survey, and is judged now.
    assert_eq!(story.state("purchase-dora-2").await, "scheduled");
    for _ in 0..3 {
        story.tap(DORA, "10").await;
    }
    story.advance(minutes(16)).await;
    assert_eq!(story.state("purchase-dora").await, "completed");
    assert_eq!(story.state("purchase-dora-2").await, "suppressed(throttled)");
    story.end_with(|problem| problem.ends_with("dead updates")).await;
}

#[tokio::test]
async fn what_admins_had_is_there_and_goes_on() {
    let story = upgraded().await;
    // A draft was to be tried on the past.
    story.wait_until(|world| world.shown(5_000_000_001, 4).contains("Примерка на последних 30 днях")).await;
    story.settle().await;
    story.world.tap(story.lead.id, story.lead.id, 4, "‹ Черновик").unwrap();
    story.settle().await;
    let draft = story.world.shown(5_000_000_001, 4);
    assert!(draft.contains("[ Вопросы · 3 | + Вопрос ]"), "{draft}");
    story.end_with(|problem| problem.ends_with("dead updates")).await;
}

#[tokio::test]
pub async fn a_customer_of_before_is_erased_without_a_trace() {
    let story = upgraded().await;
    story.advance(minutes(3)).await;
    let (status, answer) = story.delete("/v1/customers/C-unmistakable-42").await;
    assert_eq!((status, &answer["events"]), (200, &json!(3)), "{answer}");
    story.advance(minutes(3)).await;
    for (place, bytes) in contents(&story).await {
        for word in ["C-unmistakable-42", "Утюг искрит", "Аграфена", "Груня", "79995550123", "photo-file-"]
        {
            assert!(!bytes.windows(word.len()).any(|window| window == word.as_bytes()), "{word} in {place}");
        }
    }
    assert!(!story.alerts().contains("Утюг искрит"), "{}", story.alerts());
    assert!(!story.chat(GRUSHA).contains("Заказ Неповторимой"), "{}", story.chat(GRUSHA));
    assert_eq!(story.get("/v1/customers/C-unmistakable-42").await.0, 404);
    story.end().await;
}

#[tokio::test]
async fn a_chat_that_was_given_up_is_tried_again() {
    const FORUM: i64 = -1_002_000_000_002;
    let story = upgraded().await;
    story.advance(minutes(3)).await;
    story.tap(EVA, "Плохо").await;
    story.advance(minutes(1)).await;
    assert!(story.world.transcript(FORUM).contains("№eva"), "{}", story.world.transcript(FORUM));
    story.end_with(|problem| problem.ends_with("dead updates")).await;
}
