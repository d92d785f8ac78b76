//! Kernel truth: the states that the observer gives both ends of real connections are those that the kernel's tracepoint
//! `sock:inet_sock_set_state` tells, under the map of [`map`]. As root on Linux; otherwise a line says why not.

mod crossing;
mod map;
mod trace;
mod traced_connection;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use socket2::SockRef;
use traced_connection::TracedConnection;
use wirewalk::observe::tcp::State;
use wirewalk::wire::Side;

/// Reads to the peer's FIN.
fn hear_out(stream: &mut TcpStream) -> Vec<u8> {
    let mut heard = Vec::new();
    stream.read_to_end(&mut heard).unwrap();
    heard
}

/// Waits until something is there to be read, and leaves it there.
fn leave_unread(stream: &TcpStream) {
    assert_eq!(stream.peek(&mut [0]).unwrap(), 1);
}

/// A connection on which both ends have said something.
fn talking(traced: &mut TracedConnection) -> (TcpStream, TcpStream) {
    let (mut client, mut server) = traced.connect();
    client.write_all(b"ping").unwrap();
    server.read_exact(&mut [0; 4]).unwrap();
    server.write_all(b"pong").unwrap();
    client.read_exact(&mut [0; 4]).unwrap();
    (client, server)
}

#[test]
fn the_client_closes() {
    let Some(mut traced) = TracedConnection::new() else { return };
    let (client, mut server) = talking(&mut traced);
    drop(client);
    assert!(hear_out(&mut server).is_empty());
    // The client's FIN is acknowledged before the server's goes: four segments.
    traced.wait_for(Side::Client, State::Closed);
    drop(server);
    traced.agree();
}

#[test]
fn the_client_closes_and_the_server_at_once() {
    let Some(mut traced) = TracedConnection::new() else { return };
    let (client, mut server) = talking(&mut traced);
    client.shutdown(Shutdown::Write).unwrap();
    // As soon as it hears it, so that FIN and ACK go in one segment: three segments, nearly always.
    assert!(hear_out(&mut server).is_empty());
    drop(server);
    traced.wait_for(Side::Client, State::Closed);
    drop(client);
    traced.agree();
}

#[test]
fn the_server_closes() {
    let Some(mut traced) = TracedConnection::new() else { return };
    let (mut client, server) = talking(&mut traced);
    drop(server);
    assert!(hear_out(&mut client).is_empty());
    traced.wait_for(Side::Server, State::Closed);
    drop(client);
    traced.agree();
}

#[test]
fn a_half_close() {
    let Some(mut traced) = TracedConnection::new() else { return };
    let (mut client, mut server) = talking(&mut traced);
    client.shutdown(Shutdown::Write).unwrap();
    assert!(hear_out(&mut server).is_empty());
    traced.wait_for(Side::Client, State::FinWait2);
    for _ in 0..3 {
        server.write_all(b"still here").unwrap();
        std::thread::sleep(Duration::from_millis(10));
    }
    drop(server);
    assert_eq!(hear_out(&mut client).len(), 30);
    drop(client);
    traced.agree();
}

#[test]
fn a_simultaneous_close() {
    let Some(mut traced) = TracedConnection::new() else { return };
    let (client, server) = talking(&mut traced);
    crossing::close(&mut traced, &client, &server);
    traced.agree();
}

#[test]
fn a_reset_by_so_linger() {
    for side in [Side::Client, Side::Server] {
        let Some(mut traced) = TracedConnection::new() else { return };
        let (client, server) = talking(&mut traced);
        let (one, other) = if side == Side::Client { (client, server) } else { (server, client) };
        SockRef::from(&one).set_linger(Some(Duration::ZERO)).unwrap();
        drop(one);
        traced.wait_for(side.peer(), State::Closed);
        drop(other);
        traced.agree();
    }
}

#[test]
fn a_close_with_unread_data() {
    for side in [Side::Client, Side::Server] {
        let Some(mut traced) = TracedConnection::new() else { return };
        let (client, server) = talking(&mut traced);
        let (one, mut other) = if side == Side::Client { (client, server) } else { (server, client) };
        other.write_all(b"never read").unwrap();
        leave_unread(&one);
        drop(one);
        traced.wait_for(side.peer(), State::Closed);
        drop(other);
        traced.agree();
    }
}

#[test]
fn a_refused_connection() {
    let Some(mut traced) = TracedConnection::new() else { return };
    traced.refuse();
    traced.agree();
}
