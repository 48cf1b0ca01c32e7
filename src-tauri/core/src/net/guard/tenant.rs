//! A tenant that the user vouches for.

use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

/// Scheme, host and port of a tenant. Private addresses and plain http are allowed for it, as the user named it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Tenant {
    secure: bool,
    host: Host,
    port: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotATenant {
    #[error("a Fotoware site is a web address such as https://example.fotoware.cloud")]
    NotAWebAddress,
    #[error("leave the user name out of the address; Lysbord needs none")]
    HasCredentials,
}

impl FromStr for Tenant {
    type Err = NotATenant;

    /// Takes any URL of the tenant, or its bare host name, which then means https.
    fn from_str(text: &str) -> Result<Self, NotATenant> {
        let text = text.trim();
        let url = if text.contains("://") { Url::parse(text) } else { Url::parse(&format!("https://{text}")) };
        let url = url.map_err(|_| NotATenant::NotAWebAddress)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(NotATenant::HasCredentials);
        }
        Self::origin_of(&url).ok_or(NotATenant::NotAWebAddress)
    }
}

impl Tenant {
    pub(super) fn covers(&self, url: &Url) -> bool {
        Self::origin_of(url).is_some_and(|origin| origin == *self || Some(origin) == self.upgraded())
    }

    fn origin_of(url: &Url) -> Option<Self> {
        let secure = match url.scheme() {
            "http" => false,
            "https" => true,
            _ => return None,
        };
        Some(Self { secure, host: url.host()?.to_owned(), port: url.port_or_known_default()? })
    }

    /// Who vouches for a host over http on the usual port means the same host over https as well.
    fn upgraded(&self) -> Option<Self> {
        let usual = !self.secure && self.port == 80;
        usual.then(|| Self { secure: true, host: self.host.clone(), port: 443 })
    }
}

impl fmt::Display for Tenant {
    /// As an origin is written: `https://example.fotoware.cloud`, with a port only where it is not the usual one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, usual) = if self.secure { ("https", 443) } else { ("http", 80) };
        write!(f, "{scheme}://{}", self.host)?;
        if self.port != usual {
            write!(f, ":{}", self.port)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_is_what_people_type() {
        for (typed, tenant) in [
            ("https://dam.example/fotoweb/archives/", "https://dam.example"),
            ("dam.example", "https://dam.example"),
            (" DAM.example:8443 ", "https://dam.example:8443"),
            ("http://10.0.0.7", "http://10.0.0.7"),
            ("http://[::1]:80/", "http://[::1]"),
        ] {
            assert_eq!(typed.parse::<Tenant>().unwrap().to_string(), tenant);
        }
        for typed in ["", "ftp://dam.example", "file:///", "two words", "https://"] {
            assert_eq!(typed.parse::<Tenant>(), Err(NotATenant::NotAWebAddress), "{typed}");
        }
        assert_eq!("https://me@dam.example".parse::<Tenant>(), Err(NotATenant::HasCredentials));
    }
}
