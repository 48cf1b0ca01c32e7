//! Product shots: vessels on a table, lit from one side.

use tiny_skia::{BlendMode, Path, PathBuilder};

use super::canvas::{Canvas, across, fade, glow, oval, solid};
use super::palette::Rgb;
use crate::chance::Chance;

/// Backdrop above, backdrop below, table.
const SETS: [(u32, u32, u32); 7] = [
    (0xd9cdbb, 0xf1e9dc, 0xc9b79d),
    (0x8fa3a0, 0xc8d3cc, 0x7c8f8a),
    (0xc46f4e, 0xe3a27c, 0xa85437),
    (0x2d3a45, 0x566773, 0x222b33),
    (0xe0b04c, 0xf3d48a, 0xc9953a),
    (0xb9a7b8, 0xe2d5de, 0x98849a),
    (0x1f3b34, 0x47695c, 0x172c27),
];
const GLAZES: [u32; 10] =
    [0xf3efe6, 0x2f4b5a, 0xb5543a, 0x8a9a7b, 0xd7b98e, 0x1f2326, 0xc98f9a, 0x5a7f8c, 0xe2c044, 0x7b4b3a];

/// Half widths from foot to lip, at even heights: what a potter would turn.
const PROFILES: [&[f32]; 8] = [
    &[0.30, 0.42, 0.50, 0.50, 0.40, 0.22, 0.15, 0.14, 0.19],
    &[0.22, 0.26, 0.28, 0.28, 0.27, 0.20, 0.10, 0.09, 0.10],
    &[0.26, 0.44, 0.58, 0.66, 0.68, 0.66, 0.60, 0.52, 0.46],
    &[0.34, 0.36, 0.37, 0.38, 0.38, 0.38, 0.37, 0.37, 0.38],
    &[0.20, 0.30, 0.46, 0.56, 0.52, 0.34, 0.18, 0.16, 0.26],
    &[0.30, 0.30, 0.30, 0.30, 0.30, 0.29, 0.14, 0.13, 0.14],
    &[0.42, 0.52, 0.56, 0.54, 0.46, 0.36, 0.30, 0.28, 0.30],
    &[0.16, 0.12, 0.10, 0.16, 0.34, 0.46, 0.50, 0.50, 0.48],
];

pub(super) fn paint(seed: u32, mut canvas: Canvas) -> Canvas {
    let mut chance = Chance::of(u64::from(seed), &[0x57111]);
    let (unit, width, height) = (canvas.unit(), canvas.width, canvas.height);
    let &(above, below, table) = chance.pick(&SETS);
    let (above, below, table) = (Rgb::hex(above), Rgb::hex(below), Rgb::hex(table));
    let edge = height * chance.within(0.62..0.72);
    let side = if chance.one_in(2) { -1.0 } else { 1.0 };
    canvas.band(0.0, edge, &[(0.0, above), (1.0, below)]);
    let light = (width * (0.5 + side * 0.32), height * 0.28);
    canvas.wash(glow(light, unit * 0.9, &[(0.0, Rgb::WHITE, 0.42), (1.0, Rgb::WHITE, 0.0)]), BlendMode::SoftLight);
    canvas.band(edge, height, &[(0.0, table.mix(below, 0.45)), (0.12, table), (1.0, table.mix(Rgb::BLACK, 0.3))]);

    let count = 1 + chance.below(4);
    let mut glazes = GLAZES;
    let first = chance.below(glazes.len());
    glazes.rotate_left(first);
    let span = unit * 0.74;
    // From the back to the front, so that the near ones stand before the others.
    for at in 0..count {
        let share = if count == 1 { 0.5 } else { at as f32 / (count - 1) as f32 };
        let place = if count == 1 { 0.5 } else { [0.22, 0.72, 0.45, 0.9][at] };
        let x = width / 2.0 + (place - 0.5) * span + unit * chance.within(-0.03..0.03);
        let foot = edge + unit * (0.07 + 0.09 * share);
        let tall =
            unit * if count == 1 { chance.within(0.5..0.6) } else { chance.within(0.24..0.5) * (1.0 - 0.25 * share) };
        let profile = *chance.pick(&PROFILES);
        vessel(&mut canvas, (x, foot), tall, profile, Rgb::hex(glazes[at * 3 % glazes.len()]), side, &mut chance);
    }
    if chance.one_in(2) {
        for _ in 0..2 + chance.below(3) {
            let place = (width / 2.0 + unit * chance.within(-0.36..0.36), edge + unit * chance.within(0.17..0.24));
            let colour = Rgb::hex(*chance.pick(&[0xd9772a, 0xc2382e, 0x9caf4a, 0xe3b23c]));
            fruit(&mut canvas, place, unit * chance.within(0.04..0.055), colour, side);
        }
    }
    canvas
}

fn vessel(
    canvas: &mut Canvas,
    foot: (f32, f32),
    tall: f32,
    profile: &[f32],
    glaze: Rgb,
    side: f32,
    chance: &mut Chance,
) {
    let (x, y) = foot;
    let widest = profile.iter().copied().fold(0.0, f32::max) * tall;
    let base = profile[0] * tall;
    shadow(canvas, (x, y), base, widest, tall, side);
    let body = turned(x, y, tall, profile, 1.0);
    let (bright, dark) = (glaze.mix(Rgb::WHITE, 0.32), glaze.mix(Rgb::BLACK, 0.58));
    let lit = [
        (0.0, glaze.mix(Rgb::WHITE, 0.08), 1.0),
        (0.22, bright, 1.0),
        (0.5, glaze, 1.0),
        (0.86, dark, 1.0),
        (1.0, dark.mix(glaze, 0.3), 1.0),
    ];
    canvas.fill(body.clone(), across((x + side * widest, y), (x - side * widest, y), &lit));
    canvas.fill(
        body.clone(),
        fade(y - tall, y, &[(0.0, Rgb::WHITE, 0.08), (0.6, Rgb::BLACK, 0.0), (1.0, Rgb::BLACK, 0.32)]),
    );
    if chance.one_in(2) {
        let dip = y - tall * chance.within(0.3..0.6);
        canvas.fill(turned_above(x, y, tall, profile, 1.0, dip), solid(Rgb::hex(0xf4eee2), 0.34));
    }
    let lip = profile[profile.len() - 1] * tall;
    canvas.fill(oval((x, y - tall), lip, lip * 0.2), solid(glaze.mix(Rgb::WHITE, 0.25), 1.0));
    canvas.fill(oval((x, y - tall), lip * 0.86, lip * 0.15), solid(dark.mix(Rgb::BLACK, 0.4), 1.0));
    // Within the belly, where the glaze is roundest.
    let gleam = turned(x + side * widest * 0.36, y - tall * 0.1, tall * 0.42, profile, 0.09);
    let shine = [(0.0, Rgb::WHITE, 0.0), (0.4, Rgb::WHITE, 0.42), (1.0, Rgb::WHITE, 0.0)];
    canvas.fill(gleam, fade(y - tall * 0.52, y - tall * 0.1, &shine));
    if profile[8] < 0.3 && chance.one_in(2) {
        twig(canvas, (x, y - tall), tall * chance.within(0.5..0.8), chance);
    }
}

fn shadow(canvas: &mut Canvas, foot: (f32, f32), base: f32, widest: f32, tall: f32, side: f32) {
    let (x, y) = foot;
    for (reach, alpha) in [(1.5, 0.10), (1.2, 0.14), (0.9, 0.2)] {
        let long = (widest + tall * 0.2) * reach;
        canvas.fill(oval((x - side * long * 0.5, y), long, base * 0.26 * reach), solid(Rgb::BLACK, alpha));
    }
    canvas.fill(oval((x, y - base * 0.02), base * 1.04, base * 0.17), solid(Rgb::BLACK, 0.5));
}

fn fruit(canvas: &mut Canvas, middle: (f32, f32), radius: f32, colour: Rgb, side: f32) {
    let (x, y) = middle;
    canvas
        .fill(oval((x - side * radius * 0.9, y + radius * 0.86), radius * 1.7, radius * 0.26), solid(Rgb::BLACK, 0.3));
    let light = (x + side * radius * 0.35, y - radius * 0.4);
    let stops = [(0.0, colour.mix(Rgb::WHITE, 0.5), 1.0), (0.45, colour, 1.0), (1.0, colour.mix(Rgb::BLACK, 0.6), 1.0)];
    canvas.fill(oval(middle, radius, radius * 0.94), glow(light, radius * 1.7, &stops));
}

fn twig(canvas: &mut Canvas, foot: (f32, f32), long: f32, chance: &mut Chance) {
    let leaf = Rgb::hex(*chance.pick(&[0x5f7a4a, 0x8a8f5a, 0xb8794a, 0x4f6a5a]));
    for stem in 0..3 {
        let lean = (stem as f32 - 1.0) * 0.42 + chance.within(-0.12..0.12);
        let tip = (foot.0 + lean * long, foot.1 - long * chance.within(0.8..1.05));
        let mut path = PathBuilder::new();
        path.move_to(foot.0, foot.1);
        path.quad_to(foot.0 + lean * long * 0.2, foot.1 - long * 0.6, tip.0, tip.1);
        canvas.line(path.finish(), (long * 0.014).max(0.6), solid(leaf.mix(Rgb::BLACK, 0.4), 1.0));
        for at in 2..9 {
            let along = at as f32 / 8.0;
            let (x, y) = (foot.0 + (tip.0 - foot.0) * along * along.sqrt(), foot.1 + (tip.1 - foot.1) * along);
            let size = long * 0.055 * chance.within(0.7..1.2);
            let way = if at % 2 == 0 { 1.0 } else { -1.0 };
            canvas.fill(
                oval((x + way * size, y - size * 0.3), size, size * 0.5),
                solid(leaf.mix(Rgb::WHITE, 0.12 * along), 0.95),
            );
        }
    }
}

/// A shape turned about its axis, its widths taken times `share`.
fn turned(x: f32, foot: f32, tall: f32, profile: &[f32], share: f32) -> Option<Path> {
    turned_above(x, foot, tall, profile, share, foot)
}

/// The part of it above `floor`.
fn turned_above(x: f32, foot: f32, tall: f32, profile: &[f32], share: f32, floor: f32) -> Option<Path> {
    let mut path = PathBuilder::new();
    let steps = 40;
    let y_at = |step: usize| floor + (foot - tall - floor) * step as f32 / steps as f32;
    let half = |y: f32| width_at(profile, (foot - y) / tall) * tall * share;
    path.move_to(x - half(floor), floor);
    path.quad_to(x, floor + tall * 0.05 * share, x + half(floor), floor);
    for step in 0..=steps {
        path.line_to(x + half(y_at(step)), y_at(step));
    }
    for step in (0..=steps).rev() {
        path.line_to(x - half(y_at(step)), y_at(step));
    }
    path.close();
    path.finish()
}

/// The profile is a curve through its points (Catmull-Rom).
fn width_at(profile: &[f32], up: f32) -> f32 {
    let last = profile.len() - 1;
    let place = up.clamp(0.0, 1.0) * last as f32;
    let at = (place as usize).min(last - 1);
    let t = place - at as f32;
    let point = |index: usize| profile[index.min(last)];
    let (before, start, end, after) = (point(at.saturating_sub(1)), point(at), point(at + 1), point(at + 2));
    0.5 * (2.0 * start
        + (end - before) * t
        + (2.0 * before - 5.0 * start + 4.0 * end - after) * t * t
        + (3.0 * start - before - 3.0 * end + after) * t * t * t)
}
