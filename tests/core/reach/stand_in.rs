//! Programs that stand in for the three tunnels: they are found on a path, are called as the real ones are, print what
//! the real ones print, and lead a public name with https to the listener.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use lysbord_core::desk::Options;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tempfile::TempDir;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// How one of them prints its way up. `%PORT%` and the public name are filled in by the script.
pub struct Kind {
    pub name: &'static str,
    pub public: &'static str,
    /// What it has to be called with.
    pub called: &'static str,
    pub prints: &'static str,
}

/// cloudflared prints to standard error: `cmd/cloudflared/tunnel/quick_tunnel.go` (the box, the disclaimer), and a run of
/// 2026.9 for the lines about it. A name is new with each start.
pub const CLOUDFLARED: Kind = Kind {
    name: "cloudflared",
    public: "https://stopped-words-1-here.trycloudflare.com",
    called: "tunnel --no-autoupdate --grace-period 2s --url http://127.0.0.1:%PORT%",
    prints: r"cat >&2 <<END
2026-03-04T09:15:20Z INF Thank you for trying Cloudflare Tunnel. Doing so, without a Cloudflare account, is a quick way to experiment and try it out. However, be aware that these account-less Tunnels have no uptime guarantee, are subject to the Cloudflare Online Services Terms of Use (https://www.cloudflare.com/website-terms/), and Cloudflare reserves the right to investigate your use of Tunnels for violations of such terms. If you intend to use Tunnels in production you should use a pre-created named tunnel by following: https://developers.cloudflare.com/cloudflare-one/connections/connect-apps
2026-03-04T09:15:20Z INF Requesting new quick Tunnel on trycloudflare.com...
2026-03-04T09:15:23Z INF +--------------------------------------------------------------------------------------------+
2026-03-04T09:15:23Z INF |  Your quick Tunnel has been created! Visit it at (it may take some time to be reachable):  |
2026-03-04T09:15:23Z INF |  https://stopped-words-$times-here.trycloudflare.com                                            |
2026-03-04T09:15:23Z INF +--------------------------------------------------------------------------------------------+
2026-03-04T09:15:23Z INF Starting metrics server on 127.0.0.1:20241/metrics
2026-03-04T09:15:24Z INF Registered tunnel connection connIndex=0 connection=b7ebd606-8da5-4273-af3d-472ec741887c event=0 ip=198.41.200.13 location=sjc08 protocol=quic
END",
};

/// ngrok 3 with `--log stdout --log-format json`: lines as users' logs have them. The name of an account stays.
pub const NGROK: Kind = Kind {
    name: "ngrok",
    public: "https://ab12-cd34.ngrok-free.app",
    called: "http --log stdout --log-format json %PORT%",
    prints: r#"cat <<END
{"lvl":"info","msg":"no configuration paths supplied","t":"2026-03-04T09:15:20.196782783Z"}
{"err":"<nil>","lvl":"info","msg":"open config file","path":"/home/u/.config/ngrok/ngrok.yml","t":"2026-03-04T09:15:20.2Z"}
{"addr":"127.0.0.1:4040","allow_hosts":null,"lvl":"info","msg":"starting web service","obj":"web","t":"2026-03-04T09:15:20.3Z"}
{"lvl":"info","msg":"client session established","obj":"tunnels.session","t":"2026-03-04T09:15:21Z"}
{"lvl":"info","msg":"tunnel session started","obj":"tunnels.session","t":"2026-03-04T09:15:21Z"}
{"addr":"http://localhost:$port","lvl":"info","msg":"started tunnel","name":"command_line","obj":"tunnels","t":"2026-03-04T09:15:21.6Z","url":"https://ab12-cd34.ngrok-free.app"}
END"#,
};

/// tailscale in the foreground: `messageForPort` in `cmd/tailscale/cli/serve_v2.go`.
pub const TAILSCALE: Kind = Kind {
    name: "tailscale",
    public: "https://desk.tail1a2b3.ts.net",
    called: "funnel %PORT%",
    prints: r"cat <<END
Available on the internet:

https://desk.tail1a2b3.ts.net/
|-- proxy http://127.0.0.1:$port

Press Ctrl+C to exit.
END",
};

/// A folder of programs, and the far end of the tunnel that they pretend to dig.
pub struct StandIns {
    folder: TempDir,
    edge: SocketAddr,
    certificate: reqwest::Certificate,
}

impl StandIns {
    pub async fn new() -> Self {
        let names =
            [CLOUDFLARED.public, NGROK.public, TAILSCALE.public, "https://stopped-words-2-here.trycloudflare.com"];
        let names = names.map(|url| url.trim_start_matches("https://").to_owned());
        let folder = TempDir::new().unwrap();
        let (edge, certificate) = edge(&names, folder.path().join("calls")).await;
        Self { folder, edge, certificate }
    }

    /// Lets a desk find them, and trust and resolve their public names.
    pub fn adjust(&self, options: &mut Options) {
        options.reach.path = Some(self.folder.path().into());
        options.reach.certificates = vec![self.certificate.clone()];
        options.fetcher.resolver = Arc::new(Edge(self.edge));
    }

    /// Installs one that comes up and stays.
    pub fn install(&self, kind: &Kind) -> PathBuf {
        self.install_script(kind.name, &format!("{}\nexec sleep 1000", kind.prints))
    }

    /// Installs one that does as told. It has its `$port` and knows how many `$times` it was called.
    pub fn install_script(&self, name: &str, does: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        let calls = self.calls_file();
        let calls = calls.display();
        let script = format!(
            "#!/bin/sh\necho \"$$ $*\" >> '{calls}'\ntimes=$(grep -c . '{calls}')\nport=$(echo \"$*\" | grep -o '[0-9]*$')\n{does}\n"
        );
        let draft = self.folder.path().join("draft");
        fs::write(&draft, script).unwrap();
        fs::set_permissions(&draft, fs::Permissions::from_mode(0o755)).unwrap();
        // Copied by another process: what this one has open for writing cannot be run by a child that begins meanwhile.
        let _ = fs::remove_file(&path);
        assert!(Command::new("cp").args([&draft, &path]).status().unwrap().success());
        path
    }

    pub fn remove(&self, name: &str) {
        fs::remove_file(self.folder.path().join(name)).unwrap();
    }

    /// Process and arguments of each call so far.
    pub fn calls(&self) -> Vec<(u32, String)> {
        let calls = fs::read_to_string(self.calls_file()).unwrap_or_default();
        let call = |line: &str| line.split_once(' ').map(|(pid, called)| (pid.parse().unwrap(), called.to_owned()));
        calls.lines().filter_map(call).collect()
    }

    pub fn kill_the_last(&self) {
        let pid = self.calls().last().unwrap().0.to_string();
        assert!(Command::new("kill").args(["-9", &pid]).status().unwrap().success());
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn calls_file(&self) -> PathBuf {
        self.folder.path().join("calls")
    }
}

pub fn is_alive(pid: u32) -> bool {
    // A zombie is none.
    let state = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    state.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

/// Takes https for the names, and leads what is in it to the port that the last call names.
async fn edge(names: &[String], calls: PathBuf) -> (SocketAddr, reqwest::Certificate) {
    let made = rcgen::generate_simple_self_signed(names).unwrap();
    let certificate = reqwest::Certificate::from_der(made.cert.der()).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key);
    let acceptor = TlsAcceptor::from(Arc::new(config.unwrap()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, port) = (acceptor.clone(), port_of_the_last(&calls));
            tokio::spawn(async move {
                let mut outside = acceptor.accept(stream).await.ok()?;
                let mut inside = TcpStream::connect(("127.0.0.1", port?)).await.ok()?;
                copy_bidirectional(&mut outside, &mut inside).await.ok()
            });
        }
    });
    (address, certificate)
}

fn port_of_the_last(calls: &Path) -> Option<u16> {
    let calls = fs::read_to_string(calls).ok()?;
    calls.lines().last()?.rsplit([' ', ':']).next()?.parse().ok()
}

/// Every name in the world is at the edge.
struct Edge(SocketAddr);

impl Resolve for Edge {
    fn resolve(&self, _: Name) -> Resolving {
        let edge = self.0;
        Box::pin(async move { Ok(Box::new(std::iter::once(edge)) as Addrs) })
    }
}
