//! What a file may be: which rows it has, how they are written, and what stands between two cells.

use utoipa::ToSchema;

use crate::fotoware::words;

words! {
    /// What is exported: a row an asset, an event, a changed field or a delivery. The module of each word has its
    /// columns.
    #[derive(ToSchema)]
    #[schema(as = ExportWhat)]
    What {
        Assets = "assets",
        Events = "events",
        Changes = "changes",
        /// The log of deliveries, as it is now.
        Deliveries = "deliveries",
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
        /// CSV as Excel wants it: a byte order mark, and ` | ` between the values of a cell.
        ExcelCsv = "excel-csv",
        /// An Excel workbook: real dates and numbers, a picture in each row.
        Xlsx = "xlsx",
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

words! {
    /// Pictures that go with an export as files, in which size.
    #[derive(ToSchema)]
    #[schema(as = ExportPictures)]
    Pictures {
        Thumbnails = "thumbnails",
        Previews = "previews",
    }
}

impl What {
    /// What it can be written as, the usual one first.
    pub fn formats(self) -> &'static [Format] {
        match self {
            Self::Assets | Self::Events | Self::Changes | Self::Deliveries => {
                &[Format::Csv, Format::JsonLines, Format::ExcelCsv, Format::Xlsx]
            }
        }
    }

    /// Whether its rows are of something that has a picture.
    pub(super) fn has_pictures(self) -> bool {
        match self {
            Self::Assets | Self::Events | Self::Changes => true,
            Self::Deliveries => false,
        }
    }

    /// The rows, as the tab of a sheet names them.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Assets => "Assets",
            Self::Events => "Events",
            Self::Changes => "Changes",
            Self::Deliveries => "Deliveries",
        }
    }
}

impl Format {
    /// The end of the file's name, without the dot.
    pub fn extension(self, delimiter: Delimiter) -> &'static str {
        match self {
            Self::Csv | Self::ExcelCsv => match delimiter {
                Delimiter::Comma | Delimiter::Semicolon => "csv",
                Delimiter::Tab => "tsv",
            },
            Self::JsonLines => "jsonl",
            Self::Xlsx => "xlsx",
        }
    }

    /// For `Content-Type`.
    pub fn mime(self, delimiter: Delimiter) -> &'static str {
        match self {
            Self::Csv | Self::ExcelCsv => match delimiter {
                Delimiter::Comma | Delimiter::Semicolon => "text/csv; charset=utf-8",
                Delimiter::Tab => "text/tab-separated-values; charset=utf-8",
            },
            Self::JsonLines => "application/jsonl",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// Whether its cells are separated by a letter that can be chosen.
    pub fn has_delimiter(self) -> bool {
        match self {
            Self::Csv | Self::ExcelCsv => true,
            Self::JsonLines | Self::Xlsx => false,
        }
    }

    /// What separates its cells unless somebody chooses.
    pub fn usual_delimiter(self) -> Delimiter {
        match self {
            Self::ExcelCsv => Delimiter::Semicolon,
            Self::Csv | Self::JsonLines | Self::Xlsx => Delimiter::Comma,
        }
    }

    /// Whether the file is text, at the beginning of which a byte order mark may stand.
    pub(super) fn is_text(self) -> bool {
        match self {
            Self::Csv | Self::ExcelCsv | Self::JsonLines => true,
            Self::Xlsx => false,
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
