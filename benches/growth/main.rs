//! How what the server costs grows: with connections, message size, subscribers and sessions, plotted as SVG.
//!
//! Starts the real server in a process of its own, on one worker thread and a free port, loads it over real sockets, and
//! reads from /proc what it took: processor time (its own and the kernel's on its behalf, to the nanosecond) and memory.
//! Neither depends on how fast the machine is at the moment, as times on a clock would; other work on the machine still
//! shows, by a quarter or so, and a measurement is the median of three. What is measured is printed as tables, and each
//! table is drawn on logarithmic scales, with a dotted line that no other one should be steeper than.
//!
//! Run it: `cargo run --release --example plot_growth [-- [--quick] [--out DIRECTORY]]`
//!
//! It takes about six minutes and writes `docs/growth/*.svg`; `--quick` is for tests, and measures next to nothing.

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

/// What was asked for.
struct Wish {
    extent: Extent,
    out: PathBuf,
}

fn main() -> ExitCode {
    if std::env::args_os().nth(1).is_some_and(|argument| argument == SERVE) {
        return wirewalk::cli::run(std::env::args_os());
    }
    let wish = match read(std::env::args().skip(1)) {
        Ok(wish) => wish,
        Err(what) => return complain(&what),
    };
    match run(&wish) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain(&error.to_string()),
    }
}

fn complain(what: &str) -> ExitCode {
    eprintln!("plot_growth: {what}");
    ExitCode::from(2)
}

fn read(mut arguments: impl Iterator<Item = String>) -> Result<Wish, String> {
    let mut wish = Wish { extent: extent::FULL, out: PathBuf::from("docs/growth") };
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--quick" => wish.extent = extent::QUICK,
            "--out" => wish.out = arguments.next().ok_or("--out needs a directory")?.into(),
            _ => return Err(format!("{argument}: not known; there are --quick and --out DIRECTORY")),
        }
    }
    Ok(wish)
}

fn run(Wish { extent, out }: &Wish) -> io::Result<()> {
    let extent = &extent.within(extent::descriptors()?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let measure: [fn(&Runtime, &Extent) -> io::Result<Chart>; 8] = [
        memory::by_connections,
        load::by_connections,
        load::by_size,
        load::by_subscribers,
        online::by_sessions,
        crowd::until_told,
        crowd::by_visits,
        |_, extent| Ok(presence::by_sessions(extent)),
    ];
    std::fs::create_dir_all(out).map_err(|error| named(out, &error))?;
    for measure in measure {
        let chart = measure(&runtime, extent)?;
        print!("{chart}");
        let file = out.join(chart.name).with_extension("svg");
        std::fs::write(&file, chart.svg()).map_err(|error| named(&file, &error))?;
        println!("\nplotted: {}\n", file.display());
    }
    Ok(())
}

/// The error with what it is about.
fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: cannot be written: {error}", path.display()))
}
