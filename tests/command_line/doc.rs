//! `leadql doc`.

use super::*;

#[test]
fn doc_writes_the_page() {
    let text = format!("review every 90d since 2026-01-01\n{RULES}");
    let folder = Folder::new("doc", &[("r.lql", &text), ("bad.lql", "ned => 1")]);
    let markdown = run(&folder, &["doc", "r.lql", "--set", "bonus=7"]);
    assert_eq!((markdown.status, markdown.err.as_str()), (0, ""));
    assert!(markdown.out.starts_with("# Lead qualification criteria\n"), "{}", markdown.out);
    assert!(markdown.out.contains("| +7 | `need` is true |"), "{}", markdown.out);
    assert!(!markdown.out.contains("overdue"));
    let html = run(&folder, &["doc", "r.lql", "--format", "html", "--at", "2026-04-01"]);
    assert!(html.out.starts_with("<!DOCTYPE html>\n") && html.out.contains("overdue"), "{}", html.out);
    // The name of the file says what it is, unless the command line does.
    let read = |name: &str| fs::read_to_string(folder.0.join(name)).unwrap();
    let page = run(&folder, &["doc", "r.lql", "--output", "page.HTML", "--at", "2026-04-01"]);
    assert_eq!((page.status, page.out.as_str()), (0, ""));
    assert_eq!(read("page.HTML"), html.out);
    assert_eq!(run(&folder, &["doc", "r.lql", "-o", "page.htm", "--format", "markdown"]).status, 0);
    assert!(read("page.htm").starts_with("# "));
    assert_eq!(run(&folder, &["doc", "r.lql", "-o", "no/such/folder.md"]).status, 1);
    let bad = run(&folder, &["doc", "bad.lql"]);
    assert_eq!((bad.status, bad.out.as_str()), (1, ""));
    assert!(bad.err.contains("did you mean `need`"), "{}", bad.err);
    assert_eq!(run(&folder, &["doc", "r.lql", "--at", "soon"]).status, 2);
}
