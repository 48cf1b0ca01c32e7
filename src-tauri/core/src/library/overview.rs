//! The numbers beside the gallery.

use rusqlite::Connection;

use super::LibraryError;
use crate::clock::Moment;

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
    /// By name, with their assets.
    pub archives: Vec<(String, u64)>,
}

pub fn overview(connection: &Connection) -> Result<Overview, LibraryError> {
    let mut overview = Overview::default();
    let mut select = connection.prepare_cached(BY_ARCHIVE)?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let archive: String = row.get(0)?;
        let count = |column| row.get::<_, i64>(column).map(|number| number as u64);
        let assets = count(1)?;
        overview.assets += assets;
        overview.deleted += count(2)?;
        overview.new_versions += count(3)?;
        overview.missing_picture += count(4)?;
        if !archive.is_empty() {
            overview.archives.push((archive, assets));
        }
    }
    overview.present = overview.assets - overview.deleted;
    let count = |sql: &str| -> Result<u64, LibraryError> {
        Ok(connection.prepare_cached(sql)?.query_row([], |row| row.get::<_, i64>(0))? as u64)
    };
    overview.events = count("SELECT count(*) FROM events")?;
    overview.unreadable = count("SELECT count(*) FROM deliveries WHERE outcome = 'unreadable'")?;
    Ok(overview)
}

const BY_ARCHIVE: &str = "SELECT archive, count(*), sum(state = 'deleted'),
        sum(change = 'new_version'), sum(picture = 'missing')
     FROM assets INDEXED BY assets_by_archive GROUP BY archive ORDER BY archive COLLATE NOCASE";

/// How many events were created in each of these spans, which follow each other: from one moment up to the next.
pub fn day_counts(connection: &Connection, days: &[(Moment, Moment)]) -> Result<Vec<u64>, LibraryError> {
    let mut select =
        connection.prepare_cached("SELECT count(*) FROM events WHERE created_ms >= ?1 AND created_ms < ?2")?;
    days.iter()
        .map(|(from, until)| Ok(select.query_row([from.0, until.0], |row| row.get::<_, i64>(0))? as u64))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sidebar_reads_covering_indexes_only() {
        let dir = tempfile::tempdir().unwrap();
        let connection = super::super::connection::open_for_writing(&dir.path().join("library.db")).unwrap();
        for (sql, index) in [
            (BY_ARCHIVE, "assets_by_archive"),
            ("SELECT count(*) FROM events WHERE created_ms >= 1 AND created_ms < 2", "events_by_time"),
            ("SELECT count(*) FROM deliveries WHERE outcome = 'unreadable'", "deliveries_by_outcome"),
        ] {
            let plan: String =
                connection.query_row(&format!("EXPLAIN QUERY PLAN {sql}"), [], |row| row.get(3)).unwrap();
            assert!(plan.contains(&format!("COVERING INDEX {index}")), "{plan}");
        }
    }
}
