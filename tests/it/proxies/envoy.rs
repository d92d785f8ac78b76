//! Gateways that answer, and break off, as Envoy does: its local replies, and an upstream that is reset.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;
use socket2::SockRef;

use super::{alarms, assert_read, assert_refused, assert_verdict, explain_caught, finding};
use crate::support::PATIENCE;
use crate::support::catch::Catch;
use crate::support::raw::{End, Raw};
use crate::support::script::{RESPONSE, frame};
use crate::support::ws::read_head;

/// A gateway that serves one connection by a script.
fn gateway(script: impl FnOnce(TcpStream) + Send + 'static) -> (SocketAddr, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound");
    let thread = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        stream.set_read_timeout(Some(PATIENCE)).expect("not zero");
        read_head(&mut stream).expect("a request");
        script(stream);
    });
    (address, thread)
}

/// A local reply, by its status line, further lines and body.
fn local_reply(status: &str, lines: &str, body: &str) -> Option<Value> {
    let length = body.len();
    let reply = format!(
        "HTTP/1.1 {status}\r\ncontent-length: {length}\r\n{lines}date: Mon, 30 Nov 2026 12:00:00 GMT\r\n\
         server: envoy\r\n\r\n{body}"
    );
    let (address, thread) = gateway(move |mut stream| stream.write_all(reply.as_bytes()).expect("a client"));
    let catch = Catch::on(address.port())?;
    let mut client = Raw::tcp(address);
    client.send(Raw::request(address, "/socket").as_bytes());
    assert_eq!(client.bytes(PATIENCE).1, End::Fin);
    drop(client);
    thread.join().expect("the gateway");
    Some(explain_caught(catch, 1).remove(0))
}

/// An upstream that ended before it answered: the flag UC in Envoy's log.
#[test]
fn an_upstream_that_ends_before_its_answer_is_a_refusal_by_the_gateway() {
    let body =
        "upstream connect error or disconnect/reset before headers. reset reason: connection termination";
    let Some(connection) = local_reply("503 Service Unavailable", "content-type: text/plain\r\n", body)
    else {
        return;
    };
    assert_eq!(alarms(&connection), ["H10"], "{connection}");
    // Neither why the upstream ended nor which it was is in the capture.
    let refused = finding(&connection, "H10");
    assert_refused(&connection, "H10", "Likely");
    assert!(refused["inference"].as_str().unwrap().contains("a gateway reaches no server"), "{refused}");
    assert!(refused["fact"].as_str().unwrap().contains("Server: envoy"), "{refused}");
    assert_read(&connection, &["http"], &["http", "http_body"]);
    assert_verdict(&connection, "server", "fin", Some("H10"));
}

/// An Envoy that is not told to upgrade.
#[test]
fn a_426_of_a_gateway_may_be_its_own() {
    let Some(connection) = local_reply("426 Upgrade Required", "connection: close\r\n", "") else { return };
    assert_eq!(alarms(&connection), ["H01"], "{connection}");
    assert_refused(&connection, "H01", "Possible");
    assert_read(&connection, &["http"], &["http"]);
    assert_verdict(&connection, "server", "fin", Some("H01"));
}

/// A tunnel whose upstream is reset: the gateway resets the client at once, or closes without a Close frame.
#[test]
fn a_tunnel_whose_upstream_is_reset_is_broken_off_by_the_gateway() {
    for (linger, layer, id) in [(Some(Duration::ZERO), "rst", "C02"), (None, "fin", "C01")] {
        let (address, thread) = gateway(move |mut stream| {
            stream.write_all(RESPONSE).expect("a client");
            stream.write_all(&frame(0x81, None, b"Hello")).expect("a client");
            let mut bytes = [0; 11];
            stream.read_exact(&mut bytes).expect("a frame");
            // The client's bytes were read: no close with data unread.
            std::thread::sleep(Duration::from_millis(300));
            SockRef::from(&stream).set_linger(linger).expect("a TCP socket");
        });
        let Some(catch) = Catch::on(address.port()) else { return };
        let mut client = Raw::connect(address, "/socket");
        assert_eq!(client.frame_within(PATIENCE).expect("a frame").payload, b"Hello");
        client.send(&Raw::frame(0x81, b"Hello"));
        assert_ne!(client.rest(PATIENCE).end, End::StillOpen);
        drop(client);
        thread.join().expect("the gateway");
        let connection = explain_caught(catch, 1).remove(0);
        assert_eq!(alarms(&connection), [id], "{connection}");
        assert_read(&connection, &["http", "frames"], &["http", "frames"]);
        // Why it did does not show.
        assert_verdict(&connection, "server", layer, None);
        assert_eq!(finding(&connection, id)["at_fault"], "server");
    }
}
