function Read-TenantId {
    <#
    .SYNOPSIS
        The id of the tenant that owns a domain.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [string] $DomainName,
        [string] $Cloud
    )

    $session = New-Session -Options @{ cloud = $(if ($Cloud) { $Cloud }); maxTries = 4 }
    return (Use-Session $session { Invoke-NativeOperation -Function 'exrun_tenant_id_get' -Request @{ domain = $DomainName } -Session $session }).tenantId
}
