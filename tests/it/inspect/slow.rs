//! What a watcher costs: its own page at most. The connection, and everyone else's, go on.

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
        viewer.told.clear();
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

/// Counted, not timed: in the time in which the watched one does so much, the others do as much as they do beside one
/// that is not watched, give or take half. Other work on the machine may come in between: then both do it once more.
#[test]
fn others_do_not_wait_for_who_is_watched() {
    let server = Server::start(&["--workers", "2"]);
    let to = server.addr();
    let mut viewer = Viewer::open(to);
    let mut unwatched = Client::connect(to, "/echo", &[]).unwrap();
    let mut watched = viewer.connect(to, "/echo");
    viewer.hears_of("upgrade");
    let beside = |one: &mut Client| {
        let (stop, count) = (std::sync::atomic::AtomicBool::new(false), std::sync::atomic::AtomicU64::new(0));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut other = Client::connect(to, "/echo", &[]).unwrap();
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    other.send_text("x");
                    assert_eq!(other.text(), "x");
                    count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                }
            });
            for _ in 0..1000 {
                one.send_text("a message");
                assert_eq!(one.text(), "a message");
                std::thread::sleep(Duration::from_millis(1));
            }
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
        });
        count.into_inner()
    };
    let mut rounds = 0;
    loop {
        rounds += 1;
        let (usual, along) = (beside(&mut unwatched), beside(&mut watched));
        println!("round {rounds}: {along} beside one that is watched, {usual} beside one that is not");
        if along * 2 > usual {
            break;
        }
        assert!(rounds < 5, "{along} beside one that is watched, {usual} beside one that is not");
    }
    viewer.hears("the last of a thousand", |it| it["type"] == "message" && it["from"] == "server");
    watched.end();
    drop(watched);
    viewer.hears_of("close");
    assert_eq!(viewer.all("message").len(), 2000 * rounds);
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
