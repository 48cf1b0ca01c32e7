//! The rows of exported files. They are handed over one after the other as SQLite reads them, so memory does not grow
//! with the file. What a file makes of them is `export`'s business.

mod assets;
mod events;

pub use assets::{AssetRow, AssetText, AssetsToExport};
