//! Output files: captures are private, symbolic links are not followed, files of other kinds are not replaced.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

use super::{command, is_refused, serve, wirewalk, with_capture};
use crate::support::process::{self, Collected, Exit};
use crate::support::server::Server;
use crate::support::skip;
use crate::support::temp::TempDir;
use crate::support::ws::Client;
use crate::support::{PATIENCE, catch, people, wait_until};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

/// One echo, then the end.
fn echo(server: &mut Server) -> Exit {
    let mut client = Client::connect(server.addr(), "/echo", &[]).unwrap();
    client.send_text("hello");
    client.text();
    client.end();
    server.signal("TERM");
    server.wait_exit(PATIENCE)
}

/// True for a capture with packets.
fn is_capture(path: &Path) -> bool {
    let exit = wirewalk(&TempDir::new(), &["explain", path.to_str().unwrap()]);
    exit.code == Some(0) && exit.stdout.contains("SYN")
}

/// Arguments of each command that writes a capture, in a directory with an `in.pcap`.
fn writers() -> Vec<Vec<&'static str>> {
    let mut writers = vec![
        serve(&["--capture", "out.pcapng", "--capture-mode", "socket"]),
        vec!["explain", "in.pcap", "-w", "out.pcapng"],
        vec!["explain", "in.pcap", "-o", "out.pcapng"],
        vec!["explain", "in.pcap", "--redact", "-o", "out.pcapng"],
    ];
    if catch::Catch::on(9).is_some() {
        writers.push(serve(&["--capture", "out.pcapng", "--capture-mode", "packet"]));
        writers.push(vec!["watch", "--port", "9", "-w", "out.pcapng"]);
    }
    writers
}

#[test]
fn a_capture_is_readable_by_its_owner_alone() {
    for umask in ["000", "022", "077"] {
        let setup = format!("umask {umask}");
        let mut server = Server::builder().setup(&setup).args(&["--capture", "live.pcapng"]).start();
        let live = server.dir().join("live.pcapng");
        assert_eq!(mode(&live), 0o600, "umask {umask}");
        echo(&mut server);
        assert_eq!(mode(&live), 0o600, "umask {umask}");
        assert!(is_capture(&live));
        // One that others could read is closed to them before it is written.
        fs::set_permissions(&live, Permissions::from_mode(0o644)).unwrap();
        server.restart();
        assert_eq!(mode(&live), 0o600, "umask {umask}");

        let dir = with_capture();
        for args in [["explain", "in.pcap", "-w", "out.pcapng"], ["explain", "in.pcap", "-o", "two.pcapng"]] {
            let exit = process::run(&mut command(dir.path(), &setup, &args), PATIENCE);
            assert_eq!((exit.code, mode(&dir.join(args[3]))), (Some(0), 0o600), "{args:?} {exit:?}");
        }
        // A text is to be shown.
        let args = ["explain", "in.pcap", "-o", "out.html"];
        assert_eq!(process::run(&mut command(dir.path(), &setup, &args), PATIENCE).code, Some(0));
        assert_eq!(mode(&dir.join("out.html")), 0o666 & !u32::from_str_radix(umask, 8).unwrap());
    }
}

#[test]
fn a_capture_of_watch_is_readable_by_its_owner_alone() {
    if catch::Catch::on(9).is_none() {
        return;
    }
    let dir = TempDir::new();
    let out = dir.join("out.pcapng");
    fs::write(&out, "").unwrap();
    let mut command = command(dir.path(), "umask 000", &["watch", "--port", "9", "-w", "out.pcapng"]);
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = Collected::from(child.stderr.take().unwrap());
    wait_until("it watches", PATIENCE, || stderr.text().contains("watching TCP port"));
    process::signal("TERM", child.id().into());
    let status = process::wait(&mut child, PATIENCE).expect("it ends");
    assert_eq!((status.code(), mode(&out)), (Some(0), 0o600), "{}", stderr.finish());
    assert!(fs::read(&out).unwrap().starts_with(&[0x0A, 0x0D, 0x0D, 0x0A]));
}

/// A text, a database and a gzip file stay byte for byte.
#[test]
fn a_capture_does_not_replace_a_file_of_another_kind() {
    let database = [b"SQLite format 3\0", &[7; 5000][..]].concat();
    let rows = [
        (b"dear diary".to_vec(), "a file that is not a capture is there"),
        (database, "a SQLite database is there"),
        (vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3], "a gzip file is there"),
    ];
    for args in writers() {
        for (content, what) in &rows {
            let dir = with_capture();
            fs::write(dir.join("out.pcapng"), content).unwrap();
            fs::set_permissions(dir.join("out.pcapng"), Permissions::from_mode(0o640)).unwrap();
            let exit = wirewalk(&dir, &args);
            is_refused(&exit, &["out.pcapng: ", what, "--force"])
                .unwrap_or_else(|why| panic!("{args:?}: {why}"));
            assert!(fs::read(dir.join("out.pcapng")).unwrap() == *content, "{args:?}");
            assert_eq!(mode(&dir.join("out.pcapng")), 0o640, "{args:?}");
        }
    }
}

/// A file that another user has put there: its owner could read the capture.
#[test]
fn a_capture_does_not_replace_a_file_of_another_user() {
    const NOBODY: u32 = 65534;
    if chown(with_capture().join("in.pcap"), Some(NOBODY), None).is_err() {
        return skip::skipped("a file of another user: only root can make one");
    }
    for args in writers() {
        for content in ["", "dear diary"] {
            let dir = with_capture();
            let out = dir.join("out.pcapng");
            fs::write(&out, content).unwrap();
            fs::set_permissions(&out, Permissions::from_mode(0o666)).unwrap();
            chown(&out, Some(NOBODY), None).unwrap();
            is_refused(&wirewalk(&dir, &args), &["out.pcapng: belongs to another user", "--force"])
                .unwrap_or_else(|why| panic!("{args:?}: {why}"));
            assert_eq!(
                (fs::read_to_string(&out).unwrap().as_str(), mode(&out)),
                (content, 0o666),
                "{args:?}"
            );
        }
    }
    let dir = with_capture();
    fs::copy(dir.join("in.pcap"), dir.join("out.pcapng")).unwrap();
    chown(dir.join("out.pcapng"), Some(NOBODY), None).unwrap();
    let exit = wirewalk(&dir, &["explain", "in.pcap", "-w", "out.pcapng", "--force"]);
    assert_eq!((exit.code, mode(&dir.join("out.pcapng"))), (Some(0), 0o600), "{exit:?}");
    // A text is to be shown anyway.
    fs::write(dir.join("out.html"), "").unwrap();
    chown(dir.join("out.html"), Some(NOBODY), None).unwrap();
    assert_eq!(wirewalk(&dir, &["explain", "in.pcap", "-o", "out.html"]).code, Some(0));
}

#[test]
fn a_symbolic_link_is_not_followed() {
    for args in writers() {
        for force in [&[][..], &["--force"]] {
            let dir = with_capture();
            let args = [&args, force].concat();
            for (target, content) in [("precious.txt", "dear diary"), ("empty", "")] {
                fs::write(dir.join(target), content).unwrap();
                symlink(target, dir.join("out.pcapng")).unwrap();
                is_refused(&wirewalk(&dir, &args), &["out.pcapng is a symbolic link", "name the file"])
                    .or_else(|_| is_refused(&wirewalk(&dir, &args), &["out.pcapng: is a symbolic link"]))
                    .unwrap_or_else(|why| panic!("{args:?}: {why}"));
                assert_eq!(fs::read_to_string(dir.join(target)).unwrap(), content, "{args:?}");
                fs::remove_file(dir.join("out.pcapng")).unwrap();
            }
            // Nor is one made that leads nowhere.
            symlink("nowhere", dir.join("out.pcapng")).unwrap();
            assert_eq!(wirewalk(&dir, &args).code, Some(2), "{args:?}");
            assert!(!dir.join("nowhere").exists(), "{args:?}");
        }
    }
}

#[test]
fn force_replaces_a_file_of_any_kind() {
    for (force, env) in [(&["--force"][..], None), (&[], Some("true"))] {
        let dir = TempDir::new();
        let out = dir.join("out.pcapng");
        fs::write(&out, "dear diary").unwrap();
        let args = [&["--capture", out.to_str().unwrap()], force].concat();
        let mut builder = Server::builder().args(&args);
        if let Some(value) = env {
            builder = builder.env("WIREWALK_FORCE", value);
        }
        assert_eq!(echo(&mut builder.start()).code, Some(0));
        assert!(is_capture(&out) && mode(&out) == 0o600);
    }
    let dir = with_capture();
    for option in ["-w", "-o"] {
        let out = dir.join("out.pcapng");
        fs::write(&out, "dear diary").unwrap();
        let exit = wirewalk(&dir, &["explain", "in.pcap", option, "out.pcapng", "--force"]);
        assert_eq!((exit.code, is_capture(&out), mode(&out)), (Some(0), true, 0o600), "{exit:?}");
    }
}

/// By any of its names, forced or not.
#[test]
fn a_capture_never_replaces_the_database() {
    let mut server = Server::start(&[]);
    people::Login::register(&server, "ann");
    let dir = server.dir().to_owned();
    fs::hard_link(dir.join("wirewalk.db"), dir.join("other.name")).unwrap();
    server.signal("TERM");
    server.wait_exit(PATIENCE);
    for file in ["wirewalk.db", "./wirewalk.db", "other.name"] {
        for force in [&[][..], &["--force"]] {
            let args = serve(&[&["--database", "sqlite://wirewalk.db", "--capture", file], force].concat());
            let exit = process::run(&mut command(&dir, ":", &args), PATIENCE);
            is_refused(&exit, &[file, "the accounts are kept there"])
                .unwrap_or_else(|why| panic!("{args:?}: {why}"));
        }
    }
    server.restart();
    people::Login::again(&server, "ann");
    // Nor one that is made by this very start, and nor what SQLite keeps beside it.
    for file in ["new.db", "new.db-wal", "new.db-shm"] {
        let args = serve(&["--database", "new.db", "--capture", file, "--force"]);
        let exit = process::run(&mut command(&dir, ":", &args), PATIENCE);
        is_refused(&exit, &["the accounts are kept there"]).unwrap_or_else(|why| panic!("{args:?}: {why}"));
    }
}

#[test]
fn a_text_replaces_a_text_and_not_a_capture() {
    let dir = with_capture();
    let capture = fs::read(dir.join("in.pcap")).unwrap();
    let database = [b"SQLite format 3\0", &[7; 5000][..]].concat();
    for name in ["out.txt", "out.json", "out.ndjson", "out.html", "out.mmd"] {
        let out = dir.join(name);
        fs::write(&out, "x".repeat(100_000)).unwrap();
        assert_eq!(wirewalk(&dir, &["explain", "in.pcap", "-o", name]).code, Some(0), "{name}");
        let text = fs::read(&out).unwrap();
        assert!(!text.ends_with(b"xxx"), "{name}: nothing of what was there is left");
        for (content, what) in [(&capture, "a capture is there"), (&database, "a SQLite database is there")] {
            fs::write(&out, content).unwrap();
            let exit = wirewalk(&dir, &["explain", "in.pcap", "-o", name]);
            is_refused(&exit, &[name, what, "--force"]).unwrap();
            assert!(fs::read(&out).unwrap() == *content, "{name}");
            let exit = wirewalk(&dir, &["explain", "in.pcap", "--force", "-o", name]);
            assert_eq!((exit.code, fs::read(&out).unwrap() == text), (Some(0), true), "{name} {exit:?}");
        }
    }
    if catch::Catch::on(9).is_some() {
        fs::write(dir.join("out.txt"), &capture).unwrap();
        is_refused(&wirewalk(&dir, &["watch", "--port", "9", "-o", "out.txt"]), &["a capture is there"])
            .unwrap();
        assert!(fs::read(dir.join("out.txt")).unwrap() == capture);
    }
}

/// Its writer would go on at its own offset, behind a gap.
#[test]
fn a_capture_in_use_is_not_replaced() {
    let mut server = Server::start(&["--capture", "live.pcapng"]);
    let live = server.dir().join("live.pcapng");
    let dir = with_capture();
    let out = live.to_str().unwrap();
    let mut writers = vec![serve(&["--capture", out]), vec!["explain", "in.pcap", "-w", out]];
    if catch::Catch::on(9).is_some() {
        writers.push(vec!["watch", "--port", "9", "-w", out]);
    }
    for args in writers {
        for force in [&[][..], &["--force"]] {
            let exit = wirewalk(&dir, &[&args, force].concat());
            is_refused(&exit, &["live.pcapng: another wirewalk is writing it"])
                .unwrap_or_else(|why| panic!("{args:?}: {why}"));
        }
    }
    assert_eq!(echo(&mut server).code, Some(0));
    assert!(is_capture(&live));
    // And it is free when its writer was killed.
    server.restart();
    server.kill();
    assert_eq!(wirewalk(&dir, &["explain", "in.pcap", "-w", out]).code, Some(0));
}

/// Not by force either.
#[test]
fn an_input_is_never_replaced() {
    let dir = with_capture();
    fs::rename(dir.join("in.pcap"), dir.join("in.pcapng")).unwrap();
    let before = fs::read(dir.join("in.pcapng")).unwrap();
    for option in ["-w", "-o"] {
        let exit = wirewalk(&dir, &["explain", "in.pcapng", "--force", option, "in.pcapng"]);
        is_refused(&exit, &["not written over"]).unwrap();
    }
    assert!(fs::read(dir.join("in.pcapng")).unwrap() == before);
}

/// Pipes by name, and as the shell passes them on.
#[test]
fn a_capture_is_written_to_pipes() {
    let dir = TempDir::new();
    let (pipe, out) = (dir.join("pipe"), dir.join("out.pcapng"));
    assert_eq!(process::run(Command::new("mkfifo").arg(&pipe), PATIENCE).code, Some(0));
    let file = fs::File::create(&out).unwrap();
    let mut reader = Command::new("cat").arg(&pipe).stdout(file).spawn().unwrap();
    let mut server = Server::start(&["--capture", pipe.to_str().unwrap()]);
    assert_eq!(echo(&mut server).code, Some(0));
    assert!(process::wait(&mut reader, PATIENCE).is_some());
    assert!(is_capture(&out));
    // A pipe is not made private: it holds nothing.
    assert_ne!(mode(&pipe), 0o600);

    for (name, setup) in [
        ("/dev/fd/7", "exec 7>\"$OUT\""),
        ("/proc/self/fd/7", "exec 7>\"$OUT\""),
        ("/dev/fd/7", "mkfifo \"$OUT.p\"; cat \"$OUT.p\" >\"$OUT\" & exec 7>\"$OUT.p\""),
    ] {
        fs::write(&out, "").unwrap();
        let _ = fs::remove_file(dir.join("out.pcapng.p"));
        let server = Server::builder().setup(setup).env("OUT", out.to_str().unwrap());
        assert_eq!(echo(&mut server.args(&["--capture", name]).start()).code, Some(0), "{name} {setup}");
        wait_until("the capture is whole", PATIENCE, || is_capture(&out));
    }
}

/// Standard output, as a pipe to another program.
#[test]
fn a_capture_is_written_to_standard_output() {
    let dir = TempDir::new();
    let args = serve(&["--database", ":memory:", "--capture", "/dev/stdout"]);
    let mut server = command(dir.path(), "exec 2>err", &args);
    let mut child = server.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let log = || fs::read_to_string(dir.join("err")).unwrap_or_default();
    wait_until("it serves", PATIENCE, || {
        log().contains("capturing to /dev/stdout") || log().contains("wirewalk: ")
    });
    process::signal("TERM", child.id().into());
    assert_eq!(process::wait(&mut child, PATIENCE).expect("it ends").code(), Some(0), "{}", log());
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut stdout, &mut bytes).unwrap();
    assert!(bytes.starts_with(&[0x0A, 0x0D, 0x0D, 0x0A]), "{bytes:?}");
}
