//! One thing that is broken costs itself and nothing else: the work goes on, and what is wrong is told.

mod damage;
mod doctor;
mod fuzz;
mod poison;
mod removal;
mod settings;

use lysbord_core::library::{self, Filter, LogFilter, LoggedDelivery, Part, Sort};
use rusqlite::Connection;
use serde_json::Value;

use crate::order::gallery_cache::{Delivery, GalleryCache};

/// A notice for a hook.
fn delivery(hook: &str, notice: &Value) -> Delivery {
    Delivery { hook: lysbord_core::fotoware::HookKind::parse(hook).unwrap(), body: notice.to_string() }
}

async fn take_all(gallery_cache: &GalleryCache, notices: &[Value]) {
    for (position, notice) in notices.iter().enumerate() {
        gallery_cache.take(&delivery("modified", notice), position).await;
    }
    gallery_cache.library.caught_up().await.unwrap();
}

/// The log, oldest first.
async fn log(gallery_cache: &GalleryCache) -> Vec<LoggedDelivery> {
    let everything = LogFilter::default();
    let page = gallery_cache.library.read(move |now| now.deliveries().log(&everything, Part::From(0), 10_000));
    let mut log = page.await.unwrap().items;
    log.sort_by_key(|line| line.id);
    log
}

async fn outcomes(gallery_cache: &GalleryCache) -> Vec<&'static str> {
    log(gallery_cache).await.into_iter().map(|line| line.outcome.as_str()).collect()
}

/// What the doctor says.
fn faults(gallery_cache: &GalleryCache) -> Vec<String> {
    library::check_up(&gallery_cache.folder).unwrap().faults.into_iter().map(|fault| fault.0).collect()
}

async fn trouble(gallery_cache: &GalleryCache) -> Vec<&'static str> {
    gallery_cache.library.trouble().await.unwrap().into_iter().map(|trouble| trouble.code).collect()
}

/// The file names of all assets, by name.
async fn filenames(gallery_cache: &GalleryCache) -> Vec<String> {
    let tiles = gallery_cache.library.read(|now| {
        let places = now.gallery().slots(&Filter::default(), Sort::Name)?;
        now.assets().tiles(&places.iter().map(|place| place.asset).collect::<Vec<_>>(), None)
    });
    tiles.await.unwrap().into_iter().map(|tile| tile.filename).collect()
}

/// From now on the next program tries again what this one made.
fn by_an_older_program(connection: &Connection) {
    connection.execute_batch("UPDATE projection SET format = 1").unwrap();
}

async fn rebuilt_at_start(gallery_cache: &GalleryCache) {
    while gallery_cache.library.rebuilding().is_some() {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    gallery_cache.library.caught_up().await.unwrap();
}
