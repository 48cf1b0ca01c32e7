//! Looks at pictures in full once the rush is over: placeholders for the gallery, thumbnails that the archive did not
//! give, and the discovery that a picture is none.

use std::time::Duration;

use bytes::Bytes;
use tokio_util::sync::CancellationToken;

use crate::fotoware::Role;
use crate::library::{self, EventId, Library, LibraryError, ToMake};
use crate::model::{BlobHash, Format, Missing, Outcome, Picture, RenditionKey, Settled};
use crate::renditions::{BlobStore, Fetcher, THUMBNAIL_SIDE, develop as look, sniff};

const TOGETHER: usize = 24;
/// Changes of a rush are followed together.
const GATHER: Duration = Duration::from_millis(100);

/// Works whenever there is something to look at and nothing to fetch.
pub(super) async fn develop(library: Library, blobs: BlobStore, fetcher: Fetcher, stop: CancellationToken) {
    let developer = Developer { library, blobs, fetcher, examined: EventId::default() };
    tokio::select! {
        () = stop.cancelled() => {}
        () = developer.work() => {}
    }
}

struct Developer {
    library: Library,
    blobs: BlobStore,
    fetcher: Fetcher,
    /// Up to here no thumbnail is left to be made.
    examined: EventId,
}

impl Developer {
    async fn work(mut self) {
        loop {
            let seen = self.library.revisions().current();
            match self.look_at_some().await {
                Ok(true) => {}
                Ok(false) => {
                    self.library.revisions().after(seen).await;
                    tokio::time::sleep(GATHER).await;
                }
                Err(error) => {
                    tracing::warn!(%error, "pictures could not be looked at; they are shown all the same");
                    tokio::time::sleep(Duration::from_secs(30)).await;
                }
            }
        }
    }

    /// Looks at a few pictures. Returns whether there was anything to do.
    async fn look_at_some(&mut self) -> Result<bool, LibraryError> {
        let unseen = self.library.read(|connection| library::unseen_blobs(connection, TOGETHER)).await?;
        let mut seen = Vec::with_capacity(unseen.len());
        for hash in &unseen {
            // URLs die, pictures on disk do not: whatever is to be fetched goes first.
            self.fetcher.quiet().await;
            match look_at(&self.blobs, *hash).await {
                Ok(placeholder) => seen.push((*hash, placeholder)),
                Err(Missing::NotAPicture | Missing::TooManyPixels) => {
                    self.library.forget_blob(*hash).await?;
                    // It may have been the thumbnail of any event.
                    self.examined = EventId::default();
                    if let Err(error) = self.blobs.remove(vec![*hash]).await {
                        tracing::debug!(%error, "what was not a picture stays on disk, unused");
                    }
                }
                // The bytes are not at fault. What cannot be read now is left to the doctor.
                Err(_) => seen.push((*hash, Vec::new())),
            }
        }
        if !seen.is_empty() {
            self.library.looked_at(seen).await?;
        }

        let after = self.examined;
        let ToMake { found, examined } =
            self.library.read(move |connection| library::thumbnails_to_make(connection, after, TOGETHER)).await?;
        let mut has_worked = !unseen.is_empty();
        for (event, preview) in found {
            self.fetcher.quiet().await;
            has_worked |= make_thumbnail(&self.library, &self.blobs, event, preview).await?;
        }
        self.examined = examined;
        if examined > after && !has_worked {
            // A large library is looked through without haste: as it is opened, others want the processors.
            tokio::time::sleep(GATHER).await;
        }
        Ok(has_worked || examined > after)
    }
}

async fn look_at(blobs: &BlobStore, hash: BlobHash) -> Result<Vec<u8>, Missing> {
    let blobs = blobs.clone();
    let looked = tokio::task::spawn_blocking(move || {
        let bytes = blobs.read(&hash).ok().flatten().ok_or(Missing::NotStored)?;
        look(&bytes)?.placeholder()
    });
    looked.await.unwrap_or(Err(Missing::NotAPicture))
}

/// Makes the thumbnail that the archive did not give, from the preview that it did. False if that cannot be read.
async fn make_thumbnail(
    library: &Library,
    blobs: &BlobStore,
    event: EventId,
    preview: BlobHash,
) -> Result<bool, LibraryError> {
    let store = blobs.clone();
    let made = tokio::task::spawn_blocking(move || {
        let bytes = store.read(&preview).ok().flatten()?;
        let developed = look(&bytes).ok()?;
        let jpeg = developed.thumbnail(THUMBNAIL_SIDE).ok()?;
        let sniffed = sniff(&jpeg).ok()?;
        Some((jpeg, sniffed.width, sniffed.height))
    });
    let Some((jpeg, width, height)) = made.await.ok().flatten() else { return Ok(false) };
    let bytes = jpeg.len() as u64;
    let hash = match blobs.put(Bytes::from(jpeg)).await {
        Ok(hash) => hash,
        Err(error) => return Err(LibraryError::Told(error.to_string())),
    };
    let picture = Picture { hash, format: Format::Jpeg, bytes, width, height };
    let key = RenditionKey { delivery: event.0, role: Role::Thumbnail };
    let outcome = Outcome::Kept { picture, derived: true, took: Duration::ZERO };
    library.settle(vec![Settled { key, outcome }]).await?;
    Ok(true)
}
