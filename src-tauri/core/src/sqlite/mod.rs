//! What the library and the store of pictures share of SQLite.

mod readers;

pub(crate) use readers::Readers;
