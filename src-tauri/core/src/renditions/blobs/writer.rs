//! The one thread that writes `pictures.db`. It takes whatever is waiting into one transaction, so that a rush of
//! pictures shares its fsyncs, and answers each only after the commit.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, JoinHandle};

use bytes::Bytes;
use rusqlite::{Connection, TransactionBehavior, params};
use tokio::sync::{mpsc, oneshot};

use super::BlobError;
use super::database::Database;
use super::files::{Files, Incoming};
use super::watched::Watched;
use crate::model::BlobHash;

const LARGEST_GROUP: usize = 512;
/// Twice a group: one is being written while the next one gathers.
const QUEUE: usize = 2 * LARGEST_GROUP;

pub(super) struct Writer {
    /// `None` only while it is dropped.
    orders: Option<mpsc::Sender<Order>>,
    thread: Option<JoinHandle<()>>,
    total_bytes: Arc<AtomicU64>,
}

pub(super) enum Body {
    Small(Bytes),
    Large(Incoming),
}

impl Writer {
    pub(super) fn start(database: Database, files: Arc<Files>, total: u64) -> Result<Self, BlobError> {
        let (orders, queue) = mpsc::channel(QUEUE);
        let total_bytes = Arc::new(AtomicU64::new(total));
        let writing = WriterThread {
            watched: Watched::over(&database.path)?,
            connection: database.connection,
            path: database.path,
            files,
            total_bytes: Arc::clone(&total_bytes),
        };
        let path = writing.path.clone();
        let thread = thread::Builder::new()
            .name("pictures".to_owned())
            .spawn(move || writing.work(queue))
            .map_err(|error| BlobError::file(&path, error))?;
        Ok(Self { orders: Some(orders), thread: Some(thread), total_bytes })
    }

    pub(super) async fn keep(&self, hash: BlobHash, size: u64, body: Body) -> Result<(), BlobError> {
        self.order(Task::Keep { hash, size, body }).await
    }

    pub(super) async fn remove(&self, hashes: Vec<BlobHash>) -> Result<(), BlobError> {
        self.order(Task::Remove(hashes)).await
    }

    pub(super) fn total_bytes(&self) -> u64 {
        self.total_bytes.load(Ordering::Relaxed)
    }

    async fn order(&self, task: Task) -> Result<(), BlobError> {
        let orders = self.orders.as_ref().ok_or(BlobError::Closed)?;
        let (reply, answer) = oneshot::channel();
        orders.send(Order { task, reply }).await.map_err(|_| BlobError::Closed)?;
        answer.await.unwrap_or(Err(BlobError::Closed))
    }
}

impl Drop for Writer {
    /// Waits until what was ordered is on disk.
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Order {
    task: Task,
    reply: oneshot::Sender<Result<(), BlobError>>,
}

enum Task {
    Keep { hash: BlobHash, size: u64, body: Body },
    Remove(Vec<BlobHash>),
}

impl Task {
    fn is_keep(&self) -> bool {
        matches!(self, Self::Keep { .. })
    }

    fn incoming(&self) -> Option<&Incoming> {
        match self {
            Self::Keep { body: Body::Large(incoming), .. } => Some(incoming),
            Self::Keep { body: Body::Small(_), .. } | Self::Remove(_) => None,
        }
    }
}

/// What the thread has to itself.
struct WriterThread {
    connection: Connection,
    path: PathBuf,
    files: Arc<Files>,
    watched: Watched,
    total_bytes: Arc<AtomicU64>,
}

impl WriterThread {
    fn work(mut self, mut queue: mpsc::Receiver<Order>) {
        let mut waiting = Vec::with_capacity(LARGEST_GROUP);
        while queue.blocking_recv_many(&mut waiting, LARGEST_GROUP) > 0 {
            while !waiting.is_empty() {
                // Pictures that come share a transaction; a removal has one for itself, between those before and after.
                let run = waiting.iter().take_while(|order| order.task.is_keep()).count().max(1);
                let group: Vec<Order> = waiting.drain(..run).collect();
                let written = self.write(&group);
                for order in group {
                    let moved = written.clone().and_then(|()| order.task.incoming().map_or(Ok(()), Incoming::settle));
                    // Who gave up waiting is not told.
                    let _ = order.reply.send(moved);
                }
            }
        }
    }

    fn write(&mut self, group: &[Order]) -> Result<(), BlobError> {
        self.watched.check()?;
        match group {
            [Order { task: Task::Remove(hashes), .. }] => self.remove(hashes)?,
            keeps => self.keep(keeps)?,
        }
        // What was committed to a file that nobody will find again is not kept.
        self.watched.check()
    }

    fn keep(&mut self, group: &[Order]) -> Result<(), BlobError> {
        if group.iter().any(|order| order.task.incoming().is_some()) {
            self.files.sync_incoming()?;
        }
        let grown = insert(&mut self.connection, group).map_err(|error| BlobError::database(&self.path, error))?;
        self.total_bytes.fetch_add(grown, Ordering::Relaxed);
        Ok(())
    }

    fn remove(&mut self, hashes: &[BlobHash]) -> Result<(), BlobError> {
        let withdrawn = self.files.withdraw(hashes)?;
        match delete(&mut self.connection, hashes) {
            Ok(shrunk) => {
                self.total_bytes.fetch_sub(shrunk, Ordering::Relaxed);
                Ok(())
            }
            Err(error) => {
                withdrawn.iter().try_for_each(Incoming::settle)?;
                Err(BlobError::database(&self.path, error))
            }
        }
    }
}

/// Commits a group of pictures and says by how many bytes the store grew. A picture that is here already stays as it is.
fn insert(connection: &mut Connection, group: &[Order]) -> rusqlite::Result<u64> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut grown = 0;
    {
        let mut statement = transaction.prepare_cached(
            "INSERT INTO pictures (hash, size, bytes) VALUES (?1, ?2, ?3) ON CONFLICT (hash, size) DO NOTHING",
        )?;
        for order in group {
            if let Task::Keep { hash, size, body } = &order.task {
                let bytes = match body {
                    Body::Small(bytes) => Some(bytes.as_ref()),
                    Body::Large(_) => None,
                };
                let new = statement.execute(params![hash.as_bytes(), size.cast_signed(), bytes])?;
                grown += new as u64 * size;
            }
        }
    }
    transaction.commit()?;
    Ok(grown)
}

fn delete(connection: &mut Connection, hashes: &[BlobHash]) -> rusqlite::Result<u64> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut shrunk = 0;
    {
        let mut statement = transaction.prepare_cached("DELETE FROM pictures WHERE hash = ?1 RETURNING size")?;
        for hash in hashes {
            let mut rows = statement.query([hash.as_bytes()])?;
            while let Some(row) = rows.next()? {
                shrunk += row.get::<_, i64>("size")?.cast_unsigned();
            }
        }
    }
    transaction.commit()?;
    Ok(shrunk)
}

#[cfg(test)]
mod tests {
    use super::super::database::{self, Readers};
    use super::*;

    #[tokio::test]
    async fn a_full_disk_is_told_in_words_and_leaves_no_half_picture() {
        let folder = tempfile::tempdir().unwrap();
        let files = Arc::new(Files::open(folder.path()).unwrap());
        let database = database::open(folder.path()).unwrap();
        database.connection.pragma_update(None, "max_page_count", 16).unwrap();
        let writer = Writer::start(database, files, 0).unwrap();
        let keep = async |size: usize| {
            let bytes = vec![7; size];
            let hash = BlobHash::of(&bytes);
            (hash, writer.keep(hash, size as u64, Body::Small(bytes.into())).await)
        };

        let (too_much, refused) = keep(1 << 20).await;
        let (fits, kept) = keep(1 << 10).await;

        assert!(matches!(refused, Err(BlobError::DiskFull(_))), "{refused:?}");
        assert!(kept.is_ok(), "{kept:?}");
        let readers = Readers::new(folder.path());
        assert_eq!(readers.size(&too_much).unwrap(), None);
        assert_eq!(readers.list().unwrap(), [(fits, 1 << 10)]);
        assert_eq!(writer.total_bytes(), 1 << 10);
    }
}
