//! `wirewalk watch`: what passes a port of this machine, told as it happens.

mod first_signal;
mod writer;

use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Args;

use self::first_signal::Signals;
use super::explain::fail_threshold::Gate;
use super::output_args::{Kind, Told};
use super::output_plan::Plan;
use super::stop_signals::{Cause, INTERRUPTED};
use super::views::Views;
use super::{complain, say};
use crate::capture::{
    Allow, Checksums, Direction, Growing, OutputKind, PacketSocket, Raw, Section, Statistics, Watch,
    create_output,
};
use crate::explain::{
    Comments, File, Finding, FindingText, Language, Live, Pipeline, Settings, Severity, StreamFilter, View,
};

/// How long a packet is waited for before it is looked whether to stop.
const LOOK: Duration = Duration::from_millis(100);

/// How long what is queued may take to be told after the signal.
const LAST: Duration = Duration::from_millis(500);

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Interface: lo is this machine by itself, any is all of them
    #[arg(short = 'i', value_name = "IFACE", default_value = "lo")]
    interface: String,
    /// TCP port of the application
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    port: u16,
    #[command(flatten)]
    told: Told,
    /// Write the packets too, as pcapng, with comments
    #[arg(short = 'w', value_name = "OUT.pcapng")]
    write: Option<PathBuf>,
}

/// Why it went wrong.
enum Failure {
    /// Nothing more can be captured.
    Capture(io::Error),
    /// The narration cannot be written.
    Write(io::Error),
    /// The packets cannot be written.
    Copy(io::Error),
}

/// Tells what passes until a signal ends it.
pub(super) fn run(options: &Options) -> ExitCode {
    match options.watch() {
        Ok(Cause::Terminate) => ExitCode::SUCCESS,
        Ok(Cause::Interrupt) => ExitCode::from(INTERRUPTED),
        Err(what) => complain(&what),
    }
}

impl Options {
    fn watch(&self) -> Result<Cause, String> {
        let plan = Plan::new(&self.told, self.write.as_deref(), &[])?;
        // Before anything is said, so that nobody can signal us too early.
        let signals = Signals::listen().map_err(|error| format!("cannot listen for signals: {error}"))?;
        let (interface, port) = (self.interface.clone(), self.port);
        let watch = Watch { interface, port, checksums: Checksums::Complete };
        let socket = PacketSocket::open(watch).map_err(|error| self.no_packets(&error))?;
        let mut to = plan.live_writer(self.told.color)?;
        let language = self.told.language();
        let file = plan.capture.map(|out| {
            let section = Section::ours(vec![format!("what passed port {port} of {}", self.interface)]);
            create_output(out, OutputKind::Capture, plan.overwrite)
                .and_then(|file| Ok(Growing::new(file, &section, &socket.interface())?))
                .map_err(|error| format!("{}: {error}", out.display()))
        });
        let settings = Settings {
            websocket_port: Some(port),
            filter: StreamFilter { stream: self.told.stream, port: None },
            ..Settings::default()
        };
        let views = Views::new(
            plan.kind.map(|kind| self.view(kind, &mut *to)),
            plan.capture.map(|_| Comments::new(language)),
            plan.language(language),
            Gate::default(),
        );
        let mut watching =
            Watching { pipeline: Pipeline::new(&settings, views), file: file.transpose()?, packets: 0 };
        say(&format!("watching TCP port {port} of {}; Ctrl-C ends it", self.interface));
        let outcome = watching.run(socket, &signals, &self.interface);
        let cause = match outcome {
            // Whoever read it has gone.
            Err(Failure::Write(error)) if error.kind() == ErrorKind::BrokenPipe => {
                return Ok(signals.cause().unwrap_or(Cause::Terminate));
            }
            Err(Failure::Write(error)) => return Err(format!("the output cannot be written: {error}")),
            Err(Failure::Copy(error)) => {
                let out = plan.capture.unwrap_or(Path::new("the copy")).display();
                return Err(format!("{out}: cannot be written: {error}"));
            }
            Err(Failure::Capture(error)) => {
                let is_gone = error.kind() == ErrorKind::NetworkDown;
                let what = if is_gone { " is gone or down" } else { "" };
                return Err(format!("{}{what}: nothing more can be captured: {error}", self.interface));
            }
            Ok(cause) => cause,
        };
        drop(watching);
        match to.flush() {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                Err(format!("the output cannot be written: {error}"))
            }
            _ => Ok(cause),
        }
    }

    fn view<'w>(&self, kind: Kind, to: &'w mut dyn Write) -> Box<dyn View + 'w> {
        match kind {
            Kind::Text => Box::new(Live::new(to, self.told.looks())),
            _ => self.told.view(kind, to),
        }
    }

    fn no_packets(&self, error: &io::Error) -> String {
        match error.kind() {
            ErrorKind::PermissionDenied => {
                format!("packets cannot be captured: {error}; allow it with '{Allow}'")
            }
            ErrorKind::NotFound => {
                format!("{error}; give -i one of those that 'ip link' lists, or any for all of them")
            }
            _ => format!("packets of {} cannot be captured: {error}", self.interface),
        }
    }
}

/// What is being watched.
struct Watching<'v> {
    pipeline: Pipeline<Views<'v>>,
    file: Option<Growing>,
    packets: u64,
}

impl Watching<'_> {
    fn run(
        &mut self,
        mut socket: PacketSocket,
        signals: &Signals,
        interface: &str,
    ) -> Result<Cause, Failure> {
        let watched = self.tell(&mut socket, signals);
        let link = socket.interface().link.to_string();
        let counted = socket.statistics(0);
        let dropped = counted.as_ref().ok().and_then(|counted| counted.dropped).unwrap_or(0);
        // What was told and written so far is ended in order, whatever ended it.
        let told = match &watched {
            Err(Failure::Write(_)) => Ok(()),
            _ => self.finish(interface, link, dropped).map_err(Failure::Write),
        };
        let comments = self.pipeline.views().comments.as_mut().map(Comments::rest).unwrap_or_default();
        let finish = |file: Growing| file.finish(Statistics { comments, ..counted? });
        let saved = self.file.take().map_or(Ok(()), finish).map_err(Failure::Copy);
        say(&format!("{} packets, {dropped} dropped", self.packets));
        let cause = watched?;
        saved.and(told).map(|()| cause)
    }

    /// Tells what passes, until a signal comes or the interface goes, and what was queued then is told.
    fn tell(&mut self, socket: &mut PacketSocket, signals: &Signals) -> Result<Cause, Failure> {
        let mut wait = Duration::ZERO;
        let mut until = None;
        let mut gone = None;
        loop {
            let stopped = signals.cause();
            if stopped.is_some() || gone.is_some() {
                wait = Duration::ZERO;
            }
            let caught = match socket.receive(wait) {
                Ok(caught) => caught,
                Err(error) if gone.is_none() => {
                    gone = Some(error);
                    continue;
                }
                Err(_) => None,
            };
            if let Some(caught) = caught {
                self.packets += 1;
                let (raw, direction) = (caught.raw(self.packets), caught.direction);
                self.packet(raw, direction)?;
                wait = Duration::ZERO;
            } else if let Some(error) = gone {
                return Err(Failure::Capture(error));
            } else if let Some(cause) = stopped {
                return Ok(cause);
            } else {
                self.file.as_mut().map_or(Ok(()), Growing::flush).map_err(Failure::Copy)?;
                wait = LOOK;
            }
            if let Some(cause) = stopped
                && Instant::now() > *until.get_or_insert_with(|| Instant::now() + LAST)
            {
                return Ok(cause);
            }
        }
    }

    fn packet(&mut self, packet: Raw<'_>, direction: Direction) -> Result<(), Failure> {
        // Views remember their failure.
        let _ = self.pipeline.packet(&packet);
        let views = self.pipeline.views();
        if let Some(file) = &mut self.file {
            let comments = views.comments.as_mut();
            let comments = comments.map_or_else(Vec::new, |comments| comments.take(packet.number));
            file.packet(packet, direction, &comments).map_err(Failure::Copy)?;
        }
        views.check().map_err(Failure::Write)
    }

    /// Tells how what is open stands, and what was counted.
    fn finish(&mut self, interface: &str, link: String, dropped: u64) -> io::Result<()> {
        let notes = |found: &[Finding], language| {
            let lost = match language {
                Language::En => format!("the kernel dropped {dropped} packets: there was no room for them"),
                Language::Zh => format!("内核丢弃了 {dropped} 个包：没有空间存放"),
            };
            let lost = (dropped > 0).then(|| FindingText::of_file(Severity::Warning, None, lost));
            lost.into_iter().chain(found.iter().map(|finding| finding.render(language))).collect()
        };
        let language = self.pipeline.views().language;
        let file = |found: &[Finding]| File {
            name: interface.to_owned(),
            format: "live".to_owned(),
            link,
            packets: self.packets,
            truncated: false,
            notes: notes(found, language),
            notes_in_chinese: notes(found, Language::Zh),
        };
        // Views remember their failure.
        let _ = self.pipeline.finish(file);
        self.pipeline.views().check()
    }
}
