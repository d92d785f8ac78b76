//! The cost of watching: events that the page misses at most. The watched connection and all others go on.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use super::{Viewer, key};
use crate::support::http::get;
use crate::support::raw::Raw;
use crate::support::refusal::{fair, refused};
use crate::support::server::Server;
use crate::support::ws::Client;
use crate::support::{PATIENCE, wait_until};

#[test]
fn a_page_that_does_not_read_loses_events_and_is_told_how_many() {
    let server = Server::start(&[]);
    let to = server.addr();
    let mut viewer = Viewer::open(to);
    let mut watched = viewer.connect(to, "/echo");
    let before = server.rss_kib();
    // 16 MiB each way, and nobody reads what is told of it.
    let message = vec![7; 64 * 1024];
    for _ in 0..256 {
        watched.send_binary(&message);
        let back = watched.next(PATIENCE);
        assert!(
            matches!(&back, Some(crate::support::ws::Event::Binary(bytes)) if bytes.len() == message.len())
        );
    }
    let grown = server.rss_kib().saturating_sub(before);
    assert!(grown < 64 * 1024, "{grown} KiB");
    viewer.hears_of("lost");
    assert!(viewer.all("lost")[0]["events"].as_u64().unwrap() > 0);
    // Now it reads. In the end it is more than is kept, and it is said from where on.
    while viewer.all("full").is_empty() {
        viewer.events.clear();
        watched.send_binary(&message);
        assert!(watched.next(PATIENCE).is_some());
        viewer.hears("the echo", |it| it["type"] == "packet" && it["from"] == "server" && it["len"] != 0);
    }
    assert!(viewer.all("full")[0]["packet"].as_u64().unwrap() > 1);
    // The end is told all the same: a reset or a FIN needs no room.
    watched.end();
    drop(watched);
    viewer.hears_of("close");
    let answer = get(to, &format!("/inspect/saved/{}/wirewalk.pcapng", viewer.key));
    assert!(answer.body.len() > 1024 * 1024 && answer.body.len() < 8 * 1024 * 1024, "{}", answer.body.len());
}

/// Rounds of the comparison below, and messages of the connection in each.
const ROUNDS: usize = 25;
const MESSAGES: usize = 60;

/// Turns of a round at most, until the other connection has exchanged any.
const TURNS: usize = 5;

/// Messages that another connection exchanges while `connection` exchanges [`MESSAGES`].
fn exchanged_beside(to: SocketAddr, connection: &mut Client) -> u32 {
    let (stop, count) = (AtomicBool::new(false), AtomicU32::new(0));
    let mut other = Client::connect(to, "/echo", &[]).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                other.send_text("x");
                assert_eq!(other.text(), "x");
                count.fetch_add(1, Ordering::Relaxed);
            }
        });
        for _ in 0..MESSAGES {
            connection.send_text("a message");
            assert_eq!(connection.text(), "a message");
            std::thread::sleep(Duration::from_millis(1));
        }
        stop.store(true, Ordering::Relaxed);
    });
    count.into_inner()
}

/// In the time of as many messages, others exchange at least half as many beside a watched connection as beside one that
/// is not watched: in the median round, as other work on the machine may slow either.
#[test]
fn a_watched_connection_does_not_slow_others() {
    let server = Server::start(&["--workers", "2"]);
    let to = server.addr();
    let mut viewer = Viewer::open(to);
    let mut unwatched = Client::connect(to, "/echo", &[]).unwrap();
    let mut watched = viewer.connect(to, "/echo");
    viewer.hears_of("upgrade");
    let mut shares: Vec<f64> = (1..=ROUNDS)
        .map(|round| {
            // A turn in which the machine gave the other no time is no measure.
            let mut turns = (0..TURNS).map(|_| exchanged_beside(to, &mut unwatched));
            let usual = turns.find(|count| *count > 0).expect("messages beside the other");
            let beside = exchanged_beside(to, &mut watched);
            println!("round {round}: {beside} beside the watched connection, {usual} beside the other");
            f64::from(beside) / f64::from(usual)
        })
        .collect();
    shares.sort_by(f64::total_cmp);
    assert!(shares[ROUNDS / 2] > 0.5, "{shares:?}");
    viewer.hears("the last of all", |it| it["type"] == "message" && it["from"] == "server");
    watched.end();
    drop(watched);
    viewer.hears_of("close");
    assert_eq!(viewer.all("message").len(), 2 * MESSAGES * ROUNDS);
    assert!(viewer.all("lost").is_empty());
}

#[test]
fn so_many_feeds_and_no_more_and_they_end_with_the_server() {
    let mut server = Server::start(&[]);
    let to = server.addr();
    let mut feeds: Vec<_> = (0..32).map(|_| Viewer::open(to)).collect();
    refused(to, Raw::request(to, &format!("/inspect/live?key={}", key())).as_bytes(), 503);
    fair(to);
    feeds.truncate(31);
    wait_until("there is room again", PATIENCE, || {
        let mut raw = Raw::tcp(to);
        raw.send(Raw::request(to, &format!("/inspect/live?key={}", key())).as_bytes());
        raw.bytes(Duration::from_millis(200)).0.starts_with(b"HTTP/1.1 101 ")
    });
    let watched = feeds[0].connect(to, "/echo");
    server.signal("TERM");
    let exit = server.wait_exit(PATIENCE);
    assert_eq!(exit.code, Some(0), "{}", exit.stderr);
    drop(watched);
    for mut viewer in feeds {
        let end = std::iter::from_fn(|| viewer.client.next(PATIENCE)).find(|event| {
            matches!(event, crate::support::ws::Event::Close(_) | crate::support::ws::Event::End(_))
        });
        assert!(matches!(end, Some(crate::support::ws::Event::Close(frame)) if frame.code().0 == 1001));
    }
}
