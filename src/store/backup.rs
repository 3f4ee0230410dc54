//! Backup and restore. A backup is an SQLite file with the same tables, whichever database it was taken from and goes
//! back to; so it also moves a gateway from one kind of database to the other.

use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::database::{Database, Kind, Transaction, values};
use super::{Store, StoreError, Verdict, schema};
use crate::config::DatabaseUrl;
use crate::data::{DataDirectory, DataError};

/// Files of the data directory that go with the tables: without them browsers would have to trust a new authority.
const FILES: [&str; 2] = ["ca.key", "ca.crt"];

/// Why there is no backup, or nothing was restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The file exists.
    #[error("{0} exists already; name another file")]
    Exists(PathBuf),
    /// The file cannot be made, read or moved.
    #[error("cannot use {path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// There is something that a restore would overwrite.
    #[error("the database is not empty; restore into an empty one, or move giaoban.db away first")]
    NotEmpty,
    /// The file is none of ours, or damaged.
    #[error("{0} is no backup of a gateway, or it is damaged")]
    Damaged(PathBuf),
    /// The data directory.
    #[error(transparent)]
    Data(#[from] DataError),
    /// One of the databases.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A table and its columns, in an order in which rows may be put in.
struct Table {
    select: &'static str,
    insert: &'static str,
    kinds: &'static [Kind],
}

/// Names each table once; the statements follow from it.
macro_rules! tables {
    ($($table:literal order $order:literal: $first:ident $first_kind:ident $(, $column:ident $kind:ident)*;)+) => {
        /// Every table, with what it refers to before it.
        const TABLES: &[Table] = &[$(Table {
            select: concat!("SELECT ", stringify!($first), $(", ", stringify!($column),)* " FROM ", $table, " ORDER BY ", $order),
            insert: concat!("INSERT INTO ", $table, " (", stringify!($first), $(", ", stringify!($column),)* ") VALUES ("),
            kinds: &[Kind::$first_kind $(, Kind::$kind)*],
        }),+];
        #[cfg(test)]
        const COLUMNS: &[(&str, &[&str])] = &[$(($table, &[stringify!($first) $(, stringify!($column))*])),+];
    };
}
tables! {
    "units" order "id": id Int, code Text, revision Int;
    "unit_versions" order "unit, valid_from": unit Int, valid_from Text, valid_to Text, name Text, parent Int;
    "people" order "id":
        id Int, code Text, revision Int, name Text, rank Text, duty Text, clearance Text, mail Text;
    "memberships" order "person, valid_from": person Int, valid_from Text, valid_to Text, unit Int;
    "appointments" order "id": id Int, person Int, unit Int, valid_from Text, ended Text;
    "rooms" order "id":
        id Int, slug Text, title Text, classification Text, durable Text, rules Text, unit Int, revision Int, closed Int;
    "seats" order "id": id Int, room Int, name Text, role Text, link_hash Blob, created_at Int, revoked_at Int, person Int, unit Int,
        until Int;
    "resumes" order "hash": hash Blob, seat Int, expires_at Int;
    "templates" order "id": id Int, revision Int, unit Int, name Text, rules Text, retired Int;
    "bookings" order "id": id Int, revision Int, room Int, plan Text, exceptions Text, cancelled Int;
    "attendance" order "number":
        number Int, room Int, at Int, came Int, seat Int, name Text, person Int, unit Int;
    "acts" order "number": number Int, at Int, actor Int, unit Int, content Text, hash Blob;
    "accounts" order "person": person Int, login Text, password Text, totp Blob, totp_step Int;
    "account_links" order "hash": hash Blob, person Int, expires_at Int;
    "answered" order "person, key":
        person Int, key Text, fingerprint Blob, at Int, status Int, etag Text, kind Text, body Blob;
    "feeds" order "person": person Int, hash Blob, created_at Int;
    "sessions" order "hash": hash Blob, person Int, created_at Int, used_at Int;
}

/// Writes a backup. What it holds is of one moment, also while a gateway goes on writing.
///
/// # Errors
/// See [`BackupError`]; then there is no file.
pub async fn backup(url: Option<&DatabaseUrl>, data: &Path, file: &Path) -> Result<(), BackupError> {
    let unusable = |source| BackupError::File { path: file.to_owned(), source };
    if file.exists() {
        return Err(BackupError::Exists(file.to_owned()));
    }
    let part = beside(file, "part");
    let _ = std::fs::remove_file(&part);
    std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part).map_err(unusable)?;
    let result = write(url, data, &part).await;
    let result = result.and_then(|()| {
        std::fs::File::open(&part).and_then(|part| part.sync_all()).map_err(unusable)?;
        std::fs::rename(&part, file).map_err(unusable)
    });
    remove(&part);
    result
}

async fn write(url: Option<&DatabaseUrl>, data: &Path, part: &Path) -> Result<(), BackupError> {
    let store = Store::existing(url, data).await?;
    let copy = Database::create_copy(part).await?;
    schema::migrate(&copy).await?;
    let done = copy_tables(&store.database, &copy).await;
    store.close().await;
    done?;
    let mut transaction = copy.begin().await?;
    let table = "CREATE TABLE files (name TEXT PRIMARY KEY, content TEXT NOT NULL) STRICT";
    transaction.script(table.to_owned()).await?;
    for name in FILES {
        let path = data.join(name);
        let content = std::fs::read_to_string(&path).map_err(|source| BackupError::File { path, source })?;
        let put = "INSERT INTO files (name, content) VALUES ($1, $2)";
        transaction.execute(put, values![name, content]).await?;
    }
    transaction.commit().await?;
    copy.close().await;
    Ok(())
}

/// Restores a backup into a database without rooms, people and acts, and a data directory whose lock is held.
///
/// # Errors
/// See [`BackupError`]; then the database is as it was.
pub async fn restore(
    url: Option<&DatabaseUrl>,
    data: &DataDirectory,
    file: &Path,
) -> Result<(), BackupError> {
    std::fs::metadata(file).map_err(|source| BackupError::File { path: file.to_owned(), source })?;
    // A copy, so that an older backup's tables can be brought up to date and the file itself stays as it is.
    let copy = data.path().join("restoring.db");
    remove(&copy);
    std::fs::copy(file, &copy).map_err(|source| BackupError::File { path: copy.clone(), source })?;
    let result = restore_copy(url, data, file, &copy).await;
    remove(&copy);
    result
}

async fn restore_copy(
    url: Option<&DatabaseUrl>,
    data: &DataDirectory,
    file: &Path,
    copy: &Path,
) -> Result<(), BackupError> {
    let damaged = || BackupError::Damaged(file.to_owned());
    let backup = Database::create_copy(copy).await.map_err(|_| damaged())?;
    let files = "SELECT name, content FROM files ORDER BY name";
    let files: Vec<(String, String)> = backup.all(files, values![]).await.map_err(|_| damaged())?;
    schema::migrate(&backup).await?;
    let backup = Store { database: backup };
    if let Verdict::Broken { .. } = backup.verify_acts().await? {
        return Err(damaged());
    }
    let store = Store::at(url, data.path()).await?;
    let done = put_back(&backup, &store).await;
    store.close().await;
    backup.close().await;
    done?;
    for (name, content) in files.iter().filter(|(name, _)| FILES.contains(&name.as_str())) {
        data.write(name, content)?;
    }
    Ok(())
}

async fn put_back(backup: &Store, store: &Store) -> Result<(), BackupError> {
    if !store.is_empty().await? {
        return Err(BackupError::NotEmpty);
    }
    Ok(copy_tables(&backup.database, &store.database).await?)
}

/// Copies every row, all of one moment.
async fn copy_tables(from: &Database, to: &Database) -> Result<(), StoreError> {
    let mut source = from.begin_snapshot().await?;
    let mut target = to.begin().await?;
    for table in TABLES {
        source.copy(table.select, table.kinds, &mut target, table.insert).await?;
    }
    if let Transaction::Postgres(_) = target {
        // Numbers that the database gives go on after those that were copied.
        for (table, id) in [("rooms", "id"), ("seats", "id"), ("attendance", "number")] {
            let next = format!(
                "SELECT setval(pg_get_serial_sequence('{table}', '{id}'), coalesce(max({id}), 0) + 1, false) FROM {table}"
            );
            target.script(next).await?;
        }
    }
    target.commit().await
}

impl Store {
    /// Whether nothing was ever kept.
    async fn is_empty(&self) -> Result<bool, StoreError> {
        let any = "SELECT (SELECT count(*) FROM rooms) + (SELECT count(*) FROM people) + (SELECT count(*) FROM acts)";
        let any: Option<(i64,)> = self.database.optional(any, values![]).await?;
        Ok(any.is_none_or(|(rows,)| rows == 0))
    }
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

/// Removes a file of ours with what SQLite put beside it.
fn remove(path: &Path) {
    for ending in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        // What is not there need not go.
        let _ = std::fs::remove_file(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TemporaryDirectory;

    #[tokio::test]
    async fn every_table_and_column_is_backed_up() {
        let temporary = TemporaryDirectory::new();
        let store = Store::open(&temporary.path().join("test.db")).await.unwrap();
        let all = "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c \
                   WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, c.cid";
        let all: Vec<(String, String)> = store.database.all(all, values![]).await.unwrap();
        let mut copied: Vec<(String, String)> = COLUMNS
            .iter()
            .flat_map(|(table, columns)| {
                columns.iter().map(|column| ((*table).to_owned(), (*column).to_owned()))
            })
            .collect();
        copied.sort();
        let mut all = all;
        all.sort();
        assert_eq!(copied, all);
    }
}
