//! Keep-alive: pings of a silent client, the ping timeout, and `--ping-interval 0`.

use std::time::Duration;

use crate::support::people::{self, Login, presence};
use crate::support::raw::{End, Raw};
use crate::support::server::Server;
use crate::support::ws::{Client, Event};
use crate::support::{PATIENCE, wait_until};

#[test]
fn a_silent_client_is_pinged_and_stays_as_long_as_it_answers() {
    let server = people::server(&["--ping-interval", "0.1", "--ping-timeout", "5"]);
    let ann = Login::register(&server, "Ann");
    let quiet = [
        Client::connect(server.addr(), "/echo", &[]).expect("101"),
        Client::connect(server.addr(), "/broadcast", &[]).expect("101"),
        ann.connect(&server),
    ];
    for mut client in quiet {
        let pings = std::iter::repeat_with(|| client.next(PATIENCE))
            .filter(|event| matches!(event, Some(Event::Ping(_)) | None))
            .take(5);
        assert!(pings.into_iter().all(|event| event.is_some()));
    }
}

#[test]
fn a_client_without_pong_is_closed_after_the_ping_timeout() {
    let server = people::server(&["--ping-interval", "0.2", "--ping-timeout", "0.2"]);
    let mut raw = Raw::connect(server.addr(), "/echo");
    let rest = raw.rest(PATIENCE);
    assert_ne!(rest.end, End::StillOpen);
    let pings = rest.frames.iter().filter(|frame| frame.opcode() == 9).count();
    assert_eq!(pings, 1, "{rest:?}");

    let ann = Login::register(&server, "Ann");
    let _silent = Raw::connect(server.addr(), &ann.target());
    wait_until("the silent one is off the list", PATIENCE, || presence(&server) == (0, 0));
}

#[test]
fn ping_interval_zero_sends_no_pings() {
    let server = Server::start(&["--ping-interval", "0"]);
    let mut raw = Raw::connect(server.addr(), "/echo");
    let rest = raw.rest(Duration::from_millis(700));
    assert_eq!((rest.frames.len(), rest.end), (0, End::StillOpen));
}
