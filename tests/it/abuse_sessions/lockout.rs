//! A9: limits on guessing that do not lock out the owner of the name.

use std::time::{Duration, Instant};

use serde_json::json;

use super::request_from;
use crate::support::http::{Answer, Request};
use crate::support::people::{self, Login, PASSWORD};
use crate::support::server::Server;

const HOME: [u8; 4] = [127, 0, 0, 1];
const JOURNEY: [u8; 4] = [127, 0, 9, 9];

/// What an owner at a new network waits at most.
const LONGEST: Duration = Duration::from_mins(1);

fn login_from(server: &Server, from: [u8; 4], name: &str, password: &str) -> Answer {
    let credentials = json!({ "userName": name, "password": password });
    let request = Request::new("POST", "/login").json(&credentials).encode(server.addr());
    request_from(from, server.addr(), &request)
}

/// A wrong password from another network for each number.
fn guess(server: &Server, network: u8, name: &str) -> Answer {
    login_from(server, [127, 0, 1, network], name, "a wrong guess")
}

/// The wait that an answer asks for.
#[track_caller]
fn wait(answer: &Answer) -> Duration {
    assert_eq!(answer.status, 429, "{}", answer.text());
    let seconds =
        answer.header("Retry-After").and_then(|it| it.parse().ok()).expect("Retry-After in seconds");
    Duration::from_secs(seconds)
}

/// Has 20 networks guess wrong, which is free.
fn guess_twenty(server: &Server, name: &str) {
    for network in 1..=20 {
        assert_eq!(guess(server, network, name).status, 401, "guess {network} at {name}");
    }
}

#[test]
fn a9_three_hundred_wrong_guesses_do_not_lock_the_owner_out() {
    let server = people::server(&[]);
    // Signs in from home.
    Login::register(&server, "Ann");
    let mut looked_at = 0;
    for turn in 0..300_u16 {
        let answer = guess(&server, 1 + (turn % 30) as u8, "Ann");
        match answer.status {
            401 => looked_at += 1,
            _ => assert!((Duration::from_secs(1)..=LONGEST).contains(&wait(&answer)), "{}", answer.text()),
        }
    }
    assert!((20..200).contains(&looked_at), "{looked_at} of 300 guesses were looked at");
    for name in ["Ann", "ann", "ａｎｎ"] {
        assert_eq!(login_from(&server, HOME, name, PASSWORD).status, 200, "{name} at home");
    }

    let begin = Instant::now();
    let mut answer = login_from(&server, JOURNEY, "Ann", PASSWORD);
    while answer.status == 429 {
        assert!(begin.elapsed() + wait(&answer) <= LONGEST + Duration::from_secs(5), "{}", answer.text());
        std::thread::sleep(wait(&answer));
        answer = login_from(&server, JOURNEY, "Ann", PASSWORD);
    }
    assert_eq!(answer.status, 200, "from a new network: {}", answer.text());
    assert_eq!(login_from(&server, JOURNEY, "Ann", PASSWORD).status, 200, "which is known now");
}

#[test]
fn a9_the_wait_of_networks_new_to_a_name_grows_and_does_not_tell_who_exists() {
    let server = people::server(&[]);
    Login::register(&server, "Ann");
    for name in ["Ann", "Nobody-at-all"] {
        guess_twenty(&server, name);
        for network in 101..=120 {
            assert_eq!(wait(&guess(&server, network, name)), Duration::from_secs(2), "{name}");
        }
        std::thread::sleep(Duration::from_millis(2100));
        for network in 101..=120 {
            assert_eq!(guess(&server, network, name).status, 401, "{name}: its turn has come");
        }
        assert_eq!(wait(&guess(&server, 200, name)), Duration::from_secs(4), "{name}");
        assert_eq!(guess(&server, 200, "Somebody-else").status, 401);
    }
}

#[test]
fn a9_networks_of_earlier_sign_ins_survive_a_restart() {
    let mut server = people::server(&[]);
    Login::register(&server, "Ann");
    assert_eq!(login_from(&server, [127, 0, 0, 5], "Ann", PASSWORD).status, 200);
    server.restart();
    guess_twenty(&server, "Ann");
    wait(&login_from(&server, JOURNEY, "Ann", PASSWORD));
    for home in [HOME, [127, 0, 0, 5]] {
        assert_eq!(login_from(&server, home, "Ann", PASSWORD).status, 200, "{home:?}");
        assert_eq!(login_from(&server, home, "Ann", "a wrong guess").status, 401, "{home:?} may mistype too");
    }
}
