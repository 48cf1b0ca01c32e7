//! Decides what may be fetched. A payload is a stranger's word: it chooses no host, and it does not get to use this
//! computer's place in a network. Every URL passes here before a connection is made, the target of every redirect too.

mod address;
mod resolver;
mod tenant;

use std::sync::{Arc, PoisonError, RwLock};

use url::{Host, Url};

pub(crate) use resolver::System;
pub(crate) use resolver::{PrivateAddress, PublicOnly};
pub use tenant::{NotATenant, Tenant};

use crate::model::MissingReason;
pub(crate) use address::is_public;

/// The tenants that the user vouches for. Shared: a change holds from the next fetch on.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    trusted: Arc<RwLock<Trusted>>,
}

#[derive(Debug, Default)]
struct Trusted {
    tenants: Vec<Tenant>,
    /// The pretend tenant of this computer. It does not count as one of the user's.
    guest: Option<Tenant>,
}

/// The way by which an admitted URL is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// The user vouched for the host, wherever it is.
    Trusted,
    /// Any https host, as long as the address that is really connected to is public.
    Public,
}

impl Policy {
    pub fn new(tenants: Vec<Tenant>) -> Self {
        Self { trusted: Arc::new(RwLock::new(Trusted { tenants, guest: None })) }
    }

    pub fn tenants(&self) -> Vec<Tenant> {
        self.trusted.read().unwrap_or_else(PoisonError::into_inner).tenants.clone()
    }

    pub fn set_tenants(&self, tenants: Vec<Tenant>) {
        self.trusted.write().unwrap_or_else(PoisonError::into_inner).tenants = tenants;
    }

    /// Admits one more tenant, or none, without a change of what holds for all others.
    pub fn set_guest(&self, guest: Option<Tenant>) {
        self.trusted.write().unwrap_or_else(PoisonError::into_inner).guest = guest;
    }

    /// Judges all of a URL but what its host name resolves to; that is judged when it is connected to.
    pub(crate) fn admit(&self, url: &Url) -> Result<Route, MissingReason> {
        match self.admit_typed(url) {
            // Who vouched for tenants means those and no others.
            Ok(Route::Public) | Err(MissingReason::RefusedPrivateAddress | MissingReason::RefusedInsecure)
                if self.has_tenants() =>
            {
                Err(MissingReason::RefusedHost)
            }
            verdict => verdict,
        }
    }

    /// The same for what the user typed, which is no stranger's word: whoever is vouched for does not narrow it.
    pub(crate) fn admit_typed(&self, url: &Url) -> Result<Route, MissingReason> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(MissingReason::RefusedUrl);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(MissingReason::RefusedCredentials);
        }
        let Trusted { tenants, guest } = &*self.trusted.read().unwrap_or_else(PoisonError::into_inner);
        if tenants.iter().chain(guest).any(|tenant| tenant.covers(url)) {
            return Ok(Route::Trusted);
        }
        // An address in the URL is never looked up, so it is judged here.
        let private = match url.host() {
            Some(Host::Ipv4(address)) => !is_public(address.into()),
            Some(Host::Ipv6(address)) => !is_public(address.into()),
            Some(Host::Domain(_)) => false,
            None => return Err(MissingReason::RefusedUrl),
        };
        if private {
            Err(MissingReason::RefusedPrivateAddress)
        } else if url.scheme() != "https" {
            Err(MissingReason::RefusedInsecure)
        } else {
            Ok(Route::Public)
        }
    }

    fn has_tenants(&self) -> bool {
        !self.trusted.read().unwrap_or_else(PoisonError::into_inner).tenants.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(tenants: &[&str], url: &str) -> Result<Route, MissingReason> {
        let tenants = tenants.iter().map(|tenant| tenant.parse().unwrap()).collect();
        Policy::new(tenants).admit(&url.parse().unwrap())
    }

    #[test]
    fn without_a_tenant_only_https_out_in_the_world_is_fetched() {
        for url in ["https://dam.example/t.jpg", "https://1.1.1.1/t.jpg", "https://dam.example:8443/t.jpg"] {
            assert_eq!(verdict(&[], url), Ok(Route::Public), "{url}");
        }
        for (url, missing) in [
            ("http://dam.example/t.jpg", MissingReason::RefusedInsecure),
            ("https://127.0.0.1/", MissingReason::RefusedPrivateAddress),
            ("https://169.254.169.254/latest/meta-data/", MissingReason::RefusedPrivateAddress),
            ("http://169.254.169.254/latest/meta-data/", MissingReason::RefusedPrivateAddress),
            ("https://2130706433/", MissingReason::RefusedPrivateAddress),
            ("https://0x7f000001/", MissingReason::RefusedPrivateAddress),
            ("https://0177.0.0.1/", MissingReason::RefusedPrivateAddress),
            ("https://127.1/", MissingReason::RefusedPrivateAddress),
            ("https://127.0.0.1./", MissingReason::RefusedPrivateAddress),
            ("https://%31%32%37.0.0.1/", MissingReason::RefusedPrivateAddress),
            ("https://１２７.0.0.1/", MissingReason::RefusedPrivateAddress),
            ("https://[::1]/", MissingReason::RefusedPrivateAddress),
            ("https://[::ffff:127.0.0.1]/", MissingReason::RefusedPrivateAddress),
            ("https://[fe80::1]/", MissingReason::RefusedPrivateAddress),
            ("https://[fc00::1]/", MissingReason::RefusedPrivateAddress),
            ("https://dam.example@evil.example/", MissingReason::RefusedCredentials),
            ("https://:word@dam.example/", MissingReason::RefusedCredentials),
            ("file:///etc/passwd", MissingReason::RefusedUrl),
            ("ftp://dam.example/t.jpg", MissingReason::RefusedUrl),
            ("data:image/png;base64,AAAA", MissingReason::RefusedUrl),
            ("javascript:alert(1)", MissingReason::RefusedUrl),
        ] {
            assert_eq!(verdict(&[], url), Err(missing), "{url}");
        }
    }

    #[test]
    fn a_guest_is_fetched_and_changes_nothing_for_others() {
        let policy = Policy::default();
        policy.set_guest(Some("http://127.0.0.1:7476".parse().unwrap()));
        assert_eq!(policy.admit(&"http://127.0.0.1:7476/t.jpg".parse().unwrap()), Ok(Route::Trusted));
        assert_eq!(policy.admit(&"https://dam.example/t.jpg".parse().unwrap()), Ok(Route::Public));
        policy.set_guest(None);
        assert_eq!(
            policy.admit(&"http://127.0.0.1:7476/t.jpg".parse().unwrap()),
            Err(MissingReason::RefusedPrivateAddress)
        );
    }

    #[test]
    fn with_a_tenant_only_that_tenant_is_fetched_wherever_it_is() {
        let tenants = ["http://127.0.0.1:7476", "http://dam.example", "https://safe.example"];
        for url in [
            "http://127.0.0.1:7476/t.jpg",
            "http://dam.example/t.jpg",
            "http://dam.example:80/t.jpg",
            "https://dam.example/t.jpg",
            "https://DAM.example/t.jpg",
            "https://safe.example/t.jpg",
        ] {
            assert_eq!(verdict(&tenants, url), Ok(Route::Trusted), "{url}");
        }
        for url in [
            "http://127.0.0.1:7477/t.jpg",
            "http://127.0.0.1/t.jpg",
            "https://127.0.0.1:7476/t.jpg",
            "https://dam.example:8443/t.jpg",
            "http://safe.example/t.jpg",
            "https://dam.example.evil.example/t.jpg",
            "https://1.1.1.1/t.jpg",
        ] {
            assert_eq!(verdict(&tenants, url), Err(MissingReason::RefusedHost), "{url}");
        }
    }

    #[test]
    fn what_the_user_types_may_be_anywhere_in_the_world_or_at_a_tenant() {
        let policy = Policy::new(vec!["http://127.0.0.1:7476".parse().unwrap()]);
        for (url, verdict) in [
            ("http://127.0.0.1:7476/hook", Ok(Route::Trusted)),
            ("https://hooks.example/take", Ok(Route::Public)),
            ("http://hooks.example/take", Err(MissingReason::RefusedInsecure)),
            ("http://127.0.0.1:8080/hook", Err(MissingReason::RefusedPrivateAddress)),
            ("https://[fe80::1]/", Err(MissingReason::RefusedPrivateAddress)),
            ("https://me@hooks.example/", Err(MissingReason::RefusedCredentials)),
            ("ftp://hooks.example/", Err(MissingReason::RefusedUrl)),
        ] {
            assert_eq!(policy.admit_typed(&url.parse().unwrap()), verdict, "{url}");
        }
    }

    #[test]
    fn a_change_of_tenants_holds_for_every_holder_of_the_policy() {
        let policy = Policy::default();
        let held = policy.clone();
        let url = "http://10.0.0.7/t.jpg".parse().unwrap();
        assert_eq!(held.admit(&url), Err(MissingReason::RefusedPrivateAddress));

        policy.set_tenants(vec!["http://10.0.0.7".parse().unwrap()]);

        assert_eq!(held.admit(&url), Ok(Route::Trusted));
    }
}
