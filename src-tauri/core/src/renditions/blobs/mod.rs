//! Keeps the bytes of pictures, by the hash of their content, so that what is acknowledged survives a power cut.
//!
//! Nearly all pictures are small and go into `pictures.db`, many to a commit: one fsync a picture would be the end of a
//! rush. Larger ones are files below `blobs/`. Either way a row of `pictures.db` says that a picture is whole on disk.
//! Whose a picture is that was fetched stands there too, until the library has recorded it (`landed.rs`).

mod database;
mod files;
mod landed;
mod watched;
mod writer;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;

use crate::model::{BlobHash, Landed, RenditionKey};
use database::{Found, Readers};
use files::Files;
use writer::{Body, Writer};

/// What is larger becomes a file of its own.
const SMALL: usize = 100 << 10;
/// What is larger is hashed where it may block.
const HASHED_AT_ONCE: usize = 1 << 20;

/// The pictures of one data folder. Clones share it.
#[derive(Clone)]
pub struct BlobStore {
    readers: Arc<Readers>,
    files: Arc<Files>,
    /// `None` when the store is only read.
    writer: Option<Arc<Writer>>,
}

/// What [`BlobStore::check`] finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    Whole,
    /// There, but not the bytes that were stored.
    Damaged,
    Absent,
}

#[derive(Clone, Debug, thiserror::Error)]
pub enum BlobError {
    #[error("the disk that holds {} is full; make room, and pictures will be kept again", .0.display())]
    DiskFull(PathBuf),
    #[error(
        "{} was moved, deleted or replaced while Lysbord was running; put it back and start Lysbord again, \
         until then no more pictures are kept", .0.display()
    )]
    Replaced(PathBuf),
    #[error("the pictures are in format {found}, and this Lysbord knows formats up to {known}; use a newer Lysbord")]
    Newer { found: i64, known: i64 },
    #[error("there are no pictures in {}", .0.display())]
    NoStore(PathBuf),
    #[error("the pictures are open for reading only")]
    ReadOnly,
    #[error("the pictures are being closed")]
    Closed,
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: Arc<io::Error> },
    #[error("the picture database: {0}")]
    Database(#[source] Arc<rusqlite::Error>),
}

impl BlobStore {
    /// Opens the pictures of a data folder, or starts them, and takes up what a crash may have left half done.
    /// Only one process may do so at a time; the caller holds the lock of the folder.
    pub fn open(data_dir: &Path) -> Result<Self, BlobError> {
        let files = Arc::new(Files::open(data_dir)?);
        let database = database::open(data_dir)?;
        files::sync_folder(data_dir)?;
        let readers = Arc::new(Readers::new(data_dir));
        files.recover(&readers)?;
        let total = readers.total_bytes()?;
        let writer = Writer::start(database, Arc::clone(&files), total)?;
        Ok(Self { readers, files, writer: Some(Arc::new(writer)) })
    }

    /// Opens them beside a running Lysbord, to look only.
    pub fn open_for_reading(data_dir: &Path) -> Result<Self, BlobError> {
        let readers = Readers::new(data_dir);
        readers.check_version()?;
        let files = Files::at(data_dir);
        Ok(Self { readers: Arc::new(readers), files: Arc::new(files), writer: None })
    }

    /// Keeps a picture that is nobody's yet; it is durable when this returns. Keeping the same bytes again is cheap.
    /// A failed or abandoned put leaves nothing half done.
    pub async fn put(&self, bytes: Bytes) -> Result<BlobHash, BlobError> {
        let hash = hash_of(&bytes).await;
        self.keep(hash, bytes, None).await?;
        Ok(hash)
    }

    /// Keeps a picture and whose it is, in one commit. Durable when this returns, and not removed before it is
    /// [recorded](Self::recorded). `whose` is told the hash.
    pub async fn put_for(&self, bytes: Bytes, whose: impl FnOnce(BlobHash) -> Landed) -> Result<Landed, BlobError> {
        let landed = whose(hash_of(&bytes).await);
        self.keep(landed.picture.hash, bytes, Some(landed)).await?;
        Ok(landed)
    }

    /// Writes down that a picture that is here is somebody's as well. Returns `false` if it is not here any more.
    pub async fn also_for(&self, landed: Landed) -> Result<bool, BlobError> {
        let writer = self.writer.as_ref().ok_or(BlobError::ReadOnly)?;
        writer.keep(landed.picture.hash, landed.picture.bytes, Body::There, Some(landed)).await
    }

    /// Forgets whose pictures were: the library has recorded it. Waits for no disk.
    pub async fn recorded(&self, recorded: Vec<(RenditionKey, BlobHash)>) -> Result<(), BlobError> {
        self.writer.as_ref().ok_or(BlobError::ReadOnly)?.recorded(recorded).await
    }

    /// Up to `limit` pictures that the library has not recorded, in order of their keys. Blocks for as long as the disk
    /// takes. Only for a store that is open for writing.
    pub fn landed(&self, after: Option<RenditionKey>, limit: usize) -> Result<Vec<Landed>, BlobError> {
        if self.writer.is_none() {
            return Err(BlobError::ReadOnly);
        }
        self.readers.landed(after, limit)
    }

    /// The bytes, or `None` for a picture that is not here. Blocks for as long as the disk takes.
    pub fn read(&self, hash: &BlobHash) -> Result<Option<Vec<u8>>, BlobError> {
        match self.readers.find(hash)? {
            Some(Found::Bytes(bytes)) => Ok(Some(bytes)),
            Some(Found::InAFile) => self.files.read(hash),
            None => Ok(None),
        }
    }

    pub fn contains(&self, hash: &BlobHash) -> Result<bool, BlobError> {
        Ok(self.size(hash)?.is_some())
    }

    pub fn size(&self, hash: &BlobHash) -> Result<Option<u64>, BlobError> {
        self.readers.size(hash)
    }

    /// Reads a picture and compares it with its hash.
    pub fn check(&self, hash: &BlobHash) -> Result<Condition, BlobError> {
        Ok(match self.read(hash)? {
            None => Condition::Absent,
            Some(bytes) if BlobHash::of(&bytes) == *hash => Condition::Whole,
            Some(_) => Condition::Damaged,
        })
    }

    /// All pictures with their sizes in bytes, in no order that means anything.
    pub fn list(&self) -> Result<Vec<(BlobHash, u64)>, BlobError> {
        self.readers.list()
    }

    /// Takes pictures away for good, in one go, but for those that `is_named` says somebody names after all, and those
    /// that the library has still to record. `is_named` is asked just before, and may block.
    pub async fn remove(
        &self,
        hashes: Vec<BlobHash>,
        is_named: impl Fn(&BlobHash) -> bool + Send + 'static,
    ) -> Result<(), BlobError> {
        self.writer.as_ref().ok_or(BlobError::ReadOnly)?.remove(hashes, Box::new(is_named)).await
    }

    /// The size of all pictures together; known without a look at the disk while the store is open for writing.
    pub fn total_bytes(&self) -> Result<u64, BlobError> {
        match &self.writer {
            Some(writer) => Ok(writer.total_bytes()),
            None => self.readers.total_bytes(),
        }
    }

    async fn keep(&self, hash: BlobHash, bytes: Bytes, landed: Option<Landed>) -> Result<(), BlobError> {
        let writer = self.writer.as_ref().ok_or(BlobError::ReadOnly)?;
        let size = bytes.len() as u64;
        if bytes.len() <= SMALL {
            return writer.keep(hash, size, Body::Small(bytes), landed).await.map(|_| ());
        }
        loop {
            let body = match self.write_beside(hash, bytes.clone()).await? {
                Some(incoming) => Body::Large(incoming),
                None if landed.is_none() => return Ok(()),
                None => Body::There,
            };
            // It may have been removed since we looked.
            if writer.keep(hash, size, body, landed).await? {
                return Ok(());
            }
        }
    }

    /// `None` if the very file is there already.
    async fn write_beside(&self, hash: BlobHash, bytes: Bytes) -> Result<Option<files::Incoming>, BlobError> {
        let (files, readers) = (Arc::clone(&self.files), Arc::clone(&self.readers));
        blocking(move || {
            let known = readers.size(&hash)? == Some(bytes.len() as u64);
            if known && files.holds(&hash, bytes.len() as u64) {
                return Ok(None);
            }
            files.write_beside(hash, &bytes).map(Some)
        })
        .await?
    }
}

impl BlobError {
    fn file(path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull(path.to_owned()),
            _ => Self::File { path: path.to_owned(), source: Arc::new(source) },
        }
    }

    fn database(path: &Path, source: rusqlite::Error) -> Self {
        match source.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::DiskFull(path.to_owned()),
            _ => Self::Database(Arc::new(source)),
        }
    }
}

async fn hash_of(bytes: &Bytes) -> BlobHash {
    if bytes.len() <= HASHED_AT_ONCE {
        return BlobHash::of(bytes);
    }
    let held = bytes.clone();
    match blocking(move || BlobHash::of(&held)).await {
        Ok(hash) => hash,
        Err(_) => BlobHash::of(bytes),
    }
}

/// Runs what blocks on its own thread; fails only when the program is going down.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, BlobError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| BlobError::Closed)
}
