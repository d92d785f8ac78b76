//! How far a large capture was read, on a terminal; in a pipe nothing is said.

use std::cell::Cell;
use std::io::{self, IsTerminal as _, Write};
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::explain::escape_controls;

/// A file of more bytes is large.
const LARGE: u64 = 16 * 1024 * 1024;

/// What takes longer is told too.
const LONG: Duration = Duration::from_secs(1);

/// How often it is told.
const OFTEN: Duration = Duration::from_millis(100);

/// The clock is looked at once in so many packets.
const PACKETS: u64 = 64;

/// So many characters of a name are shown.
const NAME: usize = 40;

/// The last line of the terminal that stderr is.
#[derive(Debug, Clone)]
pub(super) struct Line(Rc<State>);

#[derive(Debug)]
struct State {
    is_on: Cell<bool>,
    is_shown: Cell<bool>,
}

impl Line {
    /// Where stderr is no terminal it stays empty.
    pub(super) fn new() -> Self {
        let is_on = Cell::new(io::stderr().is_terminal());
        Self(Rc::new(State { is_on, is_shown: Cell::new(false) }))
    }

    fn is_on(&self) -> bool {
        self.0.is_on.get()
    }

    fn show(&self, text: &str) {
        self.0.is_shown.set(true);
        let mut stderr = io::stderr().lock();
        // That it cannot be shown harms nothing.
        let _ = write!(stderr, "\r\x1b[K{text}").and_then(|()| stderr.flush());
    }

    /// Leaves the line empty.
    pub(super) fn erase(&self) {
        if self.0.is_shown.take() {
            let mut stderr = io::stderr().lock();
            let _ = write!(stderr, "\r\x1b[K").and_then(|()| stderr.flush());
        }
    }

    /// Leaves the line to others for good.
    fn leave(&self) {
        self.erase();
        self.0.is_on.set(false);
    }
}

/// What is written to the same terminal: the line is left to it.
pub(super) struct SameTerminal<W> {
    inner: W,
    line: Line,
}

impl<W> SameTerminal<W> {
    pub(super) const fn new(inner: W, line: Line) -> Self {
        Self { inner, line }
    }
}

impl<W: Write> Write for SameTerminal<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.line.leave();
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// How far a capture was read.
#[derive(Debug)]
pub(super) struct Progress {
    line: Line,
    name: String,
    size: Option<u64>,
    read: Rc<Cell<u64>>,
    begin: Instant,
    told: Option<Instant>,
}

impl Progress {
    pub(super) fn new(line: Line, name: &str, size: Option<u64>, read: Rc<Cell<u64>>) -> Self {
        let name = Path::new(name).file_name().map_or(name.into(), |name| name.to_string_lossy());
        let name = escape_controls(&name).chars().take(NAME).collect();
        Self { line, name, size, read, begin: Instant::now(), told: None }
    }

    /// So many packets were read.
    pub(super) fn tell(&mut self, packets: u64) {
        if !packets.is_multiple_of(PACKETS) || !self.line.is_on() {
            return;
        }
        let now = Instant::now();
        let is_large = self.size.is_some_and(|size| size > LARGE);
        let is_due = self.told.is_none_or(|told| now.duration_since(told) >= OFTEN);
        if is_due && (is_large || now.duration_since(self.begin) >= LONG) {
            self.told = Some(now);
            self.line.show(&self.text(packets));
        }
    }

    fn text(&self, packets: u64) -> String {
        let part = match self.size {
            Some(size @ 1..) => format!("{} %, ", (self.read.get().min(size) * 100) / size),
            _ => String::new(),
        };
        format!("wirewalk: {}: {part}{packets} packets", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_tells_the_part_that_was_read() {
        let line = Line(Rc::new(State { is_on: Cell::new(true), is_shown: Cell::new(false) }));
        let read = Rc::new(Cell::new(50));
        let mut progress = Progress::new(line, "a/b\x1b[31m.pcap", Some(200), read);
        assert_eq!(progress.text(7), "wirewalk: b\\u{1b}[31m.pcap: 25 %, 7 packets");
        progress.size = None;
        assert_eq!(progress.text(7), "wirewalk: b\\u{1b}[31m.pcap: 7 packets");
    }
}
