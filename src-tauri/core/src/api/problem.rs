//! Error answers: `application/problem+json` (RFC 9457), with words for people and a code for programs.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::library::LibraryError;

const PROBLEM: &str = "application/problem+json";

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Problem {
    /// What kind of problem this is; branch on it.
    pub code: &'static str,
    pub title: &'static str,
    pub status: u16,
    /// What happened and what to do.
    pub detail: String,
}

impl Problem {
    pub(super) fn new(status: StatusCode, code: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self { code, title, status: status.as_u16(), detail: detail.into() }
    }

    pub(super) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "Not found", detail)
    }

    pub(super) fn invalid(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "That cannot be used", detail)
    }

    pub(super) fn internal(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Lysbord could not do that", detail)
    }
}

/// Rewrites errors of the framework to the same form, such as a parameter that cannot be parsed or a method that is not
/// allowed.
pub(super) async fn told(response: Response) -> Response {
    const LONGEST: usize = 16 * 1024;
    let status = response.status();
    let is_told = response.headers().get(header::CONTENT_TYPE).is_some_and(|told| told == PROBLEM);
    if is_told || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let title = status.canonical_reason().unwrap_or("Not possible");
    let said = axum::body::to_bytes(body, LONGEST).await.unwrap_or_default();
    let detail = if said.is_empty() { format!("{title}.") } else { String::from_utf8_lossy(&said).into_owned() };
    let code = match status {
        StatusCode::NOT_FOUND => "not_found",
        StatusCode::METHOD_NOT_ALLOWED => "method_not_allowed",
        StatusCode::PAYLOAD_TOO_LARGE => "too_large",
        _ if status.is_client_error() => "invalid",
        _ => "internal",
    };
    let told = Problem::new(status, code, title, detail).into_response();
    head.headers.remove(header::CONTENT_LENGTH);
    head.headers.extend(told.headers().clone());
    Response::from_parts(head, told.into_body())
}

impl From<LibraryError> for Problem {
    fn from(error: LibraryError) -> Self {
        let (status, code) = match error {
            LibraryError::Full => (StatusCode::INSUFFICIENT_STORAGE, "disk_full"),
            LibraryError::Gone => (StatusCode::SERVICE_UNAVAILABLE, "library_gone"),
            LibraryError::Closing => (StatusCode::SERVICE_UNAVAILABLE, "closing"),
            _ => (StatusCode::INTERNAL_SERVER_ERROR, "library"),
        };
        if status == StatusCode::INTERNAL_SERVER_ERROR {
            tracing::error!(%error, "the library could not answer");
        }
        Self::new(status, code, "The library cannot answer", error.to_string())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM));
        response
    }
}
