//! Commands of a page to the server's end of its connections, for what no script can do by itself.

use bytes::Bytes;
use serde::Deserialize;

use super::watch::ConnectionControl;
use crate::proto::Kind;
use crate::wire::ws::{CloseCode, CloseFrame, MAX_CONTROL_PAYLOAD};

/// A command, as the page sends it: `{"stream":0,"do":"ping"}`.
#[derive(Debug, Deserialize)]
pub(super) struct Command {
    pub(super) stream: u64,
    #[serde(flatten)]
    pub(super) action: Action,
}

/// The action of the server's end.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "lowercase")]
pub(super) enum Action {
    /// The server sends a Ping; the browser answers by itself.
    Ping,
    /// The server sends a message in three fragments, with a Ping between them.
    Fragments,
    /// The server begins the closing handshake.
    Close {
        code: u16,
        #[serde(default = "reason")]
        reason: String,
    },
    /// The server aborts the connection: RST, no Close.
    Abort,
}

/// The reason of a Close for which the page gives none.
fn reason() -> String {
    "the page asked for it".to_owned()
}

/// The most bytes of a reason: a control frame has 125, and the code takes two (RFC 6455 §5.5).
const MAX_REASON: usize = MAX_CONTROL_PAYLOAD - 2;

/// Payloads of the fragments.
const PARTS: [&str; 3] = ["one message, ", "three frames, ", "a Ping between"];

impl Action {
    /// Carries it out.
    ///
    /// # Errors
    /// The reason for the page, if it cannot be done.
    pub(super) fn carry_out(&self, control: &ConnectionControl) -> Result<(), &'static str> {
        let done = match self {
            Self::Ping => control.send(|outbox| outbox.ping(Bytes::from_static(b"wirewalk"))),
            Self::Fragments => control.send(|outbox| {
                let parts = PARTS.map(|part| Bytes::from_static(part.as_bytes()));
                outbox.send_fragments(Kind::Text, parts.into());
            }),
            Self::Close { code, reason } => {
                let code = CloseCode(*code);
                if !code.is_sendable() {
                    return Err("code");
                }
                if reason.len() > MAX_REASON {
                    return Err("reason");
                }
                control.send(|outbox| outbox.close(CloseFrame::new(code, reason)))
            }
            Self::Abort => {
                control.abort();
                true
            }
        };
        if done { Ok(()) } else { Err("script") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_commands_are_read() {
        let command =
            |text: &str| serde_json::from_str::<Command>(text).map(|command| format!("{command:?}"));
        assert_eq!(command(r#"{"stream":3,"do":"ping"}"#).unwrap(), "Command { stream: 3, action: Ping }");
        let close = |text| command(text).unwrap().split_once("action: ").unwrap().1.to_owned();
        assert_eq!(
            close(r#"{"do":"close","code":1000,"stream":0}"#),
            r#"Close { code: 1000, reason: "the page asked for it" } }"#
        );
        assert_eq!(
            close(r#"{"do":"close","code":4001,"reason":"","stream":0}"#),
            r#"Close { code: 4001, reason: "" } }"#
        );
        for wrong in
            ["", "{}", r#"{"stream":0,"do":"harm"}"#, r#"{"do":"abort"}"#, r#"{"stream":-1,"do":"abort"}"#]
        {
            assert!(command(wrong).is_err(), "{wrong}");
        }
    }
}
