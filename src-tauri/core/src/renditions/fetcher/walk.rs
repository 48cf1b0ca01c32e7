//! One attempt at a job: its candidates in turn, then the first one again with the token.

use std::time::Duration;

use url::Url;

use super::answer::{Doubted, Leftover, Sound, judge};
use super::download::{Downloader, Failure};
use crate::fotoware::PreviewToken;
use crate::model::{Job, MissingReason};

/// How an attempt ended.
pub(super) enum Walked {
    /// The place of the candidate that gave it, and the picture.
    Got {
        candidate: usize,
        sound: Sound,
    },
    /// May go better another time.
    Again {
        reason: MissingReason,
        wait: Option<Duration>,
        absent: bool,
        leftover: Option<Leftover>,
    },
    Over {
        reason: MissingReason,
        leftover: Option<Leftover>,
    },
}

/// Walks through the candidates until one gives a sound picture. A server in trouble ends the walk: asking it for more
/// pictures would not help it, nor us.
pub(super) async fn walk(downloader: &Downloader, job: &Job) -> Walked {
    let (mut failures, mut leftover) = (Vec::new(), None);
    let plain = job.candidates.iter().enumerate().map(|(candidate, url)| (candidate, url, None));
    let with_token = job.candidates.first().zip(job.token.as_ref()).map(|(url, token)| (0, url, Some(token)));
    for (candidate, url, token) in plain.chain(with_token) {
        if token.is_some() && !failures.first().is_some_and(Failure::may_want_the_token) {
            break;
        }
        match fetch(downloader, url, token).await {
            Ok(sound) => return Walked::Got { candidate, sound },
            Err(Doubted { failure, leftover: found }) => {
                leftover = Leftover::better(leftover, found);
                if let Failure::Passing { reason, wait } = failure {
                    return Walked::Again { reason, wait, absent: false, leftover };
                }
                failures.push(failure);
            }
        }
    }
    verdict(&failures, leftover)
}

async fn fetch(downloader: &Downloader, url: &str, token: Option<&PreviewToken>) -> Result<Sound, Doubted> {
    let url = Url::parse(url).map_err(|_| Failure::Lasting(MissingReason::RefusedUrl))?;
    let download = downloader.fetch(&url, token).await?;
    judge(download, |bytes| downloader.hold(bytes)).await
}

/// The best candidate's failure is the one to tell, but as long as any may still come there is hope.
fn verdict(failures: &[Failure], leftover: Option<Leftover>) -> Walked {
    let first_doubt = failures.iter().find_map(|failure| match failure {
        Failure::Doubtful(reason) => Some(*reason),
        _ => None,
    });
    if let Some(reason) = first_doubt {
        return Walked::Again { reason, wait: None, absent: false, leftover };
    }
    if failures.contains(&Failure::Absent) {
        return Walked::Again { reason: MissingReason::Expired, wait: None, absent: true, leftover };
    }
    let reason = match failures.first() {
        Some(Failure::Denied | Failure::Absent) => MissingReason::Expired,
        Some(
            Failure::Lasting(reason)
            | Failure::LedAway(reason)
            | Failure::Doubtful(reason)
            | Failure::Passing { reason, .. },
        ) => *reason,
        None => MissingReason::NoUrl,
    };
    Walked::Over { reason, leftover }
}
