//! Reads JSON that may be anything anywhere: null, a number as a string, a string as a number.
//! Nothing here fails; what does not fit is as good as absent.

use serde_json::{Map, Value};

static NOTHING: Value = Value::Null;

/// The member of an object, or null.
pub(super) fn member<'a>(value: &'a Value, key: &str) -> &'a Value {
    value.get(key).unwrap_or(&NOTHING)
}

/// The object behind a value, if it is one.
pub(super) fn object(value: &Value) -> Option<&Map<String, Value>> {
    value.as_object()
}

/// One text: a string, or a number or bool in its own words. Empty counts as absent.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// Many texts: a list of them, or one that stands alone. Empty ones fall away.
pub(super) fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().filter_map(text).collect(),
        other => text(other).into_iter().collect(),
    }
}

/// A whole number, written as one, as a float or as a string.
pub(super) fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|float| float as i64)),
        Value::String(text) => {
            let text = text.trim();
            text.parse().ok().or_else(|| text.parse::<f64>().ok().map(|float| float as i64))
        }
        _ => None,
    }
}

/// A count or size of something that is there: above zero, as Fotoware writes `"0"` for what it does not know.
pub(super) fn positive(value: &Value) -> Option<u64> {
    whole(value).and_then(|number| u64::try_from(number).ok()).filter(|number| *number > 0)
}
