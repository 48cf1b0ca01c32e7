//! `lysbord serve`: everything but the window.

use std::path::PathBuf;

use lysbord_core::api::{self, Shell, browser_auth};
use lysbord_core::desk::{Desk, Options};
use lysbord_core::server::{self, Limits};
use serde_json::json;

use crate::cli::ServeArgs;
use crate::{page, stop};

pub(super) async fn run(data_dir: PathBuf, args: ServeArgs) -> anyhow::Result<()> {
    let ServeArgs { desk: desk_args, ui } = args;
    let asked_to_stop = stop::asked();
    let options = Options { hooks: Some(desk_args.hooks), tenants: desk_args.tenants, ..Options::new(data_dir) };
    // Open the desk before binding the gallery's port, so that a second Lysbord reports the folder in use and not only
    // the port.
    let (desk, running) = Desk::open(options).await?;
    let socket = match server::bind(ui) {
        Ok(socket) => socket,
        Err(error) => {
            running.shut_down(&desk).await;
            anyhow::bail!("cannot serve the gallery on {ui}: {error}. Choose another address with --ui");
        }
    };
    let at = socket.local_addr()?;
    if desk_args.demo {
        desk.start_pretend_tenant().await?;
    }

    let router = browser_auth::guarded(
        api::router(desk.clone(), Shell::Browser).merge(page::router()),
        at,
        desk.secrets.clone(),
    );
    let stop = desk.stopping();
    desk.spawn("The gallery's socket", server::serve(socket, router, Limits::default(), stop));
    announce(&desk, at, desk_args.json)?;

    asked_to_stop.await;
    tracing::info!("closing");
    running.shut_down(&desk).await;
    Ok(())
}

fn announce(desk: &Desk, at: std::net::SocketAddr, as_json: bool) -> anyhow::Result<()> {
    let hooks = desk.hooks_url();
    let token = desk.secrets.token();
    let token = token.expose();
    let ui = format!("http://{at}/?token={token}");
    // A path that is not Unicode is shown as well as possible.
    let data_dir = desk.folder.path().to_string_lossy();
    if as_json {
        let line =
            json!({"hooks": hooks, "ui": ui, "api": format!("http://{at}/api"), "token": token, "data_dir": data_dir});
        super::print_line(&line.to_string())
    } else {
        // The address of the settings may not exist yet; Lysbord waits for it.
        let for_fotoware = match hooks {
            Some(hooks) => format!("{hooks}/ingested, …/modified, …/deleted"),
            None => desk.listener.problem().unwrap_or_default(),
        };
        super::print_line(&format!(
            "Lysbord is listening.\n\n  The gallery:      {ui}\n  For Fotoware:     {for_fotoware}\n  \
             The library:      {data_dir}\n\nKeep these addresses to yourself. Ctrl+C ends Lysbord."
        ))
    }
}
