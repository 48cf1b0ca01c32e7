//! What people have put into the land: lighthouses, boats, houses, cities, balloons.

use tiny_skia::{BlendMode, PathBuilder};

use super::canvas::{across, add_polygon, fade, oval, polygon, rect, solid};
use super::palette::Rgb;
use super::stage::Stage;

const LAMP: Rgb = Rgb::hex(0xffd27a);

impl Stage {
    /// `foot` is where it stands, `tall` its height in pixels.
    pub(super) fn lighthouse(&mut self, foot: (f32, f32), tall: f32) {
        let (x, y) = foot;
        let (base, top) = (tall * 0.105, tall * 0.07);
        let white = Rgb::hex(0xf4efe6).mix(self.palette.haze(), 0.18);
        let red = Rgb::hex(0xb5352c).mix(self.palette.near, 0.15);
        let shade = self.palette.near;
        let at = |up: f32| base + (top - base) * up;
        let slab = |from: f32, to: f32| {
            polygon([
                (x - at(from), y - tall * from),
                (x - at(to), y - tall * to),
                (x + at(to), y - tall * to),
                (x + at(from), y - tall * from),
            ])
        };
        self.canvas.fill(slab(0.0, 0.8), solid(white, 1.0));
        for (from, to) in [(0.16, 0.32), (0.48, 0.64)] {
            self.canvas.fill(slab(from, to), solid(red, 1.0));
        }
        let side = self.sun_side();
        let dark = [(0.0, shade, 0.0), (0.45, shade, 0.05), (1.0, shade, 0.55)];
        self.canvas.fill(slab(0.0, 0.8), across((x + side * base, y), (x - side * base, y), &dark));
        self.canvas.fill(rect(x - top * 1.5, y - tall * 0.82, top * 3.0, tall * 0.025), solid(shade, 1.0));
        self.canvas.fill(rect(x - top * 0.75, y - tall * 0.92, top * 1.5, tall * 0.1), solid(LAMP, 0.95));
        self.canvas
            .fill(polygon([(x - top, y - tall * 0.92), (x, y - tall), (x + top, y - tall * 0.92)]), solid(red, 1.0));
        let lamp = (x, y - tall * 0.87);
        let (strength, reach) =
            if self.palette.dark || self.palette.backlit { (0.75, tall * 0.9) } else { (0.25, tall * 0.3) };
        self.canvas.shine(lamp, reach, &[(0.0, LAMP, strength), (0.2, LAMP, strength * 0.3), (1.0, LAMP, 0.0)]);
        if self.palette.dark {
            let far = self.width() * 1.1;
            for side in [-1.0, 1.0] {
                let beam =
                    polygon([lamp, (x + side * far, lamp.1 - tall * 0.34), (x + side * far, lamp.1 + tall * 0.1)]);
                self.canvas.blend(
                    beam,
                    across(lamp, (x + side * far, lamp.1), &[(0.0, LAMP, 0.5), (1.0, LAMP, 0.0)]),
                    BlendMode::Screen,
                );
            }
        }
    }

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

    /// A row of wooden houses along a quay.
    pub(super) fn quay_houses(&mut self, y: f32, from: f32, to: f32, tall: f32) {
        let paints = [0xa63d2f, 0xd9a441, 0xf1ece0, 0x4f6f7c, 0xc96f4a, 0x7c8f5a, 0xe6d9b8, 0x8f2f2a].map(Rgb::hex);
        let mut x = from;
        while x < to {
            let wide = tall * self.chance.within(0.5..0.85);
            let eaves = tall * self.chance.within(0.55..0.85);
            let roof = tall * self.chance.within(0.28..0.4);
            let paint = self
                .chance
                .pick(&paints)
                .mix(self.palette.haze(), 0.14)
                .mix(self.palette.near, if self.palette.dark { 0.6 } else { 0.2 });
            let slate = self.palette.near.mix(Rgb::hex(0x4a3f3c), 0.4);
            self.canvas.fill(
                polygon([
                    (x, y),
                    (x, y - eaves),
                    (x + wide / 2.0, y - eaves - roof),
                    (x + wide, y - eaves),
                    (x + wide, y),
                ]),
                solid(paint, 1.0),
            );
            let side = if self.sun_side() < 0.0 { (x + wide * 0.5, x + wide) } else { (x, x + wide * 0.5) };
            self.canvas.fill(
                polygon([(side.0, y), (side.0, y - eaves), (side.1, y - eaves), (side.1, y)]),
                solid(self.palette.near, 0.12),
            );
            let over = tall * 0.05;
            let ridge = (x + wide / 2.0, y - eaves - roof - over);
            self.canvas.line(
                {
                    let mut eave = PathBuilder::new();
                    eave.move_to(x - over, y - eaves + over);
                    eave.line_to(ridge.0, ridge.1);
                    eave.line_to(x + wide + over, y - eaves + over);
                    eave.finish()
                },
                tall * 0.05,
                solid(slate, 1.0),
            );
            self.windows((x + wide * 0.14, y - eaves * 0.92), (wide * 0.72, eaves * 0.8), (3, 2));
            x += wide * self.chance.within(1.0..1.16);
        }
        self.canvas.fill(
            rect(from - tall * 0.2, y - tall * 0.06, to - from + tall * 0.5, tall * 0.1),
            solid(self.palette.near.mix(Rgb::hex(0x5a4a3e), 0.4), 1.0),
        );
    }

    /// Windows in a grid; after dark some are lit.
    fn windows(&mut self, corner: (f32, f32), size: (f32, f32), (columns, rows): (usize, usize)) {
        let (cell_x, cell_y) = (size.0 / columns as f32, size.1 / rows as f32);
        let (mut lit, mut unlit) = (PathBuilder::new(), PathBuilder::new());
        for cell in 0..columns * rows {
            let (x, y) = (corner.0 + (cell % columns) as f32 * cell_x, corner.1 + (cell / columns) as f32 * cell_y);
            let pane = [
                (x + cell_x * 0.25, y + cell_y * 0.2),
                (x + cell_x * 0.75, y + cell_y * 0.2),
                (x + cell_x * 0.75, y + cell_y * 0.75),
                (x + cell_x * 0.25, y + cell_y * 0.75),
            ];
            add_polygon(if self.palette.dark && !self.chance.one_in(3) { &mut lit } else { &mut unlit }, pane);
        }
        self.canvas.fill(unlit.finish(), solid(self.palette.sky[0].mix(self.palette.near, 0.4), 0.75));
        self.canvas.fill(lit.finish(), solid(LAMP, 0.95));
    }

    /// A cabin with a lamp in its window.
    pub(super) fn cabin(&mut self, x: f32, y: f32, tall: f32, paint: Rgb, snow: bool) {
        let wall = paint.mix(self.palette.near, if self.palette.dark { 0.5 } else { 0.2 });
        let roof = if snow {
            Rgb::WHITE.mix(self.palette.sky[1], 0.2)
        } else {
            self.palette.near.mix(Rgb::hex(0x3a302c), 0.5)
        };
        let wide = tall * 1.7;
        self.canvas.fill(rect(x, y - tall * 0.6, wide, tall * 0.6), solid(wall, 1.0));
        self.canvas
            .fill(rect(x + wide * 0.72, y - tall * 1.12, tall * 0.13, tall * 0.4), solid(self.palette.near, 1.0));
        let over = tall * 0.1;
        self.canvas.fill(
            polygon([
                (x - over, y - tall * 0.58),
                (x + wide * 0.14, y - tall),
                (x + wide * 0.86, y - tall),
                (x + wide + over, y - tall * 0.58),
            ]),
            solid(roof, 1.0),
        );
        for along in [0.16, 0.62] {
            self.canvas.fill(rect(x + wide * along, y - tall * 0.45, tall * 0.3, tall * 0.24), solid(LAMP, 0.95));
            let middle = (x + wide * along + tall * 0.15, y - tall * 0.33);
            let warm = if self.palette.backlit || snow { 0.6 } else { 0.15 };
            self.canvas.shine(middle, tall * 1.1, &[(0.0, LAMP, warm), (0.3, LAMP, warm * 0.3), (1.0, LAMP, 0.0)]);
        }
        self.canvas
            .fill(rect(x + wide * 0.42, y - tall * 0.42, tall * 0.22, tall * 0.42), solid(self.palette.near, 0.8));
    }

    /// Towers of a city, further ones first. `y` is the street.
    pub(super) fn skyline(&mut self, y: f32, tall: f32, nearness: f32) {
        let colour = self.land_colour(nearness);
        let haze = colour.mix(self.palette.haze(), 0.5 * (1.0 - nearness));
        let (unit, width) = (self.unit(), self.width());
        let centre = width * self.chance.within(0.3..0.7);
        let mut x = -unit * 0.04;
        while x < width {
            let wide = unit * self.chance.within(0.035..0.1) * (0.7 + nearness * 0.5);
            let middle = 1.0 - ((x - centre) / width).abs() * 1.1;
            let high = tall * (0.22 + 0.78 * self.chance.unit().powf(1.7)) * middle.clamp(0.3, 1.0);
            let top = y - high;
            let mut tower = PathBuilder::new();
            add_polygon(&mut tower, [(x, y), (x, top), (x + wide, top), (x + wide, y)]);
            match self.chance.below(6) {
                0 => add_polygon(
                    &mut tower,
                    [(x + wide * 0.2, top), (x + wide * 0.5, top - wide * 0.9), (x + wide * 0.8, top)],
                ),
                1 => add_polygon(
                    &mut tower,
                    [(x + wide * 0.47, top), (x + wide * 0.5, top - wide * 1.4), (x + wide * 0.53, top)],
                ),
                2 => add_polygon(&mut tower, [(x, top), (x + wide, top - wide * 0.5), (x + wide, top)]),
                3 => add_polygon(
                    &mut tower,
                    [
                        (x + wide * 0.2, top),
                        (x + wide * 0.2, top - wide * 0.35),
                        (x + wide * 0.8, top - wide * 0.35),
                        (x + wide * 0.8, top),
                    ],
                ),
                _ => {}
            }
            self.canvas.fill(tower.finish(), fade(y - tall, y, &[(0.0, colour, 1.0), (1.0, haze, 1.0)]));
            if !self.palette.dark {
                let side = if self.sun_side() < 0.0 { x } else { x + wide * 0.72 };
                self.canvas.fill(rect(side, top, wide * 0.28, high), solid(self.palette.light, 0.16));
            }
            self.lit_floors((x, top), (wide, high), nearness);
            x += wide * self.chance.within(0.85..1.25);
        }
    }

    fn lit_floors(&mut self, corner: (f32, f32), size: (f32, f32), nearness: f32) {
        let cell = self.unit() * (0.007 + 0.006 * nearness);
        let (columns, rows) = ((size.0 / cell) as usize, (size.1 / cell) as usize);
        let odds = if self.palette.dark { 3 } else { 9 };
        let mut lamps = PathBuilder::new();
        for floor in 1..rows {
            for column in 0..columns.saturating_sub(1) {
                if self.chance.one_in(odds) {
                    let (x, y) = (corner.0 + (column as f32 + 0.6) * cell, corner.1 + floor as f32 * cell);
                    add_polygon(
                        &mut lamps,
                        [(x, y), (x + cell * 0.55, y), (x + cell * 0.55, y + cell * 0.5), (x, y + cell * 0.5)],
                    );
                }
            }
        }
        let lamp = if self.palette.dark { LAMP } else { self.palette.light };
        self.canvas.fill(lamps.finish(), solid(lamp, if self.palette.dark { 0.5 + 0.4 * nearness } else { 0.3 }));
    }

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
