//! The status of everything that runs, the long poll for changes, and the counts of the sidebar.

use std::time::Duration;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::filter::AtParams;
use super::problem::Problem;
use super::{Api, Shell};
use crate::library::{Rebuilding, Trouble};
use crate::reach::CheckState;

#[derive(Serialize, ToSchema)]
pub(super) struct Status {
    pub revision: u64,
    pub version: String,
    pub shell: ShellName,
    pub data_dir: String,
    pub hooks: HooksStatus,
    /// Whether Fotoware is asked to come again.
    pub paused: bool,
    pub last_delivery_at: Option<String>,
    pub pictures_waiting: usize,
    pub picture_median_ms: Option<u64>,
    pub library_bytes: u64,
    pub tenants: Vec<String>,
    pub demo: DemoStatus,
    /// While the library is made anew from its deliveries.
    pub rebuild: Option<RebuildStatus>,
    /// What is wrong at present; empty if all is well.
    pub trouble: Vec<Trouble>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct HooksStatus {
    /// Without its last part, such as `http://127.0.0.1:7474/hooks/…`; null while nothing listens.
    pub url: Option<String>,
    pub listening: bool,
    pub problem: Option<String>,
    /// What the last check of the public address found; null before the first.
    pub reachable: Option<CheckedHooks>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct CheckedHooks {
    /// The hook URLs that were checked, without their last part; null if there were none to check.
    pub url: Option<String>,
    pub way: super::reach::Way,
    pub checked_at: String,
    pub ok: bool,
}

#[derive(Serialize, ToSchema)]
pub(super) struct DemoStatus {
    pub running: bool,
    pub base_url: Option<String>,
    pub posted: u64,
    /// Whether a demo has left anything that can be removed.
    pub left_something: bool,
}

/// How far a rebuild is, in deliveries.
#[derive(Serialize, ToSchema)]
pub(super) struct RebuildStatus {
    pub done: u64,
    pub total: u64,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ShellName {
    Window,
    Browser,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Changes {
    pub revision: u64,
    /// Null if they are too many to name.
    pub asset_ids: Option<Vec<String>>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Sidebar {
    pub revision: u64,
    pub assets: u64,
    pub events: u64,
    pub present: u64,
    pub new_versions: u64,
    pub deleted: u64,
    pub missing_picture: u64,
    /// Deliveries that tell nothing that can be read.
    pub unreadable: u64,
    /// Deliveries that changed on this disk, or that could not be shown.
    pub set_aside: u64,
    pub archives: Vec<ArchiveCount>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct ArchiveCount {
    pub name: String,
    pub assets: u64,
}

/// Listener, pictures, disk.
#[utoipa::path(get, path = "/status", responses((status = 200, body = Status)))]
pub(super) async fn status(State(api): State<Api>) -> Result<Json<Status>, Problem> {
    tell(&api).await.map(Json)
}

pub(super) async fn tell(api: &Api) -> Result<Status, Problem> {
    let desk = &api.desk;
    let last = desk.library.read(|now| now.deliveries().last_received()).await?;
    let settings = desk.settings().await?;
    let demo_tenant = desk.demo_tenant.status().await;
    let url = desk.hooks_url();
    let check = desk.reach.check();
    let reachable = check.at.filter(|_| check.state != CheckState::Running).map(|at| CheckedHooks {
        url: check.url,
        way: check.way.into(),
        checked_at: at.to_string(),
        ok: check.state == CheckState::Arrived,
    });
    Ok(Status {
        revision: desk.library.change_feed().current(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        shell: match api.shell {
            Shell::Window => ShellName::Window,
            Shell::Browser => ShellName::Browser,
        },
        data_dir: desk.folder.path().to_string_lossy().into_owned(),
        hooks: HooksStatus { listening: url.is_some(), url, problem: desk.listener.problem(), reachable },
        paused: desk.is_paused(),
        last_delivery_at: last.map(|moment| moment.to_string()),
        pictures_waiting: desk.fetcher.waiting(),
        picture_median_ms: desk.fetch_latency.median_ms(),
        library_bytes: library_bytes(api),
        tenants: desk.tenants().iter().map(ToString::to_string).collect(),
        demo: DemoStatus {
            running: demo_tenant.base_url.is_some(),
            base_url: demo_tenant.base_url,
            posted: demo_tenant.posted,
            left_something: !settings.pretend_tenants.is_empty(),
        },
        rebuild: desk.library.rebuilding().map(|Rebuilding { done, total }| RebuildStatus { done, total }),
        trouble: desk.trouble().await?,
    })
}

/// Begins to make everything that is shown anew from the deliveries, unless that is under way. The status tells how far
/// it is; until it is done everything is shown as it was.
#[utoipa::path(post, path = "/rebuild", responses((status = 202, description = "It has begun.")))]
pub(super) async fn rebuild(State(api): State<Api>) -> Result<StatusCode, Problem> {
    api.desk.library.begin_rebuild()?;
    Ok(StatusCode::ACCEPTED)
}

fn library_bytes(api: &Api) -> u64 {
    let database = std::fs::metadata(api.desk.folder.library()).map(|file| file.len()).unwrap_or_default();
    database + api.desk.blobs.total_bytes().unwrap_or_default()
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct Seen {
    /// The revision that the listener knows.
    since: u64,
    /// How long to wait for a later one; at most ten minutes.
    wait_ms: u64,
}

/// Waits for news, gathers what follows closely, and tells what changed.
#[utoipa::path(get, path = "/changes", params(Seen), responses((status = 200, body = Changes)))]
pub(super) async fn changes(State(api): State<Api>, Query(seen): Query<Seen>) -> Json<Changes> {
    const GATHER: Duration = Duration::from_millis(250);
    let change_feed = api.desk.library.change_feed();
    // A page from before a restart may know a higher revision than this process has reached.
    let since = if seen.since > change_feed.current() { 0 } else { seen.since };
    let patience = Duration::from_millis(seen.wait_ms.min(600_000));
    let stopping = api.desk.stopping();
    let news = async {
        tokio::select! {
            _ = change_feed.after(since) => true,
            () = stopping.cancelled() => false,
        }
    };
    if tokio::time::timeout(patience, news).await == Ok(true) && seen.wait_ms > 0 {
        tokio::time::sleep(GATHER).await;
    }
    let revision = change_feed.current();
    Json(Changes { revision, asset_ids: change_feed.changed_since(since) })
}

/// Counts for the sidebar.
#[utoipa::path(get, path = "/sidebar", params(AtParams), responses((status = 200, body = Sidebar), (status = 422, body = Problem)))]
pub(super) async fn sidebar(State(api): State<Api>, Query(params): Query<AtParams>) -> Result<Json<Sidebar>, Problem> {
    let at = params.read()?;
    let revision = api.desk.library.change_feed().current();
    let counts = api.desk.library.read(move |now| now.gallery().overview(at)).await?;
    Ok(Json(Sidebar {
        revision,
        assets: counts.assets,
        events: counts.events,
        present: counts.present,
        new_versions: counts.new_versions,
        deleted: counts.deleted,
        missing_picture: counts.missing_picture,
        unreadable: counts.unreadable,
        set_aside: counts.set_aside,
        archives: counts.archives.into_iter().map(|(name, assets)| ArchiveCount { name, assets }).collect(),
    }))
}
