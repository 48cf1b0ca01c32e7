//! `lysbord export`: the captured metadata as a file. It only reads, so it works beside a running Lysbord.

use std::io::{self, IsTerminal as _, Write};
use std::path::Path;

use lysbord_core::api::{self, EventFilterParams, ExportRequest, ExportScope, FilterParams, LogFilterParams};
use lysbord_core::clock::Clock;
use lysbord_core::export::{self, ExportError, Pictures, Progress, Scope, What};
use lysbord_core::folder::Folder;
use lysbord_core::library::{Filter, NotUnderstood, ReadOnlyLibrary};
use lysbord_core::renditions::BlobStore;

use crate::cli::{ExportArgs, OnlyArgs};

pub(super) fn run(data_dir: &Path, args: ExportArgs) -> anyhow::Result<()> {
    let folder = Folder::existing(data_dir)?;
    let library = ReadOnlyLibrary::open(&folder)?;
    let format = args.format();
    let columns = match &args.preset {
        Some(name) => Some(export::preset(&library.read(|now| now.settings())?, args.what, name)?),
        None => args.columns,
    };
    let wanted = ExportRequest {
        what: args.what,
        format: Some(format),
        delimiter: args.delimiter,
        bom: args.bom,
        columns,
        thumbnails: args.thumbnails,
        layout: args.layout.unwrap_or_default(),
        pictures: None,
        tz: None,
        scope: scope(args.what, args.only),
    };
    let request = api::request_of(&wanted, &Clock::System).map_err(anyhow::Error::msg)?;
    if let Some(filter) = search(&request.scope) {
        for term in library.read(|now| now.fields().not_understood(filter))? {
            eprintln!("{}", not_understood(&term));
        }
    }
    let needs_pictures = format.holds_pictures() || args.pictures.is_some();
    let blobs = needs_pictures.then(|| BlobStore::open_for_reading(folder.path())).transpose()?;
    let progress = Progress::default();
    let summary = if args.out.as_os_str() == "-" {
        let mut out = io::stdout();
        if format.holds_pictures() && out.is_terminal() {
            anyhow::bail!("{} is nothing for a terminal; say where to with --out FILE", format.as_str());
        }
        match library
            .read(|now| export::write(now, blobs.as_ref(), &request, &mut out, &progress))
            .and_then(|written| Ok(out.flush().map(|()| written)?))
        {
            Err(ExportError::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            written => written?,
        }
    } else {
        let summary = library.read(|now| export::to_file(now, blobs.as_ref(), &request, &args.out, &progress))?;
        let rows = if args.what == What::ContactSheet { "pictures" } else { "rows" };
        eprintln!("{} {rows} written to {}", summary.rows, args.out.display());
        summary
    };
    if let Some(long_cells) = summary.long_cells {
        eprintln!("{long_cells}");
    }
    if let (Some(pictures), Some(blobs)) = (&args.pictures, &blobs) {
        let of = (&request.scope, request.at);
        let count =
            library.read(|now| export::write_pictures(now, blobs, of, Pictures::Previews, pictures, &progress))?;
        eprintln!("{count} pictures written to {}", pictures.display());
    }
    Ok(())
}

fn scope(what: What, only: OnlyArgs) -> ExportScope {
    let (from, until) = only.span();
    let OnlyArgs { query, archive, change, state, kind, operation, field, outcome, .. } = only;
    let query = Some(query);
    match what {
        What::Deliveries => ExportScope::Deliveries {
            filter: LogFilterParams { outcome, from, until, query, ..LogFilterParams::default() },
        },
        What::Report => {
            ExportScope::Events { filter: EventFilterParams { from, until, ..EventFilterParams::default() } }
        }
        // Only a search: what happened to the assets that it finds.
        What::Events | What::Changes
            if [&archive, &change, &kind, &operation, &field, &from, &until].iter().any(|given| given.is_some()) =>
        {
            let filter = EventFilterParams {
                kind,
                operation,
                change,
                archive,
                field,
                from,
                until,
                query,
                ..EventFilterParams::default()
            };
            ExportScope::Events { filter }
        }
        What::Assets | What::Events | What::Changes | What::ContactSheet => {
            let params = FilterParams { query, archive, change, state, from, until, ..FilterParams::default() };
            ExportScope::Search(params)
        }
    }
}

/// What is searched for, if anything is.
fn search(scope: &Scope) -> Option<&Filter> {
    match scope {
        Scope::Search(filter) => Some(filter),
        Scope::Events(events) => events.assets.as_ref(),
        Scope::All | Scope::Selection(_) | Scope::Deliveries(_) => None,
    }
}

/// A search never fails, so what it does instead is said where nobody takes it for a row.
fn not_understood(NotUnderstood { name, is_field, text }: &NotUnderstood) -> String {
    let why = if *is_field { format!("{name} has no such values") } else { format!("there is no field {name}") };
    format!("{why}; looked for the text {text:?} instead")
}
