//! `lysbord import`: saved bodies, and what an earlier import brought.

use std::path::{Path, PathBuf};

use anyhow::Context;
use lysbord_core::desk::{Desk, Options};
use lysbord_core::folder::Folder;
use lysbord_core::import::{self, Found, LeftAlone, Report};
use lysbord_core::library::{Accepted, Import, ImportId, Incoming, ReadOnlyLibrary};
use lysbord_core::net::Tenant;
use lysbord_core::renditions::{FetcherConfig, Schedule};

use crate::cli::ImportArgs;

pub(super) async fn run(data_dir: PathBuf, args: ImportArgs) -> anyhow::Result<()> {
    match args.undo {
        Some(id) => undo(data_dir, ImportId(id)).await,
        None if args.list => list(&data_dir),
        None => take_in(data_dir, args.paths, args.tenants).await,
    }
}

/// A line for each import: its number, when it was, what it brought, and from where.
fn list(data_dir: &Path) -> anyhow::Result<()> {
    let library = ReadOnlyLibrary::open(&Folder::existing(data_dir)?)?;
    for import in library.read(|now| now.imports().list())? {
        let Import { id, begun, ended, source, events, duplicates, unreadable } = import;
        let cut_off = if ended.is_none() { ", cut off" } else { "" };
        super::print_line(&format!(
            "{}\t{begun}\t{events} events, {duplicates} duplicates, {unreadable} unreadable{cut_off}\t{}",
            id.0,
            source.replace('\n', " ")
        ))?;
    }
    Ok(())
}

async fn undo(data_dir: PathBuf, import: ImportId) -> anyhow::Result<()> {
    Folder::existing(&data_dir)?;
    let (desk, running) = Desk::open(Options::new(data_dir)).await?;
    let removed = desk.take_import_back(import).await;
    if removed.is_ok() {
        desk.library.caught_up().await?;
    }
    running.shut_down(&desk).await;
    let removed =
        removed?.with_context(|| format!("there is no import {}; lysbord import --list lists them", import.0))?;
    super::print_line(&format!("import {} is taken back: {} deliveries removed", import.0, removed.deliveries))
}

async fn take_in(data_dir: PathBuf, paths: Vec<PathBuf>, tenants: Vec<Tenant>) -> anyhow::Result<()> {
    let mut found = Vec::new();
    for path in &paths {
        let below =
            import::walk(path).map_err(|error| anyhow::anyhow!("{} cannot be read: {error}", path.display()))?;
        found.push(below);
    }
    // Most picture URLs of saved bodies have expired: try each once, without pauses.
    let schedule = Schedule { pauses: Vec::new(), ..Schedule::default() };
    let options =
        Options { tenants, fetcher: FetcherConfig { schedule, ..FetcherConfig::default() }, ..Options::new(data_dir) };
    let (desk, running) = Desk::open(options).await?;
    let source: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    let mut taking = Taking { desk: &desk, source: source.join("\n"), import: None, report: Report::default() };
    let taken_in = taking.take_all(found.into_iter().flatten()).await;
    let Taking { import, report, .. } = taking;
    desk.library.caught_up().await?;
    desk.fetcher.idle().await;
    if let (Ok(()), Some(import)) = (&taken_in, import) {
        desk.library.end_import(import, desk.clock.now()).await?;
    }
    running.shut_down(&desk).await;
    taken_in?;
    anyhow::ensure!(!report.has_read_nothing(), "nothing could be read. {report}");
    super::print_line(&report.to_string())?;
    let number = import.map(|import| import.0).unwrap_or_default();
    super::print_line(&format!("This is import {number}; lysbord import --undo {number} takes it back."))
}

/// An import under way. It has a number from its first delivery on.
struct Taking<'a> {
    desk: &'a Desk,
    source: String,
    import: Option<ImportId>,
    report: Report,
}

impl Taking<'_> {
    async fn take_all(&mut self, found: impl Iterator<Item = Found>) -> anyhow::Result<()> {
        for found in found {
            match found {
                Found::File { path, hook } => match import::open(&path, hook) {
                    Ok(bodies) => self.take_file(&path, bodies).await?,
                    Err(why) => self.leave_alone(&path, why),
                },
                Found::LeftAlone(path, why) => self.leave_alone(&path, why),
            }
        }
        Ok(())
    }

    async fn take_file(&mut self, path: &Path, bodies: import::Bodies) -> anyhow::Result<()> {
        let mut has_any = false;
        for body in bodies {
            match body {
                Ok(saved) => {
                    self.take(saved).await?;
                    has_any = true;
                }
                Err(why) => self.leave_alone(path, why),
            }
        }
        self.report.files += u64::from(has_any);
        Ok(())
    }

    async fn take(&mut self, saved: import::SavedBody) -> anyhow::Result<()> {
        let now = self.desk.clock.now();
        let import = match self.import {
            Some(import) => import,
            None => *self.import.insert(self.desk.library.begin_import(self.source.clone(), now).await?),
        };
        let received = saved.received.unwrap_or(now);
        let incoming = Incoming::new(saved.hook, saved.content_type, &saved.body, received)?.imported(import);
        match self.desk.library.take_in(incoming).await? {
            Accepted::Event(_) => self.report.events += 1,
            Accepted::Duplicate(_) => self.report.duplicates += 1,
            Accepted::Unreadable(_) => self.report.unreadable += 1,
        }
        Ok(())
    }

    fn leave_alone(&mut self, path: &Path, why: LeftAlone) {
        tracing::info!("{} is left alone: {why}", path.display());
        self.report.leave_alone(why);
    }
}
