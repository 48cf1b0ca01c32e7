//! What differs between two pictures, as an eye would say. A pure function over bytes: it knows no asset and no
//! version, and like every look at pictures it decodes under limits.
//!
//! The same picture out of another encoder is no other picture. So both are brought to one size and into Oklab, where
//! equal distances look equally large; two by two pixels become one place, for what an encoder does to single ones; and
//! a place counts as changed only if it is farther than [`TOLERANCE`] from all that the other picture has around it.
//! What touches such a place and is half as far belongs to it; what stays a speck is dropped.

use std::borrow::Cow;

use image::RgbImage;

use super::look::{post_process, sniff};
use crate::model::{BlobHash, MissingReason};

/// The distance in Oklab (black to white is 1) up to which a place counts as unchanged. The same picture saved as JPEG
/// in qualities from 60 to 95, with and without subsampled colours, or from another size, stays below it in all but
/// a thousandth of its pixels.
pub const TOLERANCE: f32 = 0.05;

/// Larger pictures are compared at this size: a screen shows no more of both at once.
const LONG_SIDE: u32 = 1600;
/// Sizes are whole pixels and cropped by a line or two on the way.
const SAME_PROPORTIONS: f64 = 0.01;
/// A share of the long side: what is smaller than this by this is dust.
const SPECK: f32 = 1.0 / 250.0;

/// Where two pictures differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Of all pixels, those that changed: 0 to 1.
    pub share: f64,
    pub width: u32,
    pub height: u32,
    /// The new picture in dim grey, with what changed lit up.
    pub png: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Incomparable {
    #[error("the pictures have other proportions")]
    OtherProportions,
    #[error("a picture cannot be shown: {0}")]
    Unreadable(#[from] MissingReason),
}

/// Compares two pictures in any of the formats that are kept.
pub fn compare(old: &[u8], new: &[u8]) -> Result<Difference, Incomparable> {
    let size = |bytes| sniff(bytes).map(|sniffed| (sniffed.width, sniffed.height));
    let (width, height) = common_size(size(old)?, size(new)?).ok_or(Incomparable::OtherProportions)?;
    let places = (width.div_ceil(2), height.div_ceil(2));
    let shown = post_process(new)?;
    let (picture, new_places) = (shown.sized(width, height)?, shown.sized(places.0, places.1)?);
    // One after the other: a decoded picture may be large.
    drop(shown);
    let changed = if BlobHash::of(old) == BlobHash::of(new) {
        vec![false; (places.0 * places.1) as usize]
    } else {
        changed(&post_process(old)?.sized(places.0, places.1)?, &new_places)
    };
    let share = changed.iter().filter(|changed| **changed).count() as f64 / changed.len().max(1) as f64;
    let lights = |x: u32, y: u32| changed[(y / 2 * places.0 + x / 2) as usize];
    let png = lit(&picture, lights).ok_or(MissingReason::NotAPicture)?;
    Ok(Difference { share, width, height, png })
}

/// The smaller of both sizes, if they are of one shape.
fn common_size(old: (u32, u32), new: (u32, u32)) -> Option<(u32, u32)> {
    let smaller = if u64::from(old.0) * u64::from(old.1) < u64::from(new.0) * u64::from(new.1) { old } else { new };
    let ratio = |(width, height): (u32, u32)| f64::from(width) / f64::from(height);
    // Half a pixel is lost to rounding, which is much of a short side.
    let rounding = 0.5 / f64::from(smaller.0.min(smaller.1));
    if (ratio(old) / ratio(new) - 1.0).abs() > SAME_PROPORTIONS + rounding {
        return None;
    }
    let shrink = (f64::from(LONG_SIDE) / f64::from(smaller.0.max(smaller.1))).min(1.0);
    let side = |length: u32| ((f64::from(length) * shrink).round() as u32).max(1);
    Some((side(smaller.0), side(smaller.1)))
}

/// Which places changed, row by row.
fn changed(old: &RgbImage, new: &RgbImage) -> Vec<bool> {
    let (width, height) = (old.width() as usize, old.height() as usize);
    let mut far = vec![0.0; width * height];
    for (old, new) in Planes::of(old).0.into_iter().zip(Planes::of(new).0) {
        for (far, apart) in far.iter_mut().zip(apart(&old, &new)) {
            *far += apart * apart;
        }
    }
    let speck = (width.max(height) as f32 * SPECK).powi(2).max(4.0) as usize;
    regions(&far, width, TOLERANCE * TOLERANCE, speck)
}

/// One number for each place.
struct Plane {
    width: usize,
    values: Vec<f32>,
}

/// Lightness and two opponent colours. Encoders spare the colours, so these are blurred.
struct Planes([Plane; 3]);

impl Planes {
    fn of(image: &RgbImage) -> Self {
        let light: Vec<f32> = (0..=255).map(|value| linear(value as f32 / 255.0)).collect();
        let mut planes = [(); 3].map(|()| Vec::with_capacity((image.width() * image.height()) as usize));
        for pixel in image.pixels() {
            let colour = oklab(pixel.0.map(|value| light[usize::from(value)]));
            for (plane, value) in planes.iter_mut().zip(colour) {
                plane.push(value);
            }
        }
        let width = image.width() as usize;
        let [lightness, a, b] = planes.map(|values| Plane { width, values });
        Self([lightness, a.blurred(), b.blurred()])
    }
}

impl Plane {
    fn blurred(&self) -> Self {
        self.both_ways(|before, here, after| (before + here + after) / 3.0)
    }

    /// The extremes around each place.
    fn around(&self) -> (Self, Self) {
        let least = self.both_ways(|before, here, after| before.min(here).min(after));
        let most = self.both_ways(|before, here, after| before.max(here).max(after));
        (least, most)
    }

    /// Makes one of each place and its neighbours, along the rows and then along the columns.
    fn both_ways(&self, one: impl Fn(f32, f32, f32) -> f32 + Copy) -> Self {
        self.along_rows(one).turned().along_rows(one).turned()
    }

    fn along_rows(&self, one: impl Fn(f32, f32, f32) -> f32) -> Self {
        let mut values = Vec::with_capacity(self.values.len());
        for row in self.values.chunks_exact(self.width) {
            let last = row.len() - 1;
            for at in 0..row.len() {
                values.push(one(row[at.saturating_sub(1)], row[at], row[(at + 1).min(last)]));
            }
        }
        Self { width: self.width, values }
    }

    /// Columns become rows.
    fn turned(&self) -> Self {
        let height = self.values.len() / self.width;
        let mut values = Vec::with_capacity(self.values.len());
        for column in 0..self.width {
            values.extend(self.values[column..].iter().step_by(self.width));
        }
        Self { width: height, values }
    }
}

/// How far each place is from everything around it in the other picture, seen from either side.
fn apart(old: &Plane, new: &Plane) -> Vec<f32> {
    let beyond = |plane: &Plane, other: &Plane| -> Vec<f32> {
        let (least, most) = other.around();
        let bounds = least.values.into_iter().zip(most.values);
        plane
            .values
            .iter()
            .zip(bounds)
            .map(|(value, (least, most))| (value - most).max(least - value).max(0.0))
            .collect()
    };
    let (here, there) = (beyond(old, new), beyond(new, old));
    here.into_iter().zip(there).map(|(here, there)| here.max(there)).collect()
}

/// Regions that hold a place beyond the tolerance, with all that touches it and is beyond half of it. Both are squared.
fn regions(far: &[f32], width: usize, tolerance: f32, speck: usize) -> Vec<bool> {
    let mut changed = vec![false; far.len()];
    let mut seen = vec![false; far.len()];
    let (mut region, mut at_edge) = (Vec::new(), Vec::new());
    for seed in 0..far.len() {
        if seen[seed] || far[seed] <= tolerance {
            continue;
        }
        seen[seed] = true;
        at_edge.push(seed);
        while let Some(place) = at_edge.pop() {
            region.push(place);
            let (x, y) = (place % width, place / width);
            for (x, y) in [(x.wrapping_sub(1), y), (x + 1, y), (x, y.wrapping_sub(1)), (x, y + 1)] {
                let beside = y.wrapping_mul(width).wrapping_add(x);
                if x < width && beside < far.len() && !seen[beside] && far[beside] > tolerance / 4.0 {
                    seen[beside] = true;
                    at_edge.push(beside);
                }
            }
        }
        if region.len() >= speck {
            for place in &region {
                changed[*place] = true;
            }
        }
        region.clear();
    }
    changed
}

/// The picture in dim grey, what changed in the page's accent: half of the palette each.
fn lit(image: &RgbImage, lights: impl Fn(u32, u32) -> bool) -> Option<Vec<u8>> {
    const ACCENT: [f32; 3] = [242.0, 182.0, 72.0];
    const HALF: u8 = 128;
    let grey = |level: u8| [f32::from(level) * 0.9; 3];
    let accent = |level: u8| ACCENT.map(|part| part * (0.35 + 0.65 * f32::from(level) / f32::from(HALF - 1)));
    let palette: Vec<u8> =
        (0..HALF).map(grey).chain((0..HALF).map(accent)).flatten().map(|part| part.round() as u8).collect();
    let luma = |[red, green, blue]: [u8; 3]| {
        ((u32::from(red) * 54 + u32::from(green) * 183 + u32::from(blue) * 19) >> 9) as u8
    };
    let pixels: Vec<u8> =
        image.enumerate_pixels().map(|(x, y, pixel)| luma(pixel.0) | if lights(x, y) { HALF } else { 0 }).collect();

    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, image.width(), image.height());
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(Cow::Owned(palette));
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&pixels).ok()?;
    writer.finish().ok()?;
    Some(bytes)
}

fn linear(value: f32) -> f32 {
    if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

/// Björn Ottosson's Oklab of linear sRGB.
fn oklab([red, green, blue]: [f32; 3]) -> [f32; 3] {
    let cone = |r: f32, g: f32, b: f32| (r * red + g * green + b * blue).cbrt();
    let long = cone(0.412_221_46, 0.536_332_55, 0.051_445_995);
    let medium = cone(0.211_903_5, 0.680_699_5, 0.107_396_96);
    let short = cone(0.088_302_46, 0.281_718_85, 0.629_978_7);
    [
        0.210_454_26 * long + 0.793_617_8 * medium - 0.004_072_047 * short,
        1.977_998_5 * long - 2.428_592_2 * medium + 0.450_593_7 * short,
        0.025_904_037 * long + 0.782_771_77 * medium - 0.808_675_77 * short,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_one_shape_meet_at_the_smaller() {
        for (old, new, common) in [
            ((800, 533), (800, 533), Some((800, 533))),
            ((200, 133), (800, 533), Some((200, 133))),
            ((1200, 800), (800, 533), Some((800, 533))),
            ((6000, 4000), (2400, 1600), Some((1600, 1067))),
            ((200, 31), (800, 122), Some((200, 31))),
            ((800, 533), (800, 600), None),
            ((800, 533), (533, 800), None),
            ((800, 533), (800, 546), None),
        ] {
            assert_eq!(common_size(old, new), common, "{old:?} {new:?}");
            assert_eq!(common_size(new, old).is_some(), common.is_some());
        }
    }

    #[test]
    fn what_touches_a_changed_place_belongs_to_it_and_a_speck_does_not_count() {
        let far = [
            0.0, 0.4, 0.4, 0.0, 0.0, 0.0, //
            0.0, 0.4, 2.0, 0.0, 0.0, 2.0, //
            0.0, 0.0, 0.1, 0.0, 0.0, 0.0,
        ];
        let changed = regions(&far, 6, 1.0, 2);
        let told: Vec<usize> = (0..far.len()).filter(|place| changed[*place]).collect();
        assert_eq!(told, [1, 2, 7, 8]);
    }

    #[test]
    fn grey_has_no_colour_and_white_is_one() {
        let [lightness, a, b] = oklab([1.0; 3]);
        assert!((lightness - 1.0).abs() < 1e-3 && a.abs() < 1e-3 && b.abs() < 1e-3, "{lightness} {a} {b}");
        let [middle, ..] = oklab([linear(0.5); 3]);
        assert!((middle - 0.598).abs() < 0.01, "{middle}");
    }
}
