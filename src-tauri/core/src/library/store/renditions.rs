//! The tables of renditions and blobs: which pictures are expected, which are kept, and why the others are missing.
//! No row names a picture that is not whole on disk: the fetcher settles a picture only after that.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::clock::Moment;
use crate::fotoware::{Pictures, Role};
use crate::library::error::LibraryError;
use crate::library::store::ids::{AssetId, EventId};
use crate::model::{BlobHash, DECODER, Flaw, Format, Missing, Picture, RenditionKey};

/// The pictures of each version that everybody expects; the large one is a gift.
const ALWAYS: [Role; 2] = [Role::Thumbnail, Role::Preview];

/// Writes down which pictures an event should have.
pub(in crate::library) fn expect(
    transaction: &Transaction<'_>,
    event: EventId,
    pictures: &Pictures,
    large_px: u32,
) -> Result<(), LibraryError> {
    let mut insert = transaction.prepare_cached(
        "INSERT OR IGNORE INTO renditions (event, role, state, reason, candidates) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for role in Role::ALL {
        let candidates = pictures.candidates(role, large_px);
        if !candidates.is_empty() {
            insert.execute(params![
                event,
                role.as_str(),
                "waiting",
                None::<&str>,
                serde_json::to_string(&candidates)?
            ])?;
        } else if ALWAYS.contains(&role) {
            let reason = Missing::NoUrl.code();
            insert.execute(params![event, role.as_str(), "missing", reason, None::<&str>])?;
        }
    }
    Ok(())
}

pub(in crate::library) fn insert_blob(
    transaction: &Transaction<'_>,
    picture: &Picture,
    looked_at: i64,
) -> Result<(), LibraryError> {
    let mut insert = transaction.prepare_cached(
        "INSERT OR IGNORE INTO blobs (hash, format, size, width, height, flaw, looked_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    let Picture { hash, format, bytes, width, height, flaw } = picture;
    let flaw = flaw.map(Flaw::as_str);
    insert.execute(params![hash.as_bytes(), format.as_str(), *bytes as i64, width, height, flaw, looked_at])?;
    Ok(())
}

/// The blob that web views show for a blob, under the alias by which a query has it: another one where one was made for
/// them, and none before one is made where they could not show it.
pub(in crate::library) fn shown_sql(alias: &str) -> String {
    format!("iif({alias}.format = 'tiff', {alias}.shown_as, coalesce({alias}.shown_as, {alias}.hash))")
}

/// How a picture stands, and which blob to show for it.
#[derive(Clone, Debug, Default)]
pub(in crate::library) struct Best {
    pub state: String,
    pub reason: Option<String>,
    pub blob: Option<[u8; 32]>,
    pub shown: Option<[u8; 32]>,
    pub unshown: Option<[u8; 32]>,
    pub is_partial: bool,
    pub size: Option<(u32, u32)>,
    pub placeholder: Option<Vec<u8>>,
    pub took_ms: Option<i64>,
}

impl Best {
    /// What [`Best::read`] reads, of a rendition `r` and its blob `b`.
    fn columns() -> String {
        format!(
            "r.state, r.reason, b.hash, {}, r.unshown, b.flaw IS NOT NULL, b.width, b.height, b.placeholder, r.took_ms",
            shown_sql("b")
        )
    }

    /// Another picture's blob where there is none of its own.
    fn or_blob_of(self, other: Option<&Self>) -> Self {
        match other {
            Some(other) if self.blob.is_none() => {
                Self { state: self.state, reason: self.reason, unshown: self.unshown, ..other.clone() }
            }
            _ => self,
        }
    }

    fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        let size: (Option<u32>, Option<u32>) = (row.get(6)?, row.get(7)?);
        Ok(Self {
            state: row.get(0)?,
            reason: row.get(1)?,
            blob: row.get(2)?,
            shown: row.get(3)?,
            unshown: row.get(4)?,
            is_partial: row.get(5)?,
            size: size.0.zip(size.1),
            placeholder: row.get(8)?,
            took_ms: row.get(9)?,
        })
    }
}

/// Those pictures of one event that an asset shows.
#[derive(Debug)]
pub(in crate::library) struct Pair {
    pub thumbnail: Best,
    pub preview: Best,
}

impl Pair {
    /// Each picture as it is, or else with the blob of another event.
    pub(in crate::library) fn or_of_others(self, thumbnail: Option<&Best>, preview: Option<&Best>) -> Self {
        Self { thumbnail: self.thumbnail.or_blob_of(thumbnail), preview: self.preview.or_blob_of(preview) }
    }
}

/// The pictures of the event that stands for the asset, each or else the last kept one of its others. Of events up to a
/// moment, if one is given.
pub(in crate::library) fn best(
    connection: &Connection,
    asset: AssetId,
    shown: EventId,
    at: Option<Moment>,
) -> Result<Pair, LibraryError> {
    let own = own(connection, shown)?;
    let until = at.map_or(i64::MAX, |at| at.0);
    let or_of_others = |own: Best, role: Role| {
        if own.blob.is_some() {
            return Ok(own);
        }
        let mut of_others = connection.prepare_cached(&format!(
            "SELECT {} FROM events e JOIN renditions r ON r.event = e.id AND r.role = ?2 AND r.state = 'kept'
             JOIN blobs b ON b.hash = r.blob
             WHERE e.asset = ?1 AND e.created_ms <= ?3
             ORDER BY e.created_ms DESC, e.turn DESC LIMIT 1",
            Best::columns()
        ))?;
        let other = of_others.query_row(params![asset, role.as_str(), until], Best::read).optional()?;
        Ok::<_, LibraryError>(own.or_blob_of(other.as_ref()))
    };
    Ok(Pair {
        thumbnail: or_of_others(own.thumbnail, Role::Thumbnail)?,
        preview: or_of_others(own.preview, Role::Preview)?,
    })
}

/// The pictures of one event.
pub(in crate::library) fn own(connection: &Connection, event: EventId) -> Result<Pair, LibraryError> {
    let mut select = connection.prepare_cached(&format!(
        "SELECT {}, r.role FROM renditions r LEFT JOIN blobs b ON b.hash = r.blob WHERE r.event = ?1",
        Best::columns()
    ))?;
    let missing = || Best { state: "missing".to_owned(), ..Best::default() };
    let mut own = Pair { thumbnail: missing(), preview: missing() };
    let mut rows = select.query([event])?;
    while let Some(row) = rows.next()? {
        match Role::parse(row.get_ref("role")?.as_str().unwrap_or_default()) {
            Some(Role::Thumbnail) => own.thumbnail = Best::read(row)?,
            Some(Role::Preview) => own.preview = Best::read(row)?,
            _ => {}
        }
    }
    Ok(own)
}

/// How thumbnail and preview stand, in one word.
pub(in crate::library) fn standing(thumbnail: &str, preview: &str) -> &'static str {
    let states = [thumbnail, preview];
    if states.contains(&"waiting") {
        "waiting"
    } else if states.contains(&"missing") {
        "missing"
    } else {
        "kept"
    }
}

/// Width over height, of what has both.
pub(in crate::library) fn ratio_of(size: Option<(u32, u32)>) -> Option<f64> {
    let (width, height) = size.filter(|(width, height)| *width > 0 && *height > 0)?;
    Some(f64::from(width) / f64::from(height))
}

impl From<Best> for RenditionState {
    fn from(best: Best) -> Self {
        Self {
            state: best.state,
            reason: best.reason.map(|code| Missing::parse(&code).map_or(code, |reason| reason.to_string())),
            hash: best.blob.and_then(|bytes| BlobHash::from_slice(&bytes)),
            shown: best.shown.and_then(|bytes| BlobHash::from_slice(&bytes)),
            unshown: best.unshown.and_then(|bytes| BlobHash::from_slice(&bytes)),
            is_partial: best.is_partial,
            width: best.size.map(|(width, _)| width),
            height: best.size.map(|(_, height)| height),
            took_ms: None,
        }
    }
}

/// How a rendition stands, for people.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RenditionState {
    /// `kept`, `waiting` or `missing`.
    pub state: String,
    pub reason: Option<String>,
    /// The bytes as they came.
    pub hash: Option<BlobHash>,
    /// What a web view shows for them; `None` also while that is still to be made.
    pub shown: Option<BlobHash>,
    /// Bytes that came for a picture that is missing: kept, but no decoder of this program shows them.
    pub unshown: Option<BlobHash>,
    /// The end of the picture is missing.
    pub is_partial: bool,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub took_ms: Option<i64>,
}

pub(in crate::library) fn of_event(
    connection: &Connection,
    event: EventId,
    role: Role,
) -> Result<Option<RenditionState>, LibraryError> {
    let mut select = connection.prepare_cached(&format!(
        "SELECT {} FROM renditions r LEFT JOIN blobs b ON b.hash = r.blob WHERE r.event = ?1 AND r.role = ?2",
        Best::columns()
    ))?;
    let best = select.query_row(params![event, role.as_str()], Best::read).optional()?;
    Ok(best.map(|best| RenditionState { took_ms: best.took_ms, ..best.into() }))
}

/// Pictures that were still waiting when the last run ended, or that found no place in the fetcher's queue.
pub fn waiting(
    connection: &Connection,
    after: Option<RenditionKey>,
    limit: usize,
) -> Result<Vec<(RenditionKey, Vec<String>)>, LibraryError> {
    let mut select = connection.prepare_cached(
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

pub fn waiting_count(connection: &Connection) -> Result<u64, LibraryError> {
    let select = "SELECT count(*) FROM renditions WHERE state = 'waiting'";
    Ok(connection.query_row(select, [], |row| row.get::<_, i64>(0))? as u64)
}

/// A blob that this program's decoders have not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unseen {
    pub hash: BlobHash,
    /// Older decoders have, and could show it.
    pub was_seen: bool,
}

/// What a look at a blob gave.
#[derive(Clone, Debug)]
pub enum Seen {
    /// It can be shown: a placeholder, what web views show for it if they cannot show it, and its size.
    Shown { placeholder: Vec<u8>, stand_in: Option<Picture>, size: (u32, u32), is_partial: bool },
    /// What older decoders made of it holds.
    AsBefore,
    /// It cannot be shown. Its bytes stay, for newer decoders.
    Hidden(Flaw),
    /// The bytes could not be read from this disk, which is not their fault.
    NotRead,
}

fn unseen_sql() -> String {
    format!(
        "SELECT hash, looked_at > 0 AND coalesce(flaw, 'partial') = 'partial' FROM blobs
         WHERE looked_at < {DECODER} ORDER BY looked_at LIMIT ?1"
    )
}

/// Some blobs that this program's decoders have not looked at, those first that none has.
pub fn unseen_blobs(connection: &Connection, limit: usize) -> Result<Vec<Unseen>, LibraryError> {
    let mut select = connection.prepare_cached(&unseen_sql())?;
    let unseen = select.query_map([limit as i64], |row| {
        Ok(Unseen { hash: BlobHash::from_bytes(row.get(0)?), was_seen: row.get(1)? })
    })?;
    Ok(unseen.collect::<Result<_, _>>()?)
}

/// Whether anything here names a blob.
pub fn is_named(connection: &Connection, hash: BlobHash) -> Result<bool, LibraryError> {
    let mut select = connection.prepare_cached("SELECT 1 FROM blobs WHERE hash = ?1")?;
    Ok(select.query_row([hash.as_bytes()], |_| Ok(())).optional()?.is_some())
}

/// Thumbnails that can be made here.
#[derive(Debug, Default)]
pub struct ToMake {
    /// Events without a thumbnail, and the preview that each has, kept and whole.
    pub found: Vec<(EventId, BlobHash)>,
    /// Up to here nothing more will be found.
    pub examined: EventId,
}

/// Looks for some thumbnails to make, after an event.
pub fn thumbnails_to_make(connection: &Connection, after: EventId, limit: usize) -> Result<ToMake, LibraryError> {
    const PAGE: usize = 20_000;
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

/// Format of a kept blob, by which it is served and named.
pub fn blob_format(connection: &Connection, hash: BlobHash) -> Result<Option<Format>, LibraryError> {
    let mut select = connection.prepare_cached("SELECT format FROM blobs WHERE hash = ?1")?;
    let format: Option<String> = select.query_row([hash.as_bytes()], |row| row.get(0)).optional()?;
    Ok(format.and_then(|format| Format::parse(&format)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::store::connection;

    /// An event's thumbnail and preview: their states, and whether the preview was looked at.
    fn write(connection: &Connection, event: i64, thumbnail: &str, preview: &str, looked_at: bool) {
        let hash = [event as u8; 32];
        let mut blob = connection
            .prepare(
                "INSERT INTO blobs (hash, format, size, width, height, looked_at) VALUES (?1, 'jpeg', 1, 1, 1, ?2)",
            )
            .unwrap();
        blob.execute(params![hash, looked_at]).unwrap();
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
        let look = |after, limit| {
            let ToMake { found, examined } = thumbnails_to_make(&connection, EventId(after), limit).unwrap();
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
            let mut explain = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let plan: String = explain.query_row([1], |row| row.get(3)).unwrap();
            assert!(plan.contains("SEARCH") && plan.contains("INDEX"), "{sql}: {plan}");
        }
    }
}
