//! A full disk: what is confirmed is kept, all else is refused, and room is enough to go on.

use super::{ask_all, login, refused_for_now, register};
use crate::support::server::Server;

#[test]
#[ignore = "run by tests/run: needs the right to mount in a namespace"]
fn a_full_disk_refuses_and_loses_nothing_that_was_confirmed() {
    let server = Server::builder().small_disk(4096, 300).start();
    let names = (0..60).map(|number| format!("user {number}"));
    let answers = ask_all(8, names, |name| register(&server, name));
    let (confirmed, others): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|(_, answer)| answer.status == 200);
    assert!(!confirmed.is_empty() && !others.is_empty(), "{} were confirmed", confirmed.len());
    for (name, answer) in &others {
        refused_for_now(answer);
        assert!(answer.text().contains("full"), "{name}: {}", answer.text());
    }
    // A session is written too.
    refused_for_now(&login(&server, &confirmed[0].0));

    server.empty_disk();
    for (name, _) in &confirmed {
        let answer = login(&server, name);
        assert_eq!(answer.status, 200, "{name} was confirmed: {}", answer.text());
    }
    for (name, _) in &others {
        let answer = register(&server, name);
        assert_eq!(answer.status, 200, "{name} was refused: {}", answer.text());
    }
}
