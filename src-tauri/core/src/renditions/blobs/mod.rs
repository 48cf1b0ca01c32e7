//! Keeps the bytes of pictures, by the hash of their content, so that what is acknowledged survives a power cut.
//!
//! Nearly all pictures are small and go into `pictures.db`, many to a commit: one fsync a picture would be the end of a
//! rush. Larger ones are files below `blobs/`. Either way a row of `pictures.db` says that a picture is whole on disk.
//! What a picture shows and who refers to it is unknown here.

mod database;
mod files;
mod watched;
mod writer;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;

use crate::model::BlobHash;
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

    /// Keeps a picture; it is durable when this returns. Keeping the same bytes again is cheap.
    /// A failed or abandoned put leaves nothing half done.
    pub async fn put(&self, bytes: Bytes) -> Result<BlobHash, BlobError> {
        let writer = self.writer.as_ref().ok_or(BlobError::ReadOnly)?;
        let size = bytes.len() as u64;
        if bytes.len() <= SMALL {
            let hash = BlobHash::of(&bytes);
            writer.keep(hash, size, Body::Small(bytes)).await?;
            return Ok(hash);
        }
        let hash = hash_of(&bytes).await;
        if let Some(incoming) = self.write_beside(hash, bytes).await? {
            writer.keep(hash, size, Body::Large(incoming)).await?;
        }
        Ok(hash)
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

    /// Takes pictures away for good, in one go. The caller knows that nothing refers to them.
    pub async fn remove(&self, hashes: Vec<BlobHash>) -> Result<(), BlobError> {
        self.writer.as_ref().ok_or(BlobError::ReadOnly)?.remove(hashes).await
    }

    /// The size of all pictures together; known without a look at the disk while the store is open for writing.
    pub fn total_bytes(&self) -> Result<u64, BlobError> {
        match &self.writer {
            Some(writer) => Ok(writer.total_bytes()),
            None => self.readers.total_bytes(),
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
