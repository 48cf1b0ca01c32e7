//! The log of deliveries, and sending one again.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Api;
use super::filter::{moment_or_day, zone};
use super::problem::Problem;

use crate::desk::{ResendError, curl, web_address};
use crate::fotoware::{BodyDiff, HookKind, JsonBreak, body_text, json_break};
use crate::library::{DeliveryId, DeliveryOutcome, KeptDelivery, LogFilter, LogPage, LoggedDelivery, Part};

/// Which deliveries to list or to export.
#[derive(Clone, Debug, Default, Deserialize, IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct LogFilterParams {
    pub outcome: Option<DeliveryOutcome>,
    /// The hook that they came to, such as `modified`.
    pub kind: Option<String>,
    /// Received from this moment on, in RFC 3339; a day such as `2026-03-04` begins at its midnight.
    pub from: Option<String>,
    /// Received before this moment; a day is counted in whole.
    pub until: Option<String>,
    /// About an asset, by its public id.
    pub asset: Option<String>,
    /// Words of the body, of the headers or of the sender's address.
    pub query: Option<String>,
    /// Time zone of the user, such as `Europe/Oslo`.
    pub tz: Option<String>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct LogPageParams {
    /// From the one with this number in the list on.
    offset: Option<usize>,
    /// The page with this delivery in it, if pages are cut from the beginning on.
    around: Option<i64>,
    /// At most 500; 100 if not given.
    limit: Option<usize>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct DeliveryPage {
    pub items: Vec<LoggedDelivery>,
    /// How many there are in the whole list.
    pub total: usize,
    /// The number of the first item in the list.
    pub offset: usize,
    /// How many of the latest deliveries a search of words does not find yet.
    pub unsearched: u64,
}

/// One delivery, with all that was kept of it.
#[derive(Serialize, ToSchema)]
pub(super) struct DeliveryDetail {
    pub id: i64,
    pub delivery: LoggedDelivery,
    /// Headers that are known to hold no secret.
    pub headers: Vec<Header>,
    /// As it came, secrets redacted.
    pub body: String,
    pub is_json: bool,
    /// Where the body stops being JSON; null if it is JSON, or does not begin as JSON.
    pub broken: Option<Broken>,
    /// The latest deliveries that repeat it.
    pub repeated_by: Vec<i64>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Header {
    pub name: String,
    pub value: String,
}

/// The place where a body breaks.
#[derive(Serialize, ToSchema)]
pub(super) struct Broken {
    /// In bytes of the body as it is shown, from 0.
    pub byte: usize,
    /// The same in UTF-16 code units, as JavaScript counts.
    pub offset: usize,
    /// The body ends too early.
    pub is_end: bool,
}

/// The most repeats that are named.
const REPEATS: usize = 50;

/// Deliveries, the last received first.
#[utoipa::path(get, path = "/deliveries", params(LogFilterParams, LogPageParams), responses((status = 200, body = DeliveryPage)))]
pub(super) async fn deliveries(
    State(api): State<Api>,
    Query(params): Query<LogFilterParams>,
    Query(page): Query<LogPageParams>,
) -> Result<Json<DeliveryPage>, Problem> {
    let limit = page.limit.unwrap_or(100).clamp(1, 500);
    let part = match page.around {
        Some(id) => Part::Around(DeliveryId(id)),
        None => Part::From(page.offset.unwrap_or(0)),
    };
    let filter = params.read()?;
    let page = api.desk.library.read(move |now| now.deliveries().log(&filter, part, limit)).await?;
    let LogPage { items, total, offset, unsearched } = page;
    Ok(Json(DeliveryPage { items, total, offset, unsearched }))
}

impl LogFilterParams {
    pub(super) fn read(&self) -> Result<LogFilter, Problem> {
        let zone = zone(self.tz.as_deref());
        Ok(LogFilter {
            outcome: self.outcome,
            kind: known(self.kind.as_deref(), "hook", HookKind::parse)?,
            from: known(self.from.as_deref(), "moment", |text| moment_or_day(text, &zone, 0))?,
            until: known(self.until.as_deref(), "moment", |text| moment_or_day(text, &zone, 1))?,
            asset: self.asset.clone().filter(|id| !id.is_empty()),
            text: self.query.clone().filter(|query| !query.trim().is_empty()),
        })
    }
}

fn known<T>(word: Option<&str>, what: &str, parse: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>, Problem> {
    let word = word.filter(|word| !word.is_empty());
    word.map(|word| parse(word).ok_or_else(|| Problem::invalid(format!("There is no {what} {word:?}.")))).transpose()
}

/// A delivery as it came, secrets redacted.
#[utoipa::path(get, path = "/deliveries/{id}", params(("id" = i64, Path)), responses((status = 200, body = DeliveryDetail), (status = 404, body = Problem)))]
pub(super) async fn delivery(State(api): State<Api>, Path(id): Path<i64>) -> Result<Json<DeliveryDetail>, Problem> {
    let number = DeliveryId(id);
    let read = api.desk.library.read(move |now| {
        let deliveries = now.deliveries();
        let Some((logged, kept)) = deliveries.logged(number)?.zip(deliveries.kept(number)?) else { return Ok(None) };
        Ok(Some((logged, kept, deliveries.repeats_of(number, REPEATS)?)))
    });
    let (delivery, kept, repeats) = read.await?.ok_or_else(not_there)?;
    let body = body_text(kept.content_type.as_deref(), &kept.body).into_owned();
    let is_json = serde_json::from_str::<serde::de::IgnoredAny>(&body).is_ok();
    let broken = json_break(&body).map(|JsonBreak { at, is_end }| Broken {
        byte: at,
        offset: body[..at].encode_utf16().count(),
        is_end,
    });
    // What has an original is its duplicate; those that repeat it repeat the original.
    let repeated_by = if delivery.original.is_some() { Vec::new() } else { repeats.iter().map(|id| id.0).collect() };
    let headers = kept.headers.into_iter().map(|(name, value)| Header { name, value }).collect();
    Ok(Json(DeliveryDetail { id, delivery, headers, body, is_json, broken, repeated_by }))
}

fn not_there() -> Problem {
    Problem::not_found("This delivery is not in the library.")
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct DiffParams {
    /// The other delivery, which counts as the older one.
    with: i64,
}

/// How the body of a delivery differs from that of another one.
#[utoipa::path(get, path = "/deliveries/{id}/difference", operation_id = "delivery_difference", params(("id" = i64, Path), DiffParams), responses((status = 200, body = BodyDiff), (status = 404, body = Problem)))]
pub(super) async fn difference(
    State(api): State<Api>,
    Path(id): Path<i64>,
    Query(params): Query<DiffParams>,
) -> Result<Json<BodyDiff>, Problem> {
    let read = api.desk.library.read(move |now| {
        let deliveries = now.deliveries();
        let kept = deliveries.kept(DeliveryId(params.with))?.zip(deliveries.kept(DeliveryId(id))?);
        Ok(kept.map(|(old, new)| {
            let text = |kept: &KeptDelivery| body_text(kept.content_type.as_deref(), &kept.body).into_owned();
            BodyDiff::of(&text(&old), &text(&new))
        }))
    });
    Ok(Json(read.await?.ok_or_else(not_there)?))
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
