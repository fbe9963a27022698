//! What a page says of where its rows come from.

/// What stands at the top of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// What the rows are.
    pub title: String,
    /// What else is to be known of them, in order: a name and its value.
    pub facts: Vec<(&'static str, String)>,
    /// What is to be known of the rows as a whole, at the page's end.
    pub notes: Vec<String>,
}

impl Heading {
    /// One with a title alone.
    #[must_use]
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), facts: Vec::new(), notes: Vec::new() }
    }

    /// The same with a fact more, where there is one.
    #[must_use]
    pub fn fact(mut self, name: &'static str, value: Option<impl Into<String>>) -> Self {
        self.facts.extend(value.map(|value| (name, value.into())));
        self
    }

    /// The same with a note more.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }
}

impl Default for Heading {
    fn default() -> Self {
        Self::new("Report")
    }
}
