//! Looks at pictures: what they claim to be, whether they can be shown, what they look like from afar.
//! Pure functions over hostile bytes. [`sniff`] reads the header only and belongs to the rush; [`develop`] decodes
//! everything, takes milliseconds, and can wait.

use std::io::Cursor;

use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, Rgb, RgbImage, RgbaImage};

use crate::model::{Format, Missing};

pub const MAX_PIXELS: u64 = 100_000_000;
/// The long side of a thumbnail that is made here, as Fotoware's own have it.
pub const THUMBNAIL_SIDE: u32 = 200;

const MAX_DECODED_BYTES: u64 = 512 << 20;
/// Each scan of a progressive JPEG passes over all pixels; a few bytes a scan could keep a decoder busy for hours.
const MAX_JPEG_SCANS: usize = 100;
const THUMBNAIL_QUALITY: u8 = 82;
/// A thumbhash keeps seven waves a side; more pixels than these would only cost time.
const PLACEHOLDER_SIDE: u32 = 32;

/// What the header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sniffed {
    pub format: Format,
    /// As it is shown, after the turn that a camera may have noted.
    pub width: u32,
    pub height: u32,
}

/// Reads format and dimensions from the header. What passes may still prove broken when it is developed.
pub fn sniff(bytes: &[u8]) -> Result<Sniffed, Missing> {
    let (format, mut decoder) = open(bytes)?;
    let (width, height) = decoder.dimensions();
    let (width, height) = turned(width, height, orientation(&mut decoder));
    Ok(Sniffed { format, width, height })
}

/// A fully decoded picture.
pub struct Developed {
    image: DynamicImage,
    orientation: Orientation,
}

/// Decodes the whole picture, the first frame of an animated one.
pub fn develop(bytes: &[u8]) -> Result<Developed, Missing> {
    let (format, mut decoder) = open(bytes)?;
    if format == Format::Jpeg && jpeg_scans(bytes) > MAX_JPEG_SCANS {
        return Err(Missing::NotAPicture);
    }
    if decoder.total_bytes() > MAX_DECODED_BYTES {
        return Err(Missing::TooManyPixels);
    }
    let orientation = orientation(&mut decoder);
    let image = DynamicImage::from_decoder(decoder).map_err(|error| reason(&error))?;
    Ok(Developed { image, orientation })
}

impl Developed {
    /// Width and height as it is shown.
    pub fn size(&self) -> (u32, u32) {
        turned(self.image.width(), self.image.height(), self.orientation)
    }

    /// A thumbhash: some 25 bytes that a window can draw before the picture comes.
    pub fn placeholder(&self) -> Result<Vec<u8>, Missing> {
        let small = self.shrunk_to(PLACEHOLDER_SIDE, FilterType::Box)?;
        Ok(thumbhash::rgba_to_thumb_hash(small.width() as usize, small.height() as usize, small.as_raw()))
    }

    /// A JPEG with at most `long_side` pixels on its long side; what is transparent becomes white.
    pub fn thumbnail(&self, long_side: u32) -> Result<Vec<u8>, Missing> {
        let small = self.shrunk_to(long_side, FilterType::Lanczos3)?;
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, THUMBNAIL_QUALITY)
            .encode_image(&on_white(&small))
            .map_err(|error| reason(&error))?;
        Ok(jpeg)
    }

    /// Of exactly this size as it is shown, no larger than it is; what is transparent becomes white.
    pub(super) fn sized(&self, width: u32, height: u32) -> Result<RgbImage, Missing> {
        let (width, height) = turned(width, height, self.orientation);
        Ok(on_white(&self.resized(width, height, FilterType::Hamming)?))
    }

    /// Shrinks in the picture's own pixels and converts after, so that nothing large is held twice.
    fn shrunk_to(&self, long_side: u32, filter: FilterType) -> Result<RgbaImage, Missing> {
        let (width, height) = (self.image.width(), self.image.height());
        let ratio = f64::from(long_side) / f64::from(width.max(height));
        let side = |length: u32| ((f64::from(length) * ratio.min(1.0)).round() as u32).max(1);
        self.resized(side(width), side(height), filter)
    }

    /// The size is that of the pixels, before they are turned.
    fn resized(&self, width: u32, height: u32, filter: FilterType) -> Result<RgbaImage, Missing> {
        if (width, height) == (self.image.width(), self.image.height()) {
            return Ok(self.upright(self.image.to_rgba8()));
        }
        let mut small = DynamicImage::new(width, height, self.image.color());
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter));
        Resizer::new().resize(&self.image, &mut small, &options).map_err(|_| Missing::NotAPicture)?;
        Ok(self.upright(small.into_rgba8()))
    }

    fn upright(&self, image: RgbaImage) -> RgbaImage {
        let mut image = DynamicImage::ImageRgba8(image);
        image.apply_orientation(self.orientation);
        image.into_rgba8()
    }
}

/// Finds the decoder by what the bytes are, never by what a name or header says they are.
fn open(bytes: &[u8]) -> Result<(Format, impl ImageDecoder), Missing> {
    let format = match image::guess_format(bytes) {
        Ok(ImageFormat::Jpeg) => Format::Jpeg,
        Ok(ImageFormat::Png) => Format::Png,
        Ok(ImageFormat::WebP) => Format::Webp,
        Ok(ImageFormat::Gif) => Format::Gif,
        Ok(ImageFormat::Tiff) => Format::Tiff,
        _ => return Err(Missing::NotAPicture),
    };
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODED_BYTES);
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| Missing::NotAPicture)?;
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(|error| reason(&error))?;
    let (width, height) = decoder.dimensions();
    match u64::from(width) * u64::from(height) {
        0 => Err(Missing::NotAPicture),
        pixels if pixels > MAX_PIXELS => Err(Missing::TooManyPixels),
        _ => Ok((format, decoder)),
    }
}

/// A broken note about the turn is no reason to refuse the picture.
fn orientation(decoder: &mut impl ImageDecoder) -> Orientation {
    decoder.orientation().unwrap_or(Orientation::NoTransforms)
}

fn turned(width: u32, height: u32, orientation: Orientation) -> (u32, u32) {
    match orientation {
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH => {
            (height, width)
        }
        Orientation::NoTransforms
        | Orientation::Rotate180
        | Orientation::FlipHorizontal
        | Orientation::FlipVertical => (width, height),
    }
}

fn reason(error: &ImageError) -> Missing {
    match error {
        ImageError::Limits(_) => Missing::TooManyPixels,
        _ => Missing::NotAPicture,
    }
}

/// Inside a scan 0xFF is always escaped, so this counts every scan, and by chance a few bytes of colour profiles.
fn jpeg_scans(bytes: &[u8]) -> usize {
    bytes.windows(2).filter(|pair| pair == &[0xFF, 0xDA]).count()
}

fn on_white(image: &RgbaImage) -> RgbImage {
    let mut flat = RgbImage::new(image.width(), image.height());
    for (to, from) in flat.pixels_mut().zip(image.pixels()) {
        let [red, green, blue, alpha] = from.0.map(u16::from);
        let blend = |colour: u16| ((colour * alpha + 255 * (255 - alpha)) / 255) as u8;
        *to = Rgb([blend(red), blend(green), blend(blue)]);
    }
    flat
}
