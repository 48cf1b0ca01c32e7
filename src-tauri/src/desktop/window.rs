//! The one window: its position, its colour before the page is drawn, and that it never shows anything but the page.

use tauri::WindowEvent;
use tauri::plugin::TauriPlugin;
use tauri::utils::config::{Color, WindowConfig};
use tauri::webview::NewWindowResponse;
use tauri::{App, AppHandle, LogicalSize, Manager as _, Theme, Url};
use tauri::{WebviewWindow, WebviewWindowBuilder, Wry};
use tauri_plugin_window_state::{AppHandleExt as _, StateFlags, WindowExt as _};

use super::{bridge, close, first_tile, page_process};

const LABEL: &str = "main";

/// The page's `--table` colour in `ui/src/app.css`, so that the window does not flash.
const LIGHT: Color = Color(0xf7, 0xf7, 0xf6, 0xff);
const DARK: Color = Color(0x1b, 0x1c, 0x1e, 0xff);

/// The window state that is restored: everything but whether it was visible.
fn place() -> StateFlags {
    StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED | StateFlags::FULLSCREEN
}

pub(super) fn remembered_place() -> TauriPlugin<Wry> {
    tauri_plugin_window_state::Builder::default().with_state_flags(place()).build()
}

/// Creates the window, hidden.
pub(super) fn make(app: &App) -> tauri::Result<WebviewWindow> {
    let config = app.config().app.windows.iter().find(|window| window.label == LABEL);
    let config = config.ok_or(tauri::Error::WindowNotFound)?;
    let mut builder = WebviewWindowBuilder::from_config(app, config)?;
    if let Some(script) = first_tile::script() {
        builder = builder.initialization_script(script);
    }
    let window = builder
        .on_navigation(|url| {
            let ours = bridge::is_ours(url);
            if !ours {
                open_outside(url);
            }
            ours
        })
        .on_document_title_changed(|window, title| {
            // The page says in its title what it shows.
            if let Err(error) = window.set_title(&title) {
                tracing::warn!(%error, "the window could not be given its title");
            }
        })
        .on_new_window(|url, _| {
            open_outside(&url);
            NewWindowResponse::Deny
        })
        .build()?;

    page_process::outlive(&window)?;
    fit_to_screen(&window, config)?;
    let background = match window.theme()? {
        Theme::Dark => DARK,
        _ => LIGHT,
    };
    window.set_background_color(Some(background))?;
    let handle = app.handle().clone();
    window.on_window_event(move |event| {
        if let WindowEvent::CloseRequested { api, .. } = event {
            api.prevent_close();
            close::asked(&handle);
        }
    });
    Ok(window)
}

pub(super) fn of(app: &AppHandle) -> Option<WebviewWindow> {
    app.get_webview_window(LABEL)
}

pub(super) fn bring_to_front(app: &AppHandle) {
    let Some(window) = of(app) else {
        return;
    };
    let was_hidden = !window.is_visible().unwrap_or(true);
    let raised = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
    if let Err(error) = raised {
        tracing::warn!(%error, "the window could not be brought to the front");
    }
    // A window manager treats a window that is shown again as new, and may move it.
    if was_hidden && let Err(error) = window.restore_state(place()) {
        tracing::warn!(%error, "the window could not be put back in its place");
    }
}

/// Hides the window. The page keeps running, so that it is back at once.
pub(super) fn hide(app: &AppHandle) {
    if let Err(error) = app.save_window_state(place()) {
        tracing::warn!(%error, "the place of the window could not be remembered");
    }
    let Some(window) = of(app) else { return };
    if let Err(error) = window.hide() {
        tracing::warn!(%error, "the window could not be hidden");
    }
}

/// Shows the window minimised: in the list of windows, so that it can be found, and in nobody's way.
pub(super) fn show_minimised(app: &AppHandle) {
    let Some(window) = of(app) else { return };
    if let Err(error) = window.minimize().and_then(|()| window.show()) {
        tracing::warn!(%error, "the window could not be shown");
    }
}

/// Whether the window has the focus.
pub(super) fn is_in_use(app: &AppHandle) -> bool {
    let Some(window) = of(app) else { return false };
    window.is_visible().unwrap_or(false) && window.is_focused().unwrap_or(false)
}

/// Brings the window to the front and opens this asset in the inspector.
pub(super) fn show_asset(app: &AppHandle, asset: &str) {
    bring_to_front(app);
    let Some(window) = of(app) else { return };
    let asset = serde_json::Value::from(asset);
    // By an event of the page itself, which needs none of Tauri's permissions.
    if let Err(error) = window.eval(format!("dispatchEvent(new CustomEvent('lysbord:asset', {{ detail: {asset} }}))")) {
        tracing::warn!(%error, "the asset could not be shown");
    }
}

/// Opens web addresses in the browser, and ignores all others.
fn open_outside(url: &Url) {
    if !matches!(url.scheme(), "http" | "https") {
        tracing::warn!(scheme = url.scheme(), "a link out of the window was not followed");
    } else if let Err(error) = tauri_plugin_opener::open_url(url.as_str(), None::<&str>) {
        tracing::warn!(%error, "no browser took the link");
    }
}

/// Reduces the window's minimum size to the screen, or its edges could not be reached.
fn fit_to_screen(window: &WebviewWindow, config: &WindowConfig) -> tauri::Result<()> {
    let Some(monitor) = window.current_monitor()? else {
        return Ok(());
    };
    let screen = monitor.work_area().size.to_logical::<f64>(monitor.scale_factor());
    let least = |wanted: Option<f64>, screen: f64| wanted.unwrap_or(screen).min(screen);
    window.set_min_size(Some(LogicalSize {
        width: least(config.min_width, screen.width),
        height: least(config.min_height, screen.height),
    }))
}
