//! Single layouts, as a person would look at them.

use super::{check, format, format_source, parsed};

/// Formats `text` and expects `wanted`, both written with the indentation of the test taken away.
#[track_caller]
fn lays_out(text: &str, wanted: &str) {
    let plain = |text: &str| {
        let text = text.strip_prefix('\n').unwrap_or(text);
        let indent = text.len() - text.trim_start_matches(' ').len();
        let lines: Vec<&str> = text.trim_end().lines().map(|line| line.get(indent..).unwrap_or("")).collect();
        lines.join("\n") + "\n"
    };
    let laid_out = check(&plain(text));
    assert!(laid_out == plain(wanted), "laid out as:\n{laid_out}");
}

/// As [`lays_out`] for a text that stays as it is.
#[track_caller]
fn stays(text: &str) {
    lays_out(text, text);
}

#[test]
fn arrows_line_up_over_neighbouring_rules() {
    lays_out(
        "
        a => 1
        long_name: visited(pricing) => +2 \"x\"
        each downloaded(*) => 3
        each viewed(*) => -4.50
        b => +5

        ccc => +6
        # about d
        d => +7
        ",
        "
        a                           => +1
        long_name: visited(pricing) => +2 \"x\"
        each downloaded(*)          => +3
        each viewed(*)              => -4.50
        b                           => +5

        ccc => +6
        # about d
        d => +7
        ",
    );
}

#[test]
fn lining_up_leaves_no_hole_wider_than_forty_and_no_line_too_long() {
    let lined = |width: usize| format!("a{} => +1\n", " ".repeat(width - 1));
    let wide = |width: usize| format!("{} => +2\n", "b".repeat(width));
    stays(&(lined(41) + &wide(41)));
    stays(&(lined(1) + &wide(42)));
    let labelled =
        |width: usize, label: usize| format!("a{} => +1 \"{}\"\n", " ".repeat(width - 1), "x".repeat(label));
    stays(&(labelled(30, 81) + &wide(30)));
    stays(&(labelled(1, 82) + &wide(30)));
}

#[test]
fn what_follows_names_and_labels_that_follow_points_line_up() {
    lays_out(
        "
        a: hot => +1 \"one\"
        long: need => -10 \"ten\"
        b: each visited(*) => 5 no decay \"five\"
        c: hot => +1 \"one\"
        hot => +1
        d: hot => +1
        ",
        "
        a:    hot             => +1  \"one\"
        long: need            => -10 \"ten\"
        b:    each visited(*) => +5 no decay \"five\"
        c:    hot             => +1 \"one\"
        hot                   => +1
        d: hot                => +1
        ",
    );
}

#[test]
fn lets_params_and_bands_line_up() {
    lays_out(
        "
        let a = hot
        let bcd = [1]
        param x = 1
        param long = 30d
        band a { hot >= 1, cold }
        band bcd {A>=60,B}
        activity c = a(*)
        activity de = b(*) or c
        ",
        "
        let a   = hot
        let bcd = [1]
        param x    = 1
        param long = 30d
        band a   { hot >= 1, cold }
        band bcd { A >= 60, B }
        activity c  = a(*)
        activity de = b(*) or c
        ",
    );
}

#[test]
fn comments_at_the_ends_of_neighbouring_lines_line_up() {
    lays_out(
        "
        a => 1  # one
        # alone
        score s {  # of s
          visited(pricing) => 2  # two
          b => 3  # three
          # last

        }  # end
        # after
        ",
        "
        a => +1  # one
        # alone
        score s {  # of s
          visited(pricing) => +2  # two
          b                => +3  # three
          # last
        }  # end
        # after
        ",
    );
}

#[test]
fn blank_lines_are_kept_as_one_and_never_made() {
    lays_out(
        "


        # head


        # of the file
        a => +1 b => +2



        score s {

          # first

          a => +1


          b => +2
          # last

        }
        c => +1
        ",
        "
        # head

        # of the file
        a => +1
        b => +2

        score s {
          # first

          a => +1

          b => +2
          # last
        }
        c => +1
        ",
    );
}

#[test]
fn long_conditions_break_before_their_outermost_words() {
    lays_out(
        "
        title has any word of [\"chief\", \"vp\", \"head\"] and country in [\"US\", \"CA\", \"GB\"] and company_size > 500 => +15 \"x\"
        let senior = title has any word of [\"chief\", \"vp\", \"head\"] and seniority = \"director\" or seniority = \"vice president\"
        segment wanted when (title has any word of [\"chief\", \"vp\", \"head\"] or seniority = \"director\" or seniority = \"vice president\") and not hot
        ",
        "
        title has any word of [\"chief\", \"vp\", \"head\"]
          and country in [\"US\", \"CA\", \"GB\"]
          and company_size > 500
          => +15 \"x\"
        let senior = title has any word of [\"chief\", \"vp\", \"head\"] and seniority = \"director\"
          or seniority = \"vice president\"
        segment wanted when (
            title has any word of [\"chief\", \"vp\", \"head\"]
            or seniority = \"director\"
            or seniority = \"vice president\"
          )
          and not hot
        ",
    );
}

#[test]
fn long_lists_have_one_entry_a_line() {
    let domains = |count: usize| (0..count).map(|n| format!("\"domain{n}.example\"")).collect::<Vec<_>>();
    let (flat, broken) = (domains(6).join(", "), domains(6).join(",\n  "));
    lays_out(
        &format!(
            "let free_mail = [{flat}]\nemail_domain in [{flat}] => -15\nrecycle when email_domain in [{flat}] \"no\"\n"
        ),
        &format!(
            "let free_mail = [\n  {broken}\n]\nemail_domain in [\n  {broken}\n] => -15\nrecycle when email_domain in [\n  {broken}\n] \"no\"\n"
        ),
    );
    let bands = (0..12).map(|n| format!("band_{n} >= {}", 90 - n)).collect::<Vec<_>>();
    lays_out(
        &format!("band fit {{ {}, last }}", bands.join(", ")),
        &format!("band fit {{\n  {},\n  last\n}}\n", bands.join(",\n  ")),
    );
}

#[test]
fn a_rule_too_long_for_its_label_has_its_arrow_on_a_line_of_its_own() {
    let label = "x".repeat(70);
    lays_out(
        &format!("score s {{\n  visited(pricing | \"/docs/*\") >= 2 within 30d => 15 \"{label}\"\n}}\n"),
        &format!(
            "score s {{\n  visited(pricing | \"/docs/*\") >= 2 within 30d\n    => +15 \"{label}\"\n}}\n"
        ),
    );
    let label = "x".repeat(100);
    lays_out(
        &format!("each visited(*) when hot => 15 up to 3 times no decay \"{label}\"\n"),
        &format!("each visited(*)\n  when hot\n  => +15\n    up to 3 times\n    no decay\n    \"{label}\"\n"),
    );
}

#[test]
fn long_event_terms_break_at_their_subjects() {
    let pages = |count: usize| (0..count).map(|n| format!("page_number_{n}")).collect::<Vec<_>>();
    lays_out(
        &format!("visited({}, seconds > 5) >= 2 within 3d => +1", pages(8).join("|")),
        &format!("visited(\n  {},\n  seconds > 5\n) >= 2 within 3d => +1\n", pages(8).join("\n  | ")),
    );
}

#[test]
fn stage_mql_has_a_line_for_each_of_its_parts() {
    lays_out(
        "stage mql when hot until cold",
        "
        stage mql when hot
                  until cold
        ",
    );
    lays_out(
        "
        stage mql when engagement >= 50 and fit is at least B and title is known and country in [\"US\", \"CA\", \"GB\"]  # enough
          # not before
          again after 30d sla 48h  # two days
        ",
        "
        stage mql when engagement >= 50
                    and fit is at least B
                    and title is known
                    and country in [\"US\", \"CA\", \"GB\"]  # enough
                  # not before
                  again after 30d
                  sla 48h  # two days
        ",
    );
}

#[test]
fn comments_keep_their_place_in_what_is_broken() {
    stays(
        "
        let wanted = [
          # the first
          \"a\",  # of two
          \"b\"   # the last
          # and no more
        ]
        segment s when hot  # really
          # and
          and (  # one of
            a  # this
            # or that
            or b
          )
          and at least 2 of [
            budget,  # money
            need
          ]
        visited(
          pricing  # the page
          | docs
        )
          # points
          => +5  # few
        ",
    );
}

#[test]
fn comments_move_with_the_commas_and_words_at_line_starts() {
    lays_out(
        "
        let wanted = [\"a\"  # first
          , \"b\"]
        segment s when hot and  # both
          cold or  # either
          # of them
          warm
        score s  # of s
        {
          a  # a
          =>  # arrow
          5
        }
        ",
        "
        let wanted = [
          \"a\",  # first
          \"b\"
        ]
        segment s when hot  # both
            and cold  # either
          # of them
          or warm
        score s {  # of s
          a  # a
            # arrow
            => +5
        }
        ",
    );
}

#[test]
fn texts_get_one_spelling_and_numbers_keep_theirs() {
    lays_out(
        "company = \"\\u{41}\\u{e9}\\u{7}\\u{00A0}\\t\\n\\\"\\\\\\u{1F600}\\u{202e}\\u{200d}\" => 1_000.50",
        "company = \"Aé\\u{7}\\u{a0}\\t\\n\\\"\\\\😀\\u{202e}\u{200d}\" => +1_000.50",
    );
    for points in ["0", "+0", "-0", "+1", "-1.50", "bonus"] {
        stays(&format!("hot => {points}\n"));
    }
    stays("company_size in [+1, 01, 1_0, 1.000000] => +1\n");
}

#[test]
fn line_ends_byte_order_marks_and_ends_of_files_are_made_one() {
    assert_eq!(
        format_source("\u{feff}# c \r\na => 1\r\n\r\n\r\n# d\r\n\r\n").unwrap(),
        "# c\na => +1\n\n# d\n"
    );
    assert_eq!(format_source("# only").unwrap(), "# only\n");
    assert_eq!(format_source("#").unwrap(), "#\n");
    assert_eq!(check("\u{feff}a=>1"), "a => +1\n");
}

#[test]
fn a_commented_block_without_rules_stays_open() {
    stays("score s {\n  # nothing yet\n}\n");
    lays_out("score s { # nothing\n\n\n # yet\n\n}", "score s {  # nothing\n  # yet\n}\n");
    lays_out("score s\n{\n}", "score s {}\n");
}

#[test]
fn deep_texts_break_and_stay() {
    let open = "(".repeat(60);
    assert_eq!(check(&format!("{open}hot{} => +1", ")".repeat(60))).lines().count(), 121);
    assert_eq!(
        check(&format!("{}hot # c\n{} => +1", "not (".repeat(30), ")".repeat(30))).lines().count(),
        61
    );
}

#[test]
fn long_texts_take_linear_time() {
    let list = (0..10_000).map(|n| format!("\"entry {n}\"")).collect::<Vec<_>>().join(", # c\n");
    for text in [
        format!("let many = [{list}]"),
        "a => +1 # c\n".repeat(2_000),
        format!("{}a => +1", "# c\n".repeat(100_000)),
        format!("{}a => +1", "\n".repeat(500_000)),
        format!("a{}=> +1", " # c\n".repeat(100_000)),
        format!("{} => +1", vec!["hot"; 10_000].join(" and ")),
        format!("hot => +1 \"{}\"", "x".repeat(500_000)),
    ] {
        let ast = parsed(&text).unwrap();
        // Well under a second without optimisation; looking at everything again for each line takes minutes.
        let laid_out = format(&text, &ast);
        assert_eq!(format(&laid_out, &parsed(&laid_out).unwrap()), laid_out);
    }
}

#[test]
fn the_example_of_the_language_reference_is_as_a_person_would_have_it() {
    let example = include_str!("example.lql");
    assert_eq!(check(example), example);
}

#[test]
fn a_comment_before_a_block_stays_with_it() {
    lays_out("score s # why\n{ need => 5 }", "score s {  # why\n  need => +5\n}");
    lays_out("score s\n# why\n{ need => 5 }", "score s {  # why\n  need => +5\n}");
    // No room for both on the line: they stay before the brace.
    lays_out("score s # one\n# two\n{ need => 5 }", "score s  # one\n  # two\n  {\n  need => +5\n}");
    lays_out("group g # one\n{ # two\n}", "group g  # one\n  {  # two\n}");
}
