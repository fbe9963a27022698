function New-DeviceCodeCredential {
    <#
    .SYNOPSIS
        The credential of a person who signs in on any device.
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

    return @{ Member = @{ deviceCode = @{ scopes = @($Bound['Scope'] | Microsoft.PowerShell.Core\Where-Object { $_ }) } }; Text = 'device code' }
}
