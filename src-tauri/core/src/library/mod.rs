//! The library: SQLite, one writer, several readers. It keeps every delivery, makes events, assets and versions of
//! them, and answers what the gallery and the exports ask.
//!
//! It knows `fotoware` and the words of `renditions`; it knows nothing of HTTP, of how a picture is fetched, or of
//! windows.

mod error;
mod ingest;
mod maintenance;
mod projection;
mod queries;
mod rebuild;
mod store;
mod trouble;
mod writer;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::JoinHandle;

use rusqlite::Transaction;
use tokio::sync::{mpsc, oneshot};

use crate::clock::Timestamp;
use crate::folder::{FileIdentity, Folder};
use crate::fotoware::FieldId;
use crate::model::{BlobHash, RenditionOutcome};
use crate::settings::Settings;
use crate::sqlite::Readers;
use crate::supervise::Panicked;

pub use error::LibraryError;
pub use ingest::OnJobs;
pub use ingest::new_delivery::Incoming;
pub use maintenance::decisions::Undecidable;
pub use maintenance::integrity::{Checkup, check_up, what_does_not_move};
pub use maintenance::remove_import::RemovedImport;
pub use projection::cursor::FORMAT as PROJECTION_FORMAT;
pub use queries::activity::{Activity, AssetActivity, ChangeActivity, DayActivity, NamedActivity};
pub use queries::asset::{Detail, HistoryEntry, Tile};
pub use queries::decisions::Decision;
pub use queries::delivery_log::{KeptDelivery, LogFilter, LogPage, LoggedDelivery, Part};
pub use queries::event_list::{Arrival, Cursor, EventFilter, EventLine, EventOutline, FilterOptions, Mark};
pub use queries::export_rows::{AssetRow, AssetText, AssetsToExport};
pub use queries::facets::{Facet, FacetName, FacetValue};
pub use queries::field_names::{FieldName, Labels};
pub use queries::field_terms::NotUnderstood;
pub use queries::filter::{Filter, StatusFilter};
pub use queries::gallery::{GallerySlot, Sort};
pub use queries::notes::Note;
pub use queries::recent::ArrivedEvent;
pub use queries::renditions::{ToMake, Undecoded};
pub use queries::snapshot::{ReadOnlyLibrary, Snapshot};
pub use queries::suggestions::{SuggestedField, SuggestedValue, Suggestions};
pub use rebuild::Rebuilding;
pub use store::delivery_record::Accepted;
pub use store::delivery_texts::DeliveryText;
pub use store::envelopes::Envelope;
pub use store::followers::{DELIVERY_SEARCH, FollowerState, NOTIFICATIONS, THUMBNAILS};
pub use store::ids::{AssetId, DeliveryId, EventId, ImportId};
pub use store::imports::Import;
pub use store::renditions::{DecodedBlob, RenditionState};
pub use store::words::{DeliveryOutcome, RenditionStatus};
pub use trouble::Trouble;

use ingest::backlog::Backlog;
use ingest::{Call, IngestThread};
use maintenance::{decisions, remove_import, remove_tenant};
use projection::{cursor, pictures};
use queries::found_terms::FoundTerms;
use rebuild::{RebuildPaths, Rebuilds};
use store::{connection, deliveries, field_labels};
use trouble::Troubles;
use writer::Writer;
use writer::catch_up_by_rebuild::{CatchUpByRebuild, State};
use writer::change_feed::ChangeFeed;
use writer::message::{Reply, Write};

/// A handle to the library. Clones share it.
#[derive(Clone)]
pub struct Library {
    readers: Arc<Readers>,
    found_terms: Arc<FoundTerms>,
    change_feed: Arc<ChangeFeed>,
    intake: mpsc::Sender<Call>,
    writer: mpsc::Sender<Write>,
    large_px: Arc<AtomicU32>,
    rebuilds: Arc<Rebuilds>,
    troubles: Arc<Troubles>,
    is_closing: Arc<AtomicBool>,
    scratch: PathBuf,
}

/// The threads of an open library. They end after [`Library::close`].
pub struct LibraryThread(JoinHandle<()>);

impl LibraryThread {
    /// Blocks until the threads have ended: then everything is on disk.
    pub fn join(self) {
        if self.0.join().is_err() {
            tracing::error!("the library's intake ended in a panic");
        }
    }
}

/// How many deliveries may wait to be acknowledged, and how many messages for the writer. Senders wait beyond that.
const INBOX: usize = 2048;

impl Library {
    /// Opens the library of a folder that this process has locked, and creates or migrates it if needed. Blocks. Fails
    /// if a newer program wrote it. `on_jobs` is called with the pictures of each new delivery.
    pub fn open(folder: &Folder, on_jobs: OnJobs) -> Result<(Self, LibraryThread), LibraryError> {
        let path = folder.library();
        let connection = connection::open_for_writing(&path)?;
        rebuild::clear_away(&connection)?;
        rebuild::clear_scratch(&folder.scratch())?;
        let is_ours = cursor::format(&connection)? >= cursor::FORMAT;
        let is_empty = deliveries::last(&connection)? == DeliveryId(0);
        if !is_ours && is_empty {
            cursor::is_ours(&connection, DeliveryId(0))?;
        }
        let settings = store::settings::load(&connection)?;
        let change_feed = Arc::new(ChangeFeed::default());
        let large_px = Arc::new(AtomicU32::new(settings.large_px));
        let known = deliveries::dedupes_after(&connection, cursor::through(&connection)?)?;
        let backlog = Arc::new(Backlog::new(deliveries::last_given(&connection)?, known));
        let troubles = Arc::new(Troubles::default());
        let (intake, calls) = mpsc::channel(INBOX);
        let (sender, inbox) = mpsc::channel(INBOX);
        let acknowledger = IngestThread::new(
            path.clone(),
            folder.journal(),
            backlog.clone(),
            sender.clone(),
            on_jobs,
            large_px.clone(),
            troubles.clone(),
        )?;
        let anchor = FileIdentity::of(&path)?;
        let rebuilds = Arc::new(Rebuilds::reporting_to(troubles.clone()));
        let by_rebuild = CatchUpByRebuild {
            rebuilds: rebuilds.clone(),
            library: path.clone(),
            scratch: folder.scratch(),
            large_px: large_px.clone(),
            writer: sender.downgrade(),
            state: State::default(),
        };
        let writer =
            Writer::new(connection, anchor, inbox, change_feed.clone(), backlog, troubles.clone(), by_rebuild)?;
        let writing = std::thread::Builder::new().name("library-writer".into()).spawn(move || writer.run())?;
        let acknowledging = move || acknowledger.run(calls, writing);
        let thread = std::thread::Builder::new().name("library-intake".into()).spawn(acknowledging)?;
        let readers = Arc::new(Readers::of(path));
        let library = Self {
            readers,
            found_terms: Arc::default(),
            change_feed,
            intake,
            writer: sender,
            large_px,
            rebuilds,
            troubles,
            is_closing: Arc::default(),
            scratch: folder.scratch(),
        };
        if !is_ours && !is_empty {
            tracing::info!("this program shows more of the same deliveries: the library is made anew");
            library.begin_rebuild()?;
        }
        Ok((library, LibraryThread(thread)))
    }

    /// Keeps a delivery. Returns after it is durable. It is shown a moment later; [`Self::caught_up`] waits for that.
    pub async fn take_in(&self, incoming: Incoming) -> Result<Accepted, LibraryError> {
        self.ask(&self.intake, error::INTAKE, |reply| Call::TakeIn(Box::new(incoming), reply)).await
    }

    /// Begins an import. Mark its deliveries with the id that is returned ([`Incoming::imported`]).
    pub async fn begin_import(&self, source: String, now: Timestamp) -> Result<ImportId, LibraryError> {
        let (begun, number) = oneshot::channel();
        self.change(move |transaction| {
            let _ = begun.send(store::imports::begin(transaction, &source, now)?);
            Ok(Vec::new())
        })
        .await?;
        number.await.map_err(|_| LibraryError::Closing)
    }

    /// Notes that all of an import has been taken in.
    pub async fn end_import(&self, import: ImportId, now: Timestamp) -> Result<(), LibraryError> {
        self.change(move |transaction| store::imports::end(transaction, import, now).map(|()| Vec::new())).await
    }

    /// Stores what became of pictures. The bytes of kept ones must be durable. Returns after the commit.
    pub async fn record_outcomes(&self, settled: Vec<RenditionOutcome>) -> Result<(), LibraryError> {
        self.ask(&self.writer, error::WRITER, |reply| Write::RecordOutcomes(settled, reply)).await
    }

    /// Waits until everything that was taken in before is projected and can be searched. Fails if the projection is
    /// stuck.
    pub async fn caught_up(&self) -> Result<(), LibraryError> {
        self.ask(&self.writer, error::WRITER, Write::CatchUp).await
    }

    /// Stores what decoding some blobs gave.
    pub async fn decoded(&self, seen: Vec<(BlobHash, DecodedBlob)>) -> Result<(), LibraryError> {
        self.change(move |transaction| pictures::decoded(transaction, &seen)).await
    }

    /// Makes deliveries searchable by their words.
    pub async fn index_deliveries(&self, texts: Vec<DeliveryText>) -> Result<(), LibraryError> {
        self.change(move |transaction| store::delivery_texts::write(transaction, &texts).map(|()| Vec::new())).await
    }

    /// Stores the settings. They hold from the next delivery on.
    pub async fn save_settings(&self, settings: Settings) -> Result<(), LibraryError> {
        let large_px = settings.large_px;
        self.change(move |transaction| store::settings::save(transaction, &settings).map(|()| Vec::new())).await?;
        self.large_px.store(large_px, Ordering::Relaxed);
        Ok(())
    }

    /// Makes the projection again from the deliveries, and waits until it is shown. Returns how many events there were.
    /// Meanwhile the old projection is shown.
    pub async fn rebuild(&self) -> Result<u64, LibraryError> {
        self.begin_rebuild()?;
        let events = self.rebuilds.ended().await?;
        self.caught_up().await?;
        Ok(events)
    }

    /// Begins a rebuild, unless one is under way. Returns at once.
    pub fn begin_rebuild(&self) -> Result<(), LibraryError> {
        let paths = RebuildPaths {
            library: self.readers.path().to_owned(),
            scratch: self.scratch.clone(),
            large_px: self.large_px.load(Ordering::Relaxed),
        };
        self.rebuilds.begin(paths, self.writer.clone())
    }

    /// How far the rebuild is; `None` if none is under way.
    pub fn rebuilding(&self) -> Option<Rebuilding> {
        self.rebuilds.told()
    }

    /// Removes everything that one tenant sent, given by its origin. Returns the blobs that nothing names any more;
    /// their bytes are left to the caller.
    pub async fn remove_tenant(&self, origin: String) -> Result<Vec<BlobHash>, LibraryError> {
        let (orphans, orphaned) = oneshot::channel();
        self.exclusive_change(move |transaction| {
            let _ = orphans.send(remove_tenant::remove_tenant(transaction, &origin)?);
            Ok(Vec::new())
        })
        .await?;
        orphaned.await.map_err(|_| lost())
    }

    /// Takes an import back: removes its deliveries and all that was made of them. The bytes of blobs that nothing
    /// names any more are left to the caller. `None` if there is no import of this id.
    pub async fn remove_import(&self, import: ImportId) -> Result<Option<RemovedImport>, LibraryError> {
        let (removed, was_removed) = oneshot::channel();
        let large_px = self.large_px.load(Ordering::Relaxed);
        self.exclusive_change(move |transaction| {
            let done = remove_import::remove_import(transaction, import, large_px)?;
            let changed = done.as_ref().map(|done| done.changed.clone()).unwrap_or_default();
            let _ = removed.send(done);
            Ok(changed)
        })
        .await?;
        was_removed.await.map_err(|_| lost())
    }

    /// Merges assets, given by public id, into one because the user says so. Returns its public id.
    pub async fn join(&self, ids: Vec<String>, now: Timestamp) -> Result<Result<String, Undecidable>, LibraryError> {
        let made = self.decide(move |transaction| decisions::join(transaction, &ids, now)).await?;
        Ok(made.map(|mut ids| ids.swap_remove(0)))
    }

    /// Splits an asset because the user says so: the event and all later ones become an asset of their own. Returns the
    /// public ids of the kept one and of the new one.
    pub async fn split(
        &self,
        id: String,
        event: String,
        now: Timestamp,
    ) -> Result<Result<Vec<String>, Undecidable>, LibraryError> {
        self.decide(move |transaction| decisions::split(transaction, &id, &event, now)).await
    }

    /// Takes a decision back. Returns false if there is no such decision.
    pub async fn undo(&self, decision: i64) -> Result<bool, LibraryError> {
        let (found, was_found) = oneshot::channel();
        self.exclusive_change(move |transaction| {
            let changed = decisions::undo(transaction, decision)?;
            let _ = found.send(changed.is_some());
            Ok(changed.unwrap_or_default())
        })
        .await?;
        was_found.await.map_err(|_| lost())
    }

    /// Gives a metadata field the user's own name; `None` removes it. It replaces the name that Fotoware gives.
    pub async fn name_field(&self, field: FieldId, label: Option<String>) -> Result<(), LibraryError> {
        self.change(move |transaction| field_labels::give(transaction, field, label.as_deref()).map(|()| Vec::new()))
            .await
    }

    /// Waits until everything is projected, so that the decision is about what the user saw.
    async fn decide(
        &self,
        decision: impl FnOnce(&Transaction<'_>) -> Result<Result<decisions::Made, Undecidable>, LibraryError>
        + Send
        + 'static,
    ) -> Result<Result<Vec<String>, Undecidable>, LibraryError> {
        let (made, was_made) = oneshot::channel();
        self.exclusive_change(move |transaction| {
            let (ids, changed) = match decision(transaction)? {
                Ok(decided) => (Ok(decided.ids), decided.changed),
                Err(why) => (Err(why), Vec::new()),
            };
            let _ = made.send(ids);
            Ok(changed)
        })
        .await?;
        was_made.await.map_err(|_| lost())
    }

    /// Tells both threads to end after what they were asked before. Reading still works; everything else fails from now
    /// on.
    pub async fn close(&self) {
        self.is_closing.store(true, Ordering::Relaxed);
        self.rebuilds.stop().await;
        // An error means that it has ended already.
        let _ = self.intake.send(Call::Close).await;
    }

    /// Answers a question from one moment, on a thread of its own. Waits while too many read. A panic in the question
    /// is an error.
    pub async fn read<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Snapshot<'_>) -> Result<T, LibraryError> + Send + 'static,
    ) -> Result<T, LibraryError> {
        let (readers, found_terms) = (self.readers.clone(), self.found_terms.clone());
        let answer = tokio::task::spawn_blocking(move || {
            store::readers::read(&readers, |connection| question(&Snapshot::of(connection, &found_terms)))
        });
        match answer.await {
            Ok(answer) => answer,
            Err(error) => match error.try_into_panic() {
                Ok(payload) => {
                    let panicked = Panicked::of(&*payload);
                    tracing::error!(message = %panicked.message, "a question to the library panicked");
                    Err(panicked.into())
                }
                Err(_) => Err(LibraryError::Closing),
            },
        }
    }

    /// What is wrong at present, in words for the person who looks at the window. Reads the library.
    pub async fn trouble(&self) -> Result<Vec<Trouble>, LibraryError> {
        let (counts, not_understood) = self.read(|now| Ok((now.set_aside()?, now.settings_not_understood()?))).await?;
        let mut trouble = self.troubles.told();
        let threads = [(&self.intake.is_closed(), error::INTAKE), (&self.writer.is_closed(), error::WRITER)];
        let ended = threads.into_iter().find(|(ended, _)| **ended && !self.is_closing.load(Ordering::Relaxed));
        trouble.extend(ended.map(|(_, who)| Trouble {
            code: "ended",
            happened: format!("{who} stopped unexpectedly."),
            kept: "Everything received is safe on disk; nothing more is accepted.",
            advice: "Restart Lysbord, and please report this with the log.",
        }));
        trouble.extend(trouble::of_set_aside(counts));
        trouble.extend(trouble::of_settings(&not_understood));
        Ok(trouble)
    }

    /// Counts the changes of the library.
    pub fn change_feed(&self) -> &ChangeFeed {
        &self.change_feed
    }

    async fn change(
        &self,
        change: impl FnOnce(&Transaction<'_>) -> Result<Vec<String>, LibraryError> + Send + 'static,
    ) -> Result<(), LibraryError> {
        self.ask(&self.writer, error::WRITER, |reply| Write::Change(Box::new(change), reply)).await
    }

    async fn exclusive_change(
        &self,
        change: impl FnOnce(&Transaction<'_>) -> Result<Vec<String>, LibraryError> + Send + 'static,
    ) -> Result<(), LibraryError> {
        // A rebuild looks at everything too, and has to see the one or the other.
        let _pass = self.rebuilds.pass().await;
        self.ask(&self.writer, error::WRITER, |reply| Write::ExclusiveChange(Box::new(change), reply)).await
    }

    /// How a follower stands. One that is not known yet begins at a place of its own choice, which is returned.
    pub async fn follower(&self, name: &'static str, begin: DeliveryId) -> Result<FollowerState, LibraryError> {
        let known = self.read(move |now| now.followers().of_name(name)).await?;
        match known {
            Some(known) => Ok(known),
            None => self
                .bookkeeping(move |transaction| {
                    store::followers::add(transaction, name, begin)?;
                    store::followers::follower(transaction, name)
                })
                .await?
                .ok_or_else(lost),
        }
    }

    /// Writes down that a follower has handled everything from one place up to another, and no longer fails. If it was taken
    /// back meanwhile, because something changed that it had passed already, it stays there. Returns where it is now.
    pub async fn follower_reached(
        &self,
        name: &'static str,
        from: DeliveryId,
        to: DeliveryId,
    ) -> Result<DeliveryId, LibraryError> {
        self.bookkeeping(move |transaction| store::followers::go_on(transaction, name, from, to)).await
    }

    /// Writes down that a follower failed at what comes next, for `lysbord doctor`.
    pub async fn follower_failed(&self, name: &'static str, problem: String) -> Result<(), LibraryError> {
        self.bookkeeping(move |transaction| store::followers::failed(transaction, name, &problem)).await
    }

    /// Puts a follower on the list of what is wrong, or with `None` takes it off.
    pub fn tell_of_follower(&self, name: &'static str, trouble: Option<Trouble>) {
        if self.troubles.tell_of_follower(name, trouble) {
            self.change_feed.announce();
        }
    }

    /// A change that nobody sees, and that is announced to nobody.
    async fn bookkeeping<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, LibraryError> + Send + 'static,
    ) -> Result<T, LibraryError> {
        let (done, was_done) = oneshot::channel();
        let work = Box::new(move |transaction: &Transaction<'_>| {
            // It is waited for only once this is committed.
            let _ = done.send(work(transaction)?);
            Ok(())
        });
        self.ask(&self.writer, error::WRITER, |reply| Write::Bookkeeping(work, reply)).await?;
        was_done.await.map_err(|_| lost())
    }

    /// Asks one of the library's threads and waits for its answer.
    async fn ask<C, T>(
        &self,
        thread: &mpsc::Sender<C>,
        who: &'static str,
        call: impl FnOnce(Reply<T>) -> C,
    ) -> Result<T, LibraryError> {
        let ended =
            || if self.is_closing.load(Ordering::Relaxed) { LibraryError::Closing } else { LibraryError::Ended(who) };
        let (reply, answer) = oneshot::channel();
        thread.send(call(reply)).await.map_err(|_| ended())?;
        answer.await.map_err(|_| if thread.is_closed() { ended() } else { lost() })?
    }
}

/// The error for a request without an answer: its thread panicked over it, logged that and goes on.
fn lost() -> LibraryError {
    Panicked { message: "a piece of work was dropped".to_owned() }.into()
}
