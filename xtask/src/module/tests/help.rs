//! The help is the same in its file as in the comments that it is made of.

use std::path::Path;
use std::process::Command;

use super::{assert_same, is_left_out, laid_out, said_with};
use crate::module::{help, read, sources};
use crate::package::tests::judges;

const SHOWN: &str = include_str!("help.ps1");

/// A module whose help has every part that comments can have, of which our commands use some only.
const EVERY_PART: &str = r"
function Get-Part {
    <#
    .SYNOPSIS
    One <line> & more.
    .DESCRIPTION
      Indented, with a line

        that stands further in.
    .PARAMETER Name
    Its name,
    in two lines.
    .PARAMETER Day
    One of some.
    .INPUTS
    System.String
    .INPUTS
    Text that is no type.
    .OUTPUTS
    Nothing.
    .NOTES
    A note.

    And another.
    .EXAMPLE
    Get-Part one
    Get-Part two

    Two commands.
    .EXAMPLE
    PS> Get-Part
    .LINK
    Get-Command
    .LINK
    https://example.org/part
    #>
    [CmdletBinding(DefaultParameterSetName = 'One')]
    param(
        [Parameter(Mandatory = $true, Position = 1, ValueFromPipeline = $true)] [SupportsWildcards()] [Alias('N', 'Title')]
        [string[]] $Name,
        [Parameter(ParameterSetName = 'One')] [DayOfWeek] $Day = 'Monday',
        [Parameter(ParameterSetName = 'Other', Mandatory = $true)] [PSDefaultValue(Help = 'all of them')] [int] $Number = 3,
        [switch] $All
    )
}
function Get-Less {
    <#
    .SYNOPSIS
    Without parameters.
    #>
    param()
}
";

/// Whoever has another language gets the help as well.
#[test]
fn get_help_tells_the_same_in_every_language() {
    let Some((module, _folder)) = laid_out() else { return };
    let shown = |folder: &Path, language: &str| said_with(SHOWN, &folder.join("ExRun.psd1"), &[language]);
    let tested = shown(&sources(), "en-US");
    for part in ["---- Get-EXRMailboxSettings\n", "---- Decode-Token\n", "EXAMPLE 2 ----", "<CommonParameters>"] {
        assert!(tested.contains(part), "{part}: {tested}");
    }
    for language in ["en-US", "de-DE"] {
        assert_same(&shown(&module, language), &tested);
    }
}

#[test]
fn every_part_that_comments_can_have_is_told() {
    if is_left_out() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let [of_comments, of_file] = ["comments", "file"].map(|name| folder.path().join(name).join("Parts.psm1"));
    std::fs::create_dir_all(of_comments.parent().unwrap()).unwrap();
    std::fs::create_dir_all(of_file.parent().unwrap().join("en-US")).unwrap();
    std::fs::write(&of_comments, EVERY_PART).unwrap();
    let text = help::of(&of_comments).unwrap();
    std::fs::write(of_file.parent().unwrap().join("en-US").join(help::FILE), &text).unwrap();
    let commands = EVERY_PART.split("function ").skip(1).map(|rest| format!("function {rest}"));
    let bare: String = commands.map(|command| help::elsewhere(&command, "").unwrap()).collect();
    assert!(!bare.contains("SYNOPSIS"), "{bare}");
    std::fs::write(&of_file, bare).unwrap();

    let [tested, given] = [&of_comments, &of_file].map(|module| said_with(SHOWN, module, &["en-US"]));
    for part in
        ["<line> & more", "Text that is no type.", "And another.", "example.org/part", "all of them", "Saturday"]
    {
        assert!(tested.contains(part), "{part}: {tested}");
    }
    assert_same(&given, &tested);

    // What the file would not have is no silent loss.
    std::fs::write(&of_comments, EVERY_PART.replace(".NOTES", ".FUNCTIONALITY")).unwrap();
    let said = format!("{:#}", help::of(&of_comments).unwrap_err());
    assert!(said.contains("Get-Part") && said.contains("Functionality"), "{said}");
}

#[test]
fn equal_help_is_equal_bytes() {
    if is_left_out() {
        return;
    }
    let made = help::of(&sources().join("ExRun.psd1")).unwrap();
    assert!(made == help::of_the_module().unwrap(), "two files of the same help differ");
}

/// Not PowerShell alone can read the file.
#[test]
fn the_file_of_the_help_is_well_formed() {
    let Some((module, _folder)) = laid_out() else { return };
    let Some(python) = judges::python_with("xml.etree.ElementTree") else { return };
    let script = "
import sys
import xml.etree.ElementTree as tree
spaces = {'command': 'http://schemas.microsoft.com/maml/dev/command/2004/10', 'maml': 'http://schemas.microsoft.com/maml/2004/10'}
for command in tree.parse(sys.argv[1]).getroot().findall('command:command', spaces):
    name = command.findtext('command:details/command:name', namespaces=spaces)
    synopsis = command.findtext('command:details/maml:description/maml:para', namespaces=spaces)
    examples = command.findall('command:examples/command:example', spaces)
    if synopsis and len(examples) > 1: print(name)
";
    let output = Command::new(python).args(["-c", script]).arg(module.join("en-US").join(help::FILE)).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let named = String::from_utf8(output.stdout).unwrap();
    let script = "param($Path) (Import-Module $Path -PassThru).ExportedFunctions.Keys";
    let exported = super::said(script, &module);
    let sorted = |text: &str| {
        let mut names: Vec<_> = text.lines().map(str::to_owned).collect();
        names.sort();
        names
    };
    assert_eq!(sorted(&named), sorted(&exported));
}

#[test]
fn a_command_without_help_at_its_start_is_refused() {
    let said = help::elsewhere("function Get-None {\n    param()\n}\n", "").unwrap_err().to_string();
    assert!(said.contains("help"), "{said}");
    let command = read(&sources().join("Public").join("Get-TenantId.ps1")).unwrap();
    let bare = help::elsewhere(&command, "../").unwrap();
    assert!(bare.starts_with("function Get-TenantId {\n    # .EXTERNALHELP ../ExRun-help.xml\n    ["), "{bare}");
}
