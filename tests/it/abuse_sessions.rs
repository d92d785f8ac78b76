//! Hostile use of origins, sessions and passwords: rows A1 to A4, A9, A10 and R9 of ABUSE.md.

mod admin_token;
mod guessing;
mod hang_up;
mod impersonation;
mod lockout;
mod log;
mod older_format;
mod origin;
mod session_limit;
mod tickets;

use std::io::Write as _;
use std::net::{IpAddr, SocketAddr, TcpStream};

use crate::support::http::{self, Answer};
use crate::support::raw::Raw;
use crate::support::server::Server;

/// Sends bytes from another address of this machine, and reads one answer.
fn request_from(from: [u8; 4], to: SocketAddr, bytes: &[u8]) -> Answer {
    use socket2::{Domain, Socket, Type};
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    socket.bind(&SocketAddr::new(IpAddr::from(from), 0).into()).expect("all of 127/8 is this machine");
    socket.connect(&to.into()).expect("a server");
    let mut stream = TcpStream::from(socket);
    stream.write_all(bytes).expect("an open connection");
    http::read_answer(&mut stream, bytes).expect("an answer")
}

/// The answer to an opening handshake with further header lines.
fn open(server: &Server, target: &str, lines: &str) -> Answer {
    let request = Raw::request(server.addr(), target).replace("\r\n\r\n", &format!("\r\n{lines}\r\n"));
    http::request(server.addr(), request.as_bytes())
}

/// All that is to be seen of an answer, but for the date.
fn visible(answer: &Answer) -> (u16, Vec<(String, String)>, Vec<u8>) {
    let mut headers = answer.headers.clone();
    headers.retain(|(name, _)| !name.eq_ignore_ascii_case("Date"));
    (answer.status, headers, answer.body.clone())
}
