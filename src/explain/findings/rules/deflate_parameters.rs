//! Parameters of an accepted permessage-deflate (RFC 7692 §7.1).

const DEFLATE: &str = "permessage-deflate";

/// Name of an element, and its parameters with their values.
fn read(element: &str) -> (&str, Vec<(&str, Option<&str>)>) {
    let mut parts = element.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let parameters = parts.map(|part| match part.split_once('=') {
        Some((name, value)) => (name.trim(), Some(value.trim().trim_matches('"'))),
        None => (part, None),
    });
    (name, parameters.collect())
}

/// Returns `true` if each accepted permessage-deflate has only parameters that a response may have.
pub(in crate::explain::findings) fn are_right(accepted: &[String], offered: &[String]) -> bool {
    let offers_bits = offered.iter().map(|element| read(element)).any(|(name, parameters)| {
        name == DEFLATE && parameters.iter().any(|(name, _)| *name == "client_max_window_bits")
    });
    accepted.iter().map(|element| read(element)).filter(|(name, _)| *name == DEFLATE).all(
        |(_, parameters)| {
            let mut seen = Vec::new();
            parameters.into_iter().all(|(name, value)| {
                let is_new = !seen.contains(&name);
                seen.push(name);
                let is_size = value
                    .and_then(|value| value.parse().ok())
                    .is_some_and(|bits: u8| (8..=15).contains(&bits));
                is_new
                    && match name {
                        "server_no_context_takeover" | "client_no_context_takeover" => value.is_none(),
                        "server_max_window_bits" => is_size,
                        // Only if the client offered it (RFC 7692 §7.1.2.2).
                        "client_max_window_bits" => is_size && offers_bits,
                        _ => false,
                    }
            })
        },
    )
}

#[test]
fn section_7_1_parameters_of_a_response() {
    let check = |accepted: &str, offered: &str| are_right(&[accepted.to_owned()], &[offered.to_owned()]);
    let offer = "permessage-deflate; client_max_window_bits";
    for right in [
        "",
        "; server_no_context_takeover; client_no_context_takeover",
        "; server_max_window_bits=10",
        "; client_max_window_bits=\"15\"",
    ] {
        assert!(check(&format!("permessage-deflate{right}"), offer), "{right}");
    }
    for wrong in [
        "; server_max_window_bits",
        "; server_max_window_bits=7",
        "; server_max_window_bits=16",
        "; x",
        "; server_no_context_takeover=1",
        "; server_max_window_bits=9; server_max_window_bits=9",
        "; client_max_window_bits",
    ] {
        assert!(!check(&format!("permessage-deflate{wrong}"), offer), "{wrong}");
    }
    assert!(!check("permessage-deflate; client_max_window_bits=15", "permessage-deflate"), "not offered");
    assert!(check("x-other; anything", offer), "of others nothing is known");
}
