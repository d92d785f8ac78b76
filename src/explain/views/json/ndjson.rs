//! A capture as lines of JSON: the objects of the document, one a line, as they are understood.
//!
//! Each line begins with its `type` and, but for the last, the `stream`; then comes what stands in the document. Types:
//! `connection` (again if it turns out that client and server were taken for each other: then it holds for all lines of
//! the stream, earlier ones too), `packet`, `transition`, `upgrade` (again if it is tried again), `frame`, `message`,
//! `relay`, `resync`, `icmp_error`, `finding`, `coverage`, `close` (the last of a stream), and at the end `file`.

use std::io;

use serde::Serialize;

use super::object_builder::{Object, ObjectBuilder};
use super::rare_objects::IcmpError;
use crate::explain::VERSION;
use crate::explain::findings::{File, Finding, Verdict};
use crate::explain::text::Language;
use crate::explain::views::View;
use crate::explain::views::json::text::Text;
use crate::observe::{Ended, IcmpReport, Observation};

/// Writes a capture as lines of JSON. Memory does not grow with it.
#[derive(Debug)]
pub struct NdjsonWriter<W> {
    to: W,
    objects: ObjectBuilder,
    text: Text,
    /// The last verdict, and its connection: that of an end comes right before it.
    verdict: Option<(u64, Verdict)>,
}

#[derive(Serialize)]
struct Last<'a> {
    r#type: &'static str,
    wirewalk: &'static str,
    #[serde(flatten)]
    file: &'a File,
}

impl<W: io::Write> NdjsonWriter<W> {
    /// Lines to be written there.
    pub fn new(to: W) -> Self {
        Self { to, objects: ObjectBuilder::default(), text: Text::default(), verdict: None }
    }

    /// The writer of the lines.
    pub(in crate::explain::views) const fn to(&mut self) -> &mut W {
        &mut self.to
    }
}

fn write(to: &mut Text, stream: u64, object: &Object<'_>) {
    let kind = match object {
        Object::Connection(_) => "connection",
        Object::Packet(_) => "packet",
        Object::Transition(_) => "transition",
        Object::Upgrade(_) => "upgrade",
        Object::Frame(_) => "frame",
        Object::Message(_) => "message",
        Object::Relay(_) => "relay",
        Object::Resync(_) => "resync",
        Object::IcmpError(_) => "icmp_error",
        Object::Coverage(_) => "coverage",
        Object::Close(_) => "close",
    };
    to.raw(r#"{"type":"#)
        .name(kind)
        .raw(r#","stream":"#)
        .number(stream)
        .further_fields(|to| object.write(to))
        .raw("}\n");
}

impl<W: io::Write> View for NdjsonWriter<W> {
    fn step(&mut self, step: &Observation) -> io::Result<()> {
        self.text.clear();
        self.objects.packet(step, |object| write(&mut self.text, step.stream, object));
        self.to.write_all(self.text.bytes())
    }

    fn icmp(&mut self, report: &IcmpReport) -> io::Result<()> {
        self.text.clear();
        write(&mut self.text, report.stream, &Object::IcmpError(IcmpError::new(report)));
        self.to.write_all(self.text.bytes())
    }

    fn finding(&mut self, stream: u64, finding: &Finding) -> io::Result<()> {
        self.text.clear();
        self.text.raw(r#"{"type":"finding","stream":"#).number(stream);
        let finding = finding.render(Language::En);
        self.text.further_fields(|to| _ = to.serialized(&finding)).raw("}\n");
        self.to.write_all(self.text.bytes())
    }

    fn verdict(&mut self, stream: u64, verdict: &Verdict) -> io::Result<()> {
        self.verdict = Some((stream, verdict.clone()));
        Ok(())
    }

    fn ended(&mut self, ended: &Ended) -> io::Result<()> {
        self.text.clear();
        let verdict = self.verdict.take().filter(|(stream, _)| *stream == ended.stream);
        let verdict = verdict.as_ref().map(|(_, verdict)| verdict);
        self.objects.ended(ended, verdict, |object| write(&mut self.text, ended.stream, object));
        self.to.write_all(self.text.bytes())
    }

    fn finish(&mut self, file: &File) -> io::Result<()> {
        self.text.clear();
        self.text.serialized(&Last { r#type: "file", wirewalk: VERSION, file }).raw("\n");
        self.to.write_all(self.text.bytes())?;
        self.to.flush()
    }
}
