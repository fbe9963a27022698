function Test-SameTenant {
    <#
    .SYNOPSIS
        Whether two sessions are of one tenant: by what their tokens say, else by how the tenant was given.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [psobject] $One,
        [Parameter(Mandatory = $true)] [psobject] $Other
    )

    if ([object]::ReferenceEquals($One, $Other)) { return $true }
    if ($One.TokenTenantId -and $Other.TokenTenantId) { return $One.TokenTenantId -eq $Other.TokenTenantId }
    # Of tokens that do not tell, two may be of two tenants.
    return [bool] $One.TenantId -and $One.TenantId -eq $Other.TenantId
}
