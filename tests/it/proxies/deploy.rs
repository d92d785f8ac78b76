//! The configurations in `docs/deploy.md`, run as they stand there: only ports, addresses and certificates are replaced.
//! A client signs in through https, and opens a WebSocket.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::foreign::{Foreign, free_port};
use crate::support::http;
use crate::support::people::PASSWORD;
use crate::support::process;
use crate::support::server::Server;
use crate::support::temp::TempDir;
use crate::support::{PATIENCE, wait_until};

const DOCUMENT: &str = include_str!("../../../docs/deploy.md");

const HOST: &str = "ws.example.com";

/// The fenced blocks of a language, in their order.
fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    DOCUMENT.split(fence.as_str()).skip(1).map(|rest| rest.split("\n```").next().expect("it ends")).collect()
}

/// Replaces what stands exactly `count` times in a text.
fn replace(text: &str, old: &str, new: &str, count: usize) -> String {
    assert_eq!(text.matches(old).count(), count, "{old} in {text}");
    text.replace(old, new)
}

/// The options of the `wirewalk serve` in this place of the document.
fn server(nth: usize) -> Server {
    let mut commands = DOCUMENT.lines().filter_map(|line| line.strip_prefix("wirewalk serve "));
    let options: Vec<_> = commands.nth(nth).expect("a command").split(' ').collect();
    Server::start(&options)
}

/// A certificate for the host, with its key, in a directory of its own.
struct Certificate(TempDir);

impl Certificate {
    fn new() -> Self {
        let directory = TempDir::new();
        let mut openssl = Command::new("openssl");
        openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]);
        openssl.args([
            "-days",
            "2",
            "-subj",
            "/CN=ws.example.com",
            "-addext",
            "subjectAltName=DNS:ws.example.com",
        ]);
        openssl.arg("-out").arg(directory.join("certificate")).arg("-keyout").arg(directory.join("key"));
        let exit = process::run(&mut openssl, PATIENCE);
        assert_eq!(exit.code, Some(0), "{exit:?}");
        Self(directory)
    }

    fn certificate(&self) -> String {
        self.0.join("certificate").display().to_string()
    }

    fn key(&self) -> String {
        self.0.join("key").display().to_string()
    }
}

/// nginx with a block of the document.
fn nginx(block: &str, server: &Server, certificate: &Certificate) -> Foreign {
    let port = free_port();
    let block = replace(block, "listen 443 ssl;", &format!("listen 127.0.0.1:{port} ssl;"), 1);
    let block = replace(&block, "http://127.0.0.1:9001", &server.url(""), 1);
    let block = replace(&block, "/etc/ssl/ws.example.com.pem", &certificate.certificate(), 1);
    let block = replace(&block, "/etc/ssl/ws.example.com.key", &certificate.key(), 1);
    Foreign::nginx_http(&block, port)
}

/// Caddy with a block of the document, and a certificate in place of one that it would fetch.
fn caddy(block: &str, server: &Server, certificate: &Certificate) -> Foreign {
    let (port, files) = (free_port(), [certificate.certificate(), certificate.key()].join(" "));
    let site = format!("https://{HOST}:{port} {{\n    bind 127.0.0.1\n    tls {files}");
    let block = replace(block, "ws.example.com {", &site, 1);
    let block = replace(&block, "127.0.0.1:9001", &server.addr().to_string(), 1);
    Foreign::caddy(&format!("{{\n    admin off\n    auto_https off\n}}\n{block}\n"), port)
}

/// The client: curl, which keeps cookies as a browser does.
struct Client<'c> {
    port: u16,
    certificate: &'c Certificate,
    cookies: TempDir,
}

impl<'c> Client<'c> {
    fn new(port: u16, certificate: &'c Certificate) -> Self {
        Self { port, certificate, cookies: TempDir::new() }
    }

    fn origin(&self) -> String {
        format!("https://{HOST}:{}", self.port)
    }

    /// Head and body of the answer to a request with these options of curl.
    fn curl(&self, path: &str, options: &[&str]) -> (String, String) {
        let mut curl = Command::new("curl");
        curl.args(["--disable", "--silent", "--show-error", "--include", "--noproxy", "*"]);
        curl.arg("--cacert").arg(self.certificate.certificate());
        curl.arg("--resolve").arg(format!("{HOST}:{}:127.0.0.1", self.port));
        let jar = self.cookies.join("jar");
        curl.arg("--cookie").arg(&jar).arg("--cookie-jar").arg(&jar);
        curl.args(options).arg(format!("{}{path}", self.origin()));
        let exit = process::run(&mut curl, PATIENCE);
        assert_eq!(exit.code, Some(0), "{path}: {exit:?}");
        let (head, body) = exit.stdout.split_once("\r\n\r\n").expect("a head");
        (head.to_ascii_lowercase(), body.to_owned())
    }

    /// Posts a name and a password, as the page does.
    fn post(&self, path: &str) -> (String, String) {
        let fields = serde_json::json!({ "userName": "Ann", "password": PASSWORD }).to_string();
        let origin = format!("Origin: {}", self.origin());
        self.curl(path, &["--json", &fields, "--header", &origin])
    }

    /// The answer to an Upgrade from a page of this origin, and the first bytes behind its head if it is 101.
    fn upgrade(&self, target: &str, origin: &str) -> (String, Vec<u8>) {
        let mut tls = Tls::connect(self.port, Path::new(&self.certificate.certificate()));
        let mut request =
            format!("GET {target} HTTP/1.1\r\nHost: {HOST}:{}\r\nOrigin: {origin}\r\n", self.port);
        let _ = write!(request, "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n");
        let _ = write!(request, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        tls.send(request.as_bytes());
        let head = tls.read_until(b"\r\n\r\n");
        let head = String::from_utf8(head).expect("a head").to_ascii_lowercase();
        let first = if head.starts_with("http/1.1 101") { tls.read_until(b"}") } else { Vec::new() };
        (head, first)
    }
}

/// A connection by openssl, which checks the certificate.
struct Tls(Child);

impl Tls {
    fn connect(port: u16, certificate: &Path) -> Self {
        let mut openssl = Command::new("openssl");
        openssl.args([
            "s_client",
            "-quiet",
            "-verify_return_error",
            "-verify_hostname",
            HOST,
            "-servername",
            HOST,
        ]);
        openssl.arg("-connect").arg(format!("127.0.0.1:{port}")).arg("-CAfile").arg(certificate);
        openssl.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        Self(openssl.spawn().expect("openssl"))
    }

    fn send(&mut self, bytes: &[u8]) {
        let stdin = self.0.stdin.as_mut().expect("piped");
        stdin.write_all(bytes).and_then(|()| stdin.flush()).expect("openssl reads");
    }

    /// Reads up to these bytes, or to the end.
    fn read_until(&mut self, end: &[u8]) -> Vec<u8> {
        let (stdout, mut bytes, mut byte) = (self.0.stdout.as_mut().expect("piped"), Vec::new(), [0]);
        while !bytes.ends_with(end) && matches!(stdout.read(&mut byte), Ok(1)) {
            bytes.push(byte[0]);
        }
        bytes
    }
}

impl Drop for Tls {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Signs in below `base` as a page of this site does, opens its WebSocket, and is refused as a page of another.
fn sign_in_and_connect(server: &Server, client: &Client<'_>, base: &str) {
    let (page, text) = client.curl(&format!("{base}/login.html"), &[]);
    assert!(page.contains(" 200") && text.contains(&format!("action=\"{base}/login\"")), "{page} {text}");
    let (registered, _) = client.post(&format!("{base}/register"));
    assert!(registered.contains(" 200"), "{registered}");
    let (head, body) = client.post(&format!("{base}/login"));
    assert!(head.contains(" 200"), "{head} {body}");
    let cookie = head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).expect("a cookie");
    let (name, path) = match base {
        "" => ("__host-wirewalk_token=", "; path=/;".to_owned()),
        base => ("__secure-wirewalk_token=", format!("; path={base};")),
    };
    assert!(cookie.starts_with(name) && cookie.contains("; secure"), "{cookie}");
    assert!(cookie.contains(&path), "{cookie}");

    // By the cookie, which curl sends only over https and only below its path.
    let (head, body) = client.curl(&format!("{base}/user/info"), &[]);
    assert!(head.contains(" 200"), "{head} {body}");
    let user: Value = serde_json::from_str(&body).expect("JSON");
    let target = format!(
        "{base}/message?sessionId={}&userId={}",
        user["data"]["uuid"].as_str().expect("a session"),
        user["data"]["userId"]
    );
    let (head, first) = client.upgrade(&target, &client.origin());
    assert!(head.starts_with("http/1.1 101"), "{head}");
    let first = String::from_utf8_lossy(&first).into_owned();
    assert!(first.contains("\"event\":\"presence\",\"online\":1"), "{first}");

    for foreign in
        ["https://ws.example.com", "https://evil.example", &client.origin().replace("https", "http")]
    {
        let (head, _) = client.upgrade(&target, foreign);
        assert!(head.starts_with("http/1.1 403"), "{foreign}: {head}");
    }
    let compared = format!("this request came for {},", client.origin());
    assert_eq!(server.log().matches(&compared).count(), 3, "{}", server.log());
}

#[test]
#[ignore = "run by tests/run: needs nginx"]
fn nginx_as_deploy_md_says() {
    let certificate = Certificate::new();
    for (nth, base) in [(0, ""), (1, "/ww")] {
        let block = blocks("nginx")[nth];
        // In one of them the host comes the other way.
        let other = block
            .replace("proxy_set_header Host $http_host;", "proxy_set_header X-Forwarded-Host $http_host;");
        assert_ne!(block, other);
        for block in [block, &other] {
            let server = server(nth);
            let nginx = nginx(block, &server, &certificate);
            let client = Client::new(nginx.port, &certificate);
            sign_in_and_connect(&server, &client, base);
            if !base.is_empty() {
                let (head, _) = client.curl(base, &[]);
                let to = format!("location: {}{base}/", client.origin());
                assert!(head.contains(" 301") && head.lines().any(|line| line == to), "{head}");
                let (head, _) = client.curl("/user/info", &[]);
                assert!(head.contains(" 404") && head.contains("server: nginx"), "{head}");
            }
        }
    }
}

#[test]
#[ignore = "run by tests/run: needs caddy"]
fn caddy_as_deploy_md_says() {
    let certificate = Certificate::new();
    for (nth, base) in [(0, ""), (1, "/ww")] {
        let server = server(nth);
        let caddy = caddy(blocks("caddy")[nth], &server, &certificate);
        let client = Client::new(caddy.port, &certificate);
        sign_in_and_connect(&server, &client, base);
        if !base.is_empty() {
            let (head, _) = client.curl(base, &[]);
            assert!(head.contains(" 301") && head.lines().any(|line| line == "location: /ww/"), "{head}");
        }
    }
}

#[test]
fn a_refused_origin_is_logged_as_deploy_md_says() {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let server = Server::start(&[]);
    let said = words(blocks("text")[0]).replace("127.0.0.1:9001", &server.addr().to_string());
    let login = http::Request::new("POST", "/login").header("Origin", "https://ws.example.com");
    assert_eq!(login.header("X-Forwarded-For", "192.0.2.1").send(server.addr()).status, 403);
    wait_until("it is logged", PATIENCE, || words(&server.log()).contains(&said));
}

#[test]
#[ignore = "run by tests/run: needs systemd-analyze"]
fn the_unit_is_one_and_its_variables_are_the_servers() {
    let unit = blocks("ini")[0];
    let directory = TempDir::new();
    let file = directory.join("wirewalk.service");
    let binary = env!("CARGO_BIN_EXE_wirewalk");
    std::fs::write(&file, replace(unit, "/usr/local/bin/wirewalk", binary, 1))
        .expect("a directory of our own");
    let exit = process::run(Command::new("systemd-analyze").arg("verify").arg(&file), PATIENCE);
    assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""));

    let help = process::run(Command::new(binary).args(["serve", "--help"]), PATIENCE).stdout;
    let variables = unit.lines().filter_map(|line| line.strip_prefix("Environment=")?.split_once('='));
    let mut builder = Server::builder();
    for (name, value) in variables {
        assert!(help.contains(&format!("[env: {name}")), "{name}");
        builder = if name == "WIREWALK_DATABASE" { builder } else { builder.env(name, value) };
    }
    let server = builder.start();
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n");
    assert_eq!(http::request(server.addr(), request.as_bytes()).status, 200);
}
