//! RFC 6455 section 8: text that is not UTF-8, found as soon as it can be.

use super::*;

#[test]
fn section_8_1_text_must_be_utf_8() {
    for bytes in [&b"\xC0\x80"[..], b"\xED\xA0\x80", b"\xF5\x80\x80\x80", b"abc\xFF", b"\xE2\x82"] {
        assert_eq!(receive_all(&mut server(), &frame(Fin::Final, Opcode::TEXT, bytes)), [Seen::Failed(1007)]);
    }
}

#[test]
fn section_8_1_a_character_may_be_split_between_fragments() {
    let euro = "€".as_bytes();
    let bytes =
        [frame(Fin::More, Opcode::TEXT, &euro[..1]), frame(Fin::Final, Opcode::CONTINUATION, &euro[1..])];
    assert_eq!(receive_all(&mut server(), &bytes.concat()), [Seen::Text("€".into())]);
    assert_eq!(receive_all(&mut server(), &bytes[..1].concat()), []);
}

#[test]
fn section_8_1_bad_text_fails_before_its_frame_is_whole() {
    let whole = frame(Fin::Final, Opcode::TEXT, b"good \xF4\x90 and much more");
    let mut server = server();
    let bad_byte = 6 + "good ".len() + 1;
    assert_eq!(receive_all(&mut server, &whole[..bad_byte]), []);
    assert_eq!(receive_all(&mut server, &whole[bad_byte..=bad_byte]), [Seen::Failed(1007)]);
}
