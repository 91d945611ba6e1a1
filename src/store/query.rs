//! A statement and its values, before it is known which engine will run it.
//!
//! It is used like sqlx's own `query`, `query_as` and `query_scalar`, but it does not depend on an engine: a query is
//! written once, and [`on_engine!`](super::on_engine) passes it to the engine that holds the transaction.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::sync::Arc;

use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArguments, PgRow, Postgres};
use sqlx::query::{Query, QueryAs, QueryScalar};
use sqlx::sqlite::{Sqlite, SqliteArguments, SqliteRow};
use sqlx::{Arguments, AssertSqlSafe, FromRow, SqlSafeStr, SqlStr};

use crate::domain::ids::{
    AlertKey, CaseMessageKey, CaseNumber, ChatId, CustomerKey, EventKey, MessageId, MessageKey, PersonId,
    SurveyKey, TopicId,
};
use crate::domain::time::Timestamp;

/// A value for a placeholder, of one of the types that both schemas have.
#[derive(Debug)]
pub enum Value<'q> {
    Integer(Option<i64>),
    Flag(Option<bool>),
    Text(Option<Cow<'q, str>>),
    Bytes(Vec<u8>),
}

/// A statement that returns no rows.
#[derive(Debug)]
pub enum Nothing {}

/// A statement whose rows are read as `O`.
#[derive(Debug)]
pub struct Rows<O>(PhantomData<O>);

/// A statement that reads only the first column of its rows.
#[derive(Debug)]
pub struct Scalar<O>(PhantomData<O>);

/// A statement's text and its values.
#[derive(Debug)]
pub struct Statement<'q, Kind> {
    text: SqlStr,
    values: Vec<Value<'q>>,
    kind: PhantomData<fn() -> Kind>,
}

pub fn query<'q>(text: impl SqlSafeStr) -> Statement<'q, Nothing> {
    Statement::new(text)
}

pub fn query_as<'q, O>(text: impl SqlSafeStr) -> Statement<'q, Rows<O>> {
    Statement::new(text)
}

pub fn query_scalar<'q, O>(text: impl SqlSafeStr) -> Statement<'q, Scalar<O>> {
    Statement::new(text)
}

impl<'q, Kind> Statement<'q, Kind> {
    fn new(text: impl SqlSafeStr) -> Self {
        Self { text: text.into_sql_str(), values: Vec::new(), kind: PhantomData }
    }

    pub(crate) fn text(&self) -> &str {
        self.text.as_str()
    }

    /// Reserves space for this many values.
    #[must_use]
    pub fn expecting(mut self, values: usize) -> Self {
        self.values.reserve(values);
        self
    }

    /// Sets the value of the next placeholder.
    #[must_use]
    pub fn bind(mut self, value: impl Into<Value<'q>>) -> Self {
        self.values.push(value.into());
        self
    }
}

impl<Kind> Statement<'_, Kind> {
    /// Logs the statement. `RUST_LOG=afterword::sql=trace` shows what is sent to the database, without the values.
    fn trace(&self, engine: &'static str) {
        tracing::trace!(target: "afterword::sql", engine, text = self.text());
    }
}

/// The result of encoding values for the engine. Encoding cannot fail for the types we use.
type Encoded<T> = std::result::Result<T, sqlx::Error>;

/// Encodes all values at once. Binding them one by one would move the query each time, with thousands of values
/// thousands of times.
fn encoded<A: Arguments>(
    values: Vec<Value<'_>>,
    add: impl Fn(&mut A, Value<'_>) -> std::result::Result<(), BoxDynError>,
) -> Encoded<A> {
    let mut arguments = A::default();
    arguments.reserve(values.len(), 0);
    for value in values {
        add(&mut arguments, value).map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

fn for_sqlite(values: Vec<Value<'_>>) -> Encoded<SqliteArguments> {
    encoded(values, |arguments: &mut SqliteArguments, value| match value {
        Value::Integer(number) => arguments.add(number),
        Value::Flag(flag) => arguments.add(flag),
        // SQLite's thread shares the text, so a borrowed one is copied once into a single allocation.
        Value::Text(Some(Cow::Borrowed(text))) => arguments.add(Arc::<str>::from(text)),
        Value::Text(Some(Cow::Owned(text))) => arguments.add(text),
        Value::Text(None) => arguments.add(None::<String>),
        Value::Bytes(bytes) => arguments.add(bytes),
    })
}

fn for_postgres(values: Vec<Value<'_>>) -> Encoded<PgArguments> {
    encoded(values, |arguments: &mut PgArguments, value| match value {
        Value::Integer(number) => arguments.add(number),
        Value::Flag(flag) => arguments.add(flag),
        Value::Text(text) => arguments.add(text.as_deref()),
        Value::Bytes(bytes) => arguments.add(bytes),
    })
}

/// A shorter text has so few placeholders that their names cost nothing.
const LONG_TEXT: usize = 512;

/// Replaces `$7` by `?` in long texts. SQLite takes `$7` for a name and searches all parameters to find one, and sqlx
/// asks for the name of each. With the thousands of parameters of a multi-row statement, that would take longer than
/// the rows themselves. Counted parameters (`?`) have no names.
fn without_names(text: SqlStr) -> SqlStr {
    if text.as_str().len() < LONG_TEXT {
        return text;
    }
    match counted(text.as_str()) {
        Some(counted) => AssertSqlSafe(counted).into_sql_str(),
        None => text,
    }
}

/// Replaces every placeholder by `?`, if they appear in the order of their numbers.
fn counted(text: &str) -> Option<String> {
    let mut counted = String::with_capacity(text.len());
    let mut parts = text.split('$');
    counted.push_str(parts.next()?);
    for (place, part) in parts.enumerate() {
        let end = part.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(part.len());
        let (number, rest) = part.split_at(end);
        if number.parse() != Ok(place + 1) {
            return None;
        }
        counted.push('?');
        counted.push_str(rest);
    }
    Some(counted)
}

impl Statement<'_, Nothing> {
    pub fn on_sqlite(self) -> Encoded<Query<'static, Sqlite, SqliteArguments>> {
        self.trace("sqlite");
        Ok(sqlx::query_with(without_names(self.text), for_sqlite(self.values)?))
    }

    pub fn on_postgres(self) -> Encoded<Query<'static, Postgres, PgArguments>> {
        self.trace("postgres");
        Ok(sqlx::query_with(self.text, for_postgres(self.values)?))
    }
}

impl<O> Statement<'_, Rows<O>>
where
    O: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>,
{
    pub fn on_sqlite(self) -> Encoded<QueryAs<'static, Sqlite, O, SqliteArguments>> {
        self.trace("sqlite");
        Ok(sqlx::query_as_with(without_names(self.text), for_sqlite(self.values)?))
    }

    pub fn on_postgres(self) -> Encoded<QueryAs<'static, Postgres, O, PgArguments>> {
        self.trace("postgres");
        Ok(sqlx::query_as_with(self.text, for_postgres(self.values)?))
    }
}

impl<O> Statement<'_, Scalar<O>>
where
    (O,): for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>,
{
    pub fn on_sqlite(self) -> Encoded<QueryScalar<'static, Sqlite, O, SqliteArguments>> {
        self.trace("sqlite");
        Ok(sqlx::query_scalar_with(without_names(self.text), for_sqlite(self.values)?))
    }

    pub fn on_postgres(self) -> Encoded<QueryScalar<'static, Postgres, O, PgArguments>> {
        self.trace("postgres");
        Ok(sqlx::query_scalar_with(self.text, for_postgres(self.values)?))
    }
}

/// Converts `$from`, `&$from` and `Option<$from>` to an integer value.
macro_rules! integers {
    ($($from:ty: $read:expr),+) => {$(
        impl From<$from> for Value<'_> {
            fn from(value: $from) -> Self {
                Self::Integer(Some($read(value)))
            }
        }
        impl From<&$from> for Value<'_> {
            fn from(value: &$from) -> Self {
                Self::Integer(Some($read(*value)))
            }
        }
        impl From<Option<$from>> for Value<'_> {
            fn from(value: Option<$from>) -> Self {
                Self::Integer(value.map($read))
            }
        }
    )+};
}
integers!(
    i64: std::convert::identity,
    Timestamp: Timestamp::millis,
    PersonId: PersonId::get,
    ChatId: ChatId::get,
    TopicId: TopicId::get,
    MessageId: MessageId::get,
    MessageKey: MessageKey::get,
    CustomerKey: CustomerKey::get,
    EventKey: EventKey::get,
    SurveyKey: SurveyKey::get,
    AlertKey: AlertKey::get,
    CaseNumber: CaseNumber::get,
    CaseMessageKey: CaseMessageKey::get
);

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Self::Flag(Some(value))
    }
}

impl From<Option<bool>> for Value<'_> {
    fn from(value: Option<bool>) -> Self {
        Self::Flag(value)
    }
}

impl From<Vec<u8>> for Value<'_> {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(value)
    }
}

impl<'q> From<&'q str> for Value<'q> {
    fn from(value: &'q str) -> Self {
        Self::Text(Some(Cow::Borrowed(value)))
    }
}

impl<'q> From<Option<&'q str>> for Value<'q> {
    fn from(value: Option<&'q str>) -> Self {
        Self::Text(value.map(Cow::Borrowed))
    }
}

impl From<String> for Value<'_> {
    fn from(value: String) -> Self {
        Self::Text(Some(Cow::Owned(value)))
    }
}

impl<'q> From<&'q String> for Value<'q> {
    fn from(value: &'q String) -> Self {
        Self::Text(Some(Cow::Borrowed(value)))
    }
}

impl From<Option<String>> for Value<'_> {
    fn from(value: Option<String>) -> Self {
        Self::Text(value.map(Cow::Owned))
    }
}

impl<'q> From<&'q Option<String>> for Value<'q> {
    fn from(value: &'q Option<String>) -> Self {
        Self::Text(value.as_deref().map(Cow::Borrowed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_lose_their_numbers_only_where_counting_gives_the_same() {
        let of = |text| counted(text);
        assert_eq!(of("VALUES ($1,$2),($3,$4)").as_deref(), Some("VALUES (?,?),(?,?)"));
        assert_eq!(of("SELECT 1").as_deref(), Some("SELECT 1"));
        assert_eq!(of("a = $1 AND b = $1"), None);
        assert_eq!(of("a = $2 AND b = $1"), None);
        assert_eq!(of("a = '$' AND b = $1"), None);
    }
}
