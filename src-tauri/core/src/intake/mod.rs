//! The webhook listener: the only thing that a stranger can reach. One verb on one path, and a page that tells a person
//! what the path is for. It answers 200 only after a delivery is on disk, and knows nothing of what it says.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use crate::clock::Clock;
use crate::fotoware::HookKind;
use crate::library::{Incoming, Library, LibraryError};
use crate::secrets::Secrets;

mod content_coding;
mod gate;
mod welcome;

pub use gate::{Gate, MARK};

/// What a delivery may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub body_bytes: usize,
    /// From the request's head to the end of its body. Fotoware itself gives up after 10 s (FOTOWARE 5).
    pub body_time: Duration,
    /// How long a delivery may wait for the library before Fotoware is asked to come again.
    pub library_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { body_bytes: 8 * 1024 * 1024, body_time: Duration::from_secs(10), library_time: Duration::from_secs(9) }
    }
}

#[derive(Clone)]
struct Intake {
    library: Library,
    secrets: Arc<Secrets>,
    clock: Clock,
    gate: Arc<Gate>,
    limits: Limits,
}

/// `POST /hooks/{secret}/{kind}`, and a `GET` for people.
pub fn router(library: Library, secrets: Arc<Secrets>, clock: Clock, gate: Arc<Gate>, limits: Limits) -> Router {
    Router::new()
        .route("/hooks/{secret}", get(welcome))
        .route("/hooks/{secret}/{kind}", get(welcome_kind).post(take_in))
        .fallback(async || StatusCode::NOT_FOUND)
        .method_not_allowed_fallback(async || StatusCode::NOT_FOUND)
        .with_state(Intake { library, secrets, clock, gate, limits })
}

async fn take_in(
    State(intake): State<Intake>,
    Path((secret, kind)): Path<(String, String)>,
    headers: HeaderMap,
    request: Request,
) -> Response {
    // The body is read first, so that a wrong secret takes as long as a right one.
    let body = match read_body(&headers, request.into_body(), intake.limits).await {
        Ok(body) => body,
        Err(refused) => return closing(refused),
    };
    let secret_is_right = intake.secrets.hooks().matches(&secret);
    let Some(hook) = HookKind::parse(&kind).filter(|_| secret_is_right) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if intake.gate.is_paused() {
        return come_again("Lysbord is paused.");
    }
    if let Some(mark) = headers.get(MARK) {
        return marked(intake.gate.let_in(mark));
    }
    let body = match unpacked(&headers, body, intake.limits.body_bytes).await {
        Ok(body) => body,
        Err(answer) => return answer,
    };
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let incoming = match Incoming::new(hook, content_type, &body, intake.clock.now()) {
        Ok(incoming) => incoming,
        Err(error) => return come_again(&error.to_string()),
    };
    drop(body);

    match tokio::time::timeout(intake.limits.library_time, intake.library.take_in(incoming)).await {
        Ok(Ok(_)) => ([(header::CONTENT_TYPE, "application/json")], "{}").into_response(),
        Ok(Err(error)) => come_again(&error.to_string()),
        // Dropped before it was spooled or not: if it was, the next try is a duplicate and no harm.
        Err(_) => come_again(&LibraryError::Busy.to_string()),
    }
}

async fn read_body(headers: &HeaderMap, body: Body, limits: Limits) -> Result<Bytes, StatusCode> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limits.body_bytes as u64) {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    match tokio::time::timeout(limits.body_time, Limited::new(body, limits.body_bytes).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Ok(Err(error)) => {
            tracing::info!(%error, "a body was cut short; nothing of it was kept");
            Err(StatusCode::BAD_REQUEST)
        }
        Err(_) => {
            tracing::info!("a body took longer than {} s; nothing of it was kept", limits.body_time.as_secs());
            Err(StatusCode::REQUEST_TIMEOUT)
        }
    }
}

/// What was packed into a body. To unpack it takes a moment, so it is done where nobody waits for it.
async fn unpacked(headers: &HeaderMap, body: Bytes, limit: usize) -> Result<Bytes, Response> {
    if !content_coding::is_coded(headers, &body) {
        return Ok(body);
    }
    let headers = headers.clone();
    let unpacked = tokio::task::spawn_blocking(move || content_coding::decoded(&headers, body, limit)).await;
    let unpacked = unpacked.map_err(|_| come_again("The body could not be unpacked."))?;
    unpacked.map_err(|refused| {
        let headers = [(header::ACCEPT_ENCODING, content_coding::ACCEPTED)];
        (refused.status(), headers, refused.to_string()).into_response()
    })
}

/// Answers and closes: what is left of the body is of no interest.
fn closing(status: StatusCode) -> Response {
    let mut response = status.into_response();
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// Not kept: Fotoware tries again what is answered so.
fn come_again(why: &str) -> Response {
    let retry = [(header::RETRY_AFTER, "30"), (header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (StatusCode::SERVICE_UNAVAILABLE, retry, why.to_owned()).into_response()
}

/// Nothing of a check is kept. A mark that was not sent from here has come to the wrong Lysbord, which says so.
fn marked(is_ours: bool) -> Response {
    let status = if is_ours { StatusCode::OK } else { StatusCode::CONFLICT };
    (status, [(MARK, if is_ours { "arrived" } else { "unknown" })]).into_response()
}

async fn welcome(State(intake): State<Intake>, Path(secret): Path<String>) -> Response {
    page(&intake, &secret, None)
}

async fn welcome_kind(State(intake): State<Intake>, Path((secret, kind)): Path<(String, String)>) -> Response {
    page(&intake, &secret, Some(&kind))
}

fn page(intake: &Intake, secret: &str, kind: Option<&str>) -> Response {
    let kind = match kind.map(HookKind::parse) {
        Some(None) => return StatusCode::NOT_FOUND.into_response(),
        Some(Some(kind)) => Some(kind),
        None => None,
    };
    if !intake.secrets.hooks().matches(secret) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let headers = [
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, Html(welcome::page(kind))).into_response()
}
