//! A fetcher with a store of its own, as the lead-in of every story.

use std::time::{Duration, Instant};

use lysbord_core::fotoware::{PreviewToken, Role};
use lysbord_core::model::{Job, Outcome, RenditionKey, RenditionOutcome};
use lysbord_core::net::Policy;
use lysbord_core::renditions::{BlobStore, Fetcher, FetcherConfig, Schedule};
use lysbord_core::supervise::{Mishaps, Tasks};
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub struct Desk {
    pub fetcher: Fetcher,
    pub blobs: BlobStore,
    pub policy: Policy,
    pub settled: mpsc::Receiver<RenditionOutcome>,
    pub stop: CancellationToken,
    pub tasks: Tasks,
    pub folder: TempDir,
}

impl Desk {
    /// Vouches for every tenant given; for none, only the open world may be asked.
    pub fn new(tenants: &[&str]) -> Self {
        Self::with(tenants, |_| {})
    }

    pub fn with(tenants: &[&str], adjust: impl FnOnce(&mut FetcherConfig)) -> Self {
        let mut config = FetcherConfig { schedule: brisk(), ..FetcherConfig::default() };
        adjust(&mut config);
        let policy = Policy::new(tenants.iter().map(|tenant| tenant.parse().unwrap()).collect());
        let folder = TempDir::new().unwrap();
        let blobs = BlobStore::open(folder.path()).unwrap();
        let (sender, settled) = mpsc::channel(1024);
        let (stop, tasks) = (CancellationToken::new(), Tasks::new(Mishaps::default()));
        let fetcher = Fetcher::start(config, policy.clone(), blobs.clone(), sender, stop.clone(), &tasks).unwrap();
        Self { fetcher, blobs, policy, settled, stop, tasks, folder }
    }

    pub async fn outcome(&mut self, job: Job) -> Outcome {
        let key = job.key;
        self.fetcher.submit(job).unwrap();
        let settled = self.settled.recv().await.unwrap();
        assert_eq!(settled.key, key);
        settled.outcome
    }

    pub async fn outcomes(&mut self, count: usize) -> Vec<RenditionOutcome> {
        let mut all = Vec::new();
        while all.len() < count {
            all.push(self.settled.recv().await.unwrap());
        }
        all
    }
}

/// Tries five times and hardly waits in between.
pub fn brisk() -> Schedule {
    Schedule {
        pauses: vec![Duration::ZERO, Duration::from_millis(1), Duration::from_millis(1), Duration::from_millis(1)],
        within: Duration::from_mins(1),
        jitter: 0.2,
        tries_when_absent: 3,
    }
}

pub fn thumbnail(delivery: i64, candidates: &[&str]) -> Job {
    Job {
        key: RenditionKey { delivery, role: Role::Thumbnail },
        candidates: candidates.iter().map(|url| (*url).to_owned()).collect(),
        token: None,
        noticed: Instant::now(),
    }
}

pub fn preview(delivery: i64, candidates: &[&str]) -> Job {
    Job { key: RenditionKey { delivery, role: Role::Preview }, ..thumbnail(delivery, candidates) }
}

pub fn with_token(job: Job, token: &str) -> Job {
    Job { token: PreviewToken::new(token), ..job }
}
