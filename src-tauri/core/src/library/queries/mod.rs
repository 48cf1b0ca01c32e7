//! What the gallery, the inspector, the lists and the exports ask. It only reads, and knows `store` alone.

pub(in crate::library) mod activity;
mod archives;
mod as_json;
pub(in crate::library) mod asset;
mod conditions;
pub(in crate::library) mod decisions;
pub(in crate::library) mod delivery_log;
pub(in crate::library) mod event_list;
pub(in crate::library) mod export_rows;
pub(in crate::library) mod facets;
pub(in crate::library) mod field_names;
pub(in crate::library) mod field_terms;
pub(in crate::library) mod filter;
mod followers;
pub(in crate::library) mod found_terms;
pub(in crate::library) mod gallery;
pub(in crate::library) mod histogram;
mod imports;
pub(in crate::library) mod notes;
pub(in crate::library) mod overview;
mod ranges;
pub(in crate::library) mod recent;
pub(in crate::library) mod renditions;
mod search_language;
pub(in crate::library) mod snapshot;
pub(in crate::library) mod suggestions;
mod text_matches;
