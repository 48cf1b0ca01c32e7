//! What the gallery, the inspector, the lists and the exports ask. It only reads, and knows `store` alone.

pub(in crate::library) mod activity;
mod archives;
mod as_json;
pub(in crate::library) mod asset;
pub(in crate::library) mod decisions;
pub(in crate::library) mod delivery_log;
pub(in crate::library) mod event_list;
pub(in crate::library) mod export_rows;
pub(in crate::library) mod field_names;
pub(in crate::library) mod filter;
mod followers;
pub(in crate::library) mod found_terms;
pub(in crate::library) mod gallery;
pub(in crate::library) mod histogram;
mod imports;
pub(in crate::library) mod notes;
pub(in crate::library) mod overview;
pub(in crate::library) mod recent;
pub(in crate::library) mod renditions;
pub(in crate::library) mod snapshot;
mod text_matches;
