//! Origins whose pages may act in a user's name (RFC 6455 §10.2).

use std::fmt;

use crate::server::admission::requester::Scheme;

/// The server, as a browser sees it.
#[derive(Debug, Clone, Copy)]
pub(in crate::server) struct Site<'s> {
    pub(in crate::server) scheme: Scheme,
    /// With the port; a proxy may write the scheme's own too, which a browser leaves out.
    pub(in crate::server) host: &'s str,
    /// Other origins, of whose pages the same holds.
    pub(in crate::server) allowed: &'s [String],
}

impl Site<'_> {
    /// Returns `true` if this is the server's own origin.
    pub(in crate::server) fn is_own(&self, origin: &[u8]) -> bool {
        let (prefix, port) = match self.scheme {
            Scheme::Http => ("http://", ":80"),
            Scheme::Https => ("https://", ":443"),
        };
        let host = self.host.strip_suffix(port).unwrap_or(self.host);
        origin.strip_prefix(prefix.as_bytes()) == Some(host.as_bytes())
    }

    /// Returns `true` if this other origin is allowed: one of the list, in which `*` in place of a port stands for any,
    /// and for none.
    pub(in crate::server) fn allows(&self, origin: &[u8]) -> bool {
        let any_port = |known: &str| {
            let port = origin.strip_prefix(known.strip_suffix(":*")?.as_bytes())?;
            let digits = |port: &[u8]| !port.is_empty() && port.iter().all(u8::is_ascii_digit);
            Some(port.is_empty() || port.strip_prefix(b":").is_some_and(digits))
        };
        self.allowed.iter().any(|known| known.as_bytes() == origin || any_port(known) == Some(true))
    }

    /// Returns `true` if a request with these lines of `Origin` may act here. Compared to the letter: a prefix, a
    /// suffix or another port is another origin. Programs that are no browsers send none, and have no user's cookie to
    /// misuse; two of them are none to trust.
    pub(in crate::server) fn admits<'o>(&self, mut origins: impl Iterator<Item = &'o [u8]>) -> bool {
        match (origins.next(), origins.next()) {
            (None, _) => true,
            (Some(origin), None) => self.is_own(origin) || self.allows(origin),
            (Some(_), Some(_)) => false,
        }
    }
}

/// The own origin.
impl fmt::Display for Site<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.scheme {
            Scheme::Http => "http",
            Scheme::Https => "https",
        };
        write!(f, "{scheme}://{}", self.host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_6455_section_10_2_only_an_exact_origin_matches() {
        let allowed = ["https://good.com".to_owned()];
        let mut site = Site { scheme: Scheme::Http, host: "127.0.0.1:9001", allowed: &allowed };
        let admits = |site: Site<'_>, origin: &str| site.admits([origin.as_bytes()].into_iter());
        assert!(site.admits(std::iter::empty()));
        assert!(admits(site, "http://127.0.0.1:9001"));
        assert!(admits(site, "https://good.com"));
        for evil in [
            "null",
            "https://good.evil.com",
            "https://goodXcom",
            "https://good.com.evil",
            "https://GOOD.com",
            "http://good.com",
            "https://good.com:444",
            "http://127.0.0.1:9002",
            "http://127.0.0.1",
            "https://127.0.0.1:9001",
            "HTTP://127.0.0.1:9001",
            "",
        ] {
            assert!(!admits(site, evil), "{evil}");
        }
        assert!(!site.admits([&b"\xFF"[..]].into_iter()));
        assert!(!site.admits([&b"https://good.com"[..]; 2].into_iter()));

        let allowed = ["http://[::1]:*".to_owned(), "https://a.example:*".to_owned()];
        let any_port = Site { allowed: &allowed, ..site };
        for origin in ["http://[::1]", "http://[::1]:1", "https://a.example:65535", "https://a.example"] {
            assert!(admits(any_port, origin), "{origin}");
        }
        for evil in ["https://[::1]", "https://a.example.evil", "https://a.example:", "https://a.example:1x"]
        {
            assert!(!admits(any_port, evil), "{evil}");
        }

        site.scheme = Scheme::Https;
        assert!(admits(site, "https://127.0.0.1:9001"));
        assert!(admits(site, "https://good.com"));
        // On the way to it, anyone could have written the page.
        assert!(!admits(site, "http://127.0.0.1:9001"));

        // A browser leaves the scheme's own port out (RFC 6454 §6.2); some proxies write it.
        for (scheme, host, origin, own) in [
            (Scheme::Https, "a.example:443", "https://a.example", true),
            (Scheme::Http, "a.example:80", "http://a.example", true),
            (Scheme::Http, "a.example:443", "http://a.example", false),
            (Scheme::Https, "a.example:8443", "https://a.example", false),
            (Scheme::Https, "a.example", "https://a.example:8443", false),
        ] {
            assert_eq!(admits(Site { scheme, host, allowed: &[] }, origin), own, "{origin} at {host}");
        }
    }
}
