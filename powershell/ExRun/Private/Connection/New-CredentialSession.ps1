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
        vaultApiVersion  = $(if ($Bound['VaultApiVersion']) { $Bound['VaultApiVersion'] })
    }
    $Bound = Resolve-VaultParameter -Bound $Bound
    # The set that PowerShell takes where no way is said.
    if ($Method -eq 'CertificatePath' -and -not $Bound.ContainsKey('CertificatePath')) { $Method = 'Vault' }
    $inVault = New-VaultCredential -Bound $Bound -Method $Method
    # Without another way of proving it the machine is who asks the vault.
    if ($Method -eq 'Vault') { $Method = $(if ($null -ne $Bound['VaultAccessToken']) { 'VaultAccessToken' } else { 'ManagedIdentity' }) }
    if ($Bound['SendX5c'] -and $null -eq $inVault -and $Method -notlike 'Certificate*' -and $Method -ne 'Environment') {
        Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Target 'SendX5c' -Message '-SendX5c sends a certificate, and there is none')
    }
    [long] $password = 0
    if ($null -ne $Bound['VaultCertificatePassword']) {
        $password = New-NativeSecret -Secret $Bound['VaultCertificatePassword']
        $inVault['passwordSecret'] = $password
    }
    try {
        $options = @{ Cmdlet = $Cmdlet; Bound = $Bound; Common = $common; InVault = $inVault; Cloud = $Cloud }
        $session = if ($Method -like 'Certificate*') { New-CertificateMethodSession @options } else { New-MethodSession -Method $Method @options }
    } finally {
        if ($password -ne 0) { [void] (Get-Native)::exrun_secret_free($password) }
    }
    if ($null -ne $inVault) {
        # What the connection signs in with is in the vault, whoever asks for it.
        $session.Method = if ($Bound['VaultKey']) { 'VaultKey' } else { 'VaultCertificate' }
        $session.Credential = '{0}{1}' -f $Bound['VaultKey'], $Bound['VaultCertificate']
        $session.Thumbprint = $null
        $session.CertificateExpiresOn = $null
    }
    return $session
}
