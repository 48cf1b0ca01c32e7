//! Notices that a database was moved, deleted or replaced while it is open.
//! On Unix writes to such a file go on without an error, into a file that no name leads to any more.

use std::io;
use std::path::{Path, PathBuf};

use super::BlobError;

/// A database and its write-ahead log, as they were when they were opened.
pub(super) struct Watched {
    files: Vec<(PathBuf, Identity)>,
}

impl Watched {
    pub(super) fn over(database: &Path) -> Result<Self, BlobError> {
        let mut log = database.as_os_str().to_owned();
        log.push("-wal");
        let identify = |path: PathBuf| match identity(&path) {
            Ok(identity) => Ok((path, identity)),
            Err(error) => Err(BlobError::file(&path, error)),
        };
        let files = [database.to_owned(), log.into()].into_iter().map(identify).collect::<Result<_, _>>()?;
        Ok(Self { files })
    }

    pub(super) fn check(&self) -> Result<(), BlobError> {
        let replaced = |(path, before): &&(PathBuf, Identity)| !identity(path).is_ok_and(|now| now == *before);
        match self.files.iter().find(replaced) {
            Some((path, _)) => Err(BlobError::Replaced(path.clone())),
            None => Ok(()),
        }
    }
}

/// Device and inode.
#[cfg(unix)]
type Identity = (u64, u64);

#[cfg(unix)]
fn identity(path: &Path) -> io::Result<Identity> {
    use std::os::unix::fs::MetadataExt;
    path.metadata().map(|file| (file.dev(), file.ino()))
}

/// Elsewhere an open file can be neither moved nor deleted.
#[cfg(not(unix))]
type Identity = ();

#[cfg(not(unix))]
fn identity(_: &Path) -> io::Result<Identity> {
    Ok(())
}
