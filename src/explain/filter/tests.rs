//! Expressions as people write them, and what is said of wrong ones.

use super::Filter;

fn wrong(expression: &str) -> (String, String) {
    let error = Filter::parse(expression).expect_err(expression);
    let [shown, pointer] = error.pointer();
    assert_eq!(shown, expression);
    (error.message().to_owned(), pointer)
}

#[test]
fn expressions_are_read() {
    for expression in [
        "port == 443",
        "port=443",
        "opcode == ping or opcode == 0xA",
        "opcode==9",
        "addr == 10.0.0.0/8 and not finding == C02",
        "addr == ::1",
        "(from == client && code != 1000) || severity >= warning",
        "!finding",
        "text ~ \"it's\"",
        "text contains 你好",
        "text~hello",
        "TEXT ~ x AND Port < 1024",
        "finding == c02",
        "code == 1006",
    ] {
        Filter::parse(expression).unwrap_or_else(|error| panic!("{error}"));
    }
    assert_eq!(Filter::parse("a == 1").unwrap_err().to_string().lines().count(), 3);
}

#[test]
fn what_is_wrong_is_pointed_at() {
    for (expression, pointer, message) in [
        ("opcod == ping", "^^^^^", "there is no 'opcod'; did you mean 'opcode'?"),
        (
            "port == 1 and tcp.port == 2",
            "              ^^^^^^^^",
            "there is no 'tcp.port'; did you mean 'port'?",
        ),
        ("tcp.stream == 1", "^^^^^^^^^^", "'tcp.stream' is an option of its own: --stream N"),
        (
            "xyz",
            "^^^",
            "there is no 'xyz'; there are addr, port, opcode, from, finding, severity, code, text",
        ),
        ("opcode == pnig", "          ^^^^", "'pnig' is no opcode; did you mean 'ping'?"),
        ("from == me", "        ^^", "'me' is no from; give client, server"),
        ("severity >= warn", "            ^^^^", "'warn' is no severity; did you mean 'warning'?"),
        ("port == 99999", "        ^^^^^", "'99999' is no port"),
        (
            "addr == here",
            "        ^^^^",
            "'here' is no address; give one like 10.0.0.1, or a network like 10.0.0.0/8",
        ),
        ("text == hello", "     ^^", "'text' is compared like text ~ \"hello\""),
        ("port ~ 4", "     ^", "'port' is compared like port == 443"),
        ("port", "^^^^", "'port' needs a comparison, like port == 443"),
        ("port ==", "       ^", "a value for 'port' is missing at the end"),
        ("port == and", "        ^^^", "a value for 'port' should stand here"),
        ("", "^", "a test is missing at the end, like opcode == ping"),
        ("code and", "        ^", "a test is missing at the end, like opcode == ping"),
        ("(code", "^", "this '(' is never closed"),
        ("code)", "    ^", "no '(' is open here"),
        ("code port == 1", "     ^^^^", "'and' or 'or' is missing before this"),
        ("text ~ \"你好\" and \"好", "                  ^^^", "the quotation has no \" at its end"),
        ("\"hello\"", "^^^^^^^", "a text alone is no test; write text ~ \"hello\""),
        ("code & text", "     ^", "'&' means nothing here"),
        (
            "finding == Q99",
            "           ^^^",
            "'Q99' is no finding; they have ids like C02, as the output names them",
        ),
    ] {
        assert_eq!(wrong(expression), (message.to_owned(), pointer.to_owned()), "{expression}");
    }
}

#[test]
fn what_is_too_much_is_refused() {
    let (message, _) = wrong(&("(".repeat(60) + "code" + &")".repeat(60)));
    assert_eq!(message, "too deep; use fewer parentheses");
    let pairs: Vec<_> = (0..8).map(|number| format!("(code == {number} or port == {number})")).collect();
    assert_eq!(wrong(&pairs.join(" and ")).0, "too many alternatives; use fewer 'or'");
}
