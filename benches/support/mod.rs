//! What the benchmarks share: how they are run, memory that lies where it should, and tables of ratios.
//!
//! A benchmark is a `main` that calls [`run`] with what it measures and the [`Table`]s it prints of it. A table is made
//! of what criterion has just written, so it tells nothing that was not measured in this run.

#![allow(dead_code, unused_imports, reason = "a toolbox: no benchmark needs every tool")]

mod memory;
mod page_offset_buf;
mod table;

use std::future::Future;
use std::path::Path;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime};

use criterion::Criterion;
pub(crate) use memory::{MOST, Memory};
pub(crate) use page_offset_buf::PageOffsetBuf;
pub(crate) use table::{Table, group};

/// Measures, as the command line of `cargo bench` says, then prints the tables.
pub(crate) fn run(name: &str, tables: &[Table<'_>], measure: impl FnOnce(&mut Criterion)) {
    let begin = SystemTime::now();
    // Cargo tells where the target directory is only by this neighbour.
    let output = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("criterion").join(name);
    // There are many measurements, and what is compared are the fastest samples: so many, not long ones.
    let mut criterion = Criterion::default()
        .output_directory(&output)
        .without_plots()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(500))
        .sample_size(60)
        .nresamples(2_000)
        .configure_from_args();
    measure(&mut criterion);
    criterion.final_summary();
    for table in tables {
        table.print(&output, begin);
    }
}

/// Printable ASCII.
pub(crate) fn letters(len: usize) -> Vec<u8> {
    (b' '..=b'~').cycle().take(len).collect()
}

/// What a future gives that has no reason to wait.
#[inline]
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("memory lets nobody wait"),
    }
}
