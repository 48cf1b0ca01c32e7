//! The counts beside the gallery.

use rusqlite::Connection;

use crate::clock::Timestamp;
use crate::fold::fold;
use crate::fotoware::Change;
use crate::library::error::LibraryError;
use crate::library::queries::snapshot::{EventQueries, GalleryQueries};
use crate::library::store::set_aside::set_aside_counts;
use crate::library::store::words::{AssetStatus, RenditionStatus};

/// Counts for the sidebar.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    pub assets: u64,
    pub events: u64,
    pub present: u64,
    pub deleted: u64,
    /// Assets whose last event was an upload.
    pub new_versions: u64,
    pub missing_picture: u64,
    pub unreadable: u64,
    /// Deliveries that are damaged on this disk, that could not be shown, or that the log did not accept.
    pub set_aside: u64,
    /// Names with their number of assets, sorted by name.
    pub archives: Vec<(String, u64)>,
}

impl GalleryQueries<'_> {
    /// The counts as of `at`; `None` is now.
    pub fn overview(self, at: Option<Timestamp>) -> Result<Overview, LibraryError> {
        let connection = self.0.connection;
        let mut overview = Overview::default();
        for (archive, of_archive) in by_archive(connection, at)? {
            overview.assets += of_archive.assets;
            overview.deleted += of_archive.deleted;
            overview.new_versions += of_archive.new_versions;
            overview.missing_picture += of_archive.missing_picture;
            if !archive.is_empty() {
                overview.archives.push((archive, of_archive.assets));
            }
        }
        overview.present = overview.assets - overview.deleted;
        overview.events = self.0.events().count_until(at)?;
        // What cannot be read tells no time of its own, and its list is always that of now.
        let mut unreadable = connection.prepare_cached(UNREADABLE)?;
        overview.unreadable = unreadable.query_row([], |row| row.get::<_, i64>(0))? as u64;
        // What was read once and cannot be any more is listed beside what never could.
        let counts = set_aside_counts(connection)?;
        overview.unreadable += counts.unreadable;
        overview.set_aside = counts.damaged + counts.failed + counts.unstored;
        Ok(overview)
    }
}

#[derive(Default)]
struct OfArchive {
    assets: u64,
    deleted: u64,
    new_versions: u64,
    missing_picture: u64,
}

/// Sorted by name, whatever its case.
fn by_archive(connection: &Connection, at: Option<Timestamp>) -> Result<Vec<(String, OfArchive)>, LibraryError> {
    let mut archives: Vec<(String, OfArchive)> = Vec::new();
    let Some(at) = at else {
        let mut select = connection.prepare_cached(BY_ARCHIVE)?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let count = |column| row.get::<_, i64>(column).map(|number| number as u64);
            let counts = OfArchive {
                assets: count(1)?,
                deleted: count(2)?,
                new_versions: count(3)?,
                missing_picture: count(4)?,
            };
            archives.push((row.get(0)?, counts));
        }
        return Ok(by_name(archives));
    };
    // Archives are few: counting here is faster than sorting all assets by archive first.
    let mut select = connection.prepare_cached(THEN)?;
    let mut rows = select.query([at.0])?;
    while let Some(row) = rows.next()? {
        let is = |column, word: &str| {
            Ok::<_, LibraryError>(u64::from(row.get_ref(column)?.as_str().is_ok_and(|told| told == word)))
        };
        let name = row.get_ref(0)?.as_str().unwrap_or_default();
        let known = archives.iter().position(|(archive, _)| archive == name);
        let at = known.unwrap_or_else(|| {
            archives.push((name.to_owned(), OfArchive::default()));
            archives.len() - 1
        });
        let counts = &mut archives[at].1;
        counts.assets += 1;
        counts.deleted += is(1, AssetStatus::Deleted.as_str())?;
        counts.new_versions += is(2, Change::NewVersion.as_str())?;
        counts.missing_picture += is(3, RenditionStatus::Missing.as_str())?;
    }
    Ok(by_name(archives))
}

fn by_name(mut archives: Vec<(String, OfArchive)>) -> Vec<(String, OfArchive)> {
    archives.sort_by_cached_key(|(archive, _)| (fold(archive), archive.clone()));
    archives
}

const BY_ARCHIVE: &str = "SELECT archive, sum(assets), sum(assets * (state = 'deleted')),
        sum(assets * (change = 'new_version')), sum(assets * (picture = 'missing'))
     FROM asset_counts GROUP BY archive";

const THEN: &str = "SELECT archive, state, change, picture FROM moments INDEXED BY moments_newest
     WHERE from_ms <= ?1 AND until_ms > ?1";

const UNREADABLE: &str = "SELECT count(*) FROM deliveries WHERE outcome = 'unreadable'";

impl EventQueries<'_> {
    /// How many events were created in each of these spans, in the same order. The end of a span does not belong to it.
    pub fn day_counts(self, days: &[(Timestamp, Timestamp)]) -> Result<Vec<u64>, LibraryError> {
        let mut select = self.0.connection.prepare_cached(BY_DAY)?;
        days.iter()
            .map(|(from, until)| Ok(select.query_row([from.0, until.0], |row| row.get::<_, i64>(0))? as u64))
            .collect()
    }
}

const BY_DAY: &str = "SELECT count(*) FROM events WHERE created_ms >= ?1 AND created_ms < ?2";

#[cfg(test)]
mod tests {

    use super::*;
    use crate::library::store::query_plan::query_plan;

    #[test]
    fn the_sidebar_reads_covering_indexes_only() {
        let dir = tempfile::tempdir().unwrap();
        let connection = crate::library::store::connection::open_for_writing(&dir.path().join("library.db")).unwrap();
        for (sql, index) in
            [(BY_DAY, "events_by_time"), (UNREADABLE, "deliveries_by_outcome"), (THEN, "moments_newest (from_ms<?)")]
        {
            let plan = &query_plan(&connection, sql)[0];
            assert!(plan.contains(&format!("COVERING INDEX {index}")), "{plan}");
        }
    }
}
