//! What a sender did to a body to make it shorter, undone under a bound. What is kept is what is inside.

use std::io::Read;

use axum::http::{HeaderMap, StatusCode, header};
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

/// Those that can be undone, for the answer to whoever used another one.
pub(super) const ACCEPTED: &str = "gzip, deflate, br, zstd";

/// A body is packed in another one so many times at most.
const MOST_LAYERS: usize = 4;
const BUFFER: usize = 64 * 1024;

/// How a body was packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    Gzip,
    Deflate,
    Brotli,
    Zstd,
}

/// Why a body is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refused {
    #[error("The Content-Encoding is none of {ACCEPTED}.")]
    UnknownCoding,
    #[error("What is packed in the body is larger than a delivery may be.")]
    TooLarge,
}

impl Refused {
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::UnknownCoding => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        }
    }
}

/// Whether [`decoded`] has work to do, which blocks for some milliseconds with a large body.
pub(super) fn is_coded(headers: &HeaderMap, body: &[u8]) -> bool {
    headers.contains_key(header::CONTENT_ENCODING) || Coding::seen_in(body).is_some()
}

/// The body as it was before its sender packed it, at most `limit` bytes. The header is a hint only: a body that is not
/// packed as it says is kept as it is, and one that is gzip or zstd is unpacked without a header too, as nobody could read
/// it otherwise. Of one that is damaged or cut off, what can be unpacked is all that is kept.
pub(super) fn decoded(headers: &HeaderMap, mut body: Vec<u8>, limit: usize) -> Result<Vec<u8>, Refused> {
    let declared = declared(headers)?;
    for coding in declared.into_iter().rev() {
        if let Some(inside) = coding.unpacked(&body, limit)? {
            body = inside;
        }
    }
    for _ in 0..MOST_LAYERS {
        let Some(inside) = Coding::seen_in(&body).map(|coding| coding.unpacked(&body, limit)).transpose()?.flatten()
        else {
            break;
        };
        body = inside;
    }
    Ok(body)
}

/// In the order in which they were applied.
fn declared(headers: &HeaderMap) -> Result<Vec<Coding>, Refused> {
    let mut codings = Vec::new();
    for value in headers.get_all(header::CONTENT_ENCODING) {
        for name in value.to_str().map_err(|_| Refused::UnknownCoding)?.split(',') {
            codings.extend(Coding::named(name.trim())?);
        }
    }
    if codings.len() > MOST_LAYERS { Err(Refused::UnknownCoding) } else { Ok(codings) }
}

impl Coding {
    /// `None` for none.
    fn named(name: &str) -> Result<Option<Self>, Refused> {
        Ok(Some(match name.to_ascii_lowercase().as_str() {
            "" | "identity" => return Ok(None),
            "gzip" | "x-gzip" => Self::Gzip,
            "deflate" => Self::Deflate,
            "br" => Self::Brotli,
            "zstd" => Self::Zstd,
            _ => return Err(Refused::UnknownCoding),
        }))
    }

    fn seen_in(body: &[u8]) -> Option<Self> {
        match body {
            [0x1f, 0x8b, 8, ..] => Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstd),
            _ => None,
        }
    }

    /// What is inside; `None` where nothing can be unpacked.
    fn unpacked(self, body: &[u8], limit: usize) -> Result<Option<Vec<u8>>, Refused> {
        // Two of them begin with no mark, so that anything can be taken for the beginning; but what is packed is no text.
        if matches!(self, Self::Deflate | Self::Brotli) && std::str::from_utf8(body).is_ok() && !body.contains(&0) {
            return Ok(None);
        }
        match self {
            Self::Gzip => read(MultiGzDecoder::new(body), limit),
            // By the standard it is zlib's format; some send what is in it alone.
            Self::Deflate => match read(ZlibDecoder::new(body), limit)? {
                None => read(DeflateDecoder::new(body), limit),
                inside => Ok(inside),
            },
            Self::Brotli => read(brotli_decompressor::Decompressor::new(body, BUFFER), limit),
            Self::Zstd => match zstd::stream::read::Decoder::with_buffer(body) {
                Ok(mut decoder) => {
                    // Larger windows take more memory than any body here may.
                    const LARGEST_WINDOW: u32 = 23;
                    let bounded = decoder.window_log_max(LARGEST_WINDOW);
                    if bounded.is_ok() { read(decoder, limit) } else { Ok(None) }
                }
                Err(_) => Ok(None),
            },
        }
    }
}

/// Up to the end or to the first damage.
fn read(mut decoder: impl Read, limit: usize) -> Result<Option<Vec<u8>>, Refused> {
    let mut inside = Vec::new();
    let mut buffer = vec![0; BUFFER];
    loop {
        match decoder.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) if inside.len() + count > limit => return Err(Refused::TooLarge),
            Ok(count) => inside.extend_from_slice(&buffer[..count]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => {
                tracing::info!(%error, bytes = inside.len(), "a packed body is damaged: what could be unpacked is kept");
                break;
            }
        }
    }
    Ok((!inside.is_empty()).then_some(inside))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    const LIMIT: usize = 1 << 20;
    const BODY: &[u8] =
        br#"{"id": "1", "href": "https://x.example/fotoweb/archives/5000-All-files/Folder%2012/a.jpg.info",
        "title": "A title that is long enough"}"#;

    fn gzip(body: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(body: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    }

    fn raw_deflate(body: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(body: &[u8]) -> Vec<u8> {
        zstd::stream::encode_all(body, 3).unwrap()
    }

    /// Brotli without any packing: a block of bytes as they are.
    fn brotli(body: &[u8]) -> Vec<u8> {
        let length = body.len() - 1;
        assert!(length > 0x80 && length < 1 << 16, "its head must be no text");
        // WBITS 16; no last block, four nibbles of length, uncompressed; padded to a byte.
        let bits = (length << 4) | (1 << 20);
        let mut packed = bits.to_le_bytes()[..3].to_vec();
        packed.extend_from_slice(body);
        packed.push(3);
        packed
    }

    fn decode(codings: &[&str], body: Vec<u8>) -> Result<Vec<u8>, Refused> {
        let mut headers = HeaderMap::new();
        for coding in codings {
            headers.append(header::CONTENT_ENCODING, coding.parse().unwrap());
        }
        decoded(&headers, body, LIMIT)
    }

    #[test]
    fn each_coding_is_undone_in_turn() {
        for (codings, body) in [
            (&["gzip"][..], gzip(BODY)),
            (&["x-gzip, identity"], gzip(BODY)),
            (&["deflate"], zlib(BODY)),
            (&["deflate"], raw_deflate(BODY)),
            (&["BR"], brotli(BODY)),
            (&["zstd"], zstd(BODY)),
            (&["deflate, gzip"], gzip(&zlib(BODY))),
            (&["deflate", "gzip"], gzip(&zlib(BODY))),
            (&[], gzip(BODY)),
            (&[], zstd(&gzip(BODY))),
            (&[], BODY.to_vec()),
            (&["gzip"], BODY.to_vec()),
            (&["br"], BODY.to_vec()),
            (&["deflate"], BODY.to_vec()),
            (&["identity"], BODY.to_vec()),
        ] {
            assert_eq!(decode(codings, body).unwrap(), BODY, "{codings:?}");
        }
    }

    #[test]
    fn a_bomb_is_refused_before_it_takes_memory_and_an_unknown_coding_by_name() {
        let zeros = vec![0; 64 << 20];
        for (coding, bomb) in [("gzip", gzip(&zeros)), ("deflate", zlib(&zeros)), ("zstd", zstd(&zeros))] {
            assert_eq!(decode(&[coding], bomb), Err(Refused::TooLarge), "{coding}");
        }
        assert_eq!(decode(&[], gzip(&gzip(&zeros))), Err(Refused::TooLarge));
        for coding in ["compress", "aes128gcm", "gzip, gzip, gzip, gzip, gzip", "\u{e6}"] {
            let refused = decode(&[coding], BODY.to_vec()).unwrap_err();
            assert_eq!(refused.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
        }
    }

    #[test]
    fn of_what_is_damaged_that_is_kept_which_can_be_unpacked() {
        let long = BODY.repeat(5_000);
        let packed = gzip(&long);
        let inside = decode(&["gzip"], packed[..packed.len() - 4].to_vec()).unwrap();
        assert_eq!(inside, long, "only its check is missing");
        let inside = decode(&[], packed[..packed.len() / 2].to_vec()).unwrap();
        assert!(!inside.is_empty() && long.starts_with(&inside));
        let only_a_head = gzip(b"")[..10].to_vec();
        assert_eq!(decode(&["gzip"], only_a_head.clone()).unwrap(), only_a_head);
    }
}
