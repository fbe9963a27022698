<#
.SYNOPSIS
    Runs the tests of the PowerShell module against the emulator.
.DESCRIPTION
    Needs the native library in $env:EXRUN_LIBRARY, or a module that has one in $env:EXRUN_MODULE, its folder; and the
    emulator's program in $env:EXRUN_EMULATOR or beside the library. The emulator is started for an application whose manifest the tests write, as an administrator would.
    The first line says on which PowerShell they run. The last line reads "Tests Passed: N, Failed: N, Skipped: N"; the exit code is the number of failures.
.PARAMETER Path
    Test files to run, one or several; all of them by default.
.PARAMETER FullNameFilter
    Runs only tests whose full name, Describe and It with a dot between them, is like this: "*undo file*".
.PARAMETER LeftOut
    A data file of tests that this system cannot do: by the reason, files and names of their tests, or of a Describe. They
    are not run, and how many are is said first.
.EXAMPLE
    EXRUN_LIBRARY=target/debug/libexrun.so pwsh -NoProfile -File tests/powershell/Invoke-Tests.ps1

    Runs everything.
.EXAMPLE
    EXRUN_LIBRARY=target/debug/libexrun.so pwsh -NoProfile -File tests/powershell/Invoke-Tests.ps1 tests/powershell/Run.Tests.ps1 tests/powershell/Tenants.Tests.ps1 -FullNameFilter '*journal*'

    Runs some of the tests of two files.
#>
[CmdletBinding(PositionalBinding = $false)]
param(
    [Parameter(Position = 0, ValueFromRemainingArguments = $true)] [string[]] $Path = @($PSScriptRoot),
    [string] $FullNameFilter,
    [string] $LeftOut
)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
if (-not ($env:EXRUN_LIBRARY -or $env:EXRUN_MODULE)) { throw 'name the native library to test in the environment variable EXRUN_LIBRARY' }

if (-not $env:EXRUN_TEST_FOLDER) {
    $emulator = $env:EXRUN_EMULATOR
    if (-not $emulator) {
        $name = if ([System.IO.Path]::DirectorySeparatorChar -eq '\') { 'exrun-emulator.exe' } else { 'exrun-emulator' }
        $emulator = Join-Path (Split-Path -Parent ([System.IO.Path]::GetFullPath($env:EXRUN_LIBRARY))) $name
    }
    if (-not (Test-Path -LiteralPath $emulator)) {
        throw "the emulator is not at $emulator; build it, or name it in the environment variable EXRUN_EMULATOR"
    }
    $folder = Join-Path ([System.IO.Path]::GetTempPath()) ('exrun-tests-' + [guid]::NewGuid().ToString('N'))
    [void] [System.IO.Directory]::CreateDirectory($folder)
    try {
        $manifest = Join-Path $folder 'manifest.json'
        [System.IO.File]::WriteAllText($manifest, '{"appId": "084adbb3-f70c-498f-97a3-464e1f444d9a", "keyCredentials": []}')
        $env:EXRUN_TEST_FOLDER = $folder
        $env:EXRUN_EMULATOR = $emulator
        $filter = @(if ($FullNameFilter) { '-FullNameFilter', $FullNameFilter })
        $left = @(if ($LeftOut) { '-LeftOut', $LeftOut })
        $shell = [System.Diagnostics.Process]::GetCurrentProcess().MainModule.FileName
        & $emulator run --mailboxes 400 --broken-percent 2 --manifest $manifest --client-secret Marked-Client-Secret-51c7 --partner fabrikam.com=7f5d2c3e-0a14-4b0f-9d5e-6c1b2a3f4e50 --partner adatum.com=2b9c4d10-5e6f-4a7b-8c8d-9e0fa1b2c3d4 -- $shell -NoProfile -NonInteractive -File $PSCommandPath @Path @filter @left
        exit $LASTEXITCODE
    } finally {
        [System.IO.Directory]::Delete($folder, $true)
    }
}

'Tests run on PowerShell {0} ({1}), {2}' -f $PSVersionTable.PSVersion, $PSVersionTable.PSEdition, [System.Diagnostics.Process]::GetCurrentProcess().MainModule.FileName
Import-Module Pester -MinimumVersion 5.0
Import-Module (Join-Path $PSScriptRoot 'LeftOut.psm1')
$configuration = New-PesterConfiguration
$configuration.Run.Path = $Path
$configuration.Run.PassThru = $true
# No test uses it, and of two processes that make its key in a registry without one, as under Wine, one fails.
$configuration.TestRegistry.Enabled = $false
if ($FullNameFilter) { $configuration.Filter.FullName = $FullNameFilter }
if ($LeftOut) {
    $configuration.Filter.ExcludeLine = [string[]] @(
        $reasons = Import-PowerShellDataFile -LiteralPath $LeftOut
        foreach ($reason in $reasons.Keys) {
            foreach ($name in $reasons[$reason].Keys) {
                $file = Join-Path $PSScriptRoot $name
                if ($Path -ne $PSScriptRoot -and $name -notin @($Path | Split-Path -Leaf)) { continue }
                [System.Console]::WriteLine("LEFT OUT: $($reasons[$reason][$name].Count) of ${name}: $reason")
                foreach ($test in $reasons[$reason][$name]) {
                    $line = @(Find-Test -File $file -Name $test)
                    if ($line.Count -ne 1) { throw "${LeftOut}: $name has $($line.Count) tests named '$test'" }
                    '{0}:{1}' -f $file, $line[0]
                }
            }
        }
    )
}
$configuration.Output.Verbosity = 'Normal'
$result = Invoke-Pester -Configuration $configuration
'Tests Passed: {0}, Failed: {1}, Skipped: {2}' -f $result.PassedCount, $result.FailedCount, ($result.SkippedCount + $result.NotRunCount)
exit ($result.FailedCount + $result.FailedContainersCount + $result.FailedBlocksCount)
