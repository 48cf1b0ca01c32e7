//! Pictures and would-be pictures, all drawn here.

use std::io::Cursor;

use image::codecs::gif::GifEncoder;
use image::{DynamicImage, Frame, ImageFormat, Rgba, RgbaImage};

pub fn hills(width: u32, height: u32) -> DynamicImage {
    let image = RgbaImage::from_fn(width, height, |x, y| {
        let hill = (f64::from(x) / 9.0).sin() * f64::from(height) / 8.0 + f64::from(height) / 2.0;
        if f64::from(y) > hill { Rgba([40, 90 + (x % 60) as u8, 50, 255]) } else { Rgba([120, 160, 230, 255]) }
    });
    DynamicImage::ImageRgba8(image)
}

pub fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

pub fn jpeg(width: u32, height: u32) -> Vec<u8> {
    encoded(&DynamicImage::ImageRgb8(hills(width, height).into_rgb8()), ImageFormat::Jpeg)
}

/// A JPEG that is `size` bytes long and like no other with another `mark`; decoders do not mind what follows the picture.
pub fn jpeg_of_size(size: usize, mark: u8) -> Vec<u8> {
    let mut bytes = jpeg(16, 12);
    bytes.resize(size, mark);
    bytes
}

pub fn animated_gif() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new(&mut bytes);
    for colour in [[255, 0, 0, 255], [0, 0, 255, 255]] {
        encoder.encode_frame(Frame::new(RgbaImage::from_pixel(30, 20, Rgba(colour)))).unwrap();
    }
    drop(encoder);
    bytes
}

/// A JPEG with the note *turn me a quarter to the right*, as a camera held upright writes it.
pub fn jpeg_taken_upright(width: u32, height: u32) -> Vec<u8> {
    let exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let mut bytes = vec![0xFF, 0xD8, 0xFF, 0xE1, 0, exif.len() as u8 + 2];
    bytes.extend_from_slice(exif);
    bytes.extend_from_slice(&jpeg(width, height)[2..]);
    bytes
}

/// Eight by eight pixels without ink, in the inverted CMYK that Photoshop writes.
pub fn cmyk_jpeg() -> Vec<u8> {
    let mut bytes = vec![0xFF, 0xD8];
    segment(&mut bytes, 0xEE, b"Adobe\0\x64\0\0\0\0\0");
    segment(&mut bytes, 0xDB, &[&[0][..], &[8; 64]].concat());
    segment(&mut bytes, 0xC0, &[8, 0, 8, 0, 8, 4, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0]);
    // Direct current: 00 no change, 01 a change of seven bits. Alternating current: 0 nothing more.
    segment(&mut bytes, 0xC4, &[&[0, 0, 2][..], &[0; 14], &[0, 7]].concat());
    segment(&mut bytes, 0xC4, &[&[0x10, 1][..], &[0; 15], &[0]].concat());
    segment(&mut bytes, 0xDA, &[4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 63, 0]);
    bytes.extend_from_slice(&[0x7F, 0x9F, 0xE7, 0xF9, 0xFE, 0xFF, 0xD9]);
    bytes
}

/// A progressive JPEG in which each scan of a few bytes passes over 64 million pixels.
pub fn jpeg_of_endless_scans() -> Vec<u8> {
    let mut bytes = vec![0xFF, 0xD8];
    segment(&mut bytes, 0xDB, &[&[0][..], &[8; 64]].concat());
    segment(&mut bytes, 0xC2, &[8, 0x1F, 0x40, 0x1F, 0x40, 1, 1, 0x11, 0]);
    segment(&mut bytes, 0xC4, &[&[0, 1][..], &[0; 15], &[0]].concat());
    for _ in 0..100_000 {
        segment(&mut bytes, 0xDA, &[1, 1, 0, 0, 0, 0]);
        bytes.push(0);
    }
    bytes.extend_from_slice(&[0xFF, 0xD9]);
    bytes
}

/// The header of a PNG that claims a size, with nothing in it.
pub fn png_that_claims(width: u32, height: u32, bits: u8, colour: u8) -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend_from_slice(&width.to_be_bytes());
    header.extend_from_slice(&height.to_be_bytes());
    header.extend_from_slice(&[bits, colour, 0, 0, 0]);
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    bytes.extend_from_slice(&header);
    bytes.extend_from_slice(&crc32(&header).to_be_bytes());
    bytes.extend_from_slice(b"\0\0\0\x02IDAT\x78\x9c");
    bytes.extend_from_slice(&crc32(b"IDAT\x78\x9c").to_be_bytes());
    bytes
}

fn segment(bytes: &mut Vec<u8>, marker: u8, content: &[u8]) {
    bytes.extend_from_slice(&[0xFF, marker]);
    bytes.extend_from_slice(&(content.len() as u16 + 2).to_be_bytes());
    bytes.extend_from_slice(content);
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}
