//! Words of the payload that open doors. They live in memory only and never show in a log.

use std::fmt;

/// `previewToken`: fetches any preview of its asset for an hour (docs/fotoware.md 6.2).
#[derive(Clone, PartialEq, Eq)]
pub struct PreviewToken(String);

impl PreviewToken {
    /// `None` for what cannot go into a header: empty, or with other than visible ASCII.
    pub fn new(token: &str) -> Option<Self> {
        let fits = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Self(token.to_owned()))
    }

    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PreviewToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PreviewToken(redacted)")
    }
}
