//! A database that an earlier version has filled comes up to date with everything in it.

use std::path::Path;

use afterword::domain::case::deadlines::Deadlines;
use afterword::domain::case::{Severity, Source};
use afterword::domain::ids::{EventKey, PersonId, SurveyKey};
use afterword::domain::stats::tickets::Step;
use afterword::domain::time::Timestamp;
use afterword::service::record::{Record, Tokens};
use afterword::store::Db;
use afterword::store::cases::{NewCase, Subject};
use afterword::store::shared_words::WordKind;
use afterword::store::tickets::TicketStep;
use serde_json::{Value, json};
use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};

use crate::cluster::{self, Engine, TestDatabase};

/// Brings a database up to the version before `version`, and runs a statement in it.
async fn filled_before(version: i64, engine: Engine, statements: &'static str) -> (TestDatabase, Db) {
    let database = TestDatabase::empty(engine).await;
    let folder = match engine {
        Engine::Sqlite => "migrations/sqlite",
        Engine::Postgres => "migrations/postgres",
    };
    let all = Migrator::new(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).await.unwrap();
    let earlier = all.iter().filter(|migration| migration.version < version).cloned().collect();
    let earlier = Migrator::with_migrations(earlier);
    // A file is made by opening it.
    Db::open(&database.url, true).await.unwrap().close().await;
    match engine {
        Engine::Sqlite => {
            let mut sql = SqliteConnection::connect(&database.url).await.unwrap();
            earlier.run(&mut sql).await.unwrap();
            sqlx::raw_sql(AssertSqlSafe(statements)).execute(&mut sql).await.unwrap();
            sql.close().await.unwrap();
        }
        Engine::Postgres => {
            let mut sql = PgConnection::connect(&database.url).await.unwrap();
            earlier.run(&mut sql).await.unwrap();
            sqlx::raw_sql(AssertSqlSafe(statements)).execute(&mut sql).await.unwrap();
            sql.close().await.unwrap();
        }
    }
    let db = Db::open(&database.url, false).await.unwrap();
    db.migrate().await.unwrap();
    (database, db)
}

async fn record(db: &Db, customer: &str) -> Value {
    let mut tx = db.read().await.unwrap();
    let (mut record, mut json) = Record::begin(&mut tx, customer, Tokens::Shown).await.unwrap().unwrap();
    while let Some(piece) = record.next(&mut tx).await.unwrap() {
        json.extend(piece);
    }
    serde_json::from_slice(&json).unwrap()
}

/// One comment of three messages, of which the first was edited in the end; one of a single edited message; a voice;
/// a score without words.
const COMMENTS: &str = "\
    INSERT INTO persons (id) VALUES (7);
    INSERT INTO customers (id, customer_id, described_at) VALUES (1, 'C-1', 0);
    INSERT INTO events (id, event_id, kind, occurred_at, received_at, customer, body)
      VALUES (1, 'one', 'purchase', 0, 0, 1, '{}');
    INSERT INTO surveys (id, survey_id, state, person) VALUES (1, 'a', 'completed', 7);
    INSERT INTO answers (id, survey, question, part, value, text, revision, answered_at, stored_at, position) VALUES
      (1, 1, 'q1', 'answer', 2, NULL, 2, 0, 0, 1),
      (2, 1, 'q1', 'comment', NULL, 'Очень долго!\nИ дорого\nИ грубо', 4, 0, 0, 2),
      (3, 1, 'q2', 'answer', NULL, 'Плоховато', 2, 0, 0, 3),
      (4, 1, 'q3', 'comment', NULL, '', 1, 0, 0, 4);
    INSERT INTO answer_history (answer, revision, value, options, text, answered_at) VALUES
      (1, 1, 5, '', NULL, 0),
      (2, 1, NULL, '', 'Долго', 0),
      (2, 2, NULL, '', 'Долго\nИ дорого', 0),
      (2, 3, NULL, '', 'Долго\nИ дорого\nИ грубо', 0),
      (3, 1, NULL, '', 'Плохо', 0);
    INSERT INTO comment_messages (person, message_id, survey, question, part, text, kind) VALUES
      (7, 10, 1, 'q1', 'comment', 'Очень долго!', NULL),
      (7, 11, 1, 'q1', 'comment', 'И дорого', NULL),
      (7, 12, 1, 'q1', 'comment', 'И грубо', NULL),
      (7, 13, 1, 'q2', 'answer', 'Плоховато', NULL),
      (7, 14, 1, 'q3', 'comment', NULL, 'voice');";

async fn comments_are_converted(engine: Engine) {
    let (_database, db) = filled_before(6, engine, COMMENTS).await;
    let record = record(&db, "C-1").await;
    let survey = &record["events"][0]["survey"];
    let current: Vec<Value> = survey["answers"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|answer| answer["current"] == true)
        .map(|answer| json!([answer["question"], answer["part"], answer["text"], answer["revision"]]))
        .collect();
    assert_eq!(
        json!(current),
        json!([
            ["q1", "answer", null, 2],
            ["q1", "comment", "Очень долго!\nИ дорого\nИ грубо", 4],
            ["q2", "answer", "Плоховато", 2],
            ["q3", "comment", "", 1],
        ])
    );
    // What was only added to stands in what it became; the score keeps its history.
    assert_eq!(
        survey["former_words"],
        json!([
            {"question": "q1", "part": "comment", "message_id": null, "revision": 3,
             "text": "Долго\nИ дорого\nИ грубо"},
            {"question": "q2", "part": "answer", "message_id": 13, "revision": 1, "text": "Плохо"},
        ])
    );
    let history = survey["answers"].as_array().unwrap().iter().filter(|answer| answer["current"] == false);
    let values: Vec<&Value> = history.map(|answer| &answer["value"]).collect();
    assert!(values.contains(&&json!(5)), "{values:?}");
    db.close().await;
}

#[tokio::test]
async fn comments_that_were_stored_again_with_each_message_stand_once_on_sqlite() {
    comments_are_converted(Engine::Sqlite).await;
}

#[tokio::test]
async fn comments_that_were_stored_again_with_each_message_stand_once_on_postgres() {
    if cluster::is_missing() {
        return;
    }
    comments_are_converted(Engine::Postgres).await;
}

/// An admin who has gone by now had made an invitation, and subscribed a group and their own chat; nobody has used the link
/// for the first admin.
const ROLES: &str = "\
    INSERT INTO persons (id, first_name) VALUES (7, 'Anna');
    INSERT INTO staff_log (at, act, person, role) VALUES (5, 'role_given', 7, 'admin');
    INSERT INTO staff_invites (token, role, created_at, created_by, expires_at) VALUES
      ('first', 'admin', 1000, NULL, NULL), ('by-anna', 'agent', 1000, 7, 999000000);
    INSERT INTO alert_chats (chat_id, thread_id, title, locale, subscribed_at) VALUES
      (-100, 0, 'Support', 'en', 0), (7, 0, 'Anna', 'en', 0);";

async fn roles_are_converted(engine: Engine) {
    let (_database, db) = filled_before(8, engine, ROLES).await;
    let mut tx = db.read().await.unwrap();
    assert_eq!(tx.find_first_admin_at().await.unwrap().unwrap().millis(), 5);
    // Whoever finds the old link has a day from when it was made.
    let day = 24 * 3600 * 1000;
    assert!(tx.find_claim_invite(Timestamp::from_millis(999 + day)).await.unwrap().is_some());
    assert!(tx.find_claim_invite(Timestamp::from_millis(1000 + day)).await.unwrap().is_none());
    assert!(tx.find_invite("by-anna").await.unwrap().unwrap().beside_admins);
    let audience = tx.audience().await.unwrap();
    let chats = audience.chats.iter();
    let by: Vec<_> = chats.map(|chat| (chat.chat_id.get(), chat.subscribed_by.map(PersonId::get))).collect();
    assert_eq!(by, [(-100, None), (7, Some(7))]);
    drop(tx);
    db.close().await;
}

#[tokio::test]
async fn links_and_subscriptions_of_before_are_there_on_sqlite() {
    roles_are_converted(Engine::Sqlite).await;
}

#[tokio::test]
async fn links_and_subscriptions_of_before_are_there_on_postgres() {
    if cluster::is_missing() {
        return;
    }
    roles_are_converted(Engine::Postgres).await;
}

/// A survey on its way, an answer that was changed, one that was withdrawn, and one that came while the others did. Answers
/// have positions of transactions, 1,048,576 apart.
const HAPPENED: &str = "\
    INSERT INTO persons (id) VALUES (7);
    INSERT INTO customers (id, customer_id, described_at) VALUES (1, 'C-1', 0);
    INSERT INTO events (id, event_id, kind, occurred_at, received_at, customer, body)
      VALUES (1, 'one', 'purchase', 0, 0, 1, '{}'), (2, 'two', 'purchase', 0, 0, 1, '{}');
    INSERT INTO surveys (id, survey_id, state, reason, person, ended_at) VALUES
      (1, 'a', 'started', NULL, 7, NULL), (2, 'b', 'suppressed', 'throttled', NULL, NULL);
    INSERT INTO transitions (id, survey, state, reason, at) VALUES
      (11, 1, 'scheduled', NULL, 1), (12, 2, 'suppressed', 'throttled', 2), (15, 1, 'sending', NULL, 3),
      (16, 1, 'sent', NULL, 4), (17, 1, 'started', NULL, 5);
    INSERT INTO answers (id, survey, question, part, value, revision, answered_at, stored_at, withdrawn_at, position) VALUES
      (1, 1, 'q1', 'answer', 2, 2, 5, 7, NULL, 3145728),
      (2, 1, 'q2', 'answer', 3, 1, 6, 6, NULL, 2097152),
      (3, 1, 'q3', 'answer', 4, 2, 6, 7, 7, 3145729);
    UPDATE counters SET value = 3 WHERE name = 'answers';";

async fn what_happened_is_converted(engine: Engine) {
    let (_database, db) = filled_before(10, engine, HAPPENED).await;
    let mut tx = db.write().await.unwrap();
    let happened = tx.list_happened(i64::MIN, 100).await.unwrap();
    let told: Vec<String> = happened
        .iter()
        .map(|entry| {
            let (kind, at) = (entry.happening.as_str(), entry.at.millis());
            format!("{} {kind} {:?} {:?} at {at}", entry.position, entry.survey, entry.answer)
        })
        .collect();
    assert_eq!(
        told,
        [
            "-6 scheduled Some(1) None at 1",
            "-5 suppressed Some(2) None at 2",
            "-2 sending Some(1) None at 3",
            "-1 sent Some(1) None at 4",
            "0 started Some(1) None at 5",
            "2097152 answered Some(1) Some(2) at 6",
            "3145728 changed Some(1) Some(1) at 7",
            "3145729 withdrawn Some(1) Some(3) at 7",
        ]
    );
    // A reader who had read up to the first of them gets the others, and what happens from now on comes behind them.
    tx.opt_out(PersonId::new(7), Timestamp::from_millis(9)).await.unwrap();
    let changed = tx.list_changed_answers(2_097_152, false, 100).await.unwrap();
    let ids: Vec<i64> = changed.iter().map(|changed| changed.answer.id).collect();
    assert_eq!(ids, [1, 3]);
    assert_eq!(tx.end_of_journal().await.unwrap(), 3_145_730);
    let states: Vec<String> = tx
        .list_transitions(SurveyKey::new(1))
        .await
        .unwrap()
        .iter()
        .map(|(state, _)| state.to_string())
        .collect();
    assert_eq!(states, ["scheduled", "sending", "sent", "started"]);
    drop(tx);
    db.close().await;
}

#[tokio::test]
async fn what_had_happened_before_is_in_the_journal_on_sqlite() {
    what_happened_is_converted(Engine::Sqlite).await;
}

#[tokio::test]
async fn what_had_happened_before_is_in_the_journal_on_postgres() {
    if cluster::is_missing() {
        return;
    }
    what_happened_is_converted(Engine::Postgres).await;
}

/// Two completed surveys of before the last thing that happened, of which the answers of one can still be changed, and an
/// open one.
const COMPLETED: &str = "\
    INSERT INTO persons (id) VALUES (7), (8), (9);
    INSERT INTO customers (id, customer_id, described_at) VALUES (1, 'C-1', 0);
    INSERT INTO events (id, event_id, kind, occurred_at, received_at, customer, body) VALUES
      (1, 'one', 'purchase', 0, 0, 1, '{}'), (2, 'two', 'purchase', 0, 0, 1, '{}'), (3, 'three', 'purchase', 0, 0, 1, '{}');
    INSERT INTO surveys (id, survey_id, state, person, expires_at) VALUES
      (1, 'a', 'completed', 7, 5000), (2, 'b', 'completed', 8, 9000), (3, 'c', 'started', 9, 9000);
    INSERT INTO journal (position, at, kind, survey) VALUES (1, 7000, 'started', 3);";

async fn buttons_are_known(engine: Engine) {
    let (_database, db) = filled_before(13, engine, COMPLETED).await;
    let mut tx = db.write().await.unwrap();
    assert!(!tx.is_any_button_over(Timestamp::from_millis(8999)).await.unwrap());
    let over = tx.end_changing(Timestamp::from_millis(9000), 10).await.unwrap();
    assert_eq!(over, [SurveyKey::new(2)]);
    drop(tx);
    db.close().await;
}

#[tokio::test]
async fn the_buttons_of_before_that_can_still_be_tapped_go_in_time_on_sqlite() {
    buttons_are_known(Engine::Sqlite).await;
}

#[tokio::test]
async fn the_buttons_of_before_that_can_still_be_tapped_go_in_time_on_postgres() {
    if cluster::is_missing() {
        return;
    }
    buttons_are_known(Engine::Postgres).await;
}

/// One customer whose request listens, one whose requests nobody was told of, and a stranger whose request is long over.
/// Customer 7 wrote one message, which was passed on.
const REQUESTS: &str = "\
    INSERT INTO persons (id) VALUES (7), (8), (9);
    INSERT INTO customers (id, customer_id, described_at, person) VALUES (1, 'C-7', 0, 7), (2, 'C-8', 0, 8);
    INSERT INTO messages (id, chat_id, message_id) VALUES (1, -100, 11), (2, -100, 12), (3, -100, 13);
    INSERT INTO human_requests (id, person, asked_at, listens_until, heard_at, told_at) VALUES
      (1, 9, 1000, 1801000, NULL, 1000), (2, 8, 5000000, 6800000, 5001000, NULL), (3, 8, 9000000, 10800000, NULL, NULL),
      (4, 7, 9000000, 10801000, 9001000, 9000000);
    INSERT INTO human_messages (person, message_id, request) VALUES (8, 50, 2), (7, 60, 4);
    INSERT INTO human_alerts (request, chat_id, message, created_at) VALUES (1, -100, 1, 1000), (4, -100, 2, 9000000);
    INSERT INTO copies (message, person, source) VALUES (3, 7, 60);
    UPDATE counters SET value = 200 WHERE name = 'case_number';";

async fn requests_are_cases(engine: Engine) {
    let (_database, db) = filled_before(23, engine, REQUESTS).await;
    let mut tx = db.write().await.unwrap();
    let mut told = Vec::new();
    for person in [9, 8, 7] {
        for row in tx.list_cases_of(PersonId::new(person)).await.unwrap() {
            let posts = tx.list_case_posts(row.number).await.unwrap();
            let kinds: Vec<&str> = posts.iter().map(|post| post.kind.as_str()).collect();
            let messages: Vec<String> = tx
                .list_case_message_records(row.number)
                .await
                .unwrap()
                .into_iter()
                .map(|message| message.state)
                .collect();
            let waits = tx.find_waiting_post(row.number).await.unwrap().is_some();
            let (status, severity) = (row.case.status.name().as_str(), row.case.severity.as_str());
            let key = row.key.unwrap_or_default();
            told.push(format!("{} {status} {severity} {key} {kinds:?} {messages:?} {waits}", row.number));
        }
    }
    assert_eq!(
        told,
        [
            r#"201 resolved minor  ["post"] [] false"#,
            r#"202 open normal 8:2: [] ["kept"] true"#,
            r#"203 open normal 7:1: ["post", "words"] ["delivered"] false"#,
        ]
    );
    // The next case has the next number.
    let due = tx.list_due_cases(Timestamp::from_millis(9_000_000), 10).await.unwrap();
    assert_eq!(due.len(), 2, "their deadlines are still to be computed");
    let new = NewCase {
        key: "7:1:purchase:1".to_owned(),
        person: PersonId::new(7),
        customer: None,
        event: None,
        subject: Subject::default(),
        test: false,
        stranger: false,
        category: "human".to_owned(),
        source: Source::Human,
        severity: Severity::Normal,
        deadlines: Deadlines { contact: Timestamp::from_millis(2), resolution: Timestamp::from_millis(3) },
    };
    assert_eq!(tx.insert_case(&new, Timestamp::from_millis(1)).await.unwrap().get(), 204);
    drop(tx);
    db.close().await;
}

#[tokio::test]
async fn requests_for_a_human_of_before_are_cases_on_sqlite() {
    requests_are_cases(Engine::Sqlite).await;
}

#[tokio::test]
async fn requests_for_a_human_of_before_are_cases_on_postgres() {
    if cluster::is_missing() {
        return;
    }
    requests_are_cases(Engine::Postgres).await;
}

/// Twenty customers have the tag "many", nineteen the tag "few" and each a segment of their own; a test has neither.
const TAGS: &str = "\
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20)
    INSERT INTO customers (id, customer_id, described_at) SELECT i, 'C-' || i, 0 FROM n;
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20)
    INSERT INTO events (id, event_id, kind, occurred_at, received_at, customer, tags, segments, body)
      SELECT i, 'e-' || i, 'purchase', 0, 0, i, CASE WHEN i < 20 THEN 'few|many' ELSE 'many' END, 's-' || i, '{}' FROM n;
    INSERT INTO events (id, event_id, kind, occurred_at, received_at, customer, test, tags, body)
      VALUES (21, 'test', 'purchase', 0, 0, 20, TRUE, 'few', '{}');";

async fn shared_words_are_known(engine: Engine) {
    let (database, db) = filled_before(37, engine, TAGS).await;
    let mut tx = db.read().await.unwrap();
    let mut tags = ["few|many|new".to_owned(), "s-1".to_owned()];
    tx.leave_shared_words(WordKind::Tag, tags.iter_mut().collect()).await.unwrap();
    assert_eq!(tags, ["many", ""]);
    let mut segments = ["s-1|many".to_owned()];
    tx.leave_shared_words(WordKind::Segment, segments.iter_mut().collect()).await.unwrap();
    assert_eq!(segments, [""], "a tag is no segment");
    drop(tx);
    db.close().await;
    // Whose the others are is remembered, so that the twentieth customer makes a word shared.
    let rare = "SELECT word, COUNT(*) FROM rare_words GROUP BY word HAVING COUNT(*) > 1";
    let rare: Vec<(String, i64)> = match engine {
        Engine::Sqlite => {
            let mut sql = SqliteConnection::connect(&database.url).await.unwrap();
            sqlx::query_as(rare).fetch_all(&mut sql).await.unwrap()
        }
        Engine::Postgres => {
            let mut sql = PgConnection::connect(&database.url).await.unwrap();
            sqlx::query_as(rare).fetch_all(&mut sql).await.unwrap()
        }
    };
    assert_eq!(rare, [("few".to_owned(), 19)]);
}

#[tokio::test]
async fn tags_and_segments_that_many_had_before_are_known_on_sqlite() {
    shared_words_are_known(Engine::Sqlite).await;
}

#[tokio::test]
async fn tags_and_segments_that_many_had_before_are_known_on_postgres() {
    if cluster::is_missing() {
        return;
    }
    shared_words_are_known(Engine::Postgres).await;
}

/// Two tickets with the same steps; those of the second one are stored by the program.
const STEPS: &str = "INSERT INTO customers (id, customer_id, described_at) VALUES (1, 'C-1', 0);
    INSERT INTO events (id, event_id, kind, occurred_at, received_at, customer, body) VALUES
      (1, 'a1', 'ticket_opened', 10, 0, 1, '{}'), (2, 'a2', 'ticket_opened', 20, 0, 1, '{}'),
      (3, 'a3', 'ticket_closed', 30, 0, 1, '{}'), (4, 'a4', 'ticket_reopened', 40, 0, 1, '{}'),
      (5, 'a5', 'ticket_closed', 40, 0, 1, '{}'), (6, 'a6', 'ticket_opened', 50, 0, 1, '{}'),
      (11, 'b1', 'ticket_opened', 10, 0, 1, '{}'), (12, 'b2', 'ticket_opened', 20, 0, 1, '{}'),
      (13, 'b3', 'ticket_closed', 30, 0, 1, '{}'), (14, 'b4', 'ticket_reopened', 40, 0, 1, '{}'),
      (15, 'b5', 'ticket_closed', 40, 0, 1, '{}'), (16, 'b6', 'ticket_opened', 50, 0, 1, '{}');
    INSERT INTO ticket_steps (event, ticket, step, at) VALUES (1, 7, 'opened', 10), (2, 7, 'opened', 20),
      (3, 7, 'closed', 30), (4, 7, 'reopened', 40), (5, 7, 'closed', 40), (6, 7, 'opened', 50);";

/// When a ticket was closed and reopened after a step, and opened before it; and whether it was open already.
type Related = (Option<i64>, Option<i64>, Option<i64>, bool);

async fn steps_of_tickets_are_related(engine: Engine) {
    let (database, db) = filled_before(40, engine, STEPS).await;
    let expected: [Related; 6] = [
        (Some(30), None, None, false),
        (Some(30), None, Some(10), true),
        (None, Some(40), None, false),
        (Some(40), None, None, false),
        (None, None, None, false),
        (None, None, Some(20), false),
    ];
    let related = async || -> Vec<Related> {
        database
            .rows("SELECT closed_at, reopened_at, opened_before, was_open FROM ticket_steps ORDER BY event")
            .await
    };
    assert_eq!(related().await, expected);
    let mut tx = db.write().await.unwrap();
    let steps = [(16, Step::Opened, 50), (12, Step::Opened, 20), (15, Step::Closed, 40)];
    let later = [(11, Step::Opened, 10), (13, Step::Closed, 30), (14, Step::Reopened, 40)];
    // They come in any order.
    for some in [steps, later] {
        let some = some.map(|(event, step, at)| TicketStep {
            event: EventKey::new(event),
            ticket: 8,
            step,
            at: Timestamp::from_millis(at),
        });
        tx.insert_ticket_steps(&some).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(related().await, [expected, expected].concat());
    db.close().await;
}

#[tokio::test]
async fn steps_of_tickets_of_before_have_when_they_were_closed_on_sqlite() {
    steps_of_tickets_are_related(Engine::Sqlite).await;
}

#[tokio::test]
async fn steps_of_tickets_of_before_have_when_they_were_closed_on_postgres() {
    if cluster::is_missing() {
        return;
    }
    steps_of_tickets_are_related(Engine::Postgres).await;
}
