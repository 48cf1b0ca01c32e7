//! The way of a picture between the library and the fetcher: jobs go over at once, outcomes come back in groups, and
//! what a crash or a full queue left behind is taken up again from the table.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use crate::library::{self, Library, OnJobs};
use crate::model::{Job, Outcome, Settled};
use crate::renditions::Fetcher;

/// How long pictures took lately, from notice to disk.
#[derive(Debug, Default)]
pub struct Meter {
    took_ms: Mutex<VecDeque<u64>>,
}

const LATELY: usize = 500;

/// So many outcomes may wait to be written down. In a flood the writer rests now and then, and refusals come by the
/// thousand meanwhile.
pub(super) const OUTCOMES: usize = 8192;

impl Meter {
    pub fn median_ms(&self) -> Option<u64> {
        let mut took: Vec<u64> = self.took_ms.lock().ok()?.iter().copied().collect();
        let middle = took.len() / 2;
        took.sort_unstable();
        took.get(middle).copied()
    }

    fn note(&self, settled: &[Settled]) {
        let Ok(mut recent) = self.took_ms.lock() else { return };
        for settled in settled {
            if let Outcome::Kept { took, derived: false, .. } = settled.outcome {
                recent.push_back(took.as_millis() as u64);
            }
        }
        let surplus = recent.len().saturating_sub(LATELY);
        recent.drain(..surplus);
    }
}

/// Hands fresh jobs to the fetcher. What finds no place is in the table and comes later.
pub(super) fn submit_to(fetcher: Fetcher, overflow: Arc<Notify>) -> OnJobs {
    Box::new(move |jobs| {
        if fetcher.submit_all(jobs).is_err() {
            overflow.notify_one();
        }
    })
}

/// Writes down what became of pictures, until the fetcher is gone.
pub(super) async fn write_down(library: Library, mut outcomes: mpsc::Receiver<Settled>, meter: Arc<Meter>) {
    const TOGETHER: usize = 1024;
    let mut settled = Vec::with_capacity(TOGETHER);
    while outcomes.recv_many(&mut settled, TOGETHER).await > 0 {
        meter.note(&settled);
        // A failure was logged where it happened, and the table still says that they are waiting.
        let _ = library.settle(std::mem::take(&mut settled)).await;
    }
}

/// Takes up the pictures that the last run left waiting, and later those that found no place in the queue.
pub(super) async fn take_up_again(library: Library, fetcher: Fetcher, overflow: Arc<Notify>, stop: CancellationToken) {
    loop {
        // What is in the table and in the queue at once would be fetched twice: the queue is let run empty first.
        let taken_up = tokio::select! {
            () = stop.cancelled() => return,
            taken_up = hand_in_waiting(&library, &fetcher) => taken_up,
        };
        if let Err(error) = taken_up {
            tracing::warn!(%error, "pictures that were left waiting could not be taken up");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = overflow.notified() => {}
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = fetcher.idle() => {}
        }
    }
}

async fn hand_in_waiting(library: &Library, fetcher: &Fetcher) -> Result<(), library::LibraryError> {
    const PAGE: usize = 500;
    // A crash may have come before the projection that fills the table.
    library.caught_up().await?;
    let mut after = None;
    loop {
        let page = library.read(move |connection| library::waiting(connection, after, PAGE)).await?;
        for (key, candidates) in &page {
            let job = Job { key: *key, candidates: candidates.clone(), token: None, noticed: Instant::now() };
            while fetcher.submit(job.clone()).is_err() {
                fetcher.idle().await;
            }
        }
        match page.last() {
            Some((key, _)) if page.len() == PAGE => after = Some(*key),
            _ => return Ok(()),
        }
    }
}
