//! Water: it shows the picture above once more, uneasily.

use tiny_skia::{BlendMode, PathBuilder};

use super::canvas::{fade, oval, rect, solid};
use super::noise::smooth;
use super::palette::Rgb;
use super::stage::Stage;
use crate::chance::Chance;

/// So many pixels move together; less cannot be seen.
const PIECE: usize = 3;

impl Stage {
    /// From `shore` down to the bottom. `calm` is 1 for a mirror, 0 for a breeze.
    pub(super) fn water(&mut self, shore: f32, calm: f32) {
        self.reflect(shore as usize, calm);
        let (deep, height, width) = (self.palette.near.mix(self.palette.sky[0], 0.55), self.height(), self.width());
        let ink = fade(shore, height, &[(0.0, deep, 0.10), (0.35, deep, 0.22), (1.0, deep, 0.62)]);
        self.canvas.fill(rect(0.0, shore, width, height - shore), ink);
        let line = self.palette.haze();
        let unit = self.unit();
        self.canvas.fill(rect(0.0, shore, width, unit * 0.004), solid(line, 0.35));
        if self.sun_shows {
            self.glitter(shore);
        }
    }

    fn reflect(&mut self, shore: usize, calm: f32) {
        let (unit, height, seed) = (self.unit(), self.height() as usize, self.seed ^ 0x3A7E);
        let stride = self.width() as usize * 4;
        let (above, below) = self.canvas.pixmap.data_mut().split_at_mut(shore * stride);
        let depth = (height - shore).max(1) as f32;
        let squeeze = (shore as f32 / depth).min(1.0);
        for (row, line) in below.chunks_exact_mut(stride).enumerate() {
            let near = row as f32 / depth;
            let (across, along) = (unit * (0.02 + 0.10 * near), unit * (0.0022 + 0.012 * near));
            let swing = unit * (0.004 + 0.075 * near) * (1.15 - calm);
            for (piece, pixels) in line.chunks_mut(PIECE * 4).enumerate() {
                let x = (piece * PIECE) as f32;
                let ripple = smooth(x / across + row as f32 * 0.03, row as f32 / along, seed) - 0.5;
                let up = (row as f32 * squeeze + ripple * swing + 1.0).clamp(1.0, shore as f32);
                let from = (shore - up as usize) * stride + piece * PIECE * 4;
                pixels.copy_from_slice(&above[from..from + pixels.len()]);
            }
        }
    }

    /// The path of the sun on the water.
    fn glitter(&mut self, shore: f32) {
        let (height, unit, sun_x, light) = (self.height(), self.unit(), self.sun.0, self.palette.light);
        let mut sparks = PathBuilder::new();
        let mut chance = Chance::of(u64::from(self.seed), &[0x611]);
        for _ in 0..260 {
            let near = chance.unit().powf(1.4);
            let spread = unit * (0.02 + 0.16 * near);
            let x = sun_x + (chance.unit() + chance.unit() - 1.0) * spread;
            let y = shore + near * (height - shore);
            let long = unit * (0.004 + 0.02 * near) * chance.within(0.4..1.4);
            if let Some(spark) = oval((x, y), long, (unit * (0.0006 + 0.002 * near)).max(0.3)) {
                sparks.push_path(&spark);
            }
        }
        self.canvas.blend(sparks.finish(), solid(light, 0.34), BlendMode::Screen);
    }

    /// An open sea to the horizon, with waves.
    pub(super) fn sea(&mut self, top: f32) {
        let [zenith, upper, lower, _] = self.palette.sky;
        let deep = zenith.mix(self.palette.near, 0.45);
        let (height, width, unit) = (self.height(), self.width(), self.unit());
        let stops = [(0.0, lower.mix(upper, 0.5)), (0.12, upper.mix(deep, 0.25)), (1.0, deep)];
        self.canvas.band(top, height, &stops);
        for wave in 0..420 {
            let near = self.chance.unit().powf(1.5);
            let (x, y) = (self.chance.unit() * width, top + near * (height - top));
            let long = unit * (0.006 + 0.07 * near) * self.chance.within(0.4..1.3);
            let high = (unit * (0.0006 + 0.0042 * near)).max(0.35);
            let colour = if wave % 5 < 3 { lower.mix(Rgb::WHITE, 0.2) } else { deep.mix(Rgb::BLACK, 0.35) };
            self.canvas.fill(oval((x, y), long, high), solid(colour, 0.10 + 0.12 * near));
        }
        if self.sun_shows {
            self.glitter(top);
        }
    }

    /// Breakers along a shore.
    pub(super) fn surf(&mut self, shore: &[(f32, f32)]) {
        let unit = self.unit();
        let foam = Rgb::WHITE.mix(self.palette.haze(), 0.3);
        for _ in 0..90 {
            let (x, y) = *self.chance.pick(shore);
            let middle = (x + unit * self.chance.within(-0.015..0.015), y + unit * self.chance.within(-0.002..0.01));
            let (long, high) = (unit * self.chance.within(0.006..0.028), unit * self.chance.within(0.001..0.0035));
            self.canvas.fill(oval(middle, long, high), solid(foam, 0.42));
        }
    }
}
