//! Takes deliveries in: gathers whatever is waiting, puts it into the spool with one flush to the disk for all of them,
//! and only then answers. A thread of its own, so that nobody waits for the library's rows; those are the writer's.

pub(in crate::library) mod backlog;
pub(in crate::library) mod journal;
mod load;
pub(in crate::library) mod new_delivery;
pub(in crate::library) mod unstored;

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use crate::folder::FileIdentity;
use crate::fotoware::{Arrival, Role};
use crate::library::error::{self, LibraryError};
use crate::library::ingest::backlog::{Backlog, Journaled};
use crate::library::ingest::journal::Journal;
use crate::library::ingest::new_delivery::Incoming;
use crate::library::store::delivery_record::Record;
use crate::library::store::delivery_record::{Accepted, Dedupe};
use crate::library::store::ids::DeliveryId;
use crate::library::store::{connection, events};
use crate::library::trouble::{Part, Troubles};
use crate::library::writer::message::{Reply, Write};
use crate::model::{Job, RenditionKey};
use crate::supervise::caught;

/// Called with the pictures that a delivery brought, once it is on disk. Must not block.
pub type OnJobs = Box<dyn Fn(Vec<Job>) + Send>;

pub(in crate::library) enum Call {
    TakeIn(Box<Incoming>, Reply<Accepted>),
    /// The last word: what comes after it is not kept, and told so.
    Close,
}

/// At most so many deliveries, and so many bytes, share one flush.
const GATHER: usize = 512;
const GATHER_BYTES: usize = 4 * 1024 * 1024;
/// Under load, the longest wait for others to share a flush, and how often to look whether enough have come.
const GATHER_IN_FLOOD: Duration = Duration::from_millis(1);
const GATHER_STEP: Duration = Duration::from_micros(200);
/// With so many the wait ends early. Waiting for all would leave a core idle while they are prepared.
const ENOUGH: usize = 16;

type Group = Vec<(Box<Incoming>, Reply<Accepted>)>;

pub(in crate::library) struct IngestThread {
    journal: Journal,
    next: DeliveryId,
    /// For looking up events by their deduplication keys.
    reader: Connection,
    library: FileIdentity,
    backlog: Arc<Backlog>,
    writer: mpsc::Sender<Write>,
    on_jobs: OnJobs,
    large_px: Arc<AtomicU32>,
    troubles: Arc<Troubles>,
}

impl IngestThread {
    /// Opens the journal. Deliveries in it that an earlier run acknowledged and did not store are handed to the writer.
    pub(in crate::library) fn new(
        library: PathBuf,
        journal: [PathBuf; 2],
        backlog: Arc<Backlog>,
        writer: mpsc::Sender<Write>,
        on_jobs: OnJobs,
        large_px: Arc<AtomicU32>,
        troubles: Arc<Troubles>,
    ) -> Result<Self, LibraryError> {
        let stored = backlog.stored_through();
        let (journal, left) = Journal::open(journal, stored)?;
        let next = DeliveryId(left.last().map_or(stored, |record| record.id).0 + 1);
        let (reader, library) = (connection::open_for_reading(&library)?, FileIdentity::of(&library)?);
        let acknowledger = Self { journal, next, reader, library, backlog, writer, on_jobs, large_px, troubles };
        if !left.is_empty() {
            tracing::info!(count = left.len(), "deliveries were acknowledged and are written down now");
            let accepted = acknowledger.judge(&left)?;
            let unanswered = vec![None; left.len()];
            acknowledger.backlog.push(kept(left, &accepted, unanswered));
        }
        Ok(acknowledger)
    }

    /// Works until it is closed or every handle to the library is gone; then ends the writer.
    pub(in crate::library) fn run(mut self, mut inbox: mpsc::Receiver<Call>, writing: JoinHandle<()>) {
        while let Some(Call::TakeIn(incoming, reply)) = inbox.blocking_recv() {
            if self.backlog.is_under_load() {
                let_others_join(&inbox);
            }
            let mut bytes = incoming.packed.len();
            let mut group = vec![(incoming, reply)];
            let mut closing = false;
            while group.len() < GATHER && bytes < GATHER_BYTES {
                match inbox.try_recv() {
                    Ok(Call::TakeIn(incoming, reply)) => {
                        bytes += incoming.packed.len();
                        group.push((incoming, reply));
                    }
                    Ok(Call::Close) => {
                        closing = true;
                        break;
                    }
                    Err(_) => break,
                }
            }
            if let Err(panicked) = caught(|| self.take_in(group)) {
                // Whoever waits for the group hears that there is no answer. What of it is in the spool is no row yet,
                // and its numbers must not be given again.
                self.troubles.begin(Part::Mistake, panicked.message);
                self.next.0 += GATHER as i64;
            }
            if closing {
                break;
            }
        }
        drop(inbox);
        let _ = self.writer.blocking_send(Write::Close);
        if writing.join().is_err() {
            tracing::error!("the library's writer ended in a panic");
        } else if self.backlog.is_empty()
            && let Err(error) = self.journal.clear()
        {
            tracing::debug!(%error, "the spool stays as long as it is");
        }
    }

    fn take_in(&mut self, group: Group) {
        let (mut records, mut rest) = (Vec::with_capacity(group.len()), Vec::with_capacity(group.len()));
        for (id, (incoming, reply)) in (self.next.0..).zip(group) {
            let begun = incoming.heard.as_ref().map(|heard| heard.begun);
            let (record, arrival, noticed) = record_of(DeliveryId(id), *incoming);
            records.push(record);
            rest.push((arrival, noticed, begun, reply));
        }
        match self.make_durable(&records) {
            Ok(accepted) => {
                self.next.0 += records.len() as i64;
                // Whoever no longer waits has given up before it was answered.
                let took = |(.., begun, reply): &(_, _, Option<Instant>, Reply<Accepted>)| {
                    begun.filter(|_| !reply.is_closed()).map(|begun| begun.elapsed())
                };
                let took = rest.iter().map(took).collect();
                self.backlog.push(kept(records, &accepted, took));
                // If there is no place in its inbox the writer is awake.
                let _ = self.writer.try_send(Write::Store);
                let large_px = self.large_px.load(Ordering::Relaxed);
                let mut jobs = Vec::new();
                for (accepted, (arrival, noticed, _, reply)) in accepted.into_iter().zip(rest) {
                    if let (Accepted::Event(id), Some(arrival)) = (accepted, arrival) {
                        jobs.extend(jobs_of(id, &arrival, noticed, large_px));
                    }
                    let _ = reply.send(Ok(accepted));
                }
                (self.on_jobs)(jobs);
            }
            Err(error) => {
                tracing::error!(%error, count = rest.len(), "deliveries could not be kept and were not acknowledged");
                for (.., reply) in rest {
                    let _ = reply.send(Err(error.share()));
                }
            }
        }
    }

    fn make_durable(&mut self, records: &[Record]) -> Result<Vec<Accepted>, LibraryError> {
        if !self.library.holds() || !self.journal.is_there() {
            return Err(LibraryError::Gone);
        }
        if self.writer.is_closed() {
            // Nothing would ever become of what is taken in.
            return Err(LibraryError::Ended(error::WRITER));
        }
        if self.backlog.is_in_trouble() {
            self.have_rows_written()?;
        }
        if !self.journal.has_room(self.backlog.stored_through()) {
            self.have_rows_written()?;
            if !self.journal.has_room(self.backlog.stored_through()) {
                return Err(LibraryError::Busy);
            }
        }
        let accepted = self.judge(records)?;
        self.journal.append(records)?;
        Ok(accepted)
    }

    /// Blocks until the writer has stored everything that was acknowledged. Fails if it cannot.
    fn have_rows_written(&self) -> Result<(), LibraryError> {
        let (reply, written) = oneshot::channel();
        let ended = || LibraryError::Ended(error::WRITER);
        self.writer.blocking_send(Write::StoreNow(reply)).map_err(|_| ended())?;
        written.blocking_recv().map_err(|_| ended())?
    }

    /// Decides for each delivery whether it is an event, a duplicate or unreadable.
    fn judge(&self, records: &[Record]) -> Result<Vec<Accepted>, LibraryError> {
        // In this order: what is projected meanwhile is found in the one place or in the other.
        let mut known = self.backlog.known_among(records.iter().map(|record| record.dedupe));
        let moment = self.reader.unchecked_transaction()?;
        let others = records.iter().map(|record| record.dedupe).filter(|dedupe| !known.contains(dedupe));
        let projected = events::known_among(&moment, others)?;
        known.extend(projected);
        Ok(outcomes(records, known))
    }
}

fn outcomes(records: &[Record], mut known: HashSet<Dedupe>) -> Vec<Accepted> {
    let outcome = |record: &Record| match record.problem {
        Some(_) => Accepted::Unreadable(record.id),
        None if known.insert(record.dedupe) => Accepted::Event(record.id),
        None => Accepted::Duplicate(record.id),
    };
    records.iter().map(outcome).collect()
}

fn kept(records: Vec<Record>, accepted: &[Accepted], took: Vec<Option<Duration>>) -> Vec<Journaled> {
    let judged = records.into_iter().zip(accepted).zip(took);
    judged.map(|((record, &accepted), took)| Journaled { record, accepted, took }).collect()
}

fn record_of(id: DeliveryId, incoming: Incoming) -> (Record, Option<Arrival>, Instant) {
    let Incoming { received, origin, heard, noticed, hook, content_type, size, packed, dedupe, arrival } = incoming;
    let envelope = heard.map(|heard| heard.envelope);
    let problem = arrival.as_ref().err().map(ToString::to_string);
    (
        Record { id, received, origin, envelope, hook, content_type, problem, dedupe, size, packed },
        arrival.ok(),
        noticed,
    )
}

/// Blocks for a moment, so that more deliveries share the next flush.
fn let_others_join(inbox: &mpsc::Receiver<Call>) {
    let began = Instant::now();
    while inbox.len() < ENOUGH && began.elapsed() < GATHER_IN_FLOOD {
        std::thread::sleep(GATHER_STEP);
    }
}

/// The pictures to fetch for a delivery. What it names no URL for is no job: the projection writes it down.
fn jobs_of(delivery: DeliveryId, arrival: &Arrival, noticed: Instant, large_px: u32) -> impl Iterator<Item = Job> {
    Role::ALL.into_iter().filter_map(move |role| {
        let candidates = arrival.pictures.candidates(role, large_px);
        (!candidates.is_empty()).then(|| Job {
            key: RenditionKey { delivery: delivery.0, role },
            candidates,
            token: arrival.preview_token.clone(),
            noticed,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use crate::folder::Folder;
    use crate::fotoware::HookKind;
    use crate::library::store::deliveries;
    use crate::library::store::ids::ImportId;
    use crate::library::store::imports;
    use crate::library::store::readers::read_only;
    use crate::library::{DeliveryOutcome, Import, Library, LibraryThread, LogFilter, Part, ReadOnlyLibrary};

    fn open(folder: &Folder) -> (Library, LibraryThread) {
        Library::open(folder, Box::new(|_| {})).unwrap()
    }

    fn incoming(webhook_id: &str) -> Incoming {
        let body = format!(r#"{{"id": "{webhook_id}", "href": "https://a.example/a.jpg.info", "data": {{}}}}"#);
        Incoming::new(HookKind::Ingested, None, body.as_bytes(), Timestamp(1)).unwrap()
    }

    /// As if the program had been killed between the flush and the row.
    fn left_in_the_journal(folder: &Folder, after: i64, webhook_ids: &[&str]) {
        let (mut journal, _) = Journal::open(folder.journal(), DeliveryId(after)).unwrap();
        let numbered = (after + 1..).zip(webhook_ids);
        let records: Vec<_> = numbered.map(|(id, name)| record_of(DeliveryId(id), incoming(name)).0).collect();
        journal.append(&records).unwrap();
    }

    async fn close(library: Library, writer: LibraryThread) {
        library.caught_up().await.unwrap();
        library.close().await;
        tokio::task::spawn_blocking(|| writer.join()).await.unwrap();
    }

    fn outcomes(folder: &Folder) -> Vec<(i64, DeliveryOutcome)> {
        let library = ReadOnlyLibrary::open(folder).unwrap();
        let page = library.read(|now| now.deliveries().log(&LogFilter::default(), Part::From(0), 100)).unwrap();
        let mut lines = page.items;
        lines.sort_by_key(|line| line.id);
        lines.into_iter().map(|line| (line.id.0, line.outcome)).collect()
    }

    #[tokio::test]
    async fn numbers_and_duplicates_go_on_from_what_a_crash_left_in_the_spool() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::create(&dir.path().join("data")).unwrap();
        let (library, writer) = open(&folder);
        assert_eq!(library.take_in(incoming("a")).await.unwrap(), Accepted::Event(DeliveryId(1)));
        close(library, writer).await;

        left_in_the_journal(&folder, 1, &["b", "a", "b"]);
        let (library, writer) = open(&folder);
        assert_eq!(library.take_in(incoming("b")).await.unwrap(), Accepted::Duplicate(DeliveryId(5)));
        assert_eq!(library.take_in(incoming("c")).await.unwrap(), Accepted::Event(DeliveryId(6)));
        close(library, writer).await;

        let (event, duplicate) = (DeliveryOutcome::Event, DeliveryOutcome::Duplicate);
        let expected = [event, event, duplicate, duplicate, duplicate, event];
        assert_eq!(outcomes(&folder), (1..).zip(expected).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn which_import_brought_a_delivery_is_known_of_rows_and_of_what_a_crash_left_in_the_spool() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::create(&dir.path().join("data")).unwrap();
        let (library, writer) = open(&folder);
        let import = library.begin_import("saved".to_owned(), Timestamp(7)).await.unwrap();
        library.take_in(incoming("a")).await.unwrap();
        library.take_in(incoming("b").imported(import)).await.unwrap();
        library.take_in(incoming("a").imported(import)).await.unwrap();
        close(library, writer).await;
        let (mut journal, _) = Journal::open(folder.journal(), DeliveryId(3)).unwrap();
        journal.append(&[record_of(DeliveryId(4), incoming("c").imported(import)).0]).unwrap();

        let (library, writer) = open(&folder);
        library.end_import(import, Timestamp(9)).await.unwrap();
        close(library, writer).await;
        let connection = read_only(&folder).unwrap();
        let mut select = connection.prepare("SELECT import FROM deliveries ORDER BY id").unwrap();
        let brought: Result<Vec<Option<ImportId>>, _> = select.query_map([], |row| row.get(0)).unwrap().collect();
        assert_eq!(brought.unwrap(), [None, Some(import), Some(import), Some(import)]);
        let listed = imports::imports(&connection).unwrap();
        let (begun, ended, source) = (Timestamp(7), Some(Timestamp(9)), "saved".to_owned());
        assert_eq!(listed, [Import { id: import, begun, ended, source, events: 2, duplicates: 1, unreadable: 0 }]);
    }

    #[tokio::test]
    async fn what_is_a_row_already_does_not_come_back_from_the_spool() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::create(&dir.path().join("data")).unwrap();
        let (library, writer) = open(&folder);
        for name in ["a", "b"] {
            library.take_in(incoming(name)).await.unwrap();
        }
        close(library, writer).await;
        // Also one whose row was taken away again.
        let connection = connection::open_for_writing(&folder.library()).unwrap();
        connection.pragma_update(None, "foreign_keys", false).unwrap();
        connection.execute("DELETE FROM deliveries WHERE id = 2", []).unwrap();
        assert_eq!(deliveries::last(&connection).unwrap(), DeliveryId(1));
        drop(connection);
        left_in_the_journal(&folder, 0, &["a", "b"]);

        let (library, writer) = open(&folder);
        let accepted = library.take_in(incoming("c")).await.unwrap();
        assert_eq!(accepted, Accepted::Event(DeliveryId(3)), "no number is given twice");
        close(library, writer).await;
        assert_eq!(outcomes(&folder), [(1, DeliveryOutcome::Event), (3, DeliveryOutcome::Event)]);
    }
}
