//! One page: a grid of frames, each a picture with its lines, and a foot.

use krilla::Document;
use krilla::action::{Action, LinkAction};
use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::color::rgb;
use krilla::geom::{PathBuilder, Rect, Size, Transform};
use krilla::image::Image;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;

use super::lettering::{Align, Lettering};
use crate::export::Layout;

/// A4 in points.
const WIDTH: f32 = 595.28;
const HEIGHT: f32 = 841.89;
const MARGIN: f32 = 34.0;
const GUTTER: f32 = 12.0;
const FOOT: f32 = 22.0;
const LETTERS: f32 = 7.5;
const LEADING: f32 = 10.0;

const INK: (u8, u8, u8) = (0x20, 0x22, 0x26);
const DIM: (u8, u8, u8) = (0x5e, 0x63, 0x6a);
const EMPTY: (u8, u8, u8) = (0xf0, 0xf1, 0xf3);

/// A picture with what stands below it.
pub(super) struct Frame {
    /// A JPEG; `None` if none is kept.
    pub picture: Option<Vec<u8>>,
    pub lines: Vec<String>,
    /// Where the picture leads; nowhere, if that is no web address.
    pub link: String,
    /// What it is called by those who cannot see it.
    pub name: String,
}

pub(super) struct Page<'p> {
    pub layout: Layout,
    pub foot: &'p str,
    pub number: &'p str,
}

impl Page<'_> {
    pub(super) fn draw(&self, document: &mut Document, lettering: &mut Lettering, frames: Vec<Frame>) {
        let Some(settings) = PageSettings::from_wh(WIDTH, HEIGHT) else { return };
        let mut page = document.start_page_with(settings);
        let (columns, rows) = self.layout.grid();
        let width = (WIDTH - 2.0 * MARGIN - GUTTER * (columns - 1) as f32) / columns as f32;
        let height = (HEIGHT - 2.0 * MARGIN - FOOT - GUTTER * (rows - 1) as f32) / rows as f32;
        let place = |nth: usize| {
            let (column, row) = (nth % columns, nth / columns);
            (MARGIN + column as f32 * (width + GUTTER), MARGIN + row as f32 * (height + GUTTER))
        };
        let picture_height = height - 2.0 * LEADING - 4.0;

        let links: Vec<_> = frames.iter().map(|frame| (frame.link.clone(), frame.name.clone())).collect();
        let mut surface = page.surface();
        for (nth, frame) in frames.into_iter().enumerate() {
            let (x, y) = place(nth);
            draw_picture(&mut surface, lettering, frame.picture, (x, y), (width, picture_height));
            for (at, (words, colour)) in frame.lines.iter().zip([INK, DIM]).enumerate() {
                let line = lettering.line(words, LETTERS, width);
                surface.set_fill(Some(fill(colour)));
                let baseline = y + picture_height + LEADING * (at + 1) as f32;
                lettering.draw(&mut surface, &line, (x, baseline), LETTERS, Align::Start);
            }
        }
        surface.set_fill(Some(fill(DIM)));
        let baseline = HEIGHT - MARGIN;
        let number = lettering.line(self.number, LETTERS, 80.0);
        lettering.draw(&mut surface, &number, (WIDTH - MARGIN, baseline), LETTERS, Align::End);
        let foot = lettering.line(self.foot, LETTERS, WIDTH - 2.0 * MARGIN - 90.0);
        lettering.draw(&mut surface, &foot, (MARGIN, baseline), LETTERS, Align::Start);
        surface.finish();

        for (nth, (link, name)) in links.into_iter().enumerate() {
            let (x, y) = place(nth);
            let Some(area) = Rect::from_xywh(x, y, width, picture_height) else { continue };
            if link.starts_with("https://") || link.starts_with("http://") {
                let target = Target::Action(Action::Link(LinkAction::new(link)));
                page.add_annotation(Annotation::new_link(LinkAnnotation::new(area, target), Some(name)));
            }
        }
        page.finish();
    }
}

/// The picture as large as it fits, in the middle of its place; where there is none, that is said.
fn draw_picture(
    surface: &mut Surface<'_>,
    lettering: &mut Lettering,
    jpeg: Option<Vec<u8>>,
    (x, y): (f32, f32),
    (width, height): (f32, f32),
) {
    let image = jpeg.and_then(|jpeg| Image::from_jpeg(jpeg.into(), true).ok());
    let Some(image) = image else {
        let mut outline = PathBuilder::new();
        if let Some(place) = Rect::from_xywh(x, y, width, height) {
            outline.push_rect(place);
        }
        surface.set_fill(Some(fill(EMPTY)));
        if let Some(outline) = outline.finish() {
            surface.draw_path(&outline);
        }
        let line = lettering.line("No picture", LETTERS, width);
        surface.set_fill(Some(fill(DIM)));
        lettering.draw(surface, &line, (x + width / 2.0, y + height / 2.0), LETTERS, Align::Middle);
        return;
    };
    let (pixels_across, pixels_down) = image.size();
    let scale = (width / pixels_across as f32).min(height / pixels_down as f32);
    let (across, down) = (pixels_across as f32 * scale, pixels_down as f32 * scale);
    let Some(size) = Size::from_wh(across, down) else { return };
    surface.push_transform(&Transform::from_translate(x + (width - across) / 2.0, y + (height - down) / 2.0));
    surface.draw_image(image, size);
    surface.pop();
}

fn fill((red, green, blue): (u8, u8, u8)) -> Fill {
    Fill { paint: rgb::Color::new(red, green, blue).into(), opacity: NormalizedF32::ONE, rule: FillRule::NonZero }
}
