//! The writer of `explain`: standard output or a file, with colours passed on or stripped.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::rc::Rc;

use anstream::{AutoStream, ColorChoice, StripStream};

use super::progress::{StatusLine, TerminalWriter};
use crate::cli::output_plan::OutputPlan;

/// The writer of the document, shared by the view and by an input that flushes it.
#[derive(Clone)]
pub(super) struct SharedWriter(Rc<RefCell<Box<dyn Write>>>);

impl Write for SharedWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.borrow_mut().write_all(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.borrow_mut().flush()
    }
}

impl OutputPlan<'_> {
    /// The writer of the document. Colours pass on a terminal, or as `--color` says.
    pub(super) fn shared_writer(
        &self,
        color: ColorChoice,
        line: &StatusLine,
    ) -> Result<SharedWriter, String> {
        Ok(SharedWriter(Rc::new(RefCell::new(self.writer(color, line)?))))
    }

    fn writer(&self, color: ColorChoice, line: &StatusLine) -> Result<Box<dyn Write>, String> {
        let Some(format) = self.format else { return Ok(Box::new(io::sink())) };
        let Some(out) = self.out else {
            let stdout = io::stdout();
            let is_terminal = stdout.is_terminal();
            let colours: Box<dyn Write> = match format {
                format if format.is_text() => Box::new(AutoStream::new(stdout.lock(), color)),
                _ if is_terminal => Box::new(stdout.lock()),
                _ => as_a_file(&stdout),
            };
            return Ok(if !is_terminal {
                Box::new(BufWriter::with_capacity(1 << 16, colours))
            } else if format.is_text() {
                Box::new(BufWriter::with_capacity(1 << 16, TerminalWriter::new(colours, line.clone())))
            } else {
                Box::new(io::LineWriter::new(TerminalWriter::new(colours, line.clone())))
            });
        };
        let file = self.document(out)?;
        Ok(match format {
            format if format.is_text() => Box::new(BufWriter::new(StripStream::new(file))),
            _ => Box::new(BufWriter::with_capacity(1 << 16, file)),
        })
    }
}

/// Standard output as a plain file: its own buffer would search for line ends in a document that has none.
fn as_a_file(stdout: &io::Stdout) -> Box<dyn Write> {
    #[cfg(unix)]
    if let Ok(file) = std::os::fd::AsFd::as_fd(stdout).try_clone_to_owned() {
        return Box::new(File::from(file));
    }
    Box::new(stdout.lock())
}
