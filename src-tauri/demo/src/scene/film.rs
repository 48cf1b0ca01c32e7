//! From the canvas to the finished photograph: corners a little darker, and grain.

use std::sync::OnceLock;

use image::RgbImage;

use super::canvas::Canvas;
use crate::chance::Chance;

/// The grain repeats after so many pixels, which no eye finds.
const SPECKS: usize = 65_536;
const STRENGTH: f32 = 4.2;
/// How much of the light is lost in a corner, in 256ths.
const FALL_OFF: f32 = 62.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Finish {
    Film,
    /// For what never was in a camera.
    Clean,
}

pub(super) fn post_process(canvas: &Canvas, finish: Finish) -> RgbImage {
    let (width, height) = (canvas.pixmap.width(), canvas.pixmap.height());
    let mut finished = RgbImage::new(width, height);
    let row_length = width as usize;
    let (across, down) = (fall_off(width), fall_off(height));
    let rows = canvas.pixmap.data().chunks_exact(row_length * 4).zip(finished.chunks_exact_mut(row_length * 3));
    for (y, (from, to)) in rows.enumerate() {
        // Each row starts elsewhere in the grain, so that no pattern shows.
        let specks = &grain()[(y * 7919) % SPECKS..][..row_length];
        let pixels = from.chunks_exact(4).zip(to.chunks_exact_mut(3));
        if finish == Finish::Clean {
            pixels.for_each(|(from, to)| to.copy_from_slice(&from[..3]));
            continue;
        }
        for (((from, to), &speck), &lost) in pixels.zip(specks).zip(&across) {
            let kept = 256 - i32::from(lost) - i32::from(down[y]);
            let part = |light: u8| (((i32::from(light) * kept) >> 8) + i32::from(speck)).clamp(0, 255) as u8;
            to[0] = part(from[0]);
            to[1] = part(from[1]);
            to[2] = part(from[2]);
        }
    }
    finished
}

/// Light lost along one side, nothing in its middle.
fn fall_off(length: u32) -> Vec<u8> {
    let middle = length as f32 / 2.0;
    (0..length).map(|at| (((at as f32 - middle) / middle).abs().powi(3) * FALL_OFF / 2.0) as u8).collect()
}

fn grain() -> &'static [i8] {
    static GRAIN: OnceLock<Vec<i8>> = OnceLock::new();
    GRAIN.get_or_init(|| {
        let mut chance = Chance::of(35, &[]);
        // Twice over, so that a row may start anywhere.
        let specks: Vec<i8> = (0..SPECKS).map(|_| ((chance.unit() + chance.unit() - 1.0) * STRENGTH) as i8).collect();
        specks.repeat(2)
    })
}
