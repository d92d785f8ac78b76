//! The opening of a WebSocket on HTTP/2.

use crate::observe::{ErrorCode, Http2, Http2Event};
use crate::wire::Side::{Client, Server};

/// How far the opening of a WebSocket on HTTP/2 has come.
#[derive(Debug, Default)]
pub(in crate::explain::findings) struct Opening {
    /// Whether the server has sent its settings.
    pub(in crate::explain::findings) has_settings: bool,
    /// Whether it takes an extended CONNECT by them.
    pub(in crate::explain::findings) is_announced: bool,
    /// The first extended CONNECT that waits for its answer.
    pub(in crate::explain::findings) asked: Option<Asked>,
}

/// An extended CONNECT: its stream, and its packet.
#[derive(Debug, Clone, Copy)]
pub(in crate::explain::findings) struct Asked {
    pub(in crate::explain::findings) stream: u32,
    pub(in crate::explain::findings) packet: u64,
}

/// How an extended CONNECT is answered.
#[derive(Debug, Clone, Copy)]
pub(in crate::explain::findings) enum Answer {
    Status(Option<u16>),
    Reset(ErrorCode),
    GoAway(ErrorCode),
    /// The client did not wait for it.
    GivenUp(ErrorCode),
}

impl Answer {
    pub(in crate::explain::findings) const fn name(self) -> &'static str {
        match self {
            Self::Status(_) => ":status",
            Self::Reset(_) | Self::GivenUp(_) => "RST_STREAM",
            Self::GoAway(_) => "GOAWAY",
        }
    }

    pub(in crate::explain::findings) fn value(self) -> String {
        match self {
            Self::Status(status) => status.map_or_else(|| "?".to_owned(), |status| status.to_string()),
            Self::Reset(code) | Self::GoAway(code) | Self::GivenUp(code) => {
                code.name().map_or_else(|| format!("{:#x}", code.0), str::to_owned)
            }
        }
    }
}

impl Opening {
    pub(in crate::explain::findings) fn note(&mut self, frame: &Http2) {
        match frame.event {
            Http2Event::Settings { enable_connect_protocol } if frame.from == Server => {
                self.has_settings = true;
                self.is_announced |= enable_connect_protocol == Some(1);
            }
            Http2Event::Connect => {
                self.asked.get_or_insert(Asked { stream: frame.stream, packet: frame.packet });
            }
            _ if self.answer(frame).is_some() => self.asked = None,
            _ => {}
        }
    }

    /// The request that a frame answers, and how.
    pub(in crate::explain::findings) fn answer(&self, frame: &Http2) -> Option<(Asked, Answer)> {
        let asked = self.asked?;
        let is_on_it = frame.stream == asked.stream;
        let answer = match frame.event {
            // On the way to the answer (RFC 9110 §15.2).
            Http2Event::Status(Some(100..=199)) => return None,
            Http2Event::Status(status) if is_on_it => Answer::Status(status),
            Http2Event::Reset(code) if is_on_it && frame.from == Client => Answer::GivenUp(code),
            Http2Event::Reset(code) if is_on_it => Answer::Reset(code),
            Http2Event::GoAway { last, code } if frame.from == Server => {
                let is_orderly = code == ErrorCode::NO_ERROR && last >= asked.stream;
                (!is_orderly).then_some(Answer::GoAway(code))?
            }
            _ => return None,
        };
        Some((asked, answer))
    }
}
