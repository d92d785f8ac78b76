//! The text as wide as the terminal, the answer first, and no more of it than was asked for.
//!
//! `UPDATE_EXPECT=1 cargo test --test it explain::terminal` writes the committed texts anew.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::thread;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use unicode_width::UnicodeWidthStr as _;
use wirewalk::capture::TcpEndpoint;
use wirewalk::wire::Side::{Client, Server};

use super::{command, run, text};
use crate::captures::{directory, golden};
use crate::support::PATIENCE;
use crate::support::process;
use crate::support::script::{self, Script, frame};
use crate::support::temp::TempDir;

const WIDTHS: [usize; 4] = [60, 80, 120, 200];

fn who_is_online() -> PathBuf {
    directory().join("11_who_is_online.pcapng")
}

/// Complains of the first line that is wider.
fn fits(text: &str, width: usize, what: &str) {
    for line in text.lines() {
        assert!(line.width() <= width, "{what}: {} columns, not {width}: {line}", line.width());
    }
}

#[test]
fn a_capture_is_drawn_in_each_width_and_language() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/explain/terminal");
    for lang in ["en", "zh"] {
        for width in WIDTHS {
            let columns = width.to_string();
            let exit = run(&["--lang", lang, "--width", &columns, text(&who_is_online())]);
            assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""));
            fits(&exit.stdout, width, lang);
            golden::check(&folder.join(format!("{lang}.{width}.txt")), &exit.stdout).unwrap();
        }
    }
}

/// Addresses of IPv6, packets with seven digits, a time of days, names and payloads without an end.
#[test]
fn no_line_is_wider_than_the_width() {
    let dir = TempDir::new();
    let path = dir.join("wide.pcapng");
    let (client, server) =
        ("[2001:db8:85a3:1:2:8a2e:370:7334]:51234", "[2001:db8:85a3:1:2:8a2e:370:7335]:8080");
    let mut wide = Script::between(
        TcpEndpoint::linux(client.parse().unwrap(), 1),
        TcpEndpoint::linux(server.parse().unwrap(), 2),
    );
    let request = format!(
        "GET /{} HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX: {}\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        "路径".repeat(90),
        "x".repeat(700)
    );
    wide.handshake().write(Client, request.as_bytes()).write(Server, script::RESPONSE);
    wide.at_ms(90_000_000).write(Client, &frame(0x81, Some([1, 2, 3, 4]), "很长".repeat(99).as_bytes()));
    wide.write(Server, &frame(0xF2, None, &[0xFF; 300])).write(Client, &frame(0x88, None, b"\x03\xe8bye"));
    wide.fins(Server).save(&path);
    let (cases, lab) = (Path::new("tests/cases"), directory().join("lab"));
    let entries = |folder: &Path| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let is_capture = |path: &PathBuf| path.to_str().is_some_and(|name| name.contains(".pcap"));
    // Each twentieth of the cases: all of them are drawn in other tests.
    let files = entries(cases).filter(is_capture).step_by(20).chain([path, who_is_online()]);
    let files: Vec<_> =
        files.chain(["F01", "Z01", "T01"].map(|id| lab.join(id).join("capture.pcapng"))).collect();
    for file in files.iter().filter(|file| file.exists()) {
        for width in [60, 80, 100] {
            let columns = width.to_string();
            for (lang, more) in [("en", &["-v"][..]), ("zh", &["--time", "absolute"]), ("en", &["--summary"])]
            {
                let exit = run(&[&["--lang", lang, "--width", &columns, text(file)], more].concat());
                assert_eq!(exit.code, Some(0), "{}", exit.stderr);
                fits(&exit.stdout, width, &format!("{} {more:?}", file.display()));
            }
        }
    }
}

#[test]
fn a_wide_text_shows_more_of_paths_and_payloads() {
    let of = |width: &str| run(&["--width", width, text(&who_is_online())]).stdout;
    let path = "GET /message?sessionId=133541bb-ca44-4ff1-9df4-8e";
    assert!(of("200").contains(path) && !of("80").contains(&format!("─{path}")));
    let payload = r#"TEXT "{"code":200,"message":"#;
    assert!(of("120").contains(payload) && !of("60").contains(payload));
}

/// The text that a command writes to a terminal of so many columns.
fn on_terminal(columns: u16, args: &[&str]) -> String {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    tcsetwinsize(&ours, Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap();
    let path = Path::new(OsStr::from_bytes(name.as_bytes()));
    let theirs = File::options().read(true).write(true).open(path).unwrap();
    let mut command = command(args);
    let mut child = command.stdout(theirs).spawn().unwrap();
    // Else the terminal stays open in this process too.
    command.stdout(std::process::Stdio::null());
    let reader = thread::spawn(move || {
        let mut bytes = Vec::new();
        // Its other end is closed, which is an error on Linux.
        let _ = File::from(ours).read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).replace('\r', "")
    });
    let status = process::wait(&mut child, PATIENCE);
    assert_eq!(status.and_then(|status| status.code()), Some(0));
    reader.join().unwrap()
}

#[test]
fn the_width_is_that_of_the_terminal_and_100_in_a_pipe() {
    let capture = who_is_online();
    let args = ["--lang", "en", "--color", "never", text(&capture)];
    let of_width = |width: &str| run(&[&args[..], &["--width", width]].concat()).stdout;
    for (columns, width) in [(80, "80"), (137, "137"), (20, "60"), (0, "100")] {
        assert_eq!(on_terminal(columns, &args), of_width(width), "{columns}");
    }
    assert_eq!(run(&args).stdout, of_width("100"));
    for wrong in ["59", "1001", "wide"] {
        let exit = run(&[&args[..], &["--width", wrong]].concat());
        assert_eq!(exit.code, Some(2));
        assert!(exit.stderr.contains("give a number from 60 to 1000"), "{}", exit.stderr);
    }
}

#[test]
fn the_time_is_shown_as_asked() {
    let capture = directory().join("08_close.pcapng");
    let rows = |args: &[&str]| {
        let text = run(&[args, &["--lang", "en", text(&capture)]].concat()).stdout;
        let row = |number: &str| {
            let row = text.lines().find(|line| line.trim_start().starts_with(number));
            row.unwrap_or_else(|| panic!("{args:?}: {text}")).trim_start().to_owned()
        };
        (row("# "), row("2 "), text.lines().next().unwrap().to_owned())
    };
    let begins = |(head, row, _): (String, String, String), columns: &str, times: &str| {
        assert!(head.starts_with(columns) && row.starts_with(times), "{head}\n{row}");
    };
    begins(rows(&[]), "# t          Δt         CLIENT", "2 0.000017   +17.4 µs   ESTABLISHED");
    begins(rows(&["--width", "80"]), "# t          CLIENT", "2 0.000017   ESTABLISHED");
    begins(rows(&["--time", "relative"]), "# t          CLIENT", "2 0.000017   ESTABLISHED");
    begins(rows(&["--time", "delta"]), "# Δt         CLIENT", "2 +17.4 µs   ESTABLISHED");
    let absolute = rows(&["--time", "absolute"]);
    let time = absolute.2.rsplit_once('T').expect("a date").1.trim_end_matches('Z').to_owned();
    assert!(absolute.1.starts_with(&format!("2 {}", &time[..6])), "{absolute:?}");
    assert!(absolute.0.starts_with("# time (UTC)      CLIENT"), "{absolute:?}");
    assert!(run(&["--time", "local", text(&capture)]).stderr.contains("give relative, delta or absolute"));
}

/// The answer stands first, what teaches once and last, and `--brief` leaves it out.
#[test]
fn the_answer_comes_first_and_lessons_last() {
    let capture = who_is_online();
    let whole = run(&["--lang", "en", text(&capture)]).stdout;
    let titles = ["\nConnection 0 ", "\nConnection 1 ", "\nConnection 2 ", "\nBackground\n", "\nWords\n"];
    let places: Vec<_> = titles.iter().map(|title| whole.find(title).expect(title)).collect();
    assert!(places.is_sorted(), "{whole}");
    assert!(whole.starts_with("  #  worst  ended by"), "{whole}");
    for title in titles.iter().chain(&["  TCP opens with three segments", "  TIME-WAIT        closed first"])
    {
        assert!(whole.matches(title).count() <= 1, "{title}");
    }
    let answer = whole[places[0] + 1..].lines().nth(1).unwrap();
    assert!(answer.starts_with("  Verdict: the server ended the connection in packet "), "{answer}");
    let brief = run(&["--lang", "en", "--brief", text(&capture)]).stdout;
    for absent in ["Background", "\nWords\n", "ℹ C11 The", "SHA-1 of both", "\nFindings\n"] {
        assert!(whole.contains(absent) && !brief.contains(absent), "{absent}");
    }
    let abnormal = directory().join("10_abnormal_close.pcapng");
    let brief = run(&["--lang", "en", "--brief", text(&abnormal)]).stdout;
    assert!(brief.contains("\nFindings\n  ⚠ C02 "), "{brief}");
}

#[test]
fn a_summary_is_a_line_for_each_connection() {
    let exit = run(&["--lang", "en", "--summary", text(&who_is_online())]);
    let lines: Vec<_> = exit.stdout.lines().collect();
    assert_eq!(lines.len(), 4, "{}", exit.stdout);
    assert!(lines[0].starts_with("  #  worst  ended by "), "{}", lines[0]);
    for (line, end) in lines[1..].iter().zip(["server 1001", "client 1001", "client 1001"]) {
        assert!(line.contains(end) && line.contains("ℹ C11") && line.contains("127.0.0.1:9001"), "{line}");
    }
}

/// A capture of so many connections.
fn many(count: u16, path: &Path) {
    let mut packets = Vec::new();
    for port in 0..count {
        let (client, server) = (([10, 0, 0, 1], 50_000 + port).into(), ([10, 0, 0, 2], 8_080).into());
        let mut one = Script::between(TcpEndpoint::linux(client, 1_000), TcpEndpoint::linux(server, 5_000));
        one.at_ms(u64::from(port) * 100).websocket().fins(Client);
        packets.append(&mut one.packets);
    }
    script::save(&packets, path);
}

#[test]
fn of_very_many_connections_the_table_comes_alone() {
    let dir = TempDir::new();
    let [twenty, more] = [(20, "twenty.pcapng"), (21, "more.pcapng")].map(|(count, name)| {
        many(count, &dir.join(name));
        dir.join(name)
    });
    let ladders =
        |args: &[&str]| run(&[&["--lang", "en"], args].concat()).stdout.matches("Connection ").count();
    assert_eq!((ladders(&[text(&twenty)]), ladders(&[text(&more)])), (20, 0));
    let table = run(&["--lang", "en", text(&more)]).stdout;
    assert_eq!(table.lines().count(), 1 + 21 + 1 + 2, "{table}");
    let advice: Vec<_> = table.lines().rev().take(2).collect();
    let advice = format!("{} {}", advice[1], advice[0].trim());
    assert_eq!(
        advice,
        "21 connections. See one with --stream N, those with problems with --filter 'severity >= warning', \
         all of them with -o FILE.txt."
    );
    // What it advises, and every other choice.
    assert_eq!(ladders(&["--stream", "3", text(&more)]), 1);
    assert_eq!(ladders(&["--port", "8080", text(&more)]), 21);
    assert_eq!(ladders(&["--filter", "severity >= warning", text(&more)]), 21);
    let out = dir.join("all.txt");
    assert_eq!(run(&["--lang", "en", "-o", text(&out), text(&more)]).code, Some(0));
    assert_eq!(std::fs::read_to_string(&out).unwrap().matches("Connection ").count(), 21);
}
