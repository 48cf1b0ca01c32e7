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

use rusqlite::{Connection, Transaction};
use tokio::sync::{mpsc, oneshot};

use crate::clock::Moment;
use crate::folder::{FileIdentity, Folder};
use crate::fotoware::FieldId;
use crate::model::{BlobHash, Settled};
use crate::settings::Settings;
use crate::sqlite::Readers;
use crate::supervise::Panicked;

pub use error::LibraryError;
pub use ingest::OnJobs;
pub use ingest::new_delivery::Incoming;
pub use maintenance::decisions::Undecidable;
pub use maintenance::integrity::{Checkup, Fault, check_up, what_does_not_move};
pub use maintenance::remove_import::RemovedImport;
pub use projection::cursor::FORMAT as PROJECTION_FORMAT;
pub use queries::asset::{AsOf, Detail, Step, Tile, as_of, detail, state_at, tiles};
pub use queries::delivery_log::{KeptDelivery, LoggedDelivery, kept_delivery, last_received, log};
pub use queries::event_list::{Choices, Cursor, Happening, NotACursor, Wanted, choices, happenings};
pub use queries::filter::{Filter, Sought, Standing, Term};
pub use queries::gallery::{Place, Sort, page, places};
pub use queries::histogram::{Histogram, events_until, histogram};
pub use queries::notes::Note;
pub use queries::overview::{Overview, day_counts, overview};
pub use queries::recent::{ArrivedEvent, Latest, latest_event, latest_since, received_since, thumbnail_of};
pub use rebuild::Rebuilding;
pub use store::assets::{asset_by_public_id, public_ids};
pub use store::decisions::{Decision, decisions};
pub use store::delivery_record::{Accepted, Origin};
pub use store::events::state;
pub use store::field_labels::{FieldName, Labels, field_names};
pub use store::followers::{FollowerState, NOTIFICATIONS, THUMBNAILS, followers};
pub use store::ids::{AssetId, DeliveryId, EventId, ImportId};
pub use store::imports::{Import, imports};
pub use store::readers::read_only;
pub use store::renditions::{
    RenditionState, Seen, ToMake, Unseen, blob_format, is_named, thumbnails_to_make, unseen_blobs, waiting,
    waiting_count,
};
pub use store::set_aside::{SetAsideCounts, set_aside_counts};
pub use store::settings::load as settings;
pub use trouble::Trouble;
pub use writer::change_feed::Revisions;

use ingest::backlog::Pending;
use ingest::{Acknowledger, Call};
use maintenance::{decisions, remove_import, remove_tenant};
use projection::{cursor, pictures};
use queries::found_terms::FoundTerms;
use queries::gallery::{page_with, places_with};
use rebuild::{Rebuilds, Site};
use store::{connection, deliveries, field_labels};
use trouble::Troubles;
use writer::Writer;
use writer::message::{Reply, Write};

/// A handle to the library. Clones share it.
#[derive(Clone)]
pub struct Library {
    readers: Arc<Readers>,
    found_terms: Arc<FoundTerms>,
    revisions: Arc<Revisions>,
    intake: mpsc::Sender<Call>,
    writer: mpsc::Sender<Write>,
    large_px: Arc<AtomicU32>,
    rebuilds: Arc<Rebuilds>,
    troubles: Arc<Troubles>,
    is_closing: Arc<AtomicBool>,
    workshop: PathBuf,
}

/// The library at work. Ends when it is closed; joined to know that all is on disk.
pub struct LibraryThread(JoinHandle<()>);

impl LibraryThread {
    pub fn join(self) {
        if self.0.join().is_err() {
            tracing::error!("the library's intake ended in a panic");
        }
    }
}

/// How many deliveries may wait to be acknowledged, and how many other things for the writer.
const INBOX: usize = 2048;

impl Library {
    /// Opens, and where needed makes or migrates, the library of a folder that this process has locked.
    pub fn open(folder: &Folder, on_jobs: OnJobs) -> Result<(Self, LibraryThread), LibraryError> {
        let path = folder.library();
        let connection = connection::open_for_writing(&path)?;
        rebuild::clear_away(&connection)?;
        rebuild::clear_workshop(&folder.workshop())?;
        let is_ours = cursor::format(&connection)? >= cursor::FORMAT;
        let is_empty = deliveries::last(&connection)? == DeliveryId(0);
        if !is_ours && is_empty {
            cursor::is_ours(&connection, DeliveryId(0))?;
        }
        let settings = store::settings::load(&connection)?;
        let revisions = Arc::new(Revisions::default());
        let large_px = Arc::new(AtomicU32::new(settings.large_px));
        let known = deliveries::dedupes_after(&connection, cursor::through(&connection)?)?;
        let pending = Arc::new(Pending::new(deliveries::last_given(&connection)?, known));
        let troubles = Arc::new(Troubles::default());
        let (intake, calls) = mpsc::channel(INBOX);
        let (sender, inbox) = mpsc::channel(INBOX);
        let acknowledger = Acknowledger::new(
            path.clone(),
            folder.spool(),
            pending.clone(),
            sender.clone(),
            on_jobs,
            large_px.clone(),
            troubles.clone(),
        )?;
        let anchor = FileIdentity::of(&path)?;
        let writer =
            Writer::new(connection, anchor, inbox, revisions.clone(), large_px.clone(), pending, troubles.clone())?;
        let writing = std::thread::Builder::new().name("library-writer".into()).spawn(move || writer.run())?;
        let acknowledging = move || acknowledger.run(calls, writing);
        let thread = std::thread::Builder::new().name("library-intake".into()).spawn(acknowledging)?;
        let readers = Arc::new(Readers::of(path));
        let library = Self {
            readers,
            found_terms: Arc::default(),
            revisions,
            intake,
            writer: sender,
            large_px,
            rebuilds: Arc::new(Rebuilds::reporting_to(troubles.clone())),
            troubles,
            is_closing: Arc::default(),
            workshop: folder.workshop(),
        };
        if !is_ours && !is_empty {
            tracing::info!("this program shows more of the same deliveries: the library is made anew");
            library.begin_rebuild()?;
        }
        Ok((library, LibraryThread(thread)))
    }

    /// Keeps a delivery. Returns after it is on disk. Its row follows, as [`Self::caught_up`] tells.
    pub async fn take_in(&self, incoming: Incoming) -> Result<Accepted, LibraryError> {
        self.ask(&self.intake, error::INTAKE, |reply| Call::TakeIn(Box::new(incoming), reply)).await
    }

    /// Begins an import. Its deliveries carry the number that is returned.
    pub async fn begin_import(&self, source: String, now: Moment) -> Result<ImportId, LibraryError> {
        let (begun, number) = oneshot::channel();
        self.change(move |transaction| {
            let _ = begun.send(store::imports::begin(transaction, &source, now)?);
            Ok(Vec::new())
        })
        .await?;
        number.await.map_err(|_| LibraryError::Closing)
    }

    /// Notes that all of an import has been taken in.
    pub async fn end_import(&self, import: ImportId, now: Moment) -> Result<(), LibraryError> {
        self.change(move |transaction| store::imports::end(transaction, import, now).map(|()| Vec::new())).await
    }

    /// Writes down what became of some pictures.
    pub async fn settle(&self, settled: Vec<Settled>) -> Result<(), LibraryError> {
        self.ask(&self.writer, error::WRITER, |reply| Write::Settle(settled, reply)).await
    }

    /// Returns when all that was taken in before is projected and can be searched.
    pub async fn caught_up(&self) -> Result<(), LibraryError> {
        self.ask(&self.writer, error::WRITER, Write::CatchUp).await
    }

    /// Writes down what a look at some blobs gave.
    pub async fn looked_at(&self, seen: Vec<(BlobHash, Seen)>) -> Result<(), LibraryError> {
        self.change(move |transaction| pictures::looked_at(transaction, &seen)).await
    }

    pub async fn save_settings(&self, settings: Settings) -> Result<(), LibraryError> {
        let large_px = settings.large_px;
        self.change(move |transaction| store::settings::save(transaction, &settings).map(|()| Vec::new())).await?;
        self.large_px.store(large_px, Ordering::Relaxed);
        Ok(())
    }

    /// Makes everything that is shown anew from the deliveries, and returns how many there were. What is shown meanwhile
    /// is what was shown before.
    pub async fn rebuild(&self) -> Result<u64, LibraryError> {
        self.begin_rebuild()?;
        let events = self.rebuilds.ended().await?;
        self.caught_up().await?;
        Ok(events)
    }

    /// Begins to make everything anew, unless that is under way.
    pub fn begin_rebuild(&self) -> Result<(), LibraryError> {
        let site = Site {
            library: self.readers.path().to_owned(),
            workshop: self.workshop.clone(),
            large_px: self.large_px.load(Ordering::Relaxed),
        };
        self.rebuilds.begin(site, self.writer.clone())
    }

    /// How far the rebuild is that is under way.
    pub fn rebuilding(&self) -> Option<Rebuilding> {
        self.rebuilds.told()
    }

    /// Takes away everything that one tenant sent. Returns the blobs that nothing shows any more.
    pub async fn remove_tenant(&self, origin: String) -> Result<Vec<BlobHash>, LibraryError> {
        let (orphans, orphaned) = oneshot::channel();
        self.overhaul(move |transaction| {
            let _ = orphans.send(remove_tenant::remove_tenant(transaction, &origin)?);
            Ok(Vec::new())
        })
        .await?;
        orphaned.await.map_err(|_| lost())
    }

    /// Takes an import back: its deliveries and all that was made of them. The bytes of pictures that nothing names any
    /// more are left to the caller. `None` if there is no import of this number.
    pub async fn remove_import(&self, import: ImportId) -> Result<Option<RemovedImport>, LibraryError> {
        let (removed, was_removed) = oneshot::channel();
        let large_px = self.large_px.load(Ordering::Relaxed);
        self.overhaul(move |transaction| {
            let done = remove_import::remove_import(transaction, import, large_px)?;
            let changed = done.as_ref().map(|done| done.changed.clone()).unwrap_or_default();
            let _ = removed.send(done);
            Ok(changed)
        })
        .await?;
        was_removed.await.map_err(|_| lost())
    }

    /// Makes one of several assets, on the user's word. Returns its public id.
    pub async fn join(&self, ids: Vec<String>, now: Moment) -> Result<Result<String, Undecidable>, LibraryError> {
        let made = self.decide(move |transaction| decisions::join(transaction, &ids, now)).await?;
        Ok(made.map(|mut ids| ids.swap_remove(0)))
    }

    /// Makes two of one asset, on the user's word: the event and all later ones become an asset of their own. Returns
    /// the public ids of the kept one and of the new one.
    pub async fn split(
        &self,
        id: String,
        event: String,
        now: Moment,
    ) -> Result<Result<Vec<String>, Undecidable>, LibraryError> {
        self.decide(move |transaction| decisions::split(transaction, &id, &event, now)).await
    }

    /// Takes a decision back; false if there is none of that number.
    pub async fn undo(&self, decision: i64) -> Result<bool, LibraryError> {
        let (found, was_found) = oneshot::channel();
        self.overhaul(move |transaction| {
            let changed = decisions::undo(transaction, decision)?;
            let _ = found.send(changed.is_some());
            Ok(changed.unwrap_or_default())
        })
        .await?;
        was_found.await.map_err(|_| lost())
    }

    /// Gives a metadata field a name of the user's own, or takes it back. It wins over what Fotoware calls it.
    pub async fn name_field(&self, field: FieldId, label: Option<String>) -> Result<(), LibraryError> {
        self.change(move |transaction| field_labels::give(transaction, field, label.as_deref()).map(|()| Vec::new()))
            .await
    }

    /// Waits until all is projected: what the user saw is what is decided on.
    async fn decide(
        &self,
        decision: impl FnOnce(&Transaction<'_>) -> Result<Result<decisions::Made, Undecidable>, LibraryError>
        + Send
        + 'static,
    ) -> Result<Result<Vec<String>, Undecidable>, LibraryError> {
        let (made, was_made) = oneshot::channel();
        self.overhaul(move |transaction| {
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

    /// Ends both threads once they have done what it was asked before. Readers go on.
    pub async fn close(&self) {
        self.is_closing.store(true, Ordering::Relaxed);
        self.rebuilds.stop().await;
        // An error means that it has ended already.
        let _ = self.intake.send(Call::Close).await;
    }

    /// Reads on a thread of its own.
    pub async fn read<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Connection) -> Result<T, LibraryError> + Send + 'static,
    ) -> Result<T, LibraryError> {
        let readers = self.readers.clone();
        let answer = tokio::task::spawn_blocking(move || store::readers::read(&readers, question));
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
        let read = |now: &Connection| Ok((set_aside_counts(now)?, store::settings::not_understood(now)?));
        let (counts, not_understood) = self.read(read).await?;
        let mut trouble = self.troubles.told();
        let threads = [(&self.intake.is_closed(), error::INTAKE), (&self.writer.is_closed(), error::WRITER)];
        let ended = threads.into_iter().find(|(ended, _)| **ended && !self.is_closing.load(Ordering::Relaxed));
        trouble.extend(ended.map(|(_, who)| Trouble {
            code: "ended",
            happened: format!("{who} has ended, which it never should."),
            kept: "What was acknowledged is safe on the disk; nothing more is taken in.",
            advice: "Start Lysbord again, and please report it with the log.",
        }));
        trouble.extend(trouble::of_set_aside(counts));
        trouble.extend(trouble::of_settings(&not_understood));
        Ok(trouble)
    }

    /// Every asset that a filter leaves, in order. What was found for the last searches is remembered.
    pub async fn gallery_places(&self, filter: Filter, sort: Sort) -> Result<Vec<Place>, LibraryError> {
        let found = self.found_terms.clone();
        self.read(move |connection| places_with(connection, &found, &filter, sort)).await
    }

    /// A page of them, and how many there are in all.
    pub async fn gallery_page(
        &self,
        filter: Filter,
        sort: Sort,
        offset: usize,
        limit: usize,
    ) -> Result<(Vec<AssetId>, usize), LibraryError> {
        let found = self.found_terms.clone();
        self.read(move |connection| page_with(connection, &found, &filter, sort, offset, limit)).await
    }

    pub fn revisions(&self) -> &Revisions {
        &self.revisions
    }

    async fn change(
        &self,
        change: impl FnOnce(&Transaction<'_>) -> Result<Vec<String>, LibraryError> + Send + 'static,
    ) -> Result<(), LibraryError> {
        self.ask(&self.writer, error::WRITER, |reply| Write::Change(Box::new(change), reply)).await
    }

    async fn overhaul(
        &self,
        change: impl FnOnce(&Transaction<'_>) -> Result<Vec<String>, LibraryError> + Send + 'static,
    ) -> Result<(), LibraryError> {
        // A rebuild looks at everything too, and has to see the one or the other.
        let _pass = self.rebuilds.pass().await;
        self.ask(&self.writer, error::WRITER, |reply| Write::Overhaul(Box::new(change), reply)).await
    }

    /// How a follower stands. One that is not known yet begins at a place of its own choice, which is returned.
    pub async fn follower(&self, name: &'static str, begin: DeliveryId) -> Result<FollowerState, LibraryError> {
        let known = self.read(move |connection| store::followers::follower(connection, name)).await?;
        match known {
            Some(known) => Ok(known),
            None => self
                .keep_book(move |transaction| {
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
        self.keep_book(move |transaction| store::followers::go_on(transaction, name, from, to)).await
    }

    /// Writes down that a follower failed at what comes next, for `lysbord doctor`.
    pub async fn follower_failed(&self, name: &'static str, problem: String) -> Result<(), LibraryError> {
        self.keep_book(move |transaction| store::followers::failed(transaction, name, &problem)).await
    }

    /// Puts a follower on the list of what is wrong, or with `None` takes it off.
    pub fn tell_of_follower(&self, name: &'static str, trouble: Option<Trouble>) {
        if self.troubles.tell_of_follower(name, trouble) {
            self.revisions.announce();
        }
    }

    /// A change that nobody sees, and that is announced to nobody.
    async fn keep_book<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, LibraryError> + Send + 'static,
    ) -> Result<T, LibraryError> {
        let (done, was_done) = oneshot::channel();
        let work = Box::new(move |transaction: &Transaction<'_>| {
            // It is waited for only once this is committed.
            let _ = done.send(work(transaction)?);
            Ok(())
        });
        self.ask(&self.writer, error::WRITER, |reply| Write::KeepBook(work, reply)).await?;
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

/// A piece of work went without an answer: its thread panicked over it, logged that and goes on.
fn lost() -> LibraryError {
    Panicked { message: "a piece of work was dropped".to_owned() }.into()
}
