//! Land: ridges with lit and shaded flanks, snow, dunes, woods, fields.

use tiny_skia::{Path, PathBuilder, Pixmap};

use super::canvas::{add_polygon, fade, polygon, solid, stretched};
use super::noise::{crested, layered, smooth, step};
use super::palette::Rgb;
use super::sky::premultiplied;
use super::stage::Stage;

const COLUMNS: usize = 360;
const ROWS: u32 = 66;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Form {
    Hills,
    Mountains,
    Peaks,
    Dunes,
}

/// One ridge across the picture.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ridge {
    pub form: Form,
    /// Where its valleys lie, and how far its tops rise above them, in pixels.
    pub foot: f32,
    pub rise: f32,
    /// 0 far away to 1 at one's feet.
    pub nearness: f32,
    /// From which share of its height there is snow; 1 is none.
    pub snow: f32,
}

/// The outline of a ridge: its height in pixels at even steps.
pub(super) struct Outline {
    tops: Vec<f32>,
    width: f32,
}

impl Outline {
    pub(super) fn level(y: f32, width: f32) -> Self {
        Self { tops: vec![y; 2], width }
    }

    pub(super) fn at(&self, x: f32) -> f32 {
        let place = (x / self.width * (self.tops.len() - 1) as f32).clamp(0.0, (self.tops.len() - 1) as f32);
        let left = place as usize;
        let right = (left + 1).min(self.tops.len() - 1);
        self.tops[left] + (self.tops[right] - self.tops[left]) * (place - left as f32)
    }

    fn down_to(&self, bottom: f32) -> Option<Path> {
        let last = (self.tops.len() - 1) as f32;
        let along = self.tops.iter().enumerate().map(|(at, &y)| (at as f32 / last * self.width, y));
        polygon([(0.0, bottom)].into_iter().chain(along).chain([(self.width, bottom)]))
    }
}

impl Stage {
    pub(super) fn land_colour(&self, nearness: f32) -> Rgb {
        self.palette.far.mix(self.palette.near, nearness.powf(0.85))
    }

    pub(super) fn ridge(&mut self, ridge: Ridge) -> Outline {
        let seed = self.chance.draw() as u32;
        let outline = self.outline(&ridge, seed);
        let colour = self.land_colour(ridge.nearness);
        let mist = colour.mix(self.palette.haze(), 0.62 * (1.0 - ridge.nearness));
        let top = ridge.foot - ridge.rise;
        let bottom = self.height();
        let ink = fade(top, ridge.foot + ridge.rise * 0.6, &[(0.0, colour, 1.0), (1.0, mist, 1.0)]);
        self.canvas.fill(outline.down_to(bottom), ink);
        let too_dark_to_see = ridge.form == Form::Hills && ridge.nearness > 0.85;
        if too_dark_to_see {
            return outline;
        }
        if let Some(flanks) = self.flanks(&ridge, &outline, seed) {
            let span = flank_span(&ridge);
            let width = self.width();
            self.canvas.fill(outline.down_to(top + span), stretched(&flanks, 0.0, top, width, span));
        }
        outline
    }

    fn outline(&self, ridge: &Ridge, seed: u32) -> Outline {
        let wide = self.width() / self.unit();
        let height = |at: usize| {
            let x = at as f32 / COLUMNS as f32 * wide;
            match ridge.form {
                Form::Hills => layered(x * 1.5, 0.5, seed, 4) * 1.25 - 0.12,
                Form::Mountains => crested(x * 1.25, 0.5, seed, 6).powf(1.25) * 1.1 - 0.08,
                Form::Peaks => crested(x * 1.7, 0.5, seed, 6).powf(2.0) * 1.25,
                Form::Dunes => {
                    let bend = smooth(x * 1.3, 0.5, seed);
                    let saw = (x * 0.9 + bend * 1.4).fract();
                    let crest = if saw < 0.7 { step(0.0, 0.7, saw) } else { 1.0 - step(0.7, 1.0, saw) };
                    crest * (0.5 + 0.5 * smooth(x * 0.8, 3.0, seed))
                }
            }
        };
        let tops = (0..=COLUMNS).map(|at| ridge.foot - ridge.rise * height(at).clamp(-0.2, 1.2)).collect();
        Outline { tops, width: self.width() }
    }

    /// Light and shade on the slopes below the outline, and snow, as a coarse picture.
    fn flanks(&self, ridge: &Ridge, outline: &Outline, seed: u32) -> Option<Pixmap> {
        let mut coarse = Pixmap::new(COLUMNS as u32, ROWS)?;
        let (width, unit, top, span) = (self.width(), self.unit(), ridge.foot - ridge.rise, flank_span(ridge));
        let contrast = if self.palette.backlit { 0.5 } else { 0.9 } * (0.35 + 0.65 * ridge.nearness.min(0.75));
        let rough = match ridge.form {
            Form::Hills => 0.35,
            Form::Mountains | Form::Peaks => 1.0,
            Form::Dunes => 0.12,
        };
        let lit = self.palette.light.mix(self.palette.sky[3], 0.4);
        let shade = self.palette.near.mix(self.palette.sky[0], 0.3);
        let snow_lit = Rgb::WHITE.mix(self.palette.light, 0.5).mix(self.palette.haze(), 0.25 * (1.0 - ridge.nearness));
        let snow_shade = self.palette.sky[1].mix(snow_lit, 0.42);
        let side = self.sun_side();
        let reach = unit * 0.012;
        for (at, pixel) in coarse.pixels_mut().iter_mut().enumerate() {
            let (column, row) = ((at % COLUMNS) as f32, (at / COLUMNS) as f32);
            let (x, y) = (column / COLUMNS as f32 * width, top + (row + 0.5) / ROWS as f32 * span);
            let below = (y - outline.at(x)) / ridge.rise;
            if below < -0.06 {
                continue;
            }
            let below = below.max(0.0);
            // Gullies run down from the crest and wander the more the lower they get.
            let wander =
                (smooth(x / unit * 9.0, y / unit * 5.0, seed ^ 0x33) - 0.5) * unit * 0.28 * below.min(0.8) * rough;
            let broad = (outline.at(x + reach * 7.0) - outline.at(x - reach * 7.0)) / (14.0 * reach);
            // ... and away from the tops, which the broad slope tells.
            let around = x + wander - broad.clamp(-0.8, 0.8) * below * ridge.rise * 0.75 * rough;
            let slope = (outline.at(around + reach) - outline.at(around - reach)) / (2.0 * reach);
            let grain = crested(around / unit * 13.0, y / unit * 4.5 + below, seed ^ 0x77, 3) - 0.56;
            let tone = (slope * -side * 0.75 + grain * rough * 1.5).clamp(-1.0, 1.0);
            let fading = (1.0 - below * 0.75).max(0.0);
            let (mut colour, mut alpha) = if tone > 0.0 { (lit, tone * 0.42) } else { (shade, -tone * 0.62) };
            alpha *= contrast * fading;
            let height = 1.0 - (y - top) / ridge.rise;
            let snow = step(ridge.snow - 0.06, ridge.snow + 0.1, height + grain * 0.4 - tone.abs() * 0.04);
            if ridge.snow < 1.0 && snow > 0.0 {
                let white = snow_shade.mix(snow_lit, step(-0.35, 0.3, tone));
                colour = colour.mix(white, snow);
                alpha += (0.92 - alpha) * snow;
            }
            *pixel = premultiplied(colour, alpha);
        }
        Some(coarse)
    }

    /// Ledges and cracks in a rock of this shape, whose top is at `crown`.
    pub(super) fn strata(&mut self, rock: Option<Path>, crown: f32) {
        let Some(mut coarse) = Pixmap::new(COLUMNS as u32, ROWS) else {
            return;
        };
        let (width, unit, span, seed) = (self.width(), self.unit(), self.height() - crown, self.seed);
        let (lit, shade) = (self.palette.light, self.palette.near.mix(Rgb::BLACK, 0.4));
        for (at, pixel) in coarse.pixels_mut().iter_mut().enumerate() {
            let (column, row) = ((at % COLUMNS) as f32, (at / COLUMNS) as f32);
            let (x, y) = (column / COLUMNS as f32 * width / unit, row / ROWS as f32 * span / unit);
            let lean = smooth(x * 2.0, y * 2.0, seed) * 0.4;
            let ledge = crested(x * 4.0 + lean, (y + lean * 0.3) * 15.0, seed, 4) - 0.55;
            let fading = step(0.0, 0.06, y);
            let (colour, alpha) = if ledge > 0.0 { (lit, ledge * 0.6) } else { (shade, -ledge * 1.5) };
            *pixel = premultiplied(colour, (alpha * fading).clamp(0.0, 0.7));
        }
        self.canvas.fill(rock, stretched(&coarse, 0.0, crown, width, span));
    }

    /// Spruces along an outline. `size` is how tall they are, in pixels.
    pub(super) fn spruces(&mut self, outline: &Outline, size: f32, gap: f32, colour: Rgb) {
        let mut wood = PathBuilder::new();
        let mut x = -size;
        while x < self.width() + size {
            let tall = size * self.chance.within(0.45..1.15);
            spruce(&mut wood, x, outline.at(x) + size * 0.12, tall, &mut self.chance);
            x += size * gap * self.chance.within(0.4..1.6);
        }
        self.canvas.fill(wood.finish(), solid(colour, 1.0));
    }

    /// A few spruces in the foreground, at one side.
    pub(super) fn near_spruces(&mut self, count: usize) {
        let (width, height, unit) = (self.width(), self.height(), self.unit());
        let left = self.chance.one_in(2);
        let mut wood = PathBuilder::new();
        for _ in 0..count {
            let place = self.chance.unit().powi(2) * 0.38;
            let x = width * if left { place } else { 1.0 - place };
            let tall = unit * self.chance.within(0.3..0.75) * (1.0 - place);
            spruce(&mut wood, x, height + unit * 0.03, tall, &mut self.chance);
        }
        let colour = self.palette.near.mix(Rgb::BLACK, 0.25);
        self.canvas.fill(wood.finish(), solid(colour, 1.0));
    }

    /// Rows of a crop that run to a point on the horizon.
    pub(super) fn crop_rows(&mut self, top: f32, crop: Rgb, soil: Rgb) {
        let (width, height, unit) = (self.width(), self.height(), self.unit());
        let vanish = (width * self.chance.within(0.25..0.75), top - unit * 0.02);
        self.canvas.band(
            top,
            height,
            &[(0.0, crop.mix(self.palette.haze(), 0.45)), (0.3, crop), (1.0, crop.mix(soil, 0.25))],
        );
        let rows = 26;
        let reach = width.max(height) * 2.2;
        let mut furrows = PathBuilder::new();
        for row in -rows..rows {
            let start = vanish.0 + row as f32 / rows as f32 * reach;
            let wide = reach / rows as f32 * 0.36;
            let edge = |x: f32| vanish.0 + (x - vanish.0) * (top - vanish.1) / (height - vanish.1);
            add_polygon(
                &mut furrows,
                [(edge(start), top), (start, height), (start + wide, height), (edge(start + wide), top)],
            );
        }
        self.canvas
            .fill(furrows.finish(), fade(top, height, &[(0.0, soil, 0.0), (0.25, soil, 0.45), (1.0, soil, 0.8)]));
        self.tufts(top, crop);
    }

    /// Flower heads and stalks that catch the light.
    fn tufts(&mut self, top: f32, crop: Rgb) {
        let (width, height, unit) = (self.width(), self.height(), self.unit());
        let light = crop.mix(self.palette.light, 0.5);
        let dark = crop.mix(self.palette.near, 0.5);
        for tuft in 0..900 {
            let near = self.chance.unit().powf(0.7);
            let (x, y) = (self.chance.unit() * width, top + near * (height - top));
            let size = unit * (0.0012 + near * 0.006) * self.chance.within(0.5..1.3);
            let colour = if tuft % 3 == 0 { dark } else { light };
            self.canvas
                .fill(polygon([(x - size * 0.5, y), (x, y - size * 1.6), (x + size * 0.5, y)]), solid(colour, 0.5));
        }
    }
}

fn flank_span(ridge: &Ridge) -> f32 {
    ridge.rise * 1.35
}

fn spruce(wood: &mut PathBuilder, x: f32, foot: f32, tall: f32, chance: &mut crate::chance::Chance) {
    let wide = tall * chance.within(0.17..0.24);
    add_polygon(
        wood,
        [
            (x - wide * 0.1, foot),
            (x - wide * 0.06, foot - tall * 0.3),
            (x + wide * 0.06, foot - tall * 0.3),
            (x + wide * 0.1, foot),
        ],
    );
    let tiers = 9;
    for tier in 0..tiers {
        let up = tier as f32 / tiers as f32;
        let base = foot - tall * (0.07 + up * 0.84);
        let reach = wide * (1.0 - up * 0.88);
        let (left, right) = (reach * chance.within(0.7..1.15), reach * chance.within(0.7..1.15));
        let branches = [
            (x - left, base + tall * 0.03),
            (x - left * 0.4, base - tall * 0.06),
            (x, base - tall * 0.2),
            (x + right * 0.4, base - tall * 0.06),
            (x + right, base + tall * 0.03),
            (x, base - tall * 0.012),
        ];
        add_polygon(wood, branches);
    }
}
