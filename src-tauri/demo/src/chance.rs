//! Luck that repeats: the same seed gives the same pictures and stories on every machine, and with every release of every library.

use std::ops::Range;

/// A stream of numbers that follow from a seed (`SplitMix64`).
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    /// A stream of its own for each use, so that one more number drawn here changes nothing there.
    pub(crate) fn of(seed: u64, uses: &[u64]) -> Self {
        let mut chance = Self(seed);
        for &part in uses {
            chance = Self(chance.draw() ^ part.wrapping_mul(0xD6E8_FEB8_6659_FD93));
        }
        Self(chance.draw())
    }

    pub(crate) fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 up to, not including, 1.
    pub(crate) fn unit(&mut self) -> f32 {
        (self.draw() >> 40) as f32 / (1_u64 << 24) as f32
    }

    pub(crate) fn within(&mut self, range: Range<f32>) -> f32 {
        range.start + (range.end - range.start) * self.unit()
    }

    /// A whole number below `limit`; 0 if there is none.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        ((u128::from(self.draw()) * limit as u128) >> 64) as usize
    }

    /// `from` must not be empty.
    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    pub(crate) fn one_in(&mut self, odds: usize) -> bool {
        self.below(odds) == 0
    }

    /// A random UUID (version 4), as Fotoware's webhook ids look.
    pub(crate) fn uuid(&mut self) -> String {
        let bits = (u128::from(self.draw()) << 64) | u128::from(self.draw());
        let versioned = (bits & !(0xF << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
        let hex = format!("{versioned:032x}");
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }
}

#[cfg(test)]
mod tests {
    use super::Chance;

    #[test]
    fn the_same_seed_is_the_same_luck() {
        let (mut one, mut same, mut other) = (Chance::of(7, &[1]), Chance::of(7, &[1]), Chance::of(7, &[2]));
        let first = one.draw();
        assert_eq!(first, same.draw());
        assert_ne!(first, other.draw());
    }

    #[test]
    fn a_uuid_says_that_it_is_random() {
        let uuid = Chance::of(1, &[]).uuid();
        assert_eq!(uuid.len(), 36);
        assert_eq!(uuid.as_bytes()[14], b'4');
        assert!(matches!(uuid.as_bytes()[19], b'8' | b'9' | b'a' | b'b'));
    }
}
