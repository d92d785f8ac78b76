//! Redaction of a request head. Anyone who makes a browser connect with their own key sees what the browser and each
//! proxy on the way put into the head: cookies, credentials, tokens of whatever name. So only what is known to be
//! harmless is shown.

/// Headers whose values are shown, in lower case: those of the protocol, and those that a page knows of its own
/// browser.
const SHOWN: [&str; 22] = [
    "accept",
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "cache-control",
    "connection",
    "content-length",
    "content-type",
    "date",
    "dnt",
    "host",
    "keep-alive",
    "origin",
    "pragma",
    "priority",
    "sec-gpc",
    "te",
    "transfer-encoding",
    "upgrade",
    "upgrade-insecure-requests",
    "user-agent",
    "via",
];

/// Prefixes of further such headers.
const SHOWN_FAMILIES: [&str; 3] = ["sec-websocket-", "sec-fetch-", "sec-ch-ua"];

/// Query parameters whose values are shown: those that wirewalk's own pages add.
const SHOWN_PARAMETERS: [&[u8]; 3] = [b"inspect", b"run", b"seconds"];

/// Replacement of each byte that is not shown.
const MASK: u8 = b'x';

/// The head with every possible secret overwritten, at the same length, so that all else stays in its place.
pub(super) fn redact_head(head: &[u8]) -> Vec<u8> {
    let mut out = head.to_vec();
    let mut lines = out.split_mut(|byte| *byte == b'\n').skip_while(|line| line.trim_ascii().is_empty());
    if let Some(line) = lines.next() {
        redact_query(line);
    }
    for line in lines {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let (name, value) = line.split_at_mut(colon);
        if !is_shown(name) {
            mask(&mut value[1..]);
        }
    }
    out
}

fn is_shown(name: &[u8]) -> bool {
    let begins = |family: &&str| {
        name.get(..family.len()).is_some_and(|start| start.eq_ignore_ascii_case(family.as_bytes()))
    };
    SHOWN.iter().any(|shown| name.eq_ignore_ascii_case(shown.as_bytes())) || SHOWN_FAMILIES.iter().any(begins)
}

/// Masks the values of the query parameters of a request line; what has no name is a value.
fn redact_query(line: &mut [u8]) {
    let Some(start) = line.iter().position(|byte| *byte == b'?') else { return };
    let query = &mut line[start + 1..];
    // The version comes behind the target.
    let end = query.iter().position(|byte| *byte == b' ').unwrap_or(query.len());
    for parameter in query[..end].split_mut(|byte| *byte == b'&') {
        match parameter.iter().position(|byte| *byte == b'=') {
            Some(equals) if SHOWN_PARAMETERS.contains(&&parameter[..equals]) => {}
            Some(equals) => mask(&mut parameter[equals + 1..]),
            None => mask(parameter),
        }
    }
}

fn mask(value: &mut [u8]) {
    value.iter_mut().filter(|byte| !matches!(**byte, b' ' | b'\t' | b'\r')).for_each(|byte| *byte = MASK);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redacted(head: &str) -> String {
        String::from_utf8(redact_head(head.as_bytes())).unwrap()
    }

    #[test]
    fn values_of_unknown_headers_are_masked() {
        for (line, shown) in [
            ("Cookie: a=b; c=d", "Cookie: xxxx xxx"),
            ("AUTHORIZATION:Bearer a:c", "AUTHORIZATION:xxxxxx xxx"),
            ("Proxy-Authorization: Basic abc", "Proxy-Authorization: xxxxx xxx"),
            ("X-Api-Key: k", "X-Api-Key: x"),
            ("Cf-Access-Jwt-Assertion: e.y.J", "Cf-Access-Jwt-Assertion: xxxxx"),
            ("X-Forwarded-Access-Token: \u{e9}", "X-Forwarded-Access-Token: xx"),
            ("X-Forwarded-For: 192.0.2.1", "X-Forwarded-For: xxxxxxxxx"),
            ("Referer: http://a/?t", "Referer: xxxxxxxxxxx"),
            ("Hostess: a", "Hostess: x"),
            ("X-Sec-Fetch-Mode: a", "X-Sec-Fetch-Mode: x"),
            ("Sec-: a", "Sec-: x"),
            (": a", ": x"),
            ("Host: cookie: f", "Host: cookie: f"),
            ("uSER-aGENT: Mozilla", "uSER-aGENT: Mozilla"),
            ("Sec-WebSocket-Key: abc==", "Sec-WebSocket-Key: abc=="),
            ("sec-ch-ua-platform: \"Linux\"", "sec-ch-ua-platform: \"Linux\""),
            ("Sec-Fetch-Mode: websocket", "Sec-Fetch-Mode: websocket"),
            ("Empty:", "Empty:"),
        ] {
            let head = |line: &str| format!("GET / HTTP/1.1\r\n{line}\r\nHost: a\r\n\r\n");
            assert_eq!(redacted(&head(line)), head(shown));
        }
    }

    #[test]
    fn values_of_foreign_query_parameters_are_masked() {
        for (target, shown) in [
            ("/echo", "/echo"),
            ("/echo?inspect=KEY&run=a&seconds=1", "/echo?inspect=KEY&run=a&seconds=1"),
            ("/message?sessionId=a-b&userId=7&inspect=K", "/message?sessionId=xxx&userId=x&inspect=K"),
            ("/echo?token", "/echo?xxxxx"),
            ("/echo?&=a&Inspect=b&inspect%3D=c", "/echo?&=x&Inspect=x&inspect%3D=x"),
            ("/echo?a=b=c:d?e", "/echo?a=xxxxxxx"),
        ] {
            let head = |target: &str| format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");
            assert_eq!(redacted(&head(target)), head(shown));
            // A client may begin with an empty line (RFC 9112 §2.2).
            let later = format!("\r\n{}", head(target));
            assert_eq!(redacted(&later), format!("\r\n{}", head(shown)));
        }
        assert_eq!(redacted(""), "");
    }
}
