//! What was read out of the log, written down once more in a form that is read fast and in any order.

use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::library::error::LibraryError;
use crate::library::store::deliveries::StoredDelivery;
use crate::library::store::events::ClusterEvent;
use crate::library::store::ids::DeliveryId;

/// A range of bytes in a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    at: u64,
    length: u32,
}

impl Extent {
    /// Splits off and returns the first `length` bytes.
    pub(super) fn split_off(&mut self, length: usize) -> Self {
        let first = Self { at: self.at, length: length as u32 };
        *self = Self { at: self.at + length as u64, length: self.length - first.length };
        first
    }
}

pub(super) struct SpillWriter {
    file: BufWriter<File>,
    at: u64,
}

impl SpillWriter {
    pub(super) fn create(path: &Path) -> Result<Self, LibraryError> {
        Ok(Self { file: BufWriter::with_capacity(1 << 20, File::create(path)?), at: 0 })
    }

    pub(super) fn push(&mut self, packed: &[u8]) -> Result<Extent, LibraryError> {
        self.file.write_all(packed)?;
        let place = Extent { at: self.at, length: packed.len() as u32 };
        self.at += packed.len() as u64;
        Ok(place)
    }

    pub(super) fn finish(mut self) -> Result<(), LibraryError> {
        Ok(self.file.flush()?)
    }
}

pub(super) struct SpillReader {
    file: File,
    buffer: Vec<u8>,
}

impl SpillReader {
    pub(super) fn open(path: &Path) -> Result<Self, LibraryError> {
        Ok(Self { file: File::open(path)?, buffer: Vec::new() })
    }

    pub(super) fn read(&mut self, place: Extent) -> Result<&[u8], LibraryError> {
        self.buffer.resize(place.length as usize, 0);
        self.file.seek(SeekFrom::Start(place.at))?;
        self.file.read_exact(&mut self.buffer)?;
        Ok(&self.buffer)
    }
}

/// Appends a value.
pub(super) fn pack(what: &impl Serialize, packed: &mut Vec<u8>) -> Result<(), LibraryError> {
    *packed = postcard::to_extend(what, std::mem::take(packed)).map_err(unreadable)?;
    Ok(())
}

/// Reads the first value; returns it with the remaining bytes.
pub(super) fn unpack<'a, T: Deserialize<'a>>(packed: &'a [u8]) -> Result<(T, &'a [u8]), LibraryError> {
    postcard::take_from_bytes(packed).map_err(unreadable)
}

/// Appends what the replay reads of a delivery; [`unpack_to_replay`] reads it.
pub(super) fn pack_to_replay(
    delivery: &StoredDelivery,
    event: &ClusterEvent,
    packed: &mut Vec<u8>,
) -> Result<(), LibraryError> {
    let StoredDelivery { id, received, dedupe, notice, pictures: _ } = delivery;
    pack(&(id.0, received.0, dedupe, event.step.state_hash, event.facet, notice), packed)
}

pub(super) fn unpack_to_replay(packed: &[u8]) -> Result<(StoredDelivery, ClusterEvent), LibraryError> {
    let ((id, received, dedupe, state_hash, facet, notice), _) = unpack(packed)?;
    let delivery = StoredDelivery { id: DeliveryId(id), received: Timestamp(received), dedupe, notice, pictures: None };
    let event = ClusterEvent::with_hash(&delivery, state_hash, facet);
    Ok((delivery, event))
}

fn unreadable(error: postcard::Error) -> LibraryError {
    LibraryError::Other(format!("what a rebuild wrote down cannot be read again: {error}"))
}
