//! How a database is, without changing it.

use std::path::Path;

use super::acts::Verdict;
use super::database::{Database, Transaction, values};
use super::{FILE, Store, StoreError, schema};
use crate::config::DatabaseUrl;

/// The version of its tables, beside this program's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tables {
    /// An earlier one.
    Older,
    /// The same.
    Current,
    /// A later one.
    Newer,
}

/// How a database is.
pub struct Health {
    /// Its tables' version.
    pub tables: Tables,
    /// What SQLite finds of its own file. PostgreSQL keeps its files itself.
    pub whole: bool,
    /// Whether the record of acts holds; looked at only where tables are current.
    pub acts: Option<Verdict>,
}

/// Looks at the configured database; `None` if it is still to be made. A gateway may be running on it.
///
/// # Errors
/// If it cannot be opened or read.
pub async fn examine(url: Option<&DatabaseUrl>, data: &Path) -> Result<Option<Health>, StoreError> {
    let database = match url {
        Some(url) => Database::connect(url.as_str()).await?,
        None => {
            let file = data.join(FILE);
            match std::fs::metadata(&file) {
                Ok(_) => Database::open_file(&file).await?,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(error.into()),
            }
        }
    };
    let health = look(&database).await;
    database.close().await;
    health
}

async fn look(database: &Database) -> Result<Option<Health>, StoreError> {
    let Some(tables) = schema::tables(database).await? else { return Ok(None) };
    let whole = match database.begin().await? {
        mut transaction @ Transaction::Sqlite(_) => {
            let (verdict,): (String,) = transaction.one("PRAGMA quick_check(1)", values![]).await?;
            verdict == "ok"
        }
        Transaction::Postgres(_) => true,
    };
    let acts = match tables {
        Tables::Current if whole => Some(Store { database: database.clone() }.verify_acts().await?),
        _ => None,
    };
    Ok(Some(Health { tables, whole, acts }))
}
