//! Starts exports and reports their progress.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path as UrlPath, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use tokio_util::io::ReaderStream;
use utoipa::ToSchema;

use super::Api;
use super::filter::{FilterParams, moment};
use super::problem::Problem;
use crate::clock::Clock;
use crate::desk::{JobState, JobStatus};
use crate::export::{Delimiter, Format, LongCells, Request, Scope, What};

/// What to export.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct ExportRequest {
    pub what: What,
    #[serde(default)]
    pub format: Format,
    /// Between the cells of a CSV file.
    #[serde(default)]
    pub delimiter: Delimiter,
    /// A byte order mark, for Excel.
    #[serde(default)]
    pub bom: bool,
    pub scope: ExportScope,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ExportScope {
    All {
        /// Look back: as it was at this moment, by Fotoware's time (RFC 3339).
        #[serde(default)]
        at: Option<String>,
    },
    Search(FilterParams),
    Selection {
        ids: Vec<String>,
        /// Look back: as it was at this moment, by Fotoware's time (RFC 3339).
        #[serde(default)]
        at: Option<String>,
    },
}

#[derive(Serialize, ToSchema)]
pub struct ExportJob {
    pub id: String,
    pub state: JobState,
    pub rows: u64,
    pub total: u64,
    pub bytes: u64,
    pub file_name: String,
    pub path: Option<String>,
    pub problem: Option<String>,
    /// Cells that are longer than a spreadsheet takes.
    pub long_cells: Option<LongCells>,
}

impl From<JobStatus> for ExportJob {
    fn from(job: JobStatus) -> Self {
        Self {
            id: job.id,
            state: job.state,
            rows: job.rows,
            total: job.total,
            bytes: job.bytes,
            file_name: job.file_name,
            path: job.path.map(|path| path.to_string_lossy().into_owned()),
            problem: job.problem,
            long_cells: job.long_cells,
        }
    }
}

/// Parses an export request. The window uses it for its native dialog, too. Fails with what is wrong, in words.
pub fn request_of(wanted: &ExportRequest, clock: &Clock) -> Result<Request, String> {
    read(wanted, clock).map_err(|problem| problem.detail)
}

fn read(wanted: &ExportRequest, clock: &Clock) -> Result<Request, Problem> {
    Ok(Request {
        what: wanted.what,
        format: wanted.format,
        delimiter: wanted.delimiter,
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

/// The file of an export that is done. It is fetched once: read to its end, it is gone.
#[utoipa::path(get, path = "/exports/{id}/file", params(("id" = String, Path)), responses((status = 200, content_type = "text/csv"), (status = 404, body = Problem)))]
pub(super) async fn file(State(api): State<Api>, UrlPath(id): UrlPath<String>) -> Result<Response, Problem> {
    let download = api.desk.exports.download(&id).await.map_err(|error| Problem::internal(error.to_string()))?;
    let download = download.ok_or_else(unknown)?;
    let content_type = HeaderValue::from_static(download.mime);
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{}\"", download.file_name));
    let mut response = Body::from_stream(ReaderStream::new(download)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, content_type);
    headers.insert(header::CONTENT_DISPOSITION, disposition.unwrap_or_else(|_| HeaderValue::from_static("attachment")));
    Ok(response)
}

fn unknown() -> Problem {
    Problem::not_found("There is no such export, or it is not done.")
}
