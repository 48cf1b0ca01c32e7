//! A delivery on its way in: read, freed of secrets and packed before the one writer sees it, so that the writer
//! has little to do and many can be prepared at once.

use std::cell::RefCell;
use std::time::Instant;

use sha2::{Digest, Sha256};
use zstd::bulk::{Compressor, Decompressor};

use super::LibraryError;
use crate::clock::Moment;
use crate::fotoware::{self, HookKind, Notice, Reading, Unreadable};

/// Tells a delivery that comes twice: 128 bits over the kind of hook and the webhook's id, or over the body of one
/// that has no id.
pub(super) type Dedupe = [u8; 16];

/// One request body, ready to be kept.
#[derive(Debug)]
pub struct Incoming {
    pub(super) received: Moment,
    /// Pictures are timed from here.
    pub(super) noticed: Instant,
    pub(super) hook: HookKind,
    pub(super) content_type: Option<String>,
    pub(super) size: usize,
    pub(super) packed: Vec<u8>,
    pub(super) dedupe: Dedupe,
    pub(super) notice: Result<Box<Notice>, Unreadable>,
}

impl Incoming {
    pub fn new(
        hook: HookKind,
        content_type: Option<String>,
        body: &[u8],
        received: Moment,
    ) -> Result<Self, LibraryError> {
        let noticed = Instant::now();
        let Reading { notice, kept } = fotoware::read(hook, body);
        let notice = notice.map(Box::new);
        Ok(Self {
            received,
            noticed,
            hook,
            content_type,
            size: body.len(),
            dedupe: dedupe(hook, notice.as_deref().ok().and_then(|notice| notice.webhook_id.as_deref()), &kept),
            packed: pack(&kept)?,
            notice,
        })
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

/// Level 1: deliveries come in bursts, and repeat themselves so much that even this takes four fifths away.
fn pack(body: &[u8]) -> Result<Vec<u8>, LibraryError> {
    thread_local! {
        // Its tables are larger than most bodies: they are made once a thread.
        static PACKER: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    }
    PACKER.with_borrow_mut(|packer| {
        let packer = match packer {
            Some(packer) => packer,
            None => packer.insert(Compressor::new(1)?),
        };
        Ok(packer.compress(body)?)
    })
}

/// The packed body says itself how long it is: redaction may have made it much longer than it came.
pub(super) fn unpack(packed: &[u8]) -> Result<Vec<u8>, LibraryError> {
    thread_local! {
        // As with the packer: to make one costs more than most bodies.
        static UNPACKER: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
    }
    let size = zstd::zstd_safe::get_frame_content_size(packed).ok().flatten().unwrap_or_default();
    UNPACKER.with_borrow_mut(|unpacker| {
        let unpacker = match unpacker {
            Some(unpacker) => unpacker,
            None => unpacker.insert(Decompressor::new()?),
        };
        Ok(unpacker.decompress(packed, size as usize)?)
    })
}
