//! Event counts over time, for the strip under the gallery.

use axum::Json;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Api;
use super::filter::moment;
use super::problem::Problem;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct Part {
    /// At most so many spans, up to 400; 200 if not given.
    buckets: Option<usize>,
    /// Instead of the first event (RFC 3339).
    from: Option<String>,
    /// Instead of the last event.
    until: Option<String>,
}

/// Events by Fotoware's time, in spans of equal length.
#[derive(Serialize, ToSchema)]
pub(super) struct Histogram {
    pub revision: u64,
    /// The first and the last event of all; null if there is none.
    pub first: Option<String>,
    pub last: Option<String>,
    /// Where the first bucket begins and the last one ends: what was asked for, made larger to whole buckets. Null if
    /// there is no event at all.
    pub from: Option<String>,
    pub until: Option<String>,
    pub bucket_ms: i64,
    pub counts: Vec<u64>,
}

/// How many events there were when, by Fotoware's time: in all, or in a part of the time.
#[utoipa::path(get, path = "/histogram", params(Part), responses((status = 200, body = Histogram), (status = 422, body = Problem)))]
pub(super) async fn histogram(State(api): State<Api>, Query(part): Query<Part>) -> Result<Json<Histogram>, Problem> {
    let buckets = part.buckets.unwrap_or(200);
    let (from, until) = (moment(part.from.as_ref())?, moment(part.until.as_ref())?);
    if from.zip(until).is_some_and(|(from, until)| from >= until) {
        return Err(Problem::invalid("The end is not after the beginning."));
    }
    let library = &api.desk.library;
    let revision = library.change_feed().current();
    let told = library.read(move |now| now.events().histogram(buckets, from, until)).await?;
    let (first, last) = told.span.unzip();
    Ok(Json(Histogram {
        revision,
        first: first.map(|moment| moment.to_string()),
        last: last.map(|moment| moment.to_string()),
        from: told.span.map(|_| told.from.to_string()),
        until: told.span.map(|_| told.until.to_string()),
        bucket_ms: told.bucket_ms,
        counts: told.counts,
    }))
}
