//! The gallery: the layout of all tiles at once, then their content page by page.

use axum::Json;
use axum::extract::{Query, State};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::ToSpan;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Api;
use super::filter::FilterParams;
use super::problem::Problem;
use crate::clock::Timestamp;
use crate::library::{AssetId, Filter, GallerySlot, NotUnderstood, Sort, Tile};

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct Slice {
    sort: Sort,
    offset: usize,
    /// At most 500 tiles or 100,000 ids; 200 if not given.
    limit: Option<usize>,
    /// Also tell how each asset is rated, which takes a little longer.
    ratings: bool,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct Shape {
    sort: Sort,
    /// An asset whose place in the order is asked for.
    anchor: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Gallery {
    pub revision: u64,
    pub total: usize,
    pub groups: Vec<GalleryGroup>,
    /// Base64 of one byte for each asset in order: width over height is 0.2 · 25^(byte/255).
    pub ratios: String,
    /// Where the asset stands that was asked for.
    pub anchor_index: Option<usize>,
    /// Terms that are no field, or no value of their field, and so were looked for as text.
    pub not_understood: Vec<NotUnderstood>,
}

/// Where a heading begins and how much is below it.
#[derive(Serialize, ToSchema)]
pub(super) struct GalleryGroup {
    /// A day such as `2026-03-04`, or a first letter.
    pub key: String,
    pub assets: usize,
    /// Everything that happened on that day, where nothing is filtered.
    pub events: Option<u64>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct AssetPage {
    pub revision: u64,
    pub total: usize,
    pub offset: usize,
    pub items: Vec<Tile>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct AssetIds {
    pub ids: Vec<String>,
}

/// The shape of the whole result: enough to lay it out before a single tile is read.
#[utoipa::path(get, path = "/gallery", params(FilterParams, Shape), responses((status = 200, body = Gallery), (status = 422, body = Problem)))]
pub(super) async fn gallery(
    State(api): State<Api>,
    Query(params): Query<FilterParams>,
    Query(shape): Query<Shape>,
) -> Result<Json<Gallery>, Problem> {
    let filter = params.read(&api.desk.clock)?;
    let sort = shape.sort;
    let library = &api.desk.library;
    let (revision, slots) = api.gallery_cache.slots(library, &filter, sort).await?;
    let terms = filter.clone();
    let not_understood = library.read(move |now| now.fields().not_understood(&terms)).await?;
    let anchor = match shape.anchor {
        Some(id) => library.read(move |now| now.assets().id_of(&id)).await?,
        None => None,
    };
    let groups = match sort {
        Sort::Newest => {
            let (mut groups, mut days) = by_day(&slots, &params.zone());
            if filter.is_everything() {
                if let Some(at) = filter.at {
                    for (_, until) in &mut days {
                        *until = Timestamp(until.0.min(at.0.saturating_add(1)));
                    }
                }
                let counts = library.read(move |now| now.events().day_counts(&days)).await?;
                for (group, events) in groups.iter_mut().zip(counts) {
                    group.events = Some(events);
                }
            }
            groups
        }
        Sort::Name => by_initial(&slots),
    };
    Ok(Json(Gallery {
        revision,
        total: slots.len(),
        groups,
        ratios: STANDARD.encode(slots.iter().map(|place| place.ratio).collect::<Vec<_>>()),
        anchor_index: anchor.and_then(|anchor| slots.iter().position(|place| place.asset == anchor)),
        not_understood,
    }))
}

/// Tiles in order.
#[utoipa::path(get, path = "/assets", params(FilterParams, Slice), responses((status = 200, body = AssetPage), (status = 422, body = Problem)))]
pub(super) async fn assets(
    State(api): State<Api>,
    Query(params): Query<FilterParams>,
    Query(slice): Query<Slice>,
) -> Result<Json<AssetPage>, Problem> {
    let filter = params.read(&api.desk.clock)?;
    let limit = slice.limit.unwrap_or(200).min(500);
    let at = filter.at;
    let (revision, assets, total) = page(&api, filter, slice.sort, slice.offset, limit).await?;
    let items = api
        .desk
        .library
        .read(move |now| {
            if slice.ratings { now.assets().tiles_with_ratings(&assets, at) } else { now.assets().tiles(&assets, at) }
        })
        .await?;
    Ok(Json(AssetPage { revision, total, offset: slice.offset, items }))
}

/// Ids in order, for a range or for all.
#[utoipa::path(get, path = "/assets/ids", params(FilterParams, Slice), responses((status = 200, body = AssetIds), (status = 422, body = Problem)))]
pub(super) async fn asset_ids(
    State(api): State<Api>,
    Query(params): Query<FilterParams>,
    Query(slice): Query<Slice>,
) -> Result<Json<AssetIds>, Problem> {
    let filter = params.read(&api.desk.clock)?;
    let limit = slice.limit.unwrap_or(200).min(100_000);
    let (_, assets, _) = page(&api, filter, slice.sort, slice.offset, limit).await?;
    let ids = api.desk.library.read(move |now| now.assets().public_ids(&assets)).await?;
    Ok(Json(AssetIds { ids }))
}

/// Reads one page. If the order of the whole gallery is not cached, tries to read only this page from the database
/// first, so that the first view comes at once.
async fn page(
    api: &Api,
    filter: Filter,
    sort: Sort,
    offset: usize,
    limit: usize,
) -> Result<(u64, Vec<AssetId>, usize), Problem> {
    let library = &api.desk.library;
    let cut = |slots: &[GallerySlot]| slots.iter().skip(offset).take(limit).map(|place| place.asset).collect();
    if let Some((revision, slots)) = api.gallery_cache.known(library, &filter, sort) {
        return Ok((revision, cut(&slots), slots.len()));
    }
    let revision = library.change_feed().current();
    let (page, total) = library.read(move |now| now.gallery().page(&filter, sort, offset, limit)).await?;
    Ok((revision, page, total))
}

type Span = (Timestamp, Timestamp);

/// Groups by the day of the last event in the user's time zone. Also returns each day as a span from midnight to
/// midnight.
fn by_day(slots: &[GallerySlot], zone: &TimeZone) -> (Vec<GalleryGroup>, Vec<Span>) {
    let mut groups: Vec<GalleryGroup> = Vec::new();
    let mut days: Vec<Span> = Vec::new();
    for place in slots {
        let same_day = days.last().is_some_and(|(from, until)| (*from..*until).contains(&place.last));
        if !same_day {
            let (key, span) = day_of(place.last, zone);
            groups.push(GalleryGroup { key, assets: 0, events: None });
            days.push(span);
        }
        if let Some(group) = groups.last_mut() {
            group.assets += 1;
        }
    }
    (groups, days)
}

fn day_of(moment: Timestamp, zone: &TimeZone) -> (String, Span) {
    let local = jiff::Timestamp::from_millisecond(moment.0).unwrap_or_default().to_zoned(zone.clone());
    let midnight = local.start_of_day().ok();
    let next = midnight.as_ref().and_then(|midnight| midnight.checked_add(1.day()).ok());
    let millis = |zoned: Option<jiff::Zoned>| zoned.map(|zoned| Timestamp(zoned.timestamp().as_millisecond()));
    let from = millis(midnight).unwrap_or(moment);
    let until = millis(next).unwrap_or(Timestamp(from.0 + 86_400_000));
    (local.date().to_string(), (from, until))
}

fn by_initial(slots: &[GallerySlot]) -> Vec<GalleryGroup> {
    let mut groups: Vec<GalleryGroup> = Vec::new();
    let mut last = None;
    for place in slots {
        if last != Some(place.initial) {
            groups.push(GalleryGroup { key: place.initial.to_string(), assets: 0, events: None });
            last = Some(place.initial);
        }
        if let Some(group) = groups.last_mut() {
            group.assets += 1;
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_where_the_user_is_also_when_the_clocks_change() {
        let zone = TimeZone::get("Europe/Oslo").unwrap();
        let place = |time: &str| GallerySlot {
            asset: AssetId(1),
            ratio: 0,
            last: Timestamp::parse(time).unwrap(),
            initial: 'a',
        };
        let slots = [place("2026-03-29T21:59:00Z"), place("2026-03-28T23:00:00Z"), place("2026-03-28T22:59:59Z")];
        let (groups, days) = by_day(&slots, &zone);
        let told: Vec<_> = groups.iter().map(|group| (group.key.as_str(), group.assets)).collect();
        assert_eq!(told, [("2026-03-29", 2), ("2026-03-28", 1)]);
        assert_eq!(days[0].1.0 - days[0].0.0, 23 * 3_600_000, "the day on which summer begins has 23 hours");
    }
}
