//! The one task that knows all jobs. It starts what is next, hears how it went, and decides what follows; everything
//! that takes time is a task of its own.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, watch};
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use url::{Position, Url};

use super::download::{Download, Downloader};
use super::memory::Memory;
use super::queue::{Queue, Ticket};
use super::walk::{Walked, walk};
use super::{FetcherConfig, Load, Schedule};
use crate::model::{Job, Missing, Outcome, Picture, Settled};
use crate::renditions::BlobStore;
use crate::renditions::look::Sniffed;

/// Jobs taken from the channel in one go.
const SUBMITTED_AT_ONCE: usize = 256;

pub(super) struct Dispatcher {
    queue: Queue,
    /// By the URL that a job is about to have: the other jobs that want it too.
    followers: HashMap<String, Vec<Ticket>>,
    memory: Memory,
    attempts_at_once: usize,
    attempts: JoinSet<Attempt>,
    /// Whose attempt it is.
    attempting: HashMap<Id, Ticket>,
    errands: JoinSet<Report>,
    schedule: Arc<Schedule>,
    downloader: Arc<Downloader>,
    blobs: BlobStore,
    settled: mpsc::Sender<Settled>,
    load: Arc<watch::Sender<Load>>,
}

enum Attempt {
    /// The URL gave this picture a moment ago, and it is still here.
    Recalled(Picture),
    Walked(Walked),
}

/// What happens between attempts and after them.
enum Report {
    Rested(Ticket),
    Stored { ticket: Ticket, end: End },
    Told { jobs: usize },
}

/// How a job ends, and with it those that follow it.
#[derive(Clone, Copy)]
enum End {
    Kept { picture: Picture, candidate: usize },
    Missing(Missing),
}

impl Dispatcher {
    pub(super) fn new(
        config: FetcherConfig,
        downloader: Downloader,
        blobs: BlobStore,
        settled: mpsc::Sender<Settled>,
        load: Arc<watch::Sender<Load>>,
    ) -> Self {
        Self {
            queue: Queue::new(config.downloads_per_host.max(1)),
            followers: HashMap::new(),
            memory: Memory::default(),
            attempts_at_once: config.downloads_at_once.max(1),
            attempts: JoinSet::new(),
            attempting: HashMap::new(),
            errands: JoinSet::new(),
            schedule: Arc::new(config.schedule),
            downloader: Arc::new(downloader),
            blobs,
            settled,
            load,
        }
    }

    /// Works until it is cancelled; what is under way then is dropped with it.
    pub(super) async fn run(mut self, mut submitted: mpsc::UnboundedReceiver<Job>, cancelled: CancellationToken) {
        let mut jobs = Vec::with_capacity(SUBMITTED_AT_ONCE);
        loop {
            self.start_attempts();
            tokio::select! {
                biased;
                () = cancelled.cancelled() => break,
                // First all that is wanted, or a preview would be begun while a thumbnail waits at the door.
                1.. = submitted.recv_many(&mut jobs, SUBMITTED_AT_ONCE) => {
                    self.take(jobs.drain(..));
                }
                Some(done) = self.attempts.join_next_with_id() => self.conclude(done),
                Some(done) = self.errands.join_next() => match done {
                    Ok(report) => self.hear(report),
                    Err(error) => tracing::error!("a picture was lost sight of: {error}"),
                },
            }
        }
        self.load.send_replace(Load::default());
    }

    fn take(&mut self, jobs: impl Iterator<Item = Job>) {
        let (mut judge, mut refused) = (self.downloader.judge(), Vec::new());
        for job in jobs {
            if let Some(reason) = judge.refusal(&job.candidates) {
                refused.push(End::Missing(reason).of(&job));
                continue;
            }
            let host = job.candidates.first().map(|url| host_of(url)).unwrap_or_default();
            self.queue.push(Ticket { job: Arc::new(job), host: host.into(), tries: 0, tries_absent: 0 });
        }
        self.tell(refused);
    }

    fn start_attempts(&mut self) {
        while self.attempting.len() < self.attempts_at_once
            && let Some(ticket) = self.queue.next()
        {
            if self.follows(&ticket) {
                self.queue.release(&ticket.host);
            } else {
                self.attempt(ticket);
            }
        }
    }

    /// Lets a fresh job wait for one that is about to have the same URL, or makes it the one that others wait for.
    fn follows(&mut self, ticket: &Ticket) -> bool {
        match ticket.job.candidates.first() {
            Some(url) if ticket.tries == 0 => match self.followers.entry(url.clone()) {
                Entry::Occupied(mut leader) => {
                    leader.get_mut().push(ticket.clone());
                    true
                }
                Entry::Vacant(free) => {
                    free.insert(Vec::new());
                    false
                }
            },
            _ => false,
        }
    }

    fn attempt(&mut self, ticket: Ticket) {
        let job = Arc::clone(&ticket.job);
        let url = job.candidates.first();
        let recalled = url.and_then(|url| self.memory.recall(url, Instant::now()));
        let (downloader, blobs) = (Arc::clone(&self.downloader), self.blobs.clone());
        let task = self.attempts.spawn(async move {
            match recalled {
                Some(picture) if still_here(blobs, picture).await => Attempt::Recalled(picture),
                _ => Attempt::Walked(walk(&downloader, &job).await),
            }
        });
        self.attempting.insert(task.id(), ticket);
    }

    fn conclude(&mut self, done: Result<(Id, Attempt), JoinError>) {
        let (id, attempt) = match done {
            Ok((id, attempt)) => (id, Some(attempt)),
            Err(error) => (error.id(), None),
        };
        let Some(ticket) = self.attempting.remove(&id) else {
            return;
        };
        self.queue.release(&ticket.host);
        match attempt {
            Some(Attempt::Recalled(picture)) => self.end(&ticket, End::Kept { picture, candidate: 0 }),
            Some(Attempt::Walked(Walked::Got { candidate, sniffed, download })) => {
                self.store(ticket, candidate, sniffed, download);
            }
            Some(Attempt::Walked(Walked::Again { reason, wait, absent })) => {
                self.rest(ticket, reason, wait, absent);
            }
            Some(Attempt::Walked(Walked::Over(missing))) => {
                self.end(&ticket, End::Missing(missing));
            }
            None => {
                tracing::error!(delivery = ticket.job.key.delivery, "looking at a picture went wrong");
                self.end(&ticket, End::Missing(Missing::NotAPicture));
            }
        }
    }

    fn rest(&mut self, mut ticket: Ticket, reason: Missing, wished: Option<Duration>, absent: bool) {
        ticket.tries += 1;
        ticket.tries_absent += usize::from(absent);
        let luck = rand::random_range(-1.0..=1.0);
        let pause = self.schedule.pause(ticket.tries, ticket.job.noticed.elapsed(), wished, luck);
        match pause {
            Some(pause) if ticket.tries_absent < self.schedule.tries_when_absent => {
                self.load.send_modify(|load| load.resting += 1);
                self.errands.spawn(async move {
                    sleep(pause).await;
                    Report::Rested(ticket)
                });
            }
            _ => self.end(&ticket, End::Missing(reason)),
        }
    }

    fn store(&mut self, ticket: Ticket, candidate: usize, sniffed: Sniffed, download: Download) {
        let (blobs, schedule) = (self.blobs.clone(), Arc::clone(&self.schedule));
        self.errands.spawn(async move {
            let end = match store(&blobs, &schedule, &ticket.job, sniffed, download).await {
                Ok(picture) => End::Kept { picture, candidate },
                Err(missing) => End::Missing(missing),
            };
            Report::Stored { ticket, end }
        });
    }

    fn hear(&mut self, report: Report) {
        match report {
            Report::Rested(ticket) => {
                self.load.send_modify(|load| load.resting -= 1);
                self.queue.push(ticket);
            }
            Report::Stored { ticket, end } => self.end(&ticket, end),
            Report::Told { jobs } => self.load.send_modify(|load| load.waiting -= jobs),
        }
    }

    /// Settles a job, and those of its followers to which the same answer applies; the others go their own way.
    fn end(&mut self, leader: &Ticket, end: End) {
        let mut settled = vec![end.of(&leader.job)];
        if let Some(url) = leader.job.candidates.first() {
            if let End::Kept { picture, candidate: 0 } = end {
                self.memory.note(url, picture, Instant::now());
            }
            for follower in self.followers.remove(url).unwrap_or_default() {
                if end.applies(&leader.job, &follower.job) {
                    settled.push(end.of(&follower.job));
                } else {
                    self.queue.push(follower);
                }
            }
        }
        self.tell(settled);
    }

    /// Hands over what became of jobs. A listener that is behind is waited for, but not here.
    fn tell(&mut self, mut settled: Vec<Settled>) {
        if settled.is_empty() {
            return;
        }
        let jobs = settled.len();
        while let Some(next) = settled.pop() {
            // Nobody listens any more when the program goes down.
            if let Err(TrySendError::Full(next)) = self.settled.try_send(next) {
                settled.push(next);
                break;
            }
        }
        self.load.send_modify(|load| load.waiting -= jobs - settled.len());
        if settled.is_empty() {
            return;
        }
        let listener = self.settled.clone();
        self.errands.spawn(async move {
            let jobs = settled.len();
            for settled in settled {
                let _ = listener.send(settled).await;
            }
            Report::Told { jobs }
        });
    }
}

impl End {
    fn of(self, job: &Job) -> Settled {
        let outcome = match self {
            Self::Kept { picture, .. } => Outcome::Kept { picture, derived: false, took: job.noticed.elapsed() },
            Self::Missing(missing) => {
                tracing::debug!(delivery = job.key.delivery, role = job.key.role.as_str(), "no picture: {missing}");
                Outcome::Missing(missing)
            }
        };
        Settled { key: job.key, outcome }
    }

    /// Whether a job that wants the same URL first would have got the same.
    fn applies(self, leader: &Job, follower: &Job) -> bool {
        let shared_url_gave_it = matches!(self, Self::Kept { candidate: 0, .. });
        shared_url_gave_it || leader.candidates == follower.candidates && leader.token == follower.token
    }
}

async fn still_here(blobs: BlobStore, picture: Picture) -> bool {
    let found = tokio::task::spawn_blocking(move || blobs.contains(&picture.hash)).await;
    matches!(found, Ok(Ok(true)))
}

/// Keeps what was downloaded. Its URL may be dead by now, so a disk that will not take it is asked again for a while.
async fn store(
    blobs: &BlobStore,
    schedule: &Schedule,
    job: &Job,
    sniffed: Sniffed,
    download: Download,
) -> Result<Picture, Missing> {
    for tries in 1.. {
        match blobs.put(download.bytes.clone()).await {
            Ok(hash) => {
                let Sniffed { format, width, height } = sniffed;
                return Ok(Picture { hash, format, bytes: download.bytes.len() as u64, width, height });
            }
            Err(error) => {
                let pause = schedule.pause(tries, job.noticed.elapsed(), None, 0.0);
                let Some(pause) = pause else {
                    tracing::error!(delivery = job.key.delivery, "a picture could not be kept: {error}");
                    break;
                };
                sleep(pause).await;
            }
        }
    }
    Err(Missing::NotStored)
}

/// Host and port, as places are counted by them.
fn host_of(url: &str) -> String {
    Url::parse(url).map(|url| url[Position::BeforeHost..Position::AfterPort].to_owned()).unwrap_or_default()
}
