//! The opening of a WebSocket on HTTP/2 (RFC 8441).

use crate::observe::{ErrorCode, Http2, Http2Event};
use crate::wire::Side::{Client, Server};

/// Progress of the opening of a WebSocket on HTTP/2.
#[derive(Debug, Default)]
pub(in crate::explain::findings) struct Http2Opening {
    /// `true` if the server has sent its settings.
    pub(in crate::explain::findings) has_settings: bool,
    /// `true` if these announce `SETTINGS_ENABLE_CONNECT_PROTOCOL`.
    pub(in crate::explain::findings) is_announced: bool,
    /// The first extended CONNECT without an answer.
    pub(in crate::explain::findings) request: Option<ExtendedConnect>,
}

/// An extended CONNECT: its stream, and its packet.
#[derive(Debug, Clone, Copy)]
pub(in crate::explain::findings) struct ExtendedConnect {
    pub(in crate::explain::findings) stream: u32,
    pub(in crate::explain::findings) packet: u64,
}

/// The answer to an extended CONNECT.
#[derive(Debug, Clone, Copy)]
pub(in crate::explain::findings) enum ConnectAnswer {
    Status(Option<u16>),
    Reset(ErrorCode),
    GoAway(ErrorCode),
    /// The client reset the stream before any answer.
    Cancelled(ErrorCode),
}

impl ConnectAnswer {
    pub(in crate::explain::findings) const fn name(self) -> &'static str {
        match self {
            Self::Status(_) => ":status",
            Self::Reset(_) | Self::Cancelled(_) => "RST_STREAM",
            Self::GoAway(_) => "GOAWAY",
        }
    }

    pub(in crate::explain::findings) fn value(self) -> String {
        match self {
            Self::Status(status) => status.map_or_else(|| "?".to_owned(), |status| status.to_string()),
            Self::Reset(code) | Self::GoAway(code) | Self::Cancelled(code) => {
                code.name().map_or_else(|| format!("{:#x}", code.0), str::to_owned)
            }
        }
    }
}

impl Http2Opening {
    pub(in crate::explain::findings) fn note(&mut self, frame: &Http2) {
        match frame.event {
            Http2Event::Settings { enable_connect_protocol } if frame.from == Server => {
                self.has_settings = true;
                self.is_announced |= enable_connect_protocol == Some(1);
            }
            Http2Event::Connect => {
                self.request.get_or_insert(ExtendedConnect { stream: frame.stream, packet: frame.packet });
            }
            _ if self.answer(frame).is_some() => self.request = None,
            _ => {}
        }
    }

    /// The request that a frame answers, and the answer.
    pub(in crate::explain::findings) fn answer(
        &self,
        frame: &Http2,
    ) -> Option<(ExtendedConnect, ConnectAnswer)> {
        let request = self.request?;
        let is_on_stream = frame.stream == request.stream;
        let answer = match frame.event {
            // An interim response (RFC 9110 §15.2).
            Http2Event::Status(Some(100..=199)) => return None,
            Http2Event::Status(status) if is_on_stream => ConnectAnswer::Status(status),
            Http2Event::Reset(code) if is_on_stream && frame.from == Client => ConnectAnswer::Cancelled(code),
            Http2Event::Reset(code) if is_on_stream => ConnectAnswer::Reset(code),
            Http2Event::GoAway { last, code } if frame.from == Server => {
                let is_orderly = code == ErrorCode::NO_ERROR && last >= request.stream;
                (!is_orderly).then_some(ConnectAnswer::GoAway(code))?
            }
            _ => return None,
        };
        Some((request, answer))
    }
}
