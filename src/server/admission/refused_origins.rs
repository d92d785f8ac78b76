//! The log of refused origins. Behind a proxy that is set up wrongly every login fails with 403, and only the server
//! knows what it compared. Each pair is logged once, and no page can fill the log.

use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::Mutex;

use tracing::warn;

use crate::explain::escape_controls;
use crate::server::admission::origin::Site;
use crate::server::lock::lock;

/// The most pairs that are logged.
const MOST: usize = 32;

/// The most characters of an origin that are logged.
const LONGEST: usize = 100;

/// The proxy that a request came by, which may be why an origin that should be the server's own is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proxy {
    /// The peer of the connection says for whom it asks, and is not trusted.
    Untrusted(IpAddr),
    /// A trusted proxy, which did not say what the browser asked for, or something else.
    Trusted,
    /// None that shows.
    Unseen,
}

/// The pairs that were logged: a refused origin, and the own origin that it was compared with.
#[derive(Debug, Default)]
pub(in crate::server) struct RefusedOrigins {
    logged: Mutex<HashSet<(String, String)>>,
}

impl RefusedOrigins {
    /// Logs a refused origin, unless that was done before or too many were.
    pub(super) fn log(&self, origin: &[u8], site: &Site<'_>, by: Proxy) {
        if let Some(line) = self.line(origin, site, by) {
            warn!("{line}");
        }
    }

    fn line(&self, origin: &[u8], site: &Site<'_>, by: Proxy) -> Option<String> {
        let origin: String = String::from_utf8_lossy(origin).chars().take(LONGEST).collect();
        let (origin, own) = (escape_controls(&origin), site.to_string());
        let mut logged = lock(&self.logged);
        if logged.len() >= MOST || !logged.insert((origin.clone(), own.clone())) {
            return None;
        }
        let last = if logged.len() == MOST { "; no further origin is logged" } else { "" };
        drop(logged);
        let advice = match by {
            Proxy::Untrusted(address) => {
                format!(
                    "if {address} is your proxy, add --trust-proxy {address}: until then its headers are ignored"
                )
            }
            Proxy::Trusted => {
                "if that is not what the browser shows, let the proxy send X-Forwarded-Proto and \
                                     X-Forwarded-Host"
                    .to_owned()
            }
            Proxy::Unseen => {
                "behind a proxy, let it send X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host, \
                                 and add --trust-proxy with its address"
                    .to_owned()
            }
        };
        let allow = if origin.starts_with("http") { origin.as_str() } else { "ORIGIN" };
        Some(format!(
            "refused a page of {origin}: this request came for {own}, and --allow-origin does not name its origin. For a \
             page of this server: {advice}. For a page of another: --allow-origin {allow}{last}"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::admission::requester::Scheme;

    fn site(host: &str) -> Site<'_> {
        Site { scheme: Scheme::Http, host, allowed: &[] }
    }

    #[test]
    fn each_pair_is_logged_once_with_what_to_set() {
        let refused = RefusedOrigins::default();
        let line = |origin: &str, host, by| refused.line(origin.as_bytes(), &site(host), by);
        let proxy = IpAddr::from([192, 0, 2, 1]);
        let first = line("https://ws.example.com", "127.0.0.1:9001", Proxy::Untrusted(proxy)).unwrap();
        for part in ["https://ws.example.com", "http://127.0.0.1:9001", "--trust-proxy 192.0.2.1"] {
            assert!(first.contains(part), "{first}");
        }
        assert_eq!(line("https://ws.example.com", "127.0.0.1:9001", Proxy::Unseen), None);
        let silent = line("https://ws.example.com", "ws.example.com", Proxy::Trusted).unwrap();
        assert!(silent.contains("X-Forwarded-Proto and X-Forwarded-Host"), "{silent}");
        let none = line("https://friend.example", "ws.example.com", Proxy::Unseen).unwrap();
        assert!(none.ends_with("--allow-origin https://friend.example"), "{none}");
    }

    #[test]
    fn no_page_can_fill_the_log_or_break_its_lines() {
        let refused = RefusedOrigins::default();
        let lines: Vec<_> = (0..1000)
            .filter_map(|number| {
                let origin = format!("x{number}\n\u{1b}[31m{}", "y".repeat(10_000));
                refused.line(origin.as_bytes(), &site("a"), Proxy::Unseen)
            })
            .collect();
        assert_eq!(lines.len(), MOST);
        assert!(lines.iter().all(|line| line.len() < 600 && !line.contains(['\n', '\u{1b}'])), "{lines:?}");
        assert!(lines.iter().filter(|line| line.ends_with("no further origin is logged")).count() == 1);
    }
}
