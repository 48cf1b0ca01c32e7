//! The half of a turn that somebody waits for: pictures and changes are written, and steps of a rebuild taken.

use std::time::Instant;

use crate::library::error::LibraryError;
use crate::library::projection::{self, cursor, pictures};
use crate::library::rebuild::shadow_tables;
use crate::library::store::ids::DeliveryId;
use crate::library::store::{connection, deliveries, search_log};
use crate::library::trouble::Part;
use crate::library::writer::message::{Change, RebuildStep, Reply};
use crate::library::writer::{PROJECT, Pictures, SWAP_TABLES, Writer, in_transaction, waits};

impl Writer {
    /// Makes a change once everything is projected. If it cannot be projected nothing is changed, and the reply says why.
    pub(super) fn exclusive_change(&mut self, change: Change, reply: Reply<()>) {
        while self.unprojected.is_due() {
            self.project();
        }
        if !self.backlog.is_empty() && waits(self.store_failed) {
            let _ = reply.send(Err(LibraryError::Behind("it is not in the library yet".to_owned())));
        } else if let Err(error) = self.keeps_up() {
            let _ = reply.send(Err(error));
        } else {
            self.change(change, reply);
        }
    }

    /// Fails with the reason if the projection is stuck.
    pub(super) fn keeps_up(&self) -> Result<(), LibraryError> {
        self.unprojected.failure().map_or(Ok(()), |why| Err(LibraryError::Behind(why.to_owned())))
    }

    /// Stores all pictures that wait in one transaction. If one of them makes it fail, halves are tried until it is alone.
    pub(super) fn record_outcomes(&mut self, mut pictures: Pictures) {
        if pictures.is_empty() {
            return;
        }
        self.portion = PROJECT;
        let settled = self.in_transaction(|transaction| {
            pictures::record_outcomes(transaction, pictures.iter().flat_map(|(settled, _)| settled))
        });
        match &settled {
            Err(error) if pictures.len() > 1 && !error.is_of_the_place() => {
                let rest = pictures.split_off(pictures.len() / 2);
                self.record_outcomes(pictures);
                self.record_outcomes(rest);
                return;
            }
            Err(error) => {
                tracing::error!(%error, "pictures are on disk but not written down; they are taken up at the next start");
                self.troubles.begin(Part::Pictures, error.to_string());
            }
            Ok(_) => {}
        }
        for (_, reply) in pictures {
            let _ = reply.send(settled.as_ref().map(|_| ()).map_err(LibraryError::share));
        }
        if let Ok(assets) = settled {
            self.change_feed.publish(&assets);
        }
    }

    pub(super) fn change(&mut self, change: Change, reply: Reply<()>) {
        let changed = self.in_transaction(change);
        if let Err(LibraryError::Panicked(panicked)) = &changed {
            self.troubles.begin(Part::Mistake, panicked.message.clone());
        }
        self.search_stale = true;
        let _ = reply.send(changed.map(|assets| self.change_feed.publish(&assets)));
    }

    /// Takes a step of a rebuild without waiting for the disk: nothing depends on it until the last one is durable.
    pub(super) fn take_step(&mut self, step: RebuildStep) -> Result<(), LibraryError> {
        let mut in_haste = connection::InHaste::begin(&mut self.connection)?;
        connection::with_file_beside(&mut in_haste, step.beside, |connection| {
            in_transaction(connection, &self.anchor, step.take)
        })
    }

    /// Swaps in the rebuilt tables. What came meanwhile is projected in the same transaction, for [`SWAP_TABLES`] at
    /// most; the rest follows as usual.
    pub(super) fn swap_tables(&mut self, through: DeliveryId) -> Result<(), LibraryError> {
        let large_px = self.large_px();
        let begun = Instant::now();
        let backlog = self.backlog.clone();
        let (reached, dedupes) = self.in_transaction(|transaction| {
            shadow_tables::swap_tables(transaction)?;
            search_log::note_all(transaction)?;
            shadow_tables::take_back_followers(transaction)?;
            shadow_tables::refresh_pictures(transaction)?;
            cursor::is_ours(transaction, through)?;
            let mut reached = through;
            while begun.elapsed() < SWAP_TABLES {
                let portion = deliveries::events_after(transaction, reached, PROJECT)?;
                let Some(last) = portion.last else { break };
                projection::follow(transaction, &portion, last, large_px)?;
                reached = last;
            }
            let dedupes = deliveries::dedupes_after(transaction, reached)?;
            backlog.learn(&dedupes);
            Ok((reached, dedupes))
        })?;
        self.unprojected.go_on_from(reached);
        self.by_rebuild.succeeded();
        self.backlog.learn_anew(dedupes);
        self.search_stale = true;
        self.change_feed.publish_all();
        Ok(())
    }
}
