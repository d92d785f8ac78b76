//! Names of files and arguments are printed escaped: nothing in them controls a terminal or is invisible.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;

use super::{is_refused, serve, wirewalk, with_capture};
use crate::explain::syn;
use crate::support::server::Server;
use crate::support::temp::TempDir;
use crate::support::{PATIENCE, catch};

/// A colour, the title of the window in C1, the direction of writing turned round, a line break, a soft hyphen, a tag.
const EVIL: &str = "\u{1b}[31m\u{9d}0;x\u{7}\u{202e}\n\n\u{ad}\u{2060}\u{e0041}";
const SHOWN: &str = "\\u{1b}[31m\\u{9d}0;x\\u{7}\\u{202e}\\n\\n\\u{ad}\\u{2060}\\u{e0041}";

fn is_plain(text: &str) -> Result<(), String> {
    let hidden =
        text.replace('\n', "").chars().find(|c| c.is_control() || EVIL.contains(*c) && !c.is_ascii());
    hidden.map_or(Ok(()), |c| Err(format!("{c:?} in {text:?}")))
}

#[test]
fn errors_print_escaped_names() {
    let dir = with_capture();
    let evil = |text: &str| text.replace('!', EVIL);
    fs::write(dir.join(&evil("notes!.txt")), "dear diary").unwrap();
    fs::write(dir.join(&evil("cut!.pcap")), &syn()[..50]).unwrap();
    fs::write(dir.join(&evil("text!.pcapng")), "dear diary").unwrap();
    fs::write(dir.join(&evil("capture!.json")), syn()).unwrap();
    let mut rows: Vec<Vec<&str>> = vec![
        vec!["bogus!"],
        vec!["--bogus!"],
        vec!["serve", "--bogus!"],
        vec!["serve", "--bogus!=x"],
        vec!["serve", "--listen", "here!"],
        vec!["serve", "--workers=!"],
        vec!["serve", "--lang", "!"],
        vec!["serve", "--login-policy", "!"],
        vec!["serve", "--allow-origin", "https://!"],
        vec!["serve", "--max-message-size", "!"],
        vec!["serve", "--force=!"],
        vec!["serve", "--lab=!"],
        serve(&["--database", "sqlite://no/such!/folder.db"]),
        serve(&["--database", "notes!.txt"]),
        serve(&["--database", ":memory:", "--capture", "no/such!/x.pcapng"]),
        serve(&["--database", ":memory:", "--capture", "notes!.txt"]),
        serve(&["--database", "x!.db", "--capture", "x!.db"]),
        vec!["explain", "missing!.pcap"],
        vec!["explain", "notes!.txt"],
        vec!["explain", "-r", "cut!.pcap", "-w", "/nowhere!/x.pcapng"],
        vec!["explain", "in.pcap", "-o", "x!.htm"],
        vec!["explain", "in.pcap", "-o", "capture!.json"],
        vec!["explain", "in.pcap", "-w", "text!.pcapng"],
        vec!["explain", "in.pcap", "-w", "x!.pcap"],
        vec!["explain", "in.pcap", "-o", "x!.pcapng", "-w", "y!.pcapng"],
        vec!["explain", "in.pcap", "-o", "no/such!/x.json"],
        vec!["explain", "in.pcap", "--lang", "!"],
        vec!["explain", "in.pcap", "--stream", "!"],
        vec!["explain", "in.pcap", "--fail-on", "!"],
        vec!["watch", "--port", "!"],
        vec!["watch", "--port", "9", "--color", "!"],
        vec!["watch", "--port", "9", "-o", "x!.htm"],
    ];
    if catch::Catch::on(9).is_some() {
        rows.push(vec!["watch", "--port", "9", "-i", "no!"]);
        rows.push(vec!["watch", "--port", "9", "-w", "text!.pcapng"]);
        rows.push(vec!["watch", "--port", "9", "-o", "capture!.json"]);
    }
    let mut complaints = Vec::new();
    for row in rows {
        let args: Vec<_> = row.iter().map(|arg| evil(arg)).collect();
        let args: Vec<_> = args.iter().map(String::as_str).collect();
        let exit = wirewalk(&dir, &args);
        let told = is_refused(&exit, &[SHOWN]).and_then(|()| is_plain(&exit.stderr));
        complaints.extend(told.err().map(|why| format!("{row:?}: {why}")));
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn errors_print_an_escaped_variable() {
    let dir = TempDir::new();
    let mut command = super::command(dir.path(), ":", &["serve"]);
    let exit = crate::support::process::run(command.env("WIREWALK_LANG", EVIL), PATIENCE);
    is_refused(&exit, &[SHOWN, "--lang"]).and_then(|()| is_plain(&exit.stderr)).unwrap();
}

/// A name that is not UTF-8 is said as far as it can be.
#[test]
fn a_name_that_is_not_utf_8_is_printed_escaped() {
    let dir = with_capture();
    let mut command = super::command(dir.path(), ":", &["explain"]);
    command.arg(OsStr::from_bytes(b"a\xFF\x1b\x9b.pcap"));
    let exit = crate::support::process::run(&mut command, PATIENCE);
    is_refused(&exit, &["a\u{fffd}\\u{1b}\u{fffd}.pcap"]).and_then(|()| is_plain(&exit.stderr)).unwrap();
}

#[test]
fn titles_print_escaped_names() {
    let dir = with_capture();
    let name = format!("{EVIL}.pcap");
    fs::write(dir.join(&name), syn()).unwrap();
    let exit = wirewalk(&dir, &["explain", "in.pcap", &name]);
    assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""));
    assert!(exit.stdout.contains(SHOWN), "{}", exit.stdout);
    is_plain(&exit.stdout).unwrap();
}

#[test]
fn the_log_prints_escaped_names() {
    let file = format!("{EVIL}.pcapng");
    let mut server = Server::start(&["--capture", &file]);
    server.signal("TERM");
    let log = server.wait_exit(PATIENCE).stderr;
    assert_eq!(log.matches(&format!("to {SHOWN}.pcapng")).count(), 2, "where it goes, and how much: {log}");
    is_plain(&log).unwrap();
}
