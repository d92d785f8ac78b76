//! A capture as one page for a browser. The page holds the lines of [`Feed`] as they are; its script makes rows of them.

use std::io;

use crate::explain::findings::{File, Finding, Verdict};
use crate::explain::views::View;
use crate::explain::views::feed::Feed;
use crate::explain::views::field::Bytes;
use crate::observe::{Ended, Observation};

/// The page around the lines.
#[derive(Debug, Clone)]
pub struct Shell {
    /// Text before them. It ends within a `script` element that is not run.
    pub before: String,
    /// Text behind them.
    pub after: String,
}

/// Writes a capture as a page. Memory grows with the open connections only: nothing is spilled.
#[derive(Debug)]
pub struct Report<W> {
    feed: Feed<Escaped<W>>,
    shell: Shell,
    has_begun: bool,
}

impl<W: io::Write> Report<W> {
    /// A page to be written there.
    pub fn new(to: W, shell: Shell) -> Self {
        Self { feed: Feed::new(Escaped(to)), shell, has_begun: false }
    }

    fn begin(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.has_begun, true) {
            return Ok(());
        }
        self.feed.to().0.write_all(self.shell.before.as_bytes())
    }
}

impl<W: io::Write> View for Report<W> {
    fn begins(&mut self, time_ns: u64) {
        self.feed.begins(time_ns);
    }

    fn step(&mut self, step: &Observation) -> io::Result<()> {
        self.begin()?;
        self.feed.step(step)
    }

    fn bytes(&mut self, bytes: &Bytes<'_>, step: &Observation) -> io::Result<()> {
        self.feed.bytes(bytes, step)
    }

    fn finding(&mut self, stream: u64, found: &Finding) -> io::Result<()> {
        self.begin()?;
        self.feed.finding(stream, found)
    }

    fn verdict(&mut self, stream: u64, verdict: &Verdict) -> io::Result<()> {
        self.begin()?;
        self.feed.verdict(stream, verdict)
    }

    fn ended(&mut self, ended: &Ended) -> io::Result<()> {
        self.begin()?;
        self.feed.ended(ended)
    }

    fn finish(&mut self, file: &File) -> io::Result<()> {
        self.begin()?;
        self.feed.finish(file)?;
        let to = &mut self.feed.to().0;
        to.write_all(self.shell.after.as_bytes())?;
        to.flush()
    }
}

/// JSON within a page: `<` stands only within its strings, and there it is escaped, so that nothing in it ends the
/// element that it stands in, or begins a comment.
#[derive(Debug)]
struct Escaped<W>(W);

impl<W: io::Write> io::Write for Escaped<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for (place, part) in bytes.split(|byte| *byte == b'<').enumerate() {
            if place > 0 {
                self.0.write_all(b"\\u003c")?;
            }
            self.0.write_all(part)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::testing::{chatter, opened_and_reset};

    #[test]
    fn the_lines_stand_in_the_page_and_do_not_leave_it() {
        let (before, after) = ("<before>".to_owned(), "<after>".to_owned());
        let mut out = Vec::new();
        chatter(3).show(&mut Report::new(&mut out, Shell { before, after }));
        let page = String::from_utf8(out).unwrap();
        let inside = page.strip_prefix("<before>").and_then(|rest| rest.strip_suffix("<after>")).unwrap();
        assert!(!inside.contains('<') && inside.contains(r"\u003c"), "{inside}");
        assert!(inside.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()));
        let stories = inside.lines().filter(|line| line.starts_with(r#"{"type":"story""#)).count();
        assert!(stories >= 1, "{inside}");
        assert!(inside.lines().last().unwrap().starts_with(r#"{"type":"file""#));
    }

    #[test]
    fn a_capture_without_connections_is_a_page_too() {
        let mut out = Vec::new();
        let shell = Shell { before: "<".to_owned(), after: ">".to_owned() };
        let mut capture = opened_and_reset();
        capture.steps.clear();
        capture.ended.clear();
        capture.show(&mut Report::new(&mut out, shell));
        assert!(out.starts_with(b"<{\"type\":\"notes\"") && out.ends_with(b"\n>"));
    }
}
