//! What of a request's head a page must not see: a script cannot read the login cookie, and shall not learn it here.

/// The header lines whose values are hidden.
const SECRET: [&str; 2] = ["cookie", "authorization"];

/// In place of each byte of a secret.
const HIDDEN: u8 = b'x';

/// The head with what is secret in it overwritten: no byte more and none less, so that all else stands where it stood.
pub(super) fn hidden(head: &[u8]) -> Vec<u8> {
    let mut out = head.to_vec();
    for line in out.split_mut(|byte| *byte == b'\n') {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let (name, value) = line.split_at_mut(colon);
        if SECRET.iter().any(|secret| name.eq_ignore_ascii_case(secret.as_bytes())) {
            let is_value = |byte: &&mut u8| !matches!(**byte, b':' | b' ' | b'\t' | b'\r');
            value.iter_mut().filter(is_value).for_each(|byte| *byte = HIDDEN);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_overwritten_and_nothing_else() {
        let head = b"GET / HTTP/1.1\r\nCookie: a=b; c=d\r\nAUTHORIZATION:Bearer abc\r\nX-Cookie: e\r\nHost: cookie: f\r\n\r\n";
        let out = hidden(head);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "GET / HTTP/1.1\r\nCookie: xxxx xxx\r\nAUTHORIZATION:xxxxxx xxx\r\nX-Cookie: e\r\nHost: cookie: f\r\n\r\n"
        );
    }
}
