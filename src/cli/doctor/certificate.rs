//! The agent's certificate: whether it can be used, and when it ends.

use chrono::{DateTime, Utc};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::finding::Finding;
use super::scene::Scene;

const NAME: &str = "certificate";
/// Whoever renews it by hand should hear of its end this long before; programs renew it earlier.
const SOON_DAYS: i64 = 14;

/// Reads the configured one, else the self-signed one if there is one.
pub fn check(scene: &Scene) -> Vec<Finding> {
    let own = scene.paths.state_dir.as_ref().map(|dir| dir.join("tls/cert.pem"));
    let configured = scene.config.agent.tls.as_ref().map(|tls| tls.cert.clone());
    let (is_configured, path) = match (configured, own.filter(|path| path.exists())) {
        (Some(path), _) => (true, path),
        (None, Some(path)) => (false, path),
        (None, None) => return Vec::new(),
    };
    let read = std::fs::read(&path).map_err(|error| error.to_string());
    let found = match read.and_then(|pem| end(&pem)) {
        Ok(end) => verdict(end, scene.now, is_configured),
        Err(error) => {
            let says = format!("{}: {error}", path.display());
            Finding::fail(NAME, says, "agent.tls names it; `wss://` does not work without")
        }
    };
    vec![found]
}

/// The end of the first certificate in a PEM file (RFC 5280, 4.1.2.5).
fn end(pem: &[u8]) -> Result<DateTime<Utc>, String> {
    let der = CertificateDer::from_pem_slice(pem).map_err(|_| "it holds no certificate")?;
    let parsed = x509_parser::parse_x509_certificate(&der);
    let (_, certificate) = parsed.map_err(|error| format!("it is damaged: {error}"))?;
    let end = certificate.validity().not_after.timestamp();
    DateTime::from_timestamp(end, 0).ok_or_else(|| "its end is no date".to_owned())
}

/// A self-signed one is trusted by its fingerprint, whatever its dates say.
fn verdict(end: DateTime<Utc>, now: DateTime<Utc>, is_configured: bool) -> Finding {
    let day = end.format("%F");
    if !is_configured {
        return Finding::ok(
            NAME,
            format!("self-signed; clients know it by its fingerprint, until {day}"),
        );
    }
    let days = (end - now).num_days();
    if end <= now {
        let advice = "renew it, then restart the agent; its sessions go on";
        Finding::fail(
            NAME,
            format!("ended {day}: clients that verify it refuse this machine"),
            advice,
        )
    } else if days < SOON_DAYS {
        let advice = "renew it, then restart the agent; its sessions go on";
        Finding::warn(NAME, format!("ends {day}, in {days} days"), advice)
    } else {
        Finding::ok(NAME, format!("valid until {day}"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;
    use crate::net::SelfSigned;
    use chrono::Duration;

    #[test]
    fn the_end_is_read_and_judged() {
        let made = SelfSigned::make(vec!["web-1".to_owned()]).unwrap();
        let end = end(made.cert.as_bytes()).unwrap();
        let at = |days: i64| verdict(end, end - Duration::days(days), true).verdict;
        assert_eq!([at(30), at(3), at(-1)], [Verdict::Ok, Verdict::Warn, Verdict::Fail]);
        assert_eq!(verdict(end, end + Duration::days(1), false).verdict, Verdict::Ok);
    }

    #[test]
    fn what_is_no_certificate_is_said_to_be_none() {
        assert_eq!(end(b"none").unwrap_err(), "it holds no certificate");
        let pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(end(pem.as_bytes()).unwrap_err().starts_with("it is damaged"));
    }
}
