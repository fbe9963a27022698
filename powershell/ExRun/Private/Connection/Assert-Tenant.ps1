function Assert-Tenant {
    <#
    .SYNOPSIS
        Throws where a session is not of the tenant that is expected. What counts is what its token says.
    #>
    [CmdletBinding()]
    param(
        # One that has had a token.
        [Parameter(Mandatory = $true)] [psobject] $Session,
        # The tenant's id or one of its domains.
        [Parameter(Mandatory = $true)] [string] $Expected
    )

    $wanted = $Expected.Trim()
    $actual = [string] $Session.TokenTenantId
    if (-not $actual) {
        Stop-Attempt (New-ExRunException -Name 'TenantMismatch' -Target $wanted -Message (
            'the token does not say of which tenant it is, and -ExpectTenant expects {0}: nothing was done' -f $wanted))
    }
    # A domain that the token was asked for by is the tenant's own; the id of any other is looked up.
    if ($wanted -eq $actual -or ($wanted -eq $Session.TenantId -and $wanted -like '*.*')) { return }
    $id = $wanted
    [guid] $parsed = [guid]::Empty
    if (-not [guid]::TryParse($wanted, [ref] $parsed)) { $id = Read-TenantId -DomainName $wanted -Cloud $Session.Cloud }
    if ($id -eq $actual -or ($parsed -ne [guid]::Empty -and [string] $parsed -eq $actual)) { return }
    Stop-Attempt (New-ExRunException -Name 'TenantMismatch' -Target $wanted -Message (
        'the token is of the tenant {0}, and -ExpectTenant expects {1}: nothing was done' -f (Format-Tenant -Session $Session), $wanted))
}
