//! The protocols that a TLS hello names in clear (RFC 8446 §4.1, RFC 7301 §3.1).

/// The longest record with its header, in bytes (RFC 8446 §5.1).
const MAX_RECORD: usize = 5 + (1 << 14);

/// Collects the record with a side's hello.
#[derive(Debug, Default)]
pub(in crate::observe) struct HelloCollector(Vec<u8>);

/// The state of the collection.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::observe) enum Progress {
    NeedMore,
    /// The protocols of the hello.
    Complete(Vec<String>),
    NoHello,
}

impl HelloCollector {
    pub(in crate::observe) const fn memory(&self) -> usize {
        self.0.capacity()
    }

    /// Adds the next bytes.
    pub(in crate::observe) fn push(&mut self, bytes: &[u8]) -> Progress {
        let room = MAX_RECORD - self.0.len();
        self.0.extend_from_slice(&bytes[..bytes.len().min(room)]);
        let wanted = self.0.get(3..5).map(|length| 5 + usize::from(length[0]) * 256 + usize::from(length[1]));
        match (self.0.first(), wanted) {
            (Some(22), None) => Progress::NeedMore,
            (Some(22), Some(wanted)) if wanted <= MAX_RECORD && self.0.len() < wanted => Progress::NeedMore,
            _ => protocols(&self.0).map_or(Progress::NoHello, Progress::Complete),
        }
    }
}

/// Reads TLS vectors, which begin with their length (RFC 8446 §3.4).
struct Cursor<'b>(&'b [u8]);

impl<'b> Cursor<'b> {
    fn split_front(&mut self, length: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    /// A vector whose length field has `width` bytes.
    fn vector(&mut self, width: usize) -> Option<&'b [u8]> {
        let length =
            self.split_front(width)?.iter().fold(0, |length, byte| length * 256 + usize::from(*byte));
        self.split_front(length)
    }
}

/// The protocols that the hello in a record names, none without the ALPN extension; `None` if the record has no hello.
fn protocols(record: &[u8]) -> Option<Vec<String>> {
    let mut record = Cursor(record);
    record.split_front(3)?;
    let mut handshake = Cursor(record.vector(2)?);
    let kind = handshake.split_front(1)?[0];
    let mut hello = Cursor(handshake.vector(3)?);
    // Version and random, then the session id.
    hello.split_front(34)?;
    hello.vector(1)?;
    match kind {
        // Cipher suites and compression methods, to choose from.
        1 => {
            hello.vector(2)?;
            hello.vector(1)?;
        }
        // One of each.
        2 => {
            hello.split_front(3)?;
        }
        _ => return None,
    }
    let mut extensions = Cursor(hello.vector(2).unwrap_or_default());
    while let Some(kind) = extensions.split_front(2) {
        let body = extensions.vector(2)?;
        if kind == [0, 16] {
            let mut list = Cursor(Cursor(body).vector(2)?);
            let names = std::iter::from_fn(|| list.vector(1));
            return Some(names.map(|name| String::from_utf8_lossy(name).into_owned()).collect());
        }
    }
    Some(Vec::new())
}
