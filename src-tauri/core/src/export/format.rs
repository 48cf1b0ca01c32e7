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
        /// Pages of pictures with two lines below each.
        ContactSheet = "contact-sheet",
        /// How much happened in a span of time.
        Report = "report",
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
        /// Pages for print.
        Pdf = "pdf",
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

words! {
    /// How many pictures stand beside and below each other on a page of a contact sheet.
    #[derive(Default, ToSchema)]
    #[schema(as = ExportLayout)]
    Layout {
        #[default]
        FourByFive = "4x5",
        FiveBySeven = "5x7",
    }
}

impl Layout {
    /// Columns and rows.
    pub(super) fn grid(self) -> (usize, usize) {
        match self {
            Self::FourByFive => (4, 5),
            Self::FiveBySeven => (5, 7),
        }
    }

    /// How many pictures a page has.
    pub(super) fn frames(self) -> usize {
        let (columns, rows) = self.grid();
        columns * rows
    }
}

impl What {
    /// What it can be written as, the usual one first.
    pub fn formats(self) -> &'static [Format] {
        match self {
            Self::Assets | Self::Events | Self::Changes | Self::Deliveries => {
                &[Format::Csv, Format::JsonLines, Format::ExcelCsv, Format::Xlsx]
            }
            Self::ContactSheet => &[Format::Pdf],
            Self::Report => &[Format::Xlsx, Format::Csv, Format::JsonLines, Format::ExcelCsv],
        }
    }

    /// Whether its rows are of something that has a picture.
    pub(super) fn has_pictures(self) -> bool {
        match self {
            Self::Assets | Self::Events | Self::Changes | Self::ContactSheet => true,
            Self::Deliveries | Self::Report => false,
        }
    }

    /// The rows, as the tab of a sheet names them.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Assets => "Assets",
            Self::Events => "Events",
            Self::Changes => "Changes",
            Self::Deliveries => "Deliveries",
            Self::ContactSheet => "Contact sheet",
            Self::Report => "Report",
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
            Self::Pdf => "pdf",
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
            Self::Pdf => "application/pdf",
        }
    }

    /// Whether it holds pictures, if there are any.
    pub fn holds_pictures(self) -> bool {
        match self {
            Self::Xlsx | Self::Pdf => true,
            Self::Csv | Self::ExcelCsv | Self::JsonLines => false,
        }
    }

    /// Whether its cells are separated by a letter that can be chosen.
    pub fn has_delimiter(self) -> bool {
        match self {
            Self::Csv | Self::ExcelCsv => true,
            Self::JsonLines | Self::Xlsx | Self::Pdf => false,
        }
    }

    /// What separates its cells unless somebody chooses.
    pub fn usual_delimiter(self) -> Delimiter {
        match self {
            Self::ExcelCsv => Delimiter::Semicolon,
            Self::Csv | Self::JsonLines | Self::Xlsx | Self::Pdf => Delimiter::Comma,
        }
    }

    /// Whether the file is text, at the beginning of which a byte order mark may stand.
    pub(super) fn is_text(self) -> bool {
        match self {
            Self::Csv | Self::ExcelCsv | Self::JsonLines => true,
            Self::Xlsx | Self::Pdf => false,
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
