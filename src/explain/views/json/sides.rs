//! Correction of the sides in JSON that was made before the roles were corrected: of packets and transitions, as no byte
//! of a payload was read until then. Their keys, names and states need no escape.

/// Swaps the ends in a list of packets or transitions; its length stays.
pub(super) fn swap_sides(list: &mut [u8]) {
    let mut rest = list;
    while let Some(quote) = rest.iter().position(|byte| *byte == b'"') {
        rest = &mut rest[quote..];
        let length = [&br#""from":""#[..], br#""side":""#]
            .into_iter()
            .find_map(|key| swap_name(rest, key))
            .or_else(|| {
                [&br#""tcp":{"client":""#[..], br#""ws":{"client":""#]
                    .into_iter()
                    .find_map(|key| swap_states(rest, key))
            })
            .unwrap_or(1);
        rest = &mut rest[length..];
    }
}

/// Replaces `client` by `server` behind this key, or the other way round; gives the length of both.
fn swap_name(at: &mut [u8], key: &[u8]) -> Option<usize> {
    let name = at.strip_prefix(key)?;
    let peer = match name {
        [b'c', b'l', ..] => b"server",
        [b's', b'e', ..] => b"client",
        // The state that a transition leaves.
        _ => return None,
    };
    at[key.len()..][..peer.len()].copy_from_slice(peer);
    Some(key.len() + peer.len())
}

/// Swaps both ends' states behind this key; gives the length of all.
fn swap_states(at: &mut [u8], key: &[u8]) -> Option<usize> {
    let states = at.strip_prefix(key)?;
    let between = br#"","server":""#;
    let client = states.iter().position(|byte| *byte == b'"')?;
    let server = states[client..].strip_prefix(between)?.iter().position(|byte| *byte == b'"')?;
    let length = client + between.len() + server;
    let (server, client) = (&states[client + between.len()..length], &states[..client]);
    let swapped = [server, between, client].concat();
    at[key.len()..][..length].copy_from_slice(&swapped);
    Some(key.len() + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_and_states_are_swapped() {
        let swapped = |json: &str| {
            let mut bytes = json.as_bytes().to_vec();
            swap_sides(&mut bytes);
            let once = String::from_utf8(bytes.clone()).unwrap();
            swap_sides(&mut bytes);
            assert_eq!(std::str::from_utf8(&bytes), Ok(json), "twice is as before");
            once
        };
        assert_eq!(
            swapped(
                r#"{"from":"client","tcp":{"client":"SYN-SENT","server":"LISTEN"},"ws":{"client":"OPEN","server":"CLOSED"}}"#
            ),
            r#"{"from":"server","tcp":{"client":"LISTEN","server":"SYN-SENT"},"ws":{"client":"CLOSED","server":"OPEN"}}"#
        );
        assert_eq!(
            swapped(r#"{"side":"server","from":"CLOSED","to":"SYN-SENT"},{"from":"server","ws":null}"#),
            r#"{"side":"client","from":"CLOSED","to":"SYN-SENT"},{"from":"client","ws":null}"#
        );
    }
}
