//! What stands behind a head is read of the copy as it was of the original, however its length is told.

use std::path::Path;

use wirewalk::capture::{BuiltPacket, Reader, TcpEndpoint};
use wirewalk::observe::{Config, Fact, Observer};
use wirewalk::wire::Side::{self, Client, Server};

use super::generated::write;
use super::redacted;
use crate::support::script::Script;
use crate::support::temp::TempDir;

/// A client and a server that say this in turn, and are cut off.
fn conversation(said: &[(Side, &str)]) -> Vec<BuiltPacket> {
    let (client, server) = (([10, 20, 30, 40], 50_000).into(), ([10, 20, 30, 41], 8_080).into());
    let mut script = Script::between(TcpEndpoint::linux(client, 1_000), TcpEndpoint::linux(server, 5_000));
    script.handshake();
    for (from, text) in said {
        script.write(*from, text.as_bytes());
    }
    script.packets
}

/// Where heads and bodies begin and how long they are, and what is read of the begin of one at the end.
fn read(file: &Path) -> Vec<String> {
    let mut reader = Reader::open(file).unwrap();
    let mut observer = Observer::new(Config::default());
    let mut facts = Vec::new();
    while let Some(packet) = reader.next_packet() {
        facts.extend(observer.observe(&packet.segment.unwrap()).facts);
    }
    facts.extend(observer.finish().flat_map(|ended| ended.facts));
    let shown = |fact: Fact| match fact {
        Fact::Request(it) => format!("request {} {} {:?}", it.head.offset, it.head.length, it.body),
        Fact::Response(it) => format!("response {} {} {:?}", it.head.offset, it.head.length, it.body),
        other => format!("{other:?}"),
    };
    // The stream's own fact is about its addresses.
    facts.into_iter().filter(|fact| !matches!(fact, Fact::Stream(_))).map(shown).collect()
}

#[test]
fn a_redacted_body_is_read_like_the_original() {
    const GET: (Side, &str) = (Client, "GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
    const HEAD: (Side, &str) = (Client, "HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n");
    const BEGUN: (Side, &str) = (Server, "HTTP/1.1 200 OK\r\nConte");
    let length = |length: &str| format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
    let [plain, signed, words, most, more] =
        ["5", "+5", "five", "18446744073709551615", "18446744073709551616"].map(length);
    let of = |text: &'static str| (Server, text);
    let all: &[&[(Side, &str)]] = &[
        &[GET, (Server, &plain), of("hello"), GET, BEGUN],
        // An answer to HEAD has no body, whatever its length says.
        &[HEAD, (Server, &plain), GET, BEGUN],
        &[GET, of("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"), GET, BEGUN],
        &[GET, of("HTTP/1.1 101 Switching\r\nContent-Length: 5\r\n\r\nhello"), BEGUN],
        &[GET, (Server, &signed), of("hello"), GET, BEGUN],
        &[GET, (Server, &words), of("hello"), GET, BEGUN],
        &[GET, (Server, &most), of("hello"), GET, BEGUN],
        &[GET, (Server, &more), of("hello"), GET, BEGUN],
        &[GET, of("HTTP/1.1 200 OK\r\n\r\n"), of("to the end"), GET, BEGUN],
        &[(Client, "POST /a HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"), BEGUN, (Client, "POST /b")],
        &[(Client, "POST /a HTTP/1.1\r\nContent-Length: x\r\n\r\nhello"), BEGUN, (Client, "POST /b")],
        &[
            (Client, "POST /a HTTP/1.1\r\nContent-Length: 18446744073709551615\r\n\r\nhello"),
            BEGUN,
            (Client, "POST /b"),
        ],
    ];
    let dir = TempDir::new();
    let [file, copy] = ["file.pcapng", "copy.pcapng"].map(|name| dir.join(name));
    for said in all {
        write(&file, &conversation(said));
        redacted(&file, &copy);
        assert_eq!(read(&copy), read(&file), "{said:?}");
    }
}

/// The chunk sizes are replaced with the rest of the body: behind a chunked body nothing of that side is read.
#[test]
fn behind_a_redacted_chunked_body_nothing_is_read() {
    let dir = TempDir::new();
    let [file, copy] = ["file.pcapng", "copy.pcapng"].map(|name| dir.join(name));
    let answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    write(&file, &conversation(&[(Client, "GET /a HTTP/1.1\r\nHost: a\r\n\r\n"), (Server, answer)]));
    redacted(&file, &copy);
    let (before, after) = (read(&file), read(&copy));
    assert_eq!(after[..before.len()], before, "the heads");
    assert!(after[before.len()].starts_with("Opaque(Opaque { from: Server"), "{after:?}");
}
