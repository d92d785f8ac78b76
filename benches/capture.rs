//! What does capturing cost: a packet written, a message whose packets are rebuilt, a packet taken from the interface?
//!
//! Measured beside a memcpy of the packets' bytes, and beside writing them to the same file by one system call each,
//! which a capture that can be read while it grows cannot do without.
//!
//! - `write(2)`: the bytes of each packet to a file, by one call.
//! - `in memory`, `each`, `gathered`: the writer, to nowhere, to a file with a call for each packet, and to a file with
//!   a call for as many as come at once.
//! - `rebuilt`: a message that a socket received becomes packets, and with an acknowledgment of every second one they
//!   are written to nowhere. The time is that of one message.
//! - `taken`, `taken + written`: what a packet socket on the loopback interface has queued is taken, and written to
//!   nowhere. It needs `CAP_NET_RAW`, or a network namespace of its own, and is skipped where neither can be had.

#[cfg(target_os = "linux")]
#[path = "capture/interface.rs"]
mod interface;
mod support;

use std::fs::File;
use std::hint::black_box;
use std::io::{self, Seek as _, Write};
use std::net::SocketAddr;
use std::path::PathBuf;

use criterion::{BenchmarkGroup, Criterion, Throughput, measurement::WallTime};
use support::{PageOffsetBuf, Table, group, letters};
use wirewalk::capture::{
    AcceptedConnection, BuiltPacket, Direction, Flush, Interface, Record, Section, SegmentBuilder,
    SocketEvent, SocketReplay, TcpEndpoint, Times, Writer,
};
use wirewalk::wire::Side;

/// Payloads of a packet: a small message, and what fills a segment.
const PAYLOADS: [(&str, usize); 3] = [("16B", 16), ("125B", 125), ("1KiB", 1 << 10)];

/// Messages; the largest takes dozens of packets.
const MESSAGES: [(&str, usize); 4] = [("16B", 16), ("125B", 125), ("1KiB", 1 << 10), ("64KiB", 64 << 10)];

const WRITTEN: [&str; 5] = ["memcpy", "write(2)", "in memory", "each", "gathered"];
const REBUILT: [&str; 3] = ["memcpy", "rebuilt", "rebuilt + written"];

const TIME: u64 = 1_700_000_000_000_000_000;

type Group<'c> = BenchmarkGroup<'c, WallTime>;

pub(crate) fn writer<W: Write>(to: W, flush: Flush) -> Writer<W> {
    let mut writer =
        Writer::new(to, &Section::ours(Vec::new()), flush, Times::Raise).expect("it can be written");
    writer.interface(&Interface::of_sockets("lo")).expect("it can be written");
    writer
}

pub(crate) fn record(bytes: &[u8]) -> Record<'_> {
    let original_length = bytes.len() as u32;
    Record {
        interface: 0,
        time_ns: TIME,
        original_length,
        bytes,
        direction: Some(Direction::Inbound),
        comments: &[],
    }
}

/// A file that is written over and over, so that no disk is filled; it goes with its owner.
struct Scratch(File, PathBuf, u64);

/// The most that is written of it.
const SCRATCH: u64 = 16 << 20;

impl Scratch {
    fn new() -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("capture-{}", std::process::id()));
        Self(File::create(&path).expect("cargo's own directory"), path, 0)
    }
}

impl Write for Scratch {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.2 > SCRATCH {
            self.0.rewind()?;
            self.2 = 0;
        }
        self.2 += bytes.len() as u64;
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.1);
    }
}

/// The ends of a connection through the loopback interface.
fn addresses() -> (SocketAddr, SocketAddr) {
    (SocketAddr::from(([127, 0, 0, 1], 50_000)), SocketAddr::from(([127, 0, 0, 1], 9001)))
}

fn packet(payload: &[u8]) -> BuiltPacket {
    let (client, server) = addresses();
    let mut conversation = SegmentBuilder::new(TcpEndpoint::linux(client, 1), TcpEndpoint::linux(server, 2));
    conversation.data(Side::Client, TIME, payload).next().expect("a packet")
}

fn write(group: &mut Group<'_>, payload: &[u8]) {
    let packet = PageOffsetBuf::source(&packet(payload).bytes);
    memcpy(group, &packet);
    let mut file = Scratch::new();
    group.bench_function("write(2)", |bench| {
        bench.iter(|| file.write_all(black_box(&packet)).expect("it can be written"));
    });
    let mut each = |name, writer: &mut dyn FnMut(&Record<'_>) -> io::Result<()>| {
        group.bench_function(name, |bench| {
            bench.iter(|| writer(&record(black_box(&packet))).expect("it can be written"));
        });
    };
    let mut nowhere = writer(io::sink(), Flush::WhenFull);
    each("in memory", &mut |record| nowhere.packet(record));
    let mut file = writer(Scratch::new(), Flush::EachPacket);
    each("each", &mut |record| file.packet(record));
    let mut file = writer(Scratch::new(), Flush::WhenFull);
    each("gathered", &mut |record| file.packet(record));
}

fn memcpy(group: &mut Group<'_>, bytes: &[u8]) {
    let mut target = PageOffsetBuf::target(bytes.len());
    group.bench_function("memcpy", |bench| {
        bench.iter(|| black_box(&mut *target).copy_from_slice(black_box(bytes)));
    });
}

fn rebuild(group: &mut Group<'_>, payload: &[u8]) {
    let payload = PageOffsetBuf::source(payload);
    memcpy(group, &payload);
    let (client, server) = addresses();
    let opening = AcceptedConnection {
        time_ns: TIME,
        round_trip_ns: 0,
        client,
        server,
        saved_syn: None,
        server_isn: 7,
        server_options: TcpEndpoint::linux(server, 7).options,
        window: 65_535,
    };
    let mut connection = SocketReplay::open(&opening).0;
    group.bench_function("rebuilt", |bench| {
        bench.iter(|| drop(black_box(connection.event(TIME, SocketEvent::Received(black_box(&payload))))));
    });
    let mut writer = writer(io::sink(), Flush::WhenFull);
    let mut connection = SocketReplay::open(&opening).0;
    group.bench_function("rebuilt + written", |bench| {
        bench.iter(|| {
            for rebuilt in connection.event(TIME, SocketEvent::Received(black_box(&payload))) {
                let comments = std::slice::from_ref(&rebuilt.comment);
                let record = Record { comments, ..record(&rebuilt.packet.bytes) };
                writer.packet(&record).expect("nowhere is never full");
            }
        });
    });
}

fn measure(criterion: &mut Criterion) {
    for (size, payload) in PAYLOADS {
        let mut group = criterion.benchmark_group(group("written", size));
        group.throughput(Throughput::Elements(1));
        write(&mut group, &letters(payload));
        group.finish();
    }
    for (size, payload) in MESSAGES {
        let mut group = criterion.benchmark_group(group("rebuilt", size));
        group.throughput(Throughput::Elements(1));
        rebuild(&mut group, &letters(payload));
        group.finish();
    }
    #[cfg(target_os = "linux")]
    interface::measure(criterion);
}

fn main() {
    // While the process has one thread.
    #[cfg(target_os = "linux")]
    interface::prepare();
    let payloads = PAYLOADS.map(|(size, _)| size);
    let messages = MESSAGES.map(|(size, _)| size);
    let tables = [
        Table { name: "written", rows: &payloads, columns: &WRITTEN, peers: None },
        Table { name: "rebuilt", rows: &messages, columns: &REBUILT, peers: None },
        #[cfg(target_os = "linux")]
        Table { name: "taken", rows: &payloads, columns: &interface::COLUMNS, peers: None },
    ];
    support::run("capture", &tables, measure);
}
