//! Draws the pictures: a pure function from what a picture shows, its seed and its take to an image of any size.

mod canvas;
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
mod things;
mod water;

use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, RgbaImage};
use tiny_skia::{BlendMode, FilterQuality, Pattern, Pixmap, PixmapPaint, SpreadMode, Transform};

use super::chance::Chance;
use super::picture::{Frame, Picture};
use canvas::{Canvas, glow, rect, solid};
use palette::Rgb;
use sky::premultiplied;

pub(super) use retouch::Retouch;
pub use subject::Subject;

/// Smaller sizes are made from this one, as an archive makes them from the original.
const MASTER: u16 = 800;
const GRAIN: u32 = 256;

/// One picture as the tenant serves it. Takes milliseconds of a processor.
pub fn jpeg(picture: Picture, frame: Frame) -> Bytes {
    Drawing::of(picture, frame).jpeg(frame)
}

/// A finished drawing, from which pictures up to its size are taken.
pub(super) struct Drawing {
    image: DynamicImage,
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
        let quality = if frame.side <= 400 { 84 } else { 80 };
        let mut bytes = Vec::new();
        let written = JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(&sized);
        debug_assert!(written.is_ok(), "an RGB image can be encoded to memory");
        bytes.into()
    }

    fn sized(&self, frame: Frame) -> DynamicImage {
        let (width, height) = (self.image.width(), self.image.height());
        if frame.square {
            let side = width.min(height);
            let middle = self.image.crop_imm((width - side) / 2, (height - side) / 2, side, side);
            return middle.thumbnail_exact(u32::from(frame.side), u32::from(frame.side));
        }
        let (wanted_width, wanted_height) = frame.size(self.ratio);
        if (wanted_width, wanted_height) == (width, height) {
            return self.image.clone();
        }
        self.image.thumbnail_exact(wanted_width, wanted_height)
    }
}

fn draw(picture: Picture, width: u32, height: u32) -> DynamicImage {
    let retouch = Retouch::of_take(picture.take);
    let (whole_width, whole_height) = ((width as f32 * retouch.zoom) as u32, (height as f32 * retouch.zoom) as u32);
    let Some(canvas) = Canvas::new(whole_width, whole_height) else {
        return DynamicImage::new_rgb8(width, height);
    };
    let mut canvas = crop(scene(picture, canvas, &retouch), width, height);
    finish(&mut canvas, picture);
    retouch.grade(&mut canvas);
    let pixels = RgbaImage::from_raw(width, height, canvas.pixmap.take()).unwrap_or_default();
    DynamicImage::ImageRgba8(pixels).to_rgb8().into()
}

fn scene(picture: Picture, canvas: Canvas, retouch: &Retouch) -> Canvas {
    match picture.subject {
        Subject::StillLife => still::paint(picture.seed, canvas),
        Subject::Page => print::page(picture.seed, canvas, retouch),
        Subject::Graphic => print::graphic(picture.seed, canvas),
        Subject::Poster => film_frame(picture.seed, canvas, retouch),
        landscape => landscape::paint(landscape, picture.seed, canvas, retouch),
    }
}

/// A still from a film: what a video shows before it plays.
fn film_frame(seed: u32, canvas: Canvas, retouch: &Retouch) -> Canvas {
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

/// What every photograph has: corners a little darker, and grain.
fn finish(canvas: &mut Canvas, picture: Picture) {
    if matches!(picture.subject, Subject::Page | Subject::Graphic) {
        return;
    }
    let middle = (canvas.width / 2.0, canvas.height / 2.0);
    let reach = middle.0.hypot(middle.1);
    canvas.wash(
        glow(middle, reach, &[(0.0, Rgb::BLACK, 0.0), (0.6, Rgb::BLACK, 0.0), (1.0, Rgb::BLACK, 0.3)]),
        BlendMode::SourceOver,
    );
    if let Some(grain) = grain(picture.seed) {
        let film = Pattern::new(grain.as_ref(), SpreadMode::Repeat, FilterQuality::Nearest, 1.0, Transform::identity());
        canvas.wash(film, BlendMode::SourceOver);
    }
}

/// Specks of black and white, nearly clear.
fn grain(seed: u32) -> Option<Pixmap> {
    let mut chance = Chance::of(u64::from(seed), &[0x64A1]);
    let mut film = Pixmap::new(GRAIN, GRAIN)?;
    for pixel in film.pixels_mut() {
        let speck = chance.unit() + chance.unit() - 1.0;
        let colour = if speck > 0.0 { Rgb::WHITE } else { Rgb::BLACK };
        *pixel = premultiplied(colour, speck.abs() * 0.045);
    }
    Some(film)
}
