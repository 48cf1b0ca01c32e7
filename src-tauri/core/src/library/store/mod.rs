//! SQLite and nothing else: how the library's file is opened, and each table with its own SQL. It knows no other folder
//! of the library.

pub(in crate::library) mod asset_states;
pub(in crate::library) mod assets;
pub(in crate::library) mod body_codec;
pub(in crate::library) mod changed_fields;
pub(in crate::library) mod comparable;
pub(in crate::library) mod connection;
pub(in crate::library) mod decisions;
pub(in crate::library) mod deliveries;
pub(in crate::library) mod delivery_record;
pub(in crate::library) mod delivery_texts;
pub(in crate::library) mod envelopes;
pub(in crate::library) mod event_counts;
pub(in crate::library) mod event_facets;
pub(in crate::library) mod events;
pub(in crate::library) mod field_labels;
pub(in crate::library) mod field_values;
pub(in crate::library) mod followers;
pub(in crate::library) mod identity_keys;
pub(in crate::library) mod ids;
pub(in crate::library) mod imports;
pub(in crate::library) mod placement;
#[cfg(test)]
pub(in crate::library) mod query_plan;
pub(in crate::library) mod readers;
pub(in crate::library) mod renditions;
pub(in crate::library) mod scale;
pub(in crate::library) mod search_fields;
pub(in crate::library) mod search_log;
pub(in crate::library) mod search_texts;
pub(in crate::library) mod searched;
pub(in crate::library) mod set_aside;
pub(in crate::library) mod settings;
pub(in crate::library) mod words;
