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
use super::landed;
use super::watched::Watched;
use crate::model::{BlobHash, Landed, RenditionKey};

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
    /// It is here already; if not, nothing is written and the answer is `false`.
    There,
}

/// Says of a picture, just before it goes, whether somebody names it after all. Asked on the writer's thread.
pub(super) type IsNamed = Box<dyn Fn(&BlobHash) -> bool + Send>;

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

    /// Keeps a picture and, in the same commit, whose it is. `false` only for [`Body::There`], when it is not.
    pub(super) async fn keep(
        &self,
        hash: BlobHash,
        size: u64,
        body: Body,
        landed: Option<Landed>,
    ) -> Result<bool, BlobError> {
        self.order(Task::Keep { hash, size, body, landed }).await
    }

    /// Forgets whose pictures were, as the library has recorded it. Returns when that is ordered: to lose it in a crash
    /// does no harm.
    pub(super) async fn recorded(&self, recorded: Vec<(RenditionKey, BlobHash)>) -> Result<(), BlobError> {
        self.send(Task::Recorded(recorded)).await.map(|_| ())
    }

    pub(super) async fn remove(&self, hashes: Vec<BlobHash>, is_named: IsNamed) -> Result<(), BlobError> {
        self.order(Task::Remove { hashes, is_named }).await.map(|_| ())
    }

    pub(super) fn total_bytes(&self) -> u64 {
        self.total_bytes.load(Ordering::Relaxed)
    }

    async fn order(&self, task: Task) -> Result<bool, BlobError> {
        self.send(task).await?.await.unwrap_or(Err(BlobError::Closed))
    }

    async fn send(&self, task: Task) -> Result<oneshot::Receiver<Answer>, BlobError> {
        let orders = self.orders.as_ref().ok_or(BlobError::Closed)?;
        let (reply, answer) = oneshot::channel();
        orders.send(Order { task, reply }).await.map_err(|_| BlobError::Closed)?;
        Ok(answer)
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
    reply: oneshot::Sender<Answer>,
}

/// Whether the picture is here now.
type Answer = Result<bool, BlobError>;

enum Task {
    Keep { hash: BlobHash, size: u64, body: Body, landed: Option<Landed> },
    Recorded(Vec<(RenditionKey, BlobHash)>),
    Remove { hashes: Vec<BlobHash>, is_named: IsNamed },
}

impl Task {
    fn shares_a_commit(&self) -> bool {
        matches!(self, Self::Keep { .. } | Self::Recorded(_))
    }

    fn incoming(&self) -> Option<&Incoming> {
        match self {
            Self::Keep { body: Body::Large(incoming), .. } => Some(incoming),
            _ => None,
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
                let run = waiting.iter().take_while(|order| order.task.shares_a_commit()).count().max(1);
                let group: Vec<Order> = waiting.drain(..run).collect();
                let mut written = self.write(&group).map(Vec::into_iter);
                for order in group {
                    let here = match &mut written {
                        Ok(here) => Ok(here.next().unwrap_or(true)),
                        Err(error) => Err(error.clone()),
                    };
                    let moved = here.and_then(|here| {
                        order.task.incoming().map_or(Ok(()), Incoming::record_outcomes)?;
                        Ok(here)
                    });
                    // Who gave up waiting is not told.
                    let _ = order.reply.send(moved);
                }
            }
        }
    }

    /// Returns for each order whether its picture is here.
    fn write(&mut self, group: &[Order]) -> Result<Vec<bool>, BlobError> {
        self.watched.check()?;
        let here = match group {
            [Order { task: Task::Remove { hashes, is_named }, .. }] => {
                self.remove(hashes, is_named)?;
                Vec::new()
            }
            [Order { task: Task::Recorded(_), .. }, ..]
                if group.iter().all(|order| matches!(order.task, Task::Recorded(_))) =>
            {
                self.without_a_flush(group)?
            }
            keeps => self.keep(keeps)?,
        };
        // What was committed to a file that nobody will find again is not kept.
        self.watched.check()?;
        Ok(here)
    }

    fn keep(&mut self, group: &[Order]) -> Result<Vec<bool>, BlobError> {
        if group.iter().any(|order| order.task.incoming().is_some()) {
            self.files.sync_incoming()?;
        }
        let (here, grown) =
            insert(&mut self.connection, group).map_err(|error| BlobError::database(&self.path, error))?;
        self.total_bytes.fetch_add(grown, Ordering::Relaxed);
        Ok(here)
    }

    /// Nobody waits for what only forgets, and to lose it costs nothing.
    fn without_a_flush(&mut self, group: &[Order]) -> Result<Vec<bool>, BlobError> {
        let failed = |error| BlobError::database(&self.path, error);
        self.connection.pragma_update(None, "synchronous", "normal").map_err(failed)?;
        let kept = self.keep(group);
        self.connection
            .pragma_update(None, "synchronous", "full")
            .map_err(|error| BlobError::database(&self.path, error))?;
        kept
    }

    /// Takes away those that nobody names. Who names one meanwhile has it in `landed` before it is answered, and the
    /// library has it before it leaves `landed`: so to look here first, and then ask, misses nobody.
    fn remove(&mut self, hashes: &[BlobHash], is_named: &IsNamed) -> Result<(), BlobError> {
        let failed = |error| BlobError::database(&self.path, error);
        let mut unnamed = Vec::with_capacity(hashes.len());
        for hash in hashes {
            if !landed::names(&self.connection, hash).map_err(failed)? && !is_named(hash) {
                unnamed.push(*hash);
            }
        }
        let hashes = &unnamed;
        let withdrawn = self.files.withdraw(hashes)?;
        match delete(&mut self.connection, hashes) {
            Ok(shrunk) => {
                self.total_bytes.fetch_sub(shrunk, Ordering::Relaxed);
                Ok(())
            }
            Err(error) => {
                withdrawn.iter().try_for_each(Incoming::record_outcomes)?;
                Err(BlobError::database(&self.path, error))
            }
        }
    }
}

/// Commits a group of pictures with whose they are. Returns for each order whether its picture is here, and by how many
/// bytes the store grew. A picture that is here already stays as it is.
fn insert(connection: &mut Connection, group: &[Order]) -> rusqlite::Result<(Vec<bool>, u64)> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let (mut here, mut grown) = (Vec::with_capacity(group.len()), 0);
    {
        let mut statement = transaction.prepare_cached(
            "INSERT INTO pictures (hash, size, bytes) VALUES (?1, ?2, ?3) ON CONFLICT (hash, size) DO NOTHING",
        )?;
        for order in group {
            let mut is_here = true;
            match &order.task {
                Task::Keep { hash, size, body, landed } => {
                    let new = match body {
                        Body::Small(bytes) => {
                            statement.execute(params![hash.as_bytes(), size.cast_signed(), Some(bytes.as_ref())])?
                        }
                        Body::Large(_) => {
                            statement.execute(params![hash.as_bytes(), size.cast_signed(), None::<&[u8]>])?
                        }
                        Body::There => 0,
                    };
                    grown += new as u64 * size;
                    if let Some(landed) = landed {
                        is_here = landed::insert(&transaction, landed)?;
                    }
                }
                Task::Recorded(recorded) => landed::forget(&transaction, recorded)?,
                Task::Remove { .. } => {}
            }
            here.push(is_here);
        }
    }
    transaction.commit()?;
    Ok((here, grown))
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
            (hash, writer.keep(hash, size as u64, Body::Small(bytes.into()), None).await)
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
