//! Finds the rights that the user lacks and the GRANT that fixes it. The server's own messages come in its own language
//! and name one thing at a time; its catalogue shows everything.

use sqlx::PgPool;

use crate::store::erasing::columns;
use crate::store::{Error, Result};

/// The SQLSTATE for a missing right.
const DENIED: &str = "42501";
/// Up to this many tables are listed by name; beyond that, the statement covers all tables of the schema.
const LISTED: usize = 5;
/// Our tables that hold nothing about anybody, so the list of columns leaves them out.
const OTHER_TABLES: [&str; 3] = ["_sqlx_migrations", "lease", "write_turn"];
const NEEDED: [&str; 4] = ["SELECT", "INSERT", "UPDATE", "DELETE"];

/// The current user and schema. Names are quoted if necessary.
#[derive(sqlx::FromRow)]
struct Place {
    user: String,
    /// `None` if the user may not use any schema on the search path.
    schema: Option<String>,
    may_create: bool,
}

const PLACE: &str = "SELECT quote_ident(current_user) AS \"user\", quote_ident(current_schema()) AS schema, \
     COALESCE(has_schema_privilege(current_schema(), 'CREATE'), FALSE) AS may_create";

#[derive(sqlx::FromRow)]
struct Table {
    name: String,
    owner: String,
    is_ours: bool,
    lacks: Vec<String>,
}

const TABLES: &str = "SELECT quote_ident(c.relname) AS name, quote_ident(pg_get_userbyid(c.relowner)) AS owner, \
     pg_has_role(c.relowner, 'USAGE') AS is_ours, \
     ARRAY(SELECT needed FROM unnest($2::text[]) needed WHERE NOT has_table_privilege(c.oid, needed)) AS lacks \
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
     WHERE n.nspname = current_schema() AND c.relkind = 'r' AND c.relname = ANY($1) ORDER BY c.relname";

/// The kind of work to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Work {
    /// Reading and writing rows.
    Rows,
    /// Creating and changing tables.
    Migrating,
}

/// Whether the server refused something because a right is missing.
pub(super) fn is_denied(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref() == Some(DENIED)
}

/// Refuses a user who lacks a right that this work needs.
pub(super) async fn check(pool: &PgPool, database: &str, work: Work) -> Result<()> {
    match lacking(pool, work).await? {
        Some(lacking) => Err(Error::CannotOpen(format!("the PostgreSQL database {database}: {lacking}"))),
        None => Ok(()),
    }
}

/// Replaces an error that says only that something was refused by one that explains it.
pub(super) async fn explained(pool: &PgPool, database: &str, work: Work, error: sqlx::Error) -> Error {
    if is_denied(&error)
        && let Err(explained @ Error::CannotOpen(_)) = check(pool, database, work).await
    {
        return explained;
    }
    error.into()
}

async fn lacking(pool: &PgPool, work: Work) -> Result<Option<String>> {
    let place: Place = sqlx::query_as(PLACE).fetch_one(pool).await?;
    let user = &place.user;
    let Some(schema) = &place.schema else {
        return Ok(Some(format!(
            "the user {user} may use no schema on the search path: as the database's owner run \
             `GRANT USAGE, CREATE ON SCHEMA public TO {user};`"
        )));
    };
    let names: Vec<&str> = columns::TABLES.iter().map(|(name, _)| *name).chain(OTHER_TABLES).collect();
    let tables: Vec<Table> =
        sqlx::query_as(TABLES).bind(names).bind(NEEDED.as_slice()).fetch_all(pool).await?;
    if work == Work::Migrating {
        if let Some(foreign) = foreign(&tables, user, schema) {
            return Ok(Some(foreign));
        }
        if !place.may_create {
            return Ok(Some(format!(
                "the user {user} may make no tables in the schema {schema}, as is usual since PostgreSQL 15: as the \
                 database's owner run `GRANT CREATE ON SCHEMA {schema} TO {user};`"
            )));
        }
    }
    Ok(withheld(&tables, user, schema))
}

/// Finds tables of other owners, because only its owner may change a table.
fn foreign(tables: &[Table], user: &str, schema: &str) -> Option<String> {
    let foreign: Vec<&Table> = tables.iter().filter(|table| !table.is_ours).collect();
    let first = foreign.first()?;
    let owner = &first.owner;
    let mend = if foreign.len() <= LISTED {
        let one = |table: &&Table| format!("ALTER TABLE {schema}.{} OWNER TO {user};", table.name);
        foreign.iter().map(one).collect::<Vec<_>>().join(" ")
    } else {
        format!(
            "SELECT format('ALTER TABLE %I.%I OWNER TO {user}', schemaname, tablename) FROM pg_tables \
             WHERE schemaname = current_schema() \\gexec"
        )
    };
    Some(format!(
        "{} belong to {owner}, and only their owner may bring them up to date: as {owner} run in psql `{mend}`",
        called(&foreign, schema)
    ))
}

/// Finds missing rights on tables that somebody else created or restored.
fn withheld(tables: &[Table], user: &str, schema: &str) -> Option<String> {
    let withheld: Vec<&Table> = tables.iter().filter(|table| !table.lacks.is_empty()).collect();
    let owner = &withheld.first()?.owner;
    let lacks = |right: &&&str| withheld.iter().any(|table| table.lacks.iter().any(|lacks| lacks == **right));
    let rights = NEEDED.iter().filter(lacks).copied().collect::<Vec<_>>().join(", ");
    let on = if withheld.len() <= LISTED {
        withheld.iter().map(|table| format!("{schema}.{}", table.name)).collect::<Vec<_>>().join(", ")
    } else {
        format!("ALL TABLES IN SCHEMA {schema}")
    };
    Some(format!(
        "the user {user} lacks the rights {rights} on {}: as {owner} run `GRANT {rights} ON {on} TO {user};`",
        called(&withheld, schema)
    ))
}

fn called(tables: &[&Table], schema: &str) -> String {
    match tables {
        [one] => format!("the table {schema}.{}", one.name),
        [first, rest @ ..] => format!("the table {schema}.{} and {} more", first.name, rest.len()),
        [] => String::new(),
    }
}
