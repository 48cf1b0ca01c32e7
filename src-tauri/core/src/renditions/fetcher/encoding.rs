//! Takes off what a server wrapped around a picture (`Content-Encoding`), under a bound. Pictures are asked for as they
//! are, and some servers wrap them all the same.

use std::io::{BufReader, Cursor, Read};

use brotli_decompressor::Decompressor;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

/// More layers than this are not taken off.
const MOST_LAYERS: usize = 3;
/// A zstd stream may ask for a window of 8 MB, as RFC 9659 has it, and no more. Brotli's ends at 16 MB.
const ZSTD_WINDOW_LOG: u32 = 23;

/// A coding that this program can take off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Gzip,
    Deflate,
    Brotli,
    Zstd,
}

/// What came out.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Decoded {
    Whole(Vec<u8>),
    /// The stream ended too early, or broke: what came out before that.
    Cut(Vec<u8>),
    TooLarge,
}

/// The codings of a header's value, the outermost first. `None` if one of them is unknown, or there are too many.
pub(super) fn codings(header: &str) -> Option<Vec<Coding>> {
    let words = header.split(',').map(|word| word.trim().to_ascii_lowercase());
    let mut codings = Vec::new();
    for word in words.filter(|word| !word.is_empty() && word != "identity") {
        codings.push(match word.as_str() {
            "gzip" | "x-gzip" => Coding::Gzip,
            "deflate" => Coding::Deflate,
            "br" => Coding::Brotli,
            "zstd" => Coding::Zstd,
            _ => return None,
        });
    }
    codings.reverse();
    (codings.len() <= MOST_LAYERS).then_some(codings)
}

/// Takes off one layer after the other. No layer's content may be larger than `max` bytes. Blocks a processor for as
/// long as that takes.
pub(super) fn decode(bytes: &[u8], codings: &[Coding], max: u64) -> Decoded {
    let (mut content, mut is_whole) = (None::<Vec<u8>>, true);
    for coding in codings {
        let layer = content.as_deref().unwrap_or(bytes);
        match take_off(layer, *coding, max) {
            Decoded::Whole(inner) => content = Some(inner),
            Decoded::Cut(inner) => (content, is_whole) = (Some(inner), false),
            Decoded::TooLarge => return Decoded::TooLarge,
        }
    }
    let content = content.unwrap_or_else(|| bytes.to_vec());
    if is_whole { Decoded::Whole(content) } else { Decoded::Cut(content) }
}

fn take_off(bytes: &[u8], coding: Coding, max: u64) -> Decoded {
    match coding {
        Coding::Gzip => read(MultiGzDecoder::new(bytes), max),
        // By the standard with zlib's frame. Some servers leave it out, and browsers put up with that.
        Coding::Deflate => match read(ZlibDecoder::new(bytes), max) {
            Decoded::Cut(nothing) if nothing.is_empty() => read(DeflateDecoder::new(bytes), max),
            decoded => decoded,
        },
        // A window of up to a gigabyte, which is no part of the standard.
        Coding::Brotli if bytes.first().is_some_and(|first| first & 0x7F == 0x11) => Decoded::Cut(Vec::new()),
        Coding::Brotli => read(Decompressor::new(bytes, 4096), max),
        Coding::Zstd => {
            let decoder = zstd::stream::read::Decoder::with_buffer(BufReader::new(Cursor::new(bytes)));
            let bounded = decoder.and_then(|mut decoder| {
                decoder.window_log_max(ZSTD_WINDOW_LOG)?;
                Ok(decoder)
            });
            bounded.map_or(Decoded::Cut(Vec::new()), |decoder| read(decoder, max))
        }
    }
}

fn read(decoder: impl Read, max: u64) -> Decoded {
    let mut content = Vec::new();
    let ended = decoder.take(max + 1).read_to_end(&mut content);
    match ended {
        _ if content.len() as u64 > max => Decoded::TooLarge,
        Ok(_) => Decoded::Whole(content),
        Err(_) => Decoded::Cut(content),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    const CONTENT: &[u8] = b"a picture, a picture, a picture, a picture, a picture";
    /// Made by `brotli -c`: there is no encoder here.
    const BROTLI: &[u8] = &[0x0b, 0x02, 0x80, b'h', b'e', b'l', b'l', b'o', 0x03];

    fn gzip() -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(CONTENT).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib() -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(CONTENT).unwrap();
        encoder.finish().unwrap()
    }

    fn raw_deflate() -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(CONTENT).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd() -> Vec<u8> {
        zstd::encode_all(CONTENT, 3).unwrap()
    }

    #[test]
    fn each_coding_is_taken_off() {
        let all = 1 << 20;
        for (header, bytes) in
            [("gzip", gzip()), ("X-GZIP", gzip()), ("deflate", zlib()), ("deflate", raw_deflate()), ("zstd", zstd())]
        {
            let codings = codings(header).unwrap();
            assert_eq!(decode(&bytes, &codings, all), Decoded::Whole(CONTENT.to_vec()), "{header}");
        }
        assert_eq!(decode(BROTLI, &codings("br").unwrap(), all), Decoded::Whole(b"hello".to_vec()));
        let twice = zstd::encode_all(gzip().as_slice(), 3).unwrap();
        assert_eq!(decode(&twice, &codings("gzip, zstd").unwrap(), all), Decoded::Whole(CONTENT.to_vec()));
        assert_eq!(decode(CONTENT, &codings("identity").unwrap(), all), Decoded::Whole(CONTENT.to_vec()));
    }

    #[test]
    fn the_bound_holds_for_what_comes_out() {
        let size = CONTENT.len() as u64;
        for (header, bytes) in [("gzip", gzip()), ("deflate", zlib()), ("zstd", zstd())] {
            let codings = codings(header).unwrap();
            assert_eq!(decode(&bytes, &codings, size), Decoded::Whole(CONTENT.to_vec()), "{header}");
            assert_eq!(decode(&bytes, &codings, size - 1), Decoded::TooLarge, "{header}");
        }
    }

    #[test]
    fn what_breaks_off_is_told_from_what_is_whole() {
        for (header, bytes) in [("gzip", gzip()), ("deflate", zlib()), ("zstd", zstd()), ("br", BROTLI.to_vec())] {
            let cut = decode(&bytes[..bytes.len() - 3], &codings(header).unwrap(), 1 << 20);
            assert!(matches!(cut, Decoded::Cut(_)), "{header}: {cut:?}");
            let nonsense = decode(b"\xFF\xD8\xFF no such thing", &codings(header).unwrap(), 1 << 20);
            assert!(matches!(nonsense, Decoded::Cut(_)), "{header}: {nonsense:?}");
        }
    }

    #[test]
    fn unknown_codings_and_towers_of_them_are_left_alone() {
        assert_eq!(codings(""), Some(Vec::new()));
        assert_eq!(codings("identity, gzip"), Some(vec![Coding::Gzip]));
        assert_eq!(codings("gzip, br"), Some(vec![Coding::Brotli, Coding::Gzip]));
        assert_eq!(codings("compress"), None);
        assert_eq!(codings("gzip, gzip, gzip, gzip"), None);
    }
}
