//! RFC 4180: CRLF, quotes where needed, a header row. Cells that a spreadsheet would run are defused, and those that it
//! would cut are counted.

use std::io::Write;

use csv::Terminator;

use super::columns::Column;
use super::formula::{Followed, defused};
use super::long_cells::{EXCEL_TAKES, LongCellCount, fits};
use super::sheet::{Cell, Row, Sheet};
use super::{Delimiter, ExportError, LongCells};

pub(super) struct Delimited<W: Write> {
    writer: csv::Writer<W>,
    delimiter: Delimiter,
    /// Between the values of one cell.
    joint: &'static str,
    scratch: String,
    long: LongCellCount,
}

impl<W: Write> Delimited<W> {
    pub(super) fn new(out: W, delimiter: Delimiter, joint: &'static str) -> Self {
        let writer = csv::WriterBuilder::new()
            .delimiter(delimiter.byte())
            .terminator(Terminator::CRLF)
            .buffer_capacity(256 * 1024)
            .from_writer(out);
        Self { writer, delimiter, joint, scratch: String::new(), long: LongCellCount::default() }
    }

    /// Writes a text as the cell that `left` more follow in its row. Returns whether Excel takes it whole.
    fn field(&mut self, text: &str, left: usize) -> Result<bool, ExportError> {
        let followed =
            if left == 0 || self.delimiter == Delimiter::Tab { Followed::ByBlank } else { Followed::ByLetter };
        let text = defused(text, followed, &mut self.scratch);
        self.writer.write_field(text)?;
        Ok(fits(text))
    }
}

impl<W: Write + Send> Sheet for Delimited<W> {
    fn header(&mut self, columns: &[Column], _: u64) -> Result<(), ExportError> {
        for (at, column) in columns.iter().enumerate() {
            self.field(&column.name, columns.len() - 1 - at)?;
        }
        self.writer.write_record(None::<&[u8]>)?;
        self.long.begin(columns.iter().map(|column| column.name.clone().into_owned()).collect());
        Ok(())
    }

    fn row(&mut self, row: Row<'_, '_>) -> Result<(), ExportError> {
        self.long.next_row();
        for (at, cell) in row.cells.iter().enumerate() {
            let left = row.cells.len() - 1 - at;
            let fits = match cell {
                Cell::Empty => self.writer.write_field("").map(|()| true)?,
                Cell::Joined(text) if self.joint != "; " => self.field(&text.replace("; ", self.joint), left)?,
                Cell::Text(text) | Cell::Joined(text) => self.field(text, left)?,
                Cell::Digits(digits) => self.writer.write_field(digits).map(|()| digits.len() <= EXCEL_TAKES)?,
                Cell::Number(number) => self.writer.write_field(number.to_string()).map(|()| true)?,
                Cell::Time(moment) => self.writer.write_field(moment.to_string()).map(|()| true)?,
                Cell::List(values) => self.field(&values.join(self.joint), left)?,
            };
            if !fits {
                self.long.note(at, row.filename);
            }
        }
        self.writer.write_record(None::<&[u8]>)?;
        Ok(())
    }

    fn finish(&mut self) -> Result<Option<LongCells>, ExportError> {
        self.writer.flush()?;
        Ok(self.long.take(false))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn file_of(delimiter: Delimiter, rows: &[Vec<Cell<'_>>]) -> String {
        let mut out = Vec::new();
        let mut sheet = Delimited::new(&mut out, delimiter, "; ");
        for row in rows {
            sheet.row(Row { cells: row, filename: "", picture: None, preview: None, link: "" }).unwrap();
        }
        sheet.finish().unwrap();
        drop(sheet);
        String::from_utf8(out).unwrap()
    }

    fn csv_of(cells: &[Cell<'_>]) -> String {
        file_of(Delimiter::Comma, &[cells.to_vec()])
    }

    #[test]
    fn what_a_spreadsheet_would_run_is_defused() {
        for text in ["=cmd()", "+1", "-1", "@x", "\t=1", "\r", "\0=1", "  =1", "＝1", "\u{feff}=1"] {
            let line = csv_of(&[Cell::Text(text)]);
            assert!(line.trim_start_matches('"').starts_with('\''), "{text:?} became {line:?}");
        }
        assert_eq!(csv_of(&[Cell::Text("a = b"), Cell::Number(-1)]), "a = b,-1\r\n");
    }

    #[test]
    fn what_would_run_behind_another_separator_is_defused_there_and_nothing_else_is() {
        for (text, written) in [
            ("a;=1", "a;'=1"),
            ("a, +1", "\"a, '+1\""),
            ("a\t-1", "a\t'-1"),
            ("a\n@b", "\"a\n'@b\""),
            ("a\r\n=1", "\"a\r\n'=1\""),
            ("a;\"=1", "\"a;\"\"'=1\""),
            ("a;\t=1", "a;'\t'=1"),
            ("sea-side, a = b; c@d, 1+1", "\"sea-side, a = b; c@d, 1+1\""),
            ("Two\r\nlines", "\"Two\r\nlines\""),
            ("ends with;", "ends with;"),
        ] {
            assert_eq!(csv_of(&[Cell::Text(text), Cell::Number(1)]), format!("{written},1\r\n"), "{text:?}");
        }
    }

    #[test]
    fn quotes_commas_and_lines_survive() {
        let line = csv_of(&[Cell::Text("say \"hi\", now\nor never"), Cell::Empty, Cell::List(vec!["a", "b"])]);
        assert_eq!(line, "\"say \"\"hi\"\", now\nor never\",,a; b\r\n");
    }

    #[test]
    fn a_row_of_one_empty_cell_is_still_a_row() {
        assert_eq!(csv_of(&[Cell::Empty]), "\"\"\r\n");
    }

    /// As spreadsheets split: a quote at the start of a cell opens it, and what follows its end belongs to it as it is.
    fn cells_as_split_at(separator: char, file: &str) -> Vec<String> {
        let mut cells = vec![String::new()];
        let (mut quoted, mut at_start) = (false, true);
        let mut letters = file.chars().peekable();
        while let Some(letter) = letters.next() {
            let begins = at_start;
            at_start = false;
            let cell = cells.last_mut().unwrap();
            match letter {
                '"' if begins => quoted = true,
                '"' if quoted && letters.peek() == Some(&'"') => cell.extend(letters.next()),
                '"' if quoted => quoted = false,
                letter if !quoted && (letter == separator || matches!(letter, '\r' | '\n')) => {
                    cells.push(String::new());
                    at_start = true;
                }
                letter => cell.push(letter),
            }
        }
        cells
    }

    fn begins_formula(cell: &str) -> bool {
        let shown = cell.trim_start_matches(|letter: char| letter.is_whitespace() || letter.is_control());
        cell.starts_with(['\t', '\r']) || shown.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
    }

    fn hostile() -> impl Strategy<Value = String> {
        let pieces = [
            "=", "+", "-", "@", "＝", ",", ";", "\t", "\r", "\n", "\r\n", "\"", "\"\"", "'", " ", "\0", "\u{feff}",
            "\u{a0}", "a", "ø", "1", "|", "漁",
        ];
        proptest::collection::vec(proptest::sample::select(pieces.to_vec()), 0..9).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

        #[test]
        fn no_cell_begins_a_formula_whichever_separator_the_reader_takes(
            texts in proptest::collection::vec(hostile(), 6),
            delimiter in proptest::sample::select(Delimiter::ALL.to_vec()),
        ) {
            // Every sheet begins with an id of our own making.
            let row = |texts: &[String]| -> Vec<String> {
                [&["1f".to_owned()], texts].concat()
            };
            let rows = [row(&texts[..3]), row(&texts[3..])];
            let cells: Vec<Vec<Cell<'_>>> =
                rows.iter().map(|row| row.iter().map(|text| Cell::text(text)).collect()).collect();
            let file = file_of(delimiter, &cells);
            prop_assert!(!file.contains('\0'));

            for separator in [',', ';', '\t'] {
                for cell in cells_as_split_at(separator, &file) {
                    prop_assert!(!begins_formula(&cell), "split at {separator:?}, {cell:?} would run in {file:?}");
                }
                for cell in file.split(['\r', '\n']).flat_map(|line| line.split(separator)) {
                    prop_assert!(!begins_formula(cell), "cut at {separator:?}, {cell:?} would run in {file:?}");
                }
                let mut reader = csv::ReaderBuilder::new();
                reader.delimiter(separator as u8).has_headers(false).flexible(true);
                for record in reader.from_reader(file.as_bytes()).records() {
                    for cell in &record.unwrap() {
                        prop_assert!(!begins_formula(cell), "{cell:?} would run in {file:?}");
                    }
                }
            }
            // By its own separator, every cell is there.
            let mut reader = csv::ReaderBuilder::new();
            reader.delimiter(delimiter.byte()).has_headers(false);
            let read: Vec<csv::StringRecord> = reader.from_reader(file.as_bytes()).records().map(Result::unwrap).collect();
            prop_assert_eq!(read.len(), 2);
            for (row, read) in rows.iter().zip(&read) {
                for (text, cell) in row.iter().zip(read) {
                    prop_assert_eq!(cell.replace('\'', ""), text.replace('\0', "\u{2400}").replace('\'', ""));
                }
            }
        }
    }
}
