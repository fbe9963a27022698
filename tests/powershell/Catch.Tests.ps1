# Every catch block of the module is run here: what stands in one that no test reaches may not even bind.

BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $root = Split-Path (Get-Module ExRun).Path
    # Where each begins to do something: File, Line and Column of its first statement, and the Function that it stands in.
    function Find-Catch {
        param([string] $Path)
        $tree = [System.Management.Automation.Language.Parser]::ParseFile($Path, [ref] $null, [ref] $null)
        foreach ($clause in $tree.FindAll({ param($node) $node -is [System.Management.Automation.Language.CatchClauseAst] -or $node -is [System.Management.Automation.Language.TrapStatementAst] }, $true)) {
            # One without a statement hides a failure, and has nothing to stop at.
            $first = $clause.Body.Statements | Select-Object -First 1
            $around = $clause
            while ($null -ne $around -and $around -isnot [System.Management.Automation.Language.FunctionDefinitionAst]) { $around = $around.Parent }
            # A statement on the line of the catch itself is found by its column; of an if the engine stops at the condition.
            $hasOwnLine = $first -and $first.Extent.StartLineNumber -ne $clause.Extent.StartLineNumber
            [pscustomobject] @{
                File     = $Path
                Line     = $(if ($first) { $first.Extent.StartLineNumber })
                Column   = $(if ($hasOwnLine) { 0 } elseif ($first) { $first.Extent.StartColumnNumber })
                Function = $(if ($null -ne $around) { $around.Name })
                Place    = '{0}:{1}' -f (Split-Path -Leaf $Path), $clause.Extent.StartLineNumber
            }
        }
    }
    $clauses = @(Get-ChildItem $root -Include *.ps1, *.psm1 -Recurse | ForEach-Object { Find-Catch $_.FullName })
}

Describe 'A catch block of the module' {
    It 'is run' {
        $clauses.Count | Should -BeGreaterThan 0
        @($clauses | Where-Object { $null -eq $_.Line }).Place | Should -BeNullOrEmpty
        $points = @{}
        foreach ($clause in $clauses) {
            # On Windows there is one environment, and nothing is copied.
            if ($clause.Function -eq 'Copy-NativeEnvironment' -and [System.IO.Path]::DirectorySeparatorChar -eq '\') { continue }
            $column = if ($clause.Column) { @{ Column = $clause.Column } } else { @{} }
            $points[$clause.Place] = Set-PSBreakpoint -Script $clause.File -Line $clause.Line @column -Action { }
        }
        $temporary = $env:TMPDIR, $env:TEMP, $env:TMP
        try {
            # What .NET refuses to a command: no place for a temporary file.
            $env:TMPDIR = $env:TEMP = $env:TMP = Join-Path $TestDrive 'nowhere'
            # A library of another release.
            { & (Get-Module ExRun) { Import-PrivateFunction; Read-RowBlock -Block ([byte[]] @(1, 255)) } } | Should -Throw 'the library gave rows that cannot be read: *'
            { Compare-ExRunReport @([pscustomobject] @{ MailboxName = 'x' }) @([pscustomobject] @{ MailboxName = 'x' }) } | Should -Throw
            $env:TMPDIR, $env:TEMP, $env:TMP = $temporary
            # A host without a console.
            & (Get-Module ExRun) { Import-PrivateFunction; Get-ConsoleWidth -Shell ([pscustomobject] @{}) } | Should -BeGreaterThan 80
            & (Get-Module ExRun) {
                # A C library without setenv, and a library that is none.
                Copy-NativeEnvironment -Type ([string])
                try { Assert-NativeVersion -Type ([string]) -Path nowhere } catch { $_ }
            } | Should -BeLike 'loading the native library nowhere: *'
        } finally {
            $env:TMPDIR, $env:TEMP, $env:TMP = $temporary
            $points.Values | Remove-PSBreakpoint
        }
        @($points.Keys | Where-Object { $points[$_].HitCount -eq 0 }) | Should -BeNullOrEmpty
    }

    It 'is found, and a new one that no test reaches is' {
        $file = Join-Path $TestDrive 'new.ps1'
        [System.IO.File]::WriteAllText($file, "function f {`n    try { g } catch { h }`n    try { g } catch [System.Exception] { }`n}`ntrap { i }`n")
        $found = @(Find-Catch $file | Sort-Object { [int] ($_.Place -split ':')[1] })
        $found.Place | Should -Be 'new.ps1:2', 'new.ps1:3', 'new.ps1:5'
        $found[0].Column | Should -Be 23
        $found[0].Function | Should -Be 'f'
        $found[1].Line | Should -BeNullOrEmpty
    }
}
