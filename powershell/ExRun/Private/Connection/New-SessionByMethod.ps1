function New-SessionByMethod {
    <#
    .SYNOPSIS
        A session for one way of signing in, or of proving to a vault who asks for what the app signs in with.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # A parameter set of Connect-ExRun, or VaultAccessToken.
        [Parameter(Mandatory = $true)] [string] $Method,
        # The bound parameters of Connect-ExRun.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound,
        # Options of every way.
        [Parameter(Mandatory = $true)] [hashtable] $Common,
        # What New-VaultCredential gave.
        [AllowNull()] [hashtable] $InVault,
        [string] $Cloud
    )

    if ($Method -like 'Certificate*') {
        $certificate = $Bound['Certificate']
        if ($Bound['CertificateThumbprint']) { $certificate = Find-StoreCertificate -Thumbprint $Bound['CertificateThumbprint'] }
        $path = $Bound['CertificatePath']
        if ($path -and $null -ne ($found = Resolve-StoreCertificate -Cmdlet $Cmdlet -Path $path)) {
            $certificate = $found
            $path = ''
        }
        $options = @{
            Cmdlet            = $Cmdlet
            TenantId          = $Bound['TenantId']
            ClientId          = $Bound['ClientId']
            CertificatePath   = $path
            Password          = $Bound['Password']
            Certificate       = $certificate
            Cloud             = $Cloud
            Further           = $Common
            InVault           = $InVault
            Describe          = $true
            PasswordParameter = 'Password'
        }
        $session = New-CertificateSession @options
        $session.Method = 'Certificate'
        return $session
    }

    $credential = @{}
    $secrets = [System.Collections.Generic.List[long]]::new()
    try {
        switch ($Method) {
            'ClientSecret' {
                $secrets.Add((New-NativeSecret -Secret $Bound['ClientSecret']))
                $credential['clientSecret'] = $secrets[0]
            }
            'ClientAssertion' {
                $secrets.Add((Resolve-AccessToken -AccessToken $Bound['ClientAssertion']))
                $credential['assertionSecret'] = $secrets[0]
            }
            'FederatedTokenFile' {
                $credential['federatedTokenFile'] = Resolve-FilePath -Cmdlet $Cmdlet -Path $Bound['FederatedTokenFile']
            }
            'ManagedIdentity' {
                $who = @{ ClientId = $Bound[$(if ($null -ne $InVault) { 'VaultClientId' } else { 'ClientId' })]; ObjectId = $Bound['ObjectId']; ResourceId = $Bound['ResourceId'] }
                $credential['managedIdentity'] = New-IdentityReference -Bound $who
                $secrets.Add((New-VariableSecret))
                $credential['variablesSecret'] = $secrets[0]
            }
            'Environment' {
                $credential['environment'] = $true
                $secrets.Add((New-VariableSecret))
                $credential['variablesSecret'] = $secrets[0]
            }
            'DeviceCode' { $credential['deviceCode'] = @{ scopes = @($Bound['Scope'] | Microsoft.PowerShell.Core\Where-Object { $_ }) } }
            'Interactive' {
                $browser = @{ scopes = @($Bound['Scope'] | Microsoft.PowerShell.Core\Where-Object { $_ }); open = -not $Bound['NoBrowser'] }
                if ($Bound['Port']) { $browser['port'] = $Bound['Port'] }
                if ($Bound['LoginHint']) { $browser['loginHint'] = $Bound['LoginHint'] }
                $credential['browser'] = $browser
            }
            'RefreshToken' {
                $secrets.Add((New-NativeSecret -Secret $Bound['RefreshToken']))
                $credential['refreshTokenSecret'] = $secrets[0]
            }
            { $_ -in 'AccessToken', 'VaultAccessToken' } {
                $secrets.Add((Resolve-AccessToken -AccessToken $Bound[$Method]))
                $credential['tokenSecret'] = $secrets[0]
                if ($Method -eq 'AccessToken' -and -not $Bound['Cloud'] -and ($found = Resolve-TokenCloud -Secret $secrets[0])) { $Cloud = $found }
            }
        }
        if ($null -ne $InVault) { $credential = $InVault + @{ vaultCredential = $credential } }
        $clientId = $(if (($null -ne $InVault -or $Method -ne 'ManagedIdentity') -and $Bound['ClientId']) { $Bound['ClientId'] })
        $options = $Common + @{
            tenantId   = $(if ($Bound['TenantId']) { $Bound['TenantId'] })
            clientId   = $clientId
            cloud      = $(if ($Cloud) { $Cloud })
            credential = $credential
        }
        $session = New-Session -Options $options
    } finally {
        foreach ($secret in $secrets) { [void] (Get-Native)::exrun_secret_free($secret) }
    }
    $session.Method = $Method
    $session.Cloud = $Cloud
    if ($Method -eq 'Environment' -and $null -eq $InVault) {
        # The variables may name another cloud; both of the US government's have one login host.
        $authority = Get-PastedText -Text ([string] [System.Environment]::GetEnvironmentVariable('AZURE_AUTHORITY_HOST'))
        $named = $(if ($authority) { (Resolve-Authority -Authority "$authority/").Cloud })
        if ($authority -and -not ($named -eq 'usGov' -and $Cloud -eq 'usGovDod')) { $session.Cloud = $named }
    }
    $session.Credential = switch ($Method) {
        'FederatedTokenFile' { $credential['federatedTokenFile'] }
        'ClientSecret' { 'client secret' }
        'ClientAssertion' { 'client assertion' }
        'ManagedIdentity' { 'managed identity' }
        'Environment' { 'environment variables' }
        'DeviceCode' { 'device code' }
        'Interactive' { 'browser' }
        'RefreshToken' { 'refresh token' }
        'AccessToken' { 'access token' }
    }
    return $session
}
