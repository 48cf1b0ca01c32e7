//! Draws the pictures: a pure function from seed and take to an image of any size.

mod subject;

use bytes::Bytes;

use super::picture::{Frame, Picture};
pub use subject::Subject;

pub(super) struct Retouch {
    pub zoom: f32,
}
pub(super) fn retouch(picture: Picture) -> Retouch {
    Retouch {
        zoom: if picture.take % 4 == 2 { 1.3 } else { 1.0 },
    }
}

pub fn jpeg(picture: Picture, frame: Frame) -> Bytes {
    let (w, h) = frame.size(picture.ratio());
    let img = image::RgbImage::from_fn(w, h, |x, y| {
        image::Rgb([(x * 255 / w) as u8, (y * 255 / h) as u8, picture.seed as u8])
    });
    let mut out = std::io::Cursor::new(Vec::new());
    let _ = img.write_to(&mut out, image::ImageFormat::Jpeg);
    out.into_inner().into()
}
