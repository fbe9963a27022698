# The command lines of docs/jobs.md, state.md, plans.md and about_ExRun_Jobs: each is run as it stands by JobLine.ps1, in a process
# of its own with an emulator of its own, and is undone where the document says how. What they sent is judged by Microsoft's
# description of Graph.

BeforeDiscovery {
    Import-Module "$PSScriptRoot/JobLine.psm1" -Force
    $jobs = @(Get-JobLine)
    $run = @($jobs | Where-Object { $_.Why.Count -eq 0 })
    $leftOut = @($jobs | Where-Object { $_.Why.Count -gt 0 })
    $documents = 'jobs.md', 'state.md', 'plans.md', 'migration.md' | ForEach-Object { @{ Document = $_ } }
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-Module "$PSScriptRoot/JobLine.psm1" -Force
    Import-ExRun
    $root = [System.IO.Path]::GetFullPath([System.IO.Path]::Combine($PSScriptRoot, '..', '..'))
    $help = Join-Path (Split-Path $ModulePath) 'en-US'
}

Describe 'The jobs, run one after another in an emulated tenant' {
    BeforeAll {
        $ran = Join-Path $TestDrive 'ran.json'
        $requests = Join-Path $TestDrive 'requests.jsonl'
        $shell = [System.Diagnostics.Process]::GetCurrentProcess().MainModule.FileName
        $output = Invoke-WithEmulator -Folder (Join-Path $TestDrive 'jobs') -Option '--mailboxes', '14', '--broken-percent', '0', '--requests-file', $requests `
            -Command $shell, '-NoProfile', '-NonInteractive', '-File', "$PSScriptRoot/JobLine.ps1", '-OutFile', $ran, '-Count', '14'
        if (-not (Test-Path -LiteralPath $ran)) { throw "the jobs did not come to their end: $output" }
        $failures = @{}
        # In Windows PowerShell a list of JSON comes as one object: the parentheses take it apart.
        (ConvertFrom-Json ([System.IO.File]::ReadAllText($ran))) | ForEach-Object { $failures[[int] $_.Number] = $_.Failed }

        # The Python that has Microsoft's SDK, which CI must have.
        function Get-Judge {
            $python = $env:EXRUN_INTEROP_PYTHON
            if ($python) {
                & $python -c 'import importlib.util, sys; sys.exit(importlib.util.find_spec("msgraph") is None)'
                if ($LASTEXITCODE -eq 0) { return $python }
            }
            if ($env:EXRUN_REQUIRE_INTEROP -eq '1') { throw 'EXRUN_INTEROP_PYTHON names no Python that has msgraph' }
            [System.Console]::WriteLine("LEFT OUT: Jobs.Tests.ps1: requests are not judged by Microsoft's description of Graph: EXRUN_INTEROP_PYTHON names no Python that has msgraph")
        }
    }

    Context 'Job <Number>, <Document>, <Heading>: <Job>' -ForEach $run {
        It 'does what it says, and is undone' {
            $failures.Keys | Should -Contain $Number
            $failures[$Number] | Should -BeNullOrEmpty -Because $Code
        }
    }

    It 'send only what Microsoft describes' {
        $python = Get-Judge
        if (-not $python) { Set-ItResult -Skipped -Because "there is no Python with Microsoft's SDK"; return }
        $said = @(& $python -B ([System.IO.Path]::Combine($root, 'tests', 'interop', 'graph_requests.py')) $requests 2>&1 | ForEach-Object { "$_" })
        $LASTEXITCODE | Should -Be 0 -Because ($said -join "`n")
        # Of all commands, and not of one alone.
        $said[-1] | Should -Match '^judged \d{3,} requests of [3-9]\d forms'
    }
}

Describe 'The jobs' -ForEach @(@{ Run = $run; LeftOut = $leftOut }) {
    It 'are found in each document' {
        foreach ($document in 'jobs.md', 'state.md', 'plans.md') { @($Run | Where-Object { $_.Document -eq $document }).Count | Should -BeGreaterOrEqual 1 -Because $document }
        $Run.Count | Should -BeGreaterOrEqual 35
    }

    It 'are run but for one that is named' {
        @($LeftOut | ForEach-Object { $_.Job }) | Should -Be @('pwsh -NonInteractive -Command "Test-ExRunMailboxState -All -State state.psd1 -OutFile drift.csv -EnableExit"')
        foreach ($job in $LeftOut) { [System.Console]::WriteLine("NOT RUN: $($job.Document): $($job.Code): $($job.Why -join ', ')") }
    }

    It 'stand in about_ExRun_Jobs as in docs/jobs.md' {
        # Codes that both have are there once: of the topic nothing is left.
        @($Run | Where-Object { $_.Document -like 'about_*' } | ForEach-Object { $_.Code }) | Should -BeNullOrEmpty
    }
}

Describe 'Commands that <Document> names' -ForEach $documents {
    It 'are there, with their parameters' {
        $path = [System.IO.Path]::Combine($root, 'docs', $Document)
        @(Get-NamedCode $path | ForEach-Object { Get-UnknownName $_ -Foreign '^(?!.*ExRun)' }) | Should -BeNullOrEmpty
    }
}

Describe 'What takes the place of commands of others' {
    It 'is there in docs/migration.md' {
        $code = @(Get-NamedCode ([System.IO.Path]::Combine($root, 'docs', 'migration.md')) -Column ExRun)
        $code.Count | Should -BeGreaterThan 60
        @($code | ForEach-Object { Get-UnknownName $_ -Foreign '-Mg' }) | Should -BeNullOrEmpty
    }

    It 'is there in about_ExRun_Migration' {
        # The right column of its tables.
        $lines = @([System.IO.File]::ReadAllLines((Join-Path $help 'about_ExRun_Migration.help.txt')) | Where-Object { $_ -match '^ {8}.{26} \S' } | ForEach-Object { $_.Substring(35) })
        $lines.Count | Should -BeGreaterThan 60
        Get-UnknownName ($lines -join "`n") -Foreign '-Mg' | Should -BeNullOrEmpty
    }

    It 'is found missing where it is' {
        Get-UnknownName 'Get-ExRunMailFolder -Sums; Get-ExRunNothing -Folder inbox' | Should -Be @('Get-ExRunMailFolder -Sums', 'Get-ExRunNothing')
        Get-UnknownName "Get-EXRMailboxSettings -MailboxName 'a -Nothing'" | Should -BeNullOrEmpty
    }
}
