//! The light of a day, as colours that belong together.

use tiny_skia::Color;

use crate::chance::Chance;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rgb(pub f32, pub f32, pub f32);

impl Rgb {
    pub(super) const WHITE: Self = Self(1.0, 1.0, 1.0);
    pub(super) const BLACK: Self = Self(0.0, 0.0, 0.0);

    pub(super) const fn hex(hex: u32) -> Self {
        Self((hex >> 16 & 0xFF) as f32 / 255.0, (hex >> 8 & 0xFF) as f32 / 255.0, (hex & 0xFF) as f32 / 255.0)
    }

    /// From this colour (0) to the other (1).
    pub(super) fn mix(self, other: Self, share: f32) -> Self {
        let blend = |from: f32, to: f32| from + (to - from) * share;
        Self(blend(self.0, other.0), blend(self.1, other.1), blend(self.2, other.2))
    }

    pub(super) fn alpha(self, alpha: f32) -> Color {
        let within = |part: f32| part.clamp(0.0, 1.0);
        Color::from_rgba(within(self.0), within(self.1), within(self.2), within(alpha)).unwrap_or(Color::TRANSPARENT)
    }
}

/// Of every lamp behind a window.
pub(super) const LAMP: Rgb = Rgb::hex(0xffd27a);

#[derive(Clone, Copy, Debug)]
pub(super) struct Palette {
    /// From straight above down to the horizon.
    pub sky: [Rgb; 4],
    /// Of the sun or moon, and of what it lights.
    pub light: Rgb,
    /// Land far away and land at one's feet.
    pub far: Rgb,
    pub near: Rgb,
    pub cloud: Rgb,
    /// How high the sun may stand: shares of the sky above the horizon; `None` if it does not show.
    pub sun: Option<(f32, f32)>,
    /// Light comes from behind the land, which is then more of a silhouette.
    pub backlit: bool,
    /// Lamps are on.
    pub dark: bool,
}

/// `[sky from above to the horizon], light, far, near, cloud`
const fn colours(sky: [u32; 4], light: u32, far: u32, near: u32, cloud: u32) -> Palette {
    Palette {
        sky: [Rgb::hex(sky[0]), Rgb::hex(sky[1]), Rgb::hex(sky[2]), Rgb::hex(sky[3])],
        light: Rgb::hex(light),
        far: Rgb::hex(far),
        near: Rgb::hex(near),
        cloud: Rgb::hex(cloud),
        sun: None,
        backlit: false,
        dark: false,
    }
}

impl Palette {
    const fn low_sun(self, from: f32, to: f32) -> Self {
        Self { sun: Some((from, to)), backlit: true, ..self }
    }

    const fn high_sun(self, from: f32, to: f32) -> Self {
        Self { sun: Some((from, to)), ..self }
    }

    const fn at_night(self) -> Self {
        Self { dark: true, backlit: true, ..self }
    }

    /// One of these, touched by another, so that no two days are quite alike.
    pub(super) fn drawn_from(palettes: &[Self], chance: &mut Chance) -> Self {
        let day = *chance.pick(palettes);
        let touch = *chance.pick(palettes);
        let share = chance.within(0.0..0.22);
        let mut sky = day.sky;
        for (colour, other) in sky.iter_mut().zip(touch.sky) {
            *colour = colour.mix(other, share);
        }
        Self { sky, far: day.far.mix(touch.far, share), near: day.near.mix(touch.near, share), ..day }
    }

    /// What the air adds to everything far away.
    pub(super) fn haze(&self) -> Rgb {
        self.sky[3].mix(self.sky[2], 0.35)
    }
}

pub(super) const DAWN: Palette =
    colours([0x2f3f70, 0x7a78b0, 0xeaa98f, 0xffdcb4], 0xfff0d2, 0x9c8db2, 0x1c2440, 0xffc9a8).low_sun(0.02, 0.2);
pub(super) const MORNING: Palette =
    colours([0x4a82c4, 0x8bb6e0, 0xcbe0f0, 0xf8ecd8], 0xfff8e0, 0x93b3c4, 0x1c3a30, 0xffffff).high_sun(0.35, 0.7);
pub(super) const NOON: Palette =
    colours([0x2468b0, 0x5498d8, 0xa2ccec, 0xdceef6], 0xffffff, 0x86aec0, 0x24482a, 0xffffff).high_sun(0.7, 0.9);
pub(super) const GOLDEN: Palette =
    colours([0x46648e, 0x9a9aa2, 0xeab76a, 0xffe2a0], 0xfff2c0, 0xb48f6c, 0x3a2a16, 0xffdc9c).low_sun(0.08, 0.3);
pub(super) const SUNSET: Palette =
    colours([0x2a1f50, 0x7c3068, 0xe25840, 0xffb860], 0xfff0c4, 0x9c4a68, 0x170e22, 0xff7a5a).low_sun(0.0, 0.14);
pub(super) const VIOLET: Palette =
    colours([0x262258, 0x60509a, 0xae7ebc, 0xf4bcc4], 0xffe8dc, 0x7e6aac, 0x1a1438, 0xd89ccc).low_sun(0.05, 0.3);
pub(super) const BLUE_HOUR: Palette =
    colours([0x0c2040, 0x22486e, 0x4878a0, 0xa8c8d4], 0xf2f6ff, 0x416a8c, 0x06121f, 0x7c9cb8).at_night();
pub(super) const NIGHT: Palette =
    colours([0x040918, 0x0a1834, 0x183054, 0x36587c], 0xeaf0ff, 0x1d3656, 0x03060d, 0x2c4666).at_night();
pub(super) const OVERCAST: Palette =
    colours([0x7c8890, 0x9ca8ae, 0xbcc6ca, 0xdcdedb], 0xf4f4ee, 0x98a6aa, 0x2c3634, 0xeef0f0);
pub(super) const STORM: Palette =
    colours([0x262e3a, 0x465260, 0x788690, 0xd4ccac], 0xf6eed0, 0x586674, 0x151b20, 0x9aa4ac);
pub(super) const WINTER: Palette =
    colours([0x78a2d0, 0xaecae6, 0xe2e8f0, 0xfdeae0], 0xfff6ea, 0xb0c4dc, 0x44587a, 0xffffff).high_sun(0.15, 0.45);
pub(super) const ROSE: Palette =
    colours([0xb8808a, 0xd8a298, 0xf2cdb4, 0xfbe6d4], 0xfff6e6, 0xa88e8e, 0x3a2828, 0xffe8dc).low_sun(0.2, 0.5);
pub(super) const TEAL: Palette =
    colours([0x10384a, 0x2c707a, 0x80b8aa, 0xeae0b4], 0xfff4d0, 0x568c8c, 0x08222a, 0xd8e0c4).low_sun(0.06, 0.3);
pub(super) const OCHRE: Palette =
    colours([0x686a74, 0xa49c88, 0xdcc07c, 0xf6e4a6], 0xfff8d8, 0xae9858, 0x2a2410, 0xf4e4b8).low_sun(0.1, 0.35);
pub(super) const DESERT: Palette =
    colours([0x3a78b4, 0x84b4d4, 0xf0d8b0, 0xfae4c4], 0xfff6da, 0xdca870, 0x8a4220, 0xfff0dc).high_sun(0.3, 0.6);
