//! Which page a browser gets: at `/` by who asks, and in the place of an error that programs read as JSON.

use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::routing::MethodRouter;
use tower::ServiceExt as _;

use super::auth::SignedIn;
use crate::server::app::App;

/// The pages of a server.
pub struct Pages {
    /// Those that are served by their path.
    pub files: Router,
    /// `/` for who is signed in.
    pub home: MethodRouter,
    /// The page in the place of an error at a path.
    pub error: ErrorPage,
}

/// The page of a status, 404 or 405, at a path below a base path.
pub type ErrorPage = fn(StatusCode, &str, &str) -> Response;

/// Answers `/` with the page of users, if one asks.
pub(super) async fn home(
    State((app, page)): State<(Arc<App>, MethodRouter)>,
    request: Request,
    next: Next,
) -> Response {
    let is_home = matches!(request.uri().path(), "/" | "/index.html");
    if !is_home || !matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let who = SignedIn::from_request_parts(&mut parts, &app).await;
    let request = Request::from_parts(parts, body);
    let mut response = match who {
        Ok(_) => page.oneshot(request).await.into_response(),
        Err(_) => next.run(request).await,
    };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Cookie, Authorization"));
    response
}

/// Gives a browser a page in the place of a 404 or 405.
pub(super) async fn errors(
    State((app, page)): State<(Arc<App>, ErrorPage)>,
    request: Request,
    next: Next,
) -> Response {
    let path = wants_page(request.headers()).then(|| request.uri().path().to_owned());
    let response = next.run(request).await;
    let status = response.status();
    let Some(path) =
        path.filter(|_| matches!(status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED))
    else {
        return response;
    };
    let mut instead = page(status, &path, app.settings.base_path.as_str());
    if let Some(allow) = response.headers().get(header::ALLOW) {
        instead.headers_mut().insert(header::ALLOW, allow.clone());
    }
    instead
}

/// Returns `true` if `Accept` names `text/html`, as that of a browser does and that of `curl` or a script does not.
fn wants_page(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::ACCEPT).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let is_html = parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("text/html"));
        is_html && !parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_asks_for_html() {
        for (accept, expected) in [
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true),
            ("application/json, TEXT/HTML ; q=0.1", true),
            ("*/*", false),
            ("application/json", false),
            ("text/html;q=0, */*", false),
            ("text/htmlx", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT, accept.parse().unwrap())]);
            assert_eq!(wants_page(&headers), expected, "{accept}");
        }
        assert!(!wants_page(&HeaderMap::new()));
    }
}
