//! What does it cost to encode and decode a frame, beside a memcpy of the same bytes?
//!
//! `cargo bench` answers in about a minute; `cargo bench -- 64KiB` for one size. After criterion's own report comes a
//! table, from the same measurements: how many times as long as the memcpy each took.
//!
//! - `decode-masked`: a server takes in a client's frame, which unmasks it where it lies. That changes the buffer, so
//!   the next round unmasks what is plain already: the same work on other bytes.
//! - `decode-masked-text`: the same, and the text is checked to be UTF-8. It is ASCII, and so is the key: whether
//!   masked or not, the bytes stay ASCII.
//! - `decode-unmasked`: a client takes in a server's frame. The payload is borrowed from where it lies and not
//!   touched, so the length hardly matters.
//! - `encode`, `encode-masked`: a frame is written after its header into memory that is there already.
//! - `send`: a server's connection is told to send and gives the bytes to write; its buffer is allocated and freed.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use criterion::{BenchmarkGroup, Criterion, Throughput, measurement::WallTime};
use wirewalk::proto::handshake::{client, server};
use wirewalk::proto::{Config, Connection, Event, Input, Kind, Transmit};
use wirewalk::wire::http::{Request, ResponseHead};
use wirewalk::wire::ws::{Fin, Header, MaskKey, Opcode};

const SIZES: [(&str, usize); 5] =
    [("16B", 16), ("125B", 125), ("1KiB", 1 << 10), ("64KiB", 64 << 10), ("1MiB", 1 << 20)];

const COLUMNS: [&str; 7] =
    ["memcpy", "decode-masked", "decode-masked-text", "decode-unmasked", "encode", "encode-masked", "send"];

const KEY: MaskKey = MaskKey([0x37, 0x7A, 0x21, 0x3D]);
const NOW: Duration = Duration::ZERO;

/// Both ends of a connection, after an opening handshake through bytes.
fn pair() -> (Connection, Connection) {
    let config = Arc::new(Config::default());
    let ask = client::Ask { host: "localhost", target: "/echo", subprotocols: &[], headers: &[] };
    let (handshake, request) = client::Handshake::request(&ask, [7; 16]);
    let request = Request::parse(&request, 100).expect("our own request");
    let accept = server::Accept { subprotocol: None, config: config.clone(), now: NOW };
    let (server, response) = server::Handshake::read(&request).expect("a right request").accept(accept);
    let open = client::Open { config, masks: Box::new(|| KEY), now: NOW };
    let response = response.encode();
    let response = ResponseHead::parse(&response).expect("our own response");
    (handshake.finish(&response, open).expect("a right response"), server)
}

fn frame(opcode: Opcode, payload: &[u8], mask: Option<MaskKey>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let header = Header::new(Fin::Final, opcode, payload.len() as u64, mask).expect("a legal frame");
    header.encode_frame(payload, &mut bytes);
    bytes
}

type Group<'c> = BenchmarkGroup<'c, WallTime>;

const PAGE: usize = 4096;

/// Memory for `len` bytes from the second number on, which stands at this offset of a page.
///
/// Some processors copy ten times slower to an address just above that of the source modulo a page. Which allocations
/// meet like that is luck, and would be all that is measured; so payloads stand in the middle of a page, and what
/// they are copied to begins with one.
fn placed(len: usize, offset: usize) -> (Vec<u8>, usize) {
    let memory = vec![0; len + 2 * PAGE];
    let begin = memory.as_ptr().align_offset(PAGE) + offset;
    (memory, begin)
}

fn memcpy(group: &mut Group<'_>, payload: &[u8]) {
    let (mut memory, begin) = placed(payload.len(), 0);
    let target = &mut memory[begin..][..payload.len()];
    group.bench_function("memcpy", |bench| {
        bench.iter(|| black_box(&mut *target).copy_from_slice(black_box(payload)));
    });
}

fn decode(group: &mut Group<'_>, name: &str, mut receiver: Connection, mut bytes: Vec<u8>) {
    group.bench_function(name, |bench| {
        bench.iter(|| {
            let event = receiver.receive(&mut Input::new(black_box(&mut bytes)), NOW);
            assert!(matches!(black_box(event), Some(Event::Message(_))), "the frame is a message");
        });
    });
}

fn encode(group: &mut Group<'_>, name: &str, payload: &[u8], mask: Option<MaskKey>) {
    let (mut out, begin) = placed(payload.len(), 0);
    group.bench_function(name, |bench| {
        bench.iter(|| {
            out.truncate(begin);
            let length = black_box(payload).len() as u64;
            let header = Header::new(Fin::Final, Opcode::BINARY, length, mask).expect("a legal frame");
            header.encode_frame(payload, &mut out);
            black_box(&out);
        });
    });
}

fn send(group: &mut Group<'_>, mut sender: Connection, payload: &[u8]) {
    group.bench_function("send", |bench| {
        bench.iter(|| {
            sender.send(Kind::Binary, black_box(payload)).expect("the connection is open");
            let Some(Transmit::Bytes(bytes)) = sender.poll_transmit() else {
                panic!("there is something to send")
            };
            let len = black_box(bytes).len();
            sender.transmitted(len);
        });
    });
}

fn measure(criterion: &mut Criterion) {
    for (name, size) in SIZES {
        let (mut memory, begin) = placed(size, PAGE / 2);
        let payload = &mut memory[begin..][..size];
        payload.iter_mut().zip((b' '..=b'~').cycle()).for_each(|(byte, letter)| *byte = letter);
        let payload = &*payload;
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Bytes(size as u64));
        memcpy(&mut group, payload);
        decode(&mut group, "decode-masked", pair().1, frame(Opcode::BINARY, payload, Some(KEY)));
        decode(&mut group, "decode-masked-text", pair().1, frame(Opcode::TEXT, payload, Some(KEY)));
        decode(&mut group, "decode-unmasked", pair().0, frame(Opcode::BINARY, payload, None));
        encode(&mut group, "encode", payload, None);
        encode(&mut group, "encode-masked", payload, Some(KEY));
        send(&mut group, pair().1, payload);
        group.finish();
    }
}

/// The median time of one round in nanoseconds, if it was measured since `begin`.
fn median(directory: &Path, begin: SystemTime) -> Option<f64> {
    let file = directory.join("new").join("estimates.json");
    if std::fs::metadata(&file).ok()?.modified().ok()? < begin {
        return None;
    }
    let estimates: serde_json::Value = serde_json::from_slice(&std::fs::read(&file).ok()?).ok()?;
    estimates["median"]["point_estimate"].as_f64()
}

/// Prints how many times as long as the memcpy each took; nothing where nothing was measured.
fn print_ratios(directory: &Path, begin: SystemTime) {
    let mut heading = true;
    for (size, _) in SIZES {
        let times = COLUMNS.map(|column| median(&directory.join(size).join(column), begin));
        let Some(memcpy) = times[0] else { continue };
        if std::mem::take(&mut heading) {
            println!("{:>6} {:>12}   times as long:  {}", "", COLUMNS[0], COLUMNS[1..].join("  "));
        }
        print!("{size:>6} {memcpy:>9.1} ns {:>17}", "");
        for (column, time) in COLUMNS.iter().zip(times).skip(1) {
            let ratio = time.map_or_else(|| "-".to_owned(), |time| format!("{:.2}", time / memcpy));
            print!("{ratio:>width$}", width = column.len() + 2);
        }
        println!();
    }
}

fn main() {
    let begin = SystemTime::now();
    // Cargo tells where the target directory is only by this neighbour.
    let output: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("criterion");
    let mut criterion = Criterion::default()
        .output_directory(&output)
        .without_plots()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .sample_size(50)
        .nresamples(10_000)
        .configure_from_args();
    measure(&mut criterion);
    criterion.final_summary();
    print_ratios(&output, begin);
}
