//! Reads JSON that may be anything anywhere: null, a number as a string, a string as a number.
//! Nothing here fails; what does not fit is as good as absent.

use super::json::Json;

static NOTHING: Json<'static> = Json::Null;

/// The member of an object, or null.
pub(super) fn member<'b, 'a>(value: &'b Json<'a>, key: &str) -> &'b Json<'a> {
    value.members().iter().rev().find(|(name, _)| name == key).map_or(&NOTHING, |(_, value)| value)
}

/// One text: a string, or a number or bool in its own words. Empty counts as absent.
pub(super) fn text(value: &Json<'_>) -> Option<String> {
    match value {
        Json::Text(text) if !text.is_empty() => Some(text.clone().into_owned()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// Many texts: a list of them, or one that stands alone. Empty ones fall away.
pub(super) fn texts(value: &Json<'_>) -> Vec<String> {
    match value {
        Json::List(values) => values.iter().filter_map(text).collect(),
        other => text(other).into_iter().collect(),
    }
}

/// A whole number, written as one, as a float or as a string.
pub(super) fn whole(value: &Json<'_>) -> Option<i64> {
    match value {
        Json::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|float| float as i64)),
        Json::Text(text) => {
            let text = text.trim();
            text.parse().ok().or_else(|| text.parse::<f64>().ok().map(|float| float as i64))
        }
        _ => None,
    }
}

/// A count or size of something that is there: above zero, as Fotoware writes `"0"` for what it does not know.
pub(super) fn positive(value: &Json<'_>) -> Option<u64> {
    whole(value).and_then(|number| u64::try_from(number).ok()).filter(|number| *number > 0)
}
