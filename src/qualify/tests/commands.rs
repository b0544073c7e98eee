//! Every stage with every command, and what else a command refuses.

use super::*;
use crate::qualify::error::QualificationError;
use crate::qualify::{Actor, Answer, BantItem, Reason, Trigger, Why};

type Given = Result<Record, QualificationError>;
type Command = fn(&RuleSet, &mut Qualification) -> Given;

const DANA: &str = "dana";

/// Gives the command with the sql criterion in an evaluation of now.
fn qualify(rules: &RuleSet, qualification: &mut Qualification) -> Given {
    let (evaluation, lead) = evaluated(rules, qualification, today(), |lead| {
        lead.set("budget", true).and_then(|lead| lead.set("timing", true)).unwrap()
    });
    qualification.qualify(&evaluation, &lead, today(), DANA)
}

const COMMANDS: [(&str, Command); 10] = [
    ("accept", |_, q| q.accept(today(), DANA)),
    ("reject to recycled", |_, q| q.reject(Reason::NotReady, Stage::Recycled, today(), DANA)),
    ("reject to disqualified", |_, q| q.reject(Reason::BadFit, Stage::Disqualified, today(), DANA)),
    ("qualify", qualify),
    ("qualify anyway", |_, q| q.qualify_anyway("a letter of intent", today(), DANA)),
    ("send back", |_, q| q.send_back(Reason::WrongTime, today(), DANA)),
    ("win", |_, q| q.win(today(), DANA)),
    ("disqualify", |_, q| q.disqualify(Reason::Duplicate, today(), DANA)),
    ("reopen", |_, q| q.reopen(today(), DANA)),
    ("reject to sal", |_, q| q.reject(Reason::NotReady, Stage::Sal, today(), DANA)),
];

/// Where each command leads from each stage; `-` where it is refused.
const LEADS_TO: &str = "
    lead          accept: -    reject to recycled: -         reject to disqualified: -             qualify: -    qualify anyway: -    send back: -         win: -         disqualify: disqualified  reopen: -     reject to sal: -
    mql           accept: sal  reject to recycled: recycled  reject to disqualified: disqualified  qualify: -    qualify anyway: -    send back: -         win: -         disqualify: disqualified  reopen: -     reject to sal: -
    sal           accept: -    reject to recycled: -         reject to disqualified: -             qualify: sql  qualify anyway: sql  send back: recycled  win: -         disqualify: disqualified  reopen: -     reject to sal: -
    sql           accept: -    reject to recycled: -         reject to disqualified: -             qualify: -    qualify anyway: -    send back: recycled  win: customer  disqualify: disqualified  reopen: -     reject to sal: -
    customer      accept: -    reject to recycled: -         reject to disqualified: -             qualify: -    qualify anyway: -    send back: -         win: -         disqualify: -             reopen: -     reject to sal: -
    recycled      accept: -    reject to recycled: -         reject to disqualified: -             qualify: -    qualify anyway: -    send back: -         win: -         disqualify: disqualified  reopen: lead  reject to sal: -
    disqualified  accept: -    reject to recycled: -         reject to disqualified: -             qualify: -    qualify anyway: -    send back: -         win: -         disqualify: disqualified  reopen: lead  reject to sal: -
";

/// What each stage says it allows.
const ALLOWED: [(Stage, &str); 7] = [
    (Stage::Lead, "from lead: disqualify"),
    (Stage::Mql, "from mql: accept, reject, disqualify"),
    (Stage::Sal, "from sal: qualify, send_back, disqualify"),
    (Stage::Sql, "from sql: send_back, win, disqualify"),
    (Stage::Customer, "from customer: nothing"),
    (Stage::Recycled, "from recycled: disqualify, reopen"),
    (Stage::Disqualified, "from disqualified: disqualify, reopen"),
];

/// The stage that a command leads to.
fn destination(stage: Stage, command: &str) -> Option<Stage> {
    let line = LEADS_TO.lines().find(|line| line.trim().split("  ").next() == Some(stage.as_str())).unwrap();
    let entry = line.split("  ").map(str::trim).find_map(|entry| entry.strip_prefix(&format!("{command}: ")));
    entry.unwrap().parse().ok()
}

#[test]
fn every_stage_with_every_command() {
    let rules = rules();
    for (stage, allowed) in ALLOWED {
        for (name, give) in COMMANDS {
            let (before, first) = standing(&rules, stage);
            let mut qualification = before.clone();
            let given = give(&rules, &mut qualification);
            let Some(to) = destination(stage, name) else {
                assert_eq!(qualification, before, "{name} from {stage} changed something");
                let error = given.unwrap_err().to_string();
                let command = match name {
                    "qualify anyway" => "qualify",
                    "send back" => "send_back",
                    name => name.split(' ').next().unwrap(),
                };
                let expected = if stage == Stage::Mql && name == "reject to sal" {
                    "reject does not lead to sal; from mql it leads to recycled or disqualified".to_owned()
                } else {
                    format!("{command} is not possible from {stage}; {allowed}")
                };
                assert_eq!(error, expected, "{name} from {stage}");
                continue;
            };
            let record = given.unwrap();
            assert_eq!(
                (record.from, record.to, record.at, record.sequence),
                (stage, to, today(), 2),
                "{name}"
            );
            assert_eq!(record.by, Actor::Person(DANA.to_owned()));
            let since = if stage == to { before.stage_since() } else { Some(today()) };
            assert_eq!(
                (qualification.stage(), qualification.stage_since()),
                (to, since),
                "{name} from {stage}"
            );
            assert_eq!(qualification.digest(), record.digest);
            assert_eq!(Qualification::rebuild([&first, &record]), Ok(qualification), "{name} from {stage}");
        }
    }
}

/// Each command with a parameter that is wrong, from the stage that it starts from.
#[test]
fn what_a_command_is_given_has_to_make_sense() {
    let rules = rules();
    fn blank() -> Reason {
        Reason::Other(" \t".to_owned())
    }
    let (early, late) =
        (at("2026-11-01T08:59:59.999999Z"), at("9999-12-31T00:00:00Z") + chrono::TimeDelta::days(1));
    type Give = fn(&mut Qualification, DateTime<Utc>, &str) -> Given;
    let starts: [(Stage, Give); 10] = [
        (Stage::Mql, |q, now, by| q.accept(now, by)),
        (Stage::Mql, |q, now, by| q.reject(Reason::NotReady, Stage::Recycled, now, by)),
        (Stage::Sal, |q, now, by| q.qualify_anyway("x", now, by)),
        (Stage::Sal, |q, now, by| q.send_back(Reason::NoNeed, now, by)),
        (Stage::Sql, |q, now, by| q.win(now, by)),
        (Stage::Recycled, |q, now, by| q.disqualify(Reason::BadData, now, by)),
        (Stage::Disqualified, |q, now, by| q.reopen(now, by)),
        (Stage::Customer, |q, now, by| q.answer(BantItem::Need, Answer::Confirmed, now, by)),
        (Stage::Lead, |q, now, by| {
            q.adopt(&RuleSet::compile("need => 7").unwrap(), now, by).map(Option::unwrap)
        }),
        (Stage::Sal, |q, now, by| {
            let (evaluation, lead) = evaluated(&super::rules(), q, at("2026-11-01T09:00:00Z"), |lead| {
                lead.set("budget", true).and_then(|lead| lead.set("authority", true)).unwrap()
            });
            q.qualify(&evaluation, &lead, now, by)
        }),
    ];
    for (stage, give) in starts {
        let (before, _) = standing(&rules, stage);
        for (now, by, expected) in [
            (today(), "", "by is empty; a name for whoever does this belongs here"),
            (today(), "  ", "by is empty; a name for whoever does this belongs here"),
            (
                early,
                DANA,
                "time runs backwards: 2026-11-01T08:59:59.999999Z is before 2026-11-01T09:00:00Z, the instant of \
                 the latest record or evaluation; that instant or a later one belongs here",
            ),
            (late, DANA, "now is outside the years 0001 to 9999"),
        ] {
            let mut qualification = before.clone();
            assert_eq!(give(&mut qualification, now, by).unwrap_err().to_string(), expected, "{stage}");
            assert_eq!(qualification, before, "{stage}");
        }
        // The very instant of the latest record is not before it.
        give(&mut before.clone(), at("2026-11-01T09:00:00Z"), DANA).unwrap();
    }
    type GiveBlank = fn(&mut Qualification) -> Given;
    let texts: [(Stage, GiveBlank, &str); 4] = [
        (
            Stage::Mql,
            |q| q.reject(blank(), Stage::Recycled, today(), DANA),
            "reason is empty; one's own reason in a few words belongs here",
        ),
        (
            Stage::Sql,
            |q| q.send_back(blank(), today(), DANA),
            "reason is empty; one's own reason in a few words belongs here",
        ),
        (
            Stage::Lead,
            |q| q.disqualify(blank(), today(), DANA),
            "reason is empty; one's own reason in a few words belongs here",
        ),
        (
            Stage::Sal,
            |q| q.qualify_anyway("", today(), DANA),
            "why is empty; the reason for going on without the criterion belongs here",
        ),
    ];
    for (stage, give, expected) in texts {
        let (before, _) = standing(&rules, stage);
        let mut qualification = before.clone();
        assert_eq!(give(&mut qualification).unwrap_err().to_string(), expected);
        assert_eq!(qualification, before);
    }
}

#[test]
fn what_is_finer_than_a_microsecond_is_cut() {
    let (mut qualification, _) = standing(&rules(), Stage::Mql);
    let record = qualification.accept(today() + chrono::TimeDelta::nanoseconds(1_999), DANA).unwrap();
    assert_eq!(record.at, today() + chrono::TimeDelta::microseconds(1));
    assert_eq!(qualification.stage_since(), Some(record.at));
}

fn sells(lead: LeadBuilder<'_>) -> LeadBuilder<'_> {
    lead.set("budget", true).and_then(|lead| lead.set("timing", true)).unwrap()
}

#[test]
fn qualifying_wants_the_criterion_in_a_valid_evaluation() {
    let rules = rules();
    let (before, _) = standing(&rules, Stage::Sal);
    let refuse = |evaluation: &Evaluation, now: DateTime<Utc>, expected: &str| {
        let mut qualification = before.clone();
        let error = qualification.qualify(evaluation, None, now, DANA).unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert_eq!(qualification, before);
    };
    let (fails, _) = evaluated(&rules, &before, today(), |lead| lead.set("budget", true).unwrap());
    refuse(
        &fails,
        today(),
        "the criterion of stage sql does not hold; to qualify the lead without it, say why (`qualify_anyway`)",
    );
    let visited = |lead: LeadBuilder<'_>, at: DateTime<Utc>| {
        sells(lead).event("visited", "pricing", at).unwrap().build()
    };
    let mut lead = visited(rules.lead().id("L-1"), today());
    before.place(&mut lead);
    let (until, evaluation) = (at("2026-12-02T09:00:00Z"), rules.evaluate(&lead, today()));
    assert_eq!(evaluation.valid_until(), Some(until));
    refuse(
        &evaluation,
        until,
        "the evaluation at 2026-11-02T09:00:00Z is valid from then until 2026-12-02T09:00:00Z, not at \
         2026-12-02T09:00:00Z; evaluate the lead again",
    );
    refuse(
        &evaluation,
        at("2026-11-02T08:59:59Z"),
        "the evaluation at 2026-11-02T09:00:00Z is valid from then until 2026-12-02T09:00:00Z, not at \
         2026-11-02T08:59:59Z; evaluate the lead again",
    );
    let unsure = rules.evaluator().without_valid_until().evaluate(&lead, today()).clone();
    refuse(
        &unsure,
        at("2026-11-02T09:00:01Z"),
        "the evaluation at 2026-11-02T09:00:00Z is valid at that instant only, as nobody looked how long it \
         holds, not at 2026-11-02T09:00:01Z; evaluate the lead again",
    );
    assert!(before.clone().qualify(&unsure, &lead, today(), DANA).is_ok());
    let (ruled_out, _) = evaluated(&rules, &before, today(), |lead| {
        sells(lead).set("email_domain", "competitor.example").unwrap()
    });
    refuse(&ruled_out, today(), "the evaluation moves the lead from sal to disqualified; observe it first");
    let (elsewhere, _) = evaluated(&rules, &standing(&rules, Stage::Sql).0, today(), sells);
    refuse(
        &elsewhere,
        today(),
        "the evaluation is of a lead record at sql since 2026-11-01T09:00:00Z, the qualification stands at sal \
         since 2026-11-01T09:00:00Z; put the lead there (`Qualification::place`) and evaluate it again",
    );
    let without = RuleSet::compile("need => 1").unwrap();
    let mut other = standing(&without, Stage::Sal).0;
    let (evaluation, _) = evaluated(&without, &other, today(), sells);
    assert_eq!(
        other.qualify(&evaluation, None, today(), DANA).unwrap_err().to_string(),
        "the rule set has no criterion for stage sql; to qualify the lead without one, say why (`qualify_anyway`)"
    );

    let (mut qualification, first) = standing(&rules, Stage::Sal);
    let last_valid = until - chrono::TimeDelta::microseconds(1);
    let evaluation = rules.evaluate(&lead, today());
    let record = qualification.qualify(&evaluation, &lead, last_valid, DANA).unwrap();
    assert_eq!(record.why, Some(Why::Gate { gate: crate::Gate::Sql, reason: None }));
    assert_eq!(record.evaluation.as_ref().map(|observed| observed.at), Some(today()));
    // What the evaluation says of segments and bands is observed along with it.
    assert_eq!(record.entered, ["keen", "ready"]);
    assert_eq!(record.bands.first().and_then(|change| change.to.as_deref()), Some("warm"));
    assert_eq!(record.strongest.len(), 1);
    assert_eq!(Qualification::rebuild([&first, &record]), Ok(qualification));
}

#[test]
fn an_answer_feeds_the_flags_that_the_rule_set_reads() {
    let rules = rules();
    let (mut qualification, first) = standing(&rules, Stage::Sal);
    let mut records = vec![first];
    for (item, answer) in [
        (BantItem::Budget, Answer::Confirmed),
        (BantItem::Authority, Answer::Denied),
        (BantItem::Timing, Answer::Confirmed),
        (BantItem::Timing, Answer::Unknown),
    ] {
        records.push(qualification.answer(item, answer, today(), DANA).unwrap());
    }
    let flags: Vec<_> = qualification.bant().attributes().collect();
    assert_eq!(flags, [("budget", Some(true)), ("authority", Some(false)), ("need", None), ("timing", None)]);
    let (evaluation, _) = evaluated(&rules, &qualification, today(), |lead| lead);
    assert!(!evaluation.sql() && evaluation.segments().eq(["ready"]));
    records.push(qualification.answer(BantItem::Timing, Answer::Confirmed, today(), "eli").unwrap());
    let timing = qualification.bant().get(BantItem::Timing);
    assert_eq!((timing.by.as_deref(), timing.at), (Some("eli"), Some(today())));
    assert_eq!(
        records.last().unwrap().to_string(),
        "2026-11-02T09:00:00Z L-1: bant, by eli: timing confirmed"
    );
    assert!(records.iter().skip(1).all(|record| record.what == Trigger::Bant && !record.is_step()));
    let (evaluation, lead) = evaluated(&rules, &qualification, today(), |lead| lead);
    records.push(qualification.qualify(&evaluation, &lead, today(), DANA).unwrap());
    assert_eq!(Qualification::rebuild(&records), Ok(qualification));
}

/// A rule set that has no such flags, or uses their names for something else, does not ask.
#[test]
fn flags_that_the_vocabulary_lacks_are_left_out() {
    let rules =
        RuleSet::compile("vocabulary only declared attribute budget: number attribute need: flag need => 1");
    let rules = rules.unwrap();
    let mut qualification = rules.qualification("L-1");
    for item in BantItem::ALL {
        qualification.answer(item, Answer::Confirmed, today(), DANA).unwrap();
    }
    let lead = rules.lead().set("budget", 5).unwrap().bant(qualification.bant()).build();
    assert_eq!(rules.evaluate(&lead, today()).score("score"), Some("1".parse().unwrap()));
    // What is unknown is missing, whatever was known before.
    let fresh = rules.qualification("L-1");
    let lead = rules.lead().set("need", true).unwrap().bant(fresh.bant()).build();
    assert_eq!(rules.evaluate(&lead, today()).score("score"), Some("0".parse().unwrap()));
}

#[test]
fn a_lead_is_taken_over_where_it_stands() {
    let rules = rules();
    let (qualification, record) =
        rules.imported_qualification("L-1", Stage::Mql, None, today(), DANA).unwrap();
    assert_eq!(
        (qualification.stage(), qualification.stage_since(), qualification.due()),
        (Stage::Mql, None, None)
    );
    assert_eq!(Qualification::rebuild([record]), Ok(qualification));
    for (since, by, expected) in [
        (
            at("2026-11-02T09:00:01Z"),
            DANA,
            "since is 2026-11-02T09:00:01Z, later than now, 2026-11-02T09:00:00Z; an earlier instant belongs here",
        ),
        (today(), "", "by is empty; a name for whoever does this belongs here"),
    ] {
        let error = rules.imported_qualification("L-1", Stage::Sal, since, today(), by).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn another_rule_set_is_adopted_once() {
    let (rules, other) = (rules(), RuleSet::compile("need => 7").unwrap());
    let (mut qualification, first) = standing(&rules, Stage::Sal);
    assert_eq!(qualification.adopt(&rules, today(), DANA), Ok(None));
    let record = qualification.adopt(&other, today(), DANA).unwrap().unwrap();
    assert_eq!((record.what, record.fingerprint), (Trigger::Adopt, other.fingerprint()));
    assert_eq!(record.why, Some(Why::Before(rules.fingerprint())));
    assert_eq!(qualification.adopt(&other, today(), DANA), Ok(None));
    assert_eq!(Qualification::rebuild([&first, &record]), Ok(qualification));
}

#[test]
fn reasons_say_what_is_recommended() {
    let heal: Vec<&str> =
        Reason::COMMON.iter().filter(|reason| reason.may_heal()).map(Reason::as_str).collect();
    assert_eq!(
        heal,
        [
            "not_ready",
            "no_response",
            "chose_competitor",
            "no_budget",
            "no_authority",
            "no_need",
            "wrong_time"
        ]
    );
    assert_eq!(Reason::Other("a\nb".into()).to_string(), "a\\u{a}b");
}
