//! Both engines have the same schema: what runs on one of them runs on the other.

use std::collections::BTreeSet;

use sqlx::{Connection as _, PgConnection, SqliteConnection};

use crate::cluster::{self, Engine, TestDatabase};

/// SQLite has no use for them: a file has one writer and one `serve`.
const ONLY_POSTGRES: [&str; 2] = ["lease", "write_turn"];

/// Every column as a line: table, column, kind, whether it may be NULL, default.
const SQLITE_COLUMNS: &str = "SELECT m.name || '.' || c.name || ' ' || c.type || \
     CASE WHEN c.\"notnull\" = 1 OR c.pk > 0 THEN ' NOT NULL' ELSE '' END || \
     COALESCE(' DEFAULT ' || c.dflt_value, '') \
     FROM sqlite_master m JOIN pragma_table_info(m.name) c \
     WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE '_sqlx%'";
const POSTGRES_COLUMNS: &str = "SELECT table_name || '.' || column_name || ' ' || \
     CASE data_type WHEN 'bigint' THEN 'INTEGER' WHEN 'boolean' THEN 'INTEGER' WHEN 'text' THEN 'TEXT' \
     ELSE data_type END || CASE is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END || \
     COALESCE(' DEFAULT ' || CASE column_default WHEN 'false' THEN '0' WHEN 'true' THEN '1' \
     ELSE replace(column_default, '::text', '') END, '') \
     FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%'";

/// Every index as a line: table, columns, whether unique, whether partial. Primary keys of one column are left out:
/// SQLite has them without an index.
const SQLITE_INDEXES: &str = "SELECT m.name || ' (' || \
     (SELECT group_concat(i.name, ', ') FROM (SELECT name FROM pragma_index_info(l.name) ORDER BY seqno) i) || ')' || \
     CASE l.\"unique\" WHEN 1 THEN ' UNIQUE' ELSE '' END || CASE l.partial WHEN 1 THEN ' PARTIAL' ELSE '' END \
     FROM sqlite_master m JOIN pragma_index_list(m.name) l \
     WHERE m.type = 'table' AND m.name NOT LIKE '_sqlx%' AND NOT (l.origin = 'pk' AND \
     (SELECT COUNT(*) FROM pragma_index_info(l.name)) = 1)";
const POSTGRES_INDEXES: &str = "SELECT t.relname || ' (' || \
     (SELECT string_agg(a.attname, ', ' ORDER BY k.place) FROM unnest(i.indkey) WITH ORDINALITY k (number, place) \
      JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number) || ')' || \
     CASE WHEN i.indisunique THEN ' UNIQUE' ELSE '' END || CASE WHEN i.indpred IS NOT NULL THEN ' PARTIAL' ELSE '' END \
     FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace \
     WHERE n.nspname = 'public' AND t.relname NOT LIKE '\\_sqlx%' AND NOT (i.indisprimary AND i.indnatts = 1)";

#[tokio::test]
async fn the_schemas_of_both_engines_are_the_same() {
    if cluster::is_missing() {
        return;
    }
    let sqlite = TestDatabase::migrated(Engine::Sqlite).await;
    let postgres = TestDatabase::migrated(Engine::Postgres).await;
    let mut ours = SqliteConnection::connect(&sqlite.url).await.unwrap();
    let mut theirs = PgConnection::connect(&postgres.url).await.unwrap();
    for (on_sqlite, on_postgres) in [(SQLITE_COLUMNS, POSTGRES_COLUMNS), (SQLITE_INDEXES, POSTGRES_INDEXES)] {
        let a: Vec<String> = sqlx::query_scalar(on_sqlite).fetch_all(&mut ours).await.unwrap();
        let b: Vec<String> = sqlx::query_scalar(on_postgres).fetch_all(&mut theirs).await.unwrap();
        let a: BTreeSet<String> = a.into_iter().collect();
        let b: BTreeSet<String> =
            b.into_iter().filter(|line| !ONLY_POSTGRES.iter().any(|table| line.starts_with(table))).collect();
        assert!(a.len() > 20, "{a:?}");
        let only = |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).cloned().collect::<Vec<_>>();
        assert_eq!((only(&a, &b), only(&b, &a)), (vec![], vec![]), "only on SQLite, only on PostgreSQL");
    }
}
