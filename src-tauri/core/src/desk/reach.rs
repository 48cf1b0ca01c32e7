//! Puts together how Fotoware reaches this computer: the user's choice, listener, tunnel and check. Keeps them working
//! through sleep and network changes.

use std::sync::{Arc, Mutex, PoisonError};

use reqwest::dns::Resolve;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{Desk, listener};
use crate::intake::Gate;
use crate::library::LibraryError;
use crate::reach::{self, Address, Check, CheckState, NetworkEvents, SelfCheck, TunnelStanding, Tunnels};
use crate::settings::{ReachChoice, ReachWay, Settings, TunnelName};
use crate::supervise::caught_waiting;

/// State of everything that makes this computer reachable.
pub struct Reach {
    options: reach::Options,
    pub gate: Arc<Gate>,
    tunnels: Tunnels,
    knocker: SelfCheck,
    check: watch::Sender<Check>,
    /// The choice that was applied last.
    followed: Mutex<ReachChoice>,
}

/// How Fotoware reaches this computer now.
#[derive(Clone, Debug)]
pub struct Reachable {
    pub choice: ReachChoice,
    /// The hook URL for Fotoware without the kind at its end, with the secret. `None` while no public address is known.
    pub hook_base: Option<String>,
    /// What is wrong and what to do about it, in words. `None` if nothing is wrong.
    pub problem: Option<String>,
}

impl Reach {
    pub(super) fn new(options: reach::Options, resolver: &Arc<dyn Resolve>) -> reqwest::Result<Self> {
        Ok(Self {
            gate: Arc::default(),
            tunnels: Tunnels::new(&options),
            knocker: SelfCheck::new(&options, resolver)?,
            check: watch::Sender::default(),
            followed: Mutex::default(),
            options,
        })
    }

    pub fn addresses(&self) -> Vec<Address> {
        self.options.addresses.list()
    }

    /// The path of a tunnel's program, or `None` if it is not installed. Reads folders, so it blocks.
    pub fn found(&self, name: TunnelName) -> Option<std::path::PathBuf> {
        reach::find(name, self.options.path.as_deref())
    }

    pub fn tunnel(&self, name: TunnelName) -> TunnelStanding {
        self.tunnels.standing(name)
    }

    pub fn check(&self) -> Check {
        self.check.borrow().clone()
    }

    /// Applies the user's choice to listener and tunnel.
    pub(super) fn follow(&self, settings: &Settings, listener: &listener::Listener) {
        let choice = &settings.reach;
        let has_a_place = matches!(choice.way, ReachWay::ThisNetwork | ReachWay::OwnUrl);
        listener.choose(choice.address.filter(|_| has_a_place));
        self.tunnels.want(choice.tunnel.filter(|_| choice.way == ReachWay::Tunnel));
        let mut followed = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::replace(&mut *followed, choice.clone()) != *choice {
            // A check of another way in says nothing about this one.
            self.check.send_if_modified(|check| {
                let is_over = !matches!(check.state, CheckState::Running | CheckState::Never);
                if is_over {
                    *check = Check::default();
                }
                is_over
            });
        }
    }

    /// When to check again, or `None` if the user never asked for a check.
    fn when_to_check_again(&self) -> Option<Instant> {
        let was_checked = self.check.borrow().state != CheckState::Never;
        was_checked.then(|| Instant::now() + self.options.record_outcomes)
    }

    pub(super) fn remember(&self, settings: &Settings) {
        if let (Some(name), Some(url)) = (settings.reach.tunnel, &settings.known_tunnel_url) {
            self.tunnels.knew(name, url.clone());
        }
    }
}

impl Desk {
    pub async fn reachable(&self) -> Result<Reachable, LibraryError> {
        let choice = self.settings().await?.reach;
        let base = self.public_base(&choice);
        let told = choice.tunnel.filter(|_| choice.way == ReachWay::Tunnel).map(|name| self.reach.tunnel(name));
        let told = told.and_then(|tunnel| tunnel.problem);
        let hook_base = base.as_ref().ok().map(|base| self.with_secret(base));
        Ok(Reachable { choice, hook_base, problem: self.listener.problem().or(told).or(base.err()) })
    }

    /// Starts a tunnel, even one that failed, or stops it. Saves the choice.
    pub async fn turn_tunnel(&self, name: TunnelName, on: bool) -> Result<(), LibraryError> {
        if on {
            self.reach.tunnels.start(name);
        }
        let choose = move |settings: &mut Settings| {
            if on {
                settings.reach.way = ReachWay::Tunnel;
                settings.reach.tunnel = Some(name);
            } else if settings.reach.tunnel == Some(name) {
                settings.reach.tunnel = None;
            }
        };
        self.change_settings(choose).await.map(|_| ())
    }

    /// Sends a marked delivery to the public address and returns the result. If a check is running already, waits for
    /// its result instead.
    pub async fn check_reach(&self) -> Result<Check, LibraryError> {
        let choice = self.settings().await?.reach;
        let begins = self.reach.check.send_if_modified(|check| {
            let begins = check.state != CheckState::Running;
            if begins {
                *check = Check {
                    state: CheckState::Running,
                    way: choice.way,
                    at: Some(self.clock.now()),
                    ..Check::default()
                };
            }
            begins
        });
        if begins {
            let desk = self.clone();
            // In a task of its own, so that it finishes even if the request is dropped.
            self.tasks.spawn("The check of the way in", async move {
                let checked = caught_waiting(desk.knock(&choice)).await.unwrap_or_else(|panicked| Check {
                    state: CheckState::Failed,
                    way: choice.way,
                    at: Some(desk.clock.now()),
                    problem: Some(format!("{panicked}. Please report it with the log.")),
                    ..Check::default()
                });
                desk.reach.check.send_replace(checked);
                desk.library.change_feed().announce();
            });
        }
        let mut check = self.reach.check.subscribe();
        let done = check.wait_for(|check| check.state != CheckState::Running);
        Ok(done.await.map(|check| check.clone()).unwrap_or_default())
    }

    /// Pauses or resumes. While paused, deliveries are answered 503, so that Fotoware tries again. Not saved: a new
    /// start listens.
    pub fn pause(&self, on: bool) {
        self.reach.gate.pause(on);
        self.library.change_feed().announce();
    }

    pub fn is_paused(&self) -> bool {
        self.reach.gate.is_paused()
    }

    async fn knock(&self, choice: &ReachChoice) -> Check {
        let base = match self.public_base(choice) {
            _ if self.is_paused() => Err("Lysbord is paused. Let it listen again, and then check.".to_owned()),
            base => base,
        };
        let url = base.as_ref().ok().map(|base| self.with_secret(base));
        let hook = url.as_ref().and_then(|url| Url::parse(&format!("{url}/any")).ok());
        let knocked = match (base, hook) {
            (Err(why), _) => Err(self.listener.problem().unwrap_or(why)),
            (Ok(base), None) => Err(format!("{base} is not a web address.")),
            (Ok(_), Some(hook)) => tokio::select! {
                knocked = self.reach.knocker.knock(&hook, &self.reach.gate) => knocked.map_err(|why| why.to_string()),
                () = self.stop.cancelled() => Err("Lysbord is closing.".to_owned()),
            },
        };
        let state = if knocked.is_ok() { CheckState::Arrived } else { CheckState::Failed };
        let (took, problem) = (knocked.as_ref().ok().copied(), knocked.err());
        Check { state, way: choice.way, url, at: Some(self.clock.now()), took, problem }
    }

    /// The public base URL: scheme, host, and the path prefix of the user's own proxy. Fails with the reason why there
    /// is none.
    fn public_base(&self, choice: &ReachChoice) -> Result<String, String> {
        let Some(at) = self.listener.address() else {
            return Err(self.listener.problem().unwrap_or_else(|| "Lysbord does not listen for notices.".to_owned()));
        };
        match (choice.way, choice.tunnel) {
            (ReachWay::ThisNetwork, _) if at.ip().is_loopback() => {
                Err("No address of this network is chosen yet, so that only this computer reaches Lysbord.".to_owned())
            }
            (ReachWay::ThisComputer | ReachWay::ThisNetwork, _) => Ok(format!("http://{}", listener::reachable(at))),
            (ReachWay::Tunnel, None) => Err("No tunnel is running. Choose one and start it.".to_owned()),
            (ReachWay::Tunnel, Some(name)) => {
                let tunnel = self.reach.tunnel(name);
                let not_up = || tunnel.problem.unwrap_or_else(|| format!("{} is on its way up.", name.as_str()));
                tunnel.public_url.ok_or_else(not_up)
            }
            (ReachWay::OwnUrl, _) => {
                choice.public_url.clone().ok_or_else(|| "No public address is given yet.".to_owned())
            }
        }
    }

    fn with_secret(&self, base: &str) -> String {
        format!("{base}/hooks/{}", self.secrets.hooks().expose())
    }
}

/// Watches for sleep and for changes of network, listener and tunnel until `stop` is cancelled: binds the listener
/// again, starts the tunnel again, and repeats a check that the user had asked for before.
pub(super) async fn mind(desk: Desk, stop: CancellationToken) {
    let mut network_events = reach::Watch::new(&desk.reach.options, desk.clock.clone());
    let mut listener_changes = desk.listener.changes();
    let mut tunnels = desk.reach.tunnels.watch();
    let mut seen = Vec::new();
    let mut check_at: Option<Instant> = None;
    lead_tunnels_to_the_listener(&desk);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            what = network_events.next() => {
                tracing::info!(woke = what == NetworkEvents::Woke, "the listener and the tunnel are looked after");
                desk.listener.look_again();
                desk.reach.tunnels.try_again();
                check_at = desk.reach.when_to_check_again();
            }
            () = listener_changes.next() => lead_tunnels_to_the_listener(&desk),
            _ = tunnels.changed() => {
                let now = TunnelName::ALL.map(|name| desk.reach.tunnel(name)).to_vec();
                // New output of a tunnel's program alone is no change.
                let stands: Vec<_> =
                    now.iter().map(|tunnel| (tunnel.state, tunnel.public_url.clone(), tunnel.problem.clone())).collect();
                if stands == seen {
                    continue;
                }
                seen = stands;
                if let Some(url) = now.into_iter().find_map(|tunnel| tunnel.public_url) {
                    remember(&desk, url).await;
                    check_at = desk.reach.when_to_check_again();
                }
            }
            () = due(check_at) => {
                check_at = None;
                let (tasks, desk) = (desk.tasks.clone(), desk.clone());
                tasks.spawn("The repeated check of the way in", async move {
                    if let Err(error) = desk.check_reach().await {
                        tracing::warn!(%error, "the way in was not checked again");
                    }
                });
                continue;
            }
        }
        desk.library.change_feed().announce();
    }
}

pub(super) async fn run_tunnels(desk: Desk, stop: CancellationToken) {
    desk.reach.tunnels.run(stop).await;
}

fn lead_tunnels_to_the_listener(desk: &Desk) {
    if let Some(at) = desk.listener.address() {
        desk.reach.tunnels.lead_to(at);
    }
}

async fn remember(desk: &Desk, url: String) {
    let know = move |settings: &mut Settings| settings.known_tunnel_url = Some(url);
    if let Err(error) = desk.change_settings(know).await {
        tracing::warn!(%error, "the tunnel's address was not remembered");
    }
}

async fn due(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}
