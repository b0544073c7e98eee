//! A page of text of limited width: lines wrap under where they began.

/// The page's columns.
const WIDTH: usize = 100;
/// Wrapped text keeps at least so many columns, however far in it begins.
const NARROWEST: usize = 30;

#[derive(Default)]
pub(crate) struct Page {
    text: String,
}

impl Page {
    /// An empty line, but not at the beginning.
    pub(crate) fn blank(&mut self) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    /// `before`, then `text`, wrapped under its beginning.
    pub(crate) fn line(&mut self, before: &str, text: &str) {
        self.line_with(before, text, "");
    }

    /// As [`Page::line`], with `after` at the right end of the first line.
    pub(crate) fn line_with(&mut self, before: &str, text: &str, after: &str) {
        let indent = before.chars().count();
        let room_after = if after.is_empty() { 0 } else { after.chars().count() + 2 };
        let room = WIDTH.saturating_sub(indent + room_after).max(NARROWEST);
        for (index, line) in wrapped(text, room).into_iter().enumerate() {
            let is_first = index == 0;
            let start = if is_first { before.to_owned() } else { " ".repeat(indent) };
            let end = if is_first { after } else { "" };
            let used = indent + line.chars().count();
            let gap =
                if end.is_empty() { 0 } else { (WIDTH - 2).saturating_sub(used + end.chars().count()) + 2 };
            self.text.push_str(format!("{start}{line}{:gap$}{end}", "").trim_end());
            self.text.push('\n');
        }
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }
}

/// `text` in lines of at most `room` characters, broken at blanks; a longer word is broken anywhere.
fn wrapped(text: &str, room: usize) -> Vec<String> {
    let (mut lines, mut line, mut length) = (Vec::new(), String::new(), 0);
    for word in text.split(' ') {
        let mut word: Vec<char> = word.chars().collect();
        if length > 0 && length + 1 + word.len() > room {
            lines.push(std::mem::take(&mut line));
            length = 0;
        } else if length > 0 {
            line.push(' ');
            length += 1;
        }
        while word.len() > room {
            let rest = word.split_off(room);
            lines.push(word.into_iter().collect());
            word = rest;
        }
        length += word.len();
        line.extend(word);
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_wrap_under_their_beginning() {
        let mut page = Page::default();
        page.blank();
        page.line_with("  +5  ", &"word ".repeat(30), "rules.lql:7");
        let text = page.into_text();
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        assert!(
            text.starts_with("  +5  word word") && text.lines().next().unwrap().ends_with("  rules.lql:7")
        );
        assert!(text.lines().nth(1).unwrap().starts_with("      word"), "{text}");
    }

    #[test]
    fn a_word_longer_than_the_line_is_broken() {
        assert_eq!(wrapped("a bcdefgh ij", 3), ["a", "bcd", "efg", "h", "ij"]);
        assert_eq!(wrapped("", 3), [""]);
        assert_eq!(wrapped("abc def", 3), ["abc", "def"]);
    }
}
