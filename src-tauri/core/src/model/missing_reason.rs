//! Why a picture is not here, in a form for the database and in words for a picture editor.

use std::borrow::Cow;
use std::fmt;

/// The reason why a picture could not be had. Only what a person would act on differently is told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum MissingReason {
    /// 401, 403, 404 or 410 wherever it was looked for: the links have died.
    Expired,
    NoUrl,
    /// `file:`, `data:`, and what is no URL at all.
    RefusedUrl,
    /// Plain http to a host that nobody vouched for.
    RefusedInsecure,
    /// A user name or password in the URL.
    RefusedCredentials,
    RefusedHost,
    RefusedPrivateAddress,
    TooManyRedirects,
    NotAPicture,
    /// An answer without a byte.
    Empty,
    /// A web page where a picture was expected: to sign in, as a rule.
    WebPage,
    /// The end never came, and what did come cannot be shown.
    CutOff,
    /// The bytes are kept, but no decoder of this program reads them.
    Unreadable,
    TooLarge,
    /// The bytes are kept, but this program does not decode as much.
    TooManyPixels,
    ServerSaid(u16),
    Unreachable,
    TooSlow,
    /// Fetched, but this computer's disk would not take it.
    NotStored,
    /// A fault of this program, which its log tells.
    Failed,
}

impl MissingReason {
    /// All reasons but `ServerSaid`, which has a number in it.
    const PLAIN: [Self; 19] = [
        Self::Expired,
        Self::NoUrl,
        Self::RefusedUrl,
        Self::RefusedInsecure,
        Self::RefusedCredentials,
        Self::RefusedHost,
        Self::RefusedPrivateAddress,
        Self::TooManyRedirects,
        Self::NotAPicture,
        Self::Empty,
        Self::WebPage,
        Self::CutOff,
        Self::Unreadable,
        Self::TooLarge,
        Self::TooManyPixels,
        Self::Unreachable,
        Self::TooSlow,
        Self::NotStored,
        Self::Failed,
    ];

    /// As the database has it; [`MissingReason::parse`] reads it back.
    pub fn code(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Expired => "expired",
            Self::NoUrl => "no_url",
            Self::RefusedUrl => "refused_url",
            Self::RefusedInsecure => "refused_insecure",
            Self::RefusedCredentials => "refused_credentials",
            Self::RefusedHost => "refused_host",
            Self::RefusedPrivateAddress => "refused_private_address",
            Self::TooManyRedirects => "too_many_redirects",
            Self::NotAPicture => "not_a_picture",
            Self::Empty => "empty",
            Self::WebPage => "web_page",
            Self::CutOff => "cut_off",
            Self::Unreadable => "unreadable",
            Self::TooLarge => "too_large",
            Self::TooManyPixels => "too_many_pixels",
            Self::ServerSaid(status) => return Cow::Owned(format!("server_said_{status}")),
            Self::Unreachable => "unreachable",
            Self::TooSlow => "too_slow",
            Self::NotStored => "not_stored",
            Self::Failed => "failed",
        })
    }

    pub fn parse(code: &str) -> Option<Self> {
        if let Some(status) = code.strip_prefix("server_said_") {
            return status.parse().ok().map(Self::ServerSaid);
        }
        Self::PLAIN.into_iter().find(|missing| missing.code() == code)
    }
}

impl fmt::Display for MissingReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Expired => "expired",
            Self::NoUrl => "no picture was offered",
            Self::RefusedUrl => "refused: not a web address",
            Self::RefusedInsecure => "refused: not encrypted, and not one of your Fotoware sites",
            Self::RefusedCredentials => "refused: a user name in the address",
            Self::RefusedHost => "refused: not one of your Fotoware sites",
            Self::RefusedPrivateAddress => "refused: private address",
            Self::TooManyRedirects => "redirected too often",
            Self::NotAPicture => "not a picture",
            Self::Empty => "the server sent nothing",
            Self::WebPage => "a web page arrived instead, perhaps a login",
            Self::CutOff => "cut off on the way",
            Self::Unreadable => "kept, but this version of Lysbord cannot show it",
            Self::TooLarge => "too large",
            Self::TooManyPixels => "too many pixels",
            Self::ServerSaid(status) => return write!(f, "server said {status}"),
            Self::Unreachable => "server could not be reached",
            Self::TooSlow => "server was too slow",
            Self::NotStored => "could not be saved on this computer",
            Self::Failed => "internal error",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::MissingReason;

    #[test]
    fn every_reason_reads_back_from_its_code() {
        for missing in MissingReason::PLAIN.into_iter().chain([MissingReason::ServerSaid(503)]) {
            assert_eq!(MissingReason::parse(&missing.code()), Some(missing));
        }
        assert_eq!(MissingReason::parse("server_said_much"), None);
        assert_eq!(MissingReason::parse(""), None);
    }

    #[test]
    fn reasons_are_words_that_a_person_understands() {
        assert_eq!(MissingReason::Expired.to_string(), "expired");
        assert_eq!(MissingReason::NotAPicture.to_string(), "not a picture");
        assert_eq!(MissingReason::RefusedPrivateAddress.to_string(), "refused: private address");
        assert_eq!(MissingReason::TooLarge.to_string(), "too large");
        assert_eq!(MissingReason::ServerSaid(503).to_string(), "server said 503");
    }
}
