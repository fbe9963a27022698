function New-JWTToken {
    <#
    .SYNOPSIS
        Makes the signed assertion with which an app asks for a token.
    .DESCRIPTION
        What is not given comes from Get-AppSettings. No request is made.
    .PARAMETER CertFileName
        The PFX file, or a PEM file with certificate and key. Without it a connection made by Connect-ExRun is used.
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
        New-JWTToken -CertFileName C:\temp\certfile.pfx | Decode-Token

        Makes an assertion and shows what is in it.
    .EXAMPLE
        New-JWTToken C:\temp\certfile.pfx contoso.com $id -ValidateForMinutes 10

        Makes an assertion for ten minutes, for an app that is named in the call.
    .OUTPUTS
        System.String. A compact JSON Web Token.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Position = 1)] [string] $CertFileName,
        # shared: app TenantId=2 ClientId=3
        [Parameter(Position = 2)] [string] $TenantId,
        [Parameter(Position = 3)] [string] $ClientId,
        # end: app
        # shared: assertion ValidateForMinutes=4 password
        [Parameter(Position = 4)] [int] $ValidateForMinutes,
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
