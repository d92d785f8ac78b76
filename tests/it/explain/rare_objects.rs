//! Objects of JSON that most connections do not have: relays, frames found in mid-stream, ICMP errors.

use std::path::Path;

use serde_json::{Value, json};
use wirewalk::wire::Side::{Client, Server};

use super::{document, run, text};
use crate::support::script::Script;
use crate::support::temp::TempDir;

const LISTS: [(&str, &str); 3] = [("relays", "relay"), ("resyncs", "resync"), ("icmp_errors", "icmp_error")];

/// The objects of a list of the one connection; the lines hold the same.
fn rare(capture: &Path, list: &str) -> Value {
    let document = document(capture);
    let connections = document["connections"].as_array().unwrap();
    let exit = run(&["--ndjson", text(capture)]);
    let lines: Vec<Value> = exit.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for (list, kind) in LISTS {
        let of_lines = lines.iter().filter(|line| line["type"] == kind).map(|line| {
            let mut object = line.as_object().unwrap().clone();
            object.remove("type");
            object.remove("stream");
            Value::Object(object)
        });
        let of_document = connections.iter().filter_map(|it| it[list].as_array()).flatten().cloned();
        assert_eq!(of_lines.collect::<Vec<_>>(), of_document.collect::<Vec<_>>(), "{list}");
    }
    connections.iter().find(|it| !it[list].is_null()).map_or(Value::Null, |it| it[list].clone())
}

fn case(name: &str) -> std::path::PathBuf {
    Path::new("tests/cases").join(name)
}

#[test]
fn a_proxy_header_names_both_ends() {
    let relays = rare(&case("prelude-proxy-v1.pcap"), "relays");
    let [relay] = relays.as_array().unwrap().as_slice() else { panic!("{relays}") };
    assert_eq!((&relay["kind"], &relay["version"]), (&json!("proxy-header"), &json!(1)));
    assert_eq!((&relay["from"], &relay["offset"]), (&json!("client"), &json!(0)));
    let printed = run(&[text(&case("prelude-proxy-v1.pcap"))]).stdout;
    let printed = printed.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = |name: &str| {
        let end = &relay[name];
        format!("{}:{}", end["address"].as_str().unwrap(), end["port"])
    };
    let text = format!("forwards a connection from {} to {}", end("source"), end("destination"));
    assert!(printed.contains(&text), "{text}: {printed}");
    assert_eq!(
        (&relay["target"], &relay["code"], &relay["granted"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
}

#[test]
fn a_socks_request_and_its_reply_are_relays() {
    let relays = rare(&case("prelude-socks5.pcap"), "relays");
    let [request, reply] = relays.as_array().unwrap().as_slice() else { panic!("{relays}") };
    assert_eq!((&request["kind"], &request["from"]), (&json!("socks-request"), &json!("client")));
    assert!(request["target"].as_str().unwrap().contains(':'), "{request}");
    assert_eq!((&reply["kind"], &reply["from"]), (&json!("socks-reply"), &json!("server")));
    assert_eq!((&reply["version"], &reply["code"], &reply["granted"]), (&json!(5), &json!(0), &json!(true)));
}

#[test]
fn a_tunnel_is_a_relay() {
    let mut script = Script::new();
    script.handshake().write(Client, b"CONNECT chat.example:443 HTTP/1.1\r\nHost: chat.example:443\r\n\r\n");
    script.write(Server, b"HTTP/1.1 200 OK\r\n\r\n");
    let dir = TempDir::new();
    let capture = dir.join("tunnel.pcapng");
    script.save(&capture);
    let relays = rare(&capture, "relays");
    let [tunnel] = relays.as_array().unwrap().as_slice() else { panic!("{relays}") };
    assert_eq!((&tunnel["kind"], &tunnel["target"]), (&json!("connect-tunnel"), &json!("chat.example:443")));
    assert_eq!(
        (&tunnel["packet"], &tunnel["length"]),
        (&json!(5), &json!(0)),
        "it stands in the response's head"
    );
}

#[test]
fn frames_found_in_mid_stream_have_the_place_where_reading_began() {
    let resyncs = rare(&case("mid-stream-boundary-port.pcap"), "resyncs");
    let [first, ..] = resyncs.as_array().unwrap().as_slice() else { panic!("{resyncs}") };
    assert!(first["packet"].is_u64() && first["offset"].is_u64() && first["from"].is_string(), "{first}");
}

#[test]
fn an_icmp_error_stands_with_its_connection() {
    let errors = rare(&case("icmp-host-open.pcap"), "icmp_errors");
    let [first, ..] = errors.as_array().unwrap().as_slice() else { panic!("{errors}") };
    assert_eq!(
        (&first["version"], &first["icmp_type"], &first["icmp_code"]),
        (&json!(4), &json!(3), &json!(1))
    );
    assert!(first["packet"].is_u64() && first["sender"].is_string() && first["seq"].is_i64(), "{first}");
    assert!(first["from"] == "client" || first["from"] == "server", "{first}");
}

#[test]
fn other_connections_have_no_such_lists() {
    let mut script = Script::new();
    script.websocket().fins(Client);
    let dir = TempDir::new();
    let capture = dir.join("plain.pcapng");
    script.save(&capture);
    let document = document(&capture);
    let connection = document["connections"][0].as_object().unwrap();
    assert!(LISTS.iter().all(|(list, _)| !connection.contains_key(*list)), "{connection:?}");
}
