//! How the desk is reached: what the user chose, the listener, the tunnel and the check put together, and kept so
//! through sleep and changes of the network.

use std::sync::{Arc, Mutex, PoisonError};

use reqwest::dns::Resolve;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

use super::{Desk, listener};
use crate::intake::Gate;
use crate::library::LibraryError;
use crate::reach::{self, Address, Check, CheckState, Knocker, News, TunnelStanding, Tunnels};
use crate::settings::{ReachChoice, ReachWay, Settings, TunnelName};

/// What it takes to be reached.
pub struct Reach {
    options: reach::Options,
    pub gate: Arc<Gate>,
    tunnels: Tunnels,
    knocker: Knocker,
    check: watch::Sender<Check>,
    /// What was chosen when it was followed last.
    followed: Mutex<ReachChoice>,
}

/// How the desk is reached now.
#[derive(Clone, Debug)]
pub struct Reachable {
    pub choice: ReachChoice,
    /// What Fotoware is to be told, without the last part, and with the secret.
    pub hook_base: Option<String>,
    /// What is wrong and what to do, in words.
    pub problem: Option<String>,
}

impl Reach {
    pub(super) fn new(options: reach::Options, resolver: &Arc<dyn Resolve>) -> reqwest::Result<Self> {
        Ok(Self {
            gate: Arc::default(),
            tunnels: Tunnels::new(&options),
            knocker: Knocker::new(&options, resolver)?,
            check: watch::Sender::default(),
            followed: Mutex::default(),
            options,
        })
    }

    pub fn addresses(&self) -> Vec<Address> {
        self.options.addresses.list()
    }

    /// Where the program of a tunnel is, if it is installed.
    pub fn found(&self, name: TunnelName) -> Option<std::path::PathBuf> {
        reach::find(name, self.options.path.as_deref())
    }

    pub fn tunnel(&self, name: TunnelName) -> TunnelStanding {
        self.tunnels.standing(name)
    }

    pub fn check(&self) -> Check {
        self.check.borrow().clone()
    }

    /// Lets everything follow what the user chose.
    pub(super) fn follow(&self, settings: &Settings, listener: &listener::Listener) {
        let choice = &settings.reach;
        let has_a_place = matches!(choice.way, ReachWay::ThisNetwork | ReachWay::OwnUrl);
        listener.choose(choice.address.filter(|_| has_a_place));
        self.tunnels.want(choice.tunnel.filter(|_| choice.way == ReachWay::Tunnel));
        let mut followed = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::replace(&mut *followed, choice.clone()) != *choice {
            // What was found of another way says nothing of this one.
            self.check.send_if_modified(|check| {
                let is_over = !matches!(check.state, CheckState::Running | CheckState::Never);
                if is_over {
                    *check = Check::default();
                }
                is_over
            });
        }
    }

    /// When things have settled, if the user asked for a check before.
    fn when_to_check_again(&self) -> Option<Instant> {
        let was_checked = self.check.borrow().state != CheckState::Never;
        was_checked.then(|| Instant::now() + self.options.settle)
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

    /// Starts a tunnel, also one that failed, or stops it; the choice is remembered.
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

    /// Sends a marked delivery round by the public address. While one is under way, a second waits for its result.
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
            // Brought to its end though the asker may be gone.
            tokio::spawn(async move {
                let checked = desk.knock(&choice).await;
                desk.reach.check.send_replace(checked);
                desk.library.revisions().announce();
            });
        }
        let mut check = self.reach.check.subscribe();
        let done = check.wait_for(|check| check.state != CheckState::Running);
        Ok(done.await.map(|check| check.clone()).unwrap_or_default())
    }

    /// Paused, Fotoware is asked to come again. A new start listens again.
    pub fn pause(&self, on: bool) {
        self.reach.gate.pause(on);
        self.library.revisions().announce();
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
            (Ok(base), None) => Err(format!("{base} is no web address.")),
            (Ok(_), Some(hook)) => tokio::select! {
                knocked = self.reach.knocker.knock(&hook, &self.reach.gate) => knocked.map_err(|why| why.to_string()),
                () = self.stop.cancelled() => Err("Lysbord is closing.".to_owned()),
            },
        };
        let state = if knocked.is_ok() { CheckState::Arrived } else { CheckState::Failed };
        let (took, problem) = (knocked.as_ref().ok().copied(), knocked.err());
        Check { state, way: choice.way, url, at: Some(self.clock.now()), took, problem }
    }

    /// Scheme and host, and what the user's own proxy has before the path; or why there is none.
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

/// Follows the news until `stop`: the listener takes its place again, the tunnel is started again, and what was checked
/// once is checked again.
pub(super) async fn mind(desk: Desk, stop: CancellationToken, tasks: TaskTracker) {
    let mut news = reach::Watch::new(&desk.reach.options, desk.clock.clone());
    let mut listener_changes = desk.listener.changes();
    let mut tunnels = desk.reach.tunnels.watch();
    let mut seen = Vec::new();
    let mut check_at: Option<Instant> = None;
    lead_tunnels_to_the_listener(&desk);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            what = news.next() => {
                tracing::info!(woke = what == News::Woke, "the listener and the tunnel are looked after");
                desk.listener.look_again();
                desk.reach.tunnels.try_again();
                check_at = desk.reach.when_to_check_again();
            }
            () = listener_changes.next() => lead_tunnels_to_the_listener(&desk),
            _ = tunnels.changed() => {
                let now = TunnelName::ALL.map(|name| desk.reach.tunnel(name)).to_vec();
                // Its words alone are no news.
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
                let desk = desk.clone();
                tasks.spawn(async move { desk.check_reach().await });
                continue;
            }
        }
        desk.library.revisions().announce();
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
