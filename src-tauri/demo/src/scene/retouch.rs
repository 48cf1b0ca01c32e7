//! What a desk does to a picture: each take is the same scene, and one sees that it was worked on.

use tiny_skia::BlendMode;

use super::canvas::{Canvas, fade, solid};
use super::palette::Rgb;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Retouch {
    /// How much of each side is left after the crop: 1.25 keeps four fifths.
    pub zoom: f32,
    pub without_sun: bool,
    grade: Grade,
}

#[derive(Clone, Copy, Debug)]
enum Grade {
    AsShot,
    Brighter,
    Warm,
    BlackAndWhite,
    Cool,
}

impl Retouch {
    pub(crate) fn of_take(take: u8) -> Self {
        let as_shot = Self { zoom: 1.0, without_sun: false, grade: Grade::AsShot };
        match (take, take % 5) {
            (0, _) => as_shot,
            (_, 1) => Self { grade: Grade::Brighter, zoom: 1.25, ..as_shot },
            (_, 2) => Self { grade: Grade::Warm, ..as_shot },
            (_, 3) => Self { grade: Grade::BlackAndWhite, ..as_shot },
            (_, 4) => Self { grade: Grade::Cool, without_sun: true, ..as_shot },
            _ => Self { without_sun: true, ..as_shot },
        }
    }

    pub(super) fn grade(self, canvas: &mut Canvas) {
        let height = canvas.height;
        match self.grade {
            Grade::AsShot => {}
            Grade::Brighter => canvas.wash(solid(Rgb::WHITE, 0.30), BlendMode::SoftLight),
            Grade::Warm => {
                canvas.wash(
                    fade(0.0, height, &[(0.0, Rgb::hex(0xff9a3c), 0.55), (1.0, Rgb::hex(0xff6a2c), 0.35)]),
                    BlendMode::SoftLight,
                );
            }
            Grade::BlackAndWhite => {
                canvas.wash(solid(Rgb::hex(0x808080), 1.0), BlendMode::Saturation);
                canvas.wash(solid(Rgb::hex(0x909090), 0.5), BlendMode::Overlay);
            }
            Grade::Cool => canvas.wash(solid(Rgb::hex(0x3c78c8), 0.45), BlendMode::SoftLight),
        }
    }
}
