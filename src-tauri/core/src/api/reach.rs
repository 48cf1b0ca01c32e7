//! How Fotoware reaches this computer: what is available, what is chosen, and whether it works.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::ToSchema;

use super::Api;
use super::problem::Problem;
use super::status::{Status, tell};
use crate::desk::Reachable;
use crate::reach::{Address, AddressKind, Check, CheckState, TunnelState};
use crate::settings::{ReachChoice, ReachWay, TunnelName};

/// How Fotoware's notices reach this computer.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReachWay)]
pub(super) enum Way {
    ThisComputer,
    ThisNetwork,
    Tunnel,
    OwnUrl,
}

/// A tunnel program.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TunnelName)]
pub(super) enum Program {
    Cloudflared,
    Ngrok,
    Tailscale,
}

/// What the user chose.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ReachSettings)]
pub(super) struct Choice {
    pub way: Way,
    /// Where to listen: one of this computer's addresses, or `0.0.0.0` for all. Null leaves it to the command line.
    pub address: Option<String>,
    pub tunnel: Option<Program>,
    /// Scheme, host and what the user's proxy has before `/hooks/…`.
    pub public_url: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Reach {
    pub way: Way,
    /// What is wrong and what to do, in words.
    pub problem: Option<String>,
    /// What Fotoware is to be told, without the last part; null while nothing leads here.
    pub hook_base: Option<String>,
    /// Those that others reach first.
    pub addresses: Vec<ReachAddress>,
    pub tunnels: Vec<Tunnel>,
    #[schema(inline = false)]
    pub check: ReachCheck,
}

#[derive(Serialize, ToSchema)]
pub(super) struct ReachAddress {
    pub address: String,
    /// What the system calls the interface.
    pub name: String,
    pub kind: Reached,
}

/// Who reaches an address: this computer, its network, anybody.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AddressKind)]
pub(super) enum Reached {
    Loopback,
    Private,
    Public,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Tunnel {
    pub name: Program,
    /// Where its program is, if it is installed.
    pub found: Option<String>,
    pub state: Stand,
    pub public_url: Option<String>,
    /// What the program printed last, without secrets.
    pub output_tail: Vec<String>,
    pub problem: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TunnelState)]
pub(super) enum Stand {
    Off,
    Starting,
    Up,
    Restarting,
    Failed,
}

/// What became of the last check.
#[derive(Serialize, ToSchema)]
pub(super) struct ReachCheck {
    pub state: CheckStand,
    pub at: Option<String>,
    pub took_ms: Option<u64>,
    pub problem: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CheckState)]
pub(super) enum CheckStand {
    Never,
    Running,
    Arrived,
    Failed,
}

#[derive(Deserialize, ToSchema)]
pub(super) struct TunnelSwitch {
    pub name: Program,
    pub on: bool,
}

#[derive(Deserialize, ToSchema)]
pub(super) struct Switch {
    pub on: bool,
}

/// How Fotoware reaches this computer.
#[utoipa::path(get, path = "/reach", responses((status = 200, body = Reach)))]
pub(super) async fn reach(State(api): State<Api>) -> Result<Json<Reach>, Problem> {
    stand(&api).await.map(Json)
}

/// Sends a marked delivery to the public address and waits for it to come in.
#[utoipa::path(post, path = "/reach/check", operation_id = "check_reach", responses((status = 200, body = ReachCheck)))]
pub(super) async fn check(State(api): State<Api>) -> Result<Json<ReachCheck>, Problem> {
    Ok(Json(api.desk.check_reach().await?.into()))
}

/// Starts a tunnel, also one that failed, or stops it. The choice is kept.
#[utoipa::path(post, path = "/reach/tunnel", operation_id = "turn_tunnel", request_body = TunnelSwitch, responses((status = 200, body = Reach)))]
pub(super) async fn turn(State(api): State<Api>, Json(switch): Json<TunnelSwitch>) -> Result<Json<Reach>, Problem> {
    api.desk.turn_tunnel(switch.name.into(), switch.on).await?;
    stand(&api).await.map(Json)
}

/// While paused, Fotoware is asked to come again.
#[utoipa::path(post, path = "/pause", request_body = Switch, responses((status = 200, body = Status)))]
pub(super) async fn pause(State(api): State<Api>, Json(switch): Json<Switch>) -> Result<Json<Status>, Problem> {
    api.desk.pause(switch.on);
    tell(&api).await.map(Json)
}

async fn stand(api: &Api) -> Result<Reach, Problem> {
    let reach = api.desk.reach.clone();
    // Reads the folders of `PATH`, so it blocks.
    let found = tokio::task::spawn_blocking(move || TunnelName::ALL.map(|name| reach.found(name)));
    let found = found.await.map_err(|error| Problem::internal(error.to_string()))?;
    let Reachable { choice, hook_base, problem } = api.desk.reachable().await?;
    // No `await` from here on, so that all values are of the same moment.
    let reach = &api.desk.reach;
    let tunnels = TunnelName::ALL.into_iter().zip(found).map(|(name, found)| {
        let tunnel = reach.tunnel(name);
        Tunnel {
            name: name.into(),
            found: found.map(|path| path.to_string_lossy().into_owned()),
            state: tunnel.state.into(),
            public_url: tunnel.public_url,
            output_tail: tunnel.output_tail,
            problem: tunnel.problem,
        }
    });
    Ok(Reach {
        way: choice.way.into(),
        problem,
        hook_base,
        addresses: reach.addresses().into_iter().map(Into::into).collect(),
        tunnels: tunnels.collect(),
        check: reach.check().into(),
    })
}

impl From<ReachChoice> for Choice {
    fn from(choice: ReachChoice) -> Self {
        Self {
            way: choice.way.into(),
            address: choice.address.map(|ip| ip.to_string()),
            tunnel: choice.tunnel.map(Into::into),
            public_url: choice.public_url,
        }
    }
}

impl TryFrom<Choice> for ReachChoice {
    type Error = Problem;

    fn try_from(wanted: Choice) -> Result<Self, Problem> {
        let given = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let address = given(wanted.address).map(|address| {
            address
                .parse()
                .map_err(|_| Problem::invalid(format!("{address} is no address of a computer, such as 192.168.1.20.")))
        });
        Ok(Self {
            way: wanted.way.into(),
            address: address.transpose()?,
            tunnel: wanted.tunnel.map(Into::into),
            public_url: given(wanted.public_url).map(|url| public_url(&url)).transpose()?,
        })
    }
}

/// Parses a URL that a person typed or pasted, and cuts off Lysbord's own path from `/hooks/` on.
fn public_url(typed: &str) -> Result<String, Problem> {
    let wrong = |why: &str| Problem::invalid(format!("{typed} cannot be the public address: {why}."));
    let url = Url::parse(typed).map_err(|_| wrong("this is not a web address such as https://hooks.example.com"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(wrong("it has to begin with https:// or http://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("it may hold no user name and no password"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("it may hold no ? and no #"));
    }
    let own = url.as_str();
    let own = own.find("/hooks/").map_or(own, |hooks| &own[..hooks]);
    Ok(own.trim_end_matches('/').to_owned())
}

impl From<Check> for ReachCheck {
    fn from(check: Check) -> Self {
        Self {
            state: check.state.into(),
            at: check.at.map(|at| at.to_string()),
            took_ms: check.took.map(|took| took.as_millis() as u64),
            problem: check.problem,
        }
    }
}

impl From<Address> for ReachAddress {
    fn from(address: Address) -> Self {
        let kind = match address.kind {
            AddressKind::Loopback => Reached::Loopback,
            AddressKind::Private => Reached::Private,
            AddressKind::Public => Reached::Public,
        };
        Self { address: address.ip.to_string(), name: address.interface, kind }
    }
}

impl From<ReachWay> for Way {
    fn from(way: ReachWay) -> Self {
        match way {
            ReachWay::ThisComputer => Self::ThisComputer,
            ReachWay::ThisNetwork => Self::ThisNetwork,
            ReachWay::Tunnel => Self::Tunnel,
            ReachWay::OwnUrl => Self::OwnUrl,
        }
    }
}

impl From<Way> for ReachWay {
    fn from(way: Way) -> Self {
        match way {
            Way::ThisComputer => Self::ThisComputer,
            Way::ThisNetwork => Self::ThisNetwork,
            Way::Tunnel => Self::Tunnel,
            Way::OwnUrl => Self::OwnUrl,
        }
    }
}

impl From<TunnelName> for Program {
    fn from(name: TunnelName) -> Self {
        match name {
            TunnelName::Cloudflared => Self::Cloudflared,
            TunnelName::Ngrok => Self::Ngrok,
            TunnelName::Tailscale => Self::Tailscale,
        }
    }
}

impl From<Program> for TunnelName {
    fn from(program: Program) -> Self {
        match program {
            Program::Cloudflared => Self::Cloudflared,
            Program::Ngrok => Self::Ngrok,
            Program::Tailscale => Self::Tailscale,
        }
    }
}

impl From<TunnelState> for Stand {
    fn from(state: TunnelState) -> Self {
        match state {
            TunnelState::Off => Self::Off,
            TunnelState::Starting => Self::Starting,
            TunnelState::Up => Self::Up,
            TunnelState::Restarting => Self::Restarting,
            TunnelState::Failed => Self::Failed,
        }
    }
}

impl From<CheckState> for CheckStand {
    fn from(state: CheckState) -> Self {
        match state {
            CheckState::Never => Self::Never,
            CheckState::Running => Self::Running,
            CheckState::Arrived => Self::Arrived,
            CheckState::Failed => Self::Failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::public_url;

    #[test]
    fn what_is_pasted_as_public_address_is_cut_to_what_is_the_users() {
        for (typed, kept) in [
            ("https://hooks.example.com", "https://hooks.example.com"),
            ("https://hooks.example.com/", "https://hooks.example.com"),
            ("https://example.com:8443/press/", "https://example.com:8443/press"),
            ("https://example.com/press/hooks/0123/ingested", "https://example.com/press"),
        ] {
            assert_eq!(public_url(typed).unwrap(), kept);
        }
        for typed in [
            "example.com",
            "ftp://example.com",
            "https://me:word@example.com",
            "https://example.com/?a=b",
            "file:///etc",
        ] {
            assert!(public_url(typed).is_err(), "{typed}");
        }
    }
}
