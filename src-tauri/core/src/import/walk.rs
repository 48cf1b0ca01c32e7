//! Finds the files at and below a path, and says what is left alone there.

use std::io;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::{LeftAlone, hook};
use crate::fotoware::HookKind;

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    File {
        path: PathBuf,
        /// What the names of the file and its folders say.
        hook: Option<HookKind>,
    },
    LeftAlone(PathBuf, LeftAlone),
}

/// Every file at or below a path, in order of names. Links are followed, but not back to a folder that they are in. Fails
/// if nothing is there.
pub fn walk(root: &Path) -> io::Result<impl Iterator<Item = Found> + use<>> {
    root.symlink_metadata()?;
    let root = root.to_owned();
    let mut entries = WalkDir::new(&root).follow_links(true).sort_by_file_name().into_iter();
    Ok(std::iter::from_fn(move || {
        loop {
            let entry = match entries.next()? {
                Ok(entry) => entry,
                Err(error) => return Some(unreadable(&root, error)),
            };
            if is_hidden(&entry) {
                if entry.file_type().is_dir() {
                    entries.skip_current_dir();
                }
                return Some(Found::LeftAlone(entry.into_path(), LeftAlone::Hidden));
            }
            if entry.file_type().is_file() {
                let hook = hook::of_file(&root, entry.path());
                return Some(Found::File { path: entry.into_path(), hook });
            }
            if !entry.file_type().is_dir() {
                return Some(Found::LeftAlone(entry.into_path(), LeftAlone::NotAFile));
            }
        }
    }))
}

/// What was named itself is not hidden, whatever it is called.
fn is_hidden(entry: &DirEntry) -> bool {
    entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.')
}

fn unreadable(root: &Path, error: walkdir::Error) -> Found {
    let path = error.path().unwrap_or(root).to_owned();
    // A link that cannot be followed, though nothing is missing and nothing forbidden, is followed for ever.
    let is_other = |kind| !matches!(kind, io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied);
    let leads_back = path.is_symlink() && error.io_error().is_some_and(|error| is_other(error.kind()));
    let why = if error.loop_ancestor().is_some() || leads_back {
        LeftAlone::Loop
    } else {
        error.into_io_error().map_or(LeftAlone::NotAFile, LeftAlone::from)
    };
    Found::LeftAlone(path, why)
}
