//! Native notifications: shows the core's alerts, with a thumbnail where the system takes one. A click opens the asset.
//! While the window has the focus none is shown, as the user sees the change there.

use std::collections::VecDeque;
use std::io::Write as _;
use std::time::Duration;

use lysbord_core::alerts::{Alert, Pace};
use lysbord_core::desk::Desk;
use notify_rust::{Notification, NotificationResponse};
use tauri::AppHandle;
use tempfile::NamedTempFile;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::window;

/// How many notifications may be open. Older ones are withdrawn.
const OPEN: usize = 5;

/// How long Lysbord's end waits for notifications to be withdrawn.
const WITHDRAWN_WITHIN: Duration = Duration::from_secs(1);

pub(super) fn follow(app: &AppHandle, desk: &Desk) {
    let (app, desk) = (app.clone(), desk.clone());
    desk.clone().spawn("What shows notifications", async move {
        let mut alerts = desk.alerts(Pace::default());
        let mut open: VecDeque<DropGuard> = VecDeque::new();
        while let Some(alert) = alerts.recv().await {
            if window::is_in_use(&app) {
                continue;
            }
            let superseded = CancellationToken::new();
            let telling = tell(app.clone(), desk.clone(), alert, superseded.clone());
            let stopping = desk.stopping();
            desk.spawn("A notification", async move {
                // Where it cannot be withdrawn nobody waits for the user to click it.
                let end = async {
                    stopping.cancelled().await;
                    tokio::time::sleep(WITHDRAWN_WITHIN).await;
                };
                tokio::select! {
                    () = telling => {}
                    () = end => {}
                }
            });
            open.push_back(superseded.drop_guard());
            if open.len() > OPEN {
                open.pop_front();
            }
        }
    });
}

async fn tell(app: AppHandle, desk: Desk, alert: Alert, superseded: CancellationToken) {
    let picture = picture(&desk, alert.latest()).await;
    let mut notification = Notification::new();
    notification.appname("Lysbord").icon("lysbord").summary(&alert.title()).body(&escaped(alert.body()));
    if let Some(path) = picture.as_ref().and_then(|file| file.path().to_str()) {
        notification.image_path(path);
    }
    match show(notification, superseded).await {
        Ok(false) => {}
        Ok(true) => match alert.asset_id() {
            Some(asset) => window::show_asset(&app, asset),
            None => window::bring_to_front(&app),
        },
        Err(error) => tracing::warn!(%error, "the system showed no notification"),
    }
}

/// Writes the thumbnail to a temporary file, which every system accepts. It is deleted together with the notification.
async fn picture(desk: &Desk, asset: &str) -> Option<NamedTempFile> {
    let asset = asset.to_owned();
    let hash = desk.library.read(move |now| now.assets().thumbnail(&asset)).await.ok()??;
    let blobs = desk.blobs.clone();
    let written = tokio::task::spawn_blocking(move || {
        let bytes = blobs.read(&hash).ok()??;
        let mut file = tempfile::Builder::new().prefix("lysbord-").suffix(".jpg").tempfile().ok()?;
        file.write_all(&bytes).ok()?;
        Some(file)
    });
    written.await.ok()?
}

/// Shows the notification and waits until it is clicked or gone. Returns whether it was clicked.
#[cfg(target_os = "linux")]
async fn show(mut notification: Notification, superseded: CancellationToken) -> notify_rust::error::Result<bool> {
    notification.action("default", "Open").hint(notify_rust::Hint::DesktopEntry("lysbord".to_owned()));
    let shown = notification.show_async().await?;
    let mut clicked = false;
    tokio::select! {
        () = shown.wait_for_action_async(|answer: &NotificationResponse| clicked = answer.is_default_action()) => {}
        () = superseded.cancelled() => shown.close_async().await,
    }
    Ok(clicked)
}

/// The same on other systems, where the callback runs on a waiting thread.
#[cfg(not(target_os = "linux"))]
async fn show(mut notification: Notification, _superseded: CancellationToken) -> notify_rust::error::Result<bool> {
    #[cfg(windows)]
    notification.app_id("app.lysbord.lysbord");
    let waited = tokio::task::spawn_blocking(move || {
        let mut clicked = false;
        notification
            .show()?
            .wait_for_response(|answer: &NotificationResponse| clicked = answer.is_default_action())
            .map(|()| clicked)
    });
    waited.await.unwrap_or(Ok(false))
}

/// Escapes markup, which notification servers on Linux interpret.
fn escaped(text: String) -> String {
    if cfg!(target_os = "linux") { text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;") } else { text }
}
