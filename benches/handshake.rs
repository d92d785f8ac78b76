//! What does it cost to answer an opening handshake, with every check of RFC 6455 §4.2.1?
//!
//! From the bytes of a client's request to the bytes of the 101, step by step and in all, for the shortest request there
//! is and for a browser's. `floor` is what nobody can do without, by the libraries that we use too: httparse on the head,
//! SHA-1 and base64 on the key. The peers answer the same requests, read from and written to memory; everybody makes the
//! connection too, and drops it.

mod support;

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use criterion::{BenchmarkGroup, Criterion, measurement::WallTime};
use sha1::{Digest as _, Sha1};
use support::{Memory, Table, group, now};
use wirewalk::proto::Config;
use wirewalk::proto::handshake::server::{Accept, Handshake};
use wirewalk::wire::http::{GUID, HeadLimits, HeadScanner, Key, Request};

const SHORTEST: &str = "GET /echo HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

const BROWSER: &str = "GET /message?sessionId=8d5f6a1e-3b1c-4f0a-9d2e-7c6b5a493827&userId=7 HTTP/1.1\r\n\
    Host: online.example.org\r\nConnection: Upgrade\r\nPragma: no-cache\r\nCache-Control: no-cache\r\n\
    User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36\r\n\
    Upgrade: websocket\r\nOrigin: https://online.example.org\r\nSec-WebSocket-Version: 13\r\n\
    Accept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: zh-CN,zh;q=0.9,en;q=0.8\r\n\
    Cookie: token=eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOjcsImV4cCI6MTc2NDEwOTIwMH0.Zm9vYmFyZm9vYmFyZm9vYmFy\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n";

const REQUESTS: [(&str, &str); 2] = [("shortest", SHORTEST), ("browser", BROWSER)];

const OURS: &str = "wirewalk";
const PEERS: [&str; 2] = ["tungstenite", "tokio-websockets"];
const COLUMNS: [&str; 9] =
    ["floor", "find the end", "parse", "check", "accept key", "write 101", OURS, PEERS[0], PEERS[1]];

/// The value of Sec-WebSocket-Accept (RFC 6455 §4.2.2), by the libraries alone.
fn accept_key(key: &[u8]) -> String {
    BASE64_STANDARD.encode(Sha1::new().chain_update(key).chain_update(GUID).finalize())
}

fn floor(head: &[u8]) -> String {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut request = httparse::Request::new(&mut headers);
    request.parse(head).expect("a head");
    let key = request.headers.iter().find(|header| header.name == "Sec-WebSocket-Key").expect("a key");
    accept_key(key.value)
}

/// From the request's bytes to the answer's.
fn answer(head: &[u8], config: &Arc<Config>) -> Vec<u8> {
    let limits = HeadLimits::default();
    let end = HeadScanner::default().scan(head, &limits).expect("within limits").expect("whole");
    let request = Request::parse(&head[..end], limits.lines).expect("a head");
    let handshake = Handshake::read(&request).expect("a right request");
    let (connection, response) = handshake.accept(accept(config));
    black_box(connection);
    response.encode()
}

fn accept(config: &Arc<Config>) -> Accept<'static> {
    Accept { subprotocol: None, config: config.clone(), now: Duration::ZERO }
}

type Group<'c> = BenchmarkGroup<'c, WallTime>;

fn steps(group: &mut Group<'_>, head: &[u8]) {
    let limits = HeadLimits::default();
    group.bench_function("floor", |bench| bench.iter(|| floor(black_box(head))));
    group.bench_function("find the end", |bench| {
        bench.iter(|| HeadScanner::default().scan(black_box(head), &limits).expect("within limits"));
    });
    group.bench_function("parse", |bench| {
        bench.iter(|| drop(black_box(Request::parse(black_box(head), limits.lines))));
    });
    let request = Request::parse(head, limits.lines).expect("a head");
    group.bench_function("check", |bench| {
        bench.iter(|| drop(black_box(Handshake::read(black_box(&request)))));
    });
    let key = Key::parse(b"dGhlIHNhbXBsZSBub25jZQ==").expect("a key");
    group.bench_function("accept key", |bench| bench.iter(|| black_box(key).accept()));
    let config = Arc::default();
    let handshake = Handshake::read(&request).expect("a right request");
    let (_, response) = handshake.accept(accept(&config));
    group.bench_function("write 101", |bench| bench.iter(|| black_box(&response).encode()));
    group.bench_function(OURS, |bench| bench.iter(|| answer(black_box(head), &config)));
}

fn peers(group: &mut Group<'_>, head: &[u8]) {
    let mut stream = Memory::new(head.to_vec().into());
    group.bench_function(PEERS[0], |bench| {
        bench.iter(|| drop(tungstenite::accept(&mut stream).expect("a right request")));
    });
    group.bench_function(PEERS[1], |bench| {
        bench.iter(|| {
            let answered = now(tokio_websockets::ServerBuilder::new().accept(&mut stream));
            drop(answered.expect("a right request"));
        });
    });
}

fn measure(criterion: &mut Criterion) {
    for (name, head) in REQUESTS {
        let config = Arc::default();
        let accepts = format!("Sec-WebSocket-Accept: {}", floor(head.as_bytes()));
        let ours = String::from_utf8(answer(head.as_bytes(), &config)).expect("text");
        assert!(ours.contains(&accepts), "{ours}");
        let mut group = criterion.benchmark_group(group("", name));
        steps(&mut group, head.as_bytes());
        peers(&mut group, head.as_bytes());
        group.finish();
    }
}

fn main() {
    let rows = REQUESTS.map(|(name, _)| name);
    let table = Table { name: "", rows: &rows, columns: &COLUMNS, peers: Some((OURS, &PEERS)) };
    support::run("handshake", &[table], measure);
}
