//! Whether a page is well-formed HTML that needs nothing from outside.

use std::collections::HashSet;

/// Elements without an end.
const VOID: [&str; 2] = ["meta", "br"];
/// Elements of SVG that are closed where they are opened.
const CLOSED: [&str; 3] = ["path", "rect", "circle"];

/// That every element is closed in its place, attributes are quoted, ids are there once, links within the page
/// lead somewhere, and nothing is loaded.
pub(crate) fn check_html(html: &str) -> Result<(), String> {
    let body = html.strip_prefix("<!DOCTYPE html>\n").ok_or("no doctype")?;
    let (mut open, mut ids, mut links): (Vec<&str>, HashSet<&str>, Vec<&str>) = Default::default();
    let mut rest = body;
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        if text.contains('>') && open.last() != Some(&"style") {
            return Err(format!("a bare > in {text:?}"));
        }
        let (tag, behind) = tag[1..].split_once('>').ok_or("a tag has no end")?;
        rest = behind;
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return Err(format!("</{name}> closes something else"));
            }
            continue;
        }
        let is_closed = tag.ends_with('/');
        let tag = tag.trim_end_matches('/');
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        if ["script", "link", "img", "iframe", "object", "form"].contains(&name) {
            return Err(format!("<{name}> has no place here"));
        }
        for (attribute, value) in parsed(attributes)? {
            match attribute {
                "id" if !ids.insert(value) => return Err(format!("id {value} is there twice")),
                "href" => links.push(value.strip_prefix('#').ok_or(format!("a link to {value}"))?),
                "src" => return Err(format!("{value} is loaded")),
                on if on.starts_with("on") => return Err(format!("{on} is code")),
                _ => {}
            }
        }
        if is_closed != CLOSED.contains(&name) {
            return Err(format!("<{tag}> is closed, or is not"));
        }
        if !is_closed && !VOID.contains(&name) {
            open.push(name);
        }
    }
    if html.contains("url(") || html.contains("@import") {
        return Err("the style loads something".to_owned());
    }
    if let Some(link) = links.into_iter().find(|link| !ids.contains(link)) {
        return Err(format!("#{link} leads nowhere"));
    }
    if open.is_empty() { Ok(()) } else { Err(format!("{open:?} are open at the end")) }
}

/// The attributes of a tag with their values.
fn parsed(mut text: &str) -> Result<Vec<(&str, &str)>, String> {
    let mut attributes = Vec::new();
    while !text.trim().is_empty() {
        let (name, value) =
            text.trim_start().split_once("=\"").ok_or(format!("no quoted value in {text:?}"))?;
        let (value, behind) = value.split_once('"').ok_or(format!("an open quote in {text:?}"))?;
        if !name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-') {
            return Err(format!("{name:?} is no attribute"));
        }
        attributes.push((name, value));
        text = behind;
    }
    Ok(attributes)
}

#[test]
fn what_is_not_well_formed_is_noticed() {
    let page = |body: &str| check_html(&format!("<!DOCTYPE html>\n<p id=\"a\">{body}</p>"));
    assert_eq!(page("x<br><path d=\"M0 0\"/><a href=\"#a\">y</a>"), Ok(()));
    for wrong in [
        "<b>",
        "</b>",
        "<b><i></b></i>",
        "<script></script>",
        "<a href=\"#b\">x</a>",
        "<a href=\"http://x\">x</a>",
        "<b id=\"a\"></b>",
        "<b onclick=\"x\"></b>",
        "<b x=y></b>",
        "a > b",
        "<path>",
    ] {
        assert!(page(wrong).is_err(), "{wrong}");
    }
}
