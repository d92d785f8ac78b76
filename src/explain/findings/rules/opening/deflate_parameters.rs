//! Parameters of permessage-deflate (RFC 7692 §7.1): of an offer by itself, and of an answer against the offers.

use crate::explain::findings::catalogue::opening::{
    BAD_PARAMETER, CLIENT_WINDOW_NOT_OFFERED, PARAMETER_TWICE, PARAMETER_UNKNOWN, SERVER_TAKEOVER_MISSING,
    SERVER_WINDOW_LARGER, SERVER_WINDOW_MISSING, VALUE_NOT_ALLOWED, WINDOW_OUT_OF_RANGE,
    WINDOW_WITHOUT_VALUE,
};
use crate::explain::findings::entry::Localized;

const DEFLATE: &str = "permessage-deflate";
const SERVER_WINDOW: &str = "server_max_window_bits";
const CLIENT_WINDOW: &str = "client_max_window_bits";
const SERVER_TAKEOVER: &str = "server_no_context_takeover";
const CLIENT_TAKEOVER: &str = "client_no_context_takeover";

/// Parameters of one permessage-deflate, with their values.
struct Parameters<'e>(Vec<(&'e str, Option<&'e str>)>);

impl<'e> Parameters<'e> {
    /// `None` of another extension.
    fn read(element: &'e str) -> Option<Self> {
        let mut parts = element.split(';').map(str::trim);
        let name = parts.next()?;
        let parameters = parts.map(|part| match part.split_once('=') {
            Some((name, value)) => (name.trim(), Some(value.trim().trim_matches('"'))),
            None => (part, None),
        });
        (name == DEFLATE).then(|| Self(parameters.collect()))
    }

    fn of_all(elements: &'e [String]) -> impl Iterator<Item = Self> {
        elements.iter().filter_map(|element| Self::read(element))
    }

    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(it, _)| *it == name)
    }

    fn value(&self, name: &str) -> Option<&'e str> {
        self.0.iter().find(|(it, _)| *it == name).and_then(|(_, value)| *value)
    }

    /// The fault of these parameters by themselves. The value of `client_max_window_bits` may be missing in an offer
    /// (RFC 7692 §7.1.2.2).
    fn fault(&self) -> Option<Localized> {
        let mut seen = Vec::new();
        self.0.iter().find_map(|(name, value)| {
            if seen.contains(name) {
                return Some(PARAMETER_TWICE);
            }
            seen.push(*name);
            match (*name, value) {
                (SERVER_TAKEOVER | CLIENT_TAKEOVER | CLIENT_WINDOW, None) => None,
                (SERVER_TAKEOVER | CLIENT_TAKEOVER, Some(_)) => Some(VALUE_NOT_ALLOWED),
                (SERVER_WINDOW, None) => Some(WINDOW_WITHOUT_VALUE),
                (SERVER_WINDOW | CLIENT_WINDOW, Some(value)) => {
                    bits(value).is_none().then_some(WINDOW_OUT_OF_RANGE)
                }
                _ => Some(PARAMETER_UNKNOWN),
            }
        })
    }

    /// Why these parameters of an answer do not accept an offer.
    fn mismatch(&self, offer: &Self) -> Option<Localized> {
        let window = |of: &Self| of.value(SERVER_WINDOW).and_then(bits);
        match (window(offer), window(self)) {
            (Some(offered), Some(answered)) if answered > offered => return Some(SERVER_WINDOW_LARGER),
            (Some(_), None) => return Some(SERVER_WINDOW_MISSING),
            _ => {}
        }
        // The value of an offered client_max_window_bits is a hint: any answer fits it.
        if self.has(CLIENT_WINDOW) && !offer.has(CLIENT_WINDOW) {
            return Some(CLIENT_WINDOW_NOT_OFFERED);
        }
        let is_missing = offer.has(SERVER_TAKEOVER) && !self.has(SERVER_TAKEOVER);
        is_missing.then_some(SERVER_TAKEOVER_MISSING)
    }
}

/// A window's bits: a decimal number without leading zeros, 8 to 15 (RFC 7692 §7.1.2).
fn bits(value: &str) -> Option<u8> {
    let bits: u8 = value.parse().ok().filter(|bits| (8..=15).contains(bits))?;
    (value == bits.to_string()).then_some(bits)
}

/// The first offer of permessage-deflate whose parameters are wrong, and the fault.
pub(super) fn fault_of_offer(offered: &[String]) -> Option<(&str, Localized)> {
    offered.iter().find_map(|element| Some((element.as_str(), Parameters::read(element)?.fault()?)))
}

/// The fault of an accepted permessage-deflate: by itself, or against each offer.
pub(super) fn fault_of_answer(accepted: &[String], offered: &[String]) -> Option<Localized> {
    Parameters::of_all(accepted).find_map(|answer| {
        let is_valueless = answer.has(CLIENT_WINDOW) && answer.value(CLIENT_WINDOW).is_none();
        if is_valueless || answer.fault().is_some() {
            return Some(BAD_PARAMETER);
        }
        let mut mismatches = Parameters::of_all(offered).map(|offer| answer.mismatch(&offer)).peekable();
        let first = mismatches.peek().copied().flatten();
        if mismatches.all(|mismatch| mismatch.is_some()) { first } else { None }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(accepted: &str, offers: &[&str]) -> Option<Localized> {
        let offers: Vec<_> = offers.iter().map(|offer| format!("permessage-deflate{offer}")).collect();
        fault_of_answer(&[format!("permessage-deflate{accepted}")], &offers)
    }

    #[test]
    fn section_7_1_parameters_of_a_response() {
        let offer = "; client_max_window_bits";
        for right in [
            "",
            "; server_no_context_takeover; client_no_context_takeover",
            "; server_max_window_bits=10",
            "; client_max_window_bits=\"15\"",
        ] {
            assert_eq!(answer(right, &[offer]), None, "{right}");
        }
        for wrong in [
            "; server_max_window_bits",
            "; server_max_window_bits=7",
            "; server_max_window_bits=16",
            "; server_max_window_bits=09",
            "; x",
            "; server_no_context_takeover=1",
            "; server_max_window_bits=9; server_max_window_bits=9",
            "; client_max_window_bits",
        ] {
            assert_eq!(answer(wrong, &[offer]), Some(BAD_PARAMETER), "{wrong}");
        }
        assert_eq!(answer("; client_max_window_bits=15", &[""]), Some(CLIENT_WINDOW_NOT_OFFERED));
        let other = ["x-other; anything".to_owned()];
        assert_eq!(fault_of_answer(&other, &other), None, "of others nothing is known");
    }

    #[test]
    fn section_7_1_2_1_the_servers_window_is_that_of_the_offer_or_smaller() {
        let offer = "; server_max_window_bits=10";
        assert_eq!(answer("; server_max_window_bits=10", &[offer]), None);
        assert_eq!(answer("; server_max_window_bits=9", &[offer]), None);
        assert_eq!(answer("; server_max_window_bits=11", &[offer]), Some(SERVER_WINDOW_LARGER));
        assert_eq!(answer("", &[offer]), Some(SERVER_WINDOW_MISSING));
        assert_eq!(answer("", &[offer, ""]), None, "another offer is accepted");
        assert_eq!(answer("", &["; server_no_context_takeover"]), Some(SERVER_TAKEOVER_MISSING));
    }

    #[test]
    fn section_7_1_2_2_an_offered_clients_window_is_a_hint() {
        for answered in ["", "; client_max_window_bits=9", "; client_max_window_bits=12"] {
            assert_eq!(answer(answered, &["; client_max_window_bits=10"]), None, "{answered}");
        }
    }

    #[test]
    fn section_7_1_parameters_of_an_offer() {
        let fault = |offer: &str| {
            fault_of_offer(&["x-other".to_owned(), format!("permessage-deflate{offer}")]).map(|(_, it)| it)
        };
        for right in ["", "; client_max_window_bits", "; client_max_window_bits=8; server_max_window_bits=15"]
        {
            assert_eq!(fault(right), None, "{right}");
        }
        for (wrong, why) in [
            ("; client_max_window_bits=16", WINDOW_OUT_OF_RANGE),
            ("; client_max_window_bits=max", WINDOW_OUT_OF_RANGE),
            ("; client_max_window_bits=", WINDOW_OUT_OF_RANGE),
            ("; server_max_window_bits=7", WINDOW_OUT_OF_RANGE),
            ("; server_max_window_bits=+9", WINDOW_OUT_OF_RANGE),
            ("; server_max_window_bits", WINDOW_WITHOUT_VALUE),
            ("; client_no_context_takeover=1", VALUE_NOT_ALLOWED),
            ("; client_no_context_takeover; client_no_context_takeover", PARAMETER_TWICE),
            ("; level=9", PARAMETER_UNKNOWN),
        ] {
            assert_eq!(fault(wrong), Some(why), "{wrong}");
        }
    }
}
