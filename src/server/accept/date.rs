//! The Date of every response (RFC 9110 §6.6.1). hyper adds its own to those it sends.

use std::cell::RefCell;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::wire::http::Response;

/// The formatted Date of one second.
struct Stamp {
    /// Since 1970.
    second: u64,
    text: String,
}

thread_local! {
    /// The last one: formatting costs more than the rest of a head, and a second has many responses.
    static STAMP: RefCell<Stamp> = const { RefCell::new(Stamp { second: u64::MAX, text: String::new() }) };
}

/// Encodes a response with the current Date.
pub(in crate::server) fn encode(response: &Response) -> Vec<u8> {
    let second = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    encode_at(response, second)
}

fn encode_at(response: &Response, second: u64) -> Vec<u8> {
    STAMP.with_borrow_mut(|stamp| {
        if stamp.second != second {
            let text = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(second));
            *stamp = Stamp { second, text };
        }
        response.encode_with_date(&stamp.text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::http::{ResponseHead, Status};

    #[test]
    fn rfc_9110_section_5_6_7_each_second_has_its_date() {
        for (second, date) in [
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (784_111_778, "Sun, 06 Nov 1994 08:49:38 GMT"),
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        ] {
            let bytes = encode_at(&Response::new(Status::OK), second);
            let head = ResponseHead::parse(&bytes).unwrap();
            assert_eq!(head.headers.single("Date"), Ok(Some(date.as_bytes())));
        }
    }
}
