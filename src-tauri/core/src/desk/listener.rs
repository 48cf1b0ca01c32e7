//! Brings the webhook listener up, and tells whether it is.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::server::{self, Limits};

/// What to do when the address is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// For the command line: say so and end.
    FailAtOnce,
    /// For the window: say so and try again until it is free.
    KeepTrying,
}

const PAUSE: Duration = Duration::from_secs(3);

#[derive(Debug, thiserror::Error)]
#[error("cannot listen for webhooks on {at}: {why}")]
pub struct ListenError {
    at: SocketAddr,
    why: String,
}

/// How the listener stands.
#[derive(Debug, Default)]
pub struct Listener {
    standing: RwLock<Standing>,
}

#[derive(Clone, Debug, Default)]
enum Standing {
    #[default]
    Off,
    Up(SocketAddr),
    Down(String),
}

impl Listener {
    pub fn address(&self) -> Option<SocketAddr> {
        match *self.standing.read().unwrap_or_else(PoisonError::into_inner) {
            Standing::Up(at) => Some(at),
            _ => None,
        }
    }

    /// Why it does not listen, in words, if it should.
    pub fn problem(&self) -> Option<String> {
        match &*self.standing.read().unwrap_or_else(PoisonError::into_inner) {
            Standing::Down(why) => Some(why.clone()),
            _ => None,
        }
    }

    fn set(&self, standing: Standing) {
        *self.standing.write().unwrap_or_else(PoisonError::into_inner) = standing;
    }
}

pub(super) async fn listen(
    listener: std::sync::Arc<Listener>,
    at: SocketAddr,
    patience: Patience,
    router: Router,
    stop: CancellationToken,
    tasks: &TaskTracker,
) -> Result<(), ListenError> {
    let first = bind(at).await;
    if let (Err(error), Patience::FailAtOnce) = (&first, patience) {
        return Err(ListenError { at, why: error.why.clone() });
    }
    let mut bound = announce(&listener, first);
    tasks.spawn(async move {
        let socket = loop {
            if let Some(socket) = bound.take() {
                break socket;
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(PAUSE) => bound = announce(&listener, bind(at).await),
            }
        };
        server::serve(socket, router, Limits::default(), stop).await;
        listener.set(Standing::Off);
    });
    Ok(())
}

fn announce(listener: &Listener, bound: Result<TcpListener, ListenError>) -> Option<TcpListener> {
    match bound {
        Ok(socket) => {
            match socket.local_addr() {
                Ok(at) => listener.set(Standing::Up(at)),
                Err(error) => listener.set(Standing::Down(error.to_string())),
            }
            Some(socket)
        }
        Err(error) => {
            listener.set(Standing::Down(error.to_string()));
            None
        }
    }
}

/// Where others reach a listener that listens everywhere: this computer's address in its network. Nothing is sent to
/// find it out.
pub(super) fn reachable(at: SocketAddr) -> SocketAddr {
    let far = if at.is_ipv4() { ("192.0.2.1", 9) } else { ("2001:db8::1", 9) };
    let own_address = || {
        let socket = UdpSocket::bind((at.ip(), 0)).ok()?;
        socket.connect(far).ok()?;
        Some(socket.local_addr().ok()?.ip())
    };
    let loopback = || if at.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() };
    let ip: IpAddr = if at.ip().is_unspecified() { own_address().unwrap_or_else(loopback) } else { at.ip() };
    SocketAddr::new(ip, at.port())
}

async fn bind(at: SocketAddr) -> Result<TcpListener, ListenError> {
    TcpListener::bind(at).await.map_err(|error| {
        let why = match error.kind() {
            io::ErrorKind::AddrInUse => {
                "another program is using this port. Close that program, or choose another port with --hooks".to_owned()
            }
            io::ErrorKind::PermissionDenied => {
                "this user may not use that port. Choose one above 1023 with --hooks".to_owned()
            }
            io::ErrorKind::AddrNotAvailable => {
                "this computer has no such address. Choose another with --hooks".to_owned()
            }
            _ => error.to_string(),
        };
        ListenError { at, why }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_everywhere_is_named_by_an_address_that_can_be_reached() {
        let named = reachable("0.0.0.0:7474".parse().unwrap());
        assert!(!named.ip().is_unspecified() && named.port() == 7474, "{named}");
        let local: SocketAddr = "127.0.0.1:7474".parse().unwrap();
        assert_eq!(reachable(local), local);
    }
}
