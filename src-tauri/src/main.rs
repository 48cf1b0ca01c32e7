//! Lysbord: a light table for a Fotoware archive. This file chooses the command and reports how it ended.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod cli;
mod commands;
#[cfg(feature = "desktop")]
mod desktop;
mod page;
mod stop;

use std::process::ExitCode;

/// Notices are many small strings, allocated on one thread and freed on another; the system's allocator is slow at
/// that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = cli::Cli::read();
    start_log();
    match commands::run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The text of each error contains its cause.
            eprintln!("lysbord: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Sends logs to stderr. `LYSBORD_LOG=debug` shows more.
fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("LYSBORD_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(filter).with_target(false).init();
}
