//! The bearer token: a JWT that names a user and a session, signed with a key of our own.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64_URL;
use hmac::{Hmac, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use uuid::Uuid;

/// The header of every token, `{"typ":"JWT","alg":"HS256"}` in base64url. A token with any other header is invalid,
/// whatever it says, so there is no algorithm to choose (RFC 8725 §3.1).
const HEADER: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9";

/// The claims of a token.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub(super) struct Claims {
    pub(super) user_id: i64,
    pub(super) session: Uuid,
    /// Unix seconds, as is `expires`.
    pub(super) issued: i64,
    pub(super) expires: i64,
}

/// [`Claims`] as RFC 7519 spells them.
#[derive(Serialize, Deserialize)]
struct JwtClaims {
    sub: String,
    sid: String,
    iat: i64,
    exp: i64,
}

/// Signs tokens and checks them: JWS in compact form (RFC 7515 §7.1) with HMAC-SHA256.
pub(super) struct Signer {
    /// Keyed; each token is signed with a copy.
    mac: Hmac<Sha256>,
}

impl Signer {
    /// # Panics
    /// Never: HMAC takes a key of any length.
    pub(super) fn new(key: &[u8]) -> Self {
        Self { mac: Hmac::new_from_slice(key).expect("HMAC takes a key of any length") }
    }

    pub(super) fn sign(&self, claims: &Claims) -> String {
        let spelled = JwtClaims {
            sub: claims.user_id.to_string(),
            sid: claims.session.to_string(),
            iat: claims.issued,
            exp: claims.expires,
        };
        let body = serde_json::to_vec(&spelled).expect("strings and numbers are JSON");
        let signed = format!("{HEADER}.{}", BASE64_URL.encode(body));
        let signature = self.mac.clone().chain_update(&signed).finalize().into_bytes();
        format!("{signed}.{}", BASE64_URL.encode(signature))
    }

    /// The claims of `token`, if we signed it and it has not expired. Whether its session lives is checked by the
    /// store.
    pub(super) fn check(&self, token: &str, now: i64) -> Option<Claims> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, body) = signed.split_once('.')?;
        if header != HEADER {
            return None;
        }
        let signature = BASE64_URL.decode(signature).ok()?;
        // In constant time.
        self.mac.clone().chain_update(signed).verify_slice(&signature).ok()?;
        let spelled: JwtClaims = serde_json::from_slice(&BASE64_URL.decode(body).ok()?).ok()?;
        (now < spelled.exp).then_some(Claims {
            user_id: spelled.sub.parse().ok()?,
            session: spelled.sid.parse().ok()?,
            issued: spelled.iat,
            expires: spelled.exp,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use sha2::{Sha384, Sha512};

    const KEY: &[u8] = &[7; 32];
    const NOW: i64 = 1_700_000_000;

    fn claims() -> Claims {
        Claims { user_id: 42, session: Uuid::from_u128(1), issued: NOW, expires: NOW + 10 }
    }

    fn part(value: &serde_json::Value) -> String {
        BASE64_URL.encode(value.to_string())
    }

    /// A token of this header and these claims, well signed.
    fn signed(header: &str, claims: &serde_json::Value) -> String {
        let signed = format!("{header}.{}", part(claims));
        let mac = Signer::new(KEY).mac.chain_update(&signed).finalize().into_bytes();
        format!("{signed}.{}", BASE64_URL.encode(mac))
    }

    fn spelled() -> serde_json::Value {
        json!({"sub": "42", "sid": Uuid::from_u128(1).to_string(), "iat": NOW, "exp": NOW + 10})
    }

    #[test]
    fn a_token_that_jsonwebtoken_signed_stays_good() {
        let token = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.\
            eyJzdWIiOiI0MiIsInNpZCI6IjAwMDAwMDAwLTAwMDAtMDAwMC0wMDAwLTAwMDAwMDAwMDAwMSIsImlhdCI6MTcwMDAwMDAwMCwiZXhwI\
            joxNzAwMDAwMDEwfQ.0RGP6Of3dSc_7gHw9BpikL4bJMw2sRqSHKAAbAhz_Ec";
        assert_eq!(Signer::new(KEY).check(token, NOW), Some(claims()));
        assert_eq!(Signer::new(KEY).sign(&claims()), token);
    }

    #[test]
    fn says_what_was_signed_until_it_expires() {
        let signer = Signer::new(KEY);
        let token = signer.sign(&claims());
        assert_eq!(signer.check(&token, NOW), Some(claims()));
        assert_eq!(signer.check(&token, NOW + 9), Some(claims()));
        assert_eq!(signer.check(&token, NOW + 10), None);
        assert_eq!(signer.check(&token, i64::MAX), None);
    }

    #[test]
    fn refuses_another_key() {
        let token = Signer::new(&[8; 32]).sign(&claims());
        assert!(Signer::new(KEY).check(&token, NOW).is_none());
    }

    #[test]
    fn refuses_every_change_of_one_character() {
        let signer = Signer::new(KEY);
        let token = signer.sign(&claims());
        for place in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(signer.check(&changed, NOW).is_none(), "at {place}: {changed}");
            assert!(signer.check(&token[..place], NOW).is_none(), "cut at {place}");
        }
    }

    #[test]
    fn refuses_other_claims_under_an_old_signature() {
        let signer = Signer::new(KEY);
        let token = signer.sign(&claims());
        let [head, _, signature]: [&str; 3] =
            token.split('.').collect::<Vec<_>>().try_into().expect("three parts");
        let body =
            part(&json!({"sub": "1", "sid": Uuid::from_u128(1).to_string(), "iat": NOW, "exp": NOW + 10}));
        assert!(signer.check(&format!("{head}.{body}.{signature}"), NOW).is_none());
    }

    #[test]
    fn refuses_every_other_algorithm() {
        let signer = Signer::new(KEY);
        let token = signer.sign(&claims());
        let [_, body, signature]: [&str; 3] =
            token.split('.').collect::<Vec<_>>().try_into().expect("three parts");
        for alg in ["none", "None", "HS384", "RS256", "ES256", ""] {
            let head = part(&json!({"typ": "JWT", "alg": alg}));
            for signature in ["", signature] {
                assert!(signer.check(&format!("{head}.{body}.{signature}"), NOW).is_none(), "{alg}");
            }
        }
        // Well signed with our key, but under a header that is not ours to the letter.
        for header in [
            json!({"typ": "JWT", "alg": "HS512"}),
            json!({"typ": "JWT", "alg": "none"}),
            json!({"typ": "JWT", "alg": "hs256"}),
            json!({"alg": "HS256"}),
            json!({"typ": "JWT", "alg": "HS256", "kid": "1"}),
        ] {
            assert!(signer.check(&signed(&part(&header), &spelled()), NOW).is_none(), "{header}");
        }
        // Our header, but signed with another hash.
        let text = format!("{HEADER}.{}", part(&spelled()));
        let longer = Hmac::<Sha512>::new_from_slice(KEY).unwrap().chain_update(&text).finalize().into_bytes();
        let middle = Hmac::<Sha384>::new_from_slice(KEY).unwrap().chain_update(&text).finalize().into_bytes();
        for mac in [&longer[..], &longer[..32], &middle, &middle[..32], &[]] {
            assert!(signer.check(&format!("{text}.{}", BASE64_URL.encode(mac)), NOW).is_none());
        }
    }

    #[test]
    fn refuses_claims_that_are_missing_or_malformed() {
        let signer = Signer::new(KEY);
        let whole = spelled();
        let sign = |claims: &serde_json::Value| signed(HEADER, claims);
        assert!(signer.check(&sign(&whole), NOW).is_some());
        for (claim, wrong) in [
            ("sub", json!("ann")),
            ("sub", json!(42)),
            ("sid", json!("x")),
            ("iat", json!("now")),
            ("exp", json!("9e9")),
        ] {
            let mut claims = whole.clone();
            claims[claim] = wrong;
            assert!(signer.check(&sign(&claims), NOW).is_none(), "{claims}");
            claims.as_object_mut().unwrap().remove(claim);
            assert!(signer.check(&sign(&claims), NOW).is_none(), "{claims}");
        }
    }

    #[test]
    fn refuses_what_is_no_token() {
        let signer = Signer::new(KEY);
        for text in ["", ".", "..", "...", "a.b.c", "Bearer x", "\0", "🦀.🦀.🦀"] {
            assert!(signer.check(text, NOW).is_none(), "{text:?}");
        }
    }
}
