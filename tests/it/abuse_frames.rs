//! Hostile frames: what a peer can do once the handshake is done, row by row of the list of abuses.
//!
//! After each attack the server gives the right answer, has the memory and the descriptors it had before, and serves
//! a fair client. The rows F1–F14 are about frames, R1–R3 and R10 about what the application does with them; each
//! test is named after its row.
//!
//! | rows | file |
//! |---|---|
//! | F1, F9, F10 | [`broken`]: frames that RFC 6455 forbids |
//! | F2–F5 | [`large`]: more than fits |
//! | F6, F7, F14 | [`floods`]: too often |
//! | F8, F13, R10 | [`ends`]: connections that end badly, or never |
//! | F11, F12 | [`payloads`]: text and close codes |
//! | R1 | [`slow`]: receivers that do not read |
//! | R2, R3 | [`queries`]: questions on `/message` |

mod broken;
mod cost;
mod ends;
mod fair;
mod floods;
mod large;
mod payloads;
mod queries;
mod slow;

use std::time::Duration;

use super::support::PATIENCE;
use super::support::raw::{End, Raw, Rest};

/// First bytes of frames: FIN and the opcode.
const TEXT: u8 = 0x81;
const BINARY: u8 = 0x82;
const CLOSE: u8 = 0x88;
const PING: u8 = 0x89;
const PONG: u8 = 0x8A;
/// The same without FIN, and what follows them.
const FIRST_TEXT: u8 = 0x01;
const FIRST_BINARY: u8 = 0x02;
const MORE: u8 = 0x00;
const LAST: u8 = 0x80;

/// The header of a masked frame that declares this length in eight bytes, and nothing of its payload.
fn declares(first: u8, length: u64) -> Vec<u8> {
    [&[first, 0xFF][..], &length.to_be_bytes(), &[1, 2, 3, 4]].concat()
}

/// Sends `bytes` and a fair message behind them. The server must fail the connection with `code`, answer nothing
/// after it, and end TCP in order. What came before the Close.
fn refused(raw: &mut Raw, what: &str, bytes: &[u8], code: u16) -> Rest {
    raw.send(bytes);
    raw.send(&Raw::frame(TEXT, b"unheard"));
    closed(raw, what, code)
}

/// The server must close with `code`, and end TCP in order.
fn closed(raw: &mut Raw, what: &str, code: u16) -> Rest {
    let mut rest = raw.rest(PATIENCE);
    assert_eq!(rest.close_code(), Some(code), "{what}: {rest:?}");
    assert_eq!((rest.left.as_slice(), rest.end), (&[][..], End::Fin), "{what}");
    rest.frames.pop();
    assert!(rest.frames.iter().all(|frame| frame.opcode() != 8), "{what}: one Close is enough: {rest:?}");
    assert!(rest.frames.iter().all(|frame| frame.payload != b"unheard"), "{what}: {rest:?}");
    rest
}

/// Nothing comes, and the connection stands.
fn still_open(raw: &mut Raw, what: &str) {
    let rest = raw.rest(Duration::from_millis(100));
    assert_eq!((rest.frames.len(), rest.left.len(), rest.end), (0, 0, End::StillOpen), "{what}: {rest:?}");
}
