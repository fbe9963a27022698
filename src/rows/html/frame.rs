//! What is seen of a page, but for its rows.

use std::fmt::Write as _;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::summary::Summary;
use super::tally::Tally;
use super::text::{duration, escaped, grouped, percent};
use crate::rows::heading::Heading;

pub(super) const ROWS_BEGIN: &[u8] = b"<script type=\"application/json\" class=\"rows\">[\n";
pub(super) const ROWS_END: &[u8] = b"\n]</script>\n";

/// Bars of one kind: others are summed up.
const MOST_BARS: usize = 6;

/// Counts of a progress that are tiles, where they are there: of a run or of a comparison.
const TILES: [(&str, &str); 6] = [
    ("completed", "Mailboxes"),
    ("added", "Added"),
    ("removed", "Removed"),
    ("changed", "Changed"),
    ("unchanged", "Unchanged"),
    ("unknown", "Outcome unknown"),
];

/// Counts that say what the run cost.
const COSTS: [(&str, &str); 6] = [
    ("oldRows", "rows in the earlier report"),
    ("newRows", "rows in the later report"),
    ("requests", "requests"),
    ("retries", "retries"),
    ("throttled", "throttled"),
    ("recalled", "from the journal"),
];

static STYLE: LazyLock<String> = LazyLock::new(|| include_str!("report.css").replace('\r', ""));
static SCRIPT: LazyLock<String> = LazyLock::new(|| include_str!("report.js").replace('\r', ""));

/// What the page may do: use its own style and run its own script, by their hashes, whatever a mailbox holds.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = |text: &str| STANDARD.encode(openssl::sha::sha256(text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(&STYLE),
        hash(&SCRIPT)
    )
});

/// The page up to its rows. Its first words are seen until the last ones are there, for a file that was cut.
pub(super) fn head(heading: &Heading) -> String {
    format!(
        r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<div class="unfinished" role="note">This report is still loading. If these words stay, the file is cut off: get it again.</div>
"#,
        policy = *POLICY,
        title = escaped(&heading.title),
        style = *STYLE,
    )
}

/// All after the rows.
pub(super) fn tail(
    heading: &Heading,
    names: &[Box<str>],
    include_error: bool,
    summary: &Summary,
    progress: &Value,
    now: Timestamp,
) -> String {
    let mut out = String::with_capacity(16 * 1024);
    header(&mut out, heading, progress, now);
    out.push_str("<main>\n");
    tiles(&mut out, summary, progress);
    charts(&mut out, names, summary);
    let shows_failures = !include_error && summary.causes.total() > 0;
    table(&mut out, &heading.title, names, shows_failures, summary.rows);
    out.push_str("</main>\n");
    footer(&mut out, heading, progress);
    let _ = writeln!(out, "<script>{}</script>\n<div hidden></div>\n</body>\n</html>", *SCRIPT);
    out
}

fn count(progress: &Value, name: &str) -> Option<u64> {
    progress.get(name)?.as_u64()
}

fn header(out: &mut String, heading: &Heading, progress: &Value, now: Timestamp) {
    let elapsed = count(progress, "elapsedMs").unwrap_or(0);
    let since = SignedDuration::from_millis(i64::try_from(elapsed).unwrap_or(i64::MAX));
    let began = now.checked_sub(since).unwrap_or(now);
    let _ = write!(out, "<header>\n<h1>{}</h1>\n<dl class=\"facts\">\n", escaped(&heading.title));
    for (name, value) in &heading.facts {
        let _ = writeln!(out, "<div><dt>{name}</dt><dd dir=\"auto\">{}</dd></div>", escaped(value));
    }
    let _ = write!(
        out,
        "<div><dt>Started</dt><dd><time datetime=\"{began:.0}\">{}</time></dd></div>\n\
         <div><dt>Took</dt><dd>{}</dd></div>\n</dl>\n</header>\n",
        began.strftime("%-d %B %Y, %H:%M UTC"),
        duration(elapsed)
    );
}

fn tiles(out: &mut String, summary: &Summary, progress: &Value) {
    out.push_str("<section aria-label=\"Totals\">\n<dl class=\"tiles\">\n");
    let completed = count(progress, "completed");
    // A comparison counts its own failures, of which none is an error of this run.
    let failed = completed.map_or_else(|| count(progress, "failed").unwrap_or(0), |_| summary.causes.total());
    for (name, title) in TILES {
        // What is seldom is said where it is there.
        if let Some(count) = count(progress, name).filter(|count| *count > 0 || name != "unknown") {
            tile(out, "", title, &grouped(count));
        }
    }
    if let Some(completed) = completed.filter(|completed| *completed > 0) {
        let succeeded = completed.saturating_sub(failed);
        let value = format!("{} <small>{}</small>", grouped(succeeded), percent(succeeded, completed));
        tile(out, " class=\"good\"", "Succeeded", &value);
    }
    if failed > 0 {
        tile(out, " class=\"bad\"", "Failed", &format!("<a href=\"#failed\">{}</a>", grouped(failed)));
    } else {
        tile(out, "", "Failed", "0");
    }
    if completed.is_some_and(|completed| completed != summary.rows) {
        tile(out, "", "Rows", &grouped(summary.rows));
    }
    out.push_str("</dl>\n</section>\n");
}

fn tile(out: &mut String, class: &str, title: &str, value: &str) {
    let _ = writeln!(out, "<div{class}><dt>{title}</dt><dd>{value}</dd></div>");
}

fn charts(out: &mut String, names: &[Box<str>], summary: &Summary) {
    let mut charts = String::new();
    for column in summary.columns.iter().filter(|column| column.tally.total() > 0) {
        let name = names.get(column.at()).map_or("", |name| name);
        chart(&mut charts, column.title, name, &column.tally, column.rows);
    }
    let failures = summary.causes.total();
    if failures > 0 {
        chart(&mut charts, "Failures by cause", "", &summary.causes, failures);
    }
    if !charts.is_empty() {
        let _ = write!(out, "<div class=\"charts\">\n{charts}</div>\n");
    }
}

/// Bars of the most common values, with their shares of `whole`. `column` is that of the values; causes have none.
fn chart(out: &mut String, title: &str, column: &str, tally: &Tally, whole: u64) {
    let (values, others) = tally.most_common(MOST_BARS);
    let attributes = if column.is_empty() { "class=\"chart causes\" id=\"failed\"" } else { "class=\"chart\"" };
    let column = escaped(column);
    let _ = write!(out, "<section {attributes}>\n<h2>{title}</h2>\n<ul data-column=\"{column}\">\n");
    for (value, count) in values {
        let (attribute, name) = (escaped(value), if value.trim().is_empty() { "(none)" } else { value });
        bar(out, &format!(" data-value=\"{attribute}\""), &escaped(name), count, whole);
    }
    if others > 0 {
        bar(out, " class=\"others\"", "Others", others, whole);
    }
    out.push_str("</ul>\n</section>\n");
}

fn bar(out: &mut String, attribute: &str, name: &str, count: u64, whole: u64) {
    let tenths = (u128::from(count) * 1000 / u128::from(whole.max(1))).min(1000);
    let _ = writeln!(
        out,
        "<li{attribute}><span class=\"name\" dir=\"auto\">{name}</span> <span class=\"count\">{}</span> \
         <span class=\"share\">{}</span><svg aria-hidden=\"true\"><rect width=\"{}.{}%\" height=\"100%\"/></svg></li>",
        grouped(count),
        percent(count, whole),
        tenths / 10,
        tenths % 10
    );
}

/// The table, which the page's script fills.
fn table(out: &mut String, title: &str, names: &[Box<str>], shows_failures: bool, rows: u64) {
    let _ = write!(
        out,
        r##"<section id="table">
<h2 id="rows-title">Rows</h2>
<noscript><p>The {} rows of this report are in this file, but only a browser that runs its script can show them as a table. The sums above are complete.</p></noscript>
<form id="controls" role="search" hidden>
<label class="search">Search <input id="search" type="search" autocomplete="off" spellcheck="false"></label>
<label>Outcome <select id="outcome"></select></label>
<label class="narrow">Sort by <select id="sort"></select></label>
<label>Rows a page <select id="size"><option>50</option><option>100</option><option>500</option></select></label>
</form>
<p id="state"><span role="status"></span> <a id="all" href="#table" hidden>Show all rows</a></p>
<div id="scroll">
<table role="table" hidden>
<caption>{}</caption>
<thead role="rowgroup"><tr role="row">"##,
        grouped(rows),
        escaped(title)
    );
    for name in names {
        let _ = write!(out, "<th role=\"columnheader\" scope=\"col\">{}</th>", escaped(name));
    }
    if shows_failures {
        out.push_str("<th role=\"columnheader\" scope=\"col\" data-failure>Failure</th>");
    }
    out.push_str("</tr></thead>\n<tbody role=\"rowgroup\"></tbody>\n</table>\n</div>\n");
    out.push_str("<nav id=\"pages\" aria-label=\"Pages of rows\" hidden></nav>\n</section>\n");
}

fn footer(out: &mut String, heading: &Heading, progress: &Value) {
    let costs = COSTS.iter().filter_map(|(name, words)| {
        let count = count(progress, name).filter(|count| *count > 0 || *name != "recalled")?;
        Some(format!("{} {words}", grouped(count)))
    });
    let costs = costs.collect::<Vec<_>>().join(" · ");
    let notes: String = heading.notes.iter().map(|note| format!("<p>{}</p>", escaped(note))).collect();
    let _ =
        writeln!(out, "<footer>{notes}<p>{costs}</p><p>Written by ExRun {}</p></footer>", env!("CARGO_PKG_VERSION"));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::error::Error;
    use crate::rows::row::Row;

    fn page(summary: &Summary, progress: &Value) -> String {
        let heading = Heading::new("a <b>").fact("Tenant", Some("<contoso>")).fact("Share", None::<String>);
        let now = "2026-03-01T10:00:30Z".parse().unwrap();
        head(&heading) + &tail(&heading, &["MailboxName".into()], false, summary, progress, now)
    }

    /// What a text says between its tags.
    fn words(page: &str) -> String {
        let mut words = String::new();
        for part in page.split('<').skip(1) {
            words.push_str(part.split_once('>').unwrap().1);
            words.push(' ');
        }
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_page_says_what_a_run_did() {
        let mut summary = Summary::of(&["MailboxName".into()]);
        summary.count(&Row::failed(0, None, None, Error::cancelled()));
        let progress = json!({"completed": 40_000, "requests": 2_010, "retries": 3, "throttled": 0, "elapsedMs": 90_000,
            "recalled": 7, "unknown": 2, "failed": 0});
        let page = page(&summary, &progress);
        let seen = words(page.split_once("<header>").unwrap().1.split_once("<section id").unwrap().0);
        assert_eq!(
            seen,
            "a &lt;b&gt; Tenant &lt;contoso&gt; Started 1 March 2026, 09:59 UTC Took 1 min 30 s Mailboxes 40,000 \
             Outcome unknown 2 Succeeded 39,999 over 99 % Failed 1 Rows 0 Failures by cause Cancelled 1 100 %"
        );
        assert!(page.contains("2,010 requests · 3 retries · 0 throttled · 7 from the journal</p>"), "{page}");
        assert!(page.contains("datetime=\"2026-03-01T09:59:00Z\""), "{page}");
    }

    #[test]
    fn a_page_says_what_a_comparison_found() {
        let progress = json!({"oldRows": 3, "newRows": 4, "added": 1, "removed": 0, "changed": 1, "unchanged": 1,
            "failed": 1, "elapsedMs": 5});
        let page = page(&Summary::of(&[]), &progress);
        let seen = words(page.split_once("class=\"tiles\"").unwrap().1.split_once("</section>").unwrap().0);
        assert_eq!(seen, "Added 1 Removed 0 Changed 1 Unchanged 1 Failed 1");
        assert!(page.contains("<p>3 rows in the earlier report · 4 rows in the later report</p>"), "{page}");
        assert!(!page.contains("class=\"charts\""), "{page}");
    }

    /// A checkout may have other line ends than a browser reads.
    #[test]
    fn a_style_and_a_script_are_what_their_hashes_are_of() {
        let page = page(&Summary::of(&[]), &json!({}));
        let inner = |tag: &str| {
            let begin = page.rfind(&format!("<{tag}>")).unwrap() + tag.len() + 2;
            &page[begin..begin + page[begin..].find(&format!("</{tag}>")).unwrap()]
        };
        for (tag, directive) in [("style", "style-src"), ("script", "script-src")] {
            let text = inner(tag);
            assert!(text.len() > 1000 && !text.contains('\r'), "{text}");
            let hash = STANDARD.encode(openssl::sha::sha256(text.as_bytes()));
            assert!(page.contains(&format!("{directive} 'sha256-{hash}'")), "{directive}");
        }
    }
}
