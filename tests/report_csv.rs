//! CSV as other programs read it.

mod report_judge;

use std::sync::Arc;

use exrun::rows::{Cell, ColumnSet, Fields, Format, Names, ReportRequest, Row, RowEncoder};
use proptest::prelude::*;
use report_judge::{Judge, Outcome, POWERSHELL, Samples};
use serde_json::Value;

const COLUMNS: [&str; 3] = ["MailboxName", "TimeZone", "DateFormat"];

const PYTHON: Judge = Judge {
    program: "python3",
    path: "EXRUN_PYTHON",
    required: "EXRUN_REQUIRE_PYTHON",
    arguments: &[],
    extension: "py",
};

const PYTHON_SCRIPT: &str = r#"import csv, json, sys
with open(sys.argv[1], newline="", encoding="utf-8") as source, open(sys.argv[2], "w") as target:
    json.dump(list(csv.reader(source, strict=True)), target)
"#;

const POWERSHELL_SCRIPT: &str = r#"param([string] $InFile, [string] $OutFile)
$ErrorActionPreference = 'Stop'
$rows = @(Import-Csv -LiteralPath $InFile -Encoding utf8)
$records = @(, @($rows[0].PSObject.Properties.Name)) + @(foreach ($row in $rows) { , @($row.PSObject.Properties.Value) })
[IO.File]::WriteAllText($OutFile, (ConvertTo-Json -Compress -InputObject $records))
"#;

#[test]
fn python_reads_what_was_meant() -> Outcome<()> {
    agrees(PYTHON, "report_csv_python", PYTHON_SCRIPT)
}

#[test]
fn powershell_reads_what_was_meant() -> Outcome<()> {
    agrees(POWERSHELL, "report_csv_powershell", POWERSHELL_SCRIPT)
}

fn agrees(judge: Judge, name: &str, script: &str) -> Outcome<()> {
    let rows = rows()?;
    let mut meant = vec![COLUMNS.map(String::from).to_vec()];
    meant.extend(rows.iter().map(|row| row.cells().iter().map(shown).collect::<Vec<_>>()));
    let columns = Arc::new(ColumnSet::parse(&COLUMNS)?);
    let request = ReportRequest { format: Format::Csv, ..ReportRequest::default() };
    let mut encoder = RowEncoder::new(&request, &columns)?;
    // In batches, as a stream gives them.
    let csv: Vec<u8> = rows.chunks(7).flat_map(|batch| encoder.encode(batch)).collect();
    let Some(answer) = judge.ask(name, script, &csv)? else { return Ok(()) };
    let read: Vec<Vec<Value>> = serde_json::from_slice(&answer)?;
    assert_eq!(read.len(), meant.len());
    for (read, meant) in read.iter().zip(&meant) {
        assert_eq!(read, meant);
    }
    Ok(())
}

fn rows() -> Outcome<Vec<Row>> {
    let odd = prop::sample::select(vec![
        "",
        " ",
        "\t",
        ",",
        "\"",
        "\"\"",
        "'",
        "\r\n",
        "\n",
        "#",
        "#TYPE x",
        "=1+1",
        "a",
        "ü",
        "\u{1f600}",
        ";",
        "\\",
    ]);
    let text = prop_oneof![prop::collection::vec(odd, 0..5).prop_map(|parts| parts.concat()), "[ -~]{0,20}"];
    let cells = prop::collection::vec(prop::option::of(text), COLUMNS.len());
    let mut samples = Samples::new();
    let names: Names = COLUMNS.into_iter().collect();
    (0..400)
        .map(|position| {
            let cells = samples.next(&cells)?;
            let cells: Vec<Cell> = cells.iter().map(|cell| Cell::from(cell.as_deref())).collect();
            Ok(Row::new(position, Fields::new(names.clone(), cells)))
        })
        .collect()
}

fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.to_string(),
        _ => String::new(),
    }
}
