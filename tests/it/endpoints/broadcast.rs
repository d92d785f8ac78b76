//! `/broadcast`: every message to everyone connected there, the sender included.

use crate::support::server::Server;
use crate::support::ws::{Client, Event};
use crate::support::{PATIENCE, wait_until};

fn join(server: &Server) -> Client {
    Client::connect(server.addr(), "/broadcast", &[]).expect("101")
}

#[test]
fn everyone_gets_each_message_once_and_in_order() {
    // A session is written to at once, or woken: it is on the speaker's thread, on another, or to tell of it in the log.
    for (workers, log) in [("1", "info"), ("3", "info"), ("1", "debug")] {
        println!("{workers} workers, log {log}");
        everyone_gets_each_of(&Server::builder().args(&["--workers", workers]).env("RUST_LOG", log).start());
    }
}

fn everyone_gets_each_of(server: &Server) {
    let mut clients: Vec<_> = (0..3).map(|_| join(server)).collect();
    let mut elsewhere = Client::connect(server.addr(), "/echo", &[]).expect("101");

    clients[0].send_text("你好");
    clients[0].send_binary(b"\xFF\x00");
    clients[0].send_text("");
    let expected =
        [Event::Text("你好".to_owned()), Event::Binary(b"\xFF\x00".to_vec()), Event::Text(String::new())];
    for client in &mut clients {
        for event in &expected {
            assert_eq!(client.next(PATIENCE).as_ref(), Some(event));
        }
    }

    // Of several senders at once, each one's order is kept, and all see the same.
    for turn in 0..30 {
        for (sender, client) in clients.iter_mut().enumerate() {
            client.send_text(&format!("{sender} {turn}"));
        }
    }
    let heard: Vec<Vec<String>> =
        clients.iter_mut().map(|client| (0..90).map(|_| client.text()).collect()).collect();
    for heard in &heard {
        for sender in ["0 ", "1 ", "2 "] {
            let turns: Vec<_> = heard.iter().filter_map(|text| text.strip_prefix(sender)).collect();
            let expected: Vec<_> = (0..30).map(|turn| turn.to_string()).collect();
            assert_eq!(turns, expected, "of {sender}");
        }
    }

    // Nothing more, and nothing to those who are elsewhere.
    for client in &mut clients {
        client.ping(b"last");
        assert_eq!(client.next(PATIENCE), Some(Event::Pong(b"last".to_vec())));
    }
    elsewhere.send_text("alone");
    assert_eq!(elsewhere.text(), "alone");
}

#[test]
fn a_session_that_left_receives_nothing_and_delays_nobody() {
    let server = Server::start(&[]);
    let (mut stays, mut leaves, dropped) = (join(&server), join(&server), join(&server));
    let open = server.fd_count();
    leaves.end();
    drop((leaves, dropped));
    wait_until("they have left", PATIENCE, || server.fd_count() <= open - 2);
    stays.send_text("still here?");
    assert_eq!(stays.text(), "still here?");
    // A newcomer receives no earlier message.
    let mut newcomer = join(&server);
    newcomer.send_text("hello");
    assert_eq!(newcomer.text(), "hello");
    assert_eq!(stays.text(), "hello");
}
