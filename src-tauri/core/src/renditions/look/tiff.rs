//! TIFFs: many kinds of pictures under one name. No web view shows them, so what the general decoder does not know is
//! worth some lines here: palettes, inks by their profile, and JPEG's colours.

use std::io::Cursor;

use image::codecs::tiff::TiffDecoder;
use image::metadata::Orientation;
use image::{DynamicImage, GrayImage, ImageDecoder, RgbImage};
use tiff::ColorType;
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::{PhotometricInterpretation, Tag};

use super::colour::{self, Profile};
use super::{MAX_DECODED_BYTES, bounded, reason};
use crate::model::MissingReason;

/// Width and height of its pixels, and how they are turned to be shown.
pub(super) fn header(bytes: &[u8]) -> Result<(u32, u32, Orientation), MissingReason> {
    let mut decoder = open(bytes)?;
    let (width, height) = decoder.dimensions().map_err(|error| refused(&error))?;
    bounded(width, height)?;
    let orientation = decoder.find_tag_unsigned::<u8>(Tag::Orientation).ok().flatten();
    let orientation = orientation.and_then(Orientation::from_exif).unwrap_or(Orientation::NoTransforms);
    Ok((width, height, orientation))
}

/// The pixels, and the profile that says what they mean where they are not sRGB already.
pub(super) fn decode(bytes: &[u8]) -> Result<(DynamicImage, Option<Profile>), MissingReason> {
    let (width, height, _) = header(bytes)?;
    let mut decoder = open(bytes)?;
    let profile = decoder.get_tag_u8_vec(Tag::IccProfile).ok().and_then(|icc| Profile::read(&icc));
    if is_palette(&mut decoder) {
        let colours = decoder.get_tag_u16_vec(Tag::ColorMap).map_err(|error| refused(&error))?;
        return Ok((palette(bytes, width, height, &colours)?, profile));
    }
    match decoder.colortype() {
        Ok(ColorType::CMYK(bits @ (8 | 16))) if is_in_one_plane(&mut decoder) => {
            room_for(width, height, 4 * u64::from(bits / 8))?;
            let ink = match decoder.read_image().map_err(|error| refused(&error))? {
                DecodingResult::U8(ink) => ink,
                DecodingResult::U16(ink) => ink.into_iter().map(|share| (share >> 8) as u8).collect(),
                _ => return Err(MissingReason::NotAPicture),
            };
            let light = colour::ink_to_srgb(&ink, width, height, profile.as_ref()).ok_or(MissingReason::NotAPicture)?;
            Ok((DynamicImage::ImageRgb8(light), None))
        }
        Ok(ColorType::YCbCr(8)) if is_in_one_plane(&mut decoder) => {
            room_for(width, height, 3)?;
            let DecodingResult::U8(mut pixels) = decoder.read_image().map_err(|error| refused(&error))? else {
                return Err(MissingReason::NotAPicture);
            };
            for pixel in pixels.as_chunks_mut::<3>().0 {
                *pixel = super::inked_jpeg::light(*pixel);
            }
            let image = RgbImage::from_raw(width, height, pixels).ok_or(MissingReason::NotAPicture)?;
            Ok((DynamicImage::ImageRgb8(image), profile))
        }
        _ => general(bytes).map(|image| (image, profile)),
    }
}

fn general(bytes: &[u8]) -> Result<DynamicImage, MissingReason> {
    let mut decoder = TiffDecoder::new(Cursor::new(bytes)).map_err(|error| reason(&error))?;
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(MAX_DECODED_BYTES);
    decoder.set_limits(limits).map_err(|error| reason(&error))?;
    if decoder.total_bytes() > MAX_DECODED_BYTES {
        return Err(MissingReason::TooManyPixels);
    }
    DynamicImage::from_decoder(decoder).map_err(|error| reason(&error))
}

/// The decoder knows no palettes. Told that the numbers are shades of grey, it gives them as they are.
fn palette(bytes: &[u8], width: u32, height: u32, colours: &[u16]) -> Result<DynamicImage, MissingReason> {
    room_for(width, height, 4)?;
    let mut grey = bytes.to_vec();
    call_it_grey(&mut grey).ok_or(MissingReason::NotAPicture)?;
    let mut decoder = open(&grey)?;
    let Ok(ColorType::Gray(bits @ (1 | 2 | 4 | 8))) = decoder.colortype() else {
        return Err(MissingReason::NotAPicture);
    };
    let DecodingResult::U8(rows) = decoder.read_image().map_err(|error| refused(&error))? else {
        return Err(MissingReason::NotAPicture);
    };
    let numbers = one_by_one(&rows, width, bits);
    let numbers = GrayImage::from_raw(width, height, numbers).ok_or(MissingReason::NotAPicture)?;
    // All reds, then all greens, then all blues, in sixteen bits.
    let count = colours.len() / 3;
    let part =
        |number: u8, part: usize| colours.get(part * count + usize::from(number)).map_or(0, |value| (value >> 8) as u8);
    let mut image = RgbImage::new(width, height);
    for (pixel, number) in image.pixels_mut().zip(numbers.pixels()) {
        pixel.0 =
            std::array::from_fn(|place| if usize::from(number.0[0]) < count { part(number.0[0], place) } else { 0 });
    }
    Ok(DynamicImage::ImageRgb8(image))
}

/// A number a byte, of rows in which several share one.
fn one_by_one(rows: &[u8], width: u32, bits: u8) -> Vec<u8> {
    if bits == 8 {
        return rows.to_vec();
    }
    let row_bytes = (width as usize * usize::from(bits)).div_ceil(8);
    let (mask, in_a_byte) = ((1_u8 << bits) - 1, 8 / usize::from(bits));
    let number = |row: &[u8], x: usize| row[x / in_a_byte] >> (8 - usize::from(bits) * (x % in_a_byte + 1)) & mask;
    rows.chunks_exact(row_bytes).flat_map(|row| (0..width as usize).map(move |x| number(row, x))).collect()
}

/// Writes another word into the table of contents: *black is zero* for *palette*.
fn call_it_grey(bytes: &mut [u8]) -> Option<()> {
    const PALETTE: u16 = 3;
    let is_little = bytes.first() == Some(&b'I');
    let u16_at = |bytes: &[u8], at: usize| {
        let word = *bytes.get(at..)?.first_chunk()?;
        Some(if is_little { u16::from_le_bytes(word) } else { u16::from_be_bytes(word) })
    };
    let first = *bytes.get(4..)?.first_chunk()?;
    let table = if is_little { u32::from_le_bytes(first) } else { u32::from_be_bytes(first) } as usize;
    let entries = u16_at(bytes, table)?;
    let entry = (0..usize::from(entries))
        .map(|entry| table + 2 + entry * 12)
        .find(|entry| u16_at(bytes, *entry) == Some(Tag::PhotometricInterpretation.to_u16()))?;
    if u16_at(bytes, entry + 8)? != PALETTE {
        return None;
    }
    let grey = PhotometricInterpretation::BlackIsZero as u16;
    let grey = if is_little { grey.to_le_bytes() } else { grey.to_be_bytes() };
    bytes.get_mut(entry + 8..entry + 10)?.copy_from_slice(&grey);
    Some(())
}

fn open(bytes: &[u8]) -> Result<Decoder<Cursor<&[u8]>>, MissingReason> {
    let mut limits = Limits::default();
    limits.decoding_buffer_size = MAX_DECODED_BYTES as usize;
    limits.intermediate_buffer_size = MAX_DECODED_BYTES as usize;
    limits.ifd_value_size = bytes.len();
    let decoder = Decoder::new(Cursor::new(bytes)).map_err(|error| refused(&error))?;
    Ok(decoder.with_limits(limits))
}

fn is_palette(decoder: &mut Decoder<Cursor<&[u8]>>) -> bool {
    let photometric = decoder.find_tag_unsigned::<u16>(Tag::PhotometricInterpretation).ok().flatten();
    photometric == Some(PhotometricInterpretation::RGBPalette as u16)
}

fn is_in_one_plane(decoder: &mut Decoder<Cursor<&[u8]>>) -> bool {
    !matches!(decoder.find_tag_unsigned::<u16>(Tag::PlanarConfiguration), Ok(Some(2)))
}

fn room_for(width: u32, height: u32, bytes_a_pixel: u64) -> Result<(), MissingReason> {
    let bytes = u64::from(width) * u64::from(height) * bytes_a_pixel;
    if bytes > MAX_DECODED_BYTES { Err(MissingReason::TooManyPixels) } else { Ok(()) }
}

fn refused(error: &tiff::TiffError) -> MissingReason {
    match error {
        tiff::TiffError::LimitsExceeded => MissingReason::TooManyPixels,
        _ => MissingReason::NotAPicture,
    }
}
