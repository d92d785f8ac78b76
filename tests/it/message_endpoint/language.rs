//! The language of messages: the Upgrade's `Accept-Language`, else `--lang`, else Chinese.

use serde_json::json;

use super::{Notice, expect_close};
use crate::support::people::{self, Login, admin};
use crate::support::server::Server;

/// First message to a newcomer with these headers.
#[track_caller]
fn greeting(server: &Server, login: &Login, headers: &[(&str, &str)]) -> String {
    let mut client = login.try_connect(server, headers).expect("101");
    Notice::next(&mut client).message
}

const ZH: &str = "当前连接人数为：1";
const EN: &str = "Users connected: 1";

#[test]
fn accept_language_sets_the_language() {
    let server = people::server(&[]);
    let ann = Login::register(&server, "Ann");
    for (value, text) in [
        ("zh-CN,zh;q=0.9,en;q=0.8", ZH),
        ("en-US,en;q=0.9", EN),
        ("en;q=0.5, zh;q=0.7", ZH),
        ("zh;q=0.5, en;q=0.7", EN),
        ("de-DE, fr;q=0.9, EN-gb;q=0.1", EN),
        ("en;q=0, zh;q=0.1", ZH),
        ("en;q=0", ZH),
        ("de, fr", ZH),
        ("*", ZH),
        ("", ZH),
        ("en;q=nonsense", ZH),
    ] {
        assert_eq!(greeting(&server, &ann, &[("Accept-Language", value)]), text, "{value:?}");
    }
    assert_eq!(greeting(&server, &ann, &[]), ZH);
    // Lines of one name are one list (RFC 9110 §5.3).
    assert_eq!(greeting(&server, &ann, &[("Accept-Language", "de"), ("Accept-Language", "en")]), EN);
    let lines = [("Accept-Language", "en;q=0.5"), ("accept-language", "zh;q=0.7")];
    assert_eq!(greeting(&server, &ann, &lines), ZH);
}

#[test]
fn lang_sets_the_language_without_accept_language() {
    let server = people::server(&["--lang", "en"]);
    let ann = Login::register(&server, "Ann");
    assert_eq!(greeting(&server, &ann, &[]), EN);
    assert_eq!(greeting(&server, &ann, &[("Accept-Language", "de")]), EN);
    assert_eq!(greeting(&server, &ann, &[("Accept-Language", "zh-TW")]), ZH);
}

#[test]
fn every_text_is_in_the_language_of_its_connection() {
    let server = people::server(&[]);
    let ann = Login::register(&server, "Ann");
    let ann_elsewhere = Login::again(&server, "Ann");
    let mut english = ann.try_connect(&server, &[("Accept-Language", "en")]).expect("101");
    let mut chinese = ann_elsewhere.connect(&server);
    assert_eq!(Notice::next(&mut english), Notice::new(200, "presence", 1, EN));
    assert_eq!(Notice::next(&mut chinese), Notice::new(200, "presence", 1, ZH));

    english.send_text(&ann.question());
    chinese.send_text(&ann_elsewhere.question());
    assert_eq!(Notice::next(&mut english), Notice::new(200, "answer", 1, "Users online: 1"));
    assert_eq!(Notice::next(&mut chinese), Notice::new(200, "answer", 1, "当前在线人数：1"));

    english.send_text("?");
    chinese.send_text("?");
    assert!(Notice::next(&mut english).message.is_ascii());
    assert!(!Notice::next(&mut chinese).message.is_ascii());

    admin(&server, "/api/push", &json!({ "userId": ann.user, "message": "Grüße 你好 \"\n" }));
    for client in [&mut english, &mut chinese] {
        assert_eq!(Notice::next(client), Notice::new(200, "push", 1, "Grüße 你好 \"\n"), "as it was written");
    }

    admin(&server, "/api/kick", &json!({ "userId": ann.user }));
    assert_eq!(Notice::next(&mut english), Notice::removed(0, "Removed by an administrator", ""));
    assert_eq!(Notice::next(&mut chinese), Notice::removed(0, "已被管理员移出", ""));
    expect_close(&mut english, 4001);
    expect_close(&mut chinese, 4001);
}
