//! JPEGs for print, of four inks. Web views do not agree on them; here they become light once and for all.

use image::DynamicImage;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::colour::{self, Profile};
use super::whole::JpegShape;
use crate::model::MissingReason;

/// Decodes a JPEG of four inks. The caller has bounded its pixels.
pub(super) fn decode(bytes: &[u8], shape: JpegShape) -> Result<DynamicImage, MissingReason> {
    let refused = |_| MissingReason::NotAPicture;
    let options = DecoderOptions::default().set_strict_mode(false).set_max_width(usize::MAX).set_max_height(usize::MAX);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(refused)?;
    let stored = decoder.input_colorspace().ok_or(MissingReason::NotAPicture)?;
    if !matches!(stored, ColorSpace::CMYK | ColorSpace::YCCK) {
        return Err(MissingReason::NotAPicture);
    }
    decoder.set_options(options.jpeg_set_out_colorspace(stored));
    let mut ink = decoder.decode().map_err(refused)?;
    let (width, height) = decoder.dimensions().ok_or(MissingReason::NotAPicture)?;
    for pixel in ink.as_chunks_mut::<4>().0 {
        if stored == ColorSpace::YCCK {
            let [red, green, blue] = light([pixel[0], pixel[1], pixel[2]]);
            // Of ink kept the other way round, light and ink are the same number.
            *pixel = [255 - red, 255 - green, 255 - blue, pixel[3]];
        }
        if shape.is_adobe {
            *pixel = pixel.map(|share| 255 - share);
        }
    }
    let profile = decoder.icc_profile().and_then(|icc| Profile::read(&icc));
    let light =
        colour::ink_to_srgb(&ink, width as u32, height as u32, profile.as_ref()).ok_or(MissingReason::NotAPicture)?;
    Ok(DynamicImage::ImageRgb8(light))
}

/// Brightness and two differences of colour become red, green and blue, as JPEG has it.
pub(super) fn light([brightness, blueness, redness]: [u8; 3]) -> [u8; 3] {
    let (y, cb, cr) = (f32::from(brightness), f32::from(blueness) - 128.0, f32::from(redness) - 128.0);
    [y + 1.402 * cr, y - 0.344_136 * cb - 0.714_136 * cr, y + 1.772 * cb].map(|part| part.round() as u8)
}
