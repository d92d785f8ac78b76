//! Commands of a page to the server's end of its connections, for what no script can do by itself.

use bytes::Bytes;
use serde::Deserialize;

use super::watch::ConnectionControl;
use crate::proto::Kind;
use crate::wire::ws::{CloseCode, CloseFrame};

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
    Close { code: u16 },
    /// The server aborts the connection: RST, no Close.
    Abort,
}

/// Payloads of the fragments.
const PARTS: [&str; 3] = ["one message, ", "three frames, ", "a Ping between"];

impl Action {
    /// Carries it out.
    ///
    /// # Errors
    /// The reason for the page, if it cannot be done.
    pub(super) fn carry_out(&self, control: &ConnectionControl) -> Result<(), &'static str> {
        let done = match *self {
            Self::Ping => control.send(|outbox| outbox.ping(Bytes::from_static(b"wirewalk"))),
            Self::Fragments => control.send(|outbox| {
                let parts = PARTS.map(|part| Bytes::from_static(part.as_bytes()));
                outbox.send_fragments(Kind::Text, parts.into());
            }),
            Self::Close { code } => {
                let code = CloseCode(code);
                if !code.is_sendable() {
                    return Err("code");
                }
                control.send(|outbox| outbox.close(CloseFrame::new(code, "the page asked for it")))
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
        assert!(
            command(r#"{"do":"close","code":1000,"stream":0}"#).unwrap().contains("Close { code: 1000 }")
        );
        for wrong in
            ["", "{}", r#"{"stream":0,"do":"harm"}"#, r#"{"do":"abort"}"#, r#"{"stream":-1,"do":"abort"}"#]
        {
            assert!(command(wrong).is_err(), "{wrong}");
        }
    }
}
