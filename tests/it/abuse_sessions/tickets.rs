//! A2 and A10: sessions of others, expired ones, and ones that were never issued.

use uuid::Uuid;

use super::{open, visible};
use crate::support::crowd;
use crate::support::people::{self, Login, presence};

#[test]
fn a2_every_invalid_session_gets_the_same_refusal() {
    let server = people::server(&[]);
    let (ann, bob) = (Login::register(&server, "Ann"), Login::register(&server, "Bob"));
    let ended = Login::again(&server, "Ann");
    assert_eq!(ended.logout(&server).status, 200);
    let expired = crowd::expired(&server);
    let target = |session: &str, user: &str| format!("/message?sessionId={session}&userId={user}");
    let user = ann.user.to_string();
    // Not more than ten: then the address is told to wait.
    let wrong = [
        ("another user's id", target(&ann.session, &bob.user.to_string())),
        ("nobody's id", target(&ann.session, "4711")),
        ("a session never issued", target(&Uuid::new_v4().to_string(), &user)),
        ("nothing right", target(&Uuid::new_v4().to_string(), "4711")),
        ("logged out", ended.target()),
        ("expired", expired.target()),
        ("no user", format!("/message?sessionId={}", ann.session)),
        ("no session", format!("/message?userId={user}")),
        ("nothing", "/message".to_owned()),
        ("a name for an id", target(&ann.session, "Ann")),
    ];
    let answers: Vec<_> = wrong.iter().map(|(what, target)| (what, open(&server, target, ""))).collect();
    for (what, answer) in &answers {
        assert_eq!(answer.status, 401, "{what}: {}", answer.text());
        assert_eq!(answer.json()["code"], 401, "{what}");
        assert_eq!(visible(answer), visible(&answers[0].1), "{what} is told apart");
    }
    assert_eq!(presence(&server), (0, 0));
    assert_eq!(open(&server, &ann.target(), "").status, 101);
}

#[test]
fn a10_a_session_id_that_was_never_issued_is_refused() {
    let server = people::server(&[]);
    let ann = Login::register(&server, "Ann");
    let own = Uuid::new_v4().to_string();
    let target = format!("/message?sessionId={own}&userId={}", ann.user);
    // Neither before the login it would be fixed to, nor after, nor with the right token beside it.
    assert_eq!(open(&server, &target, "").status, 401);
    let after = Login::again(&server, "Ann");
    assert_ne!(after.session, own);
    let token = format!("Authorization: Bearer {0}\r\nCookie: wirewalk_token={0}\r\n", after.token);
    assert_eq!(open(&server, &target, &token).status, 401);
    for nil in [Uuid::nil(), Uuid::max()] {
        assert_eq!(open(&server, &format!("/message?sessionId={nil}&userId={}", ann.user), "").status, 401);
    }
    // Nor does the server take one over at the login.
    let chosen = crate::support::http::Request::new("POST", &format!("/login?sessionId={own}&uuid={own}"))
        .json(&people::credentials("Ann"));
    let answer = chosen.send(server.addr());
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_ne!(answer.json()["data"]["uuid"], own.as_str());
    let mut fields = people::credentials("Ann");
    fields["sessionId"] = own.as_str().into();
    assert_eq!(crate::support::http::post_json(server.addr(), "/login", &fields).status, 400);
    assert_eq!(open(&server, &target, "").status, 401);
}
