//! How each kind of landscape is put together, from the sky down to one's feet.

use super::canvas::{Canvas, fade, polygon};
use super::land::{Form, Outline, Ridge};
use super::noise::layered;
use super::palette::{
    BLUE_HOUR, DAWN, DESERT, GOLDEN, MORNING, NIGHT, NOON, OCHRE, OVERCAST, Palette, ROSE, Rgb, STORM, SUNSET, TEAL,
    VIOLET, WINTER,
};
use super::retouch::Retouch;
use super::stage::Stage;
use super::subject::Subject;
use crate::chance::Chance;

/// Paints a landscape of this subject; what is none is painted elsewhere.
pub(super) fn paint(subject: Subject, seed: u32, canvas: Canvas, retouch: Retouch) -> Canvas {
    let mut chance = Chance::of(u64::from(seed), &[0x5CE, subject as u64]);
    let (palettes, horizon): (&[Palette], _) = match subject {
        Subject::Lake => (&[DAWN, MORNING, GOLDEN, VIOLET, TEAL, ROSE, NOON, BLUE_HOUR], chance.within(0.5..0.62)),
        Subject::Forest => (&[MORNING, OVERCAST, TEAL, OCHRE, DAWN, STORM], chance.within(0.5..0.7)),
        Subject::Coast => (&[SUNSET, MORNING, STORM, NOON, BLUE_HOUR, GOLDEN, TEAL], chance.within(0.55..0.66)),
        Subject::Harbour => (&[DAWN, MORNING, GOLDEN, NOON, BLUE_HOUR, ROSE, OVERCAST], chance.within(0.5..0.6)),
        Subject::City => (&[BLUE_HOUR, SUNSET, NIGHT, VIOLET, GOLDEN, DAWN], chance.within(0.6..0.7)),
        Subject::Fields => (&[NOON, MORNING, GOLDEN, ROSE, STORM], chance.within(0.4..0.55)),
        Subject::Winter => (&[WINTER, WINTER, DAWN, BLUE_HOUR, ROSE, OVERCAST], chance.within(0.5..0.62)),
        Subject::Desert => (&[DESERT, GOLDEN, SUNSET, ROSE, OCHRE], chance.within(0.45..0.6)),
        Subject::NightSky => (&[NIGHT, NIGHT, BLUE_HOUR], chance.within(0.74..0.86)),
        _ => (
            &[DAWN, MORNING, GOLDEN, SUNSET, VIOLET, ROSE, TEAL, OCHRE, NOON, OVERCAST, STORM],
            chance.within(0.58..0.72),
        ),
    };
    let mut stage = Stage::new(canvas, chance, seed, palettes, horizon, retouch);
    match subject {
        Subject::Lake => stage.lake(),
        Subject::Forest => stage.forest(),
        Subject::Coast => stage.coast(),
        Subject::Harbour => stage.harbour(),
        Subject::City => stage.city(),
        Subject::Fields => stage.fields(),
        Subject::Winter => stage.winter(),
        Subject::Desert => stage.desert(),
        Subject::NightSky => stage.night_sky(),
        _ => stage.mountains(),
    }
    stage.canvas
}

impl Stage {
    fn sky_with_weather(&mut self) {
        self.sky();
        let cover = self.chance.within(0.15..0.75);
        self.clouds(cover);
    }

    /// Ridges from far to near between `from` and `to` (shares of the height below the horizon).
    fn ranges(&mut self, forms: &[Form], rise: f32, to: f32) {
        let count = forms.len() as f32;
        let snowy = self.chance.one_in(3);
        for (at, &form) in forms.iter().enumerate() {
            let near = (at as f32 + 0.35) / count;
            let foot = self.horizon + (to - self.horizon) * (at as f32 / count);
            let rise = self.unit() * rise * self.chance.within(0.75..1.2) * (1.15 - near * 0.65);
            let snow = if snowy && form != Form::Hills { self.chance.within(0.38..0.6) } else { 1.0 };
            self.ridge(Ridge { form, foot, rise, nearness: near * 0.92, snow });
            let strength = self.chance.within(0.1..0.5) * (1.0 - near);
            self.mist(foot + self.unit() * 0.02, self.unit() * 0.09, strength);
        }
    }

    fn mountains(&mut self) {
        self.sky_with_weather();
        let peak = if self.chance.one_in(2) { Form::Peaks } else { Form::Mountains };
        let bottom = self.height() * 1.02;
        self.ranges(&[peak, Form::Mountains, Form::Mountains, Form::Hills], 0.40, bottom);
        match self.chance.below(4) {
            0 | 1 => {
                let rise = self.unit() * 0.12;
                let outline = self.ridge(Ridge { form: Form::Hills, foot: bottom, rise, nearness: 0.95, snow: 1.0 });
                let (size, colour) = (self.unit() * 0.085, self.palette.near);
                self.spruces(&outline, size, 0.3, colour);
            }
            2 => self.near_spruces(6),
            _ => self.birds(5),
        }
    }

    fn lake(&mut self) {
        self.sky_with_weather();
        let shore = self.horizon + self.height() * 0.06;
        let form = *self.chance.pick(&[Form::Mountains, Form::Peaks, Form::Hills]);
        self.ranges(&[form, Form::Mountains, Form::Hills], 0.36, shore);
        let (unit, width) = (self.unit(), self.width());
        let bank = self.ridge(Ridge {
            form: Form::Hills,
            foot: shore + unit * 0.004,
            rise: unit * 0.05,
            nearness: 0.78,
            snow: 1.0,
        });
        let colour = self.land_colour(0.88);
        self.spruces(&bank, unit * 0.06, 0.33, colour);
        if self.chance.one_in(2) {
            let x = width * self.chance.within(0.12..0.7);
            self.cabin(x, shore + unit * 0.002, unit * 0.055, Rgb::hex(0xa3372b), false);
        }
        let calm = self.chance.within(0.55..1.0);
        self.water(shore, calm);
        match self.chance.below(3) {
            0 => {
                let place = (width * self.chance.within(0.25..0.75), shore + unit * self.chance.within(0.09..0.16));
                self.sailing_boat(place.0, place.1, unit * 0.15);
            }
            1 => self.near_spruces(4),
            _ => {}
        }
    }

    fn forest(&mut self) {
        self.sky_with_weather();
        let (unit, height) = (self.unit(), self.height());
        let layers = 6;
        for layer in 0..layers {
            let near = (layer as f32 + 0.4) / layers as f32;
            let foot = self.horizon + (height * 1.05 - self.horizon) * near.powf(1.2);
            let rise = unit * self.chance.within(0.1..0.26);
            let outline = self.ridge(Ridge { form: Form::Hills, foot, rise, nearness: near * 0.95, snow: 1.0 });
            let colour = self.land_colour(near).mix(self.palette.haze(), 0.35 * (1.0 - near));
            self.spruces(&outline, unit * (0.04 + 0.19 * near * near), 0.28, colour);
            let strength = self.chance.within(0.35..0.75) * (1.0 - near * 0.75);
            self.mist(foot + unit * 0.05, unit * 0.13, strength);
        }
        self.birds(4);
    }

    fn coast(&mut self) {
        self.sky_with_weather();
        let (unit, width, height, horizon) = (self.unit(), self.width(), self.height(), self.horizon);
        if self.chance.one_in(2) {
            self.ridge(Ridge {
                form: Form::Hills,
                foot: horizon + unit * 0.005,
                rise: unit * 0.07,
                nearness: 0.12,
                snow: 1.0,
            });
        }
        self.sea(horizon);
        let left = self.chance.one_in(2);
        let reach = width * self.chance.within(0.42..0.6);
        let crown = horizon + unit * self.chance.within(-0.07..0.02);
        let seed = self.seed;
        let x_of = |along: f32| {
            if left { along * reach } else { width - along * reach }
        };
        let edge: Vec<(f32, f32)> = (0..=90)
            .map(|at| {
                let along = at as f32 / 90.0;
                let rough = layered(along * 9.0, 2.0, seed, 4) - 0.5;
                let fall = along.powf(3.2) * unit * 0.3;
                (x_of(along), crown + fall + rough * unit * 0.055)
            })
            .collect();
        let tip = edge[90];
        // Where rock and water meet, from the tip back to the bottom of the picture.
        let waterline: Vec<(f32, f32)> = (0..=60)
            .map(|at| {
                let along = at as f32 / 60.0;
                let rough = layered(along * 7.0, 9.0, seed, 4) - 0.5;
                let down = (height - tip.1) * along.powf(1.6);
                (x_of(1.0 - along * 0.75 + rough * 0.1 * (1.0 - along)), tip.1 + unit * 0.02 + down)
            })
            .collect();
        let headland = || polygon(edge.iter().chain(&waterline).copied().chain([(x_of(0.0), height)]));
        let rock = self.land_colour(0.8).mix(Rgb::hex(0x4a3d34), 0.3);
        let grass = self.land_colour(0.55).mix(Rgb::hex(0x6c7a3e), 0.45);
        let ink = [(0.0, grass, 1.0), (0.2, rock, 1.0), (1.0, self.palette.near, 1.0)];
        self.canvas.fill(headland(), fade(crown, height, &ink));
        self.strata(headland(), crown);
        self.surf(&waterline);
        let tall = unit * self.chance.within(0.26..0.38);
        let stand = 20 + self.chance.below(34);
        self.lighthouse((edge[stand].0, edge[stand].1 + unit * 0.012), tall);
        self.birds(6);
    }

    fn harbour(&mut self) {
        self.sky_with_weather();
        let (unit, width, horizon) = (self.unit(), self.width(), self.horizon);
        self.ranges(&[Form::Mountains, Form::Hills], 0.26, horizon + unit * 0.05);
        let shore = horizon + unit * 0.07;
        let from = width * self.chance.within(-0.05..0.3);
        let to = (from + width * self.chance.within(0.45..0.75)).min(width * 1.02);
        self.ridge(Ridge { form: Form::Hills, foot: shore, rise: unit * 0.05, nearness: 0.7, snow: 1.0 });
        let tall = unit * self.chance.within(0.11..0.15);
        self.quay_houses(shore, from, to, tall);
        for _ in 0..self.chance.below(3) + 2 {
            let x = width * self.chance.within(0.1..0.9);
            if self.chance.one_in(2) {
                self.sailing_boat(x, shore + unit * 0.006, unit * 0.13);
            } else {
                self.fishing_boat(x, shore + unit * 0.006, unit * 0.15);
            }
        }
        let calm = self.chance.within(0.4..0.9);
        self.water(shore + unit * 0.008, calm);
        let x = width * self.chance.within(0.25..0.75);
        let y = shore + unit * self.chance.within(0.16..0.24);
        let long = unit * self.chance.within(0.26..0.34);
        self.fishing_boat(x, y, long);
        self.birds(7);
    }

    fn city(&mut self) {
        self.sky_with_weather();
        let (unit, horizon) = (self.unit(), self.horizon);
        if self.chance.one_in(2) {
            self.ridge(Ridge { form: Form::Hills, foot: horizon, rise: unit * 0.12, nearness: 0.15, snow: 1.0 });
        }
        for (nearness, tall) in [(0.25, 0.44), (0.55, 0.38), (0.88, 0.26)] {
            self.skyline(horizon, unit * tall, nearness);
            self.mist(horizon, unit * 0.06, 0.22);
        }
        let calm = self.chance.within(0.25..0.7);
        self.water(horizon, calm);
    }

    fn fields(&mut self) {
        self.sky_with_weather();
        let (unit, width, horizon) = (self.unit(), self.width(), self.horizon);
        self.ranges(&[Form::Hills, Form::Hills], 0.14, horizon + unit * 0.06);
        let crops = [
            (0x8e6bc0, 0x4a3a5c),
            (0xe6c62c, 0x5f7a2c),
            (0x6f9a3c, 0x4f4428),
            (0xd8504a, 0x3f6a34),
            (0xd8b25a, 0x8a6a34),
        ];
        let &(crop, soil) = self.chance.pick(&crops);
        let tone = if self.palette.backlit { 0.3 } else { 0.08 };
        let top = horizon + unit * 0.05;
        let (crop, soil) =
            (Rgb::hex(crop).mix(self.palette.near, tone), Rgb::hex(soil).mix(self.palette.near, tone + 0.1));
        self.crop_rows(top, crop, soil);
        let edge = self.land_colour(0.75);
        let line = Outline::level(top, width);
        self.spruces(&line, unit * 0.035, 0.55, edge);
        match self.chance.below(3) {
            0 => {
                for size in [0.085, 0.05, 0.032] {
                    let place = (width * self.chance.within(0.12..0.88), horizon * self.chance.within(0.25..0.65));
                    self.balloon(place.0, place.1, unit * size);
                }
            }
            1 => {
                for tall in [0.3, 0.22, 0.16, 0.12] {
                    let x = width * self.chance.within(0.08..0.92);
                    self.wind_turbine(x, top, unit * tall);
                }
            }
            _ => {
                let x = width * self.chance.within(0.15..0.75);
                self.cabin(x, top + unit * 0.012, unit * 0.065, Rgb::hex(0xe8dcc4), false);
            }
        }
    }

    fn winter(&mut self) {
        self.sky_with_weather();
        let (unit, width, height) = (self.unit(), self.width(), self.height());
        let snow = Rgb::WHITE.mix(self.palette.light, 0.3);
        let shade = self.palette.sky[0].mix(Rgb::WHITE, if self.palette.dark { 0.3 } else { 0.55 });
        self.ranges_in_snow();
        self.palette.far = shade.mix(snow, 0.75);
        let trees = self.palette.near;
        self.palette.near = if self.palette.dark { shade } else { snow.mix(shade, 0.25) };
        for (at, lift) in [0.16, 0.5, 0.95].into_iter().enumerate() {
            let foot = self.horizon + (height - self.horizon) * lift;
            let outline = self.ridge(Ridge {
                form: Form::Hills,
                foot,
                rise: unit * 0.13,
                nearness: 0.4 + 0.28 * at as f32,
                snow: 1.0,
            });
            let far = 1.0 - at as f32 / 2.0;
            if at < 2 || self.chance.one_in(2) {
                let colour = trees.mix(Rgb::hex(0x22382f), 0.4).mix(self.palette.haze(), 0.35 * far);
                self.spruces(&outline, unit * (0.06 + 0.06 * at as f32), 0.9 - 0.2 * far, colour);
            }
            if at == 1 {
                let x = width * self.chance.within(0.15..0.65);
                let y = outline.at(x + unit * 0.08) + unit * 0.025;
                self.cabin(x, y, unit * 0.085, Rgb::hex(0x8c2f26), true);
            }
        }
        if self.chance.one_in(2) {
            self.snowfall(240);
        }
    }

    fn ranges_in_snow(&mut self) {
        let (unit, horizon) = (self.unit(), self.horizon);
        for (at, nearness) in [0.12, 0.36].into_iter().enumerate() {
            let form = if at == 0 { Form::Peaks } else { Form::Mountains };
            self.ridge(Ridge {
                form,
                foot: horizon + unit * 0.05 * at as f32,
                rise: unit * (0.36 - 0.1 * at as f32),
                nearness,
                snow: 0.16,
            });
            self.mist(horizon + unit * 0.04, unit * 0.1, 0.4);
        }
    }

    fn desert(&mut self) {
        self.sky();
        let cover = self.chance.within(0.0..0.3);
        self.clouds(cover);
        let (unit, height, horizon) = (self.unit(), self.height(), self.horizon);
        let sand = Rgb::hex(0xd99a58);
        self.palette.far = self.palette.far.mix(sand, 0.4);
        self.palette.near = self.palette.near.mix(Rgb::hex(0x9c5426), 0.55);
        self.palette.backlit = false;
        if self.chance.one_in(2) {
            self.ridge(Ridge { form: Form::Mountains, foot: horizon, rise: unit * 0.12, nearness: 0.05, snow: 1.0 });
        }
        for layer in 0..4 {
            let near = (layer as f32 + 0.5) / 4.0;
            let foot = horizon + (height * 1.02 - horizon) * near;
            self.ridge(Ridge {
                form: Form::Dunes,
                foot,
                rise: unit * (0.1 + 0.2 * near),
                nearness: near * 0.9,
                snow: 1.0,
            });
        }
    }

    fn night_sky(&mut self) {
        self.sky();
        match self.chance.below(3) {
            0 => self.milky_way(),
            1 => self.aurora(),
            _ => {
                self.aurora();
                self.moon();
            }
        }
        let (unit, width, height, horizon) = (self.unit(), self.width(), self.height(), self.horizon);
        if self.chance.one_in(2) {
            self.ranges(&[Form::Peaks, Form::Mountains], 0.26, horizon + unit * 0.03);
            self.water(horizon + unit * 0.03, 0.9);
        } else {
            self.ranges(&[Form::Mountains, Form::Hills], 0.22, height);
            let bottom = self.ridge(Ridge {
                form: Form::Hills,
                foot: height * 1.01,
                rise: unit * 0.1,
                nearness: 1.0,
                snow: 1.0,
            });
            let x = width * self.chance.within(0.25..0.75);
            self.tent(x, bottom.at(x) + unit * 0.02, unit * 0.04);
        }
        if self.chance.one_in(2) {
            self.near_spruces(5);
        }
    }
}
