//! The ends of hostile input: a whole answer, a connection closed in order, and fair clients still served.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;

use super::http::{self, Answer};
use super::raw::{End, Raw};
use super::{PATIENCE, wait_until, ws};

/// A fair client comes, is served, and goes.
///
/// # Panics
/// If it is not.
pub(crate) fn fair(to: SocketAddr) {
    let mut client = ws::Client::connect(to, "/echo", &[]).expect("a fair client is let in");
    client.send_text("still there?");
    assert_eq!(client.text(), "still there?");
    assert!(client.end().is_clean());
}

/// Sends these bytes on a connection of their own: they must be answered with this status and the JSON envelope, and
/// the connection closed with a FIN behind the answer.
///
/// # Panics
/// If anything of this is not so.
pub(crate) fn refused(to: SocketAddr, bytes: &[u8], status: u16) -> Answer {
    let mut raw = Raw::tcp(to);
    raw.send(bytes);
    refusal(&mut raw, status).unwrap_or_else(|why| panic!("{why}, asked {:?}", http::shown(bytes)))
}

/// The same, on a connection that stands; the error says what is not so.
pub(crate) fn refusal(raw: &mut Raw, status: u16) -> Result<Answer, String> {
    let answer = last(raw, status)?;
    if !answer.has_token("Connection", "close") {
        return Err(format!("the connection is not said to close: {answer:?}"));
    }
    envelope(&answer)?;
    Ok(answer)
}

/// The one answer that is left to come, and the FIN behind it; the error says if there is another number of answers,
/// another status, another end, or no Date.
pub(crate) fn last(raw: &mut Raw, status: u16) -> Result<Answer, String> {
    let (bytes, end) = raw.bytes(PATIENCE);
    let mut answers = answers(&bytes);
    match answers.pop() {
        Some(answer) if answers.is_empty() && answer.status == status && end == End::Fin => {
            if answer.is_dated() { Ok(answer) } else { Err(format!("no Date of now: {answer:?}")) }
        }
        _ => Err(format!("not {status} and FIN, but {end:?} behind {:?}", http::shown(&bytes))),
    }
}

/// One that drips on a connection that never blocks: what it was answered so far.
pub(crate) struct Dripping {
    raw: Raw,
    answered: Vec<u8>,
}

impl Dripping {
    pub(crate) fn new(mut raw: Raw) -> Self {
        raw.stream().set_nonblocking(true).unwrap();
        Self { raw, answered: Vec::new() }
    }

    /// Sends a drop more; whether the server takes it.
    ///
    /// # Panics
    /// If it ends with anything but 408 in the JSON envelope.
    pub(crate) fn goes_on(&mut self, drop: &[u8]) -> bool {
        self.raw.send(drop);
        let (more, end) = self.raw.bytes(PATIENCE);
        self.answered.extend(more);
        if end == End::StillOpen {
            return true;
        }
        let answer = &answers(&self.answered)[0];
        assert_eq!((answer.status, answer.header("Connection")), (408, Some("close")));
        envelope(answer).unwrap();
        false
    }
}

/// Checks that an answer's body is `{"code":N,"message":"…","data":null}`, N being the status; `data` may say `why`.
pub(crate) fn envelope(answer: &Answer) -> Result<(), String> {
    let body: Value = serde_json::from_slice(&answer.body).map_err(|error| format!("{error}: {answer:?}"))?;
    let right = answer.header("Content-Type") == Some("application/json; charset=utf-8")
        && body["code"] == answer.status
        && body["message"].as_str().is_some_and(|why| !why.is_empty())
        && body.get("data").is_some_and(|data| data.is_null() || is_reason(data));
    if right { Ok(()) } else { Err(format!("not the envelope of {}: {answer:?}", answer.status)) }
}

/// Data of a refusal: nothing but `why`, for programs.
fn is_reason(data: &Value) -> bool {
    let why = |data: &serde_json::Map<String, Value>| data.get("why").and_then(Value::as_str).map(str::len);
    data.as_object().is_some_and(|data| data.len() == 1 && why(data).is_some_and(|length| length > 0))
}

/// Checks each row of a table, and fails with all that is wrong in it.
///
/// # Panics
/// If a check returned an error.
pub(crate) fn each<T>(rows: impl IntoIterator<Item = T>, check: impl FnMut(T) -> Result<(), String>) {
    let wrong: Vec<_> = rows.into_iter().map(check).filter_map(Result::err).collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// Answers that came one behind the other, each with its length.
///
/// # Panics
/// If something else came.
pub(crate) fn answers(mut bytes: &[u8]) -> Vec<Answer> {
    let mut answers = Vec::new();
    while !bytes.is_empty() {
        let wrong = || format!("no whole answer: {}", http::shown(bytes));
        let end =
            bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or_else(|| panic!("{}", wrong()));
        let mut answer = http::parse_head(&bytes[..end]).unwrap_or_else(|why| panic!("{why}"));
        let length = answer.header("Content-Length").and_then(|length| length.parse().ok());
        let rest = &bytes[end + 4..];
        let (body, rest) =
            rest.split_at_checked(length.unwrap_or(0)).unwrap_or_else(|| panic!("{}", wrong()));
        answer.body = body.to_vec();
        answers.push(answer);
        bytes = rest;
    }
    answers
}

/// Whether a client that sends all of `bytes`, and only then reads, finds the connection closed in order: a server that
/// closes with bytes unread sends a RST, and that can overtake the answer.
///
/// It is asked a few times: a test that is kept waiting for too long between sending and looking also finds a RST.
///
/// # Panics
/// If there is not one answer.
pub(crate) fn closes_in_order(connect: impl Fn() -> Raw, bytes: &[u8]) -> bool {
    (0..4).any(|_| {
        let mut raw = connect();
        raw.send(bytes) && {
            let (came, end) = raw.bytes(PATIENCE);
            assert_eq!((answers(&came).len(), end), (1, End::Fin), "{}", http::shown(&came));
            std::thread::sleep(Duration::from_millis(50));
            matches!(raw.stream().take_error(), Ok(None))
        }
    })
}

/// Waits until all connections but those of an idle server are gone.
///
/// # Panics
/// If they stay.
pub(crate) fn settles(server: &super::server::Server, idle: usize) {
    wait_until("descriptors are freed", PATIENCE * 4, || server.fd_count() <= idle);
}
