//! How the system tells Lysbord to end: the same for the window and for `serve`.

/// Waits for Ctrl+C or, where there is such a thing, for a polite request to terminate.
#[cfg(unix)]
pub(crate) async fn asked() {
    use tokio::signal::unix::{SignalKind, signal};

    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => terminate.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = terminated => {}
        () = interrupted() => {}
    }
}

/// Waits for Ctrl+C.
#[cfg(not(unix))]
pub(crate) async fn asked() {
    interrupted().await;
}

/// A system that cannot tell of Ctrl+C never does.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
