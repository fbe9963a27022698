# What is shown while a command works, which the other tests do not see: they run with progress switched off.

BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $app = Initialize-TestApp
    $folder = Join-Path $env:EXRUN_TEST_FOLDER 'progress'
    [void] (New-Item -ItemType Directory -Path $folder -Force)

    # What a session that shows progress from the first moment on gets to see.
    function Watch-Progress {
        param([string] $Script, $Argument)
        $shell = [powershell]::Create()
        try {
            $begin = "Import-Module '$ModulePath'; & (Get-Module ExRun) { `$script:FirstProgressMs = 0 }; "
            [void] $shell.AddScript('param($argument) ' + $begin + $Script).AddArgument($Argument)
            $output = @($shell.Invoke())
            [pscustomobject] @{
                Output  = $output
                Error   = @($shell.Streams.Error)
                Records = @($shell.Streams.Progress | Where-Object { $_.Activity -in 'Reading mailbox settings', 'Listing a vault', 'Comparing reports' })
            }
        } finally {
            $shell.Dispose()
        }
    }
}

AfterAll { Disconnect-ExRun }

Describe 'Progress' {
    BeforeAll {
        Connect-ExRun -TenantId $app.TenantId -ClientId $app.ClientId -CertificatePath $app.PfxFile -Password $app.Password
    }

    It 'says how many mailboxes are done' {
        $seen = Watch-Progress '$argument | Get-MailboxSettingsReport' (Get-TestMailbox 20 -Working)
        $seen.Error | Should -BeNullOrEmpty
        $seen.Output.Count | Should -Be 20
        $seen.Records[0].StatusDescription | Should -Match '^\d+ of \d+ mailboxes, 0 failed(, [\d.]+ a second)?$'
        $seen.Records[-1].RecordType | Should -Be 'Completed'
    }

    It 'says how much of a vault has been listed' {
        $seen = Watch-Progress 'Get-ExRunVaultSecret -Vault contoso'
        $seen.Error | Should -BeNullOrEmpty
        $seen.Output.Count | Should -BeGreaterThan 60
        $seen.Records[0].StatusDescription | Should -Match '^\d+ found so far$'
        $seen.Records[-1].RecordType | Should -Be 'Completed'
    }

    It 'says how quickly a run goes, for how long, and what holds it up: <Name>' -ForEach @(
        @{ Name = 'while the tenant is listed'; With = @{ listing = $true; listed = 8000; completed = 20 }; Rate = 2; Text = '20 done, 8,000 found so far, still listing., 1 failed, 2.0 a second' }
        @{ Name = 'later on'; With = @{}; Rate = 1234.5; Text = '9,000 of 20,000 mailboxes, 1 failed, 1,234 a second' }
        @{ Name = 'while the service has it wait'; With = @{ heldMs = 2400; retries = 1500 }; Rate = 99; Text = '9,000 of 20,000 mailboxes, 1 failed, 99 a second, throttled for 3 s, 1,500 repeated' }
        @{ Name = 'while it finds out whether it may go on'; With = @{ heldMs = 0 }; Rate = 0; Text = '9,000 of 20,000 mailboxes, 1 failed, throttled' }
    ) {
        $state = @{ listing = $false; listed = 0; completed = 9000; pushed = 20000; failed = 1; retries = 0; heldMs = $null } + @{}
        foreach ($member in $With.Keys) { $state[$member] = $With[$member] }
        $before = [cultureinfo]::CurrentCulture
        try {
            [cultureinfo]::CurrentCulture = 'en-US'
            $said = & (Get-Module ExRun) { param($State, $Rate) Import-PrivateFunction; 0..3 | ForEach-Object { Format-RunStatus -State $State -Rate $Rate -Count $_ } } ([pscustomobject] $state) $Rate
        } finally {
            [cultureinfo]::CurrentCulture = $before
        }
        $said[0] -replace '\. +,', '.,' | Should -BeExactly $Text
        # While nobody knows how many there are, it moves.
        @($said | Select-Object -Unique).Count | Should -Be $(if ($state.listing) { 3 } else { 1 })
        @($said | ForEach-Object { $_.Length } | Select-Object -Unique).Count | Should -Be 1
    }

    It 'takes the rate of late, and without what the journal gave' {
        $rate = { param($State) & (Get-Module ExRun) { param($State) Import-PrivateFunction; Get-RunRate -State $State } ([pscustomobject] $State) }
        $point = { param($At, $Completed) [pscustomobject] @{ atMs = $At; completed = $Completed } }
        & $rate @{ elapsedMs = 0; completed = 0; recalled = 0; rates = @() } | Should -Be 0
        & $rate @{ elapsedMs = 5000; completed = 10050; recalled = 10000; rates = @(& $point 1000 10010) } | Should -Be 10
        & $rate @{ elapsedMs = 100000; completed = 30000; recalled = 0; rates = @((& $point 40000 20000), (& $point 80000 28000), (& $point 90000 29000)) } | Should -Be 100
        # Nothing was done of late.
        & $rate @{ elapsedMs = 100000; completed = 28000; recalled = 0; rates = @(& $point 80000 28000) } | Should -Be 0
    }

    It 'names what is left once all is listed, and what was found before' {
        Set-EmulatorFault @{ kind = 'users'; action = @{ delayMs = 300 } }
        try { $seen = Watch-Progress 'Get-MailboxSettingsReport -All -ErrorAction SilentlyContinue' } finally { Set-EmulatorFault }
        $seen.Output | Should -Not -BeNullOrEmpty
        $said = @($seen.Records | Where-Object { $_.RecordType -eq 'Processing' } | ForEach-Object { $_.StatusDescription })
        $said[0] | Should -Match '^\d+ done, \d+ found so far, still listing\.+ *, 0 failed'
        $seen.Records[-1].RecordType | Should -Be 'Completed'
    }

    It 'says how far a comparison is' {
        $report = Join-Path $folder 'old.csv'
        [System.IO.File]::WriteAllText($report, "MailboxName,TimeZone`r`na@contoso.com,UTC`r`nb@contoso.com,UTC`r`n")
        $seen = Watch-Progress 'Compare-ExRunReport $argument $argument' $report
        $seen.Error | Should -BeNullOrEmpty
        $seen.Records[0].StatusDescription | Should -Match '^\d+ rows of the old report, \d+ of the new one$'
        $seen.Records[-1].RecordType | Should -Be 'Completed'
    }
}
