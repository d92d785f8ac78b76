//! What a page may ask of the server's end of its connections, because no script can do it by itself.

use bytes::Bytes;
use serde::Deserialize;

use super::watch::Reins;
use crate::proto::Kind;
use crate::wire::ws::{CloseCode, CloseFrame};

/// A wish, as it comes: `{"stream":0,"do":"ping"}`.
#[derive(Debug, Deserialize)]
pub(super) struct Wish {
    pub(super) stream: u64,
    #[serde(flatten)]
    pub(super) deed: Deed,
}

/// What is to be done.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "lowercase")]
pub(super) enum Deed {
    /// The server sends a Ping; the browser answers by itself.
    Ping,
    /// The server sends a message in three fragments, with a Ping between them.
    Fragments,
    /// The server begins the closing handshake.
    Close { code: u16 },
    /// The server aborts the connection: RST, no Close.
    Abort,
}

/// What is sent in fragments.
const PARTS: [&str; 3] = ["one message, ", "three frames, ", "a Ping between"];

impl Deed {
    /// Does it; why not, otherwise.
    pub(super) fn done_by(&self, reins: &Reins) -> Result<(), &'static str> {
        let done = match *self {
            Self::Ping => reins.tell(|outbox| outbox.ping(Bytes::from_static(b"wirewalk"))),
            Self::Fragments => reins.tell(|outbox| {
                let parts = PARTS.map(|part| Bytes::from_static(part.as_bytes()));
                outbox.send_fragments(Kind::Text, parts.into());
            }),
            Self::Close { code } => {
                let code = CloseCode(code);
                if !code.is_sendable() {
                    return Err("code");
                }
                reins.tell(|outbox| outbox.close(CloseFrame::new(code, "the page asked for it")))
            }
            Self::Abort => {
                reins.abort();
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
    fn only_what_can_be_wished_for() {
        let wish = |text: &str| serde_json::from_str::<Wish>(text).map(|wish| format!("{wish:?}"));
        assert_eq!(wish(r#"{"stream":3,"do":"ping"}"#).unwrap(), "Wish { stream: 3, deed: Ping }");
        assert!(wish(r#"{"do":"close","code":1000,"stream":0}"#).unwrap().contains("Close { code: 1000 }"));
        for wrong in
            ["", "{}", r#"{"stream":0,"do":"harm"}"#, r#"{"do":"abort"}"#, r#"{"stream":-1,"do":"abort"}"#]
        {
            assert!(wish(wrong).is_err(), "{wrong}");
        }
    }
}
