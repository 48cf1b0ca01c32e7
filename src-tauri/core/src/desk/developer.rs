//! Looks at pictures in full once the rush is over: placeholders for the gallery, thumbnails that the archive did not
//! give, and the discovery that a picture is none.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::fotoware::Role;
use crate::library::{self, EventId, Library, LibraryError};
use crate::renditions::{
    BlobHash, BlobStore, Fetcher, Format, Missing, Outcome, Picture, RenditionKey, Settled, THUMBNAIL_SIDE,
    develop as look, sniff,
};

const TOGETHER: usize = 24;

/// Works whenever there is something to look at and nothing to fetch.
pub(super) async fn develop(
    library: Library,
    blobs: BlobStore,
    fetcher: Fetcher,
    developing: Arc<Notify>,
    stop: CancellationToken,
) {
    let work = async {
        loop {
            match some(&library, &blobs, &fetcher).await {
                Ok(true) => {}
                Ok(false) => developing.notified().await,
                Err(error) => {
                    tracing::warn!(%error, "pictures could not be looked at; they are shown all the same");
                    tokio::time::sleep(Duration::from_secs(30)).await;
                }
            }
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = work => {}
    }
}

/// Looks at a few pictures. Returns whether there was anything to do.
async fn some(library: &Library, blobs: &BlobStore, fetcher: &Fetcher) -> Result<bool, LibraryError> {
    let unseen = library.read(|connection| library::unseen_blobs(connection, TOGETHER)).await?;
    let mut seen = Vec::with_capacity(unseen.len());
    for hash in &unseen {
        // URLs die, pictures on disk do not: whatever is to be fetched goes first.
        fetcher.quiet().await;
        match look_at(blobs, *hash).await {
            Ok(placeholder) => seen.push((*hash, placeholder)),
            Err(Missing::NotAPicture | Missing::TooManyPixels) => {
                library.forget_blob(*hash).await?;
                if let Err(error) = blobs.remove(vec![*hash]).await {
                    tracing::debug!(%error, "what was not a picture stays on disk, unused");
                }
            }
            // The bytes are not at fault. What cannot be read now is left to the doctor.
            Err(_) => seen.push((*hash, Vec::new())),
        }
    }
    if !seen.is_empty() {
        library.looked_at(seen).await?;
    }

    let to_make = library.read(|connection| library::thumbnails_to_make(connection, TOGETHER)).await?;
    let mut made = false;
    for (event, preview) in to_make {
        fetcher.quiet().await;
        made |= make_thumbnail(library, blobs, event, preview).await?;
    }
    Ok(made || !unseen.is_empty())
}

async fn look_at(blobs: &BlobStore, hash: BlobHash) -> Result<Vec<u8>, Missing> {
    let blobs = blobs.clone();
    let looked = tokio::task::spawn_blocking(move || {
        let bytes = blobs.read(&hash).ok().flatten().ok_or(Missing::NotStored)?;
        look(&bytes)?.placeholder()
    });
    looked.await.unwrap_or(Err(Missing::NotAPicture))
}

/// Makes the thumbnail that the archive did not give, from the preview that it did.
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
