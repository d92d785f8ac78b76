//! Whose pages may open a connection in a user's name (RFC 6455 §10.2).

/// Whether a page of `origin` may: one of the server's own, as the browser sees it in `host`, or one of `allowed`.
/// Compared to the letter: a prefix, a suffix or another port is another origin. Programs that are no browsers send
/// no Origin, and have no user's cookie to misuse.
pub(super) fn is_allowed(origin: Option<&str>, host: &str, allowed: &[String]) -> bool {
    match origin {
        None => true,
        Some(origin) => {
            origin.strip_prefix("http://") == Some(host) || allowed.iter().any(|known| known == origin)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_10_2_only_an_exact_match() {
        let allowed = ["https://good.com".to_owned()];
        let check = |origin| is_allowed(Some(origin), "127.0.0.1:9001", &allowed);
        assert!(is_allowed(None, "127.0.0.1:9001", &allowed));
        assert!(check("http://127.0.0.1:9001"));
        assert!(check("https://good.com"));
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
            assert!(!check(evil), "{evil}");
        }
    }
}
