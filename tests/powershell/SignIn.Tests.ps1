BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $app = Initialize-TestApp
    $working = Get-TestMailbox -Working
    $identity = @{ TenantId = $app.TenantId; ClientId = $app.ClientId }
    $file = @{ CertificatePath = $app.PfxFile; Password = $app.Password }
    $secret = ConvertTo-Secret $ClientSecretText
    Disconnect-ExRun

    # Runs a piece of work with variables of the environment that are gone afterwards.
    function Use-Environment {
        param([hashtable] $Variables, [scriptblock] $Work)
        foreach ($name in $Variables.Keys) { [System.Environment]::SetEnvironmentVariable($name, $Variables[$name]) }
        try { & $Work } finally { foreach ($name in $Variables.Keys) { [System.Environment]::SetEnvironmentVariable($name, $null) } }
    }
}

AfterAll { Disconnect-ExRun }

Describe 'Connect-ExRun, each way' {
    AfterEach { Disconnect-ExRun }

    It 'with a client secret' {
        Connect-ExRun @identity -ClientSecret $secret
        (Get-EXRMailboxTimeZone $working[0]).value | Should -Not -BeNullOrEmpty
        $context = Get-ExRunContext
        $context.Method | Should -Be 'ClientSecret'
        $context.Roles | Should -Contain 'MailboxSettings.Read'
        $context.AppName | Should -Be 'ExRun emulator app'
        $context.ExpiresOn | Should -BeGreaterThan ([datetime]::Now)
        ($context | Format-List * -Force | Out-String) | Should -Not -Match 'Marked'
    }

    It 'and says what is wrong with the secret' {
        { Connect-ExRun @identity -ClientSecret (ConvertTo-Secret 'wrong') } | Should -Throw -ErrorId 'ExRun.TokenRefused,Connect-ExRun' -ExpectedMessage '*its value (not its id)*'
        Get-ExRunContext | Should -BeNullOrEmpty
    }

    It 'with a certificate, and says when it ends' {
        Connect-ExRun @identity @file -SendX5c
        $context = Get-ExRunContext
        $context.Thumbprint | Should -Be (Get-TestCertificate $app).Thumbprint
        $context.CertificateExpiresOn | Should -Be (Get-TestCertificate $app).NotAfter
        $context.Method | Should -Be 'Certificate'
    }

    It 'with the path of a certificate store, and names one that is not there' {
        $missing = '0123456789ABCDEF0123456789ABCDEF01234567'
        { Connect-ExRun @identity -CertificatePath "Cert:\CurrentUser\My\$missing" } | Should -Throw -ErrorId 'ExRun.CertificateMissing,Connect-ExRun'
        { Connect-ExRun @identity -CertificateThumbprint $missing } | Should -Throw -ErrorId 'ExRun.CertificateMissing,Connect-ExRun' -ExpectedMessage "*$missing*"
    }

    It 'with a thumbprint of the store' {
        $certificate = [System.Security.Cryptography.X509Certificates.X509Certificate2]::new($app.PfxFile, $app.PlainText, 'Exportable,PersistKeySet')
        $store = [System.Security.Cryptography.X509Certificates.X509Store]::new('My', 'CurrentUser')
        $store.Open('ReadWrite')
        try {
            $store.Add($certificate)
            Connect-ExRun @identity -CertificateThumbprint ($certificate.Thumbprint.ToLowerInvariant() -replace '(..)', '$1 ')
            (Get-ExRunContext).Credential | Should -Be "certificate $($certificate.Thumbprint)"
            Connect-ExRun @identity -CertificatePath "Cert:\CurrentUser\My\$($certificate.Thumbprint)"
            (Get-MailboxSettingsReport $working[0]).TimeZone | Should -Not -BeNullOrEmpty
        } finally {
            $store.Remove($certificate)
            $store.Dispose()
        }
    }

    It 'with an assertion that was signed elsewhere' {
        $assertion = New-JWTToken $app.PfxFile @identity -password $app.Password
        # The one that it is for: the command makes those of the v2 endpoint.
        Connect-ExRun @identity -ClientAssertion $assertion
        (Get-ExRunContext).Method | Should -Be 'ClientAssertion'
    }

    It 'with a federated token, relative to the location' {
        $folder = Join-Path $TestDrive 'federated'
        [void] (New-Item -ItemType Directory -Path $folder)
        Set-Content -LiteralPath (Join-Path $folder 'token') -Value (New-JWTToken $app.PfxFile @identity -password $app.Password)
        Push-Location $folder
        try { Connect-ExRun @identity -FederatedTokenFile ./token } finally { Pop-Location }
        (Get-ExRunContext).Credential | Should -Be (Join-Path $folder 'token')
    }

    It 'as the machine, in both of its shapes' {
        $endpoint = "http://$env:EXRUN_CONNECT_TO"
        Connect-ExRun -ManagedIdentity
        $context = Get-ExRunContext
        $context.Method | Should -Be 'ManagedIdentity'
        $context.TenantId | Should -Be $app.TenantId
        $context.ClientId | Should -Be '5e29463d-71da-4fe0-8e69-999b57db23b0'
        Use-Environment @{ IDENTITY_ENDPOINT = "$endpoint/msi/token"; IDENTITY_HEADER = '853b9a84-5bfa-4b22-a3f3-0b9a43d9ad8a' } {
            Connect-ExRun -Identity -ClientId 5e29463d-71da-4fe0-8e69-999b57db23b0 -Name service
        }
        (Get-EXRMailboxTimeZone $working[0] -Connection service).value | Should -Not -BeNullOrEmpty
        Use-Environment @{ IDENTITY_ENDPOINT = 'http://203.0.113.7/token'; IDENTITY_HEADER = 'x' } {
            { Connect-ExRun -ManagedIdentity -Name far } | Should -Throw -ErrorId 'ExRun.InvalidArgument,Connect-ExRun'
        }
    }

    It 'as the environment says, set in this session' {
        $variables = @{ AZURE_TENANT_ID = $app.TenantId; AZURE_CLIENT_ID = $app.ClientId; AZURE_CLIENT_SECRET = $ClientSecretText }
        Use-Environment $variables { Connect-ExRun -Environment }
        (Get-ExRunContext).Method | Should -Be 'Environment'
        (Get-ExRunContext).ClientId | Should -Be $app.ClientId
        { Connect-ExRun -Environment } | Should -Throw -ErrorId 'ExRun.CredentialMissing,Connect-ExRun' -ExpectedMessage '*AZURE_CLIENT_SECRET*'
    }

    It 'as a person with a device code, whose message is shown at once' {
        $said = Connect-ExRun @identity -DeviceCode 6>&1
        "$said" | Should -Match 'microsoft\.com/devicelogin'
        $context = Get-ExRunContext
        $context.Account | Should -Be 'admin@contoso.com'
        $context.Scopes | Should -Contain 'MailboxSettings.Read'
        $context.Roles | Should -BeNullOrEmpty
        (Get-MailboxSettingsReport $working[0]).TimeZone | Should -Not -BeNullOrEmpty
    }

    It 'with a token that is there already, of any form' {
        $token = Get-AppOnlyToken $app.PfxFile @identity -password $app.Password
        foreach ($form in $token, $token.access_token, (ConvertTo-Secret $token.access_token), "Bearer $($token.access_token)") {
            Connect-ExRun -AccessToken $form
            (Get-ExRunContext).TenantId | Should -Be $app.TenantId
            (Get-ExRunContext).Method | Should -Be 'AccessToken'
        }
    }

    It 'sends a token of another cloud to that cloud alone' {
        $logged = Join-Path $TestDrive 'gov.log'
        Connect-ExRun @identity @file -Cloud usGov -Name gov
        $token = Get-AppOnlyToken -Connection gov
        (Decode-Token $token).claims.aud | Should -Be 'https://graph.microsoft.us'
        Disconnect-ExRun
        $null = Get-MailboxSettingsReport $working[0] -AccessToken $token -LogPath $logged
        (Get-Content -Raw $logged) | Should -Match 'https://graph\.microsoft\.us/'
        (Get-Content -Raw $logged) | Should -Not -Match 'https://graph\.microsoft\.com/'
        Connect-ExRun -AccessToken $token
        (Get-ExRunContext).Cloud | Should -Be 'usGov'
        Connect-ExRun -AccessToken $token -Cloud usGovDod
        (Get-ExRunContext).Cloud | Should -Be 'usGovDod'
    }

    It 'says no secret, whatever the way' {
        $handles = Get-OpenHandle
        Connect-ExRun @identity -ClientSecret $secret -Verbose *>&1 | Out-String | Should -Not -Match 'Marked|eyJ'
        Disconnect-ExRun
        $after = Get-OpenHandle
        $after.secret | Should -Be $handles.secret
        $after.client | Should -Be $handles.client
    }

    It 'completes the names of connections' {
        Connect-ExRun @identity -ClientSecret $secret -Name 'first one'
        Connect-ExRun @identity -ClientSecret $secret -Name second
        Connect-ExRun @identity -ClientSecret $secret -Name contoso.com
        function Get-Completion {
            param([string] $Line)
            [System.Management.Automation.CommandCompletion]::CompleteInput($Line, $Line.Length, $null).CompletionMatches.CompletionText -join ','
        }
        Get-Completion 'Get-EXRMailboxTimeZone a@contoso.com -Connection ' | Should -Be "contoso.com,'first one',second"
        Get-Completion "Set-MailboxSettings a@contoso.com -Connection 'fi" | Should -Be "'first one'"
        Get-Completion 'Get-MailboxSettingsReport -Connection C' | Should -Be 'contoso.com'
        foreach ($command in 'Connect-ExRun', 'Disconnect-ExRun', 'Get-ExRunContext') { Get-Completion "$command -Name s" | Should -Be 'second' }
    }
}

Describe 'Connect-EXRMailbox' {
    AfterEach { Disconnect-ExRun }

    It 'connects to the tenant of the mailbox, for the mailboxes of its domain and for others' {
        Connect-EXRMailbox $working[0] $app.ClientId -certificateFileName $app.PfxFile -certificateFilePassword $app.Password | Should -BeNullOrEmpty
        (Get-ExRunContext).Name | Should -Be 'contoso.com'
        (Get-EXRMailboxTimeZone $working[1]).value | Should -Not -BeNullOrEmpty
        Connect-EXRMailbox 'kim@contoso.onmicrosoft.com' $app.ClientId -certificateFileName $app.PfxFile -certificateFilePassword $app.Password
        (Get-EXRMailboxTimeZone $working[1]).value | Should -Not -BeNullOrEmpty
        (Get-MailboxSettingsReport $working[2]).TimeZone | Should -Not -BeNullOrEmpty
    }

    It 'throws the sentence that scripts look for' {
        $caught = $null
        try { Connect-EXRMailbox $working[0] wrong -certificateFileName $app.PfxFile -certificateFilePassword $app.Password } catch { $caught = $_ }
        $caught.Exception.Message | Should -BeExactly 'Error getting Access Token'
        "$($caught.ErrorDetails)" | Should -Match 'AADSTS700016'
        $caught.FullyQualifiedErrorId | Should -Be 'ExRun.TokenRefused,Connect-EXRMailbox'
    }
}

Describe 'Get-AccessTokenNoLibraries' {
    It 'gives the raw answer, with a secret of either form' {
        $authority = "https://login.microsoftonline.com/$($app.TenantId)/oauth2/v2.0/token"
        $token = Get-AccessTokenNoLibraries -Authority $authority -ClientId $app.ClientId -ClientSecret $ClientSecretText
        @($token.PSObject.Properties.Name) -join ',' | Should -Be 'token_type,expires_in,ext_expires_in,access_token'
        $token.access_token | Should -BeOfType [string]
        (Get-AccessTokenNoLibraries contoso.com $app.ClientId $secret).access_token | Should -Match '^eyJ'
    }

    It 'takes a certificate object and a scope, by position' {
        $token = Get-AccessTokenNoLibraries 'https://login.microsoftonline.com/contoso.com' $app.ClientId $null (Get-TestCertificate $app) 'https://vault.azure.net/.default'
        (Decode-Token $token.access_token).claims.aud | Should -Be 'https://vault.azure.net'
    }

    It 'writes an error and returns nothing when it is refused' {
        $token = Get-AccessTokenNoLibraries contoso.com $app.ClientId 'wrong' -ErrorAction SilentlyContinue -ErrorVariable failure
        $token | Should -BeNullOrEmpty
        $failure.Count | Should -Be 1
        $failure[0].FullyQualifiedErrorId | Should -Be 'ExRun.TokenRefused,Get-AccessTokenNoLibraries'
    }
}
