//! TCP connections: reaching a name by any of its addresses, and how little the kernel may hoard.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use socket2::SockRef;
use tokio::net::TcpStream;

/// Bytes the kernel may hold for a peer that does not read. By default it is megabytes: minutes of
/// stale screens on a slow line.
const SEND_BUFFER: usize = 64 << 10;
/// Bytes of these that may wait unsent; more would only age (TCP_NOTSENT_LOWAT, tcp(7)).
const UNSENT: u32 = 16 << 10;
/// Head start of each address before the next is tried as well (RFC 8305, section 5).
const HEAD_START: Duration = Duration::from_millis(250);

/// Sets up a connection that was accepted or opened. Best effort: without it, it is only slower.
pub(super) fn tune(stream: &TcpStream) {
    let socket = SockRef::from(stream);
    // Keystrokes are small and must not wait for company.
    let tuned = socket
        .set_tcp_nodelay(true)
        .and_then(|()| socket.set_send_buffer_size(SEND_BUFFER))
        .and_then(|()| not_sent(&socket));
    if let Err(error) = tuned {
        tracing::debug!(%error, "a connection keeps the system's buffers");
    }
}

#[cfg(target_os = "linux")]
fn not_sent(socket: &SockRef<'_>) -> io::Result<()> {
    socket.set_tcp_notsent_lowat(UNSENT)
}

#[cfg(not(target_os = "linux"))]
fn not_sent(_: &SockRef<'_>) -> io::Result<()> {
    Ok(())
}

/// Connects to `host` by whichever of its addresses answers first.
///
/// # Errors
/// The name is not known, or none of its addresses answers: what the last one said.
pub(super) async fn connect(host: &str, port: u16) -> io::Result<TcpStream> {
    let addresses: Vec<SocketAddr> = tokio::net::lookup_host((host, port)).await?.collect();
    let stream = first_of(&addresses).await?;
    tune(&stream);
    Ok(stream)
}

async fn first_of(addresses: &[SocketAddr]) -> io::Result<TcpStream> {
    let mut waiting = addresses.iter();
    let mut trying = FuturesUnordered::new();
    let mut failure = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    loop {
        let next = waiting.next();
        let more = next.is_some();
        if let Some(address) = next {
            trying.push(TcpStream::connect(*address));
        }
        let answered = match more {
            true => tokio::time::timeout(HEAD_START, trying.next()).await,
            false => Ok(trying.next().await),
        };
        match answered {
            Ok(Some(Ok(stream))) => return Ok(stream),
            Ok(Some(Err(error))) => failure = error,
            Ok(None) => return Err(failure),
            Err(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn every_address_is_tried_and_the_first_answer_counts() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let good = listener.local_addr().unwrap();
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let refused = closed.local_addr().unwrap();
        drop(closed);
        // TEST-NET-1 (RFC 5737): nobody answers there.
        let silent: SocketAddr = "192.0.2.1:9".parse().unwrap();
        let stream = first_of(&[refused, silent, good]).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap(), good);
        let error = first_of(&[refused]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
        assert_eq!(first_of(&[]).await.unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[tokio::test]
    async fn the_kernel_hoards_little() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stream = connect("127.0.0.1", listener.local_addr().unwrap().port()).await.unwrap();
        let socket = SockRef::from(&stream);
        // The kernel doubles what it is asked for, for its own bookkeeping (socket(7)).
        assert_eq!(socket.send_buffer_size().unwrap(), 2 * SEND_BUFFER);
        assert!(socket.tcp_nodelay().unwrap());
        #[cfg(target_os = "linux")]
        assert_eq!(socket.tcp_notsent_lowat().unwrap(), UNSENT);
    }
}
