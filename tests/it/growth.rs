//! `cargo bench --bench growth`: measures the real server, and draws what it prints.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use roxmltree::{Document, Node};

use serde_json::Value;

use crate::support::process::{self, Exit};
use crate::support::temp::TempDir;

/// How long cargo may build.
const BUILD: Duration = Duration::from_mins(20);

/// How long the form for tests may take on a machine that is busy.
const PATIENCE: Duration = Duration::from_mins(3);

/// The charts, and the unit of their scale.
const CHARTS: [(&str, &str); 8] = [
    ("memory", "connections"),
    ("connections", "connections"),
    ("size", "bytes of a message"),
    ("subscribers", "subscribers"),
    ("sessions", "sessions online"),
    ("latency", "sessions online"),
    ("visits", "visits a second"),
    ("presence", "sessions"),
];

/// Has cargo build the bench, unoptimised, once; gives the program.
fn bench() -> &'static Path {
    static BENCH: OnceLock<PathBuf> = OnceLock::new();
    BENCH.get_or_init(|| {
        let mut command = Command::new("cargo");
        command.args(["test", "--quiet", "--bench", "growth", "--no-run", "--message-format=json"]);
        let exit = process::run(command.current_dir(env!("CARGO_MANIFEST_DIR")), BUILD);
        assert_eq!(exit.code, Some(0), "{}", exit.stderr);
        let messages = exit.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let mut programs = messages
            .filter(|it| it["target"]["name"] == "growth" && it["target"]["kind"][0] == "bench")
            .filter_map(|it| it["executable"].as_str().map(PathBuf::from));
        programs.next().expect("the program of the bench")
    })
}

fn growth(arguments: &[&str]) -> Exit {
    process::run(Command::new(bench()).args(arguments), PATIENCE)
}

/// A table as it was printed: its measurements as series, number and value.
fn table(printed: &str) -> Vec<(String, String, String)> {
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    let mut rows = printed.lines().filter(|line| line.starts_with('|')).map(cells);
    let head: Vec<String> = rows.next().expect("a head");
    let rows: Vec<Vec<String>> = rows.skip(1).collect();
    let mut measured = Vec::new();
    for (column, series) in head.iter().enumerate().skip(1) {
        for row in rows.iter().filter(|row| row[column] != "–") {
            measured.push((series.clone(), row[0].clone(), row[column].clone()));
        }
    }
    measured
}

/// What the points of a picture say, each of which must lie in the picture.
fn points(file: &Path) -> Vec<(String, String, String)> {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let document = Document::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let picture = document.root_element();
    let size: Vec<f64> = numbers(picture.attribute("viewBox").expect("a size"));
    let point = |node: Node<'_, '_>| {
        let title = node.first_element_child()?.text()?.to_owned();
        let place = numbers(node.attribute("transform")?);
        assert!(
            (0.0..=size[2]).contains(&place[0]) && (0.0..=size[3]).contains(&place[1]),
            "{title}: outside"
        );
        let (head, value) = title.rsplit_once(": ")?;
        let (series, number) = head.rsplit_once(", ")?;
        Some((series.to_owned(), number.to_owned(), value.to_owned()))
    };
    picture.descendants().filter_map(point).collect()
}

fn numbers(text: &str) -> Vec<f64> {
    let digits = |c: char| !(c.is_ascii_digit() || c == '.' || c == '-');
    text.split(digits).filter_map(|part| part.parse().ok()).collect()
}

#[test]
fn growth_is_plotted_point_by_point() {
    let dir = TempDir::new();
    let exit = growth(&["--test", "--out", dir.path().to_str().unwrap()]);
    assert_eq!(exit.code, Some(0), "{}\n{}", exit.stdout, exit.stderr);
    let mut printed = exit.stdout.as_str();
    for (name, axis) in CHARTS {
        let file = dir.join(&format!("{name}.svg"));
        let end = format!("plotted: {}", file.display());
        let (chart, rest) = printed.split_once(&end).unwrap_or_else(|| panic!("no {name} in {printed}"));
        printed = rest;
        assert!(chart.contains(&format!("\n| {axis} | ")), "{name}: {chart}");
        let measured = table(chart);
        assert!(measured.len() >= 2, "{name}: {chart}");
        assert_eq!(points(&file), measured, "{name}");
        // Nothing was free.
        assert!(measured.iter().all(|(.., value)| numbers(value)[0] > 0.0), "{name}: {chart}");
    }
}

/// Those that are committed were measured in full: each over a decade or more, and from each number that there is.
#[test]
fn the_charts_of_the_documents_are_committed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| std::fs::read_to_string(root.join(name)).unwrap();
    let performance = read("docs/PERFORMANCE.md");
    for (name, _) in CHARTS {
        let file = format!("growth/{name}.svg");
        assert!(performance.contains(&format!("({file})")), "docs/PERFORMANCE.md shows {file}");
        let points = points(&root.join("docs").join(&file));
        let measured: Vec<f64> = points.iter().map(|(_, number, _)| numbers(number)[0]).collect();
        let (first, last) = measured.iter().fold((f64::MAX, 0.0), |(first, last), &number| {
            (f64::min(first, number), f64::max(last, number))
        });
        assert!(measured.len() >= 7 && last / first >= 999.0, "{name}: {measured:?}");
    }
}

/// `cargo bench -- --noplot` starts this benchmark too.
#[test]
fn options_of_criterion_are_ignored_beside_those_of_cargo() {
    let exit = growth(&["--noplot", "no-such-chart", "--test", "--bench"]);
    assert_eq!((exit.code, exit.stdout.as_str(), exit.stderr.as_str()), (Some(0), "", ""));
}

#[test]
fn what_cannot_be_plotted_is_said_in_a_sentence() {
    let dir = TempDir::new();
    std::fs::write(dir.join("file"), "").unwrap();
    let file = dir.join("file").display().to_string();
    for (arguments, says) in [
        (vec!["--fast"], "growth: --fast: not known"),
        (vec!["--out"], "growth: --out needs a directory"),
        (vec!["--test", "--out", &file], &format!("growth: {file}: cannot be written")),
    ] {
        let exit = growth(&arguments);
        assert_eq!(exit.code, Some(2), "{arguments:?}");
        assert!(exit.stderr.starts_with(says) && exit.stderr.lines().count() == 1, "{}", exit.stderr);
    }
}
