//! Exports that were asked for in the window or the browser: they run on a thread of their own, can be watched and
//! cancelled, and are forgotten with the process.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::export::{self, ExportError, Progress, Request};
use crate::folder::Folder;
use crate::library;

/// Names an export until the process ends.
pub type JobId = String;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    pub problem: Option<String>,
}

/// The exports of this process. Clones share them.
#[derive(Clone)]
pub struct ExportJobs {
    folder: Folder,
    jobs: Arc<Mutex<HashMap<JobId, Job>>>,
}

struct Job {
    progress: Arc<Progress>,
    status: JobStatus,
    file: PathBuf,
}

impl ExportJobs {
    pub(super) fn new(folder: Folder) -> Self {
        // Left by a process that ended before its browser came to fetch them.
        let _ = fs::remove_dir_all(folder.exports());
        Self { folder, jobs: Arc::default() }
    }

    /// Starts an export to where the user wants it.
    pub fn start_at(&self, request: Request, path: PathBuf) -> JobStatus {
        let file_name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        self.start(request, path.clone(), file_name, Some(path))
    }

    /// Starts an export that a browser will fetch.
    pub fn start_for_download(&self, request: Request) -> Result<JobStatus, ExportError> {
        fs::create_dir_all(self.folder.exports())?;
        let file_name = format!("lysbord-{}.{}", request.what.as_str(), request.format.extension());
        let file = self.folder.exports().join(format!("{:016x}", rand::random::<u64>()));
        Ok(self.start(request, file, file_name, None))
    }

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

    /// The file of an export that is done, for a browser.
    pub fn file(&self, id: &str) -> Option<(PathBuf, String)> {
        let jobs = self.lock();
        let job = jobs.get(id).filter(|job| job.status.state == JobState::Done)?;
        Some((job.file.clone(), job.status.file_name.clone()))
    }

    /// Whether this process wrote an export there: no other file is shown to anybody.
    pub fn wrote(&self, path: &Path) -> bool {
        self.lock().values().any(|job| job.status.state == JobState::Done && job.status.path.as_deref() == Some(path))
    }

    pub(super) fn cancel_all(&self) {
        for job in self.lock().values() {
            job.progress.cancel();
        }
    }

    fn start(&self, request: Request, file: PathBuf, file_name: String, path: Option<PathBuf>) -> JobStatus {
        let id = format!("{:016x}", rand::random::<u64>());
        let progress = Arc::new(Progress::default());
        let status = JobStatus {
            id: id.clone(),
            state: JobState::Running,
            rows: 0,
            total: 0,
            bytes: 0,
            file_name,
            path,
            problem: None,
        };
        let job = Job { progress: progress.clone(), status: status.clone(), file: file.clone() };
        self.lock().insert(id.clone(), job);

        let jobs = self.clone();
        tokio::task::spawn_blocking(move || {
            let written = library::read_only(&jobs.folder)
                .map_err(ExportError::from)
                .and_then(|connection| export::to_file(&connection, &request, &file, &progress));
            jobs.ended(&id, &file, written);
        });
        status
    }

    fn ended(&self, id: &str, file: &Path, written: Result<u64, ExportError>) {
        let mut jobs = self.lock();
        let Some(job) = jobs.get_mut(id) else { return };
        match written {
            Ok(_) => {
                job.status.bytes = fs::metadata(file).map(|file| file.len()).unwrap_or_default();
                job.status.state = JobState::Done;
            }
            Err(ExportError::Cancelled) => job.status.state = JobState::Cancelled,
            Err(error) => {
                tracing::warn!(%error, "an export failed");
                job.status.state = JobState::Failed;
                job.status.problem = Some(error.to_string());
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<JobId, Job>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Job {
    fn now(&self) -> JobStatus {
        JobStatus { rows: self.progress.rows(), total: self.progress.total(), ..self.status.clone() }
    }
}
