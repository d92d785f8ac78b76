//! The command line, used rightly and wrongly: streams of output, and the exit code. The options of `serve` are here;
//! those of `explain` have their tests with it.

mod commands;

use std::net::{SocketAddr, TcpListener};
use std::process::Command;

use crate::support::http::{Request, get};
use crate::support::process::{self, Exit};
use crate::support::refusal::each;
use crate::support::server::Server;
use crate::support::temp::TempDir;
use crate::support::{PATIENCE, wait_until, ws};

/// Every flag of `serve`, a value that is wrong for it, and one that is right.
const FLAGS: [(&str, &str, &str); 32] = [
    ("--listen", "here", "127.0.0.1:0"),
    ("--workers", "0", "2"),
    ("--lang", "fr", "en"),
    ("--database", "postgres://ann:hunter2@db/x", "sqlite://other.db"),
    ("--login-policy", "none", "single"),
    ("--max-sessions", "-1", "0"),
    ("--host", "https://ws.example.com", "ws.example.com,192.0.2.1"),
    ("--allow-origin", "example.com/", "https://a.example,https://b.example:444"),
    ("--max-message-size", "16M", "1000"),
    ("--max-connections", "0", "2"),
    ("--quota-hashes", "-1", "0"),
    ("--handshake-timeout", "0", "1.5"),
    ("--ping-interval", "soon", "0"),
    ("--ping-timeout", "-1", "2"),
    ("--close-timeout", "NaN", "1"),
    ("--send-buffer", "12", "65536"),
    ("--drain-timeout", "1e99", "1"),
    ("--admin-token", "hunter2", "let-me-in"),
    ("--trust-proxy", "proxy.example", "10.0.0.0/8,::1"),
    ("--base-path", "ww", "/ww"),
    ("--quota-registrations", "-1", "10"),
    ("--quota-connections", "many", "0"),
    ("--quota-user-sockets", "1.5", "5"),
    ("--quota-feeds", "x", "2"),
    ("--quota-lab-runs", "x", "2"),
    ("--quota-held-bytes", "32M", "1000000"),
    ("--capture", "no/such/directory/x.pcapng", "x.pcapng"),
    ("--force", "perhaps", "yes"),
    ("--capture-mode", "tcpdump", "socket"),
    ("--lab", "everywhere", "loopback"),
    ("--show-users", "perhaps", "yes"),
    ("--verbose", "perhaps", "yes"),
];

fn variable(flag: &str) -> String {
    format!("WIREWALK_{}", flag.trim_start_matches('-').replace('-', "_").to_uppercase())
}

/// The command in a directory of its own, and with no settings but these.
fn command(dir: &TempDir, args: &[&str], env: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirewalk"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("WIREWALK_") || name == "RUST_LOG" {
            command.env_remove(name);
        }
    }
    command.args(args).envs(env.iter().copied()).current_dir(dir.path());
    command
}

fn run(args: &[&str], env: &[(&str, &str)]) -> Exit {
    process::run(&mut command(&TempDir::new(), args, env), PATIENCE)
}

/// Wrong usage: one sentence on stderr that holds `word`, nothing on stdout, exit 2.
fn is_refused(exit: &Exit, word: &str) -> Result<(), String> {
    let Exit { code, stdout, stderr } = exit;
    let sentence = stderr.strip_prefix("wirewalk: ").and_then(|rest| rest.strip_suffix('\n'));
    let one = sentence.is_some_and(|it| !it.is_empty() && !it.contains('\n') && it.len() < 250);
    let secret = stderr.contains("hunter2") || stderr.contains('\u{1b}');
    if *code == Some(2) && stdout.is_empty() && one && stderr.contains(word) && !secret {
        Ok(())
    } else {
        Err(format!("not one sentence with {word:?} and exit 2: {exit:?}"))
    }
}

#[test]
fn wrong_usage_is_one_sentence() {
    let rows: [(&[&str], &str); 14] = [
        (&[], "command"),
        (&["bogus"], "bogus"),
        (&["--bogus"], "--bogus"),
        (&["serve", "--bogus"], "--bogus"),
        (&["serve", "--bogus=hunter2"], "--bogus"),
        (&["serve", "-x"], "-x"),
        (&["serve", "more"], "without its option"),
        (&["serve", "postgres://ann:hunter2@db/x"], "without its option"),
        (&["serve", "--admin-token", "hunter1-", "hunter2"], "without its option"),
        (&["serve", "--listen"], "--listen"),
        (&["serve", "--listen", ""], "--listen"),
        (&["serve", "--lang", "en", "--lang", "zh"], "--lang"),
        (&["serve", "--listen", "127.0.0.1:99999"], "--listen"),
        (&["serve", "--listen", "127.0.0.1"], "--listen"),
    ];
    each(rows, |(args, word)| is_refused(&run(args, &[]), word).map_err(|why| format!("{args:?}: {why}")));
}

#[test]
fn each_wrong_value_is_named() {
    each(FLAGS, |(flag, wrong, _)| {
        // These two are secrets: what is wrong with them is said without them.
        let word = match flag {
            "--database" => "postgres",
            "--admin-token" => "admin token",
            flag => flag,
        };
        // With the equals sign, as a value may begin with a dash.
        let given = run(&["serve", &format!("{flag}={wrong}")], &[]);
        is_refused(&given, word).map_err(|why| format!("{flag}: {why}"))?;
        let variable = variable(flag);
        is_refused(&run(&["serve"], &[(&variable, wrong)]), word).map_err(|why| format!("{variable}: {why}"))
    });
}

#[test]
fn each_flag_is_a_variable_too() {
    let dir = TempDir::new();
    let names: Vec<_> = FLAGS.iter().map(|(flag, ..)| variable(flag)).collect();
    let env: Vec<_> = names.iter().map(String::as_str).zip(FLAGS.iter().map(|(.., right)| *right)).collect();
    let server = Started::new(&mut command(&dir, &["serve"], &env));
    assert!(dir.join("other.db").exists() && !dir.join("wirewalk.db").exists());
    let presence = Request::new("GET", "/ww/api/presence").bearer("let-me-in").send(server.address);
    assert_eq!(presence.status, 200);
    // Two connections and no more.
    let mut inside = Vec::new();
    wait_until("the place of the request is free again", PATIENCE, || {
        inside.extend(ws::Client::connect(server.address, "/ww/echo", &[]));
        inside.len() == 2
    });
    assert_eq!(get(server.address, "/ww/healthz").status, 503);
    let exit = server.stop();
    assert_eq!((exit.code, exit.stderr.contains("let-me-in")), (Some(0), false), "{exit:?}");
}

/// The command line has the last word.
#[test]
fn a_flag_wins_over_its_variable() {
    let server =
        Server::builder().env("WIREWALK_ADMIN_TOKEN", "the-wrong-one").env("WIREWALK_LISTEN", "nonsense");
    let server = server.args(&["--admin-token", "the-right-one"]).start();
    assert_eq!(Request::new("GET", "/api/presence").bearer("the-right-one").send(server.addr()).status, 200);
}

#[test]
fn unusable_values_are_refused_with_the_reason() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let dir = TempDir::new();
    std::fs::create_dir(dir.join("directory")).unwrap();
    std::fs::write(dir.join("text"), "this is not SQLite\n".repeat(200)).unwrap();
    std::fs::write(dir.join("cut.db"), b"SQLite format 3\0").unwrap();
    let database = |name: &str| format!("sqlite://{}", dir.join(name).display());
    let rows = [
        (["--listen", &taken], "taken"),
        (["--listen", "192.0.2.1:80"], "192.0.2.1:80"),
        (["--database", &database("directory")], "directory"),
        (["--database", &database("text")], "not a SQLite database"),
        (["--database", &database("cut.db")], "not a SQLite database"),
        (["--database", &database("no/such/folder.db")], "folder"),
        (["--database", &database("text/in.db")], "folder"),
        (["--database", "postgres://ann:hunter2@db/wirewalk"], "postgres"),
        (["--database", "mysql://ann:hunter2@db/wirewalk"], "mysql"),
        (["--database", "sqlite://x.db?key=hunter2"], "parameters"),
        (["--database", ""], "names no file"),
        (["--database", "sqlite:"], "names no file"),
    ];
    each(rows, |([flag, value], word)| {
        let args = ["serve", "--listen", "127.0.0.1:0", flag, value];
        let args = if flag == "--listen" { [&args[..1], &args[3..]].concat() } else { args.to_vec() };
        is_refused(&run(&args, &[]), word).map_err(|why| format!("{flag} {value}: {why}"))
    });
    assert_eq!(std::fs::read(dir.join("text")).unwrap().len(), 19 * 200, "a file of others stays as it is");
}

/// The lab is for loopback addresses, unless `--lab=any`.
#[test]
fn the_lab_is_refused_on_other_addresses_without_any() {
    for listen in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        for args in [["serve", "--listen", listen, "--lab"], ["serve", "--listen", listen, "--lab=loopback"]]
        {
            is_refused(&run(&args, &[]), "--lab=any").unwrap_or_else(|why| panic!("{listen}: {why}"));
        }
        is_refused(&run(&["serve", "--listen", listen], &[("WIREWALK_LAB", "loopback")]), "127.0.0.1")
            .unwrap_or_else(|why| panic!("{listen}: {why}"));
    }
    let dir = TempDir::new();
    for (listen, lab) in [("0.0.0.0:0", "--lab=any"), ("127.0.0.1:0", "--lab"), ("127.0.0.1:0", "--lab=any")]
    {
        let mut server = Started::new(&mut command(&dir, &["serve", "--listen", listen, lab], &[]));
        server.address.set_ip([127, 0, 0, 1].into());
        assert_eq!(get(server.address, "/lab").status, 200, "{listen} {lab}");
        assert_eq!(server.stop().code, Some(0));
    }
}

#[test]
fn help_names_every_flag_and_no_secret() {
    let env =
        [("WIREWALK_ADMIN_TOKEN", "hunter2-hunter2"), ("WIREWALK_DATABASE", "postgres://ann:hunter2@db")];
    for args in [&["serve", "--help"][..], &["serve", "-h"], &["help", "serve"]] {
        let Exit { code, stdout, stderr } = run(args, &env);
        assert_eq!((code, stderr.as_str()), (Some(0), ""), "{args:?}");
        assert!(!stdout.contains("hunter2"), "{stdout}");
        for (flag, ..) in FLAGS {
            let shown = [format!(" {flag} <"), format!(" {flag}[=<"), format!(" {flag} ")];
            assert!(shown.iter().any(|it| stdout.contains(it)), "{flag}: {stdout}");
            assert!(stdout.contains(&format!("[env: {}", variable(flag))), "{flag}: {stdout}");
        }
        // And the table above has all that the help has.
        assert_eq!(stdout.matches("[env: ").count(), FLAGS.len(), "{stdout}");
    }
    let top = run(&["--help"], &[]);
    assert!(top.code == Some(0) && top.stderr.is_empty() && top.stdout.contains("serve"), "{top:?}");
    let version = run(&["--version"], &[]);
    let expected = format!("wirewalk {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!((version.code, version.stdout, version.stderr), (Some(0), expected, String::new()));
}

/// A server that was started by hand, to see all that it prints. It is ended by its signal, or with the test.
struct Started {
    child: std::process::Child,
    stdout: process::Collected,
    stderr: process::Collected,
    address: SocketAddr,
}

impl Started {
    fn new(command: &mut Command) -> Self {
        use std::process::Stdio;
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let stdout = process::Collected::from(child.stdout.take().unwrap());
        let stderr = process::Collected::from(child.stderr.take().unwrap());
        let mut started = Self { child, stdout, stderr, address: ([0; 4], 0).into() };
        let listening = || started.stdout.line("listening on http://").is_some();
        wait_until("it listens", PATIENCE, listening);
        started.address = started.stdout.line("listening on http://").unwrap().parse().unwrap();
        started
    }

    fn stop(mut self) -> Exit {
        process::signal("TERM", self.child.id().into());
        let status = process::wait(&mut self.child, PATIENCE).expect("it ends");
        Exit { code: status.code(), stdout: self.stdout.finish(), stderr: self.stderr.finish() }
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // Ended already, most likely.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn stdout_has_one_line_with_the_real_port() {
    let dir = TempDir::new();
    let debug = [("RUST_LOG", "debug"), ("WIREWALK_ADMIN_TOKEN", "hunter2-hunter2")];
    for listen in ["127.0.0.1:0", "localhost:0", "[::1]:0"] {
        if listen.starts_with('[') && TcpListener::bind(listen).is_err() {
            continue;
        }
        let server = Started::new(&mut command(&dir, &["serve", "--listen", listen], &debug));
        assert!(server.address.port() > 0 && server.address.ip().is_loopback(), "{}", server.address);
        assert_eq!(get(server.address, "/healthz").text(), "ok");
        let line = format!("listening on http://{}\n", server.address);
        let exit = server.stop();
        assert_eq!((exit.code, exit.stdout), (Some(0), line));
        assert!(!exit.stderr.contains("hunter2"), "{}", exit.stderr);
    }
}
