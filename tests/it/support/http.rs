//! A blocking HTTP/1.1 client that shares no code with the server, and never hangs.

use std::fmt::Write as _;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::PATIENCE;

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// In the order they came, as they were spelled.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The first header of this name, whatever its case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(line, _)| line.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Whether a comma-separated header has this token, whatever its case.
    pub(crate) fn has_token(&self, name: &str, token: &str) -> bool {
        let lines = self.headers.iter().filter(|(line, _)| line.eq_ignore_ascii_case(name));
        lines.flat_map(|(_, value)| value.split(',')).any(|it| it.trim().eq_ignore_ascii_case(token))
    }

    /// Whether there is one Date, and it is about now (RFC 9110 §6.6.1).
    pub(crate) fn is_dated(&self) -> bool {
        let mut dates = self.headers.iter().filter(|(line, _)| line.eq_ignore_ascii_case("Date"));
        let (Some((_, date)), None) = (dates.next(), dates.next()) else { return false };
        let Ok(date) = httpdate::parse_http_date(date) else { return false };
        let now = SystemTime::now();
        let apart = now.duration_since(date).unwrap_or_else(|ahead| ahead.duration());
        date.duration_since(UNIX_EPOCH).is_ok() && apart < Duration::from_mins(10)
    }

    /// The value of a cookie that the answer sets.
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        let set = self.headers.iter().filter(|(line, _)| line.eq_ignore_ascii_case("Set-Cookie"));
        set.filter_map(|(_, cookie)| cookie.split(';').next()?.split_once('='))
            .find(|(key, _)| key.trim() == name)
            .map(|(_, value)| value)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// # Panics
    /// If the body is not JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
}

/// A request in the making.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    method: &'static str,
    target: String,
    headers: String,
    body: Vec<u8>,
}

impl Request {
    pub(crate) fn new(method: &'static str, target: &str) -> Self {
        Self { method, target: target.to_owned(), headers: String::new(), body: Vec::new() }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        let _ = write!(self.headers, "{name}: {value}\r\n");
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("Authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn cookie(self, name: &str, value: &str) -> Self {
        self.header("Cookie", &format!("{name}={value}"))
    }

    pub(crate) fn json(self, value: &serde_json::Value) -> Self {
        self.body("application/json", value.to_string().as_bytes())
    }

    pub(crate) fn form(self, fields: &[(&str, &str)]) -> Self {
        let encode = |text: &str| {
            percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
        };
        let pairs: Vec<_> = fields.iter().map(|(key, value)| encode(key) + "=" + &encode(value)).collect();
        self.body("application/x-www-form-urlencoded", pairs.join("&").as_bytes())
    }

    pub(crate) fn body(mut self, kind: &str, body: &[u8]) -> Self {
        self.body = body.to_vec();
        self.header("Content-Type", kind)
    }

    /// The bytes of the request, for a connection that is used once.
    pub(crate) fn encode(&self, host: SocketAddr) -> Vec<u8> {
        let Self { method, target, headers, body } = self;
        let mut head =
            format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}");
        if !body.is_empty() || *method == "POST" {
            let _ = write!(head, "Content-Length: {}\r\n", body.len());
        }
        head.push_str("\r\n");
        [head.as_bytes(), body].concat()
    }

    /// # Panics
    /// If there is no whole answer in time.
    pub(crate) fn send(&self, to: SocketAddr) -> Answer {
        request(to, &self.encode(to))
    }
}

pub(crate) fn get(to: SocketAddr, target: &str) -> Answer {
    Request::new("GET", target).send(to)
}

pub(crate) fn post_json(to: SocketAddr, target: &str, value: &serde_json::Value) -> Answer {
    Request::new("POST", target).json(value).send(to)
}

/// Sends any bytes on a connection of their own, and reads one answer.
///
/// # Panics
/// If there is no whole answer in time.
pub(crate) fn request(to: SocketAddr, bytes: &[u8]) -> Answer {
    let mut stream = connect(to);
    // A server that has seen enough may answer and close before it took all of it: that answer still counts.
    let _ = stream.write_all(bytes);
    read_answer(&mut stream, bytes).unwrap_or_else(|why| panic!("{why}, asked {:?}", shown(bytes)))
}

/// A connection on which nothing waits longer than [`PATIENCE`].
///
/// # Panics
/// If it cannot be made.
pub(crate) fn connect(to: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect_timeout(&to, PATIENCE).unwrap_or_else(|error| panic!("{to}: {error}"));
    stream.set_read_timeout(Some(PATIENCE)).expect("not zero");
    stream.set_write_timeout(Some(PATIENCE)).expect("not zero");
    stream.set_nodelay(true).expect("a TCP socket");
    stream
}

/// Reads one answer to `request`. Says what was wrong, if there was no whole one.
pub(crate) fn read_answer(stream: &mut TcpStream, request: &[u8]) -> Result<Answer, String> {
    let mut reader = Reader { stream, bytes: Vec::new(), begin: Instant::now() };
    let (mut answer, len) = loop {
        let end = reader.bytes.windows(4).position(|four| four == b"\r\n\r\n");
        match end {
            Some(end) => break (parse_head(&reader.bytes[..end])?, end + 4),
            None if reader.more()? => {}
            None if reader.bytes.is_empty() => return Err("closed without an answer".to_owned()),
            None => return Err(format!("closed within the head {:?}", shown(&reader.bytes))),
        }
    };
    reader.bytes.drain(..len);
    let chunked =
        answer.header("Transfer-Encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"));
    let length = answer.header("Content-Length").map(str::parse::<usize>);
    let bodiless = request.starts_with(b"HEAD ") || matches!(answer.status, 100..200 | 204 | 304);
    answer.body = match length {
        _ if bodiless => Vec::new(),
        _ if chunked => reader.chunks()?,
        Some(Ok(length)) => reader.exactly(length)?,
        Some(Err(error)) => return Err(format!("Content-Length: {error}")),
        None => {
            while reader.more()? {}
            std::mem::take(&mut reader.bytes)
        }
    };
    Ok(answer)
}

/// The head of an answer, without its empty line.
pub(crate) fn parse_head(head: &[u8]) -> Result<Answer, String> {
    let wrong = || format!("not an HTTP answer: {:?}", shown(head));
    let text = std::str::from_utf8(head).map_err(|_| wrong())?;
    let mut lines = text.split("\r\n");
    let (version, rest) = lines.next().and_then(|line| line.split_once(' ')).ok_or_else(wrong)?;
    let status = rest.get(..3).and_then(|code| code.parse().ok()).ok_or_else(wrong)?;
    if version != "HTTP/1.1" && version != "HTTP/1.0" {
        return Err(wrong());
    }
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        (!name.contains(' ')).then(|| (name.to_owned(), value.trim().to_owned()))
    };
    let headers: Option<_> = lines.map(header).collect();
    Ok(Answer { status, headers: headers.ok_or_else(wrong)?, body: Vec::new() })
}

struct Reader<'s> {
    stream: &'s mut TcpStream,
    bytes: Vec<u8>,
    begin: Instant,
}

impl Reader<'_> {
    /// Reads on; `false` at the end.
    fn more(&mut self) -> Result<bool, String> {
        // The time is for the answer as a whole: a server that drips must not hold the test.
        let left = (PATIENCE * 2).saturating_sub(self.begin.elapsed()).max(Duration::from_millis(1));
        let mut buffer = [0; 16 * 1024];
        self.stream.set_read_timeout(Some(left)).map_err(|error| error.to_string())?;
        match self.stream.read(&mut buffer) {
            Ok(len) => {
                self.bytes.extend_from_slice(&buffer[..len]);
                Ok(len > 0)
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Ok(true),
            Err(error) => Err(format!("{error} after {:?}", shown(&self.bytes))),
        }
    }

    fn exactly(&mut self, len: usize) -> Result<Vec<u8>, String> {
        while self.bytes.len() < len {
            if !self.more()? {
                return Err(format!("closed after {} of {len} bytes of the body", self.bytes.len()));
            }
        }
        Ok(self.bytes.drain(..len).collect())
    }

    fn chunks(&mut self) -> Result<Vec<u8>, String> {
        let mut body = Vec::new();
        loop {
            let Some(end) = self.bytes.windows(2).position(|two| two == b"\r\n") else {
                if self.more()? {
                    continue;
                }
                return Err("closed within a chunk's length".to_owned());
            };
            let line: Vec<u8> = self.bytes.drain(..end + 2).collect();
            let digits = line.split(|byte| *byte == b';' || *byte == b'\r').next().unwrap_or_default();
            let digits = String::from_utf8_lossy(digits);
            let len = usize::from_str_radix(&digits, 16).map_err(|_| format!("chunk of length {digits}"))?;
            let chunk = self.exactly(len + 2)?;
            body.extend_from_slice(&chunk[..len]);
            if len == 0 {
                return Ok(body);
            }
        }
    }
}

/// The first bytes, readable in a failure's message.
pub(crate) fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(400)]).into_owned()
}

/// A server for one connection that sends this and closes.
#[cfg(test)]
fn answering(bytes: &'static [u8]) -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]);
        // In pieces, so that every part of an answer is cut somewhere.
        for piece in bytes.chunks(3) {
            stream.write_all(piece).unwrap();
        }
    });
    address
}

#[test]
fn answers_are_read_in_each_framing() {
    let head = "HTTP/1.1 200 OK\r\nSet-Cookie: session=abc; HttpOnly\r\nset-cookie: x=1\r\n";
    for (rest, body) in [
        ("Content-Length: 5\r\n\r\nHello, and more", "Hello"),
        ("Transfer-Encoding: chunked\r\n\r\n3\r\nHel\r\n2;x=y\r\nlo\r\n0\r\n\r\n", "Hello"),
        ("\r\nuntil the end", "until the end"),
    ] {
        let answer = get(answering(format!("{head}{rest}").leak().as_bytes()), "/");
        assert_eq!((answer.status, answer.text().as_str()), (200, body));
        assert_eq!(
            (answer.cookie("session"), answer.cookie("x"), answer.cookie("y")),
            (Some("abc"), Some("1"), None)
        );
    }
    let answer =
        get(answering(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x00"), "/");
    assert_eq!((answer.status, answer.header("upgrade"), answer.body.len()), (101, Some("websocket"), 0));
}

#[test]
fn bytes_that_are_no_answer_are_an_error() {
    for (bytes, why) in [
        (&b""[..], "closed without an answer"),
        (b"HTTP/1.1 200", "closed within the head"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", "closed after 3 of 9"),
        (b"SSH-2.0-x\r\n\r\n", "not an HTTP answer"),
        (b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "not an HTTP answer"),
    ] {
        let mut stream = connect(answering(bytes));
        stream.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
        let error = read_answer(&mut stream, b"GET ").unwrap_err();
        assert!(error.contains(why), "{error}");
    }
}

#[test]
fn requests_are_built() {
    let host = "127.0.0.1:80".parse().unwrap();
    let request = Request::new("POST", "/login").bearer("t").cookie("a", "b").form(&[("userName", "小 明")]);
    assert_eq!(
        String::from_utf8(request.encode(host)).unwrap(),
        "POST /login HTTP/1.1\r\nHost: 127.0.0.1:80\r\nConnection: close\r\nAuthorization: Bearer t\r\n\
         Cookie: a=b\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 30\r\n\r\n\
         userName=%E5%B0%8F%20%E6%98%8E"
    );
}
