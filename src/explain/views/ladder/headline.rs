//! The answer, before the ladder: how a connection ended and why, the worst that was found, how long it was, what it
//! carried.

use std::io;
use std::net::SocketAddr;

use super::paper::Paper;
use super::times::{TimeFormat, rfc3339};
use crate::explain::findings::Severity;
use crate::explain::narrative::begin_offset::begin_offset;
use crate::explain::narrative::connection_summary::ConnectionSummary;
use crate::explain::narrative::protocol::Protocol;
use crate::explain::text::{Label, Language, escape_controls, span};
use crate::wire::PerSide;

/// Number of packets, in words.
fn packets(count: u64, language: Language) -> String {
    match count {
        1 => Label::OnePacket.text(language).to_owned(),
        _ => Label::Packets.fill(language, &[&count]),
    }
}

/// The beginning of a connection, and of the capture if that is known, in nanoseconds since 1970.
#[derive(Debug, Clone, Copy)]
pub(super) struct Beginning {
    pub(super) first_ns: u64,
    pub(super) capture_ns: Option<u64>,
}

/// The title of a connection: its number and its ends, and when it begins.
pub(super) fn title<W: io::Write>(
    paper: &mut Paper<W>,
    (stream, ends): (u64, PerSide<SocketAddr>),
    Beginning { first_ns, capture_ns }: Beginning,
) -> io::Result<()> {
    let language = paper.language();
    let mut title = Label::Connection.fill(language, &[&stream, &ends.client, &ends.server]);
    if paper.looks.time == TimeFormat::Absolute {
        title += &Label::BeginsAt.fill(language, &[&rfc3339(first_ns)]);
    } else if let Some(begins) = begin_offset(capture_ns, first_ns, language) {
        title += &begins;
    }
    paper.title(&title)
}

/// Writes it: the answer, and the facts of the summary.
pub(super) fn write<W: io::Write>(
    paper: &mut Paper<W>,
    summary: &ConnectionSummary,
    answer: Option<&str>,
) -> io::Result<()> {
    let language = paper.language();
    answer.map_or(Ok(()), |answer| paper.paragraph(answer, 2))?;
    let title = format!("  {}  ", Label::Findings.text(language));
    let worst = summary.worst.as_ref().filter(|worst| worst.severity() > Severity::Info);
    match worst.map(|worst| worst.render(language)) {
        Some(worst) => paper.fact(&title, &worst)?,
        None => paper.plain(&format!("{title}{}", Label::NoProblem.text(language)))?,
    }
    let (packets, duration) = (packets(summary.packets, language), span(summary.duration_ns()));
    let mut text = match summary.protocol {
        Protocol::WebSocket => {
            let messages = summary.messages;
            Label::HeadlineOfWebSocket
                .fill(language, &[&packets, &duration, &messages.client, &messages.server])
        }
        Protocol::Other => Label::HeadlineOfTcp.fill(language, &[&packets, &duration]),
    };
    if let Some(target) = &summary.target {
        text += &Label::Requested.fill(language, &[&escape_controls(target)]);
    }
    paper.paragraph(&text, 2)
}
