//! Those that follow the log of deliveries, each at its own pace: one shape for all of them. A follower is called with what
//! comes after its place; the place is kept in the library, so that it goes on there after a restart, a kill or a rebuild.
//! What fails or panics is told, and tried again after a pause that grows; nothing is skipped.
//!
//! The place is written down *after* the work, at most once a second. So whatever a follower does may be done twice after a
//! kill, and never not at all. The projection is a follower too, and keeps its place in the same table; as its work is in the
//! library, both are in one transaction, which the library's writer makes (`library/projection/cursor.rs`).

use std::future::{Future, pending};
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::library::{DeliveryId, Library, LibraryError, Trouble};
use crate::supervise::{Pause, caught_waiting};

/// Follows the log of deliveries.
pub(crate) trait Follower: Send {
    /// Under which its place is kept.
    fn name(&self) -> &'static str;

    /// What does not happen while it fails, as a sentence without its full stop.
    fn what_is_behind(&self) -> &'static str;

    /// Where it begins in a library that it has never followed.
    fn begin(&self) -> DeliveryId {
        DeliveryId(0)
    }

    /// Handles some of what comes after a place, and returns how far it came. It may be called again with what it has handled.
    fn handle(&mut self, after: DeliveryId) -> impl Future<Output = Result<Handled, LibraryError>> + Send;

    /// Forgets what it knows of deliveries that it has not returned as handled: it failed, and they will come again.
    fn forget(&mut self) {}

    /// Ends when there is something to do although the library has not changed.
    fn due(&mut self) -> impl Future<Output = ()> + Send {
        pending()
    }
}

/// How far a follower came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Handled {
    pub through: DeliveryId,
    pub then: Then,
}

/// When a follower wants to be called again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    AtOnce,
    /// When the library has changed, or it is [`Follower::due`].
    WhenChanged,
    /// When it is [`Follower::due`] only.
    WhenDue,
    /// Never: nobody wants it any more.
    Never,
}

/// Changes of a rush are followed together.
const GATHER: Duration = Duration::from_millis(100);
/// A place is written down at most this often.
const WRITE_DOWN_EVERY: Duration = Duration::from_secs(1);

/// Lets a follower follow until `stop`. Its place is written down before this returns.
pub(crate) async fn follow(follower: impl Follower, library: Library, pause: Pause, stop: CancellationToken) {
    let mut pursuit = Pursuit {
        follower,
        library,
        pause,
        kept: None,
        through: DeliveryId(0),
        written: Instant::now(),
        is_in_trouble: false,
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = pursuit.run() => {}
    }
    if let Err(error) = pursuit.write_down().await {
        tracing::debug!(%error, follower = pursuit.follower.name(), "a follower does some of its work again at the next start");
    }
}

struct Pursuit<F> {
    follower: F,
    library: Library,
    pause: Pause,
    /// Its place in the library, as it was when this looked last.
    kept: Option<DeliveryId>,
    /// How far it has come.
    through: DeliveryId,
    /// When its place was last written down.
    written: Instant,
    /// The library says that it fails.
    is_in_trouble: bool,
}

impl<F: Follower> Pursuit<F> {
    async fn run(&mut self) {
        loop {
            let seen = self.library.change_feed().current();
            match caught_waiting(self.go_on()).await.unwrap_or_else(|panicked| Err(panicked.into())) {
                Ok(Then::AtOnce) => {}
                Ok(Then::WhenChanged) => self.wait(Some(seen)).await,
                Ok(Then::WhenDue) => self.wait(None).await,
                Ok(Then::Never) | Err(LibraryError::Closing) => return,
                Err(error) => self.failed(&error).await,
            }
        }
    }

    /// One call, and what belongs to it.
    async fn go_on(&mut self) -> Result<Then, LibraryError> {
        let state = self.library.follower(self.follower.name(), self.follower.begin()).await?;
        if self.kept != Some(state.through) {
            // It is the first call, or something changed that it has passed already.
            (self.kept, self.through) = (Some(state.through), state.through);
        }
        self.is_in_trouble |= state.problem.is_some();
        let handled = self.follower.handle(self.through).await?;
        self.through = handled.through;
        if self.is_in_trouble || self.written.elapsed() >= WRITE_DOWN_EVERY {
            self.write_down().await?;
        }
        self.pause.begin_again();
        Ok(handled.then)
    }

    async fn write_down(&mut self) -> Result<(), LibraryError> {
        let Some(kept) = self.kept.filter(|kept| *kept != self.through || self.is_in_trouble) else { return Ok(()) };
        let name = self.follower.name();
        let now = self.library.follower_reached(name, kept, self.through).await?;
        self.library.tell_of_follower(name, None);
        (self.kept, self.through, self.is_in_trouble) = (Some(now), now, false);
        self.written = Instant::now();
        Ok(())
    }

    async fn failed(&mut self, error: &LibraryError) {
        let (name, problem) = (self.follower.name(), error.to_string());
        tracing::warn!(%error, follower = name, "a follower failed at what comes next, and tries it again");
        let behind = self.follower.what_is_behind();
        self.library.tell_of_follower(
            name,
            Some(Trouble {
                code: "follower_behind",
                happened: format!("{behind}: {}.", problem.trim_end_matches('.')),
                kept: "All that came is kept, and nothing is skipped.",
                advice: "Lysbord tries again by itself, less often each time. lysbord doctor tells how far it has come.",
            }),
        );
        self.is_in_trouble = true;
        // Where that cannot be written down the doctor sees the cause of it himself.
        let _ = self.library.follower_failed(name, problem).await;
        self.follower.forget();
        sleep(self.pause.next()).await;
    }

    /// Waits for something to do. A place that is not written down yet is, once it may be.
    async fn wait(&mut self, seen: Option<u64>) {
        let is_written = self.kept == Some(self.through);
        let library = self.library.clone();
        let changed = async {
            match seen {
                Some(seen) => {
                    library.change_feed().after(seen).await;
                    sleep(GATHER).await;
                }
                None => pending().await,
            }
        };
        let may_write = self.written + WRITE_DOWN_EVERY;
        tokio::select! {
            () = changed => return,
            () = self.follower.due() => return,
            () = sleep_until(may_write), if !is_written => {}
        }
        if let Err(error) = self.write_down().await {
            tracing::debug!(%error, follower = self.follower.name(), "a follower's place is not written down yet");
        }
    }
}

#[cfg(test)]
mod tests;
