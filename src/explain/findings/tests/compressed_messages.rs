//! Compressed messages in the views: as the application gets them, or with the reason why that is not known.

use std::io::Cursor;

use flate2::{Compress, Compression, FlushCompress};

use super::conversation::Conversation;
use crate::explain::text::Language;
use crate::explain::{Comments, Detail, Ladder, LadderStyle, Mermaid, Overview};
use crate::wire::Side::{self, Client, Server};

const TEXT: &str = r#"{"event":"welcome"}"#;

fn compressed(plain: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(256);
    let mut compress = Compress::new(Compression::best(), false);
    compress.compress_vec(plain, &mut bytes, FlushCompress::Sync).unwrap();
    bytes.truncate(bytes.len() - 4);
    bytes
}

fn ladder(conversation: &Conversation, language: Language, detail: Detail) -> String {
    let mut out = Vec::new();
    let style = LadderStyle { language, detail, width: 120, ..LadderStyle::default() };
    let mut overview = Overview::new(language, None);
    conversation.show(&mut overview);
    conversation.show(&mut Ladder::new(&mut out, style, overview, Cursor::new(Vec::new())));
    String::from_utf8(out).unwrap()
}

fn diagram(conversation: &Conversation, language: Language) -> String {
    let mut out = Vec::new();
    conversation.show(&mut Mermaid::new(&mut out, language));
    String::from_utf8(out).unwrap()
}

fn comments(conversation: &Conversation, language: Language) -> String {
    let mut comments = Comments::new(language);
    conversation.show(&mut comments);
    (1..=conversation.len() as u64).flat_map(|packet| comments.next_comments(packet)).collect()
}

/// The views of a conversation: arrows, bits, the diagram, comments.
fn views(conversation: &Conversation, language: Language) -> [String; 4] {
    [
        ladder(conversation, language, Detail::Line),
        ladder(conversation, language, Detail::Bits),
        diagram(conversation, language),
        comments(conversation, language),
    ]
}

fn opened() -> Conversation {
    Conversation::deflate("")
}

#[test]
fn every_view_shows_what_the_application_gets() {
    let data = compressed(TEXT.as_bytes());
    let fragments = |side: Side| {
        opened().frame(side, 0x41, &data[..5]).frame(side, 0x00, &data[5..9]).frame(side, 0x80, &data[9..])
    };
    for side in [Client, Server] {
        for conversation in [opened().frame(side, 0xC1, &data), fragments(side)] {
            for language in Language::BOTH {
                let [arrows, bits, diagram, comments] = views(&conversation.clone().closed(), language);
                for view in [arrows, bits, comments] {
                    assert!(view.contains("welcome"), "{side}: {view}");
                }
                assert!(diagram.contains(r#""{"event"#), "{side}: {diagram}");
            }
        }
    }
    let [arrows, bits, _, comments] = views(&opened().frame(Server, 0xC1, &data).closed(), Language::En);
    assert!(arrows.contains(&format!("{} → 19 B", data.len())), "{arrows}");
    assert!(bits.contains("(×0.9), as the application gets it"), "{bits}");
    assert!(comments.contains("B to 19 B (×0.9)"), "{comments}");
}

#[test]
fn a_message_that_is_not_inflated_says_so() {
    let broken = opened().frame(Server, 0xC1, &[0xFF; 20]);
    let unfinished = opened().frame(Server, 0x41, &compressed(TEXT.as_bytes())).wait_s(1);
    let [arrows, bits, diagram, comments] = views(&broken.closed(), Language::En);
    for view in [&arrows, &bits, &diagram] {
        assert!(view.contains("20 B not inflated"), "{view}");
    }
    for view in [&bits, &comments] {
        assert!(view.contains("not inflated: the bytes are not what a compressor makes"), "{view}");
    }
    for view in views(&unfinished.four(), Language::En) {
        assert!(!view.contains("welcome"), "{view}");
    }
}
