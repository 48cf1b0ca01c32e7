//! `lysbord rebuild`: the library anew from its deliveries.

use std::path::PathBuf;

use lysbord_core::desk::{Desk, Options};
use lysbord_core::folder::Folder;

pub(super) async fn run(data_dir: PathBuf) -> anyhow::Result<()> {
    Folder::existing(&data_dir)?;
    let (desk, running) = Desk::open(Options::new(data_dir)).await?;
    let rebuilt = desk.library.rebuild().await;
    running.shut_down(&desk).await;
    super::print_line(&format!("the library was made anew from {} events", rebuilt?))
}
