//! Looks at pictures: what they claim to be, whether they are whole and can be shown, what they look like from afar.
//! Pure functions over hostile bytes. [`inspect`] reads the header and looks for the end, and belongs to the rush;
//! [`post_process`] decodes everything, takes milliseconds, and can wait.

mod colour;
mod ink;
mod inked_jpeg;
mod signature;
mod tiff;
mod whole;

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, Rgb, RgbImage, RgbaImage};

use crate::model::{Flaw, Format, MissingReason};
use colour::Profile;
pub(super) use signature::recognise;
use whole::JpegShape;

pub const MAX_PIXELS: u64 = 100_000_000;
/// The long side of a thumbnail that is made here, as Fotoware's own have it.
pub const THUMBNAIL_SIDE: u32 = 200;
/// The long side of a picture that is shown for one that web views cannot show.
const STAND_IN_SIDE: u32 = 4096;

const MAX_DECODED_BYTES: u64 = 512 << 20;
/// Each scan of a progressive JPEG passes over all pixels; a few bytes a scan could keep a decoder busy for hours.
const MAX_JPEG_SCANS: usize = 100;
const THUMBNAIL_QUALITY: u8 = 82;
const STAND_IN_QUALITY: u8 = 90;
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

/// What header and end say of bytes that are worth keeping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inspected {
    pub format: Format,
    /// As it is shown; 0 where the header cannot be read.
    pub width: u32,
    pub height: u32,
    /// `None`: nothing is wrong, as far as can be seen without decoding.
    pub flaw: Option<Flaw>,
}

/// Reads format and dimensions from the header. What passes may still prove broken when it is developed.
pub fn sniff(bytes: &[u8]) -> Result<Sniffed, MissingReason> {
    let (format, width, height, orientation) = header(bytes)?;
    let (width, height) = turned(width, height, orientation);
    Ok(Sniffed { format, width, height })
}

/// Looks whether these bytes are a picture, whole, and one that this program can show. An error is told of what is not
/// worth keeping: no picture, or so little of one that nothing can be shown of it.
pub fn inspect(bytes: &[u8]) -> Result<Inspected, MissingReason> {
    let Some(format) = recognise(bytes) else {
        return Err(match bytes {
            [] => MissingReason::Empty,
            _ if signature::is_web_page(bytes) => MissingReason::WebPage,
            _ => MissingReason::NotAPicture,
        });
    };
    // Decoders are other people's, and bytes are strangers': what makes one panic is kept for a later one.
    let looked = catch_unwind(AssertUnwindSafe(|| (whole::is_whole(format, bytes), sniff(bytes))));
    let (is_whole, sniffed) = looked.unwrap_or((true, Err(MissingReason::Unreadable)));
    let undecoded = |flaw| Inspected { format, width: 0, height: 0, flaw: Some(flaw) };
    match sniffed {
        Ok(Sniffed { format, width, height }) => {
            Ok(Inspected { format, width, height, flaw: (!is_whole).then_some(Flaw::Partial) })
        }
        Err(MissingReason::TooManyPixels) => Ok(undecoded(Flaw::TooManyPixels)),
        Err(_) if is_whole => Ok(undecoded(Flaw::Unreadable)),
        Err(_) => Err(MissingReason::CutOff),
    }
}

/// Whether the end of these bytes is missing, if they are a picture.
pub fn is_partial(bytes: &[u8]) -> bool {
    recognise(bytes).is_some_and(|format| !whole::is_whole(format, bytes))
}

/// Whether this program shows a picture otherwise than the first one did, which knew no profiles, no inks, no stand-ins
/// and no halves. For what it looked at already: most pictures need not be decoded again.
pub fn may_look_different(bytes: &[u8]) -> bool {
    let Ok((format, _, _, orientation)) = header(bytes) else { return true };
    let is_turned = !matches!(orientation, Orientation::NoTransforms);
    let has_profile = || open(bytes).is_ok_and(|mut decoder| matches!(decoder.icc_profile(), Ok(Some(_))));
    match format {
        Format::Jpeg => is_partial(bytes) || JpegShape::of(bytes).components == 4 || has_profile(),
        Format::Png | Format::Webp => is_partial(bytes) || is_turned || has_profile(),
        Format::Gif => is_partial(bytes),
        _ => true,
    }
}

/// A fully decoded picture.
pub struct PostProcessed {
    image: DynamicImage,
    orientation: Orientation,
    /// What the numbers of the pixels mean, where that is not sRGB.
    profile: Option<Profile>,
    is_for_the_web: bool,
}

/// What is shown for a picture that web views do not show, or not all alike.
pub struct StandIn {
    pub bytes: Vec<u8>,
    pub format: Format,
    pub width: u32,
    pub height: u32,
}

/// Decodes the whole picture, the first frame of an animated one.
pub fn post_process(bytes: &[u8]) -> Result<PostProcessed, MissingReason> {
    let (format, width, height, orientation) = header(bytes)?;
    let is_upright = matches!(orientation, Orientation::NoTransforms);
    if format == Format::Tiff {
        let (image, profile) = tiff::decode(bytes)?;
        return Ok(PostProcessed { image, orientation, profile, is_for_the_web: false });
    }
    if format == Format::Jpeg {
        let shape = JpegShape::of(bytes);
        if shape.scans > MAX_JPEG_SCANS {
            return Err(MissingReason::NotAPicture);
        }
        if shape.components == 4 {
            if u64::from(width) * u64::from(height) * 8 > MAX_DECODED_BYTES {
                return Err(MissingReason::TooManyPixels);
            }
            let image = inked_jpeg::decode(bytes, shape)?;
            return Ok(PostProcessed { image, orientation, profile: None, is_for_the_web: false });
        }
    }
    let mut decoder = open(bytes)?;
    if decoder.total_bytes() > MAX_DECODED_BYTES {
        return Err(MissingReason::TooManyPixels);
    }
    let icc = decoder.icc_profile().ok().flatten();
    let profile = icc.and_then(|icc| Profile::read(&icc));
    let image = DynamicImage::from_decoder(decoder).map_err(|error| reason(&error))?;
    // Of the note how to turn a picture, web views heed only a JPEG's for certain.
    let is_for_the_web = format == Format::Jpeg || is_upright;
    Ok(PostProcessed { image, orientation, profile, is_for_the_web })
}

impl PostProcessed {
    /// Width and height as it is shown.
    pub fn size(&self) -> (u32, u32) {
        turned(self.image.width(), self.image.height(), self.orientation)
    }

    /// A thumbhash: some 25 bytes that a window can draw before the picture comes.
    pub fn placeholder(&self) -> Result<Vec<u8>, MissingReason> {
        let small = self.shrunk_to(PLACEHOLDER_SIDE, FilterType::Box)?;
        Ok(thumbhash::rgba_to_thumb_hash(small.width() as usize, small.height() as usize, small.as_raw()))
    }

    /// A JPEG with at most `long_side` pixels on its long side; what is transparent becomes white.
    pub fn thumbnail(&self, long_side: u32) -> Result<Vec<u8>, MissingReason> {
        let small = self.small(long_side)?;
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, THUMBNAIL_QUALITY)
            .encode_image(&on_white(&small))
            .map_err(|error| reason(&error))?;
        Ok(jpeg)
    }

    /// What to show in a web view in place of the picture itself, or `None` where it can be shown as it is. A JPEG, or a
    /// PNG where something is transparent; upright, in sRGB, and at most 4,096 pixels on its long side.
    pub fn stand_in(&self) -> Option<Result<StandIn, MissingReason>> {
        (!self.is_for_the_web).then(|| {
            let shown = self.small(STAND_IN_SIDE)?;
            let (width, height) = shown.dimensions();
            let mut bytes = Vec::new();
            let is_opaque = shown.pixels().all(|pixel| pixel.0[3] == u8::MAX);
            let (format, written) = if is_opaque {
                let flat = DynamicImage::ImageRgba8(shown).into_rgb8();
                (Format::Jpeg, JpegEncoder::new_with_quality(&mut bytes, STAND_IN_QUALITY).encode_image(&flat))
            } else {
                (Format::Png, shown.write_with_encoder(PngEncoder::new(&mut bytes)))
            };
            written.map_err(|error| reason(&error))?;
            Ok(StandIn { bytes, format, width, height })
        })
    }

    /// Of exactly this size as it is shown, no larger than it is; what is transparent becomes white.
    pub(super) fn sized(&self, width: u32, height: u32) -> Result<RgbImage, MissingReason> {
        let (width, height) = turned(width, height, self.orientation);
        Ok(on_white(&self.resized(width, height, FilterType::Hamming)?))
    }

    /// At most `long_side` pixels on its long side as it is shown; what is transparent becomes white.
    pub(super) fn shrunk(&self, long_side: u32) -> Result<RgbImage, MissingReason> {
        Ok(on_white(&self.shrunk_to(long_side, FilterType::Hamming)?))
    }

    /// At most `long_side` pixels on its long side, as it is shown: upright and in sRGB.
    pub fn small(&self, long_side: u32) -> Result<RgbaImage, MissingReason> {
        self.shrunk_to(long_side, FilterType::Lanczos3)
    }

    /// Shrinks in the picture's own pixels and converts after, so that nothing large is held twice.
    fn shrunk_to(&self, long_side: u32, filter: FilterType) -> Result<RgbaImage, MissingReason> {
        let (width, height) = (self.image.width(), self.image.height());
        let ratio = f64::from(long_side) / f64::from(width.max(height));
        let side = |length: u32| ((f64::from(length) * ratio.min(1.0)).round() as u32).max(1);
        self.resized(side(width), side(height), filter)
    }

    /// The size is that of the pixels, before they are turned.
    fn resized(&self, width: u32, height: u32, filter: FilterType) -> Result<RgbaImage, MissingReason> {
        if (width, height) == (self.image.width(), self.image.height()) {
            return Ok(self.upright(self.image.clone()));
        }
        let mut small = DynamicImage::new(width, height, self.image.color());
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter));
        Resizer::new().resize(&self.image, &mut small, &options).map_err(|_| MissingReason::NotAPicture)?;
        Ok(self.upright(small))
    }

    /// As it is shown: in sRGB, and turned.
    fn upright(&self, image: DynamicImage) -> RgbaImage {
        let mut image = DynamicImage::ImageRgba8(colour::to_srgb(image, self.profile.as_ref()));
        image.apply_orientation(self.orientation);
        image.into_rgba8()
    }
}

/// Format, size of the pixels, and how they are turned to be shown.
fn header(bytes: &[u8]) -> Result<(Format, u32, u32, Orientation), MissingReason> {
    let format = recognise(bytes).ok_or(MissingReason::NotAPicture)?;
    if format == Format::Tiff {
        let (width, height, orientation) = tiff::header(bytes)?;
        return Ok((format, width, height, orientation));
    }
    let mut decoder = open(bytes)?;
    let (width, height) = decoder.dimensions();
    Ok((format, width, height, orientation(&mut decoder)))
}

/// Finds the decoder by what the bytes are, never by what a name or header says they are.
fn open(bytes: &[u8]) -> Result<impl ImageDecoder, MissingReason> {
    if !matches!(
        image::guess_format(bytes),
        Ok(ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP | ImageFormat::Gif)
    ) {
        return Err(MissingReason::NotAPicture);
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODED_BYTES);
    let mut reader =
        ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| MissingReason::NotAPicture)?;
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(|error| reason(&error))?;
    let (width, height) = decoder.dimensions();
    bounded(width, height)?;
    Ok(decoder)
}

fn bounded(width: u32, height: u32) -> Result<(), MissingReason> {
    match u64::from(width) * u64::from(height) {
        0 => Err(MissingReason::NotAPicture),
        pixels if pixels > MAX_PIXELS => Err(MissingReason::TooManyPixels),
        _ => Ok(()),
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

fn reason(error: &ImageError) -> MissingReason {
    match error {
        ImageError::Limits(_) => MissingReason::TooManyPixels,
        _ => MissingReason::NotAPicture,
    }
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
