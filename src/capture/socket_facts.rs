//! What the kernel tells of a connected TCP socket to whoever asks: the client's own SYN, and the options in use.

use std::io;
use std::mem::{offset_of, size_of};
use std::os::fd::{AsFd, AsRawFd};

use libc::{c_int, c_void, socklen_t};

use crate::observe::Options;

/// The longest SYN: an IPv6 and a TCP header with all options, and as much again.
const LONGEST_SYN: usize = 512;

/// Bits of `tcpi_options`.
const TIMESTAMPS: u8 = 1;
const SACK: u8 = 2;
const WINDOW_SCALE: u8 = 4;

/// What the kernel tells of a connected socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SocketFacts {
    /// The client's SYN from the IP header on, if the listener was told to keep it. The kernel gives it once.
    pub saved_syn: Option<Vec<u8>>,
    /// The options of our SYN, as far as they came into use.
    pub options: Options,
    /// The round trip time, in nanoseconds.
    pub round_trip_ns: u64,
    /// The window that we offer, in bytes.
    pub window: u32,
}

impl SocketFacts {
    /// Tells the kernel to keep the SYN of each connection that this listener will accept.
    ///
    /// # Errors
    /// If the kernel does not know how.
    pub fn keep_syns(listener: &impl AsFd) -> io::Result<()> {
        set(listener, libc::TCP_SAVE_SYN, 1)
    }

    /// Asks about a socket that was accepted.
    ///
    /// # Errors
    /// If it is no TCP socket.
    pub fn of(socket: &impl AsFd) -> io::Result<Self> {
        let mut syn = [0; LONGEST_SYN];
        // Nothing was kept if the listener was not told to.
        let saved_syn = get(socket, libc::TCP_SAVED_SYN, &mut syn).unwrap_or_default();
        let mut info = [0; size_of::<libc::tcp_info>()];
        get(socket, libc::TCP_INFO, &mut info)?;
        let byte = |at: usize| info[at];
        let word = |at: usize| u32::from_ne_bytes([info[at], info[at + 1], info[at + 2], info[at + 3]]);
        let used = byte(offset_of!(libc::tcp_info, tcpi_options));
        let scales = byte(offset_of!(libc::tcp_info, tcpi_snd_rcv_wscale));
        // Two fields of four bits: the peer's scale and ours, from the low bits on a little-endian machine.
        let own = if cfg!(target_endian = "little") { scales >> 4 } else { scales & 15 };
        // What is advertised as MSS counts without the options that every segment has.
        let stamped = used & TIMESTAMPS != 0;
        let mss = word(offset_of!(libc::tcp_info, tcpi_advmss)) + if stamped { 12 } else { 0 };
        Ok(Self {
            saved_syn: (!saved_syn.is_empty()).then(|| saved_syn.to_vec()),
            options: Options {
                mss: u16::try_from(mss).ok(),
                window_scale: (used & WINDOW_SCALE != 0).then_some(own),
                sack_permitted: used & SACK != 0,
                // Which numbers they have, only packets show.
                timestamps: stamped.then_some((0, 0)),
            },
            round_trip_ns: u64::from(word(offset_of!(libc::tcp_info, tcpi_rtt))) * 1000,
            window: word(offset_of!(libc::tcp_info, tcpi_rcv_space)).clamp(1, 0x3FFF_FFFF),
        })
    }
}

#[expect(unsafe_code, reason = "setsockopt of an option that no library knows")]
fn set(socket: &impl AsFd, option: c_int, value: c_int) -> io::Result<()> {
    // SAFETY: the value is an int, is read during the call only, and its size is given; the socket is open.
    let result = unsafe {
        let value: *const c_void = (&raw const value).cast();
        let len = size_of::<c_int>() as socklen_t;
        libc::setsockopt(socket.as_fd().as_raw_fd(), libc::IPPROTO_TCP, option, value, len)
    };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// The value of an option, as much of it as the kernel has.
#[expect(unsafe_code, reason = "getsockopt of options that no library knows")]
fn get<'b>(socket: &impl AsFd, option: c_int, into: &'b mut [u8]) -> io::Result<&'b [u8]> {
    let mut len = into.len() as socklen_t;
    // SAFETY: the kernel writes at most `len` bytes, which is the slice's length, and then says how many; bytes may
    // have any value; the socket is open.
    let result = unsafe {
        let into: *mut c_void = into.as_mut_ptr().cast();
        libc::getsockopt(socket.as_fd().as_raw_fd(), libc::IPPROTO_TCP, option, into, &raw mut len)
    };
    if result == 0 { Ok(&into[..(len as usize).min(into.len())]) } else { Err(io::Error::last_os_error()) }
}
