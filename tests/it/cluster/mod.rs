//! A PostgreSQL server for the time of a test run, and a database of its own for every test.
//!
//! `TEST_DATABASE_URL` names a server to use instead; its user must be allowed to create databases. Where there is no
//! PostgreSQL the tests on it are passed over; see `untried`.

mod pooler;
mod server;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use afterword::store::Db;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection as _, FromRow, PgConnection, SqliteConnection};
use tempfile::TempDir;

pub use pooler::Pooler;
pub use server::{CARELESS, Server};

use crate::{statements, untried};

const MISSING: &str = "PostgreSQL (apt-get install postgresql)";

/// What a test keeps its data in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// An empty or migrated database of one test's own; gone with it.
#[derive(Debug)]
pub struct TestDatabase {
    pub url: String,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    File { _folder: TempDir },
    Server { name: String },
}

/// A server that databases can be made on.
struct Cluster {
    /// Of the database that one connects to in order to make others.
    admin: String,
    /// A migrated database to copy, where the server is ours.
    template: Option<&'static str>,
    /// Ends when this process does.
    _server: Option<Server>,
}

#[expect(clippy::disallowed_methods, reason = "the environment of the tests, not of the program")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The same address with another database.
fn with_database(url: &str, name: &str) -> String {
    let mut url = reqwest::Url::parse(url).unwrap();
    url.set_path(name);
    url.to_string()
}

fn start() -> Option<Cluster> {
    if let Some(admin) = variable("TEST_DATABASE_URL") {
        return Some(Cluster { admin, template: None, _server: None });
    }
    let server = Server::start(CARELESS)?;
    let admin = server.admin.clone();
    let url = with_database(&admin, "template");
    blocking(async {
        run(&admin, "CREATE DATABASE template").await;
        migrate(&url).await;
    });
    Some(Cluster { admin, template: Some("template"), _server: Some(server) })
}

async fn migrate(url: &str) {
    let db = Db::open(url, true).await.unwrap();
    db.migrate().await.unwrap();
    db.close().await;
}

fn path(url: &str) -> &str {
    url.strip_prefix("sqlite://").unwrap()
}

/// What `afterword migrate` makes of an empty file.
fn migrated_file() -> &'static [u8] {
    static FILE: OnceLock<Vec<u8>> = OnceLock::new();
    FILE.get_or_init(|| {
        let database = TestDatabase::file();
        blocking(migrate(&database.url));
        std::fs::read(path(&database.url)).unwrap()
    })
}

/// Runs async work where there may be a runtime already.
fn blocking(work: impl Future<Output = ()> + Send) {
    std::thread::scope(|scope| {
        let done = scope.spawn(|| {
            tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work);
        });
        done.join().unwrap();
    });
}

async fn run(admin: &str, statement: &str) {
    let mut connection = PgConnection::connect(admin).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

fn cluster() -> Option<&'static Cluster> {
    static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
    CLUSTER.get_or_init(start).as_ref()
}

fn cluster_for(engine: Engine) -> Option<&'static Cluster> {
    match engine {
        Engine::Postgres => Some(cluster().expect(MISSING)),
        Engine::Sqlite => None,
    }
}

/// Whether the test that runs has to be passed over, which is noted. What is in `on_postgres` is not even begun then.
pub fn is_missing() -> bool {
    let is_missing = cluster().is_none();
    if is_missing {
        untried::pass_over(MISSING);
    }
    is_missing
}

impl TestDatabase {
    /// A database without tables.
    pub async fn empty(engine: Engine) -> Self {
        match cluster_for(engine) {
            Some(cluster) => cluster.database("template0").await,
            None => Self::file(),
        }
    }

    /// A database as `afterword migrate` makes it.
    pub async fn migrated(engine: Engine) -> Self {
        match cluster_for(engine).map(|cluster| (cluster, cluster.template)) {
            Some((cluster, Some(template))) => cluster.database(template).await,
            Some((_, None)) => {
                let database = Self::empty(engine).await;
                migrate(&database.url).await;
                database
            }
            None => {
                let database = Self::file();
                std::fs::write(path(&database.url), migrated_file()).unwrap();
                database
            }
        }
    }

    fn file() -> Self {
        statements::collect();
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("afterword.db").display());
        Self { url, kind: Kind::File { _folder: folder } }
    }

    /// The address for a user who may do what is usual, and not, as the tests' own, everything.
    pub async fn of_an_ordinary_user(&self) -> String {
        let url = self.of_a_stranger().await;
        self.administer("ALTER DATABASE {name} OWNER TO {name}").await;
        url
    }

    /// The address for a user who may connect and nothing else.
    pub async fn of_a_stranger(&self) -> String {
        self.administer("CREATE ROLE {name} LOGIN").await;
        let Kind::Server { name } = &self.kind else { panic!("a file has no users") };
        let mut url = reqwest::Url::parse(&self.url).unwrap();
        url.set_username(name).unwrap();
        url.to_string()
    }

    /// Runs a statement as the server's administrator; `{name}` is the database's name.
    pub async fn administer(&self, statement: &str) {
        let (Kind::Server { name }, Some(cluster)) = (&self.kind, cluster()) else {
            panic!("a file has no administrator")
        };
        run(&cluster.admin, &statement.replace("{name}", name)).await;
    }

    /// Runs a statement in the database itself; `{name}` is the name of it and of the user.
    pub async fn run(&self, statement: &str) {
        let Kind::Server { name } = &self.kind else { panic!("a file has no users") };
        run(&self.url, &statement.replace("{name}", name)).await;
    }

    /// Ends every connection to it. Who has one finds that out when it is used.
    pub async fn disconnect(&self) {
        self.administer("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
            .await;
    }

    /// What a query gives, of a connection beside the program's.
    pub async fn rows<R>(&self, query: &'static str) -> Vec<R>
    where
        R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        match &self.kind {
            Kind::File { .. } => {
                let mut beside = SqliteConnection::connect(&self.url).await.unwrap();
                sqlx::query_as(query).fetch_all(&mut beside).await.unwrap()
            }
            Kind::Server { .. } => {
                let mut beside = PgConnection::connect(&self.url).await.unwrap();
                sqlx::query_as(query).fetch_all(&mut beside).await.unwrap()
            }
        }
    }

    /// Runs a statement beside the program, with a number for `$1` if it has one.
    pub async fn execute(&self, statement: &'static str, value: Option<i64>) {
        match &self.kind {
            Kind::File { .. } => {
                let mut beside = SqliteConnection::connect(&self.url).await.unwrap();
                let query = sqlx::query(statement);
                let query = if let Some(value) = value { query.bind(value) } else { query };
                query.execute(&mut beside).await.unwrap();
            }
            Kind::Server { .. } => {
                let mut beside = PgConnection::connect(&self.url).await.unwrap();
                let query = sqlx::query(statement);
                let query = if let Some(value) = value { query.bind(value) } else { query };
                query.execute(&mut beside).await.unwrap();
            }
        }
    }

    pub async fn open(&self) -> Db {
        Db::open(&self.url, true).await.unwrap()
    }
}

impl Cluster {
    async fn database(&self, template: &str) -> TestDatabase {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        statements::collect();
        let name = format!("afterword_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        // On a server that need not survive a crash, copying the files takes a sixth of the time.
        let strategy = if self.template.is_some() { "STRATEGY FILE_COPY" } else { "" };
        run(&self.admin, &format!("CREATE DATABASE {name} TEMPLATE {template} {strategy}")).await;
        TestDatabase { url: with_database(&self.admin, &name), kind: Kind::Server { name } }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let (Kind::Server { name }, Some(cluster)) = (&self.kind, cluster()) {
            blocking(async {
                run(&cluster.admin, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
                run(&cluster.admin, &format!("DROP ROLE IF EXISTS {name}")).await;
            });
        }
    }
}
