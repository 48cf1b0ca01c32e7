//! The tray icon in three variants: normal, pale while paused, and with a red dot when something is wrong.

use tauri::image::Image;

use super::look::TrayStatus;

const ICON: &[u8] = include_bytes!("../../../../icons/64x64.png");
const RED: [u8; 4] = [0xd9, 0x3a, 0x2b, 0xff];

pub(super) fn of(standing: &TrayStatus) -> tauri::Result<Image<'static>> {
    let icon = Image::from_bytes(ICON)?;
    let (width, height) = (icon.width(), icon.height());
    let mut pixels = icon.rgba().to_vec();
    match standing {
        TrayStatus::Listening => {}
        TrayStatus::Paused => pale(&mut pixels),
        TrayStatus::Troubled(_) => dot(&mut pixels, width, height),
    }
    Ok(Image::new_owned(pixels, width, height))
}

fn pale(pixels: &mut [u8]) {
    for pixel in pixels.chunks_exact_mut(4) {
        let [red, green, blue, _] = [pixel[0], pixel[1], pixel[2], pixel[3]].map(u16::from);
        let grey = ((red * 3 + green * 6 + blue) / 10) as u8;
        pixel[..3].fill(grey);
        pixel[3] /= 2;
    }
}

/// Draws the dot in the lower right corner, a third of the icon wide.
fn dot(pixels: &mut [u8], width: u32, height: u32) {
    let radius = i64::from(width.min(height) / 5);
    let (middle_x, middle_y) = (i64::from(width) - radius - 1, i64::from(height) - radius - 1);
    for (index, pixel) in pixels.chunks_exact_mut(4).enumerate() {
        let (x, y) = (index as i64 % i64::from(width) - middle_x, index as i64 / i64::from(width) - middle_y);
        if x * x + y * y <= radius * radius {
            pixel.copy_from_slice(&RED);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_standing_has_a_look_of_its_own() {
        let [listening, paused, troubled] =
            [TrayStatus::Listening, TrayStatus::Paused, TrayStatus::Troubled("port".into())]
                .map(|standing| of(&standing).unwrap());
        assert_ne!(listening.rgba(), paused.rgba());
        assert_ne!(listening.rgba(), troubled.rgba());
        assert!(troubled.rgba().chunks_exact(4).any(|pixel| pixel == RED));
        assert!(!listening.rgba().chunks_exact(4).any(|pixel| pixel == RED));
    }
}
