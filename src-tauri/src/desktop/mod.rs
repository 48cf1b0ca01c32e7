//! The window, and the only code that knows Tauri. The page and its data come over the [`bridge`] from the router that
//! `serve` uses, too. The rest here is what only a desktop has: a window position, a native save dialog, one instance,
//! a tray, notifications, and a start at login.

mod bridge;
mod close;
mod first_tile;
mod login;
mod notify;
mod page_process;
mod save;
mod tray;
#[cfg(feature = "updater")]
mod update;
mod window;

use std::future::Future;
use std::path::Path;
use std::time::Duration;

use lysbord_core::api::{self, Shell};
use lysbord_core::desk::{Desk, DeskError, Running};
use lysbord_core::folder::Folder;
use tauri::{App, AppHandle, Manager as _};
use tauri_plugin_dialog::{DialogExt as _, MessageDialogKind};
use tokio::runtime::Handle;

use crate::{page, stop};

/// The option that starts Lysbord without showing its window.
const BACKGROUND: &str = "--background";

/// Shows a desk in a window, and returns when Lysbord ends and the desk has shut down. If Lysbord already runs on this
/// data folder, brings its window to the front and ends this process before polling `open`.
///
/// Call it on the main thread and outside of the runtime: some platforms allow windows nowhere else.
pub(crate) fn open_window(
    runtime: &Handle,
    data_dir: &Path,
    in_background: bool,
    open: impl Future<Output = Result<(Desk, Running), DeskError>> + Send + 'static,
) -> anyhow::Result<()> {
    tauri::async_runtime::set(runtime.clone());
    let mut context = tauri::generate_context!();
    let key = Folder::key(data_dir);
    if let Some(key) = &key {
        // Each data folder is a separate app to the system, with its own instance and its own window position.
        let identifier = &mut context.config_mut().identifier;
        *identifier = format!("{identifier}.library-{key}");
    }
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, arguments, _| {
            if !arguments.iter().any(|argument| argument == BACKGROUND) {
                window::bring_to_front(app);
            }
        }))
        .plugin(tauri_plugin_dialog::init())
        .plugin(login::entry(data_dir, key.as_deref()))
        .plugin(window::remembered_place())
        .register_asynchronous_uri_scheme_protocol(bridge::SCHEME, bridge::serve)
        .invoke_handler(tauri::generate_handler![save::save_export, save::open_path, first_tile::first_tile_painted])
        .build(context)?;

    // A signal that arrives during the start ends Lysbord as politely.
    let asked = {
        let _inside = runtime.enter();
        stop::asked()
    };
    // Open the library while the web view starts.
    let opening = runtime.spawn(open);
    let (inside, open_inside) = bridge::inside();
    app.manage(inside);
    let made = window::make(&app);
    let (desk, running) = match runtime.block_on(opening)? {
        Ok(opened) => opened,
        Err(error) => {
            tell_and_exit(app, &error);
            return Err(error.into());
        }
    };
    open_inside.send_replace(Some(api::router(desk.clone(), Shell::Window).merge(page::router())));
    app.manage(save::Written::new(&desk));
    app.manage(close::Asking::default());
    app.manage(desk.clone());
    let handle = app.handle().clone();
    let stopping = desk.stopping();
    desk.spawn("What hears the system's signals", async move {
        tokio::select! {
            () = asked => handle.exit(0),
            () = stopping.cancelled() => {}
        }
    });

    #[cfg(feature = "updater")]
    update::look_for_newer(app.handle());

    let shown = made.and_then(|window| if in_background { Ok(()) } else { window.show() }).map(|()| {
        tray::put_up(app.handle(), &desk);
        notify::follow(app.handle(), &desk);
        login::follow(app.handle(), &desk);
        if in_background {
            desk.spawn("What waits for a tray", stay_reachable(app.handle().clone(), desk.clone()));
        }
        app.run_return(|_, _| {})
    });
    runtime.block_on(running.shut_down(&desk));
    shown?;
    Ok(())
}

/// When Lysbord starts hidden at login, waits for a tray, which may start later. If none appears, shows the window
/// minimised, unless the user knows that a second start brings it back.
async fn stay_reachable(app: AppHandle, desk: Desk) {
    const PATIENCE: Duration = Duration::from_secs(20);
    let there = async {
        while !tray::is_shown(&app).await {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    };
    let knows = desk.watch_settings().borrow().background.hide_without_tray;
    tokio::select! {
        () = there => {}
        () = desk.stopping().cancelled_owned() => {}
        () = tokio::time::sleep(PATIENCE) => if !knows { window::show_minimised(&app) },
    }
}

/// Shows why Lysbord cannot start in a dialog, as a program started from a menu has no terminal.
fn tell_and_exit(app: App, error: &DeskError) {
    let handle = app.handle().clone();
    app.dialog()
        .message(error.to_string())
        .title("Lysbord cannot start")
        .kind(MessageDialogKind::Error)
        .show(move |_| handle.exit(1));
    app.run_return(|_, _| {});
}
