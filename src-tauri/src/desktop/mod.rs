//! The window, and the only code that knows Tauri. The page inside and all that it shows come over the [`bridge`] from the
//! router that `serve` uses too; what is left for here is what only a desktop has: a place on the screen, a native save
//! dialog, one program at a time.

mod bridge;
mod first_tile;
mod save;
#[cfg(feature = "updater")]
mod update;
mod window;

use std::future::Future;

use lysbord_core::api::{self, Shell};
use lysbord_core::desk::{Desk, DeskError, Running};
use tauri::{App, Manager as _};
use tauri_plugin_dialog::{DialogExt as _, MessageDialogKind};
use tokio::runtime::Handle;

use crate::{page, stop};

/// Shows a desk in a window, and returns when the window is closed and the desk put away. Where Lysbord is up already, its
/// window comes to the front instead and this process ends, before `open` is polled at all.
///
/// To be called on the main thread and outside of the runtime: some platforms allow windows nowhere else.
pub(crate) fn open_window(
    runtime: &Handle,
    open: impl Future<Output = Result<(Desk, Running), DeskError>>,
) -> anyhow::Result<()> {
    tauri::async_runtime::set(runtime.clone());
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, _, _| window::bring_to_front(app)))
        .plugin(tauri_plugin_dialog::init())
        .plugin(window::remembered_place())
        .register_asynchronous_uri_scheme_protocol(bridge::SCHEME, bridge::serve)
        .invoke_handler(tauri::generate_handler![save::save_export, save::open_path, first_tile::first_tile_painted])
        .build(tauri::generate_context!())?;

    let (desk, running) = match runtime.block_on(open) {
        Ok(opened) => opened,
        Err(error) => {
            tell_and_exit(app, &error);
            return Err(error.into());
        }
    };
    app.manage(bridge::Inside::new(api::router(desk.clone(), Shell::Window).merge(page::router())));
    app.manage(save::Written::new(&desk));
    let handle = app.handle().clone();
    runtime.spawn(async move {
        stop::asked().await;
        handle.exit(0);
    });

    #[cfg(feature = "updater")]
    update::look_for_newer(app.handle());

    let shown = window::open(&app).map(|()| app.run_return(|_, _| {}));
    runtime.block_on(running.shut_down(&desk));
    shown?;
    Ok(())
}

/// Who starts Lysbord from a menu sees no terminal, so the reason it will not start has to be on the screen.
fn tell_and_exit(app: App, error: &DeskError) {
    let handle = app.handle().clone();
    app.dialog()
        .message(error.to_string())
        .title("Lysbord cannot start")
        .kind(MessageDialogKind::Error)
        .show(move |_| handle.exit(1));
    app.run_return(|_, _| {});
}
