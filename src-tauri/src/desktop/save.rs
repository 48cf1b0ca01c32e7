//! What the page may ask of the desktop: to write an export where the user says, and to show that file afterwards. The page
//! names no path itself; only the native dialog does.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use lysbord_core::export::{ExportJob, ExportRequest, Exports};
use tauri::{Manager as _, State, WebviewWindow};
use tauri_plugin_dialog::DialogExt as _;
use tokio::sync::oneshot;

/// The exports, and the files that this session wrote.
pub(super) struct Saved {
    exports: Exports,
    files: Mutex<HashSet<PathBuf>>,
}

impl Saved {
    pub(super) fn new(exports: Exports) -> Self {
        Self { exports, files: Mutex::default() }
    }

    fn start(&self, request: ExportRequest, path: PathBuf) -> ExportJob {
        self.files().insert(path.clone());
        self.exports.start(request, path)
    }

    fn wrote(&self, path: &Path) -> bool {
        self.files().contains(path)
    }

    fn files(&self) -> MutexGuard<'_, HashSet<PathBuf>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks where to and starts writing there; nothing when the dialog is closed. Progress and cancelling are the API's.
#[tauri::command]
pub(super) async fn save_export(
    request: ExportRequest,
    window: WebviewWindow,
    saved: State<'_, Saved>,
) -> Result<Option<ExportJob>, String> {
    let (chosen, choice) = oneshot::channel();
    let mut dialog = window.dialog().file().set_parent(&window).set_title("Export");
    if let Ok(folder) = window.path().document_dir().or_else(|_| window.path().home_dir()) {
        dialog = dialog.set_directory(folder);
    }
    dialog
        .set_file_name(request.file_name())
        .add_filter(request.format.name(), &[request.format.extension()])
        .save_file(move |path| drop(chosen.send(path)));
    let Some(path) = choice.await.ok().flatten() else {
        return Ok(None);
    };
    let path = path.into_path().map_err(|error| error.to_string())?;
    Ok(Some(saved.start(request, path)))
}

/// Shows a file of [`save_export`] in the file manager.
#[tauri::command]
pub(super) async fn open_path(path: PathBuf, saved: State<'_, Saved>) -> Result<(), String> {
    if !saved.wrote(&path) {
        return Err("Lysbord shows only files that it has just written.".to_owned());
    }
    let shown =
        tokio::task::spawn_blocking(|| tauri_plugin_opener::reveal_item_in_dir(path).map_err(anyhow::Error::from));
    shown
        .await
        .map_err(anyhow::Error::from)
        .flatten()
        .map_err(|error| format!("The file manager did not open: {error}."))
}
