//! A PostgreSQL server for the time of a test run, and a database of its own for every test.
//!
//! `TEST_DATABASE_URL` names a server to use instead; its user must be allowed to create databases. Without PostgreSQL
//! on the machine the tests on it are skipped, loudly; with `CI` set that is a failure.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use afterword::store::Db;
use sqlx::{Connection as _, PgConnection};
use tempfile::TempDir;

/// Runs as a user who is not root, which PostgreSQL insists on, and ends the server when the tests are gone: their
/// end of the pipe closes however they end.
const SERVER: &str = r#"
set -e
dir=$(mktemp -d /tmp/afterword.XXXXXX)
trap '"$0/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1; rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM
"$0/initdb" -D "$dir/data" -U afterword --auth=trust --encoding=UTF8 --locale=C --no-sync >/dev/null
"$0/pg_ctl" -D "$dir/data" -l "$dir/log" -w start >/dev/null -o "-c listen_addresses='' \
  -c unix_socket_directories='$dir' -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
  -c max_connections=300 -c shared_buffers=64MB -c autovacuum=off"
echo "$dir"
read -r _ || true
"#;

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
    _server: Option<Child>,
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

/// The newest server that Debian has installed.
fn binaries() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?.filter_map(Result::ok);
    let version = |path: &PathBuf| {
        path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok()).unwrap_or_default()
    };
    let newest = versions.map(|entry| entry.path()).max_by_key(version)?;
    Some(newest.join("bin")).filter(|bin| bin.join("initdb").exists())
}

fn start_server(bin: &PathBuf) -> (String, Child) {
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    let mut command = if is_root { Command::new("runuser") } else { Command::new("sh") };
    if is_root {
        command.args(["-u", "postgres", "--", "sh"]);
    }
    command.arg("-c").arg(SERVER).arg(bin).current_dir("/").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut server = command.spawn().expect("the PostgreSQL server for the tests starts");
    let mut dir = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut dir).unwrap();
    assert!(!dir.is_empty(), "PostgreSQL does not start; it has said why above");
    let socket = dir.trim().replace('/', "%2F");
    (format!("postgres://afterword@{socket}/postgres"), server)
}

fn start() -> Option<Cluster> {
    if let Some(admin) = variable("TEST_DATABASE_URL") {
        return Some(Cluster { admin, template: None, _server: None });
    }
    let Some(bin) = binaries() else {
        let missing = "PostgreSQL is not installed (Debian: apt-get install postgresql) and TEST_DATABASE_URL is not set";
        assert!(variable("CI").is_none(), "{missing}");
        // Past the macro, whose words a test that passes keeps to itself.
        let said = format!("\n*** SKIPPED: {missing}. Nothing is tested on PostgreSQL. ***\n");
        std::io::stderr().write_all(said.as_bytes()).unwrap();
        return None;
    };
    let (admin, server) = start_server(&bin);
    let url = with_database(&admin, "template");
    blocking(async {
        run(&admin, "CREATE DATABASE template").await;
        let db = Db::open(&url, true).await.unwrap();
        db.migrate().await.unwrap();
        db.close().await;
    });
    Some(Cluster { admin, template: Some("template"), _server: Some(server) })
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

impl TestDatabase {
    /// A database without tables. Where there is no PostgreSQL a file stands in, after a loud word.
    pub async fn empty(engine: Engine) -> Self {
        match (engine, cluster()) {
            (Engine::Postgres, Some(cluster)) => cluster.database("template0").await,
            _ => Self::file(),
        }
    }

    /// A database as `afterword migrate` makes it.
    pub async fn migrated(engine: Engine) -> Self {
        let database = match (engine, cluster()) {
            (Engine::Postgres, Some(Cluster { template: Some(template), .. })) => {
                return cluster().unwrap().database(template).await;
            }
            _ => Self::empty(engine).await,
        };
        let db = database.open().await;
        db.migrate().await.unwrap();
        db.close().await;
        database
    }

    fn file() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("afterword.db").display());
        Self { url, kind: Kind::File { _folder: folder } }
    }

    pub async fn open(&self) -> Db {
        Db::open(&self.url, true).await.unwrap()
    }
}

impl Cluster {
    async fn database(&self, template: &str) -> TestDatabase {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("afterword_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        run(&self.admin, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        TestDatabase { url: with_database(&self.admin, &name), kind: Kind::Server { name } }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let (Kind::Server { name }, Some(cluster)) = (&self.kind, cluster()) {
            blocking(run(&cluster.admin, &format!("DROP DATABASE {name} WITH (FORCE)")));
        }
    }
}
