//! What the file itself says of a definition: the comment directly above it.

use crate::syntax::ast::Ast;

/// So many lines of a comment are shown.
const MOST_LINES: usize = 20;

/// The comment on the lines directly above `start`, without its `#`s; empty where there is none.
pub(super) fn comment_above(text: &str, tree: &Ast, start: usize) -> String {
    let mut next = start;
    let mut lines = Vec::new();
    let before = tree.comments.partition_point(|comment| comment.start < start);
    for comment in tree.comments.get(..before).unwrap_or_default().iter().rev().take(MOST_LINES) {
        let between = text.get(comment.end..next).unwrap_or("");
        let directly_above = between.trim().is_empty() && between.matches('\n').count() == 1;
        // One behind a statement on its line belongs to that.
        let line_start = text.get(..comment.start).and_then(|text| text.rfind('\n')).map_or(0, |at| at + 1);
        let alone = text.get(line_start..comment.start).is_some_and(|before| before.trim().is_empty());
        if !directly_above || !alone {
            break;
        }
        let line = text.get(comment.start..comment.end).unwrap_or("");
        lines.push(line.trim_start_matches('#').trim());
        next = line_start;
        if let Some(indent) = text.get(line_start..comment.start) {
            next += indent.len();
        }
    }
    lines.reverse();
    lines.join(" ").trim().to_owned()
}

/// Text in a Markdown page: nothing in it is taken as a mark.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in crate::readable::readable(text, LONGEST).chars() {
        if c.is_ascii_punctuation() && !matches!(c, ',' | '.' | ':' | ';' | '\'' | '"' | '/' | '?' | '%') {
            plain.push('\\');
        }
        plain.push(c);
    }
    plain
}

/// Text as code in a Markdown page, on one line.
pub(super) fn code(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = crate::readable::readable(&words.join(" "), LONGEST);
    // More backticks around than in a row inside.
    let most = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(most + 1);
    let space = if most > 0 { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// So many characters of one text are shown.
const LONGEST: usize = 300;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::FileId;
    use crate::limits::Limits;

    fn above(text: &str) -> String {
        let (tree, _) = crate::syntax::parse(text, FileId(0), &Limits::default());
        comment_above(text, &tree, text.find("let").unwrap())
    }

    #[test]
    fn the_comment_above_is_what_is_said_of_it() {
        assert_eq!(above("# Who pays.\r\n  ## And why.\n  let a = budget"), "Who pays. And why.");
        assert_eq!(above("# Far away.\n\nlet a = budget"), "");
        assert_eq!(above("param b = 1 # of b\nlet a = budget"), "");
        assert_eq!(above("# first\n\n# second\nlet a = budget"), "second");
        assert_eq!(above("let a = budget # behind"), "");
    }

    #[test]
    fn nothing_in_a_text_is_markdown() {
        assert_eq!(plain("a*b <c> [d] 5%"), "a\\*b \\<c\\> \\[d\\] 5%");
        assert_eq!(code("a\n  b"), "`a b`");
        assert_eq!(code("a ` `` b"), "``` a ` `` b ```");
    }
}
