//! How Fotoware reaches the desk: addresses, tunnels, checks, and what comes between.

mod checks;
mod listening;
#[cfg(unix)]
mod stand_in;
#[cfg(unix)]
mod tunnels;

use std::time::Duration;

use serde_json::{Value, json};

use crate::desk::{NOBODY, OpenDesk};
use lysbord_core::desk::Options;
use lysbord_core::reach::Addresses;

/// A desk that asks nobody for pictures, knows only the addresses of this computer itself, and has no patience.
async fn desk_with(adjust: impl FnOnce(&mut Options)) -> OpenDesk {
    OpenDesk::with(|options| {
        hasty(options);
        adjust(options);
    })
    .await
}

fn hasty(options: &mut Options) {
    options.tenants = vec![NOBODY.parse().unwrap()];
    options.reach.path = Some("/nowhere".into());
    options.reach.addresses = Addresses::made_up(|| here(&["127.0.0.1", "127.0.0.2"]));
    options.reach.pauses = vec![Duration::from_millis(1); 3];
    options.reach.tick = Duration::from_millis(10);
    options.reach.record_outcomes = Duration::ZERO;
}

fn here(ips: &[&str]) -> Vec<lysbord_core::reach::Address> {
    ips.iter().map(|ip| lysbord_core::reach::Address::new(ip.parse().unwrap(), "lo")).collect()
}

impl OpenDesk {
    /// Asks how the desk is reached until it is so.
    async fn reach_until(&self, is_so: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        let asking = async {
            loop {
                last = self.get("/api/reach").await;
                if is_so(&last) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let came_true = tokio::time::timeout(Duration::from_secs(20), asking).await;
        assert!(came_true.is_ok(), "{last:#}");
        last
    }

    /// Chooses a way; it must be taken.
    async fn choose(&self, reach: Value) -> Value {
        let answer = self.send("PUT", "/api/settings", &json!({ "reach": reach })).await;
        assert!(answer.status.is_success(), "{}", answer.text());
        self.get("/api/reach").await
    }

    async fn check(&self) -> Value {
        let answer = self.send("POST", "/api/reach/check", &Value::Null).await;
        assert!(answer.status.is_success(), "{}", answer.text());
        answer.json()
    }
}

/// The words of a problem.
fn told(problem: &Value) -> &str {
    problem["problem"].as_str().unwrap_or_default()
}
