//! Random mailboxes brought to random wanted states, and back.

use exrun::facet::{self, Change, ChangeKind, Facet, Item, Mode, Scope};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Value, json};

use super::compare;

/// A mailbox that does what a change asks for, as a service would: what is written is there, with an id of its own.
struct Mailbox {
    items: Vec<Item>,
    created: usize,
}

impl Mailbox {
    fn of(items: Vec<Item>) -> Self {
        let with_id = |(number, mut item): (usize, Item)| {
            item.insert("id".into(), format!("seed{number}").into());
            item
        };
        Self { items: items.into_iter().enumerate().map(with_id).collect(), created: 0 }
    }

    /// Gives what the service answers.
    fn carry_out(&mut self, change: &Change) -> Option<Item> {
        let at = |items: &[Item]| {
            let id = &change.from.as_ref().unwrap()["id"];
            assert!(change.request.path.ends_with(id.as_str().unwrap()), "{change:?}");
            items.iter().position(|item| item["id"] == *id).unwrap()
        };
        let body = change.request.body.as_ref().and_then(Value::as_object).cloned();
        match (change.kind, change.request.method.as_str()) {
            (ChangeKind::Create, "POST") => {
                let mut item = body.unwrap();
                self.created += 1;
                item.insert("id".into(), format!("new{}", self.created).into());
                self.items.push(item.clone());
                Some(item)
            }
            (ChangeKind::Change, "PATCH") => {
                let place = at(&self.items);
                self.items[place].extend(body.unwrap());
                Some(self.items[place].clone())
            }
            (ChangeKind::Remove, "DELETE") => {
                let place = at(&self.items);
                self.items.remove(place);
                None
            }
            other => panic!("{other:?}"),
        }
    }

    fn normal(&self, facet: &dyn Facet) -> Vec<String> {
        let mut all: Vec<String> = self.items.iter().map(|item| json!(facet.normal(item)).to_string()).collect();
        all.sort();
        all
    }
}

fn rule() -> impl Strategy<Value = Item> {
    let name = prop_oneof!["Corp [a-c]", "[a-c]"];
    (name, 1..4i64, any::<bool>(), prop::option::of("[a-b]{1,2}"), prop::option::of(any::<bool>())).prop_map(
        |(name, sequence, is_on, word, delete)| {
            let conditions = word.map_or(Value::Null, |word| json!({"subjectContains": [word.to_uppercase()]}));
            let actions = match delete {
                Some(delete) => json!({"delete": delete, "markAsRead": true}),
                None => json!({"forwardTo": [{"emailAddress": {"address": "Kim@contoso.com", "name": "K"}}]}),
            };
            let rule = json!({"displayName": name, "sequence": sequence, "isEnabled": is_on, "conditions": conditions,
                "actions": actions});
            rule.as_object().unwrap().clone()
        },
    )
}

fn category() -> impl Strategy<Value = Item> {
    ("(Corp )?[a-dA-D]", 0..4u8).prop_map(|(name, color)| {
        json!({"displayName": name, "color": format!("preset{color}")}).as_object().unwrap().clone()
    })
}

/// Those with a key that none before them has.
fn distinct(facet: &dyn Facet, items: Vec<Item>) -> Vec<Item> {
    let mut keys = Vec::new();
    items
        .into_iter()
        .filter(|item| {
            let key = facet.key(item).to_lowercase();
            let is_new = !keys.contains(&key);
            keys.push(key);
            is_new
        })
        .collect()
}

fn brought_and_back(name: &str, have: Vec<Item>, wanted: Vec<Item>, mode: Mode) {
    let facet = facet::named(name).unwrap();
    let facet = &*facet;
    let scope = (mode == Mode::Exact).then(|| Scope::Prefix("corp ".into()));
    let mut wanted = distinct(facet, wanted);
    if let Some(scope) = &scope {
        wanted.retain(|item| scope.holds(&facet.key(item)));
    }
    let mut mailbox = Mailbox::of(have);
    let before = mailbox.normal(facet);
    let beyond = |mailbox: &Mailbox| {
        let own = |item: &&Item| scope.as_ref().is_some_and(|scope| !scope.holds(&facet.key(item)));
        mailbox.items.iter().filter(own).cloned().collect::<Vec<_>>()
    };
    let untouched = beyond(&mailbox);
    let changes = compare(facet, &wanted, &mailbox.items, mode, scope.as_ref()).unwrap();
    let mut undo = Vec::new();
    for change in &changes {
        let written = mailbox.carry_out(change);
        assert!(facet.is_done(change, &mailbox.items), "{change:?}");
        undo.push(facet.inverse(change, written.as_ref()).unwrap());
    }
    assert_eq!(compare(facet, &wanted, &mailbox.items, mode, scope.as_ref()).unwrap(), []);
    assert_eq!(beyond(&mailbox), untouched);
    let has = |item: &Item| {
        let wanted = facet.normal(item);
        mailbox
            .items
            .iter()
            .any(|found| wanted.iter().all(|(name, value)| facet.normal(found).get(name) == Some(value)))
    };
    match mode {
        Mode::Absent => {
            let keys: Vec<String> = mailbox.items.iter().map(|item| facet.key(item).to_lowercase()).collect();
            assert!(wanted.iter().all(|item| !keys.contains(&facet.key(item).to_lowercase())));
        }
        Mode::Ensure | Mode::Exact => assert!(wanted.iter().all(has)),
    }
    for change in undo.iter().rev() {
        mailbox.carry_out(change);
    }
    assert_eq!(mailbox.normal(facet), before);
}

fn mode() -> impl Strategy<Value = Mode> {
    prop_oneof![Just(Mode::Ensure), Just(Mode::Exact), Just(Mode::Absent)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn rules_come_to_what_is_wanted_and_back(
        have in prop::collection::vec(rule(), 0..6),
        wanted in prop::collection::vec(rule(), 0..5),
        mode in mode(),
    ) {
        brought_and_back("inboxRules", have, wanted, mode);
    }

    #[test]
    fn categories_come_to_what_is_wanted_and_back(
        have in prop::collection::vec(category(), 0..6),
        wanted in prop::collection::vec(category(), 0..5),
        mode in mode(),
    ) {
        let facet = facet::named("categories").unwrap();
        brought_and_back("categories", distinct(&*facet, have), wanted, mode);
    }
}
