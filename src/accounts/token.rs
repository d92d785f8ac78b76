//! The bearer token: a JWT that names a user and a session, signed with a key of our own.

use super::StoreError;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The one algorithm: a token that names another one is invalid whatever it says.
const ALGORITHM: Algorithm = Algorithm::HS256;

/// What a token says.
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
struct Spelled {
    sub: String,
    sid: String,
    iat: i64,
    exp: i64,
}

/// Signs tokens and checks them.
pub(super) struct Signer {
    signing: EncodingKey,
    checking: DecodingKey,
    validation: Validation,
}

impl Signer {
    pub(super) fn new(key: &[u8]) -> Self {
        let mut validation = Validation::new(ALGORITHM);
        validation.set_required_spec_claims(&["exp", "sub"]);
        // The library would ask the system's clock; `check` is told the time.
        validation.validate_exp = false;
        Self { signing: EncodingKey::from_secret(key), checking: DecodingKey::from_secret(key), validation }
    }

    pub(super) fn sign(&self, claims: &Claims) -> Result<String, StoreError> {
        let spelled = Spelled {
            sub: claims.user_id.to_string(),
            sid: claims.session.to_string(),
            iat: claims.issued,
            exp: claims.expires,
        };
        jsonwebtoken::encode(&Header::new(ALGORITHM), &spelled, &self.signing).map_err(StoreError::broken)
    }

    /// What `token` says, if it is ours and has not expired. Whether its session lives is for the store to say.
    pub(super) fn check(&self, token: &str, now: i64) -> Option<Claims> {
        let spelled = jsonwebtoken::decode::<Spelled>(token, &self.checking, &self.validation).ok()?.claims;
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
    use base64::Engine;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;
    use serde_json::json;

    const KEY: &[u8] = &[7; 32];
    const NOW: i64 = 1_700_000_000;

    fn claims() -> Claims {
        Claims { user_id: 42, session: Uuid::from_u128(1), issued: NOW, expires: NOW + 10 }
    }

    fn part(value: &serde_json::Value) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
    }

    #[test]
    fn says_what_was_signed_until_it_expires() {
        let signer = Signer::new(KEY);
        let token = signer.sign(&claims()).unwrap();
        assert_eq!(signer.check(&token, NOW), Some(claims()));
        assert_eq!(signer.check(&token, NOW + 9), Some(claims()));
        assert_eq!(signer.check(&token, NOW + 10), None);
        assert_eq!(signer.check(&token, i64::MAX), None);
    }

    #[test]
    fn refuses_another_key() {
        let token = Signer::new(&[8; 32]).sign(&claims()).unwrap();
        assert!(Signer::new(KEY).check(&token, NOW).is_none());
    }

    #[test]
    fn refuses_every_change_of_one_character() {
        let signer = Signer::new(KEY);
        let token = signer.sign(&claims()).unwrap();
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
        let token = signer.sign(&claims()).unwrap();
        let [head, _, signature]: [&str; 3] =
            token.split('.').collect::<Vec<_>>().try_into().expect("three parts");
        let body =
            part(&json!({"sub": "1", "sid": Uuid::from_u128(1).to_string(), "iat": NOW, "exp": NOW + 10}));
        assert!(signer.check(&format!("{head}.{body}.{signature}"), NOW).is_none());
    }

    #[test]
    fn refuses_every_other_algorithm() {
        let signer = Signer::new(KEY);
        let token = signer.sign(&claims()).unwrap();
        let [_, body, signature]: [&str; 3] =
            token.split('.').collect::<Vec<_>>().try_into().expect("three parts");
        for alg in ["none", "None", "HS384", "RS256", "ES256", ""] {
            let head = part(&json!({"typ": "JWT", "alg": alg}));
            for signature in ["", signature] {
                assert!(signer.check(&format!("{head}.{body}.{signature}"), NOW).is_none(), "{alg}");
            }
        }
        // Well signed with our key, but not with the algorithm we use.
        let spelled =
            Spelled { sub: "42".into(), sid: Uuid::from_u128(1).to_string(), iat: NOW, exp: NOW + 10 };
        let token = jsonwebtoken::encode(&Header::new(Algorithm::HS512), &spelled, &signer.signing).unwrap();
        assert!(signer.check(&token, NOW).is_none());
    }

    #[test]
    fn refuses_claims_that_are_missing_or_malformed() {
        let signer = Signer::new(KEY);
        let whole = json!({"sub": "42", "sid": Uuid::from_u128(1).to_string(), "iat": NOW, "exp": NOW + 10});
        let sign = |claims: &serde_json::Value| {
            jsonwebtoken::encode(&Header::new(ALGORITHM), claims, &signer.signing).unwrap()
        };
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
