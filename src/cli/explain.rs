//! `wirewalk explain`: captures in, explanations out.

mod annotated;
mod input;
mod notes;
mod output;
mod progress;
mod spool;
mod telling;
mod twice;
mod wanted;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anstream::ColorChoice;
use clap::{ArgGroup, Args};

use self::input::Input;
use self::output::Plan;
use self::progress::Line;
use self::spool::Spool;
use self::telling::{Telling, Views};
use self::wanted::Wanted;
use super::{complain, values};
use crate::capture::{OpenError, Reader};
use crate::explain::{Comments, Detail, Document, Glyphs, Ladder, Language, Lines, Looks, Mermaid, View};

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("view").multiple(false))]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Options {
    /// Captures: pcap or pcapng, gzip too; '-' reads standard input
    #[arg(value_name = "FILE", required_unless_present = "read")]
    files: Vec<PathBuf>,
    /// A capture, as tshark takes it; may be given more than once
    #[arg(short = 'r', value_name = "FILE")]
    read: Vec<PathBuf>,
    /// One JSON document for each capture
    #[arg(long, group = "view")]
    json: bool,
    /// The same objects as they are understood, one a line
    #[arg(long, group = "view")]
    ndjson: bool,
    /// A Mermaid sequence diagram for each capture
    #[arg(long, group = "view")]
    mermaid: bool,
    /// Where to write, its ending tells what: .txt, .json, .ndjson, .mmd or .pcapng
    #[arg(short = 'o', value_name = "OUT")]
    out: Option<PathBuf>,
    /// Write the capture again too, as pcapng, with comments on its packets
    #[arg(short = 'w', value_name = "OUT.pcapng")]
    write: Option<PathBuf>,
    /// Only this TCP connection: they count from 0, as in Wireshark
    #[arg(long, value_name = "N")]
    stream: Option<u64>,
    /// Only connections with this port; taken for WebSocket where the capture begins in their middle
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// Language of the text: en or zh [default: that of the locale, else en]
    #[arg(long, value_name = "LANG", value_parser = values::words)]
    lang: Option<Language>,
    /// Draw with nothing but ASCII
    #[arg(long)]
    ascii: bool,
    /// Colours: auto (on a terminal), always or never
    #[arg(long, value_name = "WHEN", default_value = "auto", value_parser = values::color)]
    color: ColorChoice,
    /// Each frame's header bit by bit
    #[arg(short = 'v')]
    bits: bool,
}

/// How a capture is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Json,
    Ndjson,
    Mermaid,
}

/// Why it went wrong.
enum Failure {
    /// The capture cannot be read.
    Read(OpenError),
    /// The explanation cannot be written.
    Write(io::Error),
    /// The copy with comments cannot be written.
    Copy(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Write(error)
    }
}

/// Explains captures.
pub(super) fn run(options: &Options) -> ExitCode {
    let files: Vec<&Path> = options.read.iter().chain(&options.files).map(PathBuf::as_path).collect();
    let plan = match Plan::new(options, &files) {
        Ok(plan) => plan,
        Err(what) => return complain(&what),
    };
    let line = Line::new();
    let mut to = match plan.writer(options.color, &line) {
        Ok(to) => to,
        Err(what) => return complain(&what),
    };
    let mut exit = ExitCode::SUCCESS;
    for file in &files {
        let name = file.display().to_string();
        let titled = files.len() > 1 && plan.kind == Some(Kind::Text);
        let title = if titled { writeln!(to, "{name}\n") } else { Ok(()) };
        let told = title.map_err(Failure::from).and_then(|()| options.explain(file, &plan, &line, &mut to));
        line.erase();
        match told {
            Ok(None) => {}
            Ok(Some(cut_short)) => exit = complain(&format!("{name}: {cut_short}")),
            Err(Failure::Read(error)) => exit = complain(&format!("{name}: {error}")),
            Err(Failure::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => return exit,
            Err(Failure::Write(error)) => return complain(&format!("the output cannot be written: {error}")),
            Err(Failure::Copy(error)) => {
                let out = plan.capture.unwrap_or(Path::new("the copy")).display();
                return complain(&format!("{out}: cannot be written: {error}"));
            }
        }
    }
    match to.flush() {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            complain(&format!("the output cannot be written: {error}"))
        }
        _ => exit,
    }
}

impl Options {
    fn language(&self) -> Language {
        self.lang.unwrap_or_else(values::locale)
    }

    fn view<'w>(&self, kind: Kind, to: &'w mut dyn Write) -> Box<dyn View + 'w> {
        let language = self.language();
        match kind {
            Kind::Json => Box::new(Document::new(to, [Spool::new(), Spool::new()])),
            Kind::Ndjson => Box::new(Lines::new(to)),
            Kind::Mermaid => Box::new(Mermaid::new(to, language)),
            Kind::Text => {
                let glyphs = if self.ascii { Glyphs::Ascii } else { Glyphs::Unicode };
                let detail = if self.bits { Detail::Bits } else { Detail::Line };
                Box::new(Ladder::new(to, Looks { language, glyphs, detail }))
            }
        }
    }

    /// Explains one capture. Where it is cut short, that is told.
    fn explain(
        &self,
        file: &Path,
        plan: &Plan<'_>,
        line: &Line,
        to: &mut dyn Write,
    ) -> Result<Option<String>, Failure> {
        let input = Input::open(file).map_err(Failure::Read)?;
        let wanted = Wanted::new(self.stream, self.port);
        let progress = input.progress(line);
        let language = self.language();
        let views = Views {
            view: plan.kind.map(|kind| self.view(kind, to)),
            comments: plan.capture.map(|_| Comments::new(language)),
            language: plan.language(language),
        };
        if let Some(out) = plan.capture {
            return annotated::tell(input, progress, wanted, views, out);
        }
        let reader = Reader::new(input.source).map_err(Failure::Read)?;
        let mut telling = Telling::new(reader, input.name, wanted, progress, views);
        while telling.advance() && !telling.has_failed() {}
        telling.finish()
    }
}
