//! The location of the database, by its URL.

use super::DatabaseError;
use percent_encoding::percent_decode_str;
use std::path::{Path, PathBuf};

/// The location of the accounts.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Location {
    File(PathBuf),
    Memory,
}

/// Reads the URL, or the bare path.
pub(super) fn locate(url: &str) -> Result<Location, DatabaseError> {
    let rest = match url.split_once(':') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("sqlite") => rest,
        Some((scheme, _)) if is_scheme(scheme) => {
            return Err(DatabaseError::Unsupported { scheme: scheme.to_owned() });
        }
        _ => return to_location(url),
    };
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    // People add it out of habit, and it says what happens anyway.
    if !matches!(query, "" | "mode=rwc") {
        return Err(DatabaseError::BadUrl("has parameters, and none are known"));
    }
    let path = percent_decode_str(path).decode_utf8().map_err(|_| DatabaseError::BadUrl("is not UTF-8"))?;
    to_location(&path)
}

/// The file that a URL of the accounts names, if it names one.
#[must_use]
pub fn database_file(url: &str) -> Option<PathBuf> {
    match locate(url) {
        Ok(Location::File(path)) => Some(path),
        Ok(Location::Memory) | Err(_) => None,
    }
}

/// One letter is the drive of a Windows path.
fn is_scheme(text: &str) -> bool {
    text.len() > 1
        && text.starts_with(|char: char| char.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

fn to_location(path: &str) -> Result<Location, DatabaseError> {
    match path {
        "" => Err(DatabaseError::BadUrl("names no file")),
        ":memory:" => Ok(Location::Memory),
        // SQLite would read this as a URL of its own, with parameters of its own.
        path if path.starts_with("file:") => Ok(Location::File(Path::new(".").join(path))),
        path => Ok(Location::File(path.into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_way_to_name_a_file() {
        for (url, path) in [
            ("sqlite://wirewalk.db", "wirewalk.db"),
            ("sqlite:wirewalk.db", "wirewalk.db"),
            ("SQLite:wirewalk.db", "wirewalk.db"),
            ("sqlite:///var/lib/wirewalk.db", "/var/lib/wirewalk.db"),
            ("sqlite:/var/lib/wirewalk.db", "/var/lib/wirewalk.db"),
            ("sqlite://wirewalk.db?mode=rwc", "wirewalk.db"),
            ("sqlite://a%20b%3F.db", "a b?.db"),
            ("wirewalk.db", "wirewalk.db"),
            ("/var/lib/wirewalk.db", "/var/lib/wirewalk.db"),
            ("./a:b%20c.db?d", "./a:b%20c.db?d"),
            (r"C:\wirewalk.db", r"C:\wirewalk.db"),
            ("sqlite:file:x?mode=rwc", "./file:x"),
        ] {
            assert_eq!(locate(url).expect(url), Location::File(path.into()), "{url}");
        }
        for url in ["sqlite::memory:", "sqlite://:memory:", ":memory:"] {
            assert_eq!(locate(url).expect(url), Location::Memory, "{url}");
        }
    }

    #[test]
    fn says_what_it_cannot_read_and_never_the_password() {
        for (url, says) in [
            ("postgres://ann:secret@db/wirewalk", "postgres: only SQLite is supported yet"),
            ("postgresql://ann:secret@db/wirewalk", "postgresql: only SQLite"),
            ("mysql:secret", "mysql: only SQLite"),
            ("sqlite:", "names no file"),
            ("sqlite://", "names no file"),
            ("", "names no file"),
            ("sqlite://x.db?key=secret", "has parameters"),
            ("sqlite://%FF.db", "is not UTF-8"),
        ] {
            let error = locate(url).expect_err(url);
            assert!(error.to_string().contains(says), "{url}: {error}");
            assert!(!format!("{error} {error:?}").contains("secret"), "{url}: {error}");
        }
    }
}
