//! Cells that are longer than a spreadsheet takes.

use std::fmt;

use serde::Serialize;
use utoipa::ToSchema;

/// So many UTF-16 units fit into a cell of Excel, which cuts off the rest, or lets it flow into the next rows.
pub(super) const EXCEL_TAKES: usize = 32_767;

/// Whether Excel takes a text as one cell.
pub(super) fn fits(text: &str) -> bool {
    text.len() <= EXCEL_TAKES || text.encode_utf16().count() <= EXCEL_TAKES
}

/// Cells of which Excel shows the beginning only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LongCells {
    pub count: u64,
    /// The row of the first of them, as a spreadsheet counts: the header is row 1.
    pub row: u64,
    /// The name of its column.
    pub column: String,
    /// The file that its row is about.
    pub filename: String,
    /// They are cut in the file, too, as it cannot hold them.
    pub are_cut: bool,
}

impl fmt::Display for LongCells {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { count, row, column, filename, are_cut } = self;
        let cells = if *count == 1 { "1 cell is" } else { &format!("{count} cells are") };
        let first = if *count == 1 { "it is" } else { "the first is" };
        write!(
            f,
            "{cells} longer than the 32,767 characters that Excel takes; {first} {column} of {filename}, in row {row}. "
        )?;
        if *are_cut {
            write!(f, "A workbook cannot hold more: they end with an ellipsis. CSV and JSON Lines have them whole.")
        } else {
            write!(f, "In the file nothing is cut.")
        }
    }
}

/// Counts them while a file is written.
#[derive(Default)]
pub(super) struct LongCellCount {
    columns: Vec<String>,
    rows: u64,
    found: Option<LongCells>,
}

impl LongCellCount {
    /// The names of the columns that follow.
    pub(super) fn begin(&mut self, columns: Vec<String>) {
        self.columns = columns;
    }

    pub(super) fn next_row(&mut self) {
        self.rows += 1;
    }

    /// A cell of this row is too long.
    pub(super) fn note(&mut self, column: usize, filename: &str) {
        let found = self.found.get_or_insert_with(|| LongCells {
            count: 0,
            // The header is the first.
            row: self.rows + 1,
            column: self.columns.get(column).cloned().unwrap_or_default(),
            filename: filename.to_owned(),
            are_cut: false,
        });
        found.count += 1;
    }

    pub(super) fn take(&mut self, are_cut: bool) -> Option<LongCells> {
        self.found.take().map(|found| LongCells { are_cut, ..found })
    }
}
