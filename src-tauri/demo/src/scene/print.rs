//! What is made for print: the first page of a document, and posters.

use tiny_skia::PathBuilder;

use super::canvas::{Canvas, add_polygon, fade, oval, polygon, rect, solid, stretched};
use super::palette::Rgb;
use super::subject::Subject;
use super::{landscape, retouch::Retouch};
use crate::chance::Chance;

const ACCENTS: [u32; 6] = [0xb5432f, 0x1f5c7a, 0x2f6a4c, 0xc98a1f, 0x6a3f7c, 0x22262b];

/// Ground, and four colours that go with it.
const POSTERS: [(u32, [u32; 4]); 7] = [
    (0xf2e8d5, [0xd1442f, 0x1f3f5b, 0xe9a93a, 0x2b2b2b]),
    (0x15303f, [0xf2c14e, 0xf78154, 0x4d9078, 0xf4ecd8]),
    (0xe7dccb, [0x2f4858, 0xf26419, 0x86bbd8, 0xf6ae2d]),
    (0x2b1d2f, [0xf26a6a, 0xffb56b, 0x6b4f9c, 0xfbe8d3]),
    (0xdde5df, [0x264653, 0x2a9d8f, 0xe76f51, 0xe9c46a]),
    (0xf6d8ae, [0x083d77, 0xda4167, 0xf4d35e, 0x2e4057]),
    (0x1b2a1f, [0xe9d8a6, 0xca6702, 0x94d2bd, 0x9b2226]),
];

pub(super) fn page(seed: u32, mut canvas: Canvas, retouch: Retouch) -> Canvas {
    let mut chance = Chance::of(u64::from(seed), &[0xBA6E]);
    let (width, height) = (canvas.width, canvas.height);
    let paper = Rgb::hex(0xfbfaf6);
    let accent = Rgb::hex(*chance.pick(&ACCENTS));
    let ink = Rgb::hex(0x3a3d42);
    canvas.band(0.0, height, &[(0.0, paper), (1.0, Rgb::hex(0xf1efe8))]);
    let margin = width * 0.09;
    let column = width - margin * 2.0;

    let cover_bottom = height * chance.within(0.36..0.5);
    let cover_top = if chance.one_in(2) { 0.0 } else { height * 0.2 };
    let subject = *chance.pick(&[Subject::Coast, Subject::City, Subject::Lake, Subject::Mountains, Subject::Harbour]);
    let picture_height = cover_bottom - cover_top;
    if let Some(inner) = Canvas::new(width as u32, picture_height as u32) {
        let cover = landscape::paint(subject, seed ^ 0x9E37, inner, retouch);
        canvas.fill(
            rect(0.0, cover_top, width, picture_height),
            stretched(&cover.pixmap, 0.0, cover_top, width, picture_height),
        );
    }
    let on_top = cover_top <= 0.0;
    let title_at = if on_top { cover_bottom + height * 0.045 } else { height * 0.06 };
    canvas.fill(rect(margin, title_at - height * 0.014, column * 0.12, height * 0.006), solid(accent, 1.0));
    let headline = Setting { measure: column * 0.92, size: height * 0.028, lines: 1, ink: accent.mix(ink, 0.6) };
    headline.set(&mut canvas, &mut chance, (margin, title_at));
    Setting { measure: column * 0.6, ..headline }.set(&mut canvas, &mut chance, (margin, title_at + height * 0.042));
    if on_top {
        let standfirst = Setting { measure: column * 0.7, size: height * 0.01, lines: 1, ink: ink.mix(paper, 0.35) };
        standfirst.set(&mut canvas, &mut chance, (margin, title_at + height * 0.088));
    }
    let gutter = width * 0.045;
    let half = (column - gutter) / 2.0;
    let mut y = cover_bottom + height * if on_top { 0.175 } else { 0.05 };
    while y < height * 0.88 {
        let lines = 4 + chance.below(4);
        let body = Setting { measure: half, size: height * 0.006, lines, ink: ink.mix(paper, 0.38) };
        for left in [margin, margin + half + gutter] {
            body.set(&mut canvas, &mut chance, (left, y));
        }
        y += height * (0.0117 * lines as f32 + 0.018);
    }
    canvas.fill(rect(margin, height * 0.945, column, height * 0.0016), solid(accent, 0.8));
    let folio = Setting { measure: column * 0.3, size: height * 0.006, lines: 1, ink: ink.mix(paper, 0.4) };
    folio.set(&mut canvas, &mut chance, (margin, height * 0.957));
    canvas
}

/// Lines of type too small to read: bars of the lengths of words.
#[derive(Clone, Copy)]
struct Setting {
    measure: f32,
    size: f32,
    lines: usize,
    ink: Rgb,
}

impl Setting {
    fn set(self, canvas: &mut Canvas, chance: &mut Chance, corner: (f32, f32)) {
        let Self { measure, size, lines, ink } = self;
        let mut words = PathBuilder::new();
        for line in 0..lines {
            let y = corner.1 + line as f32 * size * 1.95;
            let is_last = line > 0 && line + 1 == lines;
            let end = corner.0 + measure * if is_last { chance.within(0.3..0.8) } else { 1.0 };
            let mut x = corner.0;
            while x < end {
                let long = (size * chance.within(1.2..5.2)).min(end - x);
                add_polygon(&mut words, [(x, y), (x + long, y), (x + long, y + size), (x, y + size)]);
                x += long + size * 0.75;
            }
        }
        canvas.fill(words.finish(), solid(ink, 1.0));
    }
}

/// A poster of plain shapes.
pub(super) fn graphic(seed: u32, mut canvas: Canvas) -> Canvas {
    let mut chance = Chance::of(u64::from(seed), &[0x6EA]);
    let (width, height, unit) = (canvas.width, canvas.height, canvas.unit());
    let &(ground, colours) = chance.pick(&POSTERS);
    let (ground, mut colours) = (Rgb::hex(ground), colours.map(Rgb::hex));
    let first = chance.below(4);
    colours.rotate_left(first);
    canvas.band(0.0, height, &[(0.0, ground), (1.0, ground)]);
    match chance.below(3) {
        0 => rising_sun(&mut canvas, &mut chance, colours),
        1 => tiles(&mut canvas, &mut chance, colours),
        _ => waves(&mut canvas, &mut chance, colours),
    }
    let ink = colours[3];
    let margin = unit * 0.07;
    let title = Setting { measure: width * 0.34, size: unit * 0.03, lines: 1, ink };
    title.set(&mut canvas, &mut chance, (margin, height - margin * 1.6));
    let imprint = Setting { measure: width * 0.24, size: unit * 0.012, ..title };
    imprint.set(&mut canvas, &mut chance, (margin, height - margin * 0.85));
    canvas
}

fn rising_sun(canvas: &mut Canvas, chance: &mut Chance, colours: [Rgb; 4]) {
    let (width, height, unit) = (canvas.width, canvas.height, canvas.unit());
    let middle = (width * chance.within(0.35..0.65), height * chance.within(0.36..0.48));
    for ring in (1..=4).rev() {
        let radius = unit * 0.105 * ring as f32;
        canvas.fill(oval(middle, radius, radius), solid(colours[ring % 3].mix(colours[0], 0.25), 1.0));
    }
    for (at, lift) in [0.58, 0.68, 0.78].into_iter().enumerate() {
        let top = height * lift;
        let peak = width * chance.within(0.2..0.8);
        let shape = polygon([
            (0.0, height),
            (0.0, top + unit * 0.1),
            (peak, top - unit * 0.08),
            (width, top + unit * 0.14),
            (width, height),
        ]);
        let colour = colours[(at + 1) % 3].mix(Rgb::BLACK, 0.12 * at as f32);
        canvas.fill(shape, fade(top, height, &[(0.0, colour, 1.0), (1.0, colour.mix(Rgb::BLACK, 0.22), 1.0)]));
    }
}

fn tiles(canvas: &mut Canvas, chance: &mut Chance, colours: [Rgb; 4]) {
    let cell = canvas.unit() / 5.0;
    let (columns, rows) = ((canvas.width / cell) as usize, ((canvas.height * 0.84) / cell) as usize);
    let left = (canvas.width - columns as f32 * cell) / 2.0;
    for at in 0..columns * rows {
        let (x, y) = (left + (at % columns) as f32 * cell, (at / columns) as f32 * cell + cell * 0.1);
        let (one, other) = (colours[chance.below(4)], colours[chance.below(4)]);
        canvas.fill(rect(x, y, cell, cell), solid(one, 1.0));
        let shape = match chance.below(5) {
            0 => oval((x + cell / 2.0, y + cell / 2.0), cell * 0.36, cell * 0.36),
            1 => polygon([(x, y), (x + cell, y), (x, y + cell)]),
            2 => polygon([(x + cell, y), (x + cell, y + cell), (x, y + cell)]),
            3 => quarter((x, y), cell),
            _ => rect(x, y + cell / 2.0, cell, cell / 2.0),
        };
        canvas.fill(shape, solid(other, 1.0));
    }
}

fn quarter(corner: (f32, f32), size: f32) -> Option<tiny_skia::Path> {
    let (x, y) = corner;
    let bend = size * 0.552;
    let mut path = PathBuilder::new();
    path.move_to(x, y);
    path.line_to(x + size, y);
    path.cubic_to(x + size, y + bend, x + bend, y + size, x, y + size);
    path.close();
    path.finish()
}

fn waves(canvas: &mut Canvas, chance: &mut Chance, colours: [Rgb; 4]) {
    let (width, height, unit) = (canvas.width, canvas.height, canvas.unit());
    let sun = (width * chance.within(0.2..0.8), height * 0.27);
    canvas.fill(oval(sun, unit * 0.16, unit * 0.16), solid(colours[0], 1.0));
    for wave in 0..9 {
        let y = height * (0.3 + wave as f32 * 0.068);
        let (swell, shift) = (unit * chance.within(0.04..0.11), chance.within(-0.3..0.3) * width);
        let mut path = PathBuilder::new();
        path.move_to(0.0, height);
        path.line_to(0.0, y);
        path.cubic_to(
            width * 0.3 + shift,
            y - swell * 2.0,
            width * 0.6 + shift,
            y + swell * 2.0,
            width,
            y - swell * 0.4,
        );
        path.line_to(width, height);
        path.close();
        let colour = colours[(wave + 1) % 3].mix(colours[(wave + 2) % 4], 0.35);
        canvas.fill(path.finish(), solid(colour, 1.0));
    }
}
