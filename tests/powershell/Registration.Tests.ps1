# The certificate that the other tests use stays registered.
BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $app = Initialize-TestApp
    $identity = @{ TenantId = $app.TenantId; ClientId = $app.ClientId }
    $password = ConvertTo-Secret 'p'
    $objectId = '5e8d1f7a-3b0c-4d6e-9f21-7a8b9c0d1e2f'
    Disconnect-ExRun
    # Those that the app has before a test.
    Connect-ExRun @identity -ClientSecret (ConvertTo-Secret $ClientSecretText) -Name admin
    $target = (Register-ExRunCertificate -Certificate (Get-TestCertificate $app) -Connection admin)
}

AfterAll { Disconnect-ExRun }

Describe 'Register-ExRunCertificate' {
    It 'leaves a certificate that is there as it is' {
        $target.added | Should -BeFalse
        $target.appId | Should -Be $app.ClientId
        $target.keys.thumbprint | Should -Contain (Get-TestCertificate $app).Thumbprint
    }

    It 'adds one beside those that are there, which then signs in' {
        $file = Join-Path $TestDrive 'second.pfx'
        [void] (Invoke-CreateSelfSignedCert -CertName second -CertFileName $file -KeyFileName (Join-Path $TestDrive 'k') -Password $password)
        $before = @($target.keys).Count
        $result = Register-ExRunCertificate $file -Password $password -DisplayName 'Second one' -ApplicationId $app.ClientId -Connection admin
        $result.added | Should -BeTrue
        @($result.keys).Count | Should -Be ($before + 1)
        @($result.keys)[-1].displayName | Should -Be 'Second one'
        (Get-AppOnlyToken $file @identity -password $password).access_token | Should -Match '^eyJ'
        (Get-AppOnlyToken $app.PfxFile @identity -password $app.Password).access_token | Should -Match '^eyJ'
    }

    It 'does nothing with -WhatIf, and names an application that is not there' {
        Register-ExRunCertificate -Certificate (Get-TestCertificate $app) -Connection admin -WhatIf | Should -BeNullOrEmpty
        { Register-ExRunCertificate -Certificate (Get-TestCertificate $app) -Connection admin -ObjectId $objectId } | Should -Throw -ErrorId 'ExRun.NotFound,Register-ExRunCertificate'
    }
}

Describe 'A command that registers a certificate, without a connection' {
    It 'asks for the connection, and not for the certificate that it has' {
        Disconnect-ExRun
        foreach ($command in { Register-ExRunCertificate -Certificate (Get-TestCertificate $app) }, { Invoke-EXRCreateAppTokenCertificate x (Join-Path $TestDrive 'x.pfx') -Password $password }) {
            $command | Should -Throw -ErrorId 'ExRun.CredentialMissing,*' -ExpectedMessage '*: connect once with Connect-ExRun'
        }
        Connect-ExRun @identity -ClientSecret (ConvertTo-Secret $ClientSecretText) -Name admin
    }
}

Describe 'Invoke-EXRCreateAppTokenCertificate' {
    It 'makes a certificate and adds it to the application' {
        Disconnect-ExRun -Name admin
        Connect-ExRun @identity -ClientSecret (ConvertTo-Secret $ClientSecretText)
        $file = Join-Path $TestDrive 'third.pfx'
        $made = Invoke-EXRCreateAppTokenCertificate third $file $target.id -Password $password
        $made | Should -BeOfType [System.IO.FileInfo]
        $made.FullName | Should -Be $file
        (Get-AppOnlyToken $file @identity -password $password).access_token | Should -Match '^eyJ'
    }
}

Describe 'Update-ExRunCertificate' {
    It 'makes, registers and proves a new certificate before it retires the old one' {
        $old = Join-Path $TestDrive 'old.pfx'
        Connect-ExRun @identity -ClientSecret (ConvertTo-Secret $ClientSecretText)
        [void] (Invoke-EXRCreateAppTokenCertificate old $old $target.id -Password $password)
        Connect-ExRun @identity -CertificatePath $old -Password $password -VaultApiVersion 6.1
        $thumbprint = (Get-ExRunContext).Thumbprint
        $new = Join-Path $TestDrive 'new.pfx'
        $result = Update-ExRunCertificate $new -Password $password -ValidDays 90
        $result.Retired | Should -Be $thumbprint
        $result.Keys.thumbprint | Should -Contain $result.Thumbprint
        $result.Keys.thumbprint | Should -Not -Contain $thumbprint
        $result.Keys.thumbprint | Should -Contain (Get-TestCertificate $app).Thumbprint
        # The connection goes on with the new one.
        (Get-ExRunContext).Thumbprint | Should -Be $result.Thumbprint
        [void] (Invoke-Emulator -Method POST -What revoke-tokens)
        (Get-MailboxSettingsReport (Get-TestMailbox -Working)[0]).TimeZone | Should -Not -BeNullOrEmpty
        (Get-AppOnlyToken $old @identity -password $password -ErrorAction SilentlyContinue).error_codes | Should -Contain 700027
        # And with whatever else was said when it was made.
        { Get-ExRunVaultSecret -Vault contoso } | Should -Throw -ExpectedMessage '*6.1*'
    }

    It 'keeps nothing open where the old one cannot be retired' {
        Connect-ExRun @identity -CertificatePath (Join-Path $TestDrive 'new.pfx') -Password $password
        $before = Get-OpenHandle
        $third = Join-Path $TestDrive 'third.pfx'
        { Update-ExRunCertificate $third -Password $password -OldThumbprint 'no thumbprint' } | Should -Throw -ErrorId 'ExRun.InvalidArgument,Update-ExRunCertificate'
        Test-Path -LiteralPath $third | Should -BeFalse -Because 'nothing is made for a wrong word'
        Set-EmulatorFault @{ kind = 'graph'; method = 'PATCH'; after = 1; action = @{ status = 403; code = 'Authorization_RequestDenied' } }
        try {
            { Update-ExRunCertificate $third -Password $password } | Should -Throw -ErrorId 'ExRun.AccessDenied,Update-ExRunCertificate'
        } finally {
            Set-EmulatorFault
        }
        (Get-ExRunContext).Credential | Should -Be (Join-Path $TestDrive 'new.pfx') -Because 'the old one is still there and in use'
        (Get-OpenHandle).client | Should -Be $before.client
    }

    It 'touches nothing where the new file exists' {
        $existing = Join-Path $TestDrive 'new.pfx'
        $before = Get-FileHash $existing
        { Update-ExRunCertificate $existing -Password $password } | Should -Throw -ErrorId 'ExRun.FileExists,Update-ExRunCertificate'
        (Get-FileHash $existing).Hash | Should -Be $before.Hash
    }
}

Describe 'A certificate that ends soon' {
    It 'is warned of where it is used' {
        $file = Join-Path $TestDrive 'soon.pfx'
        Connect-ExRun @identity -ClientSecret (ConvertTo-Secret $ClientSecretText)
        [void] (Invoke-EXRCreateAppTokenCertificate soon $file $target.id -Password $password -ValidDays 10)
        Connect-ExRun @identity -CertificatePath $file -Password $password -WarningVariable warned -WarningAction SilentlyContinue
        "$warned" | Should -Match 'ends in (9|10) days'
    }
}
