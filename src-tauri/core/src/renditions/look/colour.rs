//! Colours as the web has them: what is made here is sRGB, whatever the picture's own profile says.

use image::{ColorType, DynamicImage, RgbImage, RgbaImage};
use moxcms::{ColorProfile, DataColorSpace, Layout, LutType, LutWarehouse, RenderingIntent, TransformOptions};

use super::ink;

/// A profile that says what the numbers of a picture mean.
pub(super) struct Profile(ColorProfile);

impl Profile {
    /// Reads an ICC profile. `None` for what is broken: then the numbers are taken for sRGB, as browsers do.
    pub(super) fn read(icc: &[u8]) -> Option<Self> {
        let profile = ColorProfile::new_from_slice(icc).ok()?;
        if icc.get(VERSION).is_some_and(|version| *version >= 4) && has_old_tables(&profile) {
            // Tables of sixteen bits count in the old way whatever the version of what they are in, as ICC.1 says. The
            // library goes by the version.
            let mut old = icc.to_vec();
            old[VERSION] = 2;
            return ColorProfile::new_from_slice(&old).ok().map(Self);
        }
        Some(Self(profile))
    }
}

/// Where a profile says its major version.
const VERSION: usize = 8;

fn has_old_tables(profile: &ColorProfile) -> bool {
    let tables = [&profile.lut_a_to_b_perceptual, &profile.lut_a_to_b_colorimetric, &profile.lut_a_to_b_saturation];
    tables.into_iter().flatten().any(|table| matches!(table, LutWarehouse::Lut(lut) if lut.lut_type == LutType::Lut16))
}

/// The picture in sRGB. A profile of another kind than the picture (of ink for light, say) is passed over.
pub(super) fn to_srgb(image: DynamicImage, profile: Option<&Profile>) -> RgbaImage {
    profile.and_then(|profile| converted(&image, &profile.0)).unwrap_or_else(|| image.into_rgba8())
}

/// Ink on paper in sRGB: by the profile, or without one as ordinary offset print looks. 0 is no ink, 255 all of it.
/// `None` only if there are fewer pixels than the size says.
pub(super) fn ink_to_srgb(ink: &[u8], width: u32, height: u32, profile: Option<&Profile>) -> Option<RgbImage> {
    let mut light = vec![0; ink.len() / 4 * 3];
    let by_profile = profile
        .filter(|profile| profile.0.color_space == DataColorSpace::Cmyk)
        .and_then(|profile| row_by_row(&profile.0, Layout::Rgba, Layout::Rgb, ink, &mut light, width));
    if by_profile.is_none() {
        ink::to_srgb(ink, &mut light);
    }
    RgbImage::from_raw(width, height, light)
}

fn converted(image: &DynamicImage, profile: &ColorProfile) -> Option<RgbaImage> {
    let (width, height) = (image.width(), image.height());
    let is_deep = !matches!(image.color(), ColorType::L8 | ColorType::La8 | ColorType::Rgb8 | ColorType::Rgba8);
    let mut srgb = vec![0_u8; width as usize * height as usize * 4];
    match profile.color_space {
        DataColorSpace::Rgb if is_deep => {
            let deep = image.to_rgba16().into_raw();
            return deep_to_srgb(profile, Layout::Rgba, &deep, width, height);
        }
        DataColorSpace::Gray if !image.color().has_color() && is_deep => {
            let deep = image.to_luma_alpha16().into_raw();
            return deep_to_srgb(profile, Layout::GrayAlpha, &deep, width, height);
        }
        DataColorSpace::Rgb => {
            row_by_row(profile, Layout::Rgba, Layout::Rgba, &image.to_rgba8().into_raw(), &mut srgb, width)?;
        }
        DataColorSpace::Gray if !image.color().has_color() => {
            let grey = image.to_luma_alpha8().into_raw();
            row_by_row(profile, Layout::GrayAlpha, Layout::Rgba, &grey, &mut srgb, width)?;
        }
        _ => return None,
    }
    RgbaImage::from_raw(width, height, srgb)
}

fn row_by_row(
    profile: &ColorProfile,
    from: Layout,
    to: Layout,
    source: &[u8],
    target: &mut [u8],
    width: u32,
) -> Option<()> {
    let transform = by_any_intent(profile, |options| {
        profile.create_transform_8bit(from, &ColorProfile::new_srgb(), to, options).ok()
    })?;
    let rows = source.chunks_exact(width as usize * from.channels());
    let mut targets = target.chunks_exact_mut(width as usize * to.channels());
    rows.zip(&mut targets).try_for_each(|(row, target)| transform.transform(row, target).ok())
}

/// Sixteen bits go through the profile as sixteen, or dark tones would come out in steps.
fn deep_to_srgb(profile: &ColorProfile, from: Layout, deep: &[u16], width: u32, height: u32) -> Option<RgbaImage> {
    let transform = by_any_intent(profile, |options| {
        profile.create_transform_16bit(from, &ColorProfile::new_srgb(), Layout::Rgba, options).ok()
    })?;
    let mut line = vec![0_u16; width as usize * 4];
    let mut srgb = Vec::with_capacity(width as usize * height as usize * 4);
    for row in deep.chunks_exact(width as usize * from.channels()) {
        transform.transform(row, &mut line).ok()?;
        srgb.extend(line.iter().map(|value| ((u32::from(*value) + 128) / 257) as u8));
    }
    RgbaImage::from_raw(width, height, srgb)
}

/// Profiles made of tables have one for each intent, and seldom all: the profile's own is asked for first.
fn by_any_intent<T>(profile: &ColorProfile, make: impl Fn(TransformOptions) -> Option<T>) -> Option<T> {
    let others = [RenderingIntent::RelativeColorimetric, RenderingIntent::Perceptual, RenderingIntent::Saturation];
    std::iter::once(profile.rendering_intent)
        .chain(others)
        .find_map(|rendering_intent| make(TransformOptions { rendering_intent, ..TransformOptions::default() }))
}
