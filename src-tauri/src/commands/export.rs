//! `lysbord export`: the captured metadata as a file. It only reads, so it works beside a running Lysbord.

use std::io::{self, Write};
use std::path::Path;

use jiff::tz::TimeZone;
use lysbord_core::clock::Clock;
use lysbord_core::export::{self, ExportError, Progress, Request, Scope};
use lysbord_core::folder::Folder;
use lysbord_core::library::{Filter, NotUnderstood, ReadOnlyLibrary};
use lysbord_core::renditions::BlobStore;

use crate::cli::ExportArgs;

pub(super) fn run(data_dir: &Path, args: ExportArgs) -> anyhow::Result<()> {
    let folder = Folder::existing(data_dir)?;
    let library = ReadOnlyLibrary::open(&folder)?;
    let filter = Filter::parse(&args.query, Clock::System.now(), &TimeZone::system());
    for term in library.read(|now| now.fields().not_understood(&filter))? {
        eprintln!("{}", not_understood(&term));
    }
    let request = Request {
        what: args.what,
        format: args.format,
        delimiter: args.delimiter.unwrap_or_default(),
        bom: args.bom,
        scope: if filter.is_everything() { Scope::All } else { Scope::Search(filter) },
        at: None,
    };
    let progress = Progress::default();
    let summary = if args.out.as_os_str() == "-" {
        let mut out = io::stdout();
        match library
            .read(|now| export::write(now, &request, &mut out, &progress))
            .and_then(|written| Ok(out.flush().map(|()| written)?))
        {
            Err(ExportError::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            written => written?,
        }
    } else {
        let summary = library.read(|now| export::to_file(now, &request, &args.out, &progress))?;
        eprintln!("{} rows written to {}", summary.rows, args.out.display());
        summary
    };
    if let Some(long_cells) = summary.long_cells {
        eprintln!("{long_cells}");
    }
    if let Some(pictures) = &args.pictures {
        let blobs = BlobStore::open_for_reading(folder.path())?;
        let count = library.read(|now| export::write_pictures(now, &blobs, &request.scope, pictures, &progress))?;
        eprintln!("{count} pictures written to {}", pictures.display());
    }
    Ok(())
}

/// A search never fails, so what it does instead is said where nobody takes it for a row.
fn not_understood(NotUnderstood { name, is_field, text }: &NotUnderstood) -> String {
    let why = if *is_field { format!("{name} has no such values") } else { format!("there is no field {name}") };
    format!("{why}; looked for the text {text:?} instead")
}
