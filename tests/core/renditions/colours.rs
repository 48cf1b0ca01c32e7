//! What is made here keeps its colours: whatever a picture's profile says, the thumbnail is sRGB and looks the same.

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::{DynamicImage, ExtendedColorType, ImageEncoder, RgbImage};
use jpeg_encoder::{ColorType as JpegColour, Encoder};
use lysbord_core::renditions::{THUMBNAIL_SIDE, compare, post_process};
use moxcms::{
    ColorProfile, DataColorSpace, LutDataType, LutStore, LutType, LutWarehouse, Matrix3d, ProfileClass, RenderingIntent,
};

const TOLERANCE: u8 = 2;

/// The colours that each profile is tried with.
const PATCHES: [[u8; 3]; 10] = [
    [0, 0, 0],
    [255, 255, 255],
    [128, 128, 128],
    [200, 60, 60],
    [60, 180, 70],
    [50, 70, 190],
    [230, 200, 40],
    [180, 160, 150],
    [20, 30, 25],
    [90, 140, 200],
];

/// A colour space by its numbers, independent of the code that is tested.
struct Space {
    /// Columns are red, green and blue in XYZ under D50.
    to_xyz: [[f64; 3]; 3],
    gamma: fn(f64) -> f64,
}

const ADOBE_RGB: Space = Space {
    to_xyz: [
        [0.609_741_1, 0.205_276_2, 0.149_183_1],
        [0.311_124_2, 0.625_673_8, 0.063_202_0],
        [0.019_470_2, 0.060_867_3, 0.744_562_4],
    ],
    gamma: |value| value.powf(2.199_218_75),
};
const PROPHOTO: Space = Space {
    to_xyz: [[0.797_674_9, 0.135_191_7, 0.031_353_4], [0.288_040_2, 0.711_874_1, 0.000_085_7], [0.0, 0.0, 0.825_210_0]],
    gamma: |value| value.powf(1.8),
};
const DISPLAY_P3: Space = Space {
    to_xyz: [
        [0.515_121_6, 0.291_977_9, 0.157_104_5],
        [0.241_196_1, 0.692_245_5, 0.066_573_9],
        [-0.001_053_4, 0.041_885_9, 0.784_073_1],
    ],
    gamma: srgb_to_linear,
};

fn srgb_to_linear(value: f64) -> f64 {
    if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

fn linear_to_srgb(value: f64) -> u8 {
    let value = value.clamp(0.0, 1.0);
    let encoded = if value <= 0.003_130_8 { value * 12.92 } else { 1.055 * value.powf(1.0 / 2.4) - 0.055 };
    (encoded * 255.0).round() as u8
}

impl Space {
    fn in_srgb(&self, colour: [f64; 3]) -> [u8; 3] {
        const TO_SRGB: [[f64; 3]; 3] = [
            [3.133_856_1, -1.616_866_7, -0.490_614_6],
            [-0.978_768_4, 1.916_141_5, 0.033_454_0],
            [0.071_945_3, -0.228_991_4, 1.405_242_7],
        ];
        let times = |matrix: &[[f64; 3]; 3], vector: [f64; 3]| {
            [0, 1, 2].map(|row| (0..3).map(|column| matrix[row][column] * vector[column]).sum::<f64>())
        };
        times(&TO_SRGB, times(&self.to_xyz, colour.map(self.gamma))).map(linear_to_srgb)
    }
}

/// What the middle of the thumbnail of a picture is, before it is a JPEG, which rounds.
fn thumbnail_of(bytes: &[u8]) -> [u8; 3] {
    let small = post_process(bytes).unwrap().small(THUMBNAIL_SIDE).unwrap();
    let [red, green, blue, alpha] = small.get_pixel(small.width() / 2, small.height() / 2).0;
    assert_eq!(alpha, 255);
    [red, green, blue]
}

/// The numbers that are in a picture, without a thought for what they mean.
fn numbers_in(bytes: &[u8]) -> [u8; 3] {
    image::load_from_memory(bytes).unwrap().into_rgb8().get_pixel(16, 16).0
}

fn apart(one: [u8; 3], other: [u8; 3]) -> u8 {
    one.iter().zip(other).map(|(one, other)| one.abs_diff(other)).max().unwrap()
}

fn png(pixel: &[u8], colour: ExtendedColorType, icc: Option<&[u8]>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = PngEncoder::new(&mut bytes);
    if let Some(icc) = icc {
        encoder.set_icc_profile(icc.to_vec()).unwrap();
    }
    encoder.write_image(&pixel.repeat(32 * 32), 32, 32, colour).unwrap();
    bytes
}

fn jpeg(pixel: [u8; 3], icc: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 100);
    encoder.set_icc_profile(icc.to_vec()).unwrap();
    encoder.write_image(&pixel.repeat(32 * 32), 32, 32, ExtendedColorType::Rgb8).unwrap();
    bytes
}

fn profiles() -> [(&'static str, Space, Vec<u8>); 3] {
    [
        ("Adobe RGB", ADOBE_RGB, ColorProfile::new_adobe_rgb().encode().unwrap()),
        ("ProPhoto", PROPHOTO, ColorProfile::new_pro_photo_rgb().encode().unwrap()),
        ("Display P3", DISPLAY_P3, ColorProfile::new_display_p3().encode().unwrap()),
    ]
}

#[test]
fn a_thumbnail_looks_like_the_picture_whatever_its_profile() {
    for (name, space, icc) in profiles() {
        for patch in PATCHES {
            for (format, bytes) in
                [("png", png(&patch, ExtendedColorType::Rgb8, Some(&icc))), ("jpeg", jpeg(patch, &icc))]
            {
                let expected = space.in_srgb(numbers_in(&bytes).map(|value| f64::from(value) / 255.0));
                let found = thumbnail_of(&bytes);
                assert!(apart(found, expected) <= TOLERANCE, "{name} {format} {patch:?}: {found:?}, not {expected:?}");
            }
        }
    }
}

#[test]
fn sixteen_bits_go_through_a_profile_as_sixteen() {
    for (name, space, icc) in profiles() {
        for patch in PATCHES {
            let deep = patch.map(|value| u16::from(value) * 257 + 77_u16.min(65_535 - u16::from(value) * 257));
            let expected = space.in_srgb(deep.map(|value| f64::from(value) / 65_535.0));
            let pixel: Vec<u8> = deep.iter().flat_map(|value| value.to_ne_bytes()).collect();
            let found = thumbnail_of(&png(&pixel, ExtendedColorType::Rgb16, Some(&icc)));
            assert!(apart(found, expected) <= TOLERANCE, "{name} {deep:?}: {found:?}, not {expected:?}");
        }
    }
}

#[test]
fn greys_have_profiles_too() {
    let icc = ColorProfile::new_gray_with_gamma(1.8).encode().unwrap();
    for value in [0_u8, 20, 90, 128, 200, 255] {
        let expected = [linear_to_srgb((f64::from(value) / 255.0).powf(1.8)); 3];
        let found = thumbnail_of(&png(&[value], ExtendedColorType::L8, Some(&icc)));
        assert!(apart(found, expected) <= TOLERANCE, "{value}: {found:?}, not {expected:?}");
        let found = thumbnail_of(&png(&[value, 255], ExtendedColorType::La8, Some(&icc)));
        assert!(apart(found, expected) <= TOLERANCE, "{value} with alpha: {found:?}, not {expected:?}");
    }
}

#[test]
fn without_a_profile_or_with_a_broken_one_the_numbers_are_srgb() {
    let adobe = ColorProfile::new_adobe_rgb().encode().unwrap();
    let grey = ColorProfile::new_gray_with_gamma(1.8).encode().unwrap();
    for patch in PATCHES {
        for icc in [None, Some(&adobe[..100]), Some(&b"no profile at all"[..]), Some(&grey)] {
            let found = thumbnail_of(&png(&patch, ExtendedColorType::Rgb8, icc));
            assert!(apart(found, patch) <= TOLERANCE, "{patch:?}: {found:?}");
        }
    }
}

#[test]
fn the_same_picture_in_two_profiles_is_the_same_picture() {
    let scene = RgbImage::from_fn(160, 120, |x, y| {
        image::Rgb(PATCHES[(x / 16) as usize].map(|value| value / 2 + 40 + (y / 4) as u8))
    });
    let into = |space: &Space, icc: &[u8]| {
        // Each colour's numbers in the other space, found by trying.
        let mut known = std::collections::HashMap::new();
        let mut inverse = |target: [u8; 3]| {
            *known.entry(target).or_insert_with(|| {
                let mut best = target;
                for _ in 0..40 {
                    let found = space.in_srgb(best.map(|value| f64::from(value) / 255.0));
                    let mut next = best;
                    for part in 0..3 {
                        let step = (i16::from(target[part]) - i16::from(found[part])).signum();
                        next[part] = (i16::from(best[part]) + step).clamp(0, 255) as u8;
                    }
                    best = next;
                }
                best
            })
        };
        let mut image = scene.clone();
        for pixel in image.pixels_mut() {
            pixel.0 = inverse(pixel.0);
        }
        let mut bytes = Vec::new();
        let mut encoder = PngEncoder::new(&mut bytes);
        encoder.set_icc_profile(icc.to_vec()).unwrap();
        encoder.write_image(&image, image.width(), image.height(), ExtendedColorType::Rgb8).unwrap();
        bytes
    };
    let plain = super::drawn::encoded(&DynamicImage::ImageRgb8(scene.clone()), image::ImageFormat::Png);
    let adobe = into(&ADOBE_RGB, &ColorProfile::new_adobe_rgb().encode().unwrap());
    let p3 = into(&DISPLAY_P3, &ColorProfile::new_display_p3().encode().unwrap());

    for (old, new) in [(&plain, &adobe), (&adobe, &p3), (&p3, &plain)] {
        assert!(compare(old, new).unwrap().share <= 0.0, "the same colours in another profile are no difference");
    }
}

/// Ink as a simple press would print it: each takes one part of the light away, black all of them.
fn simple_press(ink: [f64; 4]) -> [f64; 3] {
    let [cyan, magenta, yellow, black] = ink;
    [cyan, magenta, yellow].map(|ink| (1.0 - ink * 0.8) * (1.0 - black * 0.9))
}

/// A profile of that press: a table of what its inks look like, in Lab.
fn press_profile(version: u8) -> Vec<u8> {
    const GRID: usize = 9;
    let mut clut = Vec::new();
    for place in 0..GRID.pow(4) {
        let step = |digit: u32| (place / GRID.pow(digit) % GRID) as f64 / (GRID - 1) as f64;
        let linear = simple_press([step(3), step(2), step(1), step(0)]);
        let [lightness, a, b] = lab(linear);
        // Version 2 of the format: 0xFF00 is a lightness of 100.
        clut.push((lightness / 100.0 * 65_280.0).round() as u16);
        clut.push(((a + 128.0) * 256.0).round() as u16);
        clut.push(((b + 128.0) * 256.0).round() as u16);
    }
    let straight = |channels: usize| LutStore::Store16([0, 65_535].repeat(channels));
    let table = LutWarehouse::Lut(LutDataType {
        num_input_channels: 4,
        num_output_channels: 3,
        num_clut_grid_points: GRID as u8,
        matrix: Matrix3d::IDENTITY,
        num_input_table_entries: 2,
        num_output_table_entries: 2,
        input_table: straight(4),
        clut_table: LutStore::Store16(clut),
        output_table: straight(3),
        lut_type: LutType::Lut16,
    });
    let mut profile = ColorProfile::default();
    profile.color_space = DataColorSpace::Cmyk;
    profile.pcs = DataColorSpace::Lab;
    profile.profile_class = ProfileClass::OutputDevice;
    profile.rendering_intent = RenderingIntent::Perceptual;
    profile.white_point = ColorProfile::new_srgb().white_point;
    profile.lut_a_to_b_perceptual = Some(table);
    let mut icc = profile.encode().unwrap();
    icc[8] = version;
    icc
}

/// Lab under D50 of linear sRGB.
fn lab(linear: [f64; 3]) -> [f64; 3] {
    const SRGB: [[f64; 3]; 3] = [
        [0.436_074_7, 0.385_064_9, 0.143_080_4],
        [0.222_504_5, 0.716_878_6, 0.060_616_9],
        [0.013_932_2, 0.097_104_5, 0.714_173_3],
    ];
    let white = [0.9642, 1.0, 0.8249];
    let part = |row: usize| {
        let value = (0..3).map(|column| SRGB[row][column] * linear[column]).sum::<f64>() / white[row];
        if value > (6.0_f64 / 29.0).powi(3) { value.cbrt() } else { value * 841.0 / 108.0 + 4.0 / 29.0 }
    };
    [116.0 * part(1) - 16.0, 500.0 * (part(0) - part(1)), 200.0 * (part(1) - part(2))]
}

const INKS: [[u8; 4]; 8] = [
    [0, 0, 0, 0],
    [255, 0, 0, 0],
    [0, 200, 0, 0],
    [0, 0, 160, 0],
    [120, 90, 60, 30],
    [0, 0, 0, 255],
    [0, 0, 0, 128],
    [200, 40, 200, 10],
];

fn inked_jpeg(ink: [u8; 4], kind: JpegColour, icc: Option<&[u8]>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 100);
    if let Some(icc) = icc {
        encoder.add_icc_profile(icc).unwrap();
    }
    encoder.encode(&ink.repeat(32 * 32), 32, 32, kind).unwrap();
    bytes
}

#[test]
fn ink_looks_as_its_profile_says() {
    for icc in [2, 4].map(press_profile) {
        for ink in INKS {
            let expected = simple_press(ink.map(|share| f64::from(share) / 255.0)).map(linear_to_srgb);
            for kind in [JpegColour::Cmyk, JpegColour::CmykAsYcck] {
                let found = thumbnail_of(&inked_jpeg(ink, kind, Some(&icc)));
                assert!(apart(found, expected) <= TOLERANCE, "{ink:?}: {found:?}, not {expected:?}");
            }
        }
    }
}

#[test]
fn ink_without_a_profile_looks_like_ordinary_print() {
    for (ink, expected) in
        [([0, 0, 0, 0], [255, 255, 255]), ([0, 0, 0, 255], [41, 41, 41]), ([0, 0, 255, 0], [255, 236, 0])]
    {
        for kind in [JpegColour::Cmyk, JpegColour::CmykAsYcck] {
            let found = thumbnail_of(&inked_jpeg(ink, kind, None));
            assert!(apart(found, expected) <= 24, "{ink:?}: {found:?}, not {expected:?}");
        }
    }
}
