//! The webhook listener: the only thing that a stranger can reach. One verb on one path, and a page that tells a person
//! what the path is for. The secret is compared before a body is read, so that a stranger's body costs nothing. It answers
//! 200 only after a delivery is on disk, and knows nothing of what it says.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{ConnectInfo, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use crate::clock::Clock;
use crate::fotoware::HookKind;
use crate::library::{Incoming, Library, LibraryError};
use crate::secrets::Secrets;

mod body;
mod envelope;
mod gate;
mod memory;
mod packed_body;
mod welcome;

use body::{BodyError, WholeBody};
use memory::Memory;
use packed_body::Refused;

pub use gate::{Gate, MARK};

/// What a delivery may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub body_bytes: usize,
    /// How many bytes all bodies in flight may take together. A body of the full size fits at least.
    pub bodies_bytes: usize,
    /// How long a body may wait for its share of that before Fotoware is asked to come again.
    pub memory_time: Duration,
    /// From the request's head to the end of its body. Fotoware itself gives up after 10 s (docs/fotoware.md 5).
    pub body_time: Duration,
    /// How long a delivery may wait for the library before Fotoware is asked to come again.
    pub library_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 8 * 1024 * 1024,
            bodies_bytes: 32 * 1024 * 1024,
            memory_time: Duration::from_secs(2),
            body_time: Duration::from_secs(10),
            library_time: Duration::from_secs(9),
        }
    }
}

#[derive(Clone)]
struct Intake {
    library: Library,
    secrets: Arc<Secrets>,
    clock: Clock,
    gate: Arc<Gate>,
    limits: Limits,
    memory: Memory,
}

/// `POST /hooks/{secret}/{kind}`, and a `GET` for people.
pub fn router(library: Library, secrets: Arc<Secrets>, clock: Clock, gate: Arc<Gate>, limits: Limits) -> Router {
    Router::new()
        .route("/hooks/{secret}", get(welcome))
        .route("/hooks/{secret}/{kind}", get(welcome_kind).post(take_in))
        .fallback(async || StatusCode::NOT_FOUND)
        .method_not_allowed_fallback(async || StatusCode::NOT_FOUND)
        .with_state(Intake { library, secrets, clock, gate, limits, memory: Memory::new(&limits) })
}

async fn take_in(
    State(intake): State<Intake>,
    Path((secret, kind)): Path<(String, String)>,
    headers: HeaderMap,
    request: Request,
) -> Response {
    let begun = Instant::now();
    let secret_is_right = intake.secrets.hooks().matches(&secret);
    let Some(hook) = HookKind::parse(&kind).filter(|_| secret_is_right) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let sender = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0);
    let mut body = match body::read(&headers, request.into_body(), &intake.limits, &intake.memory).await {
        Ok(body) => body,
        Err(BodyError::NoMemory) => return busy(),
        Err(BodyError::Refused(status)) => return status.into_response(),
    };
    if intake.gate.is_paused() {
        return come_again("Lysbord is paused.");
    }
    if let Some(mark) = headers.get(MARK) {
        return marked(intake.gate.let_in(mark));
    }
    if let Err(answer) = unpacked(&headers, &mut body, intake.limits.body_bytes).await {
        return answer;
    }
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let incoming = match Incoming::new(hook, content_type, &body.bytes, intake.clock.now()) {
        Ok(incoming) => incoming.heard(envelope::envelope(&headers, sender, &secret), begun),
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

/// What was packed into a body. To unpack it takes a moment, so it is done where nobody waits for it.
async fn unpacked(headers: &HeaderMap, body: &mut WholeBody, limit: usize) -> Result<(), Response> {
    if !packed_body::is_packed(headers, &body.bytes) {
        return Ok(());
    }
    body.share.grow_to(limit).await.map_err(|_| busy())?;
    let (headers, packed) = (headers.clone(), std::mem::take(&mut body.bytes));
    let unpacked = tokio::task::spawn_blocking(move || packed_body::unpacked(&headers, packed, limit)).await;
    let unpacked = unpacked.map_err(|_| come_again("The body could not be unpacked."))?;
    body.bytes =
        unpacked.map_err(|refused| (refused.status(), Refused::headers(), refused.to_string()).into_response())?;
    Ok(())
}

fn busy() -> Response {
    come_again("Lysbord is busy: too many large deliveries come at once.")
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
