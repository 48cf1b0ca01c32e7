//! Pictures by content hash, so the answer for a URL never changes.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::Api;
use super::problem::Problem;
use crate::model::BlobHash;

/// A picture's bytes.
#[utoipa::path(get, path = "/blobs/{hash}", params(("hash" = String, Path)), responses((status = 200, content_type = "image/*"), (status = 404, body = Problem)))]
pub(super) async fn blob(State(api): State<Api>, Path(hash): Path<String>) -> Result<Response, Problem> {
    let gone = || Problem::not_found("This picture is not in the library.");
    let hash: BlobHash = hash.parse().map_err(|_| gone())?;
    let blobs = api.desk.blobs.clone();
    let format = api.desk.library.read(move |now| now.renditions().format(hash)).await?.ok_or_else(gone)?;
    // Outside of the library's snapshot: a slow disk must not hold that open.
    let bytes = tokio::task::spawn_blocking(move || blobs.read(&hash)).await;
    let bytes = bytes.map_err(|error| Problem::internal(error.to_string()))?;
    let bytes = bytes.map_err(|error| Problem::internal(error.to_string()))?.ok_or_else(gone)?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.mime()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=31536000, immutable"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}
