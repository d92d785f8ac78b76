//! Healthy captures: those committed, and conversations made from a seed.

use std::path::PathBuf;

use fastrand::Rng;
use wirewalk::capture::LinkType;
use wirewalk::wire::Side::{self, Client, Server};

use super::harm::Packet;
use crate::support::script::{Script, frame};

/// The committed captures.
pub(super) fn files() -> Vec<PathBuf> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("captures");
    let (mut folders, mut files) = (vec![root], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ext| ext == "pcap" || ext == "pcapng") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// A frame of a side, its payload at random.
fn write(script: &mut Script, rng: &mut Rng, from: Side, first: u8, payload: &[u8]) {
    let key = (from == Client).then(|| rng.u32(1..).to_be_bytes());
    script.write(from, &frame(first, key, payload));
}

/// A connection that opens, speaks and closes in order.
pub(super) fn conversation(seed: u64) -> Vec<Packet> {
    let mut rng = Rng::with_seed(seed);
    let mut script = Script::new();
    script.websocket();
    for _ in 0..rng.usize(0..6) {
        let from = if rng.bool() { Client } else { Server };
        match rng.u8(0..6) {
            0 => {
                let body = [rng.u8(b'a'..=b'z'); 4];
                write(&mut script, &mut rng, from, 0x89, &body);
                write(&mut script, &mut rng, from.peer(), 0x8A, &body);
            }
            1 => {
                write(&mut script, &mut rng, from, 0x01, b"a fragment, ");
                write(&mut script, &mut rng, from, 0x80, b"and the rest");
            }
            2 => {
                let length = rng.usize(1_400..4_000);
                write(&mut script, &mut rng, from, 0x82, &vec![7; length]);
            }
            _ => {
                let length = rng.usize(0..200);
                write(&mut script, &mut rng, from, 0x81, &vec![b'x'; length]);
            }
        }
        if rng.bool() {
            script.ack(from.peer());
        }
    }
    let first = if rng.bool() { Client } else { Server };
    let code = [1000_u16, 1001, 3000, 4001][rng.usize(0..4)];
    let body = code.to_be_bytes();
    write(&mut script, &mut rng, first, 0x88, &body);
    if rng.bool() {
        script.ack(first.peer());
    }
    write(&mut script, &mut rng, first.peer(), 0x88, &body);
    if rng.bool() {
        script.ack(first);
    }
    if rng.bool() {
        script.fins(Server);
    } else {
        script.fin(Server).ack(Client).fin(Client).ack(Server);
    }
    let number = |(place, packet): (usize, wirewalk::capture::BuiltPacket)| {
        Packet::new(place as u64 + 1, packet.time_ns, LinkType::RAW, packet.bytes)
    };
    script.packets.into_iter().enumerate().map(number).collect()
}
