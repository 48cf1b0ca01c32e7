//! One attempt at a job: its candidates in turn, then the first one again with the token.

use std::time::Duration;

use url::Url;

use super::download::{Download, Downloader, Failure};
use crate::fotoware::PreviewToken;
use crate::model::{Job, Missing};
use crate::renditions::look::{Sniffed, sniff};

/// How an attempt ended.
pub(super) enum Walked {
    Got {
        /// The place of the candidate that gave it.
        candidate: usize,
        sniffed: Sniffed,
        download: Download,
    },
    /// May go better another time.
    Again {
        reason: Missing,
        wait: Option<Duration>,
        absent: bool,
    },
    Over(Missing),
}

/// Walks through the candidates until one gives a picture. A server in trouble ends the walk: asking it for more
/// pictures would not help it, nor us.
pub(super) async fn walk(downloader: &Downloader, job: &Job) -> Walked {
    let mut failures = Vec::new();
    for (candidate, url) in job.candidates.iter().enumerate() {
        match fetch(downloader, url, None).await {
            Ok((download, sniffed)) => {
                return Walked::Got { candidate, sniffed, download };
            }
            Err(Failure::Passing { reason, wait }) => {
                return Walked::Again { reason, wait, absent: false };
            }
            Err(failure) => failures.push(failure),
        }
    }
    if let (Some(Failure::Denied | Failure::Absent), Some(url)) = (failures.first(), job.candidates.first())
        && let Some(token) = &job.token
    {
        match fetch(downloader, url, Some(token)).await {
            Ok((download, sniffed)) => {
                return Walked::Got { candidate: 0, sniffed, download };
            }
            Err(Failure::Passing { reason, wait }) => {
                return Walked::Again { reason, wait, absent: false };
            }
            Err(failure) => failures.push(failure),
        }
    }
    verdict(&failures)
}

async fn fetch(
    downloader: &Downloader,
    url: &str,
    token: Option<&PreviewToken>,
) -> Result<(Download, Sniffed), Failure> {
    let url = Url::parse(url).map_err(|_| Failure::Lasting(Missing::RefusedUrl))?;
    let download = downloader.fetch(&url, token).await?;
    let sniffed = sniff(&download.bytes).map_err(Failure::Lasting)?;
    Ok((download, sniffed))
}

/// The best candidate's failure is the one to tell, but as long as any may still come there is hope.
fn verdict(failures: &[Failure]) -> Walked {
    if failures.contains(&Failure::Absent) {
        return Walked::Again { reason: Missing::Expired, wait: None, absent: true };
    }
    Walked::Over(match failures.first() {
        Some(Failure::Denied | Failure::Absent) => Missing::Expired,
        Some(Failure::Lasting(reason) | Failure::Passing { reason, .. }) => *reason,
        None => Missing::NoUrl,
    })
}
