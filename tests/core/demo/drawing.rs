//! The pictures: are they what was announced, different, and the same again?

use std::collections::HashSet;
use std::time::Instant;

use image::{DynamicImage, GenericImage, RgbImage};
use lysbord_core::clock::Timestamp;
use lysbord_demo::{Frame, HookKind, Picture, Subject, jpeg, stories};

/// Writes contact sheets, to be looked at: `LYSBORD_CONTACT_SHEETS=/some/folder cargo test contact_sheets -- --ignored`.
#[test]
#[ignore = "draws sheets for people to look at"]
fn contact_sheets() {
    let folder = std::env::var("LYSBORD_CONTACT_SHEETS").unwrap();
    let first: Vec<Picture> = stories(1, 60, Timestamp(1_772_625_600_000))
        .iter()
        .filter(|step| step.kind() == HookKind::Ingested)
        .map(|step| step.notice.asset.picture)
        .collect();
    sheet(&format!("{folder}/gallery.jpg"), &first, 8, 240);
    let subjects: Vec<Picture> =
        Subject::ALL.iter().flat_map(|&subject| (0..6).map(move |seed| Picture::new(subject, 1000 + seed))).collect();
    sheet(&format!("{folder}/subjects.jpg"), &subjects, 6, 300);
    let takes: Vec<Picture> = [Subject::Lake, Subject::Harbour, Subject::Mountains]
        .iter()
        .flat_map(|&subject| (0..6).map(move |take| Picture { take, ..Picture::new(subject, 1001) }))
        .collect();
    sheet(&format!("{folder}/takes.jpg"), &takes, 6, 300);
    let start = Instant::now();
    for (at, &picture) in subjects.iter().step_by(6).enumerate() {
        let (large, small) = (jpeg(picture, Frame::PREVIEW), jpeg(picture, Frame::THUMBNAIL));
        println!("{:?}: {} and {} bytes", picture.subject, large.len(), small.len());
        std::fs::write(format!("{folder}/{at:02}.jpg"), large).unwrap();
    }
    println!("{:?} a picture", start.elapsed() / 28);
}

fn sheet(path: &str, pictures: &[Picture], columns: u32, cell: u32) {
    let rows = (pictures.len() as u32).div_ceil(columns);
    let mut sheet = RgbImage::from_pixel(columns * cell, rows * cell * 3 / 4, image::Rgb([28, 29, 31]));
    for (at, &picture) in pictures.iter().enumerate() {
        let drawn = image::load_from_memory(&jpeg(picture, Frame::PREVIEW)).unwrap();
        let small = drawn.resize(cell - 8, cell * 3 / 4 - 8, image::imageops::FilterType::Triangle).to_rgb8();
        let (x, y) = (at as u32 % columns * cell, at as u32 / columns * cell * 3 / 4);
        sheet.copy_from(&small, x + (cell - small.width()) / 2, y + (cell * 3 / 4 - small.height()) / 2).unwrap();
    }
    DynamicImage::ImageRgb8(sheet).save(path).unwrap();
}

#[test]
fn a_picture_is_the_same_whenever_it_is_drawn() {
    let picture = Picture::new(Subject::Lake, 5);
    assert_eq!(jpeg(picture, Frame::THUMBNAIL), jpeg(picture, Frame::THUMBNAIL));
}

#[test]
fn every_seed_and_every_take_is_another_picture() {
    let pictures =
        Subject::ALL.into_iter().flat_map(|subject| [0, 1].map(|take| Picture { take, ..Picture::new(subject, 9) }));
    let drawn: HashSet<_> = pictures.map(|picture| jpeg(picture, Frame::THUMBNAIL)).collect();
    assert_eq!(drawn.len(), Subject::ALL.len() * 2);
}

#[test]
#[ignore = "tells how long drawing takes, for people"]
fn how_long() {
    for subject in Subject::ALL {
        let start = Instant::now();
        for seed in 0..4 {
            std::hint::black_box(jpeg(Picture::new(subject, 2000 + seed), Frame::PREVIEW));
        }
        println!("{subject:?}: {:?} ms", start.elapsed().as_millis() / 4);
    }
}
