//! Packets while they pass: the packet socket with its filter, the kernel's timestamps, the file that grows.
//!
//! The system calls of this module are Linux's; the only `unsafe` code of [`capture`](super) is here.

#[cfg(target_os = "linux")]
mod ancillary;
mod capture_file;
#[cfg(target_os = "linux")]
mod packet_filter;
#[cfg(target_os = "linux")]
mod packet_socket;
mod setcap;
#[cfg(target_os = "linux")]
pub(super) mod sockopt;
#[cfg(target_os = "linux")]
mod timestamped_read;
mod wall_clock;

pub use capture_file::CaptureFile;
#[cfg(target_os = "linux")]
pub use packet_socket::{CaptureOptions, CapturedPacket, Checksums, PacketSocket};
pub use setcap::SetcapCommand;
#[cfg(target_os = "linux")]
pub use timestamped_read::TimestampedRead;
pub(crate) use wall_clock::now_ns;
