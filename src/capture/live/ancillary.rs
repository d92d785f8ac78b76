//! Ancillary data of `recvmsg`: the kernel's control messages beside what is received.

use std::io;
use std::mem::size_of;
use std::os::fd::{AsFd, AsRawFd};

use libc::c_int;

/// Buffer of control messages, aligned as `cmsghdr` must be.
#[repr(C, align(8))]
pub(super) struct ControlBuffer([u8; 128]);

/// The control messages that matter here.
#[derive(Default)]
pub(super) struct AncillaryData {
    /// Time of arrival, in nanoseconds since 1970.
    pub(super) time_ns: Option<u64>,
    /// Length of the packet on the wire.
    pub(super) len: Option<u32>,
    /// True if the checksum was left to the network card.
    pub(super) checksum_missing: bool,
    /// VLAN tag: protocol and tag control information.
    pub(super) vlan: Option<[u8; 4]>,
}

impl ControlBuffer {
    pub(super) const fn new() -> Self {
        Self([0; 128])
    }

    pub(super) fn read(&self) -> AncillaryData {
        const WORD: usize = size_of::<usize>();
        const HEADER: usize = size_of::<libc::cmsghdr>();
        let mut rest = &self.0[..];
        let mut ancillary_data = AncillaryData::default();
        while let Some((len, after)) = rest.split_first_chunk::<WORD>() {
            let len = usize::from_ne_bytes(*len);
            // Zero where the kernel wrote nothing.
            let (Some(data), Some(head)) = (rest.get(HEADER..len), after.first_chunk::<8>()) else { break };
            let word = |bytes: &[u8], at: usize| {
                bytes.get(at..at + 4).map(|four| u32::from_ne_bytes(four.try_into().expect("four")))
            };
            let [level, kind] = [0, 4].map(|at| word(head, at).unwrap_or(0).cast_signed());
            match (level, kind) {
                (libc::SOL_SOCKET, libc::SCM_TIMESTAMPNS) => ancillary_data.time_ns = time(data),
                (libc::SOL_PACKET, libc::PACKET_AUXDATA) if data.len() >= 20 => {
                    let status = word(data, 0).unwrap_or(0);
                    ancillary_data.len = word(data, 4);
                    ancillary_data.checksum_missing = status & libc::TP_STATUS_CSUMNOTREADY != 0;
                    let half = |at| u16::from_ne_bytes([data[at], data[at + 1]]);
                    let protocol =
                        if status & libc::TP_STATUS_VLAN_TPID_VALID != 0 { half(18) } else { 0x8100 };
                    ancillary_data.vlan = (status & libc::TP_STATUS_VLAN_VALID != 0).then(|| {
                        let ([a, b], [c, d]) = (protocol.to_be_bytes(), half(16).to_be_bytes());
                        [a, b, c, d]
                    });
                }
                _ => {}
            }
            rest = rest.get(len.next_multiple_of(WORD)..).unwrap_or_default();
        }
        ancillary_data
    }
}

/// A `timespec` in nanoseconds.
fn time(data: &[u8]) -> Option<u64> {
    let half = |at| Some(i64::from_ne_bytes(data.get(at..at + 8)?.try_into().ok()?));
    let (seconds, nanoseconds) = (u64::try_from(half(0)?).ok()?, u64::try_from(half(8)?).ok()?);
    seconds.checked_mul(1_000_000_000)?.checked_add(nanoseconds)
}

/// Receives one message. Returns its length, which with `MSG_TRUNC` may exceed `into`, and its sender, if the socket is
/// one of `AF_PACKET`.
#[expect(unsafe_code, reason = "recvmsg with an address of AF_PACKET and control messages")]
pub(super) fn receive(
    socket: &impl AsFd,
    into: &mut [u8],
    control: &mut ControlBuffer,
    flags: c_int,
) -> io::Result<(usize, libc::sockaddr_ll)> {
    // SAFETY: all fields of both structs are numbers and pointers, for which zeros are valid; the pointers are to
    // live, exclusively borrowed memory of the lengths given beside them, and are used during the call only.
    unsafe {
        let mut from: libc::sockaddr_ll = std::mem::zeroed();
        let mut part = libc::iovec { iov_base: into.as_mut_ptr().cast(), iov_len: into.len() };
        let mut message: libc::msghdr = std::mem::zeroed();
        let name: *mut libc::sockaddr_ll = &raw mut from;
        message.msg_name = name.cast();
        message.msg_namelen = size_of::<libc::sockaddr_ll>() as u32;
        message.msg_iov = &raw mut part;
        message.msg_iovlen = 1;
        message.msg_control = control.0.as_mut_ptr().cast();
        message.msg_controllen = size_of::<ControlBuffer>();
        let len = libc::recvmsg(socket.as_fd().as_raw_fd(), &raw mut message, flags);
        let len = usize::try_from(len).map_err(|_| io::Error::last_os_error())?;
        if message.msg_flags & libc::MSG_CTRUNC != 0 {
            // The last one is cut, and its length does not say so: all are dropped.
            *control = ControlBuffer::new();
        }
        Ok((len, from))
    }
}

#[cfg(test)]
mod tests {
    use std::net::UdpSocket;

    use super::super::sockopt;
    use super::*;

    #[test]
    fn cut_control_messages_are_dropped() {
        let (sender, receiver) =
            (UdpSocket::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
        let pass = || {
            sender.send_to(b"hello", receiver.local_addr().unwrap()).unwrap();
            let mut control = ControlBuffer::new();
            let (len, _) = receive(&receiver, &mut [0; 16], &mut control, 0).unwrap();
            (len, control.read().time_ns.is_some())
        };
        sockopt::set(&receiver, libc::SOL_SOCKET, libc::SO_TIMESTAMPNS, 1).unwrap();
        assert_eq!(pass(), (5, true));
        // Together more than there is room for.
        for option in [libc::IP_PKTINFO, libc::IP_RECVTTL, libc::IP_RECVTOS, libc::IP_RECVORIGDSTADDR] {
            sockopt::set(&receiver, libc::SOL_IP, option, 1).unwrap();
        }
        assert_eq!(pass(), (5, false));
    }
}
