//! How far a large capture was read: told on a terminal, and nowhere else.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::thread;
use std::time::Duration;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use super::{command, syn, text};
use crate::support::PATIENCE;
use crate::support::process;
use crate::support::temp::TempDir;

/// A capture above 16 MiB: a SYN, and packets of 64 KiB that are no TCP.
fn large(dir: &TempDir) -> PathBuf {
    let path = dir.join("large.pcap");
    let mut file = File::create(&path).unwrap();
    let ip = [0x45, 0, 0xFF, 0xFF, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
    let udp = [ip.to_vec(), vec![0; 65_515]].concat();
    let header = [&[0; 8][..], &65_535_u32.to_le_bytes(), &65_535_u32.to_le_bytes()].concat();
    file.write_all(&syn()).unwrap();
    for _ in 0..300 {
        file.write_all(&header).unwrap();
        file.write_all(&udp).unwrap();
    }
    path
}

/// What a command writes on stderr when that is a terminal; `feed` gives it its standard input.
fn on_a_terminal(command: &mut Command, feed: impl FnOnce(ChildStdin)) -> String {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap();
    let path = Path::new(OsStr::from_bytes(name.as_bytes()));
    let theirs = File::options().read(true).write(true).open(path).unwrap();
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(theirs).spawn().unwrap();
    // Else the terminal stays open in this process too.
    command.stderr(Stdio::null());
    let mut stdout = process::Collected::from(child.stdout.take().unwrap());
    let reader = thread::spawn(move || {
        let mut bytes = Vec::new();
        // Its other end is closed, which is an error on Linux.
        let _ = File::from(ours).read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    });
    feed(child.stdin.take().unwrap());
    let status = process::wait(&mut child, PATIENCE);
    if status.is_none() {
        let _ = child.kill();
        let _ = child.wait();
    }
    assert_eq!(status.and_then(|status| status.code()), Some(0), "{}", stdout.finish());
    reader.join().unwrap()
}

#[test]
fn progress_of_a_large_file_is_shown_and_erased() {
    let dir = TempDir::new();
    let (capture, copy) = (large(&dir), dir.join("copy.pcapng"));
    for more in [&[][..], &["-w", text(&copy)]] {
        let written = on_a_terminal(&mut command(&[&["--json", text(&capture)], more].concat()), drop);
        assert!(written.contains("wirewalk: large.pcap: ") && written.contains(" %, "), "{written:?}");
        assert!(written.ends_with("\r\u{1b}[K"), "erased at the end: {written:?}");
        assert!(!written.contains('\n'), "one line: {written:?}");
    }
}

#[test]
fn a_small_file_shows_no_progress() {
    let dir = TempDir::new();
    let capture = dir.join("small.pcap");
    fs::write(&capture, syn()).unwrap();
    assert_eq!(on_a_terminal(&mut command(&["--json", text(&capture)]), drop), "");
}

#[test]
fn a_slow_file_shows_progress() {
    let many = |packets: usize| syn()[24..].repeat(packets);
    let written = on_a_terminal(&mut command(&["--json", "-"]), |mut stdin| {
        stdin.write_all(&[&syn()[..24], &many(64)].concat()).unwrap();
        thread::sleep(Duration::from_millis(1_100));
        stdin.write_all(&many(128)).unwrap();
    });
    assert!(
        written.contains("wirewalk: -: 128 packets"),
        "how many there are to come is not known: {written:?}"
    );
    assert!(written.ends_with("\r\u{1b}[K"), "{written:?}");
}

#[test]
fn a_pipe_gets_no_progress() {
    let dir = TempDir::new();
    let exit = process::run(&mut command(&["--json", text(&large(&dir))]), PATIENCE);
    assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""));
}
