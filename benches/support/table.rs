//! Tables of what was measured: one column is the measure, the others are ratios to it.

use std::path::Path;
use std::time::SystemTime;

use serde_json::Value;

/// A table in Markdown, of one or several groups of measurements: each row is a group, each column a function in it.
#[derive(Debug, Default)]
pub(crate) struct Table<'t> {
    /// What it shows. A group's name is this and the row's.
    pub(crate) name: &'t str,
    /// The rows.
    pub(crate) rows: &'t [&'t str],
    /// The columns: of the first one the time stands there, of the others how many times as long they took.
    pub(crate) columns: &'t [&'t str],
    /// Which of the columns is ours, its time stands there too, and which are the peers': a last column compares ours
    /// with the best of them.
    pub(crate) peers: Option<(&'t str, &'t [&'t str])>,
}

/// The name of a row's group.
pub(crate) fn group(table: &str, row: &str) -> String {
    format!("{table} {row}").trim_start().to_owned()
}

impl Table<'_> {
    /// Prints the rows that were measured since `begin`; nothing if none was.
    pub(super) fn print(&self, output: &Path, begin: SystemTime) {
        let rows: Vec<_> = self.rows.iter().filter_map(|row| self.row(output, row, begin)).collect();
        if rows.is_empty() {
            return;
        }
        let mut heading = vec![self.name.to_owned()];
        heading.extend(self.columns.iter().map(|&column| column.to_owned()));
        heading.extend(self.peers.map(|(ours, _)| format!("{ours} / best peer")));
        let width = |column: usize| {
            let cells = rows.iter().chain([&heading]).map(|row| row[column].chars().count());
            cells.max().unwrap_or(0)
        };
        let widths: Vec<_> = (0..heading.len()).map(width).collect();
        let print = |row: &[String]| {
            let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, &width))| match column {
                0 => format!("{cell:<width$}"),
                _ => format!("{cell:>width$}"),
            });
            println!("| {} |", cells.collect::<Vec<_>>().join(" | "));
        };
        println!();
        print(&heading);
        let lines = widths.iter().enumerate().map(|(column, &width)| match column {
            0 => "-".repeat(width),
            _ => format!("{}:", "-".repeat(width - 1)),
        });
        println!("| {} |", lines.collect::<Vec<_>>().join(" | "));
        for row in &rows {
            print(row);
        }
    }

    fn row(&self, output: &Path, row: &str, begin: SystemTime) -> Option<Vec<String>> {
        let directory = output.join(group(self.name, row));
        let time = |column: &str| fastest(&directory.join(column), begin);
        let measure = time(self.columns[0])?;
        let ratio = |time: Option<f64>, measure: f64| {
            time.map_or_else(|| "–".to_owned(), |time| format!("{:.2}", time / measure))
        };
        let ours = self.peers.map(|(ours, _)| ours);
        let mut cells = vec![row.to_owned(), nanoseconds(measure)];
        cells.extend(self.columns[1..].iter().map(|column| match time(column) {
            Some(time) if ours == Some(column) => {
                format!("{} = {}", nanoseconds(time), ratio(Some(time), measure))
            }
            time => ratio(time, measure),
        }));
        cells.extend(self.peers.map(|(ours, peers)| {
            let best = peers.iter().filter_map(|peer| time(peer)).reduce(f64::min);
            best.map_or_else(|| "–".to_owned(), |best| ratio(time(ours), best))
        }));
        Some(cells)
    }
}

/// The time of an element in nanoseconds, in the fastest sample: criterion takes them at different times, and other work
/// on the machine only ever makes one slower. Nothing if it was not measured since `begin`.
fn fastest(directory: &Path, begin: SystemTime) -> Option<f64> {
    let file = directory.join("new").join("sample.json");
    if std::fs::metadata(&file).ok()?.modified().ok()? < begin {
        return None;
    }
    let read = |file: &Path| serde_json::from_slice::<Value>(&std::fs::read(file).ok()?).ok();
    let samples = read(&file)?;
    let numbers = |name: &str| samples[name].as_array().into_iter().flatten().filter_map(Value::as_f64);
    let round =
        numbers("times").zip(numbers("iters")).map(|(time, rounds)| time / rounds).reduce(f64::min)?;
    let benchmark = read(&directory.join("new").join("benchmark.json"))?;
    Some(round / benchmark["throughput"]["Elements"].as_f64().unwrap_or(1.0))
}

/// A time with three digits.
fn nanoseconds(time: f64) -> String {
    match time {
        ..10.0 => format!("{time:.2} ns"),
        10.0..100.0 => format!("{time:.1} ns"),
        100.0..10_000.0 => format!("{time:.0} ns"),
        10_000.0..10_000_000.0 => format!("{:.1} µs", time / 1e3),
        _ => format!("{:.1} ms", time / 1e6),
    }
}
