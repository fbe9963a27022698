function Open-RunSession {
    <#
    .SYNOPSIS
        The session of a run, with a token of the tenant that is expected; throws what stands against it.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # The command's bound parameters.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound
    )

    $session = Open-Session -Cmdlet $Cmdlet -AccessToken $Bound['AccessToken'] -CertFileName $Bound['CertFileName'] `
        -Password $Bound['password'] -Certificate $Bound['Certificate'] -Connection $Bound['Connection']
    $isReady = $false
    try {
        Confirm-Token -Session $session -ExpectTenant $Bound['ExpectTenant']
        $isReady = $true
    } finally {
        if (-not $isReady -and -not $session.Shared) { [void] $session.Native::exrun_client_free($session.Client) }
    }
    $Cmdlet.WriteVerbose(('as {0}' -f (Format-Actor -Session $session)))
    return $session
}
