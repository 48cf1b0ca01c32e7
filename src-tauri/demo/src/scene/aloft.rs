//! Small things that tell how large the land is: balloons, a wind turbine, a tent, falling snow.

use tiny_skia::PathBuilder;

use super::canvas::{across, fade, oval, polygon, rect, solid};
use super::palette::Rgb;
use super::stage::Stage;

impl Stage {
    pub(super) fn balloon(&mut self, x: f32, y: f32, size: f32) {
        let pairs = [
            (0xd8433a, 0xf6e7c8),
            (0x2a6f97, 0xf4d35e),
            (0x6a4c93, 0xffca9c),
            (0xee964b, 0xfaf0dc),
            (0x2d6a4f, 0xe9d8a6),
        ];
        let &(one, other) = self.chance.pick(&pairs);
        let (one, other) = (Rgb::hex(one), Rgb::hex(other));
        let envelope = |wide: f32| {
            let mut path = PathBuilder::new();
            path.move_to(x, y + size * 1.25);
            path.cubic_to(x - wide * 0.3, y + size * 1.0, x - wide, y + size * 0.55, x - wide, y);
            path.cubic_to(x - wide, y - size * 0.95, x + wide, y - size * 0.95, x + wide, y);
            path.cubic_to(x + wide, y + size * 0.55, x + wide * 0.3, y + size * 1.0, x, y + size * 1.25);
            path.close();
            path.finish()
        };
        for (wide, colour) in [(0.9, one), (0.64, other), (0.38, one), (0.13, other)] {
            self.canvas.fill(envelope(size * wide), solid(colour, 1.0));
        }
        let side = self.sun_side();
        let shade = self.palette.near;
        self.canvas.fill(
            envelope(size * 0.9),
            across(
                (x + side * size, y),
                (x - side * size, y),
                &[(0.0, self.palette.light, 0.25), (0.5, shade, 0.0), (1.0, shade, 0.55)],
            ),
        );
        let rope = (size * 0.02).max(0.5);
        for dx in [-0.1, 0.1] {
            self.canvas.line(
                polygon([(x + dx * size * 0.6, y + size * 1.22), (x + dx * size, y + size * 1.5)]),
                rope,
                solid(shade, 0.8),
            );
        }
        self.canvas
            .fill(rect(x - size * 0.12, y + size * 1.48, size * 0.24, size * 0.18), solid(Rgb::hex(0x5a3a22), 1.0));
    }

    /// A lit tent, small under a large sky.
    pub(super) fn tent(&mut self, x: f32, y: f32, size: f32) {
        let cloth = Rgb::hex(0xffb14a);
        self.canvas.shine((x, y - size * 0.3), size * 3.4, &[(0.0, cloth, 0.5), (0.3, cloth, 0.16), (1.0, cloth, 0.0)]);
        self.canvas.fill(
            polygon([
                (x - size, y),
                (x - size * 0.1, y - size * 0.85),
                (x + size * 0.1, y - size * 0.85),
                (x + size, y),
            ]),
            fade(y - size, y, &[(0.0, Rgb::hex(0xd9772a), 1.0), (1.0, Rgb::hex(0xffe2a0), 1.0)]),
        );
        self.canvas.fill(
            polygon([(x - size * 0.22, y), (x, y - size * 0.85), (x + size * 0.06, y)]),
            solid(Rgb::hex(0x8a3f14), 0.55),
        );
    }

    pub(super) fn wind_turbine(&mut self, x: f32, y: f32, tall: f32) {
        let white = Rgb::WHITE.mix(self.palette.haze(), 0.3);
        self.canvas.fill(
            polygon([
                (x - tall * 0.014, y),
                (x - tall * 0.007, y - tall),
                (x + tall * 0.007, y - tall),
                (x + tall * 0.014, y),
            ]),
            solid(white, 1.0),
        );
        let turn = self.chance.within(0.0..2.0);
        for blade in 0..3 {
            let angle = turn + blade as f32 * std::f32::consts::TAU / 3.0;
            let (sin, cos) = angle.sin_cos();
            let (long, thick) = (tall * 0.52, tall * 0.016);
            self.canvas.fill(
                polygon([
                    (x - sin * thick, y - tall + cos * thick),
                    (x + cos * long, y - tall + sin * long),
                    (x + sin * thick, y - tall - cos * thick),
                ]),
                solid(white, 1.0),
            );
        }
        self.canvas.fill(oval((x, y - tall), tall * 0.018, tall * 0.018), solid(white, 1.0));
    }

    pub(super) fn snowfall(&mut self, flakes: usize) {
        let (width, height, unit) = (self.width(), self.height(), self.unit());
        for _ in 0..flakes {
            let size = unit * (0.001 + self.chance.unit().powi(3) * 0.005);
            let place = (self.chance.unit() * width, self.chance.unit() * height);
            let alpha = self.chance.within(0.3..0.85);
            self.canvas.fill(oval(place, size.max(0.4), size.max(0.4)), solid(Rgb::WHITE, alpha));
        }
    }
}
