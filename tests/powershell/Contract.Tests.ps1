# The names, positions, parameter names and types that existing scripts rely on.

BeforeDiscovery {
    $token = 'psobject'
    $contract = [ordered] @{
        'Get-AppSettings'                 = @{}
        'Get-AppOnlyToken'                = @{ CertFileName = 1, 'string'; TenantId = 2, 'string'; ClientId = 3, 'string'; redirectUrl = 4, 'string'; ValidateForMinutes = 6, 'int'; ResourceURL = 7, 'string'; Beta = 8, 'switch'; password = $null, 'securestring' }
        'Get-EXRAppOnlyToken'             = @{ CertFileName = 1, 'string'; TenantId = 2, 'string'; ClientId = 3, 'string'; redirectUrl = 4, 'string'; ValidateForMinutes = 6, 'int'; ResourceURL = 7, 'string'; Beta = 8, 'switch'; MailboxName = 10, 'string'; NoCache = 11, 'switch'; Certificate = 12, 'X509Certificate2'; password = $null, 'securestring' }
        'New-JWTToken'                    = @{ CertFileName = 1, 'string'; TenantId = 2, 'string'; ClientId = 3, 'string'; ValidateForMinutes = 4, 'int'; password = $null, 'securestring' }
        'New-EXRJWTToken'                 = @{ CertFileName = 1, 'string'; Certificate = 2, 'X509Certificate2'; TenantId = 3, 'string'; ClientId = 4, 'string'; ValidateForMinutes = 5, 'int'; password = $null, 'securestring' }
        'Invoke-CreateSelfSignedCert'     = @{ CertName = 0, 'string'; CertFileName = 1, 'string'; KeyFileName = 2, 'string' }
        'Invoke-EXRCreateSelfSignedCert'  = @{ CertName = 0, 'string'; CertFileName = 1, 'string'; KeyFileName = 2, 'string' }
        'Invoke-CreateSelfSignCert'       = @{ CertName = 0, 'string'; CertFileName = 1, 'string'; KeyFileName = 2, 'string' }
        'Get-MailboxSettingsReport'       = @{ Mailboxes = 0, 'psobject'; CertFileName = 1, 'string'; password = $null, 'securestring' }
        'Get-EXRMailboxSettingsReport'    = @{ Mailboxes = 0, 'psobject'; CertFileName = 1, 'string'; password = $null, 'securestring' }
        'Get-MailboxSettings'             = @{ MailboxName = 0, 'string'; AccessToken = 1, $token }
        'Get-MailboxTimeZone'             = @{ MailboxName = 0, 'string'; AccessToken = 1, $token }
        'Get-AutomaticRepliesSettings'    = @{ MailboxName = 0, 'string'; AccessToken = 1, $token }
        'Get-EXRMailboxSettings'          = @{ MailboxName = 0, 'string'; AccessToken = 1, $token }
        'Get-EXRMailboxTimeZone'          = @{ MailboxName = 0, 'string'; AccessToken = 1, $token }
        'Get-EXRAutomaticRepliesSettings' = @{ MailboxName = 0, 'string'; AccessToken = 1, $token }
        'Get-TenantId'                    = @{ DomainName = 1, 'string' }
        'Get-EXRTenantId'                 = @{ DomainName = 1, 'string' }
        'Decode-Token'                    = @{ Token = 1, $token }
        'Invoke-DecodeToken'              = @{ Token = 1, $token }
        'Invoke-EXRDecodeToken'           = @{ Token = 1, $token }
        'Parse-JWTtoken'                  = @{ token = 0, $token }
        'Get-RESTAzKeyVaultSecret'        = @{ AZKeyVaultBaseUri = 0, 'uri'; ClientID = 1, 'string'; ClientSecret = 2, 'string'; TenantID = 3, 'string'; RedirectUri = 4, 'string'; SecretName = 5, 'string'; CertificateName = 6, 'string'; ListSecrets = 7, 'switch' }
        'ConvertFrom-AzKeVaultString'     = @{ value = 0, 'string' }
        'ConvertFrom-AzKeyVaultString'    = @{ value = 0, 'string' }
        'Connect-ExRun'                   = @{ TenantId = $null, 'string'; ClientId = $null, 'string'; CertificatePath = $null, 'string'; Certificate = $null, 'X509Certificate2'; Password = $null, 'securestring'; Cloud = $null, 'string'; Name = $null, 'string' }
    }
    $mandatory = @{
        'Invoke-CreateSelfSignedCert' = 'CertName', 'CertFileName', 'KeyFileName'; 'Get-MailboxSettingsReport' = @('Mailboxes')
        'Get-EXRMailboxSettingsReport' = @('Mailboxes'); 'Get-MailboxSettings' = @('MailboxName'); 'Connect-ExRun' = 'TenantId', 'ClientId'
    }
    $cases = foreach ($command in $contract.Keys) {
        @{ Command = $command; Parameters = $contract[$command]; Mandatory = @($mandatory[$command] | Where-Object { $_ }) }
    }
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $types = @{
        string = [string]; int = [int]; switch = [switch]; securestring = [securestring]; psobject = [psobject]; uri = [uri]
        X509Certificate2 = [System.Security.Cryptography.X509Certificates.X509Certificate2]
    }
}

Describe '<Command>' -ForEach $cases {
    BeforeAll {
        $found = Get-Command $Command -Module ExRun -ErrorAction Stop
        if ($found.CommandType -eq 'Alias') { $found = $found.ResolvedCommand }
    }

    It 'takes the parameters that scripts give' {
        foreach ($name in $Parameters.Keys) {
            $position, $type = $Parameters[$name]
            $parameter = $found.Parameters[$name]
            $parameter | Should -Not -BeNullOrEmpty -Because $name
            $parameter.ParameterType | Should -Be $types[$type] -Because $name
            $attribute = @($parameter.Attributes | Where-Object { $_ -is [System.Management.Automation.ParameterAttribute] })[0]
            if ($null -eq $position) { $attribute.Position | Should -BeLessThan 0 -Because $name }
            else { $attribute.Position | Should -Be $position -Because $name }
        }
    }

    It 'asks for what cannot be left out' {
        foreach ($name in $Mandatory) {
            # Of the parameter set that applies where nothing else is said.
            $attribute = @($found.Parameters[$name].Attributes | Where-Object {
                    $_ -is [System.Management.Automation.ParameterAttribute] -and $_.ParameterSetName -in '__AllParameterSets', $found.DefaultParameterSet
                })[0]
            $attribute.Mandatory | Should -BeTrue -Because $name
        }
    }

    It 'adds parameters by name only, after those of the contract' {
        foreach ($parameter in $found.Parameters.Values) {
            if ($Parameters.Contains($parameter.Name) -or $found.Name -like '*ExRun*') { continue }
            foreach ($attribute in $parameter.Attributes | Where-Object { $_ -is [System.Management.Automation.ParameterAttribute] }) {
                $attribute.Position | Should -BeLessThan 0 -Because $parameter.Name
            }
        }
    }
}
