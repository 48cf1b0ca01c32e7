//! Lines of text in any script: which font has which letters, which direction they run in, and how wide they are.
//!
//! One font is in the program, for Latin, Greek and Cyrillic. The system's fonts are looked at only for letters that it
//! lacks. A letter that no font has is a box.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use fontdb::{Database, Style};
use krilla::geom::Point;
use krilla::surface::Surface;
use krilla::text::{Font, TextDirection};
use rustybuzz::{Direction, UnicodeBuffer};
use unicode_bidi::BidiInfo;

const OWN_FONT: &[u8] = include_bytes!("fonts/NotoSans-Regular.ttf");

pub(super) struct Lettering {
    fonts: Vec<LoadedFont>,
    /// The font of each letter that was met; the first one for letters that no font has.
    of_letter: HashMap<char, usize>,
    /// Looked for when it is needed.
    system: Option<SystemFonts>,
}

struct LoadedFont {
    data: Arc<Vec<u8>>,
    index: u32,
    font: Font,
}

/// A piece of a line that has one font and one direction.
struct Piece {
    range: Range<usize>,
    font: usize,
    is_rtl: bool,
    /// At the size of one.
    width: f32,
}

/// A text that fits, in pieces from left to right.
pub(super) struct Line {
    text: String,
    pieces: Vec<Piece>,
}

impl Line {
    /// At the size of one.
    fn width(&self) -> f32 {
        self.pieces.iter().map(|piece| piece.width).sum()
    }
}

impl Lettering {
    /// `None` only if the font of the program were damaged.
    pub(super) fn new() -> Option<Self> {
        let own = LoadedFont::new(Arc::new(OWN_FONT.to_vec()), 0)?;
        Some(Self { fonts: vec![own], of_letter: HashMap::new(), system: None })
    }

    /// As much of a text as fits into `width` points at a size, with an ellipsis where it does not all fit.
    pub(super) fn line(&mut self, text: &str, size: f32, width: f32) -> Line {
        let plain: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
        let whole = self.set(plain.trim().to_owned());
        if whole.width() * size <= width {
            return whole;
        }
        let ends: Vec<usize> = whole.text.char_indices().map(|(at, _)| at).collect();
        // The longest beginning that fits.
        let (mut fits, mut too_long) = (0, ends.len());
        while fits + 1 < too_long {
            let middle = fits.midpoint(too_long);
            let cut = self.set(format!("{}…", whole.text[..ends[middle]].trim_end()));
            if cut.width() * size <= width { fits = middle } else { too_long = middle }
        }
        self.set(format!("{}…", whole.text[..ends.get(fits).copied().unwrap_or_default()].trim_end()))
    }

    /// Draws a line so that it begins, ends, or has its middle at `x`.
    pub(super) fn draw(&self, surface: &mut Surface<'_>, line: &Line, (x, y): (f32, f32), size: f32, align: Align) {
        let width = line.width() * size;
        let mut x = match align {
            Align::Start => x,
            Align::Middle => x - width / 2.0,
            Align::End => x - width,
        };
        for Piece { range, font, is_rtl, width } in &line.pieces {
            let direction = if *is_rtl { TextDirection::RightToLeft } else { TextDirection::LeftToRight };
            let font = self.fonts[*font].font.clone();
            surface.draw_text(Point::from_xy(x, y), font, size, &line.text[range.clone()], false, direction);
            x += width * size;
        }
    }

    /// Cuts a text into pieces, in the order in which they are seen.
    fn set(&mut self, text: String) -> Line {
        let bidi = BidiInfo::new(&text, None);
        let mut pieces = Vec::new();
        for paragraph in &bidi.paragraphs {
            let (levels, runs) = bidi.visual_runs(paragraph, paragraph.range.clone());
            for run in runs {
                let is_rtl = levels[run.start].is_rtl();
                let mut of_run = self.by_font(&text, run, is_rtl);
                if is_rtl {
                    of_run.reverse();
                }
                pieces.extend(of_run);
            }
        }
        Line { text, pieces }
    }

    fn by_font(&mut self, text: &str, run: Range<usize>, is_rtl: bool) -> Vec<Piece> {
        let mut pieces: Vec<(Range<usize>, usize)> = Vec::new();
        for (at, letter) in text[run.clone()].char_indices() {
            let at = run.start + at;
            let end = at + letter.len_utf8();
            match pieces.last_mut() {
                // What a letter carries, and blanks between letters of one font, stay with it.
                Some((range, font)) if self.stays(*font, letter) || *font == self.font_of(letter) => range.end = end,
                _ => pieces.push((at..end, self.font_of(letter))),
            }
        }
        let piece = |(range, font): (Range<usize>, usize)| {
            let width = self.fonts[font].width(&text[range.clone()], is_rtl);
            Piece { range, font, is_rtl, width }
        };
        pieces.into_iter().map(piece).collect()
    }

    /// Whether a letter is no reason to change from a font that has it, too.
    fn stays(&self, font: usize, letter: char) -> bool {
        let is_shared = letter.is_whitespace() || !letter.is_alphanumeric();
        is_shared && self.fonts[font].has(letter)
    }

    fn font_of(&mut self, letter: char) -> usize {
        if let Some(font) = self.of_letter.get(&letter) {
            return *font;
        }
        let loaded = self.fonts.iter().position(|font| font.has(letter));
        let font = loaded.or_else(|| self.load_for(letter)).unwrap_or_default();
        self.of_letter.insert(letter, font);
        font
    }

    fn load_for(&mut self, letter: char) -> Option<usize> {
        let system = self.system.get_or_insert_with(SystemFonts::load);
        let (data, index) = system.with(letter)?;
        let loaded = LoadedFont::new(Arc::new(data), index)?;
        self.fonts.push(loaded);
        Some(self.fonts.len() - 1)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Start,
    Middle,
    End,
}

impl LoadedFont {
    fn new(data: Arc<Vec<u8>>, index: u32) -> Option<Self> {
        let font = Font::new(data.clone().into(), index)?;
        Some(Self { data, index, font })
    }

    fn face(&self) -> Option<rustybuzz::Face<'_>> {
        rustybuzz::Face::from_slice(&self.data, self.index)
    }

    fn has(&self, letter: char) -> bool {
        self.face().is_some_and(|face| face.glyph_index(letter).is_some())
    }

    /// At the size of one.
    fn width(&self, text: &str, is_rtl: bool) -> f32 {
        let Some(face) = self.face() else { return 0.0 };
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        buffer.set_direction(if is_rtl { Direction::RightToLeft } else { Direction::LeftToRight });
        let shaped = rustybuzz::shape(&face, &[], buffer);
        let advance: i32 = shaped.glyph_positions().iter().map(|glyph| glyph.x_advance).sum();
        advance as f32 / face.units_per_em() as f32
    }
}

/// The fonts of this computer, the plainest first.
struct SystemFonts {
    database: Database,
    ids: Vec<fontdb::ID>,
}

impl SystemFonts {
    fn load() -> Self {
        let mut database = Database::new();
        database.load_system_fonts();
        let mut faces: Vec<_> = database.faces().collect();
        faces.sort_by_key(|face| {
            let name = face.families.first().map(|(name, _)| name.as_str()).unwrap_or_default();
            let is_plain = face.style == Style::Normal && !face.monospaced;
            (!is_plain, face.weight.0.abs_diff(400), !name.contains("Sans"), name.to_owned(), face.index)
        });
        let ids = faces.into_iter().map(|face| face.id).collect();
        Self { database, ids }
    }

    /// The plainest font that has a letter, with its data and its place in them.
    fn with(&self, letter: char) -> Option<(Vec<u8>, u32)> {
        let has = |id: &&fontdb::ID| {
            let found = self.database.with_face_data(**id, |data, index| {
                rustybuzz::Face::from_slice(data, index).is_some_and(|face| face.glyph_index(letter).is_some())
            });
            found == Some(true)
        };
        let id = *self.ids.iter().find(has)?;
        self.database.with_face_data(id, |data, index| (data.to_vec(), index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_ends_with_an_ellipsis_and_fits() {
        let mut lettering = Lettering::new().unwrap();
        let short = lettering.line("Vardø", 8.0, 100.0);
        assert_eq!(short.text, "Vardø");
        let long = lettering.line(&"Όμορφη θάλασσα, море. ".repeat(20), 8.0, 100.0);
        assert!(long.text.ends_with('…') && long.width() * 8.0 <= 100.0, "{}", long.text);
        assert!(long.width() * 8.0 > 80.0, "no more is cut than has to be");
        assert_eq!(lettering.line("anything", 8.0, 0.5).text, "…");
        assert_eq!(lettering.line("two\nlines", 8.0, 100.0).text, "two lines");
        assert!(lettering.system.is_none(), "the program's own font has all of these letters");
    }

    #[test]
    fn letters_from_right_to_left_are_seen_in_their_order() {
        let mut lettering = Lettering::new().unwrap();
        let line = lettering.line("abc אבג def", 8.0, 400.0);
        let seen: Vec<(&str, bool)> =
            line.pieces.iter().map(|piece| (&line.text[piece.range.clone()], piece.is_rtl)).collect();
        assert_eq!(seen.iter().filter(|(_, is_rtl)| *is_rtl).map(|(text, _)| *text).collect::<String>().trim(), "אבג");
        assert!(seen.first().is_some_and(|(text, _)| text.starts_with("abc")), "{seen:?}");
    }
}
