//! The members of a JSON object as they stand in the text, so that a body inside is taken out byte for byte.

use std::collections::HashMap;

use serde_json::value::RawValue;

pub(super) struct Members<'a>(HashMap<String, &'a RawValue>);

impl<'a> Members<'a> {
    /// `None` if the text is no object.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        serde_json::from_str(text).ok().map(Self)
    }

    /// A member's own text, `None` if it is not there or is `null`.
    pub(super) fn raw(&self, name: &str) -> Option<&'a str> {
        self.0.get(name).map(|value| value.get()).filter(|text| *text != "null")
    }

    /// A member that is a string or a number.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let raw = self.raw(name)?;
        if raw.starts_with('"') {
            serde_json::from_str(raw).ok()
        } else {
            raw.parse::<f64>().ok().map(|_| raw.to_owned())
        }
    }

    pub(super) fn object(&self, name: &str) -> Option<Self> {
        self.raw(name).and_then(Self::read)
    }

    pub(super) fn list(&self, name: &str) -> Option<Vec<&'a str>> {
        let list: Vec<&'a RawValue> = serde_json::from_str(self.raw(name)?).ok()?;
        Some(list.into_iter().map(RawValue::get).collect())
    }

    pub(super) fn has_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.0.contains_key(*name))
    }

    /// The names and values of all members.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &'a str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.get()))
    }

    /// Whether this is a notice itself, and nothing is wrapped around it.
    pub(super) fn is_notice(&self) -> bool {
        self.has_any(&["href"])
            || self.raw("data").is_some_and(|data| data.starts_with(['{', '"']) && !self.has_request_in("data"))
    }

    /// Whether a member is a request with head and body.
    pub(super) fn has_request_in(&self, name: &str) -> bool {
        let inner = self.object(name);
        inner.is_some_and(|inner| inner.has_any(&["body"]) && inner.has_any(&["headers"]) && !inner.has_any(&["href"]))
    }
}
