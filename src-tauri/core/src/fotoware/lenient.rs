//! Reads JSON that may be anything anywhere: null, a number as a string, a string as a number.
//! Nothing here fails; what does not fit is as good as absent.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
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

/// Members of an asset that Lysbord makes nothing of (FOTOWARE 1.3). They are most of a body: to step over them is to
/// read it in half the time. The delivery itself is kept whole.
const STEPPED_OVER: [&str; 8] = [
    "permissions",
    "renditions",
    "quickRenditions",
    "capabilities",
    "props",
    "thumbnailFields",
    "linkstance",
    "metadataEditor",
];

/// Reads JSON without the members that nobody asks for.
pub(super) fn read(text: &str) -> serde_json::Result<Value> {
    let mut json = serde_json::Deserializer::from_str(text);
    let value = Reader.deserialize(&mut json)?;
    json.end()?;
    Ok(value)
}

struct Reader;

impl<'de> DeserializeSeed<'de> for Reader {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            if STEPPED_OVER.contains(&key.as_ref()) {
                map.next_value::<IgnoredAny>()?;
            } else {
                object.insert(key.into_owned(), map.next_value_seed(Reader)?);
            }
        }
        Ok(Value::Object(object))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = seq.next_element_seed(Reader)? {
            list.push(value);
        }
        Ok(Value::Array(list))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::String(text))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_read_is_what_was_written_but_for_what_nobody_asks_for() {
        let text = r#"{"a": [1, -2, 3.5, null, true, "x\u00f8"], "permissions": {"deep": [1, {}]}, "b": {"c": {}}}"#;
        assert_eq!(read(text).unwrap(), json!({"a": [1, -2, 3.5, null, true, "xø"], "b": {"c": {}}}));
        assert!(read("{\"permissions\": [1,}").is_err() && read("{} {}").is_err());
    }
}
