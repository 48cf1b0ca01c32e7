//! One JSON object a line, its keys the columns of the CSV in their order; unknown is null. Texts are as they came.

use std::io::{self, BufWriter, Write};

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::ser::Formatter;
use serde_json::value::RawValue;

use super::columns::Column;
use super::sheet::{Cell, Row, Sheet};
use super::{ExportError, LongCells};

pub(super) struct JsonLines<W: Write> {
    out: BufWriter<W>,
    names: Vec<String>,
}

impl<W: Write> JsonLines<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out: BufWriter::with_capacity(256 * 1024, out), names: Vec::new() }
    }
}

impl<W: Write + Send> Sheet for JsonLines<W> {
    fn header(&mut self, columns: &[Column], _: u64) -> Result<(), ExportError> {
        self.names = columns.iter().map(|column| column.name.clone().into_owned()).collect();
        Ok(())
    }

    fn row(&mut self, Row { cells, .. }: Row<'_, '_>) -> Result<(), ExportError> {
        let mut json = serde_json::Serializer::with_formatter(&mut self.out, OnOneLine);
        let mut object = json.serialize_map(Some(cells.len()))?;
        for (name, cell) in self.names.iter().zip(cells) {
            object.serialize_entry(name, cell)?;
        }
        object.end()?;
        self.out.write_all(b"\n")?;
        Ok(())
    }

    fn finish(&mut self) -> Result<Option<LongCells>, ExportError> {
        self.out.flush()?;
        // No program cuts a cell.
        Ok(None)
    }
}

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Empty => to.serialize_none(),
            Self::Text(text) | Self::Joined(text) => to.serialize_str(text),
            Self::Number(number) => to.serialize_i64(*number),
            Self::Digits(digits) => match serde_json::from_str::<&RawValue>(digits) {
                Ok(number) => number.serialize(to),
                Err(_) => to.serialize_str(digits),
            },
            Self::Time(moment) => to.collect_str(moment),
            Self::List(values) => to.collect_seq(values),
        }
    }
}

/// Escapes what JSON allows within a text and some readers take for the end of a line.
struct OnOneLine;

impl Formatter for OnOneLine {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, to: &mut W, fragment: &str) -> io::Result<()> {
        for part in fragment.split_inclusive(ends_line) {
            let text = part.trim_end_matches(ends_line);
            to.write_all(text.as_bytes())?;
            if let Some(end) = part[text.len()..].chars().next() {
                write!(to, "\\u{:04x}", u32::from(end))?;
            }
        }
        Ok(())
    }
}

fn ends_line(letter: char) -> bool {
    matches!(letter, '\u{85}' | '\u{2028}' | '\u{2029}')
}
