function New-CredentialSession {
    <#
    .SYNOPSIS
        A session of a connection, by the way of signing in that Connect-ExRun's parameters say.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # The parameter set of Connect-ExRun.
        [Parameter(Mandatory = $true)] [string] $Method,
        # The bound parameters of Connect-ExRun.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound,
        [string] $Cloud
    )

    $common = @{
        sendX5c          = $(if ($Bound['SendX5c']) { $true })
        continuousAccess = $(if ($Bound['ContinuousAccess']) { $true })
        tokenCache       = $(if ($Bound['PersistTokens']) { 'persistent' })
    }
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
            Further           = $common
            Describe          = $true
            PasswordParameter = 'Password'
        }
        $session = New-CertificateSession @options
        $session.Method = 'Certificate'
        return $session
    }

    $isInVault = [bool] ($Bound['VaultCertificate'] -or $Bound['VaultKey'])
    # Without another way of proving it the machine is who asks the vault.
    if ($Method -like 'Vault*') { $Method = 'ManagedIdentity' }
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
                $who = @{ ClientId = $Bound[$(if ($isInVault) { 'VaultClientId' } else { 'ClientId' })]; ObjectId = $Bound['ObjectId']; ResourceId = $Bound['ResourceId'] }
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
            'AccessToken' {
                $secrets.Add((Resolve-AccessToken -AccessToken $Bound['AccessToken']))
                $credential['tokenSecret'] = $secrets[0]
            }
        }
        if ($isInVault) { $credential = New-VaultCredential -Credential $credential -Bound $Bound }
        $clientId = $(if (($isInVault -or $Method -ne 'ManagedIdentity') -and $Bound['ClientId']) { $Bound['ClientId'] })
        $options = $common + @{
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
    if ($Method -eq 'Environment') {
        # The variables may name another cloud.
        $authority = [string] [System.Environment]::GetEnvironmentVariable('AZURE_AUTHORITY_HOST')
        if ($authority) { $session.Cloud = (Resolve-Authority -Authority "$authority/").Cloud }
    }
    if ($isInVault) {
        $session.Method = if ($Bound['VaultKey']) { 'VaultKey' } else { 'VaultCertificate' }
        $session.Credential = '{0}{1}' -f $Bound['VaultKey'], $Bound['VaultCertificate']
        return $session
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
