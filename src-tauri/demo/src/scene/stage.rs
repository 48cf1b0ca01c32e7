//! A landscape in the making: the canvas, the light, and where things stand.

use super::canvas::Canvas;
use super::palette::Palette;
use super::retouch::Retouch;
use crate::chance::Chance;

pub(super) struct Stage {
    pub canvas: Canvas,
    pub palette: Palette,
    pub chance: Chance,
    pub seed: u32,
    /// Where sky and land meet, in pixels from the top.
    pub horizon: f32,
    /// Where the sun stands, seen or not.
    pub sun: (f32, f32),
    pub sun_shows: bool,
}

impl Stage {
    pub(super) fn new(
        canvas: Canvas,
        mut chance: Chance,
        seed: u32,
        palettes: &[Palette],
        horizon: f32,
        retouch: Retouch,
    ) -> Self {
        let palette = Palette::drawn_from(palettes, &mut chance);
        let horizon = canvas.height * horizon;
        let (low, high) = palette.sun.unwrap_or((0.5, 0.8));
        let sun = (canvas.width * chance.within(0.18..0.82), horizon - horizon * chance.within(low..high + 0.01));
        let sun_shows = palette.sun.is_some() && !retouch.without_sun;
        Self { canvas, palette, chance, seed, horizon, sun, sun_shows }
    }

    pub(super) fn width(&self) -> f32 {
        self.canvas.width
    }

    pub(super) fn height(&self) -> f32 {
        self.canvas.height
    }

    pub(super) fn unit(&self) -> f32 {
        self.canvas.unit()
    }

    /// Which side the light comes from: -1 left, 1 right.
    pub(super) fn sun_side(&self) -> f32 {
        if self.sun.0 < self.width() / 2.0 { -1.0 } else { 1.0 }
    }
}
