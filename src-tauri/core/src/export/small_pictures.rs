//! Pictures for files that hold some: small, upright, in sRGB, as JPEG, so that every program shows them.

use std::collections::HashMap;

use super::ExportError;
use crate::model::BlobHash;
use crate::renditions::{BlobStore, post_process};

/// Makes small pictures of kept ones.
pub(super) struct SmallPictures<'b> {
    blobs: &'b BlobStore,
    /// In pixels.
    long_side: u32,
    /// The events of an asset share their picture. `None` for one that cannot be shown.
    made: HashMap<BlobHash, Option<Vec<u8>>>,
}

impl<'b> SmallPictures<'b> {
    /// So many are remembered: some 8 MB.
    const REMEMBERED: usize = 1_000;

    pub(super) fn new(blobs: &'b BlobStore, long_side: u32) -> Self {
        Self { blobs, long_side, made: HashMap::new() }
    }

    /// A JPEG with at most so many pixels on its long side. `None` if the bytes are gone, or are no picture that this
    /// program shows; that is logged.
    pub(super) fn of(&mut self, hash: BlobHash) -> Result<Option<&[u8]>, ExportError> {
        if !self.made.contains_key(&hash) {
            if self.made.len() >= Self::REMEMBERED {
                self.made.clear();
            }
            let small = self.make(hash)?;
            self.made.insert(hash, small);
        }
        Ok(self.made.get(&hash).and_then(Option::as_deref))
    }

    fn make(&self, hash: BlobHash) -> Result<Option<Vec<u8>>, ExportError> {
        let Some(bytes) = self.blobs.read(&hash)? else {
            tracing::warn!("picture {hash} is gone and was left out; lysbord doctor tells more");
            return Ok(None);
        };
        match post_process(&bytes).and_then(|picture| picture.thumbnail(self.long_side)) {
            Ok(small) => Ok(Some(small)),
            Err(reason) => {
                tracing::warn!("picture {hash} was left out: {reason:?}");
                Ok(None)
            }
        }
    }
}
