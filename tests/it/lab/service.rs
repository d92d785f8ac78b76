//! The lab beside the service: off by default, bounded, private to each visitor, ended with the server.

use std::time::Duration;

use serde_json::json;
use wirewalk::lab::table;

use super::{account, key, server};
use crate::support::http::{Request, get};
use crate::support::raw::{End, Raw};
use crate::support::refusal::{self, each, fair, refused};
use crate::support::server::Server;
use crate::support::{PATIENCE, wait_until};

fn upgrade(to: std::net::SocketAddr, target: &str) -> Vec<u8> {
    Raw::request(to, target).into_bytes()
}

#[test]
fn without_the_option_there_is_no_lab() {
    let server = Server::start(&[]);
    let to = server.addr();
    for path in
        ["/lab", "/lab/", "/lab/experiments", "/lab/F02", "/lab/runs/0123456789abcdef", "/assets/lab/lab.js"]
    {
        let answer = get(to, path);
        assert_eq!((answer.status, refusal::envelope(&answer)), (404, Ok(())), "{path}");
    }
    refused(to, &upgrade(to, "/lab/F02"), 404);
    fair(to);
}

#[test]
fn the_page_and_the_table_are_served() {
    let server = server();
    let to = server.addr();
    let page = get(to, "/lab");
    assert!(
        page.status == 200
            && page.text().contains("lab.js")
            && page.header("Content-Security-Policy").is_some()
    );
    let data = get(to, "/lab/experiments").json()["data"].clone();
    let ids: Vec<_> = data["experiments"].as_array().unwrap().iter().map(|row| row["id"].clone()).collect();
    assert_eq!(ids, table::experiments().map(|row| json!(row.id)).collect::<Vec<_>>());
    let row = data["experiments"].as_array().unwrap().iter().find(|row| row["id"] == "T08").unwrap();
    assert_eq!(row["browser"], json!({ "opened": true, "messages": 0, "code": 1000, "wasClean": true }));
    assert_eq!(row["client"]["fair"]["acts"], json!([{ "binary": 256 << 10 }, { "close": 1000 }]));
    assert_eq!((&row["at_fault"], row["does"]["zh"].is_string()), (&json!("server"), true));
    let seconds = |id: &str| {
        data["experiments"].as_array().unwrap().iter().find(|row| row["id"] == id).unwrap()["seconds"].clone()
    };
    assert_eq!((seconds("L01"), seconds("F02")), (json!(30), json!(null)));
    assert_eq!(data["elsewhere"].as_array().unwrap().len(), table::UNPROVOKED.len());
}

#[test]
fn an_unknown_experiment_is_refused() {
    let server = server();
    let to = server.addr();
    let asked = |target: &str| Raw::request(to, target);
    let foreign =
        asked("/lab/F02").replace("Upgrade: websocket", "Origin: http://evil.example\r\nUpgrade: websocket");
    let own_origin = asked("/lab/F02")
        .replace("Upgrade: websocket", &format!("Origin: http://{to}\r\nUpgrade: websocket"));
    let rows = [
        (asked("/lab/F99"), 404),
        // A client's fault has no endpoint.
        (asked("/lab/F01"), 404),
        (asked("/lab/"), 404),
        (asked("/lab/F02?run=short"), 400),
        (asked("/lab/F02?run=../../../../etc/passwd"), 400),
        (asked("/lab/F02?seconds=60"), 400),
        (asked("/lab/F02?seconds=-1"), 400),
        (foreign, 403),
        // The host is checked here too, and the one of a target in absolute-form counts.
        (asked("/lab/F02").replace(&format!("Host: {to}"), "Host: @"), 400),
        (asked("http://user@localhost/lab/F02"), 400),
        (own_origin.replace("/lab/F02", "http://evil.example/lab/F02"), 421),
        (own_origin.replace("/lab/F02", &format!("http://{to}/lab/F99")), 404),
    ];
    for (request, status) in rows {
        refused(to, request.as_bytes(), status);
    }
    for (path, status) in [("/lab/F02", 426), ("/lab/F01", 404), ("/lab/F99", 404), ("/lab/runs/none", 404)] {
        assert_eq!(get(to, path).status, status, "{path}");
    }
    for path in ["/lab", "/lab/experiments", "/lab/F02"] {
        assert_eq!(Request::new("POST", path).send(to).status, 405, "{path}");
    }
    fair(to);
}

/// hyper would write the answer, and it keeps the rules.
#[test]
fn an_experiment_is_the_first_request_of_its_connection() {
    let server = server();
    let to = server.addr();
    let mut raw = Raw::tcp(to);
    raw.send(format!("GET /healthz HTTP/1.1\r\nHost: {to}\r\n\r\n").as_bytes());
    let mut bytes = Vec::new();
    super::read(&mut raw, &mut bytes, 20, PATIENCE);
    raw.send(&upgrade(to, "/lab/F02"));
    let answer = refusal::last(&mut raw, 400).unwrap_or_else(|why| panic!("{why}"));
    assert!(answer.text().contains("first request"), "{}", answer.text());
}

#[test]
fn a_run_is_shown_only_by_its_key() {
    let server = server();
    let to = server.addr();
    let (one, other) = (key(), key());
    let mut raw = Raw::connect(to, &format!("/lab/F02?run={one}"));
    raw.frame_within(PATIENCE).unwrap();
    raw.send(&Raw::frame(0x88, &1002_u16.to_be_bytes()));
    assert_eq!(raw.rest(PATIENCE).end, End::Fin);
    drop(raw);
    let account = account(to, &one);
    assert_eq!(account["id"], "F02");
    let entries = account["connections"][0]["entries"].as_array().unwrap();
    let told: Vec<_> = entries
        .iter()
        .map(|entry| format!("{} {}", entry["what"].as_str().unwrap(), entry["note"].as_str().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            "sent HTTP/1.1 101 Switching Protocols",
            "sent text FIN=1 5 B masked",
            "read close FIN=1 2 B masked",
            "finished ",
            "peer-finished ",
        ]
    );
    assert_eq!(entries[1]["bytes"], "81 85 37 fa 21 3d 7f 9f 4d 51 58");
    assert_eq!(get(to, &format!("/lab/runs/{other}")).status, 404);
    refused(to, &upgrade(to, &format!("/lab/F03?run={one}")), 400);
}

/// A visitor may send what he likes, for as long as he likes: it is not kept, and not for ever.
#[test]
fn an_experiment_is_bounded_in_memory() {
    let server = server();
    let to = server.addr();
    let before = server.rss_kib();
    let mut raw = Raw::connect(to, "/lab/C06");
    // One frame of 64 MiB, then as many small ones.
    raw.send(&Raw::frame(0x82, &vec![0; 64 << 20]));
    let small = Raw::frame(0x81, b"x").repeat(100_000);
    raw.send(&small);
    raw.finish();
    assert_eq!(raw.rest(PATIENCE).end, End::Fin);
    let grown = server.rss_kib().saturating_sub(before);
    assert!(grown < 16 * 1024, "{grown} KiB");
    fair(to);
}

#[test]
fn experiments_are_limited_and_leave_the_service_alone() {
    let server = server();
    let to = server.addr();
    let inside: Vec<_> = (0..64).map(|_| Raw::connect(to, "/lab/C06")).collect();
    refused(to, &upgrade(to, "/lab/F02"), 503);
    fair(to);
    drop(inside);
    wait_until("there is room again", PATIENCE, || {
        let mut raw = Raw::tcp(to);
        raw.send(&upgrade(to, "/lab/F02"));
        raw.bytes(Duration::from_millis(100)).0.starts_with(b"HTTP/1.1 101 ")
    });
}

#[test]
fn experiments_end_when_the_server_stops() {
    let mut server = server();
    let ids = ["C06", "L01", "C07", "F02", "H17", "L04"];
    let mut visitors: Vec<_> = ids
        .iter()
        .map(|id| {
            let (mut raw, key) = (Raw::tcp(server.addr()), key());
            raw.send(&upgrade(server.addr(), &format!("/lab/{id}?run={key}")));
            let run = format!("/lab/runs/{key}");
            wait_until("it has begun", PATIENCE, || get(server.addr(), &run).status == 200);
            raw
        })
        .collect();
    fair(server.addr());
    server.signal("TERM");
    let exit = server.wait_exit(PATIENCE);
    assert_eq!(exit.code, Some(0), "{}", exit.stderr);
    assert!(!exit.stderr.contains("did not end"), "{}", exit.stderr);
    each(visitors.iter_mut().zip(ids), |(raw, id)| match raw.rest(PATIENCE).end {
        End::StillOpen => Err(format!("{id} stays")),
        End::Fin | End::Reset => Ok(()),
    });
}

/// A visitor who says nothing and never leaves is left.
#[test]
#[ignore = "run by tests/run: takes a minute"]
fn each_experiment_ends_by_itself() {
    let servers = [server(), server()];
    let ids: Vec<_> = table::experiments().filter(|row| row.server.is_some()).map(|row| row.id).collect();
    // No more than may come at a time.
    let visitors = ids.iter().zip(servers.iter().cycle()).map(|(id, server)| {
        let mut raw = Raw::tcp(server.addr());
        raw.send(&upgrade(server.addr(), &format!("/lab/{id}")));
        (*id, raw)
    });
    let visitors: Vec<_> = visitors.collect();
    let begin = std::time::Instant::now();
    each(visitors, |(id, mut raw)| {
        let left = Duration::from_secs(75).saturating_sub(begin.elapsed()).max(PATIENCE / 10);
        match raw.bytes(left).1 {
            End::StillOpen => Err(format!("{id} stays")),
            End::Fin | End::Reset => Ok(()),
        }
    });
    // Their places are free again.
    for server in &servers {
        let again: Vec<_> = (0..64).map(|_| Raw::connect(server.addr(), "/lab/C06")).collect();
        drop(again);
        fair(server.addr());
    }
}
