//! What a search term can ask about: the metadata fields, and the properties of an asset that are shown beside them.

use crate::fold::{fold, is_word};
use crate::fotoware::FieldId;

/// A metadata field or a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::library) enum SearchField {
    Metadata(FieldId),
    Property(Property),
}

pub(in crate::library) const TITLE: FieldId = 5;
pub(in crate::library) const KEYWORDS: FieldId = 25;
pub(in crate::library) const BYLINE: FieldId = 80;
pub(in crate::library) const CAPTION: FieldId = 120;
pub(in crate::library) const RATING: FieldId = 320;

/// What is shown of an asset besides its metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::library) enum Property {
    /// In bytes.
    Size,
    Width,
    Height,
    /// Width and height as they are shown.
    Pixels,
    Created,
    Modified,
    FirstSeen,
    LastSeen,
    Address,
    Archive,
    Doctype,
    Camera,
    Exposure,
    Aperture,
    FocalLength,
    Iso,
    Flash,
    ColourSpace,
    Resolution,
}

/// Each property with its number in the database and its names, the first of which is shown.
const PROPERTIES: &[(Property, i64, &[&str])] = &[
    (Property::Size, -1, &["File size", "Size"]),
    (Property::Width, -2, &["Width"]),
    (Property::Height, -3, &["Height"]),
    (Property::Pixels, -4, &["Pixels"]),
    (Property::Created, -5, &["Created"]),
    (Property::Modified, -6, &["Modified"]),
    (Property::FirstSeen, -7, &["First seen here", "First seen"]),
    (Property::LastSeen, -8, &["Last seen here", "Last seen"]),
    (Property::Address, -9, &["Address", "Folder"]),
    (Property::Archive, -10, &["Archive", "Archives"]),
    (Property::Doctype, -11, &["Type"]),
    (Property::Camera, -20, &["Camera"]),
    (Property::Exposure, -21, &["Exposure"]),
    (Property::Aperture, -22, &["Aperture"]),
    (Property::FocalLength, -23, &["Focal length"]),
    (Property::Iso, -24, &["ISO"]),
    (Property::Flash, -25, &["Flash"]),
    (Property::ColourSpace, -26, &["Colour space", "Colour", "Color space", "Color"]),
    (Property::Resolution, -27, &["Resolution"]),
];

impl SearchField {
    /// As the database has it: a metadata field's own number, or one below 0.
    pub(in crate::library) fn number(self) -> i64 {
        match self {
            Self::Metadata(id) => i64::from(id),
            Self::Property(property) => property.row().1,
        }
    }

    /// The column of the search index that has this field alone; `None` where its words stand behind its sign.
    pub(in crate::library) fn column(self) -> Option<&'static str> {
        match self {
            Self::Metadata(TITLE) => Some("title"),
            Self::Metadata(KEYWORDS) => Some("keywords"),
            Self::Metadata(BYLINE) => Some("byline"),
            Self::Metadata(CAPTION) => Some("caption"),
            _ => None,
        }
    }

    /// The letters that stand before each word of this field in the index. Nobody types them: they are of Unicode's
    /// last private plane. One letter for nearly every field leaves the short prefixes of the index to the words.
    pub(in crate::library) fn sign(self) -> String {
        const PLANE: u32 = 0x10_0000;
        const PROPERTY: u32 = 0x10_F000;
        const LONG: char = '\u{10_FFFD}';
        let number = self.number();
        let letter = match u32::try_from(number) {
            Ok(id) => char::from_u32(PLANE.saturating_add(id)).filter(|letter| (*letter as u32) < PROPERTY),
            Err(_) => char::from_u32(PROPERTY + number.unsigned_abs() as u32),
        };
        letter.map_or_else(|| format!("{LONG}{number}{LONG}"), String::from)
    }

    /// Whether its values are moments, as Fotoware and this computer tell them.
    pub(in crate::library) fn is_of_time(self) -> bool {
        use Property::{Created, FirstSeen, LastSeen, Modified};
        matches!(self, Self::Property(Created | Modified | FirstSeen | LastSeen))
    }

    /// Whether it has numbers alone and no words.
    pub(in crate::library) fn is_of_number(self) -> bool {
        matches!(self, Self::Property(Property::Size | Property::Width | Property::Height))
    }

    /// When the asset's notices came, which its metadata does not tell.
    pub(in crate::library) fn is_of_arrival(self) -> bool {
        matches!(self, Self::Property(Property::FirstSeen | Property::LastSeen))
    }
}

impl Property {
    pub(in crate::library) fn all() -> impl Iterator<Item = Self> {
        PROPERTIES.iter().map(|(property, ..)| *property)
    }

    /// What it is called; the first name is shown.
    pub(in crate::library) fn names(self) -> &'static [&'static str] {
        self.row().2
    }

    /// The property that a fact of [`crate::fotoware::AssetState::facts`] is; `None` for one that is not known here.
    pub(in crate::library) fn of_fact(label: &str) -> Option<Self> {
        Self::all().find(|property| property.names()[0] == label)
    }

    fn row(self) -> &'static (Self, i64, &'static [&'static str]) {
        let found = PROPERTIES.iter().find(|(property, ..)| *property == self);
        found.unwrap_or(&PROPERTIES[0])
    }
}

/// A field's name as names are compared: folded, and without blanks and signs, so that `Province/State`,
/// `province state` and `ProvinceState` are one.
pub(in crate::library) fn squeezed(name: &str) -> String {
    fold(name).chars().filter(|letter| is_word(*letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_property_has_a_number_and_a_sign_of_its_own() {
        for property in Property::all() {
            let field = SearchField::Property(property);
            let numbered = |other: &Property| SearchField::Property(*other).number() == field.number();
            assert_eq!(Property::all().filter(numbered).count(), 1);
            assert!(field.number() < 0);
            assert!(
                Property::all().all(|other| other == property || SearchField::Property(other).sign() != field.sign())
            );
        }
        for id in [0, 5, 819, 0xEFFF, 0xF000, 0xF001, FieldId::MAX] {
            let field = SearchField::Metadata(id);
            assert!(Property::all().all(|property| SearchField::Property(property).sign() != field.sign()), "{id}");
        }
    }

    #[test]
    fn a_name_is_one_however_its_words_are_parted() {
        for name in ["Province/State", "province state", "ProvinceState", "province-state", "PROVINCE_STATE"] {
            assert_eq!(squeezed(name), "provincestate");
        }
        assert_eq!(squeezed("Överskrift"), "overskrift");
    }
}
