//! Causes of a wrong `Sec-WebSocket-Accept`: which of the usual mistakes turns the key into what the server sent.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE};
use sha1::{Digest as _, Sha1};
use sha2::{Digest as _, Sha256};

use crate::explain::findings::catalogue::opening::{
    ANSWER_NO_PADDING, EXAMPLE, GUID_BRACES, GUID_FIRST, GUID_LOWER, HEX, HEX_BASE64, KEY_DECODED, KEY_LOWER,
    KEY_OF_OTHER_CONNECTION, NO_GUID, NO_MISTAKE, NO_PADDING, OTHER_CASE, SHA256, SPACE_AFTER_KEY,
    SPACE_BEFORE_KEY, STRAY_AFTER_GUID, STRAY_CR, STRAY_LF, STRAY_NUL, THE_KEY, URL_BASE64,
};
use crate::explain::findings::entry::Localized;
use crate::explain::findings::key::{accept, hash};
use crate::wire::http::GUID;

fn sha1(parts: &[&[u8]]) -> String {
    let hash = parts.iter().fold(Sha1::new(), sha1::Digest::chain_update).finalize();
    BASE64_STANDARD.encode(hash)
}

fn hex(hash: &[u8]) -> String {
    hash.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

/// The mistake that gives the answer to a key; `others` are the keys of other connections.
pub(in crate::explain::findings) fn mistake<'k>(
    key: &str,
    sent: &str,
    others: impl IntoIterator<Item = &'k str>,
) -> Localized {
    let expected = accept(key);
    let hash = hash(key);
    let guid = GUID.as_bytes();
    let with = |key: &[u8]| sha1(&[key, guid]);
    let framed = |before: &str, behind: &str| with(format!("{before}{key}{behind}").as_bytes());
    let behind = |end: &[u8]| sha1(&[key.as_bytes(), guid, end]);
    let nonce = BASE64_STANDARD.decode(key).unwrap_or_default();
    let sha256 = BASE64_STANDARD.encode(Sha256::digest(format!("{key}{GUID}")));
    let bare = |text: &str| text.trim_end_matches('=').to_owned();
    let candidates = [
        (key.to_owned(), THE_KEY),
        (with(&nonce), KEY_DECODED),
        (sha1(&[key.as_bytes()]), NO_GUID),
        (sha1(&[&nonce]), NO_GUID),
        (sha1(&[key.as_bytes(), GUID.to_ascii_lowercase().as_bytes()]), GUID_LOWER),
        (sha1(&[key.as_bytes(), format!("{{{GUID}}}").as_bytes()]), GUID_BRACES),
        (sha1(&[guid, key.as_bytes()]), GUID_FIRST),
        (BASE64_STANDARD.encode(hex(&hash)), HEX_BASE64),
        (BASE64_STANDARD.encode(hex(&hash).to_uppercase()), HEX_BASE64),
        (framed("", "\r"), STRAY_CR),
        (framed("", "\r\n"), STRAY_LF),
        (framed("", "\n"), STRAY_LF),
        (framed(" ", ""), SPACE_BEFORE_KEY),
        (framed("", " "), SPACE_AFTER_KEY),
        (framed("", "\0"), STRAY_NUL),
        (behind(b"\0"), STRAY_AFTER_GUID),
        (behind(b"\n"), STRAY_AFTER_GUID),
        (behind(b"\r\n"), STRAY_AFTER_GUID),
        (with(key.to_ascii_lowercase().as_bytes()), KEY_LOWER),
        (with(bare(key).as_bytes()), NO_PADDING),
        // Without letters that only one alphabet has, the padding is what is missing.
        (bare(&expected), ANSWER_NO_PADDING),
        (BASE64_URL_SAFE.encode(hash), URL_BASE64),
        (bare(&BASE64_URL_SAFE.encode(hash)), URL_BASE64),
        (sha256, SHA256),
        ("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=".to_owned(), EXAMPLE),
    ];
    if let Some((_, mistake)) = candidates.iter().find(|(text, _)| text == sent) {
        return *mistake;
    }
    if sent.replace([':', ' '], "").eq_ignore_ascii_case(&hex(&hash)) {
        return HEX;
    }
    if sent.eq_ignore_ascii_case(&expected) {
        return OTHER_CASE;
    }
    let is_others = others.into_iter().any(|other| other != key && accept(other) == sent);
    if is_others { KEY_OF_OTHER_CONNECTION } else { NO_MISTAKE }
}

#[test]
fn each_mistake_is_recognized() {
    let key = "x3JJHMbDL1EzLkh9GBhXDw==";
    let nonce = BASE64_STANDARD.decode(key).unwrap();
    let right = accept(key);
    assert_eq!(right, "HSmrc0sMlYUkAGmm5OPpG2HaGWk=", "a pair that is known");
    for (sent, mistake_is) in [
        (key.to_owned(), THE_KEY),
        (sha1(&[&nonce, GUID.as_bytes()]), KEY_DECODED),
        (sha1(&[key.as_bytes()]), NO_GUID),
        (sha1(&[key.as_bytes(), b"258eafa5-e914-47da-95ca-c5ab0dc85b11"]), GUID_LOWER),
        (hex(&hash(key)), HEX),
        (hex(&hash(key)).to_uppercase(), HEX),
        (BASE64_STANDARD.encode(hex(&hash(key))), HEX_BASE64),
        (sha1(&[key.as_bytes(), b"\r", GUID.as_bytes()]), STRAY_CR),
        (sha1(&[b" ", key.as_bytes(), GUID.as_bytes()]), SPACE_BEFORE_KEY),
        (right.trim_end_matches('=').to_owned(), ANSWER_NO_PADDING),
        (right.to_lowercase(), OTHER_CASE),
        (accept("dGhlIHNhbXBsZSBub25jZQ=="), EXAMPLE),
        (accept("AAAAAAAAAAAAAAAAAAAAAA=="), KEY_OF_OTHER_CONNECTION),
        ("AAAAAAAAAAAAAAAAAAAAAAAAAAA=".to_owned(), NO_MISTAKE),
    ] {
        assert_eq!(mistake(key, &sent, [key, "AAAAAAAAAAAAAAAAAAAAAA=="]), mistake_is, "{sent}");
    }
}
