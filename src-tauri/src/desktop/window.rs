//! The one window: where it stands, what colour it has before the page does, and that nothing but the page is ever shown in it.

use tauri::plugin::TauriPlugin;
use tauri::utils::config::{Color, WindowConfig};
use tauri::webview::NewWindowResponse;
use tauri::{App, AppHandle, LogicalSize, Manager as _, Theme, Url};
use tauri::{WebviewWindow, WebviewWindowBuilder, Wry};
use tauri_plugin_window_state::StateFlags;

use super::{bridge, first_tile};

const LABEL: &str = "main";

/// What the page calls `--table` in `ui/src/app.css`, so that it does not flash in.
const LIGHT: Color = Color(0xf7, 0xf7, 0xf6, 0xff);
const DARK: Color = Color(0x1b, 0x1c, 0x1e, 0xff);

/// Whether the window is shown is for [`open`] to say, not for the last session.
pub(super) fn remembered_place() -> TauriPlugin<Wry> {
    tauri_plugin_window_state::Builder::default()
        .with_state_flags(StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED | StateFlags::FULLSCREEN)
        .build()
}

pub(super) fn open(app: &App) -> tauri::Result<()> {
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
        .on_new_window(|url, _| {
            open_outside(&url);
            NewWindowResponse::Deny
        })
        .build()?;

    fit_to_screen(&window, config)?;
    let background = match window.theme()? {
        Theme::Dark => DARK,
        _ => LIGHT,
    };
    window.set_background_color(Some(background))?;
    window.show()
}

pub(super) fn bring_to_front(app: &AppHandle) {
    let Some(window) = app.get_webview_window(LABEL) else {
        return;
    };
    let raised = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
    if let Err(error) = raised {
        tracing::warn!(%error, "the window could not be brought to the front");
    }
}

/// A web page belongs in the browser; what is neither page nor web is nobody's.
fn open_outside(url: &Url) {
    if !matches!(url.scheme(), "http" | "https") {
        tracing::warn!(scheme = url.scheme(), "a link out of the window was not followed");
    } else if let Err(error) = tauri_plugin_opener::open_url(url.as_str(), None::<&str>) {
        tracing::warn!(%error, "no browser took the link");
    }
}

/// A window that cannot be made as small as the screen has edges that nobody can reach.
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
