//! How bodies are packed: with zstd, at a level that is read and written faster than the disk.

use std::cell::RefCell;

use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::get_frame_content_size;

use super::LibraryError;

/// Deliveries come in bursts, and repeat themselves so much that even this takes three quarters away. Level 1 would take
/// four fifths, in three times the time; the pictures of a delivery take more room than its body either way.
const LEVEL: i32 = -3;

pub(super) fn pack(body: &[u8]) -> Result<Vec<u8>, LibraryError> {
    thread_local! {
        // Its tables are larger than most bodies: they are made once a thread.
        static PACKER: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    }
    PACKER.with_borrow_mut(|packer| {
        let packer = match packer {
            Some(packer) => packer,
            None => packer.insert(Compressor::new(LEVEL)?),
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
    let size = get_frame_content_size(packed).ok().flatten().unwrap_or_default();
    UNPACKER.with_borrow_mut(|unpacker| {
        let unpacker = match unpacker {
            Some(unpacker) => unpacker,
            None => unpacker.insert(Decompressor::new()?),
        };
        Ok(unpacker.decompress(packed, size as usize)?)
    })
}
