//! One thing that is broken costs itself and nothing else: the work goes on, and what is wrong is told.

mod damage;
mod doctor;
mod fuzz;
mod poison;
mod removal;
mod settings;

use lysbord_core::library::{self, Filter, LoggedDelivery, Sort};
use rusqlite::Connection;
use serde_json::Value;

use crate::order::shelf::{Delivery, Shelf};

/// A notice for a hook.
fn delivery(hook: &str, notice: &Value) -> Delivery {
    Delivery { hook: lysbord_core::fotoware::HookKind::parse(hook).unwrap(), body: notice.to_string() }
}

async fn take_all(shelf: &Shelf, notices: &[Value]) {
    for (position, notice) in notices.iter().enumerate() {
        shelf.take(&delivery("modified", notice), position).await;
    }
    shelf.library.caught_up().await.unwrap();
}

/// The log, oldest first.
async fn log(shelf: &Shelf) -> Vec<LoggedDelivery> {
    let mut log = shelf.library.read(|now| now.deliveries().log(None, None, 10_000)).await.unwrap();
    log.reverse();
    log
}

async fn outcomes(shelf: &Shelf) -> Vec<&'static str> {
    log(shelf).await.into_iter().map(|line| line.outcome.as_str()).collect()
}

/// What the doctor says.
fn faults(shelf: &Shelf) -> Vec<String> {
    library::check_up(&shelf.folder).unwrap().faults.into_iter().map(|fault| fault.0).collect()
}

async fn trouble(shelf: &Shelf) -> Vec<&'static str> {
    shelf.library.trouble().await.unwrap().into_iter().map(|trouble| trouble.code).collect()
}

/// The file names of all assets, by name.
async fn filenames(shelf: &Shelf) -> Vec<String> {
    let tiles = shelf.library.read(|now| {
        let places = now.gallery().places(&Filter::default(), Sort::Name)?;
        now.assets().tiles(&places.iter().map(|place| place.asset).collect::<Vec<_>>(), None)
    });
    tiles.await.unwrap().into_iter().map(|tile| tile.filename).collect()
}

/// From now on the next program tries again what this one made.
fn by_an_older_program(connection: &Connection) {
    connection.execute_batch("UPDATE projection SET format = 1").unwrap();
}

async fn rebuilt_at_start(shelf: &Shelf) {
    while shelf.library.rebuilding().is_some() {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    shelf.library.caught_up().await.unwrap();
}
