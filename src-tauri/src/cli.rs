//! The command line, as `lysbord --help` tells it.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use lysbord_core::folder::Folder;
use lysbord_core::net::Tenant;
use lysbord_demo::Story;

pub(crate) use export::{ExportArgs, OnlyArgs};

mod export;

/// A light table for a Fotoware archive: every notice it sends is kept, with its picture.
///
/// Without a command, Lysbord opens its window.
#[derive(Debug, Parser)]
#[command(name = "lysbord", version, propagate_version = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub window: WindowArgs,
    /// Where the library lies [default: the platform's data folder]
    #[arg(long, global = true, value_name = "DIR", env = "LYSBORD_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
}

impl Cli {
    /// Reads the command line. Where it is wrong, says so and ends the program.
    pub(crate) fn read() -> Self {
        let mut command = Self::command();
        let matches = command.get_matches_mut();
        let of_the_window = WindowArgs::augment_args(clap::Command::default());
        let given = |id: &clap::Id| matches.value_source(id.as_str()) == Some(ValueSource::CommandLine);
        if let Some(name) = matches.subcommand_name()
            && let Some(option) = of_the_window.get_arguments().find(|option| given(option.get_id()))
        {
            let option = option.get_long().unwrap_or_default();
            let words = match option {
                "background" => "--background is for the window, and no command has one".to_owned(),
                _ => format!("--{option} belongs behind the command {name}"),
            };
            command.error(ErrorKind::ArgumentConflict, words).exit();
        }
        let cli = Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
        if let Some(Command::Export(export)) = &cli.command
            && let Some(words) = export.contradiction()
        {
            command.error(ErrorKind::ArgumentConflict, words).exit();
        }
        cli
    }

    pub(crate) fn data_dir(&self) -> anyhow::Result<PathBuf> {
        let given = self.data_dir.clone().or_else(Folder::default_path);
        given.ok_or_else(|| anyhow::anyhow!("this system names no data folder; choose one with --data-dir"))
    }
}

#[derive(Debug, Args)]
pub(crate) struct WindowArgs {
    #[command(flatten)]
    pub desk: DeskArgs,
    /// Start without showing the window: the tray, or a second start, opens it
    #[arg(long)]
    pub background: bool,
}

/// Of the window and of `serve`.
#[derive(Debug, Args)]
pub(crate) struct DeskArgs {
    /// Address to receive webhooks on; with port 0 the system chooses
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:7474")]
    pub hooks: SocketAddr,
    /// A Fotoware site you trust: its pictures are fetched even from a private address or without encryption (repeatable)
    #[arg(long = "tenant", value_name = "URL")]
    pub tenants: Vec<Tenant>,
    /// Print one line of JSON with the addresses once they are ready
    #[arg(long)]
    pub json: bool,
    /// Start the sample archive, which sends notices of its own
    #[arg(long)]
    pub demo: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The same without a window: webhook listener, fetcher, and the gallery for a browser
    Serve(ServeArgs),
    /// A sample archive: draws pictures, serves them, and posts deliveries to a webhook URL
    #[command(name = "demo")]
    Demo(DemoArgs),
    /// Import saved request bodies, plain or as other programs recorded them; list or undo imports
    Import(ImportArgs),
    /// Write the captured metadata as a file; also while Lysbord runs
    Export(Box<ExportArgs>),
    /// Rebuild everything that is shown from the deliveries
    Rebuild,
    /// Check the library and its pictures against each other
    Doctor,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// Files or folders; a name such as `deleted` says which webhook they belong to
    #[arg(required_unless_present_any = ["list", "undo"], value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// A Fotoware site you trust (repeatable)
    #[arg(long = "tenant", value_name = "URL", requires = "paths")]
    pub tenants: Vec<Tenant>,
    /// List what was imported, the latest first; also while Lysbord runs
    #[arg(long, conflicts_with_all = ["paths", "undo"])]
    pub list: bool,
    /// Undo the import with this number
    #[arg(long, value_name = "ID", conflicts_with = "paths")]
    pub undo: Option<i64>,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub desk: DeskArgs,
    /// Where the gallery is served: this computer only, or a private address
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:7475", value_parser = private_address)]
    pub ui: SocketAddr,
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// The hook URL without its last part
    #[arg(long, value_name = "http://127.0.0.1:7474/hooks/SECRET", required_unless_present = "stories")]
    pub to: Option<String>,
    /// Play this story and no others (repeatable)
    #[arg(long = "story", value_name = "NAME", value_parser = story)]
    pub story: Vec<Story>,
    /// List the stories by name, and end
    #[arg(long, conflicts_with_all = ["to", "story"])]
    pub stories: bool,
    /// Where pictures are served
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:7476")]
    pub listen: SocketAddr,
    /// How many assets there are
    #[arg(long, value_name = "N", default_value_t = 60)]
    pub assets: usize,
    /// How long a picture's URL lives
    #[arg(long, value_name = "SECONDS", default_value_t = 30.0, value_parser = seconds)]
    pub lifetime: f64,
    /// How many deliveries a second
    #[arg(long, value_name = "PER_SECOND", default_value_t = 4.0, value_parser = seconds)]
    pub rate: f64,
    /// Post forms instead of JSON
    #[arg(long)]
    pub form: bool,
    /// Other stories and pictures for another number
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
}

/// Takes these words and no others, and lists them in the help.
fn one_of<T: Clone + Send + Sync + 'static>(
    words: impl Iterator<Item = &'static str>,
    parse: fn(&str) -> Option<T>,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(words).try_map(move |word| parse(&word).ok_or("no such word"))
}

/// The gallery is for its owner: it goes to no address that strangers can reach.
fn private_address(text: &str) -> Result<SocketAddr, String> {
    let at: SocketAddr = text.parse().map_err(|_| "an address and a port, such as 127.0.0.1:7475".to_owned())?;
    let private = match at.ip() {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    };
    if private { Ok(at) } else { Err("only this computer (127.0.0.1) or an address of a private network".to_owned()) }
}

fn story(name: &str) -> Result<Story, String> {
    Story::by_name(name).ok_or_else(|| "no such story; lysbord demo --stories lists them".to_owned())
}

fn seconds(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|number: &f64| number.is_finite() && *number > 0.0).ok_or("a number above 0".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_gallery_is_not_served_to_strangers() {
        assert!(private_address("127.0.0.1:0").is_ok() && private_address("192.168.1.5:80").is_ok());
        assert!(private_address("0.0.0.0:7475").is_err() && private_address("8.8.8.8:7475").is_err());
    }
}
