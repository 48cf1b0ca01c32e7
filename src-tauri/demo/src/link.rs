//! The tenant's addresses: picture URLs and tokens that carry their own signature and age, so that any number can be minted and nothing need be remembered.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::asset::Asset;
use super::picture::{Frame, Picture};
use super::scene::Subject;
use lysbord_clock::Timestamp;

const CACHE: &str = "/fotoweb/cache/v2/";
const TOKEN_LIFETIME: Duration = Duration::from_hours(1);
const SIGNATURE_BYTES: usize = 9;
const TICKET_BYTES: usize = 12;
/// A ticket and a four-letter size, as they stand in a URL.
const TICKET_LETTERS: usize = 16;
const SIZE_LETTERS: usize = 4;

/// Where the tenant lives, and the key with which it signs.
#[derive(Clone, Debug)]
pub struct Site {
    base_url: Arc<str>,
    key: [u8; 32],
}

/// A picture URL whose signature holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    pub picture: Picture,
    pub frame: Frame,
    pub minted: Timestamp,
}

impl Site {
    pub fn new(base_url: impl Into<Arc<str>>, seed: u64) -> Self {
        Self { base_url: base_url.into(), key: Sha256::digest(seed.to_be_bytes()).into() }
    }

    /// Without a trailing slash.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    pub fn absolute(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    /// A site-relative picture URL, good from `minted` on for as long as the tenant's lifetime says.
    pub fn picture_path(&self, asset: &Asset, frame: Frame, minted: Timestamp) -> String {
        let ticket = Ticket { picture: asset.picture, frame, minted };
        let gallery_cache = asset.picture.seed.to_be_bytes();
        let unsigned = format!(
            "{CACHE}{}/{}/{}.{}{}",
            letter(gallery_cache[2]),
            letter(gallery_cache[3]),
            asset.encoded_path(),
            URL_SAFE_NO_PAD.encode(ticket.bytes()),
            size_word(frame)
        );
        let signature = self.signature(&unsigned);
        format!("{unsigned}.{signature}.jpg")
    }

    /// What a picture URL stands for; `None` if this site has not signed it.
    pub fn read_picture_path(&self, path: &str) -> Option<Ticket> {
        let (unsigned, signature) = path.strip_suffix(".jpg")?.rsplit_once('.')?;
        if self.signature(unsigned) != signature {
            return None;
        }
        let (_, code) = unsigned.rsplit_once('.')?;
        let (ticket, size) = code.split_at_checked(TICKET_LETTERS)?;
        Ticket::from_bytes(&URL_SAFE_NO_PAD.decode(ticket).ok()?, read_size_word(size)?)
    }

    /// `previewToken`: a JWT that opens any picture of its asset for an hour (docs/fotoware.md 6.2).
    pub fn preview_token(&self, asset: &Asset, minted: Timestamp) -> String {
        let second = minted.0.div_euclid(1000);
        let claims = json!({
            "iss": self.absolute("/fotoweb/"),
            "sub": "15003",
            "iat": second,
            "nbf": second,
            "exp": second + TOKEN_LIFETIME.as_secs() as i64,
            "aud": "preview_token",
            "scope": ["arbitrary_renditions"],
            "ass": format!("{}{}", asset.archive.href(), asset.encoded_path()),
            "rev": "",
        });
        let head = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
        let unsigned = format!("{head}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
        format!("{unsigned}.{}", URL_SAFE_NO_PAD.encode(self.digest(&unsigned)))
    }

    /// Does this token open that picture URL now?
    pub fn token_opens(&self, token: &str, picture_path: &str, now: Timestamp) -> bool {
        let opens = || {
            let (unsigned, signature) = token.rsplit_once('.')?;
            let (_, claims) = unsigned.split_once('.')?;
            let signed = URL_SAFE_NO_PAD.encode(self.digest(unsigned)) == signature;
            let claims: serde_json::Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
            let in_time = now.0 < claims["exp"].as_i64()?.saturating_mul(1000);
            Some(signed && in_time && claims["ass"].as_str()?.ends_with(file_of(picture_path)?))
        };
        opens().unwrap_or(false)
    }

    /// A URL that only this site can have made: the capability-like `dropHREF` and `ancestors[].data`.
    pub fn signature(&self, message: &str) -> String {
        URL_SAFE_NO_PAD.encode(&self.digest(message)[..SIGNATURE_BYTES])
    }

    fn digest(&self, message: &str) -> [u8; 32] {
        Sha256::new().chain_update(self.key).chain_update(message).finalize().into()
    }
}

impl Ticket {
    fn bytes(self) -> [u8; TICKET_BYTES] {
        let mut bytes = [0; TICKET_BYTES];
        bytes[0] = self.picture.subject as u8;
        bytes[1..5].copy_from_slice(&self.picture.seed.to_be_bytes());
        bytes[5] = self.picture.take;
        bytes[6..].copy_from_slice(&self.minted.0.to_be_bytes()[2..]);
        bytes
    }

    fn from_bytes(bytes: &[u8], frame: Frame) -> Option<Self> {
        let bytes: &[u8; TICKET_BYTES] = bytes.try_into().ok()?;
        let [subject, s0, s1, s2, s3, take, minted @ ..] = *bytes;
        let mut millis = [0; 8];
        millis[2..].copy_from_slice(&minted);
        let picture =
            Picture { subject: Subject::from_index(subject)?, seed: u32::from_be_bytes([s0, s1, s2, s3]), take };
        Some(Self { picture, frame, minted: Timestamp(i64::from_be_bytes(millis)) })
    }
}

/// `/fotoweb/cache/v2/A/b/Folder/name.jpg.TICKET800x.SIGNATURE.jpg` is a picture of `Folder/name.jpg`.
fn file_of(picture_path: &str) -> Option<&str> {
    let file = picture_path.strip_prefix(CACHE)?.get(4..)?;
    let mut parts = file.rsplitn(4, '.');
    parts.nth(3)
}

fn letter(byte: u8) -> char {
    char::from(b'A' + byte % 26)
}

/// Four letters, as in the captured URLs: `800x`, `2400`, and `400q` for a square.
fn size_word(frame: Frame) -> String {
    let fill = if frame.square { 'q' } else { 'x' };
    let mut word = frame.side.to_string();
    while word.len() < SIZE_LETTERS {
        word.push(fill);
    }
    word
}

fn read_size_word(word: &str) -> Option<Frame> {
    let square = word.ends_with('q');
    let side: u16 = word.trim_end_matches(['q', 'x']).parse().ok()?;
    Frame::ALL.into_iter().find(|frame| frame.side == side && frame.square == square)
}
