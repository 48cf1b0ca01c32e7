//! By what an asset can be known again. Fotoware has no id that survives a rename (docs/fotoware.md 7.4), so a notice
//! yields several keys: what the asset is called now, what it was called before, and what it was renamed from.
//! Which events belong to one asset is decided from these in the library.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

use super::charset::percent_decoded;
use super::json::Json;
use super::lenient::{member, text};

/// One name of an asset, hashed: 128 bits over its kind, its tenant and the name itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IdentityKey([u8; 16]);

impl IdentityKey {
    fn new(kind: &str, tenant: &str, name: &str) -> Self {
        let mut hash = Sha256::new();
        for part in [kind, tenant, name] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        let mut key = [0; 16];
        key.copy_from_slice(&hash.finalize()[..16]);
        Self(key)
    }

    /// A key that no other event can share, for one that names no asset.
    pub fn of_nameless(dedupe: &[u8]) -> Self {
        Self::new("event", "", &hex(dedupe))
    }

    /// A key that the user's decision gives to all events it names.
    pub fn of_decision(number: i64) -> Self {
        Self::new("decision", "", &number.to_string())
    }

    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    pub fn to_bytes(self) -> [u8; 16] {
        self.0
    }
}

impl fmt::Debug for IdentityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0[..4].iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Serialize for IdentityKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(&hex(&self.0))
        } else {
            self.0.serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for IdentityKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return <[u8; 16]>::deserialize(deserializer).map(Self);
        }
        let hex = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        u128::from_str_radix(&hex, 16).map(|bits| Self(bits.to_be_bytes())).map_err(serde::de::Error::custom)
    }
}

/// The names of one asset at one moment, strongest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Names {
    /// `uniqueid`, documented as unique for ever and empty in every capture.
    #[serde(rename = "u")]
    pub unique: Option<IdentityKey>,
    /// `physicalFileId`: the same through every archive, another one after a rename or a move.
    #[serde(rename = "f")]
    pub file: Option<IdentityKey>,
    /// The path below the archive in `href`: the weakest, for notices that carry nothing else.
    #[serde(rename = "p")]
    pub path: Option<IdentityKey>,
}

impl Names {
    pub fn keys(&self) -> impl Iterator<Item = IdentityKey> + use<> {
        [self.unique, self.file, self.path].into_iter().flatten()
    }
}

/// In JSON, of which each event keeps some, only what there is.
impl Serialize for Names {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let names = [("u", self.unique), ("f", self.file), ("p", self.path)];
        if serializer.is_human_readable() {
            serializer.collect_map(names.into_iter().filter_map(|(name, key)| Some((name, key?))))
        } else {
            names.map(|(_, key)| key).serialize(serializer)
        }
    }
}

/// All that a notice tells of which asset it is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Identity {
    pub now: Names,
    /// From `assetBefore`, unless it was called as it is now.
    pub before: Names,
    /// From `previous-name`: the same folder, the old file name.
    pub renamed_from: Names,
}

impl Identity {
    pub(super) fn read(
        tenant: &str,
        asset: &Json<'_>,
        before: &Json<'_>,
        href: &str,
        previous_name: Option<&str>,
    ) -> Self {
        let file_id = text(member(asset, "physicalFileId"));
        let path = path_below_archive(href);
        let names = |unique: Option<String>, file: Option<&str>, path: Option<&str>| Names {
            unique: unique.map(|id| IdentityKey::new("unique", tenant, &id)),
            file: file.map(|id| IdentityKey::new("file", tenant, &one_spelling(id))),
            path: path.map(|path| IdentityKey::new("path", tenant, &one_spelling(path))),
        };
        let now = names(text(member(asset, "uniqueid")), file_id.as_deref(), path.as_deref());

        let before_href = text(member(before, "href"));
        let before_path = before_href.as_deref().and_then(path_below_archive);
        let before_file_id = text(member(before, "physicalFileId"));
        let before = names(text(member(before, "uniqueid")), before_file_id.as_deref(), before_path.as_deref());

        let old_name = previous_name.map(last_segment);
        let beside = |path: &str| Some(with_last_segment(path, old_name?));
        Self {
            now,
            before: if before == now { Names::default() } else { before },
            renamed_from: names(
                None,
                file_id.as_deref().and_then(beside).as_deref(),
                path.as_deref().and_then(beside).as_deref(),
            ),
        }
    }

    /// Every key that ties this notice to others.
    pub fn keys(&self) -> impl Iterator<Item = IdentityKey> + use<> {
        self.now.keys().chain(self.before.keys()).chain(self.renamed_from.keys())
    }
}

/// `…/archives/5000-All-files/Folder%2012/a.jpg.info` is `Folder 12/a.jpg`: the archive's number and label
/// say where the asset was seen, not which it is.
fn path_below_archive(href: &str) -> Option<String> {
    let path = href.split(['?', '#']).next()?;
    let below = match path.split_once("/archives/") {
        Some((_, rest)) => rest.split_once('/')?.1,
        None => path,
    };
    let below = below.strip_suffix(".info").unwrap_or(below);
    (!below.is_empty()).then(|| percent_decoded(below))
}

fn with_last_segment(path: &str, name: &str) -> String {
    match path.rsplit_once(['/', '\\']) {
        Some((folder, _)) => format!("{folder}/{name}"),
        None => name.to_owned(),
    }
}

/// Whether two file names are one, spelled in two ways.
pub fn same_name(one: &str, other: &str) -> bool {
    one_spelling(last_segment(one)) == one_spelling(last_segment(other))
}

fn last_segment(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let mut hex = String::with_capacity(2 * bytes.len());
    let nibbles = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    hex.extend(nibbles.map(|nibble| DIGITS[usize::from(nibble)]));
    hex
}

/// A name in one spelling: accents as part of their letters, folders parted by `/` as elsewhere than on Windows. Upper and
/// lower case stay two names, and so do `a b.jpg` and `a%20b.jpg`: only a URL is percent-encoded, and is decoded once.
fn one_spelling(name: &str) -> Cow<'_, str> {
    if name.is_ascii() && !name.contains('\\') {
        return Cow::Borrowed(name);
    }
    Cow::Owned(name.nfc().map(|letter| if letter == '\\' { '/' } else { letter }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const TENANT: &str = "https://example.fotoware.cloud";

    fn identity(file_id: &str, href: &str, previous: Option<&str>) -> Identity {
        Identity::read(TENANT, &json!({"physicalFileId": file_id, "uniqueid": ""}).into(), &Json::Null, href, previous)
    }

    #[test]
    fn one_file_seen_through_two_archives_has_one_key() {
        let uploads =
            identity("65aa/Folder 12/a.jpg", "/fotoweb/archives/5001-My-Uploads/Folder%2012/a.jpg.info", None);
        let all = identity("65aa/Folder 12/a.jpg", "/fotoweb/archives/5000-All-files/Folder%2012/a.jpg.info", None);
        assert_eq!(uploads, all);
        assert_eq!(uploads.now.unique, None, "an empty uniqueid names nothing");
    }

    #[test]
    fn a_rename_names_what_the_asset_was_called() {
        let old = identity("65aa/F/DSC_1.jpg", "/fotoweb/archives/5000-All/F/DSC_1.jpg.info", None);
        let new = identity("65aa/F/harbour.jpg", "/fotoweb/archives/5000-All/F/harbour.jpg.info", Some("DSC_1.jpg"));
        assert_eq!(new.renamed_from, old.now);
        assert_ne!(new.now, old.now);
    }

    #[test]
    fn what_an_asset_was_called_before_is_kept_where_it_was_something_else() {
        let asset = |file: &str| json!({"physicalFileId": file, "href": "/fotoweb/archives/1-A/F/a b.jpg.info"}).into();
        let read = |before| {
            Identity::read(TENANT, &asset("65aa/F/a b.jpg"), &before, "/fotoweb/archives/1-A/F/a b.jpg.info", None)
        };
        let same = read(asset("65aa/F/a b.jpg"));
        assert_eq!(same, read(Json::Null));
        assert_ne!(same, read(asset("65aa/F/a%20b.jpg")), "another file");
        assert_ne!(same, read(asset("65aa/G/a b.jpg")));

        let kept = serde_json::to_string(&same).unwrap();
        assert!(kept.ends_with(r#""},"before":{},"renamed_from":{}}"#), "{kept}");
        assert!(!kept.contains("null"), "{kept}");
        assert_eq!(serde_json::from_str::<Identity>(&kept).unwrap(), same);
        let of_earlier_programs = kept.replace("{}", r#"{"u":null,"f":null,"p":null}"#);
        assert_eq!(serde_json::from_str::<Identity>(&of_earlier_programs).unwrap(), same);
        assert_eq!(postcard::from_bytes::<Identity>(&postcard::to_stdvec(&same).unwrap()).unwrap(), same);
    }

    #[test]
    fn composed_and_decomposed_letters_are_one_name() {
        let composed = identity("65aa/Vard\u{f8}/caf\u{e9}.jpg", "/fotoweb/archives/1-A/caf%C3%A9.jpg.info", None);
        let decomposed = identity("65aa/Vard\u{f8}/cafe\u{301}.jpg", "/fotoweb/archives/1-A/cafe%CC%81.jpg.info", None);
        assert_eq!(composed, decomposed);
    }

    #[test]
    fn only_an_href_is_percent_encoded_and_that_once() {
        let href = |path: &str| identity("", &format!("/fotoweb/archives/1-A/{path}.info"), None).now.path.unwrap();
        let file = |path: &str| identity(&format!("65aa/{path}"), "", None).now.file.unwrap();
        let old = |name: &str| identity("65aa/F/x.jpg", "/fotoweb/archives/1-A/F/x.jpg.info", Some(name)).renamed_from;
        // As a file is called, and how its href spells it; each name is a file of its own.
        let files = [
            ("a b.jpg", "a%20b.jpg"),
            ("a%20b.jpg", "a%2520b.jpg"),
            ("a%2520b.jpg", "a%252520b.jpg"),
            ("a+b.jpg", "a+b.jpg"),
            ("50%.jpg", "50%25.jpg"),
            ("50%25.jpg", "50%2525.jpg"),
            ("på.jpg", "p%C3%A5.jpg"),
            ("p%C3%A5.jpg", "p%25C3%25A5.jpg"),
            ("#1?.jpg", "%231%3F.jpg"),
        ];
        for (one, (name, spelled)) in files.iter().enumerate() {
            assert_eq!(href(spelled), IdentityKey::new("path", TENANT, name), "{spelled}");
            assert_eq!(old(name).path, identity("", &format!("/fotoweb/archives/1-A/F/{spelled}.info"), None).now.path);
            assert_eq!(old(name).file, Some(file(&format!("F/{name}"))), "{name}");
            for (other, (another, spelled_so)) in files.iter().enumerate() {
                assert_eq!(file(name) == file(another), one == other, "{name}, {another}");
                assert_eq!(href(spelled) == href(spelled_so), one == other, "{spelled}, {spelled_so}");
            }
        }
        assert_eq!(href("Vard%C3%B8/50%.jpg"), href("Vardø/50%25.jpg"), "what is no escape stands for itself");
        assert_ne!(href("%E5.jpg"), href("%E6.jpg"), "letters of Latin-1 are no holes");
    }

    #[test]
    fn a_pool_on_premises_has_any_id_and_perhaps_folders_as_on_windows() {
        let href = "/fotoweb/archives/1-A/Press/a.jpg.info";
        let old = identity("9F86D081884C7D65/Press/a.jpg", href, None);
        let windows = identity("9F86D081884C7D65\\Press\\b.jpg", "", Some("a.jpg"));
        assert_eq!(windows.renamed_from.file, old.now.file);
        let cloud = identity("65aa/Press/a.jpg", href, None);
        assert_ne!(cloud.now.file, old.now.file, "the same path in another pool is another file");
    }

    #[test]
    fn upper_and_lower_case_are_two_names() {
        let upper = identity("65aa/A.JPG", "/fotoweb/archives/1-A/A.JPG.info", None);
        let lower = identity("65aa/a.jpg", "/fotoweb/archives/1-A/a.jpg.info", Some("A.JPG"));
        assert_ne!(upper.now, lower.now);
        assert_eq!(lower.renamed_from, upper.now);
    }

    #[test]
    fn keys_survive_being_written_down() {
        let identity = identity("65aa/a.jpg", "/fotoweb/archives/1-A/a.jpg.info", Some("b.jpg"));
        let written = serde_json::to_string(&identity).unwrap();
        assert_eq!(serde_json::from_str::<Identity>(&written).unwrap(), identity);
    }
}
