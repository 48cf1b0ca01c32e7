//! Whether a request's body was read to its end. A connection whose body was refused unread is closed after the answer, and
//! the answer has to say so: a sender that keeps connections would send its next request on one that is about to close.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use hyper::body::{Body, Frame, SizeHint};

/// A request's body that notes when it comes to its end.
pub(super) struct RequestBody<B> {
    body: B,
    end: End,
}

/// Tells whether a body has come to its end.
#[derive(Clone)]
pub(super) struct End(Arc<AtomicBool>);

impl<B: Body> RequestBody<B> {
    pub(super) fn new(body: B) -> (Self, End) {
        let end = End(Arc::new(AtomicBool::new(body.is_end_stream())));
        (Self { body, end: end.clone() }, end)
    }
}

impl End {
    pub(super) fn is_reached(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl<B: Body + Unpin> Body for RequestBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        if matches!(frame, Poll::Ready(None)) || self.body.is_end_stream() {
            self.end.0.store(true, Ordering::Relaxed);
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
