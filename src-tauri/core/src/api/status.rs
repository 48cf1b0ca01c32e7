//! The status of everything that runs, the long poll for changes, and the counts of the sidebar.

use std::time::Duration;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;

use super::filter::AtParams;
use super::problem::Problem;
use super::wire::{
    ArchiveCount, Changes, CheckedHooks, DemoStatus, HooksStatus, RebuildStatus, ShellName, Sidebar, Status,
};
use super::{Api, Shell};
use crate::library::{self, Rebuilding};
use crate::reach::CheckState;

/// Listener, pictures, disk.
#[utoipa::path(get, path = "/status", responses((status = 200, body = Status)))]
pub(super) async fn status(State(api): State<Api>) -> Result<Json<Status>, Problem> {
    tell(&api).await.map(Json)
}

pub(super) async fn tell(api: &Api) -> Result<Status, Problem> {
    let desk = &api.desk;
    let last = desk.library.read(library::last_received).await?;
    let settings = desk.settings().await?;
    let pretend = desk.pretend.status().await;
    let url = desk.hooks_url();
    let check = desk.reach.check();
    let reachable = check.at.filter(|_| check.state != CheckState::Running).map(|at| CheckedHooks {
        url: check.url,
        way: check.way.into(),
        checked_at: at.to_string(),
        ok: check.state == CheckState::Arrived,
    });
    Ok(Status {
        revision: desk.library.revisions().current(),
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
        picture_median_ms: desk.meter.median_ms(),
        library_bytes: library_bytes(api),
        tenants: desk.tenants().iter().map(ToString::to_string).collect(),
        demo: DemoStatus {
            running: pretend.base_url.is_some(),
            base_url: pretend.base_url,
            posted: pretend.posted,
            left_something: !settings.pretend_tenants.is_empty(),
        },
        rebuild: desk.library.rebuilding().map(|Rebuilding { done, total }| RebuildStatus { done, total }),
        trouble: desk.trouble().await?.into_iter().map(Into::into).collect(),
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
    let revisions = api.desk.library.revisions();
    // A page from before a restart may know a higher revision than this process has reached.
    let since = if seen.since > revisions.current() { 0 } else { seen.since };
    let patience = Duration::from_millis(seen.wait_ms.min(600_000));
    let stopping = api.desk.stopping();
    let news = async {
        tokio::select! {
            _ = revisions.after(since) => true,
            () = stopping.cancelled() => false,
        }
    };
    if tokio::time::timeout(patience, news).await == Ok(true) && seen.wait_ms > 0 {
        tokio::time::sleep(GATHER).await;
    }
    let revision = revisions.current();
    Json(Changes { revision, asset_ids: revisions.changed_since(since) })
}

/// Counts for the sidebar.
#[utoipa::path(get, path = "/sidebar", params(AtParams), responses((status = 200, body = Sidebar), (status = 422, body = Problem)))]
pub(super) async fn sidebar(State(api): State<Api>, Query(params): Query<AtParams>) -> Result<Json<Sidebar>, Problem> {
    let at = params.read()?;
    let revision = api.desk.library.revisions().current();
    let counts = api.desk.library.read(move |connection| library::overview(connection, at)).await?;
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
