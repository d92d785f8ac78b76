//! Progress through a large capture, on a terminal only.

use std::cell::Cell;
use std::io::{self, IsTerminal as _, Write};
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::explain::escape_controls;

/// Bytes from which on a file is large: its progress is shown at once.
const LARGE: u64 = 16 * 1024 * 1024;

/// Time after which the progress of any file is shown.
const LONG: Duration = Duration::from_secs(1);

/// Interval between two updates.
const OFTEN: Duration = Duration::from_millis(100);

/// Packets between two looks at the clock.
const PACKETS: u64 = 64;

/// Characters of the name that are shown.
const NAME: usize = 40;

/// The last line of the terminal that stderr is.
#[derive(Debug, Clone)]
pub(super) struct StatusLine(Rc<State>);

#[derive(Debug)]
struct State {
    is_on: Cell<bool>,
    is_shown: Cell<bool>,
}

impl StatusLine {
    /// A status line; it stays empty where stderr is no terminal.
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
        // A failure harms nothing: it is only progress.
        let _ = write!(stderr, "\r\x1b[K{text}").and_then(|()| stderr.flush());
    }

    /// Erases the line.
    pub(super) fn erase(&self) {
        if self.0.is_shown.take() {
            let mut stderr = io::stderr().lock();
            let _ = write!(stderr, "\r\x1b[K").and_then(|()| stderr.flush());
        }
    }

    /// Erases the line, and shows nothing more on it.
    fn leave(&self) {
        self.erase();
        self.0.is_on.set(false);
    }
}

/// A writer to the same terminal: its first bytes end the status line.
pub(super) struct TerminalWriter<W> {
    inner: W,
    line: StatusLine,
}

impl<W> TerminalWriter<W> {
    pub(super) const fn new(inner: W, line: StatusLine) -> Self {
        Self { inner, line }
    }
}

impl<W: Write> Write for TerminalWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.line.leave();
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// The progress of one capture.
#[derive(Debug)]
pub(super) struct Progress {
    line: StatusLine,
    name: String,
    size: Option<u64>,
    read: Rc<Cell<u64>>,
    begin: Instant,
    shown_at: Option<Instant>,
}

impl Progress {
    pub(super) fn new(line: StatusLine, name: &str, size: Option<u64>, read: Rc<Cell<u64>>) -> Self {
        let name = Path::new(name).file_name().map_or(name.into(), |name| name.to_string_lossy());
        let name = escape_controls(&name).chars().take(NAME).collect();
        Self { line, name, size, read, begin: Instant::now(), shown_at: None }
    }

    /// Shows the progress, if it is due after this many packets.
    pub(super) fn update(&mut self, packets: u64) {
        if !packets.is_multiple_of(PACKETS) || !self.line.is_on() {
            return;
        }
        let now = Instant::now();
        let is_large = self.size.is_some_and(|size| size > LARGE);
        let is_due = self.shown_at.is_none_or(|shown_at| now.duration_since(shown_at) >= OFTEN);
        if is_due && (is_large || now.duration_since(self.begin) >= LONG) {
            self.shown_at = Some(now);
            self.line.show(&self.text(packets));
        }
    }

    fn text(&self, packets: u64) -> String {
        let part = match self.size {
            Some(size @ 1..) => format!("{} %, ", (self.read.get().min(size) * 100) / size),
            _ => String::new(),
        };
        let noun = if packets == 1 { "packet" } else { "packets" };
        format!("wirewalk: {}: {part}{packets} {noun}", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_names_the_part_that_was_read() {
        let line = StatusLine(Rc::new(State { is_on: Cell::new(true), is_shown: Cell::new(false) }));
        let read = Rc::new(Cell::new(50));
        let mut progress = Progress::new(line, "a/b\x1b[31m.pcap", Some(200), read);
        assert_eq!(progress.text(7), "wirewalk: b\\u{1b}[31m.pcap: 25 %, 7 packets");
        progress.size = None;
        assert_eq!(progress.text(7), "wirewalk: b\\u{1b}[31m.pcap: 7 packets");
    }
}
