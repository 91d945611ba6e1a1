//! A customer is erased, in each of the ways there are: no trace is left in the database's files nor in the leads'
//! chats, and the scores go on counting.

use std::path::PathBuf;

use afterword::cli::{Output, erase};
use afterword::sandbox::Media;
use afterword::service::export::{Filter, What};
use afterword::store::erasing::columns::TABLES;
use insta::assert_snapshot;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::harness::{Person, Story, hours, minutes};

/// Distinct enough not to be in any file by chance.
const ID: i64 = 7_654_321_987;
pub const CUSTOMER: &str = "C-unmistakable-42";

/// Whatever of the customer must be nowhere.
const WORDS: [&str; 15] = [
    CUSTOMER,
    "purchase-77801",
    "order-77801",
    "Заказ Неповторимой",
    "https://shop.example/77801",
    "79995550123",
    "Аграфена Неповторимая",
    "Груня",
    "segment-vip-9",
    "extra-secret",
    "Утюг искрит",
    "Подпись под фото",
    "Сначала другое",
    "tag-77801",
    "photo-file-",
];

/// Said to a human: it is in no table, but in the leads' chat.
const PASSED_ON: &str = "Позовите начальника";

/// How the customer is erased.
#[derive(Clone, Copy, Debug)]
enum How {
    Api,
    Forget,
    CommandLine,
}

/// A customer of whom there is something in every table, and the token of their link.
pub async fn told_all(story: &Story) -> (Person, String) {
    story.world.add_user_as(ID, "Груня", Some("ru"));
    let person = Person { id: ID };
    let link = story.purchase("77800", CUSTOMER, json!({})).await.unwrap();
    let token = link.split('=').next_back().unwrap().to_owned();
    story.follow(person, &link).await;
    story.advance(hours(4)).await;
    story.tap(person, "Остановить").await;
    story.advance(hours(20) + minutes(5)).await;
    purchase(story).await;
    story.advance(hours(3)).await;
    story.tap(person, "2").await;
    story.tap(person, "Брак или поломка").await;
    let comment = story.say(person, "Сначала другое").await;
    story.advance(minutes(1)).await;
    story.world.edit_own_message(person.id, person.id, comment, "Утюг искрит");
    story.settle().await;
    story.advance(minutes(1)).await;
    story.world.send_photo(person.id, Some("Подпись под фото"));
    story.settle().await;
    story.advance(minutes(1)).await;
    story.world.send_album(person.id, &[Media::Photo, Media::Photo], None);
    story.settle().await;
    story.advance(minutes(5)).await;
    story.start(person).await;
    // Asked for before it is taken.
    for _ in 0..2 {
        story.world.share_contact(person.id, "+79995550123", Some(ID));
        story.settle().await;
        story.advance(minutes(1)).await;
    }
    story.say(person, "/human").await;
    story.advance(minutes(1)).await;
    story.say(person, PASSED_ON).await;
    story.advance(minutes(1)).await;
    // One waits for its moment.
    story.purchase("77802", CUSTOMER, json!({"customer": {"name": "Аграфена Неповторимая"}})).await;
    let mut tx = story.running.db.write().await.unwrap();
    let raw = json!({"update_id": 1, "message": {"from": {"id": ID}, "text": "Утюг искрит"}}).to_string();
    tx.insert_dead_update(1, 1, &raw, "why", story.clock.now()).await.unwrap();
    let raw = json!({"update_id": 2, "message": {"from": {"id": 5}, "text": format!("/start {token}")}})
        .to_string();
    tx.insert_dead_update(1, 2, &raw, "why", story.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    (person, token)
}

async fn purchase(story: &Story) {
    let more = json!({
        "customer": {
            "phone": "+79995550123", "name": "Аграфена Неповторимая", "telegram_id": ID, "segments": ["segment-vip-9"],
        },
        "subject": { "id": "order-77801", "title": "Заказ Неповторимой", "url": "https://shop.example/77801" },
        "agent": { "id": "a-17", "name": "Ольга", "team": "first-line" },
        "store": "msk-2", "channel": "phone", "tags": ["tag-77801"],
        "metrics": { "first_response_s": 45 }, "extra": { "note": "extra-secret" },
    });
    story.purchase("77801", CUSTOMER, more).await;
}

async fn erase(story: &Story, person: Person, how: How) {
    match how {
        How::Api => {
            let (status, answer) = story.delete(&format!("/v1/customers/{CUSTOMER}")).await;
            assert_eq!(status, 200, "{answer}");
            assert_eq!(answer, json!({"events": 3, "surveys": 3, "alerts": 1, "copies": 4}));
        }
        How::Forget => {
            story.say(person, "/forget").await;
            let asked = story.last(person);
            assert!(!asked.contains(CUSTOMER) && !asked.contains("Неповторим"), "{asked}");
            assert_eq!(story.tap(person, "Стереть всё").await, "Стёрто");
        }
        How::CommandLine => {
            let deleted = story.world.calls("deleteMessage");
            let (mut out, mut err) = (Vec::new(), Vec::new());
            let code =
                erase::run(&story.setup(), CUSTOMER, &mut Output { out: &mut out, err: &mut err }).await;
            assert_eq!(code.unwrap(), 0);
            assert_snapshot!(String::from_utf8(out).unwrap(), @r"
            erased: 3 events, 3 surveys; what was chosen stays, anonymous
            1 alert is edited and 4 copied messages deleted in chats by a running 'afterword serve'
            ");
            // Of what another process queues, the program learns by itself.
            story.wait_until(|world| world.calls("deleteMessage") > deleted).await;
            story.settle().await;
        }
    }
    // The last edits go out, and the files are scrubbed.
    story.advance(minutes(3)).await;
}

/// Every file of the database, whole; on a server every table.
pub async fn contents(story: &Story) -> Vec<(String, Vec<u8>)> {
    let Some(file) = story.running.db.file() else { return tables(story).await };
    let read = |ending: &str| {
        let bytes = std::fs::read(PathBuf::from(format!("{}{ending}", file.display()))).ok()?;
        Some((format!("the file{ending}"), bytes))
    };
    ["", "-wal", "-shm"].into_iter().filter_map(read).collect()
}

async fn tables(story: &Story) -> Vec<(String, Vec<u8>)> {
    let mut server = PgConnection::connect(story.database_url()).await.unwrap();
    let mut tables = Vec::new();
    for (table, _) in TABLES {
        let text = format!("SELECT t::text FROM {table} t");
        let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(text)).fetch_all(&mut server).await.unwrap();
        tables.push(((*table).to_owned(), rows.join("\n").into_bytes()));
    }
    tables
}

/// What is left of these texts and of the person's ID, in the files and in all chats but the customer's own.
pub async fn traces(story: &Story, token: &str) -> Vec<String> {
    let mut needles: Vec<(String, Vec<u8>)> =
        WORDS.iter().map(|text| ((*text).to_owned(), text.as_bytes().to_vec())).collect();
    needles.push(("the token".to_owned(), token.as_bytes().to_vec()));
    needles.push(("the ID in digits".to_owned(), ID.to_string().into_bytes()));
    needles.push(("the ID as a number".to_owned(), ID.to_be_bytes()[2..].to_vec()));
    needles.push(("the ID as a key".to_owned(), varint(ID)));
    let mut found = Vec::new();
    for (place, bytes) in contents(story).await {
        for (what, needle) in &needles {
            if bytes.windows(needle.len()).any(|window| window == needle) {
                found.push(format!("{what} in {place}"));
            }
        }
    }
    for chat in story.world.chats().iter().filter(|chat| chat.id != ID) {
        let shown = story.world.transcript(chat.id);
        let told = WORDS.iter().chain([&PASSED_ON]).filter(|text| shown.contains(**text));
        found.extend(told.map(|text| format!("{text} in chat {}", chat.id)));
        if shown.contains("(photo)") {
            found.push(format!("a photo in chat {}", chat.id));
        }
    }
    found
}

/// As SQLite writes a row's key: seven bits a byte, the highest first.
fn varint(number: i64) -> Vec<u8> {
    let mut rest = number.unsigned_abs();
    let mut bytes = vec![u8::try_from(rest & 0x7f).unwrap()];
    while rest > 0x7f {
        rest >>= 7;
        bytes.push(u8::try_from(rest & 0x7f).unwrap() | 0x80);
    }
    bytes.reverse();
    bytes
}

async fn no_trace_is_left(how: How) {
    let story = Story::new().await;
    let other = story.customer("Борис", "C-other").await;
    let (person, token) = told_all(&story).await;
    // The search finds what is there.
    let before = traces(&story, &token).await.join("\n");
    for needle in WORDS.iter().copied().chain(["the token", "the ID in digits"]) {
        assert!(before.contains(needle), "{needle}: {before}");
    }
    assert!(before.contains(&format!("Утюг искрит in chat {}", story.leads)), "{before}");
    assert!(before.contains(&format!("{PASSED_ON} in chat {}", story.leads)), "{before}");
    erase(&story, person, how).await;
    let chats = story.alerts();
    assert_eq!(traces(&story, &token).await, Vec::<String>::new(), "{chats}");
    let erased = "Bot (edited): Стёрто: данные клиента удалены. Оценка осталась в статистике, без имени и слов.\n\
                  Bot (to 2): 🙋 Нужен человек";
    assert_eq!(chats.trim_end(), erased);
    assert_eq!(story.state("purchase-77802").await, "suppressed(erased)");
    // Nobody else is touched.
    let (status, record) = story.get("/v1/customers/C-other").await;
    assert_eq!((status, &record["persons"][0]["telegram_id"]), (200, &json!(other.id)));
    story.end().await;
}

#[tokio::test]
async fn no_trace_is_left_when_the_api_erases_a_customer() {
    no_trace_is_left(How::Api).await;
}

#[tokio::test]
async fn no_trace_is_left_when_a_customer_asks_to_be_forgotten() {
    no_trace_is_left(How::Forget).await;
}

#[tokio::test]
async fn no_trace_is_left_when_the_command_line_erases_a_customer() {
    no_trace_is_left(How::CommandLine).await;
}

#[tokio::test]
async fn scores_go_on_counting_without_a_name_and_a_repeat_is_still_known() {
    let story = Story::new().await;
    let (person, _) = told_all(&story).await;
    let sent: Value = story.export(What::Events, &Filter::default()).await.len().into();
    let before = story.answered(&["survey_id"]).await;
    erase(&story, person, How::Api).await;
    // Nine characters of an ID are its time: of the day, from now on.
    let after = story.answered(&["survey_id"]).await;
    assert!(after[..9] < before[..9] && after[..2] == before[..2], "{before} {after}");
    let columns = [
        "event_kind",
        "question",
        "metric",
        "value",
        "options",
        "text",
        "attachments",
        "band",
        "revision",
        "withdrawn",
        "customer_id",
        "segments",
        "agent_id",
        "agent_name",
        "team",
        "store",
        "channel",
        "tags",
        "subject_id",
        "occurred_at",
        "answered_at",
        "sent_at",
    ];
    assert_snapshot!(story.answered(&columns).await, @r"
    purchase · overall · csi · 2 · low · 2 · false · a-17 · Ольга · first-line · msk-2 · phone · 2026-11-21T21:00:00Z · 2026-11-21T21:00:00Z · 2026-11-21T21:00:00Z
    purchase · overall · reason · faulty · low · 2 · false · a-17 · Ольга · first-line · msk-2 · phone · 2026-11-21T21:00:00Z · 2026-11-21T21:00:00Z · 2026-11-21T21:00:00Z
    ");
    assert_eq!(json!(story.export(What::Events, &Filter::default()).await.len()), sent);
    // The same event again is known, with or without its old content, and brings nobody back.
    for event in ["purchase-77800", "purchase-77801", "purchase-77802"] {
        let (status, ledger) = story.get(&format!("/v1/events/{event}")).await;
        assert_eq!((status, &ledger["customer_id"]), (200, &json!("")), "{ledger}");
        assert!(ledger["event_id"].as_str().unwrap().starts_with("erased:"), "{ledger}");
        let again = json!({
            "event_id": event, "kind": "purchase", "occurred_at": story.clock.now().to_rfc3339(),
            "customer": {"id": CUSTOMER, "telegram_id": ID},
        });
        let (status, answer) = story.post(&again).await;
        assert_eq!(
            (status, &answer["event_id"], &answer["link"]),
            (200, &json!(event), &Value::Null),
            "{answer}"
        );
    }
    assert_eq!(story.get(&format!("/v1/customers/{CUSTOMER}")).await.0, 404);
    assert_eq!(story.delete(&format!("/v1/customers/{CUSTOMER}")).await.0, 404);
    story.end().await;
}
