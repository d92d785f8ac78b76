//! Fair clients: served after every abuse.

use serde_json::json;

use crate::support::http::{self, Request};
use crate::support::server::Server;
use crate::support::ws::Client;

pub(super) const ADMIN: &str = "the-admin-token";
const PASSWORD: &str = "correct horse battery";

/// A server with `/api/` unlocked.
pub(super) fn start(args: &[&str]) -> Server {
    Server::builder().args(&["--admin-token", ADMIN, "--lang", "en"]).args(args).start()
}

/// A new client is let in, gets its echo and a clean end, and nothing has panicked.
pub(super) fn fair(server: &Server) {
    let mut client = Client::connect(server.addr(), "/echo", &[]).expect("a fair client gets in");
    client.send_text("fair");
    assert_eq!(client.text(), "fair");
    let record = client.end();
    assert!(record.is_clean(), "{record:?}");
    let log = server.log();
    assert!(!log.contains("panicked"), "{log}");
}

/// What a login gave.
#[derive(Debug, Clone)]
pub(super) struct Session {
    pub(super) id: String,
    user: u64,
}

impl Session {
    /// Where it connects.
    pub(super) fn target(&self) -> String {
        format!("/message?sessionId={}&userId={}", self.id, self.user)
    }

    /// How many are online?
    pub(super) fn question(&self) -> String {
        json!({ "sessionId": self.id, "query": "onLineNumber" }).to_string()
    }
}

/// A new account, and so many sessions of it.
pub(super) fn sessions(server: &Server, name: &str, count: usize) -> Vec<Session> {
    let credentials = json!({ "userName": name, "password": PASSWORD });
    assert_eq!(http::post_json(server.addr(), "/register", &credentials).status, 200);
    let login = |_| {
        let data = http::post_json(server.addr(), "/login", &credentials).json()["data"].take();
        let id = data["uuid"].as_str().expect("a session id").to_owned();
        Session { id, user: data["userId"].as_u64().expect("a user id") }
    };
    (0..count).map(login).collect()
}

/// A new account, and one session of it.
pub(super) fn session(server: &Server, name: &str) -> Session {
    sessions(server, name, 1).remove(0)
}

/// The session is let in, asks, and hears the number of those online; then it leaves.
pub(super) fn fair_message(server: &Server, session: &Session) -> u64 {
    let mut client = Client::connect(server.addr(), &session.target(), &[]).expect("the session gets in");
    let online = ask(&mut client, session);
    let record = client.end();
    assert!(record.is_clean(), "{record:?}");
    fair(server);
    online
}

/// Asks how many are online. Announcements before the answer are passed over.
pub(super) fn ask(client: &mut Client, session: &Session) -> u64 {
    client.send_text(&session.question());
    loop {
        let message = client.json();
        assert_eq!(message["code"], 200, "{message}");
        if message["event"] == "answer" {
            return message["online"].as_u64().expect("a number");
        }
        assert_eq!(message["event"], "presence", "{message}");
    }
}

/// The users and the connections that `/api/presence` counts.
pub(super) fn online(server: &Server) -> (u64, u64) {
    let answer = Request::new("GET", "/api/presence").bearer(ADMIN).send(server.addr()).json();
    let count = |name: &str| answer["data"][name].as_u64().expect("a number");
    (count("users"), count("connections"))
}

/// Sends a session something by the API: `push` with a `message`, `kick` with a `reason`.
pub(super) fn order(server: &Server, what: &str, session: &Session, name: &str, text: &str) {
    let body = json!({ "sessionId": session.id, name: text });
    let answer = Request::new("POST", &format!("/api/{what}")).bearer(ADMIN).json(&body).send(server.addr());
    assert_eq!(answer.status, 200, "{}", answer.text());
}
