//! Messages of proxies before HTTP, one after the other: the PROXY protocol, SOCKS 4, 4a and 5 (RFC 1928, RFC 1929).

use super::proxy_header;
use super::socks;
use crate::observe::facts::RelayEvent;
use crate::observe::reassembly::Piece;

/// The longest message, in bytes: a PROXY header of version 2 has its length in 16 bits.
const MAX_MESSAGE: usize = 16 + 0xFFFF;

/// The next message of a side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::observe) enum RelayMessage {
    ProxyHeader,
    Socks4Request,
    Socks4Reply,
    /// A client's methods of authentication.
    Socks5Methods,
    /// The proxy's choice among them.
    Socks5Method,
    /// A user's name and password, or the request.
    Socks5Request,
    /// The answer to name and password, or to the request.
    Socks5Reply,
}

/// The result of reading a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::observe) enum RelayParse {
    NeedMore,
    /// Its length, what it says, and the message behind it; `None` if the proxy's part is over.
    Complete(usize, Option<RelayEvent>, Option<RelayMessage>),
    Other,
}

impl RelayMessage {
    /// The message with which a client begins, as its first bytes show.
    pub(super) fn detect(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [4, 1 | 2, ..] => Some(Self::Socks4Request),
            [5, methods, rest @ ..] if socks::are_methods(*methods, rest) => Some(Self::Socks5Methods),
            _ => proxy_header::is_begun(bytes).then_some(Self::ProxyHeader),
        }
    }

    /// The message with which the proxy answers; `None` if it does not.
    pub(in crate::observe) const fn answer(self) -> Option<Self> {
        match self {
            Self::Socks4Request => Some(Self::Socks4Reply),
            Self::Socks5Methods => Some(Self::Socks5Method),
            _ => None,
        }
    }

    fn parse(self, bytes: &[u8]) -> RelayParse {
        match self {
            Self::ProxyHeader => proxy_header::parse(bytes),
            Self::Socks4Request => socks::request_4(bytes),
            Self::Socks4Reply => socks::reply_4(bytes),
            Self::Socks5Methods => socks::methods(bytes),
            Self::Socks5Method => socks::method(bytes),
            Self::Socks5Request => socks::request_5(bytes),
            Self::Socks5Reply => socks::reply_5(bytes),
        }
    }
}

/// Collects one message.
#[derive(Debug)]
pub(in crate::observe) struct RelayReader {
    message: RelayMessage,
    bytes: Vec<u8>,
    /// Offset of its first byte, and the packet with it.
    start: Option<(u64, u64)>,
}

/// The progress of a reader.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::observe) enum RelayProgress {
    NeedMore,
    /// Offset and length, what it says, and the message behind it.
    Complete(u64, u64, Option<RelayEvent>, Option<RelayMessage>),
    /// It is none: where it began.
    Other(u64, u64),
}

impl RelayReader {
    pub(in crate::observe) const fn new(message: RelayMessage) -> Self {
        Self { message, bytes: Vec::new(), start: None }
    }

    pub(in crate::observe) const fn memory(&self) -> usize {
        self.bytes.capacity()
    }

    /// Consumes bytes at the front of `piece`, up to the end of the message.
    pub(in crate::observe) fn push(&mut self, piece: &mut Piece<'_>) -> RelayProgress {
        let (offset, packet) = *self.start.get_or_insert((piece.offset, piece.origin.packet));
        let had = self.bytes.len();
        let here = piece.bytes.len().min(MAX_MESSAGE - had);
        self.bytes.extend_from_slice(&piece.bytes[..here]);
        match self.message.parse(&self.bytes) {
            RelayParse::NeedMore if self.bytes.len() < MAX_MESSAGE => {
                piece.advance(here);
                RelayProgress::NeedMore
            }
            RelayParse::Complete(length, event, next) => {
                piece.advance(length.saturating_sub(had).min(here));
                RelayProgress::Complete(offset, length as u64, event, next)
            }
            RelayParse::NeedMore | RelayParse::Other => RelayProgress::Other(offset, packet),
        }
    }
}
