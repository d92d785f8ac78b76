//! What does it cost to know that a text is UTF-8, whole or cut anywhere, in any script?
//!
//! The texts are made of characters of one length, from ASCII (1 byte) to emoji (4), and of all mixed. `whole` is a
//! message that lies whole in the buffer; `in one` is the same through the checker that can be given pieces; `in pieces`
//! gives it pieces of 1,461 bytes, as segments bring them, so nearly each cut goes through a character. Measured beside
//! simdutf8, which is under all three, and the standard library.

mod support;

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use support::{PageOffsetBuf, Table, group};
use wirewalk::wire::ws::Utf8;

const TEXTS: [(&str, &str); 5] = [
    ("ASCII", "Who is online? "),
    ("2-byte", "КтоонлайнСейчас"),
    ("3-byte", "当前在线人数是多少"),
    ("4-byte", "😀🎉🚀"),
    ("mixed", "online: 在线 онлайн 😀 "),
];

const SIZES: [(&str, usize); 4] = [("16B", 16), ("125B", 125), ("1KiB", 1 << 10), ("64KiB", 64 << 10)];

/// A prime, and about what a segment brings.
const PIECE: usize = 1461;

const COLUMNS: [&str; 5] = ["simdutf8", "std", "whole", "in one", "in pieces"];

/// About `size` bytes of the text, over and over.
fn text(pattern: &str, size: usize) -> String {
    let text = pattern.repeat(size / pattern.len() + 1);
    text[..text.floor_char_boundary(size)].to_owned()
}

fn pushed<'t>(pieces: impl Iterator<Item = &'t [u8]>) -> bool {
    let mut utf8 = Utf8::default();
    for piece in pieces {
        if utf8.push(piece).is_err() {
            return false;
        }
    }
    utf8.finish().is_ok()
}

fn measure(criterion: &mut Criterion) {
    for (name, pattern) in TEXTS {
        for (size_name, size) in SIZES {
            let text = PageOffsetBuf::source(text(pattern, size).as_bytes());
            let mut group = criterion.benchmark_group(group(name, size_name));
            group.throughput(Throughput::Bytes(text.len() as u64));
            let mut check = |column: &str, valid: &dyn Fn(&[u8]) -> bool| {
                assert!(valid(&text) && !valid(b"\xE5\xBD"), "{column} judges wrongly");
                group.bench_function(column, |bench| bench.iter(|| valid(black_box(&text))));
            };
            check("simdutf8", &|text| simdutf8::basic::from_utf8(text).is_ok());
            check("std", &|text| std::str::from_utf8(text).is_ok());
            check("whole", &|text| Utf8::check(text).is_ok());
            check("in one", &|text| pushed([text].into_iter()));
            check("in pieces", &|text| pushed(text.chunks(PIECE)));
            group.finish();
        }
    }
}

fn main() {
    let rows = SIZES.map(|(name, _)| name);
    let tables = TEXTS.map(|(name, _)| Table { name, rows: &rows, columns: &COLUMNS, peers: None });
    support::run("utf8", &tables, measure);
}
