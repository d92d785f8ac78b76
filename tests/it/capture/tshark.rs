//! Runs tshark and capinfos.

use std::path::Path;
use std::process::{Command, Output};

fn run(program: &str, arguments: &[&str], path: &Path) -> Output {
    let mut command = Command::new(program);
    command.args(arguments).arg(path).env("LC_ALL", "C.UTF-8").env("TZ", "UTC");
    command.output().unwrap_or_else(|error| panic!("{program}: {error}; install tshark"))
}

/// What tshark prints of a capture, and whether it was content: the status, and what it said on stderr beside the
/// warning that it runs as root.
pub(crate) struct Said {
    pub(crate) lines: Vec<String>,
    pub(crate) complaints: String,
    pub(crate) code: Option<i32>,
}

pub(crate) fn tshark(path: &Path, arguments: &[&str]) -> Said {
    // Names only where they are asked for.
    let names = if arguments.contains(&"-N") { &[][..] } else { &["-n"] };
    let output = run("tshark", &[names, arguments, &["-r"]].concat(), path);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let complaints: Vec<_> = text(&output.stderr)
        .lines()
        .filter(|line| !line.contains("user \"root\"") && !line.trim().is_empty())
        .map(str::to_owned)
        .collect();
    Said {
        lines: text(&output.stdout).lines().map(str::to_owned).collect(),
        complaints: complaints.join("\n"),
        code: output.status.code(),
    }
}

/// The named fields of each packet that the filter lets through; of fields that come twice the last.
pub(crate) fn fields(path: &Path, more: &[&str], names: &[&str]) -> Vec<Vec<String>> {
    let mut arguments = vec!["-T", "fields", "-E", "separator=|", "-E", "occurrence=l"];
    arguments.extend_from_slice(more);
    for name in names {
        arguments.extend_from_slice(&["-e", name]);
    }
    let said = tshark(path, &arguments);
    assert_eq!(said.complaints, "", "{}", path.display());
    said.lines.iter().map(|line| line.split('|').map(str::to_owned).collect()).collect()
}

/// Which tshark it is: `4.0.17`.
pub(crate) fn version() -> String {
    let output = run("tshark", &[], Path::new("--version"));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let number = text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    number.expect("a version").to_owned()
}

pub(crate) fn capinfos(path: &Path) -> String {
    let output = run("capinfos", &["-M"], path);
    assert!(output.status.success(), "{}: {}", path.display(), String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{}", path.display());
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// `1700000000.123456789` in nanoseconds.
pub(crate) fn nanoseconds(text: &str) -> u64 {
    let (seconds, fraction) = text.split_once('.').expect("a point");
    seconds.parse::<u64>().expect("a number") * 1_000_000_000
        + format!("{fraction:0<9}").parse::<u64>().expect("a number")
}
