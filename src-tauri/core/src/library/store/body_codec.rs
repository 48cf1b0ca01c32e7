//! How bodies are packed: with zstd, and a dictionary of what Fotoware's notices have in common.
//!
//! A notice is mostly the names of members that every notice has. With a dictionary of them it takes a tenth of its
//! room instead of two fifths, in half the time.

use std::cell::RefCell;
use std::sync::LazyLock;

use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};
use zstd::zstd_safe::{CParameter, get_frame_content_size};

use crate::library::error::LibraryError;

/// Made of the pretend tenant's notices. A library is full of what was packed with it: it is never changed. A better
/// one is added beside it, and its number, which each packed body carries, tells them apart.
const NOTICES: &[u8] = include_bytes!("body_codec/notices.zdict");
const LEVEL: i32 = 1;

static PACK: LazyLock<EncoderDictionary<'static>> = LazyLock::new(|| EncoderDictionary::copy(NOTICES, LEVEL));
static UNPACK: LazyLock<DecoderDictionary<'static>> = LazyLock::new(|| DecoderDictionary::copy(NOTICES));

/// Compresses a body.
pub(in crate::library) fn pack(body: &[u8]) -> Result<Vec<u8>, LibraryError> {
    thread_local! {
        // Its tables are larger than most bodies: they are made once a thread.
        static PACKER: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    }
    PACKER.with_borrow_mut(|packer| {
        let packer = match packer {
            Some(packer) => packer,
            None => packer.insert(checking_packer()?),
        };
        let mut packed = packer.compress(body)?;
        // It is kept for a while, and must not take the room that it might have needed.
        packed.shrink_to_fit();
        Ok(packed)
    })
}

/// With a checksum in each body: a change on the disk is noticed, even if the body could still be unpacked.
fn checking_packer() -> std::io::Result<Compressor<'static>> {
    let mut packer = Compressor::with_prepared_dictionary(&PACK)?;
    packer.set_parameter(CParameter::ChecksumFlag(true))?;
    Ok(packer)
}

/// In bytes: the longest that an unpacked body may be, whatever its frame says.
const LONGEST: u64 = 64 * 1024 * 1024;
/// Redaction writes `"[redacted]"` where a secret was: the shortest secret member grows to less than four times its
/// length.
const GROWTH: u64 = 4;
const SOME_ROOM: u64 = 64 * 1024;

/// Why a stored body cannot be unpacked.
#[derive(Debug, thiserror::Error)]
pub(in crate::library) enum Damage {
    #[error("it is not what was packed: its length is gone")]
    NoLength,
    #[error("it says of itself that it is {0} bytes long, which it cannot be")]
    LiesAboutLength(u64),
    #[error("it cannot be unpacked: {0}")]
    Broken(#[from] std::io::Error),
}

/// Unpacks a body that was `size` bytes long when it was received. The frame says how long the result is, as redaction
/// may have made it longer; it is believed only as far as redaction can have done that. What was packed without the
/// dictionary makes no use of it.
pub(in crate::library) fn unpack(packed: &[u8], size: u64) -> Result<Vec<u8>, Damage> {
    thread_local! {
        // As with the packer: to make one costs more than most bodies.
        static UNPACKER: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
    }
    let length = get_frame_content_size(packed).ok().flatten().ok_or(Damage::NoLength)?;
    if length > LONGEST.min(size.saturating_mul(GROWTH).saturating_add(SOME_ROOM)) {
        return Err(Damage::LiesAboutLength(length));
    }
    UNPACKER.with_borrow_mut(|unpacker| {
        let unpacker = match unpacker {
            Some(unpacker) => unpacker,
            None => unpacker.insert(Decompressor::with_prepared_dictionary(&UNPACK)?),
        };
        Ok(unpacker.decompress(packed, length as usize)?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use crate::fotoware::receive;
    use lysbord_demo::{Encoding, Site, encode, stories};

    const DICTIONARY: usize = 32 * 1024;

    fn notices(seed: u64, assets: usize) -> Vec<Vec<u8>> {
        let site = Site::new("https://pictures.example".to_owned(), seed);
        let now = Timestamp(1_772_000_000_000 + seed as i64 * 100_000_000);
        let bodies = stories(seed, assets, now).into_iter().map(|step| encode(&step.body(&site, now), Encoding::Json));
        bodies.map(|body| receive(None, body.as_bytes()).kept.into_owned()).collect()
    }

    fn without_spaces(body: &[u8]) -> Vec<u8> {
        serde_json::from_slice::<serde_json::Value>(body).unwrap().to_string().into_bytes()
    }

    /// `LYSBORD_WRITE_DICTIONARY=FILE cargo test -p lysbord-core dictionary` makes a new one, to be added to the first.
    #[test]
    fn the_dictionary_takes_most_of_a_notice_away() {
        if let Some(path) = std::env::var_os("LYSBORD_WRITE_DICTIONARY") {
            let spaced: Vec<_> = (1001..1021).flat_map(|seed| notices(seed, 40)).collect();
            let samples: Vec<_> = spaced.iter().flat_map(|body| [body.clone(), without_spaces(body)]).collect();
            std::fs::write(path, zstd::dict::from_samples(&samples, DICTIONARY).unwrap()).unwrap();
        }
        let spaced = notices(1, 20);
        let dense = spaced.iter().map(|body| without_spaces(body)).collect();
        for bodies in [spaced, dense] {
            let size: usize = bodies.iter().map(Vec::len).sum();
            let packed: usize = bodies.iter().map(|body| pack(body).unwrap().len()).sum();
            assert!(packed * 8 < size, "{packed} of {size} bytes");
        }
    }

    #[test]
    fn every_body_comes_back_as_it_was() {
        let long: Vec<u8> = (0..300_000_u32).flat_map(|i| i.wrapping_mul(i).to_le_bytes()).collect();
        let mut bodies = notices(2, 10);
        bodies.extend([Vec::new(), b"{".to_vec(), vec![0; 100_000], long]);
        for body in bodies {
            assert_eq!(unpack(&pack(&body).unwrap(), body.len() as u64).unwrap(), body);
        }
    }

    #[test]
    fn what_was_packed_before_can_be_unpacked() {
        let body = br#"{"id": "1", "href": "https://pictures.example/fotoweb/archives/5000-All/a.jpg.info"}"#;
        let without_dictionary = Compressor::new(-3).unwrap().compress(body).unwrap();
        assert_eq!(unpack(&without_dictionary, 1).unwrap(), body);
        let with_it = include_bytes!("body_codec/packed_first.zst");
        assert_eq!(unpack(with_it, 1).unwrap(), body, "the dictionary was changed: what is in libraries is lost");
    }

    #[test]
    fn a_changed_byte_is_told_wherever_it_is() {
        let body = &notices(3, 1)[0];
        let packed = pack(body).unwrap();
        let size = body.len() as u64;
        assert!(unpack(&packed[..packed.len() - 1], size).is_err());
        assert!(unpack(b"nothing of the kind", size).is_err());
        assert!(unpack(b"", size).is_err());
        for at in 0..packed.len() {
            for bit in 0..8 {
                let mut changed = packed.clone();
                changed[at] ^= 1 << bit;
                // A bit of the header that means nothing may change: then all is as it was.
                assert!(unpack(&changed, size).map_or(true, |unpacked| unpacked == *body), "{at}: {bit}");
            }
        }
    }

    #[test]
    fn a_frame_that_says_it_is_huge_takes_no_memory() {
        let body = b"{}";
        for length in [1_u64 << 62, u64::MAX - 2, LONGEST + 1, 1 << 20] {
            // A frame with a length of eight bytes and one segment, and one raw block that is the last.
            let mut lying = vec![0x28, 0xb5, 0x2f, 0xfd, 0b1110_0000];
            lying.extend_from_slice(&length.to_le_bytes());
            lying.extend_from_slice(&[((body.len() << 3) | 1) as u8, 0, 0]);
            lying.extend_from_slice(body);
            assert!(matches!(unpack(&lying, 2), Err(Damage::LiesAboutLength(said)) if said == length));
        }
    }

    /// The shortest that a secret can be, over and over.
    #[test]
    fn what_redaction_adds_is_within_the_bound() {
        for secret in [r#"{"dropHREF":1"#, r#"{"previewToken":1"#, r#"{"ancestors":[{"data":1"#] {
            let end = if secret.contains('[') { "}]}" } else { "}" };
            let body = format!("[{}{secret}{end}]", format!("{secret}{end},").repeat(50_000));
            let kept = receive(None, body.as_bytes()).kept.into_owned();
            assert!(kept.len() > body.len());
            assert_eq!(unpack(&pack(&kept).unwrap(), body.len() as u64).unwrap(), kept);
        }
    }
}
