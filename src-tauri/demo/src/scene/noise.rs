//! Smooth randomness: what makes hills uneven and clouds soft.

/// From 0 to 1, the same for the same place and seed.
fn lattice(x: i32, y: i32, seed: u32) -> f32 {
    let mut bits =
        (x as u32).wrapping_mul(0x85EB_CA6B) ^ (y as u32).wrapping_mul(0xC2B2_AE35) ^ seed.wrapping_mul(0x27D4_EB2F);
    bits = (bits ^ (bits >> 15)).wrapping_mul(0x2C1B_3C6D);
    bits = (bits ^ (bits >> 12)).wrapping_mul(0x297A_2D39);
    ((bits ^ (bits >> 15)) >> 8) as f32 / (1 << 24) as f32
}

/// `floor`, which is a call into the C library on a plain x86-64.
fn below(value: f32) -> i32 {
    let whole = value as i32;
    whole - i32::from((whole as f32) > value)
}

/// Value noise: 0 to 1, about one feature per unit.
pub(super) fn smooth(x: f32, y: f32, seed: u32) -> f32 {
    let (left, top) = (below(x), below(y));
    let ease = |t: f32| t * t * (3.0 - 2.0 * t);
    let (across, down) = (ease(x - left as f32), ease(y - top as f32));
    let row = |y: i32| {
        let (start, end) = (lattice(left, y, seed), lattice(left + 1, y, seed));
        start + (end - start) * across
    };
    let (upper, lower) = (row(top), row(top + 1));
    upper + (lower - upper) * down
}

/// Noise upon finer noise: 0 to 1.
pub(super) fn layered(x: f32, y: f32, seed: u32, octaves: u32) -> f32 {
    octave_sum(x, y, seed, octaves, |noise| noise)
}

/// The same with sharp crests, as mountains have them.
pub(super) fn crested(x: f32, y: f32, seed: u32, octaves: u32) -> f32 {
    octave_sum(x, y, seed, octaves, |noise| 1.0 - (2.0 * noise - 1.0).abs())
}

fn octave_sum(x: f32, y: f32, seed: u32, octaves: u32, shape: impl Fn(f32) -> f32) -> f32 {
    let (mut sum, mut total, mut weight, mut scale) = (0.0, 0.0, 1.0, 1.0);
    for octave in 0..octaves {
        sum += weight * shape(smooth(x * scale, y * scale, seed.wrapping_add(octave * 101)));
        total += weight;
        weight *= 0.5;
        scale *= 2.03;
    }
    sum / total
}

/// 0 below `from`, 1 above `to`, and soft between.
pub(super) fn step(from: f32, to: f32, value: f32) -> f32 {
    let t = ((value - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}
