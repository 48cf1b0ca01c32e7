//! A projection that is far behind is caught up with by a rebuild: per delivery that costs a sixth of projecting them one
//! after the other, but it makes all that was shown before again. So it is worth it where much of the log is not projected:
//! after an import of everything somebody has, or a start with a log that nothing was made of yet.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::sync::mpsc;

use crate::library::projection::cursor::Unprojected;
use crate::library::rebuild::{RebuildPaths, Rebuilds};
use crate::library::writer::message::Write;

/// With fewer deliveries to project, a rebuild is not worth its threads.
const LEAST: usize = 65_536;

/// Where a rebuild runs and whom it asks to write.
pub(in crate::library) struct CatchUpByRebuild {
    pub rebuilds: Arc<Rebuilds>,
    pub library: PathBuf,
    pub scratch: PathBuf,
    pub large_px: Arc<AtomicU32>,
    /// The writer's own inbox. Weak, so that the writer still hears that everybody else is gone.
    pub writer: mpsc::WeakSender<Write>,
    pub state: State,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::library) enum State {
    #[default]
    Idle,
    Running,
    /// A rebuild ended without success. The deliveries are projected one after the other, until the next start.
    GivenUp,
}

impl CatchUpByRebuild {
    /// Whether deliveries are left to a rebuild, which is begun here once it is worth it. Under load the rebuild waits
    /// until two thirds of the log are not projected, so that a stream that does not end is not rebuilt over and over.
    pub(super) fn takes_over(&mut self, unprojected: &Unprojected, is_under_load: bool) -> bool {
        match self.state {
            State::GivenUp => false,
            State::Running if self.rebuilds.told().is_some() => true,
            State::Running => {
                tracing::warn!("the rebuild did not catch up; deliveries are projected one after the other");
                self.state = State::GivenUp;
                false
            }
            State::Idle => match timing(unprojected.len(), unprojected.log_length(), is_under_load) {
                Timing::Never => false,
                Timing::Later => true,
                Timing::Now => self.begin(unprojected.len()),
            },
        }
    }

    /// The rebuilt projection is the one that is read now.
    pub(super) fn succeeded(&mut self) {
        self.state = State::Idle;
    }

    fn begin(&mut self, behind: usize) -> bool {
        if self.rebuilds.told().is_some() {
            // One that somebody else asked for, or the last one, which still clears away: its end is waited for.
            return true;
        }
        let Some(writer) = self.writer.upgrade() else { return false };
        let paths = RebuildPaths {
            library: self.library.clone(),
            scratch: self.scratch.clone(),
            large_px: self.large_px.load(Ordering::Relaxed),
        };
        tracing::info!(behind, "much is not shown yet: the library is made anew, which is faster");
        self.state = match self.rebuilds.begin(paths, writer) {
            Ok(()) => State::Running,
            Err(error) => {
                tracing::warn!(%error, "no rebuild could be begun; deliveries are projected one after the other");
                State::GivenUp
            }
        };
        self.state == State::Running
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Timing {
    Never,
    Later,
    Now,
}

/// When to rebuild a log of `all` deliveries of which `behind` are not projected.
fn timing(behind: usize, all: usize, is_under_load: bool) -> Timing {
    if behind < LEAST || behind < all / 4 {
        Timing::Never
    } else if is_under_load && behind < all / 3 * 2 {
        Timing::Later
    } else {
        Timing::Now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn another_rebuild_that_is_under_way_is_waited_for_and_not_taken_for_its_own() {
        let dir = tempfile::tempdir().unwrap();
        let (library, scratch) = (dir.path().join("library.db"), dir.path().join("rebuild"));
        let rebuilds = Arc::new(Rebuilds::default());
        let (writer, inbox) = mpsc::channel(8);
        let mut by_rebuild = CatchUpByRebuild {
            rebuilds: rebuilds.clone(),
            library: library.clone(),
            scratch: scratch.clone(),
            large_px: Arc::default(),
            writer: writer.downgrade(),
            state: State::default(),
        };
        // It cannot go on while this is held.
        let pass = rebuilds.pass().await;
        rebuilds.begin(RebuildPaths { library, scratch, large_px: 0 }, writer).unwrap();
        assert!(by_rebuild.begin(LEAST), "its end is waited for");
        assert_eq!(by_rebuild.state, State::Idle, "and it is no failure if that swaps nothing");
        drop((pass, inbox));
        rebuilds.stop().await;
    }

    #[test]
    fn a_rebuild_is_for_a_log_of_which_little_is_projected() {
        let cases = [
            (60_000, 60_000, false, Timing::Never),
            (70_000, 70_000, false, Timing::Now),
            (70_000, 70_000, true, Timing::Now),
            (70_000, 1_000_000, false, Timing::Never),
            (70_000, 200_000, false, Timing::Now),
            (70_000, 200_000, true, Timing::Later),
            (400_000, 1_000_000, true, Timing::Later),
            (400_000, 1_000_000, false, Timing::Now),
            (700_000, 1_000_000, true, Timing::Now),
        ];
        for (behind, all, is_under_load, expected) in cases {
            assert_eq!(timing(behind, all, is_under_load), expected, "{behind} of {all}, under load: {is_under_load}");
        }
    }
}
