//! Messages to the writer. A file of its own, so that those who send them need not know the writer.

use std::path::PathBuf;

use rusqlite::Transaction;
use tokio::sync::oneshot;

use crate::library::error::LibraryError;
use crate::library::store::ids::DeliveryId;
use crate::model::RenditionOutcome;

pub(in crate::library) type Reply<T> = oneshot::Sender<Result<T, LibraryError>>;

/// A change in a transaction. Returns the public ids of the assets that it changed.
pub(in crate::library) type Change = Box<dyn FnOnce(&Transaction<'_>) -> Result<Vec<String>, LibraryError> + Send>;

pub(in crate::library) enum Write {
    /// Deliveries were acknowledged. Sent to wake the writer.
    Store,
    /// Answers when everything acknowledged so far has its row.
    StoreNow(Reply<()>),
    RecordOutcomes(Vec<RenditionOutcome>, Reply<()>),
    /// Any other change, in a transaction of its own.
    Change(Change, Reply<()>),
    /// A change that nobody sees, such as how far a follower has come: it is announced to nobody.
    Bookkeeping(Take, Reply<()>),
    /// A change that looks at everything, and waits until everything is projected.
    ExclusiveChange(Change, Reply<()>),
    /// A step of a rebuild. It touches nothing that is read, and can be taken again.
    Rebuild(RebuildStep, Reply<()>),
    /// The end of a rebuild, which has read the log up to this delivery: swap the tables.
    SwapTables(DeliveryId, Reply<()>),
    /// Answers when everything taken in so far is projected and searchable.
    CatchUp(Reply<()>),
    /// The last message. Senders of later ones get an error.
    Close,
}

/// A step of a rebuild that the writer takes between deliveries, in a transaction of its own.
pub(in crate::library) struct RebuildStep {
    /// A file that is attached for it under this name.
    pub beside: Option<PathBuf>,
    pub take: Take,
}

pub(in crate::library) type Take = Box<dyn FnOnce(&Transaction<'_>) -> Result<(), LibraryError> + Send>;
