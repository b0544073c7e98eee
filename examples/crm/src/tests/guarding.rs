//! Other pages in the same browser are kept out, and the page brings all it needs.

use super::*;

#[tokio::test]
async fn the_service_answers_under_its_own_name_only() {
    let service = Service::new();
    let ask = async |host: Option<&str>| {
        let mut request = Request::builder().uri("/leads");
        if let Some(host) = host {
            request = request.header("host", host);
        }
        service.send(request.body(Body::empty()).unwrap()).await.status.as_u16()
    };
    for host in ["localhost", "localhost:8080", "127.0.0.1:1", "[::1]:8080", "[::1]"] {
        assert_eq!(ask(Some(host)).await, 200, "{host}");
    }
    for host in
        ["evil.example", "localhost.evil.example:8080", "127.0.0.1.evil.example", "[::2]:8080", "", "["]
    {
        assert_eq!(ask(Some(host)).await, 403, "{host}");
    }
    assert_eq!(ask(None).await, 403);
}

#[tokio::test]
async fn no_other_page_changes_anything() {
    let service = Service::new();
    service.mql("L-1").await;
    let accept = async |headers: &[(&str, &str)]| {
        let all = [&[("content-type", "application/json")], headers].concat();
        service.ask("POST", "/leads/L-1/accept", &all, r#"{"by": "dana"}"#.to_owned()).await.status.as_u16()
    };
    for headers in [
        [("origin", "http://evil.example")],
        [("origin", "null")],
        [("origin", "http://localhost:9090")],
        [("sec-fetch-site", "cross-site")],
        [("sec-fetch-site", "same-site")],
    ] {
        assert_eq!(accept(&headers).await, 403, "{headers:?}");
    }
    // A form, which a browser sends without asking, is no JSON.
    let form = [("content-type", "application/x-www-form-urlencoded")];
    assert_eq!(service.ask("POST", "/leads/L-1/accept", &form, String::new()).await.status.as_u16(), 415);
    assert_eq!(accept(&[("origin", "http://localhost:8080"), ("sec-fetch-site", "same-origin")]).await, 200);
}

#[tokio::test]
async fn the_page_brings_all_it_needs() {
    let page = Service::new().get("/").await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
    let text = page.text.replace("http://www.w3.org/2000/svg", "");
    for other in ["http://", "https://", "src=", "@import", "url("] {
        assert!(!text.contains(other), "{other}");
    }
    // Texts of leads only ever become text.
    for way in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
        assert!(!text.contains(way), "{way}");
    }
}
