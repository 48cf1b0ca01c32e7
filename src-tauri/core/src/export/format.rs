//! What a file may be: which rows it has, how they are written, and what stands between two cells.

use utoipa::ToSchema;

use crate::fotoware::words;

words! {
    /// Which rows: an asset, an event, or a changed field. `assets`, `events` and `changes` here have their columns.
    #[derive(ToSchema)]
    #[schema(as = ExportWhat)]
    What {
        Assets = "assets",
        Events = "events",
        Changes = "changes",
    }
}

words! {
    #[derive(Default, ToSchema)]
    #[schema(as = ExportFormat)]
    Format {
        /// A header and a line a row, for spreadsheets.
        #[default]
        Csv = "csv",
        /// A JSON object a line, for programs.
        JsonLines = "jsonl",
    }
}

words! {
    /// What stands between two cells of a CSV file. A spreadsheet opens it rightly only by the one that its system is
    /// set to: in Norway, Germany and most of Europe Excel splits at the semicolon.
    #[derive(Default, ToSchema)]
    #[schema(as = ExportDelimiter)]
    Delimiter {
        #[default]
        Comma = "comma",
        Semicolon = "semicolon",
        Tab = "tab",
    }
}

impl Format {
    /// The end of the file's name, without the dot.
    pub fn extension(self, delimiter: Delimiter) -> &'static str {
        match (self, delimiter) {
            (Self::Csv, Delimiter::Comma | Delimiter::Semicolon) => "csv",
            (Self::Csv, Delimiter::Tab) => "tsv",
            (Self::JsonLines, _) => "jsonl",
        }
    }

    /// For `Content-Type`.
    pub fn mime(self, delimiter: Delimiter) -> &'static str {
        match (self, delimiter) {
            (Self::Csv, Delimiter::Comma | Delimiter::Semicolon) => "text/csv; charset=utf-8",
            (Self::Csv, Delimiter::Tab) => "text/tab-separated-values; charset=utf-8",
            (Self::JsonLines, _) => "application/jsonl",
        }
    }

    /// Whether the file is text, at the beginning of which a byte order mark may stand.
    pub fn is_text(self) -> bool {
        match self {
            Self::Csv | Self::JsonLines => true,
        }
    }
}

impl Delimiter {
    pub(super) fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
        }
    }
}
