//! The one task that knows all jobs. It starts what is next, hears how it went, and decides what follows; everything
//! that takes time is a task of its own.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, watch};
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use url::{Position, Url};

use super::answer::{Leftover, Sound};
use super::download::Downloader;
use super::memory::Memory;
use super::queue::{Queue, Ticket};
use super::walk::{Walked, walk};
use super::{FetcherConfig, Load, Schedule};
use crate::model::{Job, Landed, MissingReason, Outcome, Picture, RenditionOutcome};
use crate::renditions::BlobStore;
use crate::renditions::look::Inspected;

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
    background_tasks: JoinSet<TaskResult>,
    /// What each errand is about, should it fail.
    errands_about: HashMap<Id, About>,
    schedule: Arc<Schedule>,
    downloader: Arc<Downloader>,
    blobs: BlobStore,
    settled: mpsc::Sender<RenditionOutcome>,
    load: Arc<watch::Sender<Load>>,
}

enum Attempt {
    /// The URL gave this picture a moment ago. It is still here, and this job's as well.
    Recalled(Picture),
    Walked(Walked),
}

/// What happens between attempts and after them.
enum TaskResult {
    Rested(Ticket),
    Stored {
        ticket: Ticket,
        end: End,
    },
    /// The picture of a leader was written down as that of its followers too, but for those that go their own way.
    Shared {
        settled: Vec<RenditionOutcome>,
        left: Vec<Ticket>,
    },
    Told {
        jobs: usize,
    },
}

/// What is lost sight of if an errand fails. A job that nobody counts any more would keep the fetcher from ever being
/// idle.
enum About {
    Resting(Ticket),
    Storing(Ticket),
    Sharing(Vec<Ticket>),
    Telling { jobs: usize },
}

/// How a job ends, and with it those that follow it.
#[derive(Clone, Copy)]
enum End {
    Kept {
        picture: Picture,
        /// The job's first URL gave it, and nothing is wrong with it: whoever wants that URL wants this picture.
        is_first_choice: bool,
    },
    Missing(MissingReason),
}

impl Dispatcher {
    pub(super) fn new(
        config: FetcherConfig,
        downloader: Downloader,
        blobs: BlobStore,
        settled: mpsc::Sender<RenditionOutcome>,
        load: Arc<watch::Sender<Load>>,
    ) -> Self {
        Self {
            queue: Queue::new(config.downloads_per_host.max(1)),
            followers: HashMap::new(),
            memory: Memory::default(),
            attempts_at_once: config.downloads_at_once.max(1),
            attempts: JoinSet::new(),
            attempting: HashMap::new(),
            background_tasks: JoinSet::new(),
            errands_about: HashMap::new(),
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
                Some(done) = self.background_tasks.join_next_with_id() => self.come_back(done),
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
            self.queue.push(Ticket::new(job, &host));
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
                Some(picture) if share(&blobs, &job, picture).await => Attempt::Recalled(picture),
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
        let Some(mut ticket) = self.attempting.remove(&id) else {
            return;
        };
        self.queue.release(&ticket.host);
        match attempt {
            Some(Attempt::Recalled(picture)) => self.end(&ticket, End::Kept { picture, is_first_choice: true }),
            Some(Attempt::Walked(Walked::Got { candidate, sound })) => {
                let Sound { inspected, download } = sound;
                self.store(ticket, inspected, download.bytes, candidate == 0, download.share);
            }
            Some(Attempt::Walked(Walked::Again { reason, wait, absent, leftover })) => {
                ticket.hold(leftover);
                self.rest(ticket, reason, wait, absent);
            }
            Some(Attempt::Walked(Walked::Over { reason, leftover })) => {
                ticket.hold(leftover);
                self.give_up(ticket, reason);
            }
            None => {
                tracing::error!(delivery = ticket.job.key.delivery, "fetching a picture failed in Lysbord itself");
                self.rest(ticket, MissingReason::Failed, None, false);
            }
        }
    }

    fn rest(&mut self, mut ticket: Ticket, reason: MissingReason, wished: Option<Duration>, absent: bool) {
        ticket.tries += 1;
        ticket.tries_absent += usize::from(absent);
        let luck = rand::random_range(-1.0..=1.0);
        let pause = self.schedule.pause(ticket.tries, ticket.job.noticed.elapsed(), wished, luck);
        match pause {
            Some(pause) if ticket.tries_absent < self.schedule.tries_when_absent => {
                self.load.send_modify(|load| load.resting += 1);
                self.run_errand(About::Resting(ticket.clone()), async move {
                    sleep(pause).await;
                    TaskResult::Rested(ticket)
                });
            }
            _ => self.give_up(ticket, reason),
        }
    }

    /// Nothing better comes any more: what there is, is kept.
    fn give_up(&mut self, mut ticket: Ticket, reason: MissingReason) {
        let Some(leftover) = ticket.leftover.take() else { return self.end(&ticket, End::Missing(reason)) };
        let (inspected, bytes) = (leftover.inspected, leftover.bytes.clone());
        self.store(ticket, inspected, bytes, false, leftover);
    }

    /// Keeps a picture. `_memory` is what its bytes take up meanwhile.
    fn store(
        &mut self,
        ticket: Ticket,
        inspected: Inspected,
        bytes: Bytes,
        is_first_choice: bool,
        memory: impl Send + 'static,
    ) {
        let (blobs, schedule) = (self.blobs.clone(), Arc::clone(&self.schedule));
        self.run_errand(About::Storing(ticket.clone()), async move {
            let end = match store(&blobs, &schedule, &ticket.job, inspected, bytes).await {
                Ok(picture) => End::Kept { picture, is_first_choice },
                Err(missing) => End::Missing(missing),
            };
            drop(memory);
            TaskResult::Stored { ticket, end }
        });
    }

    fn run_errand(&mut self, about: About, errand: impl Future<Output = TaskResult> + Send + 'static) {
        let task = self.background_tasks.spawn(errand);
        self.errands_about.insert(task.id(), about);
    }

    fn come_back(&mut self, done: Result<(Id, TaskResult), JoinError>) {
        match done {
            Ok((id, report)) => {
                self.errands_about.remove(&id);
                self.hear(report);
            }
            Err(error) => {
                tracing::error!("a step of fetching pictures failed in Lysbord itself: {error}");
                match self.errands_about.remove(&error.id()) {
                    Some(About::Resting(ticket)) => self.hear(TaskResult::Rested(ticket)),
                    Some(About::Storing(ticket)) => self.end(&ticket, End::Missing(MissingReason::Failed)),
                    Some(About::Sharing(tickets)) => {
                        for ticket in tickets {
                            self.queue.push(ticket);
                        }
                    }
                    Some(About::Telling { jobs }) => self.hear(TaskResult::Told { jobs }),
                    None => {}
                }
            }
        }
    }

    fn hear(&mut self, report: TaskResult) {
        match report {
            TaskResult::Rested(ticket) => {
                self.load.send_modify(|load| load.resting -= 1);
                self.queue.push(ticket);
            }
            TaskResult::Stored { ticket, end } => self.end(&ticket, end),
            TaskResult::Shared { settled, left } => {
                self.tell(settled);
                for ticket in left {
                    self.queue.push(ticket);
                }
            }
            TaskResult::Told { jobs } => self.load.send_modify(|load| load.waiting -= jobs),
        }
    }

    /// Settles a job, and those of its followers to which the same answer applies; the others go their own way.
    fn end(&mut self, leader: &Ticket, end: End) {
        let mut settled = vec![end.of(&leader.job)];
        let mut sharing = Vec::new();
        if let Some(url) = leader.job.candidates.first() {
            if let End::Kept { picture, is_first_choice: true } = end {
                self.memory.note(url, picture, Instant::now());
            }
            for follower in self.followers.remove(url).unwrap_or_default() {
                match end {
                    _ if !end.applies(&leader.job, &follower.job) => self.queue.push(follower),
                    End::Kept { picture, .. } => sharing.push((follower, picture)),
                    End::Missing(_) => settled.push(end.of(&follower.job)),
                }
            }
        }
        self.tell(settled);
        if !sharing.is_empty() {
            self.share(sharing);
        }
    }

    /// Writes down that a picture is that of followers too, before they are settled.
    fn share(&mut self, sharing: Vec<(Ticket, Picture)>) {
        let blobs = self.blobs.clone();
        let tickets = sharing.iter().map(|(ticket, _)| ticket.clone()).collect();
        self.run_errand(About::Sharing(tickets), async move {
            let (mut settled, mut left) = (Vec::new(), Vec::new());
            // All at once, so that they share a commit.
            let mut shared = JoinSet::new();
            for (ticket, picture) in sharing {
                let blobs = blobs.clone();
                shared.spawn(async move { (share(&blobs, &ticket.job, picture).await, ticket, picture) });
            }
            for (is_shared, ticket, picture) in shared.join_all().await {
                if is_shared {
                    settled.push(End::Kept { picture, is_first_choice: false }.of(&ticket.job));
                } else {
                    left.push(ticket);
                }
            }
            TaskResult::Shared { settled, left }
        });
    }

    /// Hands over what became of jobs. A listener that is behind is waited for, but not here.
    fn tell(&mut self, mut settled: Vec<RenditionOutcome>) {
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
        let jobs = settled.len();
        self.run_errand(About::Telling { jobs }, async move {
            for settled in settled {
                let _ = listener.send(settled).await;
            }
            TaskResult::Told { jobs }
        });
    }
}

impl End {
    fn of(self, job: &Job) -> RenditionOutcome {
        let outcome = match self {
            Self::Kept { picture, .. } => Outcome::Kept { picture, derived: false, took: job.noticed.elapsed() },
            Self::Missing(missing) => {
                tracing::debug!(delivery = job.key.delivery, role = job.key.role.as_str(), "no picture: {missing}");
                Outcome::Missing(missing)
            }
        };
        RenditionOutcome { key: job.key, outcome }
    }

    /// Whether a job that wants the same URL first would have got the same.
    fn applies(self, leader: &Job, follower: &Job) -> bool {
        let shared_url_gave_it = matches!(self, Self::Kept { is_first_choice: true, .. });
        shared_url_gave_it || leader.candidates == follower.candidates && leader.token == follower.token
    }
}

impl Ticket {
    /// Holds what came if it is better than what came before.
    fn hold(&mut self, leftover: Option<Leftover>) {
        if leftover.as_ref().is_some_and(|found| self.leftover.as_ref().is_none_or(|held| found.is_better_than(held))) {
            self.leftover = leftover.map(Arc::new);
        }
    }
}

/// Writes down that a picture is this job's too. `false` if it is not here any more, or the disk will not take that.
async fn share(blobs: &BlobStore, job: &Job, picture: Picture) -> bool {
    let landed = Landed { key: job.key, picture, derived: false, took: job.noticed.elapsed() };
    blobs.also_for(landed).await.unwrap_or(false)
}

/// Keeps what was downloaded, and whose it is. Its URL may be dead by now, so a disk that will not take it is asked
/// again for a while.
async fn store(
    blobs: &BlobStore,
    schedule: &Schedule,
    job: &Job,
    inspected: Inspected,
    bytes: Bytes,
) -> Result<Picture, MissingReason> {
    let Inspected { format, width, height, flaw } = inspected;
    let size = bytes.len() as u64;
    for tries in 1.. {
        let whose = |hash| Landed {
            key: job.key,
            picture: Picture { hash, format, bytes: size, width, height, flaw },
            derived: false,
            took: job.noticed.elapsed(),
        };
        match blobs.put_for(bytes.clone(), whose).await {
            Ok(landed) => return Ok(landed.picture),
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
    Err(MissingReason::NotStored)
}

/// Host and port, as places are counted by them.
fn host_of(url: &str) -> String {
    Url::parse(url).map(|url| url[Position::BeforeHost..Position::AfterPort].to_owned()).unwrap_or_default()
}
