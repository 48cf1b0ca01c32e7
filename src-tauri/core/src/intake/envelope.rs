//! Which headers of a request are kept. A list of those that are known to be harmless: what is not on it may hold a
//! secret, and is neither stored nor logged.

use std::net::SocketAddr;

use axum::http::HeaderMap;

use crate::library::Envelope;

/// Names of headers that hold no secret, in small letters.
const KEPT: &[&str] = &[
    "accept",
    "accept-encoding",
    "cf-connecting-ip",
    "cf-ray",
    "connection",
    "content-encoding",
    "content-language",
    "content-length",
    "content-type",
    "date",
    "expect",
    "forwarded",
    "host",
    "request-id",
    "traceparent",
    "transfer-encoding",
    "user-agent",
    "via",
    "x-correlation-id",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-lysbord-resent",
    "x-real-ip",
    "x-request-id",
];
/// A sender cannot make the log large with its headers.
const MOST: usize = 32;
const LONGEST: usize = 512;

/// The envelope of a request. A value that names the secret of the hooks is left out, whatever its header is called.
pub(super) fn envelope(headers: &HeaderMap, sender: Option<SocketAddr>, secret: &str) -> Envelope {
    let harmless = headers.iter().filter(|(name, _)| KEPT.contains(&name.as_str()));
    let texts = harmless.filter_map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        (!value.contains(secret)).then(|| (name.as_str().to_owned(), value.chars().take(LONGEST).collect()))
    });
    Envelope { sender, headers: texts.take(MOST).collect() }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn only_harmless_headers_are_kept_and_none_that_names_the_secret() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("User-Agent", "FotoWare/8.1"),
            ("Authorization", "Bearer abc"),
            ("Cookie", "session=1"),
            ("X-Api-Key", "abc"),
            ("Referer", "https://x.example/?token=abc"),
            ("Proxy-Authorization", "Basic abc"),
            ("Via", "1.1 proxy /hooks/S3CRET/modified"),
            ("X-Request-Id", "77"),
        ] {
            headers.insert(HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_static(value));
        }
        let kept = envelope(&headers, None, "S3CRET").headers;
        let kept: Vec<_> = kept.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(kept, [("user-agent", "FotoWare/8.1"), ("x-request-id", "77")]);
    }

    #[test]
    fn what_headers_cost_is_bounded() {
        let mut headers = HeaderMap::new();
        for nth in 0..200 {
            headers.append("x-forwarded-for", HeaderValue::from_str(&format!("{nth}{}", "9".repeat(2_000))).unwrap());
        }
        let kept = envelope(&headers, None, "S3CRET").headers;
        assert_eq!(kept.len(), MOST);
        assert!(kept.iter().all(|(_, value)| value.len() == LONGEST));
    }
}
