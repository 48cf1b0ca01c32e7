//! A workbook for spreadsheet programs: real dates and numbers, a small picture in each row, links, a header
//! that stays, and a filter. No text in it can become a formula.

use std::io::Write;

use jiff::tz::TimeZone;
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Image, ObjectMovement, Url, Workbook,
    Worksheet, XlsxError,
};

use super::columns::{Column, Holds};
use super::long_cells::{EXCEL_TAKES, LongCellCount, fits};
use super::sheet::{Cell, Row, Sheet};
use super::small_pictures::SmallPictures;
use super::{ExportError, LongCells};
use crate::clock::Timestamp;
use crate::model::BlobHash;

/// The long side of the pictures in the rows, in pixels.
pub(super) const PICTURE_SIDE: u32 = 160;
/// Above so many rows there are no pictures unless somebody asks: they are held in memory, some 5 KB each, and spreadsheet
/// programs become slow.
pub(super) const ROWS_WITH_PICTURES: u64 = 20_000;
/// What one sheet holds; the header is one of them.
const ROWS_A_SHEET: u32 = 1_048_576;
/// Excel takes no more links in one sheet.
const LINKS_A_SHEET: u32 = 65_530;
const ROW_HEIGHT: u32 = 104;
const PICTURE_WIDTH: u32 = 156;
/// Integers beyond this are not the same as a floating point number, and Excel shows fifteen digits.
const EXACT: u64 = 999_999_999_999_999;

pub(super) struct XlsxSheet<'w, W: Write + Send> {
    out: W,
    book: Workbook,
    page: Worksheet,
    /// What the rows are; the name of each page.
    name: &'static str,
    pages: u32,
    /// Of this page, the header included.
    rows: u32,
    links: u32,
    zone: TimeZone,
    pictures: Option<SmallPictures<'w>>,
    /// They are wanted however many rows there are.
    pictures_asked: bool,
    columns: Vec<Column>,
    formats: Formats,
    long: LongCellCount,
}

struct Formats {
    header: Format,
    plain: Format,
    text: Format,
    amount: Format,
    time: Format,
    link: Format,
}

impl Formats {
    fn new() -> Self {
        let plain = Format::new().set_align(FormatAlign::Top);
        Self {
            header: Format::new()
                .set_bold()
                .set_background_color(Color::RGB(0x00E9_ECEF))
                .set_border_bottom(FormatBorder::Thin)
                .set_align(FormatAlign::VerticalCenter),
            text: plain.clone().set_text_wrap(),
            amount: plain.clone().set_num_format("#,##0"),
            time: plain.clone().set_num_format("yyyy-mm-dd hh:mm:ss"),
            link: plain.clone().set_hyperlink(),
            plain,
        }
    }
}

impl<'w, W: Write + Send> XlsxSheet<'w, W> {
    /// `name` is what the rows are, for the tab of the sheet. Times are shown in `zone`. Where there are more than
    /// [`ROWS_WITH_PICTURES`] rows, they have pictures only if these are `pictures_asked` for.
    pub(super) fn new(
        out: W,
        name: &'static str,
        zone: TimeZone,
        pictures: Option<SmallPictures<'w>>,
        pictures_asked: bool,
    ) -> Result<Self, ExportError> {
        let mut book = Workbook::new();
        // The same rows make the same file.
        let never = ExcelDateTime::from_ymd(2000, 1, 1)?;
        let comment = format!("Times are those of {}.", zone.iana_name().unwrap_or("this computer"));
        book.set_properties(&DocProperties::new().set_creation_datetime(&never).set_comment(comment));
        let page = book.new_worksheet_with_constant_memory()?;
        Ok(Self {
            out,
            book,
            page,
            name,
            pages: 0,
            rows: 0,
            links: 0,
            zone,
            pictures,
            pictures_asked,
            columns: Vec::new(),
            formats: Formats::new(),
            long: LongCellCount::default(),
        })
    }

    fn begin_page(&mut self) -> Result<(), ExportError> {
        self.pages += 1;
        (self.rows, self.links) = (1, 0);
        let name = if self.pages == 1 { self.name.to_owned() } else { format!("{} {}", self.name, self.pages) };
        self.page.set_name(name)?;
        self.page.set_freeze_panes(1, 0)?;
        let first = self.first_column();
        if self.pictures.is_some() {
            self.page.set_column_width_pixels(0, PICTURE_WIDTH)?;
            self.page.write_string_with_format(0, 0, "Picture", &self.formats.header)?;
        }
        for (at, column) in (first..).zip(&self.columns) {
            self.page.set_column_width(at, width(column))?;
            self.page.write_string_with_format(0, at, printable(&column.title), &self.formats.header)?;
        }
        Ok(())
    }

    fn end_page(&mut self) -> Result<(), ExportError> {
        let columns = self.first_column() + self.columns.len() as u16;
        if columns > 0 {
            self.page.autofilter(0, 0, self.rows - 1, columns - 1)?;
        }
        let next = self.book.new_worksheet_with_constant_memory()?;
        let page = std::mem::replace(&mut self.page, next);
        self.book.push_worksheet(page);
        Ok(())
    }

    fn first_column(&self) -> u16 {
        u16::from(self.pictures.is_some())
    }

    fn write(&mut self, row: u32, at: u16, column: usize, cell: &Cell<'_>, filename: &str) -> Result<(), ExportError> {
        match cell {
            Cell::Empty => {}
            Cell::Text(text) | Cell::Joined(text) => self.write_text(row, at, column, text, filename)?,
            Cell::List(values) => self.write_text(row, at, column, &values.join("; "), filename)?,
            Cell::Number(number) if number.unsigned_abs() <= EXACT => {
                let format = match self.columns[column].holds {
                    Holds::Amount => &self.formats.amount,
                    Holds::Word | Holds::Line | Holds::Text | Holds::Link | Holds::Time | Holds::Id => {
                        &self.formats.plain
                    }
                };
                self.page.write_number_with_format(row, at, *number as f64, format)?;
            }
            Cell::Number(number) => self.write_text(row, at, column, &number.to_string(), filename)?,
            Cell::Digits(digits) => match exactly(digits) {
                Some(number) => {
                    self.page.write_number_with_format(row, at, number, &self.formats.plain)?;
                }
                None => self.write_text(row, at, column, digits, filename)?,
            },
            Cell::Time(moment) => match self.local(*moment) {
                Some(time) => {
                    self.page.write_datetime_with_format(row, at, time, &self.formats.time)?;
                }
                None => self.write_text(row, at, column, &moment.to_string(), filename)?,
            },
        }
        Ok(())
    }

    fn write_text(&mut self, row: u32, at: u16, column: usize, text: &str, filename: &str) -> Result<(), ExportError> {
        let mut text = printable(text);
        if !fits(&text) {
            text = cut(&text);
            self.long.note(column, filename);
        }
        let holds = self.columns[column].holds;
        if holds == Holds::Link && self.links < LINKS_A_SHEET && is_web_address(&text) {
            // An address that Excel does not take as a link is a text.
            let link = Url::new(&*text).set_text("Open in Fotoware");
            if self.page.write_url_with_format(row, at, link, &self.formats.link).is_ok() {
                self.links += 1;
                return Ok(());
            }
        }
        let format = match holds {
            Holds::Text => &self.formats.text,
            Holds::Word | Holds::Line | Holds::Amount | Holds::Link | Holds::Time | Holds::Id => &self.formats.plain,
        };
        self.page.write_string_with_format(row, at, text, format)?;
        Ok(())
    }

    /// The time where the user is; `None` before 1900 and after 9999, which Excel does not know.
    fn local(&self, moment: Timestamp) -> Option<jiff::civil::DateTime> {
        let time = jiff::Timestamp::from_millisecond(moment.0).ok()?.to_zoned(self.zone.clone()).datetime();
        (1900..=9999).contains(&time.year()).then_some(time)
    }

    fn put_picture(&mut self, row: u32, hash: BlobHash, filename: &str) -> Result<(), ExportError> {
        let Some(pictures) = &mut self.pictures else { return Ok(()) };
        let Some(jpeg) = pictures.of(hash)? else { return Ok(()) };
        let alt_text: String = printable(filename).chars().take(200).collect();
        let picture = Image::new_from_buffer(jpeg)?
            .set_alt_text(alt_text)
            .set_object_movement(ObjectMovement::MoveAndSizeWithCells);
        self.page.insert_image_fit_to_cell_centered(row, 0, &picture)?;
        Ok(())
    }
}

impl<W: Write + Send> Sheet for XlsxSheet<'_, W> {
    fn holds_pictures(&self) -> bool {
        self.pictures.is_some()
    }

    fn header(&mut self, columns: &[Column], rows: u64) -> Result<(), ExportError> {
        self.pictures = self.pictures.take().filter(|_| self.pictures_asked || rows <= ROWS_WITH_PICTURES);
        self.columns = columns.to_vec();
        self.long.begin(columns.iter().map(|column| column.title.clone().into_owned()).collect());
        self.begin_page()
    }

    fn part(&mut self, title: &'static str) -> Result<(), ExportError> {
        if self.rows > 1 {
            self.end_page()?;
        }
        self.name = title;
        self.pages = 0;
        self.begin_page()
    }

    fn row(&mut self, row: Row<'_, '_>) -> Result<(), ExportError> {
        if self.rows == ROWS_A_SHEET {
            self.end_page()?;
            self.begin_page()?;
        }
        self.long.next_row();
        let at = self.rows;
        self.rows += 1;
        if self.pictures.is_some() {
            self.page.set_row_height_pixels(at, ROW_HEIGHT)?;
        }
        if let Some(hash) = row.picture {
            self.put_picture(at, hash, row.filename)?;
        }
        let first = self.first_column();
        for (column, cell) in row.cells.iter().enumerate() {
            self.write(at, first + column as u16, column, cell, row.filename)?;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<Option<LongCells>, ExportError> {
        self.end_page()?;
        self.book.save_to_writer(&mut self.out)?;
        self.out.flush()?;
        Ok(self.long.take(true))
    }
}

/// In letters.
fn width(column: &Column) -> f64 {
    let least: f64 = match column.holds {
        Holds::Word => 12.0,
        Holds::Amount => 13.0,
        Holds::Link => 18.0,
        Holds::Time => 19.0,
        Holds::Line => 26.0,
        Holds::Id => 34.0,
        Holds::Text => 48.0,
    };
    // The filter's arrow stands over the end of the title.
    least.max(column.title.chars().count().min(40) as f64 + 4.0)
}

/// A number whose digits Excel keeps.
fn exactly(digits: &str) -> Option<f64> {
    let figures = digits.bytes().filter(u8::is_ascii_digit).count();
    let number: f64 = digits.parse().ok()?;
    (figures <= 15 && number.is_finite()).then_some(number)
}

fn is_web_address(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

/// Without what XML forbids; a line ends with one character.
fn printable(text: &str) -> String {
    let allowed =
        |letter: &char| !matches!(letter, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}');
    text.replace("\r\n", "\n").replace('\r', "\n").chars().filter(allowed).collect()
}

/// As much of a text as a cell takes, and an ellipsis.
fn cut(text: &str) -> String {
    let mut units = 0;
    let beginning = text.chars().take_while(|letter| {
        units += letter.len_utf16();
        units < EXCEL_TAKES
    });
    let mut beginning: String = beginning.collect();
    beginning.push('…');
    beginning
}

impl From<XlsxError> for ExportError {
    fn from(error: XlsxError) -> Self {
        match error {
            XlsxError::IoError(error) | XlsxError::TempFileError(_, error) => Self::Write(error),
            XlsxError::ZipError(error) => Self::Write(error.into()),
            other => Self::Write(std::io::Error::other(other.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_fits_and_ends_with_an_ellipsis() {
        for long in ["a".repeat(40_000), "🚤".repeat(20_000), format!("a{}", "🚤".repeat(20_000))] {
            let cut = cut(&long);
            assert!(fits(&cut) && cut.ends_with('…') && long.starts_with(cut.trim_end_matches('…')));
            assert!(cut.encode_utf16().count() >= EXCEL_TAKES - 1);
        }
    }

    #[test]
    fn a_number_that_excel_would_round_stays_a_text() {
        assert_eq!(exactly("-0.1278"), Some(-0.1278));
        assert_eq!(exactly("999999999999999"), Some(999_999_999_999_999.0));
        assert_eq!(exactly("9007199254740993"), None);
        assert_eq!(exactly("1e999"), None);
    }

    #[test]
    fn nothing_that_xml_forbids_is_left() {
        assert_eq!(printable("a\0b\u{b}c\u{ffff}d\r\ne\rf\tg"), "abcd\ne\nf\tg");
    }
}
