//! What was read out of the log, written down once more in a form that is read fast and in any order.

use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::clock::Moment;
use crate::library::deliveries::StoredDelivery;
use crate::library::{DeliveryId, LibraryError};

/// Where a delivery lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    at: u64,
    length: u32,
}

pub(super) struct SpillWriter {
    file: BufWriter<File>,
    at: u64,
}

impl SpillWriter {
    pub(super) fn create(path: &Path) -> Result<Self, LibraryError> {
        Ok(Self { file: BufWriter::with_capacity(1 << 20, File::create(path)?), at: 0 })
    }

    pub(super) fn push(&mut self, packed: &[u8]) -> Result<Place, LibraryError> {
        self.file.write_all(packed)?;
        let place = Place { at: self.at, length: packed.len() as u32 };
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

    pub(super) fn read(&mut self, place: Place) -> Result<StoredDelivery, LibraryError> {
        self.buffer.resize(place.length as usize, 0);
        self.file.seek(SeekFrom::Start(place.at))?;
        self.file.read_exact(&mut self.buffer)?;
        let (id, received, dedupe, notice) = postcard::from_bytes(&self.buffer).map_err(unreadable)?;
        Ok(StoredDelivery { id: DeliveryId(id), received: Moment(received), dedupe, notice })
    }
}

pub(super) fn pack(delivery: &StoredDelivery) -> Result<Vec<u8>, LibraryError> {
    let StoredDelivery { id, received, dedupe, notice } = delivery;
    postcard::to_stdvec(&(id.0, received.0, dedupe, notice)).map_err(unreadable)
}

fn unreadable(error: postcard::Error) -> LibraryError {
    LibraryError::Told(format!("what a rebuild wrote down cannot be read again: {error}"))
}
