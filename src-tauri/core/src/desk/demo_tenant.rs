//! The demo tenant inside the app: for a first look, with one click, and removable.

use tokio::sync::Mutex;

use crate::library::LibraryError;
use crate::net::Policy;
use lysbord_demo::{Demo, DemoError, DemoOptions};

/// Runs at most one demo tenant.
pub struct DemoTenant {
    playing: Mutex<Option<Demo>>,
    policy: Policy,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DemoTenantStatus {
    pub base_url: Option<String>,
    /// Deliveries posted so far.
    pub posted: u64,
}

#[derive(Debug, thiserror::Error)]
pub enum DemoTenantError {
    #[error("the webhook listener is not running, so the sample archive has nowhere to send to")]
    NotListening,
    #[error(transparent)]
    Demo(#[from] DemoError),
    #[error(transparent)]
    Library(#[from] LibraryError),
}

impl DemoTenant {
    pub(super) fn new(policy: Policy) -> Self {
        Self { playing: Mutex::new(None), policy }
    }

    /// Starts posting to the hook URL. Returns the tenant's base URL, or `None` if it runs already.
    pub(super) async fn start(&self, hooks_url: &str, seed: u64) -> Result<Option<String>, DemoError> {
        let mut playing = self.playing.lock().await;
        if playing.is_some() {
            return Ok(None);
        }
        let ready = Demo::prepare(DemoOptions { seed, ..DemoOptions::in_app(hooks_url) }).await?;
        let base_url = ready.base_url().to_owned();
        // Its pictures are on a loopback address, which only a trusted tenant may name.
        self.policy.set_guest(base_url.parse().ok());
        *playing = Some(ready.play());
        Ok(Some(base_url))
    }

    /// Stops it. What it sent stays. Returns its base URL if it was running.
    pub async fn stop(&self) -> Option<String> {
        let demo = self.playing.lock().await.take()?;
        let base_url = demo.base_url().to_owned();
        demo.stop().await;
        self.policy.set_guest(None);
        Some(base_url)
    }

    pub async fn status(&self) -> DemoTenantStatus {
        match &*self.playing.lock().await {
            Some(demo) => DemoTenantStatus { base_url: Some(demo.base_url().to_owned()), posted: demo.posted() },
            None => DemoTenantStatus::default(),
        }
    }
}
