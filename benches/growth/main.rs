//! How what the server costs grows: with connections, message size, subscribers and sessions, plotted as SVG.
//!
//! Starts the real server in a process of its own, on one worker thread and a free port, loads it over real sockets, and
//! reads from /proc what it took: processor time (its own and the kernel's on its behalf, to the nanosecond) and memory.
//! Neither depends on how fast the machine is at the moment, as times on a clock would; other work on the machine still
//! shows, by a quarter or so, and a measurement is the median of three. What is measured is printed as tables, and each
//! table is drawn on logarithmic scales, with a dotted line that no other one should be steeper than.
//!
//! Run it: `cargo bench --bench growth [-- [--out DIRECTORY] [CHART…]]`
//!
//! It takes about six minutes and writes `target/growth/*.svg`; `--out docs/growth` renews the committed ones. With names,
//! or parts of them, only those charts are measured. `cargo bench` gives the options of criterion to all benchmarks: they
//! are ignored here. `--test` is for tests: it measures next to nothing, and leaves no
//! file unless `--out` names a folder.

#![expect(clippy::cast_precision_loss, reason = "counts are far below 2⁵²")]

mod chart;
mod client;
mod crowd;
mod extent;
mod load;
mod memory;
mod online;
mod presence;
mod server;
mod svg;

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chart::Chart;
use extent::Extent;
use tokio::runtime::Runtime;

/// The first argument of the process that is the server.
const SERVE: &str = "serve";

/// The command line.
struct Options {
    extent: Extent,
    /// The folder of the pictures; none: they are not kept.
    out: Option<PathBuf>,
    /// Parts of the names of the charts to measure; none: all.
    filters: Vec<String>,
}

/// A chart by its name, and the function that measures it.
type Measurement = (&'static str, fn(&Runtime, &Extent) -> io::Result<Chart>);

const MEASUREMENTS: [Measurement; 8] = [
    ("memory", memory::by_connections),
    ("connections", load::by_connections),
    ("size", load::by_size),
    ("subscribers", load::by_subscribers),
    ("sessions", online::by_sessions),
    ("latency", crowd::latency),
    ("visits", crowd::by_visits),
    ("presence", |_, extent| Ok(presence::by_sessions(extent))),
];

fn main() -> ExitCode {
    if std::env::args_os().nth(1).is_some_and(|argument| argument == SERVE) {
        return wirewalk::cli::run(std::env::args_os());
    }
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(what) => return fail(&what),
    };
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error.to_string()),
    }
}

fn fail(what: &str) -> ExitCode {
    eprintln!("growth: {what}");
    ExitCode::from(2)
}

impl Options {
    fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let arguments: Vec<_> = arguments.collect();
        // `cargo bench` gives all benchmarks the same options, those of criterion too.
        let is_one_of_many = arguments.iter().any(|argument| argument == "--bench");
        let mut arguments = arguments.into_iter();
        let (mut extent, mut out, mut filters) = (extent::FULL, None, Vec::new());
        let mut keep = Some(PathBuf::from("target/growth"));
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--test" => (extent, keep) = (extent::QUICK, None),
                "--out" => out = Some(arguments.next().ok_or("--out needs a directory")?.into()),
                _ if argument.starts_with('-') && is_one_of_many => {}
                _ if argument.starts_with('-') => {
                    return Err(format!("{argument}: not known; there are --test and --out DIRECTORY"));
                }
                _ => filters.push(argument),
            }
        }
        Ok(Self { extent, out: out.or(keep), filters })
    }

    fn wants(&self, name: &str) -> bool {
        self.filters.is_empty() || self.filters.iter().any(|filter| name.contains(filter.as_str()))
    }
}

fn run(options: &Options) -> io::Result<()> {
    let extent = &options.extent.within(extent::descriptors()?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    if let Some(out) = &options.out {
        std::fs::create_dir_all(out).map_err(|error| named(out, &error))?;
    }
    for (name, measure) in MEASUREMENTS.iter().filter(|(name, _)| options.wants(name)) {
        let chart = measure(&runtime, extent)?;
        print!("{chart}");
        let svg = chart.svg();
        if let Some(out) = &options.out {
            let file = out.join(name).with_extension("svg");
            std::fs::write(&file, svg).map_err(|error| named(&file, &error))?;
            println!("\nplotted: {}\n", file.display());
        }
    }
    Ok(())
}

/// The error with the path that it is about.
fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: cannot be written: {error}", path.display()))
}
