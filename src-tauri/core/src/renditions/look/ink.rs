//! What ink looks like on paper where no profile says it: a standard offset print on coated paper.
//!
//! ISO 12647-2 gives the colours of paper, of the four inks and of two of them over each other. What lies between is
//! mixed of these by the share of the paper that each covers (Neugebauer), in square roots of light, as dots of ink look
//! larger than they are (Yule and Nielsen). The paper is taken for white.

use std::sync::LazyLock;

/// In CIE L*a*b* under D50, by which inks are printed: 1 cyan, 2 magenta, 4 yellow, added up.
const SOLIDS: [[f32; 3]; 8] = [
    [95.0, 0.0, -2.0],
    [55.0, -37.0, -50.0],
    [48.0, 74.0, -3.0],
    [24.0, 22.0, -46.0],
    [89.0, -5.0, 93.0],
    [50.0, -65.0, 27.0],
    [47.0, 68.0, 48.0],
    [23.0, 0.0, 0.0],
];
const BLACK: [f32; 3] = [16.0, 0.0, 0.0];
const D50: [f32; 3] = [0.9642, 1.0, 0.8251];
/// From XYZ under D50 to linear sRGB.
const TO_LINEAR: [[f32; 3]; 3] =
    [[3.133_856, -1.616_867, -0.490_615], [-0.978_768, 1.916_142, 0.033_454], [0.071_945, -0.228_991, 1.405_243]];

/// Square roots of light, relative to the paper.
struct Inks {
    solids: [[f32; 3]; 8],
    black: [f32; 3],
    /// sRGB's curve in even steps of linear light.
    curve: Vec<u8>,
}

static INKS: LazyLock<Inks> = LazyLock::new(|| {
    let paper = light(SOLIDS[0]);
    let root = |lab| {
        let light = light(lab);
        std::array::from_fn(|part| (light[part] / paper[part]).max(0.0).sqrt())
    };
    Inks { solids: SOLIDS.map(root), black: root(BLACK), curve: (0..=CURVE).map(encoded).collect() }
});

const CURVE: u16 = 4095;

/// Four bytes of ink a pixel become three of light. 0 is no ink.
pub(super) fn to_srgb(ink: &[u8], srgb: &mut [u8]) {
    let inks = &*INKS;
    let mut last = ([0; 4], [255; 3]);
    for (ink, srgb) in ink.as_chunks::<4>().0.iter().zip(srgb.as_chunks_mut::<3>().0) {
        if *ink != last.0 {
            last = (*ink, inks.printed(*ink));
        }
        *srgb = last.1;
    }
}

impl Inks {
    fn printed(&self, ink: [u8; 4]) -> [u8; 3] {
        let [cyan, magenta, yellow, black] = ink.map(|share| f32::from(share) / 255.0);
        let share = |solid: usize| {
            [cyan, magenta, yellow]
                .iter()
                .enumerate()
                .map(|(place, share)| if solid >> place & 1 == 1 { *share } else { 1.0 - share })
                .product::<f32>()
        };
        let mut light = [0.0; 3];
        for (solid, colour) in self.solids.iter().enumerate() {
            let share = share(solid);
            for (light, colour) in light.iter_mut().zip(colour) {
                *light += share * colour;
            }
        }
        for (place, light) in light.iter_mut().enumerate() {
            // Black takes the same share of every colour below it.
            let root = *light * (1.0 - black + black * self.black[place]);
            *light = root * root * D50[place];
        }
        TO_LINEAR.map(|row| {
            let linear: f32 = row.iter().zip(light).map(|(factor, light)| factor * light).sum();
            self.curve[(linear.clamp(0.0, 1.0) * f32::from(CURVE)).round() as usize]
        })
    }
}

fn light([lightness, a, b]: [f32; 3]) -> [f32; 3] {
    let y = (lightness + 16.0) / 116.0;
    let part = |t: f32| if t > 6.0 / 29.0 { t.powi(3) } else { 3.0 * (6.0_f32 / 29.0).powi(2) * (t - 4.0 / 29.0) };
    [part(y + a / 500.0), part(y), part(y - b / 200.0)]
}

fn encoded(step: u16) -> u8 {
    let linear = f32::from(step) / f32::from(CURVE);
    let value = if linear <= 0.003_130_8 { linear * 12.92 } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 };
    (value * 255.0).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inks_look_as_they_do_on_paper() {
        for (ink, expected) in [
            ([0, 0, 0, 0], [255, 255, 255]),
            ([255, 0, 0, 0], [0, 158, 224]),
            ([0, 255, 0, 0], [229, 0, 125]),
            ([0, 0, 255, 0], [255, 236, 0]),
            ([0, 255, 255, 0], [226, 7, 25]),
            ([255, 0, 255, 0], [0, 150, 64]),
            ([255, 255, 0, 0], [48, 39, 131]),
            ([0, 0, 0, 255], [29, 29, 27]),
        ] {
            let mut srgb = [0; 3];
            to_srgb(&ink, &mut srgb);
            let apart = srgb.iter().zip(expected).map(|(value, expected): (&u8, u8)| value.abs_diff(expected)).max();
            assert!(apart <= Some(24), "{ink:?} is {srgb:?} and not {expected:?}");
        }
    }

    #[test]
    fn more_ink_is_never_lighter() {
        let mut before = [255_u8; 3];
        for black in 0..=255 {
            let mut srgb = [0; 3];
            to_srgb(&[40, 60, 20, black], &mut srgb);
            assert!(srgb.iter().zip(before).all(|(now, before)| *now <= before), "{black}: {srgb:?} {before:?}");
            before = srgb;
        }
    }
}
