//! Lysbord: a light table for a Fotoware archive. This file only chooses what to do and tells how it ended.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod cli;
mod commands;
#[cfg(feature = "desktop")]
mod desktop;
mod page;
mod stop;

use std::process::ExitCode;

/// Notices are many small strings made on one thread and dropped on another, which the system's allocator is slow at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = cli::Cli::read();
    start_log();
    match commands::run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Each error names its cause itself.
            eprintln!("lysbord: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Logs go to stderr. `LYSBORD_LOG=debug` tells more.
fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("LYSBORD_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(filter).with_target(false).init();
}
