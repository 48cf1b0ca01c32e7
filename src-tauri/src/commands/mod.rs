//! The commands, each a few calls to the core.

mod demo;
mod doctor;
mod export;
mod import;
mod rebuild;
mod serve;
#[cfg(feature = "desktop")]
mod window;

use crate::cli::{Cli, Command};

pub(crate) fn run(cli: Cli) -> anyhow::Result<()> {
    let data_dir = cli.data_dir()?;
    lysbord_core::server::raise_open_files_limit();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match cli.command {
        None => {
            #[cfg(feature = "desktop")]
            return window::run(&runtime, data_dir, cli.window);
            #[cfg(not(feature = "desktop"))]
            anyhow::bail!("this Lysbord was built without a window; use lysbord serve");
        }
        Some(Command::Serve(args)) => runtime.block_on(serve::run(data_dir, args)),
        Some(Command::Demo(args)) => runtime.block_on(demo::run(args)),
        Some(Command::Import(args)) => runtime.block_on(import::run(data_dir, args)),
        Some(Command::Export(args)) => export::run(&data_dir, *args),
        Some(Command::Rebuild) => runtime.block_on(rebuild::run(data_dir)),
        Some(Command::Doctor) => doctor::run(&data_dir),
    }
}

/// Prints a line and flushes, as another program may wait for it. A closed pipe is no error.
fn print_line(line: &str) -> anyhow::Result<()> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{line}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
