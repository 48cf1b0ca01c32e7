//! Errors of the library, in words for the person who reads them.

use std::io;
use std::path::PathBuf;

use rusqlite::ErrorCode;

use crate::supervise::Panicked;

/// The two threads, as error texts call them.
pub(in crate::library) const INTAKE: &str = "the part of Lysbord that receives deliveries";
pub(in crate::library) const WRITER: &str = "the part of Lysbord that writes the library";

#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    #[error(
        "the library {path} was written by a newer Lysbord (its format is {found}, this program knows {known}). \
         Nothing was changed; please install the newer Lysbord."
    )]
    Newer { path: PathBuf, found: usize, known: usize },
    #[error("the disk is full: nothing more can be kept until there is space. Everything received so far is safe.")]
    Full,
    #[error("the library's file is gone or was replaced while Lysbord was running. Restart Lysbord.")]
    Gone,
    #[error("the library cannot be written: {0}")]
    ReadOnly(String),
    #[error("Lysbord is busy: too many deliveries are waiting to be kept")]
    Busy,
    #[error("Lysbord is closing")]
    Closing,
    #[error(
        "delivery {delivery} is damaged on this disk: {why}. It is skipped; all others are shown. \
         A backup of the data folder may have it intact."
    )]
    Damaged { delivery: i64, why: String },
    #[error("{0}. Everything received is safe. Try again; if it happens again, please report it with the log.")]
    Panicked(#[from] Panicked),
    #[error("the latest deliveries are kept but not shown yet ({0}). Lysbord retries by itself; try again after that.")]
    Behind(String),
    #[error("{0} stopped unexpectedly. Everything received is safe on disk: restart Lysbord.")]
    Ended(&'static str),
    #[error("the library cannot be brought to this program's format: {0}")]
    Migration(rusqlite_migration::Error),
    #[error("the library's file cannot be used: {0}")]
    Io(#[from] io::Error),
    #[error("the library holds something that cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the library's file cannot be used: {0}")]
    Sqlite(rusqlite::Error),
    #[error("{0}")]
    Other(String),
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
    /// Whether the cause is the disk, the file or the machine, and not what was to be written. The same may succeed
    /// later, and anything else would fail now.
    pub(in crate::library) fn is_of_the_place(&self) -> bool {
        match self {
            Self::Full
            | Self::Gone
            | Self::ReadOnly(_)
            | Self::Busy
            | Self::Closing
            | Self::Io(_)
            | Self::Migration(_)
            | Self::Behind(_)
            | Self::Ended(_)
            | Self::Newer { .. } => true,
            Self::Sqlite(error) => matches!(
                error.sqlite_error_code(),
                Some(
                    ErrorCode::SystemIoFailure
                        | ErrorCode::DatabaseCorrupt
                        | ErrorCode::NotADatabase
                        | ErrorCode::DatabaseBusy
                        | ErrorCode::DatabaseLocked
                        | ErrorCode::OutOfMemory
                        | ErrorCode::OperationInterrupted
                        | ErrorCode::FileLockingProtocolFailed
                        | ErrorCode::NoLargeFileSupport
                )
            ),
            Self::Json(_) | Self::Other(_) | Self::Damaged { .. } | Self::Panicked(_) => false,
        }
    }

    /// Whether a page of the library's file is damaged.
    pub(in crate::library) fn is_corruption(&self) -> bool {
        matches!(self, Self::Sqlite(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt))
    }

    /// A copy, for another one who shared the transaction.
    pub(in crate::library) fn share(&self) -> Self {
        match self {
            Self::Full => Self::Full,
            Self::Gone => Self::Gone,
            Self::ReadOnly(why) => Self::ReadOnly(why.clone()),
            Self::Panicked(panicked) => Self::Panicked(panicked.clone()),
            Self::Ended(who) => Self::Ended(who),
            Self::Behind(why) => Self::Behind(why.clone()),
            other => Self::Other(other.to_string()),
        }
    }
}
