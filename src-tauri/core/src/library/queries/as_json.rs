//! How read models are written as JSON where a field is not simply its own value.

use std::fmt::Display;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serializer;

/// As its text, such as a time in RFC 3339.
pub(in crate::library) fn text<S: Serializer>(value: &impl Display, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(value)
}

/// With three decimals.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "so serde hands it over")]
pub(in crate::library) fn thousandths<S: Serializer>(number: &f64, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_f64((number * 1000.0).round() / 1000.0)
}

/// The empty text is null.
pub(in crate::library) fn unless_empty<S: Serializer>(text: &str, to: S) -> Result<S::Ok, S::Error> {
    if text.is_empty() { to.serialize_none() } else { to.serialize_some(text) }
}

/// Bytes in base64; no bytes are null.
#[expect(clippy::ref_option, reason = "so serde hands it over")]
pub(in crate::library) fn base64<S: Serializer>(bytes: &Option<Vec<u8>>, to: S) -> Result<S::Ok, S::Error> {
    match bytes.as_deref() {
        None | Some([]) => to.serialize_none(),
        Some(bytes) => to.serialize_some(&STANDARD.encode(bytes)),
    }
}
