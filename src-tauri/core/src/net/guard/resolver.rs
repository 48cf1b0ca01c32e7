//! The last word on an address. A host name is judged by what it resolves to at the moment of connecting, and the
//! connection goes to what was judged: a name that answers differently the second time gains nothing.

use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::is_public;

/// Lets the public addresses of a name through and no others.
pub(crate) struct PublicOnly(pub(crate) Arc<dyn Resolve>);

#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the host has no public address")]
pub(crate) struct PrivateAddress;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let found = self.0.resolve(name);
        Box::pin(async {
            let public: Vec<SocketAddr> = found.await?.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(PrivateAddress.into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// The system's own resolver.
pub(crate) struct System;

impl Resolve for System {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(Box::new(found.collect::<Vec<_>>().into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Answers each question with the next line of its script.
    struct Scripted(Vec<Vec<&'static str>>, AtomicUsize);

    impl Resolve for Scripted {
        fn resolve(&self, _: Name) -> Resolving {
            let answer = self.0[self.1.fetch_add(1, Ordering::Relaxed)].clone();
            let found: Vec<SocketAddr> =
                answer.iter().map(|address| SocketAddr::new(address.parse().unwrap(), 0)).collect();
            Box::pin(async { Ok(Box::new(found.into_iter()) as Addrs) })
        }
    }

    async fn answers(script: Vec<Vec<&'static str>>) -> Vec<Option<Vec<String>>> {
        let times = script.len();
        let guarded = PublicOnly(Arc::new(Scripted(script, AtomicUsize::new(0))));
        let mut answers = Vec::new();
        for _ in 0..times {
            let found = guarded.resolve("rebind.example".parse().unwrap()).await;
            answers.push(found.ok().map(|found| found.map(|address| address.ip().to_string()).collect()));
        }
        answers
    }

    #[tokio::test]
    async fn a_name_that_turns_private_is_refused_the_second_time() {
        let answers = answers(vec![vec!["1.1.1.1"], vec!["127.0.0.1"]]).await;

        assert_eq!(answers, [Some(vec!["1.1.1.1".to_owned()]), None]);
    }

    #[tokio::test]
    async fn private_addresses_among_public_ones_are_never_connected_to() {
        let answers = answers(vec![vec!["127.0.0.1", "1.1.1.1", "::1"], vec!["::ffff:10.0.0.1", "fe80::1"]]).await;

        assert_eq!(answers, [Some(vec!["1.1.1.1".to_owned()]), None]);
    }
}
