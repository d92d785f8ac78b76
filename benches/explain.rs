//! How fast is a capture of 300 MB explained as JSON, and in how much memory?
//!
//! `cargo bench --bench explain` answers in about three minutes, half of them tshark's; `cargo bench -- one` for one
//! shape. It makes captures of both shapes that there are, many short connections and one that is as long as the file,
//! and runs the program itself on them: from the file to `/dev/null`, and to a file. The best of some rounds counts, as
//! other work on the machine only ever makes it slower, and beside the time stands that of the processor, which other
//! work hardly changes; the memory is the greatest of all rounds. Beside them stands the memory for a tenth of the
//! capture, which must be the same, and tshark on the same file, told to print three fields of each packet, which is the
//! least that takes it through the same layers.
//!
//! `objects` is the part of it that writes packets, transitions, frames and messages: key by key, as the program does, and
//! by serde, on a small capture in memory.

#[path = "explain/child.rs"]
mod child;
#[path = "explain/generated.rs"]
mod generated;
#[path = "explain/objects.rs"]
mod objects;
#[path = "../tests/it/support/script.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod script;
#[path = "../tests/it/support/serde_objects.rs"]
mod serde_objects;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use child::{Took, run};
use generated::{CaptureSize, Shape, make};

const SHAPES: [(&str, Shape); 2] = [("many", Shape::Many), ("one", Shape::One)];

/// The fields that tshark prints: of the packet, of TCP, of WebSocket.
const FIELDS: [&str; 8] = ["-n", "-T", "fields", "-e", "frame.number", "-e", "tcp.seq", "-e"];

/// How much is measured.
struct Extent {
    bytes: u64,
    rounds: usize,
}

const FULL: Extent = Extent { bytes: 300_000_000, rounds: 5 };

/// Only whether it works: `cargo bench -- --test`.
const SMALL: Extent = Extent { bytes: 3_000_000, rounds: 1 };

/// The files of a run; they go when it ends.
struct Files(PathBuf);

impl Files {
    fn new() -> Self {
        let directory =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("explain-{}", std::process::id()));
        fs::create_dir_all(&directory).expect("a directory of cargo's");
        Self(directory)
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Runs the program some times: the best time, the most memory.
fn explain(capture: &Path, view: &str, to: Option<&Path>, rounds: usize) -> Took {
    let round = |_| {
        let to = to.map_or_else(Stdio::null, |to| File::create(to).expect("a file to write").into());
        let mut command = Command::new(env!("CARGO_BIN_EXE_wirewalk"));
        run(command.args(["explain", view]).arg(capture).stdout(to))
    };
    let rounds = (0..rounds).map(round);
    rounds
        .reduce(|one, other| Took {
            time: one.time.min(other.time),
            cpu: one.cpu.min(other.cpu),
            peak_kib: one.peak_kib.max(other.peak_kib),
        })
        .expect("at least one round")
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn print(shape: &str, what: &str, CaptureSize { packets, bytes }: CaptureSize, took: Took) {
    let rate = |time: Duration| packets as f64 / time.as_secs_f64() / 1e6;
    println!(
        "{shape:<5} {what:<24} {packets:>8} packets {:>5.0} MB {:>7.2} s {:>7.3} M packets/s {:>5.0} MB/s \
         {:>7.2} s of processor {:>7.3} M packets/s {:>6.1} MiB at most",
        bytes as f64 / 1e6,
        took.time.as_secs_f64(),
        rate(took.time),
        bytes as f64 / took.time.as_secs_f64() / 1e6,
        took.cpu.as_secs_f64(),
        rate(took.cpu),
        took.peak_kib as f64 / 1024.0
    );
}

fn tshark(capture: &Path, made: CaptureSize) {
    let mut command = Command::new("tshark");
    command.args(FIELDS).arg("websocket.opcode").arg("-r").arg(capture);
    if Command::new("tshark").arg("-v").output().is_err() {
        println!("tshark is not installed");
        return;
    }
    let took = run(command.stdout(Stdio::null()).stderr(Stdio::null()));
    print("many", "tshark -T fields", made, took);
}

fn main() {
    let (flags, names): (Vec<_>, Vec<_>) = std::env::args().skip(1).partition(|one| one.starts_with('-'));
    let only_tests = flags.iter().any(|flag| flag == "--test");
    let Extent { bytes, rounds } = if only_tests { SMALL } else { FULL };
    let files = Files::new();
    let [capture, out] = ["made.pcapng", "made.json"].map(|name| files.0.join(name));
    // Only the shapes that are named, if any is; a name of another benchmark is none.
    let wanted = |name: &str| names.is_empty() || names.iter().any(|wanted| wanted == name);
    if wanted("objects") {
        make(&capture, Shape::Many, SMALL.bytes).expect("a capture is made");
        objects::print(&capture, 4 * rounds);
    }
    for (name, shape) in SHAPES.into_iter().filter(|(name, _)| wanted(name)) {
        let made = make(&capture, shape, bytes / 10).expect("a capture is made");
        print(name, "--json, a tenth", made, explain(&capture, "--json", None, rounds));
        let made = make(&capture, shape, bytes).expect("a capture is made");
        print(name, "--json", made, explain(&capture, "--json", None, rounds));
        print(name, "--json to a file", made, explain(&capture, "--json", Some(&out), rounds));
        print(name, "--ndjson", made, explain(&capture, "--ndjson", None, rounds));
        if shape == Shape::Many && !only_tests {
            tshark(&capture, made);
        }
    }
}
