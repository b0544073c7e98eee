//! Statement by statement through a file, and on after an error.
//!
//! Each statement is read by the parser on its own. Where one is broken, reading goes on at the next line that
//! can start a statement; in the blocks of scores, groups, bands and tests it goes on with the next rule, entry
//! or line, and what parsed well is kept. Of a broken definition the name is kept, so that whoever uses it is
//! not told that it does not exist. Every step takes at least one token, and nothing
//! is read more than three times: with its score, with its group, alone.

use pest::Parser;
use pest::error::{ErrorVariant, InputLocation};
use pest::iterators::Pair;

use super::ast::{
    Ast, Group, Member, Name, ScoreBlock, Span, Spanned, Statement, StatementKind, TestBlock, TestLineKind,
};
use super::failure::{Context, Failure};
use super::grammar::{Grammar, Rule};
use super::lower::Lowering;
use super::start::{self, Start};
use super::token::{Token, TokenKind, Tokens};
use super::{characters, keyword, nesting};
use crate::diagnostic::{Code, Diagnostic, FileId, Place};
use crate::limits::{Limits, MOST_NESTING};

/// So many errors in one file are reported; whoever has more reads them in portions, and a file that is no
/// rule set at all is not held up.
pub(super) const MOST_ERRORS: usize = 100;

/// How many tokens a block has that is read part by part from the start.
const LARGE_BLOCK: usize = 1_000;

/// Parses one file.
pub(super) fn parse(text: &str, file: FileId, limits: &Limits) -> (Ast, Vec<Diagnostic>) {
    if text.len() > limits.source || u32::try_from(text.len()).is_err() {
        let message = format!("a file has at most {} bytes", limits.source);
        let label = format!("this one has {}", text.len());
        let place = Place { file, span: Span::default() };
        let help = "split the rule set into several files and `include` them";
        return (
            Ast::default(),
            vec![Diagnostic::new(Code::LimitExceeded, place, message, label).help(help)],
        );
    }
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let tokens = Tokens::scan(text, start);
    let mut driver = Driver::new(text, &tokens, file, limits);
    driver.file();
    let (mut ast, mut found) = (driver.ast, driver.lowering.found);
    found.extend(characters::hidden_characters(text, &tokens, file));
    ast.comments = tokens.comments;
    (ast, found)
}

/// What the parser would have taken at `position`, each time it came that far and no further.
pub(super) fn fits(text: &str, position: usize, limits: &Limits) -> Vec<Fit> {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let tokens = Tokens::scan(text, start);
    let mut driver = Driver::new(text, &tokens, FileId(0), limits);
    driver.probe = Some(Probe { position, fits: Vec::new() });
    driver.file();
    driver.probe.map(|probe| probe.fits).unwrap_or_default()
}

/// What fits at the place that is asked for.
pub(super) struct Fit {
    /// The byte at which the statement, rule, entry or line starts that this would be a part of.
    pub(super) start: usize,
    pub(super) context: Context,
    pub(super) expected: Vec<Rule>,
}

struct Probe {
    position: usize,
    fits: Vec<Fit>,
}

struct Driver<'a> {
    text: &'a str,
    tokens: &'a Tokens,
    nesting: usize,
    /// The next token that nests too deep; the parser sees nothing from it on.
    too_deep: Option<usize>,
    /// Whether reading stopped because of too many errors.
    stopped: bool,
    lowering: Lowering<'a>,
    ast: Ast,
    /// Set where it is asked what fits at a place.
    probe: Option<Probe>,
}

/// A block whose members are being read one by one.
struct Block {
    context: Context,
    /// Its `{`.
    open: usize,
    /// Its `}`, if there is one.
    close: Option<usize>,
}

impl Block {
    /// The rule for a member with nothing behind it.
    fn whole(&self) -> Rule {
        if self.context == Context::Test { Rule::whole_line } else { Rule::whole_rule }
    }
}

impl<'a> Driver<'a> {
    fn new(text: &'a str, tokens: &'a Tokens, file: FileId, limits: &Limits) -> Self {
        // The field can be set past what its setter allows.
        let nesting = limits.nesting.min(MOST_NESTING);
        Driver {
            text,
            tokens,
            nesting,
            too_deep: nesting::first_too_deep(text, tokens, 0, nesting),
            stopped: false,
            lowering: Lowering::new(text, tokens, file),
            ast: Ast::default(),
            probe: None,
        }
    }

    fn file(&mut self) {
        let (mut at, mut previous) = (0, None);
        while at < self.tokens.len() {
            if self.is_full(at) {
                return;
            }
            if let Some((context, open)) = self.large_block(at) {
                (at, previous) = (self.block(context, at, open), None);
                continue;
            }
            (at, previous) = match self.read(Rule::statement, at, Context::File) {
                Ok((pair, next)) => {
                    let statement = self.lowering.statement(&pair);
                    let ends_open =
                        statement.as_ref().is_some_and(|statement| !start::is_block(&statement.node));
                    match statement {
                        Some(statement) => self.ast.statements.push(statement),
                        None => self.not_lowered(at),
                    }
                    (next, ends_open.then_some(at))
                }
                Err(failure) => (self.broken_statement(failure, previous), None),
            };
        }
    }

    /// The sort of block at the token `at`, and its `{`, if it is one that takes much memory to read whole. A list
    /// of bands is right only as a whole.
    fn large_block(&self, at: usize) -> Option<(Context, usize)> {
        let (context, open) = start::block(self.text, self.tokens, at)?;
        let close = self.tokens.get(open)?.partner? as usize;
        (context != Context::Band && close.saturating_sub(open) > LARGE_BLOCK).then_some((context, open))
    }

    /// Whether so many errors were found that reading stops. The names that the rest defines are noted.
    fn is_full(&mut self, at: usize) -> bool {
        if !self.stopped
            && self.lowering.found.len() >= MOST_ERRORS
            && let Some(token) = self.tokens.get(at)
        {
            self.stopped = true;
            let message = format!("{MOST_ERRORS} errors were found: the rest of the file was not read");
            let place = Place { file: self.lowering.file, span: token.span };
            let last = Diagnostic::new(Code::LimitExceeded, place, message, "reading stopped here");
            self.lowering.found.push(last.help("mend what is reported first"));
            self.ast.broken.push(loose_score(token.span));
            for index in at..self.tokens.len() {
                if start::defines(self.text, self.tokens, index) {
                    self.ast.broken.extend(self.name_behind(index));
                }
            }
        }
        self.stopped
    }

    /// Reads one `wanted` from the token `at` on; gives the token behind it too.
    fn read(
        &mut self,
        wanted: Rule,
        at: usize,
        context: Context,
    ) -> Result<(Pair<'a, Rule>, usize), Failure<'a>> {
        loop {
            let failure = match self.read_once(wanted, at, context) {
                Err(failure) if failure.too_deep => failure,
                done => return done,
            };
            // The count started further up, and brackets left open there may have added to it.
            let too_deep = nesting::first_too_deep(self.text, self.tokens, at, self.nesting);
            if too_deep == self.too_deep {
                return Err(failure);
            }
            self.too_deep = too_deep;
        }
    }

    fn read_once(
        &mut self,
        wanted: Rule,
        at: usize,
        context: Context,
    ) -> Result<(Pair<'a, Rule>, usize), Failure<'a>> {
        let start = self.tokens.get(at).map_or(self.text.len(), |token| token.span.start);
        let deep = self.too_deep.and_then(|deep| self.tokens.get(deep));
        let end = deep.map_or(self.text.len(), |token| token.span.start);
        let mut too_deep = deep.is_some();
        let (position, expected) = match Grammar::parse(wanted, self.text.get(start..end).unwrap_or("")) {
            Ok(mut pairs) => match pairs.next() {
                Some(pair) => {
                    let stop = start + pair.as_span().end();
                    let next = self.tokens.at_or_behind(stop);
                    // `5.5.5` begins like a number: a part that stops inside a word is not what is written.
                    if self.tokens.last_end_before(stop).is_none_or(|end| end <= stop) {
                        self.lowering.offset = start;
                        return Ok((pair, next.max(at + 1)));
                    }
                    (stop, vec![Rule::number])
                }
                None => (start, vec![wanted]),
            },
            Err(error) => {
                let (InputLocation::Pos(position) | InputLocation::Span((position, _))) = error.location;
                let position = start + position;
                too_deep &= position >= end;
                match error.variant {
                    ErrorVariant::ParsingError { positives, .. } => (position, positives),
                    // The parser watches the stack of its thread and stops before it is used up.
                    ErrorVariant::CustomError { .. } => {
                        too_deep = true;
                        (position, Vec::new())
                    }
                }
            }
        };
        if let Some(probe) = self.probe.as_mut().filter(|probe| probe.position == position) {
            probe.fits.push(Fit { start, context, expected: expected.clone() });
        }
        let behind = self.tokens.at_or_behind(position);
        // Where a word is right at first and wrong in the middle, it is the word that is wrong.
        let inside = behind
            .checked_sub(1)
            .filter(|before| self.tokens.get(*before).is_some_and(|token| token.span.end > position));
        Err(Failure {
            text: self.text,
            tokens: self.tokens,
            file: self.lowering.file,
            nesting: self.nesting,
            context,
            start: at,
            at: inside.unwrap_or(behind).max(at),
            inside: inside.is_some(),
            too_deep,
            expected,
        })
    }

    /// Reports a statement that failed, keeps what can be kept, and says where to go on. `previous` is where the
    /// statement directly before starts, if it is one that could go on.
    fn broken_statement(&mut self, failure: Failure<'a>, previous: Option<usize>) -> usize {
        let at = failure.start;
        if let Some((context, open)) = start::block(self.text, self.tokens, at) {
            let found = self.lowering.found.len();
            let next = self.block(context, at, open);
            if self.lowering.found.len() == found {
                // Every part is right, so what is wrong is how they are joined.
                self.lowering.found.push(failure.finding().diagnostic);
            }
            return next;
        }
        let leftover = self.leftover(&failure, previous, Rule::whole_statement);
        let finding = leftover.as_ref().unwrap_or(&failure).finding();
        if leftover.is_some() && finding.resume.is_none() {
            let spoilt = self.ast.statements.pop();
            self.ast.broken.extend(spoilt.and_then(|statement| defined_name(&statement)));
        }
        self.note_name(at);
        let next = self.next_start(leftover.as_ref().unwrap_or(&failure), at, None);
        self.lowering.found.push(finding.diagnostic);
        finding.resume.unwrap_or(next)
    }

    /// Where something cannot start what it should: what is wrong with the one before it, which seemed whole and
    /// starts at the token `previous`.
    fn leftover(
        &mut self,
        failure: &Failure<'a>,
        previous: Option<usize>,
        whole: Rule,
    ) -> Option<Failure<'a>> {
        if failure.too_deep {
            return None;
        }
        // On a line of its own it may be anything, so there only what fails at once is taken as a misspelling.
        let first = self.tokens.get(failure.start).is_some_and(|token| token.first);
        let misspelt =
            failure.is_kind(failure.start, TokenKind::Word) && (!first || failure.at == failure.start + 1);
        if !failure.may_be_leftover() && !misspelt {
            return None;
        }
        let leftover = self.read(whole, previous?, failure.context).err()?;
        let continues = failure.may_be_leftover() || leftover.nearest_expected(failure.start).is_some();
        continues.then_some(leftover)
    }

    /// Reads a score, group, band list or test, whose head starts at the token `at`, part by part.
    fn block(&mut self, context: Context, at: usize, open: usize) -> usize {
        let start = self.tokens.get(at).map(|token| token.span).unwrap_or_default();
        let close = self.tokens.get(open).and_then(|token| token.partner).map(|close| close as usize);
        let block = Block { context, open, close };
        let (node, next) = match context {
            Context::Score => {
                let (score, next) = self.score_by_parts(at, &block);
                (score.map(StatementKind::Score), next)
            }
            Context::Group => {
                let (group, next) = self.group_by_parts(at, &block);
                (group.map(StatementKind::Group), next)
            }
            Context::Band => self.band_by_parts(at, &block),
            Context::Test | Context::File => self.test_by_parts(at, &block),
        };
        // Without a name it may have been meant to be the score of loose rules, or to belong to it.
        if node.is_none() && matches!(context, Context::Group | Context::Score) {
            self.ast.broken.push(loose_score(start));
        }
        if let Some(node) = node {
            let end = self.tokens.get(next.saturating_sub(1)).map_or(start.end, |last| last.span.end);
            self.ast.statements.push(Spanned { node, span: Span { start: start.start, end } });
        }
        next
    }

    /// Reads the head of a block, up to its `{`.
    fn head<T>(
        &mut self,
        wanted: Rule,
        at: usize,
        lower: fn(&mut Lowering<'a>, &Pair<'a, Rule>) -> Option<T>,
    ) -> Option<T> {
        match self.read(wanted, at, Context::File) {
            Ok((pair, _)) => lower(&mut self.lowering, &pair),
            Err(failure) => {
                self.lowering.found.push(failure.finding().diagnostic);
                None
            }
        }
    }

    fn score_by_parts(&mut self, at: usize, block: &Block) -> (Option<ScoreBlock>, usize) {
        let head = self.head(Rule::score_head, at, Lowering::score_head);
        // Without its head it is still the score of that name.
        let named = |name| ScoreBlock { name, bounds: None, decay: None, members: Vec::new() };
        let mut score = head.or_else(|| self.name_behind(at).map(named));
        let next = self.members(block, |driver, at| {
            if let Some((Context::Group, open)) = start::block(driver.text, driver.tokens, at) {
                let close = driver.tokens.get(open).and_then(|token| token.partner);
                let inner = Block { context: Context::Group, open, close: close.map(|close| close as usize) };
                if let Ok((pair, next)) = driver.read(Rule::group, at, Context::Score) {
                    let group = driver.lowering.group(&pair);
                    return Ok((group.map(Member::Group), next));
                }
                let (group, next) = driver.group_by_parts(at, &inner);
                return Ok((group.map(Member::Group), next));
            }
            let (pair, next) = driver.read(Rule::rule, at, Context::Score)?;
            Ok((driver.lowering.rule(&pair).map(Member::Rule), next))
        });
        if let Some(score) = &mut score {
            score.members = next.0;
        }
        (score, next.1)
    }

    fn group_by_parts(&mut self, at: usize, block: &Block) -> (Option<Group>, usize) {
        let head = self.head(Rule::group_head, at, Lowering::group_head);
        let start = self.tokens.get(at).map(|token| token.span).unwrap_or_default();
        let named = |name| Group { span: start, name, best: false, bounds: None, rules: Vec::new() };
        let group = head.or_else(|| self.name_behind(at).map(named));
        let (rules, next) = self.members(block, |driver, at| {
            let (pair, next) = driver.read(Rule::rule, at, Context::Group)?;
            Ok((driver.lowering.rule(&pair), next))
        });
        let end = self.tokens.get(next.saturating_sub(1)).map_or(start, |last| last.span);
        (group.map(|group| Group { span: start.to(end), rules, ..group }), next)
    }

    fn band_by_parts(&mut self, at: usize, block: &Block) -> (Option<StatementKind>, usize) {
        self.head(Rule::band_head, at, Lowering::band_head);
        let (_, next) = self.members(block, |driver, at| {
            let (_, mut next) = driver.read(Rule::band_entry, at, Context::Band)?;
            if Some(next) != block.close {
                next = driver.read(Rule::comma, next, Context::Band)?.1;
            }
            Ok((Some(()), next))
        });
        // Bands make sense only in order and all together, so no list stands for a broken one; but whatever
        // is a name in it is a band.
        for index in block.open..next {
            self.ast.broken.extend(self.name_behind(index));
        }
        (None, next)
    }

    fn test_by_parts(&mut self, at: usize, block: &Block) -> (Option<StatementKind>, usize) {
        let found = self.lowering.found.len();
        let head = self.head(Rule::test_head, at, Lowering::test_head);
        let (lines, next) = self.members(block, |driver, at| {
            let (pair, next) = driver.read(Rule::test_line, at, Context::Test)?;
            Ok((driver.lowering.test_line(&pair), next))
        });
        // A test whose expectations are all broken is not one that has none.
        let expects = lines.iter().any(|line| matches!(line.node, TestLineKind::Expect(_)));
        let head = head.filter(|_| expects || self.lowering.found.len() == found);
        (head.map(|head| StatementKind::Test(TestBlock { lines, ..head })), next)
    }

    /// Reads the members of a block with `member` until the block ends; gives them, and the token behind.
    fn members<T>(
        &mut self,
        block: &Block,
        mut member: impl FnMut(&mut Self, usize) -> Result<(Option<T>, usize), Failure<'a>>,
    ) -> (Vec<T>, usize) {
        let mut members = Vec::new();
        let mut previous = None;
        let mut at = block.open + 1;
        while Some(at) != block.close {
            if self.is_full(at) {
                return (members, self.tokens.len());
            }
            let ends = start::of(self.text, self.tokens, at) == Start::Statement;
            if at >= self.tokens.len() || (block.close.is_none() && ends) {
                self.unclosed(block, at);
                return (members, at);
            }
            at = match member(self, at) {
                Ok((Some(member), next)) => {
                    members.push(member);
                    // What ends with a bracket has nothing behind it that could belong to it.
                    let closed = self.tokens.get(next - 1).is_some_and(|last| self.is(last, "}"));
                    previous = (block.context != Context::Band && !closed).then_some(at);
                    next
                }
                Ok((None, next)) => {
                    self.not_lowered(at);
                    next
                }
                Err(failure) => {
                    let failure = Failure { start: at, ..failure };
                    let leftover = self.leftover(&failure, previous, block.whole());
                    let finding = leftover.as_ref().unwrap_or(&failure).finding();
                    if leftover.is_some() && finding.resume.is_none() {
                        members.pop();
                    }
                    let next = self.next_start(leftover.as_ref().unwrap_or(&failure), at, Some(block));
                    self.lowering.found.push(finding.diagnostic);
                    previous = None;
                    finding.resume.unwrap_or(next)
                }
            };
        }
        (members, at + 1)
    }

    /// Where reading goes on after `failure`: never before the token at which it failed, and behind `start`.
    fn next_start(&self, failure: &Failure<'_>, start: usize, block: Option<&Block>) -> usize {
        let mut at = failure.start;
        let in_band = failure.context == Context::Band;
        while let Some(token) = self.tokens.get(at) {
            if block.is_some_and(|block| block.close == Some(at)) {
                return at;
            }
            if at >= failure.at && in_band && self.is(token, ",") {
                return at + 1;
            }
            if at > start && at >= failure.at {
                match start::of(self.text, self.tokens, at) {
                    Start::Statement => return at,
                    Start::Member if !in_band => return at,
                    _ => {}
                }
            }
            // What stands in brackets is skipped with them, as long as that stays in the block.
            let partner = token.partner.map(|partner| partner as usize).filter(|partner| {
                *partner > at && block.and_then(|block| block.close).is_none_or(|close| *partner < close)
            });
            at = partner.unwrap_or(at) + 1;
        }
        self.tokens.len()
    }

    fn unclosed(&mut self, block: &Block, at: usize) {
        let span = |index| self.tokens.get(index).map(|token: &Token| token.span);
        let open = span(block.open).unwrap_or_default();
        let before = span(at.saturating_sub(1)).unwrap_or(open);
        let end = Span { start: before.end, end: before.end };
        let place = |span| Place { file: self.lowering.file, span };
        let message = "this block is never closed";
        let found = Diagnostic::new(Code::UnbalancedBracket, place(open), message, "opened here");
        let found = found.also(place(end), "`}` is missing, here at the latest").help("add a `}`");
        self.lowering.found.push(found);
    }

    /// The grammar let something through that the tree has no form for.
    fn not_lowered(&mut self, at: usize) {
        let span = self.tokens.get(at).map(|token| token.span).unwrap_or_default();
        let place = Place { file: self.lowering.file, span };
        let message = "this cannot be read";
        self.lowering.found.push(Diagnostic::new(Code::Syntax, place, message, "from here on"));
        self.note_name(at);
    }

    /// Notes the name that a broken statement at the token `at` would define, if it seems to define one.
    fn note_name(&mut self, at: usize) {
        if start::defines(self.text, self.tokens, at) || start::seems_to_define(self.text, self.tokens, at) {
            self.ast.broken.extend(self.name_behind(at));
        } else if let Some(token) = self.tokens.get(at)
            && (self.is(token, "group") || !start::STATEMENTS.iter().any(|word| self.is(token, word)))
        {
            self.ast.broken.push(loose_score(token.span));
        }
    }

    /// The name behind the token `at`.
    fn name_behind(&self, at: usize) -> Option<Name> {
        let token = self.tokens.get(at + 1).filter(|token| token.kind == TokenKind::Word)?;
        let word = self.text.get(token.span.start..token.span.end)?;
        (!keyword::is_keyword(word)).then(|| Spanned { node: word.to_owned(), span: token.span })
    }

    fn is(&self, token: &Token, text: &str) -> bool {
        self.text.get(token.span.start..token.span.end) == Some(text)
    }
}

/// A rule or group outside any block belongs to the score of this name, so a broken one still defines it.
fn loose_score(span: Span) -> Name {
    Spanned { node: "score".to_owned(), span }
}

/// The name that a statement defines.
fn defined_name(statement: &Statement) -> Option<Name> {
    match &statement.node {
        StatementKind::Attribute { name, .. }
        | StatementKind::Let { name, .. }
        | StatementKind::Param { name, .. }
        | StatementKind::Activity { name, .. }
        | StatementKind::Segment { name, .. } => Some(name.clone()),
        StatementKind::Event(event) => Some(event.kind.clone()),
        StatementKind::Derived(score) => Some(score.name.clone()),
        StatementKind::Rule(rule) => Some(loose_score(rule.span)),
        _ => None,
    }
}
