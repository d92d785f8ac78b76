//! How a session ends that the page did not end: what its user reads, and that the page keeps away from the server.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::look::in_both_languages;
use super::{ADMIN, PASSWORD, Person, server};
use crate::support::PATIENCE;
use crate::support::chrome::Chrome;
use crate::support::crowd::expire;
use crate::support::database::Database;
use crate::support::http::Request;
use crate::support::people::Login;
use crate::support::server::Server;

const NEW: &str = "another horse 7 battery";

impl Person {
    /// Her login, as the page knows it.
    fn login(&self) -> Login {
        let data = self.page.eval("fetch('/user/info').then(answer => answer.json()).then(it => it.data)");
        let session = data["uuid"].as_str().expect("a session id").to_owned();
        Login { token: String::new(), session, user: data["userId"].as_i64().expect("a number") }
    }

    /// The page shows this state, in these words; it can only be left by signing in again.
    #[track_caller]
    fn has_ended(&self, state: &str, words: &str) {
        self.is(state);
        let connections = "performance.getEntriesByType('resource').length";
        let before = self.page.eval(connections);
        // The first try of a page that reconnects comes within a second.
        std::thread::sleep(Duration::from_millis(1500));
        assert_eq!(self.page.eval(connections), before, "it asked again");
        assert_eq!(
            (self.page.text("#state"), self.page.text("#action")),
            (words.into(), "Sign in again".into())
        );
        self.is(state);
        self.complains_of_nothing();
    }

    fn change_password(&self, current: &str, new: &str) {
        self.page.type_text("#current-password", current);
        self.page.type_text("#new-password", new);
        self.page.click("#change-password");
    }

    fn shows(&self, id: &str, words: &str) {
        let shown =
            format!("!document.querySelector('{id}').hidden && document.querySelector('{id}').innerText");
        self.page.wait(&format!("({shown}) === {}", Value::from(words)), PATIENCE);
    }
}

fn kick(server: &Server, body: &Value) {
    let answer = Request::new("POST", "/api/kick").bearer(ADMIN).json(body).send(server.addr());
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn who_is_kicked_out_reads_why_and_stays_out() {
    let server = server().start();
    let chrome = Chrome::launch();
    let ada = Person::register(&chrome, &server, "Ada");
    kick(&server, &json!({ "userId": ada.login().user, "reason": "maintenance" }));
    ada.has_ended("ended", "Removed by an administrator");
    assert_eq!(ada.page.text("#detail"), "maintenance");
    in_both_languages(&ada.page, "kicked out");
    ada.page.click("#language");
    assert_eq!(ada.page.text("#state"), "已被管理员移出");
    // Not by looking again either: the session is over.
    ada.page.reload();
    ada.page.wait("document.querySelector('.door')", PATIENCE);
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn a_newer_login_ends_the_older_where_one_is_the_rule() {
    let server = server().args(&["--login-policy", "single"]).start();
    let chrome = Chrome::launch();
    let older = Person::register(&chrome, &server, "Ada");
    let newer = Person::sign_in(&chrome, &server, "Ada");
    older.has_ended("elsewhere", "Signed in elsewhere");
    assert_eq!(older.page.text("#detail"), "");
    newer.is("online");
    newer.is_told(1);
    newer.complains_of_nothing();
    older.page.reload();
    older.page.wait("document.querySelector('.door')", PATIENCE);
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn who_stays_too_long_is_asked_to_sign_in_again() {
    let server = server().start();
    let chrome = Chrome::launch();
    let ada = Person::register(&chrome, &server, "Ada");
    expire(&server, &ada.login(), SystemTime::now() + Duration::from_secs(4));
    ada.page.reload();
    ada.is("online");
    ada.has_ended("signed-out", "The session has expired: sign in again");
    ada.page.click("#action");
    ada.page.wait("location.pathname === '/login.html'", PATIENCE);
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn signed_out_in_one_window_is_signed_out_in_the_other() {
    let server = server().start();
    let chrome = Chrome::launch();
    let ada = Person::register(&chrome, &server, "Ada");
    // As a window would that has no connection of its own.
    ada.page.eval("fetch('/logout', { method: 'POST' }).then(answer => answer.status)");
    ada.has_ended("signed-out", "Signed out");
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn a_new_password_signs_out_everywhere_else() {
    let server = server().start();
    let chrome = Chrome::launch();
    let here = Person::register(&chrome, &server, "Ada");
    let there = Person::sign_in(&chrome, &server, "Ada");
    here.page.click("#account");
    here.page.click("#change-password");
    here.shows("#password-error", "Enter your current password.");
    here.change_password("not her password", NEW);
    here.shows("#password-error", "The current password is wrong.");
    in_both_languages(&here.page, "a new password");
    // A refusal is on Chromium's console as a failed request.
    here.page.take_problems();
    here.change_password(PASSWORD, NEW);
    here.shows("#password-done", "Changed. Your other sessions have ended.");
    assert_eq!(here.page.eval("document.querySelector('#new-password').value"), "");
    there.has_ended("ended", "The password was changed: sign in again");
    here.is("online");
    here.is_told(1);
    here.complains_of_nothing();
    // Whose session has ended cannot change it, and is not told of a wrong password.
    there.page.click("#account");
    there.change_password(NEW, PASSWORD);
    there.page.wait("location.pathname === '/login.html'", PATIENCE);
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn why_there_is_no_new_password_is_said_in_both_languages() {
    let server = server().start();
    let chrome = Chrome::launch();
    let ada = Person::register(&chrome, &server, "Ada");
    ada.page.click("#account");
    let mut database = Database::open(&server);
    for (new, english, chinese) in [
        ("short", "The password is shorter than 8 characters.", "密码至少需要 8 个字符。"),
        (
            "12345678",
            "This password is among the commonest. Take several words.",
            "该密码过于常见。请用几个词组成密码。",
        ),
        (NEW, "The server cannot do this now. Try again in 1 s.", "服务器暂时无法处理，请 1 秒后重试。"),
    ] {
        if new == NEW {
            database.lock();
        }
        ada.change_password(PASSWORD, new);
        ada.shows("#password-error", english);
        ada.page.click("#language");
        ada.shows("#password-error", chinese);
        ada.page.click("#language");
    }
    database.unlock();
    ada.change_password(PASSWORD, NEW);
    ada.shows("#password-done", "Changed. Your other sessions have ended.");
}
