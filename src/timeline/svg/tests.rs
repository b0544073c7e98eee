//! Pictures of timelines: what is in them, that any XML reader takes them, and that they stay small.

use crate::RuleSet;
use crate::time::Instant;

/// The picture of a lead with this id that visited something at these instants.
fn picture(rules: &str, id: &str, visits: impl IntoIterator<Item = Instant>, span: [&str; 2]) -> String {
    let rules = RuleSet::compile(rules).unwrap_or_else(|found| panic!("{found}"));
    let mut lead = rules.lead().id(id);
    for visit in visits {
        lead = lead.event("visited", "x", visit.into()).unwrap();
    }
    let (lead, [start, end]) = (lead.build(), span.map(|text| instant(text).into()));
    let picture = rules.timeline(&lead, start..=end).unwrap().to_svg();
    check_well_formed(&picture);
    picture
}

fn instant(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

/// As much of XML's rules as a document without declarations can break.
fn check_well_formed(document: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = document;
    let mut roots = 0;
    while !rest.is_empty() {
        let (text, behind) = rest.split_once('<').unwrap_or((rest, ""));
        check_text(text);
        assert!(!open.is_empty() || text.trim().is_empty(), "text outside the root: {text:?}");
        if behind.is_empty() {
            break;
        }
        let (tag, behind) = behind.split_once('>').expect("a tag ends");
        rest = behind;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
            continue;
        }
        let (tag, empty) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let (name, mut attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        assert!(!name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase()), "{name:?}");
        roots += usize::from(open.is_empty());
        let mut seen = Vec::new();
        while !attributes.trim_start().is_empty() {
            let (attribute, value) = attributes.trim_start().split_once("=\"").expect("a value in quotes");
            let (value, behind) = value.split_once('"').expect("the value ends");
            assert!(
                attribute.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-'),
                "{attribute:?}"
            );
            assert!(!seen.contains(&attribute), "{attribute:?} twice in {tag:?}");
            assert!(!value.contains("NaN") && !value.contains("inf"), "{tag:?}");
            check_text(value);
            seen.push(attribute);
            attributes = behind;
        }
        if !empty {
            open.push(name);
        }
    }
    assert_eq!((open.len(), roots), (0, 1));
}

fn check_text(text: &str) {
    assert!(
        !text.contains("]]>") && text.chars().all(|letter| letter == '\n' || !letter.is_control()),
        "{text:?}"
    );
    for reference in text.split('&').skip(1) {
        let name = reference.split_once(';').map(|(name, _)| name);
        assert!(["lt", "gt", "amp", "quot"].map(Some).contains(&name), "{text:?}");
    }
}

const RULES: &str = "
score s 0..100 { each visited(*) within 10d => +10 }
band s { hot >= 20, cold }
stage mql when s >= 20 until s < 10
recycle when inactive for 20d";

#[test]
fn it_shows_scores_thresholds_and_stages() {
    let visits = [instant("2026-01-11"); 2];
    let svg = picture(RULES, "L-1", visits, ["2026-01-01", "2026-01-31"]);
    for part in [
        "<title>Lead L-1</title>",
        "Stage: lead, mql from 2026-01-11T00:00:00Z, lead from 2026-01-21T00:00:00Z, recycled from \
         2026-01-31T00:00:00Z. Score s: at the end 0, lowest 0, highest 20.",
        ">2026-01-01 to 2026-01-31, UTC<",
        ">hot ≥ 20<",
        ">cold<",
        // A third of the way up, a fifth of the height, another third, down again.
        "class=\"line\" d=\"M60 300H302.5V274.4H545.25V300H788\"",
        "<tspan class=\"stage-mql\">■</tspan> mql",
        // The last step is at the last instant, and still seen.
        "<rect class=\"stage-recycled\" x=\"786\" y=\"82\" width=\"2\"",
        "prefers-color-scheme: dark",
    ] {
        assert!(svg.contains(part), "{part} is not in\n{svg}");
    }
    assert!(!svg.contains("■</tspan> sal"), "the legend names what there is");
}

#[test]
fn hostile_names_stay_texts() {
    let id = "</title><script>alert(\"1\")</script>\u{0}&\u{1b}";
    let rules = format!("ruleset \"<b> & ]]>\" version \"1\" {RULES}");
    let svg = picture(&rules, id, [], ["2026-01-01", "2026-01-31"]);
    assert!(!svg.contains("<script") && !svg.contains("<b>"), "{svg}");
}

#[test]
fn an_instant_is_a_picture_too_and_so_is_all_of_time() {
    for span in [["2026-01-01", "2026-01-01"], ["0001-01-01", "9999-12-31T23:59:59.999999Z"]] {
        let svg = picture(RULES, "", [], span);
        assert!(svg.contains("class=\"line\" d=\"M60 300H788\""), "{svg}");
        assert!(svg.contains(">A lead<"), "{svg}");
    }
    picture("stage sql when need", "", [], ["2026-01-01", "2026-12-31"]);
}

#[test]
fn its_size_is_bounded_by_what_can_be_seen() {
    let rules = "score s { each visited(*) within 1s => +10 } stage mql when s >= 10";
    let first = instant("2026-01-01").micros();
    let visits = (0..20_000).filter_map(|visit| Instant::from_micros(first + visit * 10_000_000));
    let svg = picture(rules, "", visits, ["2026-01-01", "2026-01-04"]);
    assert!(svg.len() < 1_000_000, "{}", svg.len());
}

#[test]
fn long_names_and_many_bands_are_cut_to_their_room() {
    let name = "n".repeat(1_000);
    let bands: Vec<String> = (1..=900).rev().map(|bound| format!("{name}{bound} >= {bound}")).collect();
    let rules = format!("score {name} 0..900 {{ need => 1 }} band {name} {{ {}, cold }}", bands.join(", "));
    let svg = picture(&rules, &name, [], ["2026-01-01", "2026-01-04"]);
    assert!(svg.len() < 100_000, "{}", svg.len());
}
