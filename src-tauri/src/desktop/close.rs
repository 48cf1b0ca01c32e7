//! What closing the window means: keep listening, or quit. The user is asked once, and can change the answer in the
//! settings. A window that could not be found again is not hidden: without a tray, the user is told first how to get it
//! back.

use std::sync::atomic::{AtomicBool, Ordering};

use lysbord_core::desk::Desk;
use lysbord_core::library::LibraryError;
use lysbord_core::settings::{Background, KeepListening, Settings};
use tauri::{AppHandle, Manager as _};
use tauri_plugin_dialog::{DialogExt as _, MessageDialogButtons, MessageDialogKind, MessageDialogResult};

use super::{tray, window};

const KEEP: &str = "Keep listening";
const QUIT: &str = "Quit";
const STAY: &str = "Cancel";

/// Ensures that only one question is open at a time.
#[derive(Default)]
pub(super) struct Asking(AtomicBool);

/// Handles the close button.
pub(super) fn asked(app: &AppHandle) {
    let (app, desk) = (app.clone(), app.state::<Desk>().inner().clone());
    desk.clone().spawn("What closes the window", async move {
        let tray = tray::is_shown(&app).await;
        match desk.settings().await.map(|settings| meant(&settings.background, tray)) {
            Ok(Meant::Hide) => window::hide(&app),
            Ok(Meant::Quit) => app.exit(0),
            Ok(Meant::Ask) => ask(app, desk, tray),
            Err(error) => {
                tracing::error!(%error, "the settings cannot be read");
                app.exit(0);
            }
        }
    });
}

#[derive(Debug, PartialEq, Eq)]
enum Meant {
    Hide,
    Quit,
    Ask,
}

fn meant(chosen: &Background, tray: bool) -> Meant {
    match chosen.keep_listening {
        KeepListening::No => Meant::Quit,
        KeepListening::Yes if tray || chosen.hide_without_tray => Meant::Hide,
        KeepListening::Yes | KeepListening::Ask => Meant::Ask,
    }
}

fn ask(app: AppHandle, desk: Desk, tray: bool) {
    let Asking(open) = app.state::<Asking>().inner();
    if open.swap(true, Ordering::Relaxed) {
        return;
    }
    let back = if tray {
        "Lysbord stays in the tray; its icon brings the window back."
    } else {
        "This desktop shows no tray icons. To bring the window back, start Lysbord again."
    };
    let words = format!(
        "While Lysbord runs, every notice from Fotoware is kept with its pictures. While it does not run, Fotoware \
         retries for a while and then gives up.\n\n{back}\n\nYou are asked only once. You can change this in Settings."
    );
    let buttons = MessageDialogButtons::YesNoCancelCustom(KEEP.into(), QUIT.into(), STAY.into());
    let mut question = app
        .dialog()
        .message(words)
        .title("Keep listening in the background?")
        .kind(MessageDialogKind::Info)
        .buttons(buttons);
    if let Some(window) = window::of(&app) {
        question = question.parent(&window);
    }
    question.show_with_result(move |answer| {
        app.state::<Asking>().0.store(false, Ordering::Relaxed);
        let keep = match answer {
            MessageDialogResult::Custom(label) if label == KEEP => true,
            MessageDialogResult::Custom(label) if label == QUIT => false,
            MessageDialogResult::Yes => true,
            MessageDialogResult::No => false,
            _ => return,
        };
        desk.clone().spawn("What closes the window", async move {
            if let Err(error) = remember(&desk, keep, tray).await {
                tracing::error!(%error, "the answer could not be kept");
            }
            if keep {
                window::hide(&app);
            } else {
                app.exit(0);
            }
        });
    });
}

async fn remember(desk: &Desk, keep: bool, tray: bool) -> Result<(), LibraryError> {
    let answer = move |settings: &mut Settings| {
        settings.background.keep_listening = if keep { KeepListening::Yes } else { KeepListening::No };
        settings.background.hide_without_tray |= keep && !tray;
    };
    desk.change_settings(answer).await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_hidden_without_a_tray_only_by_one_who_knows() {
        let chosen = |keep_listening, hide_without_tray| Background {
            keep_listening,
            hide_without_tray,
            ..Background::default()
        };
        let table = [
            (KeepListening::Ask, false, true, Meant::Ask),
            (KeepListening::Yes, false, true, Meant::Hide),
            (KeepListening::Yes, false, false, Meant::Ask),
            (KeepListening::Yes, true, false, Meant::Hide),
            (KeepListening::No, true, false, Meant::Quit),
        ];
        for (keep, knows, tray, expected) in table {
            assert_eq!(meant(&chosen(keep, knows), tray), expected, "{keep:?} {knows} {tray}");
        }
    }
}
