function New-InteractiveCredential {
    <#
    .SYNOPSIS
        The credential of a person who signs in with the browser of this machine.
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

    $browser = @{ scopes = @($Bound['Scope'] | Microsoft.PowerShell.Core\Where-Object { $_ }); open = -not $Bound['NoBrowser'] }
    if ($Bound['Port']) { $browser['port'] = $Bound['Port'] }
    if ($Bound['LoginHint']) { $browser['loginHint'] = $Bound['LoginHint'] }
    return @{ Member = @{ browser = $browser }; Text = 'browser' }
}
