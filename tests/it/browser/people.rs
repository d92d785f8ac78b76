//! Who is online, on the page: the user's own devices, the others where the server shows them, and how the number came.

use serde_json::json;

use super::header::SIZES;
use super::look::in_both_languages;
use super::{Person, server};
use crate::support::PATIENCE;
use crate::support::chrome::Chrome;

const DEVICES: &str =
    "[...document.querySelectorAll('#devices li')].map(at => at.innerText.replace(/since .*?M/, '…'))";
const USERS: &str = "[...document.querySelectorAll('#users li')].map(at => at.innerText)";

/// Waits until the page lists these.
fn lists(person: &Person, what: &str, expected: &serde_json::Value) {
    person.page.wait(&format!("JSON.stringify({what}) === JSON.stringify({expected})"), PATIENCE);
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn own_devices_are_listed_and_the_others_where_they_are_shown() {
    for (args, shows) in [(&["--show-users"][..], true), (&[], false)] {
        let server = server().args(args).start();
        let chrome = Chrome::launch();
        let ada = Person::register(&chrome, &server, "Ada");
        lists(&ada, DEVICES, &json!(["Chrome on Linux … this browser"]));
        let bob = Person::register(&chrome, &server, "小明");
        if shows {
            lists(&ada, USERS, &json!(["Ada", "小明"]));
            lists(&bob, USERS, &json!(["Ada", "小明"]));
        }
        assert_eq!(ada.page.eval("document.querySelector('#who').hidden"), !shows);
        let too = Person::sign_in(&chrome, &server, "Ada");
        lists(&too, DEVICES, &json!(["Chrome on Linux …", "Chrome on Linux … this browser"]));
        if shows {
            lists(&too, USERS, &json!(["Ada 2 devices", "小明"]));
        }
        in_both_languages(&too.page, "who is online, with devices");
        for (width, height) in SIZES {
            too.page.viewport(width, height);
            too.page.picture(&format!("online-{width}x{height}{}", if shows { "-users" } else { "" }));
        }
        for person in [ada, bob, too] {
            person.complains_of_nothing();
        }
    }
}

#[test]
#[ignore = "run by tests/run: needs chromium"]
fn the_page_shows_how_the_number_came_and_where_to_see_more() {
    let server = server().start();
    let chrome = Chrome::launch();
    let ada = Person::register(&chrome, &server, "Ada");
    ada.sees(1);
    let text = r#"{"code":200,"message":"Users connected: 1","event":"presence","online":1}"#;
    assert_eq!(ada.page.text("#payload"), format!("TEXT {text}"));
    assert_eq!(ada.page.text("#size"), format!("{} B", text.len()));
    ada.page.click("#how");
    ada.page.wait("location.pathname === '/inspect' && document.querySelector('#connect')", PATIENCE);
    assert_eq!(ada.page.eval("location.search"), "?endpoint=/message");
    ada.complains_of_nothing();
}
