//! The cookie that the pages sign in with. Scripts cannot read it, other sites cannot make a browser send it.
//!
//! A browser that came by https gets it under a name with `__Host-`: by this name it takes and sends no cookie that is
//! not `Secure` or that came from a neighbouring name (RFC 6265bis §4.1.3.2).

use axum::http::{HeaderMap, header};

use crate::server::admission::requester::Scheme;

const PLAIN: &str = "wirewalk_token";
const SECURE: &str = "__Host-wirewalk_token";

const ATTRIBUTES: &str = "Path=/; HttpOnly; SameSite=Strict";

/// The `Set-Cookie` that signs a browser in for so many seconds.
pub(in crate::server) fn set(token: &str, seconds: u64, scheme: Scheme) -> String {
    match scheme {
        Scheme::Http => format!("{PLAIN}={token}; {ATTRIBUTES}; Max-Age={seconds}"),
        Scheme::Https => format!("{SECURE}={token}; {ATTRIBUTES}; Secure; Max-Age={seconds}"),
    }
}

/// The `Set-Cookie` lines that sign a browser out, however it came when it signed in.
pub(in crate::server) fn clear() -> [String; 2] {
    [set("", 0, Scheme::Http), set("", 0, Scheme::Https)]
}

/// The token of a request's cookie. Where the browser came by https the plain name counts for nothing: anyone who can
/// answer for this host over http could have set it.
pub(in crate::server) fn token(headers: &HeaderMap, scheme: Scheme) -> Option<&str> {
    let plain = || find(headers, PLAIN).filter(|_| scheme == Scheme::Http);
    find(headers, SECURE).or_else(plain)
}

fn find<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_https_only_the_name_that_nobody_else_can_set() {
        let headers = |cookie: &str| HeaderMap::from_iter([(header::COOKIE, cookie.parse().unwrap())]);
        for (cookie, http, https) in [
            ("wirewalk_token=a", Some("a"), None),
            ("__Host-wirewalk_token=b", Some("b"), Some("b")),
            ("wirewalk_token=a; __Host-wirewalk_token=b", Some("b"), Some("b")),
            ("x=1;__Host-wirewalk_token=b; wirewalk_token=a", Some("b"), Some("b")),
            ("__host-wirewalk_token=b; WIREWALK_TOKEN=a", None, None),
        ] {
            let headers = headers(cookie);
            assert_eq!(
                (token(&headers, Scheme::Http), token(&headers, Scheme::Https)),
                (http, https),
                "{cookie}"
            );
        }
    }

    #[test]
    fn the_host_prefix_has_its_required_attributes() {
        let cookie = set("t", 60, Scheme::Https);
        assert!(
            cookie.starts_with("__Host-") && cookie.contains("; Secure") && cookie.contains("Path=/;"),
            "{cookie}"
        );
        assert!(!cookie.contains("Domain"), "{cookie}");
        assert!(!set("t", 60, Scheme::Http).contains("Secure"), "a browser would not keep it");
    }
}
