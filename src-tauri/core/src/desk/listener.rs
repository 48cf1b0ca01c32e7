//! Owns the webhook listener: binds the address that the user or the command line chose, binds it again when it was
//! lost, and reports its state.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use crate::reach::Addresses;
use crate::server::{self, Limits};
use crate::supervise::Tasks;

/// What to do if the address cannot be bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// Fail with an error, for the command line.
    FailAtOnce,
    /// Report it and try again every few seconds, for the window.
    KeepTrying,
}

const PAUSE: Duration = Duration::from_secs(3);

#[derive(Debug, thiserror::Error)]
#[error("cannot listen for webhooks on {at}: {why}")]
pub struct ListenError {
    at: SocketAddr,
    why: String,
}

/// The state of the listener, and the address it should have.
#[derive(Debug, Default)]
pub struct Listener {
    standing: watch::Sender<ListenerStatus>,
    /// The address that the user chose, or `None` for the command line's.
    chosen: watch::Sender<Option<IpAddr>>,
    again: Notify,
}

#[derive(Clone, Debug, Default)]
struct ListenerStatus {
    place: Place,
    /// The choice that led to this state.
    chosen: Option<IpAddr>,
}

#[derive(Clone, Debug, Default)]
enum Place {
    #[default]
    Off,
    Up(SocketAddr),
    Down(String),
}

impl Listener {
    pub fn address(&self) -> Option<SocketAddr> {
        match self.standing.borrow().place {
            Place::Up(at) => Some(at),
            _ => None,
        }
    }

    /// Why it does not listen, in words. `None` if it listens or should not.
    pub fn problem(&self) -> Option<String> {
        match &self.standing.borrow().place {
            Place::Down(why) => Some(why.clone()),
            _ => None,
        }
    }

    /// Moves the listener to this address, or with `None` to that of the command line. The port stays. Returns at once;
    /// see [`Self::settled`].
    pub(super) fn choose(&self, ip: Option<IpAddr>) {
        self.chosen.send_if_modified(|chosen| std::mem::replace(chosen, ip) != ip);
    }

    /// Waits until the last choice has succeeded or failed, at most three seconds. Returns at once if nothing listens
    /// at all.
    pub(super) async fn settled(&self) {
        const PATIENCE: Duration = Duration::from_secs(3);
        let chosen = *self.chosen.borrow();
        let mut standing = self.standing.subscribe();
        let settled = standing.wait_for(|now| now.chosen == chosen || matches!(now.place, Place::Off));
        let _ = tokio::time::timeout(PATIENCE, settled).await;
    }

    /// To be called when the network changed: the address may be gone, or be back.
    pub(super) fn look_again(&self) {
        self.again.notify_one();
    }

    pub(super) fn changes(&self) -> Changes {
        Changes(self.standing.subscribe())
    }
}

/// Waits for changes of the listener's state.
pub(super) struct Changes(watch::Receiver<ListenerStatus>);

impl Changes {
    pub(super) async fn next(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

pub(super) fn listen(
    listener: Arc<Listener>,
    at: SocketAddr,
    patience: Patience,
    addresses: Addresses,
    router: Router,
    stop: CancellationToken,
    tasks: &Tasks,
) -> Result<(), ListenError> {
    let chosen = listener.chosen.subscribe();
    let mut post = Post { listener, given: at, chosen, addresses };
    let first = post.take();
    let is_of_the_command_line = post.listener.chosen.borrow().is_none();
    let socket = match first {
        Err(error) if patience == Patience::FailAtOnce && is_of_the_command_line => return Err(error),
        first => first.ok(),
    };
    let (others, stopped) = (tasks.clone(), stop.clone());
    let held = Arc::new(tokio::sync::Mutex::new((post, socket)));
    tasks.keep("The webhook listener", stop, move || {
        accept(held.clone(), router.clone(), stopped.clone(), others.clone())
    });
    Ok(())
}

/// Accepts until `stop`, at the address that is chosen. Begun anew after a panic, it binds that address again.
async fn accept(
    held: Arc<tokio::sync::Mutex<(Post, Option<TcpListener>)>>,
    router: Router,
    stop: CancellationToken,
    others: Tasks,
) {
    let mut held = held.lock().await;
    let (post, socket) = &mut *held;
    while !stop.is_cancelled() {
        let Some(bound) = socket.take() else {
            tokio::select! {
                () = stop.cancelled() => break,
                () = post.may_try_again() => {}
            }
            *socket = post.take().ok();
            continue;
        };
        let round = stop.child_token();
        let accepting = server::accept_until(bound, router.clone(), Limits::of_the_listener(), round.clone());
        tokio::pin!(accepting);
        let connections = tokio::select! {
            connections = &mut accepting => connections,
            () = post.has_to_move() => {
                round.cancel();
                accepting.await
            }
        };
        // Old connections finish while the new address is bound.
        others.spawn("What lets connections come to their end", connections.end());
        if !stop.is_cancelled() {
            *socket = post.take().ok();
        }
    }
    post.tell(Place::Off);
}

/// The address that is bound or wanted, as the listener's task sees it.
struct Post {
    listener: Arc<Listener>,
    /// From the command line. Every address is bound with its port.
    given: SocketAddr,
    chosen: watch::Receiver<Option<IpAddr>>,
    addresses: Addresses,
}

impl Post {
    fn take(&mut self) -> Result<TcpListener, ListenError> {
        let chosen = *self.chosen.borrow_and_update();
        let at = SocketAddr::new(chosen.unwrap_or(self.given.ip()), self.given.port());
        let bound = match chosen {
            Some(ip) if !self.addresses.has(ip) => Err(ListenError { at, why: NOT_HERE_NOW.to_owned() }),
            _ => bind(at),
        };
        let bound = bound.and_then(|socket| match socket.local_addr() {
            Ok(at) => Ok((socket, at)),
            Err(error) => Err(ListenError { at, why: error.to_string() }),
        });
        match bound {
            Ok((socket, at)) => {
                // Keep a port that the system chose, since the hook URLs contain it.
                self.given.set_port(at.port());
                self.tell(Place::Up(at));
                Ok(socket)
            }
            Err(error) => {
                self.tell(Place::Down(error.to_string()));
                Err(error)
            }
        }
    }

    async fn may_try_again(&mut self) {
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = self.listener.again.notified() => {}
            _ = self.chosen.changed() => {}
        }
    }

    /// Waits until another address is chosen or the present one no longer exists.
    async fn has_to_move(&mut self) {
        loop {
            tokio::select! {
                _ = self.chosen.changed() => return,
                () = self.listener.again.notified() => {}
            }
            let here = self.listener.address().map(|at| at.ip());
            if here.is_none_or(|ip| !self.addresses.has(ip)) {
                return;
            }
        }
    }

    fn tell(&self, place: Place) {
        self.listener.standing.send_replace(ListenerStatus { place, chosen: *self.chosen.borrow() });
    }
}

const NOT_HERE_NOW: &str = "this computer has no such address now. Lysbord listens there as soon as it has; or choose \
                            another address in the settings";

/// The address at which other computers reach the listener: if it is bound to all addresses, this computer's address in
/// its network. Sends nothing; an unused UDP socket tells which address the system would use.
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

fn bind(at: SocketAddr) -> Result<TcpListener, ListenError> {
    server::bind(at).map_err(|error| {
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
