//! A network namespace of Linux for the process, in which it may capture without any privilege: nothing is in it but a
//! loopback interface that behaves like an Ethernet card. The examples, a test and a benchmark use it.

use std::io::{self, Read as _};

use rustix::process::{getegid, geteuid};
use rustix::thread::{UnshareFlags, unshare_unsafe};
use socket2::{Domain, Protocol, Socket, Type};

/// The loopback interface: in each network namespace the first one.
const LOOPBACK: i32 = 1;

/// What the kernel numbers a request by; there is only one.
const SEQUENCE: u32 = 1;

/// The header of a netlink message, and where in its answer the error number stands.
const HEADER: usize = 16;

/// Moves the process into a network of its own. Its loopback interface cuts what is sent as an Ethernet card would:
/// packets of at most `mtu` bytes, and no larger ones that a card would have to cut (`gso_max_segs`).
///
/// To be called while the process has one thread, so before tokio starts: a second one would stay behind, or is a
/// reason for the kernel to refuse. A process that may do so anyway (`CAP_SYS_ADMIN`) only leaves its network; any
/// other one becomes the owner of a user namespace, in which it has the capabilities that capturing needs, and outside
/// of which it has no more rights than before.
///
/// # Errors
/// What was refused, and by which error. Unless it was the last step, to start the interface, the process is still in
/// the network in which it was.
pub(crate) fn enter_private_network(mtu: u32) -> io::Result<()> {
    if unshare(UnshareFlags::NEWNET).is_err() {
        // One by one: where capabilities in user namespaces are withheld, the second step is refused, and the machine's
        // network is still there.
        let (user, group) = (geteuid(), getegid());
        step("a user namespace", unshare(UnshareFlags::NEWUSER))?;
        step("its groups", std::fs::write("/proc/self/setgroups", "deny"))?;
        step("its users", std::fs::write("/proc/self/uid_map", format!("{user} {user} 1")))?;
        step("its groups", std::fs::write("/proc/self/gid_map", format!("{group} {group} 1")))?;
        step("a network namespace", unshare(UnshareFlags::NEWNET))?;
    }
    step("its loopback interface", start_loopback(mtu))
}

/// Gives this thread namespaces of its own.
#[expect(unsafe_code, reason = "rustix has no safe unshare, for the sake of a flag that is not used here")]
fn unshare(namespaces: UnshareFlags) -> io::Result<()> {
    // SAFETY: unsound is only to unshare the table of file descriptors, and only namespaces are asked for.
    unsafe { unshare_unsafe(namespaces) }.map_err(io::Error::from)
}

fn step<T>(what: &str, result: io::Result<T>) -> io::Result<T> {
    result.map_err(|error| io::Error::new(error.kind(), format!("{what}: {error}")))
}

/// Sets the interface up, by a request to the kernel over netlink (rtnetlink(7)).
fn start_loopback(mtu: u32) -> io::Result<()> {
    let socket =
        Socket::new(Domain::from(libc::AF_NETLINK), Type::RAW, Some(Protocol::from(libc::NETLINK_ROUTE)))?;
    // Without an address it goes to the kernel.
    socket.send(&request(mtu))?;
    let mut answer = [0; 256];
    let len = (&socket).read(&mut answer)?;
    match answer[..len].get(HEADER..HEADER + 4) {
        Some(&[a, b, c, d]) => match i32::from_ne_bytes([a, b, c, d]) {
            0 => Ok(()),
            error => Err(io::Error::from_raw_os_error(-error)),
        },
        _ => Err(io::Error::other("the kernel's answer is cut short")),
    }
}

/// `RTM_NEWLINK`: the interface is up, and how large its packets are.
fn request(mtu: u32) -> Vec<u8> {
    let up = (libc::IFF_UP as u32).to_ne_bytes();
    let mut body = vec![libc::AF_UNSPEC as u8, 0, 0, 0];
    body.extend(LOOPBACK.to_ne_bytes());
    // The flags, and which of them are meant.
    body.extend([up, up].concat());
    for (attribute, value) in [(libc::IFLA_MTU, mtu), (libc::IFLA_GSO_MAX_SEGS, 1)] {
        body.extend(8_u16.to_ne_bytes());
        body.extend(attribute.to_ne_bytes());
        body.extend(value.to_ne_bytes());
    }
    let flags = (libc::NLM_F_REQUEST | libc::NLM_F_ACK) as u16;
    let mut message = ((HEADER + body.len()) as u32).to_ne_bytes().to_vec();
    message.extend(libc::RTM_NEWLINK.to_ne_bytes());
    message.extend(flags.to_ne_bytes());
    message.extend(SEQUENCE.to_ne_bytes());
    message.extend(0_u32.to_ne_bytes());
    message.extend(body);
    message
}
