//! Socket options without a wrapper in a library.

use std::io;
use std::mem::size_of;
use std::os::fd::{AsFd, AsRawFd};

use libc::{c_int, c_void, socklen_t};

/// Sets an option whose value is an int.
#[expect(unsafe_code, reason = "setsockopt of options that no library knows")]
pub(in crate::capture) fn set(
    socket: &impl AsFd,
    level: c_int,
    option: c_int,
    value: c_int,
) -> io::Result<()> {
    // SAFETY: the value is an int, is read during the call only, and its size is given; the socket is open.
    let result = unsafe {
        let value: *const c_void = (&raw const value).cast();
        let len = size_of::<c_int>() as socklen_t;
        libc::setsockopt(socket.as_fd().as_raw_fd(), level, option, value, len)
    };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Reads an option's value, as much of it as the kernel has and `into` can hold.
#[expect(unsafe_code, reason = "getsockopt of options that no library knows")]
pub(in crate::capture) fn get<'b>(
    socket: &impl AsFd,
    level: c_int,
    option: c_int,
    into: &'b mut [u8],
) -> io::Result<&'b [u8]> {
    let mut len = into.len() as socklen_t;
    // SAFETY: the kernel writes at most `len` bytes, which is the slice's length, and then says how many; bytes may
    // have any value; the socket is open.
    let result = unsafe {
        let into: *mut c_void = into.as_mut_ptr().cast();
        libc::getsockopt(socket.as_fd().as_raw_fd(), level, option, into, &raw mut len)
    };
    if result == 0 { Ok(&into[..(len as usize).min(into.len())]) } else { Err(io::Error::last_os_error()) }
}
