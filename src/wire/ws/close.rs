//! Why a connection closed: status codes and the body of a Close frame (RFC 6455 §5.5.1 and §7.4).

use std::fmt;

use super::{FrameError, MAX_CONTROL_PAYLOAD};

/// A close status code: any sixteen bits, with their meaning in RFC 6455 §7.4 and the IANA registry.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CloseCode(pub u16);

/// The range of a code: who may define it (RFC 6455 §7.4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CloseRange {
    /// 0–999: never used.
    Unused,
    /// 1000–2999: the protocol, its revisions and extensions.
    Protocol,
    /// 3000–3999: registered with IANA by libraries and frameworks.
    Registered,
    /// 4000–4999: private use, by prior agreement.
    Private,
    /// 5000 and up: outside of the protocol.
    Invalid,
}

/// Defines the constants, and from the same rows the names and meanings.
macro_rules! close_codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $spelled:literal, $meaning:literal;)*) => {
        impl CloseCode {
            $($(#[$doc])* pub const $name: Self = Self($code);)*

            /// The name in the IANA registry, or of this server's private codes; `None` where there is none.
            #[must_use]
            pub const fn name(self) -> Option<&'static str> {
                match self.0 { $($code => Some($spelled),)* _ => None }
            }

            /// The meaning of the code, in a sentence.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self.0 {
                    $($code => $meaning,)*
                    _ => match self.range() {
                        CloseRange::Unused => "Codes below 1000 are not used.",
                        CloseRange::Protocol => "Reserved for the protocol; no meaning is assigned yet.",
                        CloseRange::Registered => "For libraries and frameworks; this one is not registered with IANA.",
                        CloseRange::Private => "Private use: only the application knows.",
                        CloseRange::Invalid => "Outside the range of close codes.",
                    },
                }
            }
        }
    };
}

// The names are those of IANA's "WebSocket Protocol Registries", Close Code Number Registry (RFC 6455 §11.7), as
// updated on 2026-06-10. 1000 to 1011 and 1015 stand there for RFC 6455, 1012 to 1014 for messages to the list of the
// hybi working group; of 1014 (2016-10-10) it has a sentence, "similar to 502 HTTP Status Code", from which its name is
// taken here. Of 3000 to 3999 ("First Come First Served") three are registered, each with a name, a contact and no
// document: 3000 (2021-09-06), 3003 (2023-02-22) and 3008 (2024-02-01); their meaning is that of their names, those of
// HTTP statuses.
close_codes! {
    /// The purpose is fulfilled.
    NORMAL = 1000, "Normal Closure", "The purpose for which the connection was opened has been fulfilled.";
    /// A server stops or a page is left.
    GOING_AWAY = 1001, "Going Away", "The endpoint goes away: a server stops, or a browser leaves the page.";
    /// The peer broke the protocol.
    PROTOCOL_ERROR = 1002, "Protocol Error", "The peer broke a rule of the protocol.";
    /// A kind of data that cannot be accepted.
    UNSUPPORTED = 1003, "Unsupported Data", "A kind of data came that the endpoint cannot accept.";
    /// Reserved, with no meaning; never sent.
    RESERVED_1004 = 1004, "Reserved", "Reserved: a meaning might be defined in the future.";
    /// The Close frame had no code; never sent.
    NO_STATUS = 1005, "No Status Received", "The Close frame had no status code. Never on the wire.";
    /// The connection ended without a Close frame; never sent.
    ABNORMAL = 1006, "Abnormal Closure", "The connection ended without a Close frame. Never on the wire.";
    /// The data did not fit the kind of the message: text that is not UTF-8.
    INVALID_DATA = 1007, "Invalid Frame Payload Data", "The data does not fit the kind of message: text that is not UTF-8.";
    /// A rule of the endpoint, not of the protocol, was broken.
    POLICY_VIOLATION = 1008, "Policy Violation", "A message broke a rule of the endpoint.";
    /// The message is larger than the endpoint accepts.
    TOO_BIG = 1009, "Message Too Big", "The message is larger than the endpoint takes.";
    /// The client expected an extension that the server did not negotiate.
    MANDATORY_EXTENSION = 1010, "Mandatory Extension", "The client wanted an extension that the server did not negotiate.";
    /// The server met a condition that it did not expect.
    INTERNAL_ERROR = 1011, "Internal Error", "The server met a condition that it did not expect.";
    /// The service restarts; reconnect after a while.
    SERVICE_RESTART = 1012, "Service Restart", "The service restarts; a client may reconnect after a short while.";
    /// The service is overloaded; try another address or later.
    TRY_AGAIN_LATER = 1013, "Try Again Later", "The service is overloaded; connect elsewhere or later.";
    /// A gateway got a wrong answer from behind.
    BAD_GATEWAY = 1014, "Bad Gateway", "A gateway received an invalid response from the server behind it.";
    /// The TLS handshake failed; never sent.
    TLS_HANDSHAKE = 1015, "TLS Handshake", "The TLS handshake failed. Never on the wire.";
    /// The peer must be authorized.
    UNAUTHORIZED = 3000, "Unauthorized", "The endpoint must be authorized for what it asked: as HTTP 401.";
    /// The peer is known, and may not.
    FORBIDDEN = 3003, "Forbidden", "The endpoint is known, and may not do what it asked: as HTTP 403.";
    /// The peer was too slow.
    TIMEOUT = 3008, "Timeout", "The endpoint took too long to answer: as HTTP 408.";
    /// wirewalk: kicked out, or signed out.
    KICKED = 4001, "Kicked Out", "wirewalk: a newer login, a sign-out, a new password or the administrator ended the session.";
    /// wirewalk: the same session connected again.
    REPLACED = 4002, "Replaced", "wirewalk: the same session connected again and took this connection's place.";
    /// wirewalk: the session has reached its end.
    SESSION_EXPIRED = 4003, "Session Expired", "wirewalk: the session that the connection was opened with has expired.";
    /// wirewalk: the receiver reads more slowly than messages come.
    TOO_SLOW = 4008, "Too Slow", "wirewalk: the receiver did not take what was sent to it in time.";
    /// wirewalk: a user has as many connections as one may.
    TOO_MANY = 4029, "Too Many Connections", "wirewalk: the user has as many connections as one user may.";
}

impl CloseCode {
    /// The range of the code (RFC 6455 §7.4.2).
    #[must_use]
    pub const fn range(self) -> CloseRange {
        match self.0 {
            0..=999 => CloseRange::Unused,
            1000..=2999 => CloseRange::Protocol,
            3000..=3999 => CloseRange::Registered,
            4000..=4999 => CloseRange::Private,
            _ => CloseRange::Invalid,
        }
    }

    /// Returns `true` if the code may stand in a Close frame (RFC 6455 §7.4.1). 1004–1006, 1015 and what is not
    /// assigned may not.
    #[must_use]
    pub const fn is_sendable(self) -> bool {
        matches!(self.0, 1000..=1003 | 1007..=1014 | 3000..=4999)
    }
}

impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CloseCode({} {})", self.0, self.name().unwrap_or("unnamed"))
    }
}

/// The body of a Close frame. An empty body is [`CloseCode::NO_STATUS`] with no reason (RFC 6455 §7.1.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloseFrame {
    code: CloseCode,
    reason: Box<str>,
}

impl CloseFrame {
    /// A Close frame without a body.
    #[must_use]
    pub fn empty() -> Self {
        Self { code: CloseCode::NO_STATUS, reason: "".into() }
    }

    /// A Close frame with a code and a reason. The reason is cut, at a character, to the 123 bytes that a control
    /// frame has left for it; a code that may not be sent becomes 1000, or no body at all if it is 1005.
    #[must_use]
    pub fn new(code: CloseCode, reason: &str) -> Self {
        if code == CloseCode::NO_STATUS {
            return Self::empty();
        }
        let code = if code.is_sendable() { code } else { CloseCode::NORMAL };
        let end = reason.floor_char_boundary(MAX_CONTROL_PAYLOAD - 2);
        Self { code, reason: reason[..end].into() }
    }

    /// Reads the body of a Close frame.
    ///
    /// # Errors
    /// A body of one byte, a code that may not be sent, a reason that is not UTF-8 (RFC 6455 §5.5.1, §7.4).
    pub fn parse(body: &[u8]) -> Result<Self, FrameError> {
        match body {
            [] => Ok(Self::empty()),
            [_] => Err(FrameError::CloseBodyOfOneByte),
            [high, low, reason @ ..] => {
                let code = CloseCode(u16::from_be_bytes([*high, *low]));
                if !code.is_sendable() {
                    return Err(FrameError::CloseCodeNotSendable(code));
                }
                let reason = std::str::from_utf8(reason).map_err(|_| FrameError::CloseReasonNotUtf8)?;
                Ok(Self { code, reason: reason.into() })
            }
        }
    }

    /// The code; [`CloseCode::NO_STATUS`] when the body was empty.
    #[must_use]
    pub const fn code(&self) -> CloseCode {
        self.code
    }

    /// The reason, for people who debug; often empty.
    #[must_use]
    pub const fn reason(&self) -> &str {
        &self.reason
    }

    /// Writes the body: nothing, or the code and the reason.
    pub fn encode_body(&self, out: &mut Vec<u8>) {
        if self.code != CloseCode::NO_STATUS {
            out.extend_from_slice(&self.code.0.to_be_bytes());
            out.extend_from_slice(self.reason.as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_7_4_which_codes_may_be_sent() {
        let sendable: Vec<u16> = (0..=u16::MAX).filter(|code| CloseCode(*code).is_sendable()).collect();
        let expected: Vec<u16> =
            [1000, 1001, 1002, 1003].into_iter().chain(1007..=1014).chain(3000..=4999).collect();
        assert_eq!(sendable, expected);
    }

    #[test]
    fn section_7_4_2_every_code_has_a_range_and_a_meaning() {
        for (code, range) in [
            (0, CloseRange::Unused),
            (999, CloseRange::Unused),
            (1000, CloseRange::Protocol),
            (2999, CloseRange::Protocol),
            (3000, CloseRange::Registered),
            (4999, CloseRange::Private),
            (5000, CloseRange::Invalid),
            (65535, CloseRange::Invalid),
        ] {
            assert_eq!(CloseCode(code).range(), range, "{code}");
        }
        assert!((0..=u16::MAX).all(|code| CloseCode(code).meaning().ends_with('.')));
        assert_eq!(CloseCode::ABNORMAL.name(), Some("Abnormal Closure"));
        assert_eq!(CloseCode(4999).name(), None);
    }

    #[test]
    fn section_5_5_1_body_there_and_back() {
        let mut body = Vec::new();
        CloseFrame::new(CloseCode(4321), "bye 😀").encode_body(&mut body);
        assert_eq!(body, [&[0x10, 0xE1][..], "bye 😀".as_bytes()].concat());
        assert_eq!(CloseFrame::parse(&body), Ok(CloseFrame::new(CloseCode(4321), "bye 😀")));
        assert_eq!(CloseFrame::parse(&[]), Ok(CloseFrame::empty()));
        assert_eq!(CloseFrame::parse(&[3]), Err(FrameError::CloseBodyOfOneByte));
        for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535] {
            let body = u16::to_be_bytes(code);
            assert_eq!(CloseFrame::parse(&body), Err(FrameError::CloseCodeNotSendable(CloseCode(code))));
        }
        assert_eq!(CloseFrame::parse(&[3, 0xE8, 0xFF]), Err(FrameError::CloseReasonNotUtf8));
    }

    #[test]
    fn section_5_5_a_long_reason_is_cut_at_a_character() {
        let frame = CloseFrame::new(CloseCode::NORMAL, &"é".repeat(100));
        assert_eq!(frame.reason().len(), 122);
        assert_eq!(CloseFrame::new(CloseCode::ABNORMAL, "").code(), CloseCode::NORMAL);
        assert_eq!(CloseFrame::new(CloseCode::NO_STATUS, "x"), CloseFrame::empty());
    }
}
