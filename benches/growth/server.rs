//! The server in a process of its own, and what it takes.

use std::fs;
use std::io::{self, BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::SERVE;

/// A look at the server's processor time, to see whether it has come to rest.
const LOOK: Duration = Duration::from_millis(20);

/// Less than this in a look is rest.
const REST: Duration = Duration::from_micros(300);

/// How long it may take to come to rest.
const PATIENCE: Duration = Duration::from_secs(10);

/// A directory for the server's files; it goes with its owner.
pub(crate) struct Directory(PathBuf);

impl Directory {
    pub(crate) fn new() -> io::Result<Self> {
        let since = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
        let name = format!("wirewalk-growth-{}-{}", std::process::id(), since.as_nanos());
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path)?;
        Ok(Self(path))
    }

    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Where the server keeps its accounts, as a URL.
    pub(crate) fn database(&self) -> String {
        format!("sqlite://{}", self.join("wirewalk.db").display())
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // What cannot be removed is left to the system's own cleaning.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The server. It ends with its owner.
pub(crate) struct Server {
    // Before the directory: the process goes first.
    process: Process,
    pub(crate) address: SocketAddr,
    _directory: Directory,
}

struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // Gone already, if it failed.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Server {
    /// Starts it on a free port, with further arguments.
    pub(crate) fn start(directory: Directory, arguments: &[&str]) -> io::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args([SERVE, "--listen", "127.0.0.1:0", "--workers", "1", "--ping-interval", "0"]);
        command.args(["--database", &directory.database()]).args(arguments);
        // The settings of whoever runs this are not its.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("WIREWALK_") {
                command.env_remove(name);
            }
        }
        command.env("RUST_LOG", "error").stdin(Stdio::null()).stdout(Stdio::piped());
        let mut process = Process(command.spawn()?);
        let mut line = String::new();
        if let Some(stdout) = process.0.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let address = line.trim_end().strip_prefix("listening on http://").and_then(|it| it.parse().ok());
        let address = address.ok_or_else(|| io::Error::other("the server did not start"))?;
        Ok(Self { process, address, _directory: directory })
    }

    fn file(&self, name: &str) -> PathBuf {
        Path::new("/proc").join(self.process.0.id().to_string()).join(name)
    }

    /// The processor time of all its threads.
    fn time(&self) -> io::Result<Duration> {
        let mut nanoseconds = 0;
        for thread in fs::read_dir(self.file("task"))? {
            // A thread may end while it is looked at.
            let text = fs::read_to_string(thread?.path().join("schedstat")).unwrap_or_default();
            nanoseconds += text.split(' ').next().and_then(|it| it.parse::<u64>().ok()).unwrap_or(0);
        }
        Ok(Duration::from_nanos(nanoseconds))
    }

    /// The processor time when it has come to rest.
    pub(crate) fn time_at_rest(&self) -> io::Result<Duration> {
        let begin = Instant::now();
        let mut before = self.time()?;
        loop {
            std::thread::sleep(LOOK);
            let time = self.time()?;
            if time.saturating_sub(before) < REST || begin.elapsed() > PATIENCE {
                return Ok(time);
            }
            before = time;
        }
    }

    /// The processor time that something takes of it, in microseconds.
    pub(crate) fn cost(&self, load: impl FnOnce() -> io::Result<()>) -> io::Result<f64> {
        let before = self.time_at_rest()?;
        load()?;
        Ok(self.time_at_rest()?.saturating_sub(before).as_secs_f64() * 1e6)
    }

    /// Its memory in bytes: what is its own, and its part of what it shares.
    pub(crate) fn memory(&self) -> io::Result<f64> {
        let rollup = fs::read_to_string(self.file("smaps_rollup"))?;
        kib(&rollup, "Pss:").map(|kib| kib * 1024.0).ok_or_else(|| io::Error::other("no Pss in smaps_rollup"))
    }
}

/// What the kernel holds for itself, in bytes: sockets are among it, those of both ends.
pub(crate) fn kernel_memory() -> io::Result<f64> {
    let all = fs::read_to_string("/proc/meminfo")?;
    kib(&all, "Slab:").map(|kib| kib * 1024.0).ok_or_else(|| io::Error::other("no Slab in meminfo"))
}

/// A number of KiB in a file of /proc.
fn kib(text: &str, name: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}
