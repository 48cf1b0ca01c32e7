//! Connections that read beside a writer: never more than a few at once, and each kept for the next question.

use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

/// A connection has a schema, prepared statements and a cache of its own, and disks and processors are few: who asks
/// while so many read waits for one of them.
const AT_ONCE: usize = 8;
/// So many stay open while nobody asks.
const IDLE: usize = 4;

/// The readers of one database.
pub(crate) struct Readers {
    path: PathBuf,
    state: Mutex<State>,
    given_back: Condvar,
}

#[derive(Default)]
struct State {
    idle: Vec<Connection>,
    reading: usize,
}

/// The right to read. Given back also when a question panics.
struct Place<'a>(&'a Readers);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.state().reading -= 1;
        self.0.given_back.notify_one();
    }
}

impl Readers {
    pub(crate) fn of(path: PathBuf) -> Self {
        Self { path, state: Mutex::default(), given_back: Condvar::new() }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Asks a question on a connection that nobody else uses meanwhile; `open` makes one where none is idle. Blocks while
    /// too many read. A connection on which a question failed is closed.
    pub(crate) fn read<T, E>(
        &self,
        open: impl FnOnce(&Path) -> Result<Connection, E>,
        question: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut state = self
            .given_back
            .wait_while(self.state(), |state| state.reading >= AT_ONCE)
            .unwrap_or_else(PoisonError::into_inner);
        state.reading += 1;
        let idle = state.idle.pop();
        drop(state);
        let place = Place(self);
        let connection = idle.map_or_else(|| open(&self.path), Ok)?;
        let answer = question(&connection)?;
        let mut state = self.state();
        if state.idle.len() < IDLE {
            state.idle.push(connection);
        }
        drop(state);
        drop(place);
        Ok(answer)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn open(_: &Path) -> rusqlite::Result<Connection> {
        Connection::open_in_memory()
    }

    #[test]
    fn many_who_ask_at_once_share_a_few_connections() {
        let readers = Readers::of(PathBuf::new());
        let (reading, most, opened) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..60 {
                scope.spawn(|| {
                    let open = |path: &Path| {
                        opened.fetch_add(1, Ordering::Relaxed);
                        open(path)
                    };
                    readers.read(open, |connection| {
                        most.fetch_max(reading.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        std::thread::sleep(std::time::Duration::from_millis(2));
                        reading.fetch_sub(1, Ordering::SeqCst);
                        connection.query_row("SELECT 1", [], |row| row.get::<_, i64>(0))
                    })
                });
            }
        });
        assert!(most.into_inner() <= AT_ONCE, "no more than a few read at once");
        assert!(opened.into_inner() < 60, "a connection is used again");
        assert!(readers.state().idle.len() <= IDLE, "few stay open");
    }

    #[test]
    fn a_failure_and_a_panic_give_their_place_back() {
        let readers = Readers::of(PathBuf::new());
        for _ in 0..2 * AT_ONCE {
            readers.read(open, |connection| connection.query_row("SELECT nothing", [], |_| Ok(()))).unwrap_err();
            let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                readers.read(open, |_| -> rusqlite::Result<()> { panic!("in a question") })
            }));
            assert!(panicked.is_err());
        }
        assert_eq!(readers.state().reading, 0);
        assert_eq!(readers.read(open, |connection| connection.query_row("SELECT 1", [], |row| row.get(0))), Ok(1_i64));
    }
}
