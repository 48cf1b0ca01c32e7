//! Words that several rooms share: the name of a blob, which picture of which delivery, what became of it, and why one is
//! missing. How a picture is fetched and where anything is written down is not their business.

mod missing_reason;
mod picture;

pub use missing_reason::MissingReason;
pub use picture::{
    BlobHash, DECODER, Flaw, Format, Job, Landed, NotABlobHash, Outcome, Picture, RenditionKey, RenditionOutcome,
};
