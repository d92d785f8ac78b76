//! The cookie that the pages sign in with. Scripts cannot read it, other sites cannot make a browser send it.
//!
//! A browser that came by https gets it under a name with `__Host-`: by this name it takes and sends no cookie that is
//! not `Secure` or that came from a neighbouring name (RFC 6265bis §4.1.3.2). That name is for the whole host: below a
//! base path it is `__Secure-`, which asks only for the first.

use axum::http::{HeaderMap, header};

use crate::server::admission::requester::Scheme;
use crate::server::base_path::BasePath;

const PLAIN: &str = "wirewalk_token";

const ATTRIBUTES: &str = "HttpOnly; SameSite=Strict";

/// The login cookie of a server at this base path.
#[derive(Debug, Clone, Copy)]
pub(in crate::server) struct LoginCookie<'b>(pub(in crate::server) &'b BasePath);

impl LoginCookie<'_> {
    /// The `Set-Cookie` that signs a browser in for so many seconds.
    pub(in crate::server) fn set(self, token: &str, seconds: u64, scheme: Scheme) -> String {
        let path = match self.0.as_str() {
            "" => "/",
            path => path,
        };
        let (name, secure) = match scheme {
            Scheme::Http => (PLAIN, ""),
            Scheme::Https => (self.secure_name(), "; Secure"),
        };
        format!("{name}={token}; Path={path}; {ATTRIBUTES}{secure}; Max-Age={seconds}")
    }

    /// The `Set-Cookie` lines that sign a browser out, however it came when it signed in.
    pub(in crate::server) fn clear(self) -> [String; 2] {
        [self.set("", 0, Scheme::Http), self.set("", 0, Scheme::Https)]
    }

    /// The token of a request's cookie. Where the browser came by https the plain name counts for nothing: anyone who
    /// can answer for this host over http could have set it.
    pub(in crate::server) fn token(self, headers: &HeaderMap, scheme: Scheme) -> Option<&str> {
        let plain = || find(headers, PLAIN).filter(|_| scheme == Scheme::Http);
        find(headers, self.secure_name()).or_else(plain)
    }

    fn secure_name(self) -> &'static str {
        if self.0.as_str().is_empty() { "__Host-wirewalk_token" } else { "__Secure-wirewalk_token" }
    }
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
        let root = BasePath::default();
        let below = BasePath::parse("/ww").unwrap();
        for (base, cookie, http, https) in [
            (&root, "wirewalk_token=a", Some("a"), None),
            (&root, "__Host-wirewalk_token=b", Some("b"), Some("b")),
            (&root, "wirewalk_token=a; __Host-wirewalk_token=b", Some("b"), Some("b")),
            (&root, "x=1;__Host-wirewalk_token=b; wirewalk_token=a", Some("b"), Some("b")),
            (&root, "__host-wirewalk_token=b; WIREWALK_TOKEN=a", None, None),
            (&below, "__Host-wirewalk_token=b; __Secure-wirewalk_token=c", Some("c"), Some("c")),
            (&below, "wirewalk_token=a; __Host-wirewalk_token=b", Some("a"), None),
        ] {
            let headers = headers(cookie);
            let token = |scheme| LoginCookie(base).token(&headers, scheme);
            assert_eq!((token(Scheme::Http), token(Scheme::Https)), (http, https), "{cookie}");
        }
    }

    #[test]
    fn the_prefix_has_its_required_attributes() {
        for (base, prefix, path) in [("/", "__Host-", "; Path=/;"), ("/ww", "__Secure-", "; Path=/ww;")] {
            let base = BasePath::parse(base).unwrap();
            let cookie = LoginCookie(&base).set("t", 60, Scheme::Https);
            assert!(
                cookie.starts_with(prefix) && cookie.contains("; Secure") && cookie.contains(path),
                "{cookie}"
            );
            assert!(!cookie.contains("Domain"), "{cookie}");
            let plain = LoginCookie(&base).set("t", 60, Scheme::Http);
            assert!(
                !plain.contains("Secure") && plain.contains(path),
                "a browser would not keep it: {plain}"
            );
        }
    }
}
