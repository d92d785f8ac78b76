//! The ladder, as it is printed.

use super::super::testing::{Told, chatter, corrected, opened_and_reset};
use super::{Detail, Glyphs, Ladder, Language, Looks};

fn coloured(told: &Told, looks: Looks) -> String {
    let mut out = Vec::new();
    told.show(&mut Ladder::new(&mut out, looks));
    String::from_utf8(out).unwrap()
}

fn printed(told: &Told, looks: Looks) -> String {
    anstream::adapter::strip_str(&coloured(told, looks)).to_string()
}

fn has_lines(text: &str, lines: &[&str]) {
    let mut rest = text.lines();
    for line in lines {
        assert!(rest.any(|it| it == *line), "in this order: {line}\n{text}");
    }
}

#[test]
fn states_stand_beside_the_arrows() {
    let text = printed(&opened_and_reset(), Looks::default());
    has_lines(
        &text,
        &[
            "                              CLOSED                                                         LISTEN",
            "── OPEN (three-way handshake) ──────────────────────────────────────────────────────────────────────────────",
            "      1 0.000000              SYN-SENT       ──SYN seq=0 win=64240────────────────────────▶  SYN-RECEIVED",
            "      2 0.000041   +41.0 µs   ESTABLISHED    ◀─SYN,ACK seq=0 ack=1 win=64240───────────────",
            "      3 0.000049   +8.0 µs                   ┄┄ACK seq=1 ack=1┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄▶  ESTABLISHED",
            "      6 0.000879   +600.0 µs  ws OPEN        ◀─101 Switching Protocols  Accept ✓───────────  ws OPEN",
            "                                             ⋮ 58.9 s silence ⋮",
            "      7 58.900879  +58.9 s    CLOSED         ◀─╳RST,ACK seq=91 ack=121─────────────────────  CLOSED",
        ],
    );
    assert!(text.contains("SHA-1 of both       b3 7a 4f 2c c0 62 4f 16 90 f6 46 06 cf 38 59 45 b2 be c4 ea"));
    assert!(text.contains("The server ended it with a RST in packet 7"));
    assert_eq!(printed(&corrected(), Looks::default()), text);
}

#[test]
fn frames_and_segments_are_tied_together() {
    let text = printed(&chatter(1), Looks::default());
    let gutters: Vec<(&str, String)> = text
        .lines()
        .filter(|line| line.contains('═') || line.contains("part"))
        .map(|line| {
            (line.split_once(char::is_numeric).map_or("", |(gutter, _)| gutter).trim(), line.to_owned())
        })
        .collect();
    let with = |gutter: &str, label: &str| {
        assert!(
            gutters.iter().any(|(it, line)| it.starts_with(gutter) && line.contains(label)),
            "{gutter}\n{text}"
        );
    };
    with("╭", "4 B, part 1 of 3 of TEXT");
    with("│", "2 B, part 2 of 3 of TEXT");
    with("╰┌", "TEXT \"message 0\" 9 B");
    assert!(
        text.lines().any(|line| line.starts_with(" └") && line.contains("═CLOSE 1000 \"bye; <b> \" 11 B")),
        "{text}"
    );
    assert!(text.contains("TCP closed with three segments, not four"), "{text}");
    assert!(text.contains("stays in TIME-WAIT for 2 MSL"), "{text}");
    assert!(text.contains("The client's API reports 1000 wasClean=true."), "{text}");
    assert!(text.contains("reassembled PDU"), "{text}");
    assert!(text.contains("┄┄+2 ACKs┄"), "{text}");
}

#[test]
fn headers_are_shown_bit_by_bit_on_request() {
    let text = printed(&chatter(1), Looks { detail: Detail::Bits, ..Looks::default() });
    for line in [
        "1 000 0001  FIN=1 RSV=000 opcode=0x1 (text)",
        "1 0001001   MASK=1 length=9",
        "01 02 03 04  masking key",
        "  6c 67 70 77 60 65 66 24 31  masked payload",
        "⊕ 01 02 03 04 01 02 03 04 01  key[i mod 4]",
        "= 6d 65 73 73 61 67 65 20 30  payload",
    ] {
        assert!(text.lines().any(|it| it.trim() == line.trim()), "{line}\n{text}");
    }
}

#[test]
fn it_speaks_chinese_and_ascii() {
    let text = printed(&chatter(1), Looks { language: Language::Zh, ..Looks::default() });
    assert!(text.contains("── OPEN（三次握手） ─") && text.contains("文字说"), "{text}");
    assert!(text.contains("TEXT 的第 1/3 段"), "{text}");
    let ascii = printed(&chatter(1), Looks { glyphs: Glyphs::Ascii, ..Looks::default() });
    assert!(ascii.is_ascii(), "{ascii}");
    assert!(ascii.contains("--SYN seq=0 win=64240------"), "{ascii}");
}

#[test]
fn colour_is_for_the_writer_to_strip() {
    assert!(coloured(&chatter(1), Looks::default()).contains("\u{1b}["));
    assert!(!printed(&chatter(1), Looks::default()).contains('\u{1b}'));
}
