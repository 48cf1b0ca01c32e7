//! An asset of the pretend tenant, as it is at one moment.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::picture::Picture;
use lysbord_clock::Timestamp;

/// What Python's `quote` leaves alone; Fotoware's paths look the same.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');

/// Where files lie behind all archives; its id stands before the path in `physicalFileId` (docs/fotoware.md 7.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pool {
    #[default]
    Cloud,
    /// On-premises the id is a hash.
    OnPremises,
}

impl Pool {
    pub fn id(self) -> &'static str {
        match self {
            Self::Cloud => "65aa11bb22cc33dd44ee55ff",
            Self::OnPremises => "9F86D081884C7D659A2FEAA0C55AD015",
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Asset {
    pub archive: Archive,
    pub pool: Pool,
    /// Empty in every capture; documented as lasting for ever.
    pub unique_id: String,
    pub folder: String,
    pub filename: String,
    pub picture: Picture,
    pub doctype: Doctype,
    pub filesize: u64,
    pub created: Timestamp,
    pub modified: Timestamp,
    pub metadata: Metadata,
    pub camera: Option<Camera>,
    pub edits: u32,
    pub change_feed: u32,
}

/// Metadata by Fotoware's field number (docs/fotoware.md 2). What is absent is empty.
pub type Metadata = BTreeMap<u16, Value>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    One(String),
    Many(Vec<String>),
}

/// The numbers of the fields that stories touch.
pub mod field {
    pub const TITLE: u16 = 5;
    pub const STATUS: u16 = 10;
    pub const CATEGORY: u16 = 15;
    pub const SUPPLEMENTAL: u16 = 20;
    pub const KEYWORDS: u16 = 25;
    pub const INSTRUCTIONS: u16 = 40;
    pub const CREATED_DATE: u16 = 55;
    pub const BYLINE: u16 = 80;
    pub const BYLINE_TITLE: u16 = 85;
    pub const CITY: u16 = 90;
    pub const COUNTRY_CODE: u16 = 100;
    pub const COUNTRY: u16 = 101;
    pub const HEADLINE: u16 = 105;
    pub const CREDIT: u16 = 110;
    pub const SOURCE: u16 = 115;
    pub const COPYRIGHT: u16 = 116;
    pub const CAPTION: u16 = 120;
    pub const CAPTION_WRITER: u16 = 122;
    pub const NOTES: u16 = 230;
    pub const RATING: u16 = 320;
    pub const CONSENT: u16 = 819;

    /// The label under which Fotoware shows a field.
    pub fn label(id: u16) -> &'static str {
        match id {
            TITLE => "Title",
            STATUS => "Status",
            CATEGORY => "Category",
            SUPPLEMENTAL => "Supplemental categories",
            KEYWORDS => "Keywords",
            INSTRUCTIONS => "Special instructions",
            CREATED_DATE => "Created date",
            BYLINE => "Author",
            BYLINE_TITLE => "Author's position",
            CITY => "City",
            COUNTRY_CODE => "Country code",
            COUNTRY => "Country",
            HEADLINE => "Headline",
            CREDIT => "Credit",
            SOURCE => "Source",
            COPYRIGHT => "Copyright string",
            CAPTION => "Description",
            CAPTION_WRITER => "Caption writer",
            NOTES => "Document notes",
            RATING => "Rating",
            CONSENT => "Consent status",
            _ => "Custom field",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Archive {
    AllFiles,
    MyUploads,
    PressDesk,
    Summit,
    Products,
    Nature,
}

impl Archive {
    pub fn id(self) -> u16 {
        match self {
            Self::AllFiles => 5000,
            Self::MyUploads => 5001,
            Self::PressDesk => 5004,
            Self::Summit => 5007,
            Self::Products => 5010,
            Self::Nature => 5012,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::AllFiles => "All files",
            Self::MyUploads => "My Uploads",
            Self::PressDesk => "Press desk",
            Self::Summit => "Summit photos",
            Self::Products => "Product shots",
            Self::Nature => "Nature and travel",
        }
    }

    /// `/fotoweb/archives/5000-All-files/`
    pub fn href(self) -> String {
        format!("/fotoweb/archives/{}-{}/", self.id(), self.name().replace(' ', "-"))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doctype {
    Image,
    Movie,
    Document,
    Graphic,
}

impl Doctype {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Movie => "movie",
            Self::Document => "document",
            Self::Graphic => "graphic",
        }
    }
}

/// `photoAttributes`: what the camera noted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    pub model: &'static str,
    /// One over so many seconds.
    pub shutter: u32,
    pub aperture: f32,
    pub focal_length: u32,
    pub iso: u32,
    pub flash: bool,
}

/// A path as a URL spells it.
fn encoded(path: &str) -> String {
    utf8_percent_encode(path, PATH).to_string()
}

impl Asset {
    /// Folder and name, as in the store: `Folder 12/Vardø/harbour_001.jpg`.
    pub fn path(&self) -> String {
        format!("{}/{}", self.folder, self.filename)
    }

    /// The same as a URL spells it.
    pub fn encoded_path(&self) -> String {
        encoded(&self.path())
    }

    /// Stays the same while the file is neither renamed nor moved, and in every archive that shows it (docs/fotoware.md
    /// 7.4).
    pub fn physical_file_id(&self) -> String {
        format!("{}/{}", self.pool.id(), self.path())
    }

    pub fn text(&self, id: u16) -> &str {
        match self.metadata.get(&id) {
            Some(Value::One(text)) => text,
            _ => "",
        }
    }

    pub fn list(&self, id: u16) -> &[String] {
        match self.metadata.get(&id) {
            Some(Value::Many(values)) => values,
            _ => &[],
        }
    }

    pub fn set(&mut self, id: u16, value: impl Into<Value>) {
        self.metadata.insert(id, value.into());
    }
}

impl Value {
    /// One value or many, as a list.
    pub fn all(&self) -> &[String] {
        match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::Many(values) => values,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::One(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::One(text)
    }
}

impl From<Vec<String>> for Value {
    fn from(values: Vec<String>) -> Self {
        Self::Many(values)
    }
}

impl From<&[&str]> for Value {
    fn from(values: &[&str]) -> Self {
        Self::Many(values.iter().map(|&value| value.to_owned()).collect())
    }
}
