# The scripts of the examples, run as a user runs them.

BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $app = Initialize-TestApp
    $examples = [System.IO.Path]::GetFullPath([System.IO.Path]::Combine($PSScriptRoot, '..', '..', 'examples', 'powershell'))
    $working = Get-TestMailbox -Working
    $shell = [System.Diagnostics.Process]::GetCurrentProcess().MainModule.FileName
    # The examples find the module as an installed one.
    $modulePath = $env:PSModulePath
    $env:PSModulePath = [System.IO.Path]::GetFullPath([System.IO.Path]::Combine($PSScriptRoot, '..', '..', 'powershell')) + [System.IO.Path]::PathSeparator + $env:PSModulePath
    $open = Join-Path $TestDrive 'open.pfx'
    $certificate = [System.Security.Cryptography.X509Certificates.X509Certificate2]::new($app.PfxFile, $app.PlainText, 'Exportable')
    [System.IO.File]::WriteAllBytes($open, $certificate.Export('Pfx'))
    $list = Join-Path $TestDrive 'mailboxes.csv'
    Set-Content $list (@('MailboxName') + $working[0..9])
}

AfterAll { $env:PSModulePath = $modulePath }

Describe 'The examples' {
    It 'mailbox-report.ps1, the script of the post, writes its report' {
        $csv = Join-Path $TestDrive 'post.csv'
        $output = & $shell -NoProfile -NonInteractive -File (Join-Path $examples 'mailbox-report.ps1') -TenantId $app.TenantId -ClientId $app.ClientId -CertFileName $open -ReportFileName $csv -Mailbox $working[0] 2>&1
        $LASTEXITCODE | Should -Be 0 -Because "$output"
        (Import-Csv $csv).MailboxName | Should -Be $working[0]
    }

    It 'other-modules.ps1 hands each module a token of the type that it takes' {
        # Stand-ins for the commands of modules that are not here, with the types of theirs.
        function global:Connect-MgGraph { param([securestring] $AccessToken, [switch] $NoWelcome) 'graph {0}' -f (Decode-Token $AccessToken).claims.aud }
        function global:Connect-ExchangeOnline { param([string] $AccessToken, [string] $Organization, [switch] $ShowBanner) 'exchange {0} {1}' -f (Decode-Token $AccessToken).claims.aud, $Organization }
        try {
            $output = & (Join-Path $examples 'other-modules.ps1') -TenantId contoso.onmicrosoft.com -ClientId $app.ClientId -CertificatePath $open
            $output -join ',' | Should -Be 'graph https://graph.microsoft.com,exchange https://outlook.office365.com contoso.onmicrosoft.com'
        } finally {
            Remove-Item function:global:Connect-MgGraph, function:global:Connect-ExchangeOnline
        }
    }

    It 'connected-report.ps1 writes its report' {
        $csv = Join-Path $TestDrive 'connected.csv'
        $output = & $shell -NoProfile -NonInteractive -File (Join-Path $examples 'connected-report.ps1') -TenantId $app.TenantId -ClientId $app.ClientId -CertificatePath $open -MailboxFile $list -ReportFile $csv 2>&1
        $LASTEXITCODE | Should -Be 0 -Because "$output"
        (Import-Csv $csv).MailboxName | Should -Be $working[0..9]
    }

    It 'nightly-report.ps1 writes its report, lists what failed, and tells its scheduler so' {
        $folder = Join-Path $TestDrive 'night'
        [void] [System.IO.Directory]::CreateDirectory($folder)
        $night = @('-NoProfile', '-NonInteractive', '-File', (Join-Path $examples 'nightly-report.ps1'), '-TenantId', $app.TenantId, '-CertificatePath', $open, '-Folder', $folder, '-Day', '2026-11-26')
        $output = & $shell @night -ClientId $app.ClientId 2>&1
        $LASTEXITCODE | Should -Be 2 -Because "$output"
        @(Import-Csv (Join-Path $folder 'report-2026-11-26.csv')).Count | Should -Be 400
        @(Import-Csv (Join-Path $folder 'failed-2026-11-26.csv')).MailboxName | Sort-Object | Should -Be @(Get-TestMailbox -Broken | Sort-Object)
        Join-Path $folder 'report-2026-11-26.db' | Should -Not -Exist

        $output = & $shell @night -ClientId '084adbb3-f70c-498f-97a3-000000000000' 2>&1
        $LASTEXITCODE | Should -Be 1 -Because "$output"
    }

    It 'create-certificate.ps1 asks for a password and writes both files' {
        $result = Invoke-Script @"
function Read-Host { param(`$Prompt, [switch] `$AsSecureString) `$s = [securestring]::new(); 'typed'.ToCharArray() | ForEach-Object { `$s.AppendChar(`$_) }; `$s }
& '$(Join-Path $examples 'create-certificate.ps1')' -Name 'Example' -Folder '$TestDrive'
"@
        Join-Path $TestDrive 'certfile.pfx' | Should -Exist -Because $result.Text
        (Get-Content (Join-Path $TestDrive 'KeyCreds.txt') -Raw | ConvertFrom-Json).usage | Should -Be 'Verify'
    }
}
