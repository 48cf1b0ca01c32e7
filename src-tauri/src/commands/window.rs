//! `lysbord`: the window.

use std::path::PathBuf;

use lysbord_core::desk::{Desk, Options, Patience};
use serde_json::json;

use crate::cli::DeskArgs;
use crate::desktop;

pub(super) fn run(runtime: &tokio::runtime::Runtime, data_dir: PathBuf, args: DeskArgs) -> anyhow::Result<()> {
    let options = Options {
        hooks: Some(args.hooks),
        tenants: args.tenants,
        patience: Patience::KeepTrying,
        ..Options::new(data_dir)
    };
    desktop::open_window(runtime.handle(), async move {
        let (desk, running) = Desk::open(options).await?;
        if args.demo
            && let Err(error) = desk.start_pretend_tenant().await
        {
            tracing::warn!(%error, "the pretend tenant did not start");
        }
        if args.json {
            let line = json!({"hooks": desk.hooks_url(), "data_dir": desk.folder.path()});
            if let Err(error) = super::print_line(&line.to_string()) {
                tracing::warn!(%error, "nobody reads the addresses");
            }
        }
        Ok((desk, running))
    })
}
