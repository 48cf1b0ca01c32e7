//! Makes sure that there is a page to embed, and lets Tauri prepare the window.

use std::path::Path;

const PAGE: &str = "ui/dist";

fn main() {
    println!("cargo::rerun-if-changed={PAGE}");
    if !Path::new(PAGE).join("index.html").exists() {
        println!("cargo::error=the page is not built: {PAGE}/index.html is missing");
        println!("cargo::error=run `make ui` here, or `npm ci && npm run build` in ui/");
        return;
    }

    #[cfg(feature = "desktop")]
    tauri_build::build();
}
