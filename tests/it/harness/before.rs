//! A database as the first version of the schema left it, and the world around it.

use afterword::clock::Clock;
use afterword::sandbox::{Kept, Options, Sandbox};
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{PgPool, SqlitePool};

use super::Setting;
use crate::cluster::{Engine, TestDatabase};
use crate::variant;

static ON_SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static ON_POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// What that version had stored when it was killed. The same statements fill both engines.
pub const STORED: &str = include_str!("../fixtures/schema-0001.sql");
/// What its customers and leads saw in their chats at that moment.
const WORLD: &str = include_str!("../fixtures/schema-0001-world.json");

/// Sets the sequences, which do not know of the rows that were inserted with their keys.
const CONTINUE_SEQUENCES: &str = "DO $$ DECLARE found record; BEGIN \
     FOR found IN SELECT table_name FROM information_schema.columns \
     WHERE table_schema = 'public' AND column_name = 'id' AND is_identity = 'YES' LOOP \
     EXECUTE format('SELECT setval(pg_get_serial_sequence(%L, ''id''), GREATEST((SELECT MAX(id) FROM %I), 1))', \
     found.table_name, found.table_name); END LOOP; END $$";

/// Returns only the first migration.
fn first(all: &Migrator) -> Migrator {
    Migrator::with_migrations(all.iter().filter(|migration| migration.version == 1).cloned().collect())
}

/// `and` is another statement that the same version could have executed.
async fn filled(engine: Engine, and: &'static str) -> TestDatabase {
    let database = TestDatabase::empty(engine).await;
    if engine == Engine::Sqlite {
        // The program sets this too: what was on a page that is split does not stay in the file.
        let options: SqliteConnectOptions = database.url.parse().unwrap();
        let options = options.create_if_missing(true).pragma("secure_delete", "ON");
        let pool = SqlitePool::connect_with(options).await.unwrap();
        first(&ON_SQLITE).run(&pool).await.unwrap();
        sqlx::raw_sql(STORED).execute(&pool).await.unwrap();
        sqlx::raw_sql(and).execute(&pool).await.unwrap();
        pool.close().await;
    } else {
        let pool = PgPool::connect(&database.url).await.unwrap();
        first(&ON_POSTGRES).run(&pool).await.unwrap();
        sqlx::raw_sql(STORED).execute(&pool).await.unwrap();
        sqlx::raw_sql(and).execute(&pool).await.unwrap();
        sqlx::raw_sql(CONTINUE_SEQUENCES).execute(&pool).await.unwrap();
        pool.close().await;
    }
    database
}

impl Setting {
    /// Continues where the version with the first schema was killed while Telegram did not reply.
    pub async fn of_the_first_schema() -> Self {
        Self::of_the_first_schema_and("").await
    }

    /// Does the same with a database in which that version has also executed this.
    pub async fn of_the_first_schema_and(statement: &'static str) -> Self {
        let kept: Kept = serde_json::from_str(WORLD).unwrap();
        let clock = Clock::frozen(kept.now());
        let options = Options::default();
        let world = kept.wake(clock.clone(), &options);
        let sandbox = Sandbox::serve(world, options.addr).await.unwrap();
        let variant = variant::current();
        let known = Some((5_000_000_001, -1_002_000_000_001));
        Self::around(clock, sandbox, filled(variant.engine, statement).await, variant.updates, known)
    }
}
