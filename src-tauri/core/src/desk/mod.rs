//! Puts library, pictures and webhook listener together and runs them, with one owner and one shutdown. The window and
//! `lysbord serve` open a desk and show its API; `import` opens one without a listener.

mod alerts;
mod curl;
mod delivery_search;
mod demo_tenant;
mod export_jobs;
mod listener;
mod pictures;
mod post_processor;
mod reach;
mod resend;
mod saved_searches;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::folder::{Folder, FolderError, FolderLock};
use crate::followers::follow;
use crate::intake;
use crate::library::{EventId, ImportId, Library, LibraryError, LibraryThread, RemovedImport, Trouble};
use crate::net::{Policy, Tenant};
use crate::renditions::{BlobError, BlobStore, Fetcher, FetcherConfig, StartError};
use crate::secrets::{Secrets, SecretsError};
use crate::settings::Settings;
use crate::supervise::{Mishap, Mishaps, Pause, Tasks};
use delivery_search::DeliverySearch;
use post_processor::PostProcessor;
use resend::Resender;

pub use curl::curl;
pub use demo_tenant::{DemoTenant, DemoTenantError, DemoTenantStatus};
pub use export_jobs::{Download, ExportJobs, JobId, JobState, JobStatus};
pub use listener::{Listener, Patience};
pub use pictures::FetchLatency;
pub use reach::{Reach, Reachable};
pub use resend::{ResendError, Resent, web_address};
pub use saved_searches::saved_search_filter;

/// Options for opening a desk.
#[derive(Clone)]
pub struct Options {
    pub data_dir: PathBuf,
    /// Where webhooks are received; `None` starts no listener.
    pub hooks: Option<SocketAddr>,
    pub patience: Patience,
    /// Trusted tenants of the command line, in addition to those in the settings.
    pub tenants: Vec<Tenant>,
    pub clock: Clock,
    pub intake: intake::Limits,
    pub fetcher: FetcherConfig,
    pub reach: crate::reach::Options,
}

impl Options {
    pub fn new(data_dir: PathBuf) -> Self {
        Self {
            data_dir,
            hooks: None,
            patience: Patience::FailAtOnce,
            tenants: Vec::new(),
            clock: Clock::System,
            intake: intake::Limits::default(),
            fetcher: FetcherConfig::default(),
            reach: crate::reach::Options::default(),
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error(transparent)]
    Library(#[from] LibraryError),
    #[error(transparent)]
    Blobs(#[from] BlobError),
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    #[error(transparent)]
    Fetcher(#[from] StartError),
    #[error(transparent)]
    Listen(#[from] listener::ListenError),
}

/// A handle to a running desk. Clones share it.
#[derive(Clone)]
pub struct Desk {
    pub folder: Folder,
    pub library: Library,
    pub blobs: BlobStore,
    pub secrets: Arc<Secrets>,
    pub fetcher: Fetcher,
    pub fetch_latency: Arc<FetchLatency>,
    pub listener: Arc<Listener>,
    pub reach: Arc<Reach>,
    pub exports: ExportJobs,
    pub demo_tenant: Arc<DemoTenant>,
    pub clock: Clock,
    policy: Policy,
    resender: Resender,
    /// Trusted tenants of the command line.
    given_tenants: Arc<Vec<Tenant>>,
    settings_turn: Arc<tokio::sync::Mutex<()>>,
    chosen: watch::Sender<Settings>,
    /// The newest event at the time of opening.
    opened_with: EventId,
    stop: CancellationToken,
    /// Those that follow what happens here and end with the desk.
    tasks: Tasks,
    mishaps: Mishaps,
}

/// Owns all tasks and threads of a desk. Call [`Running::shut_down`]; dropping it only signals them to stop.
pub struct Running {
    stop: CancellationToken,
    intake_tasks: Tasks,
    fetching: CancellationToken,
    fetch_tasks: Tasks,
    writer: Option<LibraryThread>,
    _lock: FolderLock,
}

impl Desk {
    pub async fn open(options: Options) -> Result<(Self, Running), DeskError> {
        let folder = Folder::create(&options.data_dir)?;
        let lock = folder.lock()?;
        let secrets = Arc::new(Secrets::open(&folder.secrets())?);
        let blobs = BlobStore::open(folder.path())?;
        let policy = Policy::new(options.tenants.clone());

        let resender = Resender::new(policy.clone(), &options.fetcher.resolver).map_err(StartError)?;
        let reach = Reach::new(options.reach.clone(), &options.fetcher.resolver).map_err(StartError)?;

        let (stop, fetching) = (CancellationToken::new(), CancellationToken::new());
        let mishaps = Mishaps::default();
        let tasks_of_a_kind = || Tasks::new(mishaps.clone());
        let (intake_tasks, fetch_tasks, tasks) = (tasks_of_a_kind(), tasks_of_a_kind(), tasks_of_a_kind());
        let (settled, outcomes) = tokio::sync::mpsc::channel(pictures::OUTCOMES);
        let fetcher =
            Fetcher::start(options.fetcher, policy.clone(), blobs.clone(), settled, fetching.clone(), &fetch_tasks)?;
        let overflow = Arc::new(tokio::sync::Notify::new());
        let (library, writer) = Library::open(&folder, pictures::submit_to(fetcher.clone(), overflow.clone()))?;
        let opened_with = library.read(|now| now.events().latest()).await?;
        let fetch_latency = Arc::new(FetchLatency::default());
        let pictures = pictures::Recorder {
            library: library.clone(),
            blobs: blobs.clone(),
            fetcher: fetcher.clone(),
            fetch_latency: fetch_latency.clone(),
            outcomes: Arc::new(tokio::sync::Mutex::new(outcomes)),
            overflow,
            unrecorded: Arc::default(),
        };
        pictures.start(&fetch_tasks, &fetching);
        let post_processor = PostProcessor::new(library.clone(), blobs.clone(), fetcher.clone());
        let post_processing = follow(post_processor, library.clone(), Pause::default(), fetching.clone());
        fetch_tasks.spawn("What makes thumbnails", post_processing);
        let delivery_search = DeliverySearch { library: library.clone(), fetcher: fetcher.clone() };
        let searching = follow(delivery_search, library.clone(), Pause::default(), fetching.clone());
        fetch_tasks.spawn("What makes deliveries searchable", searching);

        let desk = Self {
            exports: ExportJobs::new(folder.clone(), tasks_of_a_kind()),
            listener: Arc::default(),
            reach: Arc::new(reach),
            demo_tenant: Arc::new(DemoTenant::new(policy.clone())),
            given_tenants: Arc::new(options.tenants),
            settings_turn: Arc::default(),
            chosen: watch::Sender::default(),
            opened_with,
            clock: options.clock,
            stop: stop.clone(),
            folder,
            library,
            blobs,
            secrets,
            fetcher,
            fetch_latency,
            policy,
            resender,
            tasks,
            mishaps: mishaps.clone(),
        };
        let settings = desk.settings().await?;
        desk.trust(&settings);
        desk.reach.remember(&settings);
        desk.reach.follow(&settings, &desk.listener);
        desk.chosen.send_replace(settings);
        let running =
            Running { stop: stop.clone(), intake_tasks, fetching, fetch_tasks, writer: Some(writer), _lock: lock };
        if let Some(at) = options.hooks {
            let (library, secrets, gate) = (desk.library.clone(), desk.secrets.clone(), desk.reach.gate.clone());
            let router = intake::router(library, secrets, desk.clock.clone(), gate, options.intake);
            let tasks = &running.intake_tasks;
            let addresses = options.reach.addresses;
            listener::listen(desk.listener.clone(), at, options.patience, addresses, router, stop.clone(), tasks)?;
            let (minding, tunnels, stopped) = (desk.clone(), desk.clone(), stop.clone());
            tasks.keep("What looks after sleep and network changes", stop.clone(), move || {
                reach::mind(minding.clone(), stopped.clone())
            });
            tasks.keep("What runs the tunnel", stop.clone(), move || reach::run_tunnels(tunnels.clone(), stop.clone()));
        }
        Ok((desk, running))
    }

    /// The hook URL without the kind at its end, or `None` while nothing listens.
    pub fn hooks_url(&self) -> Option<String> {
        let at = listener::reachable(self.listener.address()?);
        Some(format!("http://{at}/hooks/{}", self.secrets.hooks().expose()))
    }

    pub async fn settings(&self) -> Result<Settings, LibraryError> {
        self.library.read(|now| now.settings()).await
    }

    /// Saves settings and applies them: to pictures from the next download on, to the listener before this returns.
    pub async fn save_settings(&self, settings: Settings) -> Result<(), LibraryError> {
        self.library.save_settings(settings.clone()).await?;
        self.trust(&settings);
        self.reach.follow(&settings, &self.listener);
        self.chosen.send_replace(settings);
        self.listener.settled().await;
        Ok(())
    }

    /// A receiver with the settings that were saved last; it sees every later save.
    pub fn watch_settings(&self) -> watch::Receiver<Settings> {
        self.chosen.subscribe()
    }

    /// Changes settings under a lock, so that concurrent changes of different settings are all kept. Returns the new
    /// settings.
    pub async fn change_settings(&self, change: impl FnOnce(&mut Settings)) -> Result<Settings, LibraryError> {
        let _turn = self.settings_turn.lock().await;
        let before = self.settings().await?;
        let mut settings = before.clone();
        change(&mut settings);
        if settings != before {
            self.save_settings(settings.clone()).await?;
        }
        Ok(settings)
    }

    /// All trusted tenants, from the command line and the settings.
    pub fn tenants(&self) -> Vec<Tenant> {
        self.policy.tenants()
    }

    /// Starts the demo tenant, which posts to this desk's own hook URL.
    pub async fn start_pretend_tenant(&self) -> Result<(), DemoTenantError> {
        let hooks_url = self.hooks_url().ok_or(DemoTenantError::NotListening)?;
        // A new seed each time: the same notices again would be duplicates.
        let seed = self.settings().await?.pretend_tenants.len() as u64 + 1;
        let Some(base_url) = self.demo_tenant.start(&hooks_url, seed).await? else { return Ok(()) };
        self.change_settings(|settings| settings.pretend_tenants.push(base_url)).await?;
        Ok(())
    }

    /// Removes everything that demo tenants ever sent.
    pub async fn remove_pretend_tenants(&self) -> Result<(), LibraryError> {
        self.demo_tenant.stop().await;
        let guests = self.settings().await?.pretend_tenants;
        for base_url in guests.clone() {
            let orphans = self.library.remove_tenant(base_url).await?;
            if let Err(error) = pictures::remove_orphans(&self.library, &self.blobs, orphans).await {
                tracing::warn!(%error, "pictures that nothing shows any more stay on disk");
            }
        }
        self.change_settings(|settings| settings.pretend_tenants.retain(|guest| !guests.contains(guest))).await?;
        Ok(())
    }

    /// Takes an import back, and with it the pictures that nothing else shows. `None` if there is no import of this number.
    pub async fn take_import_back(&self, import: ImportId) -> Result<Option<RemovedImport>, LibraryError> {
        let removed = self.library.remove_import(import).await?;
        if let Some(removed) = &removed
            && let Err(error) = pictures::remove_orphans(&self.library, &self.blobs, removed.orphans.clone()).await
        {
            tracing::warn!(%error, "pictures that nothing shows any more stay on disk");
        }
        Ok(removed)
    }

    /// Cancelled when the desk stops, so that long polls end.
    pub fn stopping(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// What is wrong at present, in words for the person who looks at the window. Reads the library.
    pub async fn trouble(&self) -> Result<Vec<Trouble>, LibraryError> {
        let mut trouble = self.library.trouble().await?;
        trouble.extend(self.mishaps.told().into_iter().map(of_mishap));
        Ok(trouble)
    }

    /// Runs a task that belongs to the desk: [`Running::shut_down`] waits for it, and if it panics that is told. It must end by
    /// itself when the desk stops ([`Desk::stopping`]). It is named as the subject of a sentence.
    pub fn spawn(&self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(name, task);
    }

    fn trust(&self, settings: &Settings) {
        let mut tenants = (*self.given_tenants).clone();
        for tenant in settings.tenants.iter().filter_map(|tenant| tenant.parse().ok()) {
            if !tenants.contains(&tenant) {
                tenants.push(tenant);
            }
        }
        self.policy.set_tenants(tenants);
    }
}

impl Running {
    /// Shuts down in order: stops accepting deliveries, finishes those that have begun, stops downloads (they stay
    /// *waiting* in the library), and returns when everything that was acknowledged is on disk. Other handles to the
    /// desk can still read, but no longer write.
    pub async fn shut_down(mut self, desk: &Desk) {
        desk.demo_tenant.stop().await;
        desk.exports.close().await;
        self.stop.cancel();
        self.intake_tasks.end().await;
        desk.tasks.end().await;
        self.fetching.cancel();
        self.fetch_tasks.end().await;
        desk.library.close().await;
        if let Some(writer) = self.writer.take() {
            let _ = tokio::task::spawn_blocking(|| writer.join()).await;
        }
    }
}

fn of_mishap(mishap: Mishap) -> Trouble {
    let Mishap { task, message, goes_on } = mishap;
    if goes_on {
        Trouble {
            code: "mistake",
            happened: format!("{task} met a mistake of Lysbord's own ({message}) and was begun anew."),
            kept: "Everything received is safe.",
            advice: "If something is missing, restart Lysbord. Please report this with the log.",
        }
    } else {
        Trouble {
            code: "task_ended",
            happened: format!("{task} stopped because of an internal error ({message})."),
            kept: "What was acknowledged is safe, and everything else goes on.",
            advice: "Restart Lysbord, and please report this with the log.",
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.cancel();
        self.fetching.cancel();
    }
}
