//! Included files: which are read, in which order, and what never is.

#![expect(clippy::unwrap_used, reason = "what helps a test fails by panicking too")]

use std::fs;
use std::path::PathBuf;

use leadql::{Code, Compiler, Diagnostics, Limits, RuleSet};

/// An empty folder for one test.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("includes").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn write(folder: &std::path::Path, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    path
}

fn codes(found: &Diagnostics) -> Vec<Code> {
    found.codes().collect()
}

#[test]
fn what_a_file_defines_stands_where_it_is_included() {
    let rules = Compiler::new()
        .include("a.lql", "score first { need => 1 }  need => 1  ruleset \"a\"  ruleset \"twice\"")
        .include("b/c.lql", "include \"../d.lql\"  disqualify when need \"from c\"")
        .include("d.lql", "disqualify when need \"from d\"  test \"not run\" { expect nothing }")
        .compile(
            "ruleset \"main\"  disqualify when need \"from main\"  include \"a.lql\"
             score last { need => 1 }  include \"./b/c.lql\"  include \"d.lql\"  include \"b/../d.lql\"",
        );
    let rules = rules.unwrap_or_else(|found| panic!("{found}"));
    assert_eq!(rules.scores().collect::<Vec<_>>(), ["first", "score", "last"]);
    assert_eq!(rules.name(), Some("main"));
    assert!(rules.run_tests().is_empty());
    let lead = rules.lead().set("need", true).unwrap().build();
    let evaluation = rules.evaluate(&lead, "2026-11-01T00:00:00Z".parse().unwrap());
    assert_eq!(evaluation.disqualify(), Some("from main"));
    let only_included = Compiler::new()
        .include("./b//c.lql", "include \"../d.lql\"  disqualify when need \"from c\"")
        .include("b/../d.lql", "disqualify when need \"from d\"")
        .compile("include \"b/c.lql\"");
    let rules = only_included.unwrap();
    let lead = rules.lead().set("need", true).unwrap().build();
    let evaluation = rules.evaluate(&lead, "2026-11-01T00:00:00Z".parse().unwrap());
    assert_eq!(evaluation.disqualify(), Some("from d"));
}

#[test]
fn gates_defined_by_two_files_are_defined_twice_and_both_places_are_shown() {
    let found = Compiler::new()
        .include("a.lql", "\nstage mql when need\nr: need => 1\nlet l = need")
        .compile("stage mql when need\nr: need => 1\ninclude \"a.lql\"\nlet l = need")
        .unwrap_err();
    let places: Vec<_> = found
        .reports()
        .into_iter()
        .map(|report| {
            report.labels.into_iter().map(|label| (label.file, label.start.line)).collect::<Vec<_>>()
        })
        .collect();
    let place = |file: &str, line| (file.to_owned(), line);
    assert_eq!(codes(&found), [Code::Duplicate; 3]);
    assert_eq!(
        places,
        [
            vec![place("rules.lql", 4), place("a.lql", 4)],
            vec![place("a.lql", 2), place("rules.lql", 1)],
            vec![place("a.lql", 3), place("rules.lql", 2)],
        ]
    );
}

#[test]
fn the_main_file_begins_with_what_it_says_of_the_vocabulary() {
    let compile = |main: &str, included: &str| {
        let compiler = Compiler::new().include("a.lql", included);
        compiler.compile(main).map_err(|found| codes(&found)).map(|_| ())
    };
    assert_eq!(compile("vocabulary only declared include \"a.lql\"", "attribute title: number"), Ok(()));
    let not_here = Err(vec![Code::NotAllowedHere]);
    assert_eq!(compile("include \"a.lql\" vocabulary only declared", "# nothing"), not_here);
    assert_eq!(compile("include \"a.lql\"", "vocabulary only declared"), not_here);
}

#[test]
fn nothing_is_said_of_names_that_a_missing_file_may_define() {
    let text = "include \"missing.lql\"
        plan = pro => bonus
        read(handbook, pages > 5) => 5
        visited(pricing, seconds > 5) => 5
        each content => 1
        segment hot when engagement is hot
        stage mql when segment warm
        title in jobs => 1
        test \"t\" { plan = pro  expect engagement = 5 }";
    let found = Compiler::new().include("other.lql", "").set("pause", "3d").compile(text).unwrap_err();
    assert_eq!(codes(&found), [Code::Unreadable], "{found}");
    // What has nothing to do with names is still told.
    let found = RuleSet::compile("include \"missing.lql\" title > 5 => 1").unwrap_err();
    assert_eq!(codes(&found), [Code::BadInclude, Code::WrongTest], "{found}");
}

#[test]
fn circles_are_errors_and_name_the_include() {
    let compiler =
        Compiler::new().include("a.lql", "include \"b.lql\"").include("b.lql", "\n\ninclude \"./a.lql\"");
    let found = compiler.compile("include \"a.lql\"  need => 1").unwrap_err();
    assert_eq!(codes(&found), [Code::Cycle]);
    let label = found.reports().remove(0).labels.remove(0);
    assert_eq!((label.file.as_str(), label.start.line), ("b.lql", 3));
    let folder = folder("circle");
    let main = write(&folder, "main.lql", "include \"main.lql\"");
    assert_eq!(codes(&RuleSet::compile_file(main).unwrap_err()), [Code::Cycle]);
}

#[test]
fn includes_stay_within_the_folder() {
    for path in
        ["../a.lql", "b/../../a.lql", "/etc/passwd", "b/../../includes/a.lql", "", ".", "b/..", "a\\\\b.lql"]
    {
        let found = RuleSet::compile(&format!("include \"{path}\"")).unwrap_err();
        assert_eq!(codes(&found), [Code::BadInclude], "{path:?}: {found}");
    }
}

#[cfg(unix)]
#[test]
fn links_that_lead_out_of_the_folder_are_not_followed() {
    use std::os::unix::fs::symlink;
    let folder = folder("links");
    write(&folder, "outside.lql", "let secret = need");
    write(&folder, "inside/real.lql", "let shared = need");
    let main = write(&folder, "inside/main.lql", "include \"out.lql\"");
    symlink(folder.join("outside.lql"), folder.join("inside/out.lql")).unwrap();
    symlink(&folder, folder.join("inside/up")).unwrap();
    symlink("real.lql", folder.join("inside/in.lql")).unwrap();
    assert_eq!(codes(&RuleSet::compile_file(&main).unwrap_err()), [Code::BadInclude]);
    fs::write(&main, "include \"up/outside.lql\"").unwrap();
    assert_eq!(codes(&RuleSet::compile_file(&main).unwrap_err()), [Code::BadInclude]);
    // A link within is fine, and the file behind it is one file under both names.
    fs::write(&main, "include \"in.lql\" include \"real.lql\" include \"up/inside/real.lql\" shared => 1")
        .unwrap();
    let rules = RuleSet::compile_file(&main).unwrap_or_else(|found| panic!("{found}"));
    assert!(rules.warnings().is_empty());
}

#[test]
fn a_file_that_cannot_be_had_says_why() {
    let folder = folder("unreadable");
    let main = write(&folder, "main.lql", "include \"x.lql\"");
    let message = || RuleSet::compile_file(&main).unwrap_err().reports().remove(0);
    assert!(message().message.contains("there is no such file"), "{:?}", message());
    fs::create_dir(folder.join("x.lql")).unwrap();
    assert!(message().message.contains("it is a folder"), "{:?}", message());
    fs::remove_dir(folder.join("x.lql")).unwrap();
    write(&folder, "x.lql", b"need => 1\nlet a = need # \xff\xfe\n");
    assert_eq!(message().code, "not-utf8");
    assert!(message().message.contains("line 2"), "{:?}", message());
    write(&folder, "x.lql", "need => 1 # this is longer than the limit that is set here");
    let found =
        Compiler::new().limits(Limits::default().with_sources(50, 1_000)).compile_file(&main).unwrap_err();
    assert_eq!(codes(&found), [Code::LimitExceeded]);
    for path in [folder.join("no.lql"), folder.clone(), PathBuf::from("/"), PathBuf::new()] {
        let found = RuleSet::compile_file(&path).unwrap_err();
        assert_eq!(codes(&found), [Code::Unreadable], "{}", path.display());
        assert_eq!(found.reports().remove(0).labels.len(), 1);
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_is_not_waited_for() {
    let folder = folder("pipe");
    let main = write(&folder, "main.lql", "include \"pipe.lql\"");
    let made = std::process::Command::new("mkfifo").arg(folder.join("pipe.lql")).status();
    if made.is_ok_and(|status| status.success()) {
        assert_eq!(codes(&RuleSet::compile_file(&main).unwrap_err()), [Code::Unreadable]);
    }
}

#[test]
fn chains_of_thousands_are_read() {
    let mut compiler = Compiler::new();
    for number in 0..5_000 {
        let next = format!("include \"f{}.lql\" let l{number} = need", number + 1);
        compiler = compiler.include(format!("f{number}.lql"), next);
    }
    let limits = Limits::default().with_definitions(10_000);
    let compiler = compiler.include("f5000.lql", "need => 1").limits(limits);
    let rules = compiler.compile("include \"f0.lql\"").unwrap_or_else(|found| panic!("{found:.500}"));
    assert_eq!(rules.scores().collect::<Vec<_>>(), ["score"]);
    let back = compiler.include("f5000.lql", "include \"f17.lql\"").compile("include \"f0.lql\"");
    assert_eq!(codes(&back.unwrap_err()), [Code::Cycle]);
}

#[test]
fn params_of_included_files_can_be_set() {
    let compiler = Compiler::new().include("a.lql", "param bonus = 5");
    let score = |compiler: &Compiler| {
        let rules = compiler.compile("include \"a.lql\"  need => bonus").unwrap();
        let lead = rules.lead().set("need", true).unwrap().build();
        rules.evaluate(&lead, "2026-11-01T00:00:00Z".parse().unwrap()).score("score").unwrap().to_string()
    };
    assert_eq!(score(&compiler), "5");
    assert_eq!(score(&compiler.clone().set("bonus", "1").set("bonus", "1_000.5")), "1000.5");
    let found = compiler.set("bonus", "3d").set("pause", "3d").compile("include \"a.lql\"").unwrap_err();
    assert_eq!(codes(&found), [Code::BadOverride, Code::BadOverride]);
}
