//! The texts of a file as they are written, upper and lower case kept: what shows a rule set to people spells
//! them so, where everything that evaluates knows them in lower case only.

use super::lower::unescaped;
use super::token::{TokenKind, Tokens};

/// Every text in quotes, its escapes replaced, in order.
pub(crate) fn texts(text: &str) -> impl Iterator<Item = String> {
    let tokens = Tokens::scan(text, 0);
    let spans: Vec<_> = tokens.from(0).iter().filter(|token| token.kind == TokenKind::Text).collect();
    let texts: Vec<String> = spans
        .into_iter()
        .filter_map(|token| text.get(token.span.start..token.span.end))
        .map(|raw| unescaped(raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"')).unwrap_or(raw)))
        .collect();
    texts.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_as_written_and_comments_have_none() {
        let found: Vec<String> =
            texts("title = \"Ch\\\"ief\" # \"no\"\nin [\"US\", \"\\u{e9}\"] \"open").collect();
        assert_eq!(found, ["Ch\"ief", "US", "é"]);
    }
}
