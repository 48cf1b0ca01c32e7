//! Rows and cells, and how they are written: RFC 4180, or a JSON object a line.

use std::io::{self, Write};

use csv::Terminator;
use rusqlite::Row;
use serde_json::{Map, Value};

use super::ExportError;
use crate::clock::Moment;

/// One cell. Unknown is `Empty`, never a word.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell<'a> {
    Empty,
    Text(&'a str),
    Number(i64),
    Time(Moment),
    /// Many values: joined with `; ` in CSV, a list in JSON.
    List(Vec<&'a str>),
}

impl<'a> Cell<'a> {
    /// Empty text is unknown.
    pub(super) fn text(text: &'a str) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    /// The text in a column; null is unknown.
    pub(super) fn of(row: &'a Row<'_>, column: usize) -> Self {
        row.get_ref(column).ok().and_then(|value| value.as_str().ok()).map_or(Self::Empty, Self::text)
    }

    pub(super) fn number(number: Option<i64>) -> Self {
        number.map_or(Self::Empty, Self::Number)
    }

    pub(super) fn time(millis: Option<i64>) -> Self {
        millis.map_or(Self::Empty, |millis| Self::Time(Moment(millis)))
    }

    pub(super) fn list<S: AsRef<str>>(values: &'a [S]) -> Self {
        match values {
            [] => Self::Empty,
            [one] => Self::text(one.as_ref()),
            many => Self::List(many.iter().map(AsRef::as_ref).collect()),
        }
    }
}

pub(super) trait Sheet: Send {
    fn header(&mut self, names: &[&str]) -> Result<(), ExportError>;
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), ExportError>;
    fn finish(&mut self) -> Result<(), ExportError>;
}

/// RFC 4180: CRLF, quotes where needed, a header row. Cells that a spreadsheet would run are defused.
pub(super) struct Csv<W: Write> {
    writer: csv::Writer<W>,
    scratch: String,
}

impl<W: Write> Csv<W> {
    pub(super) fn new(out: W) -> Self {
        let writer =
            csv::WriterBuilder::new().terminator(Terminator::CRLF).buffer_capacity(256 * 1024).from_writer(out);
        Self { writer, scratch: String::new() }
    }

    fn field(&mut self, text: &str) -> Result<(), ExportError> {
        if would_run(text) {
            self.scratch.clear();
            self.scratch.push('\'');
            self.scratch.push_str(text);
            self.writer.write_field(&self.scratch)?;
        } else {
            self.writer.write_field(text)?;
        }
        Ok(())
    }
}

impl<W: Write + Send> Sheet for Csv<W> {
    fn header(&mut self, names: &[&str]) -> Result<(), ExportError> {
        for name in names {
            self.field(name)?;
        }
        self.writer.write_record(None::<&[u8]>)?;
        Ok(())
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), ExportError> {
        for cell in cells {
            match cell {
                Cell::Empty => self.writer.write_field("")?,
                Cell::Text(text) => self.field(text)?,
                Cell::Number(number) => self.writer.write_field(number.to_string())?,
                Cell::Time(moment) => self.writer.write_field(moment.to_string())?,
                Cell::List(values) => self.field(&values.join("; "))?,
            }
        }
        self.writer.write_record(None::<&[u8]>)?;
        Ok(())
    }

    fn finish(&mut self) -> Result<(), ExportError> {
        Ok(self.writer.flush()?)
    }
}

/// A text that starts a formula in one spreadsheet or another, also behind blanks and control characters that some of
/// them strip.
fn would_run(text: &str) -> bool {
    let Some(first) = text.chars().next() else { return false };
    if matches!(first, '\t' | '\r' | '\n' | '\0') {
        return true;
    }
    let blank = |letter: &char| letter.is_whitespace() || letter.is_control() || *letter == '\u{feff}';
    let first = text.chars().find(|letter| !blank(letter));
    matches!(first, Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠'))
}

/// One JSON object a line, keys as the columns of the CSV; unknown is null.
pub(super) struct JsonLines<W: Write> {
    out: io::BufWriter<W>,
    names: Vec<String>,
}

impl<W: Write> JsonLines<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out: io::BufWriter::with_capacity(256 * 1024, out), names: Vec::new() }
    }
}

impl<W: Write + Send> Sheet for JsonLines<W> {
    fn header(&mut self, names: &[&str]) -> Result<(), ExportError> {
        self.names = names.iter().map(|name| (*name).to_owned()).collect();
        Ok(())
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), ExportError> {
        let object: Map<String, Value> = self
            .names
            .iter()
            .zip(cells)
            .map(|(name, cell)| {
                let value = match cell {
                    Cell::Empty => Value::Null,
                    Cell::Text(text) => Value::from(*text),
                    Cell::Number(number) => Value::from(*number),
                    Cell::Time(moment) => Value::from(moment.to_string()),
                    Cell::List(values) => Value::from(values.as_slice()),
                };
                (name.clone(), value)
            })
            .collect();
        serde_json::to_writer(&mut self.out, &object)?;
        self.out.write_all(b"\n")?;
        Ok(())
    }

    fn finish(&mut self) -> Result<(), ExportError> {
        Ok(self.out.flush()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn csv_of(cells: &[Cell<'_>]) -> String {
        let mut out = Vec::new();
        let mut csv = Csv::new(&mut out);
        csv.row(cells).unwrap();
        csv.finish().unwrap();
        drop(csv);
        String::from_utf8(out).unwrap()
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
    fn quotes_commas_and_lines_survive() {
        let line = csv_of(&[Cell::Text("say \"hi\", now\nor never"), Cell::Empty, Cell::List(vec!["a", "b"])]);
        assert_eq!(line, "\"say \"\"hi\"\", now\nor never\",,a; b\r\n");
    }

    #[test]
    fn a_row_of_one_empty_cell_is_still_a_row() {
        assert_eq!(csv_of(&[Cell::Empty]), "\"\"\r\n");
    }
}
