//! The columns of the table of connections: those that fit, the most telling ones first.

use std::net::SocketAddr;

use unicode_width::UnicodeWidthStr as _;

use crate::explain::findings::{Finding, Severity};
use crate::explain::narrative::connection_summary::{ConnectionSummary, Ending};
use crate::explain::narrative::protocol::Protocol;
use crate::explain::text::{Label, Language, cut, escape_controls, pad, pad_left, span};
use crate::wire::Side;

/// A table that is so wide has two columns between its own, a narrower one has one.
const WIDE: usize = 100;

/// Columns of an address with a port, as most are: IPv4.
const ADDRESS: usize = 21;

/// The fewest columns that show anything of a request target.
const TARGET: usize = 12;

/// A column of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Number,
    Worst,
    Ending,
    Duration,
    Messages,
    Packets,
    Client,
    Server,
    Target,
}

/// The columns as they stand, and in the order in which they get room.
const ORDER: [Column; 8] = [
    Column::Number,
    Column::Worst,
    Column::Ending,
    Column::Duration,
    Column::Messages,
    Column::Packets,
    Column::Client,
    Column::Server,
];
const PRIORITY: [Column; 8] = [
    Column::Number,
    Column::Worst,
    Column::Ending,
    Column::Client,
    Column::Duration,
    Column::Server,
    Column::Messages,
    Column::Packets,
];

/// The longest texts of the rows.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Extent {
    number: usize,
    address: usize,
}

impl Extent {
    pub(super) fn note(&mut self, summary: &ConnectionSummary) {
        self.number = self.number.max(summary.stream.to_string().len());
        for end in [summary.ends.client, summary.ends.server] {
            self.address = self.address.max(end.to_string().len());
        }
    }
}

/// Columns with their widths.
#[derive(Debug)]
pub(super) struct Table {
    columns: Vec<(Column, usize)>,
    gap: &'static str,
}

impl Table {
    /// The columns that fit in so many.
    pub(super) fn new(width: usize, extent: Extent, language: Language) -> Self {
        let gap = if width >= WIDE { "  " } else { " " };
        let address = if extent.address == 0 { ADDRESS } else { extent.address };
        let width_of = |column: Column| {
            let title = column.title(language).width();
            title.max(match column {
                Column::Number => extent.number.max(3),
                Column::Worst => 5,
                Column::Ending => 13,
                Column::Duration => 9,
                Column::Messages => 11,
                Column::Packets => 7,
                // A longer one is cut before its port.
                Column::Client | Column::Server => address.min(ADDRESS.max(width / 4)),
                Column::Target => TARGET,
            })
        };
        let mut room = width;
        let mut chosen = Vec::new();
        for column in PRIORITY {
            let needed = width_of(column) + if chosen.is_empty() { 0 } else { gap.len() };
            if needed > room {
                break;
            }
            room -= needed;
            chosen.push(column);
        }
        let shown = ORDER.into_iter().filter(|column| chosen.contains(column));
        let mut columns: Vec<_> = shown.map(|column| (column, width_of(column))).collect();
        if room >= gap.len() + TARGET {
            columns.push((Column::Target, room - gap.len()));
        }
        Self { columns, gap }
    }

    fn cells(&self, cell: impl Fn(Column) -> String) -> String {
        let cells: Vec<_> = self
            .columns
            .iter()
            .map(|(column, width)| {
                let text = cell(*column);
                if column.is_number() { pad_left(&text, *width) } else { pad(&cut(&text, *width), *width) }
            })
            .collect();
        cells.join(self.gap)
    }

    /// The titles of the columns.
    pub(super) fn head(&self, language: Language) -> String {
        self.cells(|column| column.title(language).to_owned())
    }

    /// The row of a connection.
    pub(super) fn row(&self, summary: &ConnectionSummary, language: Language) -> String {
        let width = |column| self.columns.iter().find(|(it, _)| *it == column).map_or(0, |(_, width)| *width);
        self.cells(|column| match column {
            Column::Number => summary.stream.to_string(),
            Column::Worst => summary.worst.as_deref().map_or_else(|| "–".to_owned(), worst),
            Column::Ending => ending(summary.ending, language),
            Column::Duration => span(summary.duration_ns()),
            Column::Messages if summary.protocol == Protocol::Other => "–".to_owned(),
            Column::Messages => format!("{}↑ {}↓", summary.messages.client, summary.messages.server),
            Column::Packets => summary.packets.to_string(),
            Column::Client => address(summary.ends.client, width(Column::Client)),
            Column::Server => address(summary.ends.server, width(Column::Server)),
            Column::Target => escape_controls(summary.target.as_deref().unwrap_or_default()),
        })
    }
}

impl Column {
    const fn title(self, language: Language) -> &'static str {
        match self {
            Self::Number => "#",
            Self::Worst => Label::TableWorst.text(language),
            Self::Ending => Label::TableEnding.text(language),
            Self::Duration => Label::TableDuration.text(language),
            Self::Messages => Label::TableMessages.text(language),
            Self::Packets => Label::TablePackets.text(language),
            Self::Client => Label::Client.text(language),
            Self::Server => Label::Server.text(language),
            Self::Target => Label::TableTarget.text(language),
        }
    }

    const fn is_number(self) -> bool {
        matches!(self, Self::Number | Self::Duration | Self::Messages | Self::Packets)
    }
}

fn worst(finding: &Finding) -> String {
    let sign = if finding.severity() == Severity::Info { 'ℹ' } else { '⚠' };
    format!("{sign} {}", finding.id())
}

/// The way in which a connection ended, in a few words.
fn ending(ending: Ending, language: Language) -> String {
    let who = |side| match side {
        Side::Client => Label::SideClient.text(language),
        Side::Server => Label::SideServer.text(language),
    };
    match ending {
        Ending::CloseFrame(side, Some(code)) => format!("{} {code}", who(side)),
        Ending::CloseFrame(side, None) => format!("{} Close", who(side)),
        Ending::Fin(side) => format!("{} FIN", who(side)),
        Ending::Rst(side) => format!("{} RST", who(side)),
        Ending::Refused(status) => format!("HTTP {}", status.0),
        Ending::Silence(side) => Label::EndSilence.fill(language, &[&who(side)]),
        Ending::Open => Label::EndOpen.text(language).to_owned(),
        Ending::NotOpened => Label::EndNotOpened.text(language).to_owned(),
        Ending::Unknown => Label::EndNotShown.text(language).to_owned(),
    }
}

/// An address in so many columns; the port is always there.
fn address(address: SocketAddr, columns: usize) -> String {
    let text = address.to_string();
    if text.len() <= columns {
        return text;
    }
    let port = format!("]:{}", address.port());
    format!("{}{port}", cut(&text, columns.saturating_sub(port.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_columns_stand_in_a_wider_table() {
        let columns = |width| Table::new(width, Extent::default(), Language::En).columns.len();
        assert_eq!([60, 80, 100, 120].map(columns), [5, 6, 7, 9]);
    }

    #[test]
    fn a_long_address_keeps_its_port() {
        let long = "[2001:db8:85a3:1:2:8a2e:370:7334]:51234".parse().unwrap();
        assert_eq!(address(long, 21), "[2001:db8:85a…]:51234");
        assert_eq!(address("10.0.0.1:80".parse().unwrap(), 21), "10.0.0.1:80");
    }
}
