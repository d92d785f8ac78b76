//! The limit of sessions per user: the oldest ends for one more.

use crate::support::http::Request;
use crate::support::people::{self, Login};
use crate::support::server::Server;

fn info(server: &Server, login: &Login) -> u16 {
    Request::new("GET", "/user/info").bearer(&login.token).send(server.addr()).status
}

#[test]
fn the_fifty_first_login_ends_the_oldest_session() {
    let server = people::server(&[]);
    let bob = Login::register(&server, "Bob");
    let first = Login::register(&server, "Ann");
    let mut socket = first.connect(&server);
    let second = Login::again(&server, "Ann");
    for _ in 3..=50 {
        Login::again(&server, "Ann");
    }
    assert_eq!(info(&server, &first), 200, "fifty are allowed");
    let last = Login::again(&server, "Ann");
    assert_eq!(info(&server, &first), 401);
    assert_eq!(first.try_connect(&server, &[]).expect_err("no session").status, 401);
    let close = socket.end().received.expect("a Close of the server");
    assert_eq!(close.code().0, 4001);
    for (login, whose) in [(&second, "the second"), (&last, "the last"), (&bob, "somebody else's")] {
        assert_eq!(info(&server, login), 200, "{whose}");
    }
}

#[test]
fn the_session_limit_is_an_option() {
    let server = people::server(&["--max-sessions", "2"]);
    let logins =
        [Login::register(&server, "Ann"), Login::again(&server, "Ann"), Login::again(&server, "Ann")];
    assert_eq!(logins.each_ref().map(|login| info(&server, login)), [401, 200, 200]);

    let server = Server::builder().env("WIREWALK_MAX_SESSIONS", "0").start();
    let first = Login::register(&server, "Ann");
    for _ in 0..51 {
        Login::again(&server, "Ann");
    }
    assert_eq!(info(&server, &first), 200, "0 is no limit");
}
