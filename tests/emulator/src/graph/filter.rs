//! `$filter`: read as OData writes it, and asked of one entity after the other.
//!
//! Source: OData 4.01 "URL Conventions", section "System Query Option $filter"; Microsoft Graph "Advanced query
//! capabilities on Microsoft Entra ID objects".

use serde_json::Value;

/// A filter.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// Both hold.
    And(Box<Filter>, Box<Filter>),
    /// One holds.
    Or(Box<Filter>, Box<Filter>),
    /// It does not hold.
    Not(Box<Filter>),
    /// `property operator literal`.
    Compare(String, Operator, Value),
    /// `startsWith`, `endsWith` or `contains`.
    Text(Part, String, String),
    /// `property/any(v:...)`, with the properties of `v` by their bare names.
    Any(String, Box<Filter>),
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `eq`
    Equal,
    /// `ne`
    NotEqual,
    /// `ge`
    AtLeast,
    /// `gt`
    More,
    /// `le`
    AtMost,
    /// `lt`
    Less,
}

/// Which part of a text is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `startsWith`
    Start,
    /// `endsWith`
    End,
    /// `contains`
    Anywhere,
}

impl Filter {
    /// Reads a filter.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let tokens = tokens(text)?;
        let mut reader = Reader { tokens: &tokens, variables: Vec::new() };
        let filter = reader.or()?;
        match reader.tokens.first() {
            None => Ok(filter),
            Some(token) => Err(format!("Syntax error at '{}' in '{text}'.", token.shown())),
        }
    }

    /// Whether an entity passes.
    pub fn passes(&self, member: &dyn Fn(&str) -> Option<Value>) -> bool {
        match self {
            Self::And(left, right) => left.passes(member) && right.passes(member),
            Self::Or(left, right) => left.passes(member) || right.passes(member),
            Self::Not(inner) => !inner.passes(member),
            Self::Compare(name, operator, wanted) => compare(&member(name).unwrap_or(Value::Null), *operator, wanted),
            Self::Text(part, name, wanted) => match member(name) {
                Some(Value::String(text)) => {
                    let (text, wanted) = (text.to_lowercase(), wanted.to_lowercase());
                    match part {
                        Part::Start => text.starts_with(&wanted),
                        Part::End => text.ends_with(&wanted),
                        Part::Anywhere => text.contains(&wanted),
                    }
                }
                _ => false,
            },
            Self::Any(name, inner) => member(name).is_some_and(|all| {
                let passes = |one: &Value| inner.passes(&|name| Some(one.get(name).unwrap_or(one).clone()));
                all.as_array().is_some_and(|all| all.iter().any(passes))
            }),
        }
    }

    /// Whether the directory does it only as an advanced query.
    #[must_use]
    pub fn is_advanced(&self) -> bool {
        match self {
            Self::And(left, right) | Self::Or(left, right) => left.is_advanced() || right.is_advanced(),
            Self::Not(_) | Self::Text(Part::End, ..) => true,
            Self::Compare(_, operator, wanted) => *operator == Operator::NotEqual || wanted.is_null(),
            Self::Text(..) => false,
            Self::Any(name, _) => name == "assignedPlans",
        }
    }

    /// The properties that it asks about, but for those of the elements of a collection.
    #[must_use]
    pub fn properties(&self) -> Vec<&str> {
        match self {
            Self::And(left, right) | Self::Or(left, right) => [left.properties(), right.properties()].concat(),
            Self::Not(inner) => inner.properties(),
            Self::Compare(name, ..) | Self::Text(_, name, _) | Self::Any(name, _) => vec![name],
        }
    }

    /// Whether a text is sought in the middle of another, which the directory never does.
    #[must_use]
    pub fn has_contains(&self) -> bool {
        match self {
            Self::And(left, right) | Self::Or(left, right) => left.has_contains() || right.has_contains(),
            Self::Not(inner) | Self::Any(_, inner) => inner.has_contains(),
            Self::Text(part, ..) => *part == Part::Anywhere,
            Self::Compare(..) => false,
        }
    }
}

fn compare(value: &Value, operator: Operator, wanted: &Value) -> bool {
    let order = match (value, wanted) {
        (Value::String(value), Value::String(wanted)) => Some(value.to_lowercase().cmp(&wanted.to_lowercase())),
        (Value::Number(value), Value::Number(wanted)) => {
            value.as_f64().zip(wanted.as_f64()).and_then(|(value, wanted)| value.partial_cmp(&wanted))
        }
        _ => (value == wanted).then_some(std::cmp::Ordering::Equal),
    };
    match operator {
        Operator::Equal => order.is_some_and(std::cmp::Ordering::is_eq),
        Operator::NotEqual => !order.is_some_and(std::cmp::Ordering::is_eq),
        Operator::AtLeast => order.is_some_and(std::cmp::Ordering::is_ge),
        Operator::More => order.is_some_and(std::cmp::Ordering::is_gt),
        Operator::AtMost => order.is_some_and(std::cmp::Ordering::is_le),
        Operator::Less => order.is_some_and(std::cmp::Ordering::is_lt),
    }
}

#[derive(Debug, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Open,
    Close,
    Comma,
    Colon,
}

impl Token {
    fn shown(&self) -> &str {
        match self {
            Self::Word(text) | Self::Text(text) => text,
            Self::Open => "(",
            Self::Close => ")",
            Self::Comma => ",",
            Self::Colon => ":",
        }
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let single = match first {
            '(' => Some(Token::Open),
            ')' => Some(Token::Close),
            ',' => Some(Token::Comma),
            ':' => Some(Token::Colon),
            _ => None,
        };
        let length = if let Some(token) = single {
            tokens.push(token);
            1
        } else if first == '\'' {
            let (literal, length) = literal(rest).ok_or_else(|| format!("Unterminated string literal in '{text}'."))?;
            tokens.push(Token::Text(literal));
            length
        } else {
            // A colon ends the variable of a lambda, but not the hour of a date.
            let is_date = first.is_ascii_digit();
            let ends = |letter: char| letter.is_whitespace() || "(),'".contains(letter) || (letter == ':' && !is_date);
            let length = rest.find(ends).unwrap_or(rest.len());
            tokens.push(Token::Word(rest[..length].to_owned()));
            length
        };
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

/// A text in single quotes, two of which stand for one; and how long it is as written.
fn literal(text: &str) -> Option<(String, usize)> {
    let mut literal = String::new();
    let mut letters = text.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        if letter != '\'' {
            literal.push(letter);
        } else if letters.next_if(|(_, next)| *next == '\'').is_some() {
            literal.push('\'');
        } else {
            return Some((literal, at + 1));
        }
    }
    None
}

struct Reader<'a> {
    tokens: &'a [Token],
    /// The variables of the lambdas around.
    variables: Vec<String>,
}

impl Reader<'_> {
    fn or(&mut self) -> Result<Filter, String> {
        let mut left = self.and()?;
        while self.takes_word("or") {
            left = Filter::Or(Box::new(left), Box::new(self.and()?));
        }
        Ok(left)
    }

    fn and(&mut self) -> Result<Filter, String> {
        let mut left = self.one()?;
        while self.takes_word("and") {
            left = Filter::And(Box::new(left), Box::new(self.one()?));
        }
        Ok(left)
    }

    fn one(&mut self) -> Result<Filter, String> {
        if self.takes_word("not") {
            return Ok(Filter::Not(Box::new(self.one()?)));
        }
        if self.takes(&Token::Open) {
            let inner = self.or()?;
            return self.expect(&Token::Close).map(|()| inner);
        }
        let word = self.word()?;
        if self.takes(&Token::Open) {
            return self.called(&word);
        }
        let operator = self.word()?;
        if operator.eq_ignore_ascii_case("in") {
            return self.one_of(&self.bare(&word));
        }
        let operator = match operator.to_lowercase().as_str() {
            "eq" => Operator::Equal,
            "ne" => Operator::NotEqual,
            "ge" => Operator::AtLeast,
            "gt" => Operator::More,
            "le" => Operator::AtMost,
            "lt" => Operator::Less,
            _ => return Err(format!("Syntax error: '{operator}' is no operator.")),
        };
        let value = self.value()?;
        Ok(Filter::Compare(self.bare(&word), operator, value))
    }

    /// `name(...)`, after the bracket.
    fn called(&mut self, name: &str) -> Result<Filter, String> {
        if let Some((collection, _)) = name.rsplit_once('/').filter(|(_, any)| any.eq_ignore_ascii_case("any")) {
            let variable = self.word()?;
            self.expect(&Token::Colon)?;
            self.variables.push(variable);
            let inner = self.or()?;
            self.variables.pop();
            self.expect(&Token::Close)?;
            return Ok(Filter::Any(collection.to_owned(), Box::new(inner)));
        }
        let part = match name.to_lowercase().as_str() {
            "startswith" => Part::Start,
            "endswith" => Part::End,
            "contains" => Part::Anywhere,
            _ => return Err(format!("An unknown function with name '{name}' was found.")),
        };
        let property = self.word()?;
        self.expect(&Token::Comma)?;
        let Value::String(text) = self.value()? else { return Err(format!("{name} compares texts.")) };
        self.expect(&Token::Close)?;
        Ok(Filter::Text(part, self.bare(&property), text))
    }

    fn one_of(&mut self, property: &str) -> Result<Filter, String> {
        self.expect(&Token::Open)?;
        let mut all: Option<Filter> = None;
        loop {
            let one = Filter::Compare(property.to_owned(), Operator::Equal, self.value()?);
            all = Some(match all {
                None => one,
                Some(all) => Filter::Or(Box::new(all), Box::new(one)),
            });
            if !self.takes(&Token::Comma) {
                break;
            }
        }
        self.expect(&Token::Close)?;
        all.ok_or_else(|| "an empty list".to_owned())
    }

    /// A property's name without the variable of a lambda before it.
    fn bare(&self, path: &str) -> String {
        match path.split_once('/') {
            Some((variable, name)) if self.variables.iter().any(|known| known == variable) => name.to_owned(),
            _ => path.to_owned(),
        }
    }

    fn value(&mut self) -> Result<Value, String> {
        match self.next()? {
            Token::Text(text) => Ok(Value::from(text.as_str())),
            Token::Word(word) => Ok(match word.as_str() {
                "null" => Value::Null,
                "true" => true.into(),
                "false" => false.into(),
                // Dates and ids stand without quotes.
                _ => word.parse::<i64>().map_or_else(|_| Value::from(word.as_str()), Value::from),
            }),
            other => Err(format!("Syntax error at '{}'.", other.shown())),
        }
    }

    fn word(&mut self) -> Result<String, String> {
        match self.next()? {
            Token::Word(word) => Ok(word.clone()),
            other => Err(format!("Syntax error at '{}'.", other.shown())),
        }
    }

    fn next(&mut self) -> Result<&Token, String> {
        let (first, rest) = self.tokens.split_first().ok_or("Syntax error: the filter ends too early.")?;
        self.tokens = rest;
        Ok(first)
    }

    fn takes(&mut self, token: &Token) -> bool {
        let is_next = self.tokens.first() == Some(token);
        if is_next {
            self.tokens = &self.tokens[1..];
        }
        is_next
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let is_next = matches!(self.tokens.first(), Some(Token::Word(next)) if next.eq_ignore_ascii_case(word));
        if is_next {
            self.tokens = &self.tokens[1..];
        }
        is_next
    }

    fn expect(&mut self, token: &Token) -> Result<(), String> {
        if self.takes(token) { Ok(()) } else { Err(format!("Syntax error: '{}' is missing.", token.shown())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn passes(filter: &str) -> bool {
        let entity = json!({"mail": "Anna@contoso.com", "accountEnabled": true, "department": null, "age": 5,
            "sent": "2026-11-25T10:00:00Z", "assignedPlans": [{"service": "exchange", "capabilityStatus": "Enabled"}]});
        Filter::parse(filter).unwrap().passes(&|name| entity.get(name).cloned())
    }

    #[test]
    fn filters_select() {
        for filter in [
            "mail eq 'anna@contoso.com'",
            "startsWith(mail,'AN') and accountEnabled eq true",
            "endsWith(mail, '@contoso.com')",
            "not(mail eq 'x') and not startsWith(mail, 'b')",
            "mail eq 'x' or (age ge 5 and age lt 6)",
            "department eq null",
            "mail in ('x', 'anna@contoso.com')",
            "sent ge 2026-11-25T09:00:00Z",
            "assignedPlans/any(a:a/service eq 'exchange' and a/capabilityStatus eq 'Enabled')",
        ] {
            assert!(passes(filter), "{filter}");
            assert!(!passes(&format!("not ({filter})")), "{filter}");
        }
        assert!(!passes("assignedPlans/any(a:a/service eq 'exchange' and a/capabilityStatus eq 'Deleted')"));
    }

    #[test]
    fn quotes_are_doubled() {
        let filter = Filter::parse("mail eq 'mary.o''brien@contoso.com'").unwrap();
        assert_eq!(filter, Filter::Compare("mail".into(), Operator::Equal, "mary.o'brien@contoso.com".into()));
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        for wrong in ["", "mail", "mail eq", "mail is 'x'", "mail eq 'x", "(mail eq 'x'", "mail eq 'x')", "f(mail,'x')"]
        {
            assert!(Filter::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn advanced_ones_are_told_apart() {
        for advanced in [
            "mail ne 'x'",
            "not startsWith(mail,'x')",
            "endsWith(mail,'x')",
            "mail eq null",
            "mail eq 'x' and assignedPlans/any(a:a/service eq 'exchange')",
        ] {
            assert!(Filter::parse(advanced).unwrap().is_advanced(), "{advanced}");
        }
        assert!(!Filter::parse("startsWith(mail,'x') or accountEnabled eq true").unwrap().is_advanced());
    }
}
