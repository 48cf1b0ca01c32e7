//! What a sender did to bytes to make them shorter (`Content-Encoding`), undone under a bound. What is to be believed of a
//! header, and what becomes of bytes that are cut, is for those to say who got them: a webhook's body, a picture, a saved
//! request.

use std::io::Read;

use brotli_decompressor::Decompressor;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

/// The names of those that can be undone, as `Accept-Encoding` wants them.
pub(crate) const ACCEPTED: &str = "gzip, deflate, br, zstd";

/// Bytes are packed in one coding after the other so many times at most.
pub(crate) const MOST_LAYERS: usize = 4;
/// A zstd stream may ask for a window of 8 MB, as RFC 9659 has it, and no more. Brotli's ends at 16 MB.
const ZSTD_WINDOW_LOG: u32 = 23;
const BUFFER: usize = 64 * 1024;

/// A way of packing that can be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    Gzip,
    Deflate,
    Brotli,
    Zstd,
}

/// What came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unpacked {
    Whole(Vec<u8>),
    /// The stream ended too early, or broke: what came out before that, which may be nothing.
    Cut(Vec<u8>),
    /// More would come out than is wanted.
    TooLarge,
}

/// A header names a coding that is not known, or more of them than anybody applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The Content-Encoding is none of {ACCEPTED}.")]
pub(crate) struct UnknownCoding;

/// The codings of a `Content-Encoding`, in the order in which they were applied: the last one is undone first. Several
/// headers are given as one, with commas between.
pub(crate) fn named(header: &str) -> Result<Vec<Coding>, UnknownCoding> {
    let mut codings = Vec::new();
    for name in header.split(',').map(|name| name.trim().to_ascii_lowercase()) {
        codings.push(match name.as_str() {
            "" | "identity" => continue,
            "gzip" | "x-gzip" => Coding::Gzip,
            "deflate" => Coding::Deflate,
            "br" => Coding::Brotli,
            "zstd" => Coding::Zstd,
            _ => return Err(UnknownCoding),
        });
    }
    if codings.len() > MOST_LAYERS { Err(UnknownCoding) } else { Ok(codings) }
}

impl Coding {
    /// By the mark at the start of gzip and zstd. The other two have none.
    pub(crate) fn seen_in(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x1f, 0x8b, 8, ..] => Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstd),
            _ => None,
        }
    }

    /// What is inside, at most `limit` bytes. Blocks a processor for as long as that takes.
    pub(crate) fn unpacked(self, bytes: &[u8], limit: usize) -> Unpacked {
        match self {
            Self::Gzip => read(MultiGzDecoder::new(bytes), limit),
            // By the standard with zlib's frame. Some leave it out, and browsers put up with that.
            Self::Deflate => match read(ZlibDecoder::new(bytes), limit) {
                Unpacked::Cut(nothing) if nothing.is_empty() => read(DeflateDecoder::new(bytes), limit),
                unpacked => unpacked,
            },
            // A window of up to a gigabyte, which is no part of the standard.
            Self::Brotli if bytes.first().is_some_and(|first| first & 0x7f == 0x11) => Unpacked::Cut(Vec::new()),
            Self::Brotli => read(Decompressor::new(bytes, BUFFER), limit),
            Self::Zstd => {
                let decoder = zstd::stream::read::Decoder::with_buffer(bytes);
                let bounded = decoder.and_then(|mut decoder| {
                    decoder.window_log_max(ZSTD_WINDOW_LOG)?;
                    Ok(decoder)
                });
                bounded.map_or(Unpacked::Cut(Vec::new()), |decoder| read(decoder, limit))
            }
        }
    }
}

/// Undoes one coding after the other, the last one first. What comes out of any of them has at most `limit` bytes.
pub(crate) fn unpacked(bytes: &[u8], codings: &[Coding], limit: usize) -> Unpacked {
    let (mut inside, mut is_whole) = (None::<Vec<u8>>, true);
    for coding in codings.iter().rev() {
        match coding.unpacked(inside.as_deref().unwrap_or(bytes), limit) {
            Unpacked::Whole(layer) => inside = Some(layer),
            Unpacked::Cut(layer) => (inside, is_whole) = (Some(layer), false),
            Unpacked::TooLarge => return Unpacked::TooLarge,
        }
    }
    let inside = inside.unwrap_or_else(|| bytes.to_vec());
    if is_whole { Unpacked::Whole(inside) } else { Unpacked::Cut(inside) }
}

fn read(decoder: impl Read, limit: usize) -> Unpacked {
    let mut inside = Vec::new();
    let ended = decoder.take(limit as u64 + 1).read_to_end(&mut inside);
    match ended {
        _ if inside.len() > limit => Unpacked::TooLarge,
        Ok(_) => Unpacked::Whole(inside),
        Err(_) => Unpacked::Cut(inside),
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
    fn each_coding_is_undone() {
        let all = 1 << 20;
        for (header, bytes) in
            [("gzip", gzip()), ("X-GZIP", gzip()), ("deflate", zlib()), ("deflate", raw_deflate()), ("zstd", zstd())]
        {
            let codings = named(header).unwrap();
            assert_eq!(unpacked(&bytes, &codings, all), Unpacked::Whole(CONTENT.to_vec()), "{header}");
        }
        assert_eq!(unpacked(BROTLI, &named("br").unwrap(), all), Unpacked::Whole(b"hello".to_vec()));
        let twice = zstd::encode_all(gzip().as_slice(), 3).unwrap();
        assert_eq!(unpacked(&twice, &named("gzip, zstd").unwrap(), all), Unpacked::Whole(CONTENT.to_vec()));
        assert_eq!(unpacked(CONTENT, &named("identity").unwrap(), all), Unpacked::Whole(CONTENT.to_vec()));
    }

    #[test]
    fn the_bound_holds_for_what_comes_out() {
        let size = CONTENT.len();
        for (header, bytes) in [("gzip", gzip()), ("deflate", zlib()), ("zstd", zstd())] {
            let codings = named(header).unwrap();
            assert_eq!(unpacked(&bytes, &codings, size), Unpacked::Whole(CONTENT.to_vec()), "{header}");
            assert_eq!(unpacked(&bytes, &codings, size - 1), Unpacked::TooLarge, "{header}");
        }
    }

    #[test]
    fn what_breaks_off_is_told_from_what_is_whole() {
        for (header, bytes) in [("gzip", gzip()), ("deflate", zlib()), ("zstd", zstd()), ("br", BROTLI.to_vec())] {
            let cut = unpacked(&bytes[..bytes.len() - 3], &named(header).unwrap(), 1 << 20);
            assert!(matches!(cut, Unpacked::Cut(_)), "{header}: {cut:?}");
            let nonsense = unpacked(b"\xFF\xD8\xFF no such thing", &named(header).unwrap(), 1 << 20);
            assert!(matches!(nonsense, Unpacked::Cut(_)), "{header}: {nonsense:?}");
        }
    }

    #[test]
    fn unknown_codings_and_towers_of_them_are_refused() {
        assert_eq!(named(""), Ok(Vec::new()));
        assert_eq!(named("identity, gzip"), Ok(vec![Coding::Gzip]));
        assert_eq!(named("gzip, br"), Ok(vec![Coding::Gzip, Coding::Brotli]));
        assert_eq!(named("compress"), Err(UnknownCoding));
        assert_eq!(named("gzip, gzip, gzip, gzip, gzip"), Err(UnknownCoding));
    }
}
