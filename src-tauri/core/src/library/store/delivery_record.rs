//! A delivery as the journal and the log keep it.

use crate::clock::Timestamp;
use crate::fotoware::HookKind;
use crate::library::store::envelopes::Envelope;
use crate::library::store::ids::{DeliveryId, ImportId};

/// The deduplication key of a delivery: 128 bits of a hash over the kind of hook and the webhook's id, or over the body
/// if there is no id.
pub(in crate::library) type Dedupe = [u8; 16];

/// What became of a delivery when it was acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    Event(DeliveryId),
    /// The same came before. It is in the log and has no further effect.
    Duplicate(DeliveryId),
    /// Nothing that it says can be read. It is kept as it came.
    Unreadable(DeliveryId),
}

impl Accepted {
    pub fn delivery(self) -> DeliveryId {
        match self {
            Self::Event(id) | Self::Duplicate(id) | Self::Unreadable(id) => id,
        }
    }
}

/// Where a delivery came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::library) enum Origin {
    /// The webhook listener heard it.
    #[default]
    Heard,
    /// It was in a file that the user imported.
    Imported(ImportId),
}

impl Origin {
    /// The import that brought it, `None` if it was heard.
    pub(in crate::library) fn import(self) -> Option<ImportId> {
        match self {
            Self::Heard => None,
            Self::Imported(import) => Some(import),
        }
    }
}

impl From<Option<ImportId>> for Origin {
    fn from(import: Option<ImportId>) -> Self {
        import.map_or(Self::Heard, Self::Imported)
    }
}

/// A row of the log, without its outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::library) struct Record {
    pub id: DeliveryId,
    pub received: Timestamp,
    pub origin: Origin,
    /// What came around the body; `None` if it was imported.
    pub envelope: Option<Envelope>,
    pub hook: HookKind,
    pub content_type: Option<String>,
    /// Why it cannot be read; `None` if it can.
    pub problem: Option<String>,
    pub dedupe: Dedupe,
    /// Bytes as received.
    pub size: usize,
    /// The redacted body, compressed.
    pub packed: Vec<u8>,
}
