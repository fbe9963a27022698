# Whose Get-AppSettings is asked: that of whoever calls. Seen by the issuer of an assertion, which needs no network.

BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $app = Initialize-TestApp

    function Get-Issuer {
        param($Assertion)
        (Decode-Token $Assertion).claims.iss
    }
}

Describe 'Get-AppSettings' {
    It 'returns the defaults in their order' {
        $settings = Get-AppSettings
        $settings.PSObject.Properties.Name | Should -Be @('ResourceURL', 'ClientId', 'redirectUrl', 'ClientSecret', 'x5t', 'TenantId', 'ValidateForMinutes')
        $settings.ResourceURL | Should -Be 'outlook.office.com'
        $settings.ValidateForMinutes | Should -Be 60
    }

    It 'may be the post''s own, which assigns a member it did not select' {
        function Get-AppSettings() {
            $configObj = "" | select ResourceURL, ClientId, redirectUrl, ClientSecret, x5t, TenantId
            $configObj.ResourceURL = ""
            $configObj.ClientId = "084adbb3-f70c-498f-97a3-464e1f444d9a"
            $configObj.TenantId = "1c3a18bf-da31-4f6c-a404-2c06c9cf5ae4"
            $configObj.ClientSecret = ""
            $configObj.x5t = "3Y5+FU8x2tZ8DudO479K71ILQF8="
            $configObj.ValidateForMinutes = 60
            return $configObj
        }
        Get-Issuer (New-JWTToken -CertFileName $app.PfxFile -password $app.Password) | Should -Be '084adbb3-f70c-498f-97a3-464e1f444d9a'
        $ErrorActionPreference = 'Stop'
        Get-Issuer (New-JWTToken -CertFileName $app.PfxFile -password $app.Password) | Should -Be '084adbb3-f70c-498f-97a3-464e1f444d9a'
        $ErrorActionPreference | Should -Be 'Stop'
    }

    It 'is found in a function of the caller' {
        function Get-AppSettings { [pscustomobject] @{ TenantId = 'contoso.com'; ClientId = 'outer' } }
        function Invoke-Inner {
            function Get-AppSettings { [pscustomobject] @{ TenantId = 'contoso.com'; ClientId = 'inner' } }
            New-JWTToken -CertFileName $app.PfxFile -password $app.Password
        }
        Get-Issuer (Invoke-Inner) | Should -Be 'inner'
        Get-Issuer (New-JWTToken -CertFileName $app.PfxFile -password $app.Password) | Should -Be 'outer'
        Get-Issuer (& { New-JWTToken -CertFileName $app.PfxFile -password $app.Password }) | Should -Be 'outer'
    }

    It 'is found in a module that calls' {
        $module = New-Module -Name Caller -ArgumentList $app {
            param($app)
            function Get-AppSettings { @{ tenantid = 'contoso.com'; clientid = 'of-the-module' } }
            function Get-It { New-JWTToken -CertFileName $app.PfxFile -password $app.Password }
            Export-ModuleMember Get-It
        } | Import-Module -PassThru
        function Get-AppSettings { @{ TenantId = 'contoso.com'; ClientId = 'outside' } }
        Get-Issuer (Get-It) | Should -Be 'of-the-module'
        Remove-Module Caller
    }

    It 'may be a mock' {
        Mock Get-AppSettings { [pscustomobject] @{ TenantId = 'contoso.com'; ClientId = 'mocked' } }
        Get-Issuer (New-JWTToken -CertFileName $app.PfxFile -password $app.Password) | Should -Be 'mocked'
    }

    It 'is asked for each member that a call leaves out' {
        function Get-AppSettings { [pscustomobject] @{ TenantId = 'contoso.com'; ClientId = 'configured'; ValidateForMinutes = 30 } }
        $claims = (Decode-Token (New-JWTToken $app.PfxFile -ClientId 'given' -password $app.Password)).claims
        $claims.iss | Should -Be 'given'
        ($claims.exp - $claims.nbf) / 60 | Should -BeGreaterOrEqual 30
        ($claims.exp - $claims.nbf) / 60 | Should -BeLessOrEqual 35
    }

    It 'gives the default for what is missing, null, empty or no number' {
        foreach ($minutes in $null, '', ' ', 'many') {
            function Get-AppSettings { [pscustomobject] @{ TenantId = 'contoso.com'; ClientId = 'configured'; ValidateForMinutes = $minutes } }
            $claims = (Decode-Token (New-JWTToken $app.PfxFile -password $app.Password)).claims
            ($claims.exp - $claims.nbf) / 60 | Should -BeGreaterOrEqual 60
        }
    }

    It 'says what is missing when it names no app' {
        { New-JWTToken $app.PfxFile -password $app.Password } | Should -Throw -ErrorId 'ExRun.CredentialMissing,New-JWTToken' -ExpectedMessage '*give -TenantId and -ClientId*'
        { Get-MailboxSettingsReport kim@contoso.com $app.PfxFile -password $app.Password -TenantId contoso.com } |
            Should -Throw -ErrorId 'ExRun.CredentialMissing,Get-MailboxSettingsReport' -ExpectedMessage 'no ClientId for the app: give -ClientId, or define*'
        # It has no -TenantId: the mailbox names the tenant.
        try { Connect-EXRMailbox kim@contoso.com -certificateFileName $app.PfxFile -certificateFilePassword $app.Password } catch { $message = [string] $_.ErrorDetails }
        $message | Should -BeLike '*no ClientId for the app: give -ClientId, or*'
        Disconnect-ExRun
    }

    It 'is not overwritten by the import when it exists globally, from a file or a command line' {
        $script = @"
function global:Get-AppSettings { [pscustomobject] @{ TenantId = 'contoso.com'; ClientId = 'before-import' } }
Import-Module '$ModulePath'
`$password = [securestring]::new()
'$($app.PlainText)'.ToCharArray() | ForEach-Object { `$password.AppendChar(`$_) }
(Decode-Token (New-JWTToken '$($app.PfxFile)' -password `$password)).claims.iss
Import-Module '$ModulePath' -Force
(Get-AppSettings).ClientId
function Get-AppSettings { [pscustomobject] @{ TenantId = 'contoso.com'; ClientId = 'after-import' } }
(Decode-Token (New-JWTToken '$($app.PfxFile)' -password `$password)).claims.iss
"@
        (Invoke-Script $script).Lines | Should -Be @('before-import', 'before-import', 'after-import')
    }

    It 'comes back with a forced import where no one defined another' {
        $result = Invoke-Script "Import-Module '$ModulePath'; Import-Module '$ModulePath' -Force; (Get-AppSettings).ValidateForMinutes"
        $result.Text | Should -Be '60'
    }

    It 'that names another x5t draws a verbose line' {
        function Get-AppSettings { [pscustomobject] @{ TenantId = 'contoso.com'; ClientId = 'a'; x5t = '3Y5+FU8x2tZ8DudO479K71ILQF8=' } }
        $verbose = New-JWTToken $app.PfxFile -password $app.Password -Verbose 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }
        "$verbose" | Should -Match '3Y5\+FU8x2tZ8DudO479K71ILQF8='
    }

    It 'that throws ends the command with its words' {
        function Get-AppSettings { throw 'no settings today' }
        { New-JWTToken $app.PfxFile -password $app.Password } | Should -Throw '*no settings today*'
    }
}

Describe 'An app that the call of a run names' {
    BeforeAll {
        $mailbox = (Get-TestMailbox -Working)[0]
        $runs = @{
            'Get-MailboxSettingsReport'  = { param($With) $mailbox | Get-MailboxSettingsReport @With }
            'Set-ExRunMailboxSettings'   = { param($With) $mailbox | Set-ExRunMailboxSettings -TimeZone UTC -WhatIf @With }
            'Invoke-ExRunMailboxRequest' = { param($With) $mailbox | Invoke-ExRunMailboxRequest -Path messages @With }
        }
    }

    It 'is the one that its certificate is of, with no settings and before those that there are' {
        foreach ($name in $runs.Keys) {
            $with = @{ CertFileName = $app.PfxFile; password = $app.Password; TenantId = $app.TenantId; ClientId = $app.ClientId }
            @(& $runs[$name] $with)[0].MailboxName | Should -Be $mailbox -Because $name
            & {
                function Get-AppSettings { [pscustomobject] @{ TenantId = 'nobody.example'; ClientId = 'another' } }
                @(& $runs[$name] $with)[0].MailboxName | Should -Be $mailbox -Because $name
            }
            $with = @{ Certificate = (Get-TestCertificate $app); TenantId = $app.TenantId; ClientId = $app.ClientId }
            @(& $runs[$name] $with)[0].MailboxName | Should -Be $mailbox -Because $name
        }
    }

    It 'needs its certificate: beside a connection or a token it is refused' {
        foreach ($name in $runs.Keys) {
            foreach ($with in @{ TenantId = $app.TenantId }, @{ ClientId = $app.ClientId; AccessToken = 'x' }) {
                { & $runs[$name] $with } | Should -Throw -ErrorId "ExRun.InvalidArgument,$name" -ExpectedMessage '*give -CertFileName or -Certificate beside them*'
            }
        }
    }
}
