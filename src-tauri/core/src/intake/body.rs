//! Reads a request body, under the limits of its size, its time and the memory that all bodies share.

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt;

use super::Limits;
use super::memory::{Memory, NoMemory, Share};

/// A body that came to its end, and its share of the memory.
#[derive(Debug)]
pub(super) struct WholeBody {
    pub bytes: Vec<u8>,
    pub share: Share,
}

/// Why a body was not read to its end. Nothing of it is kept.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum BodyError {
    /// Too many bodies are in flight: the sender should come again.
    NoMemory,
    Refused(StatusCode),
}

impl From<NoMemory> for BodyError {
    fn from(_: NoMemory) -> Self {
        Self::NoMemory
    }
}

/// Reads a body to its end.
pub(super) async fn read(
    headers: &HeaderMap,
    body: Body,
    limits: &Limits,
    memory: &Memory,
) -> Result<WholeBody, BodyError> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limits.body_bytes as u64) {
        return Err(BodyError::Refused(StatusCode::PAYLOAD_TOO_LARGE));
    }
    // A share for all that is announced, taken at once, cannot be held while it waits for the rest of itself.
    let announced = announced.unwrap_or(0) as usize;
    let share = memory.share(announced).await?;
    let reading = collect(body, announced, share, limits.body_bytes);
    tokio::time::timeout(limits.body_time, reading).await.unwrap_or_else(|_| {
        tracing::info!("a body took longer than {} s; nothing of it was kept", limits.body_time.as_secs());
        Err(BodyError::Refused(StatusCode::REQUEST_TIMEOUT))
    })
}

async fn collect(mut body: Body, announced: usize, mut share: Share, most: usize) -> Result<WholeBody, BodyError> {
    /// By so much the share of a body of unknown length grows at a time.
    const STEP: usize = 64 * 1024;
    let mut bytes = Vec::with_capacity(announced);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            tracing::info!(%error, "a body was cut short; nothing of it was kept");
            BodyError::Refused(StatusCode::BAD_REQUEST)
        })?;
        let Ok(data) = frame.into_data() else { continue };
        let length = bytes.len() + data.len();
        if length > most {
            return Err(BodyError::Refused(StatusCode::PAYLOAD_TOO_LARGE));
        }
        if length > announced {
            share.grow_to(length.next_multiple_of(STEP).min(most)).await?;
        }
        bytes.extend_from_slice(&data);
    }
    Ok(WholeBody { bytes, share })
}
