//! The command line, to the letter of its contract.

mod answers;
mod doctor;
mod export;
mod import;
mod refusals;
mod serve;
