function Assert-UndoTenant {
    <#
    .SYNOPSIS
        Throws where an undo file is of another tenant than the session that is to restore from it.
    .DESCRIPTION
        Each line says of which tenant it is, for files of several runs may be put together. Lines that do not are of an
        earlier version, or made by hand: they are taken where the call or the connection says which tenant is expected.
    #>
    [CmdletBinding()]
    param(
        # One that has had a token.
        [Parameter(Mandatory = $true)] [psobject] $Session,
        # What Read-UndoFile gave.
        [Parameter(Mandatory = $true)] [hashtable] $Undo,
        # The tenant that the call expects.
        [AllowNull()] [AllowEmptyString()] [string] $ExpectTenant
    )

    $message = $null
    $others = @($Undo.Tenants | Microsoft.PowerShell.Core\Where-Object { $_ -ne [string] $Session.TokenTenantId })
    if ($others.Count -gt 0) {
        $message = 'the undo file {0} is of the tenant {1}, and this run is of the tenant {2}: nothing was sent; connect to the tenant that the file is of' -f $Undo.Path, $others[0], (Format-Tenant -Session $Session)
    } elseif ($Undo.IsUntold -and -not $Session.ExpectTenant -and -not $ExpectTenant) {
        $message = 'the undo file {0} does not say of which tenant it is, and this run is of the tenant {1}: nothing was sent; where it is that one, say so with -ExpectTenant' -f $Undo.Path, (Format-Tenant -Session $Session)
    }
    if ($message) { Stop-Attempt (New-ExRunException -Name 'TenantMismatch' -Target $Undo.Path -Message $message) }
}
