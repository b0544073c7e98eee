//! Walks the source beside the tree and puts the comments between the pieces they stood between.
//!
//! The printers name every word of a construct in order; the writer finds each in the source, and hands over
//! the comments that stand before it. So a comment keeps its place between two words whatever the layout
//! makes of them, and no two comments change their order. Words that the source lacks, or has more than the
//! printers know, cost at worst the exact place of a comment, never a comment.

use std::borrow::Cow;

use super::layout::{Column, Piece, STEP};
use crate::syntax::ast::Span;

/// Collects the pieces of one file.
pub(super) struct Writer<'a> {
    text: &'a str,
    /// The comments that were not put yet.
    comments: &'a [Span],
    /// All comments, to look past them.
    all: &'a [Span],
    /// Where the words seen so far end in the source.
    cursor: usize,
    pieces: Vec<Piece<'a>>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(text: &'a str, comments: &'a [Span]) -> Self {
        let cursor = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Writer { text, comments, all: comments, cursor, pieces: Vec::new() }
    }

    /// The pieces, with the comments at the end of the file.
    pub(super) fn finish(mut self) -> Vec<Piece<'a>> {
        self.last_comments(self.text.len());
        self.pieces
    }

    // Words.

    /// A keyword or a sign, as the source has it next.
    pub(super) fn token(&mut self, token: &'static str) {
        if let Some(start) = self.find(token) {
            self.comments_before(start);
        }
        self.put(token);
    }

    /// Keywords with a space between.
    pub(super) fn tokens(&mut self, tokens: &[&'static str]) {
        for (at, token) in tokens.iter().enumerate() {
            if at > 0 {
                self.space();
            }
            self.token(token);
        }
    }

    /// As [`Writer::token`], for one that must not be torn from what is before it: comments between go behind.
    pub(super) fn glued(&mut self, token: &'static str) {
        self.find(token);
        self.put(token);
    }

    /// As [`Writer::token`], for one that a line starts with: comments behind it go before it.
    pub(super) fn leading(&mut self, token: &'static str) {
        self.lift_comments(token);
        self.token(token);
    }

    /// Puts the comments around the next token before it.
    pub(super) fn lift_comments(&mut self, token: &'static str) {
        let start = self.past_gap(self.cursor);
        if self.starts(start, token) {
            self.comments_before(self.past_gap(start + token.len()));
        }
    }

    /// A name or a literal, as written.
    pub(super) fn source(&mut self, span: Span) {
        self.comments_before(span.start);
        self.glued_source(span);
    }

    /// As [`Writer::source`], not to be torn from what is before it.
    pub(super) fn glued_source(&mut self, span: Span) {
        let written = self.slice(span).trim_ascii_end();
        self.cursor = span.start + written.len();
        self.put(written);
    }

    /// What stands at `span`, in another spelling.
    pub(super) fn spelled(&mut self, span: Span, spelling: String) {
        self.comments_before(span.start);
        self.cursor = span.start + self.slice(span).trim_ascii_end().len();
        self.put(spelling);
    }

    /// The next word of the source, a duration or an instant, as written.
    pub(super) fn next_time(&mut self) {
        let start = self.past_gap(self.cursor);
        let rest = self.text.get(start..).unwrap_or_default();
        let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '+' | '-' | '.' | '_');
        let length = rest.find(|c| !part(c)).unwrap_or(rest.len());
        self.source(Span { start, end: start + length });
    }

    /// The source's text at `span`.
    pub(super) fn slice(&self, span: Span) -> &'a str {
        self.text.get(span.start..span.end).unwrap_or_default()
    }

    fn put(&mut self, text: impl Into<Cow<'a, str>>) {
        let text = text.into();
        let width = text.chars().count();
        self.pieces.push(Piece::Text(text, width));
    }

    // Layout.

    pub(super) fn space(&mut self) {
        self.pieces.push(Piece::Space);
    }

    pub(super) fn line(&mut self) {
        self.pieces.push(Piece::Line);
    }

    pub(super) fn soft(&mut self) {
        self.pieces.push(Piece::Soft);
    }

    pub(super) fn tail(&mut self) {
        self.pieces.push(Piece::Tail);
    }

    pub(super) fn hard(&mut self) {
        self.pieces.push(Piece::Hard);
    }

    pub(super) fn indent(&mut self, by: usize) {
        self.pieces.push(Piece::Indent(by));
    }

    pub(super) fn dedent(&mut self, by: usize) {
        self.pieces.push(Piece::Dedent(by));
    }

    /// Starts a group; comments before its first word stay outside, so that they do not break it.
    pub(super) fn open(&mut self) {
        self.comments_before(self.past_gap(self.cursor));
        self.pieces.push(Piece::Open);
    }

    pub(super) fn close(&mut self) {
        self.pieces.push(Piece::Close);
    }

    pub(super) fn row(&mut self) {
        self.pieces.push(Piece::Row);
    }

    pub(super) fn stop(&mut self, column: Column) {
        self.pieces.push(Piece::Stop(column));
    }

    pub(super) fn end_row(&mut self) {
        self.pieces.push(Piece::EndRow);
    }

    /// `ITEM, ITEM]`: on one line, or each item on a line of its own. The group and its bracket were put before.
    pub(super) fn entries<T>(
        &mut self,
        items: &[T],
        close: &'static str,
        mut put: impl FnMut(&mut Self, &T),
    ) {
        self.indent(STEP);
        self.soft();
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                self.glued(",");
                self.line();
            }
            put(self, item);
        }
        self.close_bracket(close);
    }

    /// The end of an indented group in brackets, with the comments before its bracket.
    pub(super) fn close_bracket(&mut self, close: &'static str) {
        let end = self.past_gap(self.cursor);
        if self.comments.first().is_some_and(|comment| comment.start < end) {
            self.hard();
            self.comments_before(end);
        }
        self.dedent(STEP);
        self.soft();
        self.token(close);
        self.close();
    }

    /// Starts the line of a statement, or of an entry of a block, whose first word stands at `start`. Above
    /// it go its comments, and a blank line where there was one; `first` tells that a block starts here.
    pub(super) fn start_line(&mut self, start: usize, first: bool) {
        let anything = self.comments_and_blanks(start, first);
        if anything && self.blank_before(start) {
            self.pieces.push(Piece::Blank);
        }
    }

    /// The comments at the end of a block or of the file, each on its line.
    pub(super) fn last_comments(&mut self, end: usize) {
        self.comments_and_blanks(end, self.pieces.is_empty());
    }

    /// `{`, the lines that `put` makes of the items, `}`.
    pub(super) fn block<T>(
        &mut self,
        items: &[T],
        start: impl Fn(&T) -> usize,
        mut put: impl FnMut(&mut Self, &T),
    ) {
        self.space();
        let moved = self.brace();
        self.indent(STEP);
        for (at, item) in items.iter().enumerate() {
            self.start_line(start(item), at == 0);
            put(self, item);
        }
        let end = self.past_gap(self.cursor);
        let commented = self.comments.first().is_some_and(|comment| comment.start < end);
        if commented {
            self.comments_and_blanks(end, items.is_empty());
        }
        self.dedent(STEP);
        if moved || commented || !items.is_empty() {
            self.hard();
        }
        self.token("}");
    }

    /// The `{` of a block. A comment before it goes to the end of its line, where it still tells of the block and
    /// not of what comes first in it; where there is no room for all of them they stay before it. Says whether
    /// one was moved.
    fn brace(&mut self) -> bool {
        let start = self.past_gap(self.cursor);
        let before = self.comments.iter().take_while(|comment| comment.start < start).count();
        let behind = self.comments.get(before).is_some_and(|comment| {
            let between = self.text.get(start..comment.start).unwrap_or_default();
            !between.contains(['\n', '\r']) && between.trim_end() == "{"
        });
        if before != 1 || behind {
            self.token("{");
            return false;
        }
        let comment = self.next_comment(start);
        self.glued("{");
        let text = comment.map_or("", |comment| self.slice(comment).trim_end());
        self.pieces.push(Piece::Comment { text, own: false });
        true
    }

    // Comments.

    /// Puts the comments that stand before `end` in the source and were not put yet.
    fn comments_before(&mut self, end: usize) {
        while let Some(comment) = self.next_comment(end) {
            self.comment(comment);
        }
    }

    /// As [`Writer::comments_before`] between two lines, blank lines above comments kept, but for the first
    /// thing of a block. Says whether something stands above the next line.
    fn comments_and_blanks(&mut self, end: usize, first: bool) -> bool {
        let mut anything = !first;
        self.hard();
        while let Some(comment) = self.next_comment(end) {
            let own = self.own_line(comment.start);
            if own && anything && self.blank_before(comment.start) {
                self.pieces.push(Piece::Blank);
            }
            self.comment(comment);
            anything = anything || own;
        }
        anything
    }

    fn next_comment(&mut self, end: usize) -> Option<Span> {
        let (comment, rest) = self.comments.split_first()?;
        (comment.start < end).then(|| {
            self.comments = rest;
            *comment
        })
    }

    fn comment(&mut self, comment: Span) {
        let text = self.slice(comment).trim_end();
        self.pieces.push(Piece::Comment { text, own: self.own_line(comment.start) });
    }

    /// Whether nothing but blanks stands before `at` on its line.
    fn own_line(&self, at: usize) -> bool {
        let before = self.text.get(..at).unwrap_or_default();
        let before = before.trim_end_matches([' ', '\t', '\u{feff}']);
        before.is_empty() || before.ends_with(['\n', '\r'])
    }

    /// Whether a blank line stands right above the line of `at`.
    fn blank_before(&self, at: usize) -> bool {
        let before = self.text.get(..at).unwrap_or_default();
        let words = before.trim_ascii_end();
        let blanks = before.get(words.len()..).unwrap_or_default();
        blanks.bytes().filter(|byte| *byte == b'\n').count() > 1
    }

    // The source.

    /// Steps over `token` if it is what comes next, and says where it starts.
    fn find(&mut self, token: &'static str) -> Option<usize> {
        let start = self.past_gap(self.cursor);
        let found = self.starts(start, token);
        if found {
            self.cursor = start + token.len();
        }
        found.then_some(start)
    }

    fn starts(&self, at: usize, token: &'static str) -> bool {
        self.text.get(at..).is_some_and(|rest| rest.starts_with(token))
    }

    /// The first place from `at` on that is neither blank nor in a comment.
    fn past_gap(&self, mut at: usize) -> usize {
        let mut next = self.all.partition_point(|comment| comment.start < at);
        loop {
            let rest = self.text.get(at..).unwrap_or_default();
            at += rest.len() - rest.trim_ascii_start().len();
            match self.all.get(next) {
                Some(comment) if comment.start == at && comment.end > at => at = comment.end,
                _ => return at,
            }
            next += 1;
        }
    }
}
