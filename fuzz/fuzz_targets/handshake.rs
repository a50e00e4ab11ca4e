//! What a stranger sends to a TCP port before it has proved who it is.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::runtime::Runtime;
use watchdeck::net::{Admission, BEFORE_AUTH_MAX, accept_stream};

const TOKEN: &str = "wdt_good";

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime")
    })
}

fn admission() -> Admission {
    Admission {
        origins: vec!["https://deck.example".parse().expect("an origin")],
        hosts: vec!["web-1".parse().expect("a host")],
    }
}

fn contains(data: &[u8], wanted: &[u8]) -> bool {
    data.windows(wanted.len()).any(|part| part.eq_ignore_ascii_case(wanted))
}

fuzz_target!(|data: &[u8]| {
    let (admitted, said) = runtime().block_on(async {
        let (mut peer, own) = tokio::io::duplex(4 * BEFORE_AUTH_MAX);
        let written = data.len().min(3 * BEFORE_AUTH_MAX);
        peer.write_all(&data[..written]).await.expect("there is room");
        peer.shutdown().await.expect("it is open");
        let check = |token: &str| (token == TOKEN).then_some(());
        let local = [10, 0, 0, 1].into();
        let accepted = accept_stream(own, local, &admission(), check).await;
        let admitted = accepted.is_ok();
        drop(accepted);
        let mut said = Vec::new();
        let _ = peer.read_to_end(&mut said).await;
        (admitted, said)
    });
    if admitted {
        assert!(contains(data, TOKEN.as_bytes()), "nobody gets in without the token");
        assert!(!contains(data, b"\norigin:") || contains(data, b"https://deck.example"));
        assert!(said.starts_with(b"HTTP/1.1 101"));
    } else {
        let refused = said.starts_with(b"HTTP/1.1 403") || said.starts_with(b"HTTP/1.1 401");
        assert!(said.is_empty() || refused, "{}", String::from_utf8_lossy(&said));
    }
});
