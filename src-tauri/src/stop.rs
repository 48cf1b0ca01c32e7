//! How the system asks Lysbord to end, for the window and for `serve`.

/// Returns a future that ends with Ctrl+C or SIGTERM. Signals count from this call on, even before it is first polled.
/// If the system cannot deliver them, it never ends.
#[cfg(unix)]
pub(crate) fn asked() -> impl Future<Output = ()> + Send {
    use tokio::signal::unix::{SignalKind, signal};

    let listening = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
    async move {
        let (Ok(mut terminate), Ok(mut interrupt)) = listening else { return std::future::pending().await };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    }
}

/// Waits for Ctrl+C. If the system cannot deliver it, it never ends.
#[cfg(not(unix))]
pub(crate) async fn asked() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
