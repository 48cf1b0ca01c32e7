//! A contact sheet: pages of pictures with two lines below each, for print and for a table. It is a sheet like the others:
//! a row is a picture, and the columns are the lines.

mod lettering;
mod page;

use std::io::{self, Write};

use jiff::tz::TimeZone;
use krilla::Document;
use krilla::metadata::{DateTime, Metadata};

use super::columns::Column;
use super::sheet::{Cell, Row, Sheet};
use super::small_pictures::SmallPictures;
use super::{About, ExportError, Layout, LongCells};
use lettering::Lettering;
use page::{Frame, Page};

/// The long side of the pictures, in pixels: 300 to the inch at the larger layout.
pub(super) const PICTURE_SIDE: u32 = 560;
/// The pages are held in memory until the last one is made, some 50 KB a picture.
const MOST_PICTURES: u64 = 2_000;
/// What stands below a picture, unless somebody chooses.
pub(super) const USUAL_LINES: [&str; 2] = ["filename", "title"];
/// So many lines have room.
const LINES: usize = 2;

pub(super) struct ContactSheet<'w, W: Write + Send> {
    out: W,
    pictures: Option<SmallPictures<'w>>,
    layout: Layout,
    zone: TimeZone,
    about: &'w About,
    frames: Vec<Frame>,
}

impl<'w, W: Write + Send> ContactSheet<'w, W> {
    pub(super) fn new(
        out: W,
        pictures: Option<SmallPictures<'w>>,
        layout: Layout,
        zone: TimeZone,
        about: &'w About,
    ) -> Self {
        Self { out, pictures, layout, zone, about, frames: Vec::new() }
    }

    /// All pages, as the bytes of the file.
    fn pages(&mut self) -> Result<Vec<u8>, ExportError> {
        let About { words, day } = self.about;
        let mut lettering = Lettering::new().ok_or_else(|| io::Error::other("the font cannot be read"))?;
        let title = if words.is_empty() { "Contact sheet" } else { words };
        let foot = if words.is_empty() { day.to_string() } else { format!("{words} · {day}") };
        let made =
            DateTime::new(day.year().unsigned_abs()).month(day.month().unsigned_abs()).day(day.day().unsigned_abs());
        let mut document = Document::new();
        document
            .set_metadata(Metadata::new().title(title.to_owned()).creator("Lysbord".to_owned()).creation_date(made));
        let mut frames = std::mem::take(&mut self.frames).into_iter();
        let pages = frames.len().div_ceil(self.layout.frames()).max(1);
        for page in 1..=pages {
            let of_page = frames.by_ref().take(self.layout.frames()).collect();
            let number = format!("{page} / {pages}");
            Page { layout: self.layout, foot: &foot, number: &number }.draw(&mut document, &mut lettering, of_page);
        }
        Ok(document.finish().map_err(|error| io::Error::other(format!("{error:?}")))?)
    }

    fn words(&self, cell: &Cell<'_>) -> String {
        match cell {
            Cell::Empty => String::new(),
            Cell::Text(text) | Cell::Joined(text) | Cell::Digits(text) => (*text).to_owned(),
            Cell::Number(number) => number.to_string(),
            Cell::Time(moment) => jiff::Timestamp::from_millisecond(moment.0).map_or_else(
                |_| moment.to_string(),
                |time| time.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string(),
            ),
            Cell::List(values) => values.join(", "),
        }
    }
}

impl<W: Write + Send> Sheet for ContactSheet<'_, W> {
    fn header(&mut self, columns: &[Column], rows: u64) -> Result<(), ExportError> {
        if columns.len() > LINES {
            let words =
                format!("a contact sheet has room for {LINES} lines below a picture, not for {}", columns.len());
            return Err(ExportError::Contradiction(words));
        }
        if rows > MOST_PICTURES {
            let words = format!(
                "a contact sheet takes at most {MOST_PICTURES} pictures, and these are {rows}: narrow them by a search"
            );
            return Err(ExportError::Contradiction(words));
        }
        Ok(())
    }

    fn row(&mut self, row: Row<'_, '_>) -> Result<(), ExportError> {
        let lines = row.cells.iter().map(|cell| self.words(cell)).collect();
        let picture = match (&mut self.pictures, row.preview.or(row.picture)) {
            (Some(pictures), Some(hash)) => pictures.of(hash)?.map(<[u8]>::to_vec),
            _ => None,
        };
        self.frames.push(Frame { picture, lines, link: row.link.to_owned(), name: row.filename.to_owned() });
        Ok(())
    }

    fn finish(&mut self) -> Result<Option<LongCells>, ExportError> {
        let pages = self.pages()?;
        self.out.write_all(&pages)?;
        self.out.flush()?;
        Ok(None)
    }
}
