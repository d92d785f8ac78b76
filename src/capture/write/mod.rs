//! Writes pcapng with pcap-file, copies a capture with comments, and opens the files that are written.
//!
//! The text of a comment is the caller's: nothing here knows a connection.

mod annotate;
mod output_file;
mod transcode;
mod writer;

pub use annotate::annotate;
pub use output_file::{Contents, OutputError, OutputKind, Overwrite, create_output};
pub use writer::{Flush, Record, Times, Writer};
pub(super) use writer::{SNAPLEN, system};
