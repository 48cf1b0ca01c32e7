//! The way of a picture between the library and the fetcher: jobs go over at once, outcomes come back in groups, and
//! what a crash or a full queue left behind is taken up again: first what is on disk already and not recorded, then what
//! the table says is still waiting.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use crate::library::{Library, LibraryError, OnJobs};
use crate::model::{BlobHash, Job, Landed, Outcome, RenditionKey, RenditionOutcome};
use crate::renditions::{BlobError, BlobStore, Fetcher};
use crate::supervise::Tasks;

/// How long pictures took lately, from notice to disk.
#[derive(Debug, Default)]
pub struct FetchLatency {
    took_ms: Mutex<VecDeque<u64>>,
}

const LATELY: usize = 500;

/// So many outcomes may wait to be written down. In a flood the writer rests now and then, and refusals come by the
/// thousand meanwhile.
pub(super) const OUTCOMES: usize = 8192;

impl FetchLatency {
    pub fn median_ms(&self) -> Option<u64> {
        let mut took: Vec<u64> = self.took_ms.lock().ok()?.iter().copied().collect();
        let middle = took.len() / 2;
        took.sort_unstable();
        took.get(middle).copied()
    }

    fn note(&self, settled: &[RenditionOutcome]) {
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

/// What brings outcomes from the fetcher to the library, and what was left behind to the fetcher. Clones share it.
#[derive(Clone)]
pub(super) struct Recorder {
    pub library: Library,
    pub blobs: BlobStore,
    pub fetcher: Fetcher,
    pub fetch_latency: Arc<FetchLatency>,
    pub outcomes: Arc<tokio::sync::Mutex<mpsc::Receiver<RenditionOutcome>>>,
    /// Some jobs found no place in the queue.
    pub overflow: Arc<Notify>,
    /// Some outcomes could not be recorded.
    pub unrecorded: Arc<Notify>,
}

impl Recorder {
    pub(super) fn start(self, tasks: &Tasks, stop: &CancellationToken) {
        let (recorder, stopped) = (self.clone(), stop.clone());
        tasks.keep("What records pictures in the library", stop.clone(), move || recorder.clone().write_down());
        tasks.keep("What takes up pictures that were left waiting", stop.clone(), move || {
            self.clone().resume_waiting_downloads(stopped.clone())
        });
    }

    /// Records what became of pictures, until the fetcher is gone. What fails is tried again from the table of what landed.
    async fn write_down(self) {
        const TOGETHER: usize = 1024;
        let lost = UnrecordedIfPanicking(self.unrecorded.clone());
        let mut outcomes = self.outcomes.lock().await;
        let mut settled = Vec::with_capacity(TOGETHER);
        while outcomes.recv_many(&mut settled, TOGETHER).await > 0 {
            self.fetch_latency.note(&settled);
            // The failure was logged where it happened.
            if record(&self.library, &self.blobs, std::mem::take(&mut settled)).await.is_err() {
                lost.0.notify_one();
            }
        }
    }

    /// Takes up the pictures that the last run left behind, and later those that found no place in the queue, or could not be
    /// recorded.
    async fn resume_waiting_downloads(self, stop: CancellationToken) {
        const AGAIN: Duration = Duration::from_secs(5);
        let Self { library, blobs, fetcher, overflow, unrecorded, .. } = self;
        let work = async {
            record_landed_until_it_works(&library, &blobs, AGAIN).await;
            loop {
                // What is in the table and in the queue at once would be fetched twice: the queue is let run empty first.
                if let Err(error) = submit_waiting_downloads(&library, &fetcher).await {
                    tracing::warn!(%error, "pictures that were left waiting could not be taken up");
                }
                tokio::select! {
                    () = overflow.notified() => fetcher.idle().await,
                    () = unrecorded.notified() => {
                        tokio::time::sleep(AGAIN).await;
                        record_landed_until_it_works(&library, &blobs, AGAIN).await;
                        fetcher.idle().await;
                    }
                }
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = work => {}
        }
    }
}

/// A panic takes with it what was about to be recorded: it is looked for where it landed, or fetched again.
struct UnrecordedIfPanicking(Arc<Notify>);

impl Drop for UnrecordedIfPanicking {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.notify_one();
        }
    }
}

/// Records outcomes in the library, and only then forgets that they landed.
pub(super) async fn record(
    library: &Library,
    blobs: &BlobStore,
    settled: Vec<RenditionOutcome>,
) -> Result<(), LibraryError> {
    let recorded: Vec<(RenditionKey, BlobHash)> = settled
        .iter()
        .filter_map(|settled| match settled.outcome {
            Outcome::Kept { picture, .. } => Some((settled.key, picture.hash)),
            Outcome::Missing(_) => None,
        })
        .collect();
    let hashes: Vec<BlobHash> = recorded.iter().map(|(_, hash)| *hash).collect();
    library.record_outcomes(settled).await?;
    if !recorded.is_empty()
        && let Err(error) = blobs.recorded(recorded).await
    {
        tracing::debug!(%error, "what is recorded is recorded once more at the next start");
    }
    // A delivery may have been taken away while its picture was on its way.
    remove_unnamed(library, blobs, hashes).await
}

/// Takes away the bytes of those among some blobs that the library does not name.
pub(super) async fn remove_unnamed(
    library: &Library,
    blobs: &BlobStore,
    mut hashes: Vec<BlobHash>,
) -> Result<(), LibraryError> {
    if hashes.is_empty() {
        return Ok(());
    }
    let unnamed = library.read(move |now| {
        let mut failed = None;
        hashes.retain(|hash| match now.renditions().is_named(*hash) {
            Ok(is_named) => !is_named,
            Err(error) => {
                failed = Some(error);
                false
            }
        });
        failed.map_or(Ok(hashes), Err)
    });
    let unnamed = unnamed.await?;
    if !unnamed.is_empty()
        && let Err(error) = remove_orphans(library, blobs, unnamed).await
    {
        tracing::warn!(%error, "pictures that nothing shows any more stay on disk");
    }
    Ok(())
}

/// Nothing is fetched again before this is done: the URL may be dead by now, and the picture on disk.
async fn record_landed_until_it_works(library: &Library, blobs: &BlobStore, again: Duration) {
    while let Err(error) = record_landed(library, blobs).await {
        tracing::warn!(
            error,
            "pictures are on disk, but the library could not record whose they are; it is tried again"
        );
        tokio::time::sleep(again).await;
    }
}

/// Records what landed and was never recorded.
async fn record_landed(library: &Library, blobs: &BlobStore) -> Result<(), String> {
    const PAGE: usize = 500;
    let mut after = None;
    loop {
        let store = blobs.clone();
        let page = tokio::task::spawn_blocking(move || store.landed(after, PAGE)).await;
        let page: Vec<Landed> =
            page.unwrap_or(Err(BlobError::Closed)).map_err(|error| format!("pictures.db: {error}"))?;
        after = page.last().map(|landed| landed.key);
        let is_last = page.len() < PAGE;
        if !page.is_empty() {
            let settled = page.into_iter().map(RenditionOutcome::from).collect();
            record(library, blobs, settled).await.map_err(|error| error.to_string())?;
        }
        if is_last {
            return Ok(());
        }
    }
}

async fn submit_waiting_downloads(library: &Library, fetcher: &Fetcher) -> Result<(), LibraryError> {
    const PAGE: usize = 500;
    // A crash may have come before the projection that fills the table.
    library.caught_up().await?;
    let mut after = None;
    loop {
        let page = library.read(move |now| now.renditions().waiting(after, PAGE)).await?;
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

/// Takes away the bytes of blobs that the library has given up, but for those that it names again by now.
pub(super) async fn remove_orphans(
    library: &Library,
    blobs: &BlobStore,
    orphans: Vec<BlobHash>,
) -> Result<(), BlobError> {
    let (library, runtime) = (library.clone(), tokio::runtime::Handle::current());
    let is_named = move |hash: &BlobHash| {
        let hash = *hash;
        let named = library.read(move |now| now.renditions().is_named(hash));
        // In doubt it stays.
        runtime.block_on(named).unwrap_or(true)
    };
    blobs.remove(orphans, is_named).await
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::clock::Timestamp;
    use crate::folder::Folder;
    use crate::fotoware::{HookKind, Role};
    use crate::library::Incoming;
    use crate::model::{Format, Picture};

    /// One picture of a delivery that stays, and one of a delivery whose tenant is removed meanwhile.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_picture_that_comes_when_its_tenant_is_gone_leaves_neither_row_nor_bytes() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::create(&dir.path().join("data")).unwrap();
        let (library, thread) = Library::open(&folder, Box::new(|_| {})).unwrap();
        let blobs = BlobStore::open(folder.path()).unwrap();
        for site in ["stays", "leaves"] {
            let body = format!(r#"{{"id": "{site}", "href": "https://{site}.example/a.jpg.info", "data": {{}}}}"#);
            let incoming = Incoming::new(HookKind::Ingested, None, body.as_bytes(), Timestamp(1)).unwrap();
            library.take_in(incoming).await.unwrap();
        }
        library.caught_up().await.unwrap();
        library.remove_tenant("https://leaves.example".to_owned()).await.unwrap();

        let mut hashes = Vec::new();
        for (delivery, bytes) in [(1, &b"one"[..]), (2, b"another"), (1, b"another large one")] {
            let role = if delivery == 1 && bytes != b"one" { Role::Large } else { Role::Preview };
            let whose = |hash| Landed {
                key: RenditionKey { delivery, role },
                picture: Picture {
                    hash,
                    format: Format::Jpeg,
                    bytes: bytes.len() as u64,
                    width: 1,
                    height: 1,
                    flaw: None,
                },
                derived: false,
                took: Duration::ZERO,
            };
            let landed = blobs.put_for(Bytes::from_static(bytes), whose).await.unwrap();
            hashes.push(landed.picture.hash);
            record(&library, &blobs, vec![landed.into()]).await.unwrap();
        }
        // The store works in order, and nobody waits for it to forget what is recorded.
        blobs.put(Bytes::from_static(b"comes after")).await.unwrap();
        let on_disk: Vec<bool> = hashes.iter().map(|hash| blobs.contains(hash).unwrap()).collect();
        assert_eq!(on_disk, [true, false, true]);
        assert_eq!(blobs.landed(None, 9).unwrap(), [], "nothing is left to be recorded");
        let connection = rusqlite::Connection::open(folder.library()).unwrap();
        let mut select = connection.prepare("SELECT DISTINCT event FROM renditions").unwrap();
        let events: Vec<i64> = select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        assert_eq!(events, [1]);
        library.close().await;
        tokio::task::spawn_blocking(|| thread.join()).await.unwrap();
    }
}
