//! Pictures that are the same to the eye, and pictures that were worked on in a place that the test knows.

use image::{DynamicImage, GenericImageView, Rgb, RgbImage, imageops::FilterType};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use lysbord_core::model::MissingReason;
use lysbord_core::renditions::{Difference, Incomparable, Part, compare};
use lysbord_demo::{Frame, Picture, Subject};

use super::drawn::{hills, jpeg as jpeg_of_hills, jpeg_taken_upright};

/// What may be wrongly said to have changed.
const NOISE: f64 = 0.001;

const SUBJECTS: [Subject; 6] =
    [Subject::City, Subject::Harbour, Subject::NightSky, Subject::StillLife, Subject::Page, Subject::Graphic];

fn scene(subject: Subject, seed: u32, frame: Frame) -> RgbImage {
    let drawn = lysbord_demo::jpeg(Picture::new(subject, seed), frame);
    image::load_from_memory(&drawn).unwrap().into_rgb8()
}

fn saved(image: &RgbImage, quality: u8, sampling: SamplingFactor) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, quality);
    encoder.set_sampling_factor(sampling);
    encoder.encode(image.as_raw(), image.width() as u16, image.height() as u16, ColorType::Rgb).unwrap();
    bytes
}

fn well_saved(image: &RgbImage) -> Vec<u8> {
    saved(image, 90, SamplingFactor::F_1_1)
}

fn poorly_saved(image: &RgbImage) -> Vec<u8> {
    saved(image, 70, SamplingFactor::F_2_2)
}

/// Works on the pixels that a shape covers. Returns the share of them.
fn retouched(image: &RgbImage, covers: impl Fn(f32, f32) -> bool, ink: impl Fn(Rgb<u8>) -> Rgb<u8>) -> (RgbImage, f64) {
    let mut retouched = image.clone();
    let mut count = 0_u32;
    for (x, y, pixel) in retouched.enumerate_pixels_mut() {
        if covers(x as f32, y as f32) {
            *pixel = ink(*pixel);
            count += 1;
        }
    }
    (retouched, f64::from(count) / f64::from(image.width() * image.height()))
}

fn lit(difference: &Difference) -> Vec<(u32, u32)> {
    let picture = image::load_from_memory(&difference.png).unwrap();
    assert_eq!(picture.dimensions(), (difference.width, difference.height));
    let coloured = picture.to_rgb8();
    let lit = coloured.enumerate_pixels().filter(|(.., pixel)| pixel.0[0] != pixel.0[2]);
    lit.map(|(x, y, _)| (x, y)).collect()
}

#[test]
fn the_same_picture_in_another_quality_is_unchanged() {
    for subject in SUBJECTS {
        let original = scene(subject, 7, Frame::PREVIEW);
        let reference = saved(&original, 95, SamplingFactor::F_1_1);
        for (quality, sampling) in [
            (60, SamplingFactor::F_2_2),
            (60, SamplingFactor::F_1_1),
            (75, SamplingFactor::F_2_2),
            (85, SamplingFactor::F_2_1),
            (95, SamplingFactor::F_2_2),
        ] {
            let share = compare(&reference, &saved(&original, quality, sampling)).unwrap().share;
            assert!(share < NOISE, "{subject:?} in quality {quality}, {sampling:?}: {share}");
        }
        let twice = compare(&saved(&original, 60, SamplingFactor::F_2_2), &saved(&original, 70, SamplingFactor::F_2_1));
        assert!(twice.unwrap().share < NOISE, "{subject:?} saved poorly on both sides");
    }
}

#[test]
fn the_same_picture_from_another_size_is_unchanged() {
    for subject in SUBJECTS {
        let original = DynamicImage::ImageRgb8(scene(subject, 3, Frame::ALL[1]));
        let (width, height) = original.dimensions();
        let sized = |share: f32, filter| {
            let side = |length: u32| (length as f32 * share).round() as u32;
            original.resize_exact(side(width), side(height), filter).into_rgb8()
        };
        let large = saved(&original.to_rgb8(), 85, SamplingFactor::F_2_2);
        for (share, filter) in
            [(0.667, FilterType::Lanczos3), (0.667, FilterType::Triangle), (0.25, FilterType::Lanczos3)]
        {
            let small = saved(&sized(share, filter), 80, SamplingFactor::F_2_2);
            let difference = compare(&large, &small).unwrap();
            assert!(difference.share < NOISE, "{subject:?} at {share}, {filter:?}: {}", difference.share);
            assert_eq!(difference.width, (width as f32 * share).round() as u32, "at the smaller of both sizes");
        }
    }
}

#[test]
fn what_was_retouched_is_found_where_it_is() {
    let rectangle = |x: f32, y: f32| (200.0..320.0).contains(&x) && (150.0..240.0).contains(&y);
    let disc = |x: f32, y: f32| (x - 500.0).hypot(y - 300.0) < 40.0;
    let warmer = |Rgb([red, green, blue]): Rgb<u8>| Rgb([red.saturating_add(30), green, blue.saturating_sub(30)]);
    for subject in [Subject::Coast, Subject::City, Subject::StillLife, Subject::Mountains] {
        let original = scene(subject, 11, Frame::PREVIEW);
        let (painted, of_rectangle) = retouched(&original, rectangle, |_| Rgb([230, 40, 120]));
        let (warmed, _) = retouched(&original, rectangle, warmer);
        let (with_disc, of_disc) = retouched(&original, disc, |_| Rgb([250, 240, 60]));
        for (what, old, new, known) in [
            ("a painted rectangle", &original, &painted, of_rectangle),
            ("a warmer rectangle", &original, &warmed, of_rectangle),
            ("a removed disc", &with_disc, &original, of_disc),
        ] {
            let difference = compare(&well_saved(old), &poorly_saved(new)).unwrap();
            assert!(
                (difference.share / known - 1.0).abs() < 0.15,
                "{subject:?}, {what}: {} of {known}",
                difference.share
            );
            let lit = lit(&difference);
            let total = f64::from(difference.width * difference.height);
            assert!(
                (lit.len() as f64 / total - difference.share).abs() < 0.002,
                "the picture shows what the share says"
            );
            let near = |x: u32, y: u32| {
                let (x, y) = (x as f32, y as f32);
                let around = [(-4.0, 0.0), (4.0, 0.0), (0.0, -4.0), (0.0, 4.0), (0.0, 0.0)];
                around.iter().any(|(dx, dy)| rectangle(x + dx, y + dy) || disc(x + dx, y + dy))
            };
            let stray = lit.iter().filter(|(x, y)| !near(*x, *y)).count();
            assert!(stray as f64 / total < NOISE, "{subject:?}, {what}: {stray} pixels are lit elsewhere");
        }
    }
}

#[test]
fn a_grade_of_the_whole_changes_nearly_all_of_it() {
    for (subject, seed) in [(Subject::Coast, 2), (Subject::City, 5), (Subject::Mountains, 9)] {
        let original = scene(subject, seed, Frame::PREVIEW);
        let (warm, _) = retouched(
            &original,
            |_, _| true,
            |Rgb([red, green, blue])| Rgb([red.saturating_add(26), green.saturating_add(6), blue.saturating_sub(26)]),
        );
        let share = compare(&well_saved(&original), &poorly_saved(&warm)).unwrap().share;
        assert!(share > 0.8, "{subject:?}: {share}");
    }
}

/// Left, top, width and height of crops in hundredths of a picture's sides.
const CROPS: [[u32; 4]; 5] = [[10, 10, 80, 80], [0, 0, 67, 100], [4, 3, 38, 83], [25, 38, 38, 38], [1, 1, 97, 97]];

#[test]
fn a_crop_is_told_as_a_crop_and_compared_with_what_it_shows() {
    for subject in [Subject::Coast, Subject::City, Subject::Harbour] {
        let original = DynamicImage::ImageRgb8(scene(subject, 4, Frame::PREVIEW));
        let (width, height) = original.dimensions();
        for crop in CROPS {
            let [left, top, across, down] = [0, 1, 2, 3].map(|at| crop[at] * [width, height][at % 2] / 100);
            let cropped = original.crop_imm(left, top, across, down);
            let half = cropped.resize_exact(across / 2, down / 2, FilterType::Lanczos3).into_rgb8();
            for (scale, shown) in [("as it was", cropped.into_rgb8()), ("at half its size", half)] {
                let (old, new) = (well_saved(&original.to_rgb8()), poorly_saved(&shown));
                let what = format!("{subject:?}, {left} {top} {across} {down}, {scale}");
                let there = compare(&old, &new).unwrap_or_else(|error| panic!("{what}: {error}"));
                let (sides, part) = ((f64::from(width), f64::from(height)), there.old_part);
                for (found, known, side) in [
                    (part.left, left, sides.0),
                    (part.top, top, sides.1),
                    (part.width, across, sides.0),
                    (part.height, down, sides.1),
                ] {
                    assert!((found * side - f64::from(known)).abs() < 3.0, "{what}: {part:?}");
                }
                assert_eq!(there.new_part, Part::WHOLE, "{what}");
                assert!(there.share < 0.02, "{what}: {}", there.share);
            }
        }
    }
}

#[test]
fn what_has_more_around_it_now_is_told_as_such() {
    let whole = DynamicImage::ImageRgb8(scene(Subject::City, 4, Frame::PREVIEW));
    let (width, height) = whole.dimensions();
    let crop = whole.crop_imm(width / 4, height / 8, width / 2, height / 2);
    let found = compare(&well_saved(&crop.to_rgb8()), &poorly_saved(&whole.to_rgb8())).unwrap();
    assert!((found.new_part.area() - 0.25).abs() < 0.01, "{:?}", found.new_part);
    assert_eq!((found.old_part, found.width, found.height), (Part::WHOLE, width, height));
    assert!(found.share < 0.02, "{}", found.share);
}

#[test]
fn a_crop_that_was_made_brighter_is_told_as_both_and_a_retouch_in_it_is_found() {
    let original = scene(Subject::Coast, 11, Frame::PREVIEW);
    assert_eq!(original.dimensions(), (800, 533));
    let (retouched, _) = retouched(
        &original,
        |x, y| (300.0..360.0).contains(&x) && (200.0..260.0).contains(&y),
        |_| Rgb([230, 40, 120]),
    );
    let cropped = DynamicImage::ImageRgb8(retouched).crop_imm(100, 60, 600, 400);
    let found = compare(&well_saved(&original), &poorly_saved(&cropped.to_rgb8())).unwrap();
    let known = 3_600.0 / 240_000.0;
    assert!(
        (1.0..1.8).contains(&(found.share / known)) && found.lighter.abs() < 0.01,
        "{} {}",
        found.share,
        found.lighter
    );
    for (by, is_lighter) in [(40, true), (-40, false)] {
        let graded = poorly_saved(&cropped.brighten(by).to_rgb8());
        let found = compare(&well_saved(&original), &graded).unwrap();
        assert!((found.old_part.area() - 240_000.0 / (800.0 * 533.0)).abs() < 0.01, "{:?}", found.old_part);
        assert!(found.lighter.abs() > 0.05 && (found.lighter > 0.0) == is_lighter, "{}", found.lighter);
    }
}

#[test]
fn what_changed_much_is_lit_more_than_what_changed_a_little() {
    let original = scene(Subject::Coast, 11, Frame::PREVIEW);
    let strip = |from: f32| move |x: f32, y: f32| (from..from + 80.0).contains(&x) && (150.0..240.0).contains(&y);
    let (little, _) = retouched(&original, strip(100.0), |Rgb(pixel)| Rgb(pixel.map(|part| part.saturating_add(24))));
    let (both, _) = retouched(&little, strip(500.0), |_| Rgb([255, 0, 255]));
    let found = compare(&well_saved(&original), &well_saved(&both)).unwrap();
    let shown = image::load_from_memory(&found.png).unwrap().into_rgb8();
    let warmth = |x: u32| i32::from(shown.get_pixel(x, 195).0[0]) - i32::from(shown.get_pixel(x, 195).0[2]);
    assert!(warmth(140) > 0 && warmth(540) > warmth(140) + 20, "{} and {}", warmth(140), warmth(540));
}

#[test]
fn other_proportions_and_broken_pictures_are_told() {
    let hills = jpeg_of_hills(300, 200);
    let another = well_saved(&scene(Subject::Page, 3, Frame::ALL[1]));
    for (old, new) in [(&hills, &jpeg_of_hills(200, 300)), (&hills, &another), (&another, &hills)] {
        assert_eq!(compare(old, new).map(|found| found.old_part), Err(Incomparable::OtherProportions));
    }
    assert_eq!(compare(b"<html>", &hills), Err(Incomparable::Unreadable(MissingReason::NotAPicture)));
    let whole = compare(&hills, &hills[..hills.len() / 2]);
    assert!(whole.is_ok() || whole == Err(Incomparable::Unreadable(MissingReason::NotAPicture)), "no panic: {whole:?}");
    assert!(lit(&compare(&hills, &hills).unwrap()).is_empty());
}

#[test]
fn pictures_are_compared_as_they_are_shown() {
    let lying = image::load_from_memory(&jpeg_of_hills(400, 200)).unwrap();
    let upright = well_saved(&lying.rotate90().into_rgb8());
    let difference = compare(&jpeg_taken_upright(400, 200), &upright).unwrap();
    assert_eq!((difference.width, difference.height), (200, 400));
    assert!(difference.share < NOISE, "{}", difference.share);

    let mut png = std::io::Cursor::new(Vec::new());
    let transparent = RgbImage::from_pixel(60, 40, Rgb([255; 3]));
    DynamicImage::new_rgba8(60, 40).write_to(&mut png, image::ImageFormat::Png).unwrap();
    assert!(lit(&compare(&png.into_inner(), &well_saved(&transparent)).unwrap()).is_empty(), "nothing is white");
    assert!(compare(&well_saved(&hills(60, 40).into_rgb8()), &well_saved(&transparent)).unwrap().share > 0.9);
}
