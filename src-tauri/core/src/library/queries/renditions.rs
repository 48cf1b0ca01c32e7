//! Which pictures still want something: to be fetched, to be decoded, to have a thumbnail made.

use rusqlite::params;

use crate::fotoware::Role;
use crate::library::error::LibraryError;
use crate::library::queries::snapshot::RenditionQueries;
use crate::library::store::ids::EventId;
use crate::library::store::renditions::{blob_format, is_named};
use crate::model::{BlobHash, DECODER, Format, RenditionKey};

/// A blob that the present decoders have not been tried on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undecoded {
    pub hash: BlobHash,
    /// Whether older decoders have been tried on it, and could show it.
    pub was_decoded: bool,
}

/// Thumbnails that can be made here.
#[derive(Debug, Default)]
pub struct ToMake {
    /// Events without a thumbnail, and the preview that each has, kept and whole.
    pub found: Vec<(EventId, BlobHash)>,
    /// Up to here nothing more will be found.
    pub examined: EventId,
}

impl RenditionQueries<'_> {
    /// At most `limit` pictures that have neither come nor failed, with the URLs to try, ordered by delivery and role
    /// and beginning after `after`. They are fetched again when the last run ended too early, or when the fetcher's
    /// queue was full.
    pub fn waiting(
        self,
        after: Option<RenditionKey>,
        limit: usize,
    ) -> Result<Vec<(RenditionKey, Vec<String>)>, LibraryError> {
        let mut select = self.0.connection.prepare_cached(
            "SELECT event, role, candidates FROM renditions WHERE state = 'waiting' AND (event, role) > (?1, ?2)
             ORDER BY event, role LIMIT ?3",
        )?;
        let (event, role) = after.map_or((0, ""), |key| (key.delivery, key.role.as_str()));
        let mut rows = select.query(params![event, role, limit as i64])?;
        let mut waiting = Vec::new();
        while let Some(row) = rows.next()? {
            let Some(role) = Role::parse(row.get_ref(1)?.as_str().unwrap_or_default()) else { continue };
            let candidates: Option<String> = row.get(2)?;
            let candidates = candidates.map(|json| serde_json::from_str(&json)).transpose()?.unwrap_or_default();
            waiting.push((RenditionKey { delivery: row.get(0)?, role }, candidates));
        }
        Ok(waiting)
    }

    /// How many pictures have neither come nor failed.
    pub fn waiting_count(self) -> Result<u64, LibraryError> {
        let select = "SELECT count(*) FROM renditions WHERE state = 'waiting'";
        Ok(self.0.connection.query_row(select, [], |row| row.get::<_, i64>(0))? as u64)
    }

    /// At most `limit` blobs that the present decoders have not been tried on. Those that no decoder was tried on come
    /// first.
    pub fn undecoded(self, limit: usize) -> Result<Vec<Undecoded>, LibraryError> {
        let mut select = self.0.connection.prepare_cached(&unseen_sql())?;
        let undecoded = select.query_map([limit as i64], |row| {
            Ok(Undecoded { hash: BlobHash::from_bytes(row.get(0)?), was_decoded: row.get(1)? })
        })?;
        Ok(undecoded.collect::<Result<_, _>>()?)
    }

    /// Whether the library has a row for a blob. Bytes without one may be deleted.
    pub fn is_named(self, hash: BlobHash) -> Result<bool, LibraryError> {
        is_named(self.0.connection, hash)
    }

    /// At most `limit` thumbnails that can be made from a preview, of events after `after`.
    pub fn thumbnails_to_make(self, after: EventId, limit: usize) -> Result<ToMake, LibraryError> {
        const PAGE: usize = 20_000;
        let connection = self.0.connection;
        // Nothing is certain of an event that is not projected, or still waits for a picture.
        let certain: EventId = connection.query_row(
            "SELECT coalesce((SELECT min(event) - 1 FROM renditions WHERE state = 'waiting' AND event > ?1), through)
             FROM followers WHERE name = 'projection'",
            [after],
            |row| row.get(0),
        )?;
        let mut select = connection.prepare_cached(
            "SELECT t.event, p.blob, b.looked_at FROM renditions t
             LEFT JOIN renditions p ON p.event = t.event AND p.role = 'preview' AND p.state = 'kept'
             LEFT JOIN blobs b ON b.hash = p.blob
             WHERE t.role = 'thumbnail' AND t.state = 'missing' AND t.event > ?1 ORDER BY t.event LIMIT ?2",
        )?;
        let mut rows = select.query(params![after, PAGE as i64])?;
        let (mut found, mut seen, mut last) = (Vec::new(), 0, after);
        let mut open = None;
        while found.len() < limit
            && let Some(row) = rows.next()?
        {
            (seen, last) = (seen + 1, row.get(0)?);
            let preview = row.get::<_, Option<[u8; 32]>>(1)?.and_then(|bytes| BlobHash::from_slice(&bytes));
            match (preview, row.get(2)?) {
                (Some(preview), Some(true)) => found.push((last, preview)),
                (Some(_), _) => open = open.or(Some(EventId(last.0 - 1))),
                (None, _) => {}
            }
        }
        let reached = if seen < PAGE && found.len() < limit { certain } else { certain.min(last) };
        Ok(ToMake { found, examined: open.map_or(reached, |open| reached.min(open)).max(after) })
    }

    /// The format of a blob; `None` if the library has no row for it.
    pub fn format(self, hash: BlobHash) -> Result<Option<Format>, LibraryError> {
        blob_format(self.0.connection, hash)
    }
}

fn unseen_sql() -> String {
    format!(
        "SELECT hash, looked_at > 0 AND coalesce(flaw, 'partial') = 'partial' FROM blobs
         WHERE looked_at < {DECODER} ORDER BY looked_at LIMIT ?1"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::store::query_plan::query_plan;
    use rusqlite::Connection;

    use crate::library::queries::found_terms::FoundTerms;
    use crate::library::queries::snapshot::Snapshot;
    use crate::library::store::connection;

    /// An event's thumbnail and preview: their states, and whether the preview was looked at.
    fn write(connection: &Connection, event: i64, thumbnail: &str, preview: &str, decoded: bool) {
        let hash = [event as u8; 32];
        let mut blob = connection
            .prepare(
                "INSERT INTO blobs (hash, format, size, width, height, looked_at) VALUES (?1, 'jpeg', 1, 1, 1, ?2)",
            )
            .unwrap();
        blob.execute(params![hash, decoded]).unwrap();
        let mut picture =
            connection.prepare("INSERT INTO renditions (event, role, state, blob) VALUES (?1, ?2, ?3, ?4)").unwrap();
        for (role, state) in [("thumbnail", thumbnail), ("preview", preview)] {
            picture.execute(params![event, role, state, (state == "kept").then_some(hash)]).unwrap();
        }
    }

    #[test]
    fn thumbnails_to_make_are_looked_for_once_all_is_said_of_an_event() {
        let dir = tempfile::tempdir().unwrap();
        let connection = connection::open_for_writing(&dir.path().join("library.db")).unwrap();
        connection.execute("UPDATE followers SET through = 6", []).unwrap();
        write(&connection, 1, "missing", "kept", true);
        write(&connection, 2, "missing", "missing", false);
        write(&connection, 3, "missing", "kept", false);
        write(&connection, 4, "waiting", "kept", true);
        write(&connection, 5, "missing", "kept", true);
        write(&connection, 7, "missing", "missing", false);
        let found_terms = FoundTerms::default();
        let look = |after, limit| {
            let renditions = Snapshot::of(&connection, &found_terms).renditions();
            let ToMake { found, examined } = renditions.thumbnails_to_make(EventId(after), limit).unwrap();
            (found.iter().map(|(event, _)| event.0).collect::<Vec<_>>(), examined.0)
        };
        assert_eq!(look(0, 9), (vec![1, 5], 2), "the preview of 3 is not looked at yet");
        assert_eq!(look(0, 1), (vec![1], 1));
        connection.execute("UPDATE blobs SET looked_at = 2", []).unwrap();
        assert_eq!(look(2, 9), (vec![3, 5], 3), "4 may miss its thumbnail later");
        connection.execute("UPDATE renditions SET state = 'missing' WHERE state = 'waiting'", []).unwrap();
        assert_eq!(look(3, 9), (vec![4, 5], 6), "7 is not projected");
        assert_eq!(look(6, 9), (vec![], 6));
    }

    #[test]
    fn what_is_to_be_looked_at_is_found_by_an_index_that_is_empty_at_rest() {
        let dir = tempfile::tempdir().unwrap();
        let connection = connection::open_for_writing(&dir.path().join("library.db")).unwrap();
        for sql in [unseen_sql(), "SELECT event FROM renditions WHERE unshown = ?1".to_owned()] {
            let plan = &query_plan(&connection, &sql)[0];
            assert!(plan.contains("SEARCH") && plan.contains("INDEX"), "{sql}: {plan}");
        }
    }
}
