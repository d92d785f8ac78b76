//! Below a base path nothing that a page loads, links, requests or goes to is outside of it.

use super::*;

const BASE: &str = "/below/here";

/// The uses of an address in a script, each with what follows it up to the end of its line.
fn uses(script: &'static str) -> impl Iterator<Item = &'static str> {
    const USES: [&str; 11] = [
        "fetch(",
        "new WebSocket(",
        "new EventSource(",
        "new URL(",
        "sendBeacon(",
        "location.assign(",
        "location.replace(",
        "location.href = ",
        ".href = ",
        ".src = ",
        ".action = ",
    ];
    USES.iter().flat_map(move |name| {
        script
            .match_indices(name)
            .map(move |(at, _)| script[at + name.len()..].lines().next().unwrap_or_default())
    })
}

/// Returns `true` if this is made by `common/address.js`, or is a place in the page itself.
fn is_below(script: &'static str, argument: &str) -> bool {
    if ["address(", "endpoint(", "`#", "\"#"].iter().any(|way| argument.starts_with(way)) {
        return true;
    }
    // A constant, a variable, a method: wherever it gets its value in this script, or in the one that it comes from.
    let name: String = argument.chars().take_while(|c| c.is_alphanumeric() || "_.".contains(*c)).collect();
    let name = name.rsplit('.').next().unwrap_or_default();
    let made = |text: &str| {
        [
            format!("const {name} = address("),
            format!("const {name} = endpoint("),
            format!("const {name} = `#"),
        ]
        .iter()
        .any(|way| text.contains(way.as_str()))
    };
    let method = |text: &str| {
        let body = text
            .split_once(&format!("\n  {name}("))
            .map(|(_, rest)| rest.split("\n  }").next().unwrap_or(rest));
        body.is_some_and(|body| body.contains("return address("))
    };
    made(script) || scripts().any(|file| method(file.text))
}

#[test]
fn scripts_make_each_address_in_one_module() {
    let modules = ["common/address.js", "common/endpoint.js"];
    let mut count = 0;
    for file in scripts().filter(|file| file.part != Part::Report && !modules.contains(&file.name)) {
        for argument in uses(file.text) {
            count += 1;
            assert!(
                is_below(file.text, argument),
                "{}: {argument}: use address() of common/address.js",
                file.name
            );
        }
    }
    assert!(count > 10, "{count}: the uses are found");
    for wrong in ["\"/login.html\")", "SIGN_IN)", "path, {", "`/inspect/${key}`"] {
        assert!(!is_below("const SIGN_IN = \"/login.html\";", wrong), "{wrong}");
    }
}

#[test]
fn styles_name_nothing_from_the_root() {
    for (path, style) in of_kind(Kind::Css) {
        let quotes = ['\'', '"', ' '];
        let from_root = |address: &&str| address.trim_start_matches(quotes).starts_with('/');
        let urls = style.split("url(").skip(1).chain(style.split("@import").skip(1));
        assert_eq!(urls.filter(from_root).count(), 0, "{path}");
    }
}

#[test]
fn each_address_in_a_page_is_below_the_base_and_served() {
    let mut count = 0;
    for file in files().filter(|file| file.kind == Kind::Html) {
        let path = file.name;
        let page = String::from_utf8(crate::web::body(file, BASE).to_vec()).unwrap();
        for (tag, _) in tags(&page) {
            for (name, value) in attributes(tag).into_iter().filter(|(_, value)| value.contains('/')) {
                if name == "content" || name == "type" {
                    continue;
                }
                let below = value.strip_prefix(BASE).filter(|rest| rest.starts_with('/'));
                let below = below.unwrap_or_else(|| panic!("{path}: <{tag}>: not below the base"));
                let is_served = name == "action" || {
                    let path = below.split('?').next().expect("a part");
                    files().any(|file| file.path == path)
                };
                assert!(is_served, "{path}: {below}");
                count += 1;
            }
        }
    }
    assert!(count > 20, "{count}");
}

#[tokio::test]
async fn a_page_at_another_base_has_another_tag() {
    let tag = async |router: Router| {
        let request = Request::get("/inspect").body(Body::empty()).unwrap();
        router.oneshot(request).await.unwrap().headers()[header::ETAG].clone()
    };
    assert_ne!(tag(pages("")).await, tag(pages(BASE)).await);
}
