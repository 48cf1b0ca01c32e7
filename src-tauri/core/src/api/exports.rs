//! Starts exports and reports their progress.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path as UrlPath, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use tokio_util::io::ReaderStream;
use utoipa::{IntoParams, ToSchema};

use super::Api;
use super::deliveries::LogFilterParams;
use super::event_list::EventFilterParams;
use super::filter::{FilterParams, moment, zone};
use super::problem::Problem;
use crate::clock::Clock;
use crate::desk::{JobState, JobStatus};
use crate::export::{self, About, ColumnChoice, Delimiter, Format, Layout, LongCells, Pictures, Request, Scope, What};
use crate::library::{EventFilter, LogFilter};

/// What to export.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct ExportRequest {
    pub what: What,
    /// Absent is the usual one of what is exported.
    #[serde(default)]
    pub format: Option<Format>,
    /// Between the cells of a CSV file. Absent is the usual one of the format.
    #[serde(default)]
    pub delimiter: Option<Delimiter>,
    /// A byte order mark, for Excel.
    #[serde(default)]
    pub bom: bool,
    /// The columns in their order; absent is all that there are.
    #[serde(default)]
    pub columns: Option<Vec<ColumnChoice>>,
    /// A picture in each row of a workbook; absent is yes, unless there are very many rows.
    #[serde(default)]
    pub thumbnails: Option<bool>,
    /// Of a contact sheet.
    #[serde(default)]
    pub layout: Layout,
    /// Pictures as files with it: in a folder beside the file, or in a zip archive with it for a browser.
    #[serde(default)]
    pub pictures: Option<Pictures>,
    /// Time zone of the user, such as `Europe/Oslo`, in which a workbook shows times.
    #[serde(default)]
    pub tz: Option<String>,
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
    /// What the list of events shows.
    Events {
        filter: EventFilterParams,
    },
    /// What the log of deliveries shows.
    Deliveries {
        filter: LogFilterParams,
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

/// Parses an export request. The window uses it for its native dialog, and the command line for its options. Fails with
/// what is wrong, in words.
pub fn request_of(wanted: &ExportRequest, clock: &Clock) -> Result<Request, String> {
    read(wanted, clock).map_err(|problem| problem.detail)
}

fn read(wanted: &ExportRequest, clock: &Clock) -> Result<Request, Problem> {
    let zone = zone(wanted.tz.as_deref());
    let at = moment(match &wanted.scope {
        ExportScope::All { at } | ExportScope::Selection { at, .. } => at.as_ref(),
        ExportScope::Search(params) => params.at.as_ref(),
        ExportScope::Events { .. } | ExportScope::Deliveries { .. } => None,
    })?;
    let day = jiff::Timestamp::from_millisecond(at.unwrap_or_else(|| clock.now()).0).unwrap_or_default();
    let format = wanted.format.unwrap_or(wanted.what.formats()[0]);
    let request = Request {
        what: wanted.what,
        format,
        delimiter: wanted.delimiter.unwrap_or(format.usual_delimiter()),
        bom: wanted.bom,
        columns: wanted.columns.clone(),
        thumbnails: wanted.thumbnails,
        layout: wanted.layout,
        pictures: wanted.pictures,
        scope: scope(&wanted.scope, clock)?,
        at,
        about: About { words: words(&wanted.scope), day: day.to_zoned(zone.clone()).date() },
        zone,
    };
    match request.contradiction() {
        Some(words) => Err(Problem::invalid(format!("This cannot be exported: {words}."))),
        None => Ok(request),
    }
}

fn scope(wanted: &ExportScope, clock: &Clock) -> Result<Scope, Problem> {
    Ok(match wanted {
        ExportScope::All { .. } => Scope::All,
        ExportScope::Search(params) => match params.read(clock)? {
            filter if filter.is_everything() => Scope::All,
            filter => Scope::Search(filter),
        },
        ExportScope::Selection { ids, .. } => Scope::Selection(ids.clone()),
        ExportScope::Events { filter: params } => match params.read(clock)? {
            filter if filter == EventFilter::default() => Scope::All,
            filter => Scope::Events(filter),
        },
        ExportScope::Deliveries { filter: params } => match params.read()? {
            filter if filter == LogFilter::default() => Scope::All,
            filter => Scope::Deliveries(filter),
        },
    })
}

/// What an export is narrowed to, as people say it: for the name of its file.
fn words(scope: &ExportScope) -> String {
    let said: Vec<String> = match scope {
        ExportScope::All { .. } => Vec::new(),
        ExportScope::Search(FilterParams { query, archive, change, state, from, until, .. }) => {
            let texts = [archive, query, change, state].into_iter().flatten().cloned();
            texts.chain(span(from.as_deref(), until.as_deref())).collect()
        }
        ExportScope::Selection { ids, .. } => vec![format!("{} selected", ids.len())],
        ExportScope::Events { filter: params } => {
            let EventFilterParams { kind, operation, change, archive, field, from, until, query, .. } = params;
            let field = field.as_ref().map(|field| match field.parse::<u32>() {
                Ok(number) => format!("field {number}"),
                Err(_) => field.clone(),
            });
            let texts = [archive, query, kind, operation, change].into_iter().flatten().cloned();
            texts.chain(field).chain(span(from.as_deref(), until.as_deref())).collect()
        }
        ExportScope::Deliveries { filter: params } => {
            let LogFilterParams { outcome, kind, from, until, query, asset: _, tz: _ } = params;
            let outcome = outcome.map(|outcome| outcome.as_str().to_owned());
            let texts = [query, kind].into_iter().flatten().cloned();
            texts.chain(outcome).chain(span(from.as_deref(), until.as_deref())).collect()
        }
    };
    said.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ")
}

/// The days of a span; the time of day would make a name long.
fn span(from: Option<&str>, until: Option<&str>) -> Option<String> {
    let day = |moment: &str| moment.get(..10).unwrap_or(moment).to_owned();
    let days: Vec<String> =
        [from.map(|from| format!("from {}", day(from))), until.map(|until| format!("to {}", day(until)))]
            .into_iter()
            .flatten()
            .collect();
    (!days.is_empty()).then(|| days.join(" "))
}

/// A column that an export can have.
#[derive(Serialize, ToSchema)]
pub(super) struct ExportableColumn {
    /// By which it is chosen: its name, or the number of a metadata field.
    pub key: String,
    /// What it is called in a file for people.
    pub title: String,
    /// It is a metadata field.
    pub is_field: bool,
}

#[derive(Serialize, ToSchema)]
pub(super) struct ExportableColumns {
    pub items: Vec<ExportableColumn>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ColumnsParams {
    pub what: What,
}

/// Which columns there are to choose from.
#[utoipa::path(get, path = "/exports/columns", operation_id = "export_columns", params(ColumnsParams), responses((status = 200, body = ExportableColumns)))]
pub(super) async fn columns(
    State(api): State<Api>,
    Query(ColumnsParams { what }): Query<ColumnsParams>,
) -> Result<Json<ExportableColumns>, Problem> {
    let columns = api.desk.library.read(move |now| export::columns_of(now, what)).await?;
    let items = columns.into_iter().map(|column| ExportableColumn {
        is_field: column.key.bytes().all(|byte| byte.is_ascii_digit()),
        key: column.key.into_owned(),
        title: column.title.into_owned(),
    });
    Ok(Json(ExportableColumns { items: items.collect() }))
}

/// How many there are of what an export would write, before it is started.
#[derive(Serialize, ToSchema)]
pub(super) struct ExportCount {
    pub rows: u64,
}

/// How many rows an export would have.
#[utoipa::path(post, path = "/exports/count", operation_id = "count_export", request_body = ExportRequest, responses((status = 200, body = ExportCount), (status = 422, body = Problem)))]
pub(super) async fn count(
    State(api): State<Api>,
    Json(wanted): Json<ExportRequest>,
) -> Result<Json<ExportCount>, Problem> {
    let request = read(&wanted, &api.desk.clock)?;
    let rows = api.desk.library.read(move |now| export::count(now, &request)).await?;
    Ok(Json(ExportCount { rows }))
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
    let disposition = HeaderValue::from_str(&disposition(&download.file_name));
    let mut response = Body::from_stream(ReaderStream::new(download)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, content_type);
    headers.insert(header::CONTENT_DISPOSITION, disposition.unwrap_or_else(|_| HeaderValue::from_static("attachment")));
    Ok(response)
}

/// A name may have letters of any script, of which a header has none: RFC 6266.
fn disposition(file_name: &str) -> String {
    let plain: String = file_name.chars().map(|letter| if letter.is_ascii() { letter } else { '_' }).collect();
    let whole = utf8_percent_encode(file_name, NON_ALPHANUMERIC);
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}")
}

fn unknown() -> Problem {
    Problem::not_found("There is no such export, or it is not done.")
}
