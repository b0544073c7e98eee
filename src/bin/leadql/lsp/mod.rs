//! `leadql lsp`: help for editors, in the language server protocol over standard input and output.
//!
//! Messages come in through [`wire`], [`server`] keeps the open texts and answers, what is known about rule sets
//! comes from the library's `editor`. Findings are published once nothing more waits to be read, so that fast typing
//! is checked once.

mod answers;
mod convert;
mod positions;
mod server;
mod uris;
mod wire;

use std::process::ExitCode;

use clap::Args;

use crate::output::Stop;

/// Serve an editor: findings as one types, completion, hover, definitions, renaming, tests to run
#[derive(Debug, Args)]
#[command(after_help = "\
Speaks the language server protocol over standard input and output; editors start it. The README and the folder
editors/ tell how to set editors up.

Exit status: 0 the editor said goodbye, 1 it did not.")]
pub(crate) struct Arguments {
    /// Talk over standard input and output, which is the only way there is
    #[arg(long, hide = true)]
    stdio: bool,
}

pub(crate) fn run(_: &Arguments) -> Result<ExitCode, Stop> {
    let messages = wire::listen();
    server::serve(&messages, std::io::stdout().lock())
}
