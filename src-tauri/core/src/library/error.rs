//! What can go wrong with the library, told to the person who reads it.

use std::io;
use std::path::PathBuf;

use rusqlite::ErrorCode;

#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    #[error(
        "the library {path} was written by a newer Lysbord (its format is {found}, this program knows {known}). \
         Nothing was changed; please install the newer Lysbord."
    )]
    Newer { path: PathBuf, found: usize, known: usize },
    #[error("the disk is full: nothing more can be kept until there is room. What was kept before is safe.")]
    Full,
    #[error("the library's file is gone or was replaced while Lysbord was running. Start Lysbord again.")]
    Gone,
    #[error("the library cannot be written: {0}")]
    ReadOnly(String),
    #[error("Lysbord is busy: too many deliveries are waiting to be kept")]
    Busy,
    #[error("Lysbord is closing")]
    Closing,
    #[error("the library cannot be brought to this program's format: {0}")]
    Migration(rusqlite_migration::Error),
    #[error("the library's file cannot be used: {0}")]
    Io(#[from] io::Error),
    #[error("the library holds something that cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the library's file cannot be used: {0}")]
    Sqlite(rusqlite::Error),
    #[error("{0}")]
    Told(String),
}

impl From<rusqlite::Error> for LibraryError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
                Self::ReadOnly(error.to_string())
            }
            _ => Self::Sqlite(error),
        }
    }
}

impl LibraryError {
    /// The same failure for another of those who shared a transaction.
    pub(in crate::library) fn again(&self) -> Self {
        match self {
            Self::Full => Self::Full,
            Self::Gone => Self::Gone,
            Self::ReadOnly(why) => Self::ReadOnly(why.clone()),
            other => Self::Told(other.to_string()),
        }
    }
}
