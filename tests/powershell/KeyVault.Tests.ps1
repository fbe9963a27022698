# Azure Key Vault: the commands of the second post, the modern ones, and sign-in with what a vault holds.

BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $app = Initialize-TestApp
    $vault = 'https://contoso.vault.azure.net'
    Connect-ExRun -TenantId $app.TenantId -ClientId $app.ClientId -CertificatePath $app.PfxFile -Password $app.Password
    $flow = @{ AZKeyVaultBaseUri = $vault; ClientID = $app.ClientId; TenantID = $app.TenantId; ClientSecret = $ClientSecretText }
    # The person: opens the URL that is shown, agrees, and is sent back to this machine.
    $browse = {
        param($Message)
        $url = [regex]::Match($Message, 'https://\S+').Value
        $local = $url -replace '^https://[^/]+', "https://$env:EXRUN_CONNECT_TO"
        $handler = [System.Net.Http.HttpClientHandler]::new()
        $handler.AllowAutoRedirect = $false
        $handler.ServerCertificateCustomValidationCallback = [System.Net.Http.HttpClientHandler]::DangerousAcceptAnyServerCertificateValidator
        $back = [System.Net.Http.HttpClient]::new($handler).GetAsync($local).Result.Headers.Location
        [void] [System.Net.Http.HttpClient]::new().GetAsync($back).Result
    }
    $text = "correct horse b$([char] 0xe4)ttery <staple> & ""more"""
}

AfterAll {
    Set-EmulatorFault
    Disconnect-ExRun
}

Describe 'Get-RESTAzKeyVaultSecret' {
    It 'lists every secret over all pages where no name is given' {
        $list = @(Get-RESTAzKeyVaultSecret @flow)
        $list.Count | Should -BeGreaterThan 60
        $list[0].PSObject.Properties.Name | Should -Contain 'attributes'
        $list.id | Should -Contain "$vault/secrets/secret-000059"
        ($list | Where-Object { $_.PSObject.Properties['value'] }) | Should -BeNullOrEmpty
        @(Get-RESTAzKeyVaultSecret @flow -ListSecrets).Count | Should -Be $list.Count
    }

    It 'gets a secret as the vault has it' {
        $secret = Get-RESTAzKeyVaultSecret @flow -SecretName app-secret
        $secret.value | Should -Be $text
        $secret.id | Should -Match '^https://contoso\.vault\.azure\.net/secrets/app-secret/[0-9a-f]{32}$'
        $secret.attributes.enabled | Should -BeTrue
        $secret.PSObject.Properties.Name | Select-Object -First 1 | Should -Be 'value'
    }

    It 'refuses a client secret that is no text, in words' {
        { Get-RESTAzKeyVaultSecret -AZKeyVaultBaseUri $vault -ClientID $app.ClientId -TenantID $app.TenantId -ClientSecret (ConvertTo-Secret $ClientSecretText) } |
            Should -Throw -ErrorId 'ExRun.InvalidArgument,Get-RESTAzKeyVaultSecret' -ExpectedMessage '*SecureString*'
    }

    It 'asks for what proves an app that is named, and opens no browser for it' {
        { Get-RESTAzKeyVaultSecret -AZKeyVaultBaseUri $vault -ClientID $app.ClientId -TenantID $app.TenantId } |
            Should -Throw -ErrorId 'ExRun.CredentialMissing,Get-RESTAzKeyVaultSecret' -ExpectedMessage '*-ClientSecret and -TenantID*'
    }

    It 'gets secret and certificate of a name in one call' {
        $both = Get-RESTAzKeyVaultSecret @flow -SecretName exrun-app -CertificateName exrun-app
        $both.Count | Should -Be 2
        $both[0].contentType | Should -Be 'application/x-pkcs12'
        $both[1].cer | Should -Not -BeNullOrEmpty
        $both[1].policy.key_props.exportable | Should -BeTrue
    }

    It 'signs a person in with the browser' {
        $secret = Get-RESTAzKeyVaultSecret https://person.vault.azure.net $app.ClientId -RedirectUri http://localhost -SecretName app-secret 6>&1 |
            ForEach-Object { if ($_ -is [System.Management.Automation.InformationRecord]) { & $browse "$_" } else { $_ } }
        $secret.value | Should -Be $text
    }

    It 'asks the vault with the person''s own permission' {
        Connect-ExRun -Name person -ClientId $app.ClientId -Interactive -NoBrowser 6>&1 | ForEach-Object { & $browse "$_" }
        $token = Get-AppOnlyToken -Connection person -ResourceURL https://vault.azure.net
        $claims = (ConvertFrom-ExRunToken $token).claims
        $claims.aud | Should -Be 'https://vault.azure.net'
        $claims.scp | Should -Be 'user_impersonation'
        $claims.PSObject.Properties['roles'] | Should -BeNullOrEmpty
        Disconnect-ExRun -Name person
    }

    It 'uses a connection' {
        (Get-RESTAzKeyVaultSecret $vault -SecretName app-secret -Connection Default).value | Should -Be $text
    }

    It 'writes an error for what cannot be had, and a warning for what has expired' {
        $found = Get-RESTAzKeyVaultSecret @flow -SecretName no-such -ErrorAction SilentlyContinue -ErrorVariable failed
        $found | Should -BeNullOrEmpty
        $failed[0].FullyQualifiedErrorId | Should -Be 'ExRun.NotFound,Get-RESTAzKeyVaultSecret'
        $old = Get-RESTAzKeyVaultSecret @flow -SecretName expired-secret -WarningAction SilentlyContinue -WarningVariable warned
        $old.value | Should -Be 'old'
        "$warned" | Should -Match 'expired at'
    }

    It 'leaves no variable and no handle behind' {
        $before = Get-OpenHandle
        [void] (Get-RESTAzKeyVaultSecret @flow -SecretName app-secret)
        [void] (Get-RESTAzKeyVaultSecret @flow -ListSecrets)
        [void] (Get-RESTAzKeyVaultSecret @flow | Select-Object -First 3)
        [void] (Get-ExRunVaultSecret -Vault contoso app-secret)
        $after = Get-OpenHandle
        foreach ($kind in 'client', 'secret', 'operation', 'stream', 'bytes') { $after.$kind | Should -Be $before.$kind -Because $kind }
        Get-Variable token -Scope Global -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
    }
}

Describe 'ConvertFrom-AzKeVaultString' {
    It 'makes a certificate with its key of each object of a pipeline' {
        $secrets = 'exrun-app', 'exrun-pem' | ForEach-Object { Get-RESTAzKeyVaultSecret @flow -SecretName $_ }
        $certificates = @($secrets | ConvertFrom-AzKeVaultString)
        $certificates.Count | Should -Be 2
        $certificates.HasPrivateKey | Should -Be @($true, $true)
        $certificates.Subject | Should -Be @('CN=exrun-app', 'CN=exrun-pem')
        (ConvertFrom-AzKeyVaultString $secrets[0].value).Thumbprint | Should -Be $certificates[0].Thumbprint
        ($secrets.value | ConvertFrom-AzKeyVaultString).Thumbprint | Should -Be $certificates.Thumbprint
    }

    It 'gives a certificate whose key stays in the vault without it' {
        $certificate = Get-RESTAzKeyVaultSecret @flow -SecretName exrun-hsm | ConvertFrom-AzKeyVaultString
        $certificate.Subject | Should -Be 'CN=exrun-hsm'
        $certificate.HasPrivateKey | Should -BeFalse
    }

    It 'writes an error for each that holds none' {
        $made = 'not base64', '', 'AAAA' | ForEach-Object { [pscustomobject] @{ value = $_ } } |
            ConvertFrom-AzKeVaultString -ErrorAction SilentlyContinue -ErrorVariable failed
        $made | Should -BeNullOrEmpty
        $failed.Count | Should -Be 3
        $failed[0].FullyQualifiedErrorId | Should -Match '^ExRun\.CertificateUnreadable'
    }
}

Describe 'Get-ExRunVaultSecret' {
    It 'gives a SecureString, and text on request' {
        $secret = Get-ExRunVaultSecret -Vault contoso -Name app-secret
        $secret | Should -BeOfType [securestring]
        [System.Net.NetworkCredential]::new('', $secret).Password | Should -Be $text
        Get-ExRunVaultSecret "$vault/secrets/app-secret" -AsPlainText | Should -Be $text
    }

    It 'lists secrets and versions' {
        $list = @(Get-ExRunVaultSecret -Vault contoso)
        $list.Name | Should -Contain 'secret-000059'
        $list.Name | Should -Not -Contain 'deleted-secret'
        $versions = @(Get-ExRunVaultSecret -Vault $vault app-secret -IncludeVersions)
        $versions.Count | Should -Be 2
        Get-ExRunVaultSecret -Vault $vault -Name app-secret -Version $versions[1].Version -AsPlainText | Should -Be 'the first value'
        $versions[0].Created | Should -BeOfType [datetime]
        (Get-ExRunVaultSecret -Vault contoso -Deleted).Name | Should -Contain 'deleted-secret'
    }

    It 'takes what it listed from the pipeline' {
        $values = @(Get-ExRunVaultSecret -Vault contoso | Where-Object Name -like 'secret-00000*' | Get-ExRunVaultSecret -AsPlainText)
        $values.Count | Should -Be 10
        $values[3] | Should -Be 'value of secret-000003'
        'app-secret', 'secret-000001' | Get-ExRunVaultSecret -Vault contoso -AsPlainText | Should -Be $text, 'value of secret-000001'
    }

    It 'says why a secret cannot be had' -ForEach @(
        @{ Name = 'no-such'; Id = 'NotFound' }, @{ Name = 'deleted-secret'; Id = 'VaultItemDeleted' }
        @{ Name = 'disabled-secret'; Id = 'VaultItemDisabled' }, @{ Name = 'expired-secret'; Id = 'VaultItemExpired' }
        @{ Name = 'future-secret'; Id = 'VaultItemNotYetValid' }
    ) {
        $error.Clear()
        Get-ExRunVaultSecret -Vault contoso $Name -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty
        $failed[0].FullyQualifiedErrorId | Should -Be "ExRun.$Id,Get-ExRunVaultSecret"
        $failed[0].TargetObject | Should -Be $Name
    }

    It 'gives what is out of its time on request' {
        Get-ExRunVaultSecret -Vault contoso expired-secret -IgnoreValidity -AsPlainText | Should -Be 'old'
    }
}

Describe 'Get-ExRunVaultCertificate' {
    It 'comes with its private key from <Name>' -ForEach @(@{ Name = 'exrun-app' }, @{ Name = 'exrun-pem' }) {
        $certificate = Get-ExRunVaultCertificate -Vault contoso -Name $Name
        $certificate.Subject | Should -Be "CN=$Name"
        $certificate.HasPrivateKey | Should -BeTrue
        $key = [System.Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPrivateKey($certificate)
        $key.SignData([byte[]] (1, 2), [System.Security.Cryptography.HashAlgorithmName]::SHA256, [System.Security.Cryptography.RSASignaturePadding]::Pkcs1).Length | Should -Be 256
    }

    It 'says that a key stays in its vault, and gives the public part' {
        Get-ExRunVaultCertificate -Vault contoso exrun-hsm -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty
        $failed[0].FullyQualifiedErrorId | Should -Be 'ExRun.VaultKeyNotExportable,Get-ExRunVaultCertificate'
        (Get-ExRunVaultCertificate -Vault contoso exrun-hsm -PublicOnly).HasPrivateKey | Should -BeFalse
    }

    It 'lists certificates' {
        (Get-ExRunVaultCertificate -Vault contoso).Name | Should -Contain 'exrun-hsm'
    }

    It 'signs in as a certificate of the session' {
        $certificate = Get-ExRunVaultCertificate "$vault/certificates/exrun-app"
        (Get-AppOnlyToken -Certificate $certificate -TenantId $app.TenantId -ClientId $app.ClientId).access_token | Should -Match '^eyJ'
    }
}

Describe 'Connect-ExRun with what a vault holds' {
    AfterEach { Disconnect-ExRun -Name vaulted -ErrorAction SilentlyContinue }

    It 'signs in with -<Parameter> and <Name>, asked for by the machine' -ForEach @(
        @{ Parameter = 'VaultCertificate'; Name = 'certificates/exrun-app' }
        @{ Parameter = 'VaultKey'; Name = 'keys/exrun-hsm' }
    ) {
        $how = @{ $Parameter = "https://machine.vault.azure.net/$Name" }
        $context = Connect-ExRun -Name vaulted -TenantId $app.TenantId -ClientId $app.ClientId @how -PassThru
        $context.ClientId | Should -Be $app.ClientId
        $mailbox = Get-TestMailbox -Working | Select-Object -First 1
        (Get-MailboxSettingsReport $mailbox -Connection vaulted).MailboxName | Should -Be $mailbox
    }

    It 'signs in with a key of the vault that a client secret may use' {
        $secret = ConvertTo-SecureString -AsPlainText -Force $ClientSecretText
        Connect-ExRun -Name vaulted -TenantId contoso.com -ClientId $app.ClientId -ClientSecret $secret -VaultKey https://secret.vault.azure.net/keys/exrun-hsm
        (Get-AppOnlyToken -Connection vaulted).access_token | Should -Match '^eyJ'
        [void] (Invoke-Emulator -Method POST -What vault/renew -Body @{ vault = 'secret'; certificate = 'exrun-hsm' })
        (Get-AppOnlyToken -Connection vaulted).access_token | Should -Match '^eyJ'
    }

    It 'warns of a renewed certificate that nobody has registered' {
        $how = @{ Name = 'vaulted'; TenantId = $app.TenantId; ClientId = $app.ClientId; VaultKey = 'https://unregistered.vault.azure.net/keys/exrun-hsm' }
        [void] (Invoke-Emulator -Method POST -What vault/renew -Body @{ vault = 'unregistered'; certificate = 'exrun-hsm'; registered = $false })
        Connect-ExRun @how -WarningVariable warned -WarningAction SilentlyContinue
        "$warned" | Should -Match 'not registered with the app.*register the newest in time'
    }

    It 'asks the vault with <Way>' -ForEach @(
        @{ Way = 'a certificate file'; Bind = { @{ CertificatePath = $app.PfxFile; Password = $app.Password } } }
        @{ Way = 'a certificate object'; Bind = { @{ Certificate = (Get-TestCertificate $app) } } }
        @{ Way = 'a token that is there'; Bind = { @{ VaultAccessToken = (Get-AppOnlyToken -Connection Default -ResourceURL https://vault.azure.net) } } }
        @{ Way = 'the environment'; Bind = { @{ Environment = $true } } }
    ) {
        $handles = Get-OpenHandle
        [System.Environment]::SetEnvironmentVariable('AZURE_CLIENT_SECRET', $ClientSecretText)
        try {
            $how = & $Bind
            $name = ($Way -split ' ')[-1]
            foreach ($what in @{ VaultCertificate = "https://by-$name.vault.azure.net/certificates/exrun-app" }, @{ VaultKey = "https://by-$name.vault.azure.net/keys/exrun-hsm" }) {
                $context = Connect-ExRun -Name vaulted -TenantId $app.TenantId -ClientId $app.ClientId @how @what -SendX5c -PassThru
                $context.Method | Should -Be @($what.Keys)[0]
                $context.Credential | Should -Be @($what.Values)[0]
                $context.Thumbprint | Should -BeNullOrEmpty -Because 'it is not what the app signs in with'
                $context.Roles | Should -Contain 'MailboxSettings.Read'
            }
        } finally {
            [System.Environment]::SetEnvironmentVariable('AZURE_CLIENT_SECRET', $null)
        }
        Disconnect-ExRun -Name vaulted
        $after = Get-OpenHandle
        foreach ($kind in 'client', 'secret', 'operation') { $after.$kind | Should -Be $handles.$kind -Because $kind }
    }

    It 'signs in with -Vault @{ <Member> }, which the machine, another app or a token asks' -ForEach @(
        @{ Member = 'Certificate'; Method = 'VaultCertificate'; Name = 'certificates/exrun-app' }
        @{ Member = 'Key'; Method = 'VaultKey'; Name = 'keys/exrun-hsm' }
    ) {
        $handles = Get-OpenHandle
        $url = "https://by-object.vault.azure.net/$Name"
        $token = Get-AppOnlyToken -Connection Default -ResourceURL https://vault.azure.net
        $file = @{ CertificatePath = $app.PfxFile; Password = $app.Password }
        foreach ($way in @{ Vault = @{} }, @{ Vault = @{ AccessToken = $token } }, ($file + @{ Vault = @{ ClientId = $app.ClientId; TenantId = $app.TenantId } })) {
            $way.Vault[$Member] = $url
            $context = Connect-ExRun -Name vaulted -TenantId $app.TenantId -ClientId $app.ClientId @way -PassThru
            $context.Method | Should -Be $Method
            $context.Credential | Should -Be $url
            $context.Roles | Should -Contain 'MailboxSettings.Read'
        }
        Disconnect-ExRun -Name vaulted
        $after = Get-OpenHandle
        foreach ($kind in 'client', 'secret', 'operation') { $after.$kind | Should -Be $handles.$kind -Because $kind }
    }

    It 'refuses -Vault with <Fault>' -ForEach @(
        @{ Fault = 'a member that is not known'; Vault = @{ Key = 'https://a.vault.azure.net/keys/a'; Secret = 'x' }; Message = '*member Secret*' }
        @{ Fault = 'neither certificate nor key'; Vault = @{ ClientId = 'x' }; Message = '*neither which certificate nor which key*' }
        @{ Fault = 'certificate and key'; Vault = @{ Key = 'https://a.vault.azure.net/keys/a'; Certificate = 'https://a.vault.azure.net/certificates/a' }; Message = '*either*' }
        @{ Fault = 'a blank member'; Vault = @{ Key = ' ' }; Message = '*Key of -Vault is null or blank*' }
        @{ Fault = 'a password as text'; Vault = @{ Certificate = 'https://a.vault.azure.net/certificates/a'; Password = 'x' }; Message = '*SecureString*' }
        @{ Fault = 'nothing'; Vault = $null; Message = '*-Vault is given, and is null*' }
    ) {
        { Connect-ExRun -Name vaulted -TenantId $app.TenantId -ClientId $app.ClientId -Vault $Vault } |
            Should -Throw -ErrorId 'ExRun.InvalidArgument,Connect-ExRun' -ExpectedMessage $Message
    }

    It 'refuses what does not go together, and says what is missing' {
        $identity = @{ Name = 'vaulted'; TenantId = $app.TenantId; ClientId = $app.ClientId }
        $key = 'https://a.vault.azure.net/keys/a'
        $token = ConvertTo-Secret 'eyJ.x.y'
        $secret = ConvertTo-Secret $ClientSecretText
        { Connect-ExRun @identity } | Should -Throw -ErrorId 'ExRun.CredentialMissing,Connect-ExRun' -ExpectedMessage '*-CertificatePath*'
        foreach ($how in @{ Vault = @{ Key = $key }; VaultKey = $key }, @{ ClientSecret = $secret; Vault = @{ Key = $key; AccessToken = $token } }, @{ ClientSecret = $secret; VaultAccessToken = $token },
            @{ Password = $app.Password; VaultKey = $key }) {
            { Connect-ExRun @identity @how } | Should -Throw -ErrorId 'ExRun.InvalidArgument,Connect-ExRun' -Because ($how.Keys -join ' ')
        }
        { Connect-ExRun -Name vaulted -AccessToken $token -Vault @{ Key = $key } } | Should -Throw -ErrorId 'ExRun.InvalidArgument,Connect-ExRun' -ExpectedMessage '*-AccessToken*'
    }

    It 'says that a token to ask the vault with is one for something else' {
        $token = Get-AppOnlyToken -Connection Default
        { Connect-ExRun -Name vaulted -TenantId $app.TenantId -ClientId $app.ClientId -VaultAccessToken $token -VaultKey https://by-graph.vault.azure.net/keys/exrun-hsm } |
            Should -Throw -ErrorId 'ExRun.Unauthorized,Connect-ExRun'
    }

    It 'accepts nothing that would do nothing' {
        $identity = @{ Name = 'vaulted'; TenantId = $app.TenantId; ClientId = $app.ClientId; ClientSecret = (ConvertTo-Secret $ClientSecretText) }
        { Connect-ExRun @identity -VaultClientId $app.ClientId } | Should -Throw -ErrorId 'ExRun.InvalidArgument,Connect-ExRun' -ExpectedMessage '*-VaultClientId*'
        { Connect-ExRun @identity -VaultCertificatePassword $app.Password } | Should -Throw -ErrorId 'ExRun.InvalidArgument,Connect-ExRun'
        { Connect-ExRun @identity -SendX5c } | Should -Throw -ErrorId 'ExRun.InvalidArgument,Connect-ExRun' -ExpectedMessage '*-SendX5c*'
        { Connect-ExRun @identity -VaultKey https://a.vault.azure.net/keys/a -VaultCertificatePassword $app.Password } | Should -Throw -ErrorId 'ExRun.InvalidArgument,Connect-ExRun'
        (Get-ExRunContext).Name | Should -Not -Contain 'vaulted'
    }

    It 'takes one of the two' {
        { Connect-ExRun -Name vaulted -TenantId contoso.com -ClientId $app.ClientId -ManagedIdentity -VaultKey https://a.vault.azure.net/keys/a -VaultCertificate https://a.vault.azure.net/certificates/a } |
            Should -Throw -ExpectedMessage '*either*'
    }
}

Describe 'The version of the vault''s API' {
    AfterEach { Disconnect-ExRun -Name versioned -ErrorAction SilentlyContinue }

    It 'is that of the connection, or of the call' {
        $identity = @{ Name = 'versioned'; TenantId = $app.TenantId; ClientId = $app.ClientId; CertificatePath = $app.PfxFile; Password = $app.Password }
        Connect-ExRun @identity -VaultApiVersion 1999-01-01
        Get-ExRunVaultSecret -Vault contoso app-secret -Connection versioned -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty
        "$failed" | Should -Match '1999-01-01'
        { Get-ExRunVaultSecret -Vault contoso -Connection versioned } | Should -Throw -ExpectedMessage '*1999-01-01*'
        Get-ExRunVaultSecret -Vault contoso app-secret -Connection versioned -ApiVersion 2025-07-01 -AsPlainText | Should -Be $text
        (Get-ExRunVaultCertificate -Vault contoso -Connection versioned -ApiVersion 7.5).Name | Should -Contain 'exrun-hsm'
        (Get-RESTAzKeyVaultSecret $vault -SecretName app-secret -Connection versioned -ApiVersion 7.6).value | Should -Be $text
    }

    It 'is that of a call that signs in itself' {
        (Get-RESTAzKeyVaultSecret @flow -SecretName app-secret -ApiVersion 2016-10-01).value | Should -Be $text
        Get-RESTAzKeyVaultSecret @flow -SecretName app-secret -ApiVersion 6.1 -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty
        "$failed" | Should -Match '6\.1'
        $token = Get-AppOnlyToken -Connection Default -ResourceURL https://vault.azure.net
        Get-ExRunVaultSecret -Vault contoso app-secret -AccessToken $token -ApiVersion 7.5 -AsPlainText | Should -Be $text
    }

    It 'is that of who signs in with what a vault holds' {
        $how = @{ Name = 'versioned'; TenantId = $app.TenantId; ClientId = $app.ClientId; VaultKey = 'https://versioned.vault.azure.net/keys/exrun-hsm' }
        { Connect-ExRun @how -VaultApiVersion 6.1 } | Should -Throw -ExpectedMessage '*6.1*'
        Connect-ExRun @how -VaultApiVersion 2025-07-01
    }
}

Describe 'A vault of another cloud' {
    It 'is asked in its cloud where no connection says which' {
        $gov = $flow.Clone()
        $gov.AZKeyVaultBaseUri = 'https://contoso.vault.usgovcloudapi.net'
        (Get-RESTAzKeyVaultSecret @gov -SecretName app-secret).value | Should -Be $text
        Connect-ExRun -Name gov -TenantId $app.TenantId -ClientId $app.ClientId -CertificatePath $app.PfxFile -Password $app.Password -Cloud usGov
        $token = Get-AppOnlyToken -Connection gov -ResourceURL https://vault.usgovcloudapi.net
        Disconnect-ExRun -Name gov
        Get-ExRunVaultSecret https://contoso.vault.usgovcloudapi.net/secrets/app-secret -AccessToken $token -AsPlainText | Should -Be $text
        @(Get-ExRunVaultSecret -Vault contoso.vault.usgovcloudapi.net -AccessToken $token).Count | Should -BeGreaterThan 60
    }
}
