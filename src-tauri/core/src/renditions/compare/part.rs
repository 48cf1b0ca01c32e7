//! Which part of a picture another one shows: a crop, whatever its scale, made brighter or retouched. Pure.
//!
//! Both pictures become small fields of lightness. At each scale the one is laid over every place of the other, and what
//! agrees best is moved about in ever larger fields until it lies within a fraction of a pixel. Agreement is normalised
//! cross-correlation, which a change of brightness or contrast leaves as it is.

use image::imageops::{self, FilterType};
use image::{ImageBuffer, Luma, RgbImage};

/// A part of a picture, in shares of its width and of its height, from its upper left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
}

impl Part {
    pub const WHOLE: Self = Self { left: 0.0, top: 0.0, width: 1.0, height: 1.0 };

    /// Its share of the picture's area.
    pub fn area(&self) -> f64 {
        self.width * self.height
    }
}

/// A part and how well it agrees: 1 is the same picture, 0 another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub part: Part,
    pub agreement: f32,
}

/// The long side of the field in which every place is tried.
const COARSE: u32 = 24;
/// The long sides of the fields in which the best places are moved about.
const FINE: [u32; 3] = [48, 160, 512];
/// So many places of the coarse field are looked at more closely.
const CANDIDATES: usize = 6;
/// A crop to a smaller part of the width is not looked for: too much looks like so little.
const LEAST_WIDTH: f64 = 0.2;
/// From one scale to the next.
const SCALE_STEP: f64 = 0.95;

/// How well two whole pictures of one shape agree.
pub(super) fn agreement(one: &Lightness, other: &Lightness) -> f32 {
    Template::of(one).agreement_with(other, Part::WHOLE)
}

/// The part of `whole` that agrees best with all of `crop`. `None` if a picture has no structure at all.
pub(super) fn find(crop: &Lightness, whole: &Lightness) -> Option<Found> {
    let mut candidates = coarse(crop, whole);
    candidates.sort_by(|one, other| other.agreement.total_cmp(&one.agreement));
    candidates.truncate(CANDIDATES);
    let best = |found: Vec<Found>| found.into_iter().max_by(|one, other| one.agreement.total_cmp(&other.agreement));
    let shaped = |found: Found| Found { part: shaped(found.part, crop, whole), ..found };
    let template = |side| Template::of(&crop.sized(side));
    let smallest = template(FINE[0]);
    let first = best(candidates.into_iter().map(|found| moved_about(&smallest, whole, shaped(found))).collect())?;
    Some(FINE[1..].iter().fold(first, |found, side| moved_about(&template(*side), whole, found)))
}

/// A part with the proportions of the crop, which the pixels of a small field have only nearly.
fn shaped(part: Part, crop: &Lightness, whole: &Lightness) -> Part {
    let proportions = |picture: &Lightness| f64::from(picture.0.height()) / f64::from(picture.0.width());
    let shape = proportions(crop) / proportions(whole);
    let width = part.width.min(1.0 / shape).min(1.0);
    let height = (width * shape).min(1.0);
    let (left, top) = (part.left + (part.width - width) / 2.0, part.top + (part.height - height) / 2.0);
    Part { left: left.clamp(0.0, 1.0 - width), top: top.clamp(0.0, 1.0 - height), width, height }
}

/// The best place at each scale.
fn coarse(crop: &Lightness, whole: &Lightness) -> Vec<Found> {
    let small = crop.sized(COARSE);
    let template = Template::of(&small);
    let (width, height) = (f64::from(small.0.width()), f64::from(small.0.height()));
    let proportions = f64::from(whole.0.height()) / f64::from(whole.0.width());
    let near = whole.sized(COARSE * 8);
    let mut found = Vec::new();
    let mut share = (width * proportions / height).min(1.0);
    while share >= LEAST_WIDTH {
        // So large that a pixel of the crop is a pixel of it.
        let side = |length: f64| (length.round() as u32).max(1);
        let field = near
            .exactly(side(width / share).max(small.0.width()), side(width / share * proportions).max(small.0.height()));
        let places = (0..=field.0.height() - small.0.height())
            .flat_map(|top| (0..=field.0.width() - small.0.width()).map(move |left| (left, top)));
        let best = places
            .map(|(left, top)| (template.agreement_at(&field, left, top), left, top))
            .max_by(|one, other| one.0.total_cmp(&other.0));
        if let Some((agreement, left, top)) = best.filter(|best| best.0 > 0.0) {
            let (across, down) = (f64::from(field.0.width()), f64::from(field.0.height()));
            let part = Part {
                left: f64::from(left) / across,
                top: f64::from(top) / down,
                width: width / across,
                height: height / down,
            };
            found.push(Found { part, agreement });
        }
        share *= SCALE_STEP;
    }
    found
}

/// Moves, widens and narrows a part as long as it agrees better, in steps down to a quarter of a pixel.
fn moved_about(template: &Template, whole: &Lightness, from: Found) -> Found {
    let (width, height) = (f64::from(template.width), f64::from(template.height));
    let field = whole.exactly(
        (width / from.part.width).round().clamp(1.0, 4096.0) as u32,
        (height / from.part.height).round().clamp(1.0, 4096.0) as u32,
    );
    let pixel = (1.0 / f64::from(field.0.width()), 1.0 / f64::from(field.0.height()));
    let mut best = Found { agreement: template.agreement_with(&field, from.part), ..from };
    for step in [2.0, 1.0, 0.5, 0.25] {
        for _ in 0..16 {
            let Part { left, top, width, height } = best.part;
            let moved =
                |x: f64, y: f64| Part { left: left + x * step * pixel.0, top: top + y * step * pixel.1, ..best.part };
            let widened = |by: f64| {
                let wider = 1.0 + by * step * pixel.0 / width;
                Part {
                    left: left - width * (wider - 1.0) / 2.0,
                    top: top - height * (wider - 1.0) / 2.0,
                    width: width * wider,
                    height: height * wider,
                }
            };
            let tries =
                [moved(-1.0, 0.0), moved(1.0, 0.0), moved(0.0, -1.0), moved(0.0, 1.0), widened(-1.0), widened(1.0)];
            let better = tries
                .into_iter()
                .filter_map(inside)
                .map(|part| Found { part, agreement: template.agreement_with(&field, part) })
                .max_by(|one, other| one.agreement.total_cmp(&other.agreement))
                .filter(|better| better.agreement > best.agreement);
            match better {
                Some(better) => best = better,
                None => break,
            }
        }
    }
    best
}

/// The part, moved so that it lies in the picture. `None` if it is larger.
fn inside(part: Part) -> Option<Part> {
    let fits = part.width <= 1.0 && part.height <= 1.0;
    fits.then(|| Part {
        left: part.left.clamp(0.0, 1.0 - part.width),
        top: part.top.clamp(0.0, 1.0 - part.height),
        ..part
    })
}

/// How light a picture is, pixel by pixel, 0 to 1.
pub(super) struct Lightness(ImageBuffer<Luma<f32>, Vec<f32>>);

impl Lightness {
    /// The long side that a picture should have for this; more is of no use.
    pub(super) const SIDE: u32 = FINE[FINE.len() - 1];

    pub(super) fn of(image: &RgbImage) -> Self {
        let value = |[red, green, blue]: [u8; 3]| {
            f32::from(red) * (0.2126 / 255.0) + f32::from(green) * (0.7152 / 255.0) + f32::from(blue) * (0.0722 / 255.0)
        };
        Self(ImageBuffer::from_fn(image.width(), image.height(), |x, y| Luma([value(image.get_pixel(x, y).0)])))
    }

    /// With this long side, or as it is if it has less.
    fn sized(&self, long_side: u32) -> Self {
        let (width, height) = self.0.dimensions();
        let ratio = (f64::from(long_side) / f64::from(width.max(height))).min(1.0);
        let side = |length: u32| ((f64::from(length) * ratio).round() as u32).max(1);
        self.exactly(side(width), side(height))
    }

    fn exactly(&self, width: u32, height: u32) -> Self {
        if self.0.dimensions() == (width, height) {
            return Self(self.0.clone());
        }
        Self(imageops::resize(&self.0, width, height, FilterType::Triangle))
    }

    fn row(&self, y: u32) -> &[f32] {
        let width = self.0.width() as usize;
        &self.0.as_raw()[y as usize * width..][..width]
    }

    /// Between pixels, by how near each is.
    fn between(&self, x: f64, y: f64) -> f32 {
        let (width, height) = (self.0.width(), self.0.height());
        let (x, y) = (x.clamp(0.0, f64::from(width - 1)), y.clamp(0.0, f64::from(height - 1)));
        let (left, top) = (x as u32, y as u32);
        let (right, below) = ((left + 1).min(width - 1), (top + 1).min(height - 1));
        let (across, down) = ((x - f64::from(left)) as f32, (y - f64::from(top)) as f32);
        let mix = |row: &[f32]| row[left as usize] * (1.0 - across) + row[right as usize] * across;
        mix(self.row(top)) * (1.0 - down) + mix(self.row(below)) * down
    }
}

/// A picture whose mean is taken away, to be laid over others.
struct Template {
    width: u32,
    height: u32,
    values: Vec<f32>,
    /// The root of the sum of squares.
    norm: f32,
}

impl Template {
    fn of(picture: &Lightness) -> Self {
        let values = picture.0.as_raw();
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        let values: Vec<f32> = values.iter().map(|value| value - mean).collect();
        let norm = values.iter().map(|value| value * value).sum::<f32>().sqrt();
        Self { width: picture.0.width(), height: picture.0.height(), values, norm }
    }

    /// With what lies at a place of a field, pixel on pixel.
    fn agreement_at(&self, field: &Lightness, left: u32, top: u32) -> f32 {
        let mut sums = Sums::default();
        for (values, y) in self.values.chunks_exact(self.width as usize).zip(top..) {
            for (value, other) in values.iter().zip(&field.row(y)[left as usize..]) {
                sums.add(*value, *other);
            }
        }
        sums.agreement(self)
    }

    /// With a part of a field, brought to this size.
    fn agreement_with(&self, field: &Lightness, part: Part) -> f32 {
        let (across, down) = (f64::from(field.0.width()), f64::from(field.0.height()));
        let step = (part.width * across / f64::from(self.width), part.height * down / f64::from(self.height));
        let mut sums = Sums::default();
        let mut values = self.values.iter();
        for y in 0..self.height {
            let there = part.top * down + (f64::from(y) + 0.5) * step.1 - 0.5;
            for (x, value) in (0..self.width).zip(values.by_ref()) {
                sums.add(*value, field.between(part.left * across + (f64::from(x) + 0.5) * step.0 - 0.5, there));
            }
        }
        sums.agreement(self)
    }
}

#[derive(Default)]
struct Sums {
    other: f32,
    squares: f32,
    products: f32,
}

impl Sums {
    fn add(&mut self, value: f32, other: f32) {
        self.other += other;
        self.squares += other * other;
        self.products += value * other;
    }

    fn agreement(&self, template: &Template) -> f32 {
        /// A deviation that 8 bits can hold: what is flatter has no structure.
        const FLAT: f32 = 0.002;
        let count = template.values.len() as f32;
        let spread = (self.squares - self.other * self.other / count).max(0.0).sqrt();
        if spread < FLAT * count.sqrt() || template.norm < FLAT * count.sqrt() {
            return 0.0;
        }
        self.products / (spread * template.norm)
    }
}
