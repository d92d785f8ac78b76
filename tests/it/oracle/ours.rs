//! The program's answer: `wirewalk explain --json`.

use serde_json::Value;

use super::view::{Shown, View, list, number, plain, words};

pub(super) fn view(document: &Value) -> View {
    let mut view = View::new();
    view.insert("packets".to_owned(), plain(&document["file"]["packets"]));
    for connection in list(&document["connections"]) {
        stream(connection, &format!("stream {}", connection["stream"]), &mut view);
    }
    view
}

fn address(end: &Value) -> String {
    format!("{} port {}", plain(&end["address"]), end["port"])
}

fn stream(connection: &Value, place: &str, view: &mut View) {
    let mut put = |what: &str, said: String| view.insert(format!("{place} {what}"), said);
    for side in ["client", "server"] {
        put(side, address(&connection[side]));
    }
    let packets = list(&connection["packets"]);
    for packet in packets {
        let place = format!("packet {:04}", number(&packet["number"]));
        let mut put = |what: &str, said| put(&format!("{place} {what}"), said);
        put("time", plain(&packet["time_ns"]));
        put("from", address(&connection[packet["from"].as_str().unwrap()]));
        put("marks", words(&packet["marks"]));
        put("flags", words(&packet["flags"]));
        for what in ["seq", "ack", "len", "window"] {
            put(what, plain(&packet[what]));
        }
    }
    let with = |flags: &[&str]| {
        let has = |packet: &&Value, flag: &str| list(&packet["flags"]).iter().any(|one| one == flag);
        let numbers = packets
            .iter()
            .filter(|packet| ["SYN", "ACK"].iter().all(|flag| has(packet, flag) == flags.contains(flag)));
        numbers.map(|packet| plain(&packet["number"])).collect::<Vec<_>>().join(" ")
    };
    put("handshake syn", with(&["SYN"]));
    put("handshake syn_ack", with(&["SYN", "ACK"]));
    // The third segment is the one that opens the server.
    let opens = list(&connection["transitions"])
        .iter()
        .find(|one| one["side"] == "server" && one["from"] == "SYN-RECEIVED" && one["to"] == "ESTABLISHED");
    put("handshake ack", opens.map(|one| plain(&one["packet"])).unwrap_or_default());
    upgrade(&connection["upgrade"], &mut put);
    for side in ["client", "server"] {
        let of_side = |all: &'static str| {
            list(&connection[all]).iter().enumerate().filter(move |(_, one)| one["from"] == side)
        };
        let own: Vec<usize> = of_side("frames").map(|(index, _)| index).collect();
        for (index, (_, frame)) in of_side("frames").enumerate() {
            put(&format!("{side} frame {index:04}"), shown(frame).line());
            let bytes = format!("at {}, sha256 {}", frame["offset"], plain(&frame["payload_sha256"]));
            put(&format!("{side} frame {index:04} bytes"), bytes);
        }
        for (index, (_, message)) in of_side("messages").enumerate() {
            let place = |frame: &Value| own.iter().position(|one| *one as u64 == number(frame)).unwrap();
            let frames: Vec<_> = list(&message["frames"]).iter().map(place).collect();
            let compressed = if message["compressed"] == true { " compressed" } else { "" };
            let said = format!(
                "{}{compressed}, frames {frames:?}, {} bytes, sha256 {}",
                plain(&message["kind"]),
                message["length"],
                plain(&message["sha256"])
            );
            put(&format!("{side} message {index:04}"), said);
        }
        put(&format!("{side} close code"), plain(&connection["close"][format!("{side}_code")]));
    }
}

fn shown(frame: &Value) -> Shown<'_> {
    let bit = |bit: &str| u64::from(frame[bit] == true);
    let opcode = frame["opcode"].as_str().unwrap();
    Shown {
        packet: list(&frame["packets"]).last().map(number).unwrap(),
        fin: frame["fin"] == true,
        rsv: 4 * bit("rsv1") + 2 * bit("rsv2") + bit("rsv3"),
        opcode,
        key: &frame["masking_key"],
        length: number(&frame["length"]),
        close: if opcode == "close" { plain(&frame["preview"]) } else { String::new() },
    }
}

fn upgrade(upgrade: &Value, put: &mut impl FnMut(&str, String) -> Option<String>) {
    let (request, response) = (&upgrade["request"], &upgrade["response"]);
    if request.is_null() {
        return;
    }
    let headers = |head: &Value, name: &str| {
        let of_name = list(&head["headers"])
            .iter()
            .filter(|line| line[0].as_str().is_some_and(|it| it.eq_ignore_ascii_case(name)));
        of_name.map(|line| plain(&line[1])).collect::<Vec<_>>().join(", ")
    };
    put("upgrade packet", list(&request["packets"]).last().map(plain).unwrap());
    put("upgrade request", format!("{} {}", plain(&request["method"]), plain(&request["target"])));
    put("upgrade host", headers(request, "Host"));
    put("upgrade version", headers(request, "Sec-WebSocket-Version"));
    put("upgrade subprotocols", headers(request, "Sec-WebSocket-Protocol"));
    put("upgrade extensions", headers(request, "Sec-WebSocket-Extensions"));
    put("upgrade key", plain(&upgrade["key"]));
    if response.is_null() {
        return;
    }
    put("upgrade answer packet", list(&response["packets"]).last().map(plain).unwrap());
    put("upgrade answer status", plain(&response["status"]));
    put("upgrade answer subprotocol", upgrade["subprotocol"].as_str().unwrap_or_default().to_owned());
    let extensions: Vec<_> = list(&upgrade["extensions"]).iter().map(plain).collect();
    put("upgrade answer extensions", extensions.join(", "));
    for what in ["accept", "accept_expected", "accept_ok"] {
        put(&format!("upgrade {what}"), plain(&upgrade[what]));
    }
}
