//! Which columns a sheet has, in which order, and what they are called: all of them, or those that somebody chose.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::sheet::{Cell, Row, Sheet};
use super::{ExportError, LongCells};
use crate::fotoware::FieldId;

/// A column that a sheet has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// By which it is chosen: its name, or the number of a metadata field.
    pub key: Cow<'static, str>,
    /// The header in files for programs.
    pub name: Cow<'static, str>,
    /// The header in files for people.
    pub title: Cow<'static, str>,
    pub(super) holds: Holds,
}

/// What a spreadsheet makes of the cells of a column, beyond what they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// A few letters.
    Word,
    /// A line.
    Line,
    /// Sentences.
    Text,
    /// A figure that is easier to read in groups of three.
    Amount,
    /// The asset's address in Fotoware.
    Link,
    Time,
    /// An id or another word that means nothing to people.
    Id,
}

impl Column {
    pub(super) const fn new(name: &'static str, title: &'static str, holds: Holds) -> Self {
        Self { key: Cow::Borrowed(name), name: Cow::Borrowed(name), title: Cow::Borrowed(title), holds }
    }

    pub(super) fn of_field(id: FieldId, label: &str) -> Self {
        Self {
            key: Cow::Owned(id.to_string()),
            name: Cow::Owned(format!("{id} {label}")),
            title: Cow::Owned(label.to_owned()),
            holds: Holds::Line,
        }
    }
}

/// A column that somebody wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ExportColumn)]
pub struct ColumnChoice {
    /// Its name, or the number of a metadata field.
    pub key: String,
    /// What it is to be called; null leaves it as it is.
    #[serde(default)]
    pub name: Option<String>,
}

impl ColumnChoice {
    /// The number, if it is a metadata field.
    pub(super) fn field(&self) -> Option<FieldId> {
        self.key.parse().ok()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a column is a name such as `title`, or the number of a field, and may be called otherwise: 25=Keywords")]
pub struct NotAColumn;

impl FromStr for ColumnChoice {
    type Err = NotAColumn;

    /// Reads `key` or `key=name`.
    fn from_str(text: &str) -> Result<Self, NotAColumn> {
        let (key, name) = text.split_once('=').map_or((text, None), |(key, name)| (key, Some(name.trim())));
        let key = key.trim();
        if key.is_empty() || name.is_some_and(str::is_empty) {
            return Err(NotAColumn);
        }
        Ok(Self { key: key.to_owned(), name: name.map(str::to_owned) })
    }
}

/// A column that a sheet does not have, and those that it has.
#[derive(Debug, PartialEq, Eq)]
pub struct UnknownColumn {
    pub key: String,
    pub known: Vec<Column>,
}

impl fmt::Display for UnknownColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no column {:?}; there are ", self.key)?;
        for (at, Column { key, name, .. }) in self.known.iter().enumerate() {
            let separator = if at == 0 { "" } else { ", " };
            match name.strip_prefix(&**key) {
                Some(label) if !label.is_empty() => write!(f, "{separator}{key} ({})", label.trim())?,
                _ => write!(f, "{separator}{key}")?,
            }
        }
        Ok(())
    }
}

/// A sheet that takes some of the columns that it is given, in an order of its own.
pub(super) struct Arranged<'s> {
    sheet: Box<dyn Sheet + 's>,
    arrangement: Arrangement<'s>,
    /// For each of its columns, the place of that column among those that it is given.
    places: Vec<usize>,
}

pub(super) enum Arrangement<'s> {
    Chosen(&'s [ColumnChoice]),
    /// What is said twice is left out, and what is for programs comes last.
    ForPeople,
}

impl<'s> Arranged<'s> {
    pub(super) fn new(sheet: Box<dyn Sheet + 's>, arrangement: Arrangement<'s>) -> Self {
        Self { sheet, arrangement, places: Vec::new() }
    }
}

impl Sheet for Arranged<'_> {
    fn holds_pictures(&self) -> bool {
        self.sheet.holds_pictures()
    }

    fn header(&mut self, columns: &[Column], rows: u64) -> Result<(), ExportError> {
        let mut header = Vec::new();
        match self.arrangement {
            Arrangement::Chosen(choices) => {
                for ColumnChoice { key, name } in choices {
                    let Some(place) = columns.iter().position(|column| column.key == *key || column.name == *key)
                    else {
                        let unknown = UnknownColumn { key: key.clone(), known: columns.to_vec() };
                        return Err(ExportError::UnknownColumn(Box::new(unknown)));
                    };
                    let mut column = columns[place].clone();
                    if let Some(name) = name {
                        column.name = Cow::Owned(name.clone());
                        column.title.clone_from(&column.name);
                    }
                    header.push(column);
                    self.places.push(place);
                }
            }
            Arrangement::ForPeople => {
                let has = |key: &str| columns.iter().any(|column| column.key == key);
                let is_told =
                    |column: &Column| TOLD_TWICE.iter().all(|(field, name)| column.key != *field || !has(name));
                let (first, last): (Vec<usize>, Vec<usize>) = (0..columns.len())
                    .filter(|place| is_told(&columns[*place]))
                    .partition(|place| columns[*place].holds != Holds::Id);
                self.places = [first, last].concat();
                header.extend(self.places.iter().map(|place| columns[*place].clone()));
            }
        }
        self.sheet.header(&header, rows)
    }

    fn part(&mut self, title: &'static str) -> Result<(), ExportError> {
        self.sheet.part(title)
    }

    fn row(&mut self, row: Row<'_, '_>) -> Result<(), ExportError> {
        let cells: Vec<Cell<'_>> = self.places.iter().map(|place| row.cells[*place].clone()).collect();
        self.sheet.row(Row { cells: &cells, ..row })
    }

    fn finish(&mut self) -> Result<Option<LongCells>, ExportError> {
        self.sheet.finish()
    }
}

/// The fields of which the columns of an asset tell already.
const TOLD_TWICE: [(&str, &str); 4] = [("5", "title"), ("25", "tags"), ("80", "byline"), ("120", "description")];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_a_name_or_a_number_and_may_be_called_otherwise() {
        let read = |text: &str| text.parse::<ColumnChoice>().map(|choice| (choice.key, choice.name));
        assert_eq!(read("title"), Ok(("title".into(), None)));
        assert_eq!(read(" 25 = Stikkord "), Ok(("25".into(), Some("Stikkord".into()))));
        assert_eq!(read("title=a=b"), Ok(("title".into(), Some("a=b".into()))));
        for wrong in ["", "=Name", "title=", " "] {
            assert_eq!(read(wrong), Err(NotAColumn), "{wrong:?}");
        }
    }
}
