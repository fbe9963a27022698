<#
.PARAMETER CertFileName
    The PFX file, or a PEM file with certificate and key. Without it, and without Certificate, a connection made
    by Connect-ExRun is used.
.PARAMETER TenantId
    The tenant: its id or one of its domains.
.PARAMETER ClientId
    The application's id.
#>
param(
    [Parameter()] [string] $CertFileName,
    [Parameter()] [string] $TenantId,
    [Parameter()] [string] $ClientId
)
