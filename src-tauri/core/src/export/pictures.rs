//! The pictures of exported assets, as files.

use std::collections::HashSet;
use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::Path;
use std::{fs, io};

use super::assets::file_name;
use super::small_pictures::SmallPictures;
use super::{ExportError, Pictures, Progress, Scope};
use crate::clock::Timestamp;
use crate::library::{AssetRow, Snapshot};
use crate::model::{BlobHash, Format};
use crate::renditions::BlobStore;

/// The long side of thumbnails, in pixels.
const THUMBNAIL_SIDE: u32 = 400;

/// Writes the previews of a scope as files, by the names that the column `preview_file` gives. Returns how many. A
/// preview whose bytes are gone is left out, and logged.
pub fn write_pictures(
    now: &Snapshot<'_>,
    blobs: &BlobStore,
    (scope, at): (&Scope, Option<Timestamp>),
    size: Pictures,
    folder: &Path,
    progress: &Progress,
) -> Result<u64, ExportError> {
    fs::create_dir_all(folder)?;
    each_picture(now, blobs, (scope, at), size, progress, |name, bytes| {
        let beside = folder.join(format!(".{name}.part"));
        fs::File::create(&beside)?.write_all(bytes)?;
        fs::rename(beside, folder.join(name))
    })
}

/// Hands over each picture once, with its name. Returns how many there were.
pub(super) fn each_picture(
    now: &Snapshot<'_>,
    blobs: &BlobStore,
    (scope, at): (&Scope, Option<Timestamp>),
    size: Pictures,
    progress: &Progress,
    mut put: impl FnMut(&str, &[u8]) -> io::Result<()>,
) -> Result<u64, ExportError> {
    let mut met = HashSet::new();
    let mut small = SmallPictures::new(blobs, THUMBNAIL_SIDE);
    let mut written = 0;
    let mut put = |hash: BlobHash, format: Format| -> Result<(), ExportError> {
        match size {
            Pictures::Previews => {
                let Some(bytes) = blobs.read(&hash)? else {
                    tracing::warn!("picture {hash} is gone and was not written; lysbord doctor tells more");
                    return Ok(());
                };
                put(&file_name(hash, format), &bytes)?;
            }
            Pictures::Thumbnails => match small.of(hash)? {
                Some(jpeg) => put(&file_name(hash, Format::Jpeg), jpeg)?,
                None => return Ok(()),
            },
        }
        written += 1;
        progress.step()
    };
    let mut ended = Ok(());
    now.export().each_asset(&scope.assets(now, at)?, |AssetRow { preview, .. }| {
        let Some((hash, format)) = preview.filter(|(hash, _)| met.insert(*hash)) else {
            return ControlFlow::Continue(());
        };
        ended = put(hash, format);
        if ended.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    ended.map(|()| written)
}
