//! Single tests: a field, a comparison and a value.

use std::ops::Range;

use ipnet::IpNet;

use super::lexer::Operator;
use super::{Wrong, similar};
use crate::explain::findings::{Severity, finding_kinds};
use crate::wire::Side;
use crate::wire::ws::Opcode;

/// The words that a filter knows.
pub(super) const FIELDS: [&str; 8] =
    ["addr", "port", "opcode", "from", "finding", "severity", "code", "text"];

/// What other programs call them.
const ALIASES: &[(&str, &str)] = &[
    ("ip.addr", "addr"),
    ("ip.src", "addr"),
    ("ip.dst", "addr"),
    ("ipv6.addr", "addr"),
    ("host", "addr"),
    ("ip", "addr"),
    ("tcp.port", "port"),
    ("tcp.srcport", "port"),
    ("tcp.dstport", "port"),
    ("websocket.opcode", "opcode"),
    ("src", "from"),
    ("websocket.payload", "text"),
    ("websocket.payload.text", "text"),
    ("payload", "text"),
    ("frame", "text"),
    ("status", "code"),
];

/// A test of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ConnectionTest {
    /// One of its ends is in the network; with `!=` none is.
    Address(Operator, IpNet),
    Port(Operator, u16),
    /// One of its findings is this one; with `!=` another; without a value any.
    Finding(Option<(Operator, &'static str)>),
    /// One of its findings is so severe.
    Severity(Operator, Severity),
}

/// A test of a packet, or of one thing in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PacketTest {
    From(Operator, Side),
    Opcode(Option<(Operator, u8)>),
    /// The code of a Close frame, or that an API reports; the status of an HTTP response.
    Code(Option<(Operator, u16)>),
    /// A text, in lower case.
    Text(Option<String>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Test {
    Connection(ConnectionTest),
    Packet(PacketTest),
}

/// The field of a name, or what was probably meant.
pub(super) fn field(name: &str, at: Range<usize>) -> Result<&'static str, Wrong> {
    let lower = name.to_lowercase();
    if let Some(field) = FIELDS.iter().find(|field| **field == lower) {
        return Ok(field);
    }
    if lower == "tcp.stream" || lower == "stream" {
        return Err((format!("'{name}' is an option of its own: --stream N"), at));
    }
    let alias = ALIASES.iter().find(|(alias, _)| *alias == lower).map(|(_, field)| *field);
    let what = match alias.or_else(|| similar(&lower, FIELDS)) {
        Some(meant) => format!("there is no '{name}'; did you mean '{meant}'?"),
        None => format!("there is no '{name}'; there are {}", FIELDS.join(", ")),
    };
    Err((what, at))
}

/// The test of a field alone: that it is there.
pub(super) fn presence(field: &'static str, at: Range<usize>) -> Result<Test, Wrong> {
    Ok(match field {
        "finding" => Test::Connection(ConnectionTest::Finding(None)),
        "opcode" => Test::Packet(PacketTest::Opcode(None)),
        "code" => Test::Packet(PacketTest::Code(None)),
        "text" => Test::Packet(PacketTest::Text(None)),
        _ => return Err((format!("'{field}' needs a comparison, like {}", example(field)), at)),
    })
}

const fn example(field: &str) -> &'static str {
    match field.as_bytes() {
        b"addr" => "addr == 10.0.0.0/8",
        b"port" => "port == 443",
        b"opcode" => "opcode == ping",
        b"from" => "from == client",
        b"finding" => "finding == C02",
        b"severity" => "severity >= warning",
        b"code" => "code == 1006",
        _ => "text ~ \"hello\"",
    }
}

/// The test that compares a field with a value.
pub(super) fn comparison(
    field: &'static str,
    (operator, operator_at): (Operator, Range<usize>),
    (value, value_at): (&str, Range<usize>),
) -> Result<Test, Wrong> {
    use Operator::{Contains, Equal, NotEqual};
    let fits = match field {
        "text" => operator == Contains,
        "port" | "code" | "severity" => operator != Contains,
        _ => matches!(operator, Equal | NotEqual),
    };
    if !fits {
        return Err((format!("'{field}' is compared like {}", example(field)), operator_at));
    }
    let wrong = |what: String| (what, value_at.clone());
    let choice = |names: &[&str]| {
        let meant = similar(value, names.iter().copied());
        let meant =
            meant.map_or_else(|| format!("give {}", names.join(", ")), |it| format!("did you mean '{it}'?"));
        wrong(format!("'{value}' is no {field}; {meant}"))
    };
    let number = |what: &str| value.parse::<u16>().map_err(|_| wrong(format!("'{value}' is no {what}")));
    Ok(match field {
        "addr" => {
            let network =
                value.parse().or_else(|_| value.parse().map(|address: std::net::IpAddr| address.into()));
            let network = network.map_err(|_| {
                wrong(format!(
                    "'{value}' is no address; give one like 10.0.0.1, or a network like 10.0.0.0/8"
                ))
            })?;
            Test::Connection(ConnectionTest::Address(operator, network))
        }
        "port" => Test::Connection(ConnectionTest::Port(operator, number("port")?)),
        "finding" => {
            let id = finding_kinds().map(|kind| kind.id).find(|id| id.eq_ignore_ascii_case(value));
            let id = id.ok_or_else(|| {
                wrong(format!("'{value}' is no finding; they have ids like C02, as the output names them"))
            })?;
            Test::Connection(ConnectionTest::Finding(Some((operator, id))))
        }
        "severity" => {
            let all = [Severity::Info, Severity::Warning, Severity::Error];
            let severity = all.into_iter().find(|severity| severity.name().eq_ignore_ascii_case(value));
            let severity = severity.ok_or_else(|| choice(&all.map(Severity::name)))?;
            Test::Connection(ConnectionTest::Severity(operator, severity))
        }
        "from" => {
            let side = match value.to_lowercase().as_str() {
                "client" => Side::Client,
                "server" => Side::Server,
                _ => return Err(choice(&["client", "server"])),
            };
            Test::Packet(PacketTest::From(operator, side))
        }
        "opcode" => Test::Packet(PacketTest::Opcode(Some((
            operator,
            opcode(value)
                .ok_or_else(|| choice(&["continuation", "text", "binary", "close", "ping", "pong"]))?,
        )))),
        "code" => Test::Packet(PacketTest::Code(Some((operator, number("code")?)))),
        _ => Test::Packet(PacketTest::Text(Some(value.to_lowercase()))),
    })
}

/// An opcode by its name, or by its number as Wireshark has it: `9`, `0x9`.
fn opcode(value: &str) -> Option<u8> {
    let value = value.to_lowercase();
    let number = match value.strip_prefix("0x") {
        Some(digits) => u8::from_str_radix(digits, 16).ok(),
        None => value.parse().ok(),
    };
    let named = || (0..16).find(|bits| Opcode::from_bits(*bits).to_string() == value);
    number.filter(|bits| *bits < 16).or_else(named)
}
