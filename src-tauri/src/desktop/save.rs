//! The two commands that the page may call: write an export to a place that the user picks, and show a file or folder
//! of Lysbord's own. The page never names a path to write to; only the native dialog does.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use lysbord_core::api::{self, ExportJob, ExportRequest};
use lysbord_core::clock::Clock;
use lysbord_core::desk::{Desk, ExportJobs};
use lysbord_core::export::Request;
use tauri::{Manager as _, State, WebviewWindow};
use tauri_plugin_dialog::DialogExt as _;
use tokio::sync::oneshot;

/// Files that this session wrote, and the data folder: all that may be shown in the file manager.
pub(super) struct Written {
    exports: ExportJobs,
    clock: Clock,
    places: Mutex<HashSet<PathBuf>>,
}

impl Written {
    pub(super) fn new(desk: &Desk) -> Self {
        Self {
            exports: desk.exports.clone(),
            clock: desk.clock.clone(),
            places: Mutex::new([desk.folder.path().to_owned()].into()),
        }
    }

    fn start(&self, request: Request, path: PathBuf) -> ExportJob {
        self.places().insert(path.clone());
        self.exports.start_at(request, path).into()
    }

    fn contains(&self, path: &Path) -> bool {
        self.places().contains(path)
    }

    fn places(&self) -> MutexGuard<'_, HashSet<PathBuf>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks where to save and starts the export. Returns `None` if the dialog was closed. Progress and cancelling go
/// through the API.
#[tauri::command]
pub(super) async fn save_export(
    request: ExportRequest,
    window: WebviewWindow,
    written: State<'_, Written>,
) -> Result<Option<ExportJob>, String> {
    let request = api::request_of(&request, &written.clock)?;
    let extension = request.extension();
    let (chosen, choice) = oneshot::channel();
    let mut dialog = window.dialog().file().set_parent(&window).set_title("Export");
    if let Ok(folder) = window.path().document_dir().or_else(|_| window.path().home_dir()) {
        dialog = dialog.set_directory(folder);
    }
    dialog
        .set_file_name(request.file_name())
        .add_filter(extension.to_uppercase(), &[extension])
        .save_file(move |path| drop(chosen.send(path)));
    let Some(path) = choice.await.ok().flatten() else { return Ok(None) };
    let path = path.into_path().map_err(|error| format!("Nothing can be written there: {error}."))?;
    Ok(Some(written.start(request, path)))
}

/// Shows a file that [`save_export`] wrote, or the data folder, in the file manager.
#[tauri::command]
pub(super) async fn open_path(path: PathBuf, written: State<'_, Written>) -> Result<(), String> {
    if !written.contains(&path) {
        return Err("Lysbord shows only what it has written itself.".to_owned());
    }
    let shown =
        tokio::task::spawn_blocking(|| tauri_plugin_opener::reveal_item_in_dir(path).map_err(anyhow::Error::from));
    shown
        .await
        .map_err(anyhow::Error::from)
        .flatten()
        .map_err(|error| format!("The file manager did not open: {error}."))
}
