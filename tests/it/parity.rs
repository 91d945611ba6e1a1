//! Both engines have the same schema: what runs on one of them runs on the other.

use std::collections::BTreeSet;

use sqlx::{Connection as _, PgConnection, SqliteConnection};

use crate::cluster::{self, Engine, TestDatabase};

/// SQLite has no use for them: a file has one writer and one `serve`.
const ONLY_POSTGRES: [&str; 2] = ["lease", "write_turn"];
/// On PostgreSQL each check would lock a row of what is referred to.
const ONLY_SQLITE: [&str; 2] = ["journal.survey surveys.id", "journal.answer answers.id"];

/// Every column as a line: table, column, kind, whether it may be NULL, default.
const SQLITE_COLUMNS: &str = "SELECT m.name || '.' || c.name || ' ' || c.type || \
     CASE WHEN c.\"notnull\" = 1 OR c.pk > 0 THEN ' NOT NULL' ELSE '' END || \
     COALESCE(' DEFAULT ' || c.dflt_value, '') \
     FROM sqlite_master m JOIN pragma_table_info(m.name) c \
     WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE '_sqlx%'";
const POSTGRES_COLUMNS: &str = "SELECT table_name || '.' || column_name || ' ' || \
     CASE data_type WHEN 'bigint' THEN 'INTEGER' WHEN 'boolean' THEN 'INTEGER' WHEN 'text' THEN 'TEXT' WHEN 'bytea' THEN 'BLOB' \
     ELSE data_type END || CASE is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END || \
     COALESCE(' DEFAULT ' || CASE column_default WHEN 'false' THEN '0' WHEN 'true' THEN '1' \
     ELSE replace(column_default, '::text', '') END, '') \
     FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%'";

/// Every index as a line: table, columns, whether unique, its predicate. Primary keys of one column are left out: SQLite
/// has them without an index.
const SQLITE_INDEXES: &str = "SELECT m.name || ' (' || \
     (SELECT group_concat(i.name, ', ') FROM (SELECT name FROM pragma_index_info(l.name) ORDER BY seqno) i) || ')' || \
     CASE l.\"unique\" WHEN 1 THEN ' UNIQUE' ELSE '' END || CASE l.partial WHEN 1 THEN \
     (SELECT substr(d.sql, instr(d.sql, ' WHERE ')) FROM \
      (SELECT replace(sql, char(10), ' ') sql FROM sqlite_master s WHERE s.name = l.name) d) ELSE '' END \
     FROM sqlite_master m JOIN pragma_index_list(m.name) l \
     WHERE m.type = 'table' AND m.name NOT LIKE '_sqlx%' AND NOT (l.origin = 'pk' AND \
     (SELECT COUNT(*) FROM pragma_index_info(l.name)) = 1)";
const POSTGRES_INDEXES: &str = "SELECT t.relname || ' (' || \
     (SELECT string_agg(a.attname, ', ' ORDER BY k.place) FROM unnest(i.indkey) WITH ORDINALITY k (number, place) \
      JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number) || ')' || \
     CASE WHEN i.indisunique THEN ' UNIQUE' ELSE '' END || COALESCE(' WHERE ' || pg_get_expr(i.indpred, t.oid), '') \
     FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace \
     WHERE n.nspname = 'public' AND t.relname NOT LIKE '\\_sqlx%' AND NOT (i.indisprimary AND i.indnatts = 1)";

/// Every foreign key as a line: table, column, what it refers to, and what becomes of it when that goes.
const SQLITE_REFERENCES: &str = "SELECT m.name || '.' || f.\"from\" || ' ' || f.\"table\" || '.' || f.\"to\" || ' ' || f.on_delete \
     FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'";
const POSTGRES_REFERENCES: &str = "SELECT t.relname || '.' || a.attname || ' ' || r.relname || '.' || b.attname || ' ' || \
     CASE c.confdeltype WHEN 'a' THEN 'NO ACTION' ELSE c.confdeltype::text END \
     FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class r ON r.oid = c.confrelid \
     JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = c.conkey[1] \
     JOIN pg_attribute b ON b.attrelid = r.oid AND b.attnum = c.confkey[1] WHERE c.contype = 'f'";

/// Every table with its definition, and every check with its own.
const SQLITE_TABLES: &str =
    "SELECT name || ' ' || sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '_sqlx%'";
const POSTGRES_CHECKS: &str = "SELECT t.relname || ' ' || pg_get_constraintdef(c.oid) \
     FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid \
     JOIN pg_namespace n ON n.oid = t.relnamespace WHERE c.contype = 'c' AND n.nspname = 'public'";

/// An expression as both engines can write it: without casts, parentheses and the engine's own words for a list.
fn plain(expression: &str) -> String {
    let mut plain =
        expression.replace("::text", "").replace("= ANY (ARRAY[", "IN (").replace("= ANY ((ARRAY[", "IN (");
    plain.retain(|letter| !"()[]".contains(letter));
    plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    plain
        .replace("= false", "= 0")
        .replace("= FALSE", "= 0")
        .replace("= true", "= 1")
        .replace("= TRUE", "= 1")
}

/// The checks of a table's definition, each behind the table's name.
fn checks(table: &str) -> Vec<String> {
    let (name, definition) = table.split_once(' ').unwrap();
    let uncommented: Vec<&str> =
        definition.lines().map(|line| line.split_once("--").map_or(line, |(code, _)| code)).collect();
    let uncommented = uncommented.join(" ");
    let checks = uncommented.split("CHECK (").skip(1);
    let inside = |rest: &str| {
        let mut open = 1;
        let end = rest.find(|letter| {
            open += i32::from(letter == '(') - i32::from(letter == ')');
            open == 0
        });
        format!("{name} CHECK {}", &rest[..end.unwrap()])
    };
    checks.map(inside).collect()
}

#[tokio::test]
async fn the_schemas_of_both_engines_are_the_same() {
    if cluster::is_missing() {
        return;
    }
    let sqlite = TestDatabase::migrated(Engine::Sqlite).await;
    let postgres = TestDatabase::migrated(Engine::Postgres).await;
    let mut ours = SqliteConnection::connect(&sqlite.url).await.unwrap();
    let mut theirs = PgConnection::connect(&postgres.url).await.unwrap();
    for (on_sqlite, on_postgres, at_least) in [
        (SQLITE_COLUMNS, POSTGRES_COLUMNS, 200),
        (SQLITE_INDEXES, POSTGRES_INDEXES, 60),
        (SQLITE_REFERENCES, POSTGRES_REFERENCES, 30),
        (SQLITE_TABLES, POSTGRES_CHECKS, 10),
    ] {
        let mut a: Vec<String> = sqlx::query_scalar(on_sqlite).fetch_all(&mut ours).await.unwrap();
        let b: Vec<String> = sqlx::query_scalar(on_postgres).fetch_all(&mut theirs).await.unwrap();
        if on_sqlite == SQLITE_TABLES {
            a = a.iter().flat_map(|table| checks(table)).collect();
        }
        let a = a.iter().filter(|line| !ONLY_SQLITE.iter().any(|reference| line.starts_with(reference)));
        let a: BTreeSet<String> = a.map(|line| plain(line)).collect();
        let b = b.into_iter().filter(|line| !ONLY_POSTGRES.iter().any(|table| line.starts_with(table)));
        let b: BTreeSet<String> = b.map(|line| plain(&line)).collect();
        assert!(a.len() >= at_least, "{a:?}");
        let only = |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).cloned().collect::<Vec<_>>();
        assert_eq!((only(&a, &b), only(&b, &a)), (vec![], vec![]), "only on SQLite, only on PostgreSQL");
    }
}
