//! Which picture, in which of Fotoware's sizes.

use super::chance::Chance;
use super::scene::{Retouch, Subject};

/// A picture that can be drawn at any time from this alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Picture {
    pub subject: Subject,
    pub seed: u32,
    /// Which retouch of it: 0 is as it was shot.
    pub take: u8,
}

impl Picture {
    pub fn new(subject: Subject, seed: u32) -> Self {
        Self { subject, seed, take: 0 }
    }

    /// Width by height.
    pub fn ratio(self) -> f32 {
        let (width, height) = self.pixels();
        width as f32 / height as f32
    }

    /// Size of the original file.
    pub fn pixels(self) -> (u32, u32) {
        let mut chance = Chance::of(u64::from(self.seed), &[0x0F0, self.subject as u64]);
        let (width, height) = *chance.pick(self.subject.formats());
        match Retouch::of_take(self.take).zoom {
            zoom if zoom > 1.0 => (((width as f32 / zoom) as u32) & !1, ((height as f32 / zoom) as u32) & !1),
            _ => (width, height),
        }
    }

    /// The same scene, visibly retouched.
    #[must_use]
    pub fn retouched(self) -> Self {
        Self { take: self.take.wrapping_add(1), ..self }
    }
}

/// One of the sizes that `previews[]` offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Frame {
    /// Pixels on the long side.
    pub side: u16,
    pub square: bool,
}

impl Frame {
    pub const THUMBNAIL: Self = Self::whole(200);
    pub const PREVIEW: Self = Self::whole(800);

    /// The twelve that a real payload lists, in its order, with the small square twice (docs/fotoware.md 1.3).
    pub const ALL: [Self; 12] = [
        Self::whole(800),
        Self::whole(1200),
        Self::whole(1600),
        Self::whole(2400),
        Self::whole(200),
        Self::whole(300),
        Self::whole(400),
        Self::whole(600),
        Self::square(100),
        Self::square(200),
        Self::square(200),
        Self::square(400),
    ];

    pub(super) const fn whole(side: u16) -> Self {
        Self { side, square: false }
    }

    const fn square(side: u16) -> Self {
        Self { side, square: true }
    }

    /// Width and height of a picture of this ratio (width by height) in this frame.
    pub fn size(self, ratio: f32) -> (u32, u32) {
        let side = u32::from(self.side);
        if self.square {
            return (side, side);
        }
        let short = |ratio: f32| ((side as f32 * ratio).round() as u32).max(1);
        if ratio >= 1.0 { (side, short(ratio.recip())) } else { (short(ratio), side) }
    }
}

#[cfg(test)]
mod tests {
    use super::Frame;

    #[test]
    fn the_long_side_is_what_the_frame_says() {
        assert_eq!(Frame::PREVIEW.size(1.5), (800, 533));
        assert_eq!(Frame::PREVIEW.size(0.8), (640, 800));
        assert_eq!(Frame::square(400).size(1.5), (400, 400));
    }
}
