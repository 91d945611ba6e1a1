//! Who may talk to Telegram: the lease between programs on one PostgreSQL database, without waiting for any clock.

use afterword::store::{Db, Error, Lease, Term};
use sqlx::{Connection as _, PgConnection};

use crate::cluster::{self, Engine, TestDatabase};

async fn take(db: &Db, name: &str) -> Term {
    match db.take_lease(name).await.unwrap() {
        Lease::Taken(term) => term,
        Lease::Held { by } => panic!("held by {by}"),
    }
}

async fn holder(db: &Db) -> String {
    match db.take_lease("somebody else").await.unwrap() {
        Lease::Taken(_) => panic!("the lease was free"),
        Lease::Held { by } => by,
    }
}

/// As if so much time had passed since the lease was renewed.
async fn pass(database: &TestDatabase, seconds: i64) {
    let mut connection = PgConnection::connect(&database.url).await.unwrap();
    let earlier = sqlx::query("UPDATE lease SET expires_at = expires_at - $1").bind(seconds * 1000);
    earlier.execute(&mut connection).await.unwrap();
}

/// The lease of a database that two programs have opened.
async fn two() -> Option<(TestDatabase, Db, Db)> {
    if cluster::is_missing() {
        return None;
    }
    let database = TestDatabase::migrated(Engine::Postgres).await;
    let (first, second) = (database.open().await, database.open().await);
    Some((database, first, second))
}

#[tokio::test]
async fn while_one_program_holds_the_lease_another_is_told_by_whom() {
    let Some((_database, first, second)) = two().await else { return };
    let term = take(&first, "the first").await;
    assert_eq!(holder(&second).await, "the first");
    assert_eq!(holder(&first).await, "the first");
    assert!(first.renew_lease(&term).await.unwrap());
    assert!(term.holds() && first.during(&term).may_act());
}

#[tokio::test]
async fn a_lease_that_nobody_renews_runs_out_and_its_holder_changes_nothing_any_more() {
    let Some((database, first, second)) = two().await else { return };
    let old = take(&first, "the first").await;
    pass(&database, i64::try_from(Term::LASTS.as_secs()).unwrap() - 2).await;
    assert_eq!(holder(&second).await, "the first", "too early");
    assert!(first.renew_lease(&old).await.unwrap());
    pass(&database, i64::try_from(Term::LASTS.as_secs()).unwrap() + 1).await;
    let new = take(&second, "the second").await;

    let late = first.during(&old).write().await;
    assert!(matches!(&late, Err(error @ Error::TakenOver) if error.is_transient()), "{late:?}");
    second.during(&new).write().await.unwrap();
    // What is not about Telegram everybody may write at any time.
    first.write().await.unwrap();

    assert!(!first.renew_lease(&old).await.unwrap());
    assert!(!old.holds() && !first.during(&old).may_act());
    first.release_lease(&old).await.unwrap();
    assert_eq!(holder(&first).await, "the second", "the late one has taken nothing away");
    assert!(second.renew_lease(&new).await.unwrap());
}

#[tokio::test]
async fn a_lease_that_is_given_up_is_free_at_once() {
    let Some((_database, first, second)) = two().await else { return };
    let old = take(&first, "the first").await;
    first.release_lease(&old).await.unwrap();
    assert!(!old.holds());
    let new = take(&second, "the second").await;
    assert!(new.holds());
    assert!(matches!(first.during(&old).write().await, Err(Error::TakenOver)));
}

#[tokio::test]
async fn transactions_that_write_are_one_after_the_other_over_all_programs() {
    let Some((database, first, second)) = two().await else { return };
    let mut other = PgConnection::connect(&database.url).await.unwrap();
    let term = take(&second, "the second").await;
    let tx = first.write().await.unwrap();
    let busy = sqlx::query("SELECT epoch FROM write_turn FOR UPDATE NOWAIT").execute(&mut other).await;
    assert_eq!(busy.unwrap_err().as_database_error().unwrap().code().as_deref(), Some("55P03"));
    // Reading waits for nobody, nor does whoever holds the lease.
    second.read().await.unwrap();
    assert!(second.renew_lease(&term).await.unwrap());
    drop(tx);
    second.write().await.unwrap();
}

#[tokio::test]
async fn of_many_that_ask_for_a_free_lease_at_once_one_gets_it() {
    let Some((database, ..)) = two().await else { return };
    let programs = futures_util::future::join_all((0..8).map(|_| database.open())).await;
    for _ in 0..10 {
        let asked = programs.iter().map(|db| db.take_lease("one of many"));
        let answers = futures_util::future::join_all(asked).await;
        let taken = answers.into_iter().filter(|lease| matches!(lease, Ok(Lease::Taken(_)))).count();
        assert_eq!(taken, 1);
        pass(&database, 60).await;
    }
}

#[tokio::test]
async fn a_file_has_one_serve_whose_term_does_not_end() {
    let database = TestDatabase::migrated(Engine::Sqlite).await;
    let db = database.open().await;
    let term = take(&db, "the only one").await;
    assert!(term.holds() && db.renew_lease(&term).await.unwrap() && term.holds_until().is_none());
    db.during(&term).write().await.unwrap();
    db.release_lease(&term).await.unwrap();
    take(&db, "the next one").await;
}
