//! Where a panic ends: the job that panicked fails in words, and its thread or its owner goes on with the next. Tasks have an
//! owner that waits for their end and a list on which it is told that one of them died.

use std::any::Any;
use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// A job that panicked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("internal error ({message})")]
pub struct Panicked {
    /// What the panic said.
    pub message: String,
}

impl Panicked {
    /// Of what [`catch_unwind`] or a thread's end gave.
    pub(crate) fn of(payload: &(dyn Any + Send)) -> Self {
        let message = payload
            .downcast_ref::<&str>()
            .map(|message| (*message).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "without a word".to_owned());
        Self { message }
    }
}

/// Does a job and returns what it returned, or that it panicked. What the job was changing must be good to use afterwards:
/// a transaction that was rolled back, or state that is read anew.
pub(crate) fn caught<T>(job: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(job)).map_err(|payload| {
        let panicked = Panicked::of(&*payload);
        tracing::error!(message = %panicked.message, "a job panicked; the thread goes on with the next");
        panicked
    })
}

/// The same for a job that waits. It is not polled again once it has panicked.
pub async fn caught_waiting<T>(job: impl Future<Output = T>) -> Result<T, Panicked> {
    let mut job = pin!(job);
    poll_fn(|context| match caught(|| job.as_mut().poll(context)) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(done)) => Poll::Ready(Ok(done)),
        Err(panicked) => Poll::Ready(Err(panicked)),
    })
    .await
}

/// A task that panicked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mishap {
    /// What the task does, as the subject of a sentence.
    pub task: &'static str,
    pub message: String,
    /// It was begun anew. Otherwise it has ended for good.
    pub goes_on: bool,
}

/// Tasks that panicked in this process, each task once. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Mishaps(Arc<Mutex<BTreeMap<&'static str, Mishap>>>);

impl Mishaps {
    pub fn told(&self) -> Vec<Mishap> {
        self.present().values().cloned().collect()
    }

    fn add(&self, task: &'static str, panicked: Panicked, goes_on: bool) {
        self.present().insert(task, Mishap { task, message: panicked.message, goes_on });
    }

    fn present(&self) -> MutexGuard<'_, BTreeMap<&'static str, Mishap>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The tasks of one owner, who waits for their end. Clones share them. A task is named as the subject of a sentence, such as
/// *the webhook listener*.
#[derive(Clone, Debug)]
pub struct Tasks {
    runtime: Handle,
    tracker: TaskTracker,
    mishaps: Mishaps,
    /// Before a task is begun anew.
    pause: Pause,
}

impl Tasks {
    /// On the current runtime; panics outside of one. Those who share a list of mishaps are told of together.
    pub fn new(mishaps: Mishaps) -> Self {
        Self { runtime: Handle::current(), tracker: TaskTracker::new(), mishaps, pause: Pause::default() }
    }

    /// Does something once. If it panics that is logged and told.
    pub fn spawn(&self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        let mishaps = self.mishaps.clone();
        let watched = async move {
            if let Err(panicked) = caught_waiting(task).await {
                tracing::error!(task = name, message = %panicked.message, "a task panicked and has ended");
                mishaps.add(name, panicked, false);
            }
        };
        self.tracker.spawn_on(watched, &self.runtime);
    }

    /// Keeps something going until `stop`: if it panics that is logged and told, and it is begun anew, after a pause that grows.
    pub fn keep<F>(&self, name: &'static str, stop: CancellationToken, begin: impl Fn() -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (mishaps, mut pause) = (self.mishaps.clone(), self.pause);
        let kept = async move {
            while let Err(panicked) = caught_waiting(begin()).await {
                tracing::error!(task = name, message = %panicked.message, "a task panicked and is begun anew");
                mishaps.add(name, panicked, true);
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(pause.next()) => {}
                }
            }
        };
        self.tracker.spawn_on(kept, &self.runtime);
    }

    /// Returns when all of them have ended. Whoever stops them does that before.
    pub async fn end(&self) {
        self.tracker.close();
        self.tracker.wait().await;
    }
}

/// How long to wait after a failure: each time twice as long as before, up to a bound.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pause {
    next: Duration,
    first: Duration,
    longest: Duration,
}

impl Default for Pause {
    fn default() -> Self {
        Self::between(Duration::from_secs(1), Duration::from_mins(5))
    }
}

impl Pause {
    pub(crate) fn between(first: Duration, longest: Duration) -> Self {
        Self { next: first, first, longest }
    }

    pub(crate) fn next(&mut self) -> Duration {
        let pause = self.next;
        self.next = pause.saturating_mul(2).min(self.longest);
        pause
    }

    /// It succeeded: the next failure is a first one.
    pub(crate) fn begin_again(&mut self) {
        self.next = self.first;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn a_panic_is_told_with_its_words() {
        assert_eq!(caught(|| 7), Ok(7));
        assert_eq!(caught(|| -> u8 { panic!("poison {}", 1) }).unwrap_err().message, "poison 1");
        assert_eq!(caught(|| -> u8 { panic!("plain") }).unwrap_err().message, "plain");
        let odd = caught(|| -> u8 { std::panic::panic_any(7_u8) });
        assert!(odd.unwrap_err().to_string().contains("without a word"));
    }

    #[tokio::test]
    async fn a_task_that_dies_is_told_and_its_owner_does_not_wait_for_it() {
        let mishaps = Mishaps::default();
        let tasks = Tasks::new(mishaps.clone());
        tasks.spawn("the baker", async {
            tokio::task::yield_now().await;
            panic!("burnt");
        });
        tasks.spawn("the miller", async {});
        tasks.end().await;
        let dead = Mishap { task: "the baker", message: "burnt".to_owned(), goes_on: false };
        assert_eq!(mishaps.told(), [dead]);
    }

    #[tokio::test]
    async fn a_task_that_is_kept_is_begun_anew_until_it_ends_by_itself() {
        let mishaps = Mishaps::default();
        let pause = Pause::between(Duration::from_millis(1), Duration::from_millis(2));
        let tasks = Tasks { pause, ..Tasks::new(mishaps.clone()) };
        let begun = Arc::new(AtomicUsize::new(0));
        let count = begun.clone();
        tasks.keep("the baker", CancellationToken::new(), move || {
            let begun = count.fetch_add(1, Ordering::Relaxed);
            async move { assert!(begun == 3, "burnt {begun}") }
        });
        tasks.end().await;
        assert_eq!(begun.load(Ordering::Relaxed), 4);
        let mishap = Mishap { task: "the baker", message: "burnt 2".to_owned(), goes_on: true };
        assert_eq!(mishaps.told(), [mishap]);
    }

    #[tokio::test]
    async fn a_task_that_always_dies_can_be_stopped() {
        let (tasks, stop) = (Tasks::new(Mishaps::default()), CancellationToken::new());
        tasks.keep("the baker", stop.clone(), || async { panic!("burnt") });
        tokio::task::yield_now().await;
        stop.cancel();
        tasks.end().await;
    }

    #[test]
    fn pauses_grow_up_to_a_bound_and_begin_again() {
        let mut pause = Pause::between(Duration::from_secs(1), Duration::from_secs(3));
        assert_eq!([pause.next(), pause.next(), pause.next()].map(|pause| pause.as_secs()), [1, 2, 3]);
        pause.begin_again();
        assert_eq!(pause.next().as_secs(), 1);
    }
}
