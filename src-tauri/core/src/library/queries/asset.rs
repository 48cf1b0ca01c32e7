//! Assets as the gallery and the inspector show them.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use url::{Host, Url};
use utoipa::ToSchema;

use crate::clock::Timestamp;
use crate::fotoware::{AssetState, Change, EventKind, FieldChange, Role, same_name};
use crate::library::error::LibraryError;
use crate::library::queries::as_json;
use crate::library::queries::notes;
use crate::library::queries::notes::{Coming, Note};
use crate::library::queries::snapshot::AssetQueries;
use crate::library::store::assets::{asset_by_public_id, public_ids};
use crate::library::store::ids::{AssetId, DeliveryId, EventId};
use crate::library::store::renditions;
use crate::library::store::renditions::RenditionState;
use crate::library::store::scale::byte_to_ratio;
use crate::library::store::words::{AssetStatus, RenditionStatus};
use crate::library::store::{asset_states, events, settings};
use crate::model::{BlobHash, Format};

/// An asset as a tile shows it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = AssetTile)]
pub struct Tile {
    #[serde(rename = "id")]
    pub public_id: String,
    pub filename: String,
    pub title: String,
    /// `present` or `deleted`.
    #[schema(value_type = String)]
    pub state: AssetStatus,
    /// What the last event did, see `Change`.
    pub change: Change,
    #[serde(rename = "changed_at", serialize_with = "as_json::text")]
    #[schema(value_type = String)]
    pub last: Timestamp,
    pub version_count: u64,
    /// Width over height.
    #[serde(serialize_with = "as_json::thousandths")]
    pub ratio: f64,
    pub archive: String,
    #[serde(serialize_with = "as_json::unless_empty")]
    #[schema(value_type = Option<String>)]
    pub doctype: String,
    /// Stars, where they were asked for and there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<u8>,
    pub thumbnail: RenditionState,
    pub preview: RenditionState,
    /// A thumbhash in base64.
    #[serde(serialize_with = "as_json::base64")]
    #[schema(value_type = Option<String>)]
    pub placeholder: Option<Vec<u8>>,
}

impl Tile {
    /// Says of which version the pictures are that are not of this one.
    fn with_versions_of_pictures(
        self,
        connection: &Connection,
        asset: AssetId,
        at: Option<Timestamp>,
    ) -> Result<Self, LibraryError> {
        let with_version =
            |picture: RenditionState, role| picture.with_version(connection, (asset, at), role, self.version_count);
        Ok(Self {
            thumbnail: with_version(self.thumbnail, Role::Thumbnail)?,
            preview: with_version(self.preview, Role::Preview)?,
            ..self
        })
    }
}

impl AssetQueries<'_> {
    /// `None` if there is no asset of this public id.
    pub fn id_of(self, public_id: &str) -> Result<Option<AssetId>, LibraryError> {
        asset_by_public_id(self.0.connection, public_id)
    }

    /// In the order of `assets`; those that are not there are left out.
    pub fn public_ids(self, assets: &[AssetId]) -> Result<Vec<String>, LibraryError> {
        public_ids(self.0.connection, assets)
    }

    /// Tiles in the order of `assets`, as of `at`; `None` is now. Assets that are not there, or were not yet, are left
    /// out.
    pub fn tiles(self, assets: &[AssetId], at: Option<Timestamp>) -> Result<Vec<Tile>, LibraryError> {
        let connection = self.0.connection;
        if let Some(at) = at {
            let tiles = assets.iter().map(|asset| tile_then(connection, *asset, at));
            return tiles.filter_map(Result::transpose).collect();
        }
        let picture_columns = |r: &str, b: &str| {
            let shown = renditions::shown_sql(b);
            format!("{r}.reason, {b}.hash, {shown}, {r}.unshown, {b}.flaw IS NOT NULL, {b}.width, {b}.height")
        };
        let mut select = connection.prepare_cached(&format!(
            "SELECT a.public_id, a.filename, a.title, a.state, a.change, a.last_ms, a.version_count, a.ratio, a.archive,
                a.doctype, coalesce(tb.placeholder, pb.placeholder), a.thumbnail_state, {}, a.preview_state, {}
             FROM assets a
             LEFT JOIN renditions tr ON tr.event = a.shown AND tr.role = 'thumbnail'
             LEFT JOIN renditions pr ON pr.event = a.shown AND pr.role = 'preview'
             LEFT JOIN blobs tb ON tb.hash = a.thumbnail
             LEFT JOIN blobs pb ON pb.hash = a.preview
             WHERE a.id = ?1",
            picture_columns("tr", "tb"),
            picture_columns("pr", "pb")
        ))?;
        let mut tiles = Vec::with_capacity(assets.len());
        for asset in assets {
            let tile = select.query_row([asset], |row| {
                let picture = |from: usize| -> rusqlite::Result<RenditionState> {
                    let hash = |column: usize| {
                        Ok::<_, rusqlite::Error>(row.get::<_, Option<[u8; 32]>>(column)?.map(BlobHash::from_bytes))
                    };
                    Ok(RenditionState {
                        state: row.get(from)?,
                        reason: renditions::reason(row, from + 1)?,
                        hash: hash(from + 2)?,
                        shown: hash(from + 3)?,
                        unshown: hash(from + 4)?,
                        is_partial: row.get(from + 5)?,
                        width: row.get(from + 6)?,
                        height: row.get(from + 7)?,
                        took_ms: None,
                        earlier_version: None,
                    })
                };
                Ok(Tile {
                    public_id: row.get(0)?,
                    rating: None,
                    filename: row.get(1)?,
                    title: row.get(2)?,
                    state: row.get(3)?,
                    change: row.get(4)?,
                    last: Timestamp(row.get(5)?),
                    version_count: row.get::<_, i64>(6)? as u64,
                    ratio: byte_to_ratio(row.get(7)?),
                    archive: row.get(8)?,
                    doctype: row.get(9)?,
                    thumbnail: picture(11)?,
                    preview: picture(19)?,
                    placeholder: row.get(10)?,
                })
            });
            let Some(tile) = tile.optional()? else { continue };
            tiles.push(tile.with_versions_of_pictures(connection, *asset, None)?);
        }
        Ok(tiles)
    }

    /// As [`Self::tiles`], with the stars of each asset. Reads each asset's whole state.
    pub fn tiles_with_ratings(self, assets: &[AssetId], at: Option<Timestamp>) -> Result<Vec<Tile>, LibraryError> {
        let mut tiles = Vec::with_capacity(assets.len());
        for asset in assets {
            let Some(tile) = self.tiles(&[*asset], at)?.pop() else { continue };
            tiles.push(Tile { rating: rating(self.0.connection, *asset, at)?, ..tile });
        }
        Ok(tiles)
    }

    /// An asset with its history, as of `at`; `None` is now. Returns `None` if there is no asset of this id, or was
    /// none then.
    pub fn detail(self, public_id: &str, at: Option<Timestamp>) -> Result<Option<Detail>, LibraryError> {
        let connection = self.0.connection;
        let Some(asset) = asset_by_public_id(connection, public_id)? else { return Ok(None) };
        let (shown, first_seen, last_seen, names) = match at {
            None => summary(connection, asset)?,
            Some(at) => {
                let Some(then) = asset_states::then(connection, asset, at)? else { return Ok(None) };
                let (names, first_seen, last_seen) = asset_states::names_and_arrival(connection, asset, at)?;
                (then.shown, first_seen, last_seen, names)
            }
        };
        let Some(tile) = self.tiles(&[asset], at)?.pop() else { return Ok(None) };
        let steps = steps(connection, asset, at)?;
        let mut seen = HashSet::new();
        let archives = steps.iter().map(|step| &step.archive);
        let archives = archives.filter(|archive| !archive.is_empty() && seen.insert(*archive)).cloned().collect();
        Ok(Some(Detail {
            former_names: former_names(names, &tile.filename),
            shown: events::state(connection, shown)?.unwrap_or_default(),
            first_seen,
            last_seen,
            archives,
            large: renditions::of_event(connection, shown, Role::Large)?,
            steps,
            tile,
        }))
    }

    /// The thumbnail by which an asset is shown now, in a format that web views show. `None` if none is kept, if that
    /// format is still to be made, or if there is no such asset.
    pub fn thumbnail(self, public_id: &str) -> Result<Option<BlobHash>, LibraryError> {
        let Some(asset) = self.id_of(public_id)? else { return Ok(None) };
        Ok(self.tiles(&[asset], None)?.first().and_then(|tile| tile.thumbnail.shown))
    }
}

fn tile_then(connection: &Connection, asset: AssetId, at: Timestamp) -> Result<Option<Tile>, LibraryError> {
    let Some(then) = asset_states::then(connection, asset, at)? else { return Ok(None) };
    let mut select = connection.prepare_cached("SELECT filename, title FROM events WHERE id = ?1")?;
    let (filename, title) = select.query_row([then.shown], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let Some(public_id) = public_ids(connection, &[asset])?.pop() else { return Ok(None) };
    let renditions::ShownPictures { thumbnail, preview } = renditions::best(connection, asset, then.shown, Some(at))?;
    let tile = Tile {
        public_id,
        rating: None,
        filename,
        title,
        state: then.state,
        change: then.change,
        last: then.from,
        version_count: then.version_count,
        ratio: byte_to_ratio(then.ratio),
        archive: then.archive,
        doctype: then.doctype,
        placeholder: thumbnail.placeholder.clone().or_else(|| preview.placeholder.clone()),
        thumbnail: thumbnail.into(),
        preview: preview.into(),
    };
    Ok(Some(tile.with_versions_of_pictures(connection, asset, Some(at))?))
}

/// How many stars an asset has in Fotoware's field for them, as of `at`; `None` if that is empty or no number.
fn rating(connection: &Connection, asset: AssetId, at: Option<Timestamp>) -> Result<Option<u8>, LibraryError> {
    const RATING: u32 = 320;
    let state = match at {
        Some(at) => state_at(connection, asset, at)?,
        None => events::state(connection, summary(connection, asset)?.0)?,
    };
    let state = state.unwrap_or_default();
    let value = state.metadata.get(&RATING).and_then(|values| values.first());
    Ok(value.and_then(|value| value.trim().parse().ok()))
}

/// An asset as the inspector shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Detail {
    pub tile: Tile,
    pub shown: AssetState,
    pub first_seen: Timestamp,
    pub last_seen: Timestamp,
    /// File names that it had before, the latest first, each once.
    pub former_names: Vec<String>,
    /// Every archive that it was seen in, the latest first.
    pub archives: Vec<String>,
    pub large: Option<RenditionState>,
    /// Its events, the latest first.
    pub steps: Vec<HistoryEntry>,
}

/// An asset as it was at a moment, without its history.
pub(in crate::library) struct AsOf {
    pub tile: Tile,
    pub state: AssetState,
    pub first_seen: Timestamp,
    pub last_seen: Timestamp,
    /// The preview of the version that was shown; `None` if that is not kept.
    pub preview: Option<(BlobHash, Format)>,
}

/// `None` if the asset was not known yet.
pub(in crate::library) fn as_of(
    connection: &Connection,
    asset: AssetId,
    at: Timestamp,
) -> Result<Option<AsOf>, LibraryError> {
    let Some(tile) = tile_then(connection, asset, at)? else { return Ok(None) };
    let (_, first_seen, last_seen) = asset_states::names_and_arrival(connection, asset, at)?;
    let own = tile.preview.hash.filter(|_| tile.preview.state == RenditionStatus::Kept);
    let format = own.map(|hash| renditions::blob_format(connection, hash)).transpose()?.flatten();
    let state = state_at(connection, asset, at)?.unwrap_or_default();
    Ok(Some(AsOf { tile, state, first_seen, last_seen, preview: own.zip(format) }))
}

/// The state of the version that an asset was shown by at a moment; `None` if it was not known yet.
pub(in crate::library) fn state_at(
    connection: &Connection,
    asset: AssetId,
    at: Timestamp,
) -> Result<Option<AssetState>, LibraryError> {
    let Some(then) = asset_states::then(connection, asset, at)? else { return Ok(None) };
    events::state(connection, then.shown)
}

/// One event in an asset's history.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryEntry {
    pub event: EventId,
    pub public_id: String,
    /// The version that the asset is at after it.
    pub version: u64,
    pub kind: EventKind,
    pub change: Change,
    pub operation: Option<String>,
    pub created: Timestamp,
    pub received: Timestamp,
    pub filename: String,
    pub previous_name: Option<String>,
    pub title: String,
    pub archive: String,
    pub file_size: Option<u64>,
    pub pixel_width: Option<u64>,
    pub pixel_height: Option<u64>,
    /// A hash of its metadata and its size in pixels.
    pub fields_hash: i64,
    pub opens_version: bool,
    pub changes: Vec<FieldChange>,
    /// What is odd about it.
    pub notes: Vec<Note>,
    pub thumbnail: RenditionState,
    pub preview: RenditionState,
    pub large: Option<RenditionState>,
}

impl HistoryEntry {
    pub fn delivery(&self) -> DeliveryId {
        self.event.into()
    }
}

/// Each name once, whatever its case; without the present one.
fn former_names(names: Vec<String>, now: &str) -> Vec<String> {
    let mut former: Vec<String> = Vec::new();
    for name in names {
        if !same_name(&name, now) && !former.iter().any(|known| same_name(known, &name)) {
            former.push(name);
        }
    }
    former
}

type Summary = (EventId, Timestamp, Timestamp, Vec<String>);

fn summary(connection: &Connection, asset: AssetId) -> Result<Summary, LibraryError> {
    let mut select =
        connection.prepare_cached("SELECT shown, first_seen_ms, last_seen_ms, names FROM assets WHERE id = ?1")?;
    let (shown, first_seen, last_seen, names): (EventId, i64, i64, String) =
        select.query_row([asset], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    Ok((shown, Timestamp(first_seen), Timestamp(last_seen), serde_json::from_str(&names)?))
}

const STEPS: &str = "SELECT e.id, e.public_id, e.version, e.kind, e.change, e.operation, e.created_ms, e.received_ms,
        e.filename, e.previous_name, e.title, e.archive, e.file_size, c.changes, e.opens_version, e.gap AND e.opens_version,
        (SELECT count(*) FROM deliveries d WHERE d.outcome = 'duplicate' AND d.dedupe = unhex(e.public_id)), e.joined,
        e.pixel_width, e.pixel_height, e.fields_hash, e.href,
        (SELECT d.import IS NULL FROM deliveries d WHERE d.id = e.id)
     FROM events e
     LEFT JOIN changes c ON c.event = e.id AND e.opens_version
     WHERE e.asset = ?1 AND e.created_ms <= ?2
     ORDER BY e.created_ms DESC, e.turn DESC";

fn steps(connection: &Connection, asset: AssetId, at: Option<Timestamp>) -> Result<Vec<HistoryEntry>, LibraryError> {
    let mut select = connection.prepare_cached(STEPS)?;
    let mut rows = select.query(params![asset, at.map_or(i64::MAX, |at| at.0)])?;
    let pretend_tenants = settings::load(connection)?.pretend_tenants;
    let mut steps = Vec::new();
    while let Some(row) = rows.next()? {
        let event: EventId = row.get(0)?;
        let number = |column| Ok::<_, LibraryError>(row.get::<_, Option<i64>>(column)?.map(|number| number as u64));
        let changes: Option<String> = row.get(13)?;
        let mut step = HistoryEntry {
            event,
            public_id: row.get(1)?,
            version: row.get::<_, Option<i64>>(2)?.unwrap_or(0) as u64,
            kind: row.get(3)?,
            change: row.get(4)?,
            operation: row.get(5)?,
            created: Timestamp(row.get(6)?),
            received: Timestamp(row.get(7)?),
            filename: row.get(8)?,
            previous_name: row.get(9)?,
            title: row.get(10)?,
            archive: row.get(11)?,
            file_size: number(12)?,
            pixel_width: number(18)?,
            pixel_height: number(19)?,
            fields_hash: row.get(20)?,
            opens_version: row.get(14)?,
            changes: changes.map(|json| serde_json::from_str(&json)).transpose()?.unwrap_or_default(),
            notes: Vec::new(),
            thumbnail: renditions::of_event(connection, event, Role::Thumbnail)?.unwrap_or_default(),
            preview: renditions::of_event(connection, event, Role::Preview)?.unwrap_or_default(),
            large: renditions::of_event(connection, event, Role::Large)?,
        };
        let href = row.get_ref(21)?.as_str().map_err(rusqlite::Error::from)?;
        let coming = Coming {
            heard: row.get::<_, Option<bool>>(22)?.unwrap_or(true)
                && !is_at(href, &pretend_tenants)
                && !is_on_this_computer(href),
            gap: row.get(15)?,
            sent_again: row.get::<_, i64>(16)? as u64,
            joined: row.get(17)?,
        };
        step.notes = notes::of_step(&step, coming);
        steps.push(step);
    }
    notes::note_restores(&mut steps);
    Ok(steps)
}

/// Whether an address is at one of these sites.
fn is_at(href: &str, sites: &[String]) -> bool {
    sites.iter().any(|site| href.strip_prefix(site.as_str()).is_some_and(|path| path.starts_with('/')))
}

/// Whether an address is on the computer that Lysbord runs on: no Fotoware calls itself so, but `lysbord demo` does, and tells
/// a past that it makes up.
fn is_on_this_computer(href: &str) -> bool {
    let Ok(address) = Url::parse(href) else { return false };
    match address.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::store::query_plan::query_plan;

    #[test]
    fn a_history_is_read_by_indexes_alone() {
        let dir = tempfile::tempdir().unwrap();
        let connection = crate::library::store::connection::open_for_writing(&dir.path().join("library.db")).unwrap();
        let plan = query_plan(&connection, STEPS);
        assert!(plan.iter().any(|step| step.contains("events_by_asset")), "{plan:?}");
        assert!(plan.iter().any(|step| step.contains("COVERING INDEX deliveries_again")), "{plan:?}");
        assert!(plan.iter().all(|step| !step.starts_with("SCAN")), "{plan:?}");
    }
}
