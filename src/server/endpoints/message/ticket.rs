//! The ticket of an Upgrade to `/message?sessionId=…&userId=…`.

use percent_encoding::percent_decode_str;
use uuid::Uuid;

use crate::wire::http::parameters;

/// A session id, and the user that it is claimed to belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) struct Ticket {
    pub(in crate::server) session: Uuid,
    pub(in crate::server) user: i64,
}

/// Why a query is no ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum NoTicket {
    /// A query that no honest client sends.
    Malformed,
    /// An id that was never issued.
    Unknown,
}

/// The longest parameter that is issued, in characters.
const LONGEST: usize = 64;

impl Ticket {
    pub(in crate::server) fn parse(query: &str) -> Result<Self, NoTicket> {
        let (mut session, mut user) = (None, None);
        for (name, value) in parameters(query) {
            let slot = match name {
                "sessionId" => &mut session,
                "userId" => &mut user,
                _ => continue,
            };
            let value = percent_decode_str(value).decode_utf8().map_err(|_| NoTicket::Malformed)?;
            let legal = value.len() <= LONGEST && value.bytes().all(|byte| byte.is_ascii_graphic());
            if !legal || slot.replace(value).is_some() {
                return Err(NoTicket::Malformed);
            }
        }
        let session = session.and_then(|id| Uuid::try_parse(&id).ok()).ok_or(NoTicket::Unknown)?;
        let user = user.and_then(|id| id.parse().ok()).ok_or(NoTicket::Unknown)?;
        Ok(Self { session, user })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_issued_parameters_make_a_ticket() {
        let id = "6fa459ea-ee8a-4ca4-894e-db77e160355e";
        let ticket = Ticket { session: Uuid::parse_str(id).unwrap(), user: 7 };
        assert_eq!(Ticket::parse(&format!("sessionId={id}&userId=7")), Ok(ticket));
        assert_eq!(Ticket::parse(&format!("x=1&userId=%37&sessionId={id}")), Ok(ticket));
        for unknown in ["", "sessionId=", "sessionId=me&userId=7", &format!("sessionId={id}&userId=x")] {
            assert_eq!(Ticket::parse(unknown), Err(NoTicket::Unknown), "{unknown}");
        }
        let long = "a".repeat(4096);
        for malformed in [
            &format!("sessionId={id}&sessionId={id}&userId=7"),
            &format!("sessionId={id}%00&userId=7"),
            &format!("sessionId={id}%0d%0aX: y&userId=7"),
            &format!("sessionId={id}&userId=%ff"),
            &format!("sessionId={long}&userId=7"),
        ] {
            assert_eq!(Ticket::parse(malformed), Err(NoTicket::Malformed), "{malformed}");
        }
    }
}
