//! The fields of a request's body. Each error names the field, and what it must be.

use std::fmt;

use axum::body::Bytes;
use axum::extract::{Form, FromRequest as _, Request};
use axum::http::{StatusCode, header};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::error::Category;

use crate::server::answer::Answer;

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// The most characters of a wrong name that are repeated.
const LONGEST: usize = 40;

/// Media types that a route takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Media {
    Json,
    JsonOrForm,
}

/// The fields of a body, less those that were taken out.
#[derive(Debug)]
pub(super) struct Fields(Vec<(String, Value)>);

impl Fields {
    /// Reads a body that has these fields, or some of them.
    ///
    /// # Errors
    /// 400: the body is of another type, malformed, or has another field or one twice.
    pub(super) async fn read(request: Request, media: Media, known: &[&str]) -> Result<Self, Answer> {
        let content_type = request.headers().get(header::CONTENT_TYPE);
        let content_type = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        let fields = if essence.eq_ignore_ascii_case(JSON) {
            let body =
                Bytes::from_request(request, &()).await.map_err(|_| bad("the body did not come whole"))?;
            json(&body)?
        } else if media == Media::JsonOrForm && essence.eq_ignore_ascii_case(FORM) {
            let form = Form::<Vec<(String, String)>>::from_request(request, &()).await;
            let Form(pairs) = form.map_err(|_| bad("the body is not a form"))?;
            pairs.into_iter().map(|(name, value)| (name, Value::String(value))).collect()
        } else {
            let or_form = if media == Media::JsonOrForm { format!(" or {FORM}") } else { String::new() };
            return Err(bad(format!("Content-Type must be {JSON}{or_form}")));
        };
        check(&fields, known)?;
        Ok(Self(fields))
    }

    /// Takes a text out.
    ///
    /// # Errors
    /// 400: it is missing, or no text.
    pub(super) fn text(&mut self, name: &str) -> Result<String, Answer> {
        self.optional_text(name)?.ok_or_else(|| bad(format!("{name} is missing")))
    }

    /// Takes a text out that may be missing.
    ///
    /// # Errors
    /// 400: it is no text.
    pub(super) fn optional_text(&mut self, name: &str) -> Result<Option<String>, Answer> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(bad(format!("{name} must be a string"))),
        }
    }

    /// Takes a field out.
    pub(super) fn take(&mut self, name: &str) -> Option<Value> {
        let at = self.0.iter().position(|(field, _)| field == name)?;
        Some(self.0.swap_remove(at).1)
    }
}

/// A request that is wrong.
pub(super) fn bad(why: impl Into<String>) -> Answer {
    Answer::error(StatusCode::BAD_REQUEST, why)
}

fn check(fields: &[(String, Value)], known: &[&str]) -> Result<(), Answer> {
    for (index, (name, _)) in fields.iter().enumerate() {
        if !known.contains(&name.as_str()) {
            let name: String = name.chars().take(LONGEST).collect();
            return Err(bad(format!("unknown field {name:?}; known: {}", known.join(", "))));
        }
        if fields[..index].iter().any(|(other, _)| other == name) {
            return Err(bad(format!("{name} is given twice")));
        }
    }
    Ok(())
}

/// The members of a JSON object, each as often as it stands there.
fn json(body: &[u8]) -> Result<Vec<(String, Value)>, Answer> {
    struct Members(Vec<(String, Value)>);

    struct MembersVisitor;

    impl<'de> Deserialize<'de> for Members {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_map(MembersVisitor)
        }
    }

    impl<'de> Visitor<'de> for MembersVisitor {
        type Value = Members;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
            let mut members = Vec::new();
            while let Some(member) = map.next_entry()? {
                members.push(member);
            }
            Ok(Members(members))
        }
    }

    if body.trim_ascii().is_empty() {
        return Err(bad("the body is empty; it must be a JSON object"));
    }
    serde_json::from_slice::<Members>(body).map(|Members(members)| members).map_err(|error| {
        match error.classify() {
            Category::Data => bad("the body must be a JSON object"),
            Category::Syntax | Category::Eof | Category::Io => {
                bad(format!("the body is not JSON: line {}, column {}", error.line(), error.column()))
            }
        }
    })
}
