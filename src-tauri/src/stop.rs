//! How the system tells Lysbord to end: the same for the window and for `serve`.

/// Waits for Ctrl+C or for a polite request to terminate, and listens from now on, also while it is not yet awaited. A
/// system that cannot tell of them never does.
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

/// Waits for Ctrl+C. A system that cannot tell of it never does.
#[cfg(not(unix))]
pub(crate) async fn asked() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
