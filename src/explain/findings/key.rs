//! Key arithmetic on any text in the place of the key (RFC 6455 §4.2.2): a server may have answered a key that it should
//! have refused.

use sha1::{Digest as _, Sha1};

use base64::{Engine as _, prelude::BASE64_STANDARD};

use crate::observe::Upgrade;
use crate::wire::http::GUID;

/// SHA-1 of the key and the GUID.
pub(in crate::explain) fn hash(key: &str) -> [u8; 20] {
    Sha1::new().chain_update(key).chain_update(GUID).finalize().into()
}

/// The `Sec-WebSocket-Accept` that answers the key.
pub(in crate::explain) fn accept(key: &str) -> String {
    BASE64_STANDARD.encode(hash(key))
}

/// `true` if the answer is right; `None` without the key.
pub(in crate::explain) fn is_right(upgrade: &Upgrade) -> Option<bool> {
    let expected = accept(upgrade.key.as_deref()?);
    Some(upgrade.accept.as_ref() == Some(&expected))
}

#[test]
fn any_key_has_its_answer() {
    assert_eq!(accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    assert_eq!(accept("c3VyaWNhdGEtdGVzdC1rZXkh"), "i/Zf3S99/cVt3n5lmMrHSsr5Kqk=", "of 18 bytes");
}
