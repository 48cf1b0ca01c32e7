//! The picture server of the pretend tenant: what it serves dies young, as Fotoware's does.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::DemoError;
use super::chance::Chance;
use super::link::{Site, Ticket};
use super::picture::{Frame, Picture};
use super::studio::Studio;
use lysbord_clock::Clock;

#[derive(Clone, Debug)]
pub struct TenantOptions {
    /// Port 0 lets the system choose.
    pub listen: SocketAddr,
    /// How long a picture URL works after it was minted.
    pub lifetime: Duration,
    pub seed: u64,
    pub weather: Weather,
    pub clock: Clock,
}

impl Default for TenantOptions {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            lifetime: Duration::from_secs(30),
            seed: 1,
            weather: Weather::Fair,
            clock: Clock::System,
        }
    }
}

/// How reliable the picture server is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Weather {
    /// Every good URL gets its picture.
    #[default]
    Fair,
    /// Some are late or answered 503 at first; a very few never come.
    Changeable,
}

/// A running picture server; it ends when this is dropped.
pub struct Tenant {
    site: Site,
    studio: Studio,
    _running: DropGuard,
}

impl Tenant {
    pub async fn start(options: TenantOptions) -> Result<Self, DemoError> {
        let listener = TcpListener::bind(options.listen)
            .await
            .map_err(|source| DemoError::Listen { at: options.listen, source })?;
        let address = listener.local_addr().map_err(|source| DemoError::Listen { at: options.listen, source })?;
        let site = Site::new(format!("http://{address}"), options.seed);
        let studio = Studio::default();
        let desk =
            Desk { site: site.clone(), studio: studio.clone(), refused: Arc::default(), options: Arc::new(options) };
        let app = Router::new().route("/fotoweb/cache/v2/{*picture}", get(serve_picture)).with_state(desk);
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        tokio::spawn(async move {
            let served = axum::serve(listener, app).with_graceful_shutdown(stopped.cancelled_owned()).await;
            if let Err(problem) = served {
                tracing::warn!(%problem, "the pretend tenant's picture server ended");
            }
        });
        Ok(Self { site, studio, _running: stop.drop_guard() })
    }

    /// `http://127.0.0.1:7476`: the host in all of its payloads.
    pub fn base_url(&self) -> &str {
        self.site.base_url()
    }

    /// Mints URLs that this tenant honours.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// Draws these pictures in thumbnail and preview size ahead of time, so that serving them costs next to nothing.
    pub async fn prepare(&self, pictures: Vec<Picture>) {
        let studio = self.studio.clone();
        let drawn = tokio::task::spawn_blocking(move || {
            for picture in pictures {
                studio.picture(picture, Frame::THUMBNAIL);
                studio.picture(picture, Frame::PREVIEW);
            }
        });
        if let Err(problem) = drawn.await {
            tracing::warn!(%problem, "pictures could not be drawn ahead");
        }
    }
}

#[derive(Clone)]
struct Desk {
    site: Site,
    studio: Studio,
    /// What was turned away once and is served from now on.
    refused: Arc<Mutex<HashSet<(Picture, Frame)>>>,
    options: Arc<TenantOptions>,
}

async fn serve_picture(State(desk): State<Desk>, uri: Uri, headers: HeaderMap) -> Response {
    let Some(ticket) = desk.site.read_picture_path(uri.path()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if !desk.is_alive(&ticket) && !desk.is_opened_by_token(&headers, uri.path()) {
        // No document says which of the two Fotoware answers; a receiver has to take both.
        return if ticket.picture.seed.is_multiple_of(2) { StatusCode::FORBIDDEN } else { StatusCode::GONE }
            .into_response();
    }
    if let Some(trouble) = desk.trouble(&ticket).await {
        return trouble;
    }
    let Ticket { picture, frame, .. } = ticket;
    let bytes = match desk.studio.ready(picture, frame) {
        Some(bytes) => bytes,
        None => match tokio::task::spawn_blocking(move || desk.studio.picture(picture, frame)).await {
            Ok(bytes) => bytes,
            Err(_) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        },
    };
    ([(header::CONTENT_TYPE, "image/jpeg"), (header::CACHE_CONTROL, "private, max-age=30")], bytes).into_response()
}

impl Desk {
    fn is_alive(&self, ticket: &Ticket) -> bool {
        let age = self.options.clock.now().millis_since(ticket.minted);
        age <= self.options.lifetime.as_millis() as i64
    }

    fn is_opened_by_token(&self, headers: &HeaderMap, path: &str) -> bool {
        let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        token.is_some_and(|token| self.site.token_opens(token, path, self.options.clock.now()))
    }

    /// In changeable weather a share of the pictures has its own way to be difficult, always the same for the same seed.
    async fn trouble(&self, ticket: &Ticket) -> Option<Response> {
        if self.options.weather == Weather::Fair {
            return None;
        }
        let Picture { seed, take, .. } = ticket.picture;
        let luck = Chance::of(self.options.seed, &[u64::from(seed), u64::from(take)]).below(100);
        match luck {
            0 => Some(StatusCode::NOT_FOUND.into_response()),
            1 => Some(Html("<!doctype html><title>Sign in</title><p>Please sign in.").into_response()),
            2..=9 if self.is_first_time(ticket) => {
                Some((StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")]).into_response())
            }
            10..=16 if self.is_first_time(ticket) => {
                tokio::time::sleep(Duration::from_millis(400 + 200 * (luck as u64 - 10))).await;
                None
            }
            _ => None,
        }
    }

    fn is_first_time(&self, ticket: &Ticket) -> bool {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).insert((ticket.picture, ticket.frame))
    }
}
