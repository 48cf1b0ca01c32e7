//! Writes the rows of [`crate::library::store::asset_states`].
//!
//! The replay of an asset's events goes forward in time, so what it makes of the events up to a moment is what a
//! library would show that had heard of no others. Pictures are not history: those that are kept today are shown.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::fotoware::{Change, EventKind, Role};
use crate::library::error::LibraryError;
use crate::library::projection::identity_replay::AssetHistory;
use crate::library::store::asset_states::NOW;
use crate::library::store::events::ClusterEvent;
use crate::library::store::ids::{AssetId, EventId};
use crate::library::store::renditions::{self, ShownPictures};
use crate::library::store::scale::{name_key, ratio_to_byte};
use crate::library::store::words::{AssetStatus, RenditionStatus};

/// What an asset was from one of its events until the next.
#[derive(Debug, PartialEq)]
pub(in crate::library) struct Span<'a> {
    pub event: EventId,
    pub from_ms: i64,
    pub until_ms: i64,
    pub shown: EventId,
    pub version_count: u32,
    pub status: AssetStatus,
    pub change: Change,
    pub filename: &'a str,
    pub archive: &'a str,
    pub doctype: &'a str,
    /// Width over height, as the notices say. That of a kept picture is preferred.
    pub ratio: Option<f64>,
}

/// The spans of an asset, in order. `told` are the events of its steps.
pub(in crate::library) fn spans<'a>(history: &AssetHistory, told: &[&'a ClusterEvent]) -> Vec<Span<'a>> {
    let mut spans: Vec<Span<'a>> = Vec::with_capacity(told.len());
    let (mut shown, mut version_count, mut ratio) = (0, 0, None);
    for (nth, (step, event)) in history.steps.iter().zip(told).enumerate() {
        if step.opens_version {
            shown = nth;
            version_count += 1;
        }
        ratio = event.ratio.or(ratio);
        if let Some(before) = spans.last_mut() {
            before.until_ms = event.step.created_ms;
        }
        spans.push(Span {
            event: step.event,
            from_ms: event.step.created_ms,
            until_ms: NOW,
            shown: told[shown].step.event,
            version_count,
            status: AssetStatus::of(event.step.kind == EventKind::Deleted),
            change: event.change,
            filename: &told[shown].filename,
            archive: &told[shown].archive,
            doctype: &told[shown].doctype,
            ratio,
        });
    }
    spans
}

/// Rewrites the asset's rows from the first that differs. All its events must be in their places. Returns the current
/// pictures if every row was rewritten, otherwise `None`.
pub(in crate::library) fn write(
    transaction: &Transaction<'_>,
    asset: AssetId,
    history: &AssetHistory,
    told: &[&ClusterEvent],
) -> Result<Option<ShownPictures>, LibraryError> {
    let spans = spans(history, told);
    let mut select = transaction.prepare_cached("SELECT event FROM moments WHERE asset = ?1 ORDER BY nth")?;
    let known: Vec<EventId> = select.query_map([asset], |row| row.get(0))?.collect::<Result<_, _>>()?;
    // What a span tells follows from the events up to it, and only its end from the next.
    let same = spans.iter().zip(&known).take_while(|(span, event)| span.event == **event).count();
    if same == spans.len() && same == known.len() {
        return Ok(None);
    }
    if known.len() > same {
        transaction
            .prepare_cached(
                "DELETE FROM search_earlier WHERE rowid IN (SELECT event FROM moments WHERE asset = ?1 AND nth >= ?2)",
            )?
            .execute(params![asset, same as i64])?;
        transaction
            .prepare_cached("DELETE FROM moments WHERE asset = ?1 AND nth >= ?2")?
            .execute(params![asset, same as i64])?;
    }
    if let Some(last) = same.checked_sub(1) {
        transaction
            .prepare_cached("UPDATE moments SET until_ms = ?3 WHERE asset = ?1 AND nth = ?2")?
            .execute(params![asset, last as i64, spans[last].until_ms])?;
    }
    let mut insert = transaction.prepare_cached(
        "INSERT INTO moments (asset, nth, event, from_ms, until_ms, shown, version_count, public_id, name_key, state,
            change, archive, picture, doctype, ratio)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    )?;
    let mut pictures = match spans.get(same) {
        Some(span) if same > 0 => Pictures::earlier(transaction, asset, span.from_ms, span.event)?,
        _ => Pictures::default(),
    };
    for (nth, span) in spans.iter().enumerate().skip(same) {
        pictures.pass(transaction, span.event)?;
        let picture = pictures.chosen(transaction, span.shown)?;
        insert.execute(params![
            asset,
            nth as i64,
            span.event,
            span.from_ms,
            span.until_ms,
            span.shown,
            span.version_count,
            history.public_id,
            name_key(span.filename),
            span.status,
            span.change,
            span.archive,
            picture.standing,
            span.doctype,
            picture.ratio.unwrap_or_else(|| ratio_to_byte(span.ratio.unwrap_or(1.5))),
        ])?;
    }
    Ok(spans.last().filter(|_| same == 0).and_then(|last| pictures.at_last(last.shown)))
}

/// Updates the rows that may show a picture of this event, after it came or went.
pub(in crate::library) fn choose_pictures(
    transaction: &Transaction<'_>,
    asset: AssetId,
    event: EventId,
) -> Result<(), LibraryError> {
    struct Row {
        nth: i64,
        event: EventId,
        from_ms: i64,
        shown: EventId,
        picture: RenditionStatus,
        ratio: u8,
    }
    let mut select = transaction.prepare_cached(
        "SELECT nth, event, from_ms, shown, picture, ratio FROM moments
         WHERE asset = ?1 AND from_ms >= (SELECT created_ms FROM events WHERE id = ?2) ORDER BY nth",
    )?;
    let rows = select.query_map(params![asset, event], |row| {
        Ok(Row {
            nth: row.get(0)?,
            event: row.get(1)?,
            from_ms: row.get(2)?,
            shown: row.get(3)?,
            picture: row.get(4)?,
            ratio: row.get(5)?,
        })
    })?;
    let mut rows = rows.skip_while(|row| row.as_ref().is_ok_and(|row| row.event != event));
    let Some(first) = rows.next().transpose()? else { return Ok(()) };
    let mut pictures = Pictures::earlier(transaction, asset, first.from_ms, first.event)?;
    let mut update =
        transaction.prepare_cached("UPDATE moments SET picture = ?3, ratio = ?4 WHERE asset = ?1 AND nth = ?2")?;
    let mut changed = Vec::new();
    let mut newer = [false; 2];
    for row in std::iter::once(Ok(first)).chain(rows) {
        let row = row?;
        let kept = pictures.pass(transaction, row.event)?;
        if row.event != event {
            newer = [newer[0] || kept[0], newer[1] || kept[1]];
        }
        if row.shown != event && newer == [true, true] {
            break;
        }
        let picture = pictures.chosen(transaction, row.shown)?;
        let ratio = picture.ratio.unwrap_or(row.ratio);
        if picture.standing != row.picture || ratio != row.ratio {
            changed.push((row.nth, picture.standing, ratio));
        }
    }
    for (nth, standing, ratio) in changed {
        update.execute(params![asset, nth, standing, ratio])?;
    }
    Ok(())
}

/// The newest kept pictures while an asset's events are walked forward. Thumbnails are at index 0, previews at 1.
#[derive(Default)]
struct Pictures {
    /// Their sizes in pixels.
    kept: [Option<(u32, u32)>; 2],
    /// The events that they belong to; `None` for those from before the walk.
    of: [Option<EventId>; 2],
    /// The pictures of the events that were walked, each read once.
    own: HashMap<EventId, ShownPictures>,
}

struct Chosen {
    standing: RenditionStatus,
    ratio: Option<u8>,
}

impl Pictures {
    /// Begins the walk at `event`, with what is kept of the events before it.
    fn earlier(connection: &Connection, asset: AssetId, from_ms: i64, event: EventId) -> Result<Self, LibraryError> {
        let mut select = connection.prepare_cached(
            "SELECT b.width, b.height FROM events e JOIN events now ON now.id = ?3
             JOIN renditions r ON r.event = e.id AND r.role = ?4 AND r.state = 'kept'
             JOIN blobs b ON b.hash = r.blob
             WHERE e.asset = ?1 AND e.created_ms <= ?2
                AND (e.created_ms, e.turn) < (now.created_ms, now.turn)
             ORDER BY e.created_ms DESC, e.turn DESC LIMIT 1",
        )?;
        let mut last = |role: Role| {
            let size = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
            select.query_row(params![asset, from_ms, event, role.as_str()], size).optional()
        };
        Ok(Self { kept: [last(Role::Thumbnail)?, last(Role::Preview)?], ..Self::default() })
    }

    /// Walks past an event. Returns which of its pictures are kept.
    fn pass(&mut self, connection: &Connection, event: EventId) -> Result<[bool; 2], LibraryError> {
        let own = self.own(connection, event)?;
        let sizes = [own.thumbnail.size, own.preview.size];
        let kept = sizes.map(|size| size.is_some());
        for role in 0..2 {
            if kept[role] {
                (self.kept[role], self.of[role]) = (sizes[role], Some(event));
            }
        }
        Ok(kept)
    }

    /// The status of the pictures of `shown`, and the aspect ratio of what is shown for it now.
    fn chosen(&mut self, connection: &Connection, shown: EventId) -> Result<Chosen, LibraryError> {
        let kept = self.kept;
        let ShownPictures { thumbnail, preview } = self.own(connection, shown)?;
        let shape = preview.size.or(kept[1]).or(thumbnail.size).or(kept[0]);
        Ok(Chosen {
            standing: renditions::standing(thumbnail.state, preview.state),
            ratio: renditions::ratio_of(shape).map(ratio_to_byte),
        })
    }

    /// The pictures to show at the end of the walk: those of `shown`, or for each that is missing the newest one met.
    fn at_last(mut self, shown: EventId) -> Option<ShownPictures> {
        let pair = self.own.remove(&shown)?;
        let [thumbnail, preview] = self.of.map(|event| self.own.get(&event?));
        Some(pair.or_of_others(thumbnail.map(|pair| &pair.thumbnail), preview.map(|pair| &pair.preview)))
    }

    fn own(&mut self, connection: &Connection, event: EventId) -> Result<&ShownPictures, LibraryError> {
        Ok(match self.own.entry(event) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(renditions::own(connection, event)?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::store::connection;

    /// A row that cannot be read is no end of the rows.
    #[test]
    fn a_history_that_cannot_be_read_is_an_error_and_not_an_end() {
        for unreadable in [0, 1] {
            let dir = tempfile::tempdir().unwrap();
            let mut connection = connection::open_for_writing(&dir.path().join("library.db")).unwrap();
            connection.pragma_update(None, "foreign_keys", false).unwrap();
            for event in 0..2 {
                connection
                    .execute(
                        "INSERT INTO events (id, public_id, received_ms, created_ms, modified_ms, kind, change, filename,
                            title, archive, href, state_hash, fields_hash, identity, cluster, asset)
                         VALUES (?1, ?1, 0, ?1, 0, '', '', '', '', '', '', 0, 0, '', 0, 7)",
                        [event],
                    )
                    .unwrap();
                // No ratio is as large as that.
                let ratio = if event == unreadable { 999 } else { 9 };
                connection
                    .execute(
                        "INSERT INTO moments (asset, nth, event, from_ms, until_ms, shown, version_count, public_id,
                            name_key, state, change, archive, picture, doctype, ratio)
                         VALUES (7, ?1, ?1, ?1, 9, ?1, 1, '', '', 'present', '', '', '', '', ?2)",
                        [event, ratio],
                    )
                    .unwrap();
            }
            let transaction = connection.transaction().unwrap();
            let chosen = choose_pictures(&transaction, AssetId(7), EventId(0));
            assert!(matches!(chosen, Err(LibraryError::Sqlite(_))), "row {unreadable}: {chosen:?}");
        }
    }
}
