//! Users: registered, signed in, and connected to `/message`.

use serde_json::{Value, json};

use super::http::{self, Answer, Request};
use super::server::Server;
use super::ws::Client;

/// What opens `/api/` on a server of [`server`].
pub(crate) const ADMIN: &str = "admin-token-of-the-tests";

/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// A server with an administrator.
pub(crate) fn server(args: &[&str]) -> Server {
    Server::builder().args(args).env("WIREWALK_ADMIN_TOKEN", ADMIN).start()
}

/// A login's answer.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    pub(crate) token: String,
    pub(crate) session: String,
    pub(crate) user: i64,
}

impl Login {
    /// Registers, which costs a hash, and signs in, which costs another.
    ///
    /// # Panics
    /// If the server refuses.
    pub(crate) fn register(server: &Server, name: &str) -> Self {
        let answer = http::post_json(server.addr(), "/register", &credentials(name));
        assert_eq!(answer.status, 200, "{}", answer.text());
        Self::again(server, name)
    }

    /// Signs in someone who is registered.
    ///
    /// # Panics
    /// If the server refuses.
    pub(crate) fn again(server: &Server, name: &str) -> Self {
        let answer = http::post_json(server.addr(), "/login", &credentials(name));
        let data = &answer.json()["data"];
        let text = |key: &str| {
            data[key].as_str().unwrap_or_else(|| panic!("no {key}: {}", answer.text())).to_owned()
        };
        let user = data["userId"].as_i64().unwrap_or_else(|| panic!("no userId: {}", answer.text()));
        Self { token: text("token"), session: text("uuid"), user }
    }

    /// What the WebSocket is opened with.
    pub(crate) fn target(&self) -> String {
        format!("/message?sessionId={}&userId={}", self.session, self.user)
    }

    /// Goes online, with further header lines.
    ///
    /// # Errors
    /// What the server answered in place of 101.
    pub(crate) fn try_connect(&self, server: &Server, headers: &[(&str, &str)]) -> Result<Client, Answer> {
        Client::connect(server.addr(), &self.target(), headers)
    }

    /// Goes online.
    ///
    /// # Panics
    /// If the server refuses.
    pub(crate) fn connect(&self, server: &Server) -> Client {
        self.try_connect(server, &[])
            .unwrap_or_else(|answer| panic!("{}: {} {}", self.target(), answer.status, answer.text()))
    }

    /// The query for the online count.
    pub(crate) fn question(&self) -> String {
        json!({ "sessionId": self.session, "query": "onLineNumber" }).to_string()
    }

    pub(crate) fn logout(&self, server: &Server) -> Answer {
        Request::new("POST", "/logout").bearer(&self.token).send(server.addr())
    }
}

pub(crate) fn credentials(name: &str) -> Value {
    json!({ "userName": name, "password": PASSWORD })
}

/// Posts to the administrator's API.
pub(crate) fn admin(server: &Server, path: &str, body: &Value) -> Answer {
    Request::new("POST", path).bearer(ADMIN).json(body).send(server.addr())
}

/// How many users and connections the administrator's API counts.
///
/// # Panics
/// If it does not answer with numbers.
pub(crate) fn presence(server: &Server) -> (u64, u64) {
    let answer = Request::new("GET", "/api/presence").bearer(ADMIN).send(server.addr());
    let data = &answer.json()["data"];
    let number = |key: &str| data[key].as_u64().unwrap_or_else(|| panic!("no {key}: {}", answer.text()));
    (number("users"), number("connections"))
}
