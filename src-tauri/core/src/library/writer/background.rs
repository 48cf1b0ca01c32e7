//! The half of a turn that nobody waits for: acknowledged deliveries get their rows, rows are projected, and assets are
//! indexed for search. What fails is tried again, and what is wrong meanwhile is told.

use std::collections::HashSet;
use std::time::Instant;

use rusqlite::Transaction;

use crate::library::error::LibraryError;
use crate::library::ingest::backlog::{Backlog, Journaled};
use crate::library::ingest::unstored;
use crate::library::projection::{self, pictures, search_index};
use crate::library::store::delivery_record::{Accepted, Dedupe};
use crate::library::store::ids::DeliveryId;
use crate::library::store::{deliveries, events};
use crate::library::trouble::Part;
use crate::library::writer::{PROJECT, PROJECT_UNDISTURBED, Writer, waits};

impl Writer {
    /// Does the next piece of work that nobody waits for.
    pub(super) fn use_the_quiet(&mut self) {
        if !self.backlog.is_empty() && !waits(self.store_failed) {
            let _ = self.store();
        } else if self.should_project() {
            self.project();
        } else if !self.deferred_failures.is_empty() {
            // Of deliveries that are shown by now, or that there is no row for.
            self.record_deferred_failures();
        } else if !self.set_aside.is_empty() {
            self.try_set_aside_again();
        } else if self.search_stale && !waits(self.search_failed) {
            self.index();
        } else if self.search_stale {
            self.tell_those_who_catch_up(&LibraryError::Behind("the search index lags behind".to_owned()));
        } else if self.unprojected.is_empty() {
            for reply in self.catching_up.drain(..) {
                let _ = reply.send(Ok(()));
            }
        }
    }

    /// Doubles the portion after a full one. A smaller one means that all is done.
    fn was_undisturbed(&mut self, done: usize) {
        self.portion = if done < self.portion { PROJECT } else { (2 * self.portion).min(PROJECT_UNDISTURBED) };
    }

    /// Indexes the next portion of assets for search.
    fn index(&mut self) {
        let portion = self.portion;
        let indexed = match self.in_transaction(|transaction| search_index::index_stale(transaction, portion)) {
            Err(error) if !error.is_of_the_place() => {
                self.in_transaction(|transaction| search_index::index_one_by_one(transaction, portion))
            }
            indexed => indexed,
        };
        match indexed {
            Ok(indexed) => {
                self.search_stale = indexed == portion;
                self.was_undisturbed(indexed);
                self.search_failed = None;
                self.troubles.end(Part::Search);
                if indexed > 0 {
                    self.change_feed.publish(&[]);
                }
            }
            Err(error) => {
                tracing::warn!(%error, "search lags behind: the index could not be written");
                self.search_failed = Some(Instant::now());
                self.troubles.begin(Part::Search, error.to_string());
                self.tell_those_who_catch_up(&error);
            }
        }
    }

    /// Projects the next portion of the log. A delivery that makes it fail is set aside, and the rest goes on; if the
    /// disk or the file is at fault everything is tried again later.
    pub(super) fn project(&mut self) {
        self.last_projected = Instant::now();
        let next = self.unprojected.next(&self.connection, self.portion);
        let large_px = self.large_px();
        let projected = next.and_then(|(portion, through)| {
            let deferred_failures = self.deferred_failures.through(through);
            let at_once = self.in_transaction(|transaction| {
                pictures::record_outcomes(transaction, &deferred_failures)?;
                projection::project_portion(transaction, &portion, through, large_px)
            });
            let assets = match at_once {
                Err(error) if !error.is_of_the_place() => self.in_transaction(|transaction| {
                    projection::project_one_by_one(transaction, &portion, through, large_px)
                })?,
                projected => {
                    let assets = projected?;
                    self.deferred_failures.forget(&deferred_failures);
                    assets
                }
            };
            Ok((assets, portion, through))
        });
        match projected {
            Ok((assets, portion, through)) => {
                self.unprojected.done(through);
                self.was_undisturbed(portion.events.len());
                self.backlog.forget(portion.dedupes());
                self.search_stale = true;
                self.troubles.end(Part::Projection);
                self.change_feed.publish(&assets);
            }
            Err(error) => {
                if self.unprojected.failed(error.to_string()) {
                    tracing::error!(%error, "deliveries are kept, but cannot be shown yet");
                    self.change_feed.publish(&[]);
                }
                self.unprojected.note_failure(&self.connection);
                self.troubles.begin(Part::Projection, error.to_string());
                self.tell_those_who_catch_up(&error);
            }
        }
    }

    /// Tries deliveries again that another version of this program set aside.
    fn try_set_aside_again(&mut self) {
        let large_px = self.large_px();
        let some: Vec<DeliveryId> = self.set_aside.drain(..PROJECT.min(self.set_aside.len())).collect();
        let tried = self.in_transaction(|transaction| projection::try_again(transaction, &some, large_px));
        match tried {
            Ok(assets) => {
                self.search_stale = true;
                self.change_feed.publish(&assets);
            }
            Err(error) => tracing::warn!(%error, "what was set aside is tried again at the next start"),
        }
    }

    /// Inserts rows for deliveries that were acknowledged. If that fails they stay in the journal. A delivery that the
    /// log refuses is kept in a table beside it.
    pub(super) fn store(&mut self) -> Result<(), LibraryError> {
        while self.is_far_behind() {
            self.project();
        }
        let mut kept = self.backlog.take();
        let Some(last) = kept.last().map(|kept| kept.record.id) else { return Ok(()) };
        let backlog = self.backlog.clone();
        let stored = self.in_transaction(|transaction| {
            take_over_what_left(transaction, &backlog, &mut kept)?;
            kept.iter().try_for_each(|kept| deliveries::append(transaction, &kept.record, kept.accepted, kept.took))
        });
        let stored = match stored {
            Err(error) if !error.is_of_the_place() => {
                self.in_transaction(|transaction| kept.iter().try_for_each(|kept| unstored::append(transaction, kept)))
            }
            stored => stored,
        };
        match &stored {
            Ok(()) => {
                if self.unprojected.is_empty() {
                    // The projection is not late for what comes only now.
                    self.last_projected = Instant::now();
                }
                self.store_failed = None;
                self.troubles.end(Part::Rows);
                self.unprojected.reaches(last);
                self.backlog.stored(last);
                self.change_feed.publish(&[]);
            }
            Err(error) => {
                if self.store_failed.is_none() {
                    tracing::error!(%error, count = kept.len(), "deliveries are kept in the journal, but not in the library yet");
                    self.change_feed.publish(&[]);
                }
                self.store_failed = Some(Instant::now());
                self.troubles.begin(Part::Rows, error.to_string());
                self.backlog.give_back(kept);
                self.tell_those_who_catch_up(error);
            }
        }
        stored
    }

    /// Tries to insert what the log refused in an earlier run.
    pub(super) fn try_unstored_again(&mut self) {
        match self.in_transaction(unstored::try_again) {
            Ok(stored) => self.set_aside.extend(stored),
            Err(error) => tracing::warn!(%error, "what the log did not take could not be tried again"),
        }
    }

    /// Writes all deferred failures, without waiting for their events.
    pub(super) fn record_deferred_failures(&mut self) {
        let deferred_failures = self.deferred_failures.through(DeliveryId(i64::MAX));
        if deferred_failures.is_empty() {
            return;
        }
        match self.in_transaction(|transaction| pictures::record_outcomes(transaction, &deferred_failures)) {
            Ok(assets) => self.change_feed.publish(&assets),
            Err(error) => tracing::error!(%error, "pictures that cannot be had are looked for again at the next start"),
        }
        self.deferred_failures.forget(&deferred_failures);
    }

    pub(super) fn tell_those_who_catch_up(&mut self, error: &LibraryError) {
        for reply in self.catching_up.drain(..) {
            let _ = reply.send(Err(error.share()));
        }
    }
}

/// Makes duplicates the event if the event that they repeated has been removed since they were acknowledged.
fn take_over_what_left(
    transaction: &Transaction<'_>,
    backlog: &Backlog,
    kept: &mut [Journaled],
) -> Result<(), LibraryError> {
    let dedupes: Vec<Dedupe> = kept.iter().filter(|kept| kept.is_duplicate()).map(|kept| kept.record.dedupe).collect();
    if dedupes.is_empty() {
        return Ok(());
    }
    let mut known = backlog.known_among(dedupes.iter().copied());
    known.extend(events::known_among(transaction, dedupes.iter().copied())?);
    for kept in kept.iter_mut().filter(|kept| kept.is_duplicate()) {
        if known.insert(kept.record.dedupe) {
            kept.accepted = Accepted::Event(kept.record.id);
            backlog.learn(&HashSet::from([kept.record.dedupe]));
        }
    }
    Ok(())
}
