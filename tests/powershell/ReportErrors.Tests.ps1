BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $app = Initialize-TestApp
    $working = Get-TestMailbox -Working
    $broken = @(Get-TestMailbox -Broken)
    $mailboxes = @($working[0], $broken[0], $working[1], $broken[1], $working[2])
    $identity = @{ TenantId = $app.TenantId; ClientId = $app.ClientId }
    $token = Get-AppOnlyToken $app.PfxFile -password $app.Password @identity

    # A script that is connected and has $Mailboxes.
    $start = @"
`$ErrorActionPreference = 'Stop'
Import-Module '$ModulePath'
`$password = [securestring]::new()
'$($app.PlainText)'.ToCharArray() | ForEach-Object { `$password.AppendChar(`$_) }
Connect-ExRun -TenantId '$($app.TenantId)' -ClientId '$($app.ClientId)' -CertificatePath '$($app.PfxFile)' -Password `$password
`$Mailboxes = '$($mailboxes.Replace("'", "''") -join "','")' -split ','
`$Mailboxes = @('$(@($mailboxes | ForEach-Object { $_.Replace("'", "''") }) -join "','")')

"@
}

Describe 'A failed mailbox' {
    It 'has one error record with everything in it' {
        $report = Get-MailboxSettingsReport $mailboxes -AccessToken $token -ErrorAction SilentlyContinue -ErrorVariable failure
        $report.Count | Should -Be 5
        $failure.Count | Should -Be 2
        $record = $failure[0]
        $record | Should -BeOfType [System.Management.Automation.ErrorRecord]
        $record.FullyQualifiedErrorId | Should -Match '^ExRun\.(MailboxNotEnabled|NotFound|AccessDenied),Get-MailboxSettingsReport$'
        $record.CategoryInfo.Category | Should -BeIn @('ObjectNotFound', 'PermissionDenied')
        $record.TargetObject | Should -BeExactly $broken[0]
        $record.Exception.Data['name'] | Should -Be ($record.FullyQualifiedErrorId -replace '^ExRun\.|,.*$')
        $record.Exception.Data['status'] | Should -BeLessThan -300
        $record.Exception.Data['httpStatus'] | Should -BeIn @(403, 404)
        $record.Exception.Data['serviceCode'] | Should -Not -BeNullOrEmpty
        $record.Exception.Data['requestId'] | Should -Not -BeNullOrEmpty
        $record.Exception.Data['target'] | Should -BeExactly $broken[0]
        $record.Exception.Message | Should -Match ([regex]::Escape($broken[0]))
        $failure[1].TargetObject | Should -BeExactly $broken[1]
    }

    It 'has its error right after its row' {
        $order = @(Get-MailboxSettingsReport $mailboxes -AccessToken $token 2>&1 | ForEach-Object {
            if ($_ -is [System.Management.Automation.ErrorRecord]) { "error $($_.TargetObject)" } else { $_.MailboxName } })
        $order | Should -Be @($working[0], $broken[0], "error $($broken[0])", $working[1], $broken[1], "error $($broken[1])", $working[2])
    }

    It 'is noted once in $Error' {
        $Error.Clear()
        $null = Get-MailboxSettingsReport $mailboxes -AccessToken $token -ErrorAction SilentlyContinue
        $Error.Count | Should -Be 2
        $Error[0].FullyQualifiedErrorId | Should -BeLike 'ExRun.*,Get-MailboxSettingsReport'
    }

    It 'does not stop a script that prefers Stop' {
        $result = Invoke-Script ($start + @'
$report = Get-MailboxSettingsReport -Mailboxes $Mailboxes 2>$null 3>$null
"rows $($report.Count)"
$piped = $Mailboxes | Get-MailboxSettingsReport 2>$null 3>$null
"rows $($piped.Count)"
function Get-Inner { $ErrorActionPreference = 'Stop'; Get-MailboxSettingsReport $Mailboxes 2>$null 3>$null }
"rows $(@(Get-Inner).Count)"
"preference $ErrorActionPreference"
'@)
        $result.Lines | Should -Be @('rows 5', 'rows 5', 'rows 5', 'preference Stop')
    }

    It 'does not stop a child scope that prefers Stop' {
        $report = & { $ErrorActionPreference = 'Stop'; Get-MailboxSettingsReport $mailboxes -AccessToken $token 2>$null }
        $report.Count | Should -Be 5
    }

    It 'is silent for a caller that prefers silence' {
        foreach ($preference in 'SilentlyContinue', 'Ignore') {
            $output = @(& { $ErrorActionPreference = $preference; Get-MailboxSettingsReport $mailboxes -AccessToken $token } 2>&1)
            $output.Count | Should -Be 5
        }
    }

    It 'has nothing of a run left where -ErrorAction Stop ended it' {
        $before = Get-OpenHandle
        { Get-MailboxSettingsReport $mailboxes -AccessToken $token -ErrorAction Stop } | Should -Throw
        $after = Get-OpenHandle
        $after.stream | Should -Be $before.stream
        $after.client | Should -Be $before.client
        (Get-ExRunLastRun).Outcome | Should -Be 'Failed'
    }

    It 'stops a call with -ErrorAction Stop, after the rows before it' {
        $rows = [System.Collections.ArrayList]::new()
        $caught = $null
        try {
            Get-MailboxSettingsReport $mailboxes -AccessToken $token -ErrorAction Stop | ForEach-Object { [void] $rows.Add($_) }
        } catch { $caught = $_ }
        $caught.FullyQualifiedErrorId | Should -BeLike 'ExRun.*,Get-MailboxSettingsReport'
        $caught.TargetObject | Should -BeExactly $broken[0]
        $rows.Count | Should -Be 2
        [void] (Get-ExRunContext)
        (Get-OpenHandle).stream | Should -Be 0
    }
}

Describe 'A report without a token' {
    It 'ends before the first row when the token is refused, with the endpoint''s words' {
        function Get-AppSettings { [pscustomobject] @{ TenantId = $app.TenantId; ClientId = '00000000-0000-4000-8000-000000000000' } }
        $rows = [System.Collections.ArrayList]::new()
        $read = 0
        $caught = $null
        try {
            & { $script:read++; $working[0] } | Get-MailboxSettingsReport -CertFileName $app.PfxFile -password $app.Password | ForEach-Object { [void] $rows.Add($_) }
        } catch { $caught = $_ }
        $caught.FullyQualifiedErrorId | Should -Be 'ExRun.TokenRefused,Get-MailboxSettingsReport'
        $caught.CategoryInfo.Category | Should -Be 'AuthenticationError'
        "$caught" | Should -Match 'AADSTS'
        $rows.Count | Should -Be 0
        $script:read | Should -BeNullOrEmpty
        (Get-OpenHandle).client | Should -Be 0
    }

    It 'says what to give when nothing was given' {
        Disconnect-ExRun
        { Get-MailboxSettingsReport $working[0] } | Should -Throw -ErrorId 'ExRun.CredentialMissing,Get-MailboxSettingsReport'
        try { Get-MailboxSettingsReport $working[0] } catch { $message = "$_" }
        foreach ($way in '-AccessToken', '-CertFileName', '-Certificate', 'Connect-ExRun') { $message | Should -Match $way }
    }

    It 'does not end the script without Stop' {
        $result = Invoke-Script "Import-Module '$ModulePath'; `$report = Get-MailboxSettingsReport a@contoso.com 2>`$null; 'goes on'"
        $result.Lines | Should -Contain 'goes on'
        $result.ExitCode | Should -Be 0
    }
}
