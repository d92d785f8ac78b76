//! tshark's answer, by `tshark_oracle.py`: its own dissection, and the byte streams that it joins parsed again.

use serde_json::Value;

use super::view::{Shown, View, list, number, plain, words};

pub(super) fn view(document: &Value) -> View {
    let mut view = View::new();
    view.insert("packets".to_owned(), plain(&document["packets"]));
    for connection in list(&document["streams"]) {
        stream(connection, &format!("stream {}", connection["stream"]), &mut view);
    }
    view
}

fn address(end: &Value) -> String {
    format!("{} port {}", plain(&end[0]), end[1])
}

/// `1700000000.123456789` in nanoseconds.
fn nanoseconds(text: &str) -> String {
    text.replacen('.', "", 1).parse().map_or_else(|_| text.to_owned(), |time: u64| time.to_string())
}

fn opcode(code: &Value) -> String {
    let name = match number(code) {
        0 => "continuation",
        1 => "text",
        2 => "binary",
        8 => "close",
        9 => "ping",
        10 => "pong",
        other => return format!("reserved-{other}"),
    };
    name.to_owned()
}

/// tshark calls a fast retransmission, and a spurious one, a retransmission too; the exact name is the one that counts.
/// That a SYN carries data (TCP Fast Open) is no mark here.
fn marks(analysis: &Value) -> String {
    let mut marks: Vec<_> = list(analysis).iter().map(plain).collect();
    marks.retain(|mark| !mark.starts_with("tfo_"));
    if marks.iter().any(|mark| mark.ends_with("_retransmission")) {
        marks.retain(|mark| mark != "retransmission");
    }
    marks.join(" ")
}

fn stream(connection: &Value, place: &str, view: &mut View) {
    let mut put = |what: &str, said: String| view.insert(format!("{place} {what}"), said);
    // Where nothing tells, it does not say which end is the client.
    for side in ["client", "server"] {
        if !connection[side].is_null() {
            put(side, address(&connection[side]));
        }
    }
    for packet in list(&connection["packets_list"]) {
        let place = format!("packet {:04}", number(&packet["packet"]));
        let mut put = |what: &str, said| put(&format!("{place} {what}"), said);
        put("time", nanoseconds(packet["time"].as_str().unwrap()));
        put("from", address(&connection[if packet["dir"] == 0 { "a" } else { "b" }]));
        put("marks", marks(&packet["analysis"]));
        put("flags", words(&packet["flags"]));
        for (what, field) in [("seq", "seq"), ("ack", "ack"), ("len", "len"), ("window", "win")] {
            put(what, plain(&packet[field]));
        }
    }
    put("handshake syn", words(&connection["handshake"]["syn"]));
    put("handshake syn_ack", words(&connection["handshake"]["syn_ack"]));
    put("handshake ack", words(&connection["handshake"]["ack"]));
    let check = &connection["check"];
    upgrade(check, list(&connection["http"]), &mut put);
    for (side, direction) in [("client", "c2s"), ("server", "s2c")] {
        let end = usize::from((check["client_is"] == "b") == (side == "client"));
        let dissected = list(&connection["ws_frames"]).iter().filter(|frame| frame["from"] == end);
        for (index, frame) in dissected.enumerate() {
            let opcode = opcode(&frame["opcode"]);
            put(&format!("{side} frame {index:04}"), shown(frame, &opcode).line());
        }
        let parsed = |all: &str| list(&check[all]).iter().filter(|one| one["dir"] == direction);
        for frame in parsed("frames") {
            let bytes = format!("at {}, sha256 {}", frame["stream_offset"], plain(&frame["sha256"]));
            put(&format!("{side} frame {:04} bytes", number(&frame["index"])), bytes);
        }
        for (index, message) in parsed("messages").enumerate() {
            let compressed = if message["compressed"] == true { " compressed" } else { "" };
            let frames: Vec<_> = list(&message["frames"]).iter().map(number).collect();
            let error = message["error"].as_str().map(|error| format!(", {error}")).unwrap_or_default();
            let said = format!(
                "{}{compressed}, frames {frames:?}, {} bytes, sha256 {}{error}",
                opcode(&message["opcode"]),
                message["len"],
                plain(&message["sha256"])
            );
            put(&format!("{side} message {index:04}"), said);
        }
        let close = parsed("frames").find(|frame| frame["opcode"] == 8);
        // A Close frame without a code means 1005 (RFC 6455 §7.1.5).
        let code = |frame: &Value| frame["close_code"].as_u64().unwrap_or(1005).to_string();
        put(&format!("{side} close code"), close.map_or("null".to_owned(), code));
    }
}

fn shown<'a>(frame: &'a Value, opcode: &'a str) -> Shown<'a> {
    let reason = frame["close_reason"].as_str().unwrap_or_default();
    let code = frame["close_code"].as_u64().map(|code| format!("{code} {reason}"));
    Shown {
        packet: number(&frame["packet"]),
        fin: frame["fin"] == true,
        rsv: number(&frame["rsv"]),
        opcode,
        key: &frame["key"],
        length: number(&frame["len"]),
        close: code.unwrap_or_default().trim_end().to_owned(),
    }
}

fn upgrade(check: &Value, http: &[Value], put: &mut impl FnMut(&str, String) -> Option<String>) {
    let upgrade = &check["upgrade"];
    if upgrade.is_null() {
        return;
    }
    let packet = |is: &dyn Fn(&&Value) -> bool| http.iter().rfind(is).map(|head| plain(&head["packet"]));
    let joined = |value: &Value| list(value).iter().map(plain).collect::<Vec<_>>().join(", ");
    put("upgrade packet", packet(&|head| !head["key"].is_null()).unwrap_or_default());
    let line = plain(&upgrade["request"]);
    put("upgrade request", line.rsplit_once(' ').map_or("", |(line, _)| line).to_owned());
    put("upgrade host", plain(&upgrade["host"]));
    put("upgrade version", plain(&upgrade["version"]));
    put("upgrade subprotocols", joined(&upgrade["protocols"]));
    put("upgrade extensions", joined(&upgrade["extensions"]));
    put("upgrade key", plain(&upgrade["key"]));
    if upgrade["status"].is_null() {
        return;
    }
    let status = upgrade["status"].clone();
    put("upgrade answer packet", packet(&|head| head["status"] == status).unwrap_or_default());
    put("upgrade answer status", plain(&status));
    put("upgrade answer subprotocol", upgrade["protocol"].as_str().unwrap_or_default().to_owned());
    put("upgrade answer extensions", joined(&upgrade["response_extensions"]));
    for what in ["accept", "accept_expected", "accept_ok"] {
        put(&format!("upgrade {what}"), plain(&upgrade[what]));
    }
}
