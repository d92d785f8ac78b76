//! The address that counts, by the headers of proxies and the trust in them.

use super::*;

const PROXY: &str = "10.0.0.1:5000";

fn proxies() -> TrustedProxies {
    let networks = ["10.0.0.0/8", "127.0.0.1/32", "2001:db8:f::/48"];
    TrustedProxies::new(networks.iter().map(|network| network.parse().unwrap()).collect())
}

fn client(peer: &str, lines: &[(&str, &str)]) -> Requester {
    let headers = lines.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    proxies().client(peer.parse().unwrap(), &headers)
}

/// The address that counts, and whether it is the last one that could be determined.
fn address(peer: &str, lines: &[(&str, &str)]) -> (String, bool) {
    let client = client(peer, lines);
    (client.address.to_string(), client.route == Route::Obscure)
}

#[test]
fn the_list_is_walked_from_the_right_as_far_as_trusted() {
    for (list, expected) in [
        ("203.0.113.5", "203.0.113.5"),
        ("6.6.6.6, 203.0.113.5", "203.0.113.5"),
        ("6.6.6.6, 203.0.113.5, 10.2.3.4", "203.0.113.5"),
        ("10.9.9.9, 203.0.113.5, 10.2.3.4", "203.0.113.5"),
        ("10.9.9.9", "10.9.9.9"),
        ("2001:db8:1::7, 2001:db8:f::1", "2001:db8:1::7"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
        ("unknown, 203.0.113.5", "203.0.113.5"),
    ] {
        assert_eq!(address(PROXY, &[("X-Forwarded-For", list)]), (expected.to_owned(), false), "{list}");
    }
    let lines =
        [("Forwarded", "for=6.6.6.6"), ("forwarded", "for=203.0.113.5"), ("Forwarded", "for=10.0.0.2")];
    assert_eq!(address(PROXY, &lines).0, "203.0.113.5", "lines of one name are one list");
    assert_eq!(
        address("[::ffff:10.0.0.1]:80", &lines).0,
        "203.0.113.5",
        "IPv4 as a dual-stack socket has it"
    );
    assert_eq!(address(PROXY, &[]), ("10.0.0.1".to_owned(), false), "the proxy asks for itself");
}

#[test]
fn a_loopback_address_named_by_another_machine_is_not_local() {
    for (peer, list, is_local) in [
        ("127.0.0.1:80", "127.0.0.1", true),
        ("127.0.0.1:80", "::1, 127.0.0.1", true),
        ("127.0.0.1:80", "203.0.113.5", false),
        (PROXY, "127.0.0.1", false),
        ("127.0.0.1:80", "127.0.0.1, 10.1.2.3", false),
        (PROXY, "127.0.0.1, 127.0.0.1", false),
    ] {
        let client = client(peer, &[("X-Forwarded-For", list)]);
        assert_eq!(client.is_local(), is_local, "{list} by {peer}: {client:?}");
    }
}

#[test]
fn headers_of_untrusted_peers_are_ignored() {
    let lines =
        [("X-Forwarded-For", "6.6.6.6"), ("Forwarded", "for=6.6.6.6"), ("X-Forwarded-Proto", "https")];
    let client = client("203.0.113.9:80", &lines);
    assert_eq!(client, Requester::direct("203.0.113.9".parse().unwrap()));
}

/// A client that spoils what a proxy sends counts as the proxy, and a local proxy's exemption is not for it.
#[test]
fn the_walk_ends_at_an_unreadable_element() {
    for lines in [
        &[("X-Forwarded-For", "6.6.6.6, unknown")][..],
        &[("X-Forwarded-For", "6.6.6.6, 10.0.0.900")],
        &[("Forwarded", "for=6.6.6.6, for=_hidden")],
        &[("Forwarded", "for=6.6.6.6;x=\", for=203.0.113.5")],
        &[("Forwarded", "for=6.6.6.6"), ("X-Forwarded-For", "203.0.113.5")],
    ] {
        assert_eq!(address(PROXY, lines), ("10.0.0.1".to_owned(), true), "{lines:?}");
        assert!(!client("127.0.0.1:80", lines).is_local(), "{lines:?}");
    }
    assert_eq!(address(PROXY, &[("X-Forwarded-For", "x, 10.0.0.2")]), ("10.0.0.2".to_owned(), true));
    let same = [("Forwarded", "for=203.0.113.5"), ("X-Forwarded-For", "6.6.6.6, 203.0.113.5")];
    assert_eq!(address(PROXY, &same), ("203.0.113.5".to_owned(), false));
    assert!(client("127.0.0.1:80", &[]).is_local());
    assert!(!client("127.0.0.1:80", &same).is_local());
}

#[test]
fn the_scheme_is_that_of_the_clients_proxy() {
    let scheme = |lines: &[(&str, &str)]| client(PROXY, lines).scheme;
    assert_eq!(scheme(&[]), Scheme::Http);
    assert_eq!(scheme(&[("X-Forwarded-Proto", "HTTPS")]), Scheme::Https);
    assert_eq!(scheme(&[("Forwarded", "for=203.0.113.5;proto=https")]), Scheme::Https);
    assert_eq!(scheme(&[("Forwarded", "for=1.1.1.1;proto=https, for=203.0.113.5;proto=http")]), Scheme::Http);
    assert_eq!(scheme(&[("Forwarded", "for=203.0.113.5"), ("X-Forwarded-Proto", "https")]), Scheme::Https);
    let listed =
        |proto| scheme(&[("X-Forwarded-For", "203.0.113.5, 10.0.0.2"), ("X-Forwarded-Proto", proto)]);
    assert_eq!(listed("https, http"), Scheme::Https, "the client's proxy, and then one within");
    assert_eq!(listed("http, https"), Scheme::Http);
    assert_eq!(listed("https"), Scheme::Https, "one for all of them");
    assert_eq!(listed("https, http, http"), Scheme::Http, "the first is the client's own word");
    assert_eq!(listed("ftp"), Scheme::Http);
}
