<#
.PARAMETER CertFileName
    The PFX file, or a PEM file with certificate and key. Without it, and without Certificate or
    AccessToken, a connection made by Connect-ExRun is used.
.PARAMETER password
    The password of the certificate file; asked for once where the file needs one and none is given.
.PARAMETER TenantId
    With CertFileName or Certificate: the app's tenant, its id or one of its domains. Get-AppSettings says it where
    it is not given.
.PARAMETER ClientId
    With CertFileName or Certificate: the application's id. Get-AppSettings says it where it is not given.
.PARAMETER AccessToken
    A token as a string or SecureString, or a token object. It cannot be renewed when it expires.
.PARAMETER ExpectTenant
    The tenant that the token must be of, its id or one of its domains: for any other nothing is sent.
#>
param(
    [Parameter()] [string] $CertFileName,
    [Parameter()] [securestring] $password,
    [Parameter()] [string] $TenantId,
    [Parameter()] [string] $ClientId,
    [Parameter()] [psobject] $AccessToken,
    [Parameter()] [string] $ExpectTenant
)
