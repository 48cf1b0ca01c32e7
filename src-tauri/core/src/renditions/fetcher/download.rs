//! One request for one URL, with its redirects, under all limits. What comes is handed on as it came, and said whether
//! its end came too.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION, RETRY_AFTER,
};
use reqwest::{Client, ClientBuilder, Response, StatusCode, redirect};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::judge::Judge;
use super::{FetcherConfig, TimeLimits};
use crate::content_coding::{self, Coding, Unpacked, unpacked};
use crate::fotoware::PreviewToken;
use crate::model::MissingReason;
use crate::net::{Policy, PrivateAddress, PublicOnly, Route};
use crate::renditions::look::recognise;

/// Browsers follow twenty. Without cookies a picture is found in fewer, or goes round in circles.
const MAX_REDIRECTS: usize = 10;
/// What may be held of halves and the like, for as long as something better may come; or one of the largest.
const LEFTOVERS: u64 = 24 << 20;
/// A body under way may grow to this size before it needs a share of the memory that is set aside.
const FREE: u64 = 256 << 10;
/// The semaphore counts kibibytes, as it cannot count to many bytes.
const KIBIBYTE: u64 = 1 << 10;

pub(super) struct Downloader {
    policy: Policy,
    trusted: Client,
    public: Client,
    time_limits: TimeLimits,
    max_bytes: u64,
    memory: Arc<Semaphore>,
    leftovers: Arc<Semaphore>,
}

/// What came, and its share of the memory that is set aside.
pub(super) struct Download {
    pub(super) bytes: Bytes,
    pub(super) share: OwnedSemaphorePermit,
    /// Why the end did not come; `None` if it did, as far as the server told.
    pub(super) cut: Option<MissingReason>,
    /// The server calls it a web page.
    pub(super) says_page: bool,
}

/// Why a URL gave nothing, as far as it matters for what to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The server knows and will not say: 401, 403, 410.
    Denied,
    /// 404: gone, or not there yet.
    Absent,
    /// An answer came that cannot be believed: half a picture, nothing, a page to sign in. Other sizes, the token, or
    /// another time may go better.
    Doubtful(MissingReason),
    /// A redirect went where nobody may be asked: to sign in elsewhere, perhaps, which the token would save.
    LedAway(MissingReason),
    /// The server is in trouble. May go better another time.
    Passing { reason: MissingReason, wait: Option<Duration> },
    /// Will not.
    Lasting(MissingReason),
}

impl Failure {
    /// An answer in doubt. A server that is too slow is not asked for more at once.
    pub(super) fn doubtful(reason: MissingReason, cut: Option<MissingReason>) -> Self {
        match cut {
            Some(MissingReason::TooSlow) => TOO_SLOW,
            _ => Self::Doubtful(reason),
        }
    }

    /// Whether the same URL might give more to somebody who shows the token.
    pub(super) fn may_want_the_token(&self) -> bool {
        matches!(self, Self::Denied | Self::Absent | Self::Doubtful(_) | Self::LedAway(_))
    }
}

impl Downloader {
    pub(super) fn new(config: &FetcherConfig, policy: Policy) -> reqwest::Result<Self> {
        // Two ways, two pools: a connection to a private address that a tenant was allowed is never used for a stranger.
        let trusted = client(config).dns_resolver(Arc::clone(&config.resolver)).build()?;
        let public = client(config).dns_resolver(PublicOnly(Arc::clone(&config.resolver))).build()?;
        // One that is wrapped needs its size twice.
        let memory = config.max_bytes_in_flight.max(2 * config.max_bytes).div_ceil(KIBIBYTE);
        Ok(Self {
            policy,
            trusted,
            public,
            time_limits: config.time_limits,
            max_bytes: config.max_bytes,
            memory: Arc::new(Semaphore::new(memory as usize)),
            leftovers: Arc::new(Semaphore::new(LEFTOVERS.max(config.max_bytes).div_ceil(KIBIBYTE) as usize)),
        })
    }

    /// For a moment's judgements.
    pub(super) fn judge(&self) -> Judge {
        Judge::new(self.policy.clone())
    }

    /// A place in memory for so many bytes that are better than nothing; `None` if all places are taken.
    pub(super) fn hold(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        let leftovers = Arc::clone(&self.leftovers);
        leftovers.try_acquire_many_owned(kibibytes(bytes as u64) as u32).ok()
    }

    /// Fetches a URL. A token goes to this URL's own origin and to no other that it may lead to.
    pub(super) async fn fetch(&self, url: &Url, token: Option<&PreviewToken>) -> Result<Download, Failure> {
        let deadline = Instant::now() + self.time_limits.whole;
        let response = timeout_at(deadline, self.follow(url, token)).await.unwrap_or(Err(TOO_SLOW))?;
        let part = (response.status() == StatusCode::PARTIAL_CONTENT).then_some(MissingReason::ServerSaid(206));
        let says_page = says_page(response.headers());
        let wrapping = wrapping(response.headers());
        let mut download = self.receive(response, wrapping.is_empty(), deadline).await?;
        // Some servers name a coding that they did not use.
        if !wrapping.is_empty() && recognise(&download.bytes).is_none() {
            download = self.unwrap(download, wrapping).await?;
        }
        Ok(Download { cut: download.cut.or(part), says_page, ..download })
    }

    /// Follows redirects as browsers do, but that each is judged anew, and nothing is carried along but the token to
    /// where it belongs.
    async fn follow(&self, start: &Url, token: Option<&PreviewToken>) -> Result<Response, Failure> {
        let mut been = vec![start.clone()];
        loop {
            let url = been.last().unwrap_or(start);
            let is_first = been.len() == 1;
            let refused = |missing| if is_first { Failure::Lasting(missing) } else { Failure::LedAway(missing) };
            let client = match self.policy.admit(url).map_err(refused)? {
                Route::Trusted => &self.trusted,
                Route::Public => &self.public,
            };
            let mut request = client.get(url.clone());
            if let Some(token) = token
                && url.origin() == start.origin()
            {
                request = request.bearer_auth(token.expose());
            }
            let first_byte = Instant::now() + self.time_limits.first_byte;
            let response =
                timeout_at(first_byte, request.send()).await.map_err(|_| TOO_SLOW)?.map_err(|error| failure(&error))?;
            let Some(location) = redirected(&response) else { return judged(response) };
            let target = target(url, location).ok_or(Failure::Lasting(MissingReason::RefusedUrl))?;
            // Asked without cookies, the same URL says the same again.
            if been.len() > MAX_REDIRECTS || been.contains(&target) {
                return Err(Failure::Lasting(MissingReason::TooManyRedirects));
            }
            been.push(target);
        }
    }

    /// Reads a body to its end or to the deadline. What came before a connection broke is not thrown away.
    async fn receive(&self, mut response: Response, is_plain: bool, deadline: Instant) -> Result<Download, Failure> {
        const TOO_LARGE: Failure = Failure::Lasting(MissingReason::TooLarge);
        let announced = response.content_length();
        if announced.is_some_and(|length| length > self.max_bytes) {
            return Err(TOO_LARGE);
        }
        let mut share = match announced {
            _ if !is_plain => Some(self.set_aside(2 * self.max_bytes, deadline).await?),
            Some(length) if length > FREE => Some(self.set_aside(length, deadline).await?),
            _ => None,
        };
        let mut body = Vec::with_capacity(announced.unwrap_or(0) as usize);
        let cut = loop {
            let chunk = match timeout_at(deadline, response.chunk()).await {
                Ok(Ok(Some(chunk))) => chunk,
                Ok(Ok(None)) => break None,
                Ok(Err(error)) if body.is_empty() => return Err(failure(&error)),
                Ok(Err(error)) if error.is_timeout() => break Some(MissingReason::TooSlow),
                Ok(Err(_)) => break Some(MissingReason::Unreachable),
                Err(_) if body.is_empty() => return Err(TOO_SLOW),
                Err(_) => break Some(MissingReason::TooSlow),
            };
            let length = (body.len() + chunk.len()) as u64;
            if length > self.max_bytes {
                return Err(TOO_LARGE);
            }
            // All that it could need at once: shares taken piece by piece would wait for each other.
            if share.is_none() && length > FREE {
                share = Some(self.set_aside(self.max_bytes, deadline).await?);
            }
            body.extend_from_slice(&chunk);
        };
        let share = match share {
            Some(share) if is_plain => shrunk(share, body.len()),
            Some(share) => share,
            None => self.set_aside(body.len() as u64, deadline).await?,
        };
        Ok(Download { bytes: body.into(), share, cut, says_page: false })
    }

    /// Takes off what a server wrapped around a picture, under the same bound as all pictures.
    async fn unwrap(&self, download: Download, wrapping: Vec<Coding>) -> Result<Download, Failure> {
        let Download { bytes, share, cut, says_page } = download;
        let max = usize::try_from(self.max_bytes).unwrap_or(usize::MAX);
        let unpacked = tokio::task::spawn_blocking(move || unpacked(&bytes, &wrapping, max)).await;
        let (content, cut) = match unpacked {
            Ok(Unpacked::Whole(content)) => (content, cut),
            Ok(Unpacked::Cut(content)) => (content, cut.or(Some(MissingReason::CutOff))),
            Ok(Unpacked::TooLarge) => return Err(Failure::Lasting(MissingReason::TooLarge)),
            Err(_) => return Err(Failure::Passing { reason: MissingReason::Failed, wait: None }),
        };
        let share = shrunk(share, content.len());
        Ok(Download { bytes: content.into(), share, cut, says_page })
    }

    async fn set_aside(&self, bytes: u64, deadline: Instant) -> Result<OwnedSemaphorePermit, Failure> {
        let memory = Arc::clone(&self.memory).acquire_many_owned(kibibytes(bytes) as u32);
        match timeout_at(deadline, memory).await {
            Ok(Ok(share)) => Ok(share),
            // It is never closed.
            Ok(Err(_)) | Err(_) => Err(TOO_SLOW),
        }
    }
}

const TOO_SLOW: Failure = Failure::Passing { reason: MissingReason::TooSlow, wait: None };

fn client(config: &FetcherConfig) -> ClientBuilder {
    let mut headers = HeaderMap::new();
    // What can be shown is asked for first, and nothing wrapped.
    headers.insert(
        ACCEPT,
        HeaderValue::from_static("image/jpeg,image/png,image/webp,image/gif,image/tiff;q=0.9,image/*;q=0.5"),
    );
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    Client::builder()
        .user_agent(concat!("Lysbord/", env!("CARGO_PKG_VERSION")))
        .default_headers(headers)
        .no_proxy()
        .referer(false)
        .redirect(redirect::Policy::none())
        .connect_timeout(config.time_limits.connect)
        .pool_max_idle_per_host(config.downloads_per_host)
}

/// Where a redirect leads, as its bytes say; `None` for what is none.
fn redirected(response: &Response) -> Option<&[u8]> {
    let redirects = matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    response.headers().get(LOCATION).filter(|_| redirects).map(HeaderValue::as_bytes)
}

/// Letters beyond ASCII are UTF-8, as browsers have it. The part after `#` is nobody's business but the reader's.
fn target(from: &Url, location: &[u8]) -> Option<Url> {
    let mut target = from.join(std::str::from_utf8(location).ok()?).ok()?;
    target.set_fragment(None);
    Some(target)
}

fn wrapping(headers: &HeaderMap) -> Vec<Coding> {
    let named = headers.get_all(CONTENT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    // What is not known is left on it: whoever looks at the bytes sees that they are no picture.
    content_coding::named(&named.collect::<Vec<_>>().join(",")).unwrap_or_default()
}

fn says_page(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
    kind.starts_with("text/html") || kind.starts_with("application/xhtml")
}

/// Gives back what a body of so many bytes does not need.
fn shrunk(mut share: OwnedSemaphorePermit, bytes: usize) -> OwnedSemaphorePermit {
    share.split(kibibytes(bytes as u64)).unwrap_or(share)
}

fn judged(response: Response) -> Result<Response, Failure> {
    let status = response.status();
    let said = MissingReason::ServerSaid(status.as_u16());
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
        Failure::Lasting(MissingReason::RefusedPrivateAddress)
    } else if error.is_builder() {
        Failure::Lasting(MissingReason::RefusedUrl)
    } else if error.is_timeout() {
        TOO_SLOW
    } else {
        Failure::Passing { reason: MissingReason::Unreachable, wait: None }
    }
}

fn kibibytes(bytes: u64) -> usize {
    bytes.div_ceil(KIBIBYTE) as usize
}
