//! The TCP header and its options (RFC 9293 §3.1, §3.2).

use super::{Field, Runs};
use crate::observe::Flags;

/// Reads the header; the runs end where its payload begins. `None` if its fixed part is not there.
pub(super) fn read(packet: &[u8], runs: &mut Runs) -> Option<()> {
    let begin = runs.at;
    let header: &[u8; 20] = packet.get(begin..)?.first_chunk()?;
    let len = usize::from(header[12] >> 4) * 4;
    if len < header.len() {
        return None;
    }
    runs.plain(2, Field::TcpSourcePort);
    runs.plain(2, Field::TcpDestinationPort);
    runs.plain(4, Field::TcpSequence);
    runs.plain(4, Field::TcpAcknowledgment);
    runs.push(1, Field::TcpOffset, Some(len.to_string()));
    runs.push(1, Field::TcpFlags, Some(Flags(header[13]).to_string()));
    runs.plain(2, Field::TcpWindow);
    runs.plain(2, Field::TcpChecksum);
    runs.plain(2, Field::TcpUrgent);
    options(&packet[..packet.len().min(begin + len)], runs);
    Some(())
}

fn options(header: &[u8], runs: &mut Runs) {
    while let Some(rest) = header.get(runs.at..).filter(|rest| !rest.is_empty()) {
        let len = match rest {
            [0, ..] => return runs.plain(rest.len(), Field::TcpEnd),
            [1, ..] => {
                runs.plain(1, Field::TcpNoOperation);
                continue;
            }
            [_, len, ..] if *len >= 2 && rest.len() >= usize::from(*len) => usize::from(*len),
            _ => return runs.plain(rest.len(), Field::TcpOption),
        };
        let number = |at: usize| rest[at..].first_chunk().map_or(0, |four| u32::from_be_bytes(*four));
        let (field, value) = match (rest[0], len) {
            (2, 4) => (Field::TcpSegmentSize, Some(u16::from_be_bytes([rest[2], rest[3]]).to_string())),
            // More than 14 counts as 14 (RFC 7323 §2.3).
            (3, 3) => (Field::TcpScale, Some((1_u32 << rest[2].min(14)).to_string())),
            (4, 2) => (Field::TcpSackPermitted, None),
            (5, _) => {
                let (blocks, _) = rest[2..len].as_chunks::<8>();
                let edge = |bytes: &[u8]| bytes.first_chunk().map_or(0, |four| u32::from_be_bytes(*four));
                let block = |block: &[u8; 8]| format!("{}–{}", edge(block), edge(&block[4..]));
                (Field::TcpSack, Some(blocks.iter().map(block).collect::<Vec<_>>().join(", ")))
            }
            (8, 10) => (Field::TcpTimestamps, Some(format!("{} / {}", number(2), number(6)))),
            (kind, _) => (Field::TcpOption, Some(kind.to_string())),
        };
        runs.push(len, field, value);
    }
}
