//! Reads a JSON body once: into a tree that borrows from it, and noting on the way where its secrets stand.
//! It knows which members are of no interest and which are secret, and nothing else of what they mean.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use serde_json::value::RawValue;

use super::lenient::member;
use super::redact::{Secrets, Within};

/// Any JSON. Members are kept as they came; of two with one name the last one counts.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json<'a> {
    Null,
    Bool(bool),
    Number(Number),
    Text(Cow<'a, str>),
    List(Vec<Json<'a>>),
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
}

impl<'a> Json<'a> {
    /// Reads what is of interest; of other members it is only kept that there were some. The secrets' places, noted for an
    /// arrival, are those in `text`.
    pub(super) fn read(interest: Interest, text: &'a str) -> serde_json::Result<(Self, Secrets<'a>)> {
        let mut secrets = Secrets::of(text);
        let mut json = serde_json::Deserializer::from_str(text);
        let tree = Reader { interest, within: Within::Anything, secrets: &mut secrets }.deserialize(&mut json)?;
        json.end()?;
        Ok((tree, secrets))
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
    fn below(self, name: &str) -> Self {
        match (self, name) {
            (Self::Notice, "assetBefore") => Self::Before,
            (Self::Notice, "previews") => Self::Shape,
            _ => self,
        }
    }
}

/// Members of an asset that Lysbord makes nothing of (FOTOWARE 1.3). They are most of a body: to step over them is to
/// read it in half the time. The delivery itself is kept whole.
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
        "id" | "href" | "thumbnail-href" | "preview-href" | "data" | "asset" | "previews" | "size" | "square"
    )
}

/// Many objects have about so many members, and few have more than two or three times as many.
const MEMBERS: usize = 8;

/// Such a picture was cropped, and tells nothing of the asset's shape.
pub(super) fn is_square(preview: &Json<'_>) -> bool {
    member(preview, "square").as_bool() == Some(true)
}

struct Reader<'s, 'a> {
    interest: Interest,
    within: Within,
    secrets: &'s mut Secrets<'a>,
}

impl<'a> Reader<'_, 'a> {
    fn inside(&mut self, interest: Interest, within: Within) -> Reader<'_, 'a> {
        Reader { interest, within, secrets: self.secrets }
    }
}

impl<'de> DeserializeSeed<'de> for Reader<'_, 'de> {
    type Value = Json<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_, 'de> {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Json<'de>, A::Error> {
        let mut members = Vec::with_capacity(MEMBERS);
        while let Some(Name(key)) = map.next_key()? {
            let arrives = self.interest == Interest::Arrival;
            if arrives && self.within.holds_secret(&key) {
                let secret: &'de RawValue = map.next_value()?;
                self.secrets.note(secret);
                let secret =
                    serde_json::from_str(secret.get()).map_or(Json::Null, |text: String| Json::Text(text.into()));
                members.push((key, secret));
            } else if self.interest.is_in(&key) {
                let interest = self.interest.below(&key);
                let value = map.next_value_seed(self.inside(interest, Within::of(&key)))?;
                members.push((key, value));
            } else {
                if arrives {
                    self.secrets.search(Within::of(&key), map.next_value()?).map_err(A::Error::custom)?;
                } else {
                    map.next_value::<IgnoredAny>()?;
                }
                if members.is_empty() {
                    members.push((key, Json::Null));
                }
            }
        }
        Ok(Json::Object(members))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<Json<'de>, A::Error> {
        let (interest, within) = (self.interest, self.within);
        let mut list = Vec::new();
        while let Some(value) = seq.next_element_seed(self.inside(interest, within))? {
            let tells_enough = interest == Interest::Shape && !is_square(&value);
            list.push(value);
            if tells_enough {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                break;
            }
        }
        Ok(Json::List(list))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Json<'de>, E> {
        Ok(Json::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json<'de>, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json<'de>, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Json<'de>, E> {
        Ok(Number::from_f64(number).map_or(Json::Null, Json::Number))
    }

    fn visit_unit<E>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }
}

/// The name of a member, borrowed unless it is escaped: `Cow` itself always copies what it reads.
pub(super) struct Name<'a>(pub(super) Cow<'a, str>);

impl<'de> serde::Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Borrower;
        impl<'de> Visitor<'de> for Borrower {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }
        deserializer.deserialize_str(Borrower)
    }
}

#[cfg(test)]
impl From<serde_json::Value> for Json<'static> {
    fn from(value: serde_json::Value) -> Self {
        use serde_json::Value;
        match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => Self::Bool(flag),
            Value::Number(number) => Self::Number(number),
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
    use serde_json::json;

    #[test]
    fn what_is_read_is_what_was_written_but_for_what_nobody_asks_for() {
        let text = r#"{"a": [1, -2, 3.5, null, true, "x\u00f8"], "b": {"c": {}}, "permissions": {"deep": [1, {}]}}"#;
        let expected = json!({"a": [1, -2, 3.5, null, true, "xø"], "b": {"c": {}}});
        assert_eq!(Json::read(Interest::Notice, text).unwrap().0, Json::from(expected));
        let (only_that, _) = Json::read(Interest::Notice, r#"{"props": {"a": 1}, "permissions": 2}"#).unwrap();
        assert_eq!(only_that, Json::from(json!({"props": null})), "there was something");
        for broken in ["{\"permissions\": [1,}", "{} {}"] {
            assert!(Json::read(Interest::Notice, broken).is_err());
        }
    }

    #[test]
    fn of_pictures_no_more_is_read_than_tells_their_shape() {
        let text = r#"{"asset": {"previews": [{"square": true}, {"href": "/b", "width": 3}, {"width": 4}]},
                "assetBefore": {"href": "/a", "previews": [1]}}"#;
        let expected = json!({"asset": {"previews": [{"square": true}, {"href": null, "width": 3}]}, "assetBefore": {"href": "/a"}});
        assert_eq!(Json::read(Interest::Notice, text).unwrap().0, Json::from(expected));
    }

    #[test]
    fn of_two_members_with_one_name_the_last_one_counts() {
        let (tree, _) = Json::read(Interest::Notice, r#"{"a": 1, "a": 2}"#).unwrap();
        assert_eq!(*member(&tree, "a"), Json::from(json!(2)));
    }
}
