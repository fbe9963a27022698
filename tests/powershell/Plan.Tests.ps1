BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $app = Initialize-TestApp
    Connect-ExRun -TenantId $app.TenantId -ClientId $app.ClientId -CertificatePath $app.PfxFile -Password $app.Password
    # Those that have another time zone than the one that is planned here.
    $working = @(Get-MailboxSettingsReport (Get-TestMailbox -Working) | Where-Object TimeZone -ne 'Tokyo Standard Time' | ForEach-Object MailboxName)

    # How many writes the emulator has seen since the last reset.
    function Get-Written { (Invoke-Emulator -What state).writesByMailbox.PSObject.Properties | ForEach-Object { $_.Value } | Measure-Object -Sum | ForEach-Object { [int] $_.Sum } }

    # A plan for these mailboxes.
    function New-TestPlan {
        param([string[]] $Mailbox, [string] $Name = 'plan.jsonl', [string] $TimeZone = 'Tokyo Standard Time')
        $path = Join-Path $TestDrive $Name
        $null = $Mailbox | Set-ExRunMailboxSettings -TimeZone $TimeZone -PlanFile $path
        return $path
    }

    # A plan with a line that removes something.
    function New-TestRemoval {
        param([string] $Mailbox)
        $path = Join-Path $TestDrive 'removal.jsonl'
        $message = (Invoke-ExRunMailboxRequest $Mailbox -Path 'messages?$top=1&$select=id,subject')
        $line = [ordered] @{
            mailbox = $Mailbox; facet = 'messages'; key = $message.id; change = 'remove'; from = @{ subject = $message.subject }
            request = @{ method = 'DELETE'; path = "messages/$($message.id)" }; precondition = @{ path = "messages/$($message.id)" }
        }
        @{ exrunPlan = 1; tenant = $app.TenantId }, $line | ForEach-Object { ConvertTo-Json $_ -Compress -Depth 5 } | Set-Content $path
        return $path
    }
}

AfterAll { Disconnect-ExRun }

Describe 'Set-ExRunMailboxSettings -PlanFile' {
    BeforeEach { [void] (Invoke-Emulator -Method POST -What reset) }

    It 'writes down what differs, changes nothing and asks nothing' {
        $path = Join-Path $TestDrive 'planned.jsonl'
        $ConfirmPreference = 'Low'
        $rows = @($working[0..3] | Set-ExRunMailboxSettings -TimeZone 'Tokyo Standard Time' -PlanFile $path)
        $rows.Outcome | Should -Be @('WouldChange', 'WouldChange', 'WouldChange', 'WouldChange')
        Get-Written | Should -Be 0
        $lines = @(Get-Content $path | ForEach-Object { ConvertFrom-Json $_ })
        $lines[0].exrunPlan | Should -Be 1
        $lines[0].tenant | Should -Be $app.TenantId
        $lines[0].counts.change | Should -Be 4
        @($lines[1..4].mailbox | Sort-Object) | Should -Be @($working[0..3] | Sort-Object)
        $lines[1].to.timeZone | Should -Be 'Tokyo Standard Time'
        (Get-ExRunLastRun).Files.PlanFile | Should -Be $path
    }

    It 'with WhatIf leaves the file that is there' {
        $path = Join-Path $TestDrive 'kept.jsonl'
        Set-Content $path 'precious'
        $null = Set-ExRunMailboxSettings $working[0] -TimeZone 'Tokyo Standard Time' -PlanFile $path -WhatIf
        Get-Content $path | Should -Be 'precious'
    }

    It 'does not go with -<Name>' -ForEach @(
        @{ Name = 'Journal'; Given = @{ Journal = 'run.db' } }
        @{ Name = 'UndoFile'; Given = @{ UndoFile = 'undo.jsonl' } }
    ) {
        { Set-ExRunMailboxSettings $working[0] -TimeZone UTC -PlanFile (Join-Path $TestDrive 'x.jsonl') @Given } |
            Should -Throw "*-$Name does not go with -PlanFile*" -ErrorId 'ExRun.InvalidArgument,Set-ExRunMailboxSettings'
    }
}

Describe 'Invoke-ExRunPlan' {
    BeforeEach { [void] (Invoke-Emulator -Method POST -What reset) }

    It 'does what the plan holds, with an audit that is whole, and takes it back' {
        $mailboxes = $working[10..13]
        $before = @($mailboxes | ForEach-Object { (Get-EXRMailboxSettings $_).timeZone })
        $plan = New-TestPlan $mailboxes
        $undo = Join-Path $TestDrive 'undo.jsonl'
        $audit = Join-Path $TestDrive 'audit.jsonl'
        $rows = @(Invoke-ExRunPlan $plan -UndoPlan $undo -AuditFile $audit -Confirm:$false)
        $rows.Outcome | Should -Be @('Done', 'Done', 'Done', 'Done')
        $rows[0].PSObject.Properties.Name | Should -Be @('MailboxName', 'Facet', 'Key', 'Change', 'Outcome', 'Line')
        $rows[0].Line | Should -Be 2
        (Get-EXRMailboxSettings $mailboxes[2]).timeZone | Should -Be 'Tokyo Standard Time'
        $found = Test-ExRunAudit $audit
        $found.IsWhole | Should -BeTrue
        $found.Closed | Should -Be 'Completed'
        $found.Items | Should -Be 4
        $found.Outcomes.Done | Should -Be 4
        $found.Tenant | Should -Be $app.TenantId
        $files = (Get-ExRunLastRun).Files
        $files.UndoPlan | Should -Be $undo
        $files.AuditFile | Should -Be $audit

        (Invoke-ExRunPlan $plan -Confirm:$false).Outcome | Should -Be @('Unchanged', 'Unchanged', 'Unchanged', 'Unchanged')
        (Invoke-ExRunPlan $undo -Confirm:$false).Outcome | Should -Be @('Done', 'Done', 'Done', 'Done')
        @($mailboxes | ForEach-Object { (Get-EXRMailboxSettings $_).timeZone }) | Should -Be $before
    }

    It 'with WhatIf reads, says what would be done, and writes nothing' {
        $plan = New-TestPlan $working[20..22]
        $audit = Join-Path $TestDrive 'dry.jsonl'
        $rows = @(Invoke-ExRunPlan $plan -AuditFile $audit -UndoPlan (Join-Path $TestDrive 'dry-undo.jsonl') -WhatIf)
        $rows.Outcome | Should -Be @('WouldDo', 'WouldDo', 'WouldDo')
        Get-Written | Should -Be 0
        Test-Path $audit | Should -BeFalse
    }

    It 'asks once by itself, and does nothing without an answer' {
        $plan = New-TestPlan $working[20]
        # Whoever runs the tests has no console to ask at.
        { Invoke-ExRunPlan $plan } | Should -Throw
        Get-Written | Should -Be 0
    }

    It 'takes a plan from which lines were taken as text, and refuses one whose lines were changed' {
        $plan = New-TestPlan $working[24..27]
        $lines = @(Get-Content $plan)
        $part = Join-Path $TestDrive 'part.jsonl'
        $lines[0], $lines[2], $lines[4] | Set-Content $part
        (Invoke-ExRunPlan $part -WhatIf).Line | Should -Be @(2, 3)
        $lines[0], ($lines[1] -replace 'Tokyo', 'Korea') | Set-Content $part
        { Invoke-ExRunPlan $part -Confirm:$false } | Should -Throw '*line 2: *not as it was written*' -ErrorId 'ExRun.InvalidArgument,Invoke-ExRunPlan'
        Get-Written | Should -Be 0
    }

    It 'leaves alone what has drifted, and says so' {
        $plan = New-TestPlan $working[28..29]
        $null = Set-ExRunMailboxSettings $working[28] -TimeZone 'Korea Standard Time'
        $rows = @(Invoke-ExRunPlan $plan -Confirm:$false -WarningVariable warned 3>$null | Sort-Object Outcome)
        $rows.Outcome | Should -Be @('Done', 'Drifted')
        $rows[1].MailboxName | Should -Be $working[28]
        "$warned" | Should -BeLike '*1 line of the plan had drifted*'
        (Get-EXRMailboxSettings $working[28]).timeZone | Should -Be 'Korea Standard Time'
    }

    It 'needs -Maximum for what is removed, and heeds it' {
        $mailbox = $working | Where-Object { @(Invoke-ExRunMailboxRequest $_ -Path 'messages?$top=1&$select=id').Count } | Select-Object -First 1
        $plan = New-TestRemoval $mailbox
        [void] (Invoke-Emulator -Method POST -What reset)
        { Invoke-ExRunPlan $plan -Confirm:$false } | Should -Throw '*takes things away (0 to create, 0 to change, 1 to remove)*-Maximum*' -ErrorId 'ExRun.InvalidArgument,Invoke-ExRunPlan'
        Get-Content $plan -Tail 1 | Add-Content $plan
        { Invoke-ExRunPlan $plan -Maximum 1 -Confirm:$false } | Should -Throw '*more lines than the 1 of -Maximum*2 to remove*' -ErrorId 'ExRun.InvalidArgument,Invoke-ExRunPlan'
        Get-Written | Should -Be 0
        (Invoke-ExRunPlan $plan -Maximum 2 -Confirm:$false).Outcome | Should -Be @('Done', 'AlreadyGone')
        Get-Written | Should -Be 1
    }

    It 'refuses a plan of another tenant' {
        $plan = New-TestPlan $working[20]
        (Get-Content $plan -Raw).Replace($app.TenantId, '11111111-da31-4f6c-a404-2c06c9cf5ae4') | Set-Content $plan
        { Invoke-ExRunPlan $plan -Confirm:$false } | Should -Throw -ErrorId 'ExRun.TenantMismatch,Invoke-ExRunPlan'
        Get-Written | Should -Be 0
    }

    It 'does not take another file for a plan: <Name>' -ForEach @(
        @{ Name = 'a report'; Text = "MailboxName,TimeZone`nkim@contoso.com,UTC" }
        @{ Name = 'an undo file'; Text = '{"MailboxName":"kim@contoso.com","@settings":{"timeZone":"UTC"}}' }
        @{ Name = 'a line that no run takes'; Text = '{"exrunPlan":1,' + (' ' * 1MB) + '"tenant":"x"}' }
    ) {
        $file = Join-Path $TestDrive 'other.jsonl'
        [System.IO.File]::WriteAllText($file, $Text)
        { Invoke-ExRunPlan $file -Confirm:$false } | Should -Throw '*other.jsonl is no plan: *'
        { Invoke-ExRunPlan (Join-Path $TestDrive 'nowhere.jsonl') -Confirm:$false } | Should -Throw -ErrorId 'ExRun.File,Invoke-ExRunPlan'
    }

    It 'does little more than a pipeline that is cut has seen' {
        $plan = New-TestPlan $working[40..89]
        $planned = @(Get-Content $plan).Count - 1
        $planned | Should -BeGreaterThan 40
        $first = @(Invoke-ExRunPlan $plan -MaxConcurrency 4 -AuditFile (Join-Path $TestDrive 'cut.jsonl') -Confirm:$false | Select-Object -First 3)
        $first.Count | Should -Be 3
        # Time in which a run that goes on would go on.
        $null = @(1..20 | ForEach-Object { Get-EXRMailboxSettings $working[0] })
        Get-Written | Should -BeLessThan ($planned / 2)
        $found = Test-ExRunAudit (Join-Path $TestDrive 'cut.jsonl')
        $found.IsWhole | Should -BeTrue
        $found.Closed | Should -Be 'Stopped'
        $found.Items | Should -Be (Get-Written)
    }

    It 'goes on where a run was cut with its journal' {
        $plan = New-TestPlan $working[40..59] -TimeZone 'Korea Standard Time'
        $with = @{ Journal = Join-Path $TestDrive 'plan.db'; AuditFile = Join-Path $TestDrive 'journal.jsonl'; UndoPlan = Join-Path $TestDrive 'journal-undo.jsonl'; Confirm = $false }
        $null = Invoke-ExRunPlan $plan @with -MaxConcurrency 2 | Select-Object -First 2
        $rows = @(Invoke-ExRunPlan $plan @with)
        @($rows.Outcome | Sort-Object -Unique) | Should -Be @('Done')
        Get-Written | Should -Be $rows.Count
        $found = Test-ExRunAudit $with.AuditFile
        $found.IsWhole | Should -BeTrue
        $found.Items | Should -Be $rows.Count
    }

    It 'is shown with what it is about' {
        $plan = New-TestPlan $working[20]
        $shown = Invoke-ExRunPlan $plan -WhatIf | Out-String -Width 160
        $shown | Should -BeLike '*MailboxName*Change*Outcome*What*'
        $shown | Should -BeLike '*Change*WouldDo*settings mailboxSettings (line 2)*'
    }
}

Describe 'Test-ExRunAudit' {
    BeforeAll {
        $plan = New-TestPlan $working[100..104] -Name 'audited.jsonl'
        $file = Join-Path $TestDrive 'whole.jsonl'
        $null = Invoke-ExRunPlan $plan -AuditFile $file -Confirm:$false
        $lines = @(Get-Content $file)
    }

    It 'says which line is the first that is not as it was written: <Fault>' -ForEach @(
        @{ Fault = 'Changed'; Line = 3; Change = { param($All) $All[2] = $All[2] -replace '"Done"', '"Failed"'; $All } }
        @{ Fault = 'Removed'; Line = 3; Change = { param($All) $All[0..1] + $All[3..6] } }
        @{ Fault = 'Reordered'; Line = 3; Change = { param($All) $All[0, 1, 3, 2, 4, 5, 6] } }
        @{ Fault = 'Duplicated'; Line = 4; Change = { param($All) $All[0, 1, 2, 2, 3, 4, 5, 6] } }
        @{ Fault = 'CutOff'; Line = 5; Change = { param($All) $All[0..4] } }
        @{ Fault = 'NotAnAudit'; Line = 1; Change = { param($All) $All[1..6] } }
    ) {
        $lines.Count | Should -Be 7
        $tampered = Join-Path $TestDrive 'tampered.jsonl'
        @(& $Change $lines.Clone()) | Set-Content $tampered
        $found = Test-ExRunAudit $tampered
        $found.IsWhole | Should -BeFalse
        $found.Fault | Should -Be $Fault
        $found.Line | Should -Be $Line
        $found.Message | Should -Not -BeNullOrEmpty
    }

    It 'finds by the head that was kept what a chain alone cannot show' {
        $head = (Test-ExRunAudit $file).Head
        (Test-ExRunAudit $file -Head $head).IsWhole | Should -BeTrue
        $found = Test-ExRunAudit $file -Head ('0' * 64)
        $found.IsWhole | Should -BeFalse
        $found.Fault | Should -Be 'OtherHead'
    }

    It 'takes files from a pipeline, and needs them' {
        @(Get-Item $file, $file | Test-ExRunAudit).IsWhole | Should -Be @($true, $true)
        { Test-ExRunAudit (Join-Path $TestDrive 'nowhere.jsonl') } | Should -Throw -ErrorId 'ExRun.File,Test-ExRunAudit'
    }
}
