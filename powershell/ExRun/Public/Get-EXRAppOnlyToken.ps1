function Get-EXRAppOnlyToken {
    <#
    .SYNOPSIS
        Gets an app-only access token, as a SecureString, with the app's certificate.
    .DESCRIPTION
        As Get-AppOnlyToken, but access_token is a SecureString, and with MailboxName a token that is cached and still
        lives is used again. What is not given comes from Get-AppSettings.

        Returns the endpoint's answer as an object: a token, or its error, whose access_token is null. When the
        endpoint cannot be reached, or the certificate cannot be used, an error is written and nothing is returned.
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
    .PARAMETER MailboxName
        The mailbox that the token is meant for; returned with it. Lets the cache be used.
    .PARAMETER NoCache
        Asks the endpoint for a new token all the same.
    .PARAMETER Certificate
        A certificate with its private key, from a store for example. The key signs where it is and is never exported.
    .PARAMETER Connection
        The name of the connection to use.
    .EXAMPLE
        $Token = Get-EXRAppOnlyToken -CertFileName C:\temp\certfile.pfx -MailboxName kim@contoso.com
        Get-EXRMailboxSettings -MailboxName kim@contoso.com -AccessToken $Token

        Gets a token and reads a mailbox's settings with it.
    .EXAMPLE
        Get-EXRAppOnlyToken -Certificate (Get-Item Cert:\CurrentUser\My\0123456789ABCDEF0123456789ABCDEF01234567)

        Signs with a key of the Windows certificate store.
    .OUTPUTS
        The members of the token endpoint's answer in its order, access_token as a SecureString, then tenantid,
        clientid, mailbox, redirectUrl, Beta when asked for, and Cached when the token was stored.
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
        [Parameter(Position = 10)] [string] $MailboxName,
        [Parameter(Position = 11)] [switch] $NoCache,
        # shared: certificate Certificate=12
        [Parameter(Position = 12)] [System.Security.Cryptography.X509Certificates.X509Certificate2] $Certificate,
        # end: certificate
        # shared: connection
        [Parameter()] [string] $Connection
        # end: connection
    )

    Enter-Command -Cmdlet $PSCmdlet
    $members = @{ mailbox = $MailboxName }
    $useCache = $MailboxName -and -not $NoCache
    if ($useCache) { $members['Cached'] = $true }
    Invoke-Guarded -Cmdlet $PSCmdlet -Write -Do {
        Request-AppToken -Cmdlet $PSCmdlet -Bound $PSCmdlet.MyInvocation.BoundParameters -Members $members -AsSecureString -UseCache:$useCache
    }
}
