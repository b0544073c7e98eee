//! One place where the parser could not go on, and what is said about it.
//!
//! In goes what the parser knows: where it started, how far it came, which rules of the grammar would have
//! fitted there. Out comes one diagnostic. First the hints are asked ([`super::hints`]), which know the usual
//! slips; where none applies, the message says what would have fitted and what stands there instead.

use super::ast::Span;
use super::grammar::Rule;
use super::hints;
use super::keyword::{KEYWORDS, is_keyword};
use super::start::STATEMENTS;
use super::token::{Token, TokenKind, Tokens};
use crate::diagnostic::{Code, Diagnostic, FileId, Place, closest, list};

/// In what the parser was when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Context {
    File,
    Score,
    Group,
    Band,
    Test,
}

/// Where and why the parser could not go on.
#[derive(Clone, Debug)]
pub(super) struct Failure<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: &'a Tokens,
    pub(super) file: FileId,
    /// The limit on nesting.
    pub(super) nesting: usize,
    pub(super) context: Context,
    /// The token at which the statement, rule, entry or line starts.
    pub(super) start: usize,
    /// The token that does not fit; behind the last at the end of the file.
    pub(super) at: usize,
    /// Whether that token is right at first and wrong further in.
    pub(super) inside: bool,
    /// Whether it was right so far, and nests too deep from here on.
    pub(super) too_deep: bool,
    /// What would have fitted.
    pub(super) expected: Vec<Rule>,
}

/// What to say, and where to go on, if that is known better than by looking for the next statement.
pub(super) struct Finding {
    pub(super) diagnostic: Diagnostic,
    pub(super) resume: Option<usize>,
}

/// The longest piece of text that a message repeats, in characters.
const LONGEST_QUOTE: usize = 40;

impl<'a> Failure<'a> {
    /// What to say.
    pub(super) fn finding(&self) -> Finding {
        if self.too_deep {
            return Finding { diagnostic: self.nests_too_deep(), resume: None };
        }
        match hints::HINTS.iter().find_map(|hint| hint(self)) {
            Some(hint) => Finding { diagnostic: hint.diagnostic, resume: hint.resume },
            None => Finding { diagnostic: self.unexpected(), resume: None },
        }
    }

    fn nests_too_deep(&self) -> Diagnostic {
        // Where the parser stopped for want of stack it does not say what it expected.
        let message = match self.expected.is_empty() {
            true => "conditions nest deeper here than the stack of this thread allows".to_owned(),
            false => format!("conditions nest at most {} deep", self.nesting),
        };
        let help = "give parts of the condition names of their own with `let`";
        self.report(Code::LimitExceeded, self.at, message, "one level too many").help(help)
    }

    /// What fits, and what is there.
    fn unexpected(&self) -> Diagnostic {
        let found = self.found(self.at);
        if self.at == self.start || self.is_leftover() {
            let message = format!("{found} has no place here");
            return self.report(Code::Syntax, self.at, message, &self.what_fits());
        }
        let expected = self.expected_words();
        let wanted = list(&expected, "or");
        let only = match expected.as_slice() {
            [only] if only.starts_with('`') => Some(only),
            _ => None,
        };
        // What is missing at the end of a line is missing there, and not on the next.
        if self.token(self.at).is_none_or(|token| token.first) {
            let end = self.span(self.at - 1).end;
            let last = self.quote(self.at - 1, self.at - 1);
            let message = format!("expected {wanted} behind `{last}`");
            let report =
                Diagnostic::new(Code::Syntax, self.place(Span { start: end, end }), message, "missing here");
            return match only {
                Some(only) => {
                    let written = format!(" {}", only.trim_matches('`'));
                    report.help(format!("write {only} behind `{last}`")).fix(written)
                }
                None => report,
            };
        }
        let arrow_follows = (self.at + 1..)
            .take_while(|index| self.token(*index).is_some_and(|token| !token.first))
            .any(|index| self.word(index) == "=>");
        if self.expects(Rule::arrow) && arrow_follows {
            let message = format!("{found} has no place here");
            let label = "expected an operator, `and`, `or` or `=>`";
            return self.report(Code::Syntax, self.at, message, label);
        }
        let report = self.report(
            Code::Syntax,
            self.at,
            format!("expected {wanted}, found {found}"),
            "not expected here",
        );
        let number = self.is_kind(self.at, TokenKind::Number) || matches!(self.word(self.at), "+" | "-");
        let other_mark = self.is_kind(self.at, TokenKind::Mark) || self.word(self.at) == "(";
        match only.map(|only| only.as_str()) {
            Some("`=>`") if number => report.help(format!("write `=>` before {found}")),
            Some("`=>`") | None => report,
            Some(only) if other_mark => report.help(format!("write {only} in place of {found}")),
            Some(only) => report.help(format!("write {only} before {found}")),
        }
    }

    /// What could stand where nothing fits.
    fn what_fits(&self) -> String {
        let word = self.word(self.start);
        match self.context {
            _ if self.is_leftover() && STATEMENTS.contains(&word) => {
                format!("neither part of this `{word}` nor the start of another statement")
            }
            Context::Test if self.is_leftover() => {
                "neither part of this line nor the start of another".to_owned()
            }
            _ if self.is_leftover() => "neither part of this rule nor the start of another".to_owned(),
            Context::File => "expected a statement or a rule".to_owned(),
            Context::Score => "expected a rule, a group or `}`".to_owned(),
            Context::Group => "expected a rule or `}`".to_owned(),
            Context::Band => "expected a band such as `hot >= 70`".to_owned(),
            Context::Test => "expected an event, `name = value`, `expect` or `}`".to_owned(),
        }
    }

    /// Whether everything before this is whole as it stands.
    pub(super) fn is_leftover(&self) -> bool {
        self.expects(Rule::EOI)
    }

    /// Whether this seems to have been meant as a part of what stands before it on its line: nothing can start
    /// here, or what starts makes no sense from its second word on.
    pub(super) fn may_be_leftover(&self) -> bool {
        let first = self.token(self.start).is_none_or(|token| token.first);
        let word = self.word(self.start);
        if first {
            let name = self.is_kind(self.start, TokenKind::Word) && !is_keyword(word);
            return self.at == self.start && !name;
        }
        let at_once = self.at <= self.start + 1 || word == "(";
        self.at == self.start || (at_once && !STATEMENTS.contains(&word))
    }

    /// What would have fitted, in words. Where something has to stand, what merely could is left out.
    fn expected_words(&self) -> Vec<String> {
        // Behind `and` the parser names all that a condition may start with.
        if self.expects(Rule::test) {
            return vec![in_words(Rule::condition)];
        }
        let words = |needed: bool| {
            let mut words: Vec<String> = Vec::new();
            for expected in &self.expected {
                // A segment without `when` could still be a rule, if only for the grammar.
                let no_rule = *expected == Rule::arrow && self.word(self.start) == "segment";
                if !no_rule && is_optional(*expected) != needed && !words.contains(&in_words(*expected)) {
                    words.push(in_words(*expected));
                }
            }
            words
        };
        let needed = words(true);
        if needed.is_empty() { words(false) } else { needed }
    }

    /// What stands at a token, as a message names it.
    pub(super) fn found(&self, index: usize) -> String {
        match self.token(index).map(|token| token.kind) {
            None => "the end of the file".to_owned(),
            Some(TokenKind::Stray) => self.word(index).chars().map(name_of_character).collect(),
            Some(_) => format!("`{}`", self.quote(index, index)),
        }
    }

    /// The text from one token to another, shortened where it is long.
    pub(super) fn quote(&self, first: usize, last: usize) -> String {
        let span = self.span(first).to(self.span(last));
        let text = self.text.get(span.start..span.end).unwrap_or("");
        let text = text.lines().next().unwrap_or("");
        match text.char_indices().nth(LONGEST_QUOTE) {
            Some((end, _)) => format!("{}…", text.get(..end).unwrap_or("")),
            None => text.to_owned(),
        }
    }

    pub(super) fn token(&self, index: usize) -> Option<&'a Token> {
        self.tokens.get(index)
    }

    pub(super) fn is_kind(&self, index: usize, kind: TokenKind) -> bool {
        self.token(index).is_some_and(|token| token.kind == kind)
    }

    /// The text of a token, empty behind the last.
    pub(super) fn word(&self, index: usize) -> &'a str {
        let span = self.span(index);
        self.text.get(span.start..span.end).unwrap_or("")
    }

    /// Where a token stands; behind the last, the end of the last.
    pub(super) fn span(&self, index: usize) -> Span {
        self.token(index).map_or_else(
            || {
                let end = self.tokens.last_end_before(self.text.len()).unwrap_or(self.text.len());
                Span { start: end, end }
            },
            |token| token.span,
        )
    }

    /// Whether a token stands directly behind the one before it.
    pub(super) fn touches_previous(&self, index: usize) -> bool {
        index.checked_sub(1).is_some_and(|before| {
            self.token(index).is_some() && self.span(before).end == self.span(index).start
        })
    }

    pub(super) fn expects(&self, wanted: Rule) -> bool {
        self.expected.contains(&wanted)
    }

    /// The keyword that would have fitted and that a token is a misspelling of.
    pub(super) fn nearest_expected(&self, index: usize) -> Option<String> {
        let word = self.word(index);
        if !self.is_kind(index, TokenKind::Word) || is_keyword(word) {
            return None;
        }
        // Of two letters or fewer nearly everything is a misspelling, so these have to be the same in another order.
        let fits = |near: &str| word.len() > 2 || (word.len() == 2 && word.chars().rev().eq(near.chars()));
        let expected: Vec<String> = self.expected.iter().filter_map(|wanted| keyword_of(*wanted)).collect();
        let near = closest(word, expected.iter().map(String::as_str)).map(str::to_owned);
        // A comparison may start with many words; it is expected as a whole.
        let near = near
            .or_else(|| closest(word, KEYWORDS).filter(|_| self.expects(Rule::operation)).map(str::to_owned));
        near.filter(|near| fits(near))
    }

    pub(super) fn place(&self, span: Span) -> Place {
        Place { file: self.file, span }
    }

    /// A diagnostic at one token.
    pub(super) fn report(
        &self,
        code: Code,
        at: usize,
        message: impl Into<String>,
        label: &str,
    ) -> Diagnostic {
        self.report_range(code, at, at, message, label)
    }

    /// A diagnostic from one token to another.
    pub(super) fn report_range(
        &self,
        code: Code,
        first: usize,
        last: usize,
        message: impl Into<String>,
        label: &str,
    ) -> Diagnostic {
        let mut span = self.span(first).to(self.span(last));
        // A label on a text of many lines helps nobody.
        let text = self.text.get(span.start..span.end).unwrap_or("");
        span.end = span.start + text.find('\n').unwrap_or(text.len());
        Diagnostic::new(code, self.place(span), message, label)
    }
}

/// A character that has no place where it stands.
pub(super) fn name_of_character(character: char) -> String {
    let number = format!("U+{:04X}", u32::from(character));
    if character.is_control() || character.is_whitespace() {
        number
    } else {
        format!("`{character}` ({number})")
    }
}

/// Whether a rule may be left out wherever it fits.
fn is_optional(expected: Rule) -> bool {
    matches!(
        expected,
        Rule::operation
            | Rule::between
            | Rule::within
            | Rule::kw_and
            | Rule::kw_or
            | Rule::colon
            | Rule::limit
            | Rule::decay
            | Rule::no_decay
            | Rule::text
            | Rule::kw_per
            | Rule::kw_ago
            | Rule::kw_best
            | Rule::group_max
            | Rule::group_min
            | Rule::range
            | Rule::until
            | Rule::again_after
            | Rule::sla
            | Rule::kw_passive
            | Rule::kw_between
            | Rule::kw_within
            | Rule::kw_up
            | Rule::kw_decay
            | Rule::kw_no
            | Rule::kw_until
            | Rule::kw_again
            | Rule::kw_sla
            | Rule::kw_max
            | Rule::kw_min
            | Rule::EOI
            | Rule::kw_version
            | Rule::kw_since
            | Rule::percent_sign
            | Rule::joiner
    )
}

/// A rule of the grammar as messages name it.
fn in_words(expected: Rule) -> String {
    let words = match expected {
        Rule::name | Rule::plain_name | Rule::symbol => "a name",
        Rule::band_name => "the name of a band",
        Rule::score_name => "the name of a score",
        Rule::event_kind | Rule::event_term => "an event such as `visited(pricing)`",
        Rule::subject | Rule::star => "a subject such as `pricing`",
        Rule::text => "a text in double quotes",
        Rule::number | Rule::number_or_param => "a number",
        Rule::points => "points such as `+15`",
        Rule::duration | Rule::duration_or_param => "a duration such as `30d`",
        Rule::instant => "a date or time such as `2026-10-01`",
        Rule::value | Rule::value_or_word | Rule::item => "a value",
        Rule::value_list => "a list such as `[\"a\", \"b\"]`",
        Rule::value_type => "a type: `text`, `number`, `flag`, `date`, `one of […]` or `set of text`",
        Rule::condition | Rule::test | Rule::each => "a condition",
        Rule::operation => "a comparison",
        Rule::between => "`between`",
        Rule::within => "`within`",
        Rule::property_test => "a test of a property",
        Rule::property_declaration => "a property and its type",
        Rule::test_property => "a property and its value",
        Rule::test_time | Rule::age => "a time such as `2d ago` or `at 2026-10-01`",
        Rule::weighted => "a weight and a score, such as `0.6 * engagement`",
        Rule::range => "bounds such as `0..100`",
        Rule::owner => "a role and a name in quotes",
        Rule::band_entry => "a band such as `hot >= 70`",
        Rule::limit => "a limit such as `up to 3 times`",
        Rule::decay | Rule::no_decay => "a decay such as `decay 50% every 30d`",
        Rule::until => "`until`",
        Rule::again_after => "`again after`",
        Rule::sla => "`sla`",
        Rule::group_max => "`max`",
        Rule::group_min => "`min`",
        Rule::not_in => "`not in`",
        Rule::gate => "a gate such as `mql`",
        Rule::rule => "a rule",
        Rule::statement => "a statement",
        Rule::group => "a group",
        Rule::arrow => "`=>`",
        Rule::equals => "`=`",
        Rule::not_equal => "`!=`",
        Rule::less => "`<`",
        Rule::less_or_equal => "`<=`",
        Rule::greater => "`>`",
        Rule::greater_or_equal => "`>=`",
        Rule::open_paren => "`(`",
        Rule::close_paren => "`)`",
        Rule::open_bracket => "`[`",
        Rule::close_bracket => "`]`",
        Rule::open_brace => "`{`",
        Rule::close_brace => "`}`",
        Rule::comma => "`,`",
        Rule::colon => "`:`",
        Rule::pipe => "`|`",
        Rule::dot => "`.`",
        Rule::dots => "`..`",
        Rule::percent_sign => "`%`",
        Rule::joiner => "`+` or `-`",
        other => match keyword_of(other) {
            Some(word) => return format!("`{word}`"),
            None => "something else",
        },
    };
    words.to_owned()
}

/// The word that a rule such as `kw_when` stands for.
pub(super) fn keyword_of(expected: Rule) -> Option<String> {
    format!("{expected:?}").strip_prefix("kw_").map(str::to_owned)
}
