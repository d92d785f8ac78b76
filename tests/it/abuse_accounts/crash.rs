//! A server that is killed while it registers people.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::{ask_all, login, register};
use crate::support::http::{self, Request};
use crate::support::people::credentials;
use crate::support::server::Server;
use crate::support::{PATIENCE, random};

/// Whether the registration was confirmed. Everything may fail, as the server may go at any moment.
fn confirmed(server: SocketAddr, name: &str) -> bool {
    let request = Request::new("POST", "/register").json(&credentials(name)).encode(server);
    let Ok(mut stream) = TcpStream::connect_timeout(&server, PATIENCE) else { return false };
    let mut answer = [0; 12];
    let sent = stream.set_read_timeout(Some(PATIENCE * 3)).and_then(|()| stream.write_all(&request));
    sent.and_then(|()| stream.read_exact(&mut answer)).is_ok() && answer == *b"HTTP/1.1 200"
}

#[test]
fn confirmed_accounts_survive_twenty_kills() {
    const REGISTRATIONS: usize = 200;
    let mut server = Server::start(&[]);
    let mut kept = 0;
    for round in 0..20 {
        let address = server.addr();
        let names = (0..REGISTRATIONS).map(move |number| format!("user {round} {number}"));
        let delay = Duration::from_millis(50 + u64::from(random()[0]) * 2);
        let answers = std::thread::scope(|scope| {
            let asking = scope.spawn(|| ask_all(16, names, |name| confirmed(address, name)));
            std::thread::sleep(delay);
            server.kill();
            asking.join().unwrap()
        });
        server.restart();
        let names: Vec<_> =
            answers.into_iter().filter(|(_, confirmed)| *confirmed).map(|(name, _)| name).collect();
        assert!(names.len() < REGISTRATIONS, "round {round}: killed too late");
        for name in &names {
            let answer = register(&server, name);
            assert_eq!(answer.status, 409, "round {round}: {name} was confirmed: {}", answer.text());
        }
        for name in names.iter().rev().take(3) {
            assert_eq!(login(&server, name).status, 200, "round {round}: {name}");
        }
        kept += names.len();
    }
    assert!(kept > 0, "no registration was confirmed before the server was killed");
    assert_eq!(http::get(server.addr(), "/healthz").status, 200);
}
