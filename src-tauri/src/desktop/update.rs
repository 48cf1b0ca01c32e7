//! Installs newer versions from a release server. There is none yet, so this is only built with the feature `updater`.
//! It asks once at each start, and installs what the makers have signed and the user agrees to. The new version runs
//! from the next start on, so that the desk shuts down as usual.

use tauri::AppHandle;
use tauri_plugin_dialog::{DialogExt as _, MessageDialogButtons};
use tauri_plugin_updater::UpdaterExt as _;
use tokio::sync::oneshot;

/// Looks for a newer version in a task of its own. A server that does not answer does not hinder the start.
pub(super) fn look_for_newer(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if let Err(error) = offer(&app).await {
            tracing::warn!(%error, "no newer version could be looked for");
        }
    });
}

async fn offer(app: &AppHandle) -> anyhow::Result<()> {
    app.plugin(tauri_plugin_updater::Builder::new().build())?;
    let Some(update) = app.updater()?.check().await? else { return Ok(()) };
    let words = format!("Lysbord {} is out; this is {}.", update.version, update.current_version);
    let buttons = MessageDialogButtons::OkCancelCustom("Install".to_owned(), "Later".to_owned());
    let (chosen, choice) = oneshot::channel();
    let question = app.dialog().message(words).title("A newer Lysbord").buttons(buttons);
    question.show(move |agreed| {
        // The receiver is gone if Lysbord closes meanwhile.
        let _ = chosen.send(agreed);
    });
    if choice.await? {
        update.download_and_install(|_, _| {}, || {}).await?;
        let words = format!("Lysbord {} is installed, and opens at the next start.", update.version);
        app.dialog().message(words).title("A newer Lysbord").show(|_| {});
    }
    Ok(())
}
