//! Writes an export beside its place and moves it there when it is whole: a cancelled or failed one leaves nothing.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::{ExportError, Progress, Request, Summary, write};
use crate::library::Snapshot;
use crate::renditions::BlobStore;

/// Writes an export to `path`, which is replaced at the end only. Blocks.
pub fn to_file(
    now: &Snapshot<'_>,
    blobs: Option<&BlobStore>,
    request: &Request,
    path: &Path,
    progress: &Progress,
) -> Result<Summary, ExportError> {
    // A pipe or a device is written to: a file in its place is not what was asked for.
    if fs::metadata(path).is_ok_and(|there| !there.is_file() && !there.is_dir()) {
        return write(now, blobs, request, &mut File::options().write(true).open(path)?, progress);
    }
    let mut beside = Beside::new(path)?;
    let summary = write(now, blobs, request, &mut beside.file, progress)?;
    beside.move_into_place(path)?;
    Ok(summary)
}

/// A file that is gone again unless it was moved into its place.
pub(super) struct Beside {
    pub file: File,
    path: PathBuf,
    in_place: bool,
}

impl Beside {
    pub(super) fn new(path: &Path) -> Result<Self, ExportError> {
        let mut name = OsString::from(".");
        name.push(path.file_name().unwrap_or_default());
        name.push(format!(".{:08x}.part", rand::random::<u32>()));
        let beside = path.with_file_name(name);
        let file = File::options().write(true).create_new(true).open(&beside)?;
        Ok(Self { file, path: beside, in_place: false })
    }

    pub(super) fn move_into_place(mut self, path: &Path) -> Result<(), ExportError> {
        self.file.sync_all()?;
        fs::rename(&self.path, path)?;
        self.in_place = true;
        Ok(())
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if !self.in_place {
            let _ = fs::remove_file(&self.path);
        }
    }
}
