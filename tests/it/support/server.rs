//! `wirewalk serve` in a process of its own, on a free port, in a directory of its own.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::process::{self, Collected, Exit};
use super::temp::TempDir;

/// How long the server may take to listen.
const START: Duration = Duration::from_secs(20);

/// How to start a server.
#[derive(Debug, Default)]
pub(crate) struct Builder {
    args: Vec<String>,
    env: Vec<(String, String)>,
    setup: Option<String>,
    unprivileged: bool,
    small_disk: Option<(u32, u32)>,
    listen: Option<String>,
    port: u16,
}

/// Mounts a file system of $1 KiB over the server's directory, fills all but $2 KiB, and becomes the server.
const SMALL_DISK: &str = r#"
    mount -t tmpfs -o size="$1k" none "$PWD" && cd "$PWD" && head -c "$(($1 - $2))k" /dev/zero >filler || exit 99
    shift 2
    exec "$@"
"#;

impl Builder {
    /// Further arguments of `wirewalk serve`. A `--database` or `--listen` takes the place of the default one.
    pub(crate) fn args(mut self, args: &[&str]) -> Self {
        self.args.extend(args.iter().map(|&arg| arg.to_owned()));
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The most file descriptors it may have, by `ulimit -n`.
    pub(crate) fn open_files(self, most: u32) -> Self {
        self.setup(&format!("ulimit -n {most}"))
    }

    /// What a shell does before it becomes the server.
    pub(crate) fn setup(mut self, commands: &str) -> Self {
        self.setup = Some(commands.to_owned());
        self
    }

    /// Without the right to capture packets, even if the tests run as root.
    pub(crate) fn unprivileged(mut self) -> Self {
        self.unprivileged = true;
        self
    }

    /// On a disk of its own, of `size` KiB with `room` KiB left; [`Server::empty_disk`] removes what fills it. Takes the
    /// right to mount.
    pub(crate) fn small_disk(mut self, size: u32, room: u32) -> Self {
        self.small_disk = Some((size, room));
        self
    }

    /// This address instead of 127.0.0.1; connecting to 0.0.0.0 is connecting to this machine.
    pub(crate) fn listen(mut self, address: &str) -> Self {
        self.listen = Some(address.to_owned());
        self
    }

    /// This port instead of a free one.
    pub(crate) fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// # Panics
    /// If it does not listen in time: what it printed is shown.
    pub(crate) fn start(self) -> Server {
        let dir = TempDir::new();
        let running = Running::start(&self, &dir);
        Server { builder: self, running, dir }
    }

    fn command(&self, dir: &TempDir) -> Command {
        let binary = env!("CARGO_BIN_EXE_wirewalk");
        let mut command = match &self.setup {
            None if self.unprivileged => process::unprivileged(binary),
            None if let Some((size, room)) = self.small_disk => {
                let mut command = Command::new("unshare");
                // Neither forks: the process keeps its id.
                command.args(["--user", "--map-root-user", "--mount", "sh", "-c", SMALL_DISK, "sh"]);
                command.args([size.to_string(), room.to_string()]).arg(binary);
                command
            }
            None => Command::new(binary),
            Some(setup) => {
                let mut shell = Command::new("sh");
                // exec: the process keeps its id, so signals and /proc reach the server itself.
                shell.args(["-c", &format!("{setup}; exec \"$0\" \"$@\""), binary]);
                shell
            }
        };
        command.arg("serve");
        if !self.args.iter().any(|arg| arg.starts_with("--listen")) {
            let listen = self.listen.as_deref().unwrap_or("127.0.0.1");
            command.args(["--listen", &format!("{listen}:{}", self.port)]);
        }
        if !self.args.iter().any(|arg| arg.starts_with("--database")) {
            command.args(["--database", &format!("sqlite://{}", dir.join("wirewalk.db").display())]);
        }
        // The environment of the tests' user is not the test's.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("WIREWALK_") || name == "RUST_LOG" {
                command.env_remove(name);
            }
        }
        command.args(&self.args).envs(self.env.iter().cloned()).current_dir(dir.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }
}

#[derive(Debug)]
struct Running {
    child: Child,
    stdout: Collected,
    stderr: Collected,
    address: SocketAddr,
}

impl Running {
    fn start(builder: &Builder, dir: &TempDir) -> Self {
        let mut child = builder.command(dir).spawn().expect("the wirewalk binary");
        let mut stdout = Collected::from(child.stdout.take().expect("piped"));
        let mut stderr = Collected::from(child.stderr.take().expect("piped"));
        let begin = Instant::now();
        let address = loop {
            if let Some(url) = stdout.line("listening on ") {
                let address = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
                break address.and_then(|it| it.trim_end().parse().ok());
            }
            if begin.elapsed() > START || process::wait(&mut child, Duration::ZERO).is_some() {
                break None;
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        let Some(address) = address else {
            let _ = child.kill();
            let status = child.wait();
            panic!("no server ({status:?})\nstdout: {}\nstderr: {}", stdout.finish(), stderr.finish());
        };
        Self { child, stdout, stderr, address }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Gone already, if the test ended it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server that runs. It is killed when this goes.
#[derive(Debug)]
pub(crate) struct Server {
    // Before the directory: the process goes first.
    running: Running,
    builder: Builder,
    dir: TempDir,
}

impl Server {
    pub(crate) fn start(args: &[&str]) -> Self {
        Self::builder().args(args).start()
    }

    pub(crate) fn builder() -> Builder {
        Builder::default()
    }

    /// Where it listens.
    pub(crate) fn addr(&self) -> SocketAddr {
        self.running.address
    }

    /// `http://127.0.0.1:PORT` and this path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr())
    }

    /// Its directory: the working directory of the process.
    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Makes room on a [small disk](Builder::small_disk).
    ///
    /// # Panics
    /// If it has none, or this was done before.
    pub(crate) fn empty_disk(&self) {
        // The way into the server's mount namespace.
        let path = format!("/proc/{}/root{}/filler", self.pid(), self.dir().display());
        std::fs::remove_file(path).expect("the filler of a small disk");
    }

    pub(crate) fn pid(&self) -> u32 {
        self.running.child.id()
    }

    /// What it has written to stderr so far.
    pub(crate) fn log(&self) -> String {
        self.running.stderr.text()
    }

    /// Its resident memory.
    ///
    /// # Panics
    /// If it no longer runs.
    pub(crate) fn rss_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it runs");
        line.trim().trim_end_matches(" kB").parse().expect("a number of kB")
    }

    /// How many file descriptors it has open.
    ///
    /// # Panics
    /// If it no longer runs.
    pub(crate) fn fd_count(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.pid())).expect("it runs").count()
    }

    /// How much processor time it has taken, its own and the kernel's for it.
    ///
    /// # Panics
    /// If it no longer runs.
    pub(crate) fn cpu_time(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid())).expect("it runs");
        // The name, in parentheses, may hold anything; fields count from after it. Ticks are 1/100 s on Linux.
        let fields = stat.rsplit(") ").next().expect("a name in parentheses").split(' ');
        let ticks: u64 = fields.skip(11).take(2).map(|ticks| ticks.parse::<u64>().expect("ticks")).sum();
        Duration::from_millis(ticks * 10)
    }

    /// Sends a signal, for example `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        process::signal(name, self.pid().into());
    }

    /// Waits until it has ended by itself.
    ///
    /// # Panics
    /// If it still runs after `timeout`.
    pub(crate) fn wait_exit(&mut self, timeout: Duration) -> Exit {
        let Running { child, stdout, stderr, .. } = &mut self.running;
        let Some(status) = process::wait(child, timeout) else {
            panic!("the server still runs after {timeout:?}\n{}", self.log());
        };
        Exit { code: status.code(), stdout: stdout.finish(), stderr: stderr.finish() }
    }

    /// Ends it at once, as a crash would.
    pub(crate) fn kill(&mut self) {
        let _ = self.running.child.kill();
        let _ = self.running.child.wait();
    }

    /// Starts it again after its end: same port, same directory, same settings.
    ///
    /// # Panics
    /// If it does not listen in time.
    pub(crate) fn restart(&mut self) {
        self.kill();
        self.builder.port = self.addr().port();
        self.running = Running::start(&self.builder, &self.dir);
    }
}
