//! The core knows no clock, no socket and no disk: time and bytes are arguments.

use super::files::File;
use super::lexer::paths;

const PURE: &[&str] = &["src/wire", "src/proto", "src/observe", "src/explain", "src/presence"];

/// The engine that talks to other nodes does so over a socket.
const EXEMPT: &[&str] = &["src/presence/redis"];

pub(super) fn check(file: &File) -> Vec<String> {
    let within = |places: &[&str]| places.iter().any(|place| file.path.starts_with(place));
    if !within(PURE) || within(EXEMPT) {
        return Vec::new();
    }
    let impure = |segments: &[&str]| {
        let next = |pair: &[&str]| matches!(pair, ["Instant" | "SystemTime", "now"]);
        match segments {
            ["tokio", ..] | ["std", "fs", ..] => true,
            ["std", "net", name, ..] => name.starts_with("Tcp") || name.starts_with("Udp"),
            _ => segments.windows(2).any(next),
        }
    };
    let named = paths(&file.code).into_iter().filter(|path| impure(&path.segments));
    let say = |name: String| {
        format!("{name} in the core: take what it gives as an argument, or do this in a shell")
    };
    named.map(|path| file.complaint(path.offset, &say(path.segments.join("::")))).collect()
}

#[test]
fn what_is_impure_is_refused() {
    for text in [
        "use tokio::sync::watch;",
        "fn f() { tokio::spawn(g()) }",
        "use std::{fmt, fs::File};",
        "let s = std::net::TcpStream::connect(a);",
        "use std::net::{IpAddr, TcpListener};",
        "let now = std::time::Instant::now();",
        "let now = Instant::now();",
        "#[cfg(test)] mod tests { fn now() { SystemTime::now(); } }",
    ] {
        assert_eq!(check(&File::new("src/presence/memory.rs", text)).len(), 1, "{text}");
        assert_eq!(check(&File::new("src/presence/redis/link.rs", text)), Vec::<String>::new());
        assert_eq!(check(&File::new("src/server/session/mod.rs", text)), Vec::<String>::new());
    }
    for text in ["use std::time::Instant;", "// tokio::spawn", "\"std::fs\"", "use std::net::IpAddr;", "a.fs"]
    {
        assert_eq!(check(&File::new("src/wire/mod.rs", text)), Vec::<String>::new(), "{text}");
    }
    let one = check(&File::new("src/wire/mod.rs", "\nuse std::fs;"));
    assert!(one[0].starts_with("src/wire/mod.rs:2: std::fs in the core: take"), "{one:?}");
}
