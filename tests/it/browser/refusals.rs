//! What the sign-in page says of a name or a password that the server refuses, in both languages.

use super::server;
use crate::support::PATIENCE;
use crate::support::chrome::Chrome;

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn refusals_are_shown_in_the_language_of_the_page() {
    let server = server().start();
    let chrome = Chrome::launch();
    for (name, password, english, chinese) in [
        (
            "аdmin",
            "correct horse 7 staple",
            "This user name is reserved for the service",
            "该用户名为系统保留",
        ),
        ("Ada", "Passw0rd", "This password is among the commonest", "该密码过于常见"),
        ("Ada", "Summer2024", "This is a common password with digits or signs", "该密码只是常见密码加上"),
    ] {
        let context = chrome.context();
        let page = context.page(&server.url("/login.html"));
        page.click("#mode-register");
        page.type_text("#user-name", name);
        page.type_text("#password", password);
        page.click("#submit");
        page.wait("!document.querySelector('#error').hidden", PATIENCE);
        let other = page.eval("document.documentElement.lang") == "en";
        let [first, second] = if other { [english, chinese] } else { [chinese, english] };
        assert!(page.text("#error").starts_with(first), "{}", page.text("#error"));
        page.click("#language");
        assert!(page.text("#error").starts_with(second), "{}", page.text("#error"));
    }
}
