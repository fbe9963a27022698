# No password, token or key may appear on any stream, in an error, or in a transcript of everything.

BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $app = Initialize-TestApp
    $working = Get-TestMailbox -Working
    $broken = @(Get-TestMailbox -Broken)
}

Describe 'Secrets' {
    It 'are on no stream, whatever is done and whatever fails' {
        $script = @'
$VerbosePreference = 'Continue'; $DebugPreference = 'Continue'; $InformationPreference = 'Continue'
Import-Module $ModulePath
$password = [securestring]::new(); $PlainText.ToCharArray() | ForEach-Object { $password.AppendChar($_) }
$identity = @{ TenantId = $TenantId; ClientId = $ClientId }
$token = Get-AppOnlyToken $PfxFile -password $password @identity
$secure = Get-EXRAppOnlyToken $PfxFile -password $password @identity -MailboxName a@contoso.com
[System.IO.File]::WriteAllText($TokenFile, $token.access_token)
"$secure"
Connect-ExRun @identity -CertificatePath $PfxFile -Password $password -PassThru
Get-ExRunContext | Format-List * -Force
Get-MailboxSettingsReport $Mailboxes -AccessToken $token
Get-MailboxSettingsReport $Mailboxes
Get-MailboxSettings $Mailboxes[0] -AccessToken $token.access_token.Replace('.', '!')
Get-MailboxSettings $Mailboxes[0] -AccessToken ($token.access_token.Substring(0, 40))
Decode-Token ('eyJ' + $PlainText)
Get-AppOnlyToken $PfxFile -password ([securestring]::new()) @identity
Get-AppOnlyToken $PfxFile -password $password -TenantId $TenantId -ClientId wrong
Connect-ExRun -TenantId $TenantId -ClientId wrong -CertificatePath $PfxFile -Password $password
$Error | Format-List * -Force
$Error | ForEach-Object { $_.Exception | Format-List * -Force; $_.Exception.Data; $_.ScriptStackTrace; "$($_.InvocationInfo.BoundParameters)" }
Get-Module ExRun | Format-List *
'@
        $tokenFile = Join-Path $TestDrive 'token.txt'
        $values = @{ ModulePath = $ModulePath; PlainText = $app.PlainText; TenantId = $app.TenantId; ClientId = $app.ClientId; PfxFile = $app.PfxFile; TokenFile = $tokenFile }
        $head = foreach ($name in $values.Keys) { "`$$name = '$($values[$name])'" }
        $head += "`$Mailboxes = '$($working[0])', '$($broken[0].Replace("'", "''"))'"
        $file = Join-Path $TestDrive 'everything.ps1'
        Set-Content $file (($head + $script) -join "`n")
        $result = Invoke-Script ". '$file' *>&1 | Out-String -Width 4000 -Stream"
        $token = [System.IO.File]::ReadAllText($tokenFile)
        $token | Should -Match '^eyJ'
        $result.Text | Should -Match 'Default'
        $lines = @($result.Lines | Where-Object { $_ -match 'eyJ[\w-]{20}' -or $_.Contains($token.Substring(20, 60)) })
        $lines | Should -BeNullOrEmpty
        # The script's own lines that hold the password are not what is looked for.
        $marked = @($result.Lines | Where-Object { $_.Contains('Marked-Secret') -and $_ -notmatch 'PlainText' })
        $marked | Should -BeNullOrEmpty
    }
}
