function New-ClientSecretCredential {
    <#
    .SYNOPSIS
        The credential of an app with a secret.
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

    $Secrets.Add((New-NativeSecret -Secret $Bound['ClientSecret']))
    return @{ Member = @{ clientSecret = $Secrets[0] }; Text = 'client secret' }
}
