//! Pictures: the name of a blob, what is asked for, and what becomes of it.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use super::MissingReason;
use crate::fotoware::{PreviewToken, Role};

/// The name of a blob: the SHA-256 of its bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobHash([u8; 32]);

impl BlobHash {
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// `None` unless there are exactly 32 bytes, as a database column might not have.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for BlobHash {
    /// 64 lower-case hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for BlobHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlobHash({self})")
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a picture's name is 64 lower-case hexadecimal digits")]
pub struct NotABlobHash;

impl FromStr for BlobHash {
    type Err = NotABlobHash;

    /// Takes what `Display` writes and nothing else, so that one picture has one address.
    fn from_str(text: &str) -> Result<Self, NotABlobHash> {
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return Err(NotABlobHash);
        }
        let mut hash = [0; 32];
        for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
        }
        Ok(Self(hash))
    }
}

/// The formats that are kept; anything else is not a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    Jpeg,
    Png,
    Webp,
    Gif,
    Tiff,
    // From here on there is no decoder in this program: they are kept, and a later program may show them.
    Avif,
    Heif,
    Jxl,
    Jp2,
    Bmp,
}

impl Format {
    pub const ALL: [Self; 10] = [
        Self::Jpeg,
        Self::Png,
        Self::Webp,
        Self::Gif,
        Self::Tiff,
        Self::Avif,
        Self::Heif,
        Self::Jxl,
        Self::Jp2,
        Self::Bmp,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Gif => "gif",
            Self::Tiff => "tiff",
            Self::Avif => "avif",
            Self::Heif => "heif",
            Self::Jxl => "jxl",
            Self::Jp2 => "jp2",
            Self::Bmp => "bmp",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == text)
    }

    pub fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
            Self::Tiff => "image/tiff",
            Self::Avif => "image/avif",
            Self::Heif => "image/heif",
            Self::Jxl => "image/jxl",
            Self::Jp2 => "image/jp2",
            Self::Bmp => "image/bmp",
        }
    }

    /// Without the dot, as people name their files.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Gif => "gif",
            Self::Tiff => "tif",
            Self::Avif => "avif",
            Self::Heif => "heif",
            Self::Jxl => "jxl",
            Self::Jp2 => "jp2",
            Self::Bmp => "bmp",
        }
    }
}

/// The number of what this program's decoders can do. It grows with each change after which they read more, or show it
/// otherwise: pictures that an older one has looked at are then looked at again.
pub const DECODER: i64 = 2;

/// What is wrong with bytes that are kept all the same, as they may be all that there ever is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flaw {
    /// The end is missing. What there is can be shown.
    Partial,
    /// No decoder of this program reads it. Not shown; a later program tries again.
    Unreadable,
    /// Larger than this program decodes. Not shown; a later program tries again.
    TooManyPixels,
}

impl Flaw {
    pub const ALL: [Self; 3] = [Self::Partial, Self::Unreadable, Self::TooManyPixels];

    /// As the databases have it; [`Flaw::parse`] reads it back.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Partial => "partial",
            Self::Unreadable => "unreadable",
            Self::TooManyPixels => "too_many_pixels",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|flaw| flaw.as_str() == text)
    }

    /// Why a picture with this flaw is not shown, or `None` if it is.
    pub fn hides(self) -> Option<MissingReason> {
        match self {
            Self::Partial => None,
            Self::Unreadable => Some(MissingReason::Unreadable),
            Self::TooManyPixels => Some(MissingReason::TooManyPixels),
        }
    }
}

/// A picture whose bytes are on disk, all that came of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Picture {
    pub hash: BlobHash,
    pub format: Format,
    pub bytes: u64,
    /// As it is shown: a camera's note to turn the picture is heeded. 0 where no decoder says it.
    pub width: u32,
    pub height: u32,
    /// `None`: it is whole and can be shown.
    pub flaw: Option<Flaw>,
}

/// Which picture of which delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RenditionKey {
    pub delivery: i64,
    pub role: Role,
}

/// A picture to be fetched now.
#[derive(Clone, Debug)]
pub struct Job {
    pub key: RenditionKey,
    /// Absolute URLs as the payload gave them, the best first. A stranger's word: the guard judges each.
    pub candidates: Vec<String>,
    pub token: Option<PreviewToken>,
    /// When the delivery was committed; the time that a picture took counts from here.
    pub noticed: Instant,
}

/// A picture that is durable, and whose it is. The store of blobs writes both down in one commit, and
/// forgets the second once the library has recorded it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Landed {
    pub key: RenditionKey,
    pub picture: Picture,
    /// Made here from a larger picture, because the archive's own could not be had.
    pub derived: bool,
    /// From notice to durable.
    pub took: Duration,
}

impl From<Landed> for RenditionOutcome {
    fn from(Landed { key, picture, derived, took }: Landed) -> Self {
        Self { key, outcome: Outcome::Kept { picture, derived, took } }
    }
}

/// What became of a job. Said once, and of a kept picture only after its bytes are durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenditionOutcome {
    pub key: RenditionKey,
    pub outcome: Outcome,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Kept {
        picture: Picture,
        /// Made here from a larger picture, because the archive's own could not be had.
        derived: bool,
        /// From notice to durable.
        took: Duration,
    },
    Missing(MissingReason),
}

fn nibble(digit: u8) -> Result<u8, NotABlobHash> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        _ => Err(NotABlobHash),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_reads_back_what_it_writes_and_nothing_else() {
        let hash = BlobHash::of(b"abc");
        let text = hash.to_string();

        assert_eq!(text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(text.parse(), Ok(hash));
        for odd in [&text[1..], &format!("{text}0"), &text.to_uppercase(), &"../".repeat(22)[..64]] {
            assert_eq!(odd.parse::<BlobHash>(), Err(NotABlobHash), "{odd}");
        }
        assert_eq!(BlobHash::from_slice(hash.as_bytes()), Some(hash));
        assert_eq!(BlobHash::from_slice(&[1; 31]), None);
    }

    #[test]
    fn formats_read_back_from_their_words() {
        for format in Format::ALL {
            assert_eq!(Format::parse(format.as_str()), Some(format));
        }
        assert_eq!(Format::parse("svg"), None);
        for flaw in Flaw::ALL {
            assert_eq!(Flaw::parse(flaw.as_str()), Some(flaw));
        }
    }
}
