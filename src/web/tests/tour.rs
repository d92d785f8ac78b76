//! The table of the tour's steps.

use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Both {
    en: String,
    zh: String,
}

#[derive(Deserialize)]
struct Choice {
    value: String,
    #[serde(flatten)]
    text: Both,
}

#[derive(Deserialize)]
struct Step {
    fact: String,
    r#do: String,
    title: Both,
    question: Both,
    choices: Vec<Choice>,
    task: Both,
    why: Both,
}

fn steps() -> Vec<Step> {
    let script = File::named("inspect/tour_steps.js").text;
    let table = script.split_once("TOUR_STEPS = ").unwrap().1.trim_end().trim_end_matches(';');
    serde_json::from_str(table).expect("the table of steps is strict JSON")
}

#[test]
fn the_tour_has_twelve_steps_in_both_languages() {
    let steps = steps();
    assert_eq!(steps.len(), 12);
    let is_chinese = |text: &str| text.chars().any(|c| c > '\u{2E80}');
    for Step { fact, title, question, choices, task, why, .. } in &steps {
        for Both { en, zh } in [question, task, why] {
            assert!(!en.is_empty() && is_chinese(zh) && !is_chinese(en), "{fact}: {en} | {zh}");
        }
        for Both { en, zh } in choices.iter().map(|choice| &choice.text).chain([title]) {
            assert!(!en.is_empty() && !zh.is_empty() && !is_chinese(en), "{fact}: {en} | {zh}");
        }
        let values: BTreeSet<_> = choices.iter().map(|choice| &choice.value).collect();
        assert!(choices.len() >= 2 && values.len() == choices.len(), "{fact}");
    }
}

#[test]
fn the_steps_ask_for_facts_and_controls_that_exist() {
    let script = File::named("inspect/tour_facts.js").text;
    let (_, facts) = script.split_once("FACTS = {").unwrap();
    let (facts, _) = facts.split_once("\n};").unwrap();
    let known: BTreeSet<_> = facts
        .lines()
        .filter_map(|line| line.strip_prefix("  \"")?.split_once("\":"))
        .map(|it| it.0)
        .collect();
    let steps = steps();
    let asked: BTreeSet<_> = steps.iter().map(|step| step.fact.as_str()).collect();
    assert_eq!(asked, known);
    let page = File::named("inspect/inspect.html").text;
    for Step { fact, r#do: control, .. } in &steps {
        assert!(page.contains(&format!("id=\"{control}\"")), "{fact}: {control}");
    }
}
