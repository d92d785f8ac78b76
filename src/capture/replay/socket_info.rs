//! The kernel's knowledge of a connected TCP socket: the client's SYN (`TCP_SAVED_SYN`) and the options in use
//! (`TCP_INFO`).

use std::io;
use std::mem::{offset_of, size_of};
use std::os::fd::AsFd;

use crate::capture::live::sockopt;
use crate::observe::Options;

/// Size of the buffer for a SYN: an IPv6 and a TCP header with all options, and as much again.
const LONGEST_SYN: usize = 512;

/// Bits of `tcpi_options`.
const TIMESTAMPS: u8 = 1;
const SACK: u8 = 2;
const WINDOW_SCALE: u8 = 4;

/// The kernel's knowledge of a connected socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SocketInfo {
    /// The client's SYN from the IP header on, if the listener saves SYNs. The kernel gives it once.
    pub saved_syn: Option<Vec<u8>>,
    /// Options of our SYN that are in use.
    pub options: Options,
    /// Round trip time, in nanoseconds.
    pub round_trip_ns: u64,
    /// Our receive window, in bytes.
    pub window: u32,
}

impl SocketInfo {
    /// Enables `TCP_SAVE_SYN`: the kernel saves the SYN of each connection that this listener accepts.
    ///
    /// # Errors
    /// If the kernel does not support it.
    pub fn enable_saved_syn(listener: &impl AsFd) -> io::Result<()> {
        sockopt::set(listener, libc::IPPROTO_TCP, libc::TCP_SAVE_SYN, 1)
    }

    /// Queries an accepted socket.
    ///
    /// # Errors
    /// If it is no TCP socket.
    pub fn of(socket: &impl AsFd) -> io::Result<Self> {
        let mut syn = [0; LONGEST_SYN];
        // Empty if the listener does not save SYNs.
        let saved_syn =
            sockopt::get(socket, libc::IPPROTO_TCP, libc::TCP_SAVED_SYN, &mut syn).unwrap_or_default();
        let mut info = [0; size_of::<libc::tcp_info>()];
        sockopt::get(socket, libc::IPPROTO_TCP, libc::TCP_INFO, &mut info)?;
        let byte = |at: usize| info[at];
        let word = |at: usize| u32::from_ne_bytes([info[at], info[at + 1], info[at + 2], info[at + 3]]);
        let in_use = byte(offset_of!(libc::tcp_info, tcpi_options));
        let scales = byte(offset_of!(libc::tcp_info, tcpi_snd_rcv_wscale));
        // Two fields of four bits: the peer's scale and ours, from the low bits on a little-endian machine.
        let own = if cfg!(target_endian = "little") { scales >> 4 } else { scales & 15 };
        // `tcpi_advmss` does not count the options that every segment has.
        let stamped = in_use & TIMESTAMPS != 0;
        let mss = word(offset_of!(libc::tcp_info, tcpi_advmss)) + if stamped { 12 } else { 0 };
        Ok(Self {
            saved_syn: (!saved_syn.is_empty()).then(|| saved_syn.to_vec()),
            options: Options {
                mss: u16::try_from(mss).ok(),
                window_scale: (in_use & WINDOW_SCALE != 0).then_some(own),
                sack_permitted: in_use & SACK != 0,
                // Their values are only in packets.
                timestamps: stamped.then_some((0, 0)),
            },
            round_trip_ns: u64::from(word(offset_of!(libc::tcp_info, tcpi_rtt))) * 1000,
            window: word(offset_of!(libc::tcp_info, tcpi_rcv_space)).clamp(1, 0x3FFF_FFFF),
        })
    }
}
