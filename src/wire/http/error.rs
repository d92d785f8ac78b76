//! The faults of an HTTP head as such.

use std::fmt;

use super::Status;

/// A head that is refused before its content is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeadError {
    /// The request line is longer than the limit, in bytes.
    LongRequestLine(usize),
    /// The head is longer than the limit, in bytes.
    LongHead(usize),
    /// The head has more header lines than the limit.
    ManyLines(usize),
    /// More empty lines than these come before the first one that is not.
    EmptyLines(usize),
    /// A line ends in LF without CR (RFC 9112 §2.2 lets us refuse it).
    BareLineFeed,
    /// The head is not HTTP.
    Malformed(httparse::Error),
}

impl HeadError {
    /// The status that answers such a request.
    #[must_use]
    pub const fn status(self) -> Status {
        match self {
            Self::LongRequestLine(_) => Status::URI_TOO_LONG,
            Self::LongHead(_) | Self::ManyLines(_) => Status::HEADERS_TOO_LARGE,
            Self::EmptyLines(_) | Self::BareLineFeed | Self::Malformed(_) => Status::BAD_REQUEST,
        }
    }
}

impl fmt::Display for HeadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LongRequestLine(limit) => write!(f, "request line of more than {limit} bytes"),
            Self::LongHead(limit) => write!(f, "head of more than {limit} bytes"),
            Self::ManyLines(limit) => write!(f, "more than {limit} header lines"),
            Self::EmptyLines(limit) => write!(f, "more than {limit} empty lines before the request line"),
            Self::BareLineFeed => f.write_str("a line ends in LF without CR"),
            Self::Malformed(error) => write!(f, "not HTTP: {error}"),
        }
    }
}

impl std::error::Error for HeadError {}
