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
    ("cargo run --release -- serve --lab", "serve_as_the_readme_says"),
    ("cargo run --release -- explain captures/lab/F01/capture.pcapng", "serve_as_the_readme_says"),
    (WSCAT, "clients_as_the_readme_says"),
    ("wirewalk explain capture.pcapng", "explain_as_the_readme_says"),
    (CURL, "clients_as_the_readme_says"),
    ("cargo add wirewalk --path ../wirewalk --no-default-features", "the_codec_alone_as_the_readme_says"),
    ("tests/run", "whoever runs these tests; .ci/run does"),
];

const WSCAT: &str = "npx wscat -c ws://127.0.0.1:9001/echo -x Hello";
const CURL: &str = "curl -d 'userName=Ada&password=correct horse battery' http://127.0.0.1:9001/register";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The lines in the README's code blocks that are commands.
fn commands(readme: &str) -> BTreeSet<&str> {
    let blocks = readme.split("```").skip(1).step_by(2);
    let lines = blocks.flat_map(str::lines).map(|line| line.trim().trim_start_matches("$ "));
    lines
        .filter(|line| {
            ["cargo ", "tests/run", "wirewalk ", "npx ", "curl "].iter().any(|it| line.starts_with(it))
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

/// Most of a screen: who meets it reads on.
#[test]
fn the_readme_is_short() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    assert!(readme.lines().count() < 120);
}

/// The commands by which a server is known under a name, behind a proxy.
#[test]
fn under_a_name_as_the_document_says() {
    let document = std::fs::read_to_string(root().join("docs/deploy.md")).unwrap();
    let mut count = 0;
    for options in document.lines().filter_map(|line| line.strip_prefix("wirewalk serve ")) {
        let options: Vec<_> = options.split(' ').collect();
        let base = options.iter().skip_while(|it| **it != "--base-path").nth(1).unwrap_or(&"");
        let server = Server::start(&options);
        let to = SocketAddr::from(([127, 0, 0, 1], server.addr().port()));
        for (host, status) in [("ws.example.com", 200), ("127.0.0.1", 200), ("evil.example", 421)] {
            let request = format!("GET {base}/healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
            assert_eq!(http::request(to, request.as_bytes()).status, status, "{options:?}: {host}");
        }
        count += 1;
    }
    assert_eq!(count, 2);
}

#[test]
fn explain_as_the_readme_says() {
    let dir = TempDir::new();
    std::fs::copy(root().join("captures/10_abnormal_close.pcapng"), dir.join("capture.pcapng")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirewalk"));
    let exit = process::run(command.args(["explain", "capture.pcapng"]).current_dir(dir.path()), PATIENCE);
    assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""));
    // The answer first.
    let head: Vec<_> = exit.stdout.lines().take(4).collect();
    assert!(head[0].starts_with("Connection 0"), "{head:?}");
    assert!(head[1..].concat().contains("ended the connection"), "{head:?}");
}

/// What others run against it: `script` is the terminal that wscat wants.
#[test]
#[ignore = "run by tests/run: needs curl and npx"]
fn clients_as_the_readme_says() {
    let server = Server::start(&[]);
    let here = |command: &str| command.replace("127.0.0.1:9001", &server.addr().to_string());
    let shell = |command: &str| {
        let mut shell = Command::new("sh");
        process::run(shell.args(["-c", command]).env("no_proxy", "127.0.0.1"), BUILD)
    };
    let registered = shell(&here(CURL));
    assert!(registered.stdout.contains(r#""userName":"Ada""#), "{registered:?}");
    let wscat = here(WSCAT).replace("npx ", "npx --yes ");
    let echoed = shell(&format!("script -qec '{wscat}' /dev/null"));
    assert!(echoed.stdout.contains("Hello"), "{echoed:?}");
}

/// The codec in a project of its own.
#[test]
#[ignore = "run by tests/run: builds another package"]
fn the_codec_alone_as_the_readme_says() {
    let dir = TempDir::new();
    let clone = clone(&dir);
    assert_eq!(clone.file_name().unwrap(), "wirewalk");
    let cargo = |place: &Path, arguments: &[&str]| {
        let mut command = Command::new("cargo");
        command.args(arguments).current_dir(place).env("CARGO_TARGET_DIR", dir.join("target"));
        let exit = process::run(&mut command, BUILD);
        assert_eq!(exit.code, Some(0), "{arguments:?}: {}", exit.stderr);
        exit.stdout
    };
    cargo(dir.path(), &["new", "--quiet", "mine"]);
    let mine = dir.join("mine");
    cargo(&mine, &["add", "wirewalk", "--path", "../wirewalk", "--no-default-features"]);
    let program = "fn main() { println!(\"{}\", wirewalk::wire::ws::Opcode::TEXT.name()); }";
    std::fs::write(mine.join("src/main.rs"), program).unwrap();
    assert_eq!(cargo(&mine, &["run", "--quiet"]), "text\n");
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
    let cargo = |arguments: &[&str]| {
        let mut command = Command::new("cargo");
        command.args(["run", "--release", "--"]).args(arguments).current_dir(&checkout);
        // Whether it runs, not how fast: the linker's share of an optimised build is two minutes.
        for (name, value) in [("LTO", "off"), ("CODEGEN_UNITS", "16"), ("OPT_LEVEL", "1"), ("DEBUG", "0")] {
            command.env(format!("CARGO_PROFILE_RELEASE_{name}"), value);
        }
        // A target directory of its own: two checkouts in one take each other's binaries for fresh.
        command.env("CARGO_TARGET_DIR", root().join("target/fresh-clone"));
        command
    };
    let mut command = cargo(&["serve", "--lab"]);
    // The default port may be taken by whoever runs the tests.
    command.env("WIREWALK_LISTEN", "127.0.0.1:0");
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
    for page in ["/", "/inspect", "/lab", "/online", "/walkthrough"] {
        assert_eq!(http::get(address, page).status, 200, "{page}");
    }
    assert!(checkout.join("wirewalk.db").exists());
    let status =
        process::run(Command::new("git").args(["status", "--porcelain"]).current_dir(&checkout), PATIENCE);
    assert_eq!(status.stdout, "", "what it creates is ignored by git");
    let exit = process::run(&mut cargo(&["explain", "captures/lab/F01/capture.pcapng"]), BUILD);
    let answer: String = exit.stdout.lines().take(4).collect();
    assert!(answer.contains("the server ended the connection in packet 9"), "{exit:?}");
    signal("TERM", -i64::from(group.0.id()));
    wait_until("the server ends", PATIENCE, || std::net::TcpStream::connect(address).is_err());
}
