//! The base path of a request, which no route knows of.

use axum::body::Body;
use axum::http::uri::{PathAndQuery, Uri};
use axum::http::{Request, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use crate::server::answer::Answer;
use crate::server::base_path::BasePath;

/// Leaves the base path out of a request's target.
///
/// # Errors
/// The answer to a request that is for another path: the base path itself is missing its slash, by which the addresses
/// in a page would be relative to another place.
pub(super) fn enter<B>(base: &BasePath, request: &mut Request<B>) -> Result<(), Box<Response>> {
    if base.as_str().is_empty() {
        return Ok(());
    }
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    let below = match base.strip(request.uri().path()) {
        None => return Err(Box::new(elsewhere(base, request.uri().path()))),
        Some("") => return Err(Box::new(redirect(&format!("{base}/{query}")))),
        Some(rest) => PathAndQuery::try_from(format!("{rest}{query}")),
    };
    let mut parts = request.uri().clone().into_parts();
    parts.path_and_query = Some(below.expect("a part of a target is one too"));
    *request.uri_mut() = Uri::from_parts(parts).expect("nothing else is changed");
    Ok(())
}

fn elsewhere(base: &BasePath, path: &str) -> Response {
    let why = format!(
        "nothing at {path}: everything is below {base}/ (--base-path), and a proxy must leave it in the path"
    );
    Answer::error(StatusCode::NOT_FOUND, why).into_response()
}

fn redirect(to: &str) -> Response {
    (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, to)], Body::empty()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_keeps_all_but_the_base_path() {
        let enter = |target: &str| {
            let mut request = Request::builder().uri(target).body(()).unwrap();
            let base = BasePath::parse("/ww").unwrap();
            super::enter(&base, &mut request).map(|()| request.uri().to_string()).map_err(|answer| {
                let to = answer.headers().get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned());
                (answer.status().as_u16(), to.unwrap_or_default())
            })
        };
        for (target, entered) in [
            ("/ww/", "/"),
            ("/ww/a?b=/ww/c", "/a?b=/ww/c"),
            ("/ww/?", "/?"),
            ("/ww//", "//"),
            ("/ww/ww", "/ww"),
            ("http://a.example:80/ww/a", "http://a.example:80/a"),
        ] {
            assert_eq!(enter(target), Ok(entered.to_owned()), "{target}");
        }
        assert_eq!(enter("/ww"), Err((308, "/ww/".to_owned())));
        assert_eq!(enter("/ww?a"), Err((308, "/ww/?a".to_owned())));
        for target in ["/", "/wwa", "/a/ww/", "http://a.example"] {
            assert_eq!(enter(target), Err((404, String::new())), "{target}");
        }
    }
}
