//! CLIXML as PowerShell's own deserialiser reads it, and the block as the module does: what arrives is what was meant, and
//! the objects of both are the same in every respect.

mod report_judge;

use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use exrun::rows::{
    Cell, ColumnSet, Fields, Format, MailboxRows, ReportRequest, Row, RowEncoder, RowMaker, Selection, clixml,
};
use exrun::{Error, Status};
use proptest::prelude::*;
use report_judge::{Outcome, POWERSHELL, Samples};
use serde_json::{Map, Value, json};

const DOCUMENTS: usize = 600;
const BATCHES: usize = 60;
const DEEPEST: usize = 40;

/// Reads a document a line (base64) and writes what it holds, a line each, in the notation of [`meant`]; of a batch also
/// how its rows look as JSON and CSV, and which of their values are wrapped.
/// Reflection, because a property of the data may be called `PSObject` or `GetType` and hides the real one.
const SCRIPT: &str = r#"param([string] $InFile, [string] $OutFile)
$ErrorActionPreference = 'Stop'
foreach ($file in 'Value/Get-ProcessValue', 'Command/New-ExRunException', 'Run/New-RowReader', 'Run/Get-RowReader', 'Run/Read-RowBlock') { . "MODULE/Private/$file.ps1" }
$properties = [psobject].GetProperty('Properties')
$typeNames = [psobject].GetProperty('TypeNames')
$invariant = [Globalization.CultureInfo]::InvariantCulture

function Get-Text([string] $Text) {
    [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($Text))
}

function Add-Value([Text.StringBuilder] $To, $Value) {
    if ($null -eq $Value) { $null = $To.Append('n') }
    elseif ($Value -is [string]) { $null = $To.Append('s').Append((Get-Text $Value)) }
    elseif ($Value -is [bool]) { $null = $To.Append($(if ($Value) { 'b1' } else { 'b0' })) }
    elseif ($Value -is [int]) { $null = $To.Append('i').Append($Value.ToString($invariant)) }
    elseif ($Value -is [long]) { $null = $To.Append('l').Append($Value.ToString($invariant)) }
    elseif ($Value -is [decimal]) { $null = $To.Append('m').Append($Value.ToString($invariant)) }
    elseif ($Value -is [double]) { $null = $To.Append('d').Append([BitConverter]::DoubleToInt64Bits($Value).ToString('x16')) }
    elseif ($Value -is [Collections.ArrayList]) {
        $null = $To.Append('[')
        foreach ($item in $Value) { Add-Value $To $item; $null = $To.Append(',') }
        $null = $To.Append(']')
    }
    else {
        $types = $typeNames.GetValue($Value) -join ','
        if ($types -ne 'System.Management.Automation.PSCustomObject,System.Object') { throw "an object of $types" }
        $null = $To.Append('{')
        foreach ($property in $properties.GetValue($Value)) {
            if ($property.MemberType -ne 'NoteProperty') { throw "a member of $($property.MemberType)" }
            $null = $To.Append((Get-Text $property.Name)).Append('=')
            Add-Value $To $property.Value
            $null = $To.Append(',')
        }
        $null = $To.Append('}')
    }
}

function Get-Look($Rows) {
    foreach ($row in $Rows) {
        foreach ($property in $properties.GetValue($row)) { [int] ($property.Value -is [psobject]); $property.TypeNameOfValue }
        # An object without members has no columns.
        ConvertTo-Json -InputObject $row -Depth 4 -Compress
        if (@($properties.GetValue($row)).Count) { ConvertTo-Csv -InputObject $row -NoTypeInformation }
        [string] $row
    }
}

$answers = foreach ($line in [IO.File]::ReadAllLines($InFile)) {
    try {
        $kind, $text = $line -split ' '
        $bytes = [Convert]::FromBase64String($text)
        if ($kind -eq 'block') {
            $batch = Read-RowBlock -Block $bytes
            $list = @([pscustomobject] @{ rows = [Collections.ArrayList] $batch.rows; errors = [Collections.ArrayList] $batch.errors })
        } else {
            $list = [Management.Automation.PSSerializer]::DeserializeAsList([Text.Encoding]::UTF8.GetString($bytes))
        }
        if ($list.Count -ne 1) { throw "$($list.Count) objects" }
        $answer = [Text.StringBuilder]::new()
        Add-Value $answer $list[0]
        if ($kind -ne 'document') { $null = $answer.Append(' ').Append((Get-Text (@(Get-Look $list[0].rows) -join "`n"))) }
        $answer.ToString()
    }
    catch { "failed: $_" -replace '[\r\n]+', ' ' }
}
[IO.File]::WriteAllLines($OutFile, [string[]]@($answers))
"#;

#[test]
fn the_engine_reads_what_was_meant() -> Outcome<()> {
    let mut cases = documents()?;
    cases.extend(batches()?);
    cases.extend(batches_of_objects()?);
    let input: String = cases.iter().map(|case| format!("{} {}\n", case.kind, BASE64.encode(&case.bytes))).collect();
    let script = SCRIPT.replace("MODULE", concat!(env!("CARGO_MANIFEST_DIR"), "/powershell/ExRun"));
    let Some(answers) = POWERSHELL.ask("report_clixml", &script, input.as_bytes())? else { return Ok(()) };
    let answers = String::from_utf8(answers)?;
    assert_eq!(answers.lines().count(), cases.len());
    let mut of_clixml = "";
    for (case, answer) in cases.iter().zip(answers.lines()) {
        let bytes = String::from_utf8_lossy(&case.bytes);
        assert_eq!(answer.split(' ').next().unwrap_or_default(), case.meant, "{}: {bytes}", case.kind);
        // A block follows the CLIXML of the same batch.
        if case.kind == "block" {
            assert_eq!(answer, of_clixml, "{bytes}");
        }
        of_clixml = answer;
    }
    Ok(())
}

struct Case {
    /// `document`, or `batch` and `block`: the same rows both ways.
    kind: &'static str,
    bytes: Vec<u8>,
    meant: String,
}

/// The ways in which rows come as objects.
const BOTH_WAYS: [(&str, Format); 2] = [("batch", Format::Clixml), ("block", Format::Block)];

fn documents() -> Outcome<Vec<Case>> {
    let mut samples = Samples::new();
    let strategy = any_value();
    let mut values = Vec::new();
    for _ in 0..DOCUMENTS {
        values.push(samples.next(&strategy)?);
    }
    for levels in [DEEPEST - 1, DEEPEST, DEEPEST + 1, 60, 120] {
        values.push((0..levels).fold(json!("x"), |inner, _| json!([inner])));
        values.push((0..levels).fold(json!({"<&_x": 1}), |inner, _| json!({"a": inner, "A": null})));
    }
    Ok(values
        .iter()
        .map(|value| Case { kind: "document", bytes: clixml::document(value), meant: meant(value) })
        .collect())
}

fn batches() -> Outcome<Vec<Case>> {
    let mut samples = Samples::new();
    let rows = prop::collection::vec((prop::option::of(text()), prop::option::of(text()), any::<bool>()), 0..5);
    let columns = Arc::new(ColumnSet::parse(&["MailboxName", "TimeZone", "WorkingHoursTimeZoneBias"])?);
    let mut cases = Vec::new();
    for number in 0..BATCHES {
        let include_error = number % 2 == 1;
        let mut reported = Vec::new();
        for (position, (given, zone, failed)) in (0_u64..).zip(samples.next(&rows)?) {
            let body = json!({"timeZone": zone, "workingHours": {"timeZone": {"bias": -60}}}).to_string();
            let given = given.as_deref();
            let mailbox = if failed {
                let error = Error::new(Status::Service, zone.unwrap_or_default()).request_id(given.map(str::to_owned));
                let error = error.service(given.map(str::to_owned), None);
                let error = if let Some(given) = given { error.target(given) } else { error };
                MailboxRows::failed(given, error)
            } else {
                MailboxRows::of(given, columns.extract(given, body.as_bytes())?)
            };
            reported.extend(RowMaker::of_columns(&columns).of(position + 5_000_000_000, mailbox));
        }
        for (kind, format) in BOTH_WAYS {
            let request = ReportRequest { format, include_error, ..ReportRequest::default() };
            let bytes = RowEncoder::new(&request, &columns)?.encode(&reported);
            cases.push(Case { kind, bytes, meant: meant_batch(&columns, include_error, &reported) });
        }
    }
    Ok(cases)
}

/// Rows whose members differ from row to row, and whose values are of every kind.
fn batches_of_objects() -> Outcome<Vec<Case>> {
    let mut samples = Samples::new();
    let row = prop::collection::vec((name(), any_value()), 0..5);
    let rows = prop::collection::vec((row, prop::option::weighted(0.2, text()), any::<bool>()), 0..6);
    let mut cases = Vec::new();
    for _ in 0..2 * BATCHES {
        let made = RowMaker::of_selection(&Selection::default(), false, false);
        let mut given = Vec::new();
        for (position, (members, failed, is_repeated)) in (0..).zip(samples.next(&rows)?) {
            let members: Map<String, Value> = members.into_iter().collect();
            let object = Fields::new(
                members.keys().map(String::as_str).collect(),
                members.into_values().map(Cell::from).collect::<Vec<_>>(),
            );
            let objects = if failed.is_some() { Vec::new() } else { vec![object; 1 + usize::from(is_repeated)] };
            let error = failed.map(|message| Error::new(Status::Service, message));
            given.extend(
                made.of(position, MailboxRows { mailbox: Some(format!("m{position}")), objects, error, receipt: None }),
            );
        }
        let mut meant_rows = String::new();
        let mut meant_errors = String::new();
        let mut after = 0;
        for row in &given {
            if let Some(fields) = row.shown() {
                after += 1;
                meant_rows += &(meant_at(&serde_json::to_value(fields)?, 2) + ",");
            }
            let Some(error) = row.error() else { continue };
            meant_errors += &meant_error(row.position(), after, &json!(row.mailbox()), error);
        }
        let meant = format!("{{{}=[{meant_rows}],{}=[{meant_errors}],}}", in_base64("rows"), in_base64("errors"));
        for (kind, format) in BOTH_WAYS {
            let request = ReportRequest { format, ..ReportRequest::default() };
            let bytes = RowEncoder::for_objects(&request, None, &Selection::default())?.encode(&given);
            cases.push(Case { kind, bytes, meant: meant.clone() });
        }
    }
    Ok(cases)
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::num::f64::ANY.prop_map(Value::from),
        prop::sample::select(vec![0.0, -0.0, f64::MAX, f64::MIN_POSITIVE, 5e-324, 0.1]).prop_map(Value::from),
        text().prop_map(Value::from),
        text().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((name(), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn text() -> impl Strategy<Value = String> {
    let odd = prop::sample::select(vec![
        "",
        " ",
        "\0",
        "\t",
        "\r\n",
        "\n",
        "_x",
        "_X0041_",
        "_x0041_",
        "_",
        "x0041_",
        "<",
        "&",
        "]]>",
        "\"",
        "'",
        "\u{7f}",
        "\u{85}",
        "\u{2028}",
        "\u{feff}",
        "\u{fffd}",
        "\u{fffe}",
        "\u{ffff}",
        "\u{1f600}",
        "\u{10fffe}",
        "e\u{301}",
        "&#x41;",
        "<![CDATA[",
        "plain text",
        "_x005F_",
    ]);
    prop_oneof![prop::collection::vec(odd, 0..6).prop_map(|parts| parts.concat()), any::<String>(), "[ -~]{0,40}",]
}

fn name() -> impl Strategy<Value = String> {
    let odd = prop::sample::select(vec![
        "",
        "_",
        "_2",
        "__2",
        "a",
        "A",
        "a_2",
        "PSObject",
        "pstypenames",
        "Count",
        "GetType",
        "RefId",
        "*",
        "[a]",
        "ß",
        "SS",
        "ſ",
        "s",
        "\u{212a}",
        "k",
        "ı",
        "I",
        "i",
        "Σ",
        "ς",
        "σ",
    ]);
    prop_oneof![odd.prop_map(str::to_owned), text()]
}

/// The notation of [`SCRIPT`], from the value that was encoded.
fn meant(value: &Value) -> String {
    meant_at(value, 0)
}

/// The same within so many containers.
fn meant_at(value: &Value, depth: usize) -> String {
    let mut to = String::new();
    add_value(&mut to, value, depth);
    to
}

fn add_value(to: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Null => to.push('n'),
        Value::Bool(yes) => to.push_str(if *yes { "b1" } else { "b0" }),
        Value::Number(number) => {
            let _ = match (number.as_i64(), number.as_u64(), number.as_f64()) {
                (Some(integer), ..) if i32::try_from(integer).is_ok() => write!(to, "i{integer}"),
                (Some(integer), ..) => write!(to, "l{integer}"),
                (None, Some(integer), _) => write!(to, "m{integer}"),
                (None, None, double) => write!(to, "d{:016x}", double.unwrap_or_default().to_bits()),
            };
        }
        Value::String(text) => add_text(to, text),
        Value::Array(_) | Value::Object(_) if depth >= DEEPEST => add_text(to, &value.to_string()),
        Value::Array(items) => {
            to.push('[');
            for item in items {
                add_value(to, item, depth + 1);
                to.push(',');
            }
            to.push(']');
        }
        Value::Object(members) => {
            to.push('{');
            for (name, value) in meant_names(members).iter().zip(members.values()) {
                to.push_str(&in_base64(name));
                to.push('=');
                add_value(to, value, depth + 1);
                to.push(',');
            }
            to.push('}');
        }
    }
}

fn meant_names(members: &Map<String, Value>) -> Vec<String> {
    let mut taken = HashSet::new();
    let mut names = Vec::new();
    for name in members.keys() {
        let base = if name.is_empty() { "_" } else { name };
        let numbered = (2..).map(|number| format!("{base}_{number}"));
        let free = std::iter::once(base.to_owned())
            .chain(numbered)
            .find(|candidate| taken.insert(candidate.to_uppercase().to_lowercase()));
        names.extend(free);
    }
    names
}

fn meant_batch(columns: &ColumnSet, include_error: bool, rows: &[Row]) -> String {
    let mut meant_rows = String::new();
    let mut meant_errors = String::new();
    for (before, row) in rows.iter().enumerate() {
        meant_rows += "{";
        for (name, cell) in columns.names().zip(cells(row)) {
            meant_rows += &format!("{}={cell},", in_base64(name));
        }
        if include_error {
            let json = row.error().map(Error::to_json).unwrap_or_default();
            let code = if json["serviceCode"].is_null() { &json["name"] } else { &json["serviceCode"] };
            for (name, value) in
                [("ErrorCode", code), ("ErrorMessage", &json["message"]), ("RequestId", &json["requestId"])]
            {
                meant_rows += &format!("{}={},", in_base64(name), meant(value));
            }
        }
        meant_rows += "},";
        if let Some(error) = row.error() {
            // The row of the mailbox that failed is among those before its error.
            meant_errors += &meant_error(row.position(), before + 1, &error.to_json()["target"], error);
        }
    }
    format!("{{{}=[{meant_rows}],{}=[{meant_errors}],}}", in_base64("rows"), in_base64("errors"))
}

fn meant_error(position: u64, after: usize, mailbox: &Value, error: &Error) -> String {
    let members = [
        ("row", format!("l{position}")),
        ("after", meant(&json!(after))),
        ("mailbox", meant(mailbox)),
        ("error", meant(&error.to_json())),
    ];
    format!("{{{}}},", members.map(|(name, value)| format!("{}={value},", in_base64(name))).concat())
}

fn cells(row: &Row) -> Vec<String> {
    use exrun::rows::Cell;
    let meant = |cell: &Cell| match cell {
        Cell::Null => meant(&Value::Null),
        Cell::Text(text) => meant(&json!(text)),
        Cell::Int(integer) => meant(&json!(integer)),
        Cell::Bool(yes) => meant(&json!(yes)),
        Cell::Json(value) => meant(value),
    };
    row.cells().iter().map(meant).collect()
}

fn add_text(to: &mut String, text: &str) {
    to.push('s');
    to.push_str(&in_base64(text));
}

fn in_base64(text: &str) -> String {
    BASE64.encode(text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>())
}
