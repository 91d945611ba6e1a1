//! Multi-row statements with only a few distinct texts, so that prepared statements are reused.

use futures_util::future::join;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, FromRow};

use super::query::{Nothing, Rows};
use super::{Engine, Result, Statement, Tx, Value, on_engine, query, query_as, within};

/// Returns `($1,$2),($3,$4)` for two rows of two columns. It goes after `VALUES`, or as a single row after `IN`.
#[must_use]
pub(super) fn values(rows: usize, columns: usize) -> String {
    let mut text = String::with_capacity(rows * columns * 6);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ",(" });
        for column in 0..columns {
            text.push_str(if column == 0 { "$" } else { ",$" });
            text.push_str(&(row * columns + column + 1).to_string());
        }
        text.push(')');
    }
    text
}

/// The allowed numbers of rows in a statement, so that there are only sixteen texts however many rows there are. With
/// powers of two alone, 63 rows would take six statements instead of three, and a statement costs more than its rows.
const SIZES: [usize; 16] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256];
const LARGEST: usize = SIZES[SIZES.len() - 1];

/// Splits `items` into runs of one of these sizes, largest first.
pub(super) fn chunks<T>(mut items: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = *SIZES.iter().rfind(|size| **size <= items.len())?;
        let (head, tail) = items.split_at(size);
        items = tail;
        Some(head)
    })
}

/// Splits `keys` into lists of one of these sizes for a lookup. The last list is filled up by repeating one of its
/// keys, which does not find anything new.
pub(super) fn padded<K: Copy>(keys: &[K]) -> impl Iterator<Item = Vec<K>> {
    keys.chunks(LARGEST).map(|chunk| {
        let size = SIZES.iter().find(|size| **size >= chunk.len()).copied().unwrap_or(LARGEST);
        let mut list = chunk.to_vec();
        list.extend(std::iter::repeat_n(chunk[0], size - chunk.len()));
        list
    })
}

/// Like [`values`], for SQLite, where placeholders need no numbers.
fn counted(rows: usize, columns: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(","));
    vec![row.as_str(); rows].join(",")
}

impl Tx {
    /// Writes rows of `columns` columns. `text` builds the statement around the `VALUES` it is given, and `bind` binds
    /// the values of one row. SQLite works in its own thread, so the next statement is prepared while one runs.
    pub(super) async fn insert_rows<'q, T>(
        &mut self,
        rows: &'q [T],
        columns: usize,
        text: impl Fn(&str) -> String,
        bind: impl Fn(Statement<'q, Nothing>, &'q T) -> Statement<'q, Nothing>,
    ) -> Result<()> {
        self.ahead.drop_what_changes(|| text(""));
        self.flush_before(|| text("")).await?;
        let made = |rows: &'q [T], values: String| {
            let statement = query(AssertSqlSafe(text(&values))).expecting(rows.len() * columns);
            rows.iter().fold(statement, &bind)
        };
        let mut runs = chunks(rows);
        match &mut self.engine {
            Engine::Sqlite(tx) => {
                let mut next = || {
                    let made = runs.next().map(|rows| made(rows, counted(rows.len(), columns)));
                    made.map(Statement::<Nothing>::on_sqlite).transpose()
                };
                let mut ready = next()?;
                while let Some(statement) = ready {
                    let (done, next) = join(statement.execute(&mut **tx), async { next() }).await;
                    done?;
                    ready = next?;
                }
            }
            Engine::Postgres(tx) => {
                for rows in runs {
                    let statement = made(rows, values(rows.len(), columns)).on_postgres()?;
                    within(self.patience.limit(), statement.execute(&mut **tx)).await?;
                }
            }
        }
        Ok(())
    }

    /// The same, but returns the rows that the statement returns.
    pub(super) async fn insert_rows_returning<'q, T, O>(
        &mut self,
        rows: &'q [T],
        columns: usize,
        text: impl Fn(&str) -> String,
        bind: impl Fn(Statement<'q, Rows<O>>, &'q T) -> Statement<'q, Rows<O>>,
    ) -> Result<Vec<O>>
    where
        O: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        let mut returned = Vec::with_capacity(rows.len());
        for rows in chunks(rows) {
            let statement = query_as(AssertSqlSafe(text(&values(rows.len(), columns))));
            let statement = rows.iter().fold(statement.expecting(rows.len() * columns), &bind);
            returned.append(&mut on_engine!(self, fetch_all, statement)?);
        }
        Ok(returned)
    }

    /// Runs a statement for these keys. `text` builds it around the list it is given, which goes after `IN`. Returns
    /// the number of affected rows.
    pub(super) async fn execute_of<'q, K>(&mut self, keys: &[K], text: impl Fn(&str) -> String) -> Result<u64>
    where
        K: Copy + Into<Value<'q>>,
    {
        let mut changed = 0;
        for keys in padded(keys) {
            let statement = query(AssertSqlSafe(text(&values(1, keys.len())))).expecting(keys.len());
            changed += on_engine!(self, execute, keys.into_iter().fold(statement, Statement::bind))?;
        }
        Ok(changed)
    }

    /// Returns the rows that a statement finds for these keys. `text` builds it around the list it is given, which goes
    /// after `IN`.
    pub(super) async fn rows_of<'q, K, O>(
        &mut self,
        keys: &[K],
        text: impl Fn(&str) -> String,
    ) -> Result<Vec<O>>
    where
        K: Copy + Into<Value<'q>>,
        O: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        self.rows_of_all(keys, |keys| (1, keys), text, Statement::bind).await
    }

    /// The same for keys with several columns, whose values `bind` binds. The list goes after `VALUES`.
    pub(super) async fn rows_of_each<'q, K, O>(
        &mut self,
        keys: &'q [K],
        columns: usize,
        text: impl Fn(&str) -> String,
        bind: impl Fn(Statement<'q, Rows<O>>, &'q K) -> Statement<'q, Rows<O>>,
    ) -> Result<Vec<O>>
    where
        O: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        let keys: Vec<&K> = keys.iter().collect();
        self.rows_of_all(&keys, |keys| (keys, columns), text, bind).await
    }

    /// `shape` returns the rows and columns of a list with this many keys. As in [`Tx::insert_rows`], the next
    /// statement is prepared while SQLite runs one.
    async fn rows_of_all<'q, K: Copy, O>(
        &mut self,
        keys: &[K],
        shape: impl Fn(usize) -> (usize, usize),
        text: impl Fn(&str) -> String,
        bind: impl Fn(Statement<'q, Rows<O>>, K) -> Statement<'q, Rows<O>>,
    ) -> Result<Vec<O>>
    where
        O: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        self.flush_before(|| text("")).await?;
        let made = |keys: Vec<K>, list: fn(usize, usize) -> String| {
            let (rows, columns) = shape(keys.len());
            let statement = query_as(AssertSqlSafe(text(&list(rows, columns)))).expecting(rows * columns);
            keys.into_iter().fold(statement, &bind)
        };
        let mut lists = padded(keys);
        let mut found = Vec::new();
        match &mut self.engine {
            Engine::Sqlite(tx) => {
                let mut next = || {
                    let made = lists.next().map(|keys| made(keys, counted));
                    made.map(Statement::<Rows<O>>::on_sqlite).transpose()
                };
                let mut ready = next()?;
                while let Some(statement) = ready {
                    let (rows, next) = join(statement.fetch_all(&mut **tx), async { next() }).await;
                    found.append(&mut rows?);
                    ready = next?;
                }
            }
            Engine::Postgres(tx) => {
                for keys in lists {
                    let statement = made(keys, values).on_postgres()?;
                    found.append(&mut within(self.patience.limit(), statement.fetch_all(&mut **tx)).await?);
                }
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_count_on_over_the_rows() {
        assert_eq!(values(2, 3), "($1,$2,$3),($4,$5,$6)");
        assert_eq!(counted(2, 3), "(?,?,?),(?,?,?)");
    }

    #[test]
    fn chunks_keep_order_and_lose_nothing() {
        let items: Vec<usize> = (0..343).collect();
        let sizes: Vec<usize> = chunks(&items).map(<[usize]>::len).collect();
        assert_eq!(sizes, [256, 64, 16, 6, 1]);
        assert_eq!(chunks(&items).flatten().copied().collect::<Vec<_>>(), items);
    }

    #[test]
    fn lookups_have_one_of_the_sizes_and_ask_for_every_key() {
        let keys: Vec<usize> = (0..300).collect();
        let lists: Vec<Vec<usize>> = padded(&keys).collect();
        assert_eq!(lists.iter().map(Vec::len).collect::<Vec<_>>(), [256, 48]);
        assert!(keys.iter().all(|key| lists.iter().flatten().any(|listed| listed == key)));
        assert_eq!(padded::<usize>(&[]).count(), 0);
    }
}
