//! Starts exports and reports their progress.

use std::path::Path;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path as UrlPath, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::fs::File;
use tokio_util::io::ReaderStream;

use super::Api;
use super::filter::moment;
use super::problem::Problem;
use super::wire::{ExportFormat, ExportJob, ExportRequest, ExportScope, ExportWhat};
use crate::clock::Clock;
use crate::export::{Format, Request, Scope, What};

/// Parses an export request. The window uses it for its native dialog, too. Fails with what is wrong, in words.
pub fn request_of(wanted: &ExportRequest, clock: &Clock) -> Result<Request, String> {
    read(wanted, clock).map_err(|problem| problem.detail)
}

fn read(wanted: &ExportRequest, clock: &Clock) -> Result<Request, Problem> {
    Ok(Request {
        what: match wanted.what {
            ExportWhat::Assets => What::Assets,
            ExportWhat::Events => What::Events,
            ExportWhat::Changes => What::Changes,
        },
        format: match wanted.format {
            ExportFormat::Csv => Format::Csv,
            ExportFormat::Jsonl => Format::JsonLines,
        },
        bom: wanted.bom,
        scope: match &wanted.scope {
            ExportScope::All { .. } => Scope::All,
            ExportScope::Search(params) => Scope::Search(params.read(clock)?),
            ExportScope::Selection { ids, .. } => Scope::Selection(ids.clone()),
        },
        at: moment(match &wanted.scope {
            ExportScope::All { at } | ExportScope::Selection { at, .. } => at.as_ref(),
            ExportScope::Search(params) => params.at.as_ref(),
        })?,
    })
}

/// Starts an export for download. (The window writes to a place of the user's choice instead.)
#[utoipa::path(post, path = "/exports", request_body = ExportRequest, responses((status = 201, body = ExportJob), (status = 422, body = Problem)))]
pub(super) async fn start(
    State(api): State<Api>,
    Json(wanted): Json<ExportRequest>,
) -> Result<(StatusCode, Json<ExportJob>), Problem> {
    let request = read(&wanted, &api.desk.clock)?;
    let job = api.desk.exports.start_for_download(request).map_err(|error| Problem::internal(error.to_string()))?;
    Ok((StatusCode::CREATED, Json(job.into())))
}

/// How an export stands.
#[utoipa::path(get, path = "/exports/{id}", params(("id" = String, Path)), responses((status = 200, body = ExportJob), (status = 404, body = Problem)))]
pub(super) async fn export(State(api): State<Api>, UrlPath(id): UrlPath<String>) -> Result<Json<ExportJob>, Problem> {
    api.desk.exports.status(&id).map(|job| Json(job.into())).ok_or_else(unknown)
}

/// Cancels an export; it leaves no file.
#[utoipa::path(delete, path = "/exports/{id}", params(("id" = String, Path)), responses((status = 200, body = ExportJob), (status = 404, body = Problem)))]
pub(super) async fn cancel(State(api): State<Api>, UrlPath(id): UrlPath<String>) -> Result<Json<ExportJob>, Problem> {
    api.desk.exports.cancel(&id).map(|job| Json(job.into())).ok_or_else(unknown)
}

/// The file of an export that is done.
#[utoipa::path(get, path = "/exports/{id}/file", params(("id" = String, Path)), responses((status = 200, content_type = "text/csv"), (status = 404, body = Problem)))]
pub(super) async fn file(State(api): State<Api>, UrlPath(id): UrlPath<String>) -> Result<Response, Problem> {
    let (path, name) = api.desk.exports.file(&id).ok_or_else(unknown)?;
    let file = File::open(path).await.map_err(|error| Problem::internal(error.to_string()))?;
    let content_type = if Path::new(&name).extension().is_some_and(|extension| extension == "csv") {
        "text/csv; charset=utf-8"
    } else {
        "application/jsonl"
    };
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    let mut response = Body::from_stream(ReaderStream::new(file)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CONTENT_DISPOSITION, disposition.unwrap_or_else(|_| HeaderValue::from_static("attachment")));
    Ok(response)
}

fn unknown() -> Problem {
    Problem::not_found("There is no such export, or it is not done.")
}
