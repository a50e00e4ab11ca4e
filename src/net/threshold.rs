//! Bounds what a peer may say before it has proved who it is.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes of a handshake that are read at most; those of our own clients have some 400.
pub const BEFORE_AUTH_MAX: usize = 4 << 10;

/// A carrier that fails once it was read beyond [`BEFORE_AUTH_MAX`] bytes, until it is opened.
#[derive(Debug)]
pub(super) struct Threshold<S> {
    inner: S,
    left: usize,
    open: Arc<AtomicBool>,
}

/// Opens a [`Threshold`].
#[derive(Debug, Clone)]
pub(super) struct Opener(Arc<AtomicBool>);

impl Opener {
    pub(super) fn open(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl<S> Threshold<S> {
    pub(super) fn new(inner: S) -> (Self, Opener) {
        let open = Arc::new(AtomicBool::new(false));
        (Self { inner, left: BEFORE_AUTH_MAX, open: open.clone() }, Opener(open))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Threshold<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.open.load(Ordering::Relaxed) {
            return Pin::new(&mut self.inner).poll_read(cx, buf);
        }
        if self.left == 0 {
            let sentence = "a handshake longer than 4 KiB";
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, sentence)));
        }
        let room = buf.initialize_unfilled_to(buf.remaining().min(self.left));
        let mut part = ReadBuf::new(room);
        let polled = Pin::new(&mut self.inner).poll_read(cx, &mut part);
        let read = part.filled().len();
        buf.advance(read);
        self.left = self.left.saturating_sub(read);
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Threshold<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt;

    #[tokio::test]
    async fn four_kib_are_read_and_the_rest_only_once_open() {
        let bytes = vec![7; 3 * BEFORE_AUTH_MAX];
        let (mut closed, opener) = Threshold::new(bytes.as_slice());
        let mut read = vec![0; BEFORE_AUTH_MAX];
        closed.read_exact(&mut read).await.unwrap();
        let error = closed.read_u8().await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        opener.open();
        let mut rest = Vec::new();
        closed.read_to_end(&mut rest).await.unwrap();
        assert_eq!(rest.len(), 2 * BEFORE_AUTH_MAX);
    }
}
