//! The three tunnel programs: where they are found, their arguments, and how each prints its public address. Pure
//! except for looking for the files.

use std::ffi::{OsStr, OsString};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use url::Url;

use crate::settings::TunnelName;

impl TunnelName {
    pub const ALL: [Self; 3] = [Self::Cloudflared, Self::Ngrok, Self::Tailscale];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cloudflared => "cloudflared",
            Self::Ngrok => "ngrok",
            Self::Tailscale => "tailscale",
        }
    }

    /// The arguments that make it lead to `target` and stay in the foreground.
    pub(super) fn arguments(self, target: SocketAddr) -> Vec<String> {
        let (target, port) = (local(target), target.port());
        let words: Vec<&str> = match self {
            // Without these options cloudflared updates itself while it runs, and takes half a minute to end.
            Self::Cloudflared => vec!["tunnel", "--no-autoupdate", "--grace-period", "2s", "--url"],
            Self::Ngrok => vec!["http", "--log", "stdout", "--log-format", "json"],
            Self::Tailscale => vec!["funnel"],
        };
        // The other two take a port of this computer as a bare number.
        let by_number = self != Self::Cloudflared && target.ip().is_loopback();
        let target = if by_number { port.to_string() } else { format!("http://{target}") };
        words.into_iter().map(str::to_owned).chain([target]).collect()
    }

    /// The public address, if this line of output contains it.
    pub(super) fn address_in(self, line: &str) -> Option<Url> {
        let below = |url: &Url, domain: &str| url.host_str().is_some_and(|host| host.ends_with(domain));
        let https = |text: &str| Url::parse(text).ok().filter(|url| url.scheme() == "https");
        match self {
            // Inside a drawn box: `2026-03-04T09:15:22Z INF |  https://four-dashed-words-here.trycloudflare.com  |`.
            Self::Cloudflared => {
                let (_, boxed) = line.split_once('|')?;
                https(boxed.trim_end().trim_end_matches('|').trim()).filter(|url| below(url, ".trycloudflare.com"))
            }
            Self::Ngrok => {
                let told: NgrokLine = serde_json::from_str(line).ok()?;
                https(&told.url?).filter(|_| told.msg == "started tunnel")
            }
            // On its own line, below `Available on the internet:`.
            Self::Tailscale => https(line.trim()).filter(|url| below(url, ".ts.net")),
        }
    }

    /// A line of output in readable form: ngrok's JSON log becomes its message.
    pub(super) fn in_words(self, line: &str) -> String {
        let Some(told) = (self == Self::Ngrok).then(|| serde_json::from_str::<NgrokLine>(line).ok()).flatten() else {
            return line.to_owned();
        };
        let detail = told.err.filter(|err| err != "<nil>").or(told.url);
        [Some(told.msg), detail].into_iter().flatten().collect::<Vec<_>>().join(": ").replace(['\r', '\n'], " ")
    }
}

/// One line of ngrok's JSON log.
#[derive(Deserialize)]
struct NgrokLine {
    msg: String,
    url: Option<String>,
    err: Option<String>,
}

/// The path of the program, or `None` if it is not installed. Reads folders, so it blocks.
pub fn find(name: TunnelName, path: Option<&OsStr>) -> Option<PathBuf> {
    let places = path.map_or_else(usual_places, OsStr::to_owned);
    which::which_in(name.as_str(), Some(places), Path::new("/")).ok()
}

/// `PATH` and the folders that installers use: a program that was started from a menu has a short `PATH`.
fn usual_places() -> OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let besides = ["/usr/local/bin", "/opt/homebrew/bin", "/snap/bin", "/Applications/Tailscale.app/Contents/MacOS"];
    let besides = besides.iter().map(PathBuf::from).filter(|_| cfg!(unix));
    std::env::join_paths(std::env::split_paths(&path).chain(besides)).unwrap_or(path)
}

/// The address at which a program on this computer reaches the listener.
fn local(target: SocketAddr) -> SocketAddr {
    let ip = if target.ip().is_unspecified() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { target.ip() };
    SocketAddr::new(ip, target.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_called_as_its_manual_says() {
        let called = |name: TunnelName, target: &str| name.arguments(target.parse().unwrap()).join(" ");
        let everywhere = "0.0.0.0:7474";
        assert_eq!(
            called(TunnelName::Cloudflared, everywhere),
            "tunnel --no-autoupdate --grace-period 2s --url http://127.0.0.1:7474"
        );
        assert_eq!(called(TunnelName::Ngrok, everywhere), "http --log stdout --log-format json 7474");
        assert_eq!(called(TunnelName::Tailscale, "127.0.0.1:7474"), "funnel 7474");
        assert_eq!(called(TunnelName::Tailscale, "192.168.1.20:7474"), "funnel http://192.168.1.20:7474");
    }

    #[test]
    fn only_the_line_that_tells_the_address_is_taken_for_it() {
        let tell = |name: TunnelName, line: &str| name.address_in(line).map(String::from);
        for line in [
            "2026-03-04T09:15:20Z INF Requesting new quick Tunnel on trycloudflare.com...",
            "2026-03-04T09:15:20Z INF |  Your quick Tunnel has been created! Visit it at (it may take some time to be reachable):  |",
            "failed to request quick Tunnel: Post \"https://api.trycloudflare.com/tunnel\": context deadline exceeded",
            "2026-03-04T09:15:20Z INF |  https://example.com  |",
        ] {
            assert_eq!(tell(TunnelName::Cloudflared, line), None, "{line}");
        }
        for line in [
            r#"{"addr":"127.0.0.1:4040","lvl":"info","msg":"starting web service","obj":"web"}"#,
            r#"{"lvl":"info","msg":"started tunnel","url":"tcp://0.tcp.ngrok.io:17585"}"#,
            r#"{"lvl":"info","msg":"noise","url":"https://example.com"}"#,
            "https://example.ngrok-free.app",
        ] {
            assert_eq!(tell(TunnelName::Ngrok, line), None, "{line}");
        }
        for line in ["         https://login.tailscale.com/f/funnel?node=n1", "|-- proxy http://127.0.0.1:7474"] {
            assert_eq!(tell(TunnelName::Tailscale, line), None, "{line}");
        }
    }

    #[test]
    fn a_line_of_json_is_shown_as_words() {
        let line = r#"{"err":"authentication failed: no account\n\nERR_NGROK_4018\r\n","lvl":"eror","msg":"failed to reconnect session"}"#;
        let words = TunnelName::Ngrok.in_words(line);
        assert!(words.starts_with("failed to reconnect session: authentication failed: no account"), "{words}");
        assert_eq!(TunnelName::Ngrok.in_words("ERROR: plain"), "ERROR: plain");
    }
}
