//! The log of deliveries, and sending one again.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Api;
use super::problem::Problem;
use crate::desk::{ResendError, curl, web_address};
use crate::fotoware::body_text;
use crate::library::{DeliveryId, DeliveryOutcome, LoggedDelivery};

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct LogParams {
    outcome: Option<DeliveryOutcome>,
    /// Only those that came before this one.
    before: Option<i64>,
    limit: Option<usize>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct DeliveryPage {
    pub items: Vec<LoggedDelivery>,
    pub next_before: Option<i64>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct DeliveryBody {
    pub id: i64,
    /// As it came, secrets redacted.
    pub body: String,
    pub is_json: bool,
}

/// Deliveries, newest first.
#[utoipa::path(get, path = "/deliveries", params(LogParams), responses((status = 200, body = DeliveryPage)))]
pub(super) async fn deliveries(
    State(api): State<Api>,
    Query(params): Query<LogParams>,
) -> Result<Json<DeliveryPage>, Problem> {
    let limit = params.limit.unwrap_or(100).min(500);
    let (outcome, before) = (params.outcome, params.before.map(DeliveryId));
    let items = api.desk.library.read(move |now| now.deliveries().log(outcome, before, limit)).await?;
    let next_before = items.last().filter(|_| items.len() == limit).map(|last| last.id.0);
    Ok(Json(DeliveryPage { items, next_before }))
}

/// The body of a delivery as it came, secrets redacted.
#[utoipa::path(get, path = "/deliveries/{id}", params(("id" = i64, Path)), responses((status = 200, body = DeliveryBody), (status = 404, body = Problem)))]
pub(super) async fn delivery(State(api): State<Api>, Path(id): Path<i64>) -> Result<Json<DeliveryBody>, Problem> {
    let kept = api.desk.library.read(move |now| now.deliveries().kept(DeliveryId(id))).await?;
    let kept = kept.ok_or_else(|| Problem::not_found("This delivery is not in the library."))?;
    let body = body_text(kept.content_type.as_deref(), &kept.body).into_owned();
    let is_json = serde_json::from_str::<serde::de::IgnoredAny>(&body).is_ok();
    Ok(Json(DeliveryBody { id, body, is_json }))
}

/// Where to.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct ResendRequest {
    url: String,
}

/// What the other side answered.
#[derive(Serialize, ToSchema)]
pub(super) struct Resent {
    pub status: u16,
    pub took_ms: u64,
    /// As text, its first 64 KiB.
    pub answer: String,
    /// Whether the answer went on.
    pub is_cut: bool,
    /// It went to this Lysbord's own hooks, where it is logged as a duplicate.
    pub to_itself: bool,
}

/// Posts a delivery once more, as it was kept, to an address that the user typed.
#[utoipa::path(post, path = "/deliveries/{id}/resend", params(("id" = i64, Path)), request_body = ResendRequest, responses((status = 200, body = Resent), (status = 404, body = Problem), (status = 422, body = Problem), (status = 502, body = Problem), (status = 504, body = Problem)))]
pub(super) async fn resend(
    State(api): State<Api>,
    Path(id): Path<i64>,
    Json(wanted): Json<ResendRequest>,
) -> Result<Json<Resent>, Problem> {
    let sent = api.desk.resend(DeliveryId(id), &wanted.url).await?;
    Ok(Json(Resent {
        status: sent.status,
        took_ms: sent.took.as_millis() as u64,
        answer: sent.answer,
        is_cut: sent.is_cut,
        to_itself: sent.to_itself,
    }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CurlParams {
    /// Where the command sends to.
    url: String,
}

#[derive(Serialize, ToSchema)]
pub(super) struct CurlCommand {
    pub command: String,
}

/// The same as a command for a POSIX shell.
#[utoipa::path(get, path = "/deliveries/{id}/curl", operation_id = "curl_command", params(("id" = i64, Path), CurlParams), responses((status = 200, body = CurlCommand), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn curl_command(
    State(api): State<Api>,
    Path(id): Path<i64>,
    Query(params): Query<CurlParams>,
) -> Result<Json<CurlCommand>, Problem> {
    let url = web_address(&params.url)?;
    let kept = api.desk.library.read(move |now| now.deliveries().kept(DeliveryId(id))).await?;
    let kept = kept.ok_or(ResendError::Unknown)?;
    Ok(Json(CurlCommand { command: curl(&url, kept.content_type.as_deref(), &kept.body) }))
}

impl From<ResendError> for Problem {
    fn from(error: ResendError) -> Self {
        let (status, code) = match error {
            ResendError::Library(error) => return error.into(),
            ResendError::Unknown => (StatusCode::NOT_FOUND, "not_found"),
            ResendError::Unreachable(_) => (StatusCode::BAD_GATEWAY, "unreachable"),
            ResendError::TooSlow => (StatusCode::GATEWAY_TIMEOUT, "too_slow"),
            ResendError::Closing => (StatusCode::SERVICE_UNAVAILABLE, "closing"),
            ResendError::NotAWebAddress | ResendError::Credentials => (StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
            ResendError::Insecure | ResendError::PrivateAddress => (StatusCode::UNPROCESSABLE_ENTITY, "refused"),
        };
        Self::new(status, code, "It was not sent", error.to_string())
    }
}
