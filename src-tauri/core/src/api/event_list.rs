//! The list of events, and the values that its filters can take.

use axum::Json;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Api;
use super::filter::{moment_or_day, zone};
use super::problem::Problem;
use crate::clock::Clock;
use crate::fotoware::{Change, EventKind, Subject};
use crate::library::{Arrival, Cursor, EventFilter, EventLine, EventOutline, Filter, FilterOptions, Mark};

/// Which events to list or to export.
#[derive(Clone, Debug, Default, Deserialize, IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct EventFilterParams {
    pub kind: Option<String>,
    pub operation: Option<String>,
    pub change: Option<String>,
    /// An archive by its exact name.
    pub archive: Option<String>,
    /// What the event changed: the number of a field, or `filename`, `file_size`, `pixels`, `archive`.
    pub field: Option<String>,
    /// From this moment on, by Fotoware's time; a day such as `2026-03-04` begins at its midnight.
    pub from: Option<String>,
    /// Up to this moment, without it; a day is counted in whole.
    pub until: Option<String>,
    /// `late` or `repeated`.
    pub arrival: Option<String>,
    /// Of assets that this search finds.
    pub query: Option<String>,
    /// Time zone of the user, such as `Europe/Oslo`.
    pub tz: Option<String>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct EventPageParams {
    /// The page after that which gave this cursor.
    before: Option<String>,
    /// The page at a mark of the outline: its `created_ms` and `skip`.
    at_ms: Option<i64>,
    skip: Option<usize>,
    /// At most 500; 100 if not given.
    limit: Option<usize>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct EventPage {
    pub revision: u64,
    pub items: Vec<EventLine>,
    /// What `before` is set to for the next page; null after the last.
    pub next: Option<String>,
}

/// Everything that happened, newest first by Fotoware's time.
#[utoipa::path(get, path = "/events", params(EventFilterParams, EventPageParams), responses((status = 200, body = EventPage), (status = 422, body = Problem)))]
pub(super) async fn events(
    State(api): State<Api>,
    Query(params): Query<EventFilterParams>,
    Query(page): Query<EventPageParams>,
) -> Result<Json<EventPage>, Problem> {
    let wanted = params.read(&api.desk.clock)?;
    let before = given(page.before.as_deref())
        .map(str::parse::<Cursor>)
        .transpose()
        .map_err(|error| Problem::invalid(error.to_string()))?;
    let limit = page.limit.unwrap_or(100).min(500);
    let library = &api.desk.library;
    let revision = library.change_feed().current();
    let mark = page.at_ms.map(|created_ms| Mark { created_ms, skip: page.skip.unwrap_or(0) });
    let read = library.read(move |now| match mark {
        Some(mark) => now.events().page_at(&wanted, mark, limit),
        None => now.events().page(&wanted, before.as_ref(), limit),
    });
    let (items, next) = read.await?;
    Ok(Json(EventPage { revision, items, next: next.map(|next| next.to_string()) }))
}

/// How long the list of events is, its days, and a mark for each page of `limit` events.
#[utoipa::path(get, path = "/events/outline", operation_id = "event_outline", params(EventFilterParams, EventPageParams), responses((status = 200, body = EventOutline), (status = 422, body = Problem)))]
pub(super) async fn outline(
    State(api): State<Api>,
    Query(params): Query<EventFilterParams>,
    Query(page): Query<EventPageParams>,
) -> Result<Json<EventOutline>, Problem> {
    let wanted = params.read(&api.desk.clock)?;
    let zone = zone(params.tz.as_deref());
    let page = page.limit.unwrap_or(100).clamp(10, 500);
    Ok(Json(api.desk.library.read(move |now| now.events().outline(&wanted, page, &zone)).await?))
}

/// What there is to filter by.
#[utoipa::path(get, path = "/events/choices", operation_id = "event_choices", responses((status = 200, body = FilterOptions)))]
pub(super) async fn choices(State(api): State<Api>) -> Result<Json<FilterOptions>, Problem> {
    Ok(Json(api.desk.library.read(|now| now.events().choices()).await?))
}

impl EventFilterParams {
    pub(super) fn read(&self, clock: &Clock) -> Result<EventFilter, Problem> {
        let zone = zone(self.tz.as_deref());
        let query = given(self.query.as_deref()).filter(|query| !query.trim().is_empty());
        Ok(EventFilter {
            kind: known(self.kind.as_deref(), "kind", EventKind::parse)?,
            operation: given(self.operation.as_deref()).map(str::to_owned),
            change: known(self.change.as_deref(), "change", Change::parse)?,
            archive: given(self.archive.as_deref()).map(str::to_owned),
            changed: known(self.field.as_deref(), "field", Subject::of_key)?,
            arrival: known(self.arrival.as_deref(), "way of arrival", Arrival::parse)?,
            assets: query.map(|query| Filter::parse(query, clock.now(), &zone)),
            from: known(self.from.as_deref(), "time", |text| moment_or_day(text, &zone, 0))?,
            until: known(self.until.as_deref(), "time", |text| moment_or_day(text, &zone, 1))?,
        })
    }
}

fn known<T>(text: Option<&str>, what: &str, parse: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>, Problem> {
    given(text)
        .map(|text| parse(text).ok_or_else(|| Problem::invalid(format!("There is no {what} {text:?}."))))
        .transpose()
}

fn given(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}
