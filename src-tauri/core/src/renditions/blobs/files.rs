//! Larger pictures as files.
//!
//! A file is written and synced in `blobs/new/`, its row is committed, and only then it moves to `blobs/ab/abcdef…`. After a crash a
//! file in `blobs/new/` that has a row is moved, and one that has none never was acknowledged and goes. So no row ever
//! names a file that is not whole, no file stays behind without a row, and opening a large store need not walk it.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::BlobError;
use super::database::Readers;
use crate::folder::restrict;
use crate::model::BlobHash;

pub(super) struct Files {
    folder: PathBuf,
    incoming: PathBuf,
    counter: AtomicU64,
}

/// A file that is whole and synced in `blobs/new/`, but not yet spoken for. Dropped, it is gone.
pub(super) struct Incoming {
    path: PathBuf,
    home: PathBuf,
}

impl Files {
    pub(super) fn at(data_dir: &Path) -> Self {
        let folder = data_dir.join("blobs");
        Self { incoming: folder.join("new"), folder, counter: AtomicU64::new(0) }
    }

    /// Makes all folders that will be needed, so that keeping a picture never has to sync one into another.
    pub(super) fn open(data_dir: &Path) -> Result<Self, BlobError> {
        let files = Self::at(data_dir);
        let homes = (0..=u8::MAX).map(|first| files.folder.join(format!("{first:02x}")));
        for folder in homes.chain([files.incoming.clone()]) {
            fs::create_dir_all(&folder).map_err(|error| BlobError::file(&folder, error))?;
        }
        restrict(&files.folder, 0o700).map_err(|error| BlobError::file(&files.folder, error))?;
        sync_folder(&files.folder)?;
        Ok(files)
    }

    /// Takes up what a crash left between the commit of a row and the move of its file.
    pub(super) fn recover(&self, readers: &Readers) -> Result<(), BlobError> {
        let failed = |error| BlobError::file(&self.incoming, error);
        for entry in fs::read_dir(&self.incoming).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let Some(hash) = hash_in_name(&path) else {
                continue;
            };
            let leftover = Incoming { home: self.home(&hash), path };
            let spoken_for = readers.size(&hash)?.is_some() && !leftover.home.exists();
            if spoken_for && leftover.is_whole(&hash) {
                leftover.record_outcomes()?;
            }
        }
        Ok(())
    }

    pub(super) fn write_beside(&self, hash: BlobHash, bytes: &[u8]) -> Result<Incoming, BlobError> {
        let incoming = self.incoming(&hash);
        let write = || -> io::Result<()> {
            let mut file = File::create_new(&incoming.path)?;
            file.write_all(bytes)?;
            file.sync_all()
        };
        write().map_err(|error| BlobError::file(&incoming.path, error))?;
        Ok(incoming)
    }

    /// Takes files out of their homes while their rows are being deleted. Dropped after the commit, they are gone;
    /// settled again after a failure, or at the start after a crash, they are back.
    pub(super) fn withdraw(&self, hashes: &[BlobHash]) -> Result<Vec<Incoming>, BlobError> {
        let mut withdrawn = Vec::new();
        for hash in hashes {
            let file = self.incoming(hash);
            match fs::rename(&file.home, &file.path) {
                Ok(()) => withdrawn.push(file),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    withdrawn.iter().try_for_each(Incoming::record_outcomes)?;
                    return Err(BlobError::file(&file.home, error));
                }
            }
        }
        Ok(withdrawn)
    }

    /// Makes the names of all that was written beside durable; one call for many.
    pub(super) fn sync_incoming(&self) -> Result<(), BlobError> {
        sync_folder(&self.incoming)
    }

    pub(super) fn holds(&self, hash: &BlobHash, size: u64) -> bool {
        fs::metadata(self.home(hash)).is_ok_and(|file| file.len() == size)
    }

    pub(super) fn read(&self, hash: &BlobHash) -> Result<Option<Vec<u8>>, BlobError> {
        let home = self.home(hash);
        // Between commit and move a file is still in `new/`, and may leave it while we look.
        for path in [Some(home.clone()), self.find_incoming(hash), Some(home)].into_iter().flatten() {
            match fs::read(&path) {
                Ok(bytes) => return Ok(Some(bytes)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(BlobError::file(&path, error)),
            }
        }
        Ok(None)
    }

    fn incoming(&self, hash: &BlobHash) -> Incoming {
        let number = self.counter.fetch_add(1, Ordering::Relaxed);
        Incoming { path: self.incoming.join(format!("{hash}-{number}")), home: self.home(hash) }
    }

    fn home(&self, hash: &BlobHash) -> PathBuf {
        let name = hash.to_string();
        self.folder.join(&name[..2]).join(name)
    }

    fn find_incoming(&self, hash: &BlobHash) -> Option<PathBuf> {
        let entries = fs::read_dir(&self.incoming).ok()?;
        let mut paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
        paths.find(|path| hash_in_name(path) == Some(*hash))
    }
}

impl Incoming {
    /// Moves the file to its home. Its row is committed; a crash before the move is mended at the next start.
    pub(super) fn record_outcomes(&self) -> Result<(), BlobError> {
        fs::rename(&self.path, &self.home).map_err(|error| BlobError::file(&self.home, error))
    }

    fn is_whole(&self, hash: &BlobHash) -> bool {
        fs::read(&self.path).is_ok_and(|bytes| BlobHash::of(&bytes) == *hash)
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        // A settled file is not here any more; one that cannot be removed goes at the next start.
        let _ = fs::remove_file(&self.path);
    }
}

/// Makes what was created or moved in a folder durable.
#[cfg(unix)]
pub(super) fn sync_folder(folder: &Path) -> Result<(), BlobError> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| BlobError::file(folder, error))
}

/// Elsewhere a folder cannot be opened, and the file system sees to it.
#[cfg(not(unix))]
pub(super) fn sync_folder(_: &Path) -> Result<(), BlobError> {
    Ok(())
}

/// Names in `blobs/new/` are `HASH-NUMBER`; other files there are not ours.
fn hash_in_name(path: &Path) -> Option<BlobHash> {
    let (hash, _) = path.file_name()?.to_str()?.split_once('-')?;
    hash.parse().ok()
}
