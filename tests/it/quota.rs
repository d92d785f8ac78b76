//! Quotas of networks and users, with a proxy in front and without (rows F5 and R6 of the catalogue of abuse).

mod memory;
mod networks;
mod proxy;
mod refused;
mod users;

use std::io::Write as _;
use std::net::{IpAddr, SocketAddr, TcpStream};

use serde_json::json;
use socket2::{Domain, Socket, Type};

use crate::support::PATIENCE;
use crate::support::http::{self, Answer};
use crate::support::people;
use crate::support::raw::Raw;
use crate::support::refusal::envelope;

/// A connection from this address of the machine.
fn tcp_from(from: IpAddr, to: SocketAddr) -> TcpStream {
    let domain = if from.is_ipv4() { Domain::IPV4 } else { Domain::IPV6 };
    let socket = Socket::new(domain, Type::STREAM, None).expect("a socket");
    socket.bind(&SocketAddr::new(from, 0).into()).unwrap_or_else(|error| panic!("{from}: {error}"));
    socket.connect(&to.into()).unwrap_or_else(|error| panic!("{from} to {to}: {error}"));
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(PATIENCE)).expect("not zero");
    stream.set_write_timeout(Some(PATIENCE)).expect("not zero");
    stream
}

/// The request of an Upgrade with further header lines.
fn upgrade(to: SocketAddr, target: &str, lines: &str) -> String {
    Raw::request(to, target).replace("\r\n\r\n", &format!("\r\n{lines}\r\n"))
}

/// A WebSocket, or the answer in its place.
fn open(mut stream: TcpStream, target: &str, lines: &str) -> Result<Raw, Answer> {
    let to = stream.peer_addr().expect("connected");
    let request = upgrade(to, target, lines);
    // A refusal at once may come before the request is read.
    let _ = stream.write_all(request.as_bytes());
    match http::read_answer(&mut stream, request.as_bytes()) {
        Ok(answer) if answer.status == 101 => Ok(Raw::from(stream)),
        Ok(answer) => Err(answer),
        Err(why) => panic!("{target}, {lines:?}: {why}"),
    }
}

/// A WebSocket at `/echo`.
fn echo(stream: TcpStream, lines: &str) -> Result<Raw, Answer> {
    open(stream, "/echo", lines)
}

/// 429, when to come again, and the envelope.
#[track_caller]
fn over_quota(answer: Result<Raw, Answer>) -> Answer {
    let answer = answer.expect_err("over the quota");
    assert_eq!(answer.status, 429, "{}", answer.text());
    assert!(retry_after(&answer) > 0);
    envelope(&answer).unwrap();
    answer
}

#[track_caller]
fn retry_after(answer: &Answer) -> u64 {
    answer.header("Retry-After").and_then(|seconds| seconds.parse().ok()).expect("Retry-After in seconds")
}

fn is_served(raw: &mut Raw) -> bool {
    raw.send(&Raw::frame(0x81, b"hello"));
    raw.frame_within(PATIENCE).is_ok_and(|frame| frame.payload == b"hello")
}

/// Makes an account, with further header lines.
fn register(mut stream: TcpStream, name: &str, lines: &str) -> Answer {
    let body = people::credentials(name).to_string();
    let request = format!(
        "POST /register HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n{lines}Connection: close\r\n\
         Content-Length: {}\r\n\r\n{body}",
        stream.peer_addr().expect("connected"),
        body.len()
    );
    stream.write_all(request.as_bytes()).expect("an open connection");
    http::read_answer(&mut stream, request.as_bytes()).expect("an answer")
}

/// Tries to sign in with a wrong password, with a further header line.
fn wrong_login(to: SocketAddr, name: &str, (header, value): (&str, &str)) -> Answer {
    let body = json!({ "userName": name, "password": "a wrong password" });
    http::Request::new("POST", "/login").header(header, value).json(&body).send(to)
}
