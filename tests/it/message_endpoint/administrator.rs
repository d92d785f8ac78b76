//! Push, broadcast and kick, as seen by the clients concerned and by the others.

use serde_json::json;

use super::{Notice, expect_close, expect_presence, expect_quiet};
use crate::support::people::{self, Login, admin, presence};

#[test]
fn a_push_reaches_its_session_or_all_sessions_of_its_user() {
    let server = people::server(&[]);
    let (ann, bob) = (Login::register(&server, "Ann"), Login::register(&server, "Bob"));
    let ann_elsewhere = Login::again(&server, "Ann");
    let mut first = ann.connect(&server);
    expect_presence(&mut first, 1);
    let mut second = ann_elsewhere.connect(&server);
    expect_presence(&mut second, 1);
    let mut other = bob.connect(&server);
    for client in [&mut other, &mut first, &mut second] {
        expect_presence(client, 2);
    }
    let pushed = |message: &str| Notice::new(200, "push", 2, message);

    admin(&server, "/api/push", &json!({ "sessionId": ann.session, "message": "one" }));
    assert_eq!(Notice::next(&mut first), pushed("one"));
    admin(&server, "/api/push", &json!({ "userId": ann.user, "message": "both" }));
    assert_eq!(Notice::next(&mut first), pushed("both"));
    assert_eq!(Notice::next(&mut second), pushed("both"), "and not the one that was for the first");
    for message in ["a", "b", "c"] {
        admin(&server, "/api/broadcast", &json!({ "message": message }));
    }
    for client in [&mut first, &mut second, &mut other] {
        for message in ["a", "b", "c"] {
            assert_eq!(Notice::next(client), pushed(message), "in order, once");
        }
        expect_quiet(client);
    }
}

#[test]
fn a_kick_sends_the_notice_and_the_reason_and_takes_off_the_list() {
    let server = people::server(&[]);
    let (ann, bob) = (Login::register(&server, "Ann"), Login::register(&server, "Bob"));
    let ann_elsewhere = Login::again(&server, "Ann");
    let mut watcher = bob.connect(&server);
    expect_presence(&mut watcher, 1);
    let mut first = ann.connect(&server);
    expect_presence(&mut first, 2);
    expect_presence(&mut watcher, 2);
    let mut second = ann_elsewhere.connect(&server);
    expect_presence(&mut second, 2);

    let notice = |online, reason| Notice::removed(online, "已被管理员移出", reason);
    // One session only: its user stays online, so no other session receives N.
    admin(&server, "/api/kick", &json!({ "sessionId": ann.session, "reason": "be nice" }));
    assert_eq!(presence(&server), (2, 2));
    assert_eq!(Notice::next(&mut first), notice(2, "be nice"));
    assert_eq!(expect_close(&mut first, 4001), "be nice");
    expect_quiet(&mut second);
    expect_quiet(&mut watcher);

    // All of the user. A reason that does not fit a Close is cut between two characters (RFC 6455 §5.5).
    let long = "理由".repeat(100);
    admin(&server, "/api/kick", &json!({ "userId": ann.user, "reason": long }));
    assert_eq!(presence(&server), (1, 1));
    assert_eq!(Notice::next(&mut second), notice(1, &long));
    let reason = expect_close(&mut second, 4001);
    assert!(long.starts_with(&reason) && reason.len() > 119, "{reason}");
    expect_presence(&mut watcher, 1);

    // Without a reason, what it was.
    admin(&server, "/api/kick", &json!({ "userId": bob.user }));
    assert_eq!(Notice::next(&mut watcher), notice(0, ""));
    assert_eq!(expect_close(&mut watcher, 4001), "removed by an administrator");
}

#[test]
fn pushes_before_a_kick_are_delivered() {
    let server = people::server(&[]);
    let ann = Login::register(&server, "Ann");
    let mut client = ann.connect(&server);
    expect_presence(&mut client, 1);
    for message in ["last", "words"] {
        admin(&server, "/api/push", &json!({ "userId": ann.user, "message": message }));
    }
    admin(&server, "/api/kick", &json!({ "userId": ann.user, "reason": "x" }));
    admin(&server, "/api/broadcast", &json!({ "message": "too late" }));
    assert_eq!(Notice::next(&mut client).message, "last");
    assert_eq!(Notice::next(&mut client).message, "words");
    assert_eq!(Notice::next(&mut client).event, "kicked");
    assert_eq!(expect_close(&mut client, 4001), "x");
}
