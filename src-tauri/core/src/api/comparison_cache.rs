//! A cache of recent comparisons: the page asks for the figures first, then for the difference picture.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OnceCell, Semaphore};

use super::problem::Problem;
use crate::model::{BlobHash, MissingReason};
use crate::renditions::{BlobStore, Difference, Incomparable, compare};

/// Content hashes of the old and the new picture.
pub(super) type Pair = (BlobHash, BlobHash);
pub(super) type Compared = Arc<Result<Difference, Incomparable>>;

/// Recent comparisons, most recently used first. A request for one that is being computed waits for it.
pub(super) struct ComparisonCache {
    known: Mutex<VecDeque<(Pair, Arc<OnceCell<Compared>>)>>,
    /// One comparison at a time: each takes a processor, and memory for two decoded pictures.
    turn: Arc<Semaphore>,
}

/// How many results are cached; each takes about half a megabyte.
const REMEMBERED: usize = 16;

impl Default for ComparisonCache {
    fn default() -> Self {
        Self { known: Mutex::default(), turn: Arc::new(Semaphore::new(1)) }
    }
}

impl ComparisonCache {
    pub(super) async fn of(&self, blobs: &BlobStore, pair: Pair) -> Result<Compared, Problem> {
        let cell = self.cell(pair);
        let compared = cell.get_or_try_init(|| async {
            let turn = self.turn.clone().acquire_owned().await.map_err(|error| Problem::internal(error.to_string()))?;
            let blobs = blobs.clone();
            let made = tokio::task::spawn_blocking(move || {
                // Held until the work is done, even if the request was dropped.
                let _turn = turn;
                look(&blobs, pair)
            });
            made.await.map_err(|error| Problem::internal(error.to_string()))?
        });
        compared.await.cloned()
    }

    fn cell(&self, pair: Pair) -> Arc<OnceCell<Compared>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let at = known.iter().position(|(of, _)| *of == pair);
        let (_, cell) = at.and_then(|at| known.remove(at)).unwrap_or_else(|| (pair, Arc::default()));
        known.push_front((pair, cell.clone()));
        known.truncate(REMEMBERED);
        cell
    }
}

fn look(blobs: &BlobStore, (old, new): Pair) -> Result<Compared, Problem> {
    let read = |hash| blobs.read(hash).map_err(|error| Problem::internal(error.to_string()));
    let (Some(old), Some(new)) = (read(&old)?, read(&new)?) else {
        return Ok(Arc::new(Err(Incomparable::Unreadable(MissingReason::NotStored))));
    };
    Ok(Arc::new(compare(&old, &new)))
}
