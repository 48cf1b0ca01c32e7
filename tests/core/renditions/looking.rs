//! Real pictures are understood, broken ones are refused, and nothing makes the eye blink.

use image::{DynamicImage, GenericImageView, ImageFormat};
use lysbord_core::model::{Format, MissingReason};
use lysbord_core::renditions::{THUMBNAIL_SIDE, inspect, post_process, sniff};
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

        let developed = post_process(&bytes).unwrap();
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
        let developed = post_process(&bytes).unwrap_or_else(|missing| panic!("{name}: {missing}"));

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
    let thumbnail = post_process(&cmyk_jpeg()).unwrap().thumbnail(THUMBNAIL_SIDE).unwrap();

    let pixel = image::load_from_memory(&thumbnail).unwrap().get_pixel(4, 4);
    assert!(pixel.0.iter().all(|channel| *channel > 245), "{pixel:?}");
}

#[test]
fn what_is_transparent_becomes_white_in_a_thumbnail() {
    let nothing = encoded(&DynamicImage::new_rgba8(20, 20), ImageFormat::Png);

    let thumbnail = post_process(&nothing).unwrap().thumbnail(THUMBNAIL_SIDE).unwrap();

    assert_eq!(image::load_from_memory(&thumbnail).unwrap().get_pixel(9, 9).0, [255; 4]);
}

#[test]
fn a_picture_taken_upright_stands_upright() {
    let bytes = jpeg_taken_upright(400, 200);

    let sniffed = sniff(&bytes).unwrap();
    assert_eq!((sniffed.width, sniffed.height), (200, 400));
    let developed = post_process(&bytes).unwrap();
    assert_eq!(developed.size(), (200, 400));
    let thumbnail = image::load_from_memory(&developed.thumbnail(100).unwrap()).unwrap();
    assert_eq!(thumbnail.dimensions(), (50, 100));
    // The sky was above; after a quarter turn to the right it is on the right.
    let [red, _, blue, _] = thumbnail.get_pixel(45, 50).0;
    assert!(blue > 180 && red < 180, "sky expected, {red} red and {blue} blue found");
}

#[test]
fn a_small_picture_is_not_blown_up() {
    let thumbnail = post_process(&jpeg(30, 20)).unwrap().thumbnail(THUMBNAIL_SIDE).unwrap();

    assert_eq!(sniff(&thumbnail).map(|sniffed| (sniffed.width, sniffed.height)), Ok((30, 20)));
}

#[test]
fn a_line_is_a_picture_too() {
    for (width, height) in [(1, 1), (1, 900), (900, 1)] {
        let developed = post_process(&encoded(&hills(width, height), ImageFormat::Png)).unwrap();
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
        assert_eq!(sniff(bytes), Err(MissingReason::NotAPicture), "{bytes:?}");
        assert_eq!(post_process(bytes).err(), Some(MissingReason::NotAPicture), "{bytes:?}");
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
        assert_eq!(sniff(bytes), Err(MissingReason::TooManyPixels), "{:?}", &bytes[..24.min(bytes.len())]);
        assert_eq!(post_process(bytes).err(), Some(MissingReason::TooManyPixels));
    }
}

#[test]
fn pixels_that_are_few_but_too_deep_are_not_decoded() {
    let deep = png_that_claims(9_000, 9_000, 16, 6);

    assert!(sniff(&deep).is_ok());
    assert_eq!(post_process(&deep).err(), Some(MissingReason::TooManyPixels));
}

#[test]
fn a_jpeg_of_endless_scans_is_not_decoded() {
    assert_eq!(post_process(&jpeg_of_endless_scans()).err(), Some(MissingReason::NotAPicture));
}

#[test]
fn a_film_after_a_photograph_is_no_reason_not_to_decode_it() {
    // A motion photo: whatever comes after the end is not part of the picture, and may look like anything.
    let mut bytes = jpeg(60, 40);
    bytes.extend(b"\xFF\xDA\x00\x08".repeat(5_000));

    assert_eq!(post_process(&bytes).unwrap().size(), (60, 40));
}

#[test]
fn pictures_that_web_views_do_not_show_get_one_that_they_do() {
    let hills = hills(90, 60);
    let palette = palette_tiff();
    for (name, bytes, format) in [
        ("tiff", encoded(&hills, ImageFormat::Tiff), Some(Format::Jpeg)),
        ("deep tiff", encoded(&DynamicImage::ImageRgb16(hills.to_rgb16()), ImageFormat::Tiff), Some(Format::Jpeg)),
        ("transparent tiff", encoded(&DynamicImage::new_rgba8(9, 9), ImageFormat::Tiff), Some(Format::Png)),
        ("palette tiff", palette, Some(Format::Jpeg)),
        ("inks", cmyk_jpeg(), Some(Format::Jpeg)),
        ("jpeg", jpeg(90, 60), None),
        ("jpeg taken upright", jpeg_taken_upright(90, 60), None),
        ("png", encoded(&hills, ImageFormat::Png), None),
        ("webp", encoded(&hills, ImageFormat::WebP), None),
        ("gif", animated_gif(), None),
    ] {
        let developed = post_process(&bytes).unwrap_or_else(|missing| panic!("{name}: {missing}"));
        let stand_in = developed.stand_in().map(Result::unwrap);
        assert_eq!(stand_in.as_ref().map(|stand_in| stand_in.format), format, "{name}");
        if let Some(stand_in) = stand_in {
            let sniffed = sniff(&stand_in.bytes).unwrap();
            assert_eq!((sniffed.width, sniffed.height), developed.size(), "{name}");
            assert_eq!((stand_in.width, stand_in.height), developed.size(), "{name}");
        }
    }
}

/// Two by two pixels by number: red, green, blue and white, four bits each.
fn palette_tiff() -> Vec<u8> {
    let colours = [[0xFFFF, 0, 0], [0, 0xFFFF, 0], [0, 0, 0xFFFF], [0xFFFF; 3]];
    let map: Vec<u8> = (0..3)
        .flat_map(|part| (0..16).map(move |number| colours.get(number).map_or(0_u16, |colour| colour[part])))
        .flat_map(u16::to_le_bytes)
        .collect();
    let pixels = [0x01, 0x23];
    let entries: [(u16, u16, u32, u32); 9] = [
        (256, 3, 1, 2),   // width
        (257, 3, 1, 2),   // height
        (258, 3, 1, 4),   // bits
        (259, 3, 1, 1),   // not compressed
        (262, 3, 1, 3),   // a palette
        (273, 4, 1, 8),   // where the pixels are
        (278, 3, 1, 2),   // rows
        (279, 4, 1, 2),   // bytes of pixels
        (320, 3, 48, 10), // where the palette is
    ];
    let mut bytes = b"II*\0".to_vec();
    bytes.extend((8 + 2 + map.len() as u32).to_le_bytes());
    bytes.extend(pixels);
    bytes.extend(&map);
    bytes.extend((entries.len() as u16).to_le_bytes());
    for (tag, kind, count, value) in entries {
        bytes.extend(tag.to_le_bytes());
        bytes.extend(kind.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        bytes.extend(value.to_le_bytes());
    }
    bytes.extend(0_u32.to_le_bytes());
    bytes
}

#[test]
fn a_palette_is_looked_up() {
    let stand_in = post_process(&palette_tiff()).unwrap().stand_in().unwrap().unwrap();
    let shown = image::load_from_memory(&stand_in.bytes).unwrap().into_rgb8();
    assert_eq!(shown.dimensions(), (2, 2));
    // A JPEG of two by two pixels mixes their colours, but not their brightness.
    let luma = |x, y| image::Pixel::to_luma(shown.get_pixel(x, y)).0[0];
    let [red, green, blue, white] = [luma(0, 0), luma(1, 0), luma(0, 1), luma(1, 1)];
    assert!(white > green && green > red && red > blue, "{white} {green} {red} {blue}");
}

/// Looks at bytes in every way there is; only a panic is wrong.
fn look_all_over(bytes: &[u8]) {
    let _ = sniff(bytes);
    let _ = inspect(bytes);
    if let Ok(developed) = post_process(bytes) {
        let _ = developed.placeholder();
        let _ = developed.thumbnail(16);
        let _ = developed.stand_in();
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
        Just(palette_tiff()),
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
