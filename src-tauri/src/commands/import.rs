//! `lysbord import`: saved request bodies.

use std::path::PathBuf;

use lysbord_core::desk::{Desk, Options};
use lysbord_core::import;
use lysbord_core::library::{Accepted, ImportId, Incoming};
use lysbord_core::net::Tenant;
use lysbord_core::renditions::{FetcherConfig, Schedule};

pub(super) async fn run(data_dir: PathBuf, paths: Vec<PathBuf>, tenants: Vec<Tenant>) -> anyhow::Result<()> {
    let mut files = Vec::new();
    for path in &paths {
        files.extend(import::files(path)?);
    }
    // Most picture URLs of saved bodies have expired: try each once, without pauses.
    let schedule = Schedule { pauses: Vec::new(), ..Schedule::default() };
    let options =
        Options { tenants, fetcher: FetcherConfig { schedule, ..FetcherConfig::default() }, ..Options::new(data_dir) };
    let (desk, running) = Desk::open(options).await?;
    let source: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    let import = desk.library.begin_import(source.join("\n"), desk.clock.now()).await?;
    let taken_in = take_in(&desk, import, &files).await;
    desk.library.caught_up().await?;
    desk.fetcher.idle().await;
    if taken_in.is_ok() {
        desk.library.end_import(import, desk.clock.now()).await?;
    }
    running.shut_down(&desk).await;
    let tally = taken_in?;
    super::print_line(&format!(
        "{} deliveries taken in from {} files: {} events, {} duplicates, {} unreadable",
        tally.events + tally.duplicates + tally.unreadable,
        files.len(),
        tally.events,
        tally.duplicates,
        tally.unreadable
    ))
}

#[derive(Default)]
struct Tally {
    events: u64,
    duplicates: u64,
    unreadable: u64,
}

async fn take_in(desk: &Desk, import: ImportId, files: &[PathBuf]) -> anyhow::Result<Tally> {
    let mut tally = Tally::default();
    for file in files {
        for saved in import::read(file)? {
            let content_type = Some(saved.content_type.to_owned());
            let incoming = Incoming::new(saved.hook, content_type, &saved.body, desk.clock.now())?.imported(import);
            match desk.library.take_in(incoming).await? {
                Accepted::Event(_) => tally.events += 1,
                Accepted::Duplicate(_) => tally.duplicates += 1,
                Accepted::Unreadable(_) => tally.unreadable += 1,
            }
        }
    }
    Ok(tally)
}
