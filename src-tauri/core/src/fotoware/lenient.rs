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
        Json::Number(digits) => Some(in_shortest_form(digits)),
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

/// A fraction as it is written shortest, `2.50` as `2.5`, so that two ways to write a number are no change. One with more
/// digits than can be reckoned with keeps them all.
fn in_shortest_form(digits: &str) -> String {
    const RECKONED_WITH: usize = 17;
    let is_fraction = digits.contains(['.', 'e', 'E']) && digits.len() <= RECKONED_WITH;
    let number = if is_fraction { digits.parse().ok().and_then(serde_json::Number::from_f64) } else { None };
    number.map_or_else(|| digits.to_owned(), |number| number.to_string())
}

/// A whole number, written as one, as a fraction or as a string. `None` also for one that is larger than anything is.
pub(super) fn whole(value: &Json<'_>) -> Option<i64> {
    const TOO_LARGE: f64 = 9.0e18;
    let (Json::Number(digits) | Json::Text(digits)) = value else { return None };
    let digits = digits.trim();
    let fraction = || digits.parse().ok().filter(|fraction: &f64| fraction.abs() < TOO_LARGE);
    digits.parse().ok().or_else(|| fraction().map(|fraction| fraction as i64))
}

/// A count or size of something that is there: above zero, as Fotoware writes `"0"` for what it does not know.
pub(super) fn positive(value: &Json<'_>) -> Option<u64> {
    whole(value).and_then(|number| u64::try_from(number).ok()).filter(|number| *number > 0)
}
