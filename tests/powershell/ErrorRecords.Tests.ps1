# What a failure leaves in $Error and in -ErrorVariable: itself, once, and nothing of how it was found. What code of the caller's
# own has thrown stays in $Error beside it (Own), for it knows the line.

BeforeDiscovery {
    $cases = @(
        @{ Name = 'a certificate file that is not there'; Id = 'File,Get-AppOnlyToken'; Call = { Get-AppOnlyToken -CertFileName nothere.pfx @common } }
        @{ Name = 'a password that nobody can be asked for'; Id = 'CertificatePassword,Get-AppOnlyToken'; Own = 'nobody is there'; Call = { function Read-Host { throw 'nobody is there' }; Get-AppOnlyToken $app.PfxFile @common } }
        @{ Name = 'a drive that is not there'; Id = 'File,Get-AppOnlyToken'; Call = { Get-AppOnlyToken -CertFileName NoDrive:/app.pfx @common } }
        @{ Name = 'settings that throw'; Id = 'InvalidArgument,Get-AppOnlyToken'; Own = 'no settings'; Call = { function Get-AppSettings { throw 'no settings' }; Get-AppOnlyToken $app.PfxFile -password $app.Password @common } }
        @{ Name = 'a thumbprint that no store has'; Id = 'CertificateMissing,Connect-ExRun'; Call = { Connect-ExRun @identity -CertificateThumbprint 00 @common } }
        @{ Name = 'a path of a store'; Id = 'CertificateMissing,Connect-ExRun'; Call = { Connect-ExRun @identity -CertificatePath Cert:\CurrentUser\My\0123456789ABCDEF0123456789ABCDEF01234567 @common } }
        @{ Name = 'a token that is refused'; Id = 'TokenRefused,Connect-ExRun'; Call = { Connect-ExRun @identity -ClientSecret $app.Password @common } }
        @{ Name = 'a token that is none'; Id = 'TokenInvalid,ConvertFrom-ExRunToken'; Call = { Decode-Token abc @common } }
        @{ Name = 'a mailbox'; Id = 'AccessDenied,Get-MailboxSettings'; Call = { Get-MailboxSettings $denied $token @common } }
        @{ Name = 'a mailbox of a report'; Id = 'AccessDenied,Get-MailboxSettingsReport'; Call = { Get-MailboxSettingsReport $denied -AccessToken $token @common } }
        @{ Name = 'a key of another kind'; Id = 'KeyUnusable,Get-AppOnlyToken'; Call = { Get-AppOnlyToken -Certificate $elliptic -WarningAction SilentlyContinue @common } }
        @{ Name = 'a domain of nobody'; Id = 'TenantNotFound,Get-TenantId'; Call = { Get-TenantId unknown.example @common } }
        @{ Name = 'a value that is no certificate'; Id = 'CertificateUnreadable,ConvertFrom-AzKeyVaultString'; Call = { ConvertFrom-AzKeVaultString none @common } }
    )
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $app = Initialize-TestApp
    $identity = @{ TenantId = $app.TenantId; ClientId = $app.ClientId }
    function Get-AppSettings { [pscustomobject] $identity }
    $token = Get-AppOnlyToken $app.PfxFile -password $app.Password
    $vaultToken = Get-AppOnlyToken $app.PfxFile -password $app.Password -ResourceURL vault.azure.net
    $common = @{ ErrorAction = 'SilentlyContinue'; ErrorVariable = 'noted' }
    # One that is refused by the tenant's policy.
    $denied = @(Get-TestMailbox -Broken | Get-MailboxSettingsReport -AccessToken $token -IncludeError -ErrorAction SilentlyContinue |
            Where-Object { $_.ErrorCode -eq 'ErrorAccessDenied' })[0].MailboxName
    $key = [System.Security.Cryptography.ECDsa]::Create()
    $request = [System.Security.Cryptography.X509Certificates.CertificateRequest]::new('CN=elliptic', $key, [System.Security.Cryptography.HashAlgorithmName]::SHA256)
    $elliptic = $request.CreateSelfSigned([datetime]::Now.AddDays(-1), [datetime]::Now.AddDays(1))
}

Describe 'The preference of a function that calls a command' {
    It 'stops it: <Name>' -ForEach @(
        @{ Name = 'one mailbox'; Call = { Get-MailboxSettings $denied $token } }
        @{ Name = 'a domain'; Call = { Get-TenantId unknown.example } }
        @{ Name = 'a token'; Call = { Get-AppOnlyToken -CertFileName nothere.pfx } }
        @{ Name = 'a secret'; Call = { Get-ExRunVaultSecret none -Vault contoso -AccessToken $vaultToken } }
    ) {
        function Invoke-Strictly { $ErrorActionPreference = 'Stop'; & $Call; 'went on' }
        $Error.Clear()
        $caught = $null
        try { $output = Invoke-Strictly } catch { $caught = $_ }
        $caught.FullyQualifiedErrorId | Should -BeLike 'ExRun.*'
        $output | Should -BeNullOrEmpty
    }

    It 'silences it' {
        function Invoke-Silently { $ErrorActionPreference = 'SilentlyContinue'; Get-MailboxSettings $denied $token; 'went on' }
        $Error.Clear()
        @(Invoke-Silently 2>&1) | Should -Be @('went on')
        $Error.Count | Should -Be 1
    }

    It 'yields to that of the call' {
        function Invoke-Strictly { $ErrorActionPreference = 'Stop'; Get-MailboxSettings $denied $token -ErrorAction SilentlyContinue; 'went on' }
        Invoke-Strictly | Should -Be 'went on'
    }
}

Describe 'A failure' {
    It 'is noted once: <Name>' -ForEach $cases {
        $Error.Clear()
        # In this scope, where the variable then is.
        try { $null = . $Call } catch { $null = $_ }
        # A case without it has the variable of none.
        $kept = @($Own | Where-Object { $_ })
        @($Error)[1..9] | ForEach-Object { [string] $_ } | Should -Be $kept
        $Error[0].FullyQualifiedErrorId | Should -Be "ExRun.$Id"
        $noted.Count | Should -Be 1
    }

    It 'that is none is not noted' {
        $Error.Clear()
        (Test-ExRunToken 'an-opaque-token' @common).Kind | Should -Be 'opaque'
        $Error.Count | Should -Be 0
        $noted.Count | Should -Be 0
    }

    It 'is noted once for a function around the command, too' {
        function Read-One { [CmdletBinding()] param() Get-MailboxSettings $denied $token -ErrorAction SilentlyContinue }
        $Error.Clear()
        Read-One @common
        $Error.Count | Should -Be 1
        $noted.Count | Should -Be 1
    }

    It 'is never erased from $Error by the module, which would have to guess which of them are its own' {
        $root = Split-Path (Get-Module ExRun).Path
        foreach ($file in Get-ChildItem $root -Include *.ps1, *.psm1 -Recurse) {
            [System.IO.File]::ReadAllText($file.FullName) | Should -Not -Match '(?i)\berror\b[^\r\n]*\.(Remove|RemoveAt|RemoveRange|Clear)\(' -Because $file.Name
        }
    }
}
