//! Skies: gradient, sun, clouds, stars, aurora.

use tiny_skia::{BlendMode, PathBuilder, Pixmap, PremultipliedColorU8};

use super::canvas::{fade, oval, rect, solid, stretched};
use super::noise::{layered, smooth, step};
use super::palette::Rgb;
use super::stage::Stage;

/// Clouds are soft, so a coarse picture of them is enough.
const CLOUD_COLUMNS: u32 = 300;
const CLOUD_ROWS: u32 = 130;

impl Stage {
    pub(super) fn sky(&mut self) {
        let [zenith, upper, lower, horizon] = self.palette.sky;
        let stops = [(0.0, zenith), (0.42, upper), (0.78, lower), (1.0, horizon)];
        // Down over the whole canvas: what is behind the land shows through its haze.
        self.canvas.band(0.0, self.height(), &[(0.0, horizon), (1.0, horizon)]);
        self.canvas.band(0.0, self.horizon + 1.0, &stops);
        if self.palette.dark {
            self.stars(160);
        }
        self.sunlight();
    }

    fn sunlight(&mut self) {
        let (unit, light, sun) = (self.unit(), self.palette.light, self.sun);
        // Drawn even if not used: a retouch that takes the sun away must leave all else as it was.
        let (wide, disc) = (unit * self.chance.within(0.6..0.95), unit * self.chance.within(0.026..0.05));
        if !self.sun_shows {
            return;
        }
        let warm = light.mix(self.palette.sky[3], 0.5);
        self.canvas.shine(sun, wide, &[(0.0, warm, 0.62), (0.25, warm, 0.28), (1.0, warm, 0.0)]);
        self.canvas.shine(sun, disc * 4.0, &[(0.0, light, 0.8), (0.3, light, 0.4), (1.0, light, 0.0)]);
        self.canvas.fill(oval(sun, disc, disc), solid(light, 0.97));
    }

    pub(super) fn moon(&mut self) {
        let unit = self.unit();
        let (x, y) = (self.width() * self.chance.within(0.2..0.8), self.horizon * self.chance.within(0.18..0.5));
        self.sun = (x, y);
        let disc = unit * self.chance.within(0.03..0.05);
        let light = self.palette.light;
        self.canvas.shine((x, y), disc * 9.0, &[(0.0, light, 0.45), (0.2, light, 0.16), (1.0, light, 0.0)]);
        self.canvas.fill(oval((x, y), disc, disc), solid(light, 0.95));
        for (dx, dy, size) in [(-0.3, -0.2, 0.28), (0.25, 0.1, 0.2), (-0.05, 0.45, 0.16), (0.3, -0.45, 0.12)] {
            self.canvas
                .fill(oval((x + dx * disc, y + dy * disc), size * disc, size * disc), solid(self.palette.sky[2], 0.22));
        }
    }

    /// `cover` is how much of the sky they take: 0.3 a few, 0.7 nearly closed.
    pub(super) fn clouds(&mut self, cover: f32) {
        let Some(mut coarse) = Pixmap::new(CLOUD_COLUMNS, CLOUD_ROWS) else {
            return;
        };
        let (wide, seed) = (self.width() / self.unit(), self.seed);
        let (sun_x, sun_y) =
            (self.sun.0 / self.width() * CLOUD_COLUMNS as f32, self.sun.1 / self.horizon * CLOUD_ROWS as f32);
        let bright = self.palette.cloud.mix(self.palette.light, 0.35);
        let shade = self.palette.sky[1].mix(self.palette.cloud, if self.palette.dark { 0.25 } else { 0.45 });
        let threshold = 0.72 - cover * 0.42;
        for (at, pixel) in coarse.pixels_mut().iter_mut().enumerate() {
            let (column, row) = ((at as u32 % CLOUD_COLUMNS) as f32, (at as u32 / CLOUD_COLUMNS) as f32);
            let depth = 1.12 - row / CLOUD_ROWS as f32;
            // As on a ceiling: the further away, the smaller and flatter.
            let x = (column / CLOUD_COLUMNS as f32 - 0.5) * wide * 2.4 / (0.35 + depth) + 40.0;
            let y = 2.6 / (0.18 + depth * 0.9);
            let bend = smooth(x * 0.9, y * 0.9, seed ^ 0x51) * 1.3;
            let here = layered(x + bend, y * 1.5 + bend, seed ^ 0xC10D, 5);
            let cover = step(threshold, threshold + 0.24, here);
            if cover <= 0.0 {
                continue;
            }
            let toward =
                (((sun_x - column) / 60.0).clamp(-1.0, 1.0) * 0.16, ((sun_y - row) / 30.0).clamp(-1.0, 1.0) * 0.12);
            let behind = layered(x + bend + toward.0, y * 1.5 + bend + toward.1, seed ^ 0xC10D, 3);
            let lit = (0.55 + (here - behind) * 2.6 - (here - threshold) * 0.7).clamp(0.0, 1.0);
            let thin = step(0.0, 0.25, row / CLOUD_ROWS as f32 + 0.12) * step(0.0, 0.2, depth - 0.1);
            *pixel = premultiplied(shade.mix(bright, lit), cover * thin * 0.88);
        }
        let (width, horizon) = (self.width(), self.horizon);
        self.canvas.fill(rect(0.0, 0.0, width, horizon), stretched(&coarse, 0.0, 0.0, width, horizon));
    }

    pub(super) fn stars(&mut self, count: usize) {
        let (width, horizon, unit) = (self.width(), self.horizon, self.unit());
        for _ in 0..count {
            let (x, y) = (self.chance.unit() * width, self.chance.unit().powf(1.3) * horizon);
            let size = unit * (0.0007 + self.chance.unit().powi(4) * 0.0022);
            let alpha = self.chance.within(0.25..0.95) * (1.0 - y / horizon * 0.7);
            self.canvas.fill(oval((x, y), size.max(0.45), size.max(0.45)), solid(Rgb::WHITE, alpha));
        }
    }

    pub(super) fn milky_way(&mut self) {
        let Some(mut coarse) = Pixmap::new(CLOUD_COLUMNS, CLOUD_ROWS) else {
            return;
        };
        let (seed, tilt, start) = (self.seed, self.chance.within(-0.9..0.9), self.chance.within(0.35..0.65));
        let tint = Rgb::hex(0xbcc6ff).mix(Rgb::hex(0xffd9c2), self.chance.unit());
        for (at, pixel) in coarse.pixels_mut().iter_mut().enumerate() {
            let (x, y) = (
                (at as u32 % CLOUD_COLUMNS) as f32 / CLOUD_COLUMNS as f32,
                (at as u32 / CLOUD_COLUMNS) as f32 / CLOUD_ROWS as f32,
            );
            let off = (x - start - (y - 0.5) * tilt) * 5.0;
            let band = (-off * off).exp();
            let dust = layered(x * 14.0, y * 9.0, seed, 5);
            let lane = step(0.35, 0.6, layered(x * 7.0 + 3.0, y * 5.0, seed ^ 7, 4));
            *pixel = premultiplied(tint, (band * (dust * 0.95 - 0.12) * (0.45 + lane * 0.55) * 0.62).clamp(0.0, 1.0));
        }
        let (width, horizon) = (self.width(), self.horizon);
        self.canvas.blend(
            rect(0.0, 0.0, width, horizon),
            stretched(&coarse, 0.0, 0.0, width, horizon),
            BlendMode::Screen,
        );
        self.stars(420);
    }

    pub(super) fn aurora(&mut self) {
        let Some(mut coarse) = Pixmap::new(CLOUD_COLUMNS, CLOUD_ROWS) else {
            return;
        };
        let (seed, wide) = (self.seed, self.width() / self.unit());
        let foot = [Rgb::hex(0x5dffb0), Rgb::hex(0x6fe8ff), Rgb::hex(0x8dff8a)][self.chance.below(3)];
        let crown = [Rgb::hex(0x8a4dff), Rgb::hex(0xd84d9c), Rgb::hex(0x2f9cff)][self.chance.below(3)];
        for curtain in 0..3_u32 {
            let shift = curtain as f32 * 9.7;
            let base = 0.5 + curtain as f32 * 0.14;
            for (at, pixel) in coarse.pixels_mut().iter_mut().enumerate() {
                let (x, y) = (
                    (at as u32 % CLOUD_COLUMNS) as f32 / CLOUD_COLUMNS as f32,
                    (at as u32 / CLOUD_COLUMNS) as f32 / CLOUD_ROWS as f32,
                );
                let hem = base + (smooth(x * wide * 2.2 + shift, 1.0, seed) - 0.5) * 0.62 + (x - 0.5) * 0.2;
                let up = hem - y;
                if up < -0.05 {
                    continue;
                }
                let rays =
                    0.45 + 0.55 * smooth(x * wide * 34.0 + smooth(y * 3.0, x * 4.0, seed) * 2.0, shift, seed ^ 0xA0);
                let patch = step(0.3, 0.75, smooth(x * wide * 1.7 + shift, 5.0, seed ^ 0xB0));
                let alpha = step(-0.05, 0.03, up) * (-up.max(0.0) * 3.4).exp() * rays * patch * 0.85;
                let added = premultiplied(foot.mix(crown, (up * 1.9).clamp(0.0, 1.0)), alpha.clamp(0.0, 1.0));
                *pixel = brighter(*pixel, added);
            }
        }
        let (width, horizon) = (self.width(), self.horizon);
        self.canvas.blend(
            rect(0.0, 0.0, width, horizon),
            stretched(&coarse, 0.0, 0.0, width, horizon),
            BlendMode::Screen,
        );
    }

    pub(super) fn birds(&mut self, count: usize) {
        let (width, unit) = (self.width(), self.unit());
        let (x0, y0) = (width * self.chance.within(0.15..0.75), self.horizon * self.chance.within(0.3..0.7));
        for _ in 0..count {
            let (x, y) = (x0 + unit * self.chance.within(-0.12..0.12), y0 + unit * self.chance.within(-0.05..0.05));
            let span = unit * self.chance.within(0.008..0.016);
            let mut wings = PathBuilder::new();
            wings.move_to(x - span, y - span * 0.35);
            wings.quad_to(x - span * 0.4, y - span * 0.6, x, y);
            wings.quad_to(x + span * 0.4, y - span * 0.6, x + span, y - span * 0.3);
            self.canvas.line(wings.finish(), (unit * 0.0022).max(0.7), solid(self.palette.near, 0.75));
        }
    }

    /// Air between what is near and what is far.
    pub(super) fn mist(&mut self, y: f32, thickness: f32, strength: f32) {
        let haze = self.palette.haze();
        let (top, bottom) = (y - thickness, y + thickness);
        let width = self.width();
        let ink = fade(top, bottom, &[(0.0, haze, 0.0), (0.55, haze, strength), (1.0, haze, 0.0)]);
        self.canvas.fill(rect(0.0, top, width, bottom - top), ink);
    }
}

pub(super) fn premultiplied(colour: Rgb, alpha: f32) -> PremultipliedColorU8 {
    let part = |light: f32| (light.clamp(0.0, 1.0) * alpha * 255.0) as u8;
    PremultipliedColorU8::from_rgba(part(colour.0), part(colour.1), part(colour.2), (alpha * 255.0) as u8)
        .unwrap_or(PremultipliedColorU8::TRANSPARENT)
}

fn brighter(one: PremultipliedColorU8, other: PremultipliedColorU8) -> PremultipliedColorU8 {
    let add = |one: u8, other: u8| one.saturating_add(other);
    let alpha = add(one.alpha(), other.alpha());
    PremultipliedColorU8::from_rgba(
        add(one.red(), other.red()),
        add(one.green(), other.green()),
        add(one.blue(), other.blue()),
        alpha,
    )
    .unwrap_or(one)
}
