//! The table of experiments, by families of the catalogue, and the findings that no experiment provokes.

mod closing;
mod compression;
mod frames;
mod handshake;
mod liveness;
mod messages;
mod opening;
mod refusals;
mod tcp;

use std::time::Duration;

use serde::Serialize;

use super::experiment::{Experiment, Translated, say};
use super::step::{AcceptHash, Piece, Step, frame};

const FAMILIES: [&[Experiment]; 9] = [
    tcp::ROWS,
    opening::ROWS,
    handshake::ROWS,
    refusals::ROWS,
    frames::ROWS,
    messages::ROWS,
    compression::ROWS,
    closing::ROWS,
    liveness::ROWS,
];

/// All experiments, in the order of the catalogue: T, H, F, Z, C, L.
pub fn experiments() -> impl Iterator<Item = &'static Experiment> {
    let mut rows: Vec<_> = FAMILIES.into_iter().flatten().collect();
    rows.sort_by_key(|row| ("THFZCL".find(&row.id[..1]), row.id));
    rows.into_iter()
}

/// The experiment of this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Experiment> {
    FAMILIES.into_iter().flatten().find(|experiment| experiment.id == id)
}

/// A finding that no end can provoke by itself.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Unprovoked {
    /// Id of the finding.
    pub id: &'static str,
    /// Reason, and another way to it.
    pub why: Translated,
}

const fn unprovoked(id: &'static str, en: &'static str, zh: &'static str) -> Unprovoked {
    Unprovoked { id, why: say(en, zh) }
}

/// The findings that no experiment provokes. Those of family X are about the capture itself, and not among them.
pub const UNPROVOKED: &[Unprovoked] = &[
    unprovoked(
        "T01",
        "No server is there: connect to an address that a firewall drops, as 192.0.2.1.",
        "没有服务器参与：连接一个被防火墙丢弃的地址，例如 192.0.2.1。",
    ),
    unprovoked(
        "T02",
        "No server is there: connect to a port on which nothing listens.",
        "没有服务器参与：连接一个无人监听的端口。",
    ),
    unprovoked(
        "T05",
        "The network must lose the packets for a while: cut it, as by a firewall rule, and mend it again.",
        "需要网络丢包一阵：先切断网络，例如用一条防火墙规则，再恢复。",
    ),
    unprovoked("T07", "Someone between the ends must forge the RST.", "RST 必须由两端之间的第三方伪造。"),
    unprovoked(
        "T10",
        "Both FINs must be on their way at once, which takes a network with a delay.",
        "两端的 FIN 必须同时在途，这需要有延迟的网络。",
    ),
    unprovoked(
        "T12",
        "The network must lose the packets for good: cut it, as by a firewall rule, while a connection is open.",
        "需要网络彻底丢包：在连接打开时切断网络，例如用一条防火墙规则。",
    ),
    unprovoked(
        "T13",
        "A router between the ends must send the ICMP error, or the host of an end that has gone.",
        "ICMP 差错必须由两端之间的路由器发出，或由已离开的一端的主机发出。",
    ),
    unprovoked(
        "H18",
        "The browser blocks it before anything is sent: there is nothing to capture.",
        "浏览器在发送之前就已拦截：没有任何数据可抓。",
    ),
];

/// A correct answer to an opening handshake.
const SWITCH: Piece = Piece::Head(
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
     Sec-WebSocket-Accept: {accept}\r\n\r\n",
    AcceptHash::Right,
);

/// A correct handshake.
const OPEN: Step = Step::Send(&[SWITCH]);

/// A correct request of a client.
const ASK: Step = Step::Send(&[Piece::Head(
    "GET {target} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
     Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n",
    AcceptHash::Right,
)]);

/// A correct request that offers compression.
const ASK_DEFLATE: Step = Step::Send(&[Piece::Head(
    "GET {target} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
     Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\
     Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n",
    AcceptHash::Right,
)]);

/// Close 1000, as a server sends it.
const BYE: Step = Step::Send(&[frame(0x88, b"\x03\xE8")]);

const HELLO: Piece = frame(0x81, b"Hello");

/// Time in which what was sent arrives, and is read by itself.
const SETTLE: Duration = Duration::from_millis(300);

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::Client;
    use super::*;

    /// The ids of the catalogue: how many each family has.
    const CATALOGUE: &[(&str, u32)] = &[("T", 14), ("H", 23), ("F", 16), ("Z", 6), ("C", 13), ("L", 6)];

    #[test]
    fn every_finding_has_an_experiment_or_a_reason_against_one() {
        let catalogue: BTreeSet<String> = CATALOGUE
            .iter()
            .flat_map(|(family, count)| (1..=*count).map(move |number| format!("{family}{number:02}")))
            .collect();
        let provoked: BTreeSet<String> = experiments().map(|row| row.finding().to_owned()).collect();
        let not: BTreeSet<String> = UNPROVOKED.iter().map(|row| row.id.to_owned()).collect();
        assert_eq!(provoked.intersection(&not).collect::<Vec<_>>(), Vec::<&String>::new());
        assert_eq!(&provoked | &not, catalogue);
        assert!(experiments().any(|row| row.id == "H06") && experiments().any(|row| row.id == "F02"));
    }

    #[test]
    fn rows_are_complete_and_ids_unique() {
        let mut ids = BTreeSet::new();
        for row in experiments() {
            let id = row.id;
            assert!(ids.insert(id), "{id} stands twice");
            assert!(id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'), "{id}");
            for words in [row.does, row.shows] {
                assert!(words.en.ends_with('.') && words.zh.ends_with('。'), "{id}: {words:?}");
                assert!(words.en.is_ascii(), "{id}: {}", words.en);
            }
            assert!(row.browser.is_none() || row.server.is_some(), "{id}: a page visits /lab only");
            if let Client::Script(target, _) = row.client {
                assert_eq!(target.is_empty(), row.server.is_some(), "{id}: at whose endpoint?");
            }
        }
    }
}
