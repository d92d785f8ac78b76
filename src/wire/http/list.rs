//! The grammars of the two lists in an opening handshake: subprotocols and extensions.
//!
//! Both are lists with at least one element and none that is empty: RFC 9110 §5.6.1 lets a recipient pass over empty
//! ones, but a list that is read in part is read otherwise by another recipient.

use super::is_token;

/// Returns `true` if lines of `Sec-WebSocket-Protocol` are together a list of tokens, no two the same (RFC 6455 §4.1
/// item 10, §11.3.4). No line at all is none to object to.
pub fn are_subprotocols<'a>(lines: impl Iterator<Item = &'a [u8]>) -> bool {
    let mut names: Vec<&[u8]> = Vec::new();
    for line in lines {
        for name in line.split(|byte| *byte == b',').map(trim) {
            if name.is_empty() || !name.iter().copied().all(is_token) {
                return false;
            }
            names.push(name);
        }
    }
    // Sorted: a head has room for thousands, and comparing each with each would cost as much as the sender likes.
    names.sort_unstable();
    names.windows(2).all(|two| two[0] != two[1])
}

/// Returns `true` if a line of `Sec-WebSocket-Extensions` is a list of extensions (RFC 6455 §9.1):
///
/// ```text
/// extension-list    = 1#extension
/// extension         = extension-token *( ";" extension-param )
/// extension-param   = token [ "=" (token | quoted-string) ]
/// ```
///
/// The value of a quoted-string must be a token, too. White space may stand around each separator, as the `implied
/// *LWS` of that section has it. Names and parameters of the extensions are not interpreted.
#[must_use]
pub fn are_extensions(line: &[u8]) -> bool {
    let mut cursor = Cursor(line);
    loop {
        if !cursor.extension() {
            return false;
        }
        match cursor.separator() {
            None => return cursor.0.is_empty(),
            Some(b',') => {}
            Some(_) => return false,
        }
    }
}

/// The rest of a line.
struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    /// A name and its parameters, up to the first byte that cannot belong to them.
    fn extension(&mut self) -> bool {
        if !self.token() {
            return false;
        }
        while self.skip(b';') {
            if !self.token() || self.skip(b'=') && !(self.quoted_token() || self.token()) {
                return false;
            }
        }
        true
    }

    /// The next byte that is no white space.
    fn separator(&mut self) -> Option<u8> {
        self.0 = trim_start(self.0);
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// Takes a separator, if it is the next one.
    fn skip(&mut self, separator: u8) -> bool {
        let rest = trim_start(self.0).strip_prefix(&[separator]);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    /// Takes a token, of at least one character.
    fn token(&mut self) -> bool {
        self.0 = trim_start(self.0);
        let len = self.0.iter().position(|byte| !is_token(*byte)).unwrap_or(self.0.len());
        self.0 = &self.0[len..];
        len > 0
    }

    /// Takes a token in double quotes, in which a backslash may stand before any character (RFC 9110 §5.6.4).
    fn quoted_token(&mut self) -> bool {
        let Some(mut rest) = trim_start(self.0).strip_prefix(b"\"") else { return false };
        let mut is_empty = true;
        loop {
            rest = match rest {
                [b'"', rest @ ..] if !is_empty => {
                    self.0 = rest;
                    return true;
                }
                [b'\\', byte, rest @ ..] | [byte, rest @ ..] if is_token(*byte) => rest,
                _ => return false,
            };
            is_empty = false;
        }
    }
}

/// Without the white space at both ends (RFC 9110 §5.6.3).
fn trim(mut bytes: &[u8]) -> &[u8] {
    bytes = trim_start(bytes);
    while let [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

fn trim_start(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = bytes {
        bytes = rest;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subprotocols(lines: &[&str]) -> bool {
        are_subprotocols(lines.iter().map(|line| line.as_bytes()))
    }

    #[test]
    fn rfc_6455_section_4_1_subprotocols_are_tokens() {
        for right in [
            &[][..],
            &["chat"],
            &["chat, superchat"],
            &["a,\tb ,c"],
            &["a", "b, c"],
            &["v1.x|y~z"],
            &["a, A"],
        ] {
            assert!(subprotocols(right), "{right:?}");
        }
        for wrong in [
            &[""][..],
            &[","],
            &["chat,"],
            &[",chat"],
            &["chat,,superchat"],
            &["chat, , superchat"],
            &["chat", ""],
            &["chat<>"],
            &["chat superchat"],
            &["chat;a"],
            &["\"chat\""],
            &["chat=1"],
            &["a/b"],
            &["(a)"],
            &["ch\u{e4}t"],
            &["chat, chat"],
            &["chat", "superchat, chat"],
        ] {
            assert!(!subprotocols(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn rfc_6455_section_9_1_extensions() {
        for right in [
            "foo",
            "permessage-deflate",
            "permessage-deflate; client_max_window_bits",
            "permessage-deflate;client_max_window_bits=15;server_no_context_takeover",
            "permessage-deflate ; client_max_window_bits = 15 , x-webkit-deflate-frame",
            "foo; a=\"15\"",
            "foo; a=\"1\\5\"",
            "foo;\ta=b,\tbar",
            "deflate-stream",
            "mux; max-channels=4; flow-control, deflate-stream",
            "foo; a; a",
        ] {
            assert!(are_extensions(right.as_bytes()), "{right:?}");
        }
        for wrong in [
            "",
            " ",
            ",",
            "foo,",
            ",foo",
            "foo,,bar",
            ";",
            "foo;",
            ";foo",
            "foo;;a",
            "foo; ;a",
            "foo;a;",
            "=",
            "foo=1",
            "foo;=1",
            "foo;a=",
            "foo;a=,bar",
            "foo;a==1",
            "foo;a=1=2",
            "foo bar",
            "foo;a b",
            "foo;a=1 2",
            "foo;a=\"15",
            "foo;a=\"15\\",
            "foo;a=\"15\\\"",
            "foo;a=\"",
            "foo;a=\"\"",
            "foo;a=\"1 5\"",
            "foo;a=\"1,5\"",
            "foo;a=\"1\\\"5\"",
            "foo;a=\"15\"x",
            "foo;a=\"15\"\"15\"",
            "foo;\"a\"",
            "\"foo\"",
            "foo<>",
            "f\u{f6}\u{f6}",
            "foo;a={1}",
            "foo\0",
        ] {
            assert!(!are_extensions(wrong.as_bytes()), "{wrong:?}");
        }
    }
}
