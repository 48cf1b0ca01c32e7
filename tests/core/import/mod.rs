//! Request bodies out of the files that people have, and what they brought taken back.

mod files;
mod undo;
mod wrappers;
