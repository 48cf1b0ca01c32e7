//! Plays the stories to a receiver: first the backlog, then, if asked for, live ones.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::payload::Encoding;
use super::sender::{Outcome, Sender};
use super::story::{Story, StoryStep, live, named, stories};
use super::tenant::{Tenant, TenantOptions, Weather};
use super::{DemoError, HookKind};
use lysbord_clock::Clock;

/// So many deliveries may be under way at once.
const AT_ONCE: usize = 8;
/// The pace of the first deliveries, when the gallery is still empty.
const RUSH_PER_SECOND: f64 = 40.0;
/// About so long is it from step to step in a story that is played by name.
const STEP_MS: i64 = 20_000;

#[derive(Clone, Debug)]
pub struct DemoOptions {
    /// The hook URL without its last part.
    pub to: String,
    pub listen: SocketAddr,
    pub assets: usize,
    /// Plays these and nothing else.
    pub stories: Vec<Story>,
    pub lifetime: Duration,
    pub rate: f64,
    pub form: bool,
    pub seed: u64,
    pub weather: Weather,
    /// So many deliveries come in a rush, whatever the rate, so that there is soon something to see.
    pub head_start: usize,
    pub after: AfterBacklog,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterBacklog {
    /// Serve pictures until the last URL has died, then end.
    ServeOut,
    /// New stories at the same rate until stopped.
    GoOn,
}

impl DemoOptions {
    /// As on the command line.
    pub fn new(to: impl Into<String>) -> Self {
        Self {
            to: to.into(),
            listen: SocketAddr::from(([127, 0, 0, 1], 7476)),
            assets: 60,
            stories: Vec::new(),
            lifetime: Duration::from_secs(30),
            rate: 4.0,
            form: false,
            seed: 1,
            weather: Weather::Changeable,
            head_start: 0,
            after: AfterBacklog::ServeOut,
        }
    }

    /// As in the window: a gallery within seconds, then now and then something new.
    pub fn in_app(to: impl Into<String>) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            rate: 0.5,
            head_start: 110,
            after: AfterBacklog::GoOn,
            ..Self::new(to)
        }
    }
}

/// What a demo did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub posted: u64,
    pub failed: u64,
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} deliveries accepted, {} given up", self.posted, self.failed)
    }
}

/// A tenant that serves its pictures and has not posted anything yet.
pub struct Prepared {
    player: Player,
    base_url: String,
}

impl Prepared {
    /// The tenant's address, for which a receiver has to vouch.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    pub fn play(self) -> Demo {
        self.play_under(CancellationToken::new())
    }

    fn play_under(self, cancel: CancellationToken) -> Demo {
        let Self { player, base_url } = self;
        let tally = Arc::clone(&player.tally);
        let stopped = cancel.clone();
        let playing = tokio::spawn(async move { player.play(stopped).await });
        Demo { base_url, tally, cancel, playing }
    }
}

/// A demo that runs by itself until it is stopped, dropped or done.
pub struct Demo {
    base_url: String,
    tally: Arc<Tally>,
    cancel: CancellationToken,
    playing: JoinHandle<Report>,
}

impl Demo {
    /// Opens the tenant, so that its address is known before its first delivery goes out.
    pub async fn prepare(options: DemoOptions) -> Result<Prepared, DemoError> {
        let sender = Sender::new(&options.to)?;
        let tenant = Tenant::start(TenantOptions {
            listen: options.listen,
            lifetime: options.lifetime,
            seed: options.seed,
            weather: options.weather,
            clock: Clock::System,
        })
        .await?;
        let base_url = tenant.base_url().to_owned();
        let player = Player { options, tenant, sender, tally: Arc::default(), clock: Clock::System };
        Ok(Prepared { player, base_url })
    }

    pub async fn start(options: DemoOptions) -> Result<Self, DemoError> {
        Ok(Self::prepare(options).await?.play())
    }

    /// The tenant's address, for which a receiver has to vouch.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Deliveries accepted so far.
    pub fn posted(&self) -> u64 {
        self.tally.report().posted
    }

    /// Ends it, deliveries under way included.
    pub async fn stop(self) -> Report {
        self.cancel.cancel();
        self.finished().await
    }

    /// Waits until it is done by itself.
    pub async fn finished(mut self) -> Report {
        match (&mut self.playing).await {
            Ok(report) => report,
            Err(_) => self.tally.report(),
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

/// Plays to the end, or until cancelled.
pub async fn run(options: DemoOptions, cancel: CancellationToken) -> Result<Report, DemoError> {
    Ok(Demo::prepare(options).await?.play_under(cancel).finished().await)
}

#[derive(Default)]
struct Tally {
    posted: AtomicU64,
    failed: AtomicU64,
}

impl Tally {
    fn note(&self, outcome: Outcome) {
        let counter = match outcome {
            Outcome::Accepted => &self.posted,
            Outcome::Failed => &self.failed,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    fn report(&self) -> Report {
        Report { posted: self.posted.load(Ordering::Relaxed), failed: self.failed.load(Ordering::Relaxed) }
    }
}

struct Player {
    options: DemoOptions,
    tenant: Tenant,
    sender: Sender,
    tally: Arc<Tally>,
    clock: Clock,
}

impl Player {
    async fn play(self, cancel: CancellationToken) -> Report {
        let outbox = Outbox {
            sender: self.sender.clone(),
            encoding: if self.options.form { Encoding::Form } else { Encoding::Json },
            tally: Arc::clone(&self.tally),
            lanes: Arc::new(Semaphore::new(AT_ONCE)),
            under_way: TaskTracker::new(),
            cancel: cancel.clone(),
        };
        let whole = async {
            let mut pace = Pace::new(self.options.rate, self.options.head_start);
            let DemoOptions { seed, assets, stories: asked, .. } = &self.options;
            let backlog = match asked.as_slice() {
                [] => stories(*seed, *assets, self.clock.now()),
                asked => named(*seed, asked, self.clock.now(), STEP_MS),
            };
            self.tell(backlog, &mut pace, &outbox).await;
            if self.options.after == AfterBacklog::GoOn {
                for nth in 0.. {
                    self.tell(self.live_story(nth, &pace), &mut pace, &outbox).await;
                }
            }
            outbox.emptied().await;
            tokio::time::sleep(self.options.lifetime).await;
        };
        cancel.run_until_cancelled(whole).await;
        outbox.emptied().await;
        self.tally.report()
    }

    async fn tell(&self, steps: Vec<StoryStep>, pace: &mut Pace, outbox: &Outbox) {
        for step in steps {
            pace.next().await;
            let (body, encoding) = step.spelled(self.tenant.site(), self.clock.now(), outbox.encoding);
            outbox.post(step.kind(), body, encoding).await;
        }
    }

    /// It happens a little faster than it is sent, as no notice comes before what it is about.
    fn live_story(&self, nth: usize, pace: &Pace) -> Vec<StoryStep> {
        let gap = pace.steady.as_millis() as i64 * 3 / 5;
        live(self.options.seed, self.options.assets, nth, self.clock.now(), gap)
    }
}

/// Deliveries on their way, a few at a time.
struct Outbox {
    sender: Sender,
    encoding: Encoding,
    tally: Arc<Tally>,
    lanes: Arc<Semaphore>,
    under_way: TaskTracker,
    cancel: CancellationToken,
}

impl Outbox {
    /// Returns as soon as there is a free lane; the delivery goes on by itself.
    async fn post(&self, kind: HookKind, body: String, encoding: Encoding) {
        let Ok(lane) = Arc::clone(&self.lanes).acquire_owned().await else { return };
        let (sender, tally) = (self.sender.clone(), Arc::clone(&self.tally));
        let delivery = async move {
            tally.note(sender.send(kind, body, encoding).await);
            drop(lane);
        };
        self.under_way.spawn(self.cancel.clone().run_until_cancelled_owned(delivery));
    }

    async fn emptied(&self) {
        self.under_way.close();
        self.under_way.wait().await;
    }
}

/// When the next delivery is due: a rush first, then a steady rate.
struct Pace {
    rush_left: usize,
    steady: Duration,
    due: Instant,
}

impl Pace {
    fn new(rate: f64, rush: usize) -> Self {
        let steady = Duration::from_secs_f64(1.0 / rate.clamp(0.001, 100_000.0));
        Self { rush_left: rush, steady, due: Instant::now() }
    }

    async fn next(&mut self) {
        sleep_until(self.due).await;
        let pause = if self.rush_left > 0 {
            self.steady.min(Duration::from_secs_f64(1.0 / RUSH_PER_SECOND))
        } else {
            self.steady
        };
        self.rush_left = self.rush_left.saturating_sub(1);
        self.due += pause;
    }
}
