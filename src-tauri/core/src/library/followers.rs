//! What followers ask of the library: their place in the log, and that it is told when one of them does not go on. The
//! places are kept in the library, so that they outlive a restart and a rebuild.

use rusqlite::Transaction;
use tokio::sync::oneshot;

use crate::library::error::{self, LibraryError};
use crate::library::store::followers::{self, FollowerState};
use crate::library::store::ids::DeliveryId;
use crate::library::writer::message::Write;
use crate::library::{Library, Trouble, lost};

impl Library {
    /// How a follower stands. One that is not known yet begins at a place of its own choice, which is returned.
    pub async fn follower(&self, name: &'static str, begin: DeliveryId) -> Result<FollowerState, LibraryError> {
        let known = self.read(move |now| now.followers().of_name(name)).await?;
        match known {
            Some(known) => Ok(known),
            None => self
                .keep_book(move |transaction| {
                    followers::add(transaction, name, begin)?;
                    followers::follower(transaction, name)
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
        self.keep_book(move |transaction| followers::go_on(transaction, name, from, to)).await
    }

    /// Writes down that a follower failed at what comes next, for `lysbord doctor`.
    pub async fn follower_failed(&self, name: &'static str, problem: String) -> Result<(), LibraryError> {
        self.keep_book(move |transaction| followers::failed(transaction, name, &problem)).await
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
}
