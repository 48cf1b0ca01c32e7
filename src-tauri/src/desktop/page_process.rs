//! Loads the page again when the web view's process that draws it dies, as the window would stay blank. On macOS Tauri
//! does that, and on Windows the web view itself.

use tauri::WebviewWindow;

#[cfg(target_os = "linux")]
pub(super) fn outlive(window: &WebviewWindow) -> tauri::Result<()> {
    use std::cell::Cell;
    use std::time::{Duration, Instant};

    use webkit2gtk::WebViewExt as _;

    /// A page that dies again this soon after a reload is not reloaded, or it might loop for ever.
    const PAUSE: Duration = Duration::from_secs(5);

    window.with_webview(|view| {
        let begun_again: Cell<Option<Instant>> = Cell::new(None);
        view.inner().connect_web_process_terminated(move |view, reason| {
            if begun_again.get().is_some_and(|begun| begun.elapsed() < PAUSE) {
                tracing::error!(
                    ?reason,
                    "the window's page died twice; deliveries are kept, but start Lysbord again to see them"
                );
                return;
            }
            tracing::warn!(?reason, "the process that draws the window died, and is begun again");
            begun_again.set(Some(Instant::now()));
            view.reload();
        });
    })
}

#[cfg(not(target_os = "linux"))]
pub(super) fn outlive(_window: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}
