//! A PostgreSQL server that is restarted, allows no writing, or has no free connection; and a program that was frozen
//! while another one took over.

use std::path::Path;

use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;

use super::{Place, Serve, purchase, within};
use crate::cluster::{self, CARELESS, Engine, Server, TestDatabase};
use crate::untried;

/// Starts the program, and returns it with a customer who has been asked.
async fn asked(place: &Place) -> (Serve, i64) {
    let serve = place.serve().await;
    let anna = serve.customer(&place.world, "C-1").await;
    serve.event(&purchase("1001", "C-1")).await;
    serve.reaches("1001", "sent").await;
    (serve, anna)
}

/// Checks that nothing is accepted or confirmed while the database is in trouble, and that everything continues by
/// itself afterwards.
async fn live_through(
    place: &Place,
    serve: &Serve,
    anna: i64,
    why: &str,
    reads: bool,
    mend: impl AsyncFnOnce(),
) {
    let tap = place.world.tap_last(anna, "2").unwrap();
    serve.is_red(why).await;
    let refused = serve.post(&purchase("1002", "C-2")).await;
    assert_eq!((refused.status, refused.retry_after), (503, true), "{}", refused.body);
    assert!(!place.world.all_confirmed(), "the tap stays at Telegram");
    assert!(place.world.answer(&tap).is_none());
    assert_eq!(serve.get("/healthz").await.status, 200);
    if reads {
        serve.reaches("1001", "sent").await;
    } else {
        let read = serve.get("/v1/events/1001").await;
        assert_eq!((read.status, read.retry_after), (503, true), "{}", read.body);
    }

    mend().await;
    within("the tap's answer", place.world.answered(&tap)).await;
    serve.reaches("1001", "started").await;
    super::until("a taken event", async || {
        (serve.post(&purchase("1002", "C-2")).await.status == 202).then_some(())
    })
    .await;
    serve.is_green().await;
}

/// Checks the end: the tap counts once.
async fn end(place: &Place, serve: Serve) {
    serve.stop().await;
    assert_eq!(place.answers().await, ["1001 overall csi 2"]);
    assert_eq!(place.world.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_restarted_server_loses_nothing() {
    if cluster::is_missing() {
        return;
    }
    let Some(server) = Server::start(CARELESS) else {
        // A server of somebody else's cannot be restarted.
        untried::pass_over("a PostgreSQL server of their own (apt-get install postgresql)");
        return;
    };
    let mut place = Place::new().await;
    place.set("DATABASE_URL", &server.admin);
    let (serve, anna) = asked(&place).await;
    server.stop();
    place.write("events.jsonl", "");
    for command in [&["import", "events.jsonl"][..], &["serve"], &["export", "answers"]] {
        place.run(command).await.refused(&["cannot open the PostgreSQL database postgres on /tmp/"]);
    }
    live_through(&place, &serve, anna, "the connection fails", false, async || server.start_again()).await;
    // Connections that were idle while the server was away are broken, and nobody notices.
    server.stop();
    server.start_again();
    serve.is_green().await;
    end(&place, serve).await;
}

/// What stands between the program and its server, as a network does: connections through it can die without a word.
struct Network {
    folder: tempfile::TempDir,
    /// How often all connections have died so far.
    deaths: watch::Sender<u64>,
}

impl Network {
    #[expect(clippy::disallowed_methods, reason = "what stands outside the program")]
    fn before(server: &Server) -> Self {
        const SOCKET: &str = ".s.PGSQL.5432";
        let folder = tempfile::tempdir_in("/tmp").unwrap();
        let listener = UnixListener::bind(folder.path().join(SOCKET)).unwrap();
        let network = Self { folder, deaths: watch::Sender::new(0) };
        let (deaths, target) = (network.deaths.clone(), Path::new(&server.folder()).join(SOCKET));
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let (mut death, target) = (deaths.subscribe(), target.clone());
                tokio::spawn(async move {
                    let mut far = UnixStream::connect(target).await.unwrap();
                    death.borrow_and_update();
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                        _ = death.changed() => {
                            // Neither side hears anything any more, nor that it is over.
                            std::future::pending::<()>().await;
                        }
                    }
                });
            }
        });
        network
    }

    fn url(&self) -> String {
        format!(
            "postgres://afterword@{}/postgres",
            self.folder.path().display().to_string().replace('/', "%2F")
        )
    }

    fn dies(&self) {
        self.deaths.send_modify(|deaths| *deaths += 1);
    }
}

#[tokio::test]
async fn connections_that_die_without_a_word_are_given_up_and_nothing_is_lost() {
    if cluster::is_missing() {
        return;
    }
    let Some(server) = Server::start(CARELESS) else {
        untried::pass_over("a PostgreSQL server of their own (apt-get install postgresql)");
        return;
    };
    let network = Network::before(&server);
    let mut place = Place::new().await;
    place.set("DATABASE_URL", &network.url());
    let (serve, anna) = asked(&place).await;
    for round in 1..=2 {
        network.dies();
        let order = format!("100{}", 1 + round);
        super::until("a taken event", async || {
            let status = serve.post(&purchase(&order, "C-2")).await.status;
            assert!([200, 202, 503].contains(&status), "{status}");
            (status < 300).then_some(())
        })
        .await;
        serve.is_green().await;
    }
    let tap = place.world.tap_last(anna, "2").unwrap();
    within("the tap's answer", place.world.answered(&tap)).await;
    serve.reaches("1001", "started").await;
    network.dies();
    end(&place, serve).await;
}

async fn of_an_ordinary_user() -> Option<(TestDatabase, Place)> {
    if cluster::is_missing() {
        return None;
    }
    let database = TestDatabase::empty(Engine::Postgres).await;
    let mut place = Place::new().await;
    place.set("DATABASE_URL", &database.of_an_ordinary_user().await);
    Some((database, place))
}

#[tokio::test]
async fn a_read_only_server_loses_nothing_and_lets_read() {
    let Some((database, place)) = of_an_ordinary_user().await else { return };
    let (serve, anna) = asked(&place).await;
    database.administer("ALTER DATABASE {name} SET default_transaction_read_only = on").await;
    database.disconnect().await;
    let mend = async || {
        database.administer("ALTER DATABASE {name} RESET default_transaction_read_only").await;
        database.disconnect().await;
    };
    live_through(&place, &serve, anna, "it is read-only", true, mend).await;
    end(&place, serve).await;
}

#[tokio::test]
async fn a_server_without_a_connection_to_spare_loses_nothing() {
    let Some((database, place)) = of_an_ordinary_user().await else { return };
    let (serve, anna) = asked(&place).await;
    database.administer("ALTER DATABASE {name} CONNECTION LIMIT 0").await;
    database.disconnect().await;
    place.write("events.jsonl", "");
    place.run(&["import", "events.jsonl"]).await.refused(&["too many connections"]);
    let mend = async || database.administer("ALTER DATABASE {name} CONNECTION LIMIT -1").await;
    live_through(&place, &serve, anna, "no connection to spare", false, mend).await;
    end(&place, serve).await;
}

#[tokio::test]
async fn what_is_wrong_with_the_address_is_said_without_the_password() {
    if cluster::is_missing() {
        return;
    }
    let database = TestDatabase::empty(Engine::Postgres).await;
    let mut place = Place::new().await;
    let elsewhere = database.url.replace("afterword_test_", "no_such_");
    let elsewhere = elsewhere.replace("afterword@", "afterword:open-sesame@");
    for (url, said) in [
        (elsewhere.as_str(), "does not exist"),
        ("postgres://afterword:open-sesame@127.0.0.1:1/shop", "shop on 127.0.0.1:1"),
        ("postgres://afterword:open-sesame@127.0.0.1:port/shop", "DATABASE_URL"),
    ] {
        place.set("DATABASE_URL", url);
        for command in [&["serve"][..], &["migrate"], &["export", "answers"]] {
            let ran = place.run(command).await;
            ran.refused(&[said]);
            assert!(!ran.err.contains("open-sesame"), "{ran:?}");
        }
        let check = place.run(&["check"]).await;
        assert!(check.code > 0 && !format!("{check:?}").contains("open-sesame"), "{check:?}");
    }
    let narrow = TestDatabase::empty(Engine::Postgres).await;
    narrow.administer("DROP DATABASE {name}").await;
    narrow
        .administer("CREATE DATABASE {name} ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
        .await;
    place.set("DATABASE_URL", &narrow.url);
    place.run(&["migrate"]).await.refused(&["encoded in LATIN1", "ENCODING 'UTF8'"]);
    // Commands that only read or add do not create the tables of a database without them.
    place.set("DATABASE_URL", &database.url);
    place.run(&["export", "answers"]).await.refused(&["afterword migrate"]);
}

#[tokio::test]
async fn a_program_that_was_frozen_while_another_went_on_changes_nothing() {
    let Some((_database, place)) = of_an_ordinary_user().await else { return };
    let (frozen, anna) = asked(&place).await;
    let heir = place.serve().await;
    frozen.signal("STOP").await;
    let tap = place.world.tap_last(anna, "2").unwrap();
    within("the tap's answer", place.world.answered(&tap)).await;
    heir.reaches("1001", "started").await;

    frozen.signal("CONT").await;
    super::until("a word of who talks to Telegram", async || {
        let ready = frozen.get("/readyz").await;
        ready.body.to_string().contains("another program on this database talks to Telegram").then_some(())
    })
    .await;
    frozen.event(&purchase("1002", "C-1")).await;
    heir.reaches("1001", "started").await;
    assert_eq!(place.world.sent_count(anna), 2, "greeted and asked, each once");
    frozen.stop().await;
    heir.is_green().await;
    end(&place, heir).await;
}
