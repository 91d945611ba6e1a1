//! A PostgreSQL user who lacks a right: the statement in the error can be run as it is.

use sqlx::{Connection as _, PgConnection};

use super::{Place, Ran, purchase};
use crate::cluster::{self, Engine, TestDatabase};

/// A database owned by somebody else, and the program as a user whose only right there is to connect.
async fn foreign(database: TestDatabase) -> (TestDatabase, Place) {
    let mut place = Place::new().await;
    place.set("DATABASE_URL", &database.of_a_stranger().await);
    (database, place)
}

/// Runs, as the administrator, the statement that an error names between backticks.
async fn obey(database: &TestDatabase, ran: &Ran) -> String {
    let statement = ran.err.split('`').nth(1).unwrap_or_else(|| panic!("nothing to run: {ran:?}"));
    let mut connection = PgConnection::connect(&database.url).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    statement.to_owned()
}

#[tokio::test]
async fn the_grant_that_lets_tables_be_made_is_named() {
    if cluster::is_missing() {
        return;
    }
    let (database, place) = foreign(TestDatabase::empty(Engine::Postgres).await).await;
    database.run("REVOKE CREATE ON SCHEMA public FROM PUBLIC").await;
    for command in ["serve", "migrate"] {
        place.run(&[command]).await.refused(&["GRANT CREATE ON SCHEMA public TO", "afterword_test_"]);
    }
    obey(&database, &place.run(&["migrate"]).await).await;
    assert_eq!(place.run(&["migrate"]).await.code, 0);
    place.serve().await.stop().await;

    database.run("REVOKE USAGE ON SCHEMA public FROM PUBLIC").await;
    let refused = place.run(&["migrate"]).await;
    refused.refused(&["may use no schema", "GRANT USAGE, CREATE ON SCHEMA public TO"]);
    obey(&database, &refused).await;
    assert_eq!(place.run(&["migrate"]).await.code, 0);
}

#[tokio::test]
async fn the_grant_on_tables_that_were_restored_by_another_owner_is_named() {
    if cluster::is_missing() {
        return;
    }
    let (database, place) = foreign(TestDatabase::migrated(Engine::Postgres).await).await;
    for command in [&["serve"][..], &["migrate"], &["export", "answers"]] {
        place
            .run(command)
            .await
            .refused(&["GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO"]);
    }
    let check = place.run(&["check"]).await;
    assert!(check.code > 0 && check.out.contains("GRANT SELECT, INSERT"), "{check:?}");
    obey(&database, &place.run(&["serve"]).await).await;
    let serve = place.serve().await;
    serve.event(&purchase("1001", "C-1")).await;
    serve.stop().await;

    // One right on one table.
    database.run("REVOKE DELETE ON outbox FROM PUBLIC, {name}").await;
    place.run(&["serve"]).await.refused(&["GRANT DELETE ON public.outbox TO"]);
    obey(&database, &place.run(&["serve"]).await).await;
    place.serve().await.stop().await;

    // The next version changes tables, which only their owner may do.
    database
        .run("DELETE FROM _sqlx_migrations WHERE version = (SELECT MAX(version) FROM _sqlx_migrations)")
        .await;
    place.run(&["migrate"]).await.refused(&["only their owner may bring them up to date", "OWNER TO"]);
}

#[tokio::test]
async fn the_grant_that_lets_a_user_connect_is_named() {
    if cluster::is_missing() {
        return;
    }
    let (database, place) = foreign(TestDatabase::migrated(Engine::Postgres).await).await;
    database.administer("REVOKE CONNECT ON DATABASE {name} FROM PUBLIC").await;
    let refused = place.run(&["serve"]).await;
    refused.refused(&["GRANT CONNECT ON DATABASE"]);
    obey(&database, &refused).await;
    place.run(&["serve"]).await.refused(&["GRANT SELECT"]);
}

#[tokio::test]
async fn a_right_that_is_taken_away_at_work_is_named_and_nothing_is_lost() {
    if cluster::is_missing() {
        return;
    }
    let (database, place) = foreign(TestDatabase::migrated(Engine::Postgres).await).await;
    database.run("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}").await;
    let serve = place.serve().await;
    database.run("REVOKE INSERT ON events FROM {name}").await;
    let refused = serve.post(&purchase("1001", "C-1")).await;
    assert_eq!((refused.status, refused.retry_after), (503, true), "{}", refused.body);
    let check = place.run(&["check"]).await;
    assert!(check.out.contains("GRANT INSERT ON public.events TO"), "{check:?}");
    database.run("GRANT INSERT ON events TO {name}").await;
    serve.event(&purchase("1001", "C-1")).await;
    serve.stop().await;
}
