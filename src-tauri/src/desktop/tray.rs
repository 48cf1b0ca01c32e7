//! The tray icon: the state of Lysbord, the last events, and how to pause, open and quit. On Linux a tray needs a
//! library and a program of the desktop. If either is missing there is no icon, and everything else works.

mod look;
mod picture;

use std::panic;
use std::time::Duration;

use lysbord_core::desk::Desk;
use tauri::menu::{MenuBuilder, MenuEvent, MenuItemBuilder};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager as _, Wry};

use super::window;
use look::{Shown, TrayStatus};

const ID: &str = "lysbord";
const OPEN: &str = "open";
const PAUSE: &str = "pause";
const QUIT: &str = "quit";
/// Prefix of menu ids that open an asset.
const ASSET: &str = "asset:";

/// The shortest time between two updates of the menu: it closes under the pointer on some desktops.
const SETTLE: Duration = Duration::from_secs(1);

/// Shows the icon if the desktop can, and keeps it up to date in a task of its own. Call it on the main thread.
pub(super) fn put_up(app: &AppHandle, desk: &Desk) {
    let Some(icon) = build(app) else { return };
    app.on_menu_event(chosen);
    let (following, stopping) = (follow(app.clone(), icon, desk.clone()), desk.stopping());
    desk.spawn("The tray icon", async move {
        tokio::select! {
            () = following => {}
            () = stopping.cancelled() => {}
        }
    });
}

/// Whether the user can see an icon.
pub(super) async fn is_shown(app: &AppHandle) -> bool {
    app.tray_by_id(ID).is_some() && there_is_a_host().await
}

/// Builds the icon, or returns `None`: the library behind it is loaded on first use, and panics if it is missing.
fn build(app: &AppHandle) -> Option<TrayIcon> {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let built = panic::catch_unwind(panic::AssertUnwindSafe(|| {
        let menu = menu(app, &Shown::default())?;
        TrayIconBuilder::with_id(ID)
            .icon(picture::of(&TrayStatus::Listening)?)
            .tooltip("Lysbord")
            .menu(&menu)
            .show_menu_on_left_click(!cfg!(windows))
            .on_tray_icon_event(|icon, event| {
                let up = MouseButtonState::Up;
                if cfg!(windows)
                    && matches!(event, TrayIconEvent::Click { button: MouseButton::Left, button_state, .. } if button_state == up)
                {
                    window::bring_to_front(icon.app_handle());
                }
            })
            .build(app)
    }));
    panic::set_hook(hook);
    match built {
        Ok(Ok(icon)) => Some(icon),
        Ok(Err(error)) => {
            tracing::warn!(%error, "there is no tray icon");
            None
        }
        Err(_) => {
            tracing::warn!("there is no tray icon, as libayatana-appindicator3 is not installed");
            None
        }
    }
}

fn menu(app: &AppHandle, shown: &Shown) -> tauri::Result<tauri::menu::Menu<Wry>> {
    let mut menu =
        MenuBuilder::new(app).item(&MenuItemBuilder::new(shown.line()).enabled(false).build(app)?).separator();
    for (asset, words) in &shown.last {
        menu = menu.text(format!("{ASSET}{asset}"), words);
    }
    if !shown.last.is_empty() {
        menu = menu.separator();
    }
    let pause = if shown.standing == TrayStatus::Paused { "Resume" } else { "Pause" };
    menu.text(OPEN, "Open Lysbord").text(PAUSE, pause).separator().text(QUIT, "Quit").build()
}

fn chosen(app: &AppHandle, event: MenuEvent) {
    match event.id().as_ref() {
        OPEN => window::bring_to_front(app),
        PAUSE => {
            let desk = app.state::<Desk>();
            desk.pause(!desk.is_paused());
        }
        QUIT => app.exit(0),
        id => {
            if let Some(asset) = id.strip_prefix(ASSET) {
                window::show_asset(app, asset);
            }
        }
    }
}

async fn follow(app: AppHandle, icon: TrayIcon, desk: Desk) {
    let stopping = desk.stopping();
    let (mut before, mut revision) = (Shown::default(), 0);
    loop {
        let shown = look::at(&desk).await;
        if shown != before {
            if let Err(error) = show(&app, &icon, &before, &shown) {
                tracing::warn!(%error, "the tray icon could not be changed");
            }
            before = shown;
        }
        tokio::select! {
            () = stopping.cancelled() => return,
            later = desk.library.change_feed().after(revision) => revision = later,
        }
        tokio::time::sleep(SETTLE).await;
    }
}

fn show(app: &AppHandle, icon: &TrayIcon, before: &Shown, shown: &Shown) -> tauri::Result<()> {
    if before.standing != shown.standing {
        icon.set_icon(Some(picture::of(&shown.standing)?))?;
    }
    icon.set_menu(Some(menu(app, shown)?))?;
    icon.set_tooltip(Some(format!("Lysbord: {}", shown.line())))
}

/// Whether a panel on the session bus shows tray icons.
#[cfg(target_os = "linux")]
async fn there_is_a_host() -> bool {
    const WATCHER: &str = "org.kde.StatusNotifierWatcher";
    let asked = async {
        let bus = zbus::Connection::session().await?;
        let watcher = zbus::proxy::Builder::<zbus::Proxy>::new(&bus)
            .destination(WATCHER)?
            .path("/StatusNotifierWatcher")?
            .interface(WATCHER)?
            .cache_properties(zbus::proxy::CacheProperties::No)
            .build()
            .await?;
        watcher.get_property::<bool>("IsStatusNotifierHostRegistered").await
    };
    matches!(tokio::time::timeout(Duration::from_secs(2), asked).await, Ok(Ok(true)))
}

#[cfg(not(target_os = "linux"))]
#[expect(clippy::unused_async, reason = "on Linux somebody has to be asked")]
async fn there_is_a_host() -> bool {
    true
}
