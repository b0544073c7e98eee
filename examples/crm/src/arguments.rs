//! The command line.

use std::error::Error;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;

pub(crate) const HELP: &str = "\
A small CRM on LeadQL: takes events over HTTP, and knows of every lead where it stands and why.

Usage: leadql-crm [OPTIONS]

Options:
      --database FILE   where leads are kept [default: crm.sqlite3]
      --port PORT       0 for any free one [default: 8080]
      --listen ADDRESS  other machines can only reach an address of the network [default: 127.0.0.1]
      --host NAME       a name, beside those of this machine, under which to answer; may be given several times
      --rules FILE      the rule set [default: the one that comes with the program]
      --calendar FILE   working hours for the deadline, as JSON:
                        {\"zone\": \"Europe/Berlin\", \"hours\": {\"mon-fri\": \"09:00-17:00\"}}
                        [default: none, every hour counts]
      --demo            fills an empty database with invented leads
  -h, --help            prints this
";

pub(crate) struct Arguments {
    pub(crate) database: PathBuf,
    pub(crate) address: SocketAddr,
    pub(crate) hosts: Vec<String>,
    pub(crate) rules: Option<PathBuf>,
    pub(crate) calendar: Option<PathBuf>,
    pub(crate) demo: bool,
}

/// Reads the command line; none where only help is wanted.
pub(crate) fn read(parser: &mut lexopt::Parser) -> Result<Option<Arguments>, lexopt::Error> {
    use lexopt::prelude::{Long, Short, ValueExt};
    let mut ip = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let mut port = 8080;
    let mut arguments = Arguments {
        database: "crm.sqlite3".into(),
        address: SocketAddr::new(ip, port),
        hosts: Vec::new(),
        rules: None,
        calendar: None,
        demo: false,
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Long("database") => arguments.database = parser.value()?.into(),
            Long("port") => port = parse(parser, "--port")?,
            Long("listen") => ip = parse(parser, "--listen")?,
            Long("host") => arguments.hosts.push(parser.value()?.string()?.to_ascii_lowercase()),
            Long("rules") => arguments.rules = Some(parser.value()?.into()),
            Long("calendar") => arguments.calendar = Some(parser.value()?.into()),
            Long("demo") => arguments.demo = true,
            Short('h') | Long("help") => return Ok(None),
            _ => return Err(argument.unexpected()),
        }
    }
    arguments.address = SocketAddr::new(ip, port);
    Ok(Some(arguments))
}

fn parse<T: FromStr<Err: Error + Send + Sync + 'static>>(
    parser: &mut lexopt::Parser,
    option: &str,
) -> Result<T, lexopt::Error> {
    use lexopt::ValueExt;
    parser.value()?.parse().map_err(|error: lexopt::Error| format!("{option}: {error}").into())
}
