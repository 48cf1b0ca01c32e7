//! What people build: houses on a quay, a cabin, a lighthouse, the towers of a city.

use tiny_skia::{BlendMode, PathBuilder};

use super::canvas::{across, add_polygon, fade, polygon, rect, solid};
use super::palette::{LAMP, Rgb};
use super::stage::Stage;

impl Stage {
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
}
