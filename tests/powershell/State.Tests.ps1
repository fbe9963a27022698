BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $app = Initialize-TestApp
    Connect-ExRun -TenantId $app.TenantId -ClientId $app.ClientId -CertificatePath $app.PfxFile -Password $app.Password
    $working = @(Get-TestMailbox -Working)

    # How many writes the emulator has seen since the last reset.
    function Get-Written { (Invoke-Emulator -What state).writesByMailbox.PSObject.Properties | ForEach-Object { $_.Value } | Measure-Object -Sum | ForEach-Object { [int] $_.Sum } }

    # One category with a name of its own, so that tests do not meet.
    function New-CategoryState {
        param([string] $Name, [string] $Mode = 'ensure')
        $part = @{ mode = $Mode; items = @(@{ displayName = $Name; color = 'preset1' }) }
        if ($Mode -eq 'exact') { $part['scope'] = @{ prefix = $Name } }
        return @{ categories = $part }
    }
}

AfterAll { Disconnect-ExRun }

Describe 'Test-ExRunMailboxState' {
    BeforeEach { [void] (Invoke-Emulator -Method POST -What reset) }

    It 'emits a row for each difference, and changes nothing' {
        $rows = @($working[0..2] | Test-ExRunMailboxState -State (New-CategoryState 'Corp Row'))
        $rows.MailboxName | Should -Be $working[0..2]
        $rows[0].PSObject.Properties.Name | Should -Be @('MailboxName', 'InDesiredState', 'Facet', 'Key', 'Change', 'From', 'To', 'Blocked')
        $rows[0].InDesiredState | Should -BeFalse
        $rows[0].Change | Should -Be 'Create'
        $rows[0].To.displayName | Should -Be 'Corp Row'
        ($rows[0] | Format-Table | Out-String) | Should -BeLike '*categories Corp Row*'
        Get-Written | Should -Be 0
    }

    It 'proves with IncludeEmpty that a mailbox was read' {
        $rows = @(Test-ExRunMailboxState $working[0] -State @{ categories = @{ mode = 'absent'; items = @('Nothing of the kind') } } -IncludeEmpty)
        $rows.Count | Should -Be 1
        $rows[0].InDesiredState | Should -BeTrue
        ($rows[0] | Format-Table | Out-String) | Should -BeLike '*in the wanted state*'
    }

    It 'takes the state of a file of <Ending> as it stands' -ForEach @(
        @{ Ending = '.json'; Text = '{"settings":{"items":{"automaticRepliesSetting":{"status":"scheduled","scheduledStartDateTime":{"dateTime":"2030-01-02T03:04:05.1234567","timeZone":"UTC"},"scheduledEndDateTime":{"dateTime":"2030-01-03T00:00:00","timeZone":"UTC"}}}}}' }
        @{ Ending = '.psd1'; Text = "@{ settings = @{ items = @{ automaticRepliesSetting = @{ status = 'scheduled'; scheduledStartDateTime = @{ dateTime = '2030-01-02T03:04:05.1234567'; timeZone = 'UTC' }; scheduledEndDateTime = @{ dateTime = '2030-01-03T00:00:00'; timeZone = 'UTC' } } } } }" }
    ) {
        $path = Join-Path $TestDrive "state$Ending"
        [System.IO.File]::WriteAllText($path, $Text)
        $plan = Join-Path $TestDrive "dates$Ending.jsonl"
        $rows = @(Test-ExRunMailboxState $working[0] -State $path -PlanFile $plan)
        $rows.Count | Should -Be 1
        [System.IO.File]::ReadAllText($plan) | Should -BeLike '*"dateTime":"2030-01-02T03:04:05.1234567"*'
    }

    It 'reads a psd1 with more entries than Import-PowerShellDataFile takes' {
        $items = 1..300 | ForEach-Object { "@{ displayName = 'Corp $_'; color = 'preset1' }" }
        $path = Join-Path $TestDrive 'many.psd1'
        [System.IO.File]::WriteAllText($path, "@{ categories = @{ items = @($($items -join ', ')) } }")
        @(Test-ExRunMailboxState $working[0] -State $path).Count | Should -Be 300
    }

    It 'runs nothing of a psd1, and says what is wrong with a file: <Name>' -ForEach @(
        @{ Name = 'code.psd1'; Text = '@{ settings = @{ items = @{ timeZone = $(New-Item (Join-Path $env:EXRUN_TEST_FOLDER ran)) } } }'; Said = '*read as data*' }
        @{ Name = 'two.psd1'; Text = '@{ a = 1 }; @{ b = 2 }'; Said = '*one hashtable*' }
        @{ Name = 'broken.psd1'; Text = "@{`n settings = @{`n"; Said = '*line *' }
        @{ Name = 'broken.json'; Text = '{"settings":'; Said = '*not JSON*' }
        @{ Name = 'state.txt'; Text = '{}'; Said = '*.json or .psd1*' }
    ) {
        $path = Join-Path $TestDrive $Name
        [System.IO.File]::WriteAllText($path, $Text)
        { Test-ExRunMailboxState $working[0] -State $path } | Should -Throw $Said -ErrorId 'ExRun.InvalidArgument,Test-ExRunMailboxState'
        Test-Path (Join-Path $env:EXRUN_TEST_FOLDER 'ran') | Should -BeFalse
    }

    It 'says that a file is not there' {
        { Test-ExRunMailboxState $working[0] -State (Join-Path $TestDrive 'nowhere.json') } | Should -Throw '*there is no file*' -ErrorId 'ExRun.File,Test-ExRunMailboxState'
    }

    It 'refuses a state that makes no sense before anything is sent' {
        { Test-ExRunMailboxState $working[0] -State @{ categories = @{ mode = 'exact'; items = @() } } } |
            Should -Throw '*exact needs a scope*' -ErrorId 'ExRun.InvalidArgument,Test-ExRunMailboxState'
        { Test-ExRunMailboxState $working[0] -State @{ rules = @{ items = @() } } } | Should -Throw '*rules: must be one of settings*'
        (Invoke-Emulator -What state).requests.graph | Should -BeNullOrEmpty
    }

    It 'ends a script with an exit code: <Code> where <What>' -ForEach @(
        @{ Code = 0; What = 'all are in the state'; State = "@{ categories = @{ mode = 'absent'; items = @('Nothing of the kind') } }"; Of = 'working' }
        @{ Code = 2; What = 'one differs'; State = "@{ categories = @{ items = @(@{ displayName = 'Corp Exit'; color = 'preset1' }) } }"; Of = 'working' }
        @{ Code = 2; What = 'one differs and rows go to a file'; State = "@{ categories = @{ items = @(@{ displayName = 'Corp Exit'; color = 'preset1' }) } }"; Of = 'working'; More = '-OutFile exit.csv' }
        @{ Code = 1; What = 'one cannot be read'; State = "@{ categories = @{ items = @(@{ displayName = 'Corp Exit'; color = 'preset1' }) } }"; Of = 'nobody' }
    ) {
        $mailbox = if ($Of -eq 'nobody') { 'nobody-at-all@contoso.com' } else { $working[0] }
        $script = Join-Path $TestDrive 'exit.ps1'
        Set-Content $script @"
Import-Module '$PSScriptRoot/TestHelper.psm1' -Force
Import-ExRun
`$app = Initialize-TestApp
Connect-ExRun -TenantId `$app.TenantId -ClientId `$app.ClientId -CertificatePath `$app.PfxFile -Password `$app.Password
Set-Location '$TestDrive'
Test-ExRunMailboxState '$mailbox' -State $State -EnableExit $More -ErrorAction SilentlyContinue
'not reached'
"@
        $shell = [System.Diagnostics.Process]::GetCurrentProcess().MainModule.FileName
        $output = & $shell -NoProfile -NonInteractive -File $script
        $LASTEXITCODE | Should -Be $Code -Because ($output -join "`n")
        $output | Should -Not -Contain 'not reached'
    }
}

Describe 'Set-ExRunMailboxState' {
    BeforeEach { [void] (Invoke-Emulator -Method POST -What reset) }

    It 'brings mailboxes to the state, writes nothing a second time, and is taken back' {
        $state = New-CategoryState 'Corp Set' exact
        $undo = Join-Path $TestDrive 'undo.jsonl'
        $audit = Join-Path $TestDrive 'audit.jsonl'
        $rows = @($working[4..6] | Set-ExRunMailboxState -State $state -UndoPlan $undo -AuditFile $audit -Confirm:$false)
        $rows.Outcome | Should -Be @('Done', 'Done', 'Done')
        $rows[0].PSObject.Properties.Name | Should -Be @('MailboxName', 'Facet', 'Key', 'Change', 'Outcome', 'Line')
        (Test-ExRunAudit $audit).IsWhole | Should -BeTrue
        @($working[4..6] | Test-ExRunMailboxState -State $state).Count | Should -Be 0
        [void] (Invoke-Emulator -Method POST -What reset)
        # Where nothing differs nothing is asked either: nobody is here to answer.
        @($working[4..6] | Set-ExRunMailboxState -State $state).Count | Should -Be 0
        Get-Written | Should -Be 0
        @(Invoke-ExRunPlan $undo -Maximum 10 -Confirm:$false).Outcome | Should -Be @('Done', 'Done', 'Done')
        @($working[4..6] | Test-ExRunMailboxState -State $state).Count | Should -Be 3
    }

    It 'with WhatIf emits the differences and writes nothing' {
        $rows = @($working[4..5] | Set-ExRunMailboxState -State (New-CategoryState 'Corp What') -WhatIf)
        $rows.Change | Should -Be @('Create', 'Create')
        $rows[0].InDesiredState | Should -BeFalse
        Get-Written | Should -Be 0
    }

    It 'asks once, and does nothing without an answer' {
        # Whoever runs the tests has no console to ask at.
        { $working[4..5] | Set-ExRunMailboxState -State (New-CategoryState 'Corp Ask') } | Should -Throw
        Get-Written | Should -Be 0
    }

    It 'needs Maximum to take something away, and keeps to it' {
        $null = $working[7..8] | Set-ExRunMailboxState -State (New-CategoryState 'Corp Max') -Confirm:$false
        $gone = @{ categories = @{ mode = 'absent'; items = @('Corp Max') } }
        [void] (Invoke-Emulator -Method POST -What reset)
        { $working[7..8] | Set-ExRunMailboxState -State $gone -Confirm:$false } | Should -Throw '*-Maximum*' -ErrorId 'ExRun.InvalidArgument,Set-ExRunMailboxState'
        { $working[7..8] | Set-ExRunMailboxState -State $gone -Maximum 1 -Confirm:$false } | Should -Throw '*more lines than the 1*'
        Get-Written | Should -Be 0
        @($working[7..8] | Set-ExRunMailboxState -State $gone -Maximum 2 -Confirm:$false).Outcome | Should -Be @('Done', 'Done')
    }

    It 'goes on with its plan and its journal, and compares nothing then' {
        $plan = Join-Path $TestDrive 'kept.jsonl'
        $given = @{ State = New-CategoryState 'Corp Journal'; PlanFile = $plan; Journal = (Join-Path $TestDrive 'run.db'); Confirm = $false }
        { Set-ExRunMailboxState $working[9] -State $given.State -Journal $given.Journal -Confirm:$false } | Should -Throw '*-Journal needs -PlanFile*'
        @($working[9..10] | Set-ExRunMailboxState @given).Outcome | Should -Be @('Done', 'Done')
        [void] (Invoke-Emulator -Method POST -What reset)
        @($working[9..10] | Set-ExRunMailboxState @given).Outcome | Should -Be @('Done', 'Done')
        (Invoke-Emulator -What state).requests.graph | Should -BeNullOrEmpty
    }

    It 'lists what failed in the comparison' {
        $failed = Join-Path $TestDrive 'failed.csv'
        $null = $working[11], 'nobody-at-all@contoso.com' | Set-ExRunMailboxState -State (New-CategoryState 'Corp Failed') -FailedFile $failed -Confirm:$false -ErrorAction SilentlyContinue
        @(Import-Csv $failed).MailboxName | Should -Be @('nobody-at-all@contoso.com')
    }
}
