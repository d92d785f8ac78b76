//! `wirewalk explain`: captures in, explanations out.

use std::collections::HashSet;
use std::env;
use std::fs::{self, File};
use std::io::{self, BufWriter, IsTerminal as _, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anstream::{AutoStream, ColorChoice, StripStream};
use clap::{ArgGroup, Args};

use super::spool::Spool;
use super::{complain, values};
use crate::capture::{Facts, OpenError, Reader};
use crate::explain::{
    self, Detail, Document, Finding, Glyphs, Ladder, Language, Lines, Looks, Mermaid, View,
};
use crate::observe::{Config, Ended, Fact, Observer, Step};

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
    /// Where to write, its ending tells what: .txt, .json, .ndjson or .mmd
    #[arg(short = 'o', value_name = "OUT")]
    out: Option<PathBuf>,
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
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Write(error)
    }
}

/// Explains captures.
pub(super) fn run(options: &Options) -> ExitCode {
    let kind = match options.kind() {
        Ok(kind) => kind,
        Err(what) => return complain(&what),
    };
    let files: Vec<&Path> = options.read.iter().chain(&options.files).map(PathBuf::as_path).collect();
    let mut to = match options.writer(kind, &files) {
        Ok(to) => to,
        Err(what) => return complain(&what),
    };
    let mut exit = ExitCode::SUCCESS;
    for file in &files {
        let name = file.display().to_string();
        let titled = files.len() > 1 && kind == Kind::Text;
        let title = if titled { writeln!(to, "{name}\n") } else { Ok(()) };
        match title.map_err(Failure::from).and_then(|()| options.explain(file, &name, kind, &mut to)) {
            Ok(None) => {}
            Ok(Some(cut_short)) => exit = complain(&format!("{name}: {cut_short}")),
            Err(Failure::Read(error)) => exit = complain(&format!("{name}: {error}")),
            Err(Failure::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => return exit,
            Err(Failure::Write(error)) => return complain(&format!("the output cannot be written: {error}")),
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
    fn kind(&self) -> Result<Kind, String> {
        let asked = [(self.json, Kind::Json), (self.ndjson, Kind::Ndjson), (self.mermaid, Kind::Mermaid)];
        if let Some((_, kind)) = asked.into_iter().find(|(asked, _)| *asked) {
            return Ok(kind);
        }
        let Some(out) = &self.out else { return Ok(Kind::Text) };
        match out.extension().and_then(|ending| ending.to_str()) {
            Some("txt") => Ok(Kind::Text),
            Some("json") => Ok(Kind::Json),
            Some("ndjson") => Ok(Kind::Ndjson),
            Some("mmd") => Ok(Kind::Mermaid),
            _ => Err(format!(
                "{}: name it .txt, .json, .ndjson or .mmd, so that it is known what to write",
                out.display()
            )),
        }
    }

    /// What is written to. Colours pass only if they are wanted.
    fn writer(&self, kind: Kind, files: &[&Path]) -> Result<Box<dyn Write>, String> {
        let Some(out) = &self.out else {
            let stdout = io::stdout();
            return Ok(match kind {
                Kind::Text => {
                    Box::new(BufWriter::with_capacity(1 << 16, AutoStream::new(stdout.lock(), self.color)))
                }
                _ if stdout.is_terminal() => Box::new(io::LineWriter::new(stdout.lock())),
                _ => unbuffered(&stdout),
            });
        };
        let same = |file: &&Path| {
            fs::canonicalize(file).is_ok_and(|file| fs::canonicalize(out).is_ok_and(|out| out == file))
        };
        if files.iter().any(same) {
            return Err(format!("{}: this is a capture to be read, it is not written over", out.display()));
        }
        let file =
            File::create(out).map_err(|error| format!("{}: cannot be written: {error}", out.display()))?;
        Ok(match kind {
            Kind::Text => Box::new(BufWriter::new(StripStream::new(file))),
            _ => Box::new(BufWriter::with_capacity(1 << 16, file)),
        })
    }

    fn view<'w>(&self, kind: Kind, to: &'w mut dyn Write) -> Box<dyn View + 'w> {
        let language = self.lang.unwrap_or_else(locale);
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
        name: &str,
        kind: Kind,
        to: &mut dyn Write,
    ) -> Result<Option<String>, Failure> {
        if file == Path::new("-") {
            let reader = Reader::new(io::stdin().lock()).map_err(Failure::Read)?;
            return self.tell(reader, name, kind, to);
        }
        let reader = Reader::open(file).map_err(Failure::Read)?;
        self.tell(reader, name, kind, to)
    }

    fn tell<R: Read>(
        &self,
        mut reader: Reader<R>,
        name: &str,
        kind: Kind,
        to: &mut dyn Write,
    ) -> Result<Option<String>, Failure> {
        let config = Config { assume_websocket: self.port.into_iter().collect(), ..Config::default() };
        let mut observer = Observer::new(config);
        let mut wanted = Wanted { stream: self.stream, port: self.port, streams: HashSet::new() };
        let mut view = self.view(kind, to);
        while let Some(packet) = reader.next_packet() {
            let Ok(segment) = packet.segment else { continue };
            let step = observer.observe(&segment);
            while let Some(ended) = observer.poll_ended() {
                wanted.ended(&ended, &mut *view)?;
            }
            wanted.step(&step, &mut *view)?;
        }
        for ended in observer.finish() {
            wanted.ended(&ended, &mut *view)?;
        }
        view.finish(&summary(name, reader.facts()))?;
        Ok(reader.facts().damage.as_ref().map(ToString::to_string))
    }
}

/// The connections that were asked for.
struct Wanted {
    stream: Option<u64>,
    port: Option<u16>,
    /// Those with the port that have not ended.
    streams: HashSet<u64>,
}

impl Wanted {
    fn has(&self, stream: u64) -> bool {
        self.stream.is_none_or(|wanted| wanted == stream)
            && (self.port.is_none() || self.streams.contains(&stream))
    }

    fn step(&mut self, step: &Step, view: &mut dyn View) -> io::Result<()> {
        if let Some(port) = self.port {
            let has_port = |fact: &Fact| match fact {
                Fact::Stream(stream) => {
                    stream.ends.client.port() == port || stream.ends.server.port() == port
                }
                _ => false,
            };
            if step.facts.iter().any(has_port) {
                self.streams.insert(step.stream);
            }
        }
        if self.has(step.stream) { view.step(step) } else { Ok(()) }
    }

    fn ended(&mut self, ended: &Ended, view: &mut dyn View) -> io::Result<()> {
        let has = self.has(ended.stream);
        self.streams.remove(&ended.stream);
        if has { view.ended(ended) } else { Ok(()) }
    }
}

/// Standard output as the file it is: its own buffer looks for the ends of lines, in a document without any.
fn unbuffered(stdout: &io::Stdout) -> Box<dyn Write> {
    const BUFFER: usize = 1 << 16;
    #[cfg(unix)]
    if let Ok(file) = std::os::fd::AsFd::as_fd(stdout).try_clone_to_owned() {
        return Box::new(BufWriter::with_capacity(BUFFER, File::from(file)));
    }
    Box::new(BufWriter::with_capacity(BUFFER, stdout.lock()))
}

/// What is known of the capture as a whole.
fn summary(name: &str, facts: &Facts) -> explain::File {
    let links: Vec<String> = facts.link_types().iter().map(ToString::to_string).collect();
    let note = |note: &crate::capture::Note| {
        let packet = Some(note.first).filter(|first| *first > 0);
        Finding::of_file("info", packet, note.to_string())
    };
    let damage = facts.damage.as_ref().map(|damage| Finding::of_file("error", None, damage.to_string()));
    explain::File {
        // Where it lies is nobody's affair who gets the document.
        name: Path::new(name).file_name().map_or(name.into(), |name| name.to_string_lossy().into_owned()),
        format: facts.format.to_string(),
        link: links.join(","),
        packets: facts.packets,
        truncated: facts.truncated(),
        notes: facts.notes.iter().map(note).chain(damage).collect(),
    }
}

/// The language of the locale.
fn locale() -> Language {
    let set = |name| env::var(name).ok().filter(|value| !value.is_empty());
    let locale = set("LC_ALL").or_else(|| set("LC_MESSAGES")).or_else(|| set("LANG"));
    if locale.is_some_and(|locale| locale.starts_with("zh")) { Language::Zh } else { Language::En }
}
