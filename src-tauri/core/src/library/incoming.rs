//! A delivery on its way in: freed of secrets and packed before the one writer sees it, so that the writer has little to
//! do and many can be prepared at once. Of what it says only that is read which cannot wait.

use std::time::Instant;

use sha2::{Digest, Sha256};

use super::packing::pack;
use super::{ImportId, LibraryError};
use crate::clock::Moment;
use crate::fotoware::{Arrival, HookKind, Received, Unreadable, receive};

/// Tells a delivery that comes twice: 128 bits over the kind of hook and the webhook's id, or over the body of one
/// that has no id.
pub(super) type Dedupe = [u8; 16];

/// One request body, ready to be kept.
#[derive(Debug)]
pub struct Incoming {
    pub(super) received: Moment,
    pub(super) origin: Origin,
    /// Pictures are timed from here.
    pub(super) noticed: Instant,
    pub(super) hook: HookKind,
    pub(super) content_type: Option<String>,
    pub(super) size: usize,
    pub(super) packed: Vec<u8>,
    pub(super) dedupe: Dedupe,
    pub(super) arrival: Result<Arrival, Unreadable>,
}

/// Where a delivery came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// The webhook listener heard it.
    #[default]
    Heard,
    /// It was in a file that the user imported.
    Imported(ImportId),
}

impl Origin {
    /// The import that brought it, `None` if it was heard.
    pub fn import(self) -> Option<ImportId> {
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

impl Incoming {
    /// A delivery that was heard. Redacts and packs the body, which may take a moment for a large one.
    pub fn new(
        hook: HookKind,
        content_type: Option<String>,
        body: &[u8],
        received: Moment,
    ) -> Result<Self, LibraryError> {
        let noticed = Instant::now();
        let Received { arrival, kept } = receive(body);
        Ok(Self {
            received,
            origin: Origin::Heard,
            noticed,
            hook,
            content_type,
            size: body.len(),
            dedupe: dedupe(hook, arrival.as_ref().ok().and_then(|arrival| arrival.webhook_id.as_deref()), &kept),
            packed: pack(&kept)?,
            arrival,
        })
    }

    /// The same, brought by an import.
    #[must_use]
    pub fn imported(self, import: ImportId) -> Self {
        Self { origin: Origin::Imported(import), ..self }
    }
}

/// What became of a delivery when it was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    Event(super::DeliveryId),
    /// It came before; kept in the log and otherwise without effect.
    Duplicate(super::DeliveryId),
    /// It tells nothing that can be read; kept as it came.
    Unreadable(super::DeliveryId),
}

impl Accepted {
    pub fn delivery(self) -> super::DeliveryId {
        match self {
            Self::Event(id) | Self::Duplicate(id) | Self::Unreadable(id) => id,
        }
    }
}

fn dedupe(hook: HookKind, webhook_id: Option<&str>, body: &[u8]) -> Dedupe {
    let mut hash = Sha256::new();
    hash.update(hook.as_str());
    if let Some(id) = webhook_id {
        hash.update([0]);
        hash.update(id);
    } else {
        hash.update([1]);
        hash.update(body);
    }
    let mut dedupe = [0; 16];
    dedupe.copy_from_slice(&hash.finalize()[..16]);
    dedupe
}
