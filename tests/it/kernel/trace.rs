//! What the kernel tells of its own TCP states: the tracepoint `sock:inet_sock_set_state` (tracefs, as root).
//!
//! A tracing instance of one's own, removed on drop: nothing else on the machine is disturbed, nor mounted.

use std::fs;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::support::skip::skipped;
use libc::{c_long, c_void};
use wirewalk::observe::tcp::State;

const EVENT: &str = "events/sock/inet_sock_set_state";

/// A change of state of one socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) own_port: u16,
    pub(super) peer_port: u16,
    pub(super) from: State,
    pub(super) to: State,
}

/// A trace of all sockets with a port.
#[derive(Debug)]
pub(super) struct Trace {
    /// The instance's files, reached through `_mount`.
    directory: PathBuf,
    _mount: OwnedFd,
}

impl Trace {
    /// Begins to trace; none, with a word, where the kernel does not let us.
    pub(super) fn on(port: u16) -> Option<Self> {
        let (mount, directory) = match instance() {
            Ok(made) => made,
            Err(error) => {
                skipped(&format!("no tracing instance ({error}): it takes root, and a kernel with tracefs"));
                return None;
            }
        };
        let trace = Self { directory, _mount: mount };
        if !trace.directory.join(EVENT).exists() {
            skipped("this kernel has no tracepoint sock:inet_sock_set_state");
            return None;
        }
        // One clock for all processors, so that the lines are in their order.
        for (file, value) in [
            ("trace_clock", "mono".to_owned()),
            ("events/sock/inet_sock_set_state/filter", format!("sport == {port} || dport == {port}")),
            ("events/sock/inet_sock_set_state/enable", "1".to_owned()),
        ] {
            fs::write(trace.directory.join(file), value).unwrap_or_else(|error| panic!("{file}: {error}"));
        }
        Some(trace)
    }

    /// All changes so far, in their order; those of listeners left out.
    pub(super) fn seen(&self) -> Vec<Seen> {
        let text = fs::read_to_string(self.directory.join("trace")).expect("our own trace");
        let lines = text.lines().filter(|line| line.contains("inet_sock_set_state: "));
        lines.map(parse).filter(|seen| seen.peer_port != 0).collect()
    }
}

impl Drop for Trace {
    fn drop(&mut self) {
        // An instance that stays takes memory, but a test that fails already must say why.
        if let Err(error) = fs::remove_dir(&self.directory)
            && !std::thread::panicking()
        {
            panic!("{}: {error}", self.directory.display());
        }
    }
}

/// `… sport=43210 dport=9001 … oldstate=TCP_CLOSE newstate=TCP_SYN_SENT`
fn parse(line: &str) -> Seen {
    let field = |name: &str| {
        let found = line.split_whitespace().find_map(|word| word.strip_prefix(name)?.strip_prefix('='));
        found.unwrap_or_else(|| panic!("no {name}: {line}"))
    };
    let port = |name| field(name).parse().unwrap_or_else(|error| panic!("{error}: {line}"));
    let state = |name| {
        let spelled = field(name);
        let found = STATES.iter().find(|(kernels, _)| *kernels == spelled);
        found.unwrap_or_else(|| panic!("an unknown state {spelled}: {line}")).1
    };
    Seen { own_port: port("sport"), peer_port: port("dport"), from: state("oldstate"), to: state("newstate") }
}

/// The kernel's names.
const STATES: [(&str, State); 11] = [
    ("TCP_CLOSE", State::Closed),
    ("TCP_LISTEN", State::Listen),
    ("TCP_SYN_SENT", State::SynSent),
    ("TCP_SYN_RECV", State::SynReceived),
    ("TCP_ESTABLISHED", State::Established),
    ("TCP_FIN_WAIT1", State::FinWait1),
    ("TCP_FIN_WAIT2", State::FinWait2),
    ("TCP_CLOSE_WAIT", State::CloseWait),
    ("TCP_CLOSING", State::Closing),
    ("TCP_LAST_ACK", State::LastAck),
    ("TCP_TIME_WAIT", State::TimeWait),
];

/// Makes an instance in a tracefs that is mounted nowhere: its files are reached through the descriptor.
fn instance() -> io::Result<(OwnedFd, PathBuf)> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let mount = tracefs()?;
    let name = format!("wirewalk-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let directory = PathBuf::from(format!("/proc/self/fd/{}/instances/{name}", mount.as_raw_fd()));
    fs::create_dir(&directory)?;
    Ok((mount, directory))
}

#[expect(unsafe_code, reason = "system calls that no library wraps")]
fn tracefs() -> io::Result<OwnedFd> {
    const CLOEXEC: c_long = 1;
    const FSCONFIG_CMD_CREATE: c_long = 6;
    let none = std::ptr::null::<c_void>();
    // SAFETY: the name is a string with its end, and is read during the call only; each descriptor is ours alone, and
    // checked before it is owned; the other pointers may be null for this command.
    unsafe {
        let context = owned(libc::syscall(libc::SYS_fsopen, c"tracefs".as_ptr(), CLOEXEC))?;
        let made = libc::syscall(
            libc::SYS_fsconfig,
            context.as_raw_fd(),
            FSCONFIG_CMD_CREATE,
            none,
            none,
            0 as c_long,
        );
        if made < 0 {
            return Err(io::Error::last_os_error());
        }
        owned(libc::syscall(libc::SYS_fsmount, context.as_raw_fd(), CLOEXEC, 0 as c_long))
    }
}

/// Takes a descriptor that a system call gave.
///
/// # Safety
/// If it is one, nobody else may own it.
#[expect(unsafe_code, reason = "a descriptor as a number is what a system call gives")]
unsafe fn owned(result: c_long) -> io::Result<OwnedFd> {
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: it is a descriptor, and the caller says that it is ours.
    Ok(unsafe { OwnedFd::from_raw_fd(result as i32) })
}

#[test]
fn a_trace_line_is_parsed() {
    let line = "  python3-19054   [001] ..s2.  6126.948051: inet_sock_set_state: family=AF_INET protocol=IPPROTO_TCP \
        sport=34047 dport=39357 saddr=127.0.0.1 daddr=127.0.0.1 saddrv6=::ffff:127.0.0.1 daddrv6=::ffff:127.0.0.1 \
        oldstate=TCP_FIN_WAIT2 newstate=TCP_CLOSE";
    let expected = Seen { own_port: 34047, peer_port: 39357, from: State::FinWait2, to: State::Closed };
    assert_eq!(parse(line), expected);
}
