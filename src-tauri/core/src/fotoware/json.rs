//! Reads a JSON body once: into a tree that borrows from it, and noting on the way where its secrets stand.
//! It knows which members are of no interest and which are secret, and nothing else of what they mean.

use std::borrow::Cow;

pub use broken::{JsonBreak, json_break};
pub(super) use cursor::{Cursor, NotJson, Quoted};

use super::lenient::member;
use super::redact::{Secrets, Within};

mod broken;
mod cursor;

/// Any JSON. Members are kept as they came; of two with one name the last one counts.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json<'a> {
    /// Also a word that means nothing in JSON, such as `NaN`: nothing is known of the value.
    Null,
    Bool(bool),
    /// In the digits in which it was written, of which there may be any number.
    Number(Cow<'a, str>),
    Text(Cow<'a, str>),
    List(Vec<Json<'a>>),
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
}

impl<'a> Json<'a> {
    /// Reads what is of interest; of other members it is only kept that there were some. The secrets' places, noted for an
    /// arrival, are those in `text`.
    pub(super) fn read(interest: Interest, text: &'a str) -> Result<(Self, Secrets), NotJson> {
        let mut reader = Reader { cursor: Cursor::new(text), text, secrets: Secrets::default(), unwrapped: 0 };
        let tree = reader.value(interest, Within::Anything, 0)?;
        reader.secrets.longest = reader.cursor.longest();
        if reader.cursor.is_at_end() { Ok((tree, reader.secrets)) } else { Err(NotJson) }
    }

    /// Reads a text that was found in a body, `unwrapped` layers deep, and is JSON itself.
    pub(super) fn read_inner(interest: Interest, text: &str, unwrapped: u8) -> Option<Json<'static>> {
        let text = text.trim();
        if unwrapped > MOST_UNWRAPPED || !text.starts_with(['{', '[', '"']) {
            return None;
        }
        let mut reader = Reader { cursor: Cursor::new(text), text, secrets: Secrets::default(), unwrapped };
        let tree = reader.value(interest, Within::Anything, 0).ok()?;
        reader.cursor.is_at_end().then(|| tree.into_owned())
    }

    fn into_owned(self) -> Json<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        match self {
            Self::Null => Json::Null,
            Self::Bool(flag) => Json::Bool(flag),
            Self::Number(digits) => Json::Number(owned(digits)),
            Self::Text(text) => Json::Text(owned(text)),
            Self::List(values) => Json::List(values.into_iter().map(Json::into_owned).collect()),
            Self::Object(members) => {
                Json::Object(members.into_iter().map(|(name, value)| (owned(name), value.into_owned())).collect())
            }
        }
    }

    /// The members of an object; of anything else none.
    pub(super) fn members(&self) -> &[(Cow<'a, str>, Self)] {
        if let Self::Object(members) = self { members } else { &[] }
    }

    /// The values of a list; of anything else none.
    pub(super) fn list(&self) -> &[Self] {
        if let Self::List(values) = self { values } else { &[] }
    }

    pub(super) fn as_str(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(super) fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(flag) = self { Some(*flag) } else { None }
    }

    pub(super) fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }
}

/// For what a text is read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Interest {
    /// For all that it says but where its pictures are: of these no more is read than tells their shape. Its secrets are
    /// gone.
    Notice,
    /// In a notice, for what an asset was before, as far as that is compared with what it is.
    Before,
    /// In a list of pictures, for the first that shows the asset's shape.
    Shape,
    /// For what has to be done at once.
    Arrival,
    /// As for an arrival, once its secrets are gone.
    Pictures,
}

impl Interest {
    fn is_in(self, name: &str) -> bool {
        match self {
            Self::Notice => !is_stepped_over(name),
            Self::Before => !matches!(name, "previews" | "builtinFields" | "photoAttributes") && !is_stepped_over(name),
            Self::Shape => matches!(name, "square" | "width" | "height"),
            Self::Arrival | Self::Pictures => is_urgent(name),
        }
    }

    /// For what is below a member with this name.
    pub(super) fn below(self, name: &str) -> Self {
        match (self, name) {
            (Self::Notice, "assetBefore") => Self::Before,
            (Self::Notice, "previews") => Self::Shape,
            _ => self,
        }
    }
}

/// Members of an asset that Lysbord makes nothing of (docs/fotoware.md 1.3). They are most of a body: to step over them
/// is to read it in half the time. The delivery itself is kept whole.
fn is_stepped_over(name: &str) -> bool {
    matches!(
        name,
        "permissions"
            | "renditions"
            | "quickRenditions"
            | "capabilities"
            | "props"
            | "thumbnailFields"
            | "linkstance"
            | "metadataEditor"
            | "previewToken"
            | "dropHREF"
            | "archiveId"
            | "createdBy"
            | "modifiedBy"
            | "isVersioningEnabled"
            | "downloadcount"
            | "metadataeditcount"
            | "pincount"
            | "previewcount"
            | "revisioncount"
            | "workflowcount"
    )
}

/// Members that cannot wait until a notice is read as a whole: what tells a delivery from others, and its pictures.
fn is_urgent(name: &str) -> bool {
    matches!(
        name,
        "id" | "href"
            | "thumbnail-href"
            | "preview-href"
            | "data"
            | "asset"
            | "previews"
            | "size"
            | "square"
            | "payload"
    )
}

/// Members that hold others. Where one is a text, that text is JSON once more.
pub(super) fn holds_members(name: &str) -> bool {
    matches!(
        name,
        "data"
            | "asset"
            | "payload"
            | "assetBefore"
            | "metadata"
            | "metadataDiff"
            | "previews"
            | "attributes"
            | "ancestors"
    )
}

/// Many objects have about so many members, and few have more than two or three times as many.
const MEMBERS: usize = 8;
/// What is nested deeper than this has no meaning, and is not known.
const DEEPEST: usize = 128;
/// So many texts that are JSON may stand in each other. What a secret stands in is looked through further than this.
pub(super) const MOST_UNWRAPPED: u8 = 4;

/// Such a picture was cropped, and tells nothing of the asset's shape.
pub(super) fn is_square(preview: &Json<'_>) -> bool {
    member(preview, "square").as_bool() == Some(true)
}

struct Reader<'a> {
    cursor: Cursor<'a>,
    text: &'a str,
    secrets: Secrets,
    /// In how many texts of another body this one stood.
    unwrapped: u8,
}

impl<'a> Reader<'a> {
    fn value(&mut self, interest: Interest, within: Within, depth: usize) -> Result<Json<'a>, NotJson> {
        match self.cursor.peek()? {
            b'"' => Ok(Json::Text(self.cursor.string()?.text())),
            b'{' | b'[' if depth == DEEPEST => {
                self.cursor.skip()?;
                Ok(Json::Null)
            }
            b'{' => self.object(interest, within, depth + 1),
            b'[' => self.list(interest, within, depth + 1),
            _ => Ok(of_word(self.cursor.word()?)),
        }
    }

    fn object(&mut self, interest: Interest, within: Within, depth: usize) -> Result<Json<'a>, NotJson> {
        self.cursor.enter();
        let mut members = Vec::with_capacity(MEMBERS);
        let mut is_first = true;
        while let Some(name) = self.cursor.member(is_first)? {
            let name = name.text();
            let arrives = interest == Interest::Arrival;
            if arrives && within.holds_secret(&name) {
                let secret = self.secret(&name)?;
                members.push((name, secret));
            } else if interest.is_in(&name) {
                let interest = interest.below(&name);
                let value = self.value(interest, Within::of(&name), depth)?;
                let value = self.opened(interest, &name, value);
                members.push((name, value));
            } else {
                if arrives && may_hold_secrets(&name) {
                    self.secrets.look_through(&name, self.text, &mut self.cursor)?;
                } else {
                    self.cursor.skip()?;
                }
                if is_first {
                    members.push((name, Json::Null));
                }
            }
            is_first = false;
        }
        Ok(Json::Object(members))
    }

    fn secret(&mut self, name: &str) -> Result<Json<'a>, NotJson> {
        let place = self.cursor.skip_secret()?;
        let written = &self.text[place.clone()];
        self.secrets.note(name, self.text, place);
        let text = written.starts_with('"').then(|| Cursor::new(written).string().map(Quoted::text));
        Ok(text.transpose()?.map_or(Json::Null, Json::Text))
    }

    fn list(&mut self, interest: Interest, within: Within, depth: usize) -> Result<Json<'a>, NotJson> {
        self.cursor.enter();
        let mut list = Vec::new();
        let (mut is_first, mut tells_enough) = (true, false);
        while self.cursor.element(is_first)? {
            is_first = false;
            if tells_enough {
                self.cursor.skip()?;
            } else {
                let value = self.value(interest, within, depth)?;
                tells_enough = interest == Interest::Shape && !is_square(&value);
                list.push(value);
            }
        }
        Ok(Json::List(list))
    }

    /// What a text holds that stands where members belong.
    fn opened(&self, interest: Interest, name: &str, value: Json<'a>) -> Json<'a> {
        match &value {
            Json::Text(text) if holds_members(name) => {
                Json::read_inner(interest, text, self.unwrapped + 1).unwrap_or(value)
            }
            _ => value,
        }
    }
}

/// Members that nobody waits for and that have secrets in them as a rule.
fn may_hold_secrets(name: &str) -> bool {
    matches!(name, "assetBefore" | "ancestors")
}

fn of_word(word: &str) -> Json<'_> {
    match word {
        "true" => Json::Bool(true),
        "false" => Json::Bool(false),
        "null" => Json::Null,
        _ if is_number(word) => Json::Number(word.into()),
        _ => Json::Null,
    }
}

fn is_number(word: &str) -> bool {
    let digits = word.strip_prefix('-').unwrap_or(word);
    let is_whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_whole
        || (word.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'))
            && word.parse::<f64>().is_ok())
}

#[cfg(test)]
impl From<serde_json::Value> for Json<'static> {
    fn from(value: serde_json::Value) -> Self {
        use serde_json::Value;
        match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => Self::Bool(flag),
            Value::Number(number) => Self::Number(number.to_string().into()),
            Value::String(text) => Self::Text(text.into()),
            Value::Array(values) => Self::List(values.into_iter().map(Into::into).collect()),
            Value::Object(members) => {
                Self::Object(members.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn read(text: &str) -> Result<Json<'_>, NotJson> {
        Json::read(Interest::Notice, text).map(|(tree, _)| tree)
    }

    #[test]
    fn what_is_read_is_what_was_written_but_for_what_nobody_asks_for() {
        let text = r#"{"a": [1, -2, 3.5, null, true, "x\u00f8"], "b": {"c": {}}, "permissions": {"deep": [1, {}]}}"#;
        let expected = json!({"a": [1, -2, 3.5, null, true, "xø"], "b": {"c": {}}});
        assert_eq!(read(text).unwrap(), Json::from(expected));
        let only_that = read(r#"{"props": {"a": 1}, "permissions": 2}"#).unwrap();
        assert_eq!(only_that, Json::from(json!({"props": null})), "there was something");
    }

    #[test]
    fn what_does_not_close_or_part_is_no_json_whether_it_is_asked_for_or_not() {
        for broken in
            ["", "[1,", "[1 2]", "[,]", "[1,,2]", "{1: 2}", "{\"a\" 1}", "{\"a\": }", "[\"a]", "[1}", "\"a\\\""]
        {
            for name in ["permissions", "x"] {
                let body = format!("{{\"{name}\": {broken}}}");
                for interest in [Interest::Notice, Interest::Arrival, Interest::Pictures] {
                    assert!(Json::read(interest, &body).is_err(), "{body}");
                }
            }
        }
        for broken in ["{} {}", "{", "{\"permissions\": [1,}", "a"] {
            assert!(read(broken).is_err() || !read(broken).unwrap().is_object());
        }
    }

    #[test]
    fn an_odd_value_is_unknown_or_its_digits_and_the_rest_is_read() {
        let long = "123456789012345678901234567890";
        for (odd, told) in [
            ("NaN", Json::Null),
            ("-Infinity", Json::Null),
            ("undefined", Json::Null),
            ("1.#QNAN", Json::Null),
            (long, Json::Number(long.into())),
            ("1e999", Json::Number("1e999".into())),
            ("[1,]", Json::from(json!([1]))),
            ("{\"b\": 1,}", Json::from(json!({"b": 1}))),
            ("\"a\nb\"", Json::Text("a\nb".into())),
            (r#""\ud83d!""#, Json::Text("\u{fffd}!".into())),
        ] {
            let text = format!("{{\"odd\": {odd}, \"a\": \"read\"}}");
            let tree = read(&text).unwrap();
            assert_eq!((member(&tree, "odd"), member(&tree, "a").as_str()), (&told, Some("read")), "{odd}");
        }
        let deep = format!("{{\"odd\": {}1{}, \"a\": 1}}", "[".repeat(9000), "]".repeat(9000));
        assert_eq!(*member(&read(&deep).unwrap(), "a"), Json::from(json!(1)));
    }

    #[test]
    fn of_pictures_no_more_is_read_than_tells_their_shape() {
        let text = r#"{"asset": {"previews": [{"square": true}, {"href": "/b", "width": 3}, {"width": 4}]},
                "assetBefore": {"href": "/a", "previews": [1]}}"#;
        let expected = json!({"asset": {"previews": [{"square": true}, {"href": null, "width": 3}]}, "assetBefore": {"href": "/a"}});
        assert_eq!(read(text).unwrap(), Json::from(expected));
    }

    #[test]
    fn of_two_members_with_one_name_the_last_one_counts() {
        let tree = read(r#"{"a": 1, "a": 2}"#).unwrap();
        assert_eq!(*member(&tree, "a"), Json::from(json!(2)));
    }

    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            (-1e9..1e9_f64).prop_map(Into::into),
            "\\PC{0,12}".prop_map(Into::into),
            "[\\x00-\\x7f]{0,12}".prop_map(Into::into),
        ];
        leaf.prop_recursive(5, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
                prop::collection::btree_map("[a-z\"\\\\é]{1,6}", inner, 0..5)
                    .prop_map(|members| members.into_iter().collect::<serde_json::Map<_, _>>().into()),
            ]
        })
    }

    proptest! {
        #[test]
        fn it_reads_as_any_other_reader_does(value in any_json()) {
            for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
                prop_assert_eq!(read(&text), Ok(Json::from(value.clone())));
            }
        }

        #[test]
        fn whether_it_can_be_read_does_not_depend_on_what_is_asked_for(
            value in any_json(), places in prop::collection::vec((any::<prop::sample::Index>(), 0x20..0x7f_u8), 0..3)
        ) {
            let mut bytes = json!({"data": value, "permissions": value, "id": value}).to_string().into_bytes();
            for (at, byte) in places {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if let Ok(text) = std::str::from_utf8(&bytes) {
                let reads = |interest| Json::read(interest, text).is_ok();
                prop_assert_eq!(reads(Interest::Arrival), reads(Interest::Notice));
                prop_assert_eq!(reads(Interest::Arrival), reads(Interest::Pictures));
                prop_assert_eq!(reads(Interest::Arrival), Cursor::new(text).skip().is_ok() && {
                    let mut cursor = Cursor::new(text);
                    cursor.skip().is_ok() && cursor.is_at_end()
                });
            }
        }
    }
}
