//! One way to speak to two databases. Each statement is written once, with `$1` for its first value, in the SQL that
//! SQLite and PostgreSQL share; what they do not share is in `schema.rs`.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use futures_util::TryStreamExt;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgRow};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{FromRow, PgPool, Postgres, Row, Sqlite, SqlitePool};

use super::StoreError;

/// Connections to PostgreSQL at most: administrators' pages wait for each other no longer than for the disk.
const POSTGRES_CONNECTIONS: u32 = 8;

/// How long a call waits for a connection, and SQLite for another program that writes its file.
const PATIENCE: Duration = Duration::from_secs(5);

/// The advisory lock under which PostgreSQL orders the transactions that [`Database::begin_ordered`] begins.
const ORDER_LOCK: i64 = 0x6769_616f_6261_6e01;

/// A value to bind. What is absent still has a type, which PostgreSQL wants to know.
pub(super) enum Value {
    Int(Option<i64>),
    Text(Option<String>),
    Blob(Option<Vec<u8>>),
}

macro_rules! value_from {
    ($($variant:ident: $($from:ty => |$value:ident| $into:expr),+;)+) => {$($(
        impl From<$from> for Value {
            fn from($value: $from) -> Self { Self::$variant(Some($into)) }
        }
        impl From<Option<$from>> for Value {
            fn from(value: Option<$from>) -> Self { Self::$variant(value.map(|$value| $into)) }
        }
    )+)+};
}
value_from! {
    Int: i64 => |value| value, u32 => |value| i64::from(value), i32 => |value| i64::from(value);
    Text: String => |value| value, &str => |value| value.to_owned(), &String => |value| value.clone();
    Blob: Vec<u8> => |value| value, &[u8] => |value| value.to_vec();
}

/// The values of a statement, in the order of its placeholders.
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$($crate::store::database::Value::from($value)),*] };
}
pub(super) use values;

/// What a column holds.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Int,
    Text,
    Blob,
}

/// What a row of either database can be read as: tuples of `i64`, `String`, `Vec<u8>` and their options.
pub(super) trait Record:
    for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{
}
impl<T> Record for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// An open database. Cheap to clone.
#[derive(Clone)]
pub(super) enum Database {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// A transaction; without a commit nothing of it has happened.
pub(super) enum Transaction {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

macro_rules! bound {
    ($sql:expr, $values:expr, $query:ident) => {{
        let mut query = sqlx::$query($sql);
        for value in $values {
            query = match value {
                Value::Int(value) => query.bind(value),
                Value::Text(value) => query.bind(value),
                Value::Blob(value) => query.bind(value),
            };
        }
        query
    }};
}

impl Database {
    /// Opens an SQLite file. It is readable by its owner alone, and so are the files SQLite puts beside it.
    pub(super) async fn open_file(path: &Path) -> Result<Self, StoreError> {
        use std::os::unix::fs::OpenOptionsExt;
        // SQLite gives its other files the mode of this one.
        std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            // What was confirmed survives a power cut.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(PATIENCE);
        // One connection: calls are served in the order they came, and none sees the database locked.
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
        Ok(Self::Sqlite(pool))
    }

    /// Opens an SQLite file that one program writes once: no log beside it.
    pub(super) async fn create_copy(path: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Delete)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true);
        Ok(Self::Sqlite(SqlitePoolOptions::new().max_connections(1).connect_with(options).await?))
    }

    /// Connects to a PostgreSQL database.
    pub(super) async fn connect(url: &str) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url)?.application_name("giaoban");
        let pool = PgPoolOptions::new()
            .max_connections(POSTGRES_CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .connect_with(options)
            .await?;
        Ok(Self::Postgres(pool))
    }

    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }

    pub(super) async fn begin(&self) -> Result<Transaction, StoreError> {
        Ok(match self {
            Self::Sqlite(pool) => Transaction::Sqlite(pool.begin().await?),
            Self::Postgres(pool) => Transaction::Postgres(pool.begin().await?),
        })
    }

    /// Begins a transaction that no other such transaction overlaps: each sees what the one before it did.
    pub(super) async fn begin_ordered(&self) -> Result<Transaction, StoreError> {
        let mut transaction = self.begin().await?;
        if let Transaction::Postgres(_) = transaction {
            transaction.execute("SELECT pg_advisory_xact_lock($1)", values![ORDER_LOCK]).await?;
        }
        Ok(transaction)
    }

    /// Begins a transaction that sees everything as of one moment. SQLite's do so by themselves.
    pub(super) async fn begin_snapshot(&self) -> Result<Transaction, StoreError> {
        let mut transaction = self.begin().await?;
        if let Transaction::Postgres(_) = transaction {
            transaction
                .execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY", values![])
                .await?;
        }
        Ok(transaction)
    }

    /// Carries a statement out; how many rows it touched.
    pub(super) async fn execute(&self, sql: &'static str, values: Vec<Value>) -> Result<u64, StoreError> {
        Ok(match self {
            Self::Sqlite(pool) => bound!(sql, values, query).execute(pool).await?.rows_affected(),
            Self::Postgres(pool) => bound!(sql, values, query).execute(pool).await?.rows_affected(),
        })
    }

    pub(super) async fn all<T: Record>(
        &self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<T>, StoreError> {
        Ok(match self {
            Self::Sqlite(pool) => bound!(sql, values, query_as).fetch_all(pool).await?,
            Self::Postgres(pool) => bound!(sql, values, query_as).fetch_all(pool).await?,
        })
    }

    pub(super) async fn optional<T: Record>(
        &self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Option<T>, StoreError> {
        Ok(match self {
            Self::Sqlite(pool) => bound!(sql, values, query_as).fetch_optional(pool).await?,
            Self::Postgres(pool) => bound!(sql, values, query_as).fetch_optional(pool).await?,
        })
    }
}

impl Transaction {
    pub(super) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(transaction) => transaction.commit().await?,
            Self::Postgres(transaction) => transaction.commit().await?,
        }
        Ok(())
    }

    /// Carries a statement out; how many rows it touched.
    pub(super) async fn execute(&mut self, sql: &'static str, values: Vec<Value>) -> Result<u64, StoreError> {
        Ok(match self {
            Self::Sqlite(tx) => bound!(sql, values, query).execute(&mut **tx).await?.rows_affected(),
            Self::Postgres(tx) => bound!(sql, values, query).execute(&mut **tx).await?.rows_affected(),
        })
    }

    pub(super) async fn optional<T: Record>(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Option<T>, StoreError> {
        Ok(match self {
            Self::Sqlite(tx) => bound!(sql, values, query_as).fetch_optional(&mut **tx).await?,
            Self::Postgres(tx) => bound!(sql, values, query_as).fetch_optional(&mut **tx).await?,
        })
    }

    /// The row that a statement is bound to return.
    pub(super) async fn one<T: Record>(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<T, StoreError> {
        Ok(match self {
            Self::Sqlite(tx) => bound!(sql, values, query_as).fetch_one(&mut **tx).await?,
            Self::Postgres(tx) => bound!(sql, values, query_as).fetch_one(&mut **tx).await?,
        })
    }

    /// Reads rows one after the other and puts each into another database. `insert` ends before its placeholders.
    pub(super) async fn copy(
        &mut self,
        select: &'static str,
        kinds: &[Kind],
        target: &mut Transaction,
        insert: &'static str,
    ) -> Result<(), StoreError> {
        let places: Vec<String> = (1..=kinds.len()).map(|place| format!("${place}")).collect();
        let insert = format!("{insert}{})", places.join(", "));
        macro_rules! copied {
            ($connection:expr) => {{
                let mut rows = sqlx::query(select).fetch(&mut **$connection);
                while let Some(row) = rows.try_next().await? {
                    let mut values = Vec::with_capacity(kinds.len());
                    for (column, kind) in kinds.iter().enumerate() {
                        values.push(match kind {
                            Kind::Int => Value::Int(row.try_get(column)?),
                            Kind::Text => Value::Text(row.try_get(column)?),
                            Kind::Blob => Value::Blob(row.try_get(column)?),
                        });
                    }
                    target.put(&insert, values).await?;
                }
            }};
        }
        match self {
            Self::Sqlite(tx) => copied!(tx),
            Self::Postgres(tx) => copied!(tx),
        }
        Ok(())
    }

    async fn put(&mut self, insert: &str, values: Vec<Value>) -> Result<(), StoreError> {
        let insert = sqlx::AssertSqlSafe(insert.to_owned());
        match self {
            Self::Sqlite(tx) => bound!(insert, values, query).execute(&mut **tx).await.map(drop)?,
            Self::Postgres(tx) => bound!(insert, values, query).execute(&mut **tx).await.map(drop)?,
        }
        Ok(())
    }

    /// Runs a script of several statements.
    pub(super) async fn script(&mut self, script: String) -> Result<(), StoreError> {
        let script = sqlx::raw_sql(sqlx::AssertSqlSafe(script));
        match self {
            Self::Sqlite(tx) => script.execute(&mut **tx).await.map(drop)?,
            Self::Postgres(tx) => script.execute(&mut **tx).await.map(drop)?,
        }
        Ok(())
    }
}
