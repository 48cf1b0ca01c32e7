//! The list of events, and the values that its filters can take.

use axum::Json;
use axum::extract::{Query, State};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Api;
use super::problem::Problem;
use super::wire::{Change, Picture, base64};
use crate::clock::{Clock, Moment};
use crate::fold::fold;
use crate::fotoware::{self, EventKind, Subject};
use crate::library::{self, Cursor, Filter, Happening, Labels, Wanted};

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct EventParams {
    kind: Option<String>,
    operation: Option<String>,
    change: Option<String>,
    /// An archive by its exact name.
    archive: Option<String>,
    /// What the event changed: the number of a field, or `filename`, `file_size`, `pixels`, `archive`.
    field: Option<String>,
    /// From this moment on, by Fotoware's time; a day such as `2026-03-04` begins at its midnight.
    from: Option<String>,
    /// Up to this moment, without it; a day is counted in whole.
    until: Option<String>,
    /// Of assets that this search finds.
    query: Option<String>,
    /// Time zone of the user, such as `Europe/Oslo`.
    tz: Option<String>,
    /// The page after that which gave this cursor.
    before: Option<String>,
    /// At most 500; 100 if not given.
    limit: Option<usize>,
}

/// An event as a line.
#[derive(Serialize, ToSchema)]
pub(super) struct EventLine {
    pub event_id: String,
    pub delivery_id: i64,
    pub asset_id: String,
    /// The version that the asset is at after it.
    pub version: u64,
    pub kind: String,
    #[schema(value_type = Change)]
    pub change: String,
    pub operation: Option<String>,
    pub filename: String,
    pub previous_name: Option<String>,
    pub title: String,
    pub archive: String,
    pub created_at: String,
    pub received_at: String,
    /// What its version changed.
    pub changed: Vec<ChangedField>,
    pub thumbnail: Picture,
    /// A thumbhash in base64.
    pub placeholder: Option<String>,
}

/// A field or a property of the file, by name.
#[derive(Serialize, ToSchema)]
pub(super) struct ChangedField {
    /// The number of a metadata field; null for a property of the file.
    pub id: Option<u32>,
    /// What `field` is set to in a request.
    pub key: String,
    pub label: String,
}

#[derive(Serialize, ToSchema)]
pub(super) struct EventPage {
    pub revision: u64,
    pub items: Vec<EventLine>,
    /// What `before` is set to for the next page; null after the last.
    pub next: Option<String>,
}

/// What the filters of the list can be set to.
#[derive(Serialize, ToSchema)]
pub(super) struct EventChoices {
    pub kinds: Vec<String>,
    pub operations: Vec<String>,
    #[schema(value_type = Vec<Change>)]
    pub changes: Vec<String>,
    pub archives: Vec<String>,
    pub fields: Vec<ChangedField>,
}

/// Everything that happened, newest first by Fotoware's time.
#[utoipa::path(get, path = "/events", params(EventParams), responses((status = 200, body = EventPage), (status = 422, body = Problem)))]
pub(super) async fn events(
    State(api): State<Api>,
    Query(params): Query<EventParams>,
) -> Result<Json<EventPage>, Problem> {
    let wanted = params.read(&api.desk.clock)?;
    let before: Option<Cursor> = given(params.before.as_deref())
        .map(str::parse)
        .transpose()
        .map_err(|error: library::NotACursor| Problem::invalid(error.to_string()))?;
    let limit = params.limit.unwrap_or(100).min(500);
    let library = &api.desk.library;
    let revision = library.revisions().current();
    let (labels, lines, next) = library
        .read(move |now| {
            let (lines, next) = now.events().page(&wanted, before.as_ref(), limit)?;
            Ok((now.fields().labels()?, lines, next))
        })
        .await?;
    let items = lines.into_iter().map(|line| tell(line, &labels)).collect();
    Ok(Json(EventPage { revision, items, next: next.map(|next| next.to_string()) }))
}

/// What there is to filter by.
#[utoipa::path(get, path = "/events/choices", operation_id = "event_choices", responses((status = 200, body = EventChoices)))]
pub(super) async fn choices(State(api): State<Api>) -> Result<Json<EventChoices>, Problem> {
    let read = api.desk.library.read(|now| Ok((now.events().choices()?, now.fields().labels()?)));
    let (choices, labels) = read.await?;
    let mut fields: Vec<_> = choices.changed.into_iter().map(|subject| ChangedField::new(subject, &labels)).collect();
    // By name, as in a menu; properties of the file come first.
    fields.sort_by_cached_key(|field| (field.id.is_some(), fold(&field.label)));
    Ok(Json(EventChoices {
        kinds: choices.kinds,
        operations: choices.operations,
        changes: choices.changes,
        archives: choices.archives,
        fields,
    }))
}

impl EventParams {
    fn read(&self, clock: &Clock) -> Result<Wanted, Problem> {
        let zone = self.tz.as_deref().and_then(|name| TimeZone::get(name).ok()).unwrap_or_else(TimeZone::system);
        let query = given(self.query.as_deref()).filter(|query| !query.trim().is_empty());
        Ok(Wanted {
            kind: known(self.kind.as_deref(), "kind", EventKind::parse)?,
            operation: given(self.operation.as_deref()).map(str::to_owned),
            change: known(self.change.as_deref(), "change", fotoware::Change::parse)?,
            archive: given(self.archive.as_deref()).map(str::to_owned),
            changed: known(self.field.as_deref(), "field", subject)?,
            assets: query.map(|query| Filter::parse(query, clock.now(), &zone)),
            from: known(self.from.as_deref(), "time", |text| moment(text, &zone, 0))?,
            until: known(self.until.as_deref(), "time", |text| moment(text, &zone, 1))?,
        })
    }
}

impl ChangedField {
    fn new(subject: Subject, labels: &Labels) -> Self {
        let id = if let Subject::Field(id) = subject { Some(id) } else { None };
        Self { id, key: key(subject), label: labels.of_subject(subject) }
    }
}

fn tell(line: Happening, labels: &Labels) -> EventLine {
    EventLine {
        delivery_id: library::DeliveryId::from(line.event).0,
        event_id: line.public_id,
        asset_id: line.asset_id,
        version: line.version,
        kind: line.kind,
        change: line.change,
        operation: line.operation,
        filename: line.filename,
        previous_name: line.previous_name,
        title: line.title,
        archive: line.archive,
        created_at: line.created.to_string(),
        received_at: line.received.to_string(),
        changed: line.changed.into_iter().map(|subject| ChangedField::new(subject, labels)).collect(),
        thumbnail: line.thumbnail.into(),
        placeholder: line.placeholder.filter(|hash| !hash.is_empty()).map(|hash| base64(&hash)),
    }
}

fn key(subject: Subject) -> String {
    match subject {
        Subject::Filename => "filename".to_owned(),
        Subject::FileSize => "file_size".to_owned(),
        Subject::Pixels => "pixels".to_owned(),
        Subject::Archive => "archive".to_owned(),
        Subject::Field(id) => id.to_string(),
    }
}

fn subject(key: &str) -> Option<Subject> {
    Some(match key {
        "filename" => Subject::Filename,
        "file_size" => Subject::FileSize,
        "pixels" => Subject::Pixels,
        "archive" => Subject::Archive,
        id => Subject::Field(id.parse().ok()?),
    })
}

/// Parses RFC 3339, or a day in the user's time zone: its midnight, or the midnight `days_later` days after it.
fn moment(text: &str, zone: &TimeZone, days_later: i64) -> Option<Moment> {
    let midnight = || -> Option<Timestamp> {
        let day: Date = text.parse().ok()?;
        Some(day.checked_add(days_later.days()).ok()?.to_zoned(zone.clone()).ok()?.timestamp())
    };
    Moment::parse(text).or_else(|| Some(Moment(midnight()?.as_millisecond())))
}

fn known<T>(text: Option<&str>, what: &str, parse: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>, Problem> {
    given(text)
        .map(|text| parse(text).ok_or_else(|| Problem::invalid(format!("There is no {what} {text:?}."))))
        .transpose()
}

fn given(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_from_midnight_to_midnight_where_the_user_is() {
        let zone = TimeZone::get("Europe/Oslo").unwrap();
        let told = |text, later| moment(text, &zone, later).map(|moment| moment.to_string());
        assert_eq!(told("2026-03-29", 0).unwrap(), "2026-03-28T23:00:00.000Z");
        assert_eq!(told("2026-03-29", 1).unwrap(), "2026-03-29T22:00:00.000Z", "this day has 23 hours");
        assert_eq!(told("2026-03-29T12:00:00+02:00", 1).unwrap(), "2026-03-29T10:00:00.000Z");
        assert_eq!(told("soon", 0), None);
    }
}
