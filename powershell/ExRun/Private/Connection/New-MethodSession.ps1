function New-MethodSession {
    <#
    .SYNOPSIS
        A session for one way of signing in, or of proving to a vault who asks for what the app signs in with.
    .DESCRIPTION
        What is particular to a way stands in New-<Method>Credential: Member is what the library's options say of it, Text
        what Get-ExRunContext shows, Cloud and ShownCloud are there where the credential itself says which it is.
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

    $secrets = [System.Collections.Generic.List[long]]::new()
    try {
        $own = & "New-${Method}Credential" -Cmdlet $Cmdlet -Bound $Bound -Secrets $secrets -ForVault:($null -ne $InVault)
        if ($own['Cloud']) { $Cloud = $own['Cloud'] }
        # A managed identity has a client id of its own, which is no application's.
        $isNamed = $Bound['ClientId'] -and ($null -ne $InVault -or $Method -ne 'ManagedIdentity')
        $options = $Common + @{
            tenantId   = $(if ($Bound['TenantId']) { $Bound['TenantId'] })
            clientId   = $(if ($isNamed) { $Bound['ClientId'] })
            cloud      = $(if ($Cloud) { $Cloud })
            credential = if ($null -ne $InVault) { $InVault + @{ vaultCredential = $own.Member } } else { $own.Member }
        }
        $session = New-Session -Options $options
    } finally {
        foreach ($secret in $secrets) { [void] (Get-Native)::exrun_secret_free($secret) }
    }
    $session.Method = $Method
    $session.Cloud = $(if ($own.ContainsKey('ShownCloud')) { $own['ShownCloud'] } else { $Cloud })
    $session.Credential = $own['Text']
    return $session
}
