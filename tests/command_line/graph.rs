//! `leadql graph`.

use super::*;

const STAGES: &str = "param least = 20
need => +20
stage mql when score >= least and title != \"a | b\"
";

#[test]
fn graph_draws_the_stages_with_the_criteria() {
    let folder = Folder::new("graph", &[("r.lql", STAGES), ("bad.lql", "ned => 1")]);
    let mermaid = run(&folder, &["graph", "r.lql"]);
    assert_eq!((mermaid.status, mermaid.err.as_str()), (0, ""));
    assert!(mermaid.out.starts_with("flowchart TD\n  lead([\"lead\"])\n"), "{}", mermaid.out);
    let arrow = "  lead -->|\"promote when score #62;=<br/>least and title != #quot;a |<br/>b#quot;\"| mql\n";
    assert!(mermaid.out.contains(arrow), "{}", mermaid.out);
    let dot = run(&folder, &["graph", "r.lql", "--format", "dot", "--set", "least=30"]);
    assert_eq!(dot.status, 0);
    let arrow = "  lead -> mql [label=\"promote when score >=\\nleast and title != \\\"a |\\nb\\\"\"];\n";
    assert!(dot.out.contains(arrow), "{}", dot.out);
    assert!(dot.out.ends_with("}\n"));
    let bad = run(&folder, &["graph", "bad.lql"]);
    assert_eq!((bad.status, bad.out.as_str()), (1, ""));
    assert!(bad.err.contains("did you mean `need`"), "{}", bad.err);
    assert_eq!(run(&folder, &["graph", "r.lql", "--set", "most=1"]).status, 1);
    assert_eq!(run(&folder, &["graph", "r.lql", "--format", "png"]).status, 2);
}
