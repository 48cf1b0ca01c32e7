//! Tunnels: other people's programs, run as child processes, that connect a public address to the listener. One task
//! owns the child: it starts the chosen program, reads its output, starts it again when it fails, and ends it politely.

use std::collections::HashMap;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::Options;
use super::output_tail::OutputTail;
use super::program::find;
use crate::settings::TunnelName;

mod child;

use child::Child;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TunnelState {
    #[default]
    Off,
    /// The program runs and has not printed an address yet.
    Starting,
    Up,
    /// It ended unexpectedly and is started again after a pause.
    Restarting,
    /// It is not started again until the user asks or the network changes.
    Failed,
}

/// The state of a tunnel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TunnelStanding {
    pub state: TunnelState,
    /// `Some` while it is up.
    pub public_url: Option<String>,
    pub output_tail: Vec<String>,
    /// What is wrong and what to do about it, in words. `None` if nothing is wrong.
    pub problem: Option<String>,
}

/// Which program should run, and the address it should lead to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Wanted {
    name: Option<TunnelName>,
    target: Option<SocketAddr>,
    /// Grows each time the user asks for a start, so that asking again starts a failed tunnel again.
    asked: u64,
}

/// All tunnels. At most one runs.
#[derive(Debug)]
pub struct Tunnels {
    wanted: watch::Sender<Wanted>,
    standings: watch::Sender<HashMap<TunnelName, TunnelStanding>>,
    /// The last public address of each tunnel, which Fotoware was probably given.
    known: std::sync::Mutex<HashMap<TunnelName, String>>,
    again: Notify,
    path: Option<OsString>,
    pauses: Vec<Duration>,
    steady: Duration,
    patience: Duration,
}

/// Why a tunnel's process ended.
enum End {
    Asked,
    /// It cannot be started, with the reason.
    Hopeless(String),
    Fell {
        why: String,
        /// How long it was up, or `None` if it never printed an address.
        up_for: Option<Duration>,
    },
}

impl Tunnels {
    pub fn new(options: &Options) -> Self {
        Self {
            wanted: watch::Sender::default(),
            standings: watch::Sender::default(),
            known: std::sync::Mutex::default(),
            again: Notify::new(),
            path: options.path.clone(),
            pauses: options.pauses.clone(),
            steady: options.steady,
            patience: options.patience,
        }
    }

    pub fn standing(&self, name: TunnelName) -> TunnelStanding {
        self.standings.borrow().get(&name).cloned().unwrap_or_default()
    }

    /// A receiver that sees every change of any tunnel's state.
    pub fn watch(&self) -> watch::Receiver<HashMap<TunnelName, TunnelStanding>> {
        self.standings.subscribe()
    }

    /// Makes this tunnel run and no other; `None` runs none.
    pub fn want(&self, name: Option<TunnelName>) {
        self.wanted.send_if_modified(|wanted| std::mem::replace(&mut wanted.name, name) != name);
    }

    /// Like [`Self::want`], and starts a failed tunnel again. One that is up or starting is left alone, as Fotoware may
    /// have its address.
    pub fn start(&self, name: TunnelName) {
        let runs = matches!(self.standing(name).state, TunnelState::Starting | TunnelState::Up);
        self.wanted.send_if_modified(|wanted| {
            let is_new = wanted.name.replace(name) != Some(name);
            wanted.asked += u64::from(!runs);
            is_new || !runs
        });
    }

    /// Sets the listener's address. While the listener is down, a running tunnel keeps its old target.
    pub fn lead_to(&self, target: SocketAddr) {
        self.wanted.send_if_modified(|wanted| wanted.target.replace(target) != Some(target));
    }

    /// Restores the public address that an earlier process had, to notice when it changes.
    pub fn knew(&self, name: TunnelName, url: String) {
        self.known().insert(name, url);
    }

    /// Starts a tunnel that waits for its next try at once: the network may be back.
    pub fn try_again(&self) {
        self.again.notify_waiters();
    }

    /// Runs the chosen tunnel until `stop` is cancelled, then ends it. The only owner of the child process.
    pub async fn run(&self, stop: CancellationToken) {
        let mut wanted = self.wanted.subscribe();
        loop {
            let now = wanted.borrow_and_update().clone();
            let round = stop.child_token();
            let tending = async {
                match (now.name, now.target) {
                    (Some(name), Some(target)) => self.tend(name, target, &round).await,
                    _ => round.cancelled().await,
                }
            };
            tokio::pin!(tending);
            tokio::select! {
                () = &mut tending => {}
                // `changed` fails only when the sender is gone, and `self` holds it.
                _ = wanted.changed() => {
                    round.cancel();
                    tending.await;
                }
            }
            if stop.is_cancelled() {
                return;
            }
        }
    }

    /// Keeps one tunnel running until `round` is cancelled.
    async fn tend(&self, name: TunnelName, target: SocketAddr, round: &CancellationToken) {
        self.change(name, |standing| *standing = TunnelStanding { state: TunnelState::Starting, ..Default::default() });
        let (mut falls, mut has_worked) = (0, false);
        loop {
            let end = self.run_once(name, target, round).await;
            let pause = match end {
                End::Asked => break,
                End::Hopeless(why) => {
                    self.fail(name, why);
                    None
                }
                End::Fell { why, up_for } => {
                    has_worked |= up_for.is_some();
                    falls = if up_for.is_some_and(|time| time >= self.steady) { 1 } else { falls + 1 };
                    // A tunnel that was up once is retried for ever. One that never was is probably set up wrongly.
                    let pause = self.pauses.get(falls - 1).or(self.pauses.last().filter(|_| has_worked)).copied();
                    match pause {
                        Some(pause) => self.falter(name, &why, pause),
                        None => self.fail(name, format!("{why} It was tried {falls} times. {LAST_WORDS}")),
                    }
                    pause
                }
            };
            let pausing = async {
                match pause {
                    Some(pause) => sleep(pause).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = round.cancelled() => break,
                () = pausing => {}
                () = self.again.notified() => falls = 0,
            }
        }
        self.change(name, |standing| *standing = TunnelStanding::default());
    }

    async fn run_once(&self, name: TunnelName, target: SocketAddr, round: &CancellationToken) -> End {
        let command = name.as_str();
        let Some(program) = find(name, self.path.as_deref()) else {
            return End::Hopeless(format!(
                "{command} is not on this computer any more, or not where programs are looked for. Install it, or choose \
                 another way."
            ));
        };
        let mut child = match Child::start(&program, &name.arguments(target)) {
            Ok(child) => child,
            Err(error) => return End::Hopeless(format!("{} could not be started: {error}.", program.display())),
        };
        let mut words = OutputTail::default();
        let (began, mut up_since) = (Instant::now(), None);
        let mut is_late = false;
        loop {
            tokio::select! {
                () = round.cancelled() => {
                    child.end().await;
                    return End::Asked;
                }
                line = child.line() => {
                    // Its output has ended, so only its exit status is left to wait for.
                    let Some(line) = line else {
                        let why = format!("{command} ended: {}.", child.wait().await);
                        return End::Fell { why, up_for: up_since.map(|at: Instant| at.elapsed()) };
                    };
                    words.hear(&name.in_words(&line));
                    let url = name.address_in(&line);
                    if url.is_some() {
                        up_since.get_or_insert_with(Instant::now);
                    }
                    self.hear(name, words.lines(), url.map(|url| url.as_str().trim_end_matches('/').to_owned()));
                }
                () = sleep(self.patience.saturating_sub(began.elapsed())), if up_since.is_none() && !is_late => {
                    is_late = true;
                    self.change(name, |standing| standing.problem = Some(format!(
                        "{command} runs and has told no address yet. It may wait for you: {LAST_WORDS}"
                    )));
                }
            }
        }
    }

    fn hear(&self, name: TunnelName, output_tail: Vec<String>, url: Option<String>) {
        let moved = url.as_ref().and_then(|url| {
            let before = self.known().insert(name, url.clone())?;
            (before != *url).then(|| {
                format!("The tunnel has another address than before ({before}). Give Fotoware the new hook URLs.")
            })
        });
        self.change(name, |standing| {
            standing.output_tail = output_tail;
            if let Some(url) = url {
                // This message stays until the tunnel is started by hand: only the user knows whether Fotoware has the
                // new URLs.
                let problem = moved.or(standing.problem.take().filter(|_| standing.state == TunnelState::Up));
                *standing = TunnelStanding {
                    state: TunnelState::Up,
                    public_url: Some(url),
                    problem,
                    output_tail: std::mem::take(&mut standing.output_tail),
                };
            }
        });
    }

    fn falter(&self, name: TunnelName, why: &str, pause: Duration) {
        tracing::warn!(tunnel = name.as_str(), why, "a tunnel fell and is started again");
        let again =
            if pause < Duration::from_secs(2) { "at once".to_owned() } else { format!("in {} s", pause.as_secs()) };
        self.change(name, |standing| {
            standing.state = TunnelState::Restarting;
            standing.public_url = None;
            standing.problem = Some(format!("{why} It is started again {again}. {LAST_WORDS}"));
        });
    }

    fn fail(&self, name: TunnelName, why: String) {
        tracing::warn!(tunnel = name.as_str(), why, "a tunnel failed");
        self.change(name, |standing| {
            standing.state = TunnelState::Failed;
            standing.public_url = None;
            standing.problem = Some(why);
        });
    }

    fn change(&self, name: TunnelName, change: impl FnOnce(&mut TunnelStanding)) {
        self.standings.send_if_modified(|standings| {
            let standing = standings.entry(name).or_default();
            let before = standing.clone();
            change(standing);
            before != *standing
        });
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<TunnelName, String>> {
        self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

const LAST_WORDS: &str = "What it said last is below.";
