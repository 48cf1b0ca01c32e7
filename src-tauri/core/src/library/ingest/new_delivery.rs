//! A delivery on its way in. It is redacted and packed on the task of its request, so that many are prepared at once
//! and the threads behind it have little to do. Of its content only what cannot wait is read: webhook id and picture
//! URLs.

use std::time::Instant;

use sha2::{Digest, Sha256};

use crate::clock::Timestamp;
use crate::fotoware::{Arrival, HookKind, Received, Unreadable, receive};
use crate::library::error::LibraryError;
use crate::library::store::body_codec::pack;
use crate::library::store::delivery_record::{Dedupe, Origin};
use crate::library::store::envelopes::Envelope;
use crate::library::store::ids::ImportId;

/// What the listener knows of a request beside its body.
#[derive(Debug)]
pub(in crate::library) struct Heard {
    pub envelope: Envelope,
    pub begun: Instant,
}

/// One request body, ready to be kept.
#[derive(Debug)]
pub struct Incoming {
    pub(in crate::library) received: Timestamp,
    pub(in crate::library) origin: Origin,
    pub(in crate::library) heard: Option<Heard>,
    /// When it came, by the monotonic clock: the time that a picture took counts from here.
    pub(in crate::library) noticed: Instant,
    pub(in crate::library) hook: HookKind,
    pub(in crate::library) content_type: Option<String>,
    pub(in crate::library) size: usize,
    pub(in crate::library) packed: Vec<u8>,
    pub(in crate::library) dedupe: Dedupe,
    pub(in crate::library) arrival: Result<Arrival, Unreadable>,
}

impl Incoming {
    /// A delivery that came to the listener at `received`. Redacts and packs the body, which takes milliseconds for a
    /// large one. Fails only if packing does.
    pub fn new(
        hook: HookKind,
        content_type: Option<String>,
        body: &[u8],
        received: Timestamp,
    ) -> Result<Self, LibraryError> {
        let noticed = Instant::now();
        let Received { arrival, kept } = receive(content_type.as_deref(), body);
        Ok(Self {
            received,
            origin: Origin::Heard,
            heard: None,
            noticed,
            hook,
            content_type,
            size: body.len(),
            dedupe: dedupe(hook, arrival.as_ref().ok().and_then(|arrival| arrival.webhook_id.as_deref()), &kept),
            packed: pack(&kept)?,
            arrival,
        })
    }

    /// Adds what came around the body, and when the request began, from which the time until the answer counts.
    #[must_use]
    pub fn heard(self, envelope: Envelope, begun: Instant) -> Self {
        Self { heard: Some(Heard { envelope, begun }), ..self }
    }

    /// Marks it as brought by an import.
    #[must_use]
    pub fn imported(self, import: ImportId) -> Self {
        Self { origin: Origin::Imported(import), ..self }
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
