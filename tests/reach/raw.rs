//! What strangers send: requests byte by byte.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{PATIENCE, TestAgent};

/// A handshake with these headers besides those that every one needs.
pub fn handshake(headers: &[(&str, &str)]) -> String {
    let more: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!(
        "GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{more}\r\n"
    )
}

/// Where the agent's TCP port is.
pub fn port(agent: &TestAgent) -> SocketAddr {
    let text = agent.ws.as_ref().unwrap().to_string();
    text.split_once("://").unwrap().1.parse().unwrap()
}

/// Sends bytes and gives all that comes until the agent closes or is silent for a while.
pub async fn answer(at: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(at).await.unwrap();
    // The agent may have closed already; then the answer says so.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let patience = if answer.is_empty() { PATIENCE } else { Duration::from_millis(50) };
        match tokio::time::timeout(patience, stream.read(&mut chunk)).await {
            Ok(Ok(read @ 1..)) => answer.extend_from_slice(&chunk[..read]),
            Ok(_) | Err(_) => return answer,
        }
    }
}

/// The status in an HTTP answer; 0 where there is none.
pub fn status(answer: &[u8]) -> u16 {
    let line = String::from_utf8_lossy(answer);
    line.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}
