//! Pages of other sites in a real browser: one whose name resolves to this machine, and one on another port.

use serde_json::json;

use super::{Person, server};
use crate::support::PATIENCE;
use crate::support::chrome::{Chrome, Page};
use crate::support::http::post_json;
use crate::support::site;

/// As a name that its owner has pointed at this machine.
const REBOUND: &str = "--host-resolver-rules=MAP evil.example 127.0.0.1";

const KEY: &str = "0123456789abcdef0123456789abcdef";

/// What became of a WebSocket that the page opens: its first message, that it opened, or how it failed.
fn socket(page: &Page, url: &str) -> String {
    let js = format!(
        "new Promise(done => {{ const socket = new WebSocket('{url}');
         socket.onmessage = event => done('heard ' + event.data);
         socket.onopen = () => setTimeout(() => done('open'), 1000);
         socket.onclose = event => done('closed ' + event.code); }})"
    );
    page.eval(&js).as_str().expect("text").to_owned()
}

/// The status and text of the answer to what the page asks for, or that it may not know.
fn ask(page: &Page, path: &str, options: &str) -> String {
    let js = format!(
        "fetch('{path}', {options}).then(async answer => answer.status + ' ' + await answer.text(), error => error.name)"
    );
    page.eval(&js).as_str().expect("text").to_owned()
}

const CREDENTIALS: &str =
    "{ method: 'POST', body: new URLSearchParams({ userName: 'Eve', password: 'correct horse 7 staple' }) }";

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn a_page_that_rebinds_its_name_gets_nothing() {
    let server = server().args(&["--lab"]).start();
    let chrome = Chrome::launch_with(&[REBOUND]);
    let port = server.addr().port();
    // The document of the refusal is of the origin that a page would have which was loaded before the name changed.
    let page = chrome.context().page(&format!("http://evil.example:{port}/"));
    assert_eq!(page.eval("origin"), format!("http://evil.example:{port}"));
    assert!(page.eval("document.body.innerText").as_str().unwrap().contains("421"));

    let account = json!({ "userName": "Eve", "password": super::PASSWORD });
    assert_eq!(post_json(server.addr(), "/register", &account).status, 200);
    for (path, options) in [
        ("/", "{}"),
        ("/user/info", "{}"),
        ("/inspect/about", "{}"),
        ("/login", CREDENTIALS),
        ("/register", CREDENTIALS),
        ("/api/presence", "{ headers: { Authorization: 'Bearer the-admin-token-of-the-tests' } }"),
    ] {
        let told = ask(&page, path, options);
        assert!(told.starts_with("421 ") && told.contains("--host"), "{path}: {told}");
    }
    assert_eq!(page.eval("document.cookie"), "");
    for path in ["/echo", "/broadcast", &format!("/inspect/live?key={KEY}"), "/lab/F02"] {
        assert_eq!(socket(&page, &format!("ws://evil.example:{port}{path}")), "closed 1006", "{path}");
    }
    // Refusals are on Chromium's console as failed requests and sockets; nothing else is.
    let expected = |it: &String| it.contains("421") || it.contains("WebSocket");
    assert!(page.take_problems().iter().all(expected));

    // By a name that the server knows, all of it works.
    let page = chrome.context().page(&format!("http://localhost:{port}/login.html"));
    assert!(ask(&page, "/login", CREDENTIALS).starts_with("200 "));
    assert_eq!(socket(&page, &format!("ws://localhost:{port}/echo")), "open");
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn a_page_of_another_site_gets_nothing() {
    let server = server().start();
    let chrome = Chrome::launch_with(&[REBOUND]);
    let ann = Person::register(&chrome, &server, "Ann");
    let (to, elsewhere) = (server.addr(), site::serve("<!doctype html><title>elsewhere</title>").port());
    // In Ann's own browser, where her cookie is. Of another site, and of another port of this one.
    for host in ["evil.example", "127.0.0.1"] {
        let page = ann.context.page(&format!("http://{host}:{elsewhere}/"));
        for path in
            ["/echo", "/broadcast", &format!("/inspect/live?key={KEY}"), &format!("/echo?inspect={KEY}")]
        {
            let js = format!("ws://{to}{path}");
            assert_eq!(socket(&page, &js), "closed 1006", "{host} {path}");
        }
        // Answers to others are not readable; what matters is that nothing was done.
        for path in ["/login", "/register", "/logout"] {
            assert_eq!(ask(&page, &server.url(path), CREDENTIALS), "TypeError", "{host} {path}");
        }
        // A form needs no leave to be sent: the browser goes where it leads.
        page.eval(&format!(
            "(() => {{ const form = document.createElement('form'); form.method = 'post'; form.action = '{}';
             document.body.append(form); form.submit(); }})()",
            server.url("/logout")
        ));
        page.wait("document.body.innerText.includes('403')", PATIENCE);
    }
    // Ann is signed in as before, and Eve is not registered.
    ann.is_told(1);
    let signed_in = ann.page.eval("fetch('/user/info').then(answer => answer.status)");
    assert_eq!(signed_in, 200);
    let eve = json!({ "userName": "Eve", "password": super::PASSWORD });
    assert_eq!(post_json(to, "/login", &eve).status, 401);
    ann.complains_of_nothing();
}
