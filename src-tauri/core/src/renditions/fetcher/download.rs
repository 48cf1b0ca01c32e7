//! One request for one URL, with its redirects, under all limits.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{ACCEPT, HeaderMap, HeaderValue, LOCATION, RETRY_AFTER};
use reqwest::{Client, ClientBuilder, Response, StatusCode, redirect};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use url::Url;

use super::judge::Judge;
use super::{FetcherConfig, TimeLimits};
use crate::fotoware::PreviewToken;
use crate::model::Missing;
use crate::net::{Policy, PrivateAddress, PublicOnly, Way};

const MAX_REDIRECTS: usize = 3;
/// A body under way may grow to this size before it needs a share of the memory that is set aside.
const FREE: u64 = 256 << 10;
/// The semaphore counts kibibytes, as it cannot count to many bytes.
const KIBIBYTE: u64 = 1 << 10;

pub(super) struct Downloader {
    policy: Policy,
    vouched: Client,
    public: Client,
    time_limits: TimeLimits,
    max_bytes: u64,
    memory: Arc<Semaphore>,
}

/// A whole body, and its share of the memory that is set aside.
pub(super) struct Download {
    pub(super) bytes: Bytes,
    pub(super) _share: OwnedSemaphorePermit,
}

/// Why a URL gave nothing, as far as it matters for what to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The server knows and will not say: 401, 403, 410.
    Denied,
    /// 404: gone, or not there yet.
    Absent,
    /// May go better another time.
    Passing { reason: Missing, wait: Option<Duration> },
    /// Will not.
    Lasting(Missing),
}

impl Downloader {
    pub(super) fn new(config: &FetcherConfig, policy: Policy) -> reqwest::Result<Self> {
        // Two ways, two pools: a connection to a private address that a tenant was allowed is never used for a stranger.
        let vouched = client(config).dns_resolver(Arc::clone(&config.resolver)).build()?;
        let public = client(config).dns_resolver(PublicOnly(Arc::clone(&config.resolver))).build()?;
        let memory = config.max_bytes_in_flight.max(config.max_bytes).div_ceil(KIBIBYTE);
        Ok(Self {
            policy,
            vouched,
            public,
            time_limits: config.time_limits,
            max_bytes: config.max_bytes,
            memory: Arc::new(Semaphore::new(memory as usize)),
        })
    }

    /// For a moment's judgements.
    pub(super) fn judge(&self) -> Judge {
        Judge::new(self.policy.clone())
    }

    /// Fetches a URL. A token goes to this URL's own origin and to no other that it may lead to.
    pub(super) async fn fetch(&self, url: &Url, token: Option<&PreviewToken>) -> Result<Download, Failure> {
        let following = async {
            let response = self.follow(url, token).await?;
            self.receive(response).await
        };
        timeout(self.time_limits.whole, following).await.unwrap_or(Err(TOO_SLOW))
    }

    async fn follow(&self, start: &Url, token: Option<&PreviewToken>) -> Result<Response, Failure> {
        let mut url = start.clone();
        for _ in 0..=MAX_REDIRECTS {
            let client = match self.policy.admit(&url).map_err(Failure::Lasting)? {
                Way::Vouched => &self.vouched,
                Way::Public => &self.public,
            };
            let mut request = client.get(url.clone());
            if let Some(token) = token
                && url.origin() == start.origin()
            {
                request = request.bearer_auth(token.expose());
            }
            let response = timeout(self.time_limits.first_byte, request.send())
                .await
                .map_err(|_| TOO_SLOW)?
                .map_err(|error| failure(&error))?;
            match redirected(&response) {
                Some(location) => {
                    let target = url.join(location);
                    url = target.map_err(|_| Failure::Lasting(Missing::RefusedUrl))?;
                }
                None => return judged(response),
            }
        }
        Err(Failure::Lasting(Missing::TooManyRedirects))
    }

    async fn receive(&self, mut response: Response) -> Result<Download, Failure> {
        const TOO_LARGE: Failure = Failure::Lasting(Missing::TooLarge);
        let announced = response.content_length();
        if announced.is_some_and(|length| length > self.max_bytes) {
            return Err(TOO_LARGE);
        }
        let mut share = match announced {
            Some(length) if length > FREE => Some(self.set_aside(length).await),
            _ => None,
        };
        let mut body = Vec::with_capacity(announced.unwrap_or(0) as usize);
        while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
            let length = (body.len() + chunk.len()) as u64;
            if length > self.max_bytes {
                return Err(TOO_LARGE);
            }
            // All that it could need at once: shares taken piece by piece would wait for each other.
            if share.is_none() && length > FREE {
                share = Some(self.set_aside(self.max_bytes).await);
            }
            body.extend_from_slice(&chunk);
        }
        let length = body.len() as u64;
        let share = match share {
            Some(mut share) => share.split(kibibytes(length)).unwrap_or(share),
            None => self.set_aside(length).await,
        };
        Ok(Download { bytes: body.into(), _share: share })
    }

    async fn set_aside(&self, bytes: u64) -> OwnedSemaphorePermit {
        let memory = Arc::clone(&self.memory);
        memory.acquire_many_owned(kibibytes(bytes) as u32).await.expect("the semaphore is never closed")
    }
}

const TOO_SLOW: Failure = Failure::Passing { reason: Missing::TooSlow, wait: None };

fn client(config: &FetcherConfig) -> ClientBuilder {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("image/*"));
    Client::builder()
        .user_agent(concat!("Lysbord/", env!("CARGO_PKG_VERSION")))
        .default_headers(headers)
        .no_proxy()
        .referer(false)
        .redirect(redirect::Policy::none())
        .connect_timeout(config.time_limits.connect)
        .pool_max_idle_per_host(config.downloads_per_host)
}

fn redirected(response: &Response) -> Option<&str> {
    let redirects = matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    let location = response.headers().get(LOCATION)?;
    redirects.then(|| location.to_str().unwrap_or_default())
}

fn judged(response: Response) -> Result<Response, Failure> {
    let status = response.status();
    let said = Missing::ServerSaid(status.as_u16());
    match status {
        // Still being made.
        StatusCode::ACCEPTED => Err(Failure::Passing { reason: said, wait: wished_wait(&response) }),
        _ if status.is_success() => Ok(response),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::GONE => Err(Failure::Denied),
        StatusCode::NOT_FOUND => Err(Failure::Absent),
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS => {
            Err(Failure::Passing { reason: said, wait: wished_wait(&response) })
        }
        _ if status.is_server_error() => Err(Failure::Passing { reason: said, wait: wished_wait(&response) }),
        _ => Err(Failure::Lasting(said)),
    }
}

fn wished_wait(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    seconds.trim().parse().ok().map(Duration::from_secs)
}

fn failure(error: &reqwest::Error) -> Failure {
    let first: &dyn Error = error;
    let mut causes = std::iter::successors(Some(first), |cause| (*cause).source());
    if causes.any(<dyn Error>::is::<PrivateAddress>) {
        Failure::Lasting(Missing::RefusedPrivateAddress)
    } else if error.is_builder() {
        Failure::Lasting(Missing::RefusedUrl)
    } else if error.is_timeout() {
        TOO_SLOW
    } else {
        Failure::Passing { reason: Missing::Unreachable, wait: None }
    }
}

fn kibibytes(bytes: u64) -> usize {
    bytes.div_ceil(KIBIBYTE) as usize
}
