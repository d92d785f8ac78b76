//! Sharing of a quota, and its release.

use super::*;

fn client(address: &str) -> Requester {
    Requester::direct(address.parse().unwrap())
}

fn networks(most: usize) -> Arc<Networks> {
    let most = NonZeroUsize::new(most);
    let quotas =
        Quotas { registrations: most, connections: most, feeds: most, lab_runs: most, ..Quotas::DEFAULT };
    Arc::new(Networks::new(quotas))
}

impl Networks {
    /// Returns `true` if all memory was given back.
    pub(in crate::server) fn holds_nothing(&self) -> bool {
        self.held.is_empty()
    }
}

#[test]
fn a_network_is_an_ipv4_address_or_an_ipv6_64() {
    let networks = networks(2);
    let of = |addresses: [&str; 3]| addresses.map(|address| networks.connect(&client(address)));
    for same in [
        ["192.0.2.1", "::ffff:192.0.2.1", "192.0.2.1"],
        ["2001:db8::1", "2001:db8::2", "2001:db8:0:0:ffff::3"],
    ] {
        let permits = of(same);
        assert!(permits[0].is_ok() && permits[1].is_ok() && permits[2].is_err(), "{same:?}");
    }
    assert!(of(["192.0.2.1", "192.0.2.2", "192.0.2.3"]).iter().all(Result::is_ok));
    assert!(of(["2001:db8::1", "2001:db8:0:1::1", "2001:db8:0:2::1"]).iter().all(Result::is_ok));
    assert!(lock(&networks.open).is_empty(), "they are forgotten with the last connection");
    assert_eq!(networks.refusals().to_string(), "connections 2");
}

#[test]
fn a_dropped_permit_is_given_back() {
    let networks = networks(1);
    let one = client("192.0.2.1");
    let (feed, run) = (networks.open_feed(&one), networks.run_lab(&one));
    assert!(feed.is_ok() && run.is_ok() && networks.connect(&one).is_ok(), "each is counted by itself");
    let over = networks.open_feed(&one).map(|_| ());
    assert_eq!(over, Err(OverQuota { quota: Quota::Feeds, retry_after: RETRY }));
    assert!(networks.run_lab(&one).is_err() && networks.run_lab(&client("192.0.2.2")).is_ok());
    drop((feed, run));
    assert!(networks.open_feed(&one).is_ok() && networks.run_lab(&one).is_ok());
}

#[test]
fn loopback_and_zero_are_not_counted() {
    let few = networks(1);
    for local in ["127.0.0.1", "127.9.9.9", "::1"] {
        let local = client(local);
        let permits: Vec<_> = (0..3).map(|_| (few.connect(&local), few.open_feed(&local))).collect();
        assert!(permits.iter().all(|(connection, feed)| connection.is_ok() && feed.is_ok()));
        let now = Instant::now();
        assert!((0..3).all(|_| few.register(&local, now).is_ok()));
    }
    let proxy = "10.0.0.1".parse().unwrap();
    let _of_proxy: Vec<_> = (0..3).map(|_| few.connect_proxy(proxy)).collect();
    assert!(few.connect(&client("10.0.0.1")).is_ok(), "its connections are not its own requests");
    let (any, one) = (networks(0), client("192.0.2.1"));
    let permits: Vec<_> = (0..2000).map(|_| (any.connect(&one), any.run_lab(&one))).collect();
    assert!(permits.iter().all(|(connection, run)| connection.is_ok() && run.is_ok()));
    assert!((0..2000).all(|_| any.register(&one, Instant::now()).is_ok()));
}

#[test]
fn registrations_count_for_an_hour_unless_they_failed() {
    let (networks, one, start) = (networks(2), client("2001:db8::1"), Instant::now());
    let at = |minutes| start + Duration::from_mins(minutes);
    assert!(networks.register(&one, at(0)).is_ok());
    networks.not_registered(&one, at(0));
    assert!(networks.register(&one, at(1)).is_ok() && networks.register(&one, at(2)).is_ok());
    let over = networks.register(&client("2001:db8::2"), at(3));
    let retry_after = Duration::from_mins(58);
    assert_eq!(over, Err(OverQuota { quota: Quota::Registrations, retry_after }));
    assert!(networks.register(&client("2001:db8:0:1::1"), at(3)).is_ok());
    assert!(networks.register(&one, at(61)).is_ok() && networks.register(&one, at(61)).is_err());
}
