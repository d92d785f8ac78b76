//! After a right 101: the bytes that each experiment sends, who ends TCP, and how.

use std::net::SocketAddr;

use wirewalk::lab::{Client, ClientAction, table};

use super::{account, at_once, first, key, read, server};
use crate::support::http::shown;
use crate::support::raw::{End, Raw};
use crate::support::{PATIENCE, wait_until};

const HEAD: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";

/// First FIN or RST and its side, with a client that closes correctly.
#[derive(Debug, Clone, Copy)]
enum FirstTcpEnd {
    ServerFin,
    /// And no socket is left at the server: what the client then sends is answered with a RST.
    ServerGone,
    ServerRst,
    ClientFin,
}
use FirstTcpEnd::{ClientFin, ServerFin, ServerGone, ServerRst};

fn filled(head: &[u8], len: usize) -> Vec<u8> {
    [head, &vec![b'a'; len]].concat()
}

/// A compressed message in a frame: 600 letters in a block without compression, and a reference to the first of them.
fn far_reference() -> Vec<u8> {
    let letters: Vec<u8> = (b'a'..=b'z').cycle().take(600).collect();
    [b"\xC1\x7E\x02\x62\x00\x58\x02\xA7\xFD", &letters[..], b"\x42\xA4\x2B\x00\x00"].concat()
}

/// An experiment, what comes behind its 101 to the byte, and how it ends.
type Row = (&'static str, Vec<u8>, FirstTcpEnd);

fn rows() -> Vec<Row> {
    let rows: &[(&str, &[u8], FirstTcpEnd)] = &[
        ("T06", b"", ServerRst),
        ("T08", b"\x88\x02\x03\xE8", ServerFin),
        ("T09", b"\x88\x02\x03\xE8", ServerFin),
        ("T11", b"\x88\x02\x03\xE8", ClientFin),
        ("T14", b"", ServerGone),
        ("H11", b"\x88\x02\x03\xE8", ServerFin),
        ("H16", b"\x81\x05Hello\x88\x02\x03\xE8", ServerFin),
        ("H17", b"\x88\x02\x03\xE8", ServerFin),
        ("H20", b"7\r\n\x81\x05Hello\r\n", ServerFin),
        ("F02", b"\x81\x85\x37\xFA\x21\x3D\x7F\x9F\x4D\x51\x58", ServerFin),
        ("F02-pong", b"\x8A\x80\0\0\0\0", ServerFin),
        ("F03", b"\xC1\x05Hello", ServerFin),
        ("F04", b"\x83\x05Hello", ServerFin),
        ("F04-control", b"\x8B\x05Hello", ServerFin),
        ("F04-rsv2", b"\xA1\x05Hello", ServerFin),
        ("F04-rsv3", b"\x91\x05Hello", ServerFin),
        ("F05", b"\x81\x05Hello\xFF\xFFlog: connection pool exhausted\n", ServerFin),
        ("F05-writers", b"\x82\x0AAAAAA\x82\x05BBBBBAAAAA", ServerFin),
        ("F05-chunks", b"\x81\x05Hello0\r\n\r\ne\r\n\x81\x05Hello\x81\x05Hello\r\n", ServerFin),
        ("F06", b"\x81\x05HelloHTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n", ServerFin),
        ("F07", b"\x81\x0Bh\xC3\xA9llo w\xC3\xB6rld\x81\x04next", ServerFin),
        ("F08", b"\x81\x7E\x00\x05Hello", ServerFin),
        ("F08-64", b"\x81\x7F\0\0\0\0\0\0\0\x05Hello", ServerFin),
        ("F08-top", b"\x82\x7F\x80\0\0\0\0\0\0\x05Hello", ServerFin),
        ("F09-fragmented", b"\x09\x04half", ServerFin),
        ("F10", b"\x80\x04tail", ServerFin),
        ("F10-new", b"\x01\x03one\x81\x03two", ServerFin),
        ("F11", b"\x01\x03Hel\x80\x02lo\x88\x02\x03\xE8", ServerFin),
        ("F12", b"\x81\x05caf\xC3(", ServerFin),
        ("F12-cut", b"\x81\x04caf\xC3", ServerFin),
        ("F12-split", b"\x01\x04caf\xC3\x80\x01\xA9\x88\x02\x03\xE8", ServerFin),
        ("F13", b"\x88\x09\x03\xF1too big", ServerFin),
        ("F15", b"\x88\x02\x03\xE8", ServerFin),
        ("F15-body", b"\x8A\x0Esomething else\x88\x02\x03\xE8", ServerFin),
        ("F16", b"\x8A\x05alive\x88\x02\x03\xE8", ServerFin),
        ("Z01", b"\xC1\x05\xF2\x00\x11\x00\x00", ServerFin),
        (
            "Z01-context",
            b"\xC1\x07\xF2\x48\xCD\xC9\xC9\x07\x00\xC1\x05\xF2\x00\x11\x00\x00\x88\x02\x03\xE8",
            ServerFin,
        ),
        ("Z02", b"\x41\x03\xF2\x48\xCD\xC0\x04\xC9\xC9\x07\x00", ServerFin),
        ("Z02-control", b"\xC9\x00", ServerFin),
        ("Z03", b"\x81\x05Hello\x88\x02\x03\xE8", ServerFin),
        ("C01", b"\x81\x05Hello", ServerFin),
        ("C02", b"\x81\x05Hello", ServerRst),
        ("C03", b"\x88\x00", ServerFin),
        ("C04", b"\x88\x02\x03\xEE", ServerFin),
        ("C04-999", b"\x88\x02\x03\xE7", ServerFin),
        ("C04-1005", b"\x88\x02\x03\xED", ServerFin),
        ("C04-1015", b"\x88\x02\x03\xF7", ServerFin),
        ("C04-2000", b"\x88\x02\x07\xD0", ServerFin),
        ("C05", b"\x88\x01\x03", ServerFin),
        ("C05-utf8", b"\x88\x07\x03\xE8caf\xC3(", ServerFin),
        ("C06", b"", ClientFin),
        ("C07", b"\x88\x02\x03\xE8", ServerFin),
        ("C09", b"\x81\x05Hello\x88\x02\x03\xE8", ServerRst),
        ("C10", b"\x88\x02\x03\xE8\x81\x05Hello", ServerFin),
        ("C10-second", b"\x88\x02\x03\xE8\x88\x02\x03\xE9", ServerFin),
        ("C11", b"\x88\x0C\x03\xE9going away", ServerFin),
        ("C11-1008", b"\x88\x08\x03\xF0policy", ServerFin),
        ("C11-1011", b"\x88\x10\x03\xF3internal error", ServerFin),
        ("C11-1012", b"\x88\x11\x03\xF4service restart", ServerFin),
        ("C11-1013", b"\x88\x11\x03\xF5try again later", ServerFin),
        ("C11-3000", b"\x88\x0E\x0B\xB8unauthorized", ServerFin),
        ("C11-4000", b"\x88\x06\x0F\xA0ours", ServerFin),
        ("C13", b"\x81\x05Hello\x81\x05Hello\x88\x02\x03\xE8", ClientFin),
        ("L01", b"\x81\x05Hello", ServerFin),
        ("L02", b"\x89\x011\x89\x012", ServerFin),
        ("L03", b"\x81\x05Hello\x81\x05Hello\x81\x05Hello\x81\x05Hello\x81\x05Hello\x81\x05Hello", ServerFin),
        ("L05", b"\x81\x05Hello", ServerFin),
        ("L06", b"", ClientFin),
        ("L04", b"\x81\x05Hello\x88\x08\x03\xF4deploy", ServerFin),
    ];
    let mut rows: Vec<_> = rows.iter().map(|(id, bytes, ends)| (*id, bytes.to_vec(), *ends)).collect();
    rows.extend([
        ("F07-126", filled(b"\x81\x7E", 126), ServerFin),
        ("F07-65536", filled(b"\x82\x7E\0\0", 65_536), ServerFin),
        ("F09", filled(b"\x89\x7E\x00\x7E", 126), ServerFin),
        ("Z06", far_reference(), ServerFin),
        ("C05-long", filled(b"\x88\x7E\x00\x80\x03\xE8", 126), ServerFin),
    ]);
    rows
}

/// First bytes of the experiment's client.
fn acts(id: &str) -> Vec<u8> {
    let act = |act: &ClientAction| match *act {
        ClientAction::Text(text) => Raw::frame(0x81, text.as_bytes()),
        ClientAction::Binary(len) => Raw::frame(0x82, &vec![0; len]),
        ClientAction::Close(code) => Raw::frame(0x88, &code.to_be_bytes()),
    };
    match table::find(id).unwrap().client {
        Client::Fair(visit) => visit.actions.iter().flat_map(act).collect(),
        Client::Script(..) if id == "F15-body" => Raw::frame(0x89, b"lab"),
        Client::Script(..) => Vec::new(),
    }
}

/// The length of the 101, and that it is right.
fn head(raw: &mut Raw, bytes: &mut Vec<u8>, id: &str) -> Result<usize, String> {
    loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let text = String::from_utf8_lossy(&bytes[..at + 4]);
            let right = text.starts_with(HEAD) && text.contains("Extensions") == id.starts_with('Z');
            return if right { Ok(at + 4) } else { Err(format!("{id}: {text}")) };
        }
        let (had, end) = (bytes.len(), read(raw, bytes, bytes.len() + 1, PATIENCE));
        if end != End::StillOpen || bytes.len() == had {
            return Err(format!("{id}: {end:?} within the head"));
        }
    }
}

fn check(to: SocketAddr, (id, expected, ends): &Row) -> Result<(), String> {
    let (id, key) = (*id, key());
    let target = format!("/lab/{id}?run={key}&seconds=1");
    // This one ends only when others have come.
    let others = if id == "L04" { 2 } else { 0 };
    let others: Vec<_> = (0..others).map(|_| Raw::connect(to, &target)).collect();
    let (mut raw, mut bytes) = (Raw::tcp(to), Vec::new());
    raw.send(Raw::request(to, &target).as_bytes());
    let head = head(&mut raw, &mut bytes, id)?;
    raw.send(&acts(id));
    if id == "C13" {
        raw.finish();
    }
    // A Close that answers comes after the client's.
    let answer = if matches!(id, "T08" | "F15" | "F15-body" | "C07") { 4 } else { 0 };
    let mut end = read(&mut raw, &mut bytes, head + expected.len() - answer, PATIENCE);
    if matches!(ends, ServerGone) {
        end = read(&mut raw, &mut bytes, usize::MAX, PATIENCE);
        // The RST is known by the next write, which fails.
        wait_until("a RST answers", PATIENCE, || !raw.send(&Raw::frame(0x81, b"Hello")));
    } else if end == End::StillOpen {
        // Nothing is sent after a reset: the error would come from the write, and not from the read.
        if !matches!(ends, ServerRst) {
            raw.send(&Raw::frame(0x88, &1000_u16.to_be_bytes()));
        }
        if matches!(ends, ClientFin) {
            raw.finish();
        }
        end = read(&mut raw, &mut bytes, usize::MAX, PATIENCE);
    }
    let (side, how, last) = match ends {
        ServerFin | ServerGone => ("server", "FIN", End::Fin),
        ServerRst => ("server", "RST", End::Reset),
        ClientFin => ("client", "FIN", End::Fin),
    };
    let came = &bytes[head..];
    if came != expected || end != last {
        return Err(format!(
            "{id}: not {:?} and {last:?}\n but {:?} and {end:?}",
            shown(expected),
            shown(came)
        ));
    }
    drop((raw, others));
    let account = account(to, &key);
    let connections = account["connections"].as_array().ok_or("no connections")?;
    let as_said = connections.iter().any(|it| it["first"] == first(side, how));
    if as_said { Ok(()) } else { Err(format!("{id}: not {side} {how}: {account}")) }
}

#[test]
fn each_experiment_sends_its_bytes_and_ends_tcp_as_described() {
    let server = server();
    let mut rows = rows();
    // A bomb is checked by what it inflates to.
    at_once(&rows, |row| check(server.addr(), row));
    rows.push(("Z04", Vec::new(), ServerFin));
    let after_101: Vec<_> = rows.iter().map(|(id, ..)| *id).collect();
    let heads: Vec<_> = super::heads::rows().into_iter().map(|(id, ..)| id).collect();
    let mut all = [after_101, heads].concat();
    let mut endpoints: Vec<_> =
        table::experiments().filter(|row| row.server.is_some()).map(|row| row.id).collect();
    all.sort_unstable();
    endpoints.sort_unstable();
    assert_eq!(all, endpoints);
}

#[test]
fn the_bomb_is_small_and_inflates_to_sixteen_mebibytes() {
    let server = server();
    let mut raw = Raw::connect(server.addr(), "/lab/Z04");
    let frame = raw.frame_within(PATIENCE).unwrap();
    assert_eq!((frame.header.rsv(), frame.opcode()), (4, 2));
    assert!(frame.payload.len() < 20_000, "{}", frame.payload.len());
    let mut inflate = flate2::Decompress::new(false);
    let mut out = Vec::with_capacity((16 << 20) + 1);
    let whole = [&frame.payload[..], b"\0\0\xFF\xFF"].concat();
    inflate.decompress_vec(&whole, &mut out, flate2::FlushDecompress::Sync).unwrap();
    assert_eq!(out.len(), 16 << 20);
    assert!(out.iter().all(|byte| *byte == 0));
}
