//! Real pictures are understood, broken ones are refused, and nothing makes the eye blink.

use image::{DynamicImage, GenericImageView, ImageFormat};
use lysbord_core::model::{Format, Missing};
use lysbord_core::renditions::{THUMBNAIL_SIDE, develop, sniff};
use proptest::prelude::*;

use super::drawn::{
    animated_gif, cmyk_jpeg, encoded, hills, jpeg, jpeg_of_endless_scans, jpeg_taken_upright, png_that_claims,
};

#[test]
fn every_format_is_known_by_its_bytes() {
    let rgb = DynamicImage::ImageRgb8(hills(60, 40).into_rgb8());
    for (bytes, format) in [
        (encoded(&rgb, ImageFormat::Jpeg), Format::Jpeg),
        (encoded(&hills(60, 40), ImageFormat::Png), Format::Png),
        (encoded(&hills(60, 40), ImageFormat::WebP), Format::Webp),
        (encoded(&hills(60, 40), ImageFormat::Gif), Format::Gif),
        (encoded(&hills(60, 40), ImageFormat::Tiff), Format::Tiff),
    ] {
        let sniffed = sniff(&bytes).unwrap();
        assert_eq!((sniffed.format, sniffed.width, sniffed.height), (format, 60, 40));

        let developed = develop(&bytes).unwrap();
        assert_eq!(developed.size(), (60, 40));
        assert!(developed.placeholder().unwrap().len() > 10, "{format:?}");
    }
}

#[test]
fn grey_deep_transparent_and_moving_pictures_are_shown() {
    let hills = hills(300, 150);
    let deep = DynamicImage::ImageRgba16(hills.to_rgba16());
    for (name, bytes) in [
        ("grey", encoded(&DynamicImage::ImageLuma8(hills.to_luma8()), ImageFormat::Jpeg)),
        ("grey with alpha", encoded(&DynamicImage::ImageLumaA8(hills.to_luma_alpha8()), ImageFormat::Png)),
        ("deep grey", encoded(&DynamicImage::ImageLuma16(hills.to_luma16()), ImageFormat::Png)),
        ("deep with alpha", encoded(&deep, ImageFormat::Png)),
        ("deep tiff", encoded(&deep, ImageFormat::Tiff)),
        ("floating tiff", encoded(&DynamicImage::ImageRgb32F(hills.to_rgb32f()), ImageFormat::Tiff)),
        ("moving", animated_gif()),
        ("cmyk", cmyk_jpeg()),
    ] {
        let developed = develop(&bytes).unwrap_or_else(|missing| panic!("{name}: {missing}"));

        let thumbnail = developed.thumbnail(THUMBNAIL_SIDE).unwrap();
        let (width, height) = developed.size();
        let shrunk = sniff(&thumbnail).unwrap();
        assert_eq!(shrunk.format, Format::Jpeg, "{name}");
        assert!(shrunk.width.max(shrunk.height) <= THUMBNAIL_SIDE, "{name}");
        let (ratio, shrunk) = (width as f32 / height as f32, shrunk.width as f32 / shrunk.height as f32);
        assert!((ratio - shrunk).abs() < 0.05, "{name}: {ratio} became {shrunk}");
        assert!(developed.placeholder().unwrap().len() > 4, "{name}");
    }
}

#[test]
fn ink_that_is_not_there_is_white() {
    let thumbnail = develop(&cmyk_jpeg()).unwrap().thumbnail(THUMBNAIL_SIDE).unwrap();

    let pixel = image::load_from_memory(&thumbnail).unwrap().get_pixel(4, 4);
    assert!(pixel.0.iter().all(|channel| *channel > 245), "{pixel:?}");
}

#[test]
fn what_is_transparent_becomes_white_in_a_thumbnail() {
    let nothing = encoded(&DynamicImage::new_rgba8(20, 20), ImageFormat::Png);

    let thumbnail = develop(&nothing).unwrap().thumbnail(THUMBNAIL_SIDE).unwrap();

    assert_eq!(image::load_from_memory(&thumbnail).unwrap().get_pixel(9, 9).0, [255; 4]);
}

#[test]
fn a_picture_taken_upright_stands_upright() {
    let bytes = jpeg_taken_upright(400, 200);

    let sniffed = sniff(&bytes).unwrap();
    assert_eq!((sniffed.width, sniffed.height), (200, 400));
    let developed = develop(&bytes).unwrap();
    assert_eq!(developed.size(), (200, 400));
    let thumbnail = image::load_from_memory(&developed.thumbnail(100).unwrap()).unwrap();
    assert_eq!(thumbnail.dimensions(), (50, 100));
    // The sky was above; after a quarter turn to the right it is on the right.
    let [red, _, blue, _] = thumbnail.get_pixel(45, 50).0;
    assert!(blue > 180 && red < 180, "sky expected, {red} red and {blue} blue found");
}

#[test]
fn a_small_picture_is_not_blown_up() {
    let thumbnail = develop(&jpeg(30, 20)).unwrap().thumbnail(THUMBNAIL_SIDE).unwrap();

    assert_eq!(sniff(&thumbnail).map(|sniffed| (sniffed.width, sniffed.height)), Ok((30, 20)));
}

#[test]
fn a_line_is_a_picture_too() {
    for (width, height) in [(1, 1), (1, 900), (900, 1)] {
        let developed = develop(&encoded(&hills(width, height), ImageFormat::Png)).unwrap();
        assert!(developed.placeholder().is_ok(), "{width} by {height}");
        assert!(sniff(&developed.thumbnail(THUMBNAIL_SIDE).unwrap()).is_ok(), "{width} by {height}");
    }
}

#[test]
fn what_is_no_picture_is_called_so() {
    let icon = [0, 0, 1, 0, 1, 0, 16, 16, 0, 0, 1, 0, 24, 0, 0, 0];
    for bytes in [
        &b""[..],
        b"<!doctype html><title>Sign in</title>",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.7",
        b"BM\x36\0\0\0",
        b"GIF89a",
        b"\xFF\xD8\xFF",
        b"RIFF\0\0\0\0WEBP",
        b"II\x2a\0\x08\0\0\0",
        b"\x89PNG\r\n\x1a\n",
        &icon,
    ] {
        assert_eq!(sniff(bytes), Err(Missing::NotAPicture), "{bytes:?}");
        assert_eq!(develop(bytes).err(), Some(Missing::NotAPicture), "{bytes:?}");
    }
}

#[test]
fn bombs_are_recognised_by_their_header() {
    let gif = b"GIF89a\xFF\xFF\xFF\xFF\0\0\0,\0\0\0\0\xFF\xFF\xFF\xFF\0\x02";
    for bytes in [
        &png_that_claims(100_000, 100_000, 8, 2)[..],
        &png_that_claims(u32::MAX >> 1, 1, 8, 0),
        &png_that_claims(10_001, 10_000, 1, 0),
        gif,
    ] {
        assert_eq!(sniff(bytes), Err(Missing::TooManyPixels), "{:?}", &bytes[..24.min(bytes.len())]);
        assert_eq!(develop(bytes).err(), Some(Missing::TooManyPixels));
    }
}

#[test]
fn pixels_that_are_few_but_too_deep_are_not_decoded() {
    let deep = png_that_claims(9_000, 9_000, 16, 6);

    assert!(sniff(&deep).is_ok());
    assert_eq!(develop(&deep).err(), Some(Missing::TooManyPixels));
}

#[test]
fn a_jpeg_of_endless_scans_is_not_decoded() {
    assert_eq!(develop(&jpeg_of_endless_scans()).err(), Some(Missing::NotAPicture));
}

/// Looks at bytes in every way there is; only a panic is wrong.
fn look_all_over(bytes: &[u8]) {
    let _ = sniff(bytes);
    if let Ok(developed) = develop(bytes) {
        let _ = developed.placeholder();
        let _ = developed.thumbnail(16);
    }
}

fn some_picture() -> impl Strategy<Value = Vec<u8>> {
    let deep = DynamicImage::ImageRgb16(hills(24, 18).to_rgb16());
    prop_oneof![
        Just(jpeg(40, 30)),
        Just(jpeg_taken_upright(24, 16)),
        Just(cmyk_jpeg()),
        Just(animated_gif()),
        Just(encoded(&hills(24, 18), ImageFormat::Png)),
        Just(encoded(&hills(24, 18), ImageFormat::WebP)),
        Just(encoded(&deep, ImageFormat::Tiff)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_picture_cut_short_does_no_harm(picture in some_picture(), share in 0.0..1.0) {
        let length = (picture.len() as f64 * share) as usize;
        look_all_over(&picture[..length]);
    }

    #[test]
    fn flipped_bits_do_no_harm(
        mut picture in some_picture(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), 0_u8..8), 1..24),
    ) {
        for (place, bit) in flips {
            let place = place.index(picture.len());
            picture[place] ^= 1 << bit;
        }
        look_all_over(&picture);
    }

    #[test]
    fn a_false_beginning_does_no_harm(
        magic in prop::sample::select(vec![
            &b"\xFF\xD8\xFF"[..], b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\x40\0\0\0WEBPVP8 ", b"II\x2a\0\x08\0\0\0", b"MM\0\x2a\0\0\0\x08",
        ]),
        noise in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        look_all_over(&[magic, &noise].concat());
    }
}
