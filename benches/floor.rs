//! The baseline: the same server and senders, but a body is only appended to a file, with one flush for all that wait.
//! No durable answer can be faster.

use std::fs::File;
use std::io::Write;
use std::net::SocketAddr;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use lysbord_core::server::{self, Limits};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

type Waiting = (Bytes, oneshot::Sender<()>);

/// Serves until `stop` on a runtime of its own, as Lysbord runs beside the senders. Returns the address.
pub fn start(file: File, stop: CancellationToken) -> SocketAddr {
    let (told, hear) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let (inbox, waiting) = mpsc::channel::<Waiting>(2048);
            std::thread::spawn(move || append(file, waiting));
            let router = Router::new().route("/{*path}", post(take_in)).with_state(inbox);
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            told.send(listener.local_addr().unwrap()).unwrap();
            server::serve(listener, router, Limits::default(), stop).await;
        });
    });
    hear.recv().unwrap()
}

async fn take_in(State(inbox): State<mpsc::Sender<Waiting>>, body: Bytes) -> &'static str {
    let (reply, durable) = oneshot::channel();
    inbox.send((body, reply)).await.unwrap();
    durable.await.unwrap();
    "{}"
}

fn append(mut file: File, mut waiting: mpsc::Receiver<Waiting>) {
    while let Some(first) = waiting.blocking_recv() {
        let mut group = vec![first];
        while let Ok(next) = waiting.try_recv() {
            group.push(next);
        }
        for (body, _) in &group {
            file.write_all(body).unwrap();
        }
        file.sync_data().unwrap();
        for (_, reply) in group {
            let _ = reply.send(());
        }
    }
}
