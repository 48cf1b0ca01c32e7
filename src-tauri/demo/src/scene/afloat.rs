//! Boats.

use tiny_skia::PathBuilder;

use super::canvas::{fade, polygon, solid};
use super::palette::{LAMP, Rgb};
use super::stage::Stage;

impl Stage {
    pub(super) fn sailing_boat(&mut self, x: f32, y: f32, tall: f32) {
        let hull = self.palette.near.mix(
            *self.chance.pick(&[Rgb::hex(0x8c2f28), Rgb::hex(0x1d3f66), Rgb::hex(0xf0ece4), Rgb::hex(0x20463a)]),
            0.7,
        );
        let sail = Rgb::hex(0xfdf6ea).mix(self.palette.haze(), 0.25);
        let lean = tall * self.chance.within(-0.05..0.08);
        let mast = (x + lean, y - tall);
        self.canvas.fill(
            polygon([(x + tall * 0.02, y - tall * 0.12), mast, (x + tall * 0.36, y - tall * 0.14)]),
            solid(sail, 0.96),
        );
        let jib = sail.mix(self.palette.light, 0.4).mix(self.palette.near, 0.12);
        self.canvas.fill(
            polygon([
                (x - tall * 0.02, y - tall * 0.14),
                (mast.0 - tall * 0.01, mast.1 + tall * 0.12),
                (x - tall * 0.3, y - tall * 0.13),
            ]),
            solid(jib, 0.96),
        );
        self.canvas.line(polygon([(x, y - tall * 0.05), mast]), (tall * 0.012).max(0.6), solid(self.palette.near, 0.9));
        self.hull(x, y, tall * 0.46, tall * 0.11, hull);
    }

    pub(super) fn fishing_boat(&mut self, x: f32, y: f32, long: f32) {
        let paint = *self.chance.pick(&[
            Rgb::hex(0xb23a2e),
            Rgb::hex(0x1f5c8a),
            Rgb::hex(0x2f6f4f),
            Rgb::hex(0xe8e2d4),
            Rgb::hex(0xd98b2b),
        ]);
        let hull = paint.mix(self.palette.near, 0.28);
        let house = Rgb::hex(0xf2ede2).mix(self.palette.near, if self.palette.dark { 0.45 } else { 0.12 });
        let flip = if self.chance.one_in(2) { -1.0 } else { 1.0 };
        let at = |along: f32| x + flip * along * long;
        let bar = |from: f32, to: f32, low: f32, high: f32| {
            polygon([
                (at(from), y - low * long),
                (at(from), y - high * long),
                (at(to), y - high * long),
                (at(to), y - low * long),
            ])
        };
        self.canvas.fill(bar(-0.28, -0.02, 0.1, 0.34), solid(house, 1.0));
        self.canvas.fill(bar(-0.3, 0.0, 0.34, 0.37), solid(hull, 1.0));
        let window = if self.palette.dark { LAMP } else { self.palette.sky[0] };
        for from in [-0.25, -0.16, -0.07] {
            self.canvas.fill(bar(from, from + 0.05, 0.24, 0.3), solid(window, 0.9));
        }
        let rig = (long * 0.012).max(0.6);
        let dark = self.palette.near;
        self.canvas.line(polygon([(at(0.16), y - long * 0.1), (at(0.16), y - long * 0.62)]), rig, solid(dark, 0.9));
        self.canvas.line(
            polygon([(at(0.16), y - long * 0.6), (at(0.44), y - long * 0.18)]),
            rig * 0.6,
            solid(dark, 0.7),
        );
        self.canvas.line(
            polygon([(at(0.16), y - long * 0.6), (at(-0.2), y - long * 0.37)]),
            rig * 0.6,
            solid(dark, 0.7),
        );
        self.hull(x, y, long * 0.5, long * 0.13, hull);
    }

    fn hull(&mut self, x: f32, y: f32, half: f32, deep: f32, paint: Rgb) {
        let mut hull = PathBuilder::new();
        hull.move_to(x - half * 0.92, y - deep);
        hull.quad_to(x, y - deep * 0.72, x + half * 1.08, y - deep * 1.22);
        hull.quad_to(x + half * 0.92, y, x + half * 0.62, y);
        hull.line_to(x - half * 0.74, y);
        hull.close();
        let dark = paint.mix(Rgb::BLACK, 0.45);
        self.canvas.fill(
            hull.finish(),
            fade(y - deep * 1.2, y, &[(0.0, paint, 1.0), (0.62, paint, 1.0), (0.66, dark, 1.0), (1.0, dark, 1.0)]),
        );
    }
}
