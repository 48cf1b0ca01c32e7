//! Fetches pictures while their URLs live.
//!
//! A [`Job`] goes in by a channel, what became of it comes out by another. One task, the dispatcher, decides what is
//! fetched next; downloads, pauses and puts are tasks of their own that report to it. The durable table of jobs is the
//! library's: what is cut off by a shutdown is not settled, and will be handed in again.

mod answer;
mod dispatcher;
mod download;
mod judge;
mod memory;
mod queue;
mod schedule;
mod walk;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::Resolve;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::BlobStore;
use crate::model::{Job, RenditionOutcome};
use crate::net::{Policy, System};
use crate::supervise::Tasks;
use dispatcher::Dispatcher;
use download::Downloader;

pub use schedule::Schedule;

/// The limits under which pictures are fetched.
#[derive(Clone)]
pub struct FetcherConfig {
    /// Jobs that may wait; more are refused, and the library hands them in later.
    pub capacity: usize,
    pub downloads_at_once: usize,
    pub downloads_per_host: usize,
    /// The largest picture.
    pub max_bytes: u64,
    /// What all pictures on their way to the disk may take of memory; one of `max_bytes` always fits.
    pub max_bytes_in_flight: u64,
    pub time_limits: TimeLimits,
    pub schedule: Schedule,
    /// Finds the addresses of host names; which of them may be connected to is the guard's word.
    pub resolver: Arc<dyn Resolve>,
}

/// The limits of one attempt.
#[derive(Clone, Copy, Debug)]
pub struct TimeLimits {
    pub connect: Duration,
    pub first_byte: Duration,
    pub whole: Duration,
}

impl Default for FetcherConfig {
    fn default() -> Self {
        Self {
            capacity: 50_000,
            downloads_at_once: 64,
            downloads_per_host: 48,
            max_bytes: 32 << 20,
            max_bytes_in_flight: 96 << 20,
            time_limits: TimeLimits::default(),
            schedule: Schedule::default(),
            resolver: Arc::new(System),
        }
    }
}

impl Default for TimeLimits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), first_byte: Duration::from_secs(10), whole: Duration::from_secs(30) }
    }
}

/// Takes jobs. Clones share one fetcher.
#[derive(Clone)]
pub struct Fetcher {
    jobs: mpsc::UnboundedSender<Job>,
    load: Arc<watch::Sender<Load>>,
    capacity: usize,
}

/// How much there is to do.
#[derive(Clone, Copy, Debug, Default)]
struct Load {
    /// Jobs that are not settled.
    waiting: usize,
    /// Those of them that pause before their next attempt.
    resting: usize,
}

/// So many jobs wait already that this one was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many pictures are waiting to be fetched")]
pub struct Full;

#[derive(Debug, thiserror::Error)]
#[error("pictures cannot be fetched, as no https connection can be set up: {0}")]
pub struct StartError(#[source] pub(crate) reqwest::Error);

impl Fetcher {
    /// Starts fetching on the current runtime. Cancelled, it drops what it is doing without settling it.
    pub fn start(
        config: FetcherConfig,
        policy: Policy,
        blobs: BlobStore,
        settled: mpsc::Sender<RenditionOutcome>,
        cancelled: CancellationToken,
        tasks: &Tasks,
    ) -> Result<Self, StartError> {
        let downloader = Downloader::new(&config, policy).map_err(StartError)?;
        let (jobs, submitted) = mpsc::unbounded_channel();
        let fetcher = Self { jobs, load: Arc::default(), capacity: config.capacity };
        let dispatcher = Dispatcher::new(config, downloader, blobs, settled, Arc::clone(&fetcher.load));
        tasks.spawn("What fetches pictures", dispatcher.run(submitted, cancelled));
        Ok(fetcher)
    }

    /// Hands a job in; never waits.
    pub fn submit(&self, job: Job) -> Result<(), Full> {
        self.submit_all(vec![job])
    }

    /// Hands jobs in; never waits. Of too many the last ones are not taken.
    pub fn submit_all(&self, jobs: Vec<Job>) -> Result<(), Full> {
        let mut taken = 0;
        self.load.send_if_modified(|load| {
            taken = jobs.len().min(self.capacity.saturating_sub(load.waiting));
            load.waiting += taken;
            taken > 0
        });
        let has_room = taken == jobs.len();
        for job in jobs.into_iter().take(taken) {
            // After a shutdown nobody takes it; the table still has it as waiting.
            let _ = self.jobs.send(job);
        }
        if has_room { Ok(()) } else { Err(Full) }
    }

    /// Jobs that are not settled yet.
    pub fn waiting(&self) -> usize {
        self.load.borrow().waiting
    }

    /// Ends when all that was handed in is settled, or the fetcher was stopped.
    pub fn idle(&self) -> impl Future<Output = ()> + Send + use<> {
        self.once(|load| load.waiting == 0)
    }

    /// Ends when nothing is being fetched: what is left, if anything, pauses between two attempts. A server that stays
    /// away holds up nobody who waits for this.
    pub fn quiet(&self) -> impl Future<Output = ()> + Send + use<> {
        self.once(|load| load.waiting == load.resting)
    }

    fn once(&self, is_so: fn(&Load) -> bool) -> impl Future<Output = ()> + Send + use<> {
        let mut load = self.load.subscribe();
        async move {
            // An error means that the fetcher is gone, which is as idle as it gets.
            let _ = load.wait_for(is_so).await;
        }
    }
}
