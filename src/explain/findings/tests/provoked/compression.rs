//! Compression that goes wrong.

use flate2::{Compress, Compression, FlushCompress};

use super::super::bytes::{request, response};
use super::super::conversation::Conversation;
use super::{Case, case, of_segments};
use crate::explain::findings::Finding;
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

/// Of an app, and of Safari.
const APPLE: [&str; 2] = [
    "App/1 CFNetwork/1312 Darwin/21.0.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.1 Safari/605.1.15",
];

/// A client with this User-Agent offers permessage-deflate, and the server accepts it with these parameters.
fn apple(agent: &str, parameters: Option<&str>) -> Conversation {
    let offer = format!("User-Agent: {agent}\r\nSec-WebSocket-Extensions: permessage-deflate\r\n");
    let line = |parameters| format!("Sec-WebSocket-Extensions: permessage-deflate{parameters}\r\n");
    let answer = response(&parameters.map(line).unwrap_or_default());
    Conversation::tcp().data(Client, request(&offer).as_bytes()).data(Server, answer.as_bytes())
}

#[test]
fn apple_clients_without_a_fault_have_no_finding() {
    let text = b"the same words, the same words, and these are the same words";
    let message = |conversation: Conversation, from, deflater: &mut Deflater| {
        conversation.frame(from, 0xC1, &deflater.message(text))
    };
    for agent in APPLE {
        let (mut client, mut server) = (Deflater::new(), Deflater::new());
        let mut conversation = apple(agent, Some(""));
        for _ in 0..2 {
            conversation = message(message(conversation, Client, &mut client), Server, &mut server);
        }
        let whole = server.message(text);
        let conversation =
            conversation.frame(Server, 0x41, &whole[..3]).frame(Server, 0x80, &whole[3..]).closed();
        let found = conversation.play(super::Cut::Whole);
        assert!(!found.iter().any(|found| found.id() == "Z05"), "{}", super::render(&found));
        let found = apple(agent, None).frame(Client, 0x81, b"plain").closed().play(super::Cut::Whole);
        assert!(!found.iter().any(|found| found.id() == "Z05"), "{}", super::render(&found));
    }
    let found = apple("Chrome", None).frame(Client, 0xC1, b"zip").closed().play(super::Cut::Whole);
    assert!(!found.iter().any(|found| found.id() == "Z05"), "{}", super::render(&found));
}

/// Bytes that do not repeat, and then their beginning again: a back-reference over 1,500 bytes.
fn far_repetition() -> Vec<u8> {
    let mut plain: Vec<u8> = (0..1_500_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    plain.extend_from_within(..300);
    plain
}

#[test]
fn a_window_that_is_exceeded_is_the_only_finding_about_compression() {
    let far = Deflater::new().message(&far_repetition());
    for (window, is_found) in [("; server_max_window_bits=9", true), ("; server_max_window_bits=12", false)] {
        let found = Conversation::deflate(window).frame(Server, 0xC2, &far).closed().play(super::Cut::Whole);
        let of_compression: Vec<_> = found.iter().map(Finding::id).filter(|id| id.starts_with('Z')).collect();
        assert_eq!(of_compression, if is_found { vec!["Z06"] } else { vec![] }, "{}", super::render(&found));
    }
}

pub(super) fn cases() -> Vec<Case> {
    let text = b"the same words, the same words, and these are the same words";
    let old = "Sec-WebSocket-Extensions: x-webkit-deflate-frame\r\n";
    let bad = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
    let asked = Conversation::tcp().data(Client, request(old).as_bytes()).data(Server, bad).four();
    let mut cases = vec![case("Z05", Client, asked)];
    for agent in APPLE {
        let mut kept = Deflater::new();
        let (first, second) = (kept.message(text), kept.message(text));
        let no_takeover = "; client_no_context_takeover";
        cases.extend([
            case(
                "Z05",
                Client,
                apple(agent, None).frame(Client, 0xC1, &first).frame(Server, 0x88, &[3, 0xEA]).four(),
            ),
            case(
                "Z05",
                Client,
                apple(agent, Some(no_takeover))
                    .frame(Client, 0xC1, &first)
                    .frame(Client, 0xC1, &second)
                    .closed(),
            ),
            case(
                "Z05",
                Client,
                apple(agent, Some(""))
                    .frame(Server, 0x41, &first[..4])
                    .frame(Server, 0x80, &first[4..])
                    .frame(Client, 0x88, &[3, 0xEA]),
            ),
        ]);
    }
    for side in [Client, Server] {
        let window = format!("; {}_max_window_bits=9", side.name());
        let far = Deflater::new().message(&far_repetition());
        let sound = Deflater::new().message(text);
        cases.extend([
            case("Z06", side, Conversation::deflate(&window).frame(side, 0xC2, &far).closed()),
            // What the other side cannot inflate is right.
            case(
                "C12",
                side.peer(),
                Conversation::deflate("")
                    .frame(side, 0xC1, &sound)
                    .frame(side.peer(), 0x88, &[3, 0xEF])
                    .frame(side, 0x88, &[3, 0xEF])
                    .four(),
            ),
        ]);
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
                Conversation::deflate(agreed).frame(side, 0xC1, &first).frame(side, 0xC1, &second).closed(),
            ),
            case("Z01", side, Conversation::deflate("").frame(side, 0xC1, b"not compressed at all").closed()),
            case("Z02", side, Conversation::deflate("").frame(side, 0xC9, b"ping").closed()),
            case(
                "Z02",
                side,
                Conversation::deflate("")
                    .frame(side, 0x41, &first[..4])
                    .frame(side, 0xC0, &first[4..])
                    .closed(),
            ),
            case("Z03", None, Conversation::deflate("").frame(side, 0x81, b"short").closed()),
            of_segments("Z04", side, Conversation::deflate("").frame(side, 0xC2, &bomb).closed()),
        ]);
    }
    cases
}

#[test]
fn the_finding_says_which_window_inflates_the_message() {
    let all = cases();
    let kept = all.iter().find(|case| case.id == "Z01").unwrap().conversation.play(super::Cut::Whole);
    let text = super::render(&kept);
    assert!(text.contains("with the window of the messages before it can"), "{text}");
    assert!(text.contains("keeps its window from message to message"), "{text}");
}
