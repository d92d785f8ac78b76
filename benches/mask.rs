//! Does masking cost the same wherever the payload lies and wherever in it one begins?
//!
//! A payload comes right behind a header of 6, 8 or 14 bytes, so it may begin at any address, and it comes in pieces, so
//! the key may begin with any of its bytes (RFC 6455 §5.3). The columns: a payload at an address divisible by 64, and 1,
//! 6 and 14 bytes after one; a piece that begins with the key's second and with its fourth byte; and what the RFC
//! writes, byte by byte, as a compiler understands it. Measured beside a memcpy of the same bytes.

mod support;

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use support::{PageOffsetBuf, Table, group, letters};
use wirewalk::wire::ws::MaskKey;

/// With lengths that no register divides, and the shortest there are.
const SIZES: [(&str, usize); 9] = [
    ("1B", 1),
    ("7B", 7),
    ("16B", 16),
    ("125B", 125),
    ("1KiB", 1 << 10),
    ("1500B", 1500),
    ("64KiB", 64 << 10),
    ("64KiB-1", (64 << 10) - 1),
    ("1MiB", 1 << 20),
];

const KEY: MaskKey = MaskKey([0x37, 0xFA, 0x21, 0x3D]);

const MEMCPY: &str = "memcpy";
const BYTEWISE: &str = "byte by byte";

/// Where the payload begins, and where in it the piece.
const PLACES: [(&str, usize, u64); 6] = [
    ("at 0", 0, 0),
    ("at 1", 1, 0),
    ("at 6", 6, 0),
    ("at 14", 14, 0),
    ("at 0, from 1", 0, 1),
    ("at 1, from 3", 1, 3),
];

fn measure(criterion: &mut Criterion) {
    for (name, size) in SIZES {
        let mut group = criterion.benchmark_group(group("", name));
        group.throughput(Throughput::Bytes(size as u64));
        let source = PageOffsetBuf::source(&letters(size));
        let mut target = PageOffsetBuf::target(size);
        group.bench_function(MEMCPY, |bench| {
            bench.iter(|| black_box(&mut *target).copy_from_slice(black_box(&source)));
        });
        for (place, at, from) in PLACES {
            let mut payload = PageOffsetBuf::at(at, size);
            group.bench_function(place, |bench| {
                bench.iter(|| black_box(KEY).apply(black_box(from), black_box(&mut payload)));
            });
        }
        let mut payload = PageOffsetBuf::at(1, size);
        group.bench_function(BYTEWISE, |bench| {
            bench.iter(|| {
                let MaskKey(key) = black_box(KEY);
                for (place, byte) in black_box(&mut *payload).iter_mut().enumerate() {
                    *byte ^= key[place % 4];
                }
            });
        });
        group.finish();
    }
}

fn main() {
    let columns: Vec<_> =
        [MEMCPY].into_iter().chain(PLACES.map(|(place, ..)| place)).chain([BYTEWISE]).collect();
    let rows = SIZES.map(|(name, _)| name);
    let table = Table { name: "", rows: &rows, columns: &columns, peers: None };
    support::run("mask", &[table], measure);
}
