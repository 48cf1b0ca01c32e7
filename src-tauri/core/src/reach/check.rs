//! The check: posts a marked delivery to the public address, as Fotoware would, and waits for it at the listener. The
//! user chose the address, so the URL policy of pictures does not apply. It is asked once, with a tiny body, and
//! redirects are not followed.

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::Resolve;
use reqwest::{Client, Response, StatusCode, redirect};
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout};
use url::Url;

use super::Options;
use crate::clock::Timestamp;
use crate::intake::{Gate, MARK};
use crate::settings::ReachWay;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CheckState {
    #[default]
    Never,
    Running,
    Arrived,
    Failed,
}

/// The result of the last check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Check {
    pub state: CheckState,
    pub way: ReachWay,
    /// The hook URLs that were checked, without the kind at their end.
    pub url: Option<String>,
    pub at: Option<Timestamp>,
    pub took: Option<Duration>,
    /// What is wrong and what to do about it, in words. `None` if nothing is wrong.
    pub problem: Option<String>,
}

/// Why a delivery to the public address does not arrive.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreached {
    #[error(
        "The name {0} is not known. A new tunnel's name may take a minute to become known; else look whether the address \
         is spelled right."
    )]
    UnknownName(String),
    #[error("Nothing answers at {0}: the connection is refused. Look whether the tunnel or the proxy is running.")]
    Refused(String),
    #[error("{0} has no certificate that can be trusted, and Fotoware would not trust it either: {1}.")]
    Untrusted(String, String),
    #[error("{0} cannot be reached: {1}.")]
    Unreachable(String, String),
    #[error("{0} gave no answer within {1} s. A firewall may keep strangers out, or the proxy leads nowhere.")]
    TooSlow(String, u64),
    #[error(
        "{0} sends whoever comes to another address ({1}). Fotoware may not follow; give the address that it leads to."
    )]
    SentOn(String, String),
    #[error(
        "{0} answers, and does not get through to Lysbord (status {1}). Look where the tunnel or the proxy leads to."
    )]
    NotThrough(String, u16),
    #[error(
        "{0} knows no such path (404). Another program answers there, or a Lysbord with another secret. Look where the \
         tunnel or the proxy leads to."
    )]
    NotHere(String),
    #[error("{0} wants a login (status {1}), which Fotoware cannot give. Let the path /hooks/ through without one.")]
    Locked(String, u16),
    #[error("It came to another Lysbord, with the same secret but not this one. Look where {0} leads to.")]
    AnotherLysbord(String),
    #[error("{0} answers that all is well (status {1}), but nothing came in here. Another program answers there.")]
    Swallowed(String, u16),
    #[error("It came in, but the answer was lost on its way back (status {1}), and {0} would make Fotoware try again.")]
    AnswerLost(String, u16),
    #[error("{0} answers with status {1}. Another program answers there.")]
    Strange(String, u16),
}

/// Sends checks.
#[derive(Clone)]
pub struct SelfCheck {
    client: Client,
    patience: Duration,
}

impl SelfCheck {
    pub fn new(options: &Options, resolver: &Arc<dyn Resolve>) -> reqwest::Result<Self> {
        let client = Client::builder()
            .user_agent(concat!("Lysbord/", env!("CARGO_PKG_VERSION")))
            .no_proxy()
            .referer(false)
            .redirect(redirect::Policy::none())
            .pool_max_idle_per_host(0)
            .dns_resolver(Arc::clone(resolver))
            .tls_certs_merge(options.certificates.iter().cloned())
            .build()?;
        Ok(Self { client, patience: options.check_time })
    }

    /// Posts a marked delivery to a hook URL. Returns the time until it had arrived and was answered. Waits at most
    /// [`Options::check_time`].
    pub async fn knock(&self, hook: &Url, gate: &Gate) -> Result<Duration, Unreached> {
        let (mark, mut came) = gate.await_mark();
        let begun = Instant::now();
        let sending = self.client.post(hook.clone()).header(MARK, mark.expose()).body("{}").send();
        let sent = timeout(self.patience, sending).await;
        let host = host(hook);
        let has_come = has_come(&mut came);
        match sent {
            Err(_) => Err(Unreached::TooSlow(host, self.patience.as_secs())),
            Ok(Err(error)) => Err(failure(host, &error)),
            Ok(Ok(answer)) => judge(host, &answer, has_come).map(|()| begun.elapsed()),
        }
    }
}

fn has_come(came: &mut oneshot::Receiver<()>) -> bool {
    came.try_recv().is_ok()
}

fn judge(host: String, answer: &Response, has_come: bool) -> Result<(), Unreached> {
    let status = answer.status();
    let code = status.as_u16();
    if has_come {
        return if status.is_success() { Ok(()) } else { Err(Unreached::AnswerLost(host, code)) };
    }
    Err(match status {
        StatusCode::CONFLICT if answer.headers().contains_key(MARK) => Unreached::AnotherLysbord(host),
        StatusCode::NOT_FOUND => Unreached::NotHere(host),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
            Unreached::Locked(host, code)
        }
        _ if status.is_redirection() => {
            let to =
                answer.headers().get("location").and_then(|to| to.to_str().ok()).unwrap_or("it does not say which");
            // Show where it leads, but no secret that may be in the path.
            let to = to.split("/hooks/").next().unwrap_or_default().chars().take(200).collect();
            Unreached::SentOn(host, to)
        }
        _ if status.is_server_error() => Unreached::NotThrough(host, code),
        _ if status.is_success() => Unreached::Swallowed(host, code),
        _ => Unreached::Strange(host, code),
    })
}

fn failure(host: String, error: &reqwest::Error) -> Unreached {
    let first: &(dyn Error + 'static) = error;
    let causes: Vec<_> = std::iter::successors(Some(first), |cause| (*cause).source()).collect();
    let refused = |cause: &&(dyn Error + 'static)| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
    };
    // The innermost cause is the clearest: *invalid peer certificate*, *network is unreachable*.
    let plain = causes.last().map(ToString::to_string).unwrap_or_default().trim_end_matches('.').to_owned();
    let tells = |words: &str| causes.iter().any(|cause| cause.to_string().contains(words));
    if causes.iter().any(refused) {
        Unreached::Refused(host)
    } else if tells("dns error") {
        Unreached::UnknownName(host)
    } else if tells("certificate") || tells("fatal alert") || tells("corrupt message") {
        Unreached::Untrusted(host, plain)
    } else {
        Unreached::Unreachable(host, plain)
    }
}

/// The host as a person would type it, with the port if it is not the default.
fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}
