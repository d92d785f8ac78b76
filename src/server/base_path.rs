//! The path below which a server has its pages and endpoints: `/ww`, where a proxy serves other things beside it.

use std::fmt;

/// A base path: empty, or segments that each begin with a slash, like `/ww`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BasePath(String);

impl BasePath {
    /// Parses a path that begins with a slash and may end with one. Its characters are the unreserved ones of a URL
    /// (RFC 3986 §2.3), so that it stands in a page, a header and a log as it is.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let path = text.strip_suffix('/').unwrap_or(text);
        let plain = |segment: &str| {
            let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
            !matches!(segment, "" | "." | "..") && segment.bytes().all(unreserved)
        };
        let legal = text.starts_with('/') && path.split('/').skip(1).all(plain);
        legal.then(|| Self(path.to_owned()))
    }

    /// The path without the slash at its end; empty if there is none.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The rest of a path from the base on, with its slash, and empty for the base itself; `None` if the path is not
    /// below it.
    pub(in crate::server) fn strip<'p>(&self, path: &'p str) -> Option<&'p str> {
        path.strip_prefix(self.as_str())
            .filter(|rest| self.0.is_empty() || rest.is_empty() || rest.starts_with('/'))
    }
}

impl fmt::Display for BasePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_path_is_made_of_plain_segments() {
        for (text, path) in [("/", ""), ("/ww", "/ww"), ("/ww/", "/ww"), ("/a/b-1._~", "/a/b-1._~")] {
            assert_eq!(BasePath::parse(text).expect("legal").as_str(), path);
        }
        for wrong in ["", "ww", "//", "/ww//", "/a//b", "/./a", "/..", "/a b", "/a%20", "/a?b", "/\"", "/中"]
        {
            assert_eq!(BasePath::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn only_whole_segments_are_stripped() {
        let base = BasePath::parse("/ww").unwrap();
        for (path, rest) in [
            ("/ww/", Some("/")),
            ("/ww/echo", Some("/echo")),
            ("/ww", Some("")),
            ("/wwecho", None),
            ("/", None),
            ("/echo", None),
            ("/WW/", None),
            ("*", None),
        ] {
            assert_eq!(base.strip(path), rest, "{path}");
        }
        for path in ["/", "/echo", "*"] {
            assert_eq!(BasePath::default().strip(path), Some(path));
        }
    }
}
