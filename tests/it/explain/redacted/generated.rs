//! A capture made of secrets: none of them is in anything that is made of it.

use std::fs::{self, File};
use std::path::Path;

use flate2::{Compress, Compression, FlushCompress};
use serde_json::Value;
use wirewalk::capture::{
    BuiltPacket, Flush, Interface, LinkType, Record, ResolvedName, Secrets, Section, Statistics, TcpEndpoint,
    Times, Writer,
};
use wirewalk::wire::Side::{Client, Server};

use super::{courses, redacted};
use crate::explain::{document, run, text};
use crate::support::script::{Script, frame};
use crate::support::temp::TempDir;

/// Secrets in the format of an `SSLKEYLOGFILE`.
const TLS_KEY_LOG: u32 = 0x544C_534B;

/// Whatever must not be seen.
const SECRETS: [&str; 24] = [
    "cookie-of-ann",
    "bearer-token-1",
    "subprotocol-token",
    "path-secret",
    "query-secret",
    "secret.example",
    "agent-secret",
    "folded-secret",
    "text-secret",
    "binary-secret",
    "fragment-secret",
    "ping-secret",
    "reason-secret",
    "squeezed-secret",
    "dGhlIHNhbXBsZSBub25jZQ",
    "s3pPLMBiTxaQ9kYGzzhZRbK",
    "phrase-secret",
    "10.20.30.40",
    "comment-secret",
    "interface-secret",
    "filter-secret",
    "host-name-secret",
    "key-log-secret",
    "hardware-secret",
];

fn squeezed(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(200);
    let mut deflate = Compress::new(Compression::best(), false);
    deflate.compress_vec(text.as_bytes(), &mut bytes, FlushCompress::Sync).unwrap();
    bytes.truncate(bytes.len() - 4);
    bytes
}

/// A conversation in which each side sends one byte after the other, or all of a write at once.
fn conversation(accept: &str, piece: usize) -> Vec<BuiltPacket> {
    let (client, server) = (([10, 20, 30, 40], 50_000).into(), ([10, 20, 30, 41], 8_080).into());
    let mut script = Script::between(TcpEndpoint::linux(client, 1_000), TcpEndpoint::linux(server, 5_000));
    script.handshake();
    let request = "GET /path-secret/x?q=query-secret/y HTTP/1.1\r\nHost: secret.example:8080\r\nUpgrade: websocket\r\n\
        Connection: Upgrade\r\nCookie: id=cookie-of-ann\r\nAuthorization: Bearer bearer-token-1\r\nOrigin: http://secret.example\r\n\
        User-Agent: agent-secret/1.0\r\n folded-secret more\r\nSec-WebSocket-Protocol: chat, subprotocol-token\r\n\
        Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    let response = format!(
        "HTTP/1.1 101 phrase-secret\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: subprotocol-token\r\n\
         Sec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Accept: {accept}\r\nSet-Cookie: cookie-of-ann\r\n\r\n"
    );
    let key = Some([7, 99, 250, 33]);
    let mut writes = vec![
        (Client, request.as_bytes().to_vec()),
        (Server, response.into_bytes()),
        (Client, frame(0x81, key, "text-secret ✓".as_bytes())),
        (Server, frame(0x82, None, b"binary-secret")),
        (Client, frame(0x01, key, b"fragment-secret one, ")),
        (Client, frame(0x89, key, b"ping-secret")),
        (Server, frame(0x8A, None, b"ping-secret")),
        (Client, frame(0x80, key, b"fragment-secret two")),
        (Server, frame(0x81, None, b"text-secret, not UTF-8: \xFF\xFE and on")),
        (Client, frame(0xC1, key, &squeezed("squeezed-secret squeezed-secret"))),
    ];
    let whole = squeezed("squeezed-secret in three parts");
    writes.push((Server, frame(0x41, None, &whole[..3])));
    writes.push((Server, frame(0x00, None, &whole[3..10])));
    writes.push((Server, frame(0x80, None, &whole[10..])));
    writes.push((Client, frame(0x88, key, b"\x0F\xA1reason-secret")));
    writes.push((Server, frame(0x88, None, b"\x0F\xA1reason-secret")));
    for (from, bytes) in writes {
        for piece in bytes.chunks(piece) {
            script.write(from, piece);
        }
    }
    script.fins(Server);
    script.packets
}

pub(super) fn write(path: &Path, packets: &[BuiltPacket]) {
    let of = |text: &str| Some(text.to_owned());
    let section = Section {
        hardware: of("hardware-secret"),
        os: of("hardware-secret"),
        application: of("comment-secret"),
        comments: vec!["comment-secret".to_owned()],
    };
    let mut writer =
        Writer::new(File::create(path).unwrap(), &section, Flush::WhenFull, Times::Keep).unwrap();
    let interface = Interface {
        name: of("interface-secret"),
        description: of("interface-secret"),
        filter: of("filter-secret"),
        os: of("hardware-secret"),
        comments: vec!["comment-secret".to_owned()],
        ..Interface::new(LinkType::ETHERNET)
    };
    let interface = writer.interface(&interface).unwrap();
    let secrets = Secrets { kind: TLS_KEY_LOG, data: b"key-log-secret".to_vec() };
    writer.secrets(&secrets).unwrap();
    let name = ResolvedName { address: [10, 20, 30, 40].into(), name: "host-name-secret".to_owned() };
    writer.names(&[name]).unwrap();
    for packet in packets {
        let mut bytes = b"\x02SECRE\x02TSECR\x08\x00".to_vec();
        bytes.extend(&packet.bytes);
        // What pads a short packet on its link may be anything.
        bytes.extend(b"comment-secret");
        writer
            .packet(&Record {
                interface,
                time_ns: packet.time_ns,
                original_length: bytes.len() as u32,
                bytes: &bytes,
                direction: None,
                comments: &["comment-secret".into()],
            })
            .unwrap();
    }
    writer
        .statistics(&Statistics {
            interface,
            time_ns: 1,
            begin_ns: None,
            end_ns: None,
            received: None,
            dropped: None,
            comments: vec!["comment-secret".to_owned()],
        })
        .unwrap();
    writer.finish().unwrap();
}

#[test]
fn no_view_of_a_redacted_capture_holds_a_secret() {
    let dir = TempDir::new();
    let [file, copy, other] = ["file.pcapng", "copy.pcapng", "x"].map(|name| dir.join(name));
    for (accept, is_right) in
        [("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", true), ("s3pPLMBiTxaQ9kYGzzhZRbK+xOX=", false)]
    {
        for piece in [1, 7, 10_000] {
            write(&file, &conversation(accept, piece));
            let (before, after) = (document(&file), redacted(&file, &copy));
            assert_eq!(courses(&before), courses(&after), "{accept} {piece}");
            let connection = &after["connections"][0];
            assert_eq!(connection["upgrade"]["accept_ok"], is_right);
            assert_eq!(connection["close"]["client_code"], 4001);
            assert_eq!(connection["upgrade"]["request"]["target"], "/xxxxxxxxxxx/x?xxxxxxxxxxxxxxxx");
            is_said(&connection["messages"]);
            let mut made = vec![fs::read(&copy).unwrap()];
            for ending in ["txt", "json", "ndjson", "mmd", "pcapng"] {
                let out = other.with_extension(ending);
                let args = ["--redact", "-v", "-o", text(&out), text(&file)];
                assert_eq!(run(&args).code, Some(0));
                made.push(fs::read(out).unwrap());
            }
            let annotated = other.with_extension("pcapng");
            let exit = run(&["--redact", "-w", text(&annotated), text(&file)]);
            made.extend([exit.stdout.into_bytes(), fs::read(annotated).unwrap()]);
            for (bytes, secret) in made.iter().flat_map(|bytes| SECRETS.map(|secret| (bytes, secret))) {
                let is_in = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!is_in, "{secret}, {piece} bytes at a time");
            }
            assert!(!made[0].windows(5).any(|window| window == b"SECRE"), "an address of the link");
        }
    }
}

/// What the messages say now.
fn is_said(messages: &Value) {
    let said: Vec<_> =
        messages.as_array().unwrap().iter().map(|it| it["preview"].as_str().unwrap()).collect();
    let x = |count| "x".repeat(count);
    assert_eq!(said[0], x("text-secret ✓".len()));
    assert_eq!(said[2], x("fragment-secret one, fragment-secret two".len()));
    assert!(said[3].contains("ff"), "not UTF-8, in hexadecimal: {}", said[3]);
    // As long as they were on the wire, but for the block around.
    let length = squeezed("squeezed-secret squeezed-secret").len();
    assert_eq!(said[4], x(length - 2));
    assert!(said[5].len() > 10 && said[5].bytes().all(|byte| byte == b'x'), "{}", said[5]);
}
