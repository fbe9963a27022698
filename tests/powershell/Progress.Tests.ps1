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
        $seen.Records[0].StatusDescription | Should -Match '^\d+ of \d+ mailboxes, 0 failed$'
        $seen.Records[-1].RecordType | Should -Be 'Completed'
    }

    It 'says how much of a vault has been listed' {
        $seen = Watch-Progress 'Get-ExRunVaultSecret -Vault contoso'
        $seen.Error | Should -BeNullOrEmpty
        $seen.Output.Count | Should -BeGreaterThan 60
        $seen.Records[0].StatusDescription | Should -Match '^\d+ found so far$'
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
