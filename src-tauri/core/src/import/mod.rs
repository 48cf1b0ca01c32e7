//! Request bodies that were saved somewhere, taken out of the files that hold them: bare bodies, many in one file, and what
//! other programs wrap around them. What is no body is left alone, and the reason is told.
//!
//! [`walk`] finds the files, [`open`] gives their bodies one by one. A file is read as a stream, so that its size does not
//! matter; only one value of it is in memory at a time.

mod content;
mod hook;
mod report;
mod requests;
mod table;
mod text;
mod values;
mod walk;
mod wrappers;

use crate::clock::Timestamp;
use crate::fotoware::HookKind;

pub use content::{Bodies, open};
pub use report::Report;
pub use walk::{Found, walk};

/// One request body out of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedBody {
    /// As the address that it was sent to says, or else the names of the file and its folders; `any` if none says it.
    pub hook: HookKind,
    pub content_type: Option<String>,
    pub body: Vec<u8>,
    /// When it was received, if what is wrapped around it says so.
    pub received: Option<Timestamp>,
}

/// Why something is left alone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum LeftAlone {
    #[error("hidden")]
    Hidden,
    #[error("empty")]
    Empty,
    #[error("a picture")]
    Picture,
    #[error("not text")]
    NotText,
    #[error("text without a request body")]
    NoBody,
    #[error("a request without a body")]
    RequestWithoutBody,
    #[error("a request that is no notice")]
    NoNotice,
    #[error("larger than a delivery can be")]
    TooLarge,
    #[error("no file, but a pipe, a socket or a device")]
    NotAFile,
    #[error("a link that leads back to itself")]
    Loop,
    #[error("cannot be read ({0})")]
    CannotBeRead(String),
}

impl From<std::io::Error> for LeftAlone {
    fn from(error: std::io::Error) -> Self {
        // Without the number of the error, which means nothing to people.
        let words = error.to_string();
        Self::CannotBeRead(words.split(" (os error").next().unwrap_or_default().to_lowercase())
    }
}
