//! `lysbord rebuild`: projects the library again from its deliveries.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use lysbord_core::desk::{Desk, Options};
use lysbord_core::folder::Folder;
use lysbord_core::library::{Library, Rebuilding};

pub(super) async fn run(data_dir: PathBuf) -> anyhow::Result<()> {
    Folder::existing(&data_dir)?;
    let begun = Instant::now();
    let (desk, running) = Desk::open(Options::new(data_dir)).await?;
    let rebuilt = tokio::select! {
        rebuilt = desk.library.rebuild() => rebuilt,
        never = tell_progress(&desk.library) => never,
    };
    let took = begun.elapsed();
    running.shut_down(&desk).await;
    let events = rebuilt?;
    eprintln!("{:.0} deliveries a second", events as f64 / took.as_secs_f64());
    super::print_line(&format!("the library was rebuilt from {events} events"))
}

/// Prints progress once a second, for ever.
async fn tell_progress<T>(library: &Library) -> T {
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        if let Some(Rebuilding { done, total }) = library.rebuilding() {
            eprintln!("{done} of {total} deliveries");
        }
    }
}
