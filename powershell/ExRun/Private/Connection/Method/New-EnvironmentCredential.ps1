function New-EnvironmentCredential {
    <#
    .SYNOPSIS
        The credential that the variables of Azure's SDKs name.
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

    $Secrets.Add((New-VariableSecret))
    $credential = @{ Member = @{ environment = $true; variablesSecret = $Secrets[0] }; Text = 'environment variables' }
    # The variables may name another cloud; both of the US government's have one login host.
    $authority = Get-PastedText -Text ([string] [System.Environment]::GetEnvironmentVariable('AZURE_AUTHORITY_HOST'))
    if ($authority -and -not $ForVault) {
        $named = (Resolve-Authority -Authority "$authority/").Cloud
        if (-not ($named -eq 'usGov' -and $Bound['Cloud'] -eq 'usGovDod')) { $credential['ShownCloud'] = $named }
    }
    return $credential
}
