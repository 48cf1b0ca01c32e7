//! What differs between two pictures, as an eye would say. A pure function over bytes: it knows no asset and no
//! version, and like every look at pictures it decodes under limits.
//!
//! The same picture out of another encoder is no other picture. So both are brought to one size and into Oklab, where
//! equal distances look equally large; two by two pixels become one place, for what an encoder does to single ones; and
//! a place counts as changed only if it is farther than [`TOLERANCE`] from all that the other picture has around it.
//! What touches such a place and is half as far belongs to it; what stays a speck is dropped.
//!
//! Where one picture is a [part] of the other, only what both show is compared.

mod part;

use std::borrow::Cow;

use image::{Rgb, RgbImage, imageops};

use super::look::{PostProcessed, post_process};
use crate::model::{BlobHash, MissingReason};
use part::Lightness;

pub use part::Part;

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

/// Two pictures agree so well at least if one is a part of the other.
const PART: f32 = 0.9;
/// Two pictures that agree so well as they are need no other explanation.
const ALIGNED: f32 = 0.995;
/// Another explanation leaves at most this share of what did not agree.
const LEFT_OVER: f32 = 0.5;
/// A part has less than this of a side.
const CROPPED: f64 = 0.985;

/// Where two pictures differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Of all pixels that both pictures show, those that changed: 0 to 1.
    pub share: f64,
    /// How much lighter the new picture is where both show the same, on average: from -1 to 1, black to white is 1 (Oklab).
    pub lighter: f32,
    /// The part of the old picture that the new one shows: less than the whole where it was cropped.
    pub old_part: Part,
    /// The part of the new picture that the old one shows: less than the whole where there is more around it now.
    pub new_part: Part,
    pub width: u32,
    pub height: u32,
    /// The new picture in dim grey, with what changed lit up, the more so the farther apart it is.
    pub png: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Incomparable {
    #[error("the pictures have other proportions, and neither is a part of the other")]
    OtherProportions,
    #[error("a picture cannot be shown: {0}")]
    Unreadable(#[from] MissingReason),
}

/// Compares two pictures in any of the formats that are kept. Blocks a processor for some tenths of a second.
pub fn compare(old: &[u8], new: &[u8]) -> Result<Difference, Incomparable> {
    let is_same = BlobHash::of(old) == BlobHash::of(new);
    let (old, new) = (post_process(old)?, post_process(new)?);
    let (old_part, new_part) = if is_same { (Part::WHOLE, Part::WHOLE) } else { parts(&old, &new)? };
    let size = common_size((old.size(), old_part), (new.size(), new_part));
    let picture = sized_so_that(&new, new_part, size)?;
    let (old, new) = (showing(&old, old_part, size)?, showing(&new, new_part, size)?);
    let apart = if is_same { Apart::nothing(new.dimensions()) } else { Apart::between(&old, &new) };
    let (left, top) = corner(new_part, picture.dimensions());
    let strength = |x: u32, y: u32| {
        let at = (x.checked_sub(left)?, y.checked_sub(top)?);
        (at.0 < size[0] && at.1 < size[1]).then(|| apart.strength(at.0, at.1))
    };
    let png = lit(&picture, |x, y| strength(x, y).unwrap_or(0.0)).ok_or(MissingReason::NotAPicture)?;
    let (width, height) = picture.dimensions();
    Ok(Difference { share: apart.share(), lighter: apart.lighter, old_part, new_part, width, height, png })
}

/// What both pictures show: all of both, or all of one.
fn parts(old: &PostProcessed, new: &PostProcessed) -> Result<(Part, Part), Incomparable> {
    let lightness = |picture: &PostProcessed| Ok::<_, MissingReason>(Lightness::of(&picture.shrunk(Lightness::SIDE)?));
    let (old_light, new_light) = (lightness(old)?, lightness(new)?);
    let is_one_shape = is_one_shape(old.size(), new.size());
    let as_they_are = if is_one_shape { part::agreement(&new_light, &old_light) } else { 0.0 };
    if as_they_are >= ALIGNED {
        return Ok((Part::WHOLE, Part::WHOLE));
    }
    let explains = |found: &part::Found| {
        let is_better = 1.0 - found.agreement <= LEFT_OVER * (1.0 - as_they_are);
        let is_cropped = found.part.width < CROPPED || found.part.height < CROPPED;
        found.agreement >= PART && is_better && is_cropped
    };
    // The other way round only if the first does not explain it: each takes a moment.
    let cropped = part::find(&new_light, &old_light).filter(explains).map(|found| (found.part, Part::WHOLE));
    let best =
        cropped.or_else(|| part::find(&old_light, &new_light).filter(explains).map(|found| (Part::WHOLE, found.part)));
    match best {
        Some(parts) => Ok(parts),
        None if is_one_shape => Ok((Part::WHOLE, Part::WHOLE)),
        None => Err(Incomparable::OtherProportions),
    }
}

/// Whether two sizes have the same proportions, but for what is lost to rounding.
fn is_one_shape(old: (u32, u32), new: (u32, u32)) -> bool {
    let ratio = |(width, height): (u32, u32)| f64::from(width) / f64::from(height);
    // Half a pixel is lost to rounding, which is much of a short side.
    let rounding = 0.5 / f64::from(old.0.min(old.1).min(new.0).min(new.1));
    (ratio(old) / ratio(new) - 1.0).abs() <= SAME_PROPORTIONS + rounding
}

/// The size at which what both show is compared: that of the smaller, and so that neither whole picture is larger than
/// [`LONG_SIDE`].
fn common_size(old: ((u32, u32), Part), new: ((u32, u32), Part)) -> [u32; 2] {
    let shown =
        |((width, height), part): ((u32, u32), Part)| (f64::from(width) * part.width, f64::from(height) * part.height);
    let (old_shown, new_shown) = (shown(old), shown(new));
    let smaller = if old_shown.0 * old_shown.1 < new_shown.0 * new_shown.1 { old_shown } else { new_shown };
    let longest = [old.1, new.1].map(|part| (smaller.0 / part.width).max(smaller.1 / part.height));
    let shrink = (f64::from(LONG_SIDE) / longest[0].max(longest[1])).min(1.0);
    [smaller.0, smaller.1].map(|side| ((side * shrink).round() as u32).max(1))
}

/// All of a picture, at the scale at which a part of it has a size.
fn sized_so_that(picture: &PostProcessed, part: Part, size: [u32; 2]) -> Result<RgbImage, MissingReason> {
    let whole = |side: u32, share: f64| ((f64::from(side) / share).round() as u32).max(side);
    picture.sized(whole(size[0], part.width), whole(size[1], part.height))
}

/// A part of a picture in places of two by two pixels. A part may begin within a pixel.
fn showing(picture: &PostProcessed, part: Part, size: [u32; 2]) -> Result<RgbImage, MissingReason> {
    let places = size.map(|side| side.div_ceil(2));
    if part == Part::WHOLE {
        return picture.sized(places[0], places[1]);
    }
    let whole = sized_so_that(picture, part, size)?;
    let (width, height) = (whole.width() as f32, whole.height() as f32);
    let (left, top) = (part.left as f32 * width, part.top as f32 * height);
    let pixel = |x: u32, y: u32| {
        let (x, y) = ((left + x as f32).clamp(0.0, width - 1.0), (top + y as f32).clamp(0.0, height - 1.0));
        imageops::interpolate_bilinear(&whole, x, y).map_or([0; 3], |pixel| pixel.0)
    };
    Ok(RgbImage::from_fn(places[0], places[1], |x, y| {
        let four = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(right, down)| pixel(2 * x + right, 2 * y + down));
        Rgb([0, 1, 2].map(|part| (four.iter().map(|pixel| u16::from(pixel[part])).sum::<u16>() / 4) as u8))
    }))
}

fn corner(part: Part, (width, height): (u32, u32)) -> (u32, u32) {
    ((part.left * f64::from(width)).round() as u32, (part.top * f64::from(height)).round() as u32)
}

/// How far apart two pictures of one size are, place by place.
struct Apart {
    width: usize,
    /// The distance of what changed; 0 for what did not.
    changed: Vec<f32>,
    lighter: f32,
}

impl Apart {
    fn nothing((width, height): (u32, u32)) -> Self {
        Self { width: width as usize, changed: vec![0.0; width as usize * height as usize], lighter: 0.0 }
    }

    fn between(old: &RgbImage, new: &RgbImage) -> Self {
        let (width, height) = (old.width() as usize, old.height() as usize);
        let (old, new) = (Planes::of(old), Planes::of(new));
        let lighter = new.0[0].mean() - old.0[0].mean();
        let mut far = vec![0.0; width * height];
        for (old, new) in old.0.into_iter().zip(new.0) {
            for (far, apart) in far.iter_mut().zip(apart(&old, &new)) {
                *far += apart * apart;
            }
        }
        let speck = (width.max(height) as f32 * SPECK).powi(2).max(4.0) as usize;
        let is_changed = regions(&far, width, TOLERANCE * TOLERANCE, speck);
        let changed =
            far.into_iter().zip(is_changed).map(|(far, is_changed)| if is_changed { far.sqrt() } else { 0.0 });
        Self { width, changed: changed.collect(), lighter }
    }

    fn share(&self) -> f64 {
        self.changed.iter().filter(|far| **far > 0.0).count() as f64 / self.changed.len().max(1) as f64
    }

    /// How strongly a pixel is lit, 0 to 1: between the places, which are two pixels wide, as a slope, and not at all where
    /// its own place is unchanged.
    fn strength(&self, x: u32, y: u32) -> f32 {
        /// From here on all is equally far.
        const FAR: f32 = 0.3;
        /// What has changed at all is seen.
        const LEAST: f32 = 0.3;
        let (width, height) = (self.width, self.changed.len() / self.width);
        let at = |x: usize, y: usize| match self.changed[y.min(height - 1) * width + x.min(width - 1)] {
            far if far > 0.0 => LEAST + (1.0 - LEAST) * (far / FAR).min(1.0),
            _ => 0.0,
        };
        // A pixel lies a quarter of a place before or behind the middle of its own.
        let near = |pixel: u32| {
            let place = (pixel / 2) as usize;
            (place, if pixel.is_multiple_of(2) { place.saturating_sub(1) } else { place + 1 })
        };
        let ((x, x_beside), (y, y_beside)) = (near(x), near(y));
        if at(x, y) <= 0.0 {
            return 0.0;
        }
        (at(x, y) * 3.0 + at(x_beside, y)) * (3.0 / 16.0) + (at(x, y_beside) * 3.0 + at(x_beside, y_beside)) / 16.0
    }
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
    fn mean(&self) -> f32 {
        self.values.iter().sum::<f32>() / self.values.len().max(1) as f32
    }

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

/// The picture in dim grey, what changed in the page's accent, in eight strengths of it.
fn lit(image: &RgbImage, strength: impl Fn(u32, u32) -> f32) -> Option<Vec<u8>> {
    const ACCENT: [f32; 3] = [242.0, 182.0, 72.0];
    const GREYS: u8 = 32;
    const STRENGTHS: u8 = 8;
    let colour = |strength: u8, level: u8| {
        let light = f32::from(level) / f32::from(GREYS - 1);
        let part = f32::from(strength) / f32::from(STRENGTHS - 1);
        ACCENT.map(|accent| (light * 115.0 * (1.0 - part) + accent * (0.35 + 0.65 * light) * part).round() as u8)
    };
    let palette: Vec<u8> =
        (0..STRENGTHS).flat_map(|strength| (0..GREYS).flat_map(move |level| colour(strength, level))).collect();
    let luma = |[red, green, blue]: [u8; 3]| {
        ((u32::from(red) * 54 + u32::from(green) * 183 + u32::from(blue) * 19) >> 11) as u8
    };
    let pixels: Vec<u8> = image
        .enumerate_pixels()
        .map(|(x, y, pixel)| {
            let strength = (strength(x, y) * f32::from(STRENGTHS - 1)).round() as u8;
            strength.min(STRENGTHS - 1) * GREYS + luma(pixel.0).min(GREYS - 1)
        })
        .collect();

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
            ((800, 533), (800, 533), Some([800, 533])),
            ((200, 133), (800, 533), Some([200, 133])),
            ((1200, 800), (800, 533), Some([800, 533])),
            ((6000, 4000), (2400, 1600), Some([1600, 1067])),
            ((200, 31), (800, 122), Some([200, 31])),
            ((800, 533), (800, 600), None),
            ((800, 533), (533, 800), None),
            ((800, 533), (800, 546), None),
        ] {
            let meet =
                |one, other| is_one_shape(one, other).then(|| common_size((one, Part::WHOLE), (other, Part::WHOLE)));
            assert_eq!(meet(old, new), common, "{old:?} {new:?}");
            assert_eq!(meet(new, old).is_some(), common.is_some());
        }
        let half = Part { left: 0.25, top: 0.25, width: 0.5, height: 0.5 };
        assert_eq!(
            common_size(((3200, 1600), half), ((1600, 800), Part::WHOLE)),
            [800, 400],
            "the whole is not larger"
        );
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
