use super::*;
use crate::lead::Stage;

fn csv() -> ReadOptions {
    ReadOptions::new("leads.CSV")
}

fn read_csv(text: &str) -> Read {
    read_with(text.as_bytes(), &csv(), None).unwrap()
}

fn header_problem(text: &str, options: &ReadOptions) -> String {
    read_with(text.as_bytes(), options, None).err().unwrap()
}

#[test]
fn a_record_is_a_lead() {
    let read = read_csv(concat!(
        "\u{feff}ID,Title,Company Size,BUDGET,Created-At,Plan,Technologies,Country,Stage,Stage since\r\n",
        "7, \"Chief\"\"s, Officer\" ,120.5,Yes,2026-01-05,pro, aws ; ;gcp;,,mql,2026-01-06\r\n",
    ));
    // The quote does not open the cell: a blank stands before it.
    assert_eq!(read.errors(), ["leads.CSV:2: lead \"7\": has 11 cells where the header has 10"]);
    let read = read_csv(concat!(
        "\u{feff}ID,Title,Company Size,BUDGET,Created-At,Plan,Technologies,Country,Stage,Stage since\r\n\r\n",
        "7,\" Chief\"\"s, Officer\" ,120.5,Yes,2026-01-05,pro, aws ; ;gcp;, ,mql,2026-01-06\r\n",
    ));
    assert_eq!((read.errors(), read.ids()), (vec![], vec!["7"]));
    for (attribute, value) in [
        ("title", "Chief\"s, Officer"),
        ("company_size", "120.5"),
        ("budget", "true"),
        ("created_at", "2026-01-05T00:00:00Z"),
        ("plan", "#1"),
        ("technologies", "aws|gcp"),
        ("country", "-"),
    ] {
        assert_eq!(read.value(attribute), value, "{attribute}");
    }
    assert_eq!(read.facts()[0].stage, Stage::Mql);
}

#[test]
fn the_id_column_is_named_as_written_or_folded() {
    let text = "Lead Number,title\n660737,x\n";
    for column in ["Lead Number", "lead_number", "LEAD number"] {
        let read = read_with(text.as_bytes(), &csv().id_column(column), None).unwrap();
        assert_eq!(read.ids(), ["660737"]);
    }
    // A column that makes no name can still hold the ids, and `id` is then a column like any other.
    let read = read_with("№,id\n1,2\n".as_bytes(), &csv().id_column("№"), None).unwrap();
    assert_eq!(read.ids(), ["1"]);
    assert_eq!(read.warnings, ["attribute \"id\" is not in the vocabulary (1 lead)"]);
    let problem = header_problem(text, &csv().id_column("Lead Nr"));
    assert_eq!(problem, "leads.CSV:1: no column is called \"Lead Nr\", which is to hold the leads' ids");
    assert!(header_problem(text, &csv()).contains("no column is called `id`; say which one"));
    assert!(header_problem("id;title\n1;x\n", &csv()).contains("not separated by commas"));
}

#[test]
fn headers_that_will_not_do() {
    let problem = header_problem("id,Job  title,x,job-title\n", &csv());
    assert_eq!(
        problem,
        "leads.CSV:1: the headers \"Job  title\" and \"job-title\" both fold to `job_title`; rename one"
    );
    assert!(header_problem("", &csv()).contains("the file is empty"));
    let read = read_csv("id,2nd,,???,titel,other\n1,a,b,c,d,\n2,,,,n,\n");
    assert_eq!(read.errors(), [""; 0]);
    assert_eq!(
        read.warnings,
        [
            "column 2 of leads.CSV, \"2nd\", cannot be used: a name starts with one of the letters a to z",
            "column 3 of leads.CSV, \"\", cannot be used: a name starts with one of the letters a to z",
            "column 4 of leads.CSV, \"???\", cannot be used: a name starts with one of the letters a to z",
            "attribute \"titel\" is not in the vocabulary (2 leads); did you mean \"title\"?",
            "attribute \"other\" is not in the vocabulary (0 leads)",
        ]
    );
    let problem = header_problem("id,titel\n", &csv().strict(true));
    assert_eq!(problem, "leads.CSV:1: attribute \"titel\" is not in the vocabulary; did you mean \"title\"?");
}

#[test]
fn cells_that_will_not_do_name_line_lead_and_header() {
    let read = read_csv(concat!(
        "title,Id,Company Size,budget\n",
        "x,1,many,\n",
        "x,2\n",
        "x,,5,\n",
        "x,3,5,ja\n",
        "\"a\nb\",4,5,\n",
        "x,4,5,\n",
        "x,5,\"1,200\",\n",
        "x,6,\"5\"0,\n",
        "\"a\nb\"c,8,5,\n",
        "x,7,5,1\n",
    ));
    assert_eq!(read.ids(), ["4", "7"]);
    assert_eq!(
        read.errors(),
        [
            "leads.CSV:2: lead \"1\": Company Size: found \"many\" where a number belongs",
            "leads.CSV:3: lead \"2\": has 2 cells where the header has 4",
            "leads.CSV:4: Id is missing: a text or a number belongs there",
            "leads.CSV:5: lead \"3\": budget: found \"ja\" where true, false, yes, no, 1 or 0 belongs",
            "leads.CSV:8: lead \"4\": the id is there already, further up in the file",
            "leads.CSV:9: lead \"5\": Company Size: found \"1,200\" where a number belongs",
            "leads.CSV:10: text behind a closing quote; write a quote inside a quoted cell twice",
            "leads.CSV:12: text behind a closing quote; write a quote inside a quoted cell twice",
        ]
    );
}

#[test]
fn missing_texts_are_missing_in_every_column() {
    let options = csv().missing("Select").missing("n/a");
    let read = read_with(b"id,title,company_size\n1, Select ,n/a\nSelect,x,1\n2,select,1\n", &options, None)
        .unwrap();
    assert_eq!((read.value("title"), read.value("company_size")), ("-".into(), "-".into()));
    assert_eq!(read.errors(), ["leads.CSV:3: id is missing: a text or a number belongs there"]);
    assert_eq!(read.ids(), ["1", "2"]);
}

#[test]
fn an_open_quote_ends_the_file_with_the_line_where_it_opens() {
    let read = read_csv("id,title\n1,x\n2,\"y\n3,z\n");
    assert_eq!(read.ids(), ["1"]);
    assert_eq!(read.errors(), ["leads.CSV:3: the quote that opens here is never closed"]);
    // It need not open on the first line of its record.
    let read = read_csv("id,title\n1,x\n2,\"y\nz\",\"a\nb\n");
    assert_eq!(read.errors(), ["leads.CSV:4: the quote that opens here is never closed"]);
}
