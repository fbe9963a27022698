BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $app = Initialize-TestApp
    Connect-ExRun -TenantId $app.TenantId -ClientId $app.ClientId -CertificatePath $app.PfxFile -Password $app.Password
    # Those that have another time zone than the one that is set here.
    $working = @(Get-MailboxSettingsReport (Get-TestMailbox -Working) | Where-Object TimeZone -ne 'Tokyo Standard Time' | ForEach-Object MailboxName)
    $broken = @(Get-TestMailbox -Broken)

    # How many writes the emulator has seen since the last reset.
    function Get-Written { (Invoke-Emulator -What state).writesByMailbox.PSObject.Properties | ForEach-Object { $_.Value } | Measure-Object -Sum | ForEach-Object { [int] $_.Sum } }
}

AfterAll { Disconnect-ExRun }

Describe 'Set-ExRunMailboxSettings' {
    BeforeEach { [void] (Invoke-Emulator -Method POST -What reset) }

    It 'changes one mailbox and says what changed' {
        $before = Get-EXRMailboxSettings $working[0]
        $row = Set-ExRunMailboxSettings $working[0] -TimeZone 'Tokyo Standard Time' -Locale ja-JP
        $row.MailboxName | Should -Be $working[0]
        $row.Outcome | Should -Be 'Changed'
        $change = $row.Changes | Where-Object Setting -eq timeZone
        $change.From | Should -Be $before.timeZone
        $change.To | Should -Be 'Tokyo Standard Time'
        $after = Get-EXRMailboxSettings $working[0]
        $after.timeZone | Should -Be 'Tokyo Standard Time'
        $after.language.locale | Should -Be 'ja-JP'
    }

    It 'is there under the short name, and takes a pipeline' {
        $rows = @($working[1..5] | Set-MailboxSettings -DateFormat 'dd.MM.yyyy' -WorkingDays Monday, Friday -WorkingHoursStart 07:30)
        $rows.Count | Should -Be 5
        $rows.MailboxName | Should -Be $working[1..5]
        $after = Get-EXRMailboxSettings $working[3]
        $after.dateFormat | Should -Be 'dd.MM.yyyy'
        $after.workingHours.daysOfWeek | Should -Be @('monday', 'friday')
        $after.workingHours.startTime | Should -BeLike '07:30*'
    }

    It 'with WhatIf reads, says what would change, and writes nothing' {
        $rows = @($working[10..12] | Set-ExRunMailboxSettings -TimeZone 'Tokyo Standard Time' -WhatIf)
        $rows.Count | Should -Be 3
        $rows.Outcome | Should -Be @('WouldChange', 'WouldChange', 'WouldChange')
        $rows[0].Changes[0].To | Should -Be 'Tokyo Standard Time'
        Get-Written | Should -Be 0
        (Get-EXRMailboxSettings $working[10]).timeZone | Should -Not -Be 'Tokyo Standard Time'
    }

    It 'with IfDifferent writes only what differs' {
        $null = Set-ExRunMailboxSettings $working[20] -TimeZone 'Tokyo Standard Time'
        [void] (Invoke-Emulator -Method POST -What reset)
        $rows = @($working[20..21] | Set-ExRunMailboxSettings -TimeZone 'Tokyo Standard Time' -IfDifferent)
        $rows.Outcome | Should -Be @('Unchanged', 'Changed')
        Get-Written | Should -Be 1
    }

    It 'knows a line in a journal by its settings, or by the property that -Key names' {
        $journal = Join-Path $TestDrive 'zones.db'
        $line = [pscustomobject] @{ Mail = $working[30]; Zone = 'Tokyo Standard Time'; Ticket = 12 }
        $null = $line | Set-ExRunMailboxSettings -Settings { @{ timeZone = $_.Zone } } -Journal $journal
        $null = $line | Set-ExRunMailboxSettings -Settings { @{ timeZone = $_.Zone } } -Journal $journal
        Get-Written | Should -Be 1
        $line.Zone = 'Korea Standard Time'
        ($line | Set-ExRunMailboxSettings -Settings { @{ timeZone = $_.Zone } } -Journal $journal).Changes.To | Should -Be 'Korea Standard Time'
        Get-Written | Should -Be 2
        $journal = Join-Path $TestDrive 'tickets.db'
        $first = $line | Set-ExRunMailboxSettings -Settings { @{ timeZone = $_.Zone } } -Journal $journal -Key Ticket
        $line.Zone = 'UTC'
        $again = $line | Set-ExRunMailboxSettings -Settings { @{ timeZone = $_.Zone } } -Journal $journal -Key Ticket
        $again.Changes.To | Should -Be $first.Changes.To
        Get-Written | Should -Be 3
    }

    It 'can be undone by its undo file' {
        $undo = Join-Path $TestDrive 'undo.jsonl'
        $before = @($working[30..34] | ForEach-Object { Get-EXRMailboxSettings $_ })
        $null = @($working[30..34] | Set-ExRunMailboxSettings -TimeZone 'Tokyo Standard Time' -WorkingDays Sunday -UndoFile $undo)
        (Get-EXRMailboxSettings $working[31]).timeZone | Should -Be 'Tokyo Standard Time'
        $rows = @(Set-ExRunMailboxSettings -Restore $undo)
        # In the order in which they were written.
        Compare-Object $rows.MailboxName $working[30..34] | Should -BeNullOrEmpty
        foreach ($index in 0..4) {
            $after = Get-EXRMailboxSettings $working[30 + $index]
            $after.timeZone | Should -Be $before[$index].timeZone
            $after.workingHours.daysOfWeek | Should -Be $before[$index].workingHours.daysOfWeek
        }
    }

    It 'does not take another file for an undo file: <Name>' -ForEach @(
        @{ Name = 'a report'; Text = "MailboxName,TimeZone`nkim@contoso.com,UTC" }
        @{ Name = 'rows of a change'; Text = '{"MailboxName":"kim@contoso.com","Outcome":"Changed","Changes":[]}' }
        @{ Name = 'a journal'; Text = "SQLite format 3`0" }
    ) {
        $file = Join-Path $TestDrive 'other.jsonl'
        [System.IO.File]::WriteAllText($file, $Text)
        [void] (Invoke-Emulator -Method POST -What reset)
        { Set-ExRunMailboxSettings -Restore $file } | Should -Throw "*other.jsonl is no undo file: *" -ErrorId 'ExRun.File,Set-ExRunMailboxSettings'
        Get-Written | Should -Be 0
    }

    It 'reads no line of a file on that no run takes' {
        # All holes, which Windows would fill: whoever read its second line would need more memory than there is.
        $size = if ([System.Environment]::OSVersion.Platform -eq 'Win32NT') { 3MB } else { 64GB }
        $file = Join-Path $TestDrive 'endless.jsonl'
        [System.IO.File]::WriteAllText($file, "{`"MailboxName`":`"kim@contoso.com`",`"@settings`":{}}`n")
        $holes = [System.IO.File]::OpenWrite($file)
        try { $holes.SetLength($size) } finally { $holes.Dispose() }
        [void] (Invoke-Emulator -Method POST -What reset)
        { Set-ExRunMailboxSettings -Restore $file } | Should -Throw "*endless.jsonl is no undo file: a line of it is longer than 1048576 bytes; *" -ErrorId 'ExRun.File,Set-ExRunMailboxSettings'
        Get-Written | Should -Be 0
        Remove-Item $file
    }

    It 'leaves no undo file open, however its reading ends' {
        $undo = Join-Path $TestDrive 'undo-closed.jsonl'
        $lines = foreach ($number in 1..200) { '{"MailboxName":"' + 'k' * 100 + $number + '@contoso.com","@settings":{"timeZone":"UTC"}}' }
        [System.IO.File]::WriteAllLines($undo, [string[]] $lines)
        # Nothing takes what is read of it.
        { & (Get-Module ExRun) {
                param($Path)
                Import-PrivateFunction
                $run = [pscustomobject] @{ Buffer = [System.Text.StringBuilder]::new(); IsEmitting = $false; Native = $null; Stream = [long] 0 }
                Add-RunFile -Run $run -Path $Path
            } $undo } | Should -Throw
        # In use nobody would get it for himself.
        [System.IO.File]::Open($undo, 'Open', 'ReadWrite', 'None').Dispose()
    }

    It 'restores from an undo file that Windows has saved anew' {
        $undo = Join-Path $TestDrive 'undo-windows.jsonl'
        $before = (Get-EXRMailboxSettings $working[41]).timeZone
        $null = Set-ExRunMailboxSettings $working[41] -TimeZone 'Tokyo Standard Time' -UndoFile $undo
        $text = [System.IO.File]::ReadAllText($undo).Replace("`n", "`r`n")
        [System.IO.File]::WriteAllText($undo, $text, [System.Text.UTF8Encoding]::new($true))
        (Set-ExRunMailboxSettings -Restore $undo).Outcome | Should -Be 'Changed'
        (Get-EXRMailboxSettings $working[41]).timeZone | Should -Be $before
    }

    It 'takes the lines of an undo file as objects, too' {
        $undo = Join-Path $TestDrive 'undo-objects.jsonl'
        $before = (Get-EXRMailboxSettings $working[40]).timeZone
        $null = Set-ExRunMailboxSettings $working[40] -TimeZone 'Tokyo Standard Time' -UndoFile $undo
        $null = Get-Content $undo | ConvertFrom-Json | Set-ExRunMailboxSettings
        (Get-EXRMailboxSettings $working[40]).timeZone | Should -Be $before
    }

    It 'sets automatic replies' {
        $start = [datetime]::new(2027, 1, 4, 8, 0, 0, [System.DateTimeKind]::Utc)
        $null = Set-ExRunMailboxSettings $working[50] -AutomaticReplyStatus Scheduled -AutomaticReplyStart $start -AutomaticReplyEnd $start.AddDays(7) -InternalReplyMessage 'away' -ExternalReplyMessage '' -ExternalAudience None
        $replies = (Get-EXRMailboxSettings $working[50]).automaticRepliesSetting
        $replies.status | Should -Be 'scheduled'
        $replies.scheduledStartDateTime.dateTime | Should -BeLike '2027-01-04T08:00:00*'
        $replies.internalReplyMessage | Should -Be 'away'
    }

    It 'takes settings by their names in Graph' {
        $null = Set-ExRunMailboxSettings $working[60] -Settings @{ timeFormat = 'hh:mm tt'; workingHours = [pscustomobject] @{ endTime = '16:00' } }
        $after = Get-EXRMailboxSettings $working[60]
        $after.timeFormat | Should -Be 'hh:mm tt'
        $after.workingHours.endTime | Should -BeLike '16:00*'
        $after.workingHours.startTime | Should -Not -BeNullOrEmpty
    }

    It 'takes settings as JSON text' {
        (Set-ExRunMailboxSettings $working[61] -Settings '{"dateFormat": "d/M/yyyy", "workingHours": {"daysOfWeek": ["monday"]}}').Outcome | Should -Be 'Changed'
        $after = Get-EXRMailboxSettings $working[61]
        $after.dateFormat | Should -Be 'd/M/yyyy'
        $after.workingHours.daysOfWeek | Should -Be 'monday'
        { Set-ExRunMailboxSettings $working[61] -Settings 'dateFormat' } | Should -Throw -ErrorId 'ExRun.InvalidArgument,Set-ExRunMailboxSettings'
    }

    It 'takes settings of each mailbox from a script block, with those of parameters over them' {
        $zones = @("Mail,Zone", "$($working[80]),Tokyo Standard Time", "$($working[81]),UTC" | ConvertFrom-Csv)
        $rows = @($zones | Set-ExRunMailboxSettings -Settings { @{ timeZone = $_.Zone; timeFormat = 'x' } } -TimeFormat 'HH:mm')
        $rows.MailboxName | Should -Be $working[80..81]
        (Get-EXRMailboxSettings $working[80]).timeZone | Should -Be 'Tokyo Standard Time'
        $after = Get-EXRMailboxSettings $working[81]
        $after.timeZone | Should -Be 'UTC'
        $after.timeFormat | Should -Be 'HH:mm'
        { Set-ExRunMailboxSettings -All -Settings { @{} } } | Should -Throw -ErrorId 'ExRun.InvalidArgument,Set-ExRunMailboxSettings'
    }

    It 'refuses settings that cannot be, before anything is sent: <Name>' -ForEach @(
        @{ Name = 'an unknown one'; Settings = @{ colour = 'red' } }
        @{ Name = 'one that cannot be written'; Settings = @{ userPurpose = 'room' } }
        @{ Name = 'none at all'; Settings = @{} }
        @{ Name = 'a schedule without its end'; Settings = @{ automaticRepliesSetting = @{ status = 'scheduled' } } }
    ) {
        { Set-ExRunMailboxSettings $working[0] -Settings $Settings -ErrorAction Stop } | Should -Throw -ErrorId 'ExRun.InvalidArgument,Set-ExRunMailboxSettings'
        Get-Written | Should -Be 0
    }

    It 'heeds the preferences of a script or function that calls it' {
        function Set-Carefully { $WhatIfPreference = $true; Set-ExRunMailboxSettings $working[90] -TimeZone 'Tokyo Standard Time' }
        (Set-Carefully).Outcome | Should -Be 'WouldChange'
        Get-Written | Should -Be 0
        function Set-Strictly { $ErrorActionPreference = 'Stop'; Set-ExRunMailboxSettings @($broken[0], $working[90]) -TimeZone UTC }
        { Set-Strictly } | Should -Throw -ErrorId 'ExRun.*,Set-ExRunMailboxSettings'
    }

    It 'refuses to set nothing in mailboxes that are only named' {
        { Set-ExRunMailboxSettings $working[0..1] } | Should -Throw -ErrorId 'ExRun.InvalidArgument,Set-ExRunMailboxSettings' -ExpectedMessage 'nothing was given to set*'
    }

    It 'refuses to set nothing in every mailbox' {
        { Set-ExRunMailboxSettings -All } | Should -Throw -ErrorId 'ExRun.InvalidArgument,Set-ExRunMailboxSettings'
    }

    It 'has a row and an error for a mailbox that fails' {
        $rows = @(@($broken[0], $working[70]) | Set-ExRunMailboxSettings -TimeZone UTC -ErrorAction SilentlyContinue -ErrorVariable failure)
        $rows.Outcome | Should -Be @('Failed', 'Changed')
        $failure.Count | Should -Be 1
        $failure[0].TargetObject | Should -Be $broken[0]
    }

    It 'does not replace an undo file' {
        $undo = Join-Path $TestDrive 'kept.jsonl'
        Set-Content $undo 'kept'
        { Set-ExRunMailboxSettings $working[0] -TimeZone UTC -UndoFile $undo } | Should -Throw -ErrorId 'ExRun.FileExists,Set-ExRunMailboxSettings'
        Get-Content $undo | Should -Be 'kept'
        Get-Written | Should -Be 0
    }
}
