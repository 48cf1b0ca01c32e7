//! Rows and cells, and what a kind of file makes of them.

use serde_json::value::RawValue;

use super::columns::Column;
use super::{ExportError, LongCells};
use crate::clock::Timestamp;
use crate::model::BlobHash;

/// One cell. Unknown is `Empty`, never a word.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell<'a> {
    Empty,
    Text(&'a str),
    Number(i64),
    /// A number in the digits in which it came, of whatever size.
    Digits(&'a str),
    Time(Timestamp),
    /// Many values that the library keeps as one text, joined with `; `.
    Joined(&'a str),
    /// Many values: joined with `; ` in CSV, a list in JSON.
    List(Vec<&'a str>),
}

impl<'a> Cell<'a> {
    /// Empty text is unknown.
    pub(super) fn text(text: &'a str) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    pub(super) fn number(number: Option<i64>) -> Self {
        number.map_or(Self::Empty, Self::Number)
    }

    /// What came as a JSON number; a text where it is none.
    pub(super) fn digits(text: &'a str) -> Self {
        let begins_so = text.starts_with(|first: char| first == '-' || first.is_ascii_digit());
        let is_number = begins_so && serde_json::from_str::<&RawValue>(text).is_ok();
        if is_number { Self::Digits(text) } else { Self::text(text) }
    }

    pub(super) fn time(moment: Option<Timestamp>) -> Self {
        moment.map_or(Self::Empty, Self::Time)
    }

    pub(super) fn list<S: AsRef<str>>(values: &'a [S]) -> Self {
        match values {
            [] => Self::Empty,
            [one] => Self::text(one.as_ref()),
            many => Self::List(many.iter().map(AsRef::as_ref).collect()),
        }
    }
}

/// A row, and what it is about.
#[derive(Clone, Copy)]
pub(super) struct Row<'r, 'c> {
    /// One for each column of the header.
    pub cells: &'r [Cell<'c>],
    /// The file that it is about; empty if that is not known.
    pub filename: &'r str,
    /// Its thumbnail, where that is kept and of this very version.
    pub picture: Option<BlobHash>,
    /// Its preview, where that is; `None` also where nobody asks for more than a thumbnail.
    pub preview: Option<BlobHash>,
    /// The address in Fotoware of what it is about; empty if that is not known.
    pub link: &'r str,
}

pub(super) trait Sheet: Send {
    /// Comes before the rows. `rows` is how many there are at most, or 0 where nobody counted them.
    fn header(&mut self, columns: &[Column], rows: u64) -> Result<(), ExportError>;
    /// Whether rows may have a picture. Only then does the header need to know how many rows follow, and only then are
    /// pictures looked up.
    fn holds_pictures(&self) -> bool {
        false
    }
    /// The rows that follow are another part, which has a page of its own in files that have pages.
    fn part(&mut self, _: &'static str) -> Result<(), ExportError> {
        Ok(())
    }
    fn row(&mut self, row: Row<'_, '_>) -> Result<(), ExportError>;
    /// Writes what is still in memory. Returns the cells that are longer than a spreadsheet takes, if there are any.
    fn finish(&mut self) -> Result<Option<LongCells>, ExportError>;
}
