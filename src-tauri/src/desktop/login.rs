//! Start at login: keeps the system's autostart entry in line with the settings.

use std::path::Path;

use lysbord_core::desk::Desk;
use tauri::plugin::TauriPlugin;
use tauri::{AppHandle, Wry};
use tauri_plugin_autostart::ManagerExt as _;

/// The plugin. Each data folder has its own entry.
pub(super) fn entry(data_dir: &Path, key: Option<&str>) -> TauriPlugin<Wry> {
    let builder = tauri_plugin_autostart::Builder::new().arg(super::BACKGROUND);
    match key {
        None => builder.build(),
        Some(key) => {
            let folder = quoted(&data_dir.to_string_lossy());
            builder.args(["--data-dir".to_owned(), folder]).app_name(format!("Lysbord-{key}")).build()
        }
    }
}

/// Applies the setting now and after each change, in a task of its own.
pub(super) fn follow(app: &AppHandle, desk: &Desk) {
    let (app, stopping, mut settings) = (app.clone(), desk.stopping(), desk.watch_settings());
    let mut wanted = settings.borrow_and_update().background.start_at_login;
    desk.spawn("What keeps the start at login", async move {
        loop {
            if let Err(error) = set(&app, wanted) {
                tracing::warn!(%error, "whether Lysbord starts at login could not be changed");
            }
            let changed = settings.wait_for(move |settings| settings.background.start_at_login != wanted);
            tokio::select! {
                changed = changed => match changed {
                    Ok(settings) => wanted = settings.background.start_at_login,
                    Err(_) => return,
                },
                () = stopping.cancelled() => return,
            }
        }
    });
}

/// An existing entry is written again, as the program may have moved.
fn set(app: &AppHandle, wanted: bool) -> Result<(), tauri_plugin_autostart::Error> {
    let entry = app.autolaunch();
    if wanted {
        entry.enable()
    } else if entry.is_enabled()? {
        entry.disable()
    } else {
        Ok(())
    }
}

/// Quotes an argument: the plugin joins arguments with spaces where the entry is a command line. On macOS it is a list.
fn quoted(argument: &str) -> String {
    if cfg!(target_os = "macos") {
        argument.to_owned()
    } else if cfg!(windows) {
        format!("\"{argument}\"")
    } else {
        let escaped: String = argument
            .chars()
            .flat_map(|letter| {
                let escape = matches!(letter, '"' | '`' | '$' | '\\').then_some("\\\\");
                escape.into_iter().flat_map(str::chars).chain([letter])
            })
            .collect();
        // In a desktop entry a percent sign is written twice.
        format!("\"{}\"", escaped.replace('%', "%%"))
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_folder_with_spaces_is_one_argument() {
        assert_eq!(quoted("/home/kari/Mine bilder 100%"), "\"/home/kari/Mine bilder 100%%\"");
        assert_eq!(quoted("/a$b"), "\"/a\\\\$b\"");
    }
}
