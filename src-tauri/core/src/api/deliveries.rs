//! The log of what came in, for whoever wants to see it as it came.

use axum::Json;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use utoipa::IntoParams;

use super::Api;
use super::problem::Problem;
use super::wire::{DeliveryBody, DeliveryPage, Outcome};
use crate::library::{self, DeliveryId};

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct LogParams {
    outcome: Option<Outcome>,
    /// Only those that came before this one.
    before: Option<i64>,
    limit: Option<usize>,
}

/// Deliveries, newest first.
#[utoipa::path(get, path = "/deliveries", params(LogParams), responses((status = 200, body = DeliveryPage)))]
pub(super) async fn deliveries(
    State(api): State<Api>,
    Query(params): Query<LogParams>,
) -> Result<Json<DeliveryPage>, Problem> {
    let limit = params.limit.unwrap_or(100).min(500);
    let outcome = params.outcome.map(Outcome::as_str);
    let before = params.before.map(DeliveryId);
    let log = api.desk.library.read(move |connection| library::log(connection, outcome, before, limit)).await?;
    let next_before = log.last().filter(|_| log.len() == limit).map(|last| last.id.0);
    Ok(Json(DeliveryPage { items: log.into_iter().map(Into::into).collect(), next_before }))
}

/// The body of a delivery as it came, secrets redacted.
#[utoipa::path(get, path = "/deliveries/{id}", params(("id" = i64, Path)), responses((status = 200, body = DeliveryBody), (status = 404, body = Problem)))]
pub(super) async fn delivery(State(api): State<Api>, Path(id): Path<i64>) -> Result<Json<DeliveryBody>, Problem> {
    let body = api.desk.library.read(move |connection| library::body(connection, DeliveryId(id))).await?;
    let body = body.ok_or_else(|| Problem::not_found("This delivery is not in the library."))?;
    let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(&body).is_ok();
    Ok(Json(DeliveryBody { id, body: String::from_utf8_lossy(&body).into_owned(), is_json }))
}
