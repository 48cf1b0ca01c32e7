//! What other programs wrap around a request body in JSON. Each value of a file is looked at once: is it a notice itself,
//! or does it hold one or many requests?

mod members;
pub(super) mod moment;
mod recordings;
mod request;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::LeftAlone;
use crate::clock::Timestamp;
use crate::fotoware::HookKind;
use members::Members;

/// A body that was unwrapped, with what was said beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrapped {
    pub hook: Option<HookKind>,
    pub content_type: Option<String>,
    pub body: Vec<u8>,
    pub received: Option<Timestamp>,
}

impl Wrapped {
    /// A bare body.
    pub(super) fn json(body: Vec<u8>) -> Self {
        Self { hook: None, content_type: Some("application/json".to_owned()), body, received: None }
    }

    pub(super) fn form(body: Vec<u8>) -> Self {
        let content_type = Some("application/x-www-form-urlencoded".to_owned());
        Self { hook: None, content_type, body, received: None }
    }
}

type Requests = Vec<Result<Wrapped, LeftAlone>>;

/// The bodies in a JSON value. One that nothing is wrapped around is a body itself.
pub(super) fn unwrap(value: Vec<u8>) -> Requests {
    let unwrapped = match std::str::from_utf8(&value) {
        Ok(text) => requests_in(text, 0),
        Err(_) => requests_in(&encoding_rs::mem::decode_latin1(&value), 0),
    };
    unwrapped.unwrap_or_else(|| vec![Ok(Wrapped::json(value))])
}

/// A wrapping in a wrapping in a wrapping is all that there is.
const DEEPEST: usize = 4;

/// The requests that a value holds, `None` if it is none of the wrappings that are known.
fn requests_in(text: &str, depth: usize) -> Option<Requests> {
    if depth > DEEPEST {
        return None;
    }
    if text.starts_with('"') {
        let inner: String = serde_json::from_str(text).ok()?;
        let is_json = inner.trim_start().starts_with('{');
        return is_json
            .then(|| requests_in(&inner, depth + 1).unwrap_or_else(|| vec![Ok(Wrapped::json(inner.into()))]));
    }
    let members = Members::read(text)?;
    if let Some(entries) = recordings::entries(&members) {
        return Some(entries.into_iter().flat_map(|entry| all_in(entry, depth)).collect());
    }
    if members.is_notice() {
        return None;
    }
    // An item of n8n or an event of Pipedream around the request itself.
    for name in ["json", "event"] {
        if let Some(inner) = members.raw(name).filter(|inner| inner.starts_with('{')) {
            let outer = request::received(&members);
            let binary = request::binary_of(&members);
            return Some(all_in(inner, depth).into_iter().map(|found| with(found, outer, binary.as_deref())).collect());
        }
    }
    request::read(&members).map(|request| vec![request])
}

/// The requests in a value, or the value itself as a body.
fn all_in(text: &str, depth: usize) -> Requests {
    requests_in(text, depth + 1).unwrap_or_else(|| vec![Ok(Wrapped::json(text.as_bytes().to_vec()))])
}

/// Adds what the outer wrapping says.
fn with(
    found: Result<Wrapped, LeftAlone>,
    received: Option<Timestamp>,
    binary: Option<&[u8]>,
) -> Result<Wrapped, LeftAlone> {
    let found = match (found, binary) {
        (Err(LeftAlone::RequestWithoutBody), Some(body)) => {
            Ok(Wrapped { content_type: None, ..Wrapped::json(body.to_vec()) })
        }
        (found, _) => found,
    };
    found.map(|found| Wrapped { received: found.received.or(received), ..found })
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    let text: String = text.split_ascii_whitespace().collect();
    STANDARD.decode(text).ok()
}
