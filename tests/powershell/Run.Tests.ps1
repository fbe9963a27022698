BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $app = Initialize-TestApp
    Connect-ExRun -TenantId $app.TenantId -ClientId $app.ClientId -CertificatePath $app.PfxFile -Password $app.Password
    function Get-AppSettings { [pscustomobject] @{ TenantId = $app.TenantId; ClientId = $app.ClientId } }
    $all = Get-TestMailbox
    $working = Get-TestMailbox -Working
    $broken = @(Get-TestMailbox -Broken)
    $columns = 'MailboxName', 'Language', 'Locale', 'TimeZone', 'AutomaticReplyStatus'

    # How often the emulator was asked about mailboxes since the last reset.
    function Get-Asked { (Invoke-Emulator -What state).byMailbox.PSObject.Properties | ForEach-Object { $_.Value } | Measure-Object -Sum | ForEach-Object { [int] $_.Sum } }
}

AfterAll { Disconnect-ExRun }

Describe 'Mailboxes that the library finds itself' {
    It 'are all of the tenant' {
        $report = @(Get-MailboxSettingsReport -All -ErrorAction SilentlyContinue)
        $report.Count | Should -Be $all.Count
        Compare-Object $report.MailboxName $all | Should -BeNullOrEmpty
        $report[0].PSObject.Properties.Name | Should -Be $columns
    }

    It 'are no more than asked for' {
        @(Get-MailboxSettingsReport -All -Top 7 -ErrorAction SilentlyContinue).Count | Should -Be 7
    }

    It 'are those of a filter' {
        $report = @(Get-MailboxSettingsReport -All -Filter "startsWith(userPrincipalName,'mary')" -ErrorAction SilentlyContinue)
        $expected = @($all | Where-Object { $_ -like 'mary*' })
        $report.Count | Should -Be $expected.Count
        Compare-Object $report.MailboxName $expected | Should -BeNullOrEmpty
    }

    It 'are the members of a group' {
        $report = @(Get-MailboxSettingsReport -Group Sales -ErrorAction SilentlyContinue)
        $report.Count | Should -BeGreaterThan 0
        $report.Count | Should -BeLessThan $all.Count
        $report | ForEach-Object { $all | Should -Contain $_.MailboxName }
    }

    It 'need a group that is there' {
        { Get-MailboxSettingsReport -Group 'No such group' } | Should -Throw -ErrorId 'ExRun.NotFound,Get-MailboxSettingsReport'
    }

    It 'are not none: All may not be false' {
        { Get-MailboxSettingsReport -All:$false } | Should -Throw -ErrorId 'ExRun.InvalidArgument,Get-MailboxSettingsReport' -ExpectedMessage '*-All is false*'
    }

    It 'are not given twice: a list and All exclude each other' {
        { Get-MailboxSettingsReport -Mailboxes $all -All } | Should -Throw
    }
}

Describe 'A journal' {
    BeforeEach { $journal = Join-Path $TestDrive ('run-' + [guid]::NewGuid().ToString('N') + '.db') }

    It 'lets a run that was cut go on, in the same session, without asking again' {
        $first = @(Get-MailboxSettingsReport $working -Journal $journal | Select-Object -First 50)
        $first.Count | Should -Be 50
        [void] (Invoke-Emulator -Method POST -What reset)
        $whole = @(Get-MailboxSettingsReport $working -Journal $journal)
        $whole.MailboxName | Should -Be $working
        $whole[0].TimeZone | Should -Be $first[0].TimeZone
        Get-Asked | Should -BeLessOrEqual ($working.Count - 50)
        (Get-ExRunLastRun).Recalled | Should -BeGreaterOrEqual 50
    }

    It 'gives the whole run again without a request' {
        $report = @(Get-MailboxSettingsReport $all -Journal $journal -ErrorAction SilentlyContinue)
        [void] (Invoke-Emulator -Method POST -What reset)
        $again = @(Get-MailboxSettingsReport $all -Journal $journal -ErrorAction SilentlyContinue -ErrorVariable failure)
        Get-Asked | Should -Be 0
        ($again | ConvertTo-Csv) -join "`n" | Should -Be (($report | ConvertTo-Csv) -join "`n")
        $failure.Count | Should -Be $broken.Count
        $failure[0].TargetObject | Should -Be $broken[0]
    }

    It 'asks failed mailboxes again when told to' {
        $null = @(Get-MailboxSettingsReport $all -Journal $journal -ErrorAction SilentlyContinue)
        [void] (Invoke-Emulator -Method POST -What reset)
        $null = @(Get-MailboxSettingsReport $all -Journal $journal -RetryFailed -ErrorAction SilentlyContinue)
        Get-Asked | Should -Be $broken.Count
    }

    It 'of an earlier night is not taken for a new one unnoticed' {
        $null = @(Get-MailboxSettingsReport $working[0..2] -Journal $journal -WarningVariable fresh -WarningAction SilentlyContinue)
        $null = @(Get-MailboxSettingsReport $working[0..2] -Journal $journal -WarningVariable +fresh -WarningAction SilentlyContinue)
        $fresh | Should -BeNullOrEmpty
        [System.IO.File]::SetLastWriteTime($journal, [datetime]::Now.AddDays(-1))
        $rows = @(Get-MailboxSettingsReport $working[0..3] -Journal $journal -WarningVariable stale -WarningAction SilentlyContinue)
        $rows.MailboxName | Should -Be $working[0..3]
        @($stale).Count | Should -Be 1
        [string] $stale[0] | Should -BeLike "3 of the 4 rows come from the journal $journal, which was last written to on *; name a new journal for a new run"
    }

    It 'says with -Verbose how many rows it gave' {
        $null = @(Get-MailboxSettingsReport $working[0..2] -Journal $journal)
        $said = Get-MailboxSettingsReport $working[0..3] -Journal $journal -Verbose 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }
        @($said.Message) | Should -Contain "3 of the 4 rows come from the journal $journal"
    }

    It 'belongs to one run: other columns are refused' {
        $null = @(Get-MailboxSettingsReport $working[0..2] -Journal $journal)
        { Get-MailboxSettingsReport $working[0..2] -Journal $journal -Property DateFormat } | Should -Throw -ErrorId 'ExRun.JournalMismatch,Get-MailboxSettingsReport'
    }

    It 'takes PowerShell paths' {
        Push-Location $TestDrive
        try {
            $null = @(Get-MailboxSettingsReport $working[0..2] -Journal ./relative.db)
            Join-Path $TestDrive 'relative.db' | Should -Exist
        } finally { Pop-Location }
    }
}

Describe 'A path' {
    It 'may be on a drive that only the caller knows' {
        function Get-WithDrive {
            $null = New-PSDrive -Name OwnDrive -PSProvider FileSystem -Root $TestDrive
            Get-MailboxSettingsReport $working[0] -OutFile OwnDrive:/own.csv
            (Import-Csv OwnDrive:/own.csv).MailboxName
        }
        Get-WithDrive | Should -Be $working[0]
    }

    It 'may be in the home folder' {
        $name = 'exrun-test-' + [guid]::NewGuid().ToString('N') + '.csv'
        try {
            Get-MailboxSettingsReport $working[0] -OutFile "~/$name"
            Join-Path $HOME $name | Should -Exist
        } finally { Remove-Item (Join-Path $HOME $name) -ErrorAction SilentlyContinue }
    }

    It 'on no drive is refused in words, and noted once' {
        $global:Error.Clear()
        { Get-MailboxSettingsReport $working[0] -OutFile nodrive:/x.csv } | Should -Throw -ErrorId 'ExRun.File,Get-MailboxSettingsReport' -ExpectedMessage "nodrive:/x.csv: *'nodrive'*"
        $global:Error.Count | Should -Be 1
    }

    It 'of another provider is refused in words' {
        { Get-MailboxSettingsReport $working[0] -OutFile Env:x.csv } | Should -Throw -ErrorId 'ExRun.InvalidArgument,Get-MailboxSettingsReport' -ExpectedMessage '*Environment*'
    }
}

Describe 'The Tab key' {
    It 'offers settings and connections' {
        $line = 'Get-MailboxSettingsReport x -Property WorkingHoursS'
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be 'WorkingHoursStart'
        $line = 'Set-ExRunMailboxSettings x -Connection De'
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be 'Default'
    }

    It 'knows every setting of a report' {
        $row = Get-MailboxSettingsReport $working[0] -Property *
        $line = 'Get-EXRMailboxSettingsReport -Property '
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be ($row.PSObject.Properties.Name | Select-Object -Skip 5)
    }
}

Describe 'Shards' {
    It 'are the whole together, each mailbox in one' {
        $parts = @(1..3 | ForEach-Object { @(Get-MailboxSettingsReport $working -Shard "$_/3") })
        $parts.Count | Should -Be $working.Count
        Compare-Object $parts.MailboxName $working | Should -BeNullOrEmpty
        (Get-ExRunLastRun).OtherShards | Should -BeGreaterThan 0
    }

    It 'have journals that merge into that of the whole' {
        1..3 | ForEach-Object { $null = @(Get-MailboxSettingsReport $working -Shard "$_/3" -Journal (Join-Path $TestDrive "shard-$_.db")) }
        $merged = Merge-ExRunJournal -Path (Join-Path $TestDrive 'shard-*.db') -Destination (Join-Path $TestDrive 'whole.db')
        $merged.Rows | Should -Be $working.Count
        [void] (Invoke-Emulator -Method POST -What reset)
        @(Get-MailboxSettingsReport $working -Journal (Join-Path $TestDrive 'whole.db')).MailboxName | Should -Be $working
        Get-Asked | Should -Be 0
    }

    It 'have journals whose names may have brackets in them' {
        $folder = Join-Path $TestDrive 'we[i]rd'
        [void] [System.IO.Directory]::CreateDirectory($folder)
        Push-Location -LiteralPath $folder
        try {
            1..2 | ForEach-Object { $null = @(Get-MailboxSettingsReport $working[0..9] -Shard "$_/2" -Journal "shard[$_].db") }
            (Merge-ExRunJournal 'shard[1].db', 'shard[2].db' named.db).Rows | Should -Be 10
            (Get-ChildItem shard*.db | Merge-ExRunJournal -Destination piped.db).Rows | Should -Be 10
        } finally {
            Pop-Location
        }
    }

    It 'are refused where they make no sense' {
        { Get-MailboxSettingsReport $working[0] -Shard '4/3' } | Should -Throw -ErrorId 'ExRun.InvalidArgument,Get-MailboxSettingsReport'
    }
}

Describe 'Parameters of a run that do not go together' {
    It 'are refused by their names: <Name>' -ForEach @(
        @{ Name = '-RetryFailed without a journal'; Given = @{ RetryFailed = $true }; Message = '-RetryFailed needs -Journal' }
        @{ Name = '-DefuseFormulas without a file'; Given = @{ DefuseFormulas = $true }; Message = '-DefuseFormulas needs -OutFile' }
        @{ Name = 'an encoding without a file'; Given = @{ Encoding = 'utf8BOM' }; Message = '-Encoding needs -OutFile' }
        @{ Name = 'an encoding of a page'; Given = @{ Encoding = 'utf8BOM'; OutFile = 'report.html' }; Message = '-Encoding utf8BOM: is for files of .csv, and -OutFile report.html is none; *' }
        @{ Name = 'an encoding of JSON Lines'; Given = @{ Encoding = 'utf8'; OutFile = 'report.jsonl' }; Message = '-Encoding utf8: is for files of .csv, and -OutFile report.jsonl is none; *' }
        @{ Name = 'a token and a certificate'; Given = @{ AccessToken = 'eyJ'; CertFileName = 'app.pfx' }; Message = 'give either -AccessToken or a certificate, not both' }
        @{ Name = 'a file of another kind'; Given = @{ OutFile = 'report.txt' }; Message = '-OutFile report.txt: its ending says what is written, and must be .csv, .jsonl or .html' }
        @{ Name = 'a file of no kind'; Given = @{ OutFile = 'report' }; Message = '-OutFile report: *' }
    ) {
        { Get-MailboxSettingsReport $working[0] @Given } | Should -Throw -ErrorId 'ExRun.InvalidArgument,Get-MailboxSettingsReport' -ExpectedMessage $Message
    }
}

Describe 'An output file' {
    It 'holds what the pipeline would have had, and is there when it is complete' {
        $file = Join-Path $TestDrive 'report.csv'
        Get-MailboxSettingsReport $all -OutFile $file -ErrorAction SilentlyContinue -ErrorVariable failure | Should -BeNullOrEmpty
        $failure.Count | Should -Be $broken.Count
        $rows = Import-Csv $file
        $rows.MailboxName | Should -Be $all
        $rows[0].PSObject.Properties.Name | Should -Be $columns
        $exported = Join-Path $TestDrive 'exported.csv'
        Get-MailboxSettingsReport $all -ErrorAction SilentlyContinue | Export-Csv $exported -NoTypeInformation
        Compare-Object @($rows) @(Import-Csv $exported) -Property $columns -SyncWindow 0 | Should -BeNullOrEmpty
        @(Get-ChildItem $TestDrive -Filter 'report.csv*').Count | Should -Be 1
    }

    It 'begins with a byte order mark where -Encoding says so: <Name>' -ForEach @(
        @{ Name = 'nothing'; Given = @{}; Marked = $false }
        @{ Name = 'utf8'; Given = @{ Encoding = 'utf8' }; Marked = $false }
        @{ Name = 'utf8NoBOM'; Given = @{ Encoding = 'utf8NoBOM' }; Marked = $false }
        @{ Name = 'utf8BOM'; Given = @{ Encoding = 'utf8BOM' }; Marked = $true }
        @{ Name = 'utf8bom with a journal, twice'; Given = @{ Encoding = 'utf8bom'; Journal = 'encoding.db' }; Marked = $true }
    ) {
        $file = Join-Path $TestDrive 'encoding.csv'
        if ($Given.Journal) { $Given.Journal = Join-Path $TestDrive $Given.Journal }
        $start = if ($Marked) { 'EF-BB-BF-4D-61' } else { '4D-61-69-6C-62' }
        foreach ($time in 1, 2) {
            Get-MailboxSettingsReport $working[0..4] -OutFile $file @Given
            $bytes = [System.IO.File]::ReadAllBytes($file)
            [System.BitConverter]::ToString($bytes, 0, 5) | Should -Be $start
            [System.Text.Encoding]::UTF8.GetString($bytes).Split([char] 0xFEFF).Count | Should -Be (1 + $Marked)
            $rows = @(Import-Csv $file)
            $rows.MailboxName | Should -Be $working[0..4]
            $rows[0].PSObject.Properties.Name | Should -Be $columns
        }
        Compare-ExRunReport $file $rows | Should -BeNullOrEmpty
    }

    It 'of the other commands takes -Encoding too' {
        $file = Join-Path $TestDrive 'others.csv'
        $mark = 'EF-BB-BF-4D-61-69-6C-62-6F-78-4E-61-6D-65'
        Get-EXRMailboxSettingsReport $working[0] -OutFile $file -Encoding utf8BOM
        [System.BitConverter]::ToString([System.IO.File]::ReadAllBytes($file), 0, 14) | Should -Be $mark
        Invoke-ExRunMailboxRequest $working[0] -Path 'mailFolders/inbox' -Select totalItemCount -OutFile $file -Encoding utf8BOM
        [System.BitConverter]::ToString([System.IO.File]::ReadAllBytes($file), 0, 14) | Should -Be $mark
        Set-ExRunMailboxSettings $working[0] -TimeZone 'UTC' -IfDifferent -Confirm:$false -OutFile $file -Encoding utf8BOM
        [System.BitConverter]::ToString([System.IO.File]::ReadAllBytes($file), 0, 14) | Should -Be $mark
    }

    It 'may be JSON Lines' {
        $file = Join-Path $TestDrive 'report.jsonl'
        Get-MailboxSettingsReport $working[0..4] -OutFile $file
        $rows = @(Get-Content $file | ConvertFrom-Json)
        $rows.MailboxName | Should -Be $working[0..4]
    }

    It 'may be a page' {
        $file = Join-Path $TestDrive 'report.html'
        Get-MailboxSettingsReport $working[0..4] -OutFile $file
        Get-Content $file -Raw | Should -Match '<table'
    }

    It 'is not left half written' {
        $file = Join-Path $TestDrive 'refused.csv'
        { Get-MailboxSettingsReport $broken -OutFile $file -StopAfterErrors 1 -ErrorAction SilentlyContinue } | Should -Throw
        $file | Should -Not -Exist
    }
}

Describe 'Further settings' {
    It 'follow the five' {
        $row = Get-MailboxSettingsReport $working[0] -Property WorkingHoursStart, DateFormat
        $row.PSObject.Properties.Name | Should -Be @($columns + 'WorkingHoursStart', 'DateFormat')
        $row.WorkingHoursStart | Should -Not -BeNullOrEmpty
    }

    It 'may be all' {
        $row = Get-MailboxSettingsReport $working[0] -Property *
        $row.PSObject.Properties.Name[0..4] | Should -Be $columns
        $row.PSObject.Properties.Name | Should -Contain 'UserPurpose'
    }

    It 'that are there already, or are named twice, are there once' {
        $row = Get-MailboxSettingsReport $working[0] -Property timezone, DateFormat, MAILBOXNAME, dateFormat
        $row.PSObject.Properties.Name | Should -Be @($columns + 'DateFormat')
        $row.TimeZone | Should -Not -BeNullOrEmpty
    }

    It 'have names that are known' {
        { Get-MailboxSettingsReport $working[0] -Property Colour } | Should -Throw '*Colour*'
    }
}

Describe 'A run' {
    It 'ends after so many errors when told to' {
        { Get-MailboxSettingsReport $all -StopAfterErrors 2 -ErrorAction SilentlyContinue } | Should -Throw -ErrorId 'ExRun.TooManyErrors,Get-MailboxSettingsReport'
        (Get-ExRunLastRun).Outcome | Should -Be 'Failed'
    }

    It 'gives rows as they come when told to, and each error with its mailbox' {
        $report = @(Get-MailboxSettingsReport $all -AsCompleted -ErrorAction SilentlyContinue -ErrorVariable failure)
        Compare-Object $report.MailboxName $all | Should -BeNullOrEmpty
        Compare-Object @($failure | ForEach-Object { $_.TargetObject }) $broken | Should -BeNullOrEmpty
    }

    It 'says what it did' {
        $null = Get-MailboxSettingsReport $all -ErrorAction SilentlyContinue
        $last = Get-ExRunLastRun
        $last.Command | Should -Be 'Get-MailboxSettingsReport'
        $last.Outcome | Should -Be 'Completed'
        $last.Completed | Should -Be $all.Count
        $last.Failed | Should -Be $broken.Count
        $last.Succeeded | Should -Be ($all.Count - $broken.Count)
        $last.Outcomes.Ok | Should -Be $last.Succeeded
        $last.Requests | Should -BeGreaterThan 0
        $last.Bytes | Should -BeGreaterThan 0
        $last.Duration | Should -BeOfType [timespan]
    }

    It 'says so when it was cut' {
        $null = Get-MailboxSettingsReport $all -ErrorAction SilentlyContinue | Select-Object -First 1
        (Get-ExRunLastRun).Outcome | Should -Be 'Stopped'
    }

    It 'ends with a break or continue of the command behind it, which goes on to the loop it was meant for: <Name>' -ForEach @(
        @{ Name = 'a list'; Piped = $false; Failing = $false }
        @{ Name = 'a pipeline'; Piped = $true; Failing = $false }
        @{ Name = 'failures among the rows'; Piped = $false; Failing = $true }
    ) {
        $names = if ($Failing) { $all } else { $working }
        $rows = 0
        $passes = 0
        foreach ($pass in 1..3) {
            $passes++
            if ($Piped) {
                $names | Get-MailboxSettingsReport | ForEach-Object { $rows++; if ($rows -eq 60) { break } }
            } else {
                Get-MailboxSettingsReport $names -ErrorAction SilentlyContinue | ForEach-Object { $rows++; if ($rows -eq 60) { break } }
            }
        }
        $passes | Should -Be 1
        $rows | Should -Be 60
        $rows = 0
        foreach ($pass in 1..3) {
            if ($Piped) {
                $names | Get-MailboxSettingsReport | ForEach-Object { $rows++; if ($rows % 60 -eq 0) { continue } }
            } else {
                Get-MailboxSettingsReport $names -ErrorAction SilentlyContinue | ForEach-Object { $rows++; if ($rows % 60 -eq 0) { continue } }
            }
            throw 'the continue did not come through'
        }
        $rows | Should -Be 180
        (Get-ExRunLastRun).Outcome | Should -Be 'Stopped'
        (Get-OpenHandle).stream | Should -Be 0
    }

    It 'says duplicates and does not drop them' {
        $names = @($working[0], $working[1], $working[0].ToUpperInvariant())
        $report = @(Get-MailboxSettingsReport $names -WarningVariable warned -WarningAction SilentlyContinue)
        $report.MailboxName | Should -Be $names
        (Get-ExRunLastRun).Duplicates | Should -Be 1
        "$warned" | Should -BeLike '1 of the mailboxes had been given before*'
        $null = Get-MailboxSettingsReport $working[0..1] -WarningVariable warned
        $warned | Should -BeNullOrEmpty
    }

    It 'writes a log without secrets' {
        $log = Join-Path $TestDrive 'run.log'
        $null = Get-MailboxSettingsReport $working[0..9] $app.PfxFile -password $app.Password -LogPath $log
        $lines = @(Get-Content $log)
        $lines.Count | Should -BeGreaterThan 9
        $lines | ForEach-Object { { $_ | ConvertFrom-Json } | Should -Not -Throw }
        $text = $lines -join "`n"
        $text | Should -Not -Match 'eyJ|Bearer|Marked-Secret'
    }

    It 'tells whoever started the script by the exit code' {
        $result = Invoke-Script @"
Import-Module '$ModulePath'
`$password = [securestring]::new()
'$($app.PlainText)'.ToCharArray() | ForEach-Object { `$password.AppendChar(`$_) }
Connect-ExRun -TenantId '$($app.TenantId)' -ClientId '$($app.ClientId)' -CertificatePath '$($app.PfxFile)' -Password `$password
'$($broken[0].Replace("'", "''"))' | Get-MailboxSettingsReport 2>`$null | Out-Null
if ((Get-ExRunLastRun).Failed -gt 0) { exit 3 }
"@
        $result.ExitCode | Should -Be 3
    }

    It 'leaves no handle behind' {
        [void] (Get-ExRunContext)
        $open = Get-OpenHandle
        $open.stream | Should -Be 0
        $open.operation | Should -Be 0
        $open.error | Should -Be 0
    }
}

Describe 'Comparing two reports' {
    BeforeAll {
        $old = @(Get-MailboxSettingsReport $working[0..9])
        $new = @(Get-MailboxSettingsReport $working[1..10])
        $changed = $new[3].MailboxName
        $new[3].TimeZone = 'Changed Standard Time'
    }

    It 'says who changed what, who came and who went' {
        $changes = @(Compare-ExRunReport $old $new)
        $changes.Count | Should -Be 3
        $change = $changes | Where-Object Change -eq Changed
        $change.MailboxName | Should -Be $changed
        $change.Property | Should -Be 'TimeZone'
        $change.From | Should -Be $old[4].TimeZone
        $change.To | Should -Be 'Changed Standard Time'
        ($changes | Where-Object Change -eq Added).MailboxName | Should -Be $working[10]
        ($changes | Where-Object Change -eq Removed).MailboxName | Should -Be $working[0]
    }

    It 'takes files, of Export-Csv as well' {
        $old | Export-Csv (Join-Path $TestDrive 'old.csv') -NoTypeInformation
        $new | Export-Csv (Join-Path $TestDrive 'new.csv') -NoTypeInformation
        $changes = @(Compare-ExRunReport (Join-Path $TestDrive 'old.csv') (Join-Path $TestDrive 'new.csv'))
        $changes.Count | Should -Be 3
    }

    It 'finds nothing where nothing changed, and takes empty reports' {
        Compare-ExRunReport $old $old | Should -BeNullOrEmpty
        @(Compare-ExRunReport @() $old).Count | Should -Be 10
        Compare-ExRunReport @() @() | Should -BeNullOrEmpty
    }

    It 'takes what Resolve-Path and Get-Item give, and one row' {
        $file = Join-Path $TestDrive 'one.csv'
        $old[0] | Export-Csv $file -NoTypeInformation
        Compare-ExRunReport (Resolve-Path $file) (Get-Item $file) | Should -BeNullOrEmpty
        Compare-ExRunReport $file $old[0] | Should -BeNullOrEmpty
    }

    It 'goes to a file instead of the pipeline, as what the ending of its name says' {
        $changes = @(Compare-ExRunReport $old $new)
        foreach ($ending in 'csv', 'jsonl', 'html') { Compare-ExRunReport $old $new -OutFile (Join-Path $TestDrive "changes.$ending") | Should -BeNullOrEmpty }
        $columns = 'MailboxName', 'Change', 'Property', 'From', 'To'
        $exported = Join-Path $TestDrive 'exported.csv'
        $changes | Export-Csv $exported -NoTypeInformation
        Compare-Object @(Import-Csv (Join-Path $TestDrive 'changes.csv')) @(Import-Csv $exported) -Property $columns -SyncWindow 0 | Should -BeNullOrEmpty
        @(Get-Content (Join-Path $TestDrive 'changes.jsonl') | ConvertFrom-Json).MailboxName | Should -Be $changes.MailboxName
        $page = Get-Content (Join-Path $TestDrive 'changes.html') -Raw -Encoding utf8
        $page | Should -Match '<h1>What changed between two reports</h1>'
        # The objects were written to files whose names mean nothing to anybody.
        [regex]::Matches($page, 'report</dt><dd dir="auto">rows of the session</dd>').Count | Should -Be 2
        foreach ($change in $changes) { $page | Should -Match ([regex]::Escape("[`"$($change.MailboxName)`",`"$($change.Change)`"")) }
    }

    It 'calls the reports of a page by the names of their files' {
        $monday, $tuesday = foreach ($day in 'monday', 'tuesday') { Join-Path $TestDrive "$day.csv" }
        $old | Export-Csv $monday -NoTypeInformation
        $new | Export-Csv $tuesday -NoTypeInformation
        $page = Join-Path $TestDrive 'days.html'
        Compare-ExRunReport $monday $tuesday -OutFile $page
        Get-Content $page -Raw | Should -Match '(?s)Earlier report</dt><dd dir="auto">monday\.csv<.+Later report</dt><dd dir="auto">tuesday\.csv<'
    }

    It 'begins a file with a mark, and defuses formulas in it' {
        $file = Join-Path $TestDrive 'formula.csv'
        Compare-ExRunReport ([pscustomobject] @{ MailboxName = 'kim'; Name = 'x' }) ([pscustomobject] @{ MailboxName = 'kim'; Name = '=1+1' }) -OutFile $file -DefuseFormulas -Encoding utf8BOM
        [System.IO.File]::ReadAllBytes($file)[0..2] | Should -Be 0xEF, 0xBB, 0xBF
        (Import-Csv $file).To | Should -Be "'=1+1"
    }

    It 'is told at once that <Name> cannot be' -ForEach @(
        @{ Name = 'a file of another kind'; Given = @{ OutFile = 'changes.txt' }; Message = '-OutFile changes.txt: its ending says what is written, and must be .csv, .jsonl or .html' }
        @{ Name = '-DefuseFormulas without a file'; Given = @{ DefuseFormulas = $true }; Message = '-DefuseFormulas needs -OutFile' }
        @{ Name = 'an encoding of a page'; Given = @{ Encoding = 'utf8BOM'; OutFile = 'changes.html' }; Message = '-Encoding utf8BOM: is for files of .csv, *' }
    ) {
        { Compare-ExRunReport $old $new @Given } | Should -Throw -ErrorId 'ExRun.InvalidArgument,Compare-ExRunReport' -ExpectedMessage $Message
    }

    It 'does not write over a report that is compared' {
        $file = Join-Path $TestDrive 'kept.csv'
        $old | Export-Csv $file -NoTypeInformation
        $before = Get-Content $file -Raw
        { Compare-ExRunReport $file $new -OutFile $file } | Should -Throw -ErrorId 'ExRun.InvalidArgument,Compare-ExRunReport' -ExpectedMessage '*old and outFile name the same file*'
        Get-Content $file -Raw | Should -BeExactly $before
    }

    It 'leaves the last run what it was' {
        $null = Get-MailboxSettingsReport $working[0..2]
        $null = Compare-ExRunReport $old $new
        $last = Get-ExRunLastRun
        $last.Command | Should -Be 'Get-MailboxSettingsReport'
        $last.Completed | Should -Be 3
    }

    It 'says which file is missing' {
        { Compare-ExRunReport (Join-Path $TestDrive 'nowhere.csv') $old } | Should -Throw -ErrorId 'ExRun.File,Compare-ExRunReport'
    }
}
