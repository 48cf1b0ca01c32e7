//! A delivery as the journal and the log keep it.

use crate::clock::Moment;
use crate::fotoware::HookKind;
use crate::library::store::ids::{DeliveryId, ImportId};

/// Tells a delivery that comes twice: 128 bits over the kind of hook and the webhook's id, or over the body of one
/// that has no id.
pub(in crate::library) type Dedupe = [u8; 16];

/// What became of a delivery when it was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    Event(DeliveryId),
    /// It came before; kept in the log and otherwise without effect.
    Duplicate(DeliveryId),
    /// It tells nothing that can be read; kept as it came.
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

/// All that makes a row of the log but for what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::library) struct Record {
    pub id: DeliveryId,
    pub received: Moment,
    pub origin: Origin,
    pub hook: HookKind,
    pub content_type: Option<String>,
    /// Why it cannot be read.
    pub problem: Option<String>,
    pub dedupe: Dedupe,
    /// Bytes as received.
    pub size: usize,
    pub packed: Vec<u8>,
}
