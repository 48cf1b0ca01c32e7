//! What bytes claim to be, by how they begin. A name or a header that came with them is never asked.

use crate::model::Format;

/// The format that these bytes begin like, or `None` for what is no picture. That they begin so is all that it says.
pub(in crate::renditions) fn recognise(bytes: &[u8]) -> Option<Format> {
    let begins = |with: &[u8]| bytes.starts_with(with);
    if begins(b"\xFF\xD8\xFF") {
        Some(Format::Jpeg)
    } else if begins(b"\x89PNG\r\n\x1a\n") {
        Some(Format::Png)
    } else if begins(b"GIF87a") || begins(b"GIF89a") {
        Some(Format::Gif)
    } else if begins(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Some(Format::Webp)
    } else if [&b"II*\0"[..], b"MM\0*", b"II+\0", b"MM\0+"].into_iter().any(begins) {
        Some(Format::Tiff)
    } else if begins(b"\0\0\0\x0cJXL \r\n\x87\n") || begins(b"\xFF\x0A") {
        Some(Format::Jxl)
    } else if begins(b"\0\0\0\x0cjP  \r\n\x87\n") || begins(b"\xFF\x4F\xFF\x51") {
        Some(Format::Jp2)
    } else if bytes.get(4..8) == Some(b"ftyp") {
        brand(bytes)
    } else if begins(b"BM") && is_bitmap_header(bytes) {
        Some(Format::Bmp)
    } else {
        None
    }
}

/// Whether these bytes are a web page: what a server sends that wants somebody to sign in.
pub(super) fn is_web_page(bytes: &[u8]) -> bool {
    const LOOKED_AT: usize = 1024;
    let beginning = String::from_utf8_lossy(&bytes[..bytes.len().min(LOOKED_AT)]).to_ascii_lowercase();
    let beginning = beginning.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}');
    beginning.starts_with('<')
        && ["<!doctype html", "<html", "<head", "<body"].iter().any(|tag| beginning.contains(tag))
}

/// Of a file of boxes: the first brand that is a picture's, of the major one and the compatible ones.
fn brand(bytes: &[u8]) -> Option<Format> {
    let length = u32::from_be_bytes(bytes.first_chunk().copied()?) as usize;
    let brands = bytes.get(8..length.min(bytes.len()))?;
    let brands = || brands.chunks_exact(4).enumerate().filter(|(place, _)| *place != 1).map(|(_, brand)| brand);
    if brands().any(|brand| [b"avif", b"avis"].iter().any(|of| *of == brand)) {
        return Some(Format::Avif);
    }
    let heif = [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"];
    brands().any(|brand| heif.iter().any(|of| *of == brand)).then_some(Format::Heif)
}

/// Two letters are too few to tell a bitmap by; its second header begins with its own length.
fn is_bitmap_header(bytes: &[u8]) -> bool {
    let Some(length) = bytes.get(14..18).and_then(|length| length.first_chunk()) else { return false };
    [12, 40, 52, 56, 64, 108, 124].contains(&u32::from_le_bytes(*length))
}
