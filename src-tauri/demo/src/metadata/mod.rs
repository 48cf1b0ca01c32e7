//! Believable words: who shot it, where, what it shows, in many languages and scripts.

mod words_north;
mod words_south;

use super::asset::{Archive, Asset, Camera, Doctype, Metadata, Pool, Value, field};
use super::chance::Chance;
use super::picture::Picture;
use super::scene::Subject;
use lysbord_clock::Timestamp;
use words_north::{ENGLISH, FRENCH, GERMAN, NORWEGIAN, POLISH};
use words_south::{ARABIC, CHINESE, GREEK, HEBREW, HINDI, JAPANESE, KOREAN};

/// One language, as the people of one picture agency write it.
struct Tongue {
    places: &'static [&'static str],
    /// Code and name.
    country: (&'static str, &'static str),
    people: &'static [&'static str],
    credit: &'static str,
    copyright: &'static str,
    shots: &'static [Shot],
}

/// What a photographer says about a picture of this subject; `{place}` stands in the caption for where it was.
struct Shot {
    subject: Subject,
    /// How a file of it is called.
    stem: &'static str,
    title: &'static str,
    caption: &'static str,
    keywords: &'static [&'static str],
}

/// The desk of this tenant is in Norway and writes English to the world, so those two come more often.
const TONGUES: [&Tongue; 16] = [
    &ENGLISH, &NORWEGIAN, &GERMAN, &FRENCH, &ENGLISH, &JAPANESE, &NORWEGIAN, &POLISH, &ARABIC, &ENGLISH, &GREEK,
    &HEBREW, &HINDI, &CHINESE, &KOREAN, &GERMAN,
];

const CAMERAS: [(&str, &str); 6] = [
    ("Nikon Z 8", "DSC_"),
    ("Canon EOS R5", "IMG_"),
    ("SONY ILCE-7RM5", "DSC0"),
    ("LEICA Q3", "L100"),
    ("FUJIFILM X-T5", "DSCF"),
    ("Hasselblad X2D 100C", "B000"),
];

/// The `index`-th asset of the tenant on its first day, with all that its photographer wrote.
pub(crate) fn asset(seed: u64, index: usize, created: Timestamp) -> Asset {
    let mut chance = Chance::of(seed, &[0x4D45_5441, index as u64]);
    // Walking through the languages and their shots, instead of drawing lots, keeps neighbours different.
    let tongue = TONGUES[(index * 7 + seed as usize % 16) % TONGUES.len()];
    let shot = &tongue.shots[(index / TONGUES.len() + chance.below(2) * 3 + index) % tongue.shots.len()];
    let place = *chance.pick(tongue.places);
    let picture = Picture::new(shot.subject, chance.draw() as u32);
    let doctype = doctype(shot.subject);
    let camera = (doctype == Doctype::Image && !chance.one_in(6)).then(|| camera(&mut chance));
    let (width, height) = picture.pixels();
    let bytes_a_pixel = chance.within(0.18..0.45);
    Asset {
        archive: archive(shot.subject, &mut chance),
        pool: Pool::default(),
        unique_id: String::new(),
        folder: folder(place, created, &mut chance),
        filename: filename(shot, place, index, created, camera.as_ref(), &mut chance),
        picture,
        doctype,
        filesize: (width as f32 * height as f32 * bytes_a_pixel) as u64 + index as u64,
        created: Timestamp(created.0 - chance.below(9 * 3_600_000) as i64),
        modified: created,
        metadata: metadata(tongue, shot, place, created, &mut chance),
        camera: camera.map(|(camera, _)| camera),
        edits: 0,
        change_feed: 0,
    }
}

/// A folder of its own for each story that is played by name.
pub(crate) fn story_folder(index: usize) -> String {
    format!("Stories/{}", 1 + index)
}

/// What a desk adds to keywords that the photographer gave.
pub(crate) fn further_keywords(asset: &Asset, chance: &mut Chance) -> Vec<String> {
    let more = ["front page", "archive 2026", "cleared", "panorama", "print", "social", "season"];
    let mut keywords = asset.list(field::KEYWORDS).to_vec();
    if keywords.len() > 2 && chance.one_in(2) {
        keywords.remove(chance.below(keywords.len()));
    }
    let word = *chance.pick(&more);
    if !keywords.iter().any(|keyword| keyword == word) {
        keywords.push(word.to_owned());
    }
    keywords
}

/// The caption after the desk has been over it.
pub(crate) fn edited_caption(asset: &Asset, chance: &mut Chance) -> String {
    let (caption, city) = (asset.text(field::CAPTION), asset.text(field::CITY));
    let by = asset.list(field::BYLINE).first().map_or("", String::as_str);
    let credit = [by, asset.text(field::CREDIT)].into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>();
    // Some pictures come without one or another.
    let edited = match chance.below(3) {
        0 if !credit.is_empty() => format!("{caption} ({})", credit.join(" / ")),
        1 if !city.is_empty() => format!("{city}: {caption}"),
        _ if !by.is_empty() => format!("{caption} · {by}"),
        _ => format!("{caption} (edited)"),
    };
    edited.trim_start().to_owned()
}

/// A file name as the desk gives it, instead of the camera's.
pub(crate) fn desk_name(asset: &Asset, round: usize) -> String {
    let (stem, extension) = asset.filename.rsplit_once('.').unwrap_or((&asset.filename, "jpg"));
    let number: String = stem.chars().filter(char::is_ascii_digit).collect();
    let title = asset.text(field::TITLE).replace(['/', ':', ','], "").replace(' ', "-");
    let title = if title.is_empty() { "untitled".to_owned() } else { title };
    let tail = &number[number.len().saturating_sub(6)..];
    match round {
        0 => format!("{title}_{tail}.{extension}"),
        1 => format!("{title} (final)_{tail}.{extension}"),
        round => format!("{title} (final {round})_{tail}.{extension}"),
    }
}

fn metadata(tongue: &Tongue, shot: &Shot, place: &str, created: Timestamp, chance: &mut Chance) -> Metadata {
    let mut metadata = Metadata::new();
    if chance.one_in(14) {
        return metadata;
    }
    let mut put = |id: u16, value: Value| metadata.insert(id, value);
    put(field::TITLE, shot.title.into());
    put(field::KEYWORDS, shot.keywords.into());
    put(field::CREATED_DATE, date_digits(created).into());
    put(field::BYLINE, byline(tongue, chance).into());
    put(field::CITY, place.into());
    put(field::COUNTRY_CODE, tongue.country.0.into());
    put(field::COUNTRY, tongue.country.1.into());
    put(field::CREDIT, tongue.credit.into());
    put(field::COPYRIGHT, tongue.copyright.into());
    if !chance.one_in(8) {
        put(field::CAPTION, shot.caption.replace("{place}", place).into());
    }
    if chance.one_in(2) {
        put(field::SOURCE, tongue.credit.into());
    }
    if chance.one_in(3) {
        put(field::RATING, chance.pick(&["3", "4", "5"]).to_string().into());
    }
    if chance.one_in(3) {
        put(field::SUPPLEMENTAL, category(shot.subject).into());
    }
    if chance.one_in(5) {
        put(
            field::INSTRUCTIONS,
            (*chance.pick(&["No sales. Editorial use only.", "Embargo: Friday 06:00 CET", "Mandatory credit"])).into(),
        );
    }
    if chance.one_in(4) {
        put(field::CONSENT, "Cleared".into());
    }
    metadata
}

fn byline(tongue: &Tongue, chance: &mut Chance) -> Vec<String> {
    let first = chance.below(tongue.people.len());
    let mut names = vec![tongue.people[first].to_owned()];
    if chance.one_in(7) {
        names.push(tongue.people[(first + 1) % tongue.people.len()].to_owned());
    }
    names
}

fn category(subject: Subject) -> &'static [&'static str] {
    match subject {
        Subject::City | Subject::Graphic => &["Politics", "Summit"],
        Subject::Harbour => &["Nature", "Industry"],
        Subject::StillLife | Subject::Page => &["Business"],
        Subject::Poster => &["Film"],
        _ => &["Nature", "Travel"],
    }
}

fn archive(subject: Subject, chance: &mut Chance) -> Archive {
    match subject {
        Subject::StillLife => Archive::Products,
        Subject::City | Subject::Graphic | Subject::Page if chance.one_in(2) => Archive::Summit,
        Subject::Harbour | Subject::Coast | Subject::City if chance.one_in(2) => Archive::PressDesk,
        Subject::Mountains | Subject::Lake | Subject::Forest | Subject::Winter if chance.one_in(3) => Archive::Nature,
        _ => Archive::AllFiles,
    }
}

fn doctype(subject: Subject) -> Doctype {
    match subject {
        Subject::Poster => Doctype::Movie,
        Subject::Page => Doctype::Document,
        Subject::Graphic => Doctype::Graphic,
        _ => Doctype::Image,
    }
}

fn folder(place: &str, created: Timestamp, chance: &mut Chance) -> String {
    let digits = date_digits(created);
    match chance.below(4) {
        0 => format!("Folder {}/{place}", 1 + chance.below(20)),
        1 => format!("Incoming/{}/{}", &digits[..4], &digits[4..6]),
        2 => format!("Desk/{place}/{digits}"),
        _ => format!("Reportagen & Reisen/{place}"),
    }
}

/// Cameras, agencies and people name files each in their own way; the index keeps them apart.
fn filename(
    shot: &Shot,
    place: &str,
    index: usize,
    created: Timestamp,
    camera: Option<&(Camera, &str)>,
    chance: &mut Chance,
) -> String {
    let digits = date_digits(created);
    let stem = shot.stem;
    let number = 1000 + index;
    match doctype(shot.subject) {
        Doctype::Movie => return format!("{stem}_{number}_4K.mp4"),
        Doctype::Document => return format!("{stem}_{number}.pdf"),
        Doctype::Graphic => return format!("{stem}_{number}.eps"),
        Doctype::Image => {}
    }
    match (chance.below(8), camera) {
        (0..=2, Some((_, prefix))) => format!("{prefix}{number}.{}", if chance.one_in(3) { "JPG" } else { "jpg" }),
        (0 | 1, _) => format!("{digits}-{stem}-{number}.jpg"),
        (2 | 3, _) => format!("{stem}_{number}.jpg"),
        (4, _) => format!("{place} {stem} {number}.jpg"),
        (5, _) => format!(
            "{digits}_{place}_{stem}_{number} (web, sRGB, bearbeitet, freigegeben durch die Bildredaktion am Montag).jpg"
        ),
        (6, _) => format!("{stem}-{number}.tif"),
        _ => format!("{}_{stem}_{number}.jpeg", digits.trim_start_matches("20")),
    }
}

fn camera(chance: &mut Chance) -> (Camera, &'static str) {
    let &(model, prefix) = chance.pick(&CAMERAS);
    let camera = Camera {
        model,
        shutter: *chance.pick(&[30, 60, 125, 250, 500, 1000, 2000]),
        aperture: *chance.pick(&[1.8, 2.8, 4.0, 5.6, 8.0, 11.0]),
        focal_length: *chance.pick(&[16, 24, 28, 35, 50, 85, 135, 200]),
        iso: *chance.pick(&[64, 100, 200, 400, 800, 1600, 3200]),
        flash: chance.one_in(20),
    };
    (camera, prefix)
}

/// `20260226`, as IPTC writes a day.
fn date_digits(moment: Timestamp) -> String {
    moment.to_string().chars().filter(char::is_ascii_digit).take(8).collect()
}
