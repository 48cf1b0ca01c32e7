//! Notices that the picture database was moved, deleted or replaced while it is open.

use std::path::Path;

use super::BlobError;
use crate::folder::FileIdentity;

/// A database and its write-ahead log, as they were when they were opened.
pub(super) struct Watched {
    files: Vec<FileIdentity>,
}

impl Watched {
    pub(super) fn over(database: &Path) -> Result<Self, BlobError> {
        let mut log = database.as_os_str().to_owned();
        log.push("-wal");
        let identify = |path: &Path| FileIdentity::of(path).map_err(|error| BlobError::file(path, error));
        Ok(Self { files: vec![identify(database)?, identify(Path::new(&log))?] })
    }

    pub(super) fn check(&self) -> Result<(), BlobError> {
        match self.files.iter().find(|file| !file.holds()) {
            Some(file) => Err(BlobError::Replaced(file.path().to_owned())),
            None => Ok(()),
        }
    }
}
