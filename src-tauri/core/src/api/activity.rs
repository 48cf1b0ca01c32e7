//! How much happened in a span of time, for the report.

use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use utoipa::IntoParams;

use super::Api;
use super::filter::{moment_or_day, zone};
use super::problem::Problem;
use crate::library::Activity;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ActivityParams {
    /// From this moment on, by Fotoware's time; a day such as `2026-03-04` begins at its midnight.
    pub from: String,
    /// Up to this moment, without it; a day is counted in whole.
    pub until: String,
    /// Time zone of the user, such as `Europe/Oslo`.
    pub tz: Option<String>,
}

/// How much happened, and to what.
#[utoipa::path(get, path = "/activity", params(ActivityParams), responses((status = 200, body = Activity), (status = 422, body = Problem)))]
pub(super) async fn activity(
    State(api): State<Api>,
    Query(params): Query<ActivityParams>,
) -> Result<Json<Activity>, Problem> {
    let zone = zone(params.tz.as_deref());
    let read = |text: &str, days_later| {
        moment_or_day(text, &zone, days_later)
            .ok_or_else(|| Problem::invalid(format!("{text:?} is no time such as 2026-03-04 or 2026-03-04T12:00:00Z.")))
    };
    let (from, until) = (read(&params.from, 0)?, read(&params.until, 1)?);
    Ok(Json(api.desk.library.read(move |now| now.events().activity(from, until, &zone)).await?))
}
