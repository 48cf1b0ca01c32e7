//! How names and shapes are written so that indexes sort and carry them: a file name as a key, a picture's ratio as a
//! byte.

use crate::fold::fold;

/// File names sort as people count: `img2` before `img10`, whatever the case and accents.
pub(in crate::library) fn name_key(filename: &str) -> String {
    let mut key = String::with_capacity(filename.len() + 8);
    let mut digits = String::new();
    let flush = |digits: &mut String, key: &mut String| {
        if !digits.is_empty() {
            let number = digits.trim_start_matches('0');
            key.extend(std::iter::repeat_n('0', 12_usize.saturating_sub(number.len())));
            key.push_str(number);
            digits.clear();
        }
    };
    for letter in fold(filename).chars() {
        if letter.is_ascii_digit() {
            digits.push(letter);
        } else {
            flush(&mut digits, &mut key);
            key.push(letter);
        }
    }
    flush(&mut digits, &mut key);
    key
}

/// Width over height from 0.2 to 5 as one byte, in equal steps of its logarithm: a layout of 100,000 tiles is 100 KB.
pub(in crate::library) fn ratio_to_byte(ratio: f64) -> u8 {
    let ratio = if ratio.is_finite() { ratio.clamp(0.2, 5.0) } else { 1.5 };
    ((ratio / 0.2).ln() / 25_f64.ln() * 255.0).round() as u8
}

/// The ratio behind [`ratio_to_byte`].
pub(in crate::library) fn byte_to_ratio(byte: u8) -> f64 {
    0.2 * 25_f64.powf(f64::from(byte) / 255.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_as_people_count() {
        let mut names = ["IMG_10.jpg", "img_9.jpg", "Øre.jpg", "Img_0100.jpg", "a 2.jpg", "pan.jpg"];
        names.sort_by_key(|name| name_key(name));
        assert_eq!(names, ["a 2.jpg", "img_9.jpg", "IMG_10.jpg", "Img_0100.jpg", "Øre.jpg", "pan.jpg"]);
    }

    #[test]
    fn a_ratio_survives_its_byte_within_a_hundredth() {
        for ratio in [0.2, 0.66, 1.0, 1.5, 1.777, 5.0] {
            let back = byte_to_ratio(ratio_to_byte(ratio));
            assert!((back / ratio - 1.0).abs() < 0.01, "{ratio} came back as {back}");
        }
        assert_eq!(ratio_to_byte(f64::NAN), ratio_to_byte(1.5));
    }
}
