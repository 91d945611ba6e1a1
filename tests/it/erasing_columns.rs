//! Every column has a stated fate, and an erased customer leaves in each of them just that.

use std::collections::{BTreeMap, BTreeSet};

use afterword::store::erasing::columns::{Fate, TABLES};
use afterword::store::segments::counted;
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};

use crate::harness::{Story, minutes};
use crate::stories::erasing::told_all;

const DAY: i64 = 86_400_000;
const MOSCOW: i64 = 3 * 3_600_000;

async fn beside(story: &Story) -> SqliteConnection {
    let file = story.running.db.file().unwrap();
    SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap()
}

#[tokio::test]
async fn whoever_adds_a_column_says_what_becomes_of_it() {
    let story = Story::new().await;
    let mut sql = beside(&story).await;
    let columns: Vec<(String, String)> = sqlx::query_as(
        "SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c \
         WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name <> '_sqlx_migrations'",
    )
    .fetch_all(&mut sql)
    .await
    .unwrap();
    let there: BTreeSet<(&str, &str)> =
        columns.iter().map(|(table, column)| (table.as_str(), column.as_str())).collect();
    let stated: BTreeSet<(&str, &str)> = TABLES
        .iter()
        .flat_map(|(table, columns)| columns.iter().map(|(column, _)| (*table, *column)))
        .collect();
    let unstated: Vec<_> = there.difference(&stated).collect();
    assert!(unstated.is_empty(), "src/store/erasing/columns.rs says nothing of {unstated:?}");
    let gone: Vec<_> = stated.difference(&there).collect();
    assert!(gone.is_empty(), "src/store/erasing/columns.rs speaks of {gone:?}");
    story.end().await;
}

#[tokio::test]
async fn whoever_adds_a_column_says_how_the_figures_learn_that_it_changed() {
    let story = Story::new().await;
    let mut sql = beside(&story).await;
    for (table, columns) in counted::TABLES {
        let query = sqlx::query_scalar("SELECT name FROM pragma_table_info(?)").bind(table);
        let there: BTreeSet<String> = query.fetch_all(&mut sql).await.unwrap().into_iter().collect();
        let stated: BTreeSet<String> = columns.iter().map(|(column, _)| (*column).to_owned()).collect();
        assert_eq!(there, stated, "of {table}, src/store/segments/counted.rs states other columns");
    }
    story.end().await;
}

#[tokio::test]
async fn an_erased_customer_leaves_in_every_column_what_is_stated() {
    let story = Story::new().await;
    told_all(&story).await;
    let filled = wrong(&story).await;
    story.delete("/v1/customers/C-unmistakable-42").await;
    story.advance(minutes(3)).await;
    let mut left = wrong(&story).await;
    left.retain(|_, values| !values.is_empty());
    assert!(left.is_empty(), "{left:?}");
    // Of what the story left empty nothing would have been tried.
    for tried in [
        "persons.first_name",
        "persons.phone",
        "persons.phone_consent_at",
        "customers.phone",
        "cases.person",
        "case_messages.message_id",
        "case_messages.text",
        "persons.last_sent_at",
        "customers.name",
        "customers.linked_at",
        "links.token",
        "events.event_id",
        "events.subject_id",
        "events.tags",
        "events.segments",
        "rare_words.word",
        "events.body",
        "surveys.person",
        "surveys.sent_at",
        "journal.at",
        "journal.person",
        "answers.words",
        "answers.stored_at",
        "former_words.text",
        "comment_messages.text",
        "comment_messages.file_id",
        "case_posts.created_at",
        "copies.person",
        "dead_updates.raw",
    ] {
        assert!(!filled[tried].is_empty(), "the story has nothing in {tried}");
    }
    story.end().await;
}

/// The values in each column that are not to be there once everybody is erased.
async fn wrong(story: &Story) -> BTreeMap<String, Vec<String>> {
    let mut sql = beside(story).await;
    let nobody: Option<i64> = sqlx::query_scalar("SELECT id FROM customers WHERE customer_id = ''")
        .fetch_optional(&mut sql)
        .await
        .unwrap();
    let mut found = BTreeMap::new();
    for (table, columns) in TABLES {
        for (column, fate) in *columns {
            let is_left = match fate {
                Fate::Stays | Fate::Redrawn => continue,
                Fate::Goes => "NOT IN ('', '{}', 0)".to_owned(),
                // Of what the story says nothing is shared.
                Fate::Shared => "<> ''".to_owned(),
                Fate::Day => format!("% {DAY} <> {}", DAY - MOSCOW),
                Fate::Hash => "NOT LIKE 'erased:%'".to_owned(),
                Fate::Nobody => format!("<> {}", nobody.unwrap_or_default()),
            };
            let text = format!("SELECT CAST({column} AS TEXT) FROM {table} WHERE {column} {is_left}");
            let values: Vec<String> =
                sqlx::query_scalar(AssertSqlSafe(text)).fetch_all(&mut sql).await.unwrap();
            found.insert(format!("{table}.{column}"), values);
        }
    }
    found
}
