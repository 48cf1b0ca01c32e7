//! How long a start takes is known only to the page: where `LYSBORD_TELL_FIRST_TILE` is set, the window says a line when the
//! first tile is on the screen. `benches/window.rs` waits for it; otherwise nothing of this is in the page.

use std::io::Write as _;

const ASKED: &str = "LYSBORD_TELL_FIRST_TILE";

/// A tile is there when it shows its picture, or the words that say why it has none. It is painted in the frame after.
const SCRIPT: &str = "addEventListener('DOMContentLoaded', () => {
    const look = new MutationObserver(() => {
        if (!document.querySelector('[data-asset] :is(img.loaded, .words)')) return;
        look.disconnect();
        requestAnimationFrame(() => setTimeout(() => window.__TAURI_INTERNALS__.invoke('first_tile_painted')));
    });
    look.observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['class', 'data-asset'] });
});";

/// What the page has to run to tell.
pub(super) fn script() -> Option<&'static str> {
    std::env::var_os(ASKED).map(|_| SCRIPT)
}

#[tauri::command]
pub(super) fn first_tile_painted() {
    // Who asked may have gone away.
    let _ = writeln!(std::io::stdout(), r#"{{"first_tile":"painted"}}"#);
}
