BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $app = Initialize-TestApp
    function Get-AppSettings { [pscustomobject] @{ TenantId = $app.TenantId; ClientId = $app.ClientId; redirectUrl = 'http://localhost' } }
}

Describe 'Get-AppOnlyToken' {
    It 'returns the endpoint''s members in its order, then its own' {
        $token = Get-AppOnlyToken -CertFileName $app.PfxFile -password $app.Password
        @($token).Count | Should -Be 1
        $token.PSObject.TypeNames[0] | Should -Be 'System.Management.Automation.PSCustomObject'
        $names = @($token.PSObject.Properties.Name)
        $names[0] | Should -Be 'token_type'
        $names[-3..-1] | Should -Be @('tenantid', 'clientid', 'redirectUrl')
        $names | Should -Contain 'expires_on'
        $names | Should -Contain 'resource'
        $names | Should -Not -Contain 'fromCache'
        $names.IndexOf('access_token') | Should -BeLessThan $names.IndexOf('tenantid')
        $token.access_token | Should -BeOfType [string]
        $token.access_token | Should -Match '^eyJ'
        $token.expires_on | Should -BeOfType [string]
        [long] $token.expires_on | Should -BeGreaterThan ([DateTimeOffset]::UtcNow.ToUnixTimeSeconds())
        $token.tenantid | Should -Be $app.TenantId
        $token.clientid | Should -Be $app.ClientId
        $token.redirectUrl | Should -Be 'http://localhost'
    }

    It 'asks the endpoint each time' {
        [void] (Invoke-Emulator -Method POST -What reset)
        $first = Get-AppOnlyToken $app.PfxFile -password $app.Password
        $second = Get-AppOnlyToken $app.PfxFile -password $app.Password
        $second.access_token | Should -Not -Be $first.access_token
        (Invoke-Emulator -What state).requests.token | Should -Be 2
    }

    It 'adds Beta when asked, last' {
        $token = Get-AppOnlyToken $app.PfxFile -password $app.Password -Beta
        @($token.PSObject.Properties.Name)[-1] | Should -Be 'Beta'
        $token.Beta | Should -Be 'True'
    }

    It 'gives a SecureString when asked' {
        $token = Get-AppOnlyToken $app.PfxFile -password $app.Password -AsSecureString
        $token.access_token | Should -BeOfType [securestring]
        ConvertFrom-Secret $token.access_token | Should -Match '^eyJ[\w-]+\.[\w-]+\.[\w-]+$'
    }

    It 'takes its parameters by position' {
        $token = Get-AppOnlyToken $app.PfxFile 'contoso.com' $app.ClientId 'https://redirect' 10 'graph.microsoft.com' -password $app.Password
        $token.tenantid | Should -Be 'contoso.com'
        $token.redirectUrl | Should -Be 'https://redirect'
    }

    It 'serves the Outlook endpoint, and none, through Graph' {
        foreach ($url in 'outlook.office.com', 'https://outlook.office.com') {
            $token = Get-AppOnlyToken $app.PfxFile -password $app.Password -ResourceURL $url
            (Decode-Token $token).claims.aud | Should -Match 'graph\.microsoft\.com'
        }
    }

    It 'returns the error of the endpoint instead of a token' {
        $token = Get-AppOnlyToken $app.PfxFile -password $app.Password -ClientId '00000000-0000-4000-8000-000000000000' -ErrorVariable failure
        $failure.Count | Should -Be 0
        [bool] $token | Should -BeTrue
        $token.access_token | Should -BeNullOrEmpty
        @($token.PSObject.Properties.Name) | Select-Object -First 7 | Should -Be @('error', 'error_description', 'error_codes', 'timestamp', 'trace_id', 'correlation_id', 'error_uri')
        $token.error_description | Should -Match 'AADSTS'
        $token.timestamp | Should -BeOfType [string]
    }

    It 'says on request what to do about the error of the endpoint' {
        $said = Get-AppOnlyToken $app.PfxFile -password $app.Password -ClientId '00000000-0000-4000-8000-000000000000' -Verbose 4>&1 |
            Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }
        "$said" | Should -Match 'AADSTS700016.*check client id and tenant'
        "$said" | Should -Not -Match 'eyJ'
    }

    It 'writes an error that names host and cause when nothing can be reached' {
        $result = Invoke-Script -Environment @{ EXRUN_CONNECT_TO = '127.0.0.1:1' } -Script @"
Import-Module '$ModulePath'
`$password = [securestring]::new()
'$($app.PlainText)'.ToCharArray() | ForEach-Object { `$password.AppendChar(`$_) }
`$options = @{ TenantId = '$($app.TenantId)'; ClientId = '$($app.ClientId)'; password = `$password }
`$Token = 'before'
`$Token = Get-AppOnlyToken '$($app.PfxFile)' @options -ErrorAction SilentlyContinue -ErrorVariable failure
"`$(`$null -eq `$Token) `$(`$failure.Count) `$(`$failure[0].FullyQualifiedErrorId) `$(`$failure[0].CategoryInfo.Category)"
`$failure[0].Exception.Message
"@
        $result.Lines[0] | Should -Be 'True 1 ExRun.Connection,Get-AppOnlyToken ConnectionError'
        $result.Text | Should -Match 'login\.microsoftonline\.com'
        $result.Text | Should -Match 'refused'
    }
}

Describe 'Get-EXRAppOnlyToken' {
    It 'gives a SecureString of the token itself, and the mailbox between clientid and redirectUrl' {
        $token = Get-EXRAppOnlyToken -CertFileName $app.PfxFile -password $app.Password
        @($token.PSObject.Properties.Name)[-4..-1] | Should -Be @('tenantid', 'clientid', 'mailbox', 'redirectUrl')
        $token.access_token | Should -BeOfType [securestring]
        ConvertFrom-Secret $token.access_token | Should -Match '^eyJ'
        $token.mailbox | Should -BeExactly ''
        @($token.PSObject.Properties.Name) | Should -Not -Contain 'accessTokenSecret'
    }

    It 'uses the cache for a mailbox, and says that the token is stored' {
        $first = Get-EXRAppOnlyToken $app.PfxFile -password $app.Password -MailboxName kim@contoso.com
        [void] (Invoke-Emulator -Method POST -What reset)
        $second = Get-EXRAppOnlyToken $app.PfxFile -password $app.Password -MailboxName kim@contoso.com
        @($second.PSObject.Properties.Name)[-1] | Should -Be 'Cached'
        $second.Cached | Should -BeTrue
        $second.mailbox | Should -Be 'kim@contoso.com'
        ConvertFrom-Secret $second.access_token | Should -Be (ConvertFrom-Secret $first.access_token)
        (Invoke-Emulator -What state).requests.token | Should -BeNullOrEmpty
    }

    It 'asks anew with NoCache' {
        $token = Get-EXRAppOnlyToken $app.PfxFile -password $app.Password -MailboxName kim@contoso.com
        $other = Get-EXRAppOnlyToken $app.PfxFile -password $app.Password -MailboxName kim@contoso.com -NoCache
        @($other.PSObject.Properties.Name) | Should -Not -Contain 'Cached'
        ConvertFrom-Secret $other.access_token | Should -Not -Be (ConvertFrom-Secret $token.access_token)
    }
}

Describe 'The assertion commands' {
    It '<_> makes a signed assertion' -ForEach 'New-JWTToken', 'New-EXRJWTToken' {
        $assertion = & $_ -CertFileName $app.PfxFile -TenantId $app.TenantId -ClientId $app.ClientId -ValidateForMinutes 10 -password $app.Password
        $assertion | Should -BeOfType [string]
        $decoded = Decode-Token $assertion
        $decoded.claims.iss | Should -Be $app.ClientId
        $decoded.claims.sub | Should -Be $app.ClientId
        $decoded.claims.aud | Should -Match ([regex]::Escape($app.TenantId))
        $decoded.headers.alg | Should -Be 'PS256'
        $decoded.signature.Length | Should -Be 256
    }

    It 'have their own positions' {
        (Decode-Token (New-JWTToken $app.PfxFile contoso.com one 10 -password $app.Password)).claims.iss | Should -Be 'one'
        (Decode-Token (New-EXRJWTToken '' (Get-TestCertificate $app) contoso.com two 10)).claims.iss | Should -Be 'two'
    }

    It 'refuse a validity out of range by name' {
        { New-JWTToken $app.PfxFile -ValidateForMinutes 100000 -password $app.Password } | Should -Throw -ErrorId 'ExRun.InvalidArgument,New-JWTToken'
    }
}

Describe 'Get-TenantId' {
    It '<_> finds the tenant of a domain' -ForEach 'Get-TenantId', 'Get-EXRTenantId' {
        & $_ -DomainName contoso.com | Should -Be $app.TenantId
        & $_ contoso.onmicrosoft.com | Should -Be $app.TenantId
    }

    It 'says so when there is none' {
        Get-TenantId -DomainName nowhere.example -ErrorAction SilentlyContinue -ErrorVariable failure | Should -BeNullOrEmpty
        $failure[0].FullyQualifiedErrorId | Should -Be 'ExRun.TenantNotFound,Get-TenantId'
        $failure[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
        "$($failure[0])" | Should -Match 'nowhere\.example'
    }
}
