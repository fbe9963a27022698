function New-EXRJWTToken {
    <#
    .SYNOPSIS
        Makes the signed assertion with which an app asks for a token, from a file or a certificate object.
    .DESCRIPTION
        As New-JWTToken, with a certificate object in the second place. What is not given comes from
        Get-AppSettings. No request is made.
    .PARAMETER CertFileName
        The PFX file, or a PEM file with certificate and key. Without it, and without Certificate, a connection made
        by Connect-ExRun is used.
    .PARAMETER Certificate
        A certificate with its private key, from a store for example. The key signs where it is and is never exported.
    .PARAMETER TenantId
        The tenant: its id or one of its domains.
    .PARAMETER ClientId
        The application's id.
    .PARAMETER ValidateForMinutes
        How long the assertion is valid: 1 to 1440, 60 by default.
    .PARAMETER password
        The password of the certificate file; asked for once where the file needs one and none is given.
    .PARAMETER Connection
        The name of the connection to use.
    .EXAMPLE
        New-EXRJWTToken -Certificate $Certificate -TenantId contoso.com -ClientId 084adbb3-f70c-498f-97a3-464e1f444d9a -ValidateForMinutes 10

        Makes an assertion that is signed where the certificate's key is.
    .EXAMPLE
        New-EXRJWTToken -CertFileName C:\temp\certfile.pfx -TenantId contoso.com -ClientId $id | Invoke-EXRDecodeToken

        Makes an assertion with the certificate of a file, and shows what is in it.
    .OUTPUTS
        System.String. A compact JSON Web Token.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        # shared: app CertFileName=1
        [Parameter(Position = 1)] [string] $CertFileName,
        # end: app
        # shared: certificate Certificate=2
        [Parameter(Position = 2)] [System.Security.Cryptography.X509Certificates.X509Certificate2] $Certificate,
        # end: certificate
        # shared: app TenantId=3 ClientId=4
        [Parameter(Position = 3)] [string] $TenantId,
        [Parameter(Position = 4)] [string] $ClientId,
        # end: app
        # shared: assertion ValidateForMinutes=5 password
        [Parameter(Position = 5)] [int] $ValidateForMinutes,
        [Parameter()] [securestring] $password,
        # end: assertion
        # shared: connection
        [Parameter()] [string] $Connection
        # end: connection
    )

    Enter-Command -Cmdlet $PSCmdlet
    Invoke-Guarded -Cmdlet $PSCmdlet -Do {
        Request-Assertion -Cmdlet $PSCmdlet -Bound $PSCmdlet.MyInvocation.BoundParameters
    }
}
