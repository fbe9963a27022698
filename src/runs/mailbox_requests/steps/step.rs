//! One step of several: what it asks, and what it takes of those before it.

use http::{HeaderMap, Method};
use serde_json::{Map, Value, json};

use super::super::base::PathBase;
use super::super::refuse;
use super::super::verification::{LookUp, LookUpTemplate, Verify};
use super::values::{EACH, Reference, Scope, Values};
use crate::error::{Error, Result};
use crate::graph::blank::Nothing;
use crate::graph::request::{self, Request};
use crate::graph::template::{BodyTemplate, PathTemplate};

/// The most steps: more is a program.
pub(super) const MOST_STEPS: usize = 20;

/// The longest name.
const LONGEST_NAME: usize = 40;

/// A step as it is asked for; docs/abi.md describes each member.
#[derive(Clone, Debug, Default)]
pub struct RequestStep {
    /// What later steps and rows call it.
    pub name: String,
    /// GET, POST, PATCH, PUT or DELETE; GET where it is empty.
    pub method: String,
    /// Relative to the mailbox, with `{Name}` and `{step.member}`.
    pub path: String,
    /// The body.
    pub body: Option<Value>,
    /// Headers beside those of the run.
    pub headers: Vec<(String, String)>,
    /// How to find out whether a POST was carried out.
    pub verify: Option<Verify>,
    /// Done only where this value is there.
    pub when: Option<String>,
    /// Done only where this value is not there.
    pub unless: Option<String>,
    /// Done for each element of this list.
    pub for_each: Option<String>,
}

/// What holds for all steps of a run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub(super) base: PathBase,
    pub(super) allow_null: bool,
    pub(super) allow_whole_mailbox: bool,
}

/// A step that was understood.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) name: String,
    pub(super) method: Method,
    pub(super) headers: HeaderMap,
    /// As it was given.
    pub(super) asked: String,
    path: PathTemplate,
    body: Option<BodyTemplate>,
    verify: Option<LookUpTemplate>,
    when: Option<Reference>,
    unless: Option<Reference>,
    pub(super) for_each: Option<Reference>,
    /// What its path, body and look-up take of steps before it.
    takes: Vec<Reference>,
    /// The members of the input that it takes.
    pub(super) inputs: Vec<String>,
    /// What later steps take of its answer.
    pub(super) keeps: Vec<String>,
}

/// Understands the steps of a run.
///
/// # Errors
///
/// `InvalidArgument` that names the step and the member.
pub(super) fn understand(given: &[RequestStep], headers: &[(String, String)], rules: Rules) -> Result<Vec<Step>> {
    if given.len() > MOST_STEPS {
        return Err(Error::argument(format!("steps: there are {}, and {MOST_STEPS} at most", given.len())));
    }
    let names: Vec<String> = given.iter().map(|step| step.name.clone()).collect();
    let mut steps = Vec::with_capacity(given.len());
    for (number, step) in given.iter().enumerate() {
        let wrong = |error: Error| Error::argument(format!("steps[{number}] ({}): {error}", step.name));
        check_name(&names, number).map_err(wrong)?;
        steps.push(Step::understand(step, &names[..], number, (headers, rules)).map_err(wrong)?);
    }
    let taken: Vec<(usize, String)> = steps
        .iter()
        .flat_map(|step| step.references().flat_map(Reference::of_steps))
        .map(|(step, path)| (step, path.to_owned()))
        .collect();
    for (number, path) in taken {
        let keeps = &mut steps[number].keeps;
        if !keeps.contains(&path) {
            keeps.push(path);
        }
    }
    Ok(steps)
}

fn check_name(names: &[String], number: usize) -> Result<()> {
    let name = names[number].as_str();
    let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    if !name.starts_with(|first: char| first.is_ascii_alphabetic())
        || !name.chars().all(fits)
        || name.len() > LONGEST_NAME
    {
        return Err(Error::argument("name: must be a letter, and then letters, digits, _ and -")
            .hint("later steps take values by it: {find.value[0].id}"));
    }
    if name.eq_ignore_ascii_case(EACH) {
        return Err(Error::argument(format!("name: {EACH} is what an element of forEach is called")));
    }
    if names[..number].iter().any(|other| other.eq_ignore_ascii_case(name)) {
        return Err(Error::argument("name: another step has it"));
    }
    Ok(())
}

impl Step {
    fn understand(
        step: &RequestStep,
        names: &[String],
        number: usize,
        (headers, rules): (&[(String, String)], Rules),
    ) -> Result<Self> {
        let method = if step.method.is_empty() { Method::GET } else { request::method(&step.method)? };
        let given = headers.iter().chain(&step.headers);
        let headers = request::headers(given.map(|(name, value)| (name.as_str(), value.as_str())))?;
        if step.path.trim().is_empty() {
            return Err(Error::argument("path: is blank"));
        }
        rules.base.check(&step.path)?;
        if !rules.allow_whole_mailbox && !step.path.contains('{') {
            rules.base.guard(&method, &step.path, step.body.as_ref())?;
        }
        request::check_has_body(&method, step.body.as_ref())?;
        Request::new(&method, String::new(), headers.clone(), step.body.clone(), true)?;
        if let Some(body) = step.body.as_ref().filter(|_| !rules.allow_null) {
            refuse(body, "body", Nothing::Null)?;
        }
        // What decides how often it is done stands outside of its elements.
        let scope = Scope { steps: names, has_each: false };
        let whole = |member: &str, text: &Option<String>| {
            let wrong = |error: Error| Error::argument(format!("{member}: {error}"));
            text.as_deref().map(|text| Reference::whole(text, scope).map_err(wrong)).transpose()
        };
        let (when, unless) = (whole("when", &step.when)?, whole("unless", &step.unless)?);
        let for_each = whole("forEach", &step.for_each)?;
        let scope = Scope { has_each: for_each.is_some(), ..scope };
        let is_name = |name: &str| Reference::parse(name, scope).is_some();
        let path = PathTemplate::with(&step.path, &is_name)?;
        let body = step.body.clone().map(|body| BodyTemplate::with(body, &is_name));
        let look_up = |verify| LookUpTemplate::with(verify, &method, rules.base, &is_name);
        let verify = step.verify.as_ref().map(look_up).transpose()?;
        let mut used: Vec<String> = path.names().map(str::to_owned).collect();
        used.extend(body.iter().flat_map(BodyTemplate::names));
        used.extend(verify.iter().flat_map(LookUpTemplate::names).map(str::to_owned));
        let takes: Vec<Reference> = used.iter().filter_map(|name| Reference::parse(name, scope)).collect();
        let mut inputs: Vec<String> = used.into_iter().filter(|name| !is_name(name)).collect();
        let step = Self {
            name: step.name.clone(),
            method,
            headers,
            asked: step.path.clone(),
            path,
            body,
            verify,
            when,
            unless,
            for_each,
            takes,
            inputs: Vec::new(),
            keeps: Vec::new(),
        };
        inputs.extend(step.references().flat_map(Reference::inputs).map(str::to_owned));
        let later = step.references().find(|reference| reference.of_steps().any(|(other, _)| other >= number));
        if let Some(later) = later {
            return Err(Error::argument(format!(
                "{{{}}} is a value of a step that does not come before it",
                later.text
            )));
        }
        Ok(Self { inputs, ..step })
    }

    fn references(&self) -> impl Iterator<Item = &Reference> {
        self.takes.iter().chain(&self.when).chain(&self.unless).chain(&self.for_each)
    }

    pub(super) fn writes(&self) -> bool {
        self.method != Method::GET
    }

    pub(super) fn has_look_up(&self) -> bool {
        self.verify.is_some()
    }

    /// Whether it is one read, whatever came before it.
    pub(super) fn is_one_read(&self) -> bool {
        !self.writes() && self.for_each.is_none()
    }

    pub(super) fn is_wanted(&self, values: &Values<'_>) -> bool {
        self.when.as_ref().is_none_or(|when| when.is_there(values))
            && self.unless.as_ref().is_none_or(|unless| !unless.is_there(values))
    }

    /// The elements that it is done for.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for a value that is no list.
    pub(super) fn elements<'v>(&self, values: &Values<'v>, names: &[String]) -> Result<Option<&'v [Value]>> {
        let Some(reference) = &self.for_each else { return Ok(None) };
        match reference.value(values, names)? {
            Value::Array(elements) => Ok(Some(elements)),
            _ => Err(Error::argument(format!("forEach: {{{}}} is no list for this mailbox", reference.text))),
        }
    }

    /// Its request of a mailbox, and how the outcome of that is looked up.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for a value that is not there or fits nowhere, and for what the guards refuse.
    pub(super) fn fill(
        &self,
        mailbox: &str,
        values: &Values<'_>,
        names: &[String],
        rules: Rules,
    ) -> Result<(Request, Option<LookUp>)> {
        let members = self.with_values(values, names)?;
        let path = self.path.fill(&members, rules.allow_null)?;
        let body = self.body.as_ref().map(|body| body.fill(&members, rules.allow_null)).transpose()?;
        let whole = rules.base.whole(mailbox, &path)?;
        if !rules.allow_whole_mailbox {
            rules.base.guard(&self.method, &path, body.as_ref())?;
        }
        let request = Request::new(&self.method, whole, self.headers.clone(), body, true)?;
        let look_up = self.verify.as_ref().map(|verify| verify.fill(mailbox, &members, &self.headers)).transpose()?;
        Ok((request, look_up))
    }

    /// The input's members, and by what stands in braces what it takes of steps.
    fn with_values(&self, values: &Values<'_>, names: &[String]) -> Result<Map<String, Value>> {
        let mut members = values.members.clone();
        for reference in &self.takes {
            members.insert(reference.text.clone(), reference.value(values, names)?.clone());
        }
        Ok(members)
    }
}

impl RequestStep {
    /// What makes it this step; how its outcome is looked up may change.
    pub(super) fn description(&self) -> Value {
        let headers: Map<String, Value> =
            self.headers.iter().map(|(name, value)| (name.to_lowercase(), value.as_str().into())).collect();
        json!({"name": self.name, "method": self.method.to_uppercase(), "path": self.path, "body": self.body,
            "headers": headers, "when": self.when, "unless": self.unless, "forEach": self.for_each})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> Rules {
        Rules { base: PathBase::Mailbox, allow_null: false, allow_whole_mailbox: false }
    }

    fn step(name: &str, path: &str) -> RequestStep {
        RequestStep { name: name.into(), path: path.into(), ..RequestStep::default() }
    }

    #[test]
    fn what_later_steps_take_is_kept_and_nothing_else() {
        let make = RequestStep {
            method: "post".into(),
            body: Some(json!({"displayName": "{Name}", "css": "p {color: red}"})),
            unless: Some("{find.value[0].id}".into()),
            ..step("make", "mailFolders")
        };
        let rule = RequestStep {
            method: "POST".into(),
            body: Some(json!({"to": "{make.id|find.value[0].id|FolderId}"})),
            ..step("rule", "mailFolders/inbox/messageRules")
        };
        let steps = understand(&[step("find", "mailFolders?$filter=a eq '{Name}'"), make, rule], &[], rules()).unwrap();
        assert_eq!(
            (steps[0].keeps.as_slice(), steps[1].keeps.as_slice()),
            ([".value[0].id".to_owned()].as_slice(), [".id".to_owned()].as_slice())
        );
        let inputs: Vec<&[String]> = steps.iter().map(|step| step.inputs.as_slice()).collect();
        assert_eq!(inputs, [["Name".to_owned()], ["Name".to_owned()], ["FolderId".to_owned()]]);
    }

    #[test]
    fn what_no_mailbox_could_do_is_refused_at_once() {
        let of = |steps: &[RequestStep]| understand(steps, &[], rules()).map(drop).unwrap_err().to_string();
        for (steps, part) in [
            (vec![step("1a", "messages")], "name: must be a letter"),
            (vec![step("each", "messages")], "each is what an element"),
            (vec![step("a", "messages"), step("A", "messages")], "another step has it"),
            (vec![step("a", "messages/{b.id}"), step("b", "messages")], "does not come before it"),
            (vec![step("a", "messages/{a.id}")], "does not come before it"),
            (vec![step("a", "../x")], "leads elsewhere"),
            (vec![step("a", " ")], "path: is blank"),
            (vec![RequestStep { method: "DELETE".into(), ..step("a", "messages") }], "allowWholeMailbox"),
            (vec![RequestStep { when: Some("x".into()), ..step("a", "messages") }], "when: "),
            (vec![RequestStep { method: "PATCH".into(), ..step("a", "messages/1") }], "a PATCH needs a body"),
            (vec![step("a", "messages"); 21], "20 at most"),
        ] {
            let error = of(&steps);
            assert!(error.contains(part), "{error}");
        }
    }
}
