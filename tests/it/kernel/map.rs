//! How the kernel's states stand to those of RFC 9293. Its socket is not the whole connection: it hands over the beginning
//! and the end to smaller ones, of which the tracepoint says nothing.

use wirewalk::observe::tcp::State::{self, *};

/// A change of state.
pub(super) type Move = (State, State);

/// What the observer sees as one change, the kernel shows as these. All else it shows as it is.
const MAP: &[(Move, &[Move], &str)] = &[
    (
        (FinWait2, TimeWait),
        &[(FinWait2, Closed)],
        "TIME-WAIT is kept by a smaller socket; this one is closed",
    ),
    ((Closing, TimeWait), &[(Closing, Closed)], "as above"),
    (
        (FinWait1, TimeWait),
        &[(FinWait1, FinWait2), (FinWait2, Closed)],
        "of a FIN,ACK that answers a FIN, first the ACK counts, then the FIN",
    ),
    ((TimeWait, Closed), &[], "closed already"),
];

/// A FIN that crosses the peer's: the observer had taken that one as received when it passed, and takes back what it said.
const TAKEN_BACK: Move = (CloseWait, FinWait1);

/// What the kernel must show of an end of which the observer saw this.
pub(super) fn expected(observed: &[Move]) -> Vec<Move> {
    let mut moves: Vec<Move> = Vec::new();
    for change in observed {
        if *change == TAKEN_BACK {
            let (before, _) = moves.pop().expect("what is taken back was said before");
            moves.push((before, FinWait1));
            continue;
        }
        match MAP.iter().find(|(observed, ..)| observed == change) {
            Some((_, kernels, _)) => moves.extend_from_slice(kernels),
            None => moves.push(*change),
        }
    }
    // SYN-RECEIVED is a request, not a socket: only the ACK that ends the handshake makes it one.
    let is_request = moves.first().is_some_and(|(from, _)| *from == Listen);
    if is_request && !moves.iter().any(|(_, to)| *to == Established) {
        moves.clear();
    }
    moves
}

/// `ESTABLISHED → FIN-WAIT-1 → …`
pub(super) fn shown(moves: &[Move]) -> String {
    let begin = moves.first().map(|(from, _)| *from);
    let names = begin.into_iter().chain(moves.iter().map(|(_, to)| *to)).map(State::name);
    names.collect::<Vec<_>>().join(" → ")
}

#[test]
fn the_map_gives_the_states_that_the_kernel_shows() {
    for (observed, kernels) in [
        (
            &[Closed, SynSent, Established, FinWait1, TimeWait, Closed][..],
            &[Closed, SynSent, Established, FinWait1, FinWait2, Closed][..],
        ),
        (
            &[Listen, SynReceived, Established, CloseWait, FinWait1, Closing, TimeWait],
            &[Listen, SynReceived, Established, FinWait1, Closing, Closed],
        ),
        (&[Listen, SynReceived, Closed], &[]),
    ] {
        let moves = |states: &[State]| states.windows(2).map(|two| (two[0], two[1])).collect::<Vec<_>>();
        assert_eq!(expected(&moves(observed)), moves(kernels));
    }
}
