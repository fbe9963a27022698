function Get-AppOnlyToken {
    <#
    .SYNOPSIS
        Gets an app-only access token with the app's certificate.
    .DESCRIPTION
        Always asks the token endpoint for a new one. What is not given comes from Get-AppSettings.

        Returns the endpoint's answer as an object: a token, or its error (error, error_description, error_codes and
        so on), whose access_token is null. When the endpoint cannot be reached, or the certificate cannot be used,
        an error is written and nothing is returned.
    .PARAMETER CertFileName
        The PFX file, or a PEM file with certificate and key. Without it, and without Certificate, a connection made
        by Connect-ExRun is used.
    .PARAMETER TenantId
        The tenant: its id or one of its domains.
    .PARAMETER ClientId
        The application's id.
    .PARAMETER redirectUrl
        Returned with the token; app-only tokens have no use for it.
    .PARAMETER ValidateForMinutes
        How long the signed assertion that asks for the token is valid: 1 to 1440, 60 by default.
    .PARAMETER ResourceURL
        What the token is for, as a host or URL; Microsoft Graph by default.
    .PARAMETER Beta
        Marks the token object for the beta version of the API, as scripts read it.
    .PARAMETER password
        The password of the certificate file. Without it a file that needs none is simply opened; for any other the
        password is asked for once.
    .PARAMETER Certificate
        A certificate with its private key, from a store for example. The key signs where it is and is never exported.
    .PARAMETER AsSecureString
        Returns access_token as a SecureString.
    .PARAMETER Connection
        The name of the connection to use.
    .EXAMPLE
        $Token = Get-AppOnlyToken -CertFileName C:\temp\certfile.pfx
        if ($Token.access_token) { 'a token' } else { $Token.error_description }

        Asks for the file's password, and gets a token for the app that Get-AppSettings names.
    .EXAMPLE
        Get-AppOnlyToken -CertFileName ./app.pfx -TenantId contoso.com -ClientId 084adbb3-f70c-498f-97a3-464e1f444d9a

        Gets a token for an app that is named in the call.
    .OUTPUTS
        The members of the token endpoint's answer in its order, expires_on and resource among them, then tenantid,
        clientid, redirectUrl, and Beta when asked for.
    #>
    [CmdletBinding()]
    [OutputType([psobject])]
    param(
        # shared: app CertFileName=1 TenantId=2 ClientId=3
        [Parameter(Position = 1)] [string] $CertFileName,
        [Parameter(Position = 2)] [string] $TenantId,
        [Parameter(Position = 3)] [string] $ClientId,
        # end: app
        # shared: token
        [Parameter(Position = 4)] [string] $redirectUrl,
        [Parameter(Position = 6)] [int] $ValidateForMinutes,
        [Parameter(Position = 7)] [string] $ResourceURL,
        [Parameter(Position = 8)] [switch] $Beta,
        [Parameter()] [securestring] $password,
        # end: token
        # shared: certificate
        [Parameter()] [System.Security.Cryptography.X509Certificates.X509Certificate2] $Certificate,
        # end: certificate
        [Parameter()] [switch] $AsSecureString,
        # shared: connection
        [Parameter()] [string] $Connection
        # end: connection
    )

    Enter-Command -Cmdlet $PSCmdlet
    Invoke-Guarded -Cmdlet $PSCmdlet -Write -Do {
        Request-AppToken -Cmdlet $PSCmdlet -Bound $PSCmdlet.MyInvocation.BoundParameters -AsSecureString:$AsSecureString
    }
}
