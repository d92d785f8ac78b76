//! Compression that goes wrong.

use flate2::{Compress, Compression, FlushCompress};

use super::super::bytes::request;
use super::super::script::Script;
use super::{Case, case, of_segments};
use crate::wire::Side::{Client, Server};

/// Compresses messages one after the other, as permessage-deflate does.
struct Deflater(Compress);

impl Deflater {
    fn new() -> Self {
        Self(Compress::new(Compression::best(), false))
    }

    fn message(&mut self, plain: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(plain.len() / 2 + 256);
        self.0.compress_vec(plain, &mut bytes, FlushCompress::Sync).unwrap();
        assert!(bytes.ends_with(&[0, 0, 0xFF, 0xFF]));
        bytes.truncate(bytes.len() - 4);
        bytes
    }
}

pub(super) fn cases() -> Vec<Case> {
    let text = b"the same words, the same words, and these are the same words";
    let old = "Sec-WebSocket-Extensions: x-webkit-deflate-frame\r\n";
    let bad = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
    let asked = Script::tcp().data(Client, request(old).as_bytes()).data(Server, bad).four();
    let mut cases = vec![case("Z05", Client, asked)];
    for side in [Client, Server] {
        let agreed =
            if side == Client { "; client_no_context_takeover" } else { "; server_no_context_takeover" };
        let mut kept = Deflater::new();
        let (first, second) = (kept.message(text), kept.message(text));
        let bomb = Deflater::new().message(&vec![0; 17 << 20]);
        cases.extend([
            // The sender keeps its window though it must not.
            case(
                "Z01",
                side,
                Script::deflate(agreed).frame(side, 0xC1, &first).frame(side, 0xC1, &second).closed(),
            ),
            case("Z01", side, Script::deflate("").frame(side, 0xC1, b"not compressed at all").closed()),
            case("Z02", side, Script::deflate("").frame(side, 0xC9, b"ping").closed()),
            case(
                "Z02",
                side,
                Script::deflate("").frame(side, 0x41, &first[..4]).frame(side, 0xC0, &first[4..]).closed(),
            ),
            case("Z03", None, Script::deflate("").frame(side, 0x81, b"short").closed()),
            of_segments("Z04", side, Script::deflate("").frame(side, 0xC2, &bomb).closed()),
        ]);
    }
    cases
}

#[test]
fn which_window_reads_it_is_told() {
    let all = cases();
    let kept = all.iter().find(|case| case.id == "Z01").unwrap().script.play(super::Cut::Whole);
    let text = super::told(&kept);
    assert!(text.contains("with the window of the messages before it can"), "{text}");
    assert!(text.contains("keeps its window from message to message"), "{text}");
}
