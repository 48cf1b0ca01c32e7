//! Looks at pictures in full once the rush is over: placeholders for the gallery, thumbnails that the archive did not
//! give, what web views show for what they cannot show, and the discovery that something cannot be shown at all.

use std::time::Duration;

use bytes::Bytes;

use super::pictures::{record, remove_unnamed};
use crate::followers::{Follower, Handled, Then};
use crate::fotoware::Role;
use crate::library::{self, DecodedBlob, DeliveryId, EventId, Library, LibraryError, ToMake, Undecoded};
use crate::model::{BlobHash, Flaw, Format, Landed, MissingReason, Picture, RenditionKey};
use crate::renditions::{
    BlobError, BlobStore, Fetcher, PostProcessed, StandIn, THUMBNAIL_SIDE, is_partial, may_look_different,
    post_process as decode, sniff,
};

const TOGETHER: usize = 24;
/// A large library is looked through without haste: as it is opened, others want the processors.
const BETWEEN_PAGES: Duration = Duration::from_millis(100);

/// Follows the log whenever there is something to look at and nothing to fetch.
pub(super) struct PostProcessor {
    library: Library,
    blobs: BlobStore,
    fetcher: Fetcher,
}

impl Follower for PostProcessor {
    fn name(&self) -> &'static str {
        library::THUMBNAILS
    }

    fn what_is_behind(&self) -> &'static str {
        "The latest pictures cannot be processed, so some have no thumbnail"
    }

    /// Up to its place no thumbnail is left to be made. Pictures to look at are found by themselves.
    async fn handle(&mut self, after: DeliveryId) -> Result<Handled, LibraryError> {
        let undecoded = self.library.read(|now| now.renditions().undecoded(TOGETHER)).await?;
        let mut seen = Vec::with_capacity(undecoded.len());
        for blob in &undecoded {
            // URLs die, pictures on disk do not: whatever is to be fetched goes first.
            self.fetcher.quiet().await;
            seen.push((blob.hash, look_at(&self.blobs, *blob, decode).await));
        }
        if !seen.is_empty() {
            self.write_down(seen).await?;
        }

        let ToMake { found, examined } =
            self.library.read(move |now| now.renditions().thumbnails_to_make(after.into(), TOGETHER)).await?;
        let mut has_worked = !undecoded.is_empty();
        for (event, preview) in found {
            self.fetcher.quiet().await;
            has_worked |= make_thumbnail(&self.library, &self.blobs, event, preview).await?;
        }
        let through = DeliveryId::from(examined);
        if through > after && !has_worked {
            tokio::time::sleep(BETWEEN_PAGES).await;
        }
        let then = if has_worked || through > after { Then::AtOnce } else { Then::WhenChanged };
        Ok(Handled { through, then })
    }
}

impl PostProcessor {
    pub(super) fn new(library: Library, blobs: BlobStore, fetcher: Fetcher) -> Self {
        Self { library, blobs, fetcher }
    }

    async fn write_down(&self, looked: Vec<(BlobHash, Looked)>) -> Result<(), LibraryError> {
        let (mut seen, mut stand_ins) = (Vec::with_capacity(looked.len()), Vec::new());
        for (hash, looked) in looked {
            let Looked { seen: mut was, stand_in } = looked;
            if let (DecodedBlob::Shown { stand_in: shown_as, .. }, Some(made)) = (&mut was, stand_in) {
                let bytes = Bytes::from(made.bytes);
                *shown_as = Some(self.keep_stand_in(&bytes, made.format, made.width, made.height).await?);
                stand_ins.push(bytes);
            }
            seen.push((hash, was));
        }
        self.library.decoded(seen).await?;
        // Until a moment ago nobody named them, and somebody may have cleared them away.
        let mut hashes = Vec::with_capacity(stand_ins.len());
        for bytes in stand_ins {
            hashes.push(self.blobs.put(bytes).await.map_err(not_kept)?);
        }
        // Or nobody names them now: what they were made for was taken away.
        remove_unnamed(&self.library, &self.blobs, hashes).await
    }

    async fn keep_stand_in(
        &self,
        bytes: &Bytes,
        format: Format,
        width: u32,
        height: u32,
    ) -> Result<Picture, LibraryError> {
        let hash = self.blobs.put(bytes.clone()).await.map_err(not_kept)?;
        Ok(Picture { hash, format, bytes: bytes.len() as u64, width, height, flaw: None })
    }
}

/// What a look gave, and what was made for web views.
struct Looked {
    seen: DecodedBlob,
    stand_in: Option<StandIn>,
}

impl From<DecodedBlob> for Looked {
    fn from(seen: DecodedBlob) -> Self {
        Self { seen, stand_in: None }
    }
}

type Decode = fn(&[u8]) -> Result<PostProcessed, MissingReason>;

/// A decoder that fails, or panics, says nothing about the bytes but that it cannot read them.
async fn look_at(blobs: &BlobStore, blob: Undecoded, decode: Decode) -> Looked {
    let blobs = blobs.clone();
    let looked = tokio::task::spawn_blocking(move || {
        let Ok(Some(bytes)) = blobs.read(&blob.hash) else { return DecodedBlob::NotRead.into() };
        if blob.was_decoded && !may_look_different(&bytes) {
            return DecodedBlob::AsBefore.into();
        }
        look(&bytes, decode).unwrap_or_else(|missing| hidden(missing).into())
    });
    looked.await.unwrap_or_else(|error| {
        tracing::error!(hash = %blob.hash, "a decoder failed, and the picture is kept for a later one: {error}");
        hidden(MissingReason::Unreadable).into()
    })
}

fn look(bytes: &[u8], decode: Decode) -> Result<Looked, MissingReason> {
    let developed = decode(bytes)?;
    let placeholder = developed.placeholder()?;
    let stand_in = developed.stand_in().transpose()?;
    let seen =
        DecodedBlob::Shown { placeholder, stand_in: None, size: developed.size(), is_partial: is_partial(bytes) };
    Ok(Looked { seen, stand_in })
}

fn hidden(missing: MissingReason) -> DecodedBlob {
    DecodedBlob::Hidden(if missing == MissingReason::TooManyPixels { Flaw::TooManyPixels } else { Flaw::Unreadable })
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
        let jpeg = decode(&bytes).ok()?.thumbnail(THUMBNAIL_SIDE).ok()?;
        let sniffed = sniff(&jpeg).ok()?;
        // Of half a picture it shows a half.
        let flaw = is_partial(&bytes).then_some(Flaw::Partial);
        Some((jpeg, sniffed.width, sniffed.height, flaw))
    });
    let Some((jpeg, width, height, flaw)) = made.await.ok().flatten() else { return Ok(false) };
    let bytes = jpeg.len() as u64;
    let whose = |hash| Landed {
        key: RenditionKey { delivery: event.0, role: Role::Thumbnail },
        picture: Picture { hash, format: Format::Jpeg, bytes, width, height, flaw },
        derived: true,
        took: Duration::ZERO,
    };
    let landed = blobs.put_for(Bytes::from(jpeg), whose).await.map_err(not_kept)?;
    record(library, blobs, vec![landed.into()]).await?;
    Ok(true)
}

fn not_kept(error: BlobError) -> LibraryError {
    LibraryError::Other(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_decoder_that_panics_takes_no_bytes_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = BlobStore::open(folder.path()).unwrap();
        let hash = blobs.put(Bytes::from_static(b"\xFF\xD8\xFF fit to make a decoder fall over")).await.unwrap();

        let looked = look_at(&blobs, Undecoded { hash, was_decoded: false }, |_| panic!("a decoder fell over")).await;

        assert!(matches!(looked.seen, DecodedBlob::Hidden(Flaw::Unreadable)), "{:?}", looked.seen);
        assert!(blobs.contains(&hash).unwrap());
    }
}
