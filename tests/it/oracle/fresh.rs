//! Fresh captures of exchanges between Node and Python, caught by our packet socket.

use super::ask;
use super::peers::{self, Peer, Serving};
use crate::support::catch::Catch;
use crate::support::temp::TempDir;

/// With permessage-deflate or without; `asymmetric`: one side keeps its window, and it is a small one.
const MODES: [&str; 3] = ["plain", "deflate", "asymmetric"];

const PEERS: [Peer; 2] = [Peer::Node, Peer::Python];

/// The two connections of an exchange: the client closes the first, the server the second.
const CLOSES: [(&str, &str); 4] = [
    ("stream 0 client close code", "4001"),
    ("stream 0 server close code", "4001"),
    ("stream 1 client close code", "1001"),
    ("stream 1 server close code", "1001"),
];

#[test]
#[ignore = "run by tests/run: needs tshark, python3, Node.js and the network for their packages"]
fn exchanges_of_node_and_python_are_seen_as_tshark_sees_them() {
    peers::install();
    let dir = TempDir::new();
    let (mut packets, mut frames, mut messages, mut captures) = (0, 0, 0, 0);
    for (client, server) in PEERS.iter().flat_map(|client| PEERS.map(|server| (*client, server))) {
        for mode in MODES {
            let name = format!("{client:?}-{server:?}-{mode}.pcapng");
            let serving = Serving::start(server, mode);
            let Some(mut catch) = Catch::on(serving.port) else { return };
            client.speak(mode, serving.port, "/exchange");
            catch.save(&dir.join(&name), 2);
            drop(serving);
            let compared = ask::compare(&dir.join(&name));
            let differences: Vec<_> = compared.differences.iter().map(ToString::to_string).collect();
            assert!(differences.is_empty(), "{name}:\n{}", differences.join("\n"));
            for (place, code) in CLOSES {
                assert_eq!(compared.ours.get(place).map(String::as_str), Some(code), "{name}: {place}");
            }
            let all = compared.all("messages");
            let compressed = all.iter().filter(|message| message["compressed"] == true).count();
            assert_eq!(compressed, if mode == "plain" { 0 } else { all.len() }, "{name}");
            assert!(all.iter().all(|message| message["sha256"].is_string()), "{name}");
            assert!(all.iter().any(|message| message["frames"].as_array().unwrap().len() > 3), "{name}");
            packets += compared.packets();
            frames += compared.all("frames").len();
            messages += all.len();
            captures += 1;
        }
    }
    println!(
        "{captures} exchanges, {packets} segments, {frames} frames, {messages} messages: as tshark sees them"
    );
}
