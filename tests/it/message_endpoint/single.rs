//! `--login-policy single`: the newer login ends the older one, and the older one cannot come back.

use super::{Notice, expect_close, expect_presence, expect_quiet, two_online, until_presence};
use crate::support::people::{self, Login, presence};
use crate::support::raw::Raw;
use crate::support::server::Server;

fn server() -> Server {
    people::server(&["--login-policy", "single"])
}

#[test]
fn the_newer_login_kicks_the_older() {
    let server = server();
    let (ann, mut older, mut watcher) = two_online(&server);

    let newer_login = Login::again(&server, "Ann");
    assert_eq!(presence(&server), (1, 1), "off the list with the login, not with the newer connection");
    assert_eq!(Notice::next(&mut older), Notice::ended(1, "您的账号已在其他客户端登录", "elsewhere"));
    assert_eq!(expect_close(&mut older, 4001), "signed in elsewhere");
    until_presence(&mut watcher, 1);

    let mut newer = newer_login.connect(&server);
    expect_presence(&mut newer, 2);
    until_presence(&mut watcher, 2);
    // However often the older one tries: the newer stays, and nobody notices.
    for _ in 0..12 {
        assert_eq!(ann.try_connect(&server, &[]).expect_err("a refusal").status, 403);
    }
    expect_quiet(&mut newer);
    expect_quiet(&mut watcher);
    assert_eq!(presence(&server), (2, 2));

    // Not even when the newer one has gone.
    newer.end();
    until_presence(&mut watcher, 1);
    assert_eq!(ann.try_connect(&server, &[]).expect_err("a refusal").status, 403);
    let mut again = newer_login.connect(&server);
    expect_presence(&mut again, 2);
}

#[test]
fn an_older_login_without_connection_is_replaced_too() {
    let server = server();
    let older = Login::register(&server, "Ann");
    let newer = Login::again(&server, "Ann");
    assert_eq!(older.try_connect(&server, &[]).expect_err("a refusal").status, 403);
    let mut client = newer.connect(&server);
    expect_presence(&mut client, 1);
    // The same session again is no newer login: it replaces, and is not kicked.
    let mut again = newer.connect(&server);
    expect_presence(&mut again, 1);
    expect_close(&mut client, 4002);
    // One login of each user: others are not concerned.
    let mut other = Login::register(&server, "Bob").connect(&server);
    expect_presence(&mut other, 2);
    expect_presence(&mut again, 2);
}

#[test]
fn the_older_login_stays_out_after_a_restart() {
    let mut server = server();
    let older = Login::register(&server, "Ann");
    let newer = Login::again(&server, "Ann");
    server.restart();
    assert_eq!(older.try_connect(&server, &[]).expect_err("a refusal").status, 403);
    expect_presence(&mut newer.connect(&server), 1);
}

#[test]
fn of_concurrent_logins_one_survives() {
    let server = server();
    let first = Login::register(&server, "Ann");
    let logins: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let login = Login::again(&server, "Ann");
                    let open = login.try_connect(&server, &[]).ok();
                    (login, open)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    let alive = logins.iter().filter(|(login, _)| match login.try_connect(&server, &[]) {
        Ok(_) => true,
        Err(answer) => {
            assert_eq!(answer.status, 403);
            false
        }
    });
    assert_eq!(alive.count(), 1, "the later generation, and only it");
    assert_eq!(first.try_connect(&server, &[]).expect_err("a refusal").status, 403);
}

#[test]
fn login_policy_many_is_the_default() {
    let server = people::server(&[]);
    let older = Login::register(&server, "Ann");
    let newer = Login::again(&server, "Ann");
    let open = [&older, &newer].map(|login| Raw::connect(server.addr(), &login.target()));
    assert_eq!(presence(&server), (1, 2));
    drop(open);
}
