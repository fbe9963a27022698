function Assert-UndoTenant {
    <#
    .SYNOPSIS
        Ends a run that is to restore from an undo file of another tenant, before anything of the file is handed over.
    .DESCRIPTION
        Each line says of which tenant it is, for files of several runs may be put together. Lines that do not are of an
        earlier version, or made by hand: they are taken where the call or the connection says which tenant is expected.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [psobject] $Run,
        [Parameter(Mandatory = $true)] [string] $Path
    )

    $actual = [string] $Run.Session.TokenTenantId
    $isExpected = [bool] $Run.Session.ExpectTenant -or $Run.Cmdlet.MyInvocation.BoundParameters.ContainsKey('ExpectTenant')
    $other = $null
    $isUntold = $false
    # To its end also where the answer is known: a loop that is left early would leave the file open.
    foreach ($line in [System.IO.File]::ReadLines($Path)) {
        if ($line -match '"@tenant"\s*:\s*"([^"]*)"') {
            if ($null -eq $other -and $Matches[1] -ne $actual) { $other = $Matches[1] }
        } elseif ($line.Trim()) {
            $isUntold = $true
        }
    }
    $message = if ($null -ne $other) {
        'the undo file {0} is of the tenant {1}, and this run is of the tenant {2}: nothing was sent; connect to the tenant that the file is of' -f $Path, $other, (Format-Tenant -Session $Run.Session)
    } elseif ($isUntold -and -not $isExpected) {
        'the undo file {0} does not say of which tenant it is, and this run is of the tenant {1}: nothing was sent; where it is that one, say so with -ExpectTenant' -f $Path, (Format-Tenant -Session $Run.Session)
    } else {
        return
    }
    $failure = New-ErrorRecord -Cmdlet $Run.Cmdlet -Failure (New-ExRunException -Name 'TenantMismatch' -Target $Path -Message $message)
    Close-Run -Run $Run -Outcome 'Failed'
    $Run.Cmdlet.ThrowTerminatingError($failure)
}
