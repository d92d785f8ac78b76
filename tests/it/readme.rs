//! What the README says is so: each command in it is run here, and prints what the README shows.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::support::process::{self, Collected, signal};
use crate::support::server::Server;
use crate::support::temp::TempDir;
use crate::support::{PATIENCE, http, wait_until};

/// How long cargo may build.
const BUILD: Duration = Duration::from_mins(20);

/// The commands of the README, and what runs each.
const COMMANDS: &[(&str, &str)] = &[
    ("RUST_LOG=wirewalk=debug cargo run --release -- serve", "serve_as_the_readme_says"),
    ("cargo run --release -- serve", "serve_as_the_readme_says"),
    ("tests/run", "whoever runs these tests; .ci/run does"),
    ("cargo run -- explain captures/04_fragments.pcapng", "explain_as_the_readme_says"),
    ("cargo run --example 08_close -- 08_close.pcapng", "examples::they_print_what_they_promise"),
    ("cargo bench --bench growth", "growth::growth_is_plotted_point_by_point"),
    ("wirewalk serve --listen 0.0.0.0:9001 --host ws.example.com", "under_a_name_as_the_readme_says"),
    (
        "wirewalk serve --allow-origin https://ws.example.com --trust-proxy 127.0.0.1",
        "under_a_name_as_the_readme_says",
    ),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The lines in the README's code blocks that are commands.
fn commands(readme: &str) -> BTreeSet<&str> {
    let blocks = readme.split("```").skip(1).step_by(2);
    let lines = blocks.flat_map(str::lines).map(|line| line.trim().trim_start_matches("$ "));
    lines
        .filter(|line| {
            ["cargo ", "tests/run", "RUST_LOG=", "wirewalk "].iter().any(|it| line.starts_with(it))
        })
        .collect()
}

#[test]
fn each_command_of_the_readme_is_run_by_a_test() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let known: BTreeSet<&str> = COMMANDS.iter().map(|(command, _)| *command).collect();
    assert_eq!(commands(&readme), known);
    let ci = std::fs::read_to_string(root().join(".ci/run")).unwrap();
    assert!(ci.contains("tests/run"), ".ci/run calls the README's test command");
}

#[test]
fn under_a_name_as_the_readme_says() {
    let serving = COMMANDS.iter().filter_map(|(command, _)| command.strip_prefix("wirewalk serve "));
    let mut count = 0;
    for options in serving {
        // The default port may be taken by whoever runs the tests.
        let options = options.replace(":9001", ":0");
        let server = Server::start(&options.split(' ').collect::<Vec<_>>());
        let to = SocketAddr::from(([127, 0, 0, 1], server.addr().port()));
        for (host, status) in [("ws.example.com", 200), ("127.0.0.1", 200), ("evil.example", 421)] {
            let request = format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
            assert_eq!(http::request(to, request.as_bytes()).status, status, "{options}: {host}");
        }
        count += 1;
    }
    assert_eq!(count, 2);
}

/// The picture in the README is what is printed, less what it says is left out.
#[test]
fn explain_as_the_readme_says() {
    let args = ["run", "--quiet", "--", "explain", "--lang", "en", "captures/04_fragments.pcapng"];
    let exit = process::run(Command::new("cargo").args(args).current_dir(root()), BUILD);
    assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""));
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let picture = readme.split("```").find(|block| block.contains("Connection 0")).expect("a picture");
    let mut printed = exit.stdout.lines();
    let mut lines = 0;
    for line in
        picture.lines().map(|line| line.strip_prefix("  ").unwrap_or(line)).filter(|line| !line.is_empty())
    {
        assert!(printed.any(|it| it == line), "not printed, or not there: {line}");
        lines += 1;
    }
    assert!(lines > 30, "{picture}");
}

/// A fresh clone of what is committed.
fn clone(into: &TempDir) -> PathBuf {
    let path = into.join("wirewalk");
    let exit = process::run(Command::new("git").args(["clone", "--quiet"]).arg(root()).arg(&path), PATIENCE);
    assert_eq!(exit.code, Some(0), "{}", exit.stderr);
    path
}

/// `cargo run` and the server it starts, which are signalled together.
struct Group(Child);

impl Drop for Group {
    fn drop(&mut self) {
        signal("KILL", -i64::from(self.0.id()));
        let _ = self.0.wait();
    }
}

#[test]
#[ignore = "run by tests/run: builds for release in a fresh clone"]
fn serve_as_the_readme_says() {
    let dir = TempDir::new();
    let checkout = clone(&dir);
    let mut command = Command::new("cargo");
    command.args(["run", "--release", "--", "serve"]).current_dir(&checkout);
    // Whether it runs, not how fast: the linker's share of an optimised build is two minutes.
    for (name, value) in [("LTO", "off"), ("CODEGEN_UNITS", "16"), ("OPT_LEVEL", "1"), ("DEBUG", "0")] {
        command.env(format!("CARGO_PROFILE_RELEASE_{name}"), value);
    }
    // The default port may be taken by whoever runs the tests.
    command.env("WIREWALK_LISTEN", "127.0.0.1:0").env("RUST_LOG", "wirewalk=debug");
    // A target directory of its own: two checkouts in one take each other's binaries for fresh.
    command.env("CARGO_TARGET_DIR", root().join("target/fresh-clone"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let mut group = Group(command.spawn().unwrap());
    let stdout = Collected::from(group.0.stdout.take().unwrap());
    let stderr = Collected::from(group.0.stderr.take().unwrap());
    let mut url = None;
    wait_until("the server listens", BUILD, || {
        url = stdout.line("listening on http://");
        assert!(group.0.try_wait().unwrap().is_none(), "{}", stderr.text());
        url.is_some()
    });
    let address: SocketAddr = url.unwrap().parse().unwrap();
    assert!(stderr.text().contains(&format!("open http://{address} in a browser")), "{}", stderr.text());
    assert_eq!(http::get(address, "/").status, 200);
    assert!(checkout.join("wirewalk.db").exists());
    let status =
        process::run(Command::new("git").args(["status", "--porcelain"]).current_dir(&checkout), PATIENCE);
    assert_eq!(status.stdout, "", "what it creates is ignored by git");
    signal("TERM", -i64::from(group.0.id()));
    wait_until("the server ends", PATIENCE, || std::net::TcpStream::connect(address).is_err());
}
