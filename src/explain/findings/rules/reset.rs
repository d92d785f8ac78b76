//! Rules about a RST: whose it is, and what it tells of its sender (RFC 9293 §3.5.2, §3.10; RFC 5961 §3).

use super::CloseRule::{self, Once};
use super::closing::refuses_the_101;
use super::{Certainty, FindingRule, RuleContext, Severity};
use crate::explain::findings::catalogue::liveness::SILENCE_BEFORE_END;
use crate::explain::findings::catalogue::tcp::{
    CONNECTION_REFUSED, FOREIGN_PACKETS, FOREIGN_SENDER, FORGOTTEN, GOES_ON, GOES_ON_OTHER_ID, NO_ID,
    NO_SOCKET, OTHER_ID, OTHER_TTL, OWN_SOCKET_CLOSED, PEER_VANISHED, RST_INJECTED, RST_OR_ROUTE,
    RST_WITH_DATA_UNREAD,
};
use crate::explain::findings::finding::{Finding, Value};
use crate::explain::findings::memory::reset_memory::ResetMemory;
use crate::observe::{Close, HeaderFit, Observation};
use crate::wire::Side::Server;

pub(in crate::explain::findings) const OF_PACKETS: &[FindingRule<Observation>] = &[foreign_packets];
/// Applied before the rules about closes, which ask for their findings.
pub(in crate::explain::findings) const OF_CLOSES: &[CloseRule] =
    &[Once(rst_of_other_header), Once(rst_with_data_unread), Once(no_socket), Once(connection_refused)];

/// Time after data within which a RST is about that data, in nanoseconds.
const AT_ONCE: u64 = 100_000_000;

/// Silence before data after which something on the way may have forgotten the connection, in nanoseconds.
const SILENCE: u64 = 5_000_000_000;

/// T02, once it is known that no later SYN of the attempt was answered.
fn connection_refused(context: &RuleContext<'_>, _: &Close) -> Option<Finding> {
    let connection = context.connection;
    let (syn, reset) = (connection.ends.client.syn?, connection.refusal?);
    let is_it = connection.ends.server.syn.is_none() && reset.from == Server && reset.ack.is_some();
    let port = u64::from(connection.about.ends.server.port());
    let finding = Finding::new(&CONNECTION_REFUSED, syn.packet).with_packet(reset.at.packet);
    let finding = finding.with_at_fault(Server).with("syn", syn.packet).with("rst", reset.at.packet);
    is_it.then(|| finding.with("port", port))
}

/// T06, of a WebSocket: an end that closes should send a Close frame.
fn rst_with_data_unread(context: &RuleContext<'_>, _: &Close) -> Option<Finding> {
    let connection = context.connection;
    let reset = connection.reset?;
    let (side, data) = (reset.from, reset.peer_data?);
    let senders = &connection.senders;
    let has_sent_since = reset.own_last_payload.is_some_and(|last| last.packet > data.at.packet);
    // Each of them explains the RST better, or as well.
    let has_fault = connection
        .breach_of(side.peer())
        .is_some_and(|fault| reset.own_last_payload.is_none_or(|last| last.packet < fault.packet));
    let is_told = |entry| connection.has_found(entry, None);
    let has_other_reason = has_fault
        || is_told(&PEER_VANISHED)
        || is_told(&SILENCE_BEFORE_END)
        || refuses_the_101(context, side)
        || senders.client.close.is_some()
        || senders.server.close.is_some()
        || data.silence >= SILENCE
        || reset.own_fin.is_some()
        || reset.fit.differs();
    let is_delivered = reset.ack.is_some_and(|ack| ack >= data.end);
    let after = reset.at.since(data.at);
    // Where the clock stepped back meanwhile, or stood still, the delay is not known: no socket is closed in no time.
    let is_timed = reset.at.time_ns > data.at.time_ns;
    let is_it = connection.has_opened.server && reset.is_exact && is_delivered && is_timed && !has_sent_since;
    let finding = Finding::new(&RST_WITH_DATA_UNREAD, data.at.packet).with_packet(reset.at.packet);
    let finding = finding
        .with_at_fault(side)
        .with("side", side)
        .with("rst", reset.at.packet)
        .with_time("delay", after)
        .with("length", u64::from(data.length));
    let finding = finding.with("peer", side.peer()).with("data", data.at.packet);
    (is_it && !has_other_reason && after < AT_ONCE).then_some(finding)
}

/// T14. Nobody is at fault: after a FIN of one's own it is normal, else what is gone is not known.
fn no_socket(context: &RuleContext<'_>, _: &Close) -> Option<Finding> {
    let connection = context.connection;
    let reset = connection.reset?;
    let (side, data) = (reset.from, reset.peer_data?);
    let after = reset.at.since(data.at);
    let is_it = reset.ack.is_none() && reset.answers_last_segment && !reset.fit.differs();
    if !is_it
        || after >= AT_ONCE
        || !connection.has_opened.server
        || connection.has_found(&PEER_VANISHED, None)
    {
        return None;
    }
    let finding = Finding::new(&NO_SOCKET, data.at.packet).with_packet(reset.at.packet);
    let finding = finding
        .with("side", side)
        .with("peer", side.peer())
        .with("data", data.at.packet)
        .with("rst", reset.at.packet)
        .with_time("delay", after);
    Some(match reset.own_fin {
        Some(fin) => finding
            .with_inference(OWN_SOCKET_CLOSED)
            .with("fin", fin.packet)
            .with_certainty(Certainty::Likely)
            .with_severity(Severity::Info),
        None if data.silence >= SILENCE => {
            finding.with_inference(FORGOTTEN).with_time("silence", data.silence).with_severity(Severity::Info)
        }
        // What came before the capture may explain it.
        None if reset.is_only_packet => finding.with_severity(Severity::Info),
        None => finding,
    })
}

/// T07, from a RST with another header than all packets of its end before, if nothing of that end follows.
fn rst_of_other_header(context: &RuleContext<'_>, _: &Close) -> Option<Finding> {
    let reset = context.connection.reset.filter(|reset| reset.is_exact)?;
    let finding = Finding::new(&RST_INJECTED, reset.at.packet)
        .with_inference(RST_OR_ROUTE)
        .with_certainty(Certainty::Possible);
    let is_new = !context.connection.has_found(&RST_INJECTED, None);
    match reset.fit {
        HeaderFit::OtherTtl { .. } => Some(with_header(finding.with_fact(OTHER_TTL), &reset)),
        HeaderFit::OtherId { .. } => Some(with_header(finding.with_fact(OTHER_ID), &reset)),
        HeaderFit::Unknown | HeaderFit::Alike => None,
    }
    .filter(|_| is_new)
}

/// T07, from a RST with another header, after which its end goes on with its own: `packet` shows it.
pub(in crate::explain::findings) fn rst_without_effect(
    context: &RuleContext<'_>,
    reset: &ResetMemory,
) -> Option<Finding> {
    let packet = context.at.packet;
    let finding = Finding::new(&RST_INJECTED, reset.at.packet).with_packet(packet);
    match reset.fit {
        HeaderFit::OtherTtl { .. } => Some(with_header(finding.with_fact(GOES_ON), reset)),
        HeaderFit::OtherId { .. } => Some(with_header(finding.with_fact(GOES_ON_OTHER_ID), reset)),
        HeaderFit::Unknown | HeaderFit::Alike => None,
    }
    .map(|finding| finding.with("packet", packet))
}

/// The values of a RST's header, and of those before.
fn with_header(finding: Finding, reset: &ResetMemory) -> Finding {
    let id = reset.ip.and_then(|ip| ip.id);
    let id = id.map_or(Value::from(NO_ID), |id| u64::from(id).into());
    let finding = finding.with("side", reset.from).with("rst", reset.at.packet).with("ip_id", id);
    match reset.fit {
        HeaderFit::OtherTtl { usual, packets } => finding
            .with("ttl", reset.ip.map_or(0, |ip| u64::from(ip.ttl)))
            .with("packets", u64::from(packets))
            .with("usual_ttl", u64::from(usual)),
        HeaderFit::OtherId { last, packets } => {
            finding.with("packets", u64::from(packets)).with("last_ip_id", u64::from(last))
        }
        HeaderFit::Unknown | HeaderFit::Alike => finding,
    }
}

/// T07, from packets after a RST that have another header, while the RST has its end's own.
fn foreign_packets(context: &RuleContext<'_>, step: &Observation) -> Option<Finding> {
    let reset = context.connection.reset.filter(|reset| reset.from == step.from)?;
    let HeaderFit::OtherTtl { usual, packets } = step.fit else { return None };
    let is_it = reset.fit == HeaderFit::Alike && !context.connection.has_found(&RST_INJECTED, None);
    let finding = Finding::new(&RST_INJECTED, reset.at.packet).with_packet(step.number);
    let finding = finding
        .with_fact(FOREIGN_PACKETS)
        .with_inference(FOREIGN_SENDER)
        .with("side", step.from)
        .with("rst", reset.at.packet)
        .with("packet", step.number);
    let ttl = u64::from(step.ip?.ttl);
    is_it.then(|| {
        finding.with("ttl", ttl).with("usual_ttl", u64::from(usual)).with("packets", u64::from(packets))
    })
}
