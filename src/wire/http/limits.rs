//! The scanner of incoming heads: finds the end within limits, and looks at each byte once.
//!
//! Parsing again from the start after every read costs the square of the length when a head comes byte by byte
//! (CVE-2023-43669); so the head is parsed only when it is whole.

use super::line_feed::line_feed;
use super::{HeadError, is_token};

/// Empty lines that are skipped before the first line. RFC 9112 §2.2 asks for at least one, for old clients that send
/// one behind a body; no client needs more than a few.
const EMPTY_LINES: usize = 8;

/// The limits of a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeadLimits {
    /// Bytes of the first line, its end included.
    pub first_line: usize,
    /// Bytes of the whole head, the empty line included.
    pub bytes: usize,
    /// Header lines.
    pub lines: usize,
}

impl Default for HeadLimits {
    fn default() -> Self {
        Self { first_line: 8 * 1024, bytes: 16 * 1024, lines: 100 }
    }
}

/// The state of a scan.
#[derive(Debug, Clone, Default)]
pub struct HeadScanner {
    seen: usize,
    line_start: usize,
    /// Lines that have ended, the first line included.
    lines: usize,
    /// Empty lines before the first line.
    empty: usize,
}

impl HeadScanner {
    /// Scans the new bytes of `head`, which holds all that came so far. `Some(len)` is the length of the whole head.
    ///
    /// # Errors
    /// [`HeadError`] as soon as a limit is passed, at a line that ends in LF alone, or at a first byte that begins no
    /// HTTP.
    pub fn scan(&mut self, head: &[u8], limits: &HeadLimits) -> Result<Option<usize>, HeadError> {
        loop {
            self.check_begin(head)?;
            let Some(at) = line_feed(&head[self.seen..]) else { break };
            let end = self.seen + at;
            if end == self.line_start || head[end - 1] != b'\r' {
                self.check_size(end + 1, limits)?;
                return Err(HeadError::BareLineFeed);
            }
            let empty = end - 1 == self.line_start;
            self.seen = end + 1;
            self.check_size(end + 1, limits)?;
            self.line_start = self.seen;
            if !empty {
                self.lines += 1;
                if self.lines > limits.lines + 1 {
                    return Err(HeadError::ManyLines(limits.lines));
                }
            } else if self.lines > 0 {
                return Ok(Some(self.seen));
            } else {
                self.empty += 1;
                if self.empty > EMPTY_LINES {
                    return Err(HeadError::EmptyLines(EMPTY_LINES));
                }
            }
        }
        self.seen = head.len();
        self.check_size(self.seen, limits)?;
        Ok(None)
    }

    /// Refuses at once bytes that cannot begin HTTP: their first LF may never come.
    fn check_begin(&self, head: &[u8]) -> Result<(), HeadError> {
        if self.lines > 0 || self.seen > self.line_start + 1 {
            return Ok(());
        }
        match &head[self.line_start..] {
            [] | [b'\r'] | [b'\r', b'\n', ..] | [b'\n', ..] => Ok(()),
            [first, ..] if is_token(*first) => Ok(()),
            _ => Err(HeadError::Malformed(httparse::Error::Token)),
        }
    }

    fn check_size(&self, len: usize, limits: &HeadLimits) -> Result<(), HeadError> {
        if self.lines == 0 && len - self.line_start > limits.first_line {
            return Err(HeadError::LongRequestLine(limits.first_line));
        }
        if len > limits.bytes {
            return Err(HeadError::LongHead(limits.bytes));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: HeadLimits = HeadLimits { first_line: 20, bytes: 60, lines: 3 };

    /// The result byte by byte, which must be the result at once.
    fn scan(head: &str) -> Result<Option<usize>, HeadError> {
        let mut scanner = HeadScanner::default();
        let mut result = Ok(None);
        for end in 1..=head.len() {
            result = scanner.scan(&head.as_bytes()[..end], &LIMITS);
            if result != Ok(None) {
                break;
            }
        }
        assert_eq!(HeadScanner::default().scan(head.as_bytes(), &LIMITS), result, "{head:?}");
        result
    }

    #[test]
    fn finds_the_end_wherever_it_is_cut() {
        assert_eq!(scan("GET / HTTP/1.1\r\nA: b\r\n\r\nmore"), Ok(Some(24)));
        assert_eq!(scan("\r\nGET / HTTP/1.1\r\n\r\n"), Ok(Some(20)));
        assert_eq!(scan("GET / HTTP/1.1\r\nA: b\r\n"), Ok(None));
    }

    /// A second look at scanned bytes would find the line feeds put there. Of it only the last byte may
    /// count, which may be the CR of the next LF.
    #[test]
    fn looks_at_each_byte_once() {
        let limits = HeadLimits::default();
        let head = format!("GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", "x".repeat(16_000));
        let mut seen = head.clone().into_bytes();
        let mut scanner = HeadScanner::default();
        for end in 1..head.len() {
            assert_eq!(scanner.scan(&seen[..end], &limits), Ok(None));
            if end > 1 {
                seen[end - 2] = b'\n';
            }
        }
        assert_eq!(scanner.scan(&seen, &limits), Ok(Some(head.len())));
    }

    #[test]
    fn limits_hold() {
        assert_eq!(scan("GET /0123456789 HTTP/1.1\r\n"), Err(HeadError::LongRequestLine(20)));
        assert_eq!(scan("GET /\r\nA:\r\nB:\r\nC:\r\nD:\r\n"), Err(HeadError::ManyLines(3)));
        assert_eq!(scan(&format!("GET /\r\nA: {}", "x".repeat(80))), Err(HeadError::LongHead(60)));
    }

    #[test]
    fn rfc_9112_section_2_2_empty_lines_come_before_the_first_but_not_for_ever() {
        let request = "GET / HTTP/1.1\r\n\r\n";
        let head = |empty| format!("{}{request}", "\r\n".repeat(empty));
        assert_eq!(scan(&head(8)), Ok(Some(16 + request.len())));
        assert_eq!(scan(&head(9)), Err(HeadError::EmptyLines(8)));
        assert_eq!(scan(&"\r\n".repeat(9)), Err(HeadError::EmptyLines(8)));
    }

    /// None of these has an LF that could be waited for.
    #[test]
    fn a_first_byte_that_begins_no_http_is_refused_at_once() {
        let malformed = Err(HeadError::Malformed(httparse::Error::Token));
        for head in ["\0", "\0\0\0", "\x16\x03\x01", " GET", "\x1b", "\u{e9}", "{", "\r\r", "\rGET", "\r\n\0"]
        {
            assert_eq!(scan(head), malformed, "{head:?}");
        }
        for head in ["G", "\r", "\r\n\r", "~"] {
            assert_eq!(scan(head), Ok(None), "{head:?}");
        }
    }

    #[test]
    fn a_line_feed_alone_is_refused() {
        assert_eq!(scan("GET / HTTP/1.1\nA: b\r\n\r\n"), Err(HeadError::BareLineFeed));
        assert_eq!(scan("GET / HTTP/1.1\r\n\n"), Err(HeadError::BareLineFeed));
    }
}
