//! What the gallery, the inspector, the lists and the exports ask. It only reads, and knows `store` alone.

mod archives;
pub(in crate::library) mod asset;
pub(in crate::library) mod delivery_log;
pub(in crate::library) mod event_list;
pub(in crate::library) mod filter;
pub(in crate::library) mod found_terms;
pub(in crate::library) mod gallery;
pub(in crate::library) mod histogram;
pub(in crate::library) mod notes;
pub(in crate::library) mod overview;
pub(in crate::library) mod recent;
mod text_matches;
