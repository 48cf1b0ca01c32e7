//! Serves a router on a socket, with limits on what a connection may cost, until it is told to stop.

mod linger;
mod places;
mod request_body;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use bytes::Bytes;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::header::{CONNECTION, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use places::{Answering, Place, Places};
use request_body::RequestBody;

/// What connections may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// At once. When all places are taken, a new connection takes the place of one that was answered and only lingers, or
    /// else of the one that has waited longest for a complete head, and of one whose last request was granted only if no
    /// other waits; one whose request is being answered keeps its place.
    pub connections: usize,
    /// Until a request's head is complete, and between two requests. Longer than senders keep a connection that they do not
    /// use (a minute or two): if the listener closed it, a delivery that is sent at that moment would be lost on it.
    pub head: Duration,
    /// The largest head.
    pub head_bytes: usize,
}

impl Limits {
    /// For the webhook listener, which strangers reach: their heads may cost little.
    pub fn of_the_listener() -> Self {
        Self { head_bytes: 16 * 1024, ..Self::default() }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections: connections_that_fit(), head: Duration::from_mins(3), head_bytes: 64 * 1024 }
    }
}

/// Lets this process open as many files as the system allows it: each connection is one. Called once, at start.
pub fn raise_open_files_limit() {
    #[cfg(unix)]
    if let Err(error) = rlimit::increase_nofile_limit(rlimit::INFINITY) {
        tracing::debug!(%error, "the limit of open files stays as it is");
    }
}

/// Opens a socket to accept connections on.
pub fn bind(at: SocketAddr) -> io::Result<TcpListener> {
    // Where fewer may wait to be accepted, a flood of others costs a sender the second after which it knocks again.
    const WAITING: u32 = 4096;
    let socket = if at.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // So that the next start finds the port free. On Windows this would let others take it.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(at)?;
    socket.listen(WAITING)
}

/// How many connections one of the two doors may hold, so that both together leave files for the library and for the
/// pictures that are fetched.
fn connections_that_fit() -> usize {
    const MOST: u64 = 512;
    const FOR_OTHERS: u64 = 200;
    #[cfg(unix)]
    let files = rlimit::Resource::NOFILE.get_soft().unwrap_or(256);
    #[cfg(not(unix))]
    let files = u64::MAX;
    (files.saturating_sub(FOR_OTHERS) / 2).clamp(16, MOST) as usize
}

/// Serves until `stop`, then lets requests that have begun come to their end.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: CancellationToken) {
    accept_until(listener, router, limits, stop).await.end().await;
}

/// The connections that are open when a socket is closed.
#[must_use]
pub struct Connections(TaskTracker);

impl Connections {
    /// Lets requests come to their end, in a time that can be waited for.
    pub async fn end(self) {
        let patience = Duration::from_secs(10);
        if tokio::time::timeout(patience, self.0.wait()).await.is_err() {
            tracing::warn!("some connections did not come to their end in {} s and were cut", patience.as_secs());
        }
    }
}

/// Accepts until `stop`. On return the socket is closed, and another may take its place.
pub async fn accept_until(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    stop: CancellationToken,
) -> Connections {
    let places = Places::new(limits.connections);
    let connections = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accept(&listener, &places) => accepted,
        };
        let Some((stream, peer, place)) = accepted else { continue };
        connections.spawn(connection(stream, peer, router.clone(), limits, place, stop.clone()));
        // So that its head, if it is there already, is read before the next connection is accepted: in a flood of silent
        // connections one that speaks keeps its place.
        tokio::task::yield_now().await;
    }
    connections.close();
    Connections(connections)
}

async fn accept(listener: &TcpListener, places: &Arc<Places>) -> Option<(TcpStream, SocketAddr, Place)> {
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, places.take().await)),
        Err(error) => {
            // Mostly too many open files: it passes, and asking again at once would only burn the processor.
            tracing::warn!(%error, "a connection could not be accepted");
            places.make_room();
            tokio::time::sleep(Duration::from_millis(100)).await;
            None
        }
    }
}

async fn connection(
    mut stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    limits: Limits,
    place: Place,
    stop: CancellationToken,
) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| answer(router.clone(), peer, place.begin_answer(), request));
    let mut serving = Box::pin(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.head)
            .max_buf_size(limits.head_bytes)
            .serve_connection(TokioIo::new(&mut stream), service),
    );
    let ended = tokio::select! {
        ended = serving.as_mut() => ended,
        () = place.lost() => {
            tracing::debug!(%peer, "a connection that waited gave its place to another");
            return;
        }
        () = stop.cancelled() => {
            serving.as_mut().graceful_shutdown();
            serving.as_mut().await
        }
    };
    drop(serving);
    match ended {
        Ok(()) if place.begin_lingering() => tokio::select! {
            () = linger::read_on(&mut stream, linger::LONGEST) => {}
            () = place.lost() => {}
            () = stop.cancelled() => {}
        },
        Ok(()) => {}
        Err(error) => tracing::debug!(%peer, %error, "a connection ended early"),
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the connection gave its place to another before its request was complete")]
struct PlaceLost;

async fn answer(
    router: Router,
    peer: SocketAddr,
    answering: Option<Answering>,
    request: Request<Incoming>,
) -> Result<Response<Answer>, PlaceLost> {
    let answering = answering.ok_or(PlaceLost)?;
    let (head, body) = request.into_parts();
    let (body, end) = RequestBody::new(body);
    let mut request = Request::from_parts(head, body);
    request.extensions_mut().insert(ConnectInfo(peer));
    let mut response = router.oneshot(request).await.unwrap_or_else(|never: Infallible| match never {});
    if !end.is_reached() {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    let answering = answering.noting(response.status().is_success());
    Ok(response.map(|body| Answer { body, _answering: answering }))
}

/// A response body that keeps its connection's place until it is sent.
struct Answer {
    body: Body,
    _answering: Answering,
}

impl hyper::body::Body for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
