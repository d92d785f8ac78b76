//! The connections of one user to `/message`.

use crate::support::people::{self, Login, presence};
use crate::support::ws::Event;
use crate::support::{PATIENCE, wait_until};

#[test]
fn one_connection_too_many_of_a_user_is_closed_with_4029() {
    let server = people::server(&["--quota-user-sockets", "2", "--lang", "en"]);
    let ann: Vec<_> = std::iter::once(Login::register(&server, "Ann"))
        .chain((0..2).map(|_| Login::again(&server, "Ann")))
        .collect();
    let bob = Login::register(&server, "Bob");
    let mut first = ann[0].connect(&server);
    let mut second = ann[1].connect(&server);
    for _ in 0..2 {
        let mut third = ann[2].connect(&server);
        match third.next(PATIENCE) {
            Some(Event::Close(frame)) => {
                assert_eq!((frame.code().0, frame.reason()), (4029, "too many connections of this user"));
            }
            other => panic!("not a Close, but {other:?}"),
        }
        assert_eq!(presence(&server), (1, 2));
    }
    // One that takes the place of another is not one more.
    let mut again = ann[1].connect(&server);
    assert_eq!(again.json()["online"], 1);
    assert_eq!(first.json()["online"], 1, "the others stay");
    // Another user has places of its own.
    let other = bob.connect(&server);
    assert_eq!(presence(&server), (2, 3));
    drop(second.end());
    drop(first);
    wait_until("a place is free", PATIENCE, || presence(&server) == (2, 2));
    let mut third = ann[2].connect(&server);
    assert_eq!(third.json()["online"], 2);
    drop(other);
}

#[test]
fn zero_removes_the_quota_of_a_user() {
    let server = people::server(&["--quota-user-sockets", "0"]);
    let ann = Login::register(&server, "Ann");
    let sessions: Vec<_> = (0..3).map(|_| Login::again(&server, "Ann")).collect();
    let open: Vec<_> = sessions.iter().chain([&ann]).map(|login| login.connect(&server)).collect();
    assert_eq!(presence(&server), (1, 4));
    drop(open);
}
