//! Keeps other web pages out.
//!
//! The service asks nobody who they are: whoever can reach its port may use it. A browser on the same machine can
//! reach it too, on behalf of any page that it shows. So the service answers only when it is asked by its own name
//! (a page elsewhere whose name is made to lead here is asked for by another one), and takes nothing that a
//! browser says comes from another page.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::App;
use super::answer::Refusal;

pub(super) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = match check(&app, &request) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    );
    response
}

fn check(app: &App, request: &Request) -> Result<(), Refusal> {
    let headers = request.headers();
    let host = text(headers, header::HOST).or(request.uri().authority().map(|host| host.as_str()));
    let Some(host) = host.filter(|host| is_known(app, host)) else {
        return Err(forbidden("the service does not answer under this name; see --host"));
    };
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(());
    }
    let origin = text(headers, header::ORIGIN);
    let is_own = origin.is_none_or(|origin| origin.split_once("://").is_some_and(|(_, from)| from == host));
    let site = text(headers, HeaderName::from_static("sec-fetch-site"));
    if is_own && site.is_none_or(|site| matches!(site, "same-origin" | "none")) {
        Ok(())
    } else {
        Err(forbidden("another web page may not change anything here"))
    }
}

fn is_known(app: &App, host: &str) -> bool {
    // Without the port; an address of IPv6 stands in brackets.
    let end = if host.starts_with('[') { host.find(']').map(|end| end + 1) } else { host.find(':') };
    let name = end.and_then(|end| host.get(..end)).unwrap_or(host);
    let own = ["localhost", "127.0.0.1", "[::1]"].into_iter();
    own.chain(app.hosts.iter().map(String::as_str)).any(|known| known.eq_ignore_ascii_case(name))
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).map(|value| value.to_str().unwrap_or("?"))
}

fn forbidden(error: &str) -> Refusal {
    Refusal::new(StatusCode::FORBIDDEN, error)
}
