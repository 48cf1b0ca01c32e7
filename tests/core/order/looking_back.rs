//! The library as of a moment is the library that got only the deliveries about what happened up to it: in whatever
//! order they came, with their pictures, and after a rebuild.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::time::Duration;

use jiff::tz::TimeZone;
use lysbord_core::clock::Timestamp;
use lysbord_core::export::{self, Progress, Request, What};
use lysbord_core::library::{EventFilter, EventId, Filter, Snapshot, Sort};
use lysbord_core::model::{self, BlobHash, MissingReason, Outcome, Picture, RenditionKey, RenditionOutcome};

use super::gallery_cache::{Delivery, GalleryCache};
use super::telling::{self, Deciding};
use super::{Arrival, arrive, arrive_at, pretty};
use crate::desk::{NOON, Row, rows_of};

/// Compares at every moment at which something happened, just before it, and half a second later.
pub async fn assert_same_at_every_moment(deliveries: &[Delivery], decisions: &[Deciding], arrival: &Arrival) {
    let told = arrive(deliveries, &Arrival { order: (0..deliveries.len()).collect(), pauses: 0 }).await;
    telling::decide(&told, decisions, &told.events().await).await;
    let decided = async || {
        let gallery_cache = GalleryCache::new();
        gallery_cache.decide_as(&told);
        gallery_cache
    };
    let gallery_cache = decided().await;
    arrive_at(&gallery_cache, deliveries, arrival).await;
    gallery_cache.library.caught_up().await.unwrap();
    let happened: BTreeMap<i64, Vec<usize>> =
        events(&gallery_cache).await.iter().fold(BTreeMap::new(), |mut happened, event| {
            happened.entry(event.created).or_default().push(event.position);
            happened
        });
    let mut positions: Vec<usize> = happened.values().flatten().copied().collect();
    // Pictures come in another order than their notices.
    positions.sort_by_key(|position| chance(arrival, *position, 7));
    record_outcomes(&gallery_cache, arrival, &positions).await;

    let words = words(&gallery_cache).await;
    let mut so_far: BTreeSet<usize> = BTreeSet::new();
    let mut expected = look(&GalleryCache::new(), None, &words).await;
    let mut known = Vec::new();
    for (created, positions) in &happened {
        if !happened.range(created - 500..*created).any(|_| true) {
            known.push((created - 1, expected));
        }
        so_far.extend(positions);
        let shelf_of_then = decided().await;
        // What was sent again is a delivery of that time too, and is told of.
        let known_then: BTreeSet<usize> = so_far.iter().map(|position| arrival.order[*position]).collect();
        for (position, at) in arrival.order.iter().enumerate().filter(|(_, at)| known_then.contains(at)) {
            shelf_of_then.take(&deliveries[*at], position).await;
        }
        shelf_of_then.library.caught_up().await.unwrap();
        record_outcomes(&shelf_of_then, arrival, &so_far.iter().copied().collect::<Vec<_>>()).await;
        expected = look(&shelf_of_then, None, &words).await;
        shelf_of_then.end().await;
        known.push((*created, expected.clone()));
    }
    known.push((i64::MAX - 1, expected));
    for when in ["as it arrived", "after a rebuild"] {
        for (at, expected) in known.iter().step_by(if when == "as it arrived" { 1 } else { 4 }) {
            let then = look(&gallery_cache, Some(Timestamp(*at)), &words).await;
            pretty(expected, &then, &format!("{when}, as of {}", Timestamp(*at)));
        }
        let indexed = gallery_cache.index();
        gallery_cache.library.rebuild().await.unwrap();
        pretty(&indexed, &gallery_cache.index(), "the index of a rebuild");
    }
    gallery_cache.end().await;
    told.end().await;
}

struct Event {
    position: usize,
    delivery: i64,
    created: i64,
}

/// A delivery's place in the arrival tells when it was received.
async fn events(gallery_cache: &GalleryCache) -> Vec<Event> {
    let rows = gallery_cache.library.read(|now| Ok(rows_of(&csv(now, What::Events, None)))).await.unwrap();
    let millis = |row: &Row, column: &str| Timestamp::parse(&row[column]).unwrap().0;
    let event = |row: &Row| Event {
        position: ((millis(row, "received_at") - NOON.0) / 1000) as usize,
        delivery: row["delivery_id"].parse().unwrap(),
        created: millis(row, "created"),
    };
    rows.iter().map(event).collect()
}

/// The same for the same delivery of an arrival, whatever library it is in.
fn chance(arrival: &Arrival, position: usize, salt: u64) -> u64 {
    let seed = arrival.pauses
        ^ (position as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
        ^ salt.wrapping_mul(0xD1B5_4A32_D192_ED03);
    seed.wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 40
}

/// Some pictures are kept, some are missing, of others nothing is heard.
async fn record_outcomes(gallery_cache: &GalleryCache, arrival: &Arrival, positions: &[usize]) {
    let deliveries: BTreeMap<usize, i64> =
        events(gallery_cache).await.iter().map(|event| (event.position, event.delivery)).collect();
    for position in positions {
        let roles = [lysbord_core::fotoware::Role::Thumbnail, lysbord_core::fotoware::Role::Preview];
        for (salt, role) in (0..).zip(roles) {
            let chance = chance(arrival, *position, salt);
            let hash = BlobHash::of(&[*position as u8, salt as u8]);
            let (width, height) = (100 + (chance % 7) as u32 * 40, 100 + (chance % 5) as u32 * 30);
            let picture = Picture { hash, format: model::Format::Jpeg, bytes: 9, width, height, flaw: None };
            let outcome = match chance % 3 {
                0 => Outcome::Kept { picture, derived: false, took: Duration::from_millis(9) },
                1 => Outcome::Missing(MissingReason::Expired),
                _ => continue,
            };
            let key = RenditionKey { delivery: deliveries[position], role };
            gallery_cache.library.record_outcomes(vec![RenditionOutcome { key, outcome }]).await.unwrap();
        }
    }
}

/// What can be searched for: every word that ever was in a name or a value, and what came of it.
async fn words(gallery_cache: &GalleryCache) -> Vec<String> {
    let states = gallery_cache.library.read(|now| {
        let (lines, _) = now.events().page(&EventFilter::default(), None, 100_000)?;
        lines.into_iter().filter_map(|line| now.events().state(line.event).transpose()).collect()
    });
    let mut words = BTreeSet::new();
    let mut names = BTreeSet::new();
    let mut fields = BTreeSet::new();
    let states: Vec<lysbord_core::fotoware::AssetState> = states.await.unwrap();
    for state in states {
        for (id, values) in &state.metadata {
            let first = values.first().and_then(|value| value.split_whitespace().next()).unwrap_or_default();
            fields.insert(format!("field:{id}={}", first.replace('"', "")));
        }
        let values = state.metadata.into_values().flatten();
        for text in values.chain([state.title, state.description]) {
            words.extend(text.split_whitespace().take(2).map(str::to_owned));
        }
        names.insert(state.filename);
    }
    let mut queries: Vec<String> =
        ["", "a", "jpg", "-jpg", "is:deleted", "-is:missing", "is:missing", "event:renamed"].map(str::to_owned).into();
    queries
        .extend(["event:new-version", "archive:up", "changed:2026-03-04", "type:image -is:present"].map(str::to_owned));
    queries.extend(
        [
            "rating:>=3",
            "-rating:4",
            "size:>1mb",
            "width:>=3000 OR city:a",
            "modified:2026-03-04",
            "created:<2026-03-04",
            "-field:90=a OR is:deleted",
            "\"Last seen here\":>=2026-03-04",
            "iso:>=400 OR -camera:nikon",
            "address:archives -nothing:here",
        ]
        .map(str::to_owned),
    );
    queries.extend(fields.into_iter().take(6));
    for name in names.iter().take(3) {
        queries.extend([format!("filename:\"{name}\""), format!("-\"{name}\"")]);
        queries.extend(names.iter().take(2).map(|other| format!("\"{name} {other}\"")));
    }
    for word in words.iter().take(4) {
        let start: String = word.chars().take(2).collect();
        queries.extend([word.clone(), format!("-{word}"), format!("keywords:\"{word}\""), format!("caption:{start}")]);
        queries.extend(words.iter().rev().take(1).map(|other| format!("{start} -{other}")));
        queries.extend(words.iter().take(1).map(|other| format!("{word} {other} jpg")));
    }
    queries
}

async fn look(gallery_cache: &GalleryCache, at: Option<Timestamp>, queries: &[String]) -> String {
    let queries = queries.to_vec();
    gallery_cache.library.read(move |now| Ok(told(now, at, &queries))).await.unwrap()
}

/// All that is shown, but for row numbers and for what fields are called: that is today's at any moment.
fn told(now: &Snapshot<'_>, at: Option<Timestamp>, queries: &[String]) -> String {
    let mut told = String::new();
    for what in [What::Assets, What::Events, What::Changes] {
        for mut row in rows_of(&csv(now, what, at)) {
            for today in ["delivery_id", "changed_fields", "field_label"] {
                row.remove(today);
            }
            let row: BTreeMap<_, _> = row.into_iter().map(|(name, cell)| (number_of(name), cell)).collect();
            writeln!(told, "{}: {row:?}", what.as_str()).unwrap();
        }
    }
    writeln!(told, "{:?}", now.gallery().overview(at).unwrap()).unwrap();
    for query in queries {
        // Every gallery is walked both ways; a text is looked for before the walk.
        let ways: &[Sort] =
            if query.is_empty() || query.starts_with('-') { &[Sort::Newest, Sort::Name] } else { &[Sort::Newest] };
        for &sort in ways {
            let filter = Filter { at, ..Filter::parse(query, NOON, &TimeZone::UTC) };
            let slots = now.gallery().slots(&filter, sort).unwrap();
            let assets: Vec<_> = slots.iter().map(|place| place.asset).collect();
            let ids = now.assets().public_ids(&assets).unwrap();
            let shapes: Vec<_> = slots.iter().map(|place| (place.ratio, place.last, place.initial)).collect();
            writeln!(told, "{query:?} {sort:?}: {ids:?} {shapes:?}").unwrap();
            let (page, total) = now.gallery().page(&filter, sort, 1, 2).unwrap();
            assert_eq!(total, assets.len(), "{query}");
            assert!(assets.iter().skip(1).take(2).eq(&page), "{query}");
            if query.is_empty() {
                for tile in now.assets().tiles(&assets, at).unwrap() {
                    writeln!(told, "{tile:?}").unwrap();
                }
                for id in &ids {
                    details(now, id, at, &mut told);
                }
            }
        }
    }
    for archive in ["All files", "My Uploads"] {
        let filter = Filter { at, archive: Some(archive.into()), ..Filter::default() };
        let (page, total) = now.gallery().page(&filter, Sort::Name, 0, 9).unwrap();
        writeln!(told, "{archive}: {total} {:?}", now.assets().public_ids(&page).unwrap()).unwrap();
    }
    told
}

fn details(now: &Snapshot<'_>, id: &str, at: Option<Timestamp>, told: &mut String) {
    let mut detail = now.assets().detail(id, at).unwrap().unwrap();
    let steps = std::mem::take(&mut detail.steps);
    writeln!(told, "{detail:?}").unwrap();
    for mut step in steps {
        step.event = EventId(0);
        writeln!(told, "  {step:?}").unwrap();
    }
}

/// `25 Keywords` is field 25, whatever it is called.
fn number_of(column: String) -> String {
    match column.split_once(' ') {
        Some((number, _)) => number.to_owned(),
        None => column,
    }
}

fn csv(now: &Snapshot<'_>, what: What, at: Option<Timestamp>) -> String {
    let request = Request { at, ..Request::csv(what) };
    let mut csv = Vec::new();
    export::write(now, None, &request, &mut csv, &Progress::default()).unwrap();
    String::from_utf8(csv).unwrap()
}
