//! Finds the end of a head as it comes in, within limits, looking at each byte once.
//!
//! Parsing again from the start after every read costs the square of the length when a head comes byte by byte
//! (CVE-2023-43669); so the head is parsed only when it is whole.

use super::HeadError;

/// How large a head may be.
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

/// Remembers how far a head was looked at.
#[derive(Debug, Clone, Default)]
pub struct HeadScanner {
    seen: usize,
    line_start: usize,
    /// Lines that have ended, the first line included.
    lines: usize,
}

impl HeadScanner {
    /// Looks at what is new in `head`, all that came so far. `Some(len)` is the length of the whole head.
    ///
    /// # Errors
    /// [`HeadError`] as soon as a limit is passed, or at a line that ends in LF alone.
    pub fn scan(&mut self, head: &[u8], limits: &HeadLimits) -> Result<Option<usize>, HeadError> {
        while let Some(at) = memchr::memchr(b'\n', &head[self.seen..]) {
            let end = self.seen + at;
            if end == self.line_start || head[end - 1] != b'\r' {
                self.check_size(end + 1, limits)?;
                return Err(HeadError::BareLineFeed);
            }
            let empty = end - 1 == self.line_start;
            self.seen = end + 1;
            self.check_size(end + 1, limits)?;
            self.line_start = self.seen;
            // An empty line before the request line is skipped, as RFC 9112 §2.2 asks.
            if empty && self.lines > 0 {
                return Ok(Some(self.seen));
            }
            if !empty {
                self.lines += 1;
            }
            if self.lines > limits.lines + 1 {
                return Err(HeadError::ManyLines(limits.lines));
            }
        }
        self.seen = head.len();
        self.check_size(self.seen, limits)?;
        Ok(None)
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

    /// Whoever looked again at what was seen would stumble over the line feeds put there. Of it only the last byte may
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
        assert_eq!(scan(&"\r\n".repeat(40)), Err(HeadError::LongHead(60)));
    }

    #[test]
    fn a_line_feed_alone_is_refused() {
        assert_eq!(scan("GET / HTTP/1.1\nA: b\r\n\r\n"), Err(HeadError::BareLineFeed));
        assert_eq!(scan("GET / HTTP/1.1\r\n\n"), Err(HeadError::BareLineFeed));
    }
}
