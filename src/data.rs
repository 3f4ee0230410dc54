//! The data directory: one gateway at a time, readable by its owner alone.

use std::fs::{DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// The data directory of the running gateway. Its lock is held until this is dropped.
pub struct DataDirectory {
    path: PathBuf,
    _lock: File,
}

/// Why the data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// It cannot be made or written.
    #[error("cannot write the data directory {path}: {source}; name another with --data DIR")]
    Unwritable {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A gateway holds it.
    #[error("another gateway runs on the data directory {path}; stop it, or name another with --data DIR")]
    InUse {
        /// Which.
        path: PathBuf,
    },
    /// A file in it cannot be read or written.
    #[error("cannot use {path}: {source}; check the owner and the free space of its directory")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl DataDirectory {
    /// Makes the directory if it is missing, closes it to others, and locks it.
    ///
    /// # Errors
    /// If it cannot be written or another gateway holds it.
    pub fn open(path: PathBuf) -> Result<Self, DataError> {
        let unwritable = |source| DataError::Unwritable { path: path.clone(), source };
        DirBuilder::new().recursive(true).mode(0o700).create(&path).map_err(unwritable)?;
        let path = path.canonicalize().map_err(unwritable)?;
        let unwritable = |source| DataError::Unwritable { path: path.clone(), source };
        std::fs::set_permissions(&path, Permissions::from_mode(0o700)).map_err(unwritable)?;
        let lock = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path.join("lock"))
            .map_err(unwritable)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(DataError::InUse { path }),
            Err(TryLockError::Error(source)) => Err(DataError::Unwritable { path, source }),
        }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A file's text, if the file exists.
    ///
    /// # Errors
    /// If it exists and cannot be read.
    pub fn read(&self, name: &str) -> Result<Option<String>, DataError> {
        let path = self.path.join(name);
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(DataError::File { path, source }),
        }
    }

    /// Writes a file that only its owner can read. Whoever reads it sees the old or the new text, also after a crash.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&self, name: &str, text: &str) -> Result<(), DataError> {
        let path = self.path.join(name);
        let fresh = self.path.join(format!("{name}.new"));
        let write = || {
            let mut file =
                OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&fresh, &path)
        };
        write().map_err(|source| DataError::File { path: path.clone(), source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TemporaryDirectory;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn the_directory_and_its_files_are_closed_to_others() {
        let temporary = TemporaryDirectory::new();
        let data = DataDirectory::open(temporary.path().join("a/b")).unwrap();
        data.write("key", "secret").unwrap();
        assert_eq!(mode(data.path()), 0o700);
        assert_eq!(mode(&data.path().join("key")), 0o600);
        assert_eq!(data.read("key").unwrap().as_deref(), Some("secret"));
        assert!(data.read("other").unwrap().is_none());
    }

    #[test]
    fn a_second_gateway_on_the_same_directory_is_told_so() {
        let temporary = TemporaryDirectory::new();
        let first = DataDirectory::open(temporary.path().join("data")).unwrap();
        let second = DataDirectory::open(temporary.path().join("data"));
        assert!(second.is_err_and(|error| error.to_string().contains("another gateway")));
        drop(first);
        assert!(DataDirectory::open(temporary.path().join("data")).is_ok());
    }

    #[test]
    fn an_unwritable_place_is_one_clear_line_with_a_next_step() {
        let temporary = TemporaryDirectory::new();
        std::fs::write(temporary.path().join("file"), "").unwrap();
        let Err(error) = DataDirectory::open(temporary.path().join("file/data")) else {
            panic!("a file is not a directory");
        };
        let line = error.to_string();
        assert!(line.contains("cannot write the data directory") && line.contains("--data DIR"), "{line}");
        assert!(!line.contains('\n'), "{line}");
    }
}
