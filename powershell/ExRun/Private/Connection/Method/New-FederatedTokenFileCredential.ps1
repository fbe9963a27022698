function New-FederatedTokenFileCredential {
    <#
    .SYNOPSIS
        The credential of an app with a token of another identity provider.
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

    $path = Resolve-FilePath -Cmdlet $Cmdlet -Path $Bound['FederatedTokenFile']
    return @{ Member = @{ federatedTokenFile = $path }; Text = $path }
}
