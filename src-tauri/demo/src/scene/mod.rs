//! Draws the pictures: a pure function from what a picture shows, its seed and its take to an image of any size.

#![allow(clippy::unreadable_literal, reason = "a colour is read as six digits")]

mod afloat;
mod aloft;
mod canvas;
mod film;
mod land;
mod landscape;
mod noise;
mod palette;
mod print;
mod retouch;
mod sky;
mod stage;
mod still;
mod subject;
mod town;
mod water;

use std::borrow::Cow;

use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ExtendedColorType, RgbImage, imageops};
use tiny_skia::{BlendMode, PixmapPaint, Transform};

use super::chance::Chance;
use super::picture::{Frame, Picture};
use canvas::{Canvas, rect, solid};
use film::{Finish, post_process};
use palette::Rgb;

pub(super) use retouch::Retouch;
pub use subject::Subject;

/// Smaller sizes are made from this one, as an archive makes them from the original.
const MASTER: u16 = 800;

/// One picture as the tenant serves it. Takes milliseconds of a processor.
pub fn jpeg(picture: Picture, frame: Frame) -> Bytes {
    Drawing::of(picture, frame).jpeg(frame)
}

/// A finished drawing, from which pictures up to its size are taken.
pub(super) struct Drawing {
    image: RgbImage,
    ratio: f32,
}

impl Drawing {
    /// Large enough for this frame.
    pub(super) fn of(picture: Picture, frame: Frame) -> Self {
        let side = frame.side.max(MASTER);
        let ratio = picture.ratio();
        let (width, height) = Frame::whole(side).size(ratio);
        Self { image: draw(picture, width, height), ratio }
    }

    pub(super) fn jpeg(&self, frame: Frame) -> Bytes {
        let sized = self.sized(frame);
        let quality = if frame.side <= 400 { 86 } else { 80 };
        let mut bytes = Vec::new();
        let written = JpegEncoder::new_with_quality(&mut bytes, quality).encode(
            &sized,
            sized.width(),
            sized.height(),
            ExtendedColorType::Rgb8,
        );
        debug_assert!(written.is_ok(), "an RGB image can be encoded to memory");
        bytes.into()
    }

    fn sized(&self, frame: Frame) -> Cow<'_, RgbImage> {
        let (width, height) = self.image.dimensions();
        let side = u32::from(frame.side);
        if frame.square {
            let short = width.min(height);
            let (left, top) = ((width - short) / 2, (height - short) / 2);
            let middle = imageops::crop_imm(&self.image, left, top, short, short).to_image();
            return Cow::Owned(shrunk(middle, side, side));
        }
        let (wanted_width, wanted_height) = frame.size(self.ratio);
        if (wanted_width, wanted_height) == (width, height) {
            return Cow::Borrowed(&self.image);
        }
        Cow::Owned(shrunk(self.image.clone(), wanted_width, wanted_height))
    }
}

/// Through the image crate's own types, which are compiled for speed in every build.
fn shrunk(image: RgbImage, width: u32, height: u32) -> RgbImage {
    DynamicImage::ImageRgb8(image).thumbnail_exact(width, height).into_rgb8()
}

fn draw(picture: Picture, width: u32, height: u32) -> RgbImage {
    let retouch = Retouch::of_take(picture.take);
    let (whole_width, whole_height) = ((width as f32 * retouch.zoom) as u32, (height as f32 * retouch.zoom) as u32);
    let Some(canvas) = Canvas::new(whole_width, whole_height) else {
        return RgbImage::new(width, height);
    };
    let mut canvas = crop(scene(picture, canvas, retouch), width, height);
    retouch.grade(&mut canvas);
    let is_photograph = !matches!(picture.subject, Subject::Page | Subject::Graphic);
    post_process(&canvas, if is_photograph { Finish::Film } else { Finish::Clean })
}

fn scene(picture: Picture, canvas: Canvas, retouch: Retouch) -> Canvas {
    match picture.subject {
        Subject::StillLife => still::paint(picture.seed, canvas),
        Subject::Page => print::page(picture.seed, canvas, retouch),
        Subject::Graphic => print::graphic(picture.seed, canvas),
        Subject::Poster => film_frame(picture.seed, canvas, retouch),
        landscape => landscape::paint(landscape, picture.seed, canvas, retouch),
    }
}

/// A still from a film: what a video shows before it plays.
fn film_frame(seed: u32, canvas: Canvas, retouch: Retouch) -> Canvas {
    let mut chance = Chance::of(u64::from(seed), &[0xF11]);
    let subject = *chance.pick(&[
        Subject::Coast,
        Subject::City,
        Subject::Mountains,
        Subject::Desert,
        Subject::Harbour,
        Subject::NightSky,
    ]);
    let mut canvas = landscape::paint(subject, seed, canvas, retouch);
    canvas.wash(solid(Rgb::hex(0x1f6a7a), 0.35), BlendMode::SoftLight);
    let (width, height) = (canvas.width, canvas.height);
    let bar = ((height - width / 2.39) / 2.0).max(0.0);
    canvas.fill(rect(0.0, 0.0, width, bar), solid(Rgb::BLACK, 1.0));
    canvas.fill(rect(0.0, height - bar, width, bar), solid(Rgb::BLACK, 1.0));
    canvas
}

fn crop(canvas: Canvas, width: u32, height: u32) -> Canvas {
    if canvas.pixmap.width() == width {
        return canvas;
    }
    let Some(mut cropped) = Canvas::new(width, height) else {
        return canvas;
    };
    let (left, top) = ((canvas.pixmap.width() - width) as i32 / 2, (canvas.pixmap.height() - height) as i32 * 2 / 3);
    cropped.pixmap.draw_pixmap(
        -left,
        -top,
        canvas.pixmap.as_ref(),
        &PixmapPaint::default(),
        Transform::identity(),
        None,
    );
    cropped
}
