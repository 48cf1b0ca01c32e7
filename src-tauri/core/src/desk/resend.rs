//! Sends a stored delivery to an address that the user typed, for people who build webhook receivers. It sends the
//! stored bytes, without secrets, and marks them as coming from Lysbord. The URL policy of pictures applies, so that a
//! link from elsewhere cannot turn Lysbord against the local network.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::dns::Resolve;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, ClientBuilder, redirect};
use tokio::time::timeout;
use url::Url;

use super::Desk;
use crate::library::{DeliveryId, KeptDelivery, LibraryError};
use crate::model::MissingReason;
use crate::net::{Policy, PrivateAddress, PublicOnly, Route};

/// Header that says that Lysbord sent it, not Fotoware.
pub(super) const RESENT: &str = "X-Lysbord-Resent";

const PATIENCE: Duration = Duration::from_secs(10);
/// How much of an answer is read: it is only shown.
const LONGEST_ANSWER: usize = 64 << 10;

/// The receiver's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resent {
    pub status: u16,
    pub took: Duration,
    /// The answer as text, cut at [`LONGEST_ANSWER`].
    pub answer: String,
    pub is_cut: bool,
    /// It went to this Lysbord's own hooks, where it is logged as a duplicate.
    pub to_itself: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum ResendError {
    #[error("This delivery is not in the library.")]
    Unknown,
    #[error("This is not a web address. Web addresses begin with http:// or https://.")]
    NotAWebAddress,
    #[error("The address contains a user name or password. Leave it out.")]
    Credentials,
    #[error(
        "Lysbord sends without encryption only to hosts you trust. Use https, or add the host to your Fotoware sites \
         in the settings."
    )]
    Insecure,
    #[error("This address is in a private network. To send there, add it to your Fotoware sites in the settings.")]
    PrivateAddress,
    #[error("The server could not be reached: {0}.")]
    Unreachable(String),
    #[error("The server did not answer within {} seconds.", PATIENCE.as_secs())]
    TooSlow,
    #[error("Lysbord is closing.")]
    Closing,
    #[error(transparent)]
    Library(#[from] LibraryError),
}

/// Sends under the URL policy. Clones share their connections.
#[derive(Clone)]
pub(super) struct Resender {
    policy: Policy,
    trusted: Client,
    public: Client,
}

impl Desk {
    /// Posts the stored body of a delivery. A redirect is returned as the answer and not followed.
    pub async fn resend(&self, delivery: DeliveryId, url: &str) -> Result<Resent, ResendError> {
        let url = web_address(url)?;
        let kept = self.library.read(move |now| now.deliveries().kept(delivery)).await?;
        let kept = kept.ok_or(ResendError::Unknown)?;
        let to_itself = self.hooks_url().is_some_and(|hooks| is_below(&url, &hooks));
        let way = if to_itself { Route::Trusted } else { self.resender.policy.admit_typed(&url).map_err(refused)? };
        let begun = Instant::now();
        let sending = self.resender.send(way, url, kept);
        let sent = tokio::select! {
            sent = timeout(PATIENCE, sending) => sent.unwrap_or(Err(ResendError::TooSlow))?,
            () = self.stop.cancelled() => return Err(ResendError::Closing),
        };
        let (status, answer, is_cut) = sent;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        Ok(Resent { status, took: begun.elapsed(), answer, is_cut, to_itself })
    }
}

impl Resender {
    pub(super) fn new(policy: Policy, resolver: &Arc<dyn Resolve>) -> reqwest::Result<Self> {
        Ok(Self {
            policy,
            trusted: client().dns_resolver(Arc::clone(resolver)).build()?,
            public: client().dns_resolver(PublicOnly(Arc::clone(resolver))).build()?,
        })
    }

    async fn send(&self, way: Route, url: Url, kept: KeptDelivery) -> Result<(u16, Vec<u8>, bool), ResendError> {
        let client = match way {
            Route::Trusted => &self.trusted,
            Route::Public => &self.public,
        };
        let mut request = client.post(url).header(RESENT, "1").body(kept.body);
        if let Some(content_type) = kept.content_type {
            request = request.header(CONTENT_TYPE, content_type);
        }
        let mut response = request.send().await.map_err(|error| failure(&error))?;
        let mut answer = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
            answer.extend_from_slice(&chunk);
            if answer.len() > LONGEST_ANSWER {
                answer.truncate(LONGEST_ANSWER);
                return Ok((response.status().as_u16(), answer, true));
            }
        }
        Ok((response.status().as_u16(), answer, false))
    }
}

/// Parses an address that a person typed.
pub fn web_address(typed: &str) -> Result<Url, ResendError> {
    let url = Url::parse(typed.trim()).map_err(|_| ResendError::NotAWebAddress)?;
    if matches!(url.scheme(), "http" | "https") { Ok(url) } else { Err(ResendError::NotAWebAddress) }
}

fn client() -> ClientBuilder {
    Client::builder()
        .user_agent(concat!("Lysbord/", env!("CARGO_PKG_VERSION")))
        .no_proxy()
        .referer(false)
        .redirect(redirect::Policy::none())
        .connect_timeout(PATIENCE)
        .pool_max_idle_per_host(0)
}

fn is_below(url: &Url, hooks: &str) -> bool {
    let Ok(hooks) = Url::parse(hooks) else { return false };
    let same_path = url.path().strip_prefix(hooks.path()).is_some_and(|rest| rest.starts_with('/'));
    same_path && url.origin() == hooks.origin()
}

fn refused(missing: MissingReason) -> ResendError {
    match missing {
        MissingReason::RefusedCredentials => ResendError::Credentials,
        MissingReason::RefusedInsecure => ResendError::Insecure,
        MissingReason::RefusedPrivateAddress => ResendError::PrivateAddress,
        _ => ResendError::NotAWebAddress,
    }
}

fn failure(error: &reqwest::Error) -> ResendError {
    let first: &dyn Error = error;
    let causes: Vec<_> = std::iter::successors(Some(first), |cause| (*cause).source()).collect();
    if causes.iter().any(|cause| cause.is::<PrivateAddress>()) {
        ResendError::PrivateAddress
    } else if error.is_timeout() {
        ResendError::TooSlow
    } else {
        // The innermost cause is the clearest: *connection refused*, *invalid peer certificate*.
        let plain = causes.last().map(ToString::to_string).unwrap_or_default();
        ResendError::Unreachable(plain.trim_end_matches('.').to_owned())
    }
}
