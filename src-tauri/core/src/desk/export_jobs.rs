//! Exports that were asked for in the window or the browser. Each runs on a thread of its own, can be watched and
//! cancelled, and is forgotten some time after its end. A file for a browser is gone as soon as one has fetched it.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use serde::Serialize;
use tokio::fs::File;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::task::JoinError;
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;

use crate::export::{self, ExportError, LongCells, Progress, Request, Summary};
use crate::folder::Folder;
use crate::library::ReadOnlyLibrary;
use crate::renditions::BlobStore;
use crate::supervise::Tasks;

/// Names an export until it is forgotten.
pub type JobId = String;

/// So long an export is known after its end, and a file waits for its browser.
const KEPT: Duration = Duration::from_hours(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ExportState)]
pub enum JobState {
    Running,
    Done,
    Cancelled,
    Failed,
}

/// How an export stands.
#[derive(Clone, Debug)]
pub struct JobStatus {
    pub id: JobId,
    pub state: JobState,
    pub rows: u64,
    pub total: u64,
    pub bytes: u64,
    pub file_name: String,
    /// Where the user wanted it; `None` for one that a browser will fetch.
    pub path: Option<PathBuf>,
    /// Why it failed.
    pub problem: Option<String>,
    /// Cells that are longer than a spreadsheet takes; known when it is done.
    pub long_cells: Option<LongCells>,
}

/// The exports of this process. Clones share them.
#[derive(Clone)]
pub struct ExportJobs {
    folder: Folder,
    kept: Duration,
    jobs: Arc<Mutex<HashMap<JobId, Job>>>,
    tasks: Tasks,
    stop: CancellationToken,
}

struct Job {
    progress: Arc<Progress>,
    status: JobStatus,
    file: PathBuf,
    /// For `Content-Type`.
    mime: &'static str,
    /// A browser has it, so the file is gone.
    is_fetched: bool,
}

impl ExportJobs {
    /// Call it with the folder locked: it clears away what an earlier process left for a browser that never came.
    pub(super) fn new(folder: Folder, tasks: Tasks) -> Self {
        Self::keeping(folder, tasks, KEPT)
    }

    fn keeping(folder: Folder, tasks: Tasks, kept: Duration) -> Self {
        if let Err(error) = fs::remove_dir_all(folder.exports())
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "exports of an earlier run stay on disk");
        }
        Self { folder, kept, jobs: Arc::default(), tasks, stop: CancellationToken::new() }
    }

    /// Starts an export to where the user wants it.
    pub fn start_at(&self, request: Request, path: PathBuf) -> JobStatus {
        let file_name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        self.export(request, path.clone(), file_name, Some(path))
    }

    /// Starts an export that a browser will fetch.
    pub fn start_for_download(&self, request: Request) -> Result<JobStatus, ExportError> {
        fs::create_dir_all(self.folder.exports())?;
        let file = self.folder.exports().join(format!("{:016x}", rand::random::<u64>()));
        let file_name = match request.pictures {
            Some(_) => {
                format!("{}.zip", request.file_name().trim_end_matches(request.extension()).trim_end_matches('.'))
            }
            None => request.file_name(),
        };
        Ok(self.export(request, file, file_name, None))
    }

    /// `None` for one that was never asked for, or is forgotten.
    pub fn status(&self, id: &str) -> Option<JobStatus> {
        self.lock().get(id).map(Job::now)
    }

    /// Stops an export; its file does not appear.
    pub fn cancel(&self, id: &str) -> Option<JobStatus> {
        let jobs = self.lock();
        let job = jobs.get(id)?;
        job.progress.cancel();
        Some(job.now())
    }

    /// Opens the file of an export that is done, for a browser. Read to its end, it is gone: `None` from then on, and
    /// for a file that the user has at a place of their own.
    pub async fn download(&self, id: &str) -> io::Result<Option<Download>> {
        let Some((path, status, mime)) = self.waiting(id) else { return Ok(None) };
        let file = File::open(path).await?;
        Ok(Some(Download {
            file,
            left: status.bytes,
            file_name: status.file_name,
            mime,
            jobs: self.clone(),
            id: status.id,
        }))
    }

    /// Cancels all that run, and returns when none of them writes any more.
    pub(super) async fn close(&self) {
        for job in self.lock().values() {
            job.progress.cancel();
        }
        self.stop.cancel();
        self.tasks.end().await;
    }

    fn waiting(&self, id: &str) -> Option<(PathBuf, JobStatus, &'static str)> {
        let jobs = self.lock();
        let waits = |job: &&Job| job.status.state == JobState::Done && job.status.path.is_none() && !job.is_fetched;
        let job = jobs.get(id).filter(waits)?;
        Some((job.file.clone(), job.status.clone(), job.mime))
    }

    fn export(&self, request: Request, file: PathBuf, file_name: String, path: Option<PathBuf>) -> JobStatus {
        let status = JobStatus {
            id: format!("{:016x}", rand::random::<u64>()),
            state: JobState::Running,
            rows: 0,
            total: 0,
            bytes: 0,
            file_name,
            path,
            problem: None,
            long_cells: None,
        };
        let progress = Arc::new(Progress::default());
        let is_download = status.path.is_none();
        let mime = if is_download && request.pictures.is_some() { "application/zip" } else { request.mime() };
        let job = Job { progress: progress.clone(), status, file: file.clone(), mime, is_fetched: false };
        let folder = self.folder.clone();
        self.start(job, move || {
            let library = ReadOnlyLibrary::open(&folder)?;
            let blobs = BlobStore::open_for_reading(folder.path())?;
            library.read(|now| match request.pictures {
                Some(pictures) if is_download => export::to_zip(now, &blobs, &request, pictures, &file, &progress),
                Some(pictures) => export::to_file_and_folder(now, &blobs, &request, pictures, &file, &progress),
                None => export::to_file(now, Some(&blobs), &request, &file, &progress),
            })
        })
    }

    /// One task sees a job through: it hears how the writing ended, a panic included, and forgets the job later.
    fn start(&self, job: Job, write: impl FnOnce() -> Result<Summary, ExportError> + Send + 'static) -> JobStatus {
        let status = job.now();
        self.lock().insert(status.id.clone(), job);
        let (jobs, id) = (self.clone(), status.id.clone());
        self.tasks.spawn("What looks after an export", async move {
            jobs.ended(&id, tokio::task::spawn_blocking(write).await);
            tokio::select! {
                () = tokio::time::sleep(jobs.kept) => {}
                () = jobs.stop.cancelled() => {}
            }
            jobs.forget(&id);
        });
        status
    }

    fn ended(&self, id: &str, written: Result<Result<Summary, ExportError>, JoinError>) {
        let mut jobs = self.lock();
        let Some(Job { status, file, .. }) = jobs.get_mut(id) else { return };
        match written {
            Ok(Ok(summary)) => {
                status.bytes = fs::metadata(file).map(|file| file.len()).unwrap_or_default();
                status.long_cells = summary.long_cells;
                status.state = JobState::Done;
            }
            Ok(Err(ExportError::Cancelled)) => status.state = JobState::Cancelled,
            Ok(Err(error)) => {
                tracing::warn!(%error, "an export failed");
                status.state = JobState::Failed;
                status.problem = Some(error.to_string());
            }
            Err(error) => {
                tracing::error!(%error, "an export broke off");
                status.state = JobState::Failed;
                status.problem = Some(BROKE_OFF.to_owned());
            }
        }
    }

    /// A browser has all of the file.
    fn fetched(&self, id: &str) {
        let mut jobs = self.lock();
        if let Some(job) = jobs.get_mut(id).filter(|job| !job.is_fetched) {
            job.is_fetched = true;
            remove(&job.file);
        }
    }

    /// A file at a place of the user's own stays.
    fn forget(&self, id: &str) {
        let Some(job) = self.lock().remove(id) else { return };
        if job.status.path.is_none() {
            remove(&job.file);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<JobId, Job>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const BROKE_OFF: &str = "Lysbord met a fault of its own and stopped writing. No file was left, and the library is unharmed. Its log says more.";

impl Job {
    fn now(&self) -> JobStatus {
        JobStatus { rows: self.progress.rows(), total: self.progress.total(), ..self.status.clone() }
    }
}

fn remove(file: &Path) {
    if let Err(error) = fs::remove_file(file)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(%error, "the file of an export stays on disk until the next start");
    }
}

/// The file of an export on its way to a browser.
pub struct Download {
    pub file_name: String,
    /// For `Content-Type`.
    pub mime: &'static str,
    file: File,
    left: u64,
    jobs: ExportJobs,
    id: JobId,
}

impl AsyncRead for Download {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = to.filled().len();
        ready!(Pin::new(&mut this.file).poll_read(context, to))?;
        let read = (to.filled().len() - before) as u64;
        this.left = this.left.saturating_sub(read);
        if this.left == 0 || read == 0 {
            this.jobs.fetched(&this.id);
        }
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;
    use tokio::io::AsyncReadExt as _;

    use super::*;
    use crate::supervise::Mishaps;

    const HOUR: Duration = Duration::from_hours(1);

    fn job(file: PathBuf) -> Job {
        let status = JobStatus {
            id: "job".to_owned(),
            state: JobState::Running,
            rows: 0,
            total: 0,
            bytes: 0,
            file_name: "lysbord-assets.csv".to_owned(),
            path: None,
            problem: None,
            long_cells: None,
        };
        Job { progress: Arc::default(), status, file, mime: "text/csv", is_fetched: false }
    }

    fn jobs(place: &TempDir, kept: Duration) -> ExportJobs {
        let jobs = ExportJobs::keeping(Folder::create(place.path()).unwrap(), Tasks::new(Mishaps::default()), kept);
        fs::create_dir_all(jobs.folder.exports()).unwrap();
        jobs
    }

    async fn until_ended(jobs: &ExportJobs) -> JobStatus {
        loop {
            let status = jobs.status("job").unwrap();
            if status.state != JobState::Running {
                return status;
            }
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_panic_while_writing_is_told_and_not_waited_for() {
        let place = TempDir::new().unwrap();
        let jobs = jobs(&place, HOUR);
        jobs.start(job(place.path().join("x")), || panic!("a fault of ours"));

        let status = until_ended(&jobs).await;

        assert_eq!((status.state, status.problem.as_deref()), (JobState::Failed, Some(BROKE_OFF)));
    }

    #[tokio::test]
    async fn a_file_is_gone_when_a_browser_has_all_of_it() {
        let place = TempDir::new().unwrap();
        let jobs = jobs(&place, HOUR);
        let file = jobs.folder.exports().join("x");
        let to = file.clone();
        jobs.start(job(file.clone()), move || {
            fs::write(to, "a".repeat(100_000))?;
            Ok(Summary::default())
        });
        until_ended(&jobs).await;

        let mut broken_off = jobs.download("job").await.unwrap().unwrap();
        broken_off.read_exact(&mut [0; 10]).await.unwrap();
        drop(broken_off);
        assert!(file.exists(), "a download that broke off can be begun again");

        let mut all = String::new();
        jobs.download("job").await.unwrap().unwrap().read_to_string(&mut all).await.unwrap();
        assert_eq!(all.len(), 100_000);
        assert!(!file.exists());
        assert_eq!(jobs.status("job").unwrap().state, JobState::Done, "it is still known");
        assert!(jobs.download("job").await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_file_that_nobody_fetches_does_not_stay() {
        let place = TempDir::new().unwrap();
        let jobs = jobs(&place, Duration::ZERO);
        let file = jobs.folder.exports().join("x");
        let to = file.clone();
        jobs.start(job(file.clone()), move || {
            fs::write(to, "rows")?;
            Ok(Summary::default())
        });
        while jobs.status("job").is_some() {
            tokio::task::yield_now().await;
        }
        assert!(!file.exists());
    }

    #[tokio::test]
    async fn what_the_user_has_at_a_place_of_their_own_stays_when_the_job_is_forgotten() {
        let place = TempDir::new().unwrap();
        let jobs = jobs(&place, Duration::ZERO);
        let file = place.path().join("assets.csv");
        let to = file.clone();
        let mut theirs = job(file.clone());
        theirs.status.path = Some(file.clone());
        jobs.start(theirs, move || {
            fs::write(to, "rows")?;
            Ok(Summary::default())
        });
        while jobs.status("job").is_some() {
            tokio::task::yield_now().await;
        }
        assert_eq!(fs::read_to_string(file).unwrap(), "rows");
    }

    #[tokio::test]
    async fn a_start_clears_what_an_earlier_run_left_and_an_end_leaves_nothing() {
        let place = TempDir::new().unwrap();
        let left = jobs(&place, HOUR).folder.exports().join("left");
        fs::write(&left, "rows").unwrap();

        let jobs = jobs(&place, HOUR);
        assert!(!left.exists());

        let to = jobs.folder.exports().join("x");
        let file = to.clone();
        jobs.start(job(file.clone()), move || {
            fs::write(to, "rows")?;
            Ok(Summary::default())
        });
        until_ended(&jobs).await;
        jobs.close().await;
        assert!(!file.exists());
    }
}
