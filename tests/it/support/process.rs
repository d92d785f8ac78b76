//! Child processes: their output is collected, their time is bounded, and none is left behind.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::MetadataExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Text that a thread collects, line by line, while a process runs.
#[derive(Debug)]
pub(crate) struct Collected {
    text: Arc<Mutex<String>>,
    thread: Option<JoinHandle<()>>,
}

impl Collected {
    pub(crate) fn from(stream: impl Read + Send + 'static) -> Self {
        let text = Arc::new(Mutex::new(String::new()));
        let sink = Arc::clone(&text);
        let thread = std::thread::spawn(move || {
            let mut lines = BufReader::new(stream);
            let mut line = Vec::new();
            while matches!(lines.read_until(b'\n', &mut line), Ok(1..)) {
                let mut text = sink.lock().unwrap_or_else(PoisonError::into_inner);
                text.push_str(&String::from_utf8_lossy(&line));
                line.clear();
            }
        });
        Self { text, thread: Some(thread) }
    }

    /// What came so far.
    pub(crate) fn text(&self) -> String {
        self.text.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The rest of the first whole line so far that begins with `start`.
    pub(crate) fn line(&self, start: &str) -> Option<String> {
        let text = self.text();
        let mut whole = text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'));
        whole.find_map(|line| line.strip_prefix(start)).map(str::to_owned)
    }

    /// All of it, after the process ended. A process of its own that inherited the pipe is not waited for.
    pub(crate) fn finish(&mut self) -> String {
        let begin = Instant::now();
        while self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
            && begin.elapsed() < Duration::from_secs(2)
        {
            std::thread::sleep(Duration::from_millis(2));
        }
        self.text()
    }
}

/// Waits for the end, but not for ever; `None`: it still runs.
pub(crate) fn wait(child: &mut Child, timeout: Duration) -> Option<ExitStatus> {
    let begin = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("our child can be asked") {
            return Some(status);
        }
        if begin.elapsed() >= timeout {
            return None;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Sends a signal, by the `kill` command: the standard library knows only SIGKILL. A negative `pid` is a group.
pub(crate) fn signal(name: &str, pid: i64) {
    let status =
        Command::new("kill").args(["-s", name, "--", &pid.to_string()]).stderr(Stdio::null()).status();
    status.expect("the kill command");
}

/// A program without `CAP_NET_RAW`: root has to give it up, others do not have it.
pub(crate) fn unprivileged(program: &str) -> Command {
    let root = std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    if !root {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--bounding-set=-net_raw", "--inh-caps=-net_raw", "--", program]);
    command
}

/// The outcome of a command.
#[derive(Debug)]
pub(crate) struct Exit {
    /// `None`: a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs a command to its end.
///
/// # Panics
/// If it cannot be started, or does not end in time: it is killed then, and what it printed is shown.
pub(crate) fn run(command: &mut Command, timeout: Duration) -> Exit {
    let name = command.get_program().to_owned();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{}: {error}", name.display()));
    let mut stdout = Collected::from(child.stdout.take().expect("piped"));
    let mut stderr = Collected::from(child.stderr.take().expect("piped"));
    let Some(status) = wait(&mut child, timeout) else {
        let _ = child.kill();
        let _ = child.wait();
        panic!("{} still ran after {timeout:?}\n{}{}", name.display(), stdout.finish(), stderr.finish());
    };
    Exit { code: status.code(), stdout: stdout.finish(), stderr: stderr.finish() }
}

#[test]
fn a_command_is_run_to_its_end() {
    let exit = run(Command::new("sh").args(["-c", "echo out; echo err >&2; exit 3"]), super::PATIENCE);
    assert_eq!((exit.code, exit.stdout.as_str(), exit.stderr.as_str()), (Some(3), "out\n", "err\n"));
}

#[test]
#[should_panic(expected = "still ran after")]
fn a_command_that_hangs_is_killed() {
    run(Command::new("sleep").arg("60"), Duration::from_millis(50));
}
