function Open-RunSession {
    <#
    .SYNOPSIS
        The session of a run, with a token of the tenant that is expected; throws what stands against it.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # The command's bound parameters.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound,
        # What Read-UndoFile gave, of a run that restores: the session must be of its tenant.
        [AllowNull()] [hashtable] $Undo
    )

    $signIn = @{
        Cmdlet       = $Cmdlet
        AccessToken  = $Bound['AccessToken']
        CertFileName = $Bound['CertFileName']
        Password     = $Bound['password']
        Certificate  = $Bound['Certificate']
        Connection   = $Bound['Connection']
        TenantId     = $Bound['TenantId']
        ClientId     = $Bound['ClientId']
    }
    $session = Open-Session @signIn
    Use-Session $session -Keep -Do {
        Confirm-Token -Session $session -ExpectTenant $Bound['ExpectTenant']
        if ($null -ne $Undo) { Assert-UndoTenant -Session $session -Undo $Undo -ExpectTenant $Bound['ExpectTenant'] }
    }
    $Cmdlet.WriteVerbose(('as {0}' -f (Format-Actor -Session $session)))
    return $session
}
