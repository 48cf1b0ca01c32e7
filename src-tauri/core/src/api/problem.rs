//! Errors on the wire: `application/problem+json` (RFC 9457), in words for people and with a code for programs.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::library::LibraryError;

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
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response
    }
}
