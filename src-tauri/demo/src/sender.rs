//! Posts deliveries as Fotoware does (docs/fotoware.md 3, 5): ten seconds for an answer, and again after growing
//! pauses.

use std::time::Duration;

use reqwest::Client;
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE};

use super::DemoError;
use super::notice::HookKind;
use super::payload::Encoding;

const PATIENCE: Duration = Duration::from_secs(10);
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const ATTEMPTS: u32 = 6;

/// Knows where the hooks are. Cheap to clone; all clones share their connections.
#[derive(Clone, Debug)]
pub struct Sender {
    client: Client,
    to: String,
}

/// How a delivery ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Accepted,
    /// Given up after the last attempt.
    Failed,
}

impl Sender {
    /// `to` is the hook URL without its last part: `http://127.0.0.1:7474/hooks/SECRET`.
    pub fn new(to: &str) -> Result<Self, DemoError> {
        let target = url::Url::parse(to).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let target = target.ok_or_else(|| DemoError::Target(to.to_owned()))?;
        // A proxy of the user's system has no business between two programs on one desk.
        let client = Client::builder()
            .user_agent("FotoWeb/8.1")
            .timeout(PATIENCE)
            .no_proxy()
            .build()
            .map_err(DemoError::Client)?;
        Ok(Self { client, to: target.as_str().trim_end_matches('/').to_owned() })
    }

    /// The same body each time: a retry carries the URLs of the first attempt.
    pub async fn send(&self, kind: HookKind, body: String, encoding: Encoding) -> Outcome {
        let url = format!("{}/{}", self.to, kind.as_str());
        let body = bytes::Bytes::from(body);
        let mut pause = FIRST_PAUSE;
        for attempt in 1..=ATTEMPTS {
            let request = self
                .client
                .post(&url)
                .header(CONTENT_TYPE, encoding.content_type())
                .header(ACCEPT, "*/*")
                .header(ACCEPT_ENCODING, "gzip, deflate")
                .body(body.clone());
            match request.send().await {
                Ok(answer) if answer.status().is_success() => return Outcome::Accepted,
                Ok(answer) => {
                    tracing::debug!(status = %answer.status(), attempt, "a delivery was not accepted");
                }
                Err(problem) => {
                    tracing::debug!(problem = %problem.without_url(), attempt, "a delivery did not get through");
                }
            }
            if attempt < ATTEMPTS {
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
        }
        Outcome::Failed
    }
}
