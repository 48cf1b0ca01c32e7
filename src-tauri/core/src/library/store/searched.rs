//! What search knows of an asset, from its row now or from the state that a notice told: its texts, its numbers, and
//! the values that are counted.

use std::borrow::Cow;
use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use rusqlite::{Connection, Row};

use crate::fotoware::{AssetState, FieldId};
use crate::library::error::LibraryError;
use crate::library::store::comparable::Comparable;
use crate::library::store::ids::AssetId;
use crate::library::store::search_fields::{BYLINE, CAPTION, KEYWORDS, Property, SearchField, TITLE};

/// An asset as it is searched.
pub(in crate::library) struct Searched<'a> {
    /// All that it had, the last one first.
    pub names: Cow<'a, [String]>,
    pub title: Cow<'a, str>,
    pub caption: Cow<'a, str>,
    pub byline: Cow<'a, str>,
    pub keywords: String,
    pub metadata: Cow<'a, BTreeMap<FieldId, Vec<String>>>,
    facts: Cow<'a, [(String, String)]>,
    address: Cow<'a, str>,
    archive: Cow<'a, str>,
    doctype: Cow<'a, str>,
    size: Option<i64>,
    width: Option<i64>,
    height: Option<i64>,
    created_ms: Option<i64>,
    modified_ms: Option<i64>,
    /// When its first and its last notice came; `None` where that is not asked for.
    arrival: Option<(i64, i64)>,
}

/// The columns that [`Searched::read`] wants of `assets a` and `asset_fields f`.
pub(in crate::library) const COLUMNS: &str =
    "a.id, a.names, a.title, a.description, a.byline, a.tags, f.fields, f.facts,
    a.href, a.archive, a.doctype, a.file_size, a.pixel_width, a.pixel_height, a.asset_created_ms, a.asset_modified_ms,
    a.first_seen_ms, a.last_seen_ms";

/// Fields whose values are texts of their own, of which hardly two assets have the same.
const TEXTS: [FieldId; 5] = [TITLE, 105, CAPTION, 121, 187];
/// In letters: what is longer is nothing to choose from.
const LONGEST_VALUE: usize = 64;
/// How many values of an asset are counted: more are a list that a machine made.
const MOST_VALUES: usize = 200;

impl<'a> Searched<'a> {
    pub(in crate::library) fn of(state: &'a AssetState, names: &'a [String]) -> Self {
        let whole = |number: Option<u64>| number.and_then(|number| i64::try_from(number).ok());
        Self {
            names: names.into(),
            title: state.title.as_str().into(),
            caption: state.description.as_str().into(),
            byline: state.byline.as_str().into(),
            keywords: state.tags.join("; "),
            metadata: Cow::Borrowed(&state.metadata),
            facts: state.facts.as_slice().into(),
            address: state.href.as_str().into(),
            archive: state.archive.as_str().into(),
            doctype: state.doctype.as_str().into(),
            size: whole(state.file_size),
            width: whole(state.pixel_width),
            height: whole(state.pixel_height),
            created_ms: state.created_ms,
            modified_ms: state.modified_ms,
            arrival: None,
        }
    }

    /// From a row of [`COLUMNS`].
    pub(in crate::library) fn read(row: &'a Row<'_>) -> Result<Self, LibraryError> {
        let text = |column| row.get_ref(column)?.as_str().map_err(rusqlite::Error::from);
        Ok(Self {
            names: Cow::Owned(serde_json::from_str(text(1)?)?),
            title: text(2)?.into(),
            caption: text(3)?.into(),
            byline: text(4)?.into(),
            keywords: text(5)?.to_owned(),
            metadata: Cow::Owned(serde_json::from_str(text(6)?)?),
            facts: Cow::Owned(serde_json::from_str(text(7)?)?),
            address: text(8)?.into(),
            archive: text(9)?.into(),
            doctype: text(10)?.into(),
            size: row.get(11)?,
            width: row.get(12)?,
            height: row.get(13)?,
            created_ms: row.get(14)?,
            modified_ms: row.get(15)?,
            arrival: Some((row.get(16)?, row.get(17)?)),
        })
    }

    pub(in crate::library) fn arrived(self, first_ms: i64, last_ms: i64) -> Self {
        Self { arrival: Some((first_ms, last_ms)), ..self }
    }

    /// Every text that has no column of its own in the index, with its field.
    pub(in crate::library) fn others(&self) -> impl Iterator<Item = (SearchField, Cow<'_, str>)> {
        let metadata = self.metadata.iter().map(|(id, values)| (SearchField::Metadata(*id), values));
        let metadata = metadata.filter(|(field, _)| field.column().is_none());
        let metadata = metadata.flat_map(|(field, values)| values.iter().map(move |value| (field, Cow::from(value))));
        let pixels = self.width.zip(self.height).map(|(width, height)| Cow::from(format!("{width} × {height}")));
        let address = (!self.address.is_empty()).then(|| percent_decode_str(&self.address).decode_utf8_lossy());
        metadata
            .chain(self.facts().map(|(property, value)| (SearchField::Property(property), Cow::from(value))))
            .chain(pixels.map(|text| (SearchField::Property(Property::Pixels), text)))
            .chain(address.map(|text| (SearchField::Property(Property::Address), text)))
    }

    /// Every number, day and moment, but for those of when its notices came.
    pub(in crate::library) fn numbers(&self) -> impl Iterator<Item = (SearchField, Comparable)> {
        let metadata = self.metadata.iter().map(|(id, values)| (SearchField::Metadata(*id), values));
        let metadata = metadata.filter(|(field, _)| field.column().is_none());
        let metadata = metadata.flat_map(|(field, values)| {
            values.iter().filter_map(move |value| Some((field, Comparable::of_value(value)?)))
        });
        metadata.chain(self.properties())
    }

    /// The numbers of properties: what changes in them changes no word.
    pub(in crate::library) fn properties(&self) -> impl Iterator<Item = (SearchField, Comparable)> {
        let wholes = [
            (Property::Size, self.size),
            (Property::Width, self.width),
            (Property::Height, self.height),
            (Property::Created, self.created_ms),
            (Property::Modified, self.modified_ms),
        ];
        let wholes = wholes.into_iter().filter_map(|(property, whole)| Some((property, Comparable::of_whole(whole?))));
        let facts = self.facts().filter_map(|(property, value)| {
            let wanted = matches!(property, Property::Iso | Property::Aperture | Property::FocalLength);
            let number = value.trim_start_matches("f/").split(' ').next()?;
            Some((property, Comparable::of_value(number).filter(|_| wanted)?))
        });
        wholes.chain(facts).map(|(property, number)| (SearchField::Property(property), number))
    }

    /// The numbers of when its notices came.
    pub(in crate::library) fn arrival(&self) -> impl Iterator<Item = (SearchField, Comparable)> {
        let both = self.arrival.map(|(first, last)| [(Property::FirstSeen, first), (Property::LastSeen, last)]);
        let both = both.into_iter().flatten();
        both.map(|(property, moment)| (SearchField::Property(property), Comparable::of_whole(moment)))
    }

    /// The short values, to be counted.
    pub(in crate::library) fn values(&self) -> impl Iterator<Item = (SearchField, &str)> {
        let metadata = self.metadata.iter().filter(|(id, _)| !TEXTS.contains(id));
        let metadata =
            metadata.flat_map(|(id, values)| values.iter().map(|value| (SearchField::Metadata(*id), value.as_str())));
        // The envelope alone may have told these.
        let told = |id: FieldId| !self.metadata.contains_key(&id);
        let byline = told(BYLINE).then_some((SearchField::Metadata(BYLINE), &*self.byline));
        let keywords = self.keywords.split("; ").filter(move |_| told(KEYWORDS));
        let keywords = keywords.map(|keyword| (SearchField::Metadata(KEYWORDS), keyword));
        let property = |property, value| (SearchField::Property(property), value);
        metadata
            .chain(byline)
            .chain(keywords)
            .chain([property(Property::Archive, &*self.archive), property(Property::Doctype, &*self.doctype)])
            .chain(self.facts().map(move |(fact, value)| property(fact, value)))
            .filter(|(_, value)| !value.trim().is_empty() && value.chars().nth(LONGEST_VALUE).is_none())
            .take(MOST_VALUES)
    }

    fn facts(&self) -> impl Iterator<Item = (Property, &str)> {
        self.facts.iter().filter_map(|(label, value)| Some((Property::of_fact(label)?, value.as_str())))
    }
}

/// Hands over what search knows of one asset; `None` if it is not there.
pub(in crate::library) fn of_asset<T>(
    connection: &Connection,
    asset: AssetId,
    then: impl FnOnce(&Searched<'_>) -> Result<T, LibraryError>,
) -> Result<Option<T>, LibraryError> {
    let sql = format!("SELECT {COLUMNS} FROM assets a JOIN asset_fields f ON f.asset = a.id WHERE a.id = ?1");
    let mut read = connection.prepare_cached(&sql)?;
    let mut rows = read.query([asset])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    then(&Searched::read(row)?).map(Some)
}
