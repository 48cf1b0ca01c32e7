//! How a body was packed by its sender, undone. What is kept is what is inside.

use axum::http::{HeaderMap, StatusCode, header};

use crate::content_coding::{ACCEPTED, Coding, MOST_LAYERS, UnknownCoding, Unpacked, named};

/// Why a body is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refused {
    #[error(transparent)]
    UnknownCoding(#[from] UnknownCoding),
    #[error("What is packed in the body is larger than a delivery may be.")]
    TooLarge,
}

impl Refused {
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::UnknownCoding(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        }
    }

    /// What to tell the sender beside the words.
    pub(super) fn headers() -> [(header::HeaderName, &'static str); 1] {
        [(header::ACCEPT_ENCODING, ACCEPTED)]
    }
}

/// Whether [`unpacked`] has work to do, which blocks for some milliseconds with a large body.
pub(super) fn is_packed(headers: &HeaderMap, body: &[u8]) -> bool {
    headers.contains_key(header::CONTENT_ENCODING) || Coding::seen_in(body).is_some()
}

/// The body as it was before its sender packed it, at most `limit` bytes. The header is a hint only: a body that is not
/// packed as it says is kept as it is, and one that is gzip or zstd is unpacked without a header too, as nobody could read
/// it otherwise. Of one that is damaged or cut off, what can be unpacked is all that is kept.
pub(super) fn unpacked(headers: &HeaderMap, mut body: Vec<u8>, limit: usize) -> Result<Vec<u8>, Refused> {
    for coding in declared(headers)?.into_iter().rev() {
        if let Some(inside) = inside(coding, &body, limit)? {
            body = inside;
        }
    }
    for _ in 0..MOST_LAYERS {
        let Some(coding) = Coding::seen_in(&body) else { break };
        let Some(inside) = inside(coding, &body, limit)? else { break };
        body = inside;
    }
    Ok(body)
}

fn declared(headers: &HeaderMap) -> Result<Vec<Coding>, UnknownCoding> {
    let values = headers.get_all(header::CONTENT_ENCODING).iter();
    let names: Vec<&str> = values.map(|value| value.to_str().map_err(|_| UnknownCoding)).collect::<Result<_, _>>()?;
    named(&names.join(","))
}

/// `None` where nothing can be unpacked.
fn inside(coding: Coding, body: &[u8], limit: usize) -> Result<Option<Vec<u8>>, Refused> {
    // Two of them begin with no mark, so that anything can be taken for the beginning; but what is packed is no text.
    let has_no_mark = matches!(coding, Coding::Deflate | Coding::Brotli);
    if has_no_mark && std::str::from_utf8(body).is_ok() && !body.contains(&0) {
        return Ok(None);
    }
    let inside = match coding.unpacked(body, limit) {
        Unpacked::Whole(inside) => inside,
        Unpacked::Cut(inside) => {
            tracing::info!(bytes = inside.len(), "a packed body is damaged: what could be unpacked is kept");
            inside
        }
        Unpacked::TooLarge => return Err(Refused::TooLarge),
    };
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
        unpacked(&headers, body, LIMIT)
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
