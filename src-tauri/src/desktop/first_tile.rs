//! Measures the start: if `LYSBORD_TELL_FIRST_TILE` is set, prints a line when the first tile is on the screen.
//! `benches/window.rs` waits for it. Otherwise nothing is added to the page.

use std::io::Write as _;

const ASKED: &str = "LYSBORD_TELL_FIRST_TILE";

/// A tile is complete when it shows its picture, or the text why it has none. It is painted one frame later.
const SCRIPT: &str = "addEventListener('DOMContentLoaded', () => {
    const look = new MutationObserver(() => {
        if (!document.querySelector('[data-asset] :is(img.loaded, .words)')) return;
        look.disconnect();
        requestAnimationFrame(() => setTimeout(() => window.__TAURI_INTERNALS__.invoke('first_tile_painted')));
    });
    look.observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['class', 'data-asset'] });
});";

/// The script to add to the page, or `None` if nobody measures.
pub(super) fn script() -> Option<&'static str> {
    std::env::var_os(ASKED).map(|_| SCRIPT)
}

#[tauri::command]
pub(super) fn first_tile_painted() {
    // The reader may be gone.
    let _ = writeln!(std::io::stdout(), r#"{{"first_tile":"painted"}}"#);
}
