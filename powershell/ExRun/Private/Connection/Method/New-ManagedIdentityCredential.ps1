function New-ManagedIdentityCredential {
    <#
    .SYNOPSIS
        The credential of the machine.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # The bound parameters of Connect-ExRun.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound,
        # Takes the handles of secrets; the caller frees them.
        [Parameter(Mandatory = $true)] [AllowEmptyCollection()] [System.Collections.Generic.List[long]] $Secrets,
        # Whether it proves to a vault who asks for what the app signs in with.
        [switch] $ForVault
    )

    $clientId = if ($ForVault) { $Bound['VaultClientId'] } else { $Bound['ClientId'] }
    $who = New-IdentityReference -Bound @{ ClientId = $clientId; ObjectId = $Bound['ObjectId']; ResourceId = $Bound['ResourceId'] }
    $Secrets.Add((New-VariableSecret))
    return @{ Member = @{ managedIdentity = $who; variablesSecret = $Secrets[0] }; Text = 'managed identity' }
}
