//! `lysbord`: the window.

use std::path::PathBuf;

use lysbord_core::desk::{Desk, Options, Patience};
use serde_json::json;

use crate::cli::WindowArgs;
use crate::desktop;

pub(super) fn run(runtime: &tokio::runtime::Runtime, data_dir: PathBuf, args: WindowArgs) -> anyhow::Result<()> {
    anyhow::ensure!(
        there_is_a_display(),
        "there is no display to open a window on; lysbord serve shows the same in a browser"
    );
    let WindowArgs { desk: args, background } = args;
    let options = Options {
        hooks: Some(args.hooks),
        tenants: args.tenants,
        patience: Patience::KeepTrying,
        ..Options::new(data_dir.clone())
    };
    desktop::open_window(runtime.handle(), &data_dir, background, async move {
        let (desk, running) = Desk::open(options).await?;
        if args.demo
            && let Err(error) = desk.start_pretend_tenant().await
        {
            tracing::warn!(%error, "the pretend tenant did not start");
        }
        if args.json {
            let line = json!({"hooks": desk.hooks_url(), "data_dir": desk.folder.path().to_string_lossy()});
            if let Err(error) = super::print_line(&line.to_string()) {
                tracing::warn!(%error, "nobody reads the addresses");
            }
        }
        Ok((desk, running))
    })
}

/// Checked first, as the toolkit would panic without a display.
#[cfg(target_os = "linux")]
fn there_is_a_display() -> bool {
    ["WAYLAND_DISPLAY", "DISPLAY"].iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

#[cfg(not(target_os = "linux"))]
fn there_is_a_display() -> bool {
    true
}
