//! What does it cost to decode and to encode a frame, beside a memcpy of the same bytes and beside the peers?
//!
//! `cargo bench --bench frame_codec` answers in about five minutes; `cargo bench -- 64KiB` for one size. After criterion's
//! own report come tables, from the same measurements: how many times as long as the memcpy each took.
//!
//! Decoding: frames come from a stream in memory, one by one or as many as lie in it, at most 128 KiB a read; everybody
//! reads them into a buffer of their own, which is the memcpy, unmasks them and gives out messages of the right length,
//! text as text. Encoding: messages become frames and are written to the stream, which copies them, one by one or 16 at
//! a time, but from where they lie if they are as long as the server would write so; a client masks each with a key of
//! its own.
//!
//! Two columns are ours alone: `in place` decodes what lies in the buffer already, as a server's frames do after the
//! read. It changes them, so the next round unmasks what is plain already: the same work on other bytes (texts and the
//! key are ASCII, so text stays text). `to memory` writes frames into memory that is there, and hands them to nobody.

#[path = "frame_codec/ours.rs"]
mod ours;
#[path = "frame_codec/peers.rs"]
mod peers;
mod support;

use std::hint::black_box;

use bytes::Bytes;
use criterion::{BenchmarkGroup, Criterion, Throughput, measurement::WallTime};
use support::{MOST, Memory, PageOffsetBuf, Table, group, letters};
use wirewalk::proto::Kind;
use wirewalk::wire::Side;
use wirewalk::wire::ws::{Fin, Header, MaskKey};

const SIZES: [(&str, usize); 5] =
    [("16B", 16), ("125B", 125), ("1KiB", 1 << 10), ("64KiB", 64 << 10), ("1MiB", 1 << 20)];

const MEMCPY: &str = "memcpy";
const OURS: &str = "wirewalk";
const PEERS: [&str; 4] = ["tungstenite", "tokio-websockets", "fastwebsockets", "yawc"];
const DECODE: [&str; 7] = [MEMCPY, "in place", OURS, PEERS[0], PEERS[1], PEERS[2], PEERS[3]];
const ENCODE: [&str; 7] = [MEMCPY, "to memory", OURS, PEERS[0], PEERS[1], PEERS[2], PEERS[3]];

/// ASCII.
const KEY: MaskKey = MaskKey([0x37, 0x7A, 0x21, 0x3D]);

/// What is decoded.
struct Decoding {
    name: &'static str,
    /// A client's frames are masked.
    sender: Side,
    kind: Kind,
    /// About how many bytes come together; there is at least one frame.
    bytes: usize,
}

/// It stays in the second cache.
const STREAM: usize = 256 * 1024;

const DECODINGS: [Decoding; 4] = [
    Decoding { name: "decode masked, one", sender: Side::Client, kind: Kind::Binary, bytes: 0 },
    Decoding { name: "decode masked, many", sender: Side::Client, kind: Kind::Binary, bytes: STREAM },
    Decoding { name: "decode masked text, many", sender: Side::Client, kind: Kind::Text, bytes: STREAM },
    Decoding { name: "decode unmasked, many", sender: Side::Server, kind: Kind::Binary, bytes: STREAM },
];

/// What is encoded: messages of one end, so many to a write.
struct Encoding {
    name: &'static str,
    sender: Side,
    batch: usize,
}

const ENCODINGS: [Encoding; 3] = [
    Encoding { name: "encode, one", sender: Side::Server, batch: 1 },
    Encoding { name: "encode, 16", sender: Side::Server, batch: 16 },
    Encoding { name: "encode masked, 16", sender: Side::Client, batch: 16 },
];

/// Frames as they come on a stream.
struct Frames {
    bytes: Bytes,
    number: usize,
    /// The length of each payload.
    payload: usize,
}

impl Frames {
    fn new(decoding: &Decoding, payload: usize) -> Self {
        let mask = (decoding.sender == Side::Client).then_some(KEY);
        let number = (decoding.bytes / (payload + 8)).max(1);
        let (mut bytes, letters) = (Vec::new(), letters(payload));
        for _ in 0..number {
            let header = Header::new(Fin::Final, decoding.kind.opcode(), payload as u64, mask);
            header.expect("a legal frame").encode_frame(&letters, &mut bytes);
        }
        Self { bytes: Bytes::from_owner(Owned(PageOffsetBuf::source(&bytes))), number, payload }
    }

    fn stream(&self) -> Memory {
        Memory::new(self.bytes.clone())
    }
}

struct Owned(PageOffsetBuf);

impl AsRef<[u8]> for Owned {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

type Group<'c> = BenchmarkGroup<'c, WallTime>;

/// One round decodes all frames; `next` gives the length of the next message.
fn decode(group: &mut Group<'_>, name: &str, frames: &Frames, mut next: impl FnMut() -> usize) {
    group.bench_function(name, |bench| {
        bench.iter(|| {
            for _ in 0..frames.number {
                assert_eq!(black_box(next()), frames.payload, "{name}: the message");
            }
        });
    });
}

fn decode_all(group: &mut Group<'_>, decoding: &Decoding, frames: &Frames) {
    let mut target = PageOffsetBuf::target(MOST);
    group.bench_function(MEMCPY, |bench| {
        bench.iter(|| {
            for piece in black_box(&frames.bytes).chunks(MOST) {
                black_box(&mut target[..piece.len()]).copy_from_slice(piece);
            }
        });
    });
    let side = decoding.sender.peer();
    group.bench_function("in place", ours::in_place(frames, side));
    group.bench_function(OURS, ours::decoder(frames, side));
    decode(group, PEERS[0], frames, peers::tungstenite::decoder(frames.stream(), side));
    decode(group, PEERS[1], frames, peers::tokio_websockets::decoder(frames.stream(), side));
    decode(group, PEERS[2], frames, peers::fastwebsockets::decoder(frames.stream(), side));
    decode(group, PEERS[3], frames, peers::yawc::decoder(frames.stream(), side));
}

fn encode_all(group: &mut Group<'_>, &Encoding { sender, batch, .. }: &Encoding, payload: &'static [u8]) {
    let mut stream = Memory::sink();
    group.bench_function(MEMCPY, |bench| {
        bench.iter(|| {
            for _ in 0..batch {
                stream.put(black_box(payload));
            }
        });
    });
    group.bench_function("to memory", ours::to_memory(sender, batch, payload));
    let mut encode = |name, send: &mut dyn FnMut()| {
        group.bench_function(name, |bench| bench.iter(&mut *send));
    };
    encode(OURS, &mut ours::encoder(sender, batch, payload));
    encode(PEERS[0], &mut peers::tungstenite::encoder(sender, batch, payload));
    encode(PEERS[1], &mut peers::tokio_websockets::encoder(sender, batch, payload));
    if batch == 1 {
        encode(PEERS[2], &mut peers::fastwebsockets::encoder(Memory::sink(), sender, batch, payload));
    } else {
        encode(PEERS[2], &mut peers::fastwebsockets::encoder(peers::gathering(), sender, batch, payload));
    }
    encode(PEERS[3], &mut peers::yawc::encoder(sender, batch, payload));
}

fn measure(criterion: &mut Criterion) {
    for (size, payload) in SIZES {
        for decoding in &DECODINGS {
            let frames = Frames::new(decoding, payload);
            let mut group = criterion.benchmark_group(group(decoding.name, size));
            group.throughput(Throughput::Elements(frames.number as u64));
            decode_all(&mut group, decoding, &frames);
            group.finish();
        }
        // A peer wants what lives as long as the process.
        let payload = Box::leak(Box::new(PageOffsetBuf::source(&letters(payload))));
        for encoding in &ENCODINGS {
            let mut group = criterion.benchmark_group(group(encoding.name, size));
            group.throughput(Throughput::Elements(encoding.batch as u64));
            encode_all(&mut group, encoding, payload);
            group.finish();
        }
    }
}

fn main() {
    let rows = SIZES.map(|(size, _)| size);
    let table = |name, columns| Table { name, rows: &rows, columns, peers: Some((OURS, &PEERS)) };
    let decodings = DECODINGS.iter().map(|decoding| table(decoding.name, &DECODE));
    let encodings = ENCODINGS.iter().map(|encoding| table(encoding.name, &ENCODE));
    let tables: Vec<_> = decodings.chain(encodings).collect();
    support::run("frame_codec", &tables, measure);
}
