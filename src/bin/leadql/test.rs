//! `leadql test`: runs the test blocks of rule sets, and tells what they do not try.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use leadql::{Compiler, ExpectationSubject, Explanation, RuleSet, Stage, TestCoverage, TestResult};

use crate::output::{self, BOLD, GREEN, RED, RESET, Stop, printable};
use crate::paths;
use crate::table::Table;

/// Run the test blocks of rule sets
#[derive(Debug, Args)]
#[command(after_help = "\
Coverage asks of every rule, condition, band, segment and gate whether some test makes it true and some test makes
it false, over all rule sets given: a rule set that only includes another for its tests covers the other.

Examples:
  leadql test criteria.lql
  leadql test rules/ --min-coverage 80
  leadql test criteria.lql --coverage --format json

Exit status: 0 all pass, 1 one fails, a rule set does not compile or coverage is below --min-coverage.")]
pub(crate) struct Arguments {
    /// Files of rules, or folders with .lql files
    #[arg(required = true)]
    rules: Vec<PathBuf>,
    /// How to print the results
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Tell what no test makes true, and what none makes false
    #[arg(long)]
    coverage: bool,
    /// Fail below so many percent, from 0 to 100; as --coverage otherwise
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    min_coverage: Option<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

#[derive(serde::Serialize)]
struct Results {
    tests: Vec<TestResult>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<TestCoverage>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Stop> {
    let mut all = Vec::new();
    let mut compiled = true;
    let mut coverage: Option<TestCoverage> = None;
    let mut out = output::results();
    for file in paths::rule_files(&arguments.rules)? {
        let rules = match Compiler::new().compile_file(&file) {
            Ok(rules) => rules,
            Err(found) => {
                output::note(&found.render(true));
                compiled = false;
                continue;
            }
        };
        let results = rules.run_tests();
        if arguments.format == Format::Text && !results.is_empty() {
            writeln!(out, "{BOLD}{}{RESET}", file.display())?;
            show(&mut out, &rules, &results)?;
        }
        all.extend(results);
        if arguments.coverage || arguments.min_coverage.is_some() {
            match &mut coverage {
                Some(coverage) => coverage.merge(rules.test_coverage()),
                None => coverage = Some(rules.test_coverage()),
            }
        }
    }
    let failed = all.iter().filter(|result| !result.passed).count();
    let too_little = coverage.as_ref().and_then(|coverage| too_little(coverage, arguments.min_coverage?));
    match arguments.format {
        Format::Json => output::json(&Results { tests: all, coverage })?,
        Format::Text => {
            let tests = output::count(all.len(), "test");
            writeln!(out, "{tests}: {} passed, {failed} failed", all.len() - failed)?;
            if let Some(coverage) = &coverage {
                show_coverage(&mut out, coverage)?;
            }
            out.flush()?;
        }
    }
    if let Some(message) = &too_little {
        output::error(message);
    }
    let fails = failed > 0 || !compiled || too_little.is_some();
    Ok(if fails { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Says so if less is covered than wanted; compared in whole numbers, so that nothing is rounded up to it.
fn too_little(coverage: &TestCoverage, wanted: u8) -> Option<String> {
    let enough = coverage.met() * 100 >= coverage.wanted() * usize::from(wanted);
    (!enough).then(|| format!("the tests cover {}%, below the {wanted}% asked for", coverage.percent()))
}

/// Prints how much the tests cover, and a table of what they do not.
fn show_coverage(out: &mut impl Write, coverage: &TestCoverage) -> Result<(), Stop> {
    let (met, wanted) = (coverage.met(), coverage.wanted());
    writeln!(out, "coverage {}%: {met} of {wanted}, each part once true and once false", coverage.percent())?;
    if met == wanted {
        return Ok(());
    }
    writeln!(out)?;
    let mut table = Table::new(out, ["never", "where", "part", "name"].map(|name| (name, false)));
    for gap in coverage.gaps() {
        let never = match (gap.made_true, gap.made_false) {
            (false, false) => "true, false",
            (false, true) => "true",
            _ => "false",
        };
        let cells =
            vec![never.to_owned(), gap.place.to_string(), gap.part.name().to_owned(), gap.name.clone()];
        table.row(cells, Vec::new())?;
    }
    table.finish()
}

/// Prints how each test went; of one that failed what was expected, what came out and why.
fn show(out: &mut impl Write, rules: &RuleSet, results: &[TestResult]) -> Result<(), Stop> {
    for (result, (lead, at)) in results.iter().zip(rules.test_leads()) {
        if result.passed {
            writeln!(out, "  {GREEN}ok{RESET}    {}", printable(&result.name))?;
            continue;
        }
        writeln!(out, "  {RED}FAIL{RESET}  {}", printable(&result.name))?;
        let explanation = rules.explain(&lead, at);
        let mut told = Vec::new();
        for failure in &result.failures {
            writeln!(out, "        {}:{}", result.file, failure.line)?;
            writeln!(out, "          expected {}", failure.expected)?;
            writeln!(out, "          found    {}", failure.actual)?;
            if told.contains(&&failure.about) {
                continue;
            }
            told.push(&failure.about);
            let why = why(&explanation, &failure.about);
            let lines = why.lines().count();
            for line in why.lines().take(MOST_LINES) {
                writeln!(out, "            {line}")?;
            }
            if lines > MOST_LINES {
                writeln!(out, "            and {} more lines", lines - MOST_LINES)?;
            }
        }
    }
    Ok(())
}

/// So much is said of why a test failed.
const MOST_LINES: usize = 40;

/// The part of an explanation that an expectation is about.
fn why(explanation: &Explanation, about: &ExpectationSubject) -> String {
    let gate = |name: &str| {
        let gates = explanation.gates.iter().filter(|verdict| verdict.gate == name);
        gates.map(ToString::to_string).collect::<String>()
    };
    match about {
        ExpectationSubject::Score(name) => {
            let ledger = explanation.scores.iter().find(|ledger| ledger.score == *name);
            ledger.map(ToString::to_string).unwrap_or_default()
        }
        ExpectationSubject::Segment(name) => {
            let segment = explanation.segments.iter().find(|verdict| verdict.segment == *name);
            segment.map(ToString::to_string).unwrap_or_default()
        }
        ExpectationSubject::Gate(name) => gate(name),
        ExpectationSubject::Stage(wanted) => {
            let step = &explanation.stage;
            let towards = match wanted {
                Stage::Mql => "mql",
                Stage::Lead => "revert",
                Stage::Recycled => "recycle",
                Stage::Disqualified => "disqualify",
                _ => "",
            };
            let towards = Some(towards).filter(|towards| step.gate != Some(towards));
            let gates: String = step.gate.into_iter().chain(towards).map(gate).collect();
            format!("{step}\n{gates}")
        }
        ExpectationSubject::ValidUntil => {
            explanation.then.iter().map(|change| format!("then {change}\n")).collect()
        }
        _ => String::new(),
    }
}
