//! The options of `lysbord export`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::TypedValueParser;
use jiff::civil::Date;
use lysbord_core::export::{ColumnChoice, Delimiter, Format, Layout, What};
use lysbord_core::library::DeliveryOutcome;

use super::one_of;

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// A row an asset, an event, a changed field, or a delivery; pages of pictures; how much happened
    #[arg(value_parser = what())]
    pub what: What,
    /// How it is written [default: csv]
    #[arg(long, value_parser = format())]
    pub format: Option<Format>,
    /// What stands between the cells of CSV; Excel in most of Europe splits at the semicolon [default: comma; of
    /// excel-csv semicolon]
    #[arg(long, value_parser = delimiter())]
    pub delimiter: Option<Delimiter>,
    /// The columns in their order, or the two lines below each picture, by name or by the number of a field: `filename,25=Keywords`
    #[arg(long, value_name = "COLUMN[=NAME],…", value_delimiter = ',')]
    pub columns: Option<Vec<ColumnChoice>>,
    /// The columns that were saved under this name in the window
    #[arg(long, value_name = "NAME", conflicts_with = "columns")]
    pub preset: Option<String>,
    #[command(flatten)]
    pub only: OnlyArgs,
    /// Where to; `-` is standard output
    #[arg(long, value_name = "FILE", default_value = "-")]
    pub out: PathBuf,
    /// Begin with a byte order mark, for Excel
    #[arg(long)]
    pub bom: bool,
    /// A picture in each row of a workbook [default: yes, up to 20,000 rows]
    #[arg(long, value_parser = yes_or_no())]
    pub thumbnails: Option<bool>,
    /// How many pictures a page of a contact sheet has
    #[arg(long, value_parser = layout())]
    pub layout: Option<Layout>,
    /// Write the previews as files into this folder
    #[arg(long, value_name = "DIR")]
    pub pictures: Option<PathBuf>,
}

/// What narrows an export.
#[derive(Debug, Args)]
#[command(next_help_heading = "Only")]
pub(crate) struct OnlyArgs {
    /// What this search shows, in the language of the search field
    #[arg(long, value_name = "Q", default_value = "")]
    pub query: String,
    /// The archive of this name
    #[arg(long, value_name = "NAME")]
    pub archive: Option<String>,
    /// What was done: of assets their last event, such as `metadata`, `renamed`, `new_version`
    #[arg(long, value_name = "WORD")]
    pub change: Option<String>,
    /// Assets that are `present`, `deleted`, or have a picture `missing`
    #[arg(long, value_name = "WORD")]
    pub state: Option<String>,
    /// Events that came by this address: `ingested`, `modified`, `deleted`, `marker`, `action`
    #[arg(long, value_name = "WORD")]
    pub kind: Option<String>,
    /// Events with this operation of Fotoware's, such as `updateMetadata`
    #[arg(long, value_name = "WORD")]
    pub operation: Option<String>,
    /// Events that changed this: the number of a field, `filename`, `file_size`, `pixels` or `archive`
    #[arg(long, value_name = "FIELD")]
    pub field: Option<String>,
    /// What happened from this day or moment on: `2026-03-04`, `2026-03-04T09:00:00Z`
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// What happened up to this moment; a day is counted in whole
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// What happened in this month: `2026-11`
    #[arg(long, value_name = "MONTH", value_parser = month, conflicts_with_all = ["from", "until"])]
    pub month: Option<Date>,
    /// Deliveries of which this became: `event`, `duplicate`, `unreadable`, `damaged`, `set_aside`
    #[arg(long, value_name = "WORD", value_parser = outcome())]
    pub outcome: Option<DeliveryOutcome>,
}

impl OnlyArgs {
    /// The first and the last day or moment.
    pub(crate) fn span(&self) -> (Option<String>, Option<String>) {
        match self.month {
            Some(month) => (Some(month.to_string()), Some(month.last_of_month().to_string())),
            None => (self.from.clone(), self.until.clone()),
        }
    }
}

impl ExportArgs {
    pub(crate) fn format(&self) -> Format {
        self.format.unwrap_or(self.what.formats()[0])
    }

    /// Why these options do not go together, if they do not.
    pub(crate) fn contradiction(&self) -> Option<String> {
        let (format, what) = (self.format(), self.what.as_str());
        if !self.what.formats().contains(&format) {
            let formats: Vec<&str> = self.what.formats().iter().map(|format| format.as_str()).collect();
            return Some(format!("{what} cannot be written as {}, but as {}", format.as_str(), formats.join(", ")));
        }
        if self.delimiter.is_some() && !format.has_delimiter() {
            return Some(format!("--delimiter belongs to --format csv, and {} has none", format.as_str()));
        }
        if self.thumbnails.is_some() && format != Format::Xlsx {
            return Some(format!("--thumbnails belongs to --format xlsx, and {} has none", format.as_str()));
        }
        if self.layout.is_some() && self.what != What::ContactSheet {
            return Some(format!("--layout belongs to contact-sheet, and {what} has none"));
        }
        let OnlyArgs { query, archive, change, state, kind, operation, field, outcome, .. } = &self.only;
        let of_assets = [("--state", state.is_some())];
        let of_events =
            [("--kind", kind.is_some()), ("--operation", operation.is_some()), ("--field", field.is_some())];
        let of_words = [("--query", !query.is_empty())];
        let of_both = [("--archive", archive.is_some()), ("--change", change.is_some())];
        let of_deliveries = [("--outcome", outcome.is_some())];
        let wrong: &[&[(&str, bool)]] = match self.what {
            What::Assets | What::ContactSheet => &[&of_events, &of_deliveries],
            What::Events | What::Changes => &[&of_assets, &of_deliveries],
            What::Deliveries => &[&of_assets, &of_events, &of_both],
            What::Report => &[&of_assets, &of_events, &of_words, &of_both, &of_deliveries],
        };
        let (option, _) = wrong.iter().copied().flatten().find(|(_, is_given)| *is_given)?;
        Some(format!("{option} does not narrow {what}"))
    }
}

fn what() -> impl TypedValueParser<Value = What> {
    one_of(What::ALL.iter().map(|what| what.as_str()), What::parse)
}

fn format() -> impl TypedValueParser<Value = Format> {
    one_of(Format::ALL.iter().map(|format| format.as_str()), Format::parse)
}

fn delimiter() -> impl TypedValueParser<Value = Delimiter> {
    one_of(Delimiter::ALL.iter().map(|delimiter| delimiter.as_str()), Delimiter::parse)
}

fn layout() -> impl TypedValueParser<Value = Layout> {
    one_of(Layout::ALL.iter().map(|layout| layout.as_str()), Layout::parse)
}

fn outcome() -> impl TypedValueParser<Value = DeliveryOutcome> {
    one_of(DeliveryOutcome::ALL.iter().map(|outcome| outcome.as_str()), DeliveryOutcome::parse)
}

/// Its first day.
fn month(text: &str) -> Result<Date, String> {
    format!("{text}-01").parse().map_err(|_| "a month such as 2026-11".to_owned())
}

fn yes_or_no() -> impl TypedValueParser<Value = bool> {
    one_of(["yes", "no"].into_iter(), |word| Some(word == "yes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_its_first_day_to_its_last() {
        assert_eq!(month("2026-02").unwrap().last_of_month().to_string(), "2026-02-28");
        for wrong in ["2026", "2026-13", "2026-02-01", "soon"] {
            assert!(month(wrong).is_err(), "{wrong}");
        }
    }
}
