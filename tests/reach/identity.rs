//! Whether it is the right agent is settled before a token is sent (threat T10).

use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use watchdeck::client::{Client, ClientError, ConnectOptions, Way};
use watchdeck::net::{Address, FirstUse, KnownAgents, LinkError, NeedKind, Secret, Trust};
use watchdeck::proto::Role;

use crate::support::TestAgent;

const CANARY: &str = "wdt_canary-0123456789";

/// An authority of our own.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

/// A certificate and its key, in PEM form.
struct Pair {
    cert: String,
    key: String,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "test authority");
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    fn sign(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> Pair {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let cert = params.signed_by(&key, &self.issuer).unwrap().pem();
        Pair { cert, key: key.serialize_pem() }
    }
}

/// A server with this certificate that notes what it is told after the handshake, and says nothing.
async fn impostor(pair: &Pair) -> (Address, JoinHandle<Vec<u8>>) {
    let cert = CertificateDer::from_pem_slice(pair.cert.as_bytes()).unwrap();
    let key = PrivateKeyDer::from_pem_slice(pair.key.as_bytes()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("wss://{}", listener.local_addr().unwrap()).parse().unwrap();
    let told = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut told = Vec::new();
        if let Ok(mut stream) = TlsAcceptor::from(Arc::new(config)).accept(stream).await {
            let mut bytes = [0; 1024];
            // One read is enough for a request, and then the client need not wait for an answer.
            if let Ok(read) = stream.read(&mut bytes).await {
                told.extend_from_slice(&bytes[..read]);
            }
        }
        told
    });
    (address, told)
}

async fn connect(address: &Address, trust: Trust) -> ClientError {
    let mut way = Way::local("/nonexistent".into());
    way.trust = trust;
    way.tokens.given = Secret::new(CANARY).ok();
    let options = ConnectOptions {
        name: "test".to_owned(),
        role: Role::Observer,
        way,
        packed: false,
        client_id: None,
    };
    Client::connect(address, &options).await.map(|_| ()).unwrap_err()
}

fn need(error: &ClientError) -> Option<NeedKind> {
    match error {
        ClientError::Link(LinkError::NeedsYou(need)) => Some(need.kind),
        _ => None,
    }
}

fn pin(dir: &Path, first_use: FirstUse) -> Trust {
    Trust::Pin { known: dir.join("known_agents"), first_use }
}

#[tokio::test]
async fn whoever_is_not_verified_is_told_no_byte() {
    let dir = tempfile::tempdir().unwrap();
    let (ours, foreign) = (Authority::new(), Authority::new());
    let ca = dir.path().join("ca.pem");
    std::fs::write(&ca, &ours.pem).unwrap();
    let ours_ca = || Trust::Ca(ca.clone());
    let past = |params: &mut CertificateParams| {
        params.not_before = rcgen::date_time_ymd(2001, 1, 1);
        params.not_after = rcgen::date_time_ymd(2002, 1, 1);
    };
    let future = |params: &mut CertificateParams| {
        params.not_before = rcgen::date_time_ymd(2999, 1, 1);
        params.not_after = rcgen::date_time_ymd(3000, 1, 1);
    };
    let self_signed = || {
        let made = watchdeck::net::SelfSigned::make(vec!["127.0.0.1".to_owned()]).unwrap();
        Pair { cert: made.cert, key: made.key }
    };
    let good = |_: &mut CertificateParams| {};
    let pinned = |pair: &Pair, at: &Address| {
        let Address::Wss(at) = at else { panic!("{at}") };
        let cert = CertificateDer::from_pem_slice(pair.cert.as_bytes()).unwrap();
        let fingerprint = watchdeck::net::Fingerprint::of(&cert);
        KnownAgents::new(&dir.path().join("known_agents")).add(at, fingerprint).unwrap();
    };
    let cases: [(&str, Pair, Trust, bool); 11] = [
        ("vouched for", ours.sign("127.0.0.1", good), ours_ca(), true),
        ("other name", ours.sign("web-1.example", good), ours_ca(), false),
        ("other address", ours.sign("127.0.0.2", good), ours_ca(), false),
        ("expired", ours.sign("127.0.0.1", past), ours_ca(), false),
        ("not yet valid", ours.sign("127.0.0.1", future), ours_ca(), false),
        ("foreign authority", foreign.sign("127.0.0.1", good), ours_ca(), false),
        ("self-signed", self_signed(), ours_ca(), false),
        ("self-signed, system", self_signed(), Trust::System, false),
        ("unknown, nobody there", self_signed(), pin(dir.path(), FirstUse::Refuse), false),
        ("pinned although expired", ours.sign("x", past), pin(dir.path(), FirstUse::Refuse), true),
        ("pin changed", self_signed(), pin(dir.path(), FirstUse::Record), false),
    ];
    for (case, pair, trust, verified) in cases {
        let (address, told) = impostor(&pair).await;
        match case {
            "pinned although expired" => pinned(&pair, &address),
            "pin changed" => pinned(&self_signed(), &address),
            _ => {}
        }
        let error = connect(&address, trust).await;
        let told = told.await.unwrap();
        let text = String::from_utf8_lossy(&told);
        assert_eq!(text.contains(CANARY), verified, "{case}: {text} {error}");
        assert_eq!(told.is_empty(), !verified, "{case}");
        assert_eq!(need(&error) == Some(NeedKind::Identity), !verified, "{case}: {error}");
        assert!(!error.to_string().contains(CANARY) && !format!("{error:?}").contains(CANARY));
    }
}

#[tokio::test]
async fn a_certificate_is_noted_once_told_and_refused_when_it_changes() {
    let agent =
        TestAgent::start_with(|options| options.listen = "wss://127.0.0.1:0".parse().ok()).await;
    let known = agent.dir.path().join("known_agents");
    let options = |first_use| {
        let mut way = Way::local(agent.runtime_dir());
        way.trust = Trust::Pin { known: known.clone(), first_use };
        ConnectOptions {
            name: "test".to_owned(),
            role: Role::Observer,
            way,
            packed: false,
            client_id: None,
        }
    };
    let address = agent.ws.clone().unwrap();
    let refused = Client::connect(&address, &options(FirstUse::Refuse)).await.unwrap_err();
    assert!(refused.to_string().contains(&format!("`watchdeck hosts trust {address} sha256:")));
    let (client, _) = Client::connect(&address, &options(FirstUse::Record)).await.unwrap();
    assert!(client.notice().unwrap().contains("is new; its certificate sha256:"));
    let (client, _) = Client::connect(&address, &options(FirstUse::Refuse)).await.unwrap();
    assert_eq!(client.notice(), None);
    let Address::Wss(at) = &address else { panic!("{address}") };
    let file = KnownAgents::new(&known);
    let other = format!("sha256:{}", "0".repeat(64)).parse().unwrap();
    file.remove(at).unwrap();
    file.add(at, other).unwrap();
    let refused = Client::connect(&address, &options(FirstUse::Record)).await.unwrap_err();
    let told = refused.to_string();
    assert!(told.contains("has changed") && told.contains("known_agents:2"), "{told}");
    assert!(told.ends_with(&format!("run `watchdeck hosts forget {address}`")), "{told}");
}

#[tokio::test]
async fn a_known_agents_file_that_cannot_be_trusted_trusts_nobody() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let known = dir.path().join("known_agents");
    for (text, mode) in [("not a line of ours\n", 0o600), ("", 0o666)] {
        std::fs::write(&known, text).unwrap();
        std::fs::set_permissions(&known, PermissionsExt::from_mode(mode)).unwrap();
        let made = watchdeck::net::SelfSigned::make(vec!["127.0.0.1".to_owned()]).unwrap();
        let (address, told) = impostor(&Pair { cert: made.cert, key: made.key }).await;
        let error = connect(&address, pin(dir.path(), FirstUse::Record)).await;
        assert_eq!(need(&error), Some(NeedKind::Identity), "{error}");
        assert!(told.await.unwrap().is_empty());
    }
}
