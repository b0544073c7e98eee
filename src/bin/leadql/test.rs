//! `leadql test`: runs the test blocks of rule sets.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use leadql::{Compiler, RuleSet, TestResult};

use crate::output::{self, BOLD, GREEN, RED, RESET, Stop};
use crate::paths;
use crate::score::because;

/// Run the test blocks of rule sets
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  leadql test criteria.lql
  leadql test rules/
  leadql test criteria.lql --format json

Exit status: 0 all pass, 1 one fails or a rule set does not compile.")]
pub(crate) struct Arguments {
    /// Files of rules, or folders with .lql files
    #[arg(required = true)]
    rules: Vec<PathBuf>,
    /// How to print the results
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

#[derive(serde::Serialize)]
struct Results {
    tests: Vec<TestResult>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Stop> {
    let mut all = Vec::new();
    let mut compiled = true;
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
    }
    let failed = all.iter().filter(|result| !result.passed).count();
    match arguments.format {
        Format::Json => output::json(&Results { tests: all })?,
        Format::Text => {
            let tests = output::count(all.len(), "test");
            writeln!(out, "{tests}: {} passed, {failed} failed", all.len() - failed)?;
            out.flush()?;
        }
    }
    Ok(if failed > 0 || !compiled { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Prints how each test went; of one that failed what was expected, what came out and where the points are from.
fn show(out: &mut impl Write, rules: &RuleSet, results: &[TestResult]) -> Result<(), Stop> {
    for (result, (lead, at)) in results.iter().zip(rules.test_leads()) {
        if result.passed {
            writeln!(out, "  {GREEN}ok{RESET}    {}", result.name)?;
            continue;
        }
        writeln!(out, "  {RED}FAIL{RESET}  {}", result.name)?;
        for failure in &result.failures {
            writeln!(out, "        {}:{}", result.file, failure.line)?;
            writeln!(out, "          expected {}", failure.expected)?;
            writeln!(out, "          found    {}", failure.actual)?;
        }
        let values = rules.rule_values(&lead, at);
        if values.is_empty() {
            writeln!(out, "        no rule gave points")?;
        } else {
            writeln!(out, "        the points come from")?;
        }
        for value in values {
            writeln!(out, "          {}", because(&value))?;
        }
    }
    Ok(())
}
