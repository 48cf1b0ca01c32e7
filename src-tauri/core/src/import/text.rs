//! Opens a file as text: unpacks gzip, and turns UTF-16 into UTF-8, with a byte order mark or without.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};
use encoding_rs_io::DecodeReaderBytesBuilder;
use flate2::bufread::MultiGzDecoder;

use super::LeftAlone;

/// A file's text, from the start. A single-byte encoding is left as it is.
pub(super) type Text = BufReader<Box<dyn Read + Send>>;

/// More than this is read of no file, unpacked: what is larger was not saved by anybody.
const MOST: u64 = 16 << 30;
/// So much of the start is looked at.
const START: usize = 8 << 10;

pub(super) fn open(path: &Path) -> Result<Text, LeftAlone> {
    let mut file = start_of(Box::new(File::open(path)?))?;
    if file.buffer().starts_with(&[0x1f, 0x8b]) {
        file = start_of(Box::new(MultiGzDecoder::new(file)))?;
    }
    let start = file.buffer();
    if start.is_empty() {
        return Err(LeftAlone::Empty);
    }
    if is_picture(start) {
        return Err(LeftAlone::Picture);
    }
    let encoding = utf_16(start);
    if encoding.is_none() && is_binary(start) {
        return Err(LeftAlone::NotText);
    }
    if start.starts_with(b"\xef\xbb\xbf") {
        file.consume(3);
    }
    let Some(encoding) = encoding else { return Ok(file) };
    let text = DecodeReaderBytesBuilder::new().encoding(Some(encoding)).strip_bom(true).build(file);
    Ok(start_of(Box::new(text))?)
}

/// The start of a file is in the buffer; a short file is there as a whole.
fn start_of(reader: Box<dyn Read + Send>) -> io::Result<Text> {
    let mut limited = reader.take(MOST);
    let mut start = Vec::with_capacity(START);
    limited.by_ref().take(START as u64).read_to_end(&mut start)?;
    let whole: Box<dyn Read + Send> = Box::new(io::Cursor::new(start).chain(limited));
    let mut text = BufReader::with_capacity(START, whole);
    text.fill_buf()?;
    Ok(text)
}

/// UTF-16 by its mark, or by the zeros that letters of most languages have in it: every other byte, beside a letter.
fn utf_16(start: &[u8]) -> Option<&'static Encoding> {
    match start {
        [0xff, 0xfe, ..] => return Some(UTF_16LE),
        [0xfe, 0xff, ..] => return Some(UTF_16BE),
        _ => {}
    }
    let pairs: Vec<[u8; 2]> = start.chunks_exact(2).take(256).map(|pair| [pair[0], pair[1]]).collect();
    let is_mostly = |letter: fn(&[u8; 2]) -> Option<u8>| {
        let letters: Vec<u8> = pairs.iter().filter_map(letter).collect();
        letters.len() * 2 > pairs.len() && letters.iter().all(|letter| *letter >= b' ' || b"\t\r\n".contains(letter))
    };
    if is_mostly(|pair| (pair[1] == 0).then_some(pair[0])) {
        Some(UTF_16LE)
    } else if is_mostly(|pair| (pair[0] == 0).then_some(pair[1])) {
        Some(UTF_16BE)
    } else {
        None
    }
}

fn is_picture(start: &[u8]) -> bool {
    const STARTS: [&[u8]; 7] = [b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"II*\0", b"MM\0*", b"8BPS", b"\0\0\0\x0cJXL "];
    // HEIF, AVIF and films name themselves behind the length of their first box.
    let is_boxed = start.get(4..8) == Some(b"ftyp");
    let is_webp = start.starts_with(b"RIFF") && start.get(8..12) == Some(b"WEBP");
    is_boxed || is_webp || STARTS.iter().any(|magic| start.starts_with(magic))
}

/// Text holds no zeros but perhaps at its end, and few other control characters.
fn is_binary(start: &[u8]) -> bool {
    let end = start.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    let odd = |byte: &&u8| **byte < 32 && !matches!(**byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1e);
    start[..end].contains(&0) || start[..end].iter().filter(odd).count() * 50 > end || end == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf_16_of(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(unit).collect()
    }

    #[test]
    fn the_same_text_is_read_however_it_is_encoded() {
        let text = "{\"title\": \"Ødegård på fjellet 🏔\", \"id\": 1}\n".repeat(700);
        let (little, big) = (utf_16_of(&text, u16::to_le_bytes), utf_16_of(&text, u16::to_be_bytes));
        let gzip = |bytes: &[u8]| {
            let mut packed = Vec::new();
            flate2::read::GzEncoder::new(bytes, flate2::Compression::fast()).read_to_end(&mut packed).unwrap();
            packed
        };
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        for (name, bytes) in [
            ("UTF-8", text.clone().into_bytes()),
            ("UTF-8 with a mark", [b"\xef\xbb\xbf", text.as_bytes()].concat()),
            ("UTF-16 LE", little.clone()),
            ("UTF-16 LE with a mark", [&[0xff, 0xfe], &little[..]].concat()),
            ("UTF-16 BE", big.clone()),
            ("UTF-16 BE with a mark", [&[0xfe, 0xff], &big[..]].concat()),
            ("gzip", gzip(text.as_bytes())),
            ("gzip in two members", [gzip(&text.as_bytes()[..99]), gzip(&text.as_bytes()[99..])].concat()),
            ("gzip of UTF-16 with a mark", gzip(&[&[0xff, 0xfe], &little[..]].concat())),
        ] {
            std::fs::write(&path, bytes).unwrap();
            let mut read = String::new();
            open(&path).unwrap().read_to_string(&mut read).unwrap();
            assert!(read == text, "{name}: {}", &read[..read.len().min(80)]);
        }
    }

    #[test]
    fn what_is_no_text_is_told_from_what_is() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        for (bytes, expected) in [
            (&b""[..], Some(LeftAlone::Empty)),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", Some(LeftAlone::Picture)),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Some(LeftAlone::Picture)),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Some(LeftAlone::Picture)),
            (b"\0\0\0\x1cftypavif", Some(LeftAlone::Picture)),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0\0\0\0\0", Some(LeftAlone::NotText)),
            (b"SQLite format 3\0\x10\0\x01", Some(LeftAlone::NotText)),
            (b"\0\0\0\0\0\0\0\0\0\0", Some(LeftAlone::NotText)),
            (b"PK\x03\x04\x14\0\x06\0", Some(LeftAlone::NotText)),
            (b"BMW and other words", None),
            (b"{\"id\": 1}\0", None),
            (b"K\xe5re (Latin-1)", None),
        ] {
            std::fs::write(&path, bytes).unwrap();
            assert_eq!(open(&path).err(), expected, "{bytes:?}");
        }
    }
}
