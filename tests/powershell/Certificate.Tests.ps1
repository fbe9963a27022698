BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $app = Initialize-TestApp
    function Get-AppSettings { [pscustomobject] @{ TenantId = $app.TenantId; ClientId = $app.ClientId } }
}

Describe '<_>' -ForEach 'Invoke-CreateSelfSignCert', 'Invoke-CreateSelfSignedCert', 'Invoke-EXRCreateSelfSignedCert' {
    BeforeAll {
        $pfx = Join-Path $TestDrive 'cert.pfx'
        $key = Join-Path $TestDrive 'key.txt'
        $output = & $_ -CertName "Test of $_" -CertFileName $pfx -KeyFileName $key -Password $app.Password
        $certificate = [System.Security.Cryptography.X509Certificates.X509Certificate2]::new($pfx, $app.PlainText)
    }

    It 'emits the PFX''s FileInfo' {
        @($output).Count | Should -Be 1
        $output | Should -BeOfType [System.IO.FileInfo]
        $output.FullName | Should -Be $pfx
    }

    It 'writes a PFX with an RSA key that .NET opens' {
        $certificate.HasPrivateKey | Should -BeTrue
        $certificate.Subject | Should -Be "CN=Test of $_"
        [System.Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPublicKey($certificate).ExportParameters($false).Modulus.Length | Should -BeGreaterOrEqual 256
        $certificate.NotAfter | Should -BeGreaterThan ([datetime]::Now.AddDays(300))
    }

    It 'writes the key file for the manifest' {
        $bytes = [System.IO.File]::ReadAllBytes($key)
        $bytes[0] | Should -Be ([byte] [char] '[')
        $credentials = ConvertFrom-Json ([System.Text.Encoding]::UTF8.GetString($bytes))
        @($credentials).Count | Should -Be 1
        $credential = @($credentials)[0]
        $credential.PSObject.Properties.Name | Sort-Object | Should -Be @('customKeyIdentifier', 'keyId', 'type', 'usage', 'value')
        $credential.customKeyIdentifier | Should -Be ([Convert]::ToBase64String($certificate.GetCertHash()))
        $credential.value | Should -Be ([Convert]::ToBase64String($certificate.RawData))
        $credential.type | Should -Be 'AsymmetricX509Cert'
        $credential.usage | Should -Be 'Verify'
        { [guid] $credential.keyId } | Should -Not -Throw
    }
}

Describe 'A new certificate' {
    It 'asks once for the password' {
        Mock Read-Host { ConvertTo-Secret 'typed' }
        $pfx = Join-Path $TestDrive 'typed.pfx'
        [void] (Invoke-CreateSelfSignedCert 'Typed' $pfx (Join-Path $TestDrive 'typed.txt'))
        Should -Invoke Read-Host -Times 1 -Exactly
        [System.Security.Cryptography.X509Certificates.X509Certificate2]::new($pfx, 'typed').HasPrivateKey | Should -BeTrue
    }

    It 'goes where the PowerShell location is' {
        Push-Location $TestDrive
        try {
            [void] (Invoke-CreateSelfSignedCert 'Here' './here.pfx' 'here.txt' -Password $app.Password)
        } finally { Pop-Location }
        Join-Path $TestDrive 'here.pfx' | Should -Exist
        Join-Path $TestDrive 'here.txt' | Should -Exist
    }

    It 'replaces files that are there' {
        $pfx = Join-Path $TestDrive 'again.pfx'
        $key = Join-Path $TestDrive 'again.txt'
        Set-Content $key ('x' * 10000)
        [void] (Invoke-CreateSelfSignedCert 'Again' $pfx $key -Password $app.Password)
        { Get-Content $key -Raw | ConvertFrom-Json } | Should -Not -Throw
    }

    It 'is valid as long as asked' {
        $pfx = Join-Path $TestDrive 'days.pfx'
        [void] (Invoke-CreateSelfSignedCert 'Days' $pfx (Join-Path $TestDrive 'days.txt') -Password $app.Password -ValidDays 30)
        $notAfter = [System.Security.Cryptography.X509Certificates.X509Certificate2]::new($pfx, $app.PlainText).NotAfter
        $notAfter | Should -BeLessThan ([datetime]::Now.AddDays(31))
    }

    It 'that cannot be written is an error that names the file' {
        { Invoke-CreateSelfSignedCert 'x' (Join-Path $TestDrive 'no/such/x.pfx') (Join-Path $TestDrive 'x.txt') -Password $app.Password } |
            Should -Throw -ErrorId 'ExRun.File,Invoke-CreateSelfSignedCert'
    }
}

Describe 'The password of a certificate file' {
    It 'is not asked for when the file needs none' {
        $open = Join-Path $TestDrive 'open.pfx'
        $certificate = [System.Security.Cryptography.X509Certificates.X509Certificate2]::new($app.PfxFile, $app.PlainText, 'Exportable')
        [System.IO.File]::WriteAllBytes($open, $certificate.Export('Pfx'))
        Mock Read-Host { throw 'asked' }
        (Get-AppOnlyToken $open).access_token | Should -Match '^eyJ'
        Should -Invoke Read-Host -Times 0 -Exactly
    }

    It 'is asked for once, by the caller''s own Read-Host' {
        $script:prompts = @()
        function Read-Host { param($Prompt, [switch] $AsSecureString) $script:prompts += "$Prompt $AsSecureString"; $app.Password }
        (New-JWTToken $app.PfxFile) | Should -Match '^eyJ'
        $script:prompts | Should -Be @('password True')
    }

    It 'is asked for by a mock, too' {
        Mock Read-Host { $app.Password }
        (Get-AppOnlyToken $app.PfxFile).access_token | Should -Match '^eyJ'
        Should -Invoke Read-Host -Times 1 -Exactly -ParameterFilter { $Prompt -eq 'password' -and $AsSecureString }
    }

    It 'and by one in the module''s scope' {
        Mock Read-Host { $app.Password } -ModuleName ExRun
        (Get-AppOnlyToken $app.PfxFile).access_token | Should -Match '^eyJ'
        Should -Invoke Read-Host -ModuleName ExRun -Times 1 -Exactly
    }

    It 'that is wrong is an error, not a second question' {
        Mock Read-Host { ConvertTo-Secret 'wrong' }
        $token = Get-AppOnlyToken $app.PfxFile -ErrorAction SilentlyContinue -ErrorVariable failure
        $token | Should -BeNullOrEmpty
        $failure.Count | Should -Be 1
        $failure[0].FullyQualifiedErrorId | Should -Be 'ExRun.CertificatePassword,Get-AppOnlyToken'
        Should -Invoke Read-Host -Times 1 -Exactly
    }

    It 'is one clear error where nobody can answer' {
        $result = Invoke-Script @"
Import-Module '$ModulePath'
function Get-AppSettings { [pscustomobject] @{ TenantId = '$($app.TenantId)'; ClientId = '$($app.ClientId)' } }
`$Token = Get-AppOnlyToken -CertFileName '$($app.PfxFile)' -ErrorVariable failure -ErrorAction SilentlyContinue
"`$(`$null -eq `$Token) `$(`$failure.Count) `$(`$failure[0].FullyQualifiedErrorId)"
`$failure[0].Exception.Message
"@
        $result.Lines[0] | Should -Be 'True 1 ExRun.CertificatePassword,Get-AppOnlyToken'
        $result.Text | Should -Match '-password'
        $result.Text | Should -Match ([regex]::Escape($app.PfxFile))
    }
}

Describe 'A certificate file that cannot be used' {
    It 'is an error, and nothing is sent' {
        $cer = Join-Path $TestDrive 'app.cer'
        [System.IO.File]::WriteAllBytes($cer, (Get-TestCertificate $app).RawData)
        Set-Content (Join-Path $TestDrive 'text.pfx') 'no certificate'
        [void] (Invoke-Emulator -Method POST -What reset)
        foreach ($case in @(
                @{ File = $cer; Id = 'CertificateNoKey' }
                @{ File = Join-Path $TestDrive 'text.pfx'; Id = 'CertificateUnreadable' }
                @{ File = Join-Path $TestDrive 'missing.pfx'; Id = 'File' })) {
            $token = Get-AppOnlyToken $case.File -ErrorAction SilentlyContinue -ErrorVariable failure
            $token | Should -BeNullOrEmpty -Because $case.File
            $failure[0].FullyQualifiedErrorId | Should -Be "ExRun.$($case.Id),Get-AppOnlyToken"
            "$($failure[0])" | Should -Match ([regex]::Escape($case.File))
        }
        (Invoke-Emulator -What state).requests.token | Should -BeNullOrEmpty
    }

    It 'is said to be no file when it is a path of another provider' {
        Get-AppOnlyToken 'env:PATH' -ErrorAction SilentlyContinue -ErrorVariable failure | Should -BeNullOrEmpty
        $failure[0].FullyQualifiedErrorId | Should -Be 'ExRun.InvalidArgument,Get-AppOnlyToken'
    }
}

Describe 'An X509Certificate2' {
    It 'signs without its key being exported' {
        # The key of this one refuses every export.
        $certificate = [System.Security.Cryptography.X509Certificates.X509Certificate2]::new($app.PfxFile, $app.PlainText)
        $token = Get-EXRAppOnlyToken -Certificate $certificate
        ConvertFrom-Secret $token.access_token | Should -Match '^eyJ'
        (Decode-Token (New-EXRJWTToken -Certificate $certificate)).headers.alg | Should -BeIn @('PS256', 'RS256')
    }

    It 'without a private key is an error that says so' {
        $public = [System.Security.Cryptography.X509Certificates.X509Certificate2]::new([byte[]] (Get-TestCertificate $app).RawData)
        { New-EXRJWTToken -Certificate $public } | Should -Throw -ErrorId 'ExRun.CertificateNoKey,New-EXRJWTToken'
    }

    It 'whose key is no RSA key is an error that says so' {
        $key = [System.Security.Cryptography.ECDsa]::Create()
        $request = [System.Security.Cryptography.X509Certificates.CertificateRequest]::new('CN=ec', $key, 'SHA256')
        $certificate = $request.CreateSelfSigned([DateTimeOffset]::UtcNow.AddDays(-1), [DateTimeOffset]::UtcNow.AddDays(10))
        $caught = $null
        try { New-EXRJWTToken -Certificate $certificate -WarningVariable warned -WarningAction SilentlyContinue } catch { $caught = $_ }
        $caught.FullyQualifiedErrorId | Should -Match '^ExRun\.Key(Unusable|Unsupported),New-EXRJWTToken$'
        "$warned" | Should -Match 'it is no RSA key'
        (Get-OpenHandle).client | Should -Be 0
    }
}
