//! Closes by the server: the same session again (4002), a logout (4001).

use serde_json::json;

use super::{Notice, expect_close, expect_presence, expect_quiet, two_online};
use crate::support::people::{self, Login, admin, presence};
use crate::support::raw::Raw;
use crate::support::{PATIENCE, wait_until};

#[test]
fn a_second_connection_of_a_session_replaces_the_first() {
    let server = people::server(&[]);
    let (ann, mut older, mut watcher) = two_online(&server);

    let mut newer = ann.connect(&server);
    expect_presence(&mut newer, 2);
    expect_close(&mut older, 4002);
    drop(older);

    // Its end took nothing away, and N never moved.
    expect_quiet(&mut watcher);
    assert_eq!(presence(&server), (2, 2));
    admin(&server, "/api/push", &json!({ "sessionId": ann.session, "message": "x" }));
    assert_eq!(Notice::next(&mut newer).message, "x");
    newer.end();
    expect_presence(&mut watcher, 1);
}

#[test]
fn a_late_end_of_the_replaced_connection_does_not_lower_n() {
    // A Close that is not answered is waited for a minute: only its own end, or the newer one's, can end it here.
    let server = people::server(&["--close-timeout", "60"]);
    let ann = Login::register(&server, "Ann");
    let late: [fn(Raw); 3] = [Raw::reset, drop, |mut raw| {
        raw.send(&Raw::frame(0x88, b"\x03\xE8"));
        raw.rest(PATIENCE);
    }];
    for end in late {
        let mut older = Raw::connect(server.addr(), &ann.target());
        older.frame_within(PATIENCE).expect("the presence");
        let mut newer = ann.connect(&server);
        expect_presence(&mut newer, 1);
        let close = older.frame_within(PATIENCE).expect("a Close");
        assert_eq!(close.close_code(), Some(4002));
        end(older);
        expect_quiet(&mut newer);
        assert_eq!(presence(&server), (1, 1));
        newer.send_text(&ann.question());
        assert_eq!(Notice::next(&mut newer).online, 1);
        newer.end();
        wait_until("the newer one has gone", PATIENCE, || presence(&server) == (0, 0));
    }
}

#[test]
fn a_chain_of_replacements_leaves_one_connection() {
    let server = people::server(&[]);
    let ann = Login::register(&server, "Ann");
    let mut clients: Vec<_> = (0..10).map(|_| ann.connect(&server)).collect();
    let mut last = clients.pop().expect("ten");
    for client in &mut clients {
        expect_presence(client, 1);
        expect_close(client, 4002);
    }
    drop(clients);
    expect_presence(&mut last, 1);
    expect_quiet(&mut last);
    assert_eq!(presence(&server), (1, 1));
}

#[test]
fn a_logout_ends_its_session_for_good_and_no_other() {
    let server = people::server(&[]);
    let (ann, bob) = (Login::register(&server, "Ann"), Login::register(&server, "Bob"));
    let ann_elsewhere = Login::again(&server, "Ann");
    let mut watcher = bob.connect(&server);
    expect_presence(&mut watcher, 1);
    let mut client = ann.connect(&server);
    expect_presence(&mut client, 2);
    expect_presence(&mut watcher, 2);
    let mut other = ann_elsewhere.connect(&server);
    expect_presence(&mut other, 2);

    assert_eq!(ann.logout(&server).status, 200);
    // At once: the answer to the logout comes when the session is off the list.
    assert_eq!(presence(&server), (2, 2));
    expect_close(&mut client, 4001);
    assert_eq!(ann.try_connect(&server, &[]).expect_err("a refusal").status, 401);
    expect_quiet(&mut other);
    expect_quiet(&mut watcher);

    assert_eq!(ann_elsewhere.logout(&server).status, 200);
    expect_close(&mut other, 4001);
    expect_presence(&mut watcher, 1);
    // A new login is a new session.
    let mut back = Login::again(&server, "Ann").connect(&server);
    expect_presence(&mut back, 2);
    assert_eq!(ann.try_connect(&server, &[]).expect_err("a refusal").status, 401);
}
