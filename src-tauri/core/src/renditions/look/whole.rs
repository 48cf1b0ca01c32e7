//! Whether a picture's end is there. Each format says so in a way of its own; none is decoded for it, and what comes after
//! the end is nobody's business: cameras put films there.

use std::io::Cursor;

use memchr::memchr;
use tiff::decoder::Decoder;
use tiff::tags::Tag;

use crate::model::Format;

/// Whether all is there, as far as the structure tells.
pub(super) fn is_whole(format: Format, bytes: &[u8]) -> bool {
    match format {
        Format::Jpeg => JpegShape::of(bytes).has_end,
        Format::Png => png(bytes).unwrap_or(false),
        Format::Gif => gif(bytes).unwrap_or(false),
        Format::Webp => le32(bytes, 4).is_some_and(|size| size + 8 <= bytes.len() as u64),
        Format::Bmp => le32(bytes, 2).is_some_and(|size| size <= bytes.len() as u64),
        Format::Tiff => tiff(bytes),
        Format::Avif | Format::Heif => boxes(bytes),
        // Both come in boxes or bare; of a bare one the end is not told.
        Format::Jxl | Format::Jp2 => bytes.starts_with(b"\xFF") || boxes(bytes),
    }
}

/// What the markers of a JPEG say, up to its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct JpegShape {
    pub(super) components: u8,
    pub(super) scans: usize,
    /// Adobe's programs note how they keep colours, and keep ink the other way round.
    pub(super) is_adobe: bool,
    pub(super) has_end: bool,
}

impl JpegShape {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let (mut shape, mut at) = (Self::default(), 2);
        while let Some((marker, content)) = next_marker(bytes, at) {
            at = content;
            match marker {
                0xD9 => {
                    shape.has_end = true;
                    break;
                }
                // They stand alone.
                0x01 | 0xD0..=0xD8 => continue,
                _ => {}
            }
            let Some(length) = be16(bytes, content) else { break };
            let segment = bytes.get(content + 2..content + length).unwrap_or_default();
            match marker {
                0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                    shape.components = segment.get(5).copied().unwrap_or_default();
                }
                0xDA => shape.scans += 1,
                0xEE => shape.is_adobe |= segment.starts_with(b"Adobe"),
                _ => {}
            }
            at = content + length;
        }
        shape
    }
}

/// The next marker from a place on, and where its content begins. In a scan 0xFF is followed by 0 unless it is one, or
/// by the number of a restart.
fn next_marker(bytes: &[u8], mut at: usize) -> Option<(u8, usize)> {
    loop {
        at += memchr(0xFF, bytes.get(at..)?)? + 1;
        match bytes.get(at)? {
            // Any number of 0xFF may fill up.
            0x00 | 0xD0..=0xD7 | 0xFF => {}
            marker => return Some((*marker, at + 1)),
        }
    }
}

fn png(bytes: &[u8]) -> Option<bool> {
    let mut at = 8;
    loop {
        let length = u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?) as usize;
        let kind = bytes.get(at + 4..at + 8)?;
        at = at.checked_add(length)?.checked_add(12)?;
        if at > bytes.len() {
            return Some(false);
        }
        if kind == b"IEND" {
            return Some(true);
        }
    }
}

fn gif(bytes: &[u8]) -> Option<bool> {
    let palette = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let mut at = 13 + palette(*bytes.get(10)?);
    loop {
        match bytes.get(at)? {
            0x3B => return Some(true),
            0x2C => at = sub_blocks(bytes, at + 11 + palette(*bytes.get(at + 9)?))?,
            0x21 => at = sub_blocks(bytes, at + 2)?,
            // Some writers leave one too many.
            0x00 => at += 1,
            _ => return Some(false),
        }
    }
}

/// The place after a list of blocks, each with its length before it, that ends with an empty one.
fn sub_blocks(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match usize::from(*bytes.get(at)?) {
            0 => return Some(at + 1),
            length => at += length + 1,
        }
    }
}

/// A TIFF has its parts anywhere, and says where.
fn tiff(bytes: &[u8]) -> bool {
    let Ok(mut decoder) = Decoder::new(Cursor::new(bytes)) else {
        let first = match bytes {
            [b'I', ..] => le32(bytes, 4),
            _ => bytes.get(4..8).and_then(|first| Some(u64::from(u32::from_be_bytes(*first.first_chunk()?)))),
        };
        // Its table of contents is as a rule the last thing in it.
        return first.is_some_and(|first| first < bytes.len() as u64);
    };
    let mut list = |tag| decoder.find_tag_unsigned_vec::<u64>(tag).ok().flatten().unwrap_or_default();
    let parts = [(Tag::StripOffsets, Tag::StripByteCounts), (Tag::TileOffsets, Tag::TileByteCounts)]
        .map(|(offsets, counts)| (list(offsets), list(counts)));
    let mut ends = parts.iter().flat_map(|(offsets, counts)| offsets.iter().zip(counts));
    ends.all(|(offset, count)| offset.saturating_add(*count) <= bytes.len() as u64)
}

/// Boxes with their length before them, one after the other.
fn boxes(bytes: &[u8]) -> bool {
    let (mut at, end) = (0_u64, bytes.len() as u64);
    // A few bytes that are no box are no reason to doubt the rest.
    while at + 8 <= end {
        let head = &bytes[at as usize..];
        let short = head.first_chunk().map_or(0, |length| u64::from(u32::from_be_bytes(*length)));
        let length = match short {
            // To the end of the file.
            0 => return true,
            1 => match head.get(8..16).and_then(|length| length.first_chunk()) {
                Some(length) => u64::from_be_bytes(*length),
                None => return false,
            },
            length => length,
        };
        if length < 8 {
            return false;
        }
        at = at.saturating_add(length);
    }
    at <= end || at - end < 8 && end < 8
}

fn be16(bytes: &[u8], at: usize) -> Option<usize> {
    Some(usize::from(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?)).max(2))
}

fn le32(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?)))
}
