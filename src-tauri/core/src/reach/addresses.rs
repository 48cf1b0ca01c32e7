//! This computer's addresses in its networks.

use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use crate::net::is_public;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    pub ip: IpAddr,
    /// The system's name of the interface, such as `wlan0`.
    pub interface: String,
    pub kind: AddressKind,
}

/// Who can reach an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AddressKind {
    /// Everybody in the same network.
    Private,
    /// Everybody, unless a firewall is in front of it.
    Public,
    /// This computer only.
    Loopback,
}

/// A source of addresses: the system, or a list that a test made up.
#[derive(Clone)]
pub struct Addresses(Arc<dyn Fn() -> Vec<Address> + Send + Sync>);

impl Addresses {
    pub fn made_up(list: impl Fn() -> Vec<Address> + Send + Sync + 'static) -> Self {
        Self(Arc::new(list))
    }

    /// All addresses except link-local ones; those that other computers can reach come first. Asks the system, which
    /// may take some milliseconds.
    pub fn list(&self) -> Vec<Address> {
        (self.0)()
    }

    /// Whether this computer has the address now, so that a listener can bind it.
    pub fn has(&self, ip: IpAddr) -> bool {
        ip.is_unspecified() || self.list().iter().any(|address| address.ip == ip)
    }
}

impl Default for Addresses {
    fn default() -> Self {
        Self(Arc::new(of_the_system))
    }
}

impl fmt::Debug for Addresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.list()).finish()
    }
}

impl Address {
    pub fn new(ip: IpAddr, interface: impl Into<String>) -> Self {
        let kind = match ip {
            _ if ip.is_loopback() => AddressKind::Loopback,
            _ if is_public(ip) => AddressKind::Public,
            _ => AddressKind::Private,
        };
        Self { ip, interface: interface.into(), kind }
    }
}

fn of_the_system() -> Vec<Address> {
    let interfaces = netwatcher::list_interfaces().unwrap_or_else(|error| {
        tracing::warn!(%error, "the system does not tell its addresses");
        HashMap::default()
    });
    let of = |interface: netwatcher::Interface| {
        let name = interface.name;
        interface.ips.into_iter().map(move |record| Address::new(record.ip, name.clone()))
    };
    let mut addresses: Vec<_> =
        interfaces.into_values().flat_map(of).filter(|address| !is_link_local(address.ip)).collect();
    addresses.sort_by_key(|address| (address.kind, address.ip.is_ipv6(), address.ip));
    addresses
}

/// A link-local address works on one network segment only, and a URL would have to name the interface.
fn is_link_local(ip: IpAddr) -> bool {
    matches!(ip, IpAddr::V6(ip) if ip.is_unicast_link_local())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_tells_who_can_reach_it() {
        let kind = |ip: &str| Address::new(ip.parse().unwrap(), "any").kind;
        assert_eq!(kind("127.0.0.1"), AddressKind::Loopback);
        assert_eq!(kind("::1"), AddressKind::Loopback);
        assert_eq!(kind("192.168.1.20"), AddressKind::Private);
        assert_eq!(kind("100.101.102.103"), AddressKind::Private, "a tailnet");
        assert_eq!(kind("fd7a:115c:a1e0::1"), AddressKind::Private);
        assert_eq!(kind("1.1.1.1"), AddressKind::Public);
    }

    #[test]
    fn this_computer_has_itself() {
        let addresses = Addresses::default();
        assert!(addresses.has("127.0.0.1".parse().unwrap()), "{addresses:?}");
        assert!(addresses.has("0.0.0.0".parse().unwrap()));
        assert!(!addresses.has("192.0.2.77".parse().unwrap()), "an address that is nobody's");
    }
}
